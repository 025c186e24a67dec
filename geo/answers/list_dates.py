"""Of which day a list of places is, in French, and whether that is too long ago to rely on it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from geo.french import capital
from geo.kinds import SITES, facility_title, is_ours
from geo.sources.vintages import dated, last_day

if TYPE_CHECKING:
    from geo.territory.manifest import Manifest

#: A list older than this many days is to be checked.
_OLD_DAYS: Final = 366


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
    name = facility_title(facilities)
    if is_ours(facilities):
        name = f"Liste des {'sites' if facilities == SITES else f'{name[0].lower()}{name[1:]}'}"
    old = " : plus d'un an, des lieux ont pu ouvrir ou fermer depuis" if is_old(vintage, today) else ""
    return f"{name} {_of(vintage)}{old}."


def from_to(before: str, after: str) -> str:
    """Return from which list to which other one: by their dates where these are days, else as they are named.

    Examples
    --------
    >>> from geo.french import UNIT_SPACE
    >>> from_to("2020-12-01", "2024-08-01").replace(UNIT_SPACE, " "), from_to("2023", "2024")
    ('Du 1er décembre 2020 au 1er août 2024', 'De 2023 à 2024')
    """
    until = "au" if _is_day(after) else "à"
    return f"{capital(_of(before))} {until} {dated(after)}"


def _is_day(vintage: str | None) -> bool:
    text = dated(vintage)
    return last_day(vintage) is not None and text[0].isdigit() and " " in text


def _of(vintage: str | None) -> str:
    text = dated(vintage)
    if _is_day(vintage):
        return f"du {text}"
    return f"d'{text}" if text[0] in "aoAO" else f"de {text}"
