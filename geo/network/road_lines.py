"""Any layer of road lines as a routable network: BD TOPO, ROUTE 500, Geofabrik."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import WGS84, metric_crs_at, transformer
from geo.errors import CrsError, NetworkError, ParameterError
from geo.french import agreed, format_integer, format_number
from geo.network import speeds
from geo.network.assemble import Segments, assemble_network
from geo.network.layer_files import read_road_layer
from geo.network.noding import node_lines
from geo.network.origin import NetworkSource
from geo.network.road_layers import interpret

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pyproj
    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork

_log = logging.getLogger(__name__)

#: Ends farther apart than this are not one crossing by any reading of the data, metres.
MAX_TOLERANCE_M: Final = 10.0
#: A layer with more lines without a shape than this, in share and in number, was cut short.
_MISSING_SHARE: Final = 0.05
_MISSING_COUNT: Final = 10
_LINE_TYPE_IDS: Final = (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING)


def read_road_lines(
    source: Path | str | gpd.GeoDataFrame,
    profile: str | None = None,
    *,
    speed_profile: speeds.SpeedProfile | str = speeds.DEFAULT_PROFILE,
    tolerance_m: float | None = None,
    area: BaseGeometry | None = None,
) -> RoadNetwork:
    """Read a layer of road lines into a routable network.

    Parameters
    ----------
    source
        Shapefile, GeoPackage, GeoJSON, FlatGeobuf or GeoParquet file, zipped or not, or a frame in
        memory. Of several layers the one (or the parts of one) that is a known road layer is read.
    profile
        Key of the layer profile (``road_layers.toml``); `None`: recognised from the columns.
    speed_profile
        Speed profile or its name.
    tolerance_m
        Points within this distance are one crossing, metres; `None`: the profile's.
    area
        Only lines that touch this geometry (longitude and latitude, EPSG:4326) are read; `None`: all.

    Returns
    -------
    The network, in the metric system of its place. Its notes count the lines left out, by reason.

    Raises
    ------
    SourceError
        The file cannot be read.
    SchemaError
        No layer is a known road layer; says which columns are missing.
    CrsError
        The layer does not say its system, or lies outside France.
    NetworkError
        Several kinds of road layers, many lines without a shape, or no road that a car may use.
    ParameterError
        An option is outside what is accepted.

    Examples
    --------
    >>> import geopandas
    >>> from shapely import LineString
    >>> street = geopandas.GeoDataFrame(
    ...     {"nature": ["Secondary"], "lanes_nb": [2]},
    ...     geometry=[LineString([(330000, 6250000), (330900, 6250000)])],
    ...     crs="EPSG:2154",
    ... )
    >>> read_road_lines(street).n_nodes
    2
    """
    speed = speeds.speed_profile(speed_profile) if isinstance(speed_profile, str) else speed_profile
    if tolerance_m is not None and not 0 <= tolerance_m <= MAX_TOLERANCE_M:
        msg = f"Tolérance de {format_number(tolerance_m)} m : une valeur de 0 à {MAX_TOLERANCE_M:.0f} m est attendue."
        raise ParameterError(msg)
    if area is not None:
        _check_area(area)

    layer = read_road_layer(source, profile, area)
    tolerance = layer.profile.tolerance_m if tolerance_m is None else tolerance_m
    roads = interpret(layer.frame, layer.profile, speed, layer.file)
    notes = [f"{agreed(len(layer.frame), 'ligne(s) lue(s)')}.", *roads.notes]
    kept = np.flatnonzero(roads.kept)
    lines, row, crs = _metric_lines(layer.frame.geometry.iloc[kept], layer.file, notes)
    row = kept[row]
    if area is not None:
        inside = shapely.intersects(lines, _project(area, WGS84, crs))
        lines, row = lines[inside], row[inside]
    repeated = _repeated(lines, roads.forward_kmh[row], roads.backward_kmh[row])
    _note(notes, repeated.sum(), "en double, gardée(s) une fois")
    lines, row = lines[~repeated], row[~repeated]

    noded = node_lines(lines, layer.profile.noding, tolerance)
    _note(notes, len(lines) - len(np.unique(noded.line)), "sans longueur, ignorée(s)")
    if not len(noded.source):
        msg = (
            f"{layer.file} : aucune route praticable en voiture n'a été trouvée. {' '.join(notes)} "
            f"Vérifiez que la couche contient des routes et qu'elle couvre le territoire."
        )
        raise NetworkError(msg)
    where = "aux sommets qu'elles partagent" if layer.profile.noding == "vertices" else "à leurs extrémités"
    notes.append(f"Les routes se rejoignent {where}, à {format_number(tolerance)} m près.")
    _log.debug("%s: %d segments between %d points", layer.file, len(noded.source), len(noded.point_x))
    row = row[noded.line]
    segments = Segments(
        source=noded.source,
        target=noded.target,
        length_m=noded.length_m,
        forward_kmh=roads.forward_kmh[row],
        backward_kmh=roads.backward_kmh[row],
        snappable=roads.snappable[row],
        coords=noded.coords,
        offsets=noded.offsets,
        minor=roads.road_class[row] == "service",
    )
    origin = NetworkSource(
        name=layer.profile.name,
        file=layer.file,
        licence=layer.profile.licence or None,
        sha256=layer.sha256,
        notes=tuple(notes),
    )
    return assemble_network(segments, noded.point_x, noded.point_y, crs, speed, source=origin)


def _note(notes: list[str], count: int, what: str) -> None:
    if count:
        notes.append(f"{agreed(count, f'ligne(s) {what}')}.")


def _check_area(area: BaseGeometry) -> None:
    """Raise `ParameterError` unless an area is a geometry in degrees."""
    if not isinstance(area, BaseGeometry) or area.is_empty:
        msg = "Zone d'étude : une géométrie non vide est attendue."
        raise ParameterError(msg)
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 - degrees
        msg = (
            f"Zone d'étude : des longitudes et latitudes sont attendues ({WGS84}), l'emprise trouvée est "
            f"{west:.0f}, {south:.0f}, {east:.0f}, {north:.0f}. Reprojetez la zone."
        )
        raise ParameterError(msg)


def _metric_lines(
    geometry: gpd.GeoSeries, source: str, notes: list[str]
) -> tuple[NDArray[np.object_], NDArray[np.int64], str]:
    """Return simple flat lines in the metric system of their place, and the row each comes from.

    Multi-part lines are taken apart; heights are dropped. What is left out is counted in `notes`;
    a layer that lost many of its shapes raises `NetworkError`.
    """
    shapes = shapely.force_2d(np.asarray(geometry.array, object))
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if missing.sum() > max(_MISSING_COUNT, _MISSING_SHARE * len(shapes)):
        msg = (
            f"{source} : {agreed(missing.sum(), 'ligne(s) sans géométrie')} sur {format_integer(len(shapes))}. "
            f"Le fichier est sans doute incomplet : téléchargez-le à nouveau."
        )
        raise NetworkError(msg)
    _note(notes, missing.sum(), "sans géométrie, ignorée(s)")
    lines, row = shapely.get_parts(shapes[~missing], return_index=True)
    row = np.flatnonzero(~missing)[row]
    is_line = np.isin(shapely.get_type_id(lines), _LINE_TYPE_IDS)
    _note(notes, (~is_line).sum(), "dont la géométrie n'est pas une ligne, ignorée(s)")
    lines, row = lines[is_line], row[is_line]

    crs = _metric_crs(lines, geometry.crs, source)
    if geometry.crs.to_epsg() != int(crs.removeprefix("EPSG:")):
        lines = _project(lines, geometry.crs, crs)
    coords, line_of = shapely.get_coordinates(lines, return_index=True)
    broken = np.zeros(len(lines), bool)
    broken[line_of[~np.isfinite(coords).all(axis=1)]] = True
    _note(notes, broken.sum(), "aux coordonnées impossibles, ignorée(s)")
    return lines[~broken], row[~broken], crs


def _metric_crs(lines: NDArray[np.object_], crs: pyproj.CRS, source: str) -> str:
    """Return the metric system of the place where most lines are; raise `CrsError` outside France."""
    coords = shapely.get_coordinates(lines)
    coords = coords[np.isfinite(coords).all(axis=1)]
    if not len(coords):
        return "EPSG:2154"
    x, y = np.median(coords, axis=0)
    lon, lat = transformer(crs, WGS84).transform(x, y)
    metric = metric_crs_at(lon, lat)
    if metric is None:
        msg = (
            f"{source} : la couche se trouve hors de France (vers x = {x:.1f}, y = {y:.1f} en {crs.name}). "
            f"Vérifiez que le système de coordonnées annoncé est bien celui des données."
        )
        raise CrsError(msg)
    return metric


def _project(geometry: Any, source: Any, target: str) -> Any:
    to_target: Any = transformer(source, target).transform
    return shapely.transform(geometry, to_target, interleaved=False)


def _repeated(
    lines: NDArray[np.object_], forward_kmh: NDArray[np.float64], backward_kmh: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which lines an earlier line already says: same shape, same speeds."""
    said = pd.DataFrame({"shape": shapely.to_wkb(lines), "forward": forward_kmh, "backward": backward_kmh})
    return said.duplicated().to_numpy()
