"""The lists of the day: sites and tax offices as published now, which take the place of the embedded ones.

They have a folder of their own in the cache. What comes into it was read whole, is no older than what is in use, and
has at least half as many places as the embedded list: whatever is there can be used.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import MaillageError, SourceError
from geo.french import agreed, format_integer
from geo.kinds import SITES, TAX_OFFICES
from geo.sources.embedded import SITES_VINTAGE
from geo.sources.vintages import dated

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from geo.settings import Settings
    from geo.sources.download_cache import CachedFile, DownloadCache
    from geo.sources.embedded import EmbeddedTables
    from geo.sources.fetch import Fetched, FetchedFile
    from geo.sources.provenance import SourceTable

#: Seconds that a list may take to come.
PATIENCE_S: Final = 60.0
MOST_S: Final = 3600.0
#: From so many seconds on, a call that fails is tried again.
_ONCE_S: Final = 10.0
_FOLDER: Final = "lists"
#: The lists, in the order in which they are asked for.
_NAMES: Final = (SITES, TAX_OFFICES)
#: Days of the embedded lists: none published before takes their place.
_EMBEDDED_ON: Final = {SITES: SITES_VINTAGE, TAX_OFFICES: "2019-10-01"}
#: A list that has fewer places, as a share of the embedded one, was cut short or is another.
_LEAST_SHARE: Final = 0.5


def fetch_lists(settings: Settings, tables: EmbeddedTables, *, seconds: float = PATIENCE_S) -> Fetched:
    """Bring the lists of the day into the cache; what cannot be used is refused, and what was in use stays so.

    `seconds`: That each list may take to come; both come at once.

    Returns
    -------
    The lists that came or have not changed, no département; `warnings`: why each of the others is refused.

    Raises
    ------
    ParameterError
        A setting names a source that does not exist.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - without a list of the day none of this is loaded

    from geo.sources.download_cache import Wanted  # noqa: PLC0415
    from geo.sources.fetch import FETCHED, UNCHANGED, Fetched, FetchedFile  # noqa: PLC0415
    from geo.sources.registry import sources  # noqa: PLC0415

    cache = _cache(settings, seconds)
    embedded = {SITES: tables.sites, TAX_OFFICES: tables.tax_offices}
    addresses = {name: sources()[name].files("", settings.source_urls)[0].url for name in _NAMES}
    files: list[FetchedFile] = []
    warnings: list[str] = []

    def bring(name: str) -> FetchedFile | str:
        source, known = sources()[name], _usable(cache, name)
        oldest = max(_EMBEDDED_ON[name], (known and known.published_on) or "")
        check = partial(_check, name=name, embedded=embedded[name])
        wanted = Wanted(name, addresses[name], source.suffix, source.max_bytes, check, not_before=oldest)
        try:
            found = cache.fetch(wanted)
        except MaillageError as error:
            return f"{source.label} : {error} La liste {_of(known, embedded[name])} reste utilisée."
        return FetchedFile(source, found, UNCHANGED if known and known.sha256 == found.sha256 else FETCHED)

    with ThreadPoolExecutor(len(_NAMES)) as pool:
        for result in pool.map(bring, _NAMES):
            if isinstance(result, str):
                warnings.append(result)
            else:
                files.append(result)
    return Fetched("", tuple(files), warnings=tuple(warnings))


def lists_at_hand(settings: Settings) -> dict[str, CachedFile]:
    """Return the lists in the cache that take the place of embedded ones, by name; empty where there is none."""
    if not any(lists_stamp(settings)):
        return {}
    cache = _cache(settings)
    return {name: file for name in _NAMES if (file := _usable(cache, name)) is not None}


def lists_stamp(settings: Settings) -> tuple[int, ...]:
    """Return what changes when a list comes into the cache, and costs nothing to look at."""
    stamps = []
    for name in _NAMES:
        try:
            stamps.append((settings.cache_dir / _FOLDER / f"{name}.json").stat().st_mtime_ns)
        except OSError:
            stamps.append(0)
    return tuple(stamps)


