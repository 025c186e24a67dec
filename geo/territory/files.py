"""The official files of a build, as one value, and what is read from them.

All who build take an `OfficialFiles`. A new official file has its reader in `geo.sources`, is an attribute here that
`OfficialFiles.read` reads, and is an option of the command line (`geo.cli.official_files`).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from geo.errors import MaillageError, ParameterError
from geo.kinds import SITES, TAX_OFFICES
from geo.network.road_network import RoadNetwork
from geo.settings import Settings
from geo.sources.provenance import checksum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.sources.provenance import SourceTable
    from geo.transit.schedule import Schedule

_log = logging.getLogger(__name__)
_Read = TypeVar("_Read")

#: Word that stands for a road file where there is none.
APPROXIMATE: Final = "approximate"

#: What a list of sites is called that is not the official one.
_OTHER_SITES: Final = "Liste des sites"

_SEVERAL: Final = frozenset({"communes", "roads", "gtfs"})

#: Told the name of an optional file that cannot be used, and why; the territory is made without it.
Unusable = Callable[[str, MaillageError], None]


@dataclass(frozen=True, slots=True)
class PlacesFile:
    """A list of places: its file, and the columns to use where they are not to be recognised, `named` those by role."""

    path: Path
    name: str | None = None
    lon: str | None = None
    lat: str | None = None
    facility_id: str | None = None
    named: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfficialFiles:
    """The official files of a build; all but communes and sites are optional.

    A path may be given as text, and one alone where several may be; all are made absolute, for a process elsewhere.

    Attributes
    ----------
    communes
        Layers of contours, of the study area and around it.
    sites
        France services list.
    roads
        Road files (``.osm.pbf``, an osmnx ``.graphml``, or any known line layer; several OpenStreetMap extracts
        together cover the area), or a network made before; none, or ``"approximate"``: the network is estimated.
    population, tax_offices, cells, town_halls, postcodes
        INSEE legal populations, tax offices, INSEE population cells, town halls, postcodes.
    places
        Other lists of places by name.
    permanences
        Table of the operators' visits to the sites (`geo.sources.permanences`).
    rounds
        Where and when the buses stop (`geo.sources.rounds`).
    housing
        INSEE census of dwellings, which tells the households without a car (`geo.sources.housing`).
    gtfs
        Timetables of public transport (GTFS, ``.zip`` or folder), those of several networks together.
    columns
        Column by role of ``sites``, ``communes`` and ``population``, where it is not to be recognised. Sites whose
        columns are named are read as any list of places (`geo.sources.places`).
    """

    communes: tuple[Path, ...]
    sites: Path
    roads: tuple[Path, ...] | RoadNetwork = ()
    population: Path | None = None
    tax_offices: Path | None = None
    cells: Path | None = None
    town_halls: Path | None = None
    postcodes: Path | None = None
    places: Mapping[str, PlacesFile] = field(default_factory=dict)
    permanences: Path | None = None
    rounds: Path | None = None
    housing: Path | None = None
    gtfs: tuple[Path, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make paths of all that is given.

        Raises
        ------
        ParameterError
            Another list takes the name of sites or tax offices.
        """
        for name in (each.name for each in fields(self)):
            object.__setattr__(self, name, _paths(name, getattr(self, name)))
        if reserved := {SITES, TAX_OFFICES} & set(self.places):
            msg = f"Le nom de liste « {reserved.pop()} » est réservé. Donnez un autre nom à cette liste de lieux."
            raise ParameterError(msg)

    @property
    def lists(self) -> list[str]:
        """Names of the lists of places that are given, ``"sites"`` first."""
        return [SITES, *([] if self.tax_offices is None else [TAX_OFFICES]), *self.places]

    def fingerprint(self) -> str | None:
        """Return a hash of what is given: content and name of each file, wherever it lies, and how it is to be read.

        Of a shapefile all its files count, of a folder all that is in it; a file that is absent counts as such. `None`
        where roads are a network made before.

        Raises
        ------
        SourceError
            A file cannot be read.
        """
        if isinstance(self.roads, RoadNetwork):
            return None
        held = {each.name: _held(getattr(self, each.name)) for each in fields(self)}
        return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()

    def read(self, unusable: Unusable | None = None) -> OfficialTables:
        """Read and check the files, roads and cells apart: these are read for one study area.

        `unusable`: Told of each optional file that cannot be used; `None`: such a file is an error.

        Raises
        ------
        MaillageError
            A file is unusable (each reader says why).
        """
        from geo.sources.commune_points import KNOWN_POSITIONS_FILE  # noqa: PLC0415
        from geo.sources.communes import read_communes  # noqa: PLC0415 - readers are loaded by who reads, here and below
        from geo.sources.housing import read_housing  # noqa: PLC0415
        from geo.sources.permanences import read_permanences  # noqa: PLC0415
        from geo.sources.places import read_places  # noqa: PLC0415
        from geo.sources.population import read_population  # noqa: PLC0415
        from geo.sources.postcodes import complete_postcodes, read_postcodes  # noqa: PLC0415
        from geo.sources.rounds import read_rounds  # noqa: PLC0415
        from geo.sources.tax_offices import read_tax_offices  # noqa: PLC0415

        def optional(name: str, read: Callable[[Path], SourceTable]) -> SourceTable | None:
            path: Path | None = getattr(self, name)
            return None if path is None else attempt(name, lambda: read(path), unusable)

        population = optional("population", lambda path: read_population(path, named=self.columns.get("population")))
        _log.info("Lecture des communes…")
        contours = partial(
            read_communes,
            list(self.communes),
            population=population,
            known_positions=Settings.from_environment().data_dir / KNOWN_POSITIONS_FILE,
            named=self.columns.get("communes"),
        )
        communes = optional("town_halls", lambda path: contours(town_halls=path)) or contours()
        _log.info("Lecture des sites France services…")
        sites = self._read_sites()
        lists = {SITES: sites}
        if tax_offices := optional(TAX_OFFICES, read_tax_offices):
            lists[TAX_OFFICES] = tax_offices
        for name, file in self.places.items():
            lists[name] = read_places(
                file.path,
                dataset=name,
                name=file.name,
                lon=file.lon,
                lat=file.lat,
                facility_id=file.facility_id,
                named=file.named,
            )
        postcodes = optional("postcodes", read_postcodes)
        return OfficialTables(
            communes=complete_postcodes(communes, sites, postcodes),
            population=population,
            postcodes=postcodes,
            lists=lists,
            permanences=optional("permanences", lambda path: read_permanences(path, sites.frame)),
            rounds=optional("rounds", lambda path: read_rounds(path, sites.frame, communes.frame)),
            housing=optional("housing", read_housing),
            schedule=self._read_feeds(unusable),
        )

    def _read_feeds(self, unusable: Unusable | None) -> Schedule | None:
        from geo.transit.gtfs import read_gtfs  # noqa: PLC0415
        from geo.transit.schedule import merged  # noqa: PLC0415

        feeds = [attempt("gtfs", partial(read_gtfs, path), unusable) for path in self.gtfs]
        usable = [feed for feed in feeds if feed is not None]
        return merged(usable) if usable else None

    def _read_sites(self) -> SourceTable:
        from geo.sources.france_services import OTHER_LIST, read_france_services  # noqa: PLC0415
        from geo.sources.places import read_places  # noqa: PLC0415

        named = self.columns.get(SITES)
        if not named:
            return read_france_services(self.sites, other_list=OTHER_LIST)
        return read_places(self.sites, named=named, dataset=_OTHER_SITES, as_sites=True)


