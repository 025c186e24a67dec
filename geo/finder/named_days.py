"""The day that timetables are asked about: a Tuesday or a Saturday, in or out of the school holidays of the place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import ParameterError
from geo.finder.opening_times import holiday_on
from geo.sources.school_calendar import common_zone, school_holiday

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.territory import Territory
    from geo.transit.schedule import Schedule

_TUESDAY, _SATURDAY = 1, 5
#: Days looked at: a year holds every season, and calendars may run for decades.
_MOST_DAYS: Final = 366
#: What days are proposed, in this order: day of the week, and whether it is in school holidays.
_KINDS: Final = ((_TUESDAY, False), (_SATURDAY, False), (_TUESDAY, True), (_SATURDAY, True))


@dataclass(frozen=True, slots=True)
class NamedDay:
    """One day of a timetable.

    `zone`: of the school calendar, `None` where it is not known. `holiday`: name of the school holidays, empty outside
    of them, `None` unknown (`geo.sources.school_calendar.school_holiday`). `trips`: how many run that day, lines for
    pupils left out. `feeds_without`: files whose calendars do not reach that day. `public_holiday`: its name, `None` on
    any other day.
    """

    date: dt.date
    zone: str | None
    holiday: str | None
    trips: int
    feeds_without: tuple[str, ...]
    public_holiday: str | None = None


def day_named(territory: Territory, date: dt.date) -> NamedDay:
    """Return what is to be said of a day in a territory; without a timetable no trip runs."""
    zone = common_zone(territory.communes["departement"].unique().tolist())
    schedule = territory.schedule
    if schedule is None:
        return NamedDay(date, zone, school_holiday(date, zone), 0, (), holiday_on(date, territory.departement))
    return NamedDay(
        date,
        zone,
        school_holiday(date, zone),
        schedule.trips_on(date),
        tuple(schedule.feeds_without(date)),
        holiday_on(date, territory.departement),
    )


def named_days(territory: Territory, today: dt.date | None = None) -> tuple[NamedDay, ...]:
    """Return a Tuesday and a Saturday out of school holidays, and one of each in them, as far as the feeds reach.

    Each is the first whose number of trips is the median of its kind, among the days that all feeds cover (where there
    are none: that any covers), public holidays left out: from today on where the feeds reach so far, a year at most. A
    kind of which no day has a trip is absent. Where the school calendar is not known, all days are out of holidays.

    Parameters
    ----------
    territory
        Its département, or départements, decide the zone.
    today
        `None`: the present day.
    """
    schedule = territory.schedule
    if schedule is None or not len(schedule.trips):
        return ()
    zone = common_zone(territory.communes["departement"].unique().tolist())
    of_kind: dict[tuple[int, bool], list[tuple[int, dt.date]]] = {kind: [] for kind in _KINDS}
    for date in _days(schedule, today or dt.datetime.now().astimezone().date()):
        kind = date.weekday(), bool(school_holiday(date, zone))
        if kind in of_kind and holiday_on(date, territory.departement) is None and (trips := schedule.trips_on(date)):
            of_kind[kind].append((trips, date))
    chosen = []
    for found in of_kind.values():
        if found:
            median = sorted(found)[len(found) // 2][0]
            chosen.append(next(date for trips, date in found if trips == median))
    return tuple(day_named(territory, date) for date in chosen)


def usual_day(territory: Territory, today: dt.date | None = None) -> NamedDay:
    """Return the first of `named_days`: a Tuesday out of school holidays where the feeds have one.

    Raises
    ------
    ParameterError
        No Tuesday and no Saturday of the feeds has a trip.
    """
    days = named_days(territory, today)
    if not days:
        msg = (
            f"Les horaires de « {territory.name} » n'ont de trajet ni un mardi ni un samedi : donnez un jour avec "
            f"--day, ou d'autres horaires avec « maillage build --gtfs »."
        )
        raise ParameterError(msg)
    return days[0]


def _days(schedule: Schedule, today: dt.date) -> Iterator[dt.date]:
    """Give the days that are looked at, in order."""
    starts, ends = schedule.feeds["start"], schedule.feeds["end"]
    begin, end = int(starts.max()), int(ends.min())
    if begin > end:
        begin, end = int(starts.min()), int(ends.max())
    first, last = dt.date.fromisoformat(str(begin)), dt.date.fromisoformat(str(end))
    if first <= today <= last:
        first = today
    elif last < today:
        first = max(first, last - dt.timedelta(days=_MOST_DAYS - 1))
    last = min(last, first + dt.timedelta(days=_MOST_DAYS - 1))
    return (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
