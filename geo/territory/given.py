"""What a visitor's own files make of the territory on screen; what they lack is taken from it, and that is said."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import pandas as pd

from geo.errors import MaillageError, ParameterError
from geo.kinds import SITES, TAX_OFFICES
from geo.network.road_files import read_roads
from geo.settings import Settings
from geo.sources import communes as commune_source
from geo.sources import embedded, france_services, tax_offices
from geo.sources import population as population_source
from geo.sources import rounds as round_source
from geo.sources.commune_points import KNOWN_POSITIONS_FILE
from geo.sources.communes import read_communes
from geo.sources.departements import departement_name
from geo.sources.facility_table import vintage_from_name
from geo.sources.france_services import read_france_services
from geo.sources.places import read_places
from geo.sources.population import match_population, read_population
from geo.sources.postcodes import complete_postcodes
from geo.sources.provenance import Provenance, SourceTable
from geo.sources.rounds import read_rounds
from geo.sources.visitor_files import as_path
from geo.sources.worker import apart
from geo.territory.description import describe
from geo.territory.files import OfficialTables
from geo.territory.given_files import KINDS
from geo.territory.manifest import OwnFile
from geo.territory.margin import bounds, commune_points, near_communes, near_places
from geo.territory.study_area import NEIGHBOUR_COLUMNS
from geo.territory.territory import Territory
from geo.transit.schedule import FEED_DATASET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from geo.network.road_network import RoadNetwork
    from geo.territory.given_files import GivenFile

_Read = TypeVar("_Read")

#: How the sources that a file stands in for, or that are left out, are called in the manifest of a territory.
_REPLACED: Final = {
    "sites": (france_services.DATASET, embedded.SITES_DATASET),
    "communes": (commune_source.DATASET, embedded.COMMUNES_DATASET, "Codes postaux", "Carreaux de population"),
    "population": (population_source.SOURCE,),
    "rounds": (round_source.DATASET,),
    TAX_OFFICES: (tax_offices.DATASET_DGFIP, tax_offices.DATASET_DILA, embedded.TAX_OFFICES_DATASET),
}
_OWN_SITES: Final = "Sites (votre liste)"


@dataclass(frozen=True, eq=False, slots=True)
class Built:
    """What came out: a territory, or all that is wrong with the files (French sentences); neither where stopped."""

    territory: Territory | None = None
    problems: tuple[str, ...] = ()


def build_territory(
    base: Territory,
    given: Mapping[str, GivenFile],
    departement: str | None,
    progress: Callable[[float, str], None],
    stopped: Callable[[], bool],
) -> Built:
    """Build a territory from a visitor's files.

    `departement`: INSEE code of the département to build; only where communes are given. `progress`, `stopped`: Told
    how far it is (from 0 to 1) and what is done, in French; asked whether to stop.
    """
    problems: list[str] = []

    def read(share: float, sentence: str, key: str, reader: Callable[[Path, GivenFile], _Read]) -> _Read | None:
        if key not in given or stopped():
            return None
        progress(share, sentence)
        kind, file = KINDS[key], given[key]
        try:
            with as_path(file.content, kind.stem, kind.title, kind.most_megabytes) as path:
                return reader(path, file)
        except MaillageError as error:
            problems.append(str(error))
            return None

    population = read(0.05, "Lecture de la population…", "population", _read_population)
    communes = read(
        0.1,
        "Lecture des communes…",
        "communes",
        partial(_read_communes, _known_population(base) if _borrows_population(given) else population),
    )
    sites = read(0.25, "Lecture des sites…", "sites", _read_sites)
    if problems or stopped():
        return Built(problems=tuple(problems))
    try:
        area = base.communes if communes is None else _area(communes, departement)
        network = read(0.35, "Lecture des routes…", "roads", lambda path, file: _read_network(path, file, bounds(area)))
        if problems or stopped():
            return Built(problems=tuple(problems))
        progress(0.7, "Assemblage du territoire…")
        tables = _Tables(population, communes, sites, network)
        made = _around_base(base, tables) if communes is None else _of_communes(base, tables, communes, departement)
        if made.sites.empty:
            msg = (
                f"Aucun site dans « {made.name} » ni à moins de 55 km. Donnez aussi les sites de ce territoire, ou "
                f"vérifiez leurs positions et le département choisi."
            )
            raise ParameterError(msg)
        points = commune_points(made.communes, made.neighbours)
        rounds = read(
            0.9,
            "Lecture des tournées…",
            "rounds",
            lambda path, file: _named(read_rounds(path, made.sites, points), file),
        )
        if problems or stopped():
            return Built(problems=tuple(problems))
        if rounds is not None:
            made = made.with_rounds(rounds)
        return Built(_signed(made, base, given, departement))
    except MaillageError as error:
        return Built(problems=(str(error),))


def taken_from(base: Territory, given: Mapping[str, GivenFile], departement: str | None) -> list[str]:
    """Return in French what a territory of these files takes from another one."""
    own_communes = "communes" in given
    taken = [] if "sites" in given else ["sites France services"]
    if not own_communes:
        taken.append("communes")
    if _borrows_population(given):
        taken.append("population des communes" + (" qu'il connaît" if own_communes else ""))
    if len(base.facilities) > 1:
        taken.append("lieux des autres listes" + (" qui sont à moins de 55 km" if own_communes else ""))
    if "roads" not in given and (not own_communes or _roads_fit(base, departement)):
        taken.append("réseau routier")
    if base.schedule is not None:
        taken.append("horaires des transports en commun" + (" qui passent là" if own_communes else ""))
    return taken


def _borrows_population(given: Mapping[str, GivenFile]) -> bool:
    if "population" in given:
        return False
    return "communes" not in given or "population" not in (given["communes"].columns or {})


@dataclass(frozen=True, eq=False, slots=True)
class _Tables:
    """What was read; `None`: not given."""

    population: SourceTable | None
    communes: SourceTable | None
    sites: SourceTable | None
    network: RoadNetwork | None

    @property
    def sources(self) -> list[SourceTable]:
        return [table for table in (self.communes, self.population, self.sites) if table is not None]


def _roads_fit(base: Territory, departement: str | None) -> bool:
    """Tell whether roads can serve other communes: those of the same place that were not estimated from the former."""
    return departement == base.departement and not base.network.source.approximate


def _named(table: SourceTable, file: GivenFile) -> SourceTable:
    """Return a table that says the name its file came with; its licence is not known, whatever its columns."""
    vintage = table.provenance.vintage or vintage_from_name(Path(file.name))
    return replace(table, provenance=replace(table.provenance, file=file.name, vintage=vintage, licence=None))


def _read_population(path: Path, file: GivenFile) -> SourceTable:
    return _named(read_population(path, file.columns), file)


def _read_communes(population: SourceTable | None, path: Path, file: GivenFile) -> SourceTable:
    known = Settings.from_environment().data_dir / KNOWN_POSITIONS_FILE
    reader = partial(read_communes, population=population, known_positions=known, columns=file.columns)
    return _named(apart(path, KINDS["communes"].title, reader), file)


def _read_sites(path: Path, file: GivenFile) -> SourceTable:
    if file.columns is None:
        return _named(read_france_services(path), file)
    reader = partial(read_places, columns=file.columns, layer=file.layer, dataset=_OWN_SITES, as_sites=True)
    return _named(apart(path, KINDS["sites"].title, reader), file)


def _read_network(path: Path, file: GivenFile, area: tuple[float, float, float, float]) -> RoadNetwork:
    network = read_roads(path, area=area)
    return replace(network, source=replace(network.source, file=file.name))


def _area(communes: SourceTable, departement: str | None) -> gpd.GeoDataFrame:
    """Return the communes of the département to build."""
    frame = communes.frame
    area = frame[frame["departement"] == departement]
    if area.empty:
        found = ", ".join(sorted(frame["departement"].unique())[:20])
        msg = (
            f"Votre fichier de communes n'en a aucune du département {departement} (départements trouvés : {found}). "
            f"Choisissez l'un d'eux, ou donnez un autre fichier."
        )
        raise ParameterError(msg)
    return area


def _around_base(base: Territory, tables: _Tables) -> Territory:
    """Return a territory with other sites, residents or roads; its communes are the same."""
    communes, sources = base.communes, tables.sources
    if tables.population is not None:
        population, mismatches = match_population(communes.index, tables.population.frame["population"])
        communes = communes.assign(population=population.to_numpy())
        told = replace(tables.population, commune_notes=(*tables.population.commune_notes, *mismatches))
        sources = [told if table is tables.population else table for table in sources]
    facilities = dict(base.facilities)
    if tables.sites is not None:
        facilities[SITES] = near_places(tables.sites.frame, communes)
    made = replace(
        base,
        communes=communes,
        facilities=facilities,
        network=base.network if tables.network is None else tables.network,
        permanences=_visits(base, facilities[SITES]),
    )
    everywhere = pd.concat([communes[list(NEIGHBOUR_COLUMNS)], base.neighbours])
    manifest = describe(made, sources, everywhere, near_communes(everywhere, made.communes))
    of_base = tuple(f"{base.name} : {note}" for note in base.manifest.notes)
    return replace(made, manifest=replace(manifest, notes=manifest.notes + of_base))


def _of_communes(base: Territory, tables: _Tables, communes: SourceTable, departement: str | None) -> Territory:
    """Return the territory of other communes; lists of places near it, and roads where they fit, are those of a base.

    `departement` has communes among them.
    """
    lists = {name: SourceTable(frame, _UNNAMED) for name, frame in base.facilities.items()}
    if tables.sites is not None:
        lists[SITES] = tables.sites
    network: RoadNetwork | tuple[Path, ...] = ()
    if tables.network is not None:
        network = tables.network
    elif _roads_fit(base, departement):
        network = base.network
    area = _area(communes, departement)
    near = {name: table for name, table in lists.items() if name == SITES or len(near_places(table.frame, area))}
    official = OfficialTables(complete_postcodes(communes, lists[SITES]), tables.population, None, near)
    made = Territory.from_tables(official, departement_name(str(departement)), {str(departement)}, roads=network)
    sources = tuple(table.provenance for table in (official.communes, *tables.sources[1:]))
    schedule = None if base.schedule is None else base.schedule.near(*bounds(made.communes))
    return replace(
        made,
        permanences=_visits(base, made.sites),
        # On foot and by bicycle one keeps to the streets that come with the roads.
        active=base.active if network is base.network else made.active,
        schedule=schedule if schedule is not None and len(schedule.stop_times) else None,
        manifest=replace(made.manifest, sources=sources),
    )


#: Stands for what is said of a list of a base where its own sources are listed (`_signed`).
_UNNAMED: Final = Provenance("", "", None, None, "", 0, 0)


def _known_population(base: Territory) -> SourceTable:
    """Return the residents of the communes of a territory and around it, as if read from a file."""
    known = pd.concat([base.communes["population"], base.neighbours["population"]]).dropna()
    frame = pd.DataFrame({"population": known[~known.index.duplicated()]}).rename_axis("commune_code")
    return SourceTable(frame, _UNNAMED, notes=(f"Population prise du territoire « {base.name} », où il la connaît.",))


def _visits(base: Territory, sites: gpd.GeoDataFrame) -> pd.DataFrame | None:
    """Return the operators' visits to the sites that are left of a base; `None` where there is none."""
    if base.permanences is None:
        return None
    visits = base.permanences[base.permanences["facility_id"].isin(sites["facility_id"])]
    return None if visits.empty else visits.reset_index(drop=True)


