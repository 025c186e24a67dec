"""Vector layers (GeoJSON, GeoPackage, shapefile, GeoParquet), zipped or not.

A file may hold several layers: an archive of shapefiles, a GeoPackage with every administrative
level. `find_layers` lists them, the reader of each dataset picks its own, `read_layer` reads one.
"""

from __future__ import annotations

import gzip
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from geo.crs import WGS84, require_crs
from geo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection

#: How each format begins. Checked before GDAL opens a file: GDAL would otherwise recognise any of
#: its many formats from the content, some of which point to other files or addresses.
_BEGINNINGS: Final = {
    ".geojson": b"{",
    ".json": b"{",
    ".gpkg": b"SQLite format 3\x00",
    ".shp": b"\x00\x00\x27\x0a",
    ".parquet": b"PAR1",
}
_PARQUET: Final = (".parquet", ".geoparquet")
#: Formats with one layer per file.
_SINGLE: Final = (*_PARQUET, ".geojson", ".json", ".gz")

_UNREADABLE: Final = (
    RuntimeError,  # pyogrio and pyproj errors
    ValueError,
    KeyError,
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    pa.ArrowException,
    shapely.errors.ShapelyError,
)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a file.

    `dataset` is what GDAL opens (a path, maybe inside an archive); `name` the layer's name in it, `None` where the
    format holds a single one.
    """

    dataset: str
    name: str | None

    @property
    def label(self) -> str:
        """Name to show, and to recognise the layer by: the layer's own, else the file's without its suffix."""
        return self.name or Path(self.dataset).name.split(".")[0]


def find_layers(path: Path, source: str) -> list[Layer]:
    """List the layers with geometry of a file.

    Parameters
    ----------
    path
        A `.geojson`, `.json`, `.gpkg`, `.shp`, `.parquet` or `.geoparquet` file; a `.gz` of a GeoJSON;
        a `.zip` that holds such files at any depth.
    source
        French name of the data, which begins the messages.

    Raises
    ------
    SourceError
        The file is absent, damaged, of another format, or holds no layer.
    """
    if not path.is_file():
        msg = f"{source} : le fichier « {path.name} » est absent. Vérifiez son chemin."
        raise SourceError(msg)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged file is reported below
            layers = [layer for dataset in _datasets(path) for layer in _layers_of(dataset)]
    except _UNREADABLE as error:
        raise _unreadable(path.name, source) from error
    if not layers:
        msg = (
            f"{source} : aucune couche trouvée dans « {path.name} ». Un fichier GeoJSON (ou .geojson.gz), GeoPackage, "
            f"shapefile ou GeoParquet est attendu, seul ou dans une archive .zip. Décompressez les archives .7z."
        )
        raise SourceError(msg)
    return layers


def read_layer(
    layer: Layer,
    source: str,
    *,
    columns: Collection[str] | None = None,
    bounds: tuple[float, float, float, float] | None = None,
) -> gpd.GeoDataFrame:
    """Read one layer.

    Parameters
    ----------
    layer
        From `find_layers`.
    source
        French name of the data, which begins the messages.
    columns
        Lower-case names of the only columns to read; names that the layer lacks are ignored. `None`: all.
    bounds
        (west, south, east, north) in degrees: only features that meet this box are read.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns in lower case, in the layer's own CRS. The index, named `row`, is the row as a spreadsheet shows it
        (header = 1). A feature without geometry, or with one that cannot be decoded, has a null geometry.

    Raises
    ------
    SourceError
        The layer is damaged, or its text is in no known encoding.
    CrsError
        The layer does not say its CRS (GeoJSON without one is WGS84).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # undecodable geometries become null, which callers report by row
            read = _read_parquet if layer.dataset.lower().endswith(_PARQUET) else _read_gdal
            frame = read(layer, columns, bounds)
    except _UNREADABLE as error:
        raise _unreadable(layer.label, source) from error
    if not isinstance(frame, gpd.GeoDataFrame):  # no feature has a geometry
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([None] * len(frame), index=frame.index), crs=WGS84)
    frame = frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
    frame.columns = frame.columns.str.lower()
    require_crs(frame, source)
    return frame.rename_axis("row").loc[:, ~frame.columns.duplicated()]


