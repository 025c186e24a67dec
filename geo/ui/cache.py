"""What all visitors share: the territory, its travel times and its contours.

Kept by Streamlit for the process and keyed by the territory's fingerprint and the options; the
choices of a visitor are never kept here, and what is found in a territory of their own is kept for them alone.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import streamlit as st

from geo.access.known_part import known_part
from geo.finder.gazetteer import Gazetteer
from geo.maps.ground import ground_base
from geo.maps.payload import map_base
from geo.settings import Settings
from geo.sources.day_lists import lists_stamp
from geo.territory import Territory
from geo.territory.store import TERRITORY_MARKER
from geo.ui.kept_answers import kept, once

if TYPE_CHECKING:
    import pandas as pd

    from geo.access.known_part import KnownPart

#: What each territory in memory was loaded from.
_SOURCES: Final[WeakKeyDictionary[Territory, str]] = WeakKeyDictionary()


def load_territory(folder: str | None) -> Territory:
    """Return the territory in `folder`, a view of the embedded France (its code), all of France for `None`.

    Shared, never to be changed. One that was written again since it was loaded is loaded again; so is a view of the
    embedded France once a list of the day has come.

    Raises
    ------
    SourceError
        As `Territory.load`.
    """
    return _load_territory(folder, _version(folder))


@st.cache_resource(show_spinner="Chargement du territoire…", max_entries=12)
def _load_territory(folder: str | None, version: tuple[int, ...]) -> Territory:
    del version  # only part of the key of the cache
    territory = Territory.load(folder)
    if folder is not None:
        _SOURCES[territory] = folder
    return territory


def source_of(territory: Territory) -> str | None:
    """Return what `load_territory` made a territory from; `None` for all of France and a visitor's own one."""
    return _SOURCES.get(territory)


def _version(folder: str | None) -> tuple[int, ...]:
    """Return what changes when a territory is written again, or the lists of the embedded France are."""
    try:
        found = (Path(folder) / TERRITORY_MARKER).stat() if folder else None
    except OSError:
        found = None
    return lists_stamp(Settings.from_environment()) if found is None else (found.st_mtime_ns, found.st_ino)


def fingerprint(territory: Territory) -> str:
    """Return a short text that changes with any source or network of the territory."""
    return hashlib.sha256(territory.fingerprint.encode()).hexdigest()[:16]


def part(territory: Territory) -> KnownPart:
    """Return the part of a territory whose ways are known."""
    return once(territory, "part", lambda: known_part(territory))


@kept(st.cache_resource, show_spinner="Calcul des temps de trajet…", max_entries=32)
def travel_times(_territory: Territory, identity: str, facilities: str, *, kinds: frozenset[str]) -> pd.DataFrame:
    """Return the travel times of a territory, never to be changed; `identity` is its fingerprint."""
    del identity  # only part of the key of the cache
    return _territory.travel_times(facilities, kinds=kinds)


@kept(st.cache_resource, show_spinner=False, max_entries=12)
def gazetteer(_territory: Territory, identity: str) -> Gazetteer:
    """Return the names by which the territory's places are searched; `identity` is its fingerprint."""
    del identity
    return Gazetteer.of(_territory)


@kept(st.cache_resource, show_spinner=False, max_entries=12)
def commune_titles(_territory: Territory, identity: str) -> dict[str, str]:
    """Return ``"Sare (64504)"`` for each commune of a territory by code, in the order of the alphabet; as above."""
    del identity
    names = _territory.communes["name"].sort_values(key=lambda column: column.str.normalize("NFKD"), kind="stable")
    return {str(code): f"{name} ({code})" for code, name in names.items()}


@kept(st.cache_resource, show_spinner="Préparation de la carte…", max_entries=12)
def packed_map_base(_territory: Territory, identity: str) -> str:
    """Return the base of the map (`geo.maps.payload.map_base`), packed; `identity` is the territory's fingerprint."""
    del identity
    return _packed(map_base(_territory.communes, _territory.facilities, _territory.crs))


@kept(st.cache_resource, show_spinner="Préparation de la carte…", max_entries=12)
def packed_ground(_territory: Territory, identity: str) -> str:
    """Return the ground of the map of an answer (`geo.maps.ground.ground_base`), packed; `identity`: as above."""
    del identity
    ground = ground_base(_territory.communes, _territory.facilities, _territory.crs, estimated=_territory.estimated)
    return _packed(ground)


def _packed(content: object) -> str:
    """Return JSON as gzip in base 64, a third as long, which leaflet_map.js unpacks: each run writes and hashes it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")
