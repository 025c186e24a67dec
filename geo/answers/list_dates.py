"""Of which day a list of places is, in French, and whether that is too long ago to rely on it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from geo.finder.opening_times import day_text
from geo.french import MONTHS
from geo.kinds import facility_title, is_ours

if TYPE_CHECKING:
    from geo.territory.manifest import Manifest

#: A list older than this many days is to be checked.
_OLD_DAYS: Final = 366
_ISO: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_IN_WORDS: Final = re.compile(rf"(?:(?:(\d{{1,2}})(?:er)? )?({'|'.join(MONTHS)}) )?(\d{{4}})")


def list_date(vintage: str | None) -> str:
    """Return the date of a list: ``"Liste du 1er août 2024"``, ``"Liste d'octobre 2019"``.

    Examples
    --------
    >>> list_date("octobre 2019"), list_date(None)
    ("Liste d'octobre 2019", 'Liste de date inconnue')
    """
    return f"Liste {_of(vintage)}"


def is_old(vintage: str | None, today: dt.date) -> bool:
    """Tell whether a list is more than a year old; one whose date is not known is not told to be."""
    last = last_day(vintage)
    return last is not None and (today - last).days > _OLD_DAYS


def old_list_sentence(vintage: str | None, today: dt.date) -> str:
    """Return what a visitor is told of a list of sites that is more than a year old; empty where it is not."""
    if not is_old(vintage, today):
        return ""
    return f"Liste des sites {_of(vintage)} : plus d'un an, à vérifier par téléphone avant de vous déplacer."


def list_sentence(manifest: Manifest, facilities: str, today: dt.date | None = None) -> str:
    """Return of which day the list is that figures stand on, in one sentence, and that it is old where it is.

    `today`: The day from which its age is counted; this one where `None`.
    """
    vintage = manifest.list_vintages.get(facilities)
    today = today or dt.datetime.now().astimezone().date()
    name = "sites" if is_ours(facilities) else facility_title(facilities)
    old = " : plus d'un an, des lieux ont pu ouvrir ou fermer depuis" if is_old(vintage, today) else ""
    return f"Liste {f'des {name}' if is_ours(facilities) else f'« {name} »'} {_of(vintage)}{old}."


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


def _of(vintage: str | None) -> str:
    day, text = last_day(vintage), dated(vintage)
    if day is not None and text[0].isdigit() and " " in text:
        return f"du {day_text(day)} {day.year}"
    return f"d'{text}" if text[0] in "aoAO" else f"de {text}"
