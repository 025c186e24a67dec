"""What one frame of a map is drawn on: communes, places and neighbours, in metres of one projection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.access.known_part import in_known_part, residents_known
from geo.crs import WGS84, transformer
from geo.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geo.territory import Territory


@dataclass(frozen=True, eq=False)
class Ground:
    """The base of a map frame, in one metric projection.

    Attributes
    ----------
    name
        French name of the study area.
    communes
        `name`, `departement`, `population` (Int64, <NA> unknown), `geometry` (contour), indexed by commune code.
    towns
        Point where the residents of each commune are taken to be, on the same index.
    facilities
        Places that count or are shown: `facility_id`, `kind`, `commune_code`, `geometry`; `inside` (bool), whether they
        are of the communes covered.
    excluded
        Kinds of place that are drawn hollow: they do not count.
    neighbours
        `departement` and `geometry` of the neighbouring départements; empty where not known.
    covered
        Codes of the communes that the road network covers: what a map is about.
    bounds
        West, south, east and north of what a frame shows at least (m).
    """

    name: str
    communes: gpd.GeoDataFrame
    towns: gpd.GeoSeries
    facilities: gpd.GeoDataFrame
    excluded: Collection[str]
    neighbours: gpd.GeoDataFrame
    covered: pd.Index
    bounds: tuple[float, float, float, float]

    @classmethod
    def of(cls, territory: Territory, lists: Sequence[str], excluded: Collection[str] = ()) -> Ground:
        """Return the ground of a territory."""
        crs = territory.crs
        communes = territory.communes
        columns = ["facility_id", "kind", "commune_code", "geometry"]
        places = pd.concat([territory.facilities[name][columns] for name in lists], ignore_index=True)
        places["inside"] = in_known_part(territory, places)
        neighbours = territory.neighbour_outlines
        if neighbours is None:
            neighbours = gpd.GeoDataFrame({"departement": []}, geometry=[], crs=WGS84)
        metric = communes[["name", "departement", "population", "geometry"]].to_crs(crs)
        return cls(
            name=territory.name,
            communes=metric,
            towns=gpd.GeoSeries(
                gpd.points_from_xy(communes["lon"], communes["lat"]), index=communes.index, crs=WGS84
            ).to_crs(crs),
            facilities=places.to_crs(crs),
            excluded=excluded,
            neighbours=neighbours.to_crs(crs),
            covered=residents_known(territory).dropna().index,
            bounds=tuple(metric.total_bounds.tolist()),
        )

    @property
    def aspect(self) -> float:
        """Width over height."""
        west, south, east, north = self.bounds
        return (east - west) / (north - south)

    @property
    def kinds(self) -> list[str]:
        """Kinds of place present, in the order of `KINDS`."""
        return [kind for kind in KINDS if (self.facilities["kind"] == kind).any()]

    @property
    def seats(self) -> gpd.GeoSeries:
        """Where the fixed sites, or other places of a list, stand, by code of their commune: one for each."""
        fixed = self.facilities[self.facilities["kind"].isin(("main", "place"))].drop_duplicates("commune_code")
        fixed = fixed[fixed["commune_code"].isin(self.communes.index)]
        return fixed.set_index("commune_code").geometry

    def without(self, facility_ids: pd.Series) -> Ground:
        """Return the same ground without some places."""
        return replace(self, facilities=self.facilities[~self.facilities["facility_id"].isin(facility_ids)])

    def framed(self) -> Ground:
        """Return the same ground, framed on the communes covered."""
        return replace(self, bounds=tuple(self.communes.loc[self.covered].total_bounds.tolist()))

    def inside(self) -> gpd.GeoDataFrame:
        """Return the places of the communes covered."""
        return self.facilities[self.facilities["inside"]]

    def lightened(self, detail_m: float) -> gpd.GeoSeries:
        """Return the contours without detail finer than `detail_m`; borders that were shared still are.

        Where the file's contours overlap, what is drawn of them may overlap too; it is valid all the same.
        """
        contours = self.communes.geometry
        simple = shapely.make_valid(shapely.coverage_simplify(contours.to_numpy(), detail_m))
        return gpd.GeoSeries(simple, index=contours.index, crs=contours.crs)

    def north(self) -> tuple[float, float]:
        """Return the direction of true north at the middle of the communes: a projection turns it by some degrees."""
        west, south, east, north = self.bounds
        x, y = (west + east) / 2, (south + north) / 2
        crs = self.communes.crs
        lon, lat = transformer(crs, WGS84).transform(x, y)
        there = transformer(WGS84, crs).transform(lon, lat + 0.01)
        step = np.array(there) - (x, y)
        along_x, along_y = step / np.hypot(*step)
        return float(along_x), float(along_y)
