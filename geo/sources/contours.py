"""Contours of the communes of all of France as one file, made at set-up and read by whoever draws or builds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from geo.crs import WGS84
from geo.errors import SourceError
from geo.storage import replacing_file

if TYPE_CHECKING:
    from pathlib import Path

#: Name of the file in its folder (GeoParquet: `code`, `geometry`).
CONTOURS_FILE: Final = "contours.parquet"

#: Detail left out, degrees (about 50 m); the contours of the IGN at hand have a vertex every 500 m.
_TOLERANCE_DEG: Final = 0.0005
_AREA_TYPES: Final = (3, 6)
#: No longitude nor latitude is beyond.
_FARTHEST_DEG: Final = (180, 90, 180, 90)


def as_coverage(contours: gpd.GeoSeries) -> gpd.GeoSeries:
    """Simplify contours together, so that shared borders stay shared.

    `contours`: Polygons in EPSG:4326, valid, of any index; neighbours may overlap a little.

    Returns
    -------
    Those that have an area, without overlap, on the same index, EPSG:4326; one that others cover whole is left out.
    """
    kept = contours[shapely.area(contours.to_numpy()) > 0]
    cleaned = shapely.coverage_clean(kept.to_numpy())  # type: ignore[attr-defined]  # its types are older
    simplified = shapely.coverage_simplify(cleaned, _TOLERANCE_DEG)
    coverage = gpd.GeoSeries(simplified, index=kept.index, crs=kept.crs)
    return coverage[~coverage.is_empty]


def united(contours: gpd.GeoSeries, codes: object) -> gpd.GeoSeries:
    """Return the outline of each group of a coverage, by code: `codes` are those of the contours, in their order."""
    outlines = contours.groupby(codes).apply(lambda shapes: shapely.coverage_union_all(shapes.to_numpy()))
    return gpd.GeoSeries(outlines, crs=contours.crs).sort_index()


def write_contours(contours: gpd.GeoSeries, folder: Path) -> Path:
    """Write contours indexed by commune code (EPSG:4326) into a folder; return the file."""
    frame = gpd.GeoDataFrame({"code": contours.index.astype("string")}, geometry=contours.to_numpy(), crs=contours.crs)
    path = folder / CONTOURS_FILE
    with replacing_file(path) as beside:
        frame.to_parquet(beside, index=False, compression="zstd", write_covering_bbox=True, schema_version="1.1.0")
    return path


def has_contours(folder: Path) -> bool:
    """Tell whether the set-up could have the contours of the communes of France."""
    return (folder / CONTOURS_FILE).is_file()


def read_contours(folder: Path) -> gpd.GeoSeries | None:
    """Read the contours of the communes of France.

    `folder`: Where the set-up writes them (`Settings.france_dir`).

    Returns
    -------
    Polygons in EPSG:4326 indexed by commune code, sorted, valid and without overlap; a commune that is not there has
    no known contour. `None` where the set-up could not have them.

    Raises
    ------
    SourceError
        The file is there and cannot be read, or is not one of contours.
    """
    if not has_contours(folder):
        return None
    path = folder / CONTOURS_FILE
    try:
        frame = gpd.read_parquet(path, columns=["code", "geometry"])
        usable = frame.crs == WGS84 and frame["code"].is_unique and bool(frame["code"].notna().all())
        usable = usable and _are_contours(frame.geometry)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException, ShapelyError, CRSError) as error:
        raise _unusable(path) from error
    if not usable:
        raise _unusable(path)
    contours: gpd.GeoSeries = frame.set_index("code").geometry.rename_axis("commune_code").sort_index()
    return contours


def _are_contours(geometry: gpd.GeoSeries) -> bool:
    """Tell whether there are geometries, all of them valid areas in degrees."""
    shapes = geometry.to_numpy()
    areas = np.isin(shapely.get_type_id(shapes), _AREA_TYPES) & ~shapely.is_empty(shapes)
    return bool(
        len(shapes)
        and areas.all()
        and (np.abs(shapely.bounds(shapes)) <= _FARTHEST_DEG).all()
        and shapely.is_valid(shapes).all()
    )


def _unusable(path: Path) -> SourceError:
    return SourceError(
        f"Contours des communes : « {path.name} » est abîmé ou n'a pas le contenu attendu (code, contour en degrés). "
        f"Supprimez le dossier « {path.parent.name} » et relancez « make setup »."
    )
