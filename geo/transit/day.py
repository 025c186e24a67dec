"""One day of a timetable: connections between stops, changes on foot, and the search from every stop to one place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from geo.transit.kernels import ARRIVAL, NEVER, scan
from geo.transit.schedule import REGULAR
from geo.transit.vehicles import vehicles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.transit.schedule import Schedule
    from geo.transit.walks import Walks

#: Seconds of the shortest change from one vehicle to another (as R5).
CHANGE_S: Final = 60


@dataclass(frozen=True, eq=False)
class Day:
    """What runs on one day of civil time, sorted for the search.

    `stop_from`, `stop_to`, `departure_s`, `arrival_s`, `trip`, `call`: of each connection, one vehicle from one stop
    to the next, int32 (n,): stops, seconds after noon less 12 h of the day, number of the run of a vehicle (the trips
    that one may stay on it for are one run), and row of the schedule's `stop_times` where it begins. `board`, `alight`:
    whether one may get on and off there. `n_runs`: runs; `walks`: changes, a stop to itself included. `backwards`: the
    day is seen from its end, for ways back.
    """

    schedule: Schedule
    date: dt.date
    zone: str
    stop_from: NDArray[np.int32]
    stop_to: NDArray[np.int32]
    departure_s: NDArray[np.int32]
    arrival_s: NDArray[np.int32]
    trip: NDArray[np.int32]
    call: NDArray[np.int32]
    board: NDArray[np.bool_]
    alight: NDArray[np.bool_]
    n_runs: int
    walks: Walks
    backwards: bool = False

    @property
    def n_stops(self) -> int:
        """Number of stops."""
        return len(self.schedule.stops)

    @cached_property
    def reversed(self) -> Day:
        """The same day run backwards: ways to a place become ways from it."""
        order = np.lexsort((-np.arange(len(self.call)), self.arrival_s))
        made: dict[str, NDArray[Any]] = {
            "stop_from": self.stop_to,
            "stop_to": self.stop_from,
            "departure_s": -self.arrival_s,
            "arrival_s": -self.departure_s,
            "trip": self.trip,
            "call": self.call,
            "board": self.alight,
            "alight": self.board,
        }
        arrays: dict[str, Any] = {name: np.ascontiguousarray(values[order]) for name, values in made.items()}
        return replace(self, **arrays, walks=self.walks.reversed, backwards=not self.backwards)

    def moment(self, seconds: float) -> dt.datetime:
        """Return a time of the day as a moment with its time zone."""
        noon = dt.datetime.combine(self.date, dt.time(12), ZoneInfo(self.zone))
        start = noon.astimezone(dt.UTC) - dt.timedelta(hours=12)
        return (start + dt.timedelta(seconds=float(seconds))).astimezone(noon.tzinfo)

    def seconds(self, moment: dt.datetime) -> int:
        """Return a moment as seconds of the day."""
        return round((moment - self.moment(0)).total_seconds())


@dataclass(frozen=True, eq=False, slots=True)
class Profile:
    """Every departure of a day worth taking, from every stop to one place.

    `first`, `count`: int64 (n_stops,): rows of a stop in the other arrays, the last departure first. `departure_s`:
    int32, seconds of the day. `way`: int64, the way from there as one number (`geo.transit.kernels.ARRIVAL`); each row
    departs sooner and has a better way than the one before: it arrives sooner, or as soon by fewer rides or with less
    walking. `on`, `off`: connection boarded and the one left by. `changed`: the same for who comes off another vehicle
    at the stop.
    """

    day: Day
    egress_s: NDArray[np.int64]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    departure_s: NDArray[np.int32]
    way: NDArray[np.int64]
    on: NDArray[np.int32]
    off: NDArray[np.int32]
    changed: tuple[NDArray[np.integer[Any]], ...]

    @property
    def arrival_s(self) -> NDArray[np.int64]:
        """Seconds of the day at which each row arrives at the place."""
        return self.way // ARRIVAL

    @property
    def shortest_s(self) -> NDArray[np.float64]:
        """Seconds from each stop to the place by the shortest way of the day, shape (n_stops,); inf: there is none."""
        stop = np.repeat(np.arange(len(self.count)), self.count)
        rows = np.arange(len(stop)) + np.repeat(self.first - (np.cumsum(self.count) - self.count), self.count)
        shortest = np.full(len(self.count), np.inf)
        np.minimum.at(shortest, stop, (self.arrival_s[rows] - self.departure_s[rows]).astype(np.float64))
        return shortest

    def rows(self, stop: int) -> slice:
        """Return the rows of a stop."""
        return slice(int(self.first[stop]), int(self.first[stop] + self.count[stop]))

    def after_change(self, stop: int, at_s: int) -> tuple[int, int, int] | None:
        """Return the best way on for who gets off at a stop: arrival, connection boarded, connection left by."""
        first, count, departure, way, on, off = self.changed
        rows = slice(int(first[stop]), int(first[stop] + count[stop]))
        catchable = int((departure[rows] >= at_s).sum())
        if not catchable:
            return None
        row = rows.start + catchable - 1
        return int(way[row]) // ARRIVAL, int(on[row]), int(off[row])


def day_of(
    schedule: Schedule,
    date: dt.date,
    walks: Walks,
    zone: str,
    *,
    on_request: bool = False,
    school: bool = False,
    change_s: int = CHANGE_S,
) -> Day:
    """Return what runs on a day, with the trips of days before that still run, however many hours they count.

    Parameters
    ----------
    schedule
        Timetable.
    date, zone
        Day, and civil time that it is a day of; trips of other zones are put into it.
    walks
        Ways on foot between stops (`geo.transit.walks.Walks.between_stops`).
    on_request, school
        Whether calls that must be asked for and lines for pupils count.
    change_s
        Seconds of the shortest change, at least 1.
    """
    times, trips = schedule.stop_times, schedule.trips
    trip, stop = times["trip"].to_numpy(), times["stop"].to_numpy()
    follows = np.flatnonzero(trip[1:] == trip[:-1]) if len(trip) else np.zeros(0, np.int64)
    zones, zone_of = np.unique(trips["zone"].to_numpy(str), return_inverse=True)
    latest = times["arrival"].to_numpy().max(initial=0)
    parts, runs = [], 0
    for back in count():
        day = date - dt.timedelta(days=back)
        shift = np.array([_noon_s(str(each), day) - _noon_s(zone, date) for each in zones], np.int64)
        if back and (latest + shift < 0).all():
            break
        runs_then = schedule.running(day)
        if not school:
            runs_then &= ~trips["school"].to_numpy(bool)
        vehicle, turn = vehicles(schedule, runs_then)
        rows = follows[runs_then[trip[follows]]]
        seconds = shift[zone_of[trip[rows]]]
        departure = times["departure"].to_numpy()[rows] + seconds
        arrival = times["arrival"].to_numpy()[rows + 1] + seconds
        still = arrival >= 0
        rows = rows[still]
        parts.append((rows, departure[still], arrival[still], vehicle[trip[rows]] + runs, turn[trip[rows]]))
        runs += len(trips)
    call, departure, arrival, run, turn = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((-call, -turn, -departure))
    call, departure, arrival, run = call[order], departure[order], arrival[order], run[order]
    pickup, drop_off = (times[name].to_numpy() for name in ("pickup", "drop_off"))
    board, alight = pickup[call], drop_off[call + 1]
    most = 3 if on_request else REGULAR
    return Day(
        schedule,
        date,
        zone,
        stop_from=stop[call].astype(np.int32),
        stop_to=stop[call + 1].astype(np.int32),
        departure_s=departure.astype(np.int32),
        arrival_s=arrival.astype(np.int32),
        trip=run.astype(np.int32),
        call=call.astype(np.int32),
        board=(board <= most) & (board != 1),
        alight=(alight <= most) & (alight != 1),
        n_runs=runs,
        walks=walks.with_changes(schedule, change_s),
    )


def _noon_s(zone: str, date: dt.date) -> int:
    """Return noon of a day in a zone as seconds since 1970: 23 or 25 h after the last one where the clocks change."""
    return round(dt.datetime.combine(date, dt.time(12), ZoneInfo(zone)).timestamp())


def profile_to(day: Day, egress_s: NDArray[np.int64]) -> Profile:
    """Return every departure worth taking from every stop to a place.

    `egress_s`: int64 (n_stops,): seconds on foot from each stop to the place, `geo.transit.kernels.NEVER`: too far. On
    `Day.reversed` it is those from the place to each stop, and the profile is that of the ways back: times change sign.
    """
    # A walk is looked up from the stop where the next vehicle is boarded.
    into = day.walks.reversed
    boarded, changed = scan(
        day.stop_from,
        day.stop_to,
        day.departure_s,
        day.arrival_s,
        day.trip,
        day.board,
        day.alight,
        day.n_runs,
        np.minimum(egress_s, NEVER).astype(np.int64),
        into.offsets,
        into.stop,
        into.seconds,
    )
    first, count, departure_s, way, on, off = boarded
    return Profile(day, egress_s, first, count, departure_s, way, on, off, changed)
