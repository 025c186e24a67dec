"""One study area: its communes, the places that serve it, its road network, and where all of it comes from."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from geo.crs import WGS84
from geo.errors import MaillageError, ParameterError, SourceError
from geo.kinds import COUNTED_KINDS, SITES, TAX_OFFICES
from geo.manifest import manifest_of
from geo.network.approximation import approximate
from geo.network.road_files import read_roads
from geo.network.road_network import RoadNetwork
from geo.network.snapping import SnappedPoints, snap
from geo.network.speeds import DEFAULT_PROFILE, speed_profile
from geo.network.travel_times import nearest_by_road
from geo.settings import Settings
from geo.sources.departements import departement_name
from geo.sources.embedded import read_embedded
from geo.sources.official_tables import OfficialTables, read_official_tables
from geo.sources.population_cells import read_population_cells
from geo.storage import replacing_folder, require_replaceable
from geo.stored_tables import NEIGHBOUR_COLUMNS, require_stored
from geo.study_area import bounds, near_communes, near_places, neighbour_outlines

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from geo.sources.provenance import SourceTable

_log = logging.getLogger(__name__)

#: Word that stands for a road file where there is none.
APPROXIMATE: Final = "approximate"

#: File by which a folder is known to hold a whole country (`geo.country`).
COUNTRY_MARKER: Final = "parts.json"

#: File by which a folder is known to hold a territory.
TERRITORY_MARKER: Final = "manifest.json"

_FORMAT: Final = 3
_PERMANENCES: Final = "permanences.parquet"
_OUTLINES: Final = "neighbour_outlines.parquet"
_EMBEDDED: Final = "pyrenees-atlantiques"
_EMBEDDED_DEPARTEMENT: Final = "64"

#: What reading a damaged folder may raise.
_UNREADABLE: Final = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError),
    pa.ArrowException,
)


@dataclass(frozen=True, eq=False)
class Territory:
    """One study area, immutable.

    Attributes
    ----------
    name, departement
        French name, and INSEE code where it is a single département.
    communes
        Communes of the study area (`geo.schemas.COMMUNE_COLUMNS`), contours in EPSG:4326.
    facilities
        Lists of places by name: ``"sites"`` (France services), ``"tax_offices"`` and any other list
        (`geo.schemas.FACILITY_COLUMNS`), the neighbours' included, in EPSG:4326.
    network
        Road network in the territory's metric projection.
    cells
        Population cells (`geo.schemas.CELL_COLUMNS`), `None` where residents are only known by commune.
    neighbours
        Communes within 55 km of the study area, by commune code: the columns `NEIGHBOUR_COLUMNS` of a commune table.
        A visitor may live there.
    contours_approximate
        True where cells around the communes' positions stand in for contours.
    manifest
        Sources, network, profile, notes and rows kept out, as plain values.
    permanences
        Visits of operators to the sites (`geo.sources.permanences.PERMANENCE_COLUMNS`), `None` where none was given.
    neighbour_outlines
        Outlines of the neighbouring départements, to be drawn behind the study area
        (`geo.study_area.neighbour_outlines`), `None` where their communes are not known.
    """

    name: str
    departement: str | None
    communes: gpd.GeoDataFrame
    facilities: Mapping[str, gpd.GeoDataFrame]
    network: RoadNetwork
    cells: gpd.GeoDataFrame | None
    neighbours: pd.DataFrame
    contours_approximate: bool
    manifest: Mapping[str, Any]
    permanences: pd.DataFrame | None = None
    neighbour_outlines: gpd.GeoDataFrame | None = None

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """The France services sites, antennes and buses included."""
        return self.facilities[SITES]

    @property
    def fingerprint(self) -> str:
        """Text that differs between any two territories built from different inputs."""
        return json.dumps(self.manifest, sort_keys=True, ensure_ascii=False)

    @cached_property
    def demand(self) -> gpd.GeoDataFrame:
        """Where residents are: one row per population cell, or per commune at its town hall.

        Index `demand_id` 0..n-1; `commune_code`: text; `population`: float64, NaN unknown; `geometry`: point,
        EPSG:4326. A commune without any cell keeps its own point and its legal population.
        """
        points = gpd.GeoDataFrame(
            {
                "commune_code": self.communes.index.to_numpy(),
                "population": self.communes["population"].to_numpy(np.float64, na_value=np.nan),
            },
            geometry=gpd.points_from_xy(self.communes["lon"], self.communes["lat"]),
            crs=WGS84,
        )
        if self.cells is not None:
            without = points[~points["commune_code"].isin(self.cells["commune_code"])]
            points = pd.concat([self.cells[["commune_code", "population", "geometry"]], without], ignore_index=True)
        points["commune_code"] = points["commune_code"].astype("string")
        return points.rename_axis("demand_id")

    @cached_property
    def demand_on_network(self) -> SnappedPoints:
        """Where the demand points lie on the network."""
        return snap(self.network, self.demand.geometry.x, self.demand.geometry.y)

    def facility_list(self, facilities: str = SITES, *, kinds: Collection[str] = COUNTED_KINDS) -> gpd.GeoDataFrame:
        """Return one list of places, the kinds that are not counted left out, index 0..n-1.

        Raises
        ------
        ParameterError
            The territory has no such list, or nothing is left of it.
        """
        if facilities not in self.facilities:
            known = ", ".join(f"« {name} »" for name in self.facilities)
            msg = f"Ce territoire n'a pas de liste « {facilities} ». Listes présentes : {known}."
            raise ParameterError(msg)
        table = counted_places(self.facilities[facilities], kinds=kinds)
        if table.empty:
            msg = (
                f"Aucun lieu de la liste « {facilities} » n'est à compter dans « {self.name} » ou ses voisins. "
                f"Vérifiez le fichier des lieux, ou comptez aussi les bus et les antennes."
            )
            raise ParameterError(msg)
        return table

    def travel_times(self, facilities: str = SITES, *, kinds: Collection[str] = COUNTED_KINDS) -> pd.DataFrame:
        """Time every demand point to the facility it reaches soonest by car.

        Parameters
        ----------
        facilities
            ``"sites"``, ``"tax_offices"`` or the name of another list of the territory.
        kinds
            Kinds of place that count. A bus counts at the one point that its list gives: a garage or an office, not its
            rounds.

        Returns
        -------
        Indexed like `demand`: `commune_code`; `population`; `travel_time_min` and `distance_km` (Float64, <NA>
        where no road leads to any facility or the point is off the network); `facility_id` and
        `facility_name` (<NA> likewise); `snap_distance_m` (float64, to the nearest street); `on_network` (bool).

        Raises
        ------
        ParameterError
            The territory has no such list, or nothing is left of it.
        """
        return self.times_to(self.facility_list(facilities, kinds=kinds))

    def times_to(self, places: gpd.GeoDataFrame) -> pd.DataFrame:
        """Time every demand point to the one of these places that it reaches soonest by car, as `travel_times`.

        Parameters
        ----------
        places
            Facility table (`geo.schemas.FACILITY_COLUMNS`), index 0..n-1. To no place at all, all times are <NA>.
        """
        origins = self.demand_on_network
        found = nearest_by_road(self.network, origins, snap(self.network, places.geometry.x, places.geometry.y))
        reached = found.facility >= 0
        # Position -1, where nothing is reached, is past the end: <NA>.
        names = places[["facility_id", "name"]].reindex(found.facility).set_axis(self.demand.index)
        return pd.DataFrame(
            {
                "commune_code": self.demand["commune_code"],
                "population": self.demand["population"],
                "travel_time_min": pd.array(np.where(reached, found.travel_time_s / 60, np.nan), dtype="Float64"),
                "distance_km": pd.array(np.where(reached, found.length_m / 1000, np.nan), dtype="Float64"),
                "facility_id": names["facility_id"],
                "facility_name": names["name"],
                "snap_distance_m": origins.distance_m,
                "on_network": origins.link >= 0,
            },
            index=self.demand.index,
        )

    def with_sites(self, sites: gpd.GeoDataFrame, *, why: Mapping[str, Any]) -> Territory:
        """Return the same territory with other France services sites; roads and residents are shared, not copied.

        Parameters
        ----------
        sites
            Facility table (`geo.schemas.FACILITY_COLUMNS`), EPSG:4326.
        why
            What changed, as plain values; kept in the manifest, so that no result passes for one of today's list.
        """
        facilities = {**self.facilities, SITES: sites}
        counts = {name: len(table) for name, table in facilities.items()}
        changed = replace(
            self, facilities=facilities, manifest={**self.manifest, "facilities": counts, "scenario": dict(why)}
        )
        vars(changed).update(demand=self.demand, demand_on_network=self.demand_on_network)
        return changed

    @classmethod
    def build(  # noqa: PLR0913 - one argument per official file
        cls,
        departement: str,
        *,
        communes: Path | str | Sequence[Path | str],
        sites: Path | str,
        roads: Path | str | Sequence[Path | str] | RoadNetwork = APPROXIMATE,
        population: Path | str | None = None,
        tax_offices: Path | str | None = None,
        cells: Path | str | None = None,
        town_halls: Path | str | None = None,
        postcodes: Path | str | None = None,
        places: Mapping[str, SourceTable] | None = None,
        permanences: Path | str | None = None,
        profile: str = DEFAULT_PROFILE,
    ) -> Territory:
        """Build a territory from official files.

        Parameters
        ----------
        departement
            INSEE code (``"2a"`` and ``"1"`` are taken for ``"2A"`` and ``"01"``); its communes are the study
            area, and the neighbours found in the files count up to 55 km around.
        communes
            One or several layers of contours.
        sites
            France services list.
        roads
            Road file (``.osm.pbf``, an osmnx ``.graphml``, or any known line layer), several OpenStreetMap
            extracts that together cover the area, a network made before, or ``"approximate"``.
        population, tax_offices, cells, town_halls, postcodes
            INSEE legal populations, tax offices, INSEE population cells, town halls, postcodes; each optional.
        places
            Other lists by name, as `geo.sources.places.read_places` reads them.
        permanences
            Table of the operators' visits to the sites (`geo.sources.permanences`).
        profile
            Speed profile.

        Raises
        ------
        MaillageError
            A file is unusable (each reader says why), or holds no commune of the département.
        """
        departement = departement.strip().upper().zfill(2)
        name = departement_name(departement)
        tables = read_official_tables(
            communes=communes,
            sites=sites,
            population=population,
            tax_offices=tax_offices,
            town_halls=town_halls,
            postcodes=postcodes,
            places=places,
            permanences=permanences,
        )
        return cls.from_tables(tables, name, {departement}, roads=roads, cells=cells, profile=profile)

    @classmethod
    def from_tables(
        cls,
        tables: OfficialTables,
        name: str,
        departements: Collection[str],
        *,
        roads: Path | str | Sequence[Path | str] | RoadNetwork = APPROXIMATE,
        cells: Path | str | None = None,
        profile: str = DEFAULT_PROFILE,
    ) -> Territory:
        """Build a territory from official tables that are already read.

        Parameters
        ----------
        tables
            Communes and lists of places, of the study area and around it or of a larger area.
        name
            French name of the study area.
        departements
            Codes of the départements that make it; they share one metric projection.
        roads, cells, profile
            As in `build`.

        Raises
        ------
        MaillageError
            The tables hold no commune of these départements, or a file is unusable.
        """
        chosen_profile = speed_profile(profile)
        everywhere = tables.communes.frame
        area = everywhere[everywhere["departement"].isin(departements)]
        if area.empty:
            found = ", ".join(sorted(everywhere["departement"].unique())[:20])
            msg = (
                f"Le fichier des communes ne contient aucune commune du département {', '.join(departements)} "
                f"(départements trouvés : {found}). Donnez le fichier du bon département."
            )
            raise SourceError(msg)
        cell_table = None
        if cells is not None:
            _log.info("Lecture des carreaux de population…")
            cell_table = read_population_cells(Path(cells), area)
            area = _with_population_of_cells(area, cell_table.frame)

        if isinstance(roads, RoadNetwork):
            network = roads
        elif str(roads) == APPROXIMATE:
            _log.info("Estimation du réseau routier…")
            network = approximate(near_communes(everywhere, area), profile=chosen_profile)
        else:
            _log.info("Lecture des routes…")
            files = [roads] if isinstance(roads, (str, Path)) else roads
            network = read_roads([Path(file) for file in files], area=bounds(area), profile=profile)
        facilities = {key: near_places(table.frame, area) for key, table in tables.lists.items()}
        permanences = None if tables.permanences is None else tables.permanences.frame
        if permanences is not None:
            known = permanences["facility_id"].isin(facilities[SITES]["facility_id"])
            permanences = permanences[known].reset_index(drop=True)
        territory = cls(
            name=name,
            departement=next(iter(departements)) if len(departements) == 1 else None,
            communes=area,
            facilities=facilities,
            network=network,
            cells=None if cell_table is None else cell_table.frame,
            neighbours=_neighbours(everywhere, area),
            contours_approximate=False,
            manifest={},
            permanences=permanences,
            neighbour_outlines=neighbour_outlines(everywhere, area),
        )
        sources = [*tables.sources, *([] if cell_table is None else [cell_table])]
        return replace(territory, manifest=manifest_of(territory, sources, everywhere))

    @staticmethod
    def require_place(path: Path | str) -> None:
        """Raise `SourceError` where `save` would refuse to write: better said before hours of reading than after."""
        require_replaceable(Path(path), marker=TERRITORY_MARKER)

    @classmethod
    def embedded(cls, profile: str = DEFAULT_PROFILE) -> Territory:
        """Load the embedded Pyrénées-Atlantiques, on the network estimated with one speed profile.

        Raises
        ------
        MaillageError
            No such profile, or the project's own tables are damaged.
        """
        return _embedded(profile)

    @classmethod
    def load(cls, path: Path | str | None = None) -> Territory:
        """Load a territory that was saved, or the embedded Pyrénées-Atlantiques.

        Raises
        ------
        SourceError
            The folder is not a saved territory, or is damaged.
        """
        if path is None:
            return cls.embedded()
        folder = Path(path)
        if (folder / COUNTRY_MARKER).is_file():
            msg = (
                f"« {folder.name} » : ce dossier est la France entière, seuls « maillage diagnose » et "
                f"« maillage plan » la lisent. "
                f"Donnez le dossier d'un département, écrit par « maillage build --departement »."
            )
            raise SourceError(msg)
        if not (folder / TERRITORY_MARKER).is_file():
            msg = (
                f"« {folder.name} » n'est pas un territoire enregistré (pas de {TERRITORY_MARKER}). "
                f"Donnez un dossier écrit par « maillage build »."
            )
            raise SourceError(msg)
        try:
            saved = json.loads((folder / TERRITORY_MARKER).read_text(encoding="utf-8"))
            if saved["format"] != _FORMAT:
                msg = (
                    f"« {folder.name} » est au format {saved['format']}, format {_FORMAT} attendu. "
                    f"Reconstruisez-le avec « maillage build »."
                )
                raise SourceError(msg)
            lists = {
                name: gpd.read_parquet(folder / f"facilities-{number}.parquet")
                for number, name in enumerate(saved["facilities"])
            }
            territory = cls(
                name=str(saved["manifest"]["territory"]),
                departement=str(saved["manifest"]["departement"]),
                communes=gpd.read_parquet(folder / "communes.parquet"),
                facilities=lists,
                network=RoadNetwork.load(folder / "network"),
                cells=_optional_layer(folder / "cells.parquet"),
                neighbours=pd.read_parquet(folder / "neighbours.parquet"),
                contours_approximate=saved["contours_approximate"],
                manifest=saved["manifest"],
                permanences=pd.read_parquet(folder / _PERMANENCES) if (folder / _PERMANENCES).is_file() else None,
                neighbour_outlines=_optional_layer(folder / _OUTLINES),
            )
            require_stored(territory)
        except MaillageError:
            raise
        except _UNREADABLE as error:
            msg = (
                f"Le territoire enregistré dans « {folder.name} » est illisible ou incomplet. "
                f"Reconstruisez-le avec « maillage build »."
            )
            raise SourceError(msg) from error
        return territory

    def save(self, path: Path | str) -> None:
        """Write the territory to a folder: written beside, then renamed; a former territory there is replaced.

        Raises
        ------
        SourceError
            The folder cannot be written, or holds something that is not a territory.
        """
        with replacing_folder(Path(path), marker=TERRITORY_MARKER) as folder:
            self.communes.to_parquet(folder / "communes.parquet")
            for number, table in enumerate(self.facilities.values()):
                table.to_parquet(folder / f"facilities-{number}.parquet")
            self.neighbours.to_parquet(folder / "neighbours.parquet")
            if self.cells is not None:
                self.cells.to_parquet(folder / "cells.parquet")
            if self.neighbour_outlines is not None:
                self.neighbour_outlines.to_parquet(folder / _OUTLINES)
            if self.permanences is not None:
                self.permanences.to_parquet(folder / _PERMANENCES)
            (folder / "network").mkdir()
            self.network.save(folder / "network")
            saved = {
                "format": _FORMAT,
                "facilities": list(self.facilities),
                "contours_approximate": self.contours_approximate,
                "manifest": self.manifest,
            }
            (folder / TERRITORY_MARKER).write_text(json.dumps(saved, ensure_ascii=False, indent=1), encoding="utf-8")


def counted_places(places: gpd.GeoDataFrame, kinds: Collection[str] = COUNTED_KINDS) -> gpd.GeoDataFrame:
    """Return the places of the kinds that are counted, index 0..n-1 (`Territory.travel_times` says what is counted)."""
    return places[places["kind"].isin(kinds)].reset_index(drop=True)


def _optional_layer(path: Path) -> gpd.GeoDataFrame | None:
    return gpd.read_parquet(path) if path.is_file() else None


def _embedded(profile: str) -> Territory:
    tables = read_embedded(Settings.from_environment().data_dir / _EMBEDDED)
    everywhere = tables.communes.frame
    area = everywhere[everywhere["departement"] == _EMBEDDED_DEPARTEMENT]
    territory = Territory(
        name=departement_name(_EMBEDDED_DEPARTEMENT),
        departement=_EMBEDDED_DEPARTEMENT,
        communes=area,
        facilities={
            SITES: near_places(tables.sites.frame, area),
            TAX_OFFICES: near_places(tables.tax_offices.frame, area),
        },
        network=approximate(everywhere, profile=profile),
        cells=None,
        neighbours=_neighbours(everywhere, area),
        contours_approximate=True,
        manifest={},
        neighbour_outlines=neighbour_outlines(everywhere, area),
    )
    sources = [tables.communes, tables.sites, tables.tax_offices]
    return replace(territory, manifest=manifest_of(territory, sources, everywhere))


def _neighbours(everywhere: gpd.GeoDataFrame, area: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the communes within the margin of a study area, its own left out."""
    near = near_communes(everywhere, area)
    return pd.DataFrame(near.loc[~near.index.isin(area.index), list(NEIGHBOUR_COLUMNS)])


def _with_population_of_cells(area: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the communes with those of unknown legal population given that of their cells."""
    counted = cells.groupby("commune_code")["population"].sum().round().astype("Int64")
    return area.assign(population=area["population"].fillna(counted.reindex(area.index)))
