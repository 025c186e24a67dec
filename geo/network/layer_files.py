"""Opening a road layer: any vector file, zipped or not, and the layer of it that holds the roads."""

from __future__ import annotations

import logging
import warnings
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import pyproj

from geo.crs import WGS84, require_crs
from geo.errors import CrsError, Fault, MaillageError, NetworkError, ParameterError, SchemaError, SourceError
from geo.network.road_layers import layer_profile, recognise_profile
from geo.sources.provenance import checksum

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.network.road_layers import LayerProfile

_log = logging.getLogger(__name__)

_VECTOR_SUFFIXES: Final = (".shp", ".gpkg", ".geojson", ".json", ".fgb")
_PARQUET_SUFFIXES: Final = (".parquet", ".geoparquet")
#: What GDAL may open: formats that hold their data themselves and point to no other file.
_DRIVERS: Final = frozenset({"ESRI Shapefile", "GPKG", "GeoJSON", "GeoJSONSeq", "FlatGeobuf"})
#: Parts of the names of geometry types that may hold lines.
_LINE_TYPES: Final = ("LineString", "Curve", "Unknown", "Collection")


@dataclass(frozen=True, slots=True)
class RoadLayer:
    """A road line layer as read.

    `frame`: its rows, the index naming each as its file does (feature id); it has a CRS. `profile`:
    what its columns mean. `file`: name of the file. `sha256`: its checksum, `None` for a frame.
    """

    frame: gpd.GeoDataFrame
    profile: LayerProfile
    file: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class _FileLayer:
    """A layer inside a data set that GDAL can open."""

    dataset: str
    name: str
    columns: Sequence[str]
    geometry_type: str


def read_layer(
    source: Path | str | gpd.GeoDataFrame, profile: str | None = None, area: BaseGeometry | None = None
) -> RoadLayer:
    """Read the road lines of a file, or take those of a frame.

    Parameters
    ----------
    source
        Shapefile, GeoPackage, GeoJSON, FlatGeobuf (each zipped or not), GeoParquet, or a frame. Where
        several layers are of one profile (a region's roads in two shapefiles), all are read.
    profile
        Key of the layer profile; `None`: recognised from the columns.
    area
        Longitude and latitude: only lines whose envelope touches its envelope need be read.

    Raises
    ------
    SourceError, SchemaError, CrsError, NetworkError, ParameterError
        As `geo.network.road_lines.read_road_lines`.
    """
    wanted = None if profile is None else layer_profile(profile)
    if isinstance(source, gpd.GeoDataFrame):
        return _from_frame(source, wanted, "table fournie", None)
    if not isinstance(source, (str, Path)):
        msg = f"Couche de routes : un fichier ou une table géographique est attendu, {type(source).__name__} trouvé."
        raise ParameterError(msg)
    path = Path(source)
    if path.is_dir():
        msg = f"« {path.name} » est un dossier. Donnez le fichier de la couche (.shp, .gpkg, .geojson...) ou son .zip."
        raise SourceError(msg)
    sha256 = checksum(path)
    if path.suffix.lower() in _PARQUET_SUFFIXES:
        with _readable(path.name):
            frame = gpd.read_parquet(path)
        return _from_frame(frame, wanted, path.name, sha256)
    return _from_file(path, wanted, area, sha256)


@contextmanager
def _readable(file: str) -> Iterator[None]:
    """Turn what the reading libraries say of a damaged file into a `SourceError`; log their warnings."""
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            yield
        for warning in said:
            _log.warning("%s: %s", file, warning.message)
    except MaillageError:
        raise
    except UnicodeDecodeError as error:
        msg = (
            f"« {file} » : les textes ne sont pas dans l'encodage annoncé. "
            f"Ajoutez ou corrigez le fichier .cpg (par exemple ISO-8859-1 ou UTF-8)."
        )
        raise SourceError(msg) from error
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, pa.ArrowException) as error:
        msg = (
            f"« {file} » est illisible : fichier vide, abîmé ou d'un autre format que son nom. "
            f"Téléchargez-le à nouveau (un .shp va avec ses .shx, .dbf et .prj) ou exportez la couche en GeoPackage."
        )
        raise SourceError(msg) from error


def _from_frame(frame: gpd.GeoDataFrame, wanted: LayerProfile | None, file: str, sha256: str | None) -> RoadLayer:
    columns = [str(name) for name in frame.columns]
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise SchemaError(file, [Fault(f"colonne présente plusieurs fois : {name}") for name in repeated])
    profile = recognise_profile(columns, file) if wanted is None else wanted
    if frame.active_geometry_name is None:
        raise SchemaError(file, [Fault("aucune colonne de géométrie")], "Donnez une couche de lignes.")
    require_crs(frame, file)
    return RoadLayer(frame.rename(columns=str), profile, file, sha256)


