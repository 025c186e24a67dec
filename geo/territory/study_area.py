"""One study area: its communes, the places that serve it, its road network, and where its residents are on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84, common_metric_crs
from geo.errors import ParameterError
from geo.kinds import COUNTED_KINDS, SITES, list_name, list_option
from geo.network.estimated_error import interval_min, terrain
from geo.network.snapping import SnappedPoints, snap
from geo.settings import Settings
from geo.sources.relief import RELIEF_FILE, read_relief

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork
    from geo.sources.relief import Relief
    from geo.transit.schedule import Schedule

#: How sure the times of a row are, in the tables that hold times: `estimated` (bool): on a network made without road
#: files; `time_low`, `time_high` (float64): a time multiplied by them is the bounds of eight trips in ten; 1: measured.
PRECISION_COLUMNS: Final = ("estimated", "time_low", "time_high")
#: What is kept of the communes around the study area.
NEIGHBOUR_COLUMNS: Final = ("name", "departement", "postcodes", "population", "lon", "lat")


def no_outlines() -> None:
    """Return no outline, where no commune of a neighbour is known."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StudyArea:
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
        Road network, in a metric projection that covers the study area and its margin.
    cells
        Population cells (`geo.schemas.CELL_COLUMNS`), `None` where residents are only known by commune.
    neighbours
        Communes within 55 km of the study area, by commune code: the columns `NEIGHBOUR_COLUMNS` of a commune table.
        A visitor may live there.
    contours_approximate
        True where cells around the communes' positions stand in for contours.
    permanences
        Visits of operators to the sites (`geo.sources.permanences.PERMANENCE_COLUMNS`), `None` where none was given.
    rounds
        Where and when the buses stop (`geo.sources.rounds.ROUND_COLUMNS`), EPSG:4326, `None` where it is not known. A
        stop is no site: what it brings is counted apart.
    households
        Households of the communes, by commune code: `households` and `share_carless` (`geo.sources.housing`), `None`
        where the census of dwellings was not given.
    outline_neighbours
        Returns `neighbour_outlines`, which take as long as the rest of a département and are drawn on paper alone.
    active
        Networks of people on foot and on bicycles, by mode (`geo.network.modes`), in the projection of `network`; a
        mode is absent where the road files do not tell its ways: its times are then estimated.
    schedule
        Timetables of public transport around the study area, `None` where none was given.
    """

    name: str
    departement: str | None
    communes: gpd.GeoDataFrame
    facilities: Mapping[str, gpd.GeoDataFrame]
    network: RoadNetwork
    cells: gpd.GeoDataFrame | None
    neighbours: pd.DataFrame
    contours_approximate: bool
    permanences: pd.DataFrame | None = None
    rounds: gpd.GeoDataFrame | None = None
    households: pd.DataFrame | None = None
    outline_neighbours: Callable[[], gpd.GeoDataFrame | None] = no_outlines
    active: Mapping[str, RoadNetwork] = field(default_factory=dict)
    schedule: Schedule | None = None

    @property
    def crs(self) -> str:
        """Code of the metric projection that the study area is drawn in."""
        return common_metric_crs(self.communes["departement"].unique())

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """The France services sites, antennes and buses included."""
        return self.facilities[SITES]

    @cached_property
    def _counted(self) -> dict[tuple[str, frozenset[str]], gpd.GeoDataFrame]:
        """What `facility_list` has returned: it is asked for many times in one answer."""
        return {}

    def facility_list(self, facilities: str = SITES, *, kinds: Collection[str] = COUNTED_KINDS) -> gpd.GeoDataFrame:
        """Return one list of places (also by its name in commands), the kinds not counted left out, index 0..n-1.

        The table is shared: change a copy of it.

        Raises
        ------
        ParameterError
            The territory has no such list, or nothing is left of it.

        Examples
        --------
        >>> from geo import Territory
        >>> Territory.load("64").facility_list(kinds={"bus"})["kind"].unique().tolist()
        ['bus']
        """
        facilities = list_name(facilities)
        if facilities not in self.facilities:
            known = ", ".join(f"« {list_option(name)} »" for name in self.facilities)
            msg = f"Ce territoire n'a pas de liste « {facilities} ». Listes présentes : {known}."
            raise ParameterError(msg)
        asked = facilities, frozenset(kinds)
        if asked not in self._counted:
            self._counted[asked] = counted_places(self.facilities[facilities], kinds=kinds)
        table = self._counted[asked]
        if table.empty:
            msg = (
                f"Aucun lieu de la liste « {facilities} » n'est à compter dans « {self.name} » ou ses voisins. "
                f"Vérifiez le fichier des lieux, ou comptez aussi les bus et les antennes."
            )
            raise ParameterError(msg)
        return table

    def require_sites(self, kinds: Collection[str]) -> None:
        """Raise `ParameterError` where no site of these kinds is to count.

        Examples
        --------
        >>> from geo import Territory
        >>> Territory.load("64").require_sites({"main"})
        """
        self.facility_list(SITES, kinds=kinds)

    def holds(self, places: gpd.GeoDataFrame, among: pd.Index | None = None) -> NDArray[np.bool_]:
        """Tell which places are in the study area, shape (n_places,); the others are those of its neighbours.

        The commune that a list gives decides; where it is none that is known, the position does. `among`: Codes of the
        communes of the study area that are asked about, `None`: all.
        """
        place, commune = self._places_in_communes(places)
        inside = np.zeros(len(places), np.bool_)
        inside[place if among is None else place[self.communes.index.isin(among)[commune]]] = True
        return inside

    def communes_of(self, places: gpd.GeoDataFrame) -> set[str]:
        """Return the codes of the communes of the study area that hold at least one of some places, as `holds`."""
        return set(self.communes.index[self._places_in_communes(places)[1]])

    def _places_in_communes(self, places: gpd.GeoDataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the pairs of a place and a commune of the study area that holds it: the row of each."""
        code = places["commune_code"]
        commune = self.communes.index.get_indexer(code)
        inside, others = np.flatnonzero(commune >= 0), np.flatnonzero(commune < 0)
        unknown = others[self.neighbours.index.get_indexer(code.iloc[others]) < 0]
        if not len(unknown):
            return inside, commune[inside]
        which, around = self.communes.sindex.query(places.geometry.iloc[unknown], predicate="intersects")
        return np.concatenate([inside, unknown[which]]), np.concatenate([commune[inside], around])

    @property
    def estimated(self) -> bool:
        """Whether times are estimated: no road file was given."""
        return self.network.source.approximate

    @cached_property
    def precision(self) -> pd.DataFrame:
        """How sure times from each commune are: `PRECISION_COLUMNS`, indexed by `commune_code`."""
        low, high = self.time_bounds(self.communes["lon"].to_numpy(), self.communes["lat"].to_numpy())
        return pd.DataFrame(
            {"estimated": self.estimated, "time_low": low, "time_high": high}, index=self.communes.index
        )

    def time_bounds(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what a time from points (degrees) is multiplied by to get its bounds, shape (n,) each; 1: measured."""
        ones = np.ones(len(lon))
        if not self.estimated:
            return ones, ones
        return interval_min(ones, terrain(lon, lat, project_relief()))

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

    @property
    def at_one_point(self) -> NDArray[np.bool_]:
        """Whether all residents of each commune are taken to be at its own point, shape (n_communes,)."""
        if self.cells is None:
            return np.ones(len(self.communes), bool)
        held: NDArray[np.bool_] = self.communes.index.isin(self.cells["commune_code"])
        return ~held

    @cached_property
    def neighbour_outlines(self) -> gpd.GeoDataFrame | None:
        """Outlines of the neighbouring départements, to be drawn behind the study area.

        As `geo.territory.margin.neighbour_outlines`; `None` where their communes are not known.
        """
        return self.outline_neighbours()

    @cached_property
    def demand_on_network(self) -> SnappedPoints:
        """Where the demand points lie on the network."""
        return snap(self.network, self.demand.geometry.x, self.demand.geometry.y)


def project_relief() -> Relief:
    """Return the project's own table of heights, read once; raise `MaillageError` where it is damaged."""
    return _relief(Settings.from_environment().data_dir / RELIEF_FILE)


@cache
def _relief(path: Path) -> Relief:
    return read_relief(path)


def counted_places(places: gpd.GeoDataFrame, kinds: Collection[str] = COUNTED_KINDS) -> gpd.GeoDataFrame:
    """Return the places of the kinds that are counted, index 0..n-1 (`Territory.travel_times` says what is counted)."""
    return places[places["kind"].isin(kinds)].reset_index(drop=True)
