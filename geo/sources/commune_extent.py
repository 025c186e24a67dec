"""Whether contours of communes lie where their codes say: within the extent of their legal projection."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj
import shapely

from geo.crs import departement_of, metric_crs
from geo.text_columns import text_list

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

#: Contours may pass the published extent of their legal projection by this much, in degrees.
_EXTENT_MARGIN: Final = 1.0


@cache
def _extent(crs: str) -> tuple[float, float, float, float]:
    """Return the published extent of a projection, in degrees: west, south, east, north."""
    extent = pyproj.CRS(crs).area_of_use
    return extent.bounds if extent else (-180.0, -90.0, 180.0, 90.0)


def in_departement(raw: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which contours lie within the extent of their département's projection.

    `raw`: Contours in degrees, with their `code` (<NA> where unknown: those lie nowhere).

    Returns
    -------
    bool, one a row.
    """
    codes = text_list(raw["code"])
    projection = np.array([code and metric_crs(departement_of(code)) for code in codes], dtype=object)
    minx, miny, maxx, maxy = shapely.bounds(raw.geometry.to_numpy()).T
    inside = np.zeros(len(raw), dtype=bool)
    for name in set(projection) - {None}:
        west, south, east, north = _extent(name)
        inside |= (
            (projection == name)
            & (minx >= west - _EXTENT_MARGIN)
            & (maxx <= east + _EXTENT_MARGIN)
            & (miny >= south - _EXTENT_MARGIN)
            & (maxy <= north + _EXTENT_MARGIN)
        )
    return inside