def all_checked_on(day: dt.date, settings: Settings) -> bool:
    """Tell whether every list of the day is at hand, its publisher asked this day (UTC)."""
    lists = lists_at_hand(settings)
    return len(lists) == len(_NAMES) and all(file.checked_on == day.isoformat() for file in lists.values())


def with_lists(tables: EmbeddedTables, lists: Mapping[str, CachedFile]) -> EmbeddedTables:
    """Return the embedded tables with lists of the day in the place of theirs; one that cannot be read is said.

    Places whose commune has merged since the list was written have the code and the name of the commune of today.
    """
    current = {SITES: tables.sites, TAX_OFFICES: tables.tax_offices}
    for name, file in lists.items():
        try:
            read = _in_communes_of_today(_read(name, file.path), tables)
        except MaillageError as error:
            note = f"La liste du jour est inutilisable, celle fournie avec l'outil est employée. {error}"
            current[name] = replace(current[name], notes=(*current[name].notes, note))
            continue
        provenance = replace(read.provenance, dataset=current[name].provenance.dataset, vintage=_day(file))
        current[name] = replace(read, provenance=provenance)
    return replace(tables, sites=current[SITES], tax_offices=current[TAX_OFFICES])


def _read(name: str, path: Path) -> SourceTable:
    from geo.sources.france_services import read_france_services  # noqa: PLC0415
    from geo.sources.tax_offices import read_tax_offices  # noqa: PLC0415

    return {SITES: read_france_services, TAX_OFFICES: read_tax_offices}[name](path)


def _cache(settings: Settings, seconds: float = PATIENCE_S) -> DownloadCache:
    from geo.sources.download import Limits  # noqa: PLC0415
    from geo.sources.download_cache import DownloadCache  # noqa: PLC0415

    attempts = 2 if seconds > _ONCE_S else 1
    limits = Limits(max_seconds=seconds, idle_seconds=min(seconds, 20.0), attempts=attempts)
    return DownloadCache(settings.cache_dir / _FOLDER, limits)


def _usable(cache: DownloadCache, name: str) -> CachedFile | None:
    """Return the list in the cache, `None` where it is absent, damaged, or older than the embedded one."""
    file = cache.find(name)
    return None if file is None or _day(file) < _EMBEDDED_ON[name] else file


def _day(file: CachedFile) -> str:
    """Return the ISO date of a list: that of its publication, else that of its download."""
    return file.published_on or file.fetched_on


def _of(known: CachedFile | None, embedded: SourceTable) -> str:
    if known is None:
        return f"fournie avec l'outil ({dated(embedded.provenance.vintage)})"
    return f"du {dated(_day(known))}"


def _check(path: Path, *, name: str, embedded: SourceTable) -> None:
    """Raise `MaillageError` unless a file is a whole list."""
    from geo.sources.fetch import check_content  # noqa: PLC0415
    from geo.sources.registry import sources  # noqa: PLC0415

    check_content(path, sources()[name], "")
    found, expected = len(_read(name, path).frame), len(embedded.frame)
    if found < _LEAST_SHARE * expected:
        msg = (
            f"la liste reçue a {agreed(found, 'lieu(x)')}, moins de la moitié des {format_integer(expected)} de "
            f"la liste fournie avec l'outil : elle est sans doute incomplète. Recommencez plus tard."
        )
        raise SourceError(msg)


def _in_communes_of_today(listed: SourceTable, tables: EmbeddedTables) -> SourceTable:
    frame, today = listed.frame, tables.communes.frame
    pairs = tables.former["commune_code"].reset_index().drop_duplicates()
    # A code that was divided between several communes says nothing of which one.
    into = pairs.drop_duplicates("code", keep=False).set_index("code")["commune_code"]
    code = pd.Index(frame["commune_code"])  # isin makes an Arrow scalar of each commune of France
    merged = (today.index.get_indexer(code) < 0) & (into.index.get_indexer(code) >= 0)
    codes = frame["commune_code"].mask(merged, frame["commune_code"].map(into)).astype("string")
    names = frame["commune_name"].mask(merged, codes.map(today["name"])).astype("string")
    return replace(listed, frame=frame.assign(commune_code=codes, commune_name=names))