def _from_file(path: Path, wanted: LayerProfile | None, area: BaseGeometry | None, sha256: str) -> RoadLayer:
    with _readable(path.name):
        layers = [layer for dataset in _datasets(path) for layer in _layers(dataset)]
    lines = [layer for layer in layers if any(part in layer.geometry_type for part in _LINE_TYPES)]
    if not lines:
        found = ", ".join(sorted({layer.geometry_type for layer in layers})) or "aucune couche"
        raise SchemaError(path.name, [Fault(f"une couche de lignes est attendue, trouvé : {found}")])
    profile, roads = _road_layers(lines, wanted, path.name)
    with _readable(path.name):
        parts = [_read(layer, profile, area) for layer in roads]
    for part in parts:
        require_crs(part, path.name)
        if part.crs != parts[0].crs:
            msg = (
                f"{path.name} : les couches n'ont pas le même système de coordonnées ({parts[0].crs.to_string()}, "
                f"{part.crs.to_string()}). Donnez une couche par territoire."
            )
            raise CrsError(msg)
    # The columns of every part are those of the profile, in its order.
    frame = parts[0] if len(parts) == 1 else pd.concat(parts)
    return RoadLayer(frame, profile, path.name, sha256)


def _datasets(path: Path) -> list[str]:
    """Return what GDAL should open: the file itself, or the vector files inside a zip."""
    suffix = path.suffix.lower()
    if suffix in _VECTOR_SUFFIXES:
        return [str(path)]
    if suffix != ".zip":
        read = ", ".join((*_VECTOR_SUFFIXES, *_PARQUET_SUFFIXES, ".zip"))
        unpack = " Décompressez d'abord l'archive." if suffix in {".7z", ".rar", ".tar", ".gz"} else ""
        msg = f"« {path.name} » : format inconnu. Formats lus : {read}.{unpack}"
        raise SourceError(msg)
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if name.lower().endswith(_VECTOR_SUFFIXES)]
    if not members:
        msg = f"« {path.name} » : aucun fichier {', '.join(_VECTOR_SUFFIXES)} dans l'archive."
        raise SourceError(msg)
    # Braces tell GDAL where the archive's own path ends.
    return [f"/vsizip/{{{path.absolute()}}}/{member}" for member in members]


def _layers(dataset: str) -> list[_FileLayer]:
    """List the layers of a data set that have a geometry."""
    layers = []
    for name, geometry_type in pyogrio.list_layers(dataset):
        if geometry_type is None:
            continue
        info = pyogrio.read_info(dataset, layer=name)
        if info["driver"] not in _DRIVERS:
            msg = f"format {info['driver']} non accepté"
            raise ValueError(msg)
        layers.append(_FileLayer(dataset, str(name), [str(column) for column in info["fields"]], str(geometry_type)))
    return layers


def _road_layers(
    lines: list[_FileLayer], wanted: LayerProfile | None, file: str
) -> tuple[LayerProfile, list[_FileLayer]]:
    """Return the profile of a file's roads and the layers that fit it."""
    if wanted is not None:
        fits = [layer for layer in lines if not wanted.missing(layer.columns)]
        if not fits:
            nearest = min(lines, key=lambda layer: len(wanted.missing(layer.columns)))
            faults = [Fault(f"colonne absente : {name}") for name in wanted.missing(nearest.columns)]
            raise SchemaError(file, faults, f"Ces colonnes sont attendues pour {wanted.name}.")
        return wanted, fits
    recognised: dict[str, tuple[LayerProfile, list[_FileLayer]]] = {}
    refused = None
    for layer in lines:
        source = file if len(lines) == 1 else f"{file} (couche « {layer.name} »)"
        try:
            profile = recognise_profile(layer.columns, source)
        except SchemaError as error:
            refused = refused or error
        else:
            recognised.setdefault(profile.key, (profile, []))[1].append(layer)
    if not recognised and refused is not None:
        raise refused
    if len(recognised) > 1:
        names = ", ".join(f"« {fits[0].name} » ({key})" for key, (_, fits) in recognised.items())
        msg = f"{file} : plusieurs sortes de couches de routes : {names}. Indiquez le profil de couche voulu."
        raise NetworkError(msg)
    return next(iter(recognised.values()))


def _read(layer: _FileLayer, profile: LayerProfile, area: BaseGeometry | None) -> gpd.GeoDataFrame:
    """Read the geometry and the columns that the profile knows."""
    bbox: Any = None
    crs = pyogrio.read_info(layer.dataset, layer=layer.name)["crs"]
    if area is not None and crs is not None:
        bbox = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True).transform_bounds(*area.bounds)
    return pyogrio.read_dataframe(
        layer.dataset,
        layer=layer.name,
        columns=sorted(set(profile.found(layer.columns).values())),
        bbox=bbox,
        force_2d=True,
        fid_as_index=True,
    )