def first_column(frame: pd.DataFrame, names: Collection[str]) -> str | None:
    """Return the first of `names` that `frame` has, `None` if it has none."""
    return next((name for name in names if name in frame.columns), None)


def _datasets(path: Path) -> list[str]:
    """List what GDAL can open in a file, after a look at how each begins."""
    if path.suffix.lower() != ".zip":
        stem_suffix = Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
        open_file = gzip.open if path.suffix.lower() == ".gz" else open
        with open_file(path, "rb") as stream:
            recognised = _begins_as(stem_suffix, stream.read(64))
        prefix = "/vsigzip/" if path.suffix.lower() == ".gz" else ""
        return [f"{prefix}{path.resolve()}"] if recognised else []
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            suffix = Path(name).suffix.lower()
            if suffix in _BEGINNINGS and suffix != ".parquet":
                with archive.open(name) as stream:
                    if _begins_as(suffix, stream.read(64)):
                        found.append(f"/vsizip/{{{path.resolve()}}}/{name}")
    return found


def _begins_as(suffix: str, head: bytes) -> bool:
    expected = _BEGINNINGS.get(".parquet" if suffix in _PARQUET else suffix)
    return expected is not None and head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(expected)


def _layers_of(dataset: str) -> list[Layer]:
    if dataset.lower().endswith(_SINGLE):  # listing its layers would parse the whole file
        return [Layer(dataset, None)]
    return [Layer(dataset, name) for name, geometry_type in pyogrio.list_layers(dataset) if geometry_type is not None]


def _read_gdal(
    layer: Layer, columns: Collection[str] | None, bounds: tuple[float, float, float, float] | None
) -> gpd.GeoDataFrame:
    options: dict[str, Any] = {"layer": layer.name}
    if columns is not None or bounds is not None:
        info = pyogrio.read_info(layer.dataset, layer=layer.name)
        if columns is not None:
            options["columns"] = [name for name in info["fields"] if name.lower() in columns]
        if bounds is not None and info["crs"] is not None:
            box = gpd.GeoSeries([shapely.box(*bounds)], crs=WGS84).segmentize(0.1).to_crs(info["crs"])
            options |= {"bbox": tuple(box.total_bounds), "fid_as_index": True}
    try:
        frame = pyogrio.read_dataframe(layer.dataset, use_arrow=True, **options)
        for name in frame.select_dtypes("string"):
            pa.array(frame[name].array).validate(full=True)  # text is only decoded when used, too late to report
    except pa.ArrowException:  # not UTF-8: a shapefile in Latin-1 that does not say so, or a damaged file
        frame = pyogrio.read_dataframe(layer.dataset, use_arrow=False, **options)
    first_id = 1 if layer.dataset.lower().endswith(".gpkg") else 0
    frame.index = frame.index - first_id + 2 if "bbox" in options else pd.RangeIndex(2, len(frame) + 2)
    return frame


def _read_parquet(
    layer: Layer, columns: Collection[str] | None, bounds: tuple[float, float, float, float] | None
) -> gpd.GeoDataFrame:
    frame = gpd.read_parquet(layer.dataset)
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    if columns is not None:
        kept = [name for name in frame.columns if name.lower() in columns or name == frame.geometry.name]
        frame = frame[kept]
    if bounds is not None and frame.crs is not None:
        frame = frame[frame.intersects(gpd.GeoSeries([shapely.box(*bounds)], crs=WGS84).to_crs(frame.crs).iloc[0])]
    return frame


def _unreadable(name: str, source: str) -> SourceError:
    return SourceError(
        f"{source} : « {name} » est abîmé ou n'est pas dans un format ou un encodage connu. Un fichier GeoJSON, "
        f"GeoPackage, shapefile (avec .dbf, .shx et .prj) ou GeoParquet est attendu. Téléchargez-le à nouveau."
    )