@dataclass(frozen=True, slots=True)
class OfficialTables:
    """What a territory is made of, roads and population cells apart.

    `communes`: commune table; `population`: legal populations, and `postcodes`: postcodes, both already joined to
    `communes` and kept for their provenance (`None`: not given); `lists`: lists of places by name, ``"sites"`` first;
    `permanences`: visits of operators, `rounds`: passes of the buses, `housing`: households without a car (`None`: not
    given); `contours_approximate`: true where cells around the communes' positions stand in for contours; `schedule`:
    timetables of public transport (`None`: not given).
    """

    communes: SourceTable
    population: SourceTable | None
    postcodes: SourceTable | None
    lists: Mapping[str, SourceTable]
    permanences: SourceTable | None = None
    rounds: SourceTable | None = None
    housing: SourceTable | None = None
    contours_approximate: bool = False
    schedule: Schedule | None = None

    @property
    def sources(self) -> list[SourceTable]:
        """All tables, in the order in which a result names them."""
        optional = (self.permanences, self.rounds, self.housing)
        tables = [self.communes, self.population, self.postcodes, *self.lists.values(), *optional]
        feeds = []
        if self.schedule is not None:
            from geo.transit.schedule import feed_sources  # noqa: PLC0415

            feeds = feed_sources(self.schedule)
        return [*(table for table in tables if table is not None), *feeds]


def attempt(name: str, read: Callable[[], _Read], unusable: Unusable | None) -> _Read | None:
    """Return what is read from an optional file, `None` where it cannot be used and `unusable` is told why."""
    if unusable is None:
        return read()
    try:
        return read()
    except MaillageError as error:
        unusable(name, error)
        return None


def _held(given: Any) -> Any:
    """Return plain values that tell what is given for a file, its path replaced by names and checksums."""
    if isinstance(given, Path):
        if given.is_dir():
            files = [path for path in sorted(given.rglob("*")) if path.is_file()]
        elif given.suffix.lower() == ".shp":
            files = sorted(given.parent.glob(f"{escape(given.stem)}.*"))
        else:
            files = [given]
        return [(given.name, path.name, checksum(path) if path.is_file() else None) for path in files]
    if isinstance(given, PlacesFile):
        return {each.name: _held(getattr(given, each.name)) for each in fields(given)}
    if isinstance(given, tuple):
        return [_held(each) for each in given]
    return {key: _held(each) for key, each in given.items()} if hasattr(given, "items") else given


def _paths(name: str, given: Any) -> Any:
    """Return what is given for a file as its attribute holds it."""
    if given is None or isinstance(given, RoadNetwork):
        return given
    if name == "places":
        files = {key: each if isinstance(each, PlacesFile) else PlacesFile(each) for key, each in given.items()}
        return {key: replace(each, path=Path(each.path).absolute()) for key, each in files.items()}
    if name == "columns":
        return {key: dict(roles) for key, roles in given.items()}
    if name not in _SEVERAL:
        return Path(given).absolute()
    several = tuple(map(str, [given] if isinstance(given, (str, Path)) else given))
    return () if several == (APPROXIMATE,) else tuple(Path(each).absolute() for each in several)
