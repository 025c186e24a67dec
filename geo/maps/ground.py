"""What lies under an answer where no base map can be had: land, limits, names of communes, the places around.

All of it comes from the tables of the territory. Lines and areas are lists of whole numbers: steps in degrees times
`UNITS_PER_DEG`, latitude then longitude, each from the point before, the first from nought.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.crs import metric_crs as crs_of
from geo.kinds import KINDS
from geo.maps.legend import answer_legend_html, facility_svg, pin_svg
from geo.maps.payload import departement_outlines, facility_records
from geo.sources.centralities import embedded_centralities

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

#: Of more communes than this, only those around an answer are drawn.
_MANY_COMMUNES: Final = 5_000
UNITS_PER_DEG: Final = 10_000
_TOLERANCE_DEG: Final = 0.0015
#: Around an answer: margin on each side as a share of its width, at least so many degrees (about 9 km); contours are
#: lightened more where more is in view; the most communes and places that are given.
_MARGIN: Final = 0.4
_LEAST_MARGIN_DEG: Final = 0.12
_STEPS_ACROSS: Final = 400
_MOST_COMMUNES: Final = 600
_MOST_PLACES: Final = 150
_POLYGON: Final = shapely.GeometryType.POLYGON
#: From which zoom a commune is named, by its residents; a prefecture always is. The last is given around answers only.
_NAMED_FROM: Final = ((100_000, 5.5), (30_000, 7.0), (10_000, 8.0), (3_500, 9.0))
_LAST_ZOOM: Final = 9.25


def ground_base(
    communes: gpd.GeoDataFrame, facilities: Mapping[str, gpd.GeoDataFrame], metric_crs: str, *, estimated: bool = False
) -> dict[str, Any]:
    """Return what does not change from one answer to the next.

    Parameters
    ----------
    communes, facilities
        Communes of the study area (contours in EPSG:4326) and its lists of places.
    metric_crs
        Its projection: what is first in view is of the same one, so the mainland where overseas départements are too.
    estimated
        Whether times, and so the ways drawn, are estimated.

    Returns
    -------
    `land`: areas, lists of rings; `limits`: lines between départements; `names`: as `ground_around` gives them, of
    the larger communes; `around`: the whole of `ground_around` where communes are few, else `None`; `extent`: corners
    (latitude, longitude) of what is first in view; `markers`, `pin`, `legend`: SVG and HTML; `credit`: whose the limits
    and names are.
    """
    outlines = departement_outlines(communes)
    land = shapely.coverage_union_all(outlines.to_numpy())
    lines = shapely.line_merge(shapely.difference(shapely.union_all(outlines.boundary.to_numpy()), land.boundary))
    in_view = communes[communes["departement"].map(crs_of) == metric_crs]
    kinds = [kind for kind in KINDS if any((frame["kind"] == kind).any() for frame in facilities.values())]
    return {
        "units": UNITS_PER_DEG,
        "land": _areas(np.array([land])),
        "limits": _steps(shapely.get_parts(lines)),
        "names": _names(communes[_named_from(communes) < _LAST_ZOOM]),
        "around": ground_around(communes, facilities, None) if drawn_whole(communes) else None,
        "extent": [
            [float(in_view["lat"].min()), float(in_view["lon"].min())],
            [float(in_view["lat"].max()), float(in_view["lon"].max())],
        ],
        "markers": {kind: facility_svg(kind, counted=False) for kind in KINDS},
        "pin": pin_svg(),
        "legend": answer_legend_html(kinds, estimated=estimated),
        "credit": "Limites, noms : IGN, INSEE",
    }


def drawn_whole(communes: pd.DataFrame) -> bool:
    """Tell whether a study area is small enough for all of its communes to be drawn at once."""
    return len(communes) <= _MANY_COMMUNES


def ground_around(
    communes: gpd.GeoDataFrame, facilities: Mapping[str, gpd.GeoDataFrame], points: NDArray[np.float64] | None
) -> dict[str, Any]:
    """Return the communes and places around an answer.

    `points`: longitudes and latitudes of what is in view, shape (n, 2); `None`: all that there is.

    Returns
    -------
    `communes`: areas, lists of rings; `names`: (name, latitude, longitude, zoom from which it is shown, 1 for a
    prefecture), the first to be kept first; `places`: name, kind, lon, lat of the sites and other places.
    """
    box = None if points is None else _box(points)
    shown = communes if box is None else communes.iloc[np.sort(communes.sindex.query(box))]
    contours = shown.geometry[shown.geometry.notna()].to_numpy()
    if box is not None and len(shown) > _MOST_COMMUNES:  # seen from so far, names are enough
        shown, contours = shown.loc[shown["population"].fillna(0).nlargest(_MOST_COMMUNES).index], contours[:0]
    across = 0.0 if box is None else box.bounds[3] - box.bounds[1]
    light = shapely.coverage_simplify(contours, max(_TOLERANCE_DEG, across / _STEPS_ACROSS))
    places = []
    for frame in facilities.values():
        near = frame
        if points is not None and box is not None:
            near = frame.iloc[frame.sindex.query(box)]
            far = shapely.distance(near.geometry.to_numpy(), shapely.Point(points.mean(axis=0)))
            near = near.iloc[np.argsort(far, kind="stable")[:_MOST_PLACES]]
        places += facility_records(near)
    return {
        "communes": _areas(light),
        "names": _names(shown),
        "places": places,
    }


def _box(points: NDArray[np.float64]) -> shapely.Polygon:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum(_MARGIN * (high - low), _LEAST_MARGIN_DEG)
    box: shapely.Polygon = shapely.box(*(low - margin), *(high + margin))
    return box


def _is_prefecture(communes: pd.DataFrame) -> NDArray[np.bool_]:
    return communes.index.isin(_prefectures())


@cache
def _prefectures() -> pd.Index:
    seats = embedded_centralities()
    return seats.index[seats["prefecture"].astype(bool)]


def _residents(communes: pd.DataFrame) -> NDArray[np.int64]:
    return communes["population"].to_numpy(np.float64, na_value=0.0).astype(np.int64)


def _named_from(communes: pd.DataFrame) -> NDArray[np.float64]:
    """Return the zoom from which each commune is named."""
    least, since = (np.array(column, np.float64) for column in zip(*reversed(_NAMED_FROM), strict=True))
    zoom = np.array([_LAST_ZOOM, *since])[np.searchsorted(least, _residents(communes), side="right")]
    return np.where(_is_prefecture(communes), 0.0, zoom)


def _names(communes: pd.DataFrame) -> list[list[Any]]:
    prefecture = _is_prefecture(communes).astype(int)
    columns = (
        communes["name"].to_numpy(object),
        communes["lat"].to_numpy(np.float64).round(4),
        communes["lon"].to_numpy(np.float64).round(4),
        _named_from(communes),
        prefecture,
    )
    first = np.lexsort((-_residents(communes), -prefecture))
    return [list(row) for row in zip(*(column[first].tolist() for column in columns), strict=True)]


def _areas(shapes: NDArray[Any]) -> list[list[list[int]]]:
    """Return the rings of each polygon of some shapes."""
    parts = shapely.get_parts(shapes)
    rings, polygon = shapely.get_rings(parts[shapely.get_type_id(parts) == _POLYGON], return_index=True)
    areas: list[list[list[int]]] = [[] for _ in range(polygon[-1] + 1 if len(polygon) else 0)]
    for of, steps in zip(polygon.tolist(), _steps(rings), strict=True):
        areas[of].append(steps)
    return areas


def _steps(lines: NDArray[Any]) -> list[list[int]]:
    """Return each line as steps of whole units."""
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    places = np.rint(coordinates[:, ::-1] * UNITS_PER_DEG).astype(np.int64)
    first = np.searchsorted(line, np.arange(len(lines)))
    steps = np.diff(places, axis=0, prepend=0)
    steps[first] = places[first]
    flat, bounds = steps.ravel().tolist(), [*(2 * first).tolist(), 2 * len(steps)]
    return [flat[start:end] for start, end in pairwise(bounds)]
