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
from geo.finder.site_remarks import NO_REMARKS
from geo.french import clock, day_text
from geo.sources.opening_hours import WEEKDAYS, Interval, WeeklyHours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.finder.site_remarks import Remarks

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
_DAY_MINUTES: Final = 24 * 60
_NOON: Final = 12 * 60
_OSM_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: How a sentence quotes a comment: beside the published hours, or as the reason why a place is closed.
_ALTHOUGH: Final = " ; le site précise : {}"
_BECAUSE: Final = " : le site précise {}"
#: What a week says of appointments, by whether one is needed.
_ACCESS: Final = {None: "", True: " sur rendez-vous", False: " sans rendez-vous"}


@dataclass(frozen=True, slots=True)
class OpeningStatus:
    """Whether a place is open at a moment.

    `state` is `published` where the published hours say open and the site's comment says something of its hours that
    is not understood. `sentence` is French, without a full stop; `closes_at` (where open) and `opens_at` (where closed)
    carry their time zone, `None` where none is known within `HORIZON`; `holiday` names the public holiday of that day;
    `appointment`: whether one is needed at that moment, `None` where that is unknown or the place is not open;
    `remark`: the comment between quotes, where the sentence quotes it.
    """

    state: Literal["open", "published", "closed", "unknown"]
    sentence: str
    closes_at: dt.datetime | None = None
    opens_at: dt.datetime | None = None
    holiday: str | None = None
    appointment: bool | None = None
    remark: str | None = None

    @property
    def in_short(self) -> str:
        """The sentence without the comment that it quotes."""
        if self.remark is None:
            return self.sentence
        return self.sentence.replace(_ALTHOUGH.format(self.remark), "").replace(_BECAUSE.format(self.remark), "")

    @property
    def is_open(self) -> bool:
        """Whether the place is open at the moment, by its published hours at least."""
        return self.state in {"open", "published"}


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


