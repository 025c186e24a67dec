"""Which timetables serve a département: the catalogue of the national access point (transport.data.gouv.fr).

A data set tells the communes, intercommunalities, départements, regions or country that it covers, and of each file the
first and last day. Where a regional aggregate is published it stands in for the networks of the region, which it holds.
Networks just across the border count too: a site or a town there may be the nearest.

Source: API of the national access point, `/api/datasets`, as its public code documents it (2025).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.errors import SourceError
from geo.french import agreed, format_bytes
from geo.sources.departements import region_name
from geo.sources.http_client import address_from

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geo.sources.embedded import Surroundings

#: Most files of a département: more are those of a mistake.
_MOST_FEEDS: Final = 40
_AGGREGATE: Final = "agrégat_region"
#: From the largest area to the smallest: what serves more people comes first.
_AREAS: Final = ("region", "departement", "epci", "commune", "pays")
_LICENCES: Final = {
    "fr-lo": "Licence Ouverte",
    "lov2": "Licence Ouverte 2.0",
    "odc-odbl": "ODbL 1.0",
    "mobility-licence": "Licence Mobilités",
}


@dataclass(frozen=True, slots=True)
class Feed:
    """One timetable of the catalogue: `key` names it in the cache; `days`: first and last day, `None`: not told.

    `across`: whether it only serves what lies across the border of the département.
    """

    key: str
    url: str
    title: str
    publisher: str
    licence: str
    days: str | None
    across: bool = False


@dataclass(frozen=True, slots=True)
class FeedsFound:
    """The timetables that serve a département, the widest area first, then those of its neighbours.

    `notes`: those left out and why, and how many are the neighbours' (French).
    """

    feeds: tuple[Feed, ...]
    notes: tuple[str, ...] = field(default=())


def require_catalogue(path: Path) -> list[dict[str, Any]]:
    """Return the data sets of a catalogue.

    Raises
    ------
    SourceError
        The file is no catalogue, or an empty one.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, OSError):
        content = None
    sets = [each for each in content if isinstance(each, dict)] if isinstance(content, list) else []
    if not any(isinstance(each.get("resources"), list) for each in sets):
        msg = "le fichier reçu n'est pas le catalogue des horaires (une liste JSON de jeux de données est attendue)."
        raise SourceError(msg)
    return sets


