"""Other opening hours for a site, half-day by half-day, as a planner gives them."""

from __future__ import annotations

from typing import Final

from geo.access.opening import AFTERNOON, HALF_DAYS, MORNING
from geo.sources.opening_hours import WEEKDAYS, WeeklyHours

#: Where a morning ends and an afternoon begins, in minutes after midnight.
_NOON: Final = 13 * 60


def open_half_days(week: WeeklyHours | None) -> list[str]:
    """Return the names of the half-days (`geo.access.opening.HALF_DAYS`) on which a week is open, `None`: unknown.

    Examples
    --------
    >>> open_half_days(WeeklyHours.from_osm("Mo 09:00-12:00"))
    ['lundi matin']
    """
    return [name for name, day, start, _ in HALF_DAYS if _part_of(week, day, start)]


def week_with(
    week: WeeklyHours | None, chosen: set[str], morning: tuple[int, int], afternoon: tuple[int, int]
) -> WeeklyHours:
    """Return a week open on the half-days chosen.

    Those already open keep their hours, the others take the hours given; what no half-day of the list covers (Saturday
    afternoon, Sunday) stays as it is.

    Parameters
    ----------
    week
        Hours of today, `None` unknown.
    chosen
        Names of half-days (`geo.access.opening.HALF_DAYS`).
    morning, afternoon
        Minutes after midnight.

    Raises
    ------
    ParameterError
        The hours given are reversed or empty.
    """
    days: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for name, day, start, _ in HALF_DAYS:
        if name in chosen:
            new = morning if start < _NOON else afternoon
            days[day] += _part_of(week, day, start) or [new]
    listed = {(day, start < _NOON) for _, day, start, _ in HALF_DAYS}
    for day in range(len(WEEKDAYS)):
        for start in (MORNING[0], AFTERNOON[0]):
            if (day, start < _NOON) not in listed:
                days[day] += _part_of(week, day, start)
    return WeeklyHours.from_intervals(days)


def _part_of(week: WeeklyHours | None, day: int, start: int) -> list[tuple[int, int]]:
    """Return the openings of the morning or of the afternoon that `start` lies in."""
    first, last = (0, _NOON) if start < _NOON else (_NOON, 24 * 60)
    intervals = (week.days[day] if week is not None else None) or ()
    return [(max(opens, first), min(closes, last)) for opens, closes in intervals if opens < last and closes > first]