def _signed(made: Territory, base: Territory, given: Mapping[str, GivenFile], departement: str | None) -> Territory:
    """Return a territory that says which files it was made from and what it takes from another one.

    All that it depends on is in its manifest: two territories of different files, columns or bases never have the same
    fingerprint.
    """
    files = {
        key: OwnFile(file.name, hashlib.sha256(file.content).hexdigest(), file.columns, file.layer)
        for key, file in given.items()
    }
    listed = ", ".join(f"{KINDS[key].title.lower()} « {file.name} »" for key, file in given.items())
    notes = [f"Territoire fait de vos fichiers : {listed}."]
    kept = replace(base, facilities=made.facilities, schedule=made.schedule)
    if taken := taken_from(kept, given, departement):
        notes.append(f"Pris du territoire « {base.name} » : {', '.join(taken)}.")
    left_out = base.facilities.keys() - made.facilities.keys()
    replaced = {*left_out, *(name for key in (*given, *left_out) for name in _REPLACED.get(key, ()))}
    if made.schedule is None:
        replaced.add(FEED_DATASET)
    if _borrows_population(given):
        replaced -= {*_REPLACED["population"], embedded.COMMUNES_DATASET}
    name = f"{made.name} (vos fichiers)"
    manifest = replace(
        made.manifest,
        territory=name,
        sources=made.manifest.sources
        + tuple(source for source in base.manifest.sources if source.dataset not in replaced),
        notes=(*notes, *made.manifest.notes),
        own_files=files,
        completed_from=hashlib.sha256(base.fingerprint.encode()).hexdigest(),
    )
    return replace(made, name=name, manifest=manifest)
