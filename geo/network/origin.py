"""What a network was made from, how large it is, and how far its times are from real ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkSource:
    """What a network was made from; `name` and `notes` are French, shown to users.

    `approximate` is true where no road file was given.
    """

    name: str
    file: str = ""
    licence: str | None = None
    vintage: str | None = None
    sha256: str | None = None
    notes: tuple[str, ...] = ()
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class MeasuredError:
    """How estimated times and distances compare with those of real roads in one area.

    `area` is French; `pairs` is the number of trips compared. The ratios are estimated over real: of times the median,
    the first and the last decile, of distances the median (`None`: not measured). `share_within_25pct` is the share of
    trips whose time is within 25 % of the real one (`None`: not measured).
    """

    area: str
    pairs: int
    time_ratio_median: float
    time_ratio_p10: float
    time_ratio_p90: float
    distance_ratio_median: float | None
    share_within_25pct: float | None = None


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """What a result says of its network.

    `source`, `file`, `vintage`, `licence`, `sha256`, `approximate` and `notes` are those of its `NetworkSource`;
    `nodes_main_part` counts the nodes of the largest part that roads join; `profile` is the speed profile; `error` is
    told where the network is estimated.
    """

    source: str
    file: str
    vintage: str | None
    licence: str | None
    sha256: str | None
    nodes: int
    edges: int
    nodes_main_part: int
    profile: str
    approximate: bool
    notes: tuple[str, ...]
    error: tuple[MeasuredError, ...] | None = None
