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
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from geo.errors import MaillageError, SourceError
from geo.kinds import SITES, TAX_OFFICES
from geo.network.road_files import read_roads
from geo.network.road_network import RoadNetwork
from geo.network.speeds import DEFAULT_PROFILE
from geo.sources.archives import extract_member
from geo.sources.communes import read_communes
from geo.sources.departements import departement_codes, departement_name
from geo.sources.download_cache import DownloadCache
from geo.sources.fetch import ROADS, ROADS_AROUND, Fetched, FetchPlan, Missing
from geo.sources.france_services import read_france_services
from geo.sources.population import read_population
from geo.sources.postcodes import complete_postcodes, read_postcodes
from geo.sources.registry import sources
from geo.sources.tax_offices import read_tax_offices
from geo.territory.assemble import APPROXIMATE
from geo.territory.files import OfficialTables
from geo.territory.margin import bounds
from geo.territory.territory import Territory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geo.network.origin import NetworkSource
    from geo.settings import Settings
    from geo.sources.overpass import Around
    from geo.sources.provenance import SourceTable

_log = logging.getLogger(__name__)
_Read = TypeVar("_Read")

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


def build_and_save(fetched: Fetched, place: Path, *, profile: str = DEFAULT_PROFILE) -> tuple[Territory, Fetched]:
    """Build the territory of what was fetched and write it to a folder.

    Returns
    -------
    tuple
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


@dataclass(eq=False)
class _Reading:
    """The files of a département while they are read, and the sources that could not be used."""

    fetched: Fetched
    unpacked: Path
    lost: list[Missing] = field(default_factory=list)

    @property
    def roads(self) -> str:
        """Name of the source of the roads."""
        return ROADS if self.fetched.around is None else ROADS_AROUND

    def path(self, name: str) -> Path:
        """Return the file of a source, taken out of its archive where it is in one."""
        source = sources()[name]
        path = self.fetched.paths(name)[0]
        member = source.member_for(self.fetched.departement)
        if member is None:
            return path
        return extract_member(path, member, self.unpacked, source.max_unpacked_bytes)

    def optional(self, name: str, read: Callable[[], _Read]) -> _Read | None:
        """Return what `read` makes of a source, `None` where there is no file or it cannot be used."""
        if not self.fetched.paths(name):
            return None
        try:
            return read()
        except MaillageError as error:
            self.lost.append(Missing(sources()[name], str(error)))
            return None

    def dated(self, name: str, table: SourceTable) -> SourceTable:
        """Return a table whose provenance has the vintage of its source, where that is known."""
        vintage = sources()[name].vintage or table.provenance.vintage
        return replace(table, provenance=replace(table.provenance, vintage=vintage))


def build_fetched(fetched: Fetched, *, profile: str = DEFAULT_PROFILE) -> tuple[Territory, tuple[Missing, ...]]:
    """Build the territory of a département from the files at hand.

    Parameters
    ----------
    fetched
        As returned by `geo.sources.fetch.fetch`.
    profile
        Speed profile.

    Returns
    -------
    tuple
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
    with _unpacking(fetched.paths(SITES)[0].parent) as folder:
        reading = _Reading(fetched, folder)
        territory = _build(reading, profile)
    return territory, (*fetched.missing, *reading.lost)


def _build(reading: _Reading, profile: str) -> Territory:
    departement = reading.fetched.departement
    sites = read_france_services(reading.path(SITES))
    tax_offices = reading.optional(TAX_OFFICES, lambda: read_tax_offices(reading.path(TAX_OFFICES)))
    population = reading.optional("population", lambda: read_population(reading.path("population")))
    population = None if population is None else reading.dated("population", population)
    postcodes = reading.optional("postcodes", lambda: read_postcodes(reading.path("postcodes")))
    communes = reading.dated("communes", _communes(reading, population))
    tables = OfficialTables(
        communes=complete_postcodes(communes, sites, postcodes),
        population=population,
        postcodes=postcodes,
        lists={SITES: sites} | ({} if tax_offices is None else {TAX_OFFICES: tax_offices}),
    )
    everywhere = tables.communes.frame
    area = everywhere[everywhere["departement"] == departement]
    roads: RoadNetwork | str | None = None
    if not area.empty:
        _log.info("Lecture des routes…")
        roads = reading.optional(
            reading.roads, lambda: read_roads(reading.fetched.paths(reading.roads), area=bounds(area), profile=profile)
        )
    name = departement_name(departement)
    around = reading.fetched.around
    if isinstance(roads, RoadNetwork) and around is not None:
        commune = area["name"].get(around.commune, around.commune)
        name = f"{name}, routes autour de {commune}"
        roads = replace(roads, source=_around(roads.source, reading, f"{around.km:g} km autour de {commune}"))

    def build(cells: Path | None) -> Territory:
        return Territory.from_tables(
            tables,
            name,
            {departement},
            roads=APPROXIMATE if roads is None else roads,
            cells=cells,
            profile=profile,
        )

    return reading.optional("cells", lambda: build(reading.path("cells"))) or build(None)


def _around(source: NetworkSource, reading: _Reading, where: str) -> NetworkSource:
    """Return the source of roads around a commune: dated by the day they were asked for, and where they stop said."""
    fetched_on = next(each.file.fetched_on for each in reading.fetched.files if each.source.name == ROADS_AROUND)
    note = (
        f"Les routes sont celles d'un carré de {where}. Au-delà, aucun temps n'est calculé ; près du bord, les temps "
        f"peuvent être trop longs : un site proche, ou la route la plus courte, peut être dehors."
    )
    return replace(source, vintage=source.vintage or fetched_on, notes=(*source.notes, note))


def _communes(reading: _Reading, population: SourceTable | None) -> SourceTable:
    """Read the communes, with their town halls where these can be used."""
    _log.info("Lecture des communes…")
    path = reading.path("communes")
    placed = reading.optional(
        "town_halls", lambda: read_communes(path, population=population, town_halls=reading.path("town_halls"))
    )
    return placed or read_communes(path, population=population)


@contextmanager
def _unpacking(cache: Path) -> Iterator[Path]:
    """Give a folder for what comes out of archives; remove it after, with those that a killed process left."""
    for left in cache.glob(f"{_UNPACKED}*"):
        with suppress(OSError):  # another build may remove its own just now
            if left.stat().st_mtime < time.time() - _DAY_S:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_UNPACKED, dir=cache) as folder:
        yield Path(folder)