def feeds_of(
    path: Path,
    address: str,
    around: Surroundings,
    *,
    most_bytes: int,
    today: dt.date | None = None,
) -> FeedsFound:
    """Return the timetables of a catalogue that serve a département.

    Parameters
    ----------
    path, address
        The catalogue, and where it comes from, for addresses given from there.
    around
        The département, and what lies across its border (`geo.sources.embedded.surroundings`).
    most_bytes
        A file that is said to be larger is left out.
    today
        Files whose last day is before are left out; `None`: the present day.

    Raises
    ------
    SourceError
        As `require_catalogue`.
    """
    day = (today or dt.datetime.now().astimezone().date()).isoformat()
    chosen = [
        (served, each)
        for each in require_catalogue(path)
        if each.get("type") == "public-transit" and (served := _served(each, around)) is not None
    ]
    aggregated = {served.region for served, each in chosen if _is_aggregate(each) and _AREAS[served.rank] == "region"}
    kept = [(one, each) for one, each in chosen if _is_aggregate(each) or one.region not in aggregated]
    notes: list[str] = []
    if len(kept) < len(chosen):
        left = agreed(len(chosen) - len(kept), "jeu(x) d'horaires")
        notes.append(f"L'agrégat régional d'horaires est pris à la place de {left} de ses réseaux.")
    feeds: dict[str, Feed] = {}
    for served, each in sorted(kept, key=lambda pair: (pair[0].across, pair[0].rank)):
        for resource in _dicts(each.get("resources")):
            feed = _feed(each, resource, address, across=served.across)
            if feed is None or feed.key in feeds:
                continue
            if reason := _why_not(resource, day, most_bytes):
                notes.append(f"Horaires « {feed.title} » : {reason}, non pris.")
            else:
                feeds[feed.key] = feed
    if len(feeds) > _MOST_FEEDS:
        notes.append(f"Horaires : {len(feeds)} fichiers au catalogue, les {_MOST_FEEDS} premiers sont pris.")
    taken = tuple(feeds.values())[:_MOST_FEEDS]
    if across := sum(feed.across for feed in taken):
        departements = ", ".join(sorted(around.near_departements))
        notes.append(f"Horaires de l'autre côté de la limite ({departements}) : {agreed(across, 'fichier(s)')}.")
    return FeedsFound(taken, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Served:
    """How a data set serves a département.

    `across`: only across its border; `rank`: place in `_AREAS` of the widest area; `region`: that of the place that it
    serves, empty where it serves all of France.
    """

    across: bool
    rank: int
    region: str


def _served(dataset: dict[str, Any], around: Surroundings) -> _Served | None:
    """Return how a data set serves a département: its own places first, the widest area first; `None`: not at all."""
    found = []
    for area in _dicts(dataset.get("covered_area")):
        kind, code, name = _text(area.get("type")), _text(area.get("insee")).upper(), _text(area.get("nom")).casefold()
        if kind == "pays" and code == "FR":
            found.append(_Served(across=False, rank=_AREAS.index(kind), region=""))
        elif kind in _AREAS and (departement := _departement_at(kind, code, name, around)) is not None:
            across = departement != around.departement
            found.append(_Served(across, _AREAS.index(kind), region_name(departement)))
    return min(found, key=lambda one: (one.across, one.rank), default=None)


def _departement_at(kind: str, code: str, name: str, around: Surroundings) -> str | None:
    """Return the département, the one asked for or a neighbour, that an area is in, or that is in it."""
    neighbours = sorted(around.near_departements)
    if kind == "region":
        every = (around.departement, *neighbours)
        return next((each for each in every if region_name(each).casefold() == name), None)
    if kind == "departement":
        return code if code in {around.departement, *neighbours} else None
    if kind == "epci":
        return around.departement if code in around.intercommunalities else around.near_intercommunalities.get(code)
    if kind == "commune":
        return around.departement if code.startswith(around.departement) else around.near_communes.get(code)
    return None


def _feed(dataset: dict[str, Any], resource: dict[str, Any], address: str, *, across: bool) -> Feed | None:
    """Return a file of a data set, `None` where it is no timetable that can be had."""
    key = re.sub(r"[^0-9A-Za-z]", "", _text(resource.get("id") or resource.get("datagouv_id")))[:40]
    url = _text(resource.get("url") or resource.get("original_url"))
    if _text(resource.get("format")).upper() != "GTFS" or resource.get("is_available") is False or not key or not url:
        return None
    owner = dataset.get("publisher")
    licence = _text(dataset.get("licence"))
    first, last = (_day(resource, name) for name in ("start_date", "end_date"))
    return Feed(
        key,
        address_from(address, url),
        _text(dataset.get("title"))[:120] or key,
        _text(owner.get("name") if isinstance(owner, dict) else owner)[:80] or "point d'accès national",
        _LICENCES.get(licence, licence[:40] or "licence non précisée"),
        f"{first} au {last}" if first and last else None,
        across,
    )


def _why_not(resource: dict[str, Any], day: str, most_bytes: int) -> str | None:
    """Return in French why a file is left out, `None` where it is not."""
    last, size = _day(resource, "end_date"), resource.get("filesize")
    if last and last < day:
        return f"ils finissent le {last}"
    if isinstance(size, int | float) and size > most_bytes:
        return f"{format_bytes(size)}, {format_bytes(most_bytes)} au plus"
    return None


def _day(resource: dict[str, Any], name: str) -> str | None:
    """Return a day of what the access point knows of a file, as ISO text, `None` where it is none."""
    told = resource.get("metadata")
    text = _text(told.get(name)) if isinstance(told, dict) else ""
    return text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None


def _is_aggregate(dataset: dict[str, Any]) -> bool:
    tags = dataset.get("tags")
    return isinstance(tags, list) and _AGGREGATE in tags


def _dicts(value: object) -> Iterable[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""
