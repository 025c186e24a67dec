"""When a place is open: at a moment, until when, and when next, in the civil time of its département.

Hours of an ordinary week come from the lists; public holidays from `holidays.csv` (what the law says,
not local custom). Both are handed to opening-hours-py, which knows weeks, Easter and time zones.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State

from geo.errors import ParameterError
from geo.french import UNIT_SPACE, clock
from geo.sources.opening_hours import WEEKDAYS, Interval, WeeklyHours

if TYPE_CHECKING:
    from collections.abc import Sequence

#: How far ahead the next opening is looked for.
HORIZON: Final = dt.timedelta(days=14)
#: Years in which a moment is accepted: before them no site was labelled, after them no list is of use.
YEARS: Final = (2000, 2100)

_TIME_ZONES: Final = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
}
MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class OpeningStatus:
    """Whether a place is open at a moment.

    `sentence` is French, without a full stop; `closes_at` (where open) and `opens_at` (where closed) carry their
    time zone, `None` where none is known within `HORIZON`; `holiday` names the public holiday of that day.
    """

    state: Literal["open", "closed", "unknown"]
    sentence: str
    closes_at: dt.datetime | None = None
    opens_at: dt.datetime | None = None
    holiday: str | None = None


@dataclass(frozen=True, slots=True)
class DayLine:
    """One weekday of a place's week.

    `day` is its French name, `date` the coming day of that name, `text` its usual hours in words, `intervals` the
    same in minutes after midnight (`None`: unknown), `holiday` the public holiday on which the place is closed that
    day, and `permanences` the visits of operators in words.
    """

    day: str
    date: dt.date
    text: str
    intervals: tuple[Interval, ...] | None
    holiday: str | None
    permanences: tuple[str, ...] = ()


def time_zone(departement: str | None) -> ZoneInfo:
    """Return the civil time zone of a département; that of Paris for mainland France and where it is unknown."""
    return ZoneInfo(_TIME_ZONES.get(departement or "", "Europe/Paris"))


def civil_time(moment: dt.datetime | None, departement: str | None) -> dt.datetime:
    """Return a moment in the civil time of a département.

    `moment`: Without a time zone it is that civil time already; `None` is now. A time that the change to summer time
    skips is taken as clocks then show it: 02:30 as 03:30 (see `skipped`).

    Raises
    ------
    ParameterError
        The year is not within `YEARS`.
    """
    zone = time_zone(departement)
    if moment is None:
        return dt.datetime.now(zone).replace(second=0, microsecond=0)
    if not YEARS[0] <= moment.year <= YEARS[1]:
        msg = f"Date refusée : année {moment.year}. Une année de {YEARS[0]} à {YEARS[1]} est attendue."
        raise ParameterError(msg)
    given = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    # Through UTC: a zone takes back, as it stands, a time of its own that no clock shows.
    return given.astimezone(dt.UTC).astimezone(zone)


def skipped(moment: dt.datetime | None, departement: str | None) -> bool:
    """Tell whether a civil time is one that the change to summer time skips: no clock of that département shows it."""
    if moment is None or moment.tzinfo is not None:
        return False
    return civil_time(moment, departement).replace(tzinfo=None, fold=0) != moment.replace(fold=0)


def later(moment: dt.datetime, minutes: float) -> dt.datetime:
    """Return the moment so many minutes later, in the same time zone, through a change of clocks as well."""
    return (moment.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(moment.tzinfo)


def closes_before(status: OpeningStatus, arrival: dt.datetime) -> bool:
    """Tell whether a place that is open closes before, or as, somebody arrives."""
    return status.closes_at is not None and status.closes_at.astimezone(dt.UTC) <= arrival.astimezone(dt.UTC)


@lru_cache(maxsize=4096)
def holiday_on(day: dt.date, departement: str | None) -> str | None:
    """Return the French name of the public holiday on a day, `None` on any other day."""
    noon = dt.datetime.combine(day, dt.time(12), time_zone(departement))
    return _calendar("", departement).state(noon)[1] or None


def opening_status(hours: WeeklyHours | None, at: dt.datetime, departement: str | None) -> OpeningStatus:
    """Tell whether a place is open at a moment, until when, and when it opens next.

    Places are taken to be closed on public holidays; lists do not say otherwise.

    Parameters
    ----------
    hours
        Hours of an ordinary week, `None` where they are not known.
    at
        The moment, with its time zone.
    departement
        INSEE code of where the place is, which decides its holidays and its civil time; `None`: mainland France.
    """
    here = at.astimezone(time_zone(departement))
    holiday = holiday_on(here.date(), departement)
    if hours is None:
        known = f" ; jour férié ({holiday}) ce jour-là" if holiday else ""
        return OpeningStatus("unknown", f"Horaires inconnus{known}", holiday=holiday)
    end = later(here, HORIZON / dt.timedelta(minutes=1))  # not of the clock: it may skip that time
    spans = _calendar(hours.to_osm(), departement).intervals(here, end)
    _, until_, state, _ = next(spans)
    if state == State.OPEN:
        closes_at = until_ if until_ < end else None
        until = f" jusqu'à {_clock(closes_at, at_end=True)}" if closes_at else ""
        return OpeningStatus("open", f"Ouvert{until}", closes_at=closes_at)
    if state == State.UNKNOWN:
        return OpeningStatus("unknown", f"Horaires du {WEEKDAYS[here.weekday()]} inconnus")
    why = f"Fermé{f' : jour férié ({holiday})' if holiday else ''}"
    opens = "ouvre"
    for opens_at, _, state, _ in spans:
        if state == State.OPEN:
            sentence = f"{why}, {opens} {moment_text(opens_at, since=here)}"
            return OpeningStatus("closed", sentence, opens_at=opens_at, holiday=holiday)
        if state == State.UNKNOWN:
            opens = "prochaine ouverture connue"
    never = f"{why}, aucune ouverture connue dans les {HORIZON.days} jours"
    return OpeningStatus("closed", never, holiday=holiday)


def week_lines(
    hours: WeeklyHours | None, at: dt.datetime, departement: str | None, permanences: Sequence[tuple[int, str]] = ()
) -> tuple[DayLine, ...]:
    """Describe the week of a place, Monday first, with the holidays of the seven days from `at` on.

    `permanences`: Weekday (0 Monday to 6 Sunday) and text of each visit of an operator.
    """
    today = at.astimezone(time_zone(departement)).date()
    lines = []
    for weekday, name in enumerate(WEEKDAYS):
        day = today + dt.timedelta(days=(weekday - today.weekday()) % len(WEEKDAYS))
        intervals = None if hours is None else hours.days[weekday]
        holiday = holiday_on(day, departement)
        text = hours_text(intervals)
        if holiday and intervals != ():
            text += f" (fermé le {day_text(day)} : {holiday})"
        visits = tuple(visit for on, visit in permanences if on == weekday)
        lines.append(DayLine(name, day, text, intervals, holiday, visits))
    return tuple(lines)


def hours_text(intervals: Sequence[Interval] | None) -> str:
    """Return the hours of a day in words: ``9 h – 12 h, 13 h 30 – 17 h``, ``fermé`` or ``horaires inconnus``."""
    if intervals is None:
        return "horaires inconnus"
    return ", ".join(f"{clock(start)} – {clock(end)}" for start, end in intervals) or "fermé"


def day_text(day: dt.date) -> str:
    """Return a day in words: ``24 novembre``, ``1er janvier``."""
    return f"{'1er' if day.day == 1 else day.day}{UNIT_SPACE}{MONTHS[day.month - 1]}"


def moment_text(moment: dt.datetime, *, since: dt.datetime) -> str:
    """Return a moment in words, as short as seen from another one: ``à 14 h``, ``mardi 24 novembre à 9 h``."""
    text = f"à {_clock(moment)}"
    if moment.date() == since.date():
        return text
    year = f" {moment.year}" if moment.year != since.year else ""
    return f"{WEEKDAYS[moment.weekday()]} {day_text(moment.date())}{year} {text}"


def _clock(moment: dt.datetime, *, at_end: bool = False) -> str:
    minute = moment.hour * 60 + moment.minute
    return clock(_DAY_MINUTES if at_end and minute == 0 else minute)


@cache
def _holiday_rules(departement: str | None) -> str:
    """Return the holidays of a département as rules of the OpenStreetMap syntax that win over those before."""
    with resources.files("geo.finder").joinpath("holidays.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    observed = [row for row in rows if not row["departements"] or departement in row["departements"].split()]
    return "; ".join(f'{row["day"]} off "{row["name"]}"' for row in observed)


@lru_cache(maxsize=4096)
def _calendar(week: str, departement: str | None) -> OpeningHours:
    """Return the hours of a week (OpenStreetMap text) and the holidays of a département, in its civil time."""
    rules = "; ".join(filter(None, (week, _holiday_rules(departement))))
    return OpeningHours(rules, timezone=time_zone(departement))
