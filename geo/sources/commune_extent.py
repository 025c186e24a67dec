"""Whether contours of communes lie where their codes say: within the extent of their legal projection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import pyproj

from geo.crs import departement_of, metric_crs

if TYPE_CHECKING:
    import geopandas as gpd

#: Contours may pass the published extent of their legal projection by this much, in degrees.
_EXTENT_MARGIN: Final = 1.0


def in_departement(raw: gpd.GeoDataFrame) -> pd.Series:
    """Tell which contours lie within the extent of their département's projection.

    `raw`: Contours in degrees, with their `code` (<NA> where unknown: those lie nowhere).

    Returns
    -------
    bool, same index.
    """
    projection = raw["code"].map(lambda code: metric_crs(departement_of(code)), na_action="ignore")
    bounds = raw.bounds
    inside = pd.Series(data=False, index=raw.index)
    for name in projection.dropna().unique():
        extent = pyproj.CRS(name).area_of_use
        west, south, east, north = extent.bounds if extent else (-180.0, -90.0, 180.0, 90.0)
        inside |= (
            (projection == name)
            & (bounds["minx"] >= west - _EXTENT_MARGIN)
            & (bounds["maxx"] <= east + _EXTENT_MARGIN)
            & (bounds["miny"] >= south - _EXTENT_MARGIN)
            & (bounds["maxy"] <= north + _EXTENT_MARGIN)
        )
    return inside
