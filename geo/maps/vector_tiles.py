"""Vector tiles of areas that share their borders (Mapbox Vector Tile 2.1, one gzip file a tile)."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Zoom -> detail left out, degrees: less than half a pixel. Beyond the last zoom its tiles are drawn larger: their grid
#: is of 26 m at 46 degrees north, finer than the contours.
TOLERANCES_DEG: Final[Mapping[int, float]] = {4: 0.02, 5: 0.01, 6: 0.005, 7: 0.0025, 8: 0.001}
#: Property of each area: its position in the series given.
POSITION: Final = "i"

#: No tile is to lose areas or precision: the driver's limits are put out of reach.
_MAX_TILE_BYTES: Final = 50_000_000
_MAX_TILE_AREAS: Final = 1_000_000


def write_tiles(areas: gpd.GeoSeries, folder: Path, layer: str) -> None:
    """Write ``{zoom}/{column}/{row}.pbf`` of all zooms of `TOLERANCES_DEG` into a new folder, each tile in gzip.

    `areas`: Polygons in EPSG:4326 that share their borders, valid. `layer`: Name of the layer in the tiles.

    Notes
    -----
    Areas are simplified together, once for each zoom, so that no gap opens between two of them; the simplification of
    the driver, area by area, is off. Each has one property, `POSITION`.
    """
    folder.mkdir(parents=True)
    for zoom, tolerance in TOLERANCES_DEG.items():
        frame = gpd.GeoDataFrame(
            {POSITION: np.arange(len(areas))},
            geometry=shapely.coverage_simplify(areas.to_numpy(), tolerance),
            crs=areas.crs,
        )
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            written = Path(beside) / "tiles"
            _write_zoom(frame, written, layer, zoom)
            (written / str(zoom)).rename(folder / str(zoom))


def _write_zoom(frame: gpd.GeoDataFrame, folder: Path, layer: str, zoom: int) -> None:
    import pyogrio  # noqa: PLC0415 - the app, which serves the tiles, needs no GDAL

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # the driver warns of what it leaves out
            pyogrio.write_dataframe(
                frame,
                folder,
                driver="MVT",
                layer=layer,
                dataset_options={
                    "FORMAT": "DIRECTORY",
                    "MINZOOM": str(zoom),
                    "MAXZOOM": str(zoom),
                    "MAX_SIZE": str(_MAX_TILE_BYTES),
                    "MAX_FEATURES": str(_MAX_TILE_AREAS),
                    "SIMPLIFICATION": "0",
                    "SIMPLIFICATION_MAX_ZOOM": "0",
                },
            )
    except (RuntimeError, RuntimeWarning, pyogrio.errors.DataSourceError) as error:
        msg = (
            f"Tuiles de la carte : la couche « {layer} » ne peut pas être écrite au zoom {zoom}. Vérifiez l'espace "
            f"disponible, et que cette version de GDAL écrit des tuiles (pilote MVT)."
        )
        raise SourceError(msg) from error
