"""Which trips of a day one may stay on the vehicle for: those of a block that follow at the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.transit.schedule import Schedule

#: Metres between the last stop of a trip and the first of the next, at most (as OpenTripPlanner).
_SAME_PLACE_M: Final = 200.0
_DEGREE_M: Final = 111_195.0


def vehicles(schedule: Schedule, running: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each trip the first trip of its vehicle, and how many it comes after; a trip alone: itself and 0.

    `running`: which trips run that day. Of those of one block, each follows the one before where that is over by then
    and ends at most 200 m from where it begins.
    """
    n = len(schedule.trips)
    first, turn = np.arange(n), np.zeros(n, np.int64)
    block = schedule.trips["block"].to_numpy()
    times = schedule.stop_times
    trip = times["trip"].to_numpy()
    begins = np.flatnonzero(np.diff(trip, prepend=-1))
    ends = np.append(begins[1:], len(trip))[: len(begins)] - 1
    on_block = (running & (block >= 0))[trip[begins]]
    begins, ends = begins[on_block], ends[on_block]
    if not len(begins):
        return first, turn
    departure, arrival, stop = (times[name].to_numpy() for name in ("departure", "arrival", "stop"))
    order = np.lexsort((arrival[ends], departure[begins], block[trip[begins]]))
    begins, ends = begins[order], ends[order]
    which = trip[begins]
    lon, lat = (schedule.stops[name].to_numpy() for name in ("lon", "lat"))
    last, then = stop[ends[:-1]], stop[begins[1:]]
    east = (lon[then] - lon[last]) * np.cos(np.radians(lat[last]))
    near = np.hypot(east, lat[then] - lat[last]) * _DEGREE_M <= _SAME_PLACE_M
    follows = near & (block[which[1:]] == block[which[:-1]]) & (departure[begins[1:]] >= arrival[ends[:-1]])
    head = np.maximum.accumulate(np.where(np.append(True, ~follows), np.arange(len(which)), 0))
    first[which] = which[head]
    turn[which] = np.arange(len(which)) - head
    return first, turn
