"""Round trips: whether one can go there, be helped while the place is open, and be home the same day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from geo.errors import ParameterError
from geo.french import format_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.transit.journeys import Journeys

DAY_S: Final = 86_400
#: Who would wait longer outside before the doors open is told the first arrival up to as long after they do.
_NO_WAIT_S: Final = 15 * 60

Seconds = TypeVar("Seconds", int, "NDArray[np.int64]")


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a round trip possible: a walk to a stop, a walk all the way, a way, and a visit, in minutes.

    `walk_min`: at most, from home to a stop and from a stop to the place; `way_min`: at most, door to door;
    `visit_min`: at least, while the place is open; `direct_walk_min`: at most, from home to the place with no vehicle.
    The two walks have limits of their own, as in OpenTripPlanner: who need not wait for a vehicle walks longer.
    """

    walk_min: float = 20.0
    way_min: float = 120.0
    visit_min: float = 45.0
    direct_walk_min: float = 30.0

    def __post_init__(self) -> None:
        """Raise `ParameterError` where a limit makes no sense."""
        limits = {"walk_min": 120, "way_min": 24 * 60, "visit_min": 24 * 60, "direct_walk_min": 120}
        for name, most in limits.items():
            value = getattr(self, name)
            if not 0 <= value <= most:
                option = name.replace("_", "-")
                msg = f"--{option} {format_number(value)} refusé : des minutes de 0 à {most} sont attendues."
                raise ParameterError(msg)

    @property
    def on_foot_s(self) -> float:
        """Seconds that one walks at most with no vehicle: the whole way has its own limit as well."""
        return 60 * min(self.direct_walk_min, self.way_min)


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A round trip of one day, seconds of the day.

    Whole minutes, as they are told: one leaves at the beginning of a minute and arrives at the end of one, so that
    between the hours that are said a visit of 45 minutes lasts as long, and no way is longer than the rules allow.

    `out`, `back`: which of the journeys out and back, `None` on foot. `earliest_arrival_s`: of all the ways of that
    day, the last arrival by which one is there when the place opens, else the first one after that is in time for a
    visit; this one as well where it comes within 15 minutes of the opening and the other waits for more than 15.
    `last_way_back_s`: the last departure that is home that day. Both are `None` where one may walk all the way
    there and back, which is possible at any hour. `wait_s`, `earliest_wait_s`: seconds outside before the doors open,
    after the arrival as it is told; 0: they are open, or one walks at any hour.
    """

    departure_s: int
    arrival_s: int
    leave_s: int
    home_s: int
    out: int | None
    back: int | None
    earliest_arrival_s: int | None
    last_way_back_s: int | None
    wait_s: int = 0
    earliest_wait_s: int = 0

    @property
    def time_out_min(self) -> int:
        """Whole minutes from leaving home to being home again, as both are told: the difference of the hours said."""
        return (told_arrival_s(self.home_s) - told_departure_s(self.departure_s)) // 60


def told_departure_s(second: Seconds) -> Seconds:
    """Return the second at which one is told to leave: the beginning of its minute.

    >>> told_departure_s(119), told_arrival_s(61), told_arrival_s(60)
    (60, 120, 60)
    """
    return second // 60 * 60


def told_arrival_s(second: Seconds) -> Seconds:
    """Return the second at which one is told to arrive: the end of its minute."""
    return -(-second // 60) * 60


def round_trip(
    out: Journeys,
    back: Journeys,
    open_s: Sequence[tuple[int, int]],
    rules: Rules,
    walk_s: tuple[int, int] | None = None,
    *,
    not_before_s: int = 0,
) -> RoundTrip | None:
    """Return the round trip that takes the least time out; `None`: there is none.

    Of several it is the one that waits least outside, then the first.

    Parameters
    ----------
    out, back
        Journeys of the day to the place, and from it.
    open_s
        Hours of the place that day: (opens, closes), seconds of the day.
    rules
        Limits.
    walk_s
        Seconds on foot all the way there, and all the way back; `None`: too far.
    not_before_s
        Second of the day before which nobody leaves home.
    """
    visit, way = round(rules.visit_min * 60), rules.way_min * 60
    arrive, depart, out_row = _ways(out, way, not_before_s)
    leave, home, back_row = _ways_back(back, way)
    on_foot = walk_s is not None and max(walk_s) <= rules.on_foot_s
    there_s, back_s = (told_arrival_s(seconds) for seconds in walk_s or (0, 0))
    best: tuple[int, ...] | None = None
    arrivals: list[tuple[int, int]] = []
    leaves: list[int] = []
    for opens, closes in open_s:
        if closes - opens < visit:
            continue
        here, gone, row = arrive, depart, out_row
        if on_foot:
            # On foot one comes when the doors open (later: as soon as one may), or just in time for a vehicle back.
            soonest = max(opens, not_before_s + there_s)
            times = np.unique(np.clip(np.append(leave - visit, soonest), opens, closes - visit))
            times = times[times - there_s >= not_before_s]
            here, gone = np.append(here, times), np.append(gone, times - there_s)
            row = np.append(row, np.full(len(times), -1))
        helped = np.maximum(here, opens) + visit
        in_time = helped <= closes
        here, gone, row, helped = here[in_time], gone[in_time], row[in_time], helped[in_time]
        if not len(here):
            continue
        first = np.searchsorted(leave, helped)
        comes = np.where(first < len(leave), np.append(home, DAY_S + 1)[first], DAY_S + 1)
        back_of = np.where(first < len(leave), np.append(back_row, -2)[first], -2)
        if on_foot:
            sooner = helped + back_s <= comes
            comes = np.where(sooner, helped + back_s, comes)
            back_of = np.where(sooner, -1, back_of)
        possible = comes <= DAY_S
        if not possible.any():
            continue
        comes_at = here[possible]
        by_opening, after = comes_at[comes_at <= opens], comes_at[comes_at > opens]
        first_s = int(by_opening.max() if len(by_opening) else comes_at.min())
        if opens - first_s > _NO_WAIT_S and len(after) and after.min() <= opens + _NO_WAIT_S:
            first_s = int(after.min())
        arrivals.append((first_s, max(opens - first_s, 0)))
        last = leave[leave >= helped[possible].min()]
        leaves += [int(last.max())] if len(last) else []
        for k in np.flatnonzero(possible).tolist():
            goes = int(leave[first[k]]) if back_of[k] >= 0 else int(helped[k])
            wait = max(opens - int(here[k]), 0)
            found = (int(comes[k] - gone[k]), wait, int(gone[k]), int(here[k]), goes, int(comes[k]), int(row[k]))
            candidate = (*found, int(back_of[k]))
            if best is None or candidate < best:
                best = candidate
    if best is None:
        return None
    _, wait_s, gone_s, here_s, goes_s, home_s, out_k, back_k = best
    return RoundTrip(
        gone_s,
        here_s,
        goes_s,
        home_s,
        None if out_k < 0 else out_k,
        None if back_k < 0 else back_k,
        None if on_foot else min(arrivals)[0],
        None if on_foot else max(leaves),
        wait_s,
        0 if on_foot else min(arrivals)[1],
    )


def _ways(
    out: Journeys, way_s: float, not_before_s: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return arrivals and departures as told, and numbers, of the journeys short enough that leave late enough."""
    gone, here = told_departure_s(out.departure_s), told_arrival_s(out.arrival_s)
    rows = np.flatnonzero((here - gone <= way_s) & (out.departure_s >= not_before_s))
    return here[rows], gone[rows], rows


def _ways_back(back: Journeys, way_s: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return departures and arrivals at home as told, and numbers, of the ways back home that day, by departure."""
    leave, home = told_departure_s(back.departure_s), told_arrival_s(back.arrival_s)
    rows = np.flatnonzero((home - leave <= way_s) & (home <= DAY_S))
    return leave[rows], home[rows], rows
