"""Journeys out of a profile: what can be taken from one start, and each in its rides and walks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.transit.kernels import ARRIVAL, NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.transit.day import Day, Profile


@dataclass(frozen=True, eq=False, slots=True)
class Journeys:
    """The journeys of a day between one start and one place that are worth taking, by departure.

    `departure_s`, `arrival_s`: int64 (n,), seconds of the day, walks at both ends included; both grow. `stop`, `row`:
    int64 (n,), stop where the first vehicle is boarded (of ways back: the last one left), and row of the profile.
    """

    departure_s: NDArray[np.int64]
    arrival_s: NDArray[np.int64]
    stop: NDArray[np.int64]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.row)

    def within(self, way_s: float) -> Journeys:
        """Return those that take at most so many seconds."""
        return self._take(self.arrival_s - self.departure_s <= way_s)

    def _take(self, rows: NDArray[np.generic]) -> Journeys:
        return Journeys(self.departure_s[rows], self.arrival_s[rows], self.stop[rows], self.row[rows])


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of a journey, seconds of the day: a ride on a line, or a walk (`line` is `None`).

    `from_stop`, `to_stop`: names, `None` at the two ends of the journey. `stays`: a ride for which one stays on the
    vehicle of the ride before.
    """

    departure_s: int
    arrival_s: int
    from_stop: str | None
    to_stop: str | None
    line: str | None = None
    headsign: str = ""
    route_type: int | None = None
    stays: bool = False


def journeys(profile: Profile, stops: NDArray[np.int64], walk_s: NDArray[np.int64]) -> Journeys:
    """Return the journeys from a start, given the stops that are near and the seconds on foot to each.

    Of those that depart and arrive at the same seconds it is the one of fewest rides, then of the least walking. On a
    profile of ways back (`Day.reversed`) they are those from the place to the start.
    """
    rows = [np.arange(profile.first[stop], profile.first[stop] + profile.count[stop]) for stop in stops.tolist()]
    counts = [len(each) for each in rows]
    row = np.concatenate([*rows, np.zeros(0, np.int64)]).astype(np.int64)
    stop = np.repeat(stops, counts).astype(np.int64)
    access_s = np.repeat(walk_s, counts)
    departure = profile.departure_s[row].astype(np.int64) - access_s
    way = profile.way[row] + access_s
    arrival = way // ARRIVAL
    order = np.lexsort((way, -departure))
    arrives = arrival[order]
    sooner = np.append(True, arrives[1:] < np.minimum.accumulate(arrives)[:-1])[: len(order)]
    kept = order[sooner][::-1]
    found = Journeys(departure[kept], arrival[kept], stop[kept], row[kept])
    if not profile.day.backwards:
        return found
    back = found._take(np.arange(len(found))[::-1])  # noqa: SLF001 - its own class
    return Journeys(-back.arrival_s, -back.departure_s, back.stop, back.row)


def legs(profile: Profile, found: Journeys, number: int) -> list[Leg]:
    """Return the parts of one journey in the order of travel, the walks at both ends included.

    A change between stops of one name is no walk.
    """
    day, row = profile.day, int(found.row[number])
    backwards = day.backwards
    names = day.schedule.stops["name"].tolist()
    trips, call_trip = day.schedule.trips, day.schedule.stop_times["trip"].to_numpy()
    start, end = int(found.departure_s[number]), int(found.arrival_s[number])
    now = -end if backwards else start
    parts: list[Leg] = []

    def add(
        begin: int, finish: int, one: int | None, other: int | None, call: int | None = None, *, stays: bool = False
    ) -> None:
        told = (None if one is None else names[one], None if other is None else names[other])
        trip = None if call is None else trips.iloc[int(call_trip[call])]
        line = None if trip is None else (str(trip["line"]), str(trip["headsign"]), int(trip["route_type"]))
        if backwards:
            begin, finish, told = -finish, -begin, told[::-1]
        of_line = line or (None, "", None)
        parts.append(Leg(begin, finish, told[0], told[1], of_line[0], of_line[1], of_line[2], stays))

    on, off = int(profile.on[row]), int(profile.off[row])
    at: int | None = None
    while True:
        board, leave = int(day.stop_from[on]), int(day.stop_to[off])
        boards, leaves = int(day.departure_s[on]), int(day.arrival_s[off])
        if at is None:
            add(now, boards, None, board)
        elif names[at] != names[board]:
            add(now, now + day.walks.seconds_between(at, board), at, board)
        rides = _rides(day, on, off)
        for number_of, (first, last) in enumerate(rides):
            stays = number_of < len(rides) - 1 if backwards else number_of > 0
            begin, finish = int(day.departure_s[first]), int(day.arrival_s[last])
            add(begin, finish, int(day.stop_from[first]), int(day.stop_to[last]), int(day.call[first]), stays=stays)
        now, at = leaves, leave
        arrival = leaves + int(profile.egress_s[leave])
        goal = int(profile.way[row]) // ARRIVAL
        onward = None if arrival <= goal else profile.after_change(leave, leaves)
        if onward is None:
            add(leaves, min(arrival, leaves + NEVER), leave, None)
            break
        _, on, off = onward
    return parts[::-1] if backwards else parts


def _rides(day: Day, on: int, off: int) -> list[tuple[int, int]]:
    """Return the first and the last connection of each trip between boarding a vehicle and leaving it."""
    trip = day.schedule.stop_times["trip"].to_numpy()
    if trip[day.call[on]] == trip[day.call[off]]:
        return [(on, off)]
    between = (np.flatnonzero(day.trip[off : on + 1] == day.trip[on]) + off)[::-1]
    begins = np.flatnonzero(np.diff(trip[day.call[between]], prepend=-1))
    ends = np.append(begins[1:], len(between)) - 1
    return list(zip(between[begins].tolist(), between[ends].tolist(), strict=True))
