"""How far a network's times and distances are from those of another engine or another network."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import Fault, SchemaError, SourceError
from geo.network.snapping import snap
from geo.network.travel_times import times_between
from geo.sources.delimited import read_text

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork

#: A time within this share of the reference counts as equal to it.
CLOSE_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True)
class ReferenceMatrix:
    """Times and distances between points, as another engine gives them.

    `origins` (n, 2) and `destinations` (m, 2): longitude, latitude; `time_s` and `distance_km`
    (n, m), inf where the engine found no way, NaN where the pair was not asked for.
    """

    origins: NDArray[np.float64]
    destinations: NDArray[np.float64]
    time_s: NDArray[np.float64]
    distance_km: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A network held against a reference.

    `time_ratio_median`, `time_ratio_p10`, `time_ratio_p90`, `distance_ratio_median`: this network over
    the reference, NaN where no pair can be compared; `share_within_15pct`: share of the compared pairs whose
    time is within 15 % of the reference; `pairs`: all pairs; `unreachable`: those without a way here or there.
    """

    pairs: int
    unreachable: int
    time_ratio_median: float
    time_ratio_p10: float
    time_ratio_p90: float
    share_within_15pct: float
    distance_ratio_median: float
    profile: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON, NaN as `None`."""
        return {key: None if value != value else value for key, value in asdict(self).items()}  # noqa: PLR0124


def read_reference(path: Path) -> ReferenceMatrix:
    """Read a reference matrix: JSON with ``src``, ``dst`` (lon, lat), ``time_s`` and ``dist_km`` (n x m).

    Raises
    ------
    SourceError
        The file is absent, larger than 100 MB or is not JSON.
    SchemaError
        A table is missing or shapes do not match; all faults together.
    """
    text = read_text(path, "Référence")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"Référence : « {path.name} » n'est pas du JSON. Donnez le fichier écrit par le moteur d'itinéraires."
        raise SourceError(msg) from error
    faults: list[Fault] = []
    tables: dict[str, NDArray[np.float64]] = {}
    for key in ("src", "dst", "time_s", "dist_km"):
        try:
            tables[key] = np.atleast_1d(np.array(content[key], np.float64))
        except (KeyError, TypeError, ValueError, OverflowError):
            faults.append(Fault(f"table « {key} » absente ou non numérique"))
    if not faults:
        shape = (len(tables["src"]), len(tables["dst"]))
        faults += [
            Fault(f"table « {key} » de forme {tables[key].shape}, {expected} attendue")
            for key, expected in (("src", (shape[0], 2)), ("dst", (shape[1], 2)), ("time_s", shape), ("dist_km", shape))
            if tables[key].shape != expected
        ]
    if not faults:
        faults += [
            Fault(f"table « {key} » : {outside} position(s) qui ne sont pas une longitude et une latitude en degrés")
            for key in ("src", "dst")
            if (outside := int((~(np.abs(tables[key]) <= (180, 90))).any(axis=1).sum()))
        ]
        faults += [
            Fault(f"table « {key} » : {negative} valeur(s) négative(s)")
            for key in ("time_s", "dist_km")
            if (negative := int((tables[key] < 0).sum()))
        ]
    if faults:
        raise SchemaError(path.name, faults, "Format attendu : src, dst (lon, lat), time_s et dist_km.")
    time_s, distance_km = (np.nan_to_num(tables[key], nan=np.inf) for key in ("time_s", "dist_km"))
    return ReferenceMatrix(tables["src"], tables["dst"], time_s, distance_km)


def reference_from_network(network: RoadNetwork, points: NDArray[np.float64]) -> ReferenceMatrix:
    """Return what a network says between points (n, 2: longitude, latitude) that lie on it, as a reference.

    Points beyond the network's snapping limit are left out, the others are moved to their nearest street, so
    that roads are compared and not the way to the road; a point has no trip to itself (NaN).
    """
    snapped = snap(network, points[:, 0], points[:, 1])
    on = np.flatnonzero(snapped.link >= 0)
    kept = replace(snapped.take(on), distance_m=np.zeros(len(on)))
    time, length = times_between(network, kept, kept)
    np.fill_diagonal(time, np.nan)
    np.fill_diagonal(length, np.nan)
    return ReferenceMatrix(points[on], points[on], time, length / 1000)


def compare(network: RoadNetwork, reference: ReferenceMatrix) -> Comparison:
    """Hold a network's times and distances against a reference; both count the same pairs."""
    time, length = times_between(
        network,
        snap(network, reference.origins[:, 0], reference.origins[:, 1]),
        snap(network, reference.destinations[:, 0], reference.destinations[:, 1]),
    )
    asked = ~np.isnan(reference.time_s)
    both = np.isfinite(time) & np.isfinite(reference.time_s)
    timed = both & (reference.time_s > 0)
    measured = both & (reference.distance_km > 0)
    ratio = time[timed] / reference.time_s[timed]
    distance_ratio = length[measured] / 1000 / reference.distance_km[measured]
    p10, median, p90 = np.quantile(ratio, [0.1, 0.5, 0.9]) if len(ratio) else (np.nan,) * 3
    return Comparison(
        pairs=int(asked.sum()),
        unreachable=int(asked.sum() - both.sum()),
        time_ratio_median=float(median),
        time_ratio_p10=float(p10),
        time_ratio_p90=float(p90),
        share_within_15pct=float((np.abs(ratio - 1) <= CLOSE_SHARE).mean()) if len(ratio) else np.nan,
        distance_ratio_median=float(np.median(distance_ratio)) if len(distance_ratio) else np.nan,
        profile=network.profile,
    )
