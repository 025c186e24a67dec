"""How long the way to the nearest sites is on foot and by bicycle: along streets, or estimated from straight lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.finder.start import straight_m
from geo.network.estimated_ways import estimated_ways
from geo.network.modes import FARTHEST_KM
from geo.network.snapping import snap
from geo.network.travel_times import times_from_point
from geo.territory.study_area import project_relief

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.territory import Territory

#: Seconds after which a search along streets ends.
_LONGEST_S: Final = 3 * 3600.0


@dataclass(frozen=True, slots=True)
class ModeTime:
    """A trip by another mode than the car: minutes, kilometres, and whether they are estimated."""

    mode: str
    travel_time_min: float
    distance_km: float
    estimated: bool


def times_by_mode(
    territory: Territory,
    mode: str,
    start: tuple[float, float],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    straight: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Time the way from a position to places on foot or by bicycle.

    Parameters
    ----------
    territory
        Its street network of the mode counts where it has one; else times are estimated
        (`geo.network.estimated_ways`).
    mode
        ``"walk"`` or ``"bike"``.
    start, lon, lat
        Degrees; the places' of shape (n,).
    straight
        Metres to each place as a straight line, where they are measured already.

    Returns
    -------
    Minutes and kilometres, float64, shape (n,), inf where there is no way or the place is beyond
    `geo.network.modes.FARTHEST_KM` as a straight line; whether they are estimated.

    Examples
    --------
    >>> from geo import Territory
    >>> minutes, km, estimated = times_by_mode(
    ...     Territory.load("64"), "walk", (-0.37, 43.30), np.array([-0.36]), np.array([43.30])
    ... )
    >>> minutes.round().tolist(), estimated
    ([13.0], True)
    """
    straight = straight_m(*start, lon, lat) if straight is None else straight
    network = territory.active.get(mode)
    if network is not None:
        here = snap(network, [start[0]], [start[1]])
        if here.link[0] >= 0:
            seconds, metres = times_from_point(network, here, 0, snap(network, lon, lat), limit_s=_LONGEST_S)
            walked = straight / 1000 <= FARTHEST_KM[mode]
            return np.where(walked, seconds / 60, np.inf), np.where(walked, metres / 1000, np.inf), False
    starts = np.full(len(lon), start[0]), np.full(len(lat), start[1])
    return *estimated_ways(mode, territory.network, project_relief(), starts, (lon, lat), straight), True
