"""A territory from the official files that were fetched: a file that cannot be used is left out, and that is said.

Territories are kept in the cache, one folder each, named after the département (``64``), and after the commune too
where the roads are only those around it (``64-64483``).
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import MaillageError, SourceError
from geo.french import format_number
from geo.kinds import SITES
from geo.network.modes import CAR, MODES
from geo.network.road_files import read_modes
from geo.network.speeds import DEFAULT_PROFILE
from geo.sources.archives import extract_member
from geo.sources.departements import departement_codes, departement_name
from geo.sources.download_cache import DownloadCache
from geo.sources.fetch import FEEDS, ROADS, ROADS_AROUND, Fetched, FetchPlan, Missing
from geo.sources.registry import sources
from geo.storage import recover_all
from geo.territory.files import OfficialFiles, attempt
from geo.territory.margin import bounds
from geo.territory.territory import Territory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geo.network.origin import NetworkSource
    from geo.network.road_network import RoadNetwork
    from geo.settings import Settings
    from geo.sources.overpass import Around
    from geo.sources.provenance import SourceTable
    from geo.territory.files import Unusable

_log = logging.getLogger(__name__)

_UNPACKED: Final = "unpacked-"
_DAY_S: Final = 24 * 3600
_TERRITORIES: Final = "territories"
_CODE: Final = re.compile(r"([0-9AB]{2,3})(?:-([0-9AB]{2})[0-9]{3})?", re.ASCII)


def territory_place(settings: Settings, departement: str, around: Around | None = None) -> Path:
    """Return the folder in the cache where the territory of a département is kept."""
    code = departement.strip().upper().zfill(2)
    departement_name(code)
    return settings.cache_dir / _TERRITORIES / (code if around is None else f"{code}-{around.commune}")


def kept_territories(settings: Settings) -> dict[str, Path]:
    """Return the folders of the territories in the cache, by code, in the order of the codes.

    Only folders named after a département that exists are looked at: a code from elsewhere is a key here, never a path.
    """
    known = frozenset(departement_codes())
    try:
        recover_all(settings.cache_dir / _TERRITORIES)
        folders = sorted((settings.cache_dir / _TERRITORIES).iterdir())
    except OSError:
        return {}
    return {
        folder.name: folder
        for folder in folders
        if (code := _CODE.fullmatch(folder.name)) and code[1] in known and folder.is_dir()
    }


def fetch_plan(settings: Settings, **choices: Any) -> FetchPlan:
    """Return what to fetch into the cache of these settings; `choices` are attributes of the plan."""
    return FetchPlan(DownloadCache(settings.cache_dir / "downloads"), urls=settings.source_urls, **choices)


def fetched_zone(settings: Settings, name: str, read: Callable[[Path], SourceTable]) -> SourceTable | None:
    """Return a file of zones that was fetched, read; `None` where it was not, or cannot be used, which is logged.

    `name`: Of its source: ``"frr"`` or ``"qpv"``.
    """
    for remote in sources()[name].files("", settings.source_urls):
        found = DownloadCache(settings.cache_dir / "downloads").find(remote.key)
        if found is None:
            continue
        try:
            table = read(found.path)
        except MaillageError as error:
            _log.warning("%s", error)
            return None
        _log.info("%s : fichier téléchargé le %s.", sources()[name].title, found.fetched_on)
        return table
    return None


def build_and_save(fetched: Fetched, place: Path, *, profile: str = DEFAULT_PROFILE) -> tuple[Territory, Fetched]:
    """Build the territory of what was fetched and write it to a folder.

    Returns
    -------
    The territory, and what was fetched, with all the sources that the territory does without.

    Raises
    ------
    MaillageError
        As `build_fetched`, or the folder holds something else or cannot be written.
    """
    Territory.require_place(place)
    territory, missing = build_fetched(fetched, profile=profile)
    _log.info("Écriture du territoire…")
    territory.save(place)
    return territory, replace(fetched, missing=missing)


def build_fetched(fetched: Fetched, *, profile: str = DEFAULT_PROFILE) -> tuple[Territory, tuple[Missing, ...]]:
    """Build the territory of a département from the files at hand.

    Returns
    -------
    The territory, and all the sources that it does without: those that could not be had, those that could not
    be read.

    Raises
    ------
    MaillageError
        The list of sites or the communes are missing or unusable.
    """
    needed = [each for each in fetched.missing if each.source.without is None]
    if needed:
        raise SourceError(" ".join(each.sentence for each in needed))
    lost: list[Missing] = []

    def left_out(name: str, error: MaillageError) -> None:
        lost.append(Missing(sources()[name], str(error)))

    with _unpacking(fetched.paths(SITES)[0].parent) as folder:
        territory = _build(fetched, _official_files(fetched, folder, left_out), profile, left_out)
    return territory, (*fetched.missing, *lost)


def _official_files(fetched: Fetched, unpacked: Path, left_out: Unusable) -> OfficialFiles:
    """Return the files that were fetched, taken out of their archives where they are in one."""
    files: dict[str, Any] = {}
    for name in (each.name for each in fields(OfficialFiles) if fetched.paths(each.name)):
        source, paths = sources()[name], fetched.paths(name)
        member = source.member_for(fetched.departement)
        if member is None or name == FEEDS:
            files[name] = paths if name in {ROADS, FEEDS} else paths[0]
            continue
        unpack = partial(extract_member, paths[0], member, unpacked, source.max_unpacked_bytes)
        files[name] = attempt(name, unpack, None if source.without is None else left_out)
    if fetched.around is not None:
        files[ROADS] = fetched.paths(ROADS_AROUND)
    return OfficialFiles(**files)


def _build(fetched: Fetched, files: OfficialFiles, profile: str, left_out: Unusable) -> Territory:
    departement, around = fetched.departement, fetched.around
    tables = files.read(left_out)
    population = None if tables.population is None else _dated("population", tables.population)
    tables = replace(tables, communes=_dated("communes", tables.communes), population=population)
    everywhere = tables.communes.frame
    area = everywhere[everywhere["departement"] == departement]
    name = departement_name(departement)
    networks: dict[str, RoadNetwork] | None = None
    if isinstance(files.roads, tuple) and files.roads and not area.empty:
        _log.info("Lecture des routes…")
        # What is asked around a commune are roads for cars: people on foot have more, and their ways are estimated.
        modes = tuple(MODES) if around is None else (CAR,)
        read = partial(read_modes, list(files.roads), area=bounds(area), profile=profile, modes=modes)
        networks = attempt(ROADS if around is None else ROADS_AROUND, read, left_out)
    roads = None if networks is None else networks.pop(CAR)
    if roads is not None and around is not None:
        commune = area["name"].get(around.commune, around.commune)
        name = f"{name}, routes autour de {commune}"
        roads = replace(
            roads, source=_around(roads.source, fetched, f"{format_number(around.km)} km autour de {commune}")
        )
    build = partial(
        Territory.from_tables, tables, name, {departement}, roads=roads or (), active=networks, profile=profile
    )
    whole = None if files.cells is None else attempt("cells", partial(build, cells=files.cells), left_out)
    return whole or build()


def _dated(name: str, table: SourceTable) -> SourceTable:
    """Return a table whose provenance has the vintage of its source, where that is known."""
    vintage = sources()[name].vintage or table.provenance.vintage
    return replace(table, provenance=replace(table.provenance, vintage=vintage))


def _around(source: NetworkSource, fetched: Fetched, where: str) -> NetworkSource:
    """Return the source of roads around a commune: dated by the day they were asked for, and where they stop said."""
    fetched_on = next(each.file.fetched_on for each in fetched.files if each.source.name == ROADS_AROUND)
    note = (
        f"Les routes sont celles d'un carré de {where}. Au-delà, aucun temps n'est calculé ; près du bord, les temps "
        f"peuvent être trop longs : un site proche, ou la route la plus courte, peut être dehors."
    )
    return replace(source, vintage=source.vintage or fetched_on, notes=(*source.notes, note))


@contextmanager
def _unpacking(cache: Path) -> Iterator[Path]:
    """Give a folder for what comes out of archives; remove it after, with those that a killed process left."""
    for left in cache.glob(f"{_UNPACKED}*"):
        with suppress(OSError):  # another build may remove its own just now
            if left.stat().st_mtime < time.time() - _DAY_S:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_UNPACKED, dir=cache) as folder:
        yield Path(folder)