def opening_status(
    hours: WeeklyHours | None,
    at: dt.datetime,
    departement: str | None,
    remarks: Remarks = NO_REMARKS,
    *,
    appointment: bool | None = None,
) -> OpeningStatus:
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
    remarks
        What the place's comment says of its hours.
    appointment
        Whether the list says that one is needed; what the comment says of a moment comes before.
    """
    here = at.astimezone(time_zone(departement))
    holiday = holiday_on(here.date(), departement)
    if hours is None:
        known = f" ; jour férié ({holiday}) ce jour-là" if holiday else ""
        return OpeningStatus("unknown", f"Horaires inconnus{known}", holiday=holiday)
    end = later(here, HORIZON / dt.timedelta(minutes=1))  # not of the clock: it may skip that time
    spans = _calendar(_dated_week(hours, remarks, here.date()), departement).intervals(here, end)
    _, until_, state, _ = next(spans)
    if state == State.OPEN:
        return _open(here, until_ if until_ < end else None, hours, remarks, appointment=appointment)
    if state == State.UNKNOWN:
        return OpeningStatus("unknown", f"Horaires du {WEEKDAYS[here.weekday()]} inconnus")
    why, remark = _why_closed(here, hours, remarks, holiday)
    opens = "rouvre"
    for opens_at, _, state, _ in spans:
        if state == State.OPEN:
            sentence = f"{why}, {opens} {_near_moment(opens_at, since=here)}"
            return OpeningStatus("closed", sentence, opens_at=opens_at, holiday=holiday, remark=remark)
        if state == State.UNKNOWN:
            opens = "prochaine ouverture connue"
    never = f"{why}, aucune ouverture connue dans les {HORIZON.days} jours"
    return OpeningStatus("closed", never, holiday=holiday, remark=remark)


def usual_opening(hours: WeeklyHours | None, at: dt.datetime, departement: str | None) -> dt.datetime | None:
    """Return when a place opens next in an ordinary week, after a moment; `None` where that is not known.

    Holidays and comments can only put it off: it is a bound, found without its whole calendar.
    """
    here = at.astimezone(time_zone(departement))
    days = () if hours is None else hours.days
    for number in range(len(days) and len(days) + 1):
        day = here.date() + dt.timedelta(days=number)
        for start, _ in days[day.weekday()] or ():
            opens_at = dt.datetime.combine(day, dt.time(*divmod(start, 60)), here.tzinfo)
            if opens_at > here:
                return opens_at
    return None


def _open(
    here: dt.datetime, closes_at: dt.datetime | None, hours: WeeklyHours, remarks: Remarks, *, appointment: bool | None
) -> OpeningStatus:
    said = remarks.appointment(here.date(), _minute(here), hours.days[here.weekday()] or ())
    needed = appointment if said is None else said
    until = f" jusqu'à {_clock(closes_at, at_end=True)}" if closes_at else ""
    access = "" if needed is None else ", sur rendez-vous" if needed else ", sans rendez-vous"
    if remarks.unread:
        sentence = f"Ouvert selon les horaires publiés{until}{access}{_ALTHOUGH.format(remarks.quoted)}"
        return OpeningStatus("published", sentence, closes_at=closes_at, appointment=needed, remark=remarks.quoted)
    return OpeningStatus("open", f"Ouvert{until}{access}", closes_at=closes_at, appointment=needed)


def _why_closed(here: dt.datetime, hours: WeeklyHours, remarks: Remarks, holiday: str | None) -> tuple[str, str | None]:
    """Return that a place is closed and why, and the comment that this quotes."""
    if holiday:
        return f"Fermé : jour férié ({holiday})", None
    published, minute = hours.days[here.weekday()] or (), _minute(here)
    closed = [span for span in remarks.closed(here.date(), published) if span[0] <= minute < span[1]]
    if not any(start < end_ and start_ < end for start_, end_ in closed for start, end in published):
        return "Fermé", None
    if not remarks.left_open(here.date(), published):
        when = "ce jour"
    else:
        when = "ce matin" if minute < _NOON else "cet après-midi"
    return f"Fermé {when}{_BECAUSE.format(remarks.quoted)}", remarks.quoted


def _dated_week(hours: WeeklyHours, remarks: Remarks, today: dt.date) -> str:
    """Return the hours of a week as OpenStreetMap text, and those of the coming days that the comment changes."""
    rules = [hours.to_osm()]
    for number in range(HORIZON.days + 1 if remarks.rules else 0):
        day = today + dt.timedelta(days=number)
        published = hours.days[day.weekday()]
        left = remarks.left_open(day, published or ())
        if published and left != published:
            times = ",".join(
                f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}" for start, end in left
            )
            rules.append(f"{day.year} {_OSM_MONTHS[day.month - 1]} {day.day:02d} {times or 'off'}")
    return "; ".join(rules)


def week_lines(
    hours: WeeklyHours | None,
    at: dt.datetime,
    departement: str | None,
    permanences: Sequence[tuple[int, str]] = (),
    remarks: Remarks = NO_REMARKS,
) -> tuple[DayLine, ...]:
    """Describe the week of a place, Monday first, with the holidays of the seven days from `at` on.

    `permanences`: Weekday (0 Monday to 6 Sunday) and text of each visit of an operator. `remarks`: What the place's
    comment says of these days.
    """
    today = at.astimezone(time_zone(departement)).date()
    lines = []
    for weekday, name in enumerate(WEEKDAYS):
        day = today + dt.timedelta(days=(weekday - today.weekday()) % len(WEEKDAYS))
        intervals = None if hours is None else hours.days[weekday]
        holiday = holiday_on(day, departement)
        text = _day_text(day, intervals, remarks)
        if holiday and intervals != ():
            text += f" (fermé le {day_text(day)} : {holiday})"
        visits = tuple(visit for on, visit in permanences if on == weekday)
        lines.append(DayLine(name, day, text, intervals, holiday, visits))
    return tuple(lines)


def _day_text(day: dt.date, intervals: Sequence[Interval] | None, remarks: Remarks) -> str:
    """Return the usual hours of a day in words, with what the comment says of them."""
    if not intervals:
        return hours_text(intervals)
    needed = [remarks.appointment(day, start, intervals) for start, _ in intervals]
    if len(set(needed)) == 1:
        text = hours_text(intervals) + _ACCESS[needed[0]]
    else:
        slots = zip(intervals, needed, strict=True)
        text = ", ".join(f"{hours_text([interval])}{_ACCESS[access]}" for interval, access in slots)
    left = remarks.left_open(day, intervals)
    if left != tuple(intervals):
        only = f" sauf {hours_text(left)}" if left else ""
        text += f" (fermé le {day_text(day)}{only} : {remarks.quoted})"
    return text


def hours_text(intervals: Sequence[Interval] | None) -> str:
    """Return the hours of a day in words: ``9 h – 12 h, 13 h 30 – 17 h``, ``fermé`` or ``horaires inconnus``."""
    if intervals is None:
        return "horaires inconnus"
    return ", ".join(f"{clock(start)} – {clock(end)}" for start, end in intervals) or "fermé"


def moment_text(moment: dt.datetime, *, since: dt.datetime) -> str:
    """Return a moment in words, as short as seen from another one: ``à 14 h``, ``mardi 24 novembre à 9 h``."""
    text = f"à {_clock(moment)}"
    if moment.date() == since.date():
        return text
    year = f" {moment.year}" if moment.year != since.year else ""
    return f"{WEEKDAYS[moment.weekday()]} {day_text(moment.date())}{year} {text}"


def _clock(moment: dt.datetime, *, at_end: bool = False) -> str:
    minute = _minute(moment)
    return clock(_DAY_MINUTES if at_end and minute == 0 else minute)


def _near_moment(moment: dt.datetime, *, since: dt.datetime) -> str:
    """Return a moment within `HORIZON` in words: as `moment_text`, without the month where it is the same."""
    if (moment.year, moment.month) != (since.year, since.month) or moment.date() == since.date():
        return moment_text(moment, since=since)
    day = "1er" if moment.day == 1 else moment.day
    return f"{WEEKDAYS[moment.weekday()]} {day} à {_clock(moment)}"


def _minute(moment: dt.datetime) -> int:
    return moment.hour * 60 + moment.minute


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
