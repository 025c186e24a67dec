"""Ways on foot and by bicycle where no street of the mode is known: from straight lines, the ground and the roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.network.modes import CREST_M, estimated_times, usual_kmh
from geo.network.slopes import along_straight
from geo.network.snapping import snap
from geo.network.travel_times import times_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork
    from geo.network.snapping import Points
    from geo.sources.relief import Relief


def estimated_ways(
    mode: str, roads: RoadNetwork, relief: Relief, starts: Points, places: Points, straight_m: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return minutes and kilometres of ways from starts to places.

    Parameters
    ----------
    mode
        ``"walk"`` or ``"bike"``.
    roads
        For cars, estimated or not: over a crest of `geo.network.modes.CREST_M` a way is at least as long as theirs,
        and takes at least what that takes on the flat.
    starts, places
        Longitudes and latitudes, degrees, shape (n,) each: one start and one place for each way.
    straight_m
        Metres between the two, shape (n,).

    Returns
    -------
    float64, shape (n,): inf beyond `geo.network.modes.FARTHEST_KM`, and over a crest that no road leads round or over.
    """
    minutes, km = estimated_times(mode, straight_m)
    near = np.flatnonzero(np.isfinite(km))
    here, there = (np.column_stack(points)[near] for points in (starts, places))
    factor, crest_m = along_straight(mode, relief, (here[:, 0], here[:, 1]), there[:, 0], there[:, 1], straight_m[near])
    minutes[near] *= factor
    over = crest_m > CREST_M
    if over.any():
        road_km = _road_km(roads, here[over], there[over])
        ways = near[over]
        km[ways] = np.maximum(km[ways], road_km)
        minutes[ways] = np.maximum(minutes[ways], road_km / usual_kmh(mode) * 60)
    return minutes, km


def _road_km(roads: RoadNetwork, here: NDArray[np.float64], there: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the kilometres of the fastest way by car of each pair of points (degrees, shape (n, 2)), inf: no way."""
    starts, start = np.unique(here, axis=0, return_inverse=True)
    ends, end = np.unique(there, axis=0, return_inverse=True)
    metres = times_between(roads, snap(roads, *starts.T), snap(roads, *ends.T))[1]
    return metres[start.ravel(), end.ravel()] / 1000
