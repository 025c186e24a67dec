"""A study area and what lies around it: sites and roads of the neighbours count too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import FRANCE, WGS84, metric_crs, to_metres
from geo.sources.provenance import rejection_faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.sources.provenance import SourceTable

#: Sites and roads this far (m) around the study area count: 30 minutes at 110 km/h.
MARGIN_M: Final = 55_000.0
#: Degrees of longitude and of latitude between two points that are less than the margin apart (47 km at most).
_SURELY_NEAR_DEG: Final = 0.3
#: Degrees of longitude or of latitude that are surely more than the margin, anywhere in France (69 km at least).
_SURELY_FAR_DEG: Final = 1.0
#: How a note about stops that are out of a territory begins.
ROUNDS_NOTE: Final = "tournées des bus, "
#: Detail (m) of the outlines of neighbouring départements: they are only drawn behind the study area.
_OUTLINE_DETAIL_M: Final = 200.0


def near_places(frame: gpd.GeoDataFrame, area: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the places within the margin of a study area, index 0..n-1."""
    return frame[_are_near(frame, area)].reset_index(drop=True)


def _are_near(frame: gpd.GeoDataFrame, area: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which places are within the margin; most are so near their own commune that nothing is projected."""
    lon, lat = frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy()
    own = area.index.get_indexer(pd.Index(frame["commune_code"]))
    near = np.zeros(len(frame), bool)
    known = np.flatnonzero(own >= 0)
    for mine, theirs in ((lon, "lon"), (lat, "lat")):
        apart = np.abs(mine[known] - area[theirs].to_numpy()[own[known]])
        known = known[apart <= _SURELY_NEAR_DEG]
    near[known] = True
    others = np.flatnonzero(~near)
    if len(others):
        near[others] = _distance_to(area, pd.Series(lon[others]), pd.Series(lat[others])) <= MARGIN_M
    return near


def near_rounds(rounds: SourceTable, area: gpd.GeoDataFrame) -> SourceTable:
    """Return the rounds whose stops are within the margin of a study area; the others are added to `rejected`.

    `rounds`: As `geo.sources.rounds.read_rounds` gives them; their notes name the rows of the stops farther away.
    """
    from geo.sources.rounds import FAR, SWAPPED  # noqa: PLC0415 - few territories have rounds

    frame = rounds.frame
    lon, lat = frame.geometry.x, frame.geometry.y
    far = _distance_to(area, lon, lat) > MARGIN_M
    if not far.any():
        return rounds
    swapped = _distance_to(area, lat, lon) <= MARGIN_M
    out = pd.DataFrame(
        {
            "row": frame.index,
            "identifier": frame["facility_id"].fillna("").to_numpy(),
            "reason": np.where(swapped, SWAPPED, FAR),
        }
    )
    out = out[far].drop_duplicates("row").sort_values("row")
    notes = tuple(f"{ROUNDS_NOTE}{fault}" for fault in rejection_faults(out))
    rejected = pd.concat([rounds.rejected, out]) if len(rounds.rejected) else out
    return replace(
        rounds,
        frame=frame[~far],
        rejected=rejected.sort_values("row", ignore_index=True),
        notes=(*rounds.notes, *notes),
        provenance=replace(rounds.provenance, rows_kept=rounds.provenance.rows_kept - len(out)),
    )


def commune_points(communes: pd.DataFrame, neighbours: pd.DataFrame) -> pd.DataFrame:
    """Return `name`, `lon` and `lat` of the communes of a study area and those around, by commune code."""
    columns = ["name", "lon", "lat"]
    points = pd.concat([pd.DataFrame(communes[columns]), neighbours[columns]])
    return points[~points.index.duplicated()]


def near_communes(everywhere: gpd.GeoDataFrame, area: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the communes of a study area and those within its margin."""
    if len(area) == len(everywhere):  # the whole is around itself
        return everywhere
    return everywhere[_distance_to(area, everywhere["lon"], everywhere["lat"]) <= MARGIN_M]


def neighbour_outlines(around: gpd.GeoDataFrame, area: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return the outlines of the neighbouring départements, as far as their communes within the margin go.

    `around`: `near_communes` of the study area.

    Returns
    -------
    `departement` (INSEE code) and `geometry` (EPSG:4326, lightened), by code, index 0..n-1. `None` where no
    commune of a neighbour is known.
    """
    around = around[~around["departement"].isin(area["departement"].unique()) & around.geometry.notna()]
    if around.empty:
        return None
    metric = around[["departement", "geometry"]].to_crs(metric_crs(area["departement"].iloc[0]))
    lightened = shapely.coverage_simplify(metric.geometry.to_numpy(), _OUTLINE_DETAIL_M)
    # Contours that fit together, as those of one publisher do, are joined in a tenth of the time.
    fitting = bool(shapely.coverage_is_valid(lightened))
    shapes = lightened if fitting else shapely.make_valid(lightened)
    metric = metric.set_geometry(gpd.GeoSeries(shapes, index=metric.index, crs=metric.crs))
    return metric.dissolve(by="departement", method="coverage" if fitting else "unary").reset_index().to_crs(WGS84)


def _distance_to(area: gpd.GeoDataFrame, lon: pd.Series, lat: pd.Series) -> NDArray[np.float64]:
    """Return the distance (m) from each point to the nearest commune of the area, as a straight line.

    Inf for a point that lies nowhere, or beyond the margin of the box around the area.
    """
    metres = to_metres(FRANCE)
    own, asked = area[["lon", "lat"]].to_numpy(np.float64), np.column_stack([lon, lat])
    centres = np.column_stack(metres.transform(*own.T))
    distance = np.full(len(asked), np.inf)
    # Of all of France few are so near: the others are not projected.
    usable = np.flatnonzero(_inside(asked, own, _SURELY_FAR_DEG))
    points = np.column_stack(metres.transform(*asked[usable].T))
    inside = _inside(points, centres, MARGIN_M)
    usable, points = usable[inside], points[inside]
    tree = shapely.STRtree(np.asarray(shapely.points(centres)))
    (which, _), metres_away = tree.query_nearest(shapely.points(points), return_distance=True, all_matches=False)
    distance[usable[which]] = metres_away
    return distance


def _inside(points: NDArray[np.float64], of: NDArray[np.float64], margin: float) -> NDArray[np.bool_]:
    """Tell which points (n, 2) are in the box around others (m, 2), or at most a margin beyond it."""
    found: NDArray[np.bool_] = ((points >= of.min(axis=0) - margin) & (points <= of.max(axis=0) + margin)).all(axis=1)
    return found


def bounds(area: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) in degrees of a study area and its margin."""
    projected = area.to_crs(metric_crs(area["departement"].iloc[0]))
    west, south, east, north = projected.total_bounds
    box = gpd.GeoSeries(
        [shapely.box(west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)], crs=projected.crs
    )
    return tuple(float(edge) for edge in box.to_crs(WGS84).total_bounds)  # type: ignore[return-value]
