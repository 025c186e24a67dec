"""Ways on foot between stops, and between stops and places: along streets where they are known, else estimated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from geo.crs import to_metres
from geo.network.layout import row_offsets
from geo.network.modes import DETOUR, WALK, usual_kmh
from geo.network.snapping import snap
from geo.network.travel_times import pairs_within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork
    from geo.network.snapping import Points
    from geo.transit.schedule import Schedule

#: Seconds that one walks from one stop to another at most, to change (as OpenTripPlanner's short transfers).
CHANGE_WALK_S: Final = 600
_NOISE_S: Final = 0.01
_FAR_M: Final = 1e12
_NEVER_S: Final = 1e9


@dataclass(frozen=True, eq=False)
class Walks:
    """Ways on foot between stops: those from stop v are rows ``offsets[v]:offsets[v + 1]`` of `stop` and `seconds`."""

    offsets: NDArray[np.int64]
    stop: NDArray[np.int32]
    seconds: NDArray[np.int32]

    @classmethod
    def of_pairs(
        cls, from_stop: NDArray[np.int64], to_stop: NDArray[np.int64], seconds: NDArray[np.int64], n_stops: int
    ) -> Walks:
        """Return the ways of some pairs of stops, of several between two stops the last given."""
        flat = from_stop * n_stops + to_stop
        unique, last = np.unique(flat[::-1], return_index=True)
        rows = len(flat) - 1 - last
        start = (unique // max(n_stops, 1)).astype(np.int32)
        possible = seconds[rows] >= 0
        rows, start = rows[possible], start[possible]
        return cls(
            np.asarray(row_offsets(start, n_stops), np.int64),
            to_stop[rows].astype(np.int32),
            seconds[rows].astype(np.int32),
        )

    @classmethod
    def between_stops(cls, schedule: Schedule, network: RoadNetwork | None, crs: str) -> Walks:
        """Return the ways on foot from each stop to the others within `CHANGE_WALK_S`."""
        where = (schedule.stops["lon"].to_numpy(), schedule.stops["lat"].to_numpy())
        start, end, seconds = walks_within(network, crs, where, where, CHANGE_WALK_S)
        return cls.of_pairs(start, end, seconds, len(where[0]))

    @property
    def n_stops(self) -> int:
        """Number of stops."""
        return len(self.offsets) - 1

    def seconds_between(self, one: int, other: int) -> int:
        """Return the seconds of the way from one stop to another, 0 where there is none."""
        rows = slice(int(self.offsets[one]), int(self.offsets[one + 1]))
        return int(self.seconds[rows][self.stop[rows] == other].sum())

    @property
    def origin(self) -> NDArray[np.int64]:
        """Stop that each way leaves from, int64 (n,)."""
        return np.repeat(np.arange(self.n_stops), np.diff(self.offsets))

    @cached_property
    def reversed(self) -> Walks:
        """The same ways from where they end to where they begin, each as long as it was."""
        return Walks.of_pairs(self.stop.astype(np.int64), self.origin, self.seconds.astype(np.int64), self.n_stops)

    def with_changes(self, schedule: Schedule, change_s: int) -> Walks:
        """Return the ways with those that the schedule tells, a change at each stop, none shorter than `change_s`.

        Platforms of one station are a change apart where no way between them is known.
        """
        every = np.arange(self.n_stops)
        parent = schedule.stops["parent"].to_numpy()
        station = np.where(parent >= 0, parent, every)
        one, other = _same_group(station)
        ties = schedule.transfers
        from_stop = np.concatenate([one, self.origin, every, ties["from_stop"].to_numpy()])
        to_stop = np.concatenate([other, self.stop, every, ties["to_stop"].to_numpy()])
        told = ties["seconds"].to_numpy()
        seconds = np.concatenate(
            [
                np.full(len(one), change_s),
                np.maximum(self.seconds, change_s),
                np.full(len(every), change_s),
                np.where(told < 0, -1, np.maximum(told, change_s)),
            ]
        )
        return Walks.of_pairs(from_stop.astype(np.int64), to_stop.astype(np.int64), seconds, self.n_stops)


def walks_within(
    network: RoadNetwork | None, crs: str, origins: Points, destinations: Points, limit_s: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the ways on foot of at most `limit_s` seconds: origin, destination and whole seconds, shape (n,) each.

    `network`: streets for feet; `None`: estimated from straight lines in the projection `crs`. Points are degrees.
    Two points that are nearer to each other than their ways to the street together are walked straight.
    """
    if network is not None:
        return _along_streets(network, origins, destinations, limit_s)
    metres_a_second = usual_kmh(WALK) / 3.6
    from_xy, to_xy = (np.column_stack(to_metres(crs).transform(*points)) for points in (origins, destinations))
    start, end, metres = _straight(from_xy, to_xy, limit_s * metres_a_second / DETOUR)
    return start, end, whole_s(metres * DETOUR / metres_a_second)


def _along_streets(
    network: RoadNetwork, origins: Points, destinations: Points, limit_s: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    one, other = snap(network, *origins), snap(network, *destinations)
    start, end, seconds = pairs_within(network, one, other, limit_s)
    pace = network.access_m_per_s
    near_start, near_end, metres = _straight(one.xy, other.xy, limit_s * pace)
    # Farther apart than that, something may lie between them that only streets cross.
    off_street = metres <= one.distance_m[near_start] + other.distance_m[near_end]
    off_street &= (one.link[near_start] >= 0) & (other.link[near_end] >= 0) | (metres == 0)
    start, end = np.append(start, near_start[off_street]), np.append(end, near_end[off_street])
    seconds = np.append(seconds, metres[off_street] / pace)
    order = np.lexsort((seconds, end, start))
    start, end, seconds = start[order], end[order], seconds[order]
    first = np.append(True, (np.diff(start) != 0) | (np.diff(end) != 0))[: len(start)]
    return start[first], end[first], whole_s(seconds[first])


def _straight(
    from_xy: NDArray[np.float64], to_xy: NDArray[np.float64], limit_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs of points at most `limit_m` apart, in order, and the metres between them."""
    if not len(from_xy) or not len(to_xy):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros(0)
    # Doors and corridors of a station, where nothing calls, may have no place: they are far from everything.
    from_xy, to_xy = (np.where(np.isfinite(xy), xy, far) for xy, far in ((from_xy, _FAR_M), (to_xy, -_FAR_M)))
    near = cKDTree(from_xy).sparse_distance_matrix(cKDTree(to_xy), limit_m, output_type="ndarray")
    order = np.lexsort((near["j"], near["i"]))
    return near["i"][order].astype(np.int64), near["j"][order].astype(np.int64), near["v"][order]


def whole_s(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return seconds rounded up, int64 of the same shape, noise of the sums aside; inf: more than any limit."""
    return np.ceil(np.minimum(seconds, _NEVER_S) - _NOISE_S).astype(np.int64)


def _same_group(group: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs of different positions with the same group, both ways."""
    order = np.argsort(group, kind="stable")
    sizes = np.diff(np.flatnonzero(np.append(True, np.diff(group[order]) != 0)), append=len(order))
    begins = np.cumsum(sizes) - sizes
    size_of, begin_of = np.repeat(sizes, sizes), np.repeat(begins, sizes)
    one = np.repeat(np.arange(len(order)), size_of)
    step = np.arange(len(one)) - np.repeat(np.cumsum(size_of) - size_of, size_of)
    other = np.repeat(begin_of, size_of) + step
    apart = one != other
    return order[one[apart]], order[other[apart]]
