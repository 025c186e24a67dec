"""Layers of a GeoPackage, looked at once written: GDAL builds the index as it closes, and keeps its failure silent."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd


def write_layer(
    frame: gpd.GeoDataFrame | pd.DataFrame, path: Path, layer: str, *, geometry_type: str | None = None
) -> None:
    """Write a table as a layer of a GeoPackage, beside those that it has; one without shapes has no index.

    `geometry_type`: What its shapes are, where it may have no row.

    Raises
    ------
    OSError
        The disk is full, were it only for the index.

    Examples
    --------
    >>> import geopandas as gpd, shapely, tempfile
    >>> from pathlib import Path
    >>> points = gpd.GeoDataFrame({"name": ["Espelette"]}, geometry=[shapely.Point(-1.44, 43.34)], crs="EPSG:4326")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_layer(points, Path(folder) / "places.gpkg", "places")
    ...     gpd.read_file(Path(folder) / "places.gpkg")["name"].tolist()
    ['Espelette']
    """
    import pyogrio  # noqa: PLC0415 - screens need no GDAL before they write a file

    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", geometry_type=geometry_type)
    with closing(sqlite3.connect(path)) as base:
        rows = base.execute(f'SELECT count(*) FROM "{layer}"').fetchone()[0]  # noqa: S608 - a name of ours
        indexed = base.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE ?", (f"rtree_{layer}_geom_update%",))
        whole = rows == len(frame) and ("geometry" not in frame or indexed.fetchone()[0] > 0)
    if not whole:
        raise OSError(errno.ENOSPC, "layer cut short", path.name)
