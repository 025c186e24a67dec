"""Opening hours in the syntax of OpenStreetMap, brought to the days of an ordinary week.

The syntax (https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification) has ranges of days, weeks, months,
holidays. opening-hours-py reads it; here its calendar is looked at over 52 weeks, and what most weeks have is kept.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from functools import lru_cache
from typing import Final

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined] # not in its stub

from geo.errors import ParameterError

#: Minutes after midnight at which a day's openings start and end, in order; empty: closed; `None`: not known.
Day = tuple[tuple[int, int], ...] | None

_DAYS: Final = 7
_WEEKS: Final = 52
#: Share of the weeks that make an ordinary one: a month of holidays is none, every other week is one too many.
_MOST: Final = 0.75
_MONDAY: Final = dt.datetime(2026, 1, 5)  # noqa: DTZ001 - civil time
_DAY_MINUTES: Final = 24 * 60
_LONGEST: Final = 500
_SHOWN: Final = 80
_SLOT: Final = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
#: Minutes. A slot through midnight that lasts longer was written in the wrong order.
_LONGEST_NIGHT: Final = 16 * 60

#: Weeks of the year in which a day that is closed in the others may open: single dates, of which no week is made.
_SINGLE_DATES: Final = 2
#: A rule without hours would be open all day.
_HOURS: Final = re.compile(r"\d:\d\d|24/7|\b(?:off|closed|unknown)\b", re.IGNORECASE)
#: The hours of the sun, and an opening without an end, are no known hours.
_NOT_KNOWN: Final = re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b|\d\+", re.IGNORECASE)
#: A comment alone, such as ``"sur rendez-vous"``, makes hours unknown, as the syntax says, unless ``open`` is written.
_SAID_OPEN: Final = re.compile(r"\bopen\b", re.IGNORECASE)
#: What holds outside of the hours, where it is but a comment.
_ELSE_COMMENT: Final = re.compile(r'\s*\|\|\s*"[^"]*"\s*$')
#: School holidays, alone or among others, with the comma that ties them to the days before or after.
_SCHOOL: Final = r"(?:PH\s*,\s*)*SH\b(?:\s*,\s*[PS]H\b)*"
_SCHOOL_HOLIDAYS: Final = re.compile(rf"(?<=[a-z\]])\s*,\s*{_SCHOOL}|\b{_SCHOOL}\s*[:,]?\s*", re.IGNORECASE)
_HOLIDAYS: Final = r"[PS]H(?:\s*,\s*[PS]H)*"
_DAY_NAME: Final = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:\[[^\]]*\])?"
_DAY_NAMES: Final = rf"{_DAY_NAME}(?:\s*[-,]\s*{_DAY_NAME})*"
#: ``SH Mo-Fr``: holidays on those days only. opening-hours-py takes it for ``SH,Mo-Fr``: holidays, and those days.
_DAYS_OF_HOLIDAYS: Final = re.compile(
    rf"\b({_HOLIDAYS})\s+{_DAY_NAMES}|(?<![-,])\b{_DAY_NAMES}\s+({_HOLIDAYS})(?=\s+(?:off|closed)\b)", re.IGNORECASE
)
#: A month and its days: ``Feb 28``, ``Jun 1-15``, ``Dec 24,25``.
_DATES: Final = re.compile(r"\b([a-z]{3})\s+((?:\d{1,2}(?![\d:])\s*[-,]?\s*)+)", re.IGNORECASE)
_MONTH_DAYS: Final = {"feb": 29, "apr": 30, "jun": 30, "sep": 30, "nov": 30}
_COMMENT: Final = re.compile(r'"[^"]*"')
#: A rule, or a part of a list in it, and what stands between it and the next.
_RULE: Final = re.compile(r'((?:"[^"]*"|\|(?!\|)|[^;,|])*+)(;|,|\|\||$)')
_BEGINS_WITH_HOURS: Final = re.compile(r"\d{1,2}:\d\d")
#: With spaces, the syntax takes the hours after a comma for a rule of all days.
_HOURS_LIST: Final = re.compile(r"(?<=:\d\d)\s*,\s*(?=\d{1,2}:\d\d)")
_YEARS: Final = re.compile(r"\b(?:19|20)\d\d(?:-(?:19|20)\d\d(?!\s*[A-Z][a-z]{2}\s*\d))?\b(?:/\d+|\+)?(?:\s*[:,])?\s*")
#: What people write besides the syntax: ``Mo - Fr : 9h00 - 12h``, ``09.00-12.00``, a full stop or semicolon in the end.
_LOOSE: Final = (
    (re.compile(r"\s*[-–—]\s*"), "-"),
    (re.compile(r"\b(\d{1,2})\s*[hH.](\d\d)\b"), r"\1:\2"),
    (re.compile(r"\b(\d{1,2})\s*[hH](?!\w)"), r"\1:00"),
    (re.compile(r"(?<=[a-z])\s*:\s+", re.IGNORECASE), " "),
    (re.compile(r"[;,.\s]+$"), ""),
)


@lru_cache(maxsize=4096)
def ordinary_week(text: str) -> tuple[tuple[Day, ...], bool]:
    """Return the seven days of an ordinary week, Monday first, and whether some weeks of the year have others.

    Holidays do not count: the package takes sites to be closed then. A day that has no usual hours (open in odd weeks
    or on the first of the month only, longer in summer, in a year that is over) is not known. Openings through midnight
    end with the day and go on the next. Days without hours share those of the rule after them: ``Mo, We 09:00-12:00``.
    Rules for days of holidays (``SH Mo-Fr 09:00-12:00``) leave an ordinary week as it is, and are told as changes; a
    day that opens in school holidays only is not known.

    Raises
    ------
    ParameterError
        The text is not of this syntax, has no hours or days without any, a date that no year has, or hours such as the
        sun's; the text is in the message.

    Examples
    --------
    >>> days, changes = ordinary_week("Mo,We 09:00-12:00; Aug off; PH off")
    >>> days[:3], changes
    ((((540, 720),), (), ((540, 720),)), True)
    """
    calendar = None if len(text) > _LONGEST or not _HOURS.search(_tightened(text)) else _calendar(text)
    if calendar is None or _NOT_KNOWN.search(text) or _has_impossible_date(text):
        msg = f"Horaires « {text[:_SHOWN]} » illisibles, « Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00 » est attendu."
        raise ParameterError(msg)
    for opens, closes in ((int(a) * 60 + int(b), int(c) * 60 + int(d)) for a, b, c, d in _SLOT.findall(text)):
        if closes < opens < closes + _DAY_MINUTES - _LONGEST_NIGHT:
            msg = f"Horaires « {text[:_SHOWN]} » refusés : un créneau est inversé, sa fin vient avant son début."
            raise ParameterError(msg)
    said_open = _SAID_OPEN.search(text) is not None
    days, changes = _usual_days(calendar, said_open=said_open)
    for some_time in (_YEARS, _SCHOOL_HOLIDAYS):
        if (always := some_time.sub("", text)) == text:
            continue
        calendar = _calendar(always)
        others = (None,) * _DAYS if calendar is None else _usual_days(calendar, said_open=said_open)[0]
        over = [day == () != other for day, other in zip(days, others, strict=True)]
        days = tuple(None if gone else day for day, gone in zip(days, over, strict=True))
        changes |= any(over)
    of_holidays = _SCHOOL_HOLIDAYS.search(text) or _DAYS_OF_HOLIDAYS.search(_tightened(text))
    return days, changes or of_holidays is not None


def comments_of(text: str) -> tuple[str, ...]:
    """Return what is written in quotes among opening hours, in order, each once.

    Examples
    --------
    >>> comments_of('Mo 09:00-12:00 "sur rendez-vous"; Tu 09:00-12:00')
    ('sur rendez-vous',)
    """
    found = (each.strip('" ') for each in _COMMENT.findall(text[:_LONGEST]))
    return tuple(dict.fromkeys(filter(None, found)))


def _usual_days(calendar: OpeningHours, *, said_open: bool) -> tuple[tuple[Day, ...], bool]:
    """Return what each weekday has in most weeks, and whether some weeks differ."""
    openings: list[list[tuple[int, int]] | None] = [[] for _ in range(_WEEKS * _DAYS)]
    last = _MONDAY + dt.timedelta(weeks=_WEEKS)
    for start, until, state, comment in calendar.intervals(_MONDAY, last):
        if state != State.CLOSED:
            _add(openings, start, min(until or last, last), known=state == State.OPEN and (said_open or not comment))
    days: list[Day] = []
    changes = False
    for weekday in range(_DAYS):
        found = Counter(None if day is None else tuple(day) for day in openings[weekday::_DAYS])
        usual, weeks = found.most_common(1)[0]
        most = _MOST * _WEEKS if usual else _WEEKS - _SINGLE_DATES
        days.append(usual if weeks >= most else None)
        changes |= weeks < _WEEKS
    return tuple(days), changes


def _has_impossible_date(text: str) -> bool:
    """Whether a day is named that its month never has: opening-hours-py would take the last one, or all of the year."""
    return any(
        int(day) > _MONTH_DAYS.get(month.lower(), 31)
        for month, days in _DATES.findall(_COMMENT.sub("", text))
        for day in re.findall(r"\d+", days)
    )


def _tightened(text: str) -> str:
    for pattern, written in _LOOSE:
        text = pattern.sub(written, text)
    return text


def _calendar(text: str) -> OpeningHours | None:
    text = _ELSE_COMMENT.sub("", text)
    for form in dict.fromkeys((text, _tightened(text))):
        joined = _with_shared_hours(form)
        if joined is not None:
            try:
                return OpeningHours(_DAYS_OF_HOLIDAYS.sub(r"\1\2", joined))
            except (ParserError, SyntaxError, ValueError, OverflowError):
                continue
    return None


def _with_shared_hours(text: str) -> str | None:
    """Return a text of which each rule has hours: days without any are made one list with those after them.

    `None`: No hours follow. A comment stands for hours that are not known, unless ``open`` is written.
    """
    said_open = _SAID_OPEN.search(_COMMENT.sub("", text)) is not None
    rules = [(found[1].strip(), found[2]) for found in _RULE.finditer(_HOURS_LIST.sub(",", text))]
    if not rules[-1][0]:  # what is matched at the end
        rules.pop()
    joined = ""
    for position, (rule, mark) in enumerate(rules):
        joined += rule
        if _HOURS.search(_COMMENT.sub("", rule)) or ('"' in rule and not said_open):
            spaced = "" if mark == "," and position + 1 < len(rules) and _tight(rules[position + 1][0]) else " "
            joined += mark + spaced
        elif mark in {"", "||"} or position + 1 == len(rules):
            return None
        else:
            joined += " " if _tight(rules[position + 1][0]) else ","
    return joined.strip()


def _tight(rule: str) -> bool:
    return _BEGINS_WITH_HOURS.match(rule) is not None


def _add(openings: list[list[tuple[int, int]] | None], start: dt.datetime, until: dt.datetime, *, known: bool) -> None:
    """Add an opening to each of its days; a day that is partly not known is not known."""
    day = (start - _MONDAY).days
    minute = start.hour * 60 + start.minute
    left = round((until - start) / dt.timedelta(minutes=1))
    while left > 0 and day < len(openings):
        lasts = min(left, _DAY_MINUTES - minute)
        found = openings[day]
        if not known:
            openings[day] = None
        elif found is not None:
            found.append((minute, minute + lasts))
        day, minute, left = day + 1, 0, left - lasts
