"""How far a network's times and distances are from those of another engine or another network."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.network.reference import on_streets
from geo.network.snapping import snap
from geo.network.travel_times import times_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.reference import ReferenceTrips
    from geo.network.road_network import RoadNetwork

#: A time within these shares of the reference counts as close to it.
CLOSE_SHARE: Final = 0.15
NEAR_SHARE: Final = 0.25
#: A point of a reference farther (m) than this from every street is told.
FAR_POINT_M: Final = 100.0

_DECILES: Final = tuple(range(10, 100, 10))
#: How many origins are searched from at once.
_BLOCK: Final = 256


@dataclass(frozen=True, slots=True)
class FarPoint:
    """A point of a reference far from every street: degrees, and metres to the nearest (`None`: there is none)."""

    lon: float
    lat: float
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A network compared with a reference.

    `time_ratio_median`, `time_ratio_p10`, `time_ratio_p90`, `distance_ratio_median`: this network over
    the reference, NaN where no pair can be compared; `time_ratio_deciles`: the nine deciles of the first, in order;
    `share_within_15pct`, `share_within_25pct`: share of the compared pairs whose time is within 15 or 25 % of the
    reference; `pairs`: all pairs; `unreachable`: those without a way here or there; `far_points`: points of the
    reference more than `FAR_POINT_M` from a street, the farthest first; none on an approximated network, which has no
    streets.
    """

    pairs: int
    unreachable: int
    time_ratio_median: float
    time_ratio_p10: float
    time_ratio_p90: float
    time_ratio_deciles: tuple[float, ...]
    share_within_15pct: float
    share_within_25pct: float
    distance_ratio_median: float
    profile: str
    far_points: tuple[FarPoint, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON, NaN as `None`."""
        plain = {key: None if value != value else value for key, value in asdict(self).items()}  # noqa: PLR0124
        deciles = zip(_DECILES, self.time_ratio_deciles, strict=True)
        return plain | {
            "time_ratio_deciles": {str(share): None if np.isnan(ratio) else ratio for share, ratio in deciles},
            "far_points": [asdict(point) for point in self.far_points],
        }


def compare(network: RoadNetwork, reference: ReferenceTrips) -> Comparison:
    """Compare a network's times and distances with a reference, over the same pairs.

    Its points are moved to their nearest street at no cost, as other engines do (`geo.network.reference.on_streets`).
    """
    time, length = _trips(network, reference)
    both = np.isfinite(time) & np.isfinite(reference.time_s)
    timed = both & (reference.time_s > 0)
    measured = both & (reference.distance_km > 0) & np.isfinite(reference.distance_km)
    ratio = time[timed] / reference.time_s[timed]
    distance_ratio = length[measured] / 1000 / reference.distance_km[measured]
    deciles = np.quantile(ratio, np.array(_DECILES) / 100) if len(ratio) else np.full(len(_DECILES), np.nan)
    away = np.abs(ratio - 1)
    return Comparison(
        pairs=len(reference),
        unreachable=int(len(reference) - both.sum()),
        time_ratio_median=float(deciles[4]),
        time_ratio_p10=float(deciles[0]),
        time_ratio_p90=float(deciles[-1]),
        time_ratio_deciles=tuple(deciles.tolist()),
        share_within_15pct=float((away <= CLOSE_SHARE).mean()) if len(ratio) else np.nan,
        share_within_25pct=float((away <= NEAR_SHARE).mean()) if len(ratio) else np.nan,
        distance_ratio_median=float(np.median(distance_ratio)) if len(distance_ratio) else np.nan,
        profile=network.profile,
        far_points=() if network.source.approximate else _far_points(network, reference),
    )


def _trips(network: RoadNetwork, reference: ReferenceTrips) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the network's own seconds and metres of each trip, inf where there is no way."""
    origins, start = np.unique(reference.origins, axis=0, return_inverse=True)
    destinations, end = np.unique(reference.destinations, axis=0, return_inverse=True)
    from_there, to_there = on_streets(network, origins), on_streets(network, destinations)
    time, length = np.full(len(reference), np.inf), np.full(len(reference), np.inf)
    for first in range(0, len(origins), _BLOCK):
        rows = np.flatnonzero((start >= first) & (start < first + _BLOCK))
        ends, column = np.unique(end[rows], return_inverse=True)
        block = np.arange(first, min(first + _BLOCK, len(origins)))
        seconds, metres = times_between(network, from_there.take(block), to_there.take(ends))
        time[rows], length[rows] = seconds[start[rows] - first, column], metres[start[rows] - first, column]
    return time, length


def _far_points(network: RoadNetwork, reference: ReferenceTrips) -> tuple[FarPoint, ...]:
    points = np.unique(np.concatenate([reference.origins, reference.destinations]), axis=0)
    metres = snap(network, points[:, 0], points[:, 1]).distance_m
    far = np.flatnonzero(metres > FAR_POINT_M)
    return tuple(
        FarPoint(float(points[i, 0]), float(points[i, 1]), float(metres[i]) if np.isfinite(metres[i]) else None)
        for i in far[np.argsort(-metres[far], kind="stable")]
    )
