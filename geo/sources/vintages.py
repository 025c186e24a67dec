"""The date of a file as its publisher tells it: a day, a month or a year, in figures or in words."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from geo.french import MONTHS, day_text

_ISO: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_IN_WORDS: Final = re.compile(rf"(?:(?:(\d{{1,2}})(?:er)? )?({'|'.join(MONTHS)}) )?(\d{{4}})")


def last_day(vintage: str | None) -> dt.date | None:
    """Return the last day that the date of a list may be, `None` where it says none.

    Examples
    --------
    >>> last_day("octobre 2019"), last_day("2024-08-01")
    (datetime.date(2019, 10, 31), datetime.date(2024, 8, 1))
    """
    text = (vintage or "").strip()
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part) if part else 0 for part in found.groups())
    elif found := _IN_WORDS.fullmatch(text):
        day_part, month_part, year_part = found.groups()
        year, month = int(year_part), MONTHS.index(month_part) + 1 if month_part else 0
        day = int(day_part) if day_part else 0
    else:
        return None
    try:
        if day:
            return dt.date(year, month, day)
        first_after = dt.date(year + 1, 1, 1) if month in {0, 12} else dt.date(year, month + 1, 1)
        return first_after - dt.timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def dated(vintage: str | None) -> str:
    """Return the date of a list as it is written in French; one that is no day stays as its publisher has it.

    Examples
    --------
    >>> from geo.french import UNIT_SPACE
    >>> dated("2024-08-01").replace(UNIT_SPACE, " "), dated("octobre 2019"), dated(None)
    ('1er août 2024', 'octobre 2019', 'date inconnue')
    """
    if not vintage:
        return "date inconnue"
    day = last_day(vintage)
    return vintage if day is None or vintage != day.isoformat() else f"{day_text(day)} {day.year}"
