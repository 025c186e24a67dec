"""Vector layers (GeoJSON, GeoPackage, shapefile, FlatGeobuf, GeoParquet), zipped or not.

A file may hold several layers: an archive of shapefiles, a GeoPackage with every administrative
level. `find_layers` lists them, the reader of each dataset picks its own, `read_layer` reads one.
"""

from __future__ import annotations

import gzip
import json
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from geo.crs import WGS84, require_crs, transformer
from geo.errors import SourceError
from geo.sources.archives import require_bounded, require_regular
from geo.storage import shown_path
from geo.text_columns import each_text

if TYPE_CHECKING:
    from collections.abc import Collection

#: How each format begins. Checked before GDAL opens a file: GDAL would otherwise recognise any of
#: its many formats from the content, some of which point to other files or addresses.
_BEGINNINGS: Final = {
    ".geojson": b"{",
    ".json": b"{",
    ".gpkg": b"SQLite format 3\x00",
    ".shp": b"\x00\x00\x27\x0a",
    ".fgb": b"fgb\x03fgb",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
}
_PARQUET: Final = (".parquet", ".geoparquet")
_GEOJSON: Final = (".geojson", ".json", ".gz")
#: What GDAL may take a file for: formats that hold their data themselves.
_DRIVERS: Final = frozenset({"ESRI Shapefile", "GPKG", "GeoJSON", "FlatGeobuf"})
_HEAD_BYTES: Final = 64
#: A list of one text, written as text.
_LIST_OF_ONE: Final = re.compile(r"""\[\s*["']([^"']*)["']\s*\]""", re.ASCII)
#: Tables of a GeoPackage that hold their rows. A view, a virtual table or a computed column is a program of the file's
#: author, which may never end, as may a view that stands where GDAL looks for a spatial index.
_PLAIN_TABLES: Final = """
    SELECT name FROM sqlite_master AS found
    WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
    AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(found.name) WHERE hidden > 0)
    AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'view' AND name LIKE 'rtree%')
"""
#: Most rows of a GeoParquet, which may pack any number of equal ones in a few bytes. All roads of France: 30 million.
_MAX_PARQUET_ROWS: Final = 50_000_000

_UNREADABLE: Final = (
    RuntimeError,  # pyogrio and pyproj errors
    UnboundLocalError,  # pyogrio, where GDAL cannot write down a system of coordinates
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
    format holds a single one; `columns` the names of its attributes; `geometry_type` what its shapes are ("Point",
    "LineString", "3D Polygon"...; "Unknown": any); `crs` their system as text, `None` if not said.
    """

    dataset: str
    name: str | None
    columns: tuple[str, ...]
    geometry_type: str
    crs: str | None

    @property
    def label(self) -> str:
        """Name to show, and to recognise the layer by: the layer's own, else the file's without its suffix."""
        return self.name or Path(self.dataset).name.split(".")[0]


def find_layers(path: Path, source: str) -> list[Layer]:
    """List the layers with geometry of a file.

    `path`: A `.geojson`, `.json`, `.gpkg`, `.shp`, `.fgb`, `.parquet` or `.geoparquet` file; a `.gz` of a GeoJSON; a
    `.zip` that holds such files (GeoParquet aside) at any depth.

    Raises
    ------
    SourceError
        The file is absent, damaged, cut short, of another format, swells too much when unpacked
        (`geo.sources.archives.require_bounded`), or holds no layer.
    """
    require_regular(path, source)
    if path.is_dir():
        found = f"{source} : « {shown_path(path)} » est un dossier."
        msg = f"{found} Donnez le fichier de la couche (.gpkg, .shp...) ou son .zip."
        raise SourceError(msg)
    if not path.is_file():
        msg = f"{source} : le fichier « {path.name} » est absent. Vérifiez son chemin."
        raise SourceError(msg)
    require_bounded(path, source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged file is reported below
            layers = [layer for dataset in _datasets(path) for layer in _layers_of(dataset, source)]
    except SourceError:
        raise
    except _UNREADABLE as error:
        raise _unreadable(path.name, source, error) from error
    if not layers:
        msg = (
            f"{source} : aucune couche trouvée dans « {path.name} ». Un fichier GeoJSON (ou .geojson.gz), GeoPackage, "
            f"shapefile, FlatGeobuf ou GeoParquet est attendu, seul ou dans une archive .zip. "
            f"Décompressez les archives .7z ; d'un GeoPackage, exportez les vues en couches."
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

    `columns`: Lower-case names of the only columns to read; names that the layer lacks are ignored. `None`: all.
    `bounds`: (west, south, east, north) in degrees: only features that meet this box are read.

    Returns
    -------
    Columns in lower case, in the layer's own CRS. The index, named `row`, is the row as a spreadsheet shows it
    (header = 1). A feature without geometry, or with one that cannot be decoded, has a null geometry.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # undecodable geometries become null, which callers report by row
            kept = None if columns is None else [name for name in layer.columns if name.lower() in columns]
            box = None if bounds is None or layer.crs is None else _box_in(layer.crs, bounds)
            read = _read_parquet if layer.dataset.lower().endswith(_PARQUET) else _read_gdal
            frame = read(layer, kept, box)
    except _UNREADABLE as error:
        raise _unreadable(layer.label, source, error) from error
    if not isinstance(frame, gpd.GeoDataFrame):  # no feature has a geometry
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([None] * len(frame), index=frame.index), crs=WGS84)
    frame = frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
    frame.columns = frame.columns.str.lower()
    require_crs(frame, source)
    return frame.rename_axis("row").loc[:, ~frame.columns.duplicated()]


def first_column(frame: pd.DataFrame, names: Collection[str]) -> str | None:
    """Return the first of `names` that `frame` has, `None` if it has none."""
    return next((name for name in names if name in frame.columns), None)


def plain_texts(values: pd.Series) -> pd.Series:
    """Return the values of a layer's column as text (dtype "string"), stripped; <NA> where nothing is written.

    Some portals give every value as a list: one of a single value is that value, of others they are joined by "; ".
    Bytes that are no text say nothing.
    """
    if not isinstance(values.dtype, pd.StringDtype):
        lists = values.map(lambda value: isinstance(value, (list, tuple, np.ndarray)))
        if lists.any():
            values = values.where(~lists, values[lists].map(lambda value: "; ".join(str(each) for each in value)))
        values = values.map(lambda value: _decoded(value) if isinstance(value, bytes) else value)
    return each_text(values, _plain_text)


def _decoded(value: bytes) -> str | None:
    """Return the text that bytes are, `None` where they are a picture or anything else."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _plain_text(text: str) -> str | None:
    text = text.strip()
    alone = _LIST_OF_ONE.fullmatch(text)
    return (alone[1] if alone else text) or None


def _datasets(path: Path) -> list[str]:
    """List what GDAL can open in a file, after a look at how each begins."""
    suffix = path.suffix.lower()
    if suffix != ".zip":
        zipped = path.name.lower().endswith((".geojson.gz", ".json.gz"))
        with (gzip.open if zipped else open)(path, "rb") as stream:
            head = stream.read(_HEAD_BYTES)
        recognised = _recognised(".geojson" if zipped else suffix, head, path.stat().st_size)
        return [f"{'/vsigzip/' if zipped else ''}{path.resolve()}"] if recognised else []
    found = []
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.lower().endswith(tuple(_BEGINNINGS.keys() - _PARQUET)):
                with archive.open(member) as stream:
                    head = stream.read(_HEAD_BYTES)
                if _recognised(Path(member.filename).suffix, head, member.file_size):
                    # Braces tell GDAL where the archive's own path ends.
                    found.append(f"/vsizip/{{{path.resolve()}}}/{member.filename}")
    return found


def _recognised(suffix: str, head: bytes, size: int) -> bool:
    """Tell whether a file begins as its suffix says; raise `ValueError` for a shapefile that was cut short."""
    expected = _BEGINNINGS.get(suffix.lower())
    if expected is None or not head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(expected):
        return False
    if suffix.lower() == ".shp" and size < 2 * int.from_bytes(head[24:28], "big"):  # its length in 16-bit words
        msg = "shapefile cut short"  # GDAL would give null geometries
        raise ValueError(msg)
    return True


def _layers_of(dataset: str, source: str) -> list[Layer]:
    import pyogrio  # noqa: PLC0415 - GDAL is 30 MB, which the app needs only for a visitor's layer

    if dataset.lower().endswith(_PARQUET):
        n_rows = pq.read_metadata(dataset).num_rows
        if n_rows > _MAX_PARQUET_ROWS:
            msg = (
                f"{source} : « {Path(dataset).name} » contient {n_rows / 1e6:.0f} millions de lignes, au plus "
                f"{_MAX_PARQUET_ROWS / 1e6:.0f} sont attendus. Ne gardez que les lignes de votre territoire."
            )
            raise SourceError(msg)
        geometry, crs = _parquet_geometry(dataset)
        names = [name for name in pq.read_schema(dataset).names if name != geometry["name"]]
        types = geometry.get("geometry_types") or ["Unknown"]
        return [Layer(dataset, None, tuple(names), ", ".join(types), crs)]
    if dataset.lower().endswith(_GEOJSON):
        return [_gdal_layer(dataset, None)]
    names = [name for name, geometry_type in pyogrio.list_layers(dataset) if geometry_type]
    if dataset.lower().endswith(".gpkg"):
        plain = pyogrio.read_dataframe(dataset, sql=_PLAIN_TABLES, read_geometry=False)["name"].str.lower()
        names = [name for name in names if name.lower() in set(plain)]
    return [_gdal_layer(dataset, name) for name in names]


def _gdal_layer(dataset: str, name: str | None) -> Layer:
    import pyogrio  # noqa: PLC0415 - as above

    info = pyogrio.read_info(dataset, layer=name)
    if info["driver"] not in _DRIVERS:
        msg = f"format {info['driver']} not accepted"
        raise ValueError(msg)
    return Layer(dataset, name, tuple(map(str, info["fields"])), str(info["geometry_type"]), info["crs"])


def _parquet_geometry(dataset: str) -> tuple[dict[str, Any], str | None]:
    """Return what a GeoParquet file says of its main geometry column, its `name` included, and its system."""
    said = json.loads((pq.read_schema(dataset).metadata or {})[b"geo"])
    geometry = said["columns"][said["primary_column"]] | {"name": said["primary_column"]}
    crs = geometry.get("crs", WGS84)
    return geometry, None if crs is None else pyproj.CRS.from_user_input(crs).to_string()


def _box_in(crs: str, bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the box of another system that holds a box of degrees."""
    to_layer = transformer(WGS84, crs)
    box: tuple[float, float, float, float] = to_layer.transform_bounds(*bounds)
    return box


def _read_gdal(
    layer: Layer, columns: list[str] | None, box: tuple[float, float, float, float] | None
) -> gpd.GeoDataFrame:
    import pyogrio  # noqa: PLC0415 - as above

    options: dict[str, Any] = {"layer": layer.name, "columns": columns}
    # GeoJSON has no spatial index, and its features may have identifiers that are not their rank.
    indexed = box is not None and not layer.dataset.lower().endswith(_GEOJSON)
    if indexed:
        options |= {"bbox": box, "fid_as_index": True}
    try:
        frame = pyogrio.read_dataframe(layer.dataset, use_arrow=True, **options)
        texts = frame.select_dtypes("string")
        for position in range(texts.shape[1]):  # by position: names may be repeated
            pa.array(texts.iloc[:, position].array).validate(
                full=True
            )  # text is only decoded when used, too late to report
    except pa.ArrowException:  # not UTF-8: a shapefile in Latin-1 that does not say so, or a damaged file
        frame = pyogrio.read_dataframe(layer.dataset, use_arrow=False, **options)
    if indexed:
        first_id = 1 if layer.dataset.lower().endswith(".gpkg") else 0
        return frame.set_axis(frame.index - first_id + 2)
    return _meeting(frame.set_axis(pd.RangeIndex(2, len(frame) + 2)), box)


def _read_parquet(
    layer: Layer, columns: list[str] | None, box: tuple[float, float, float, float] | None
) -> gpd.GeoDataFrame:
    geometry, _ = _parquet_geometry(layer.dataset)
    frame = gpd.read_parquet(layer.dataset, columns=None if columns is None else [*columns, geometry["name"]])
    return _meeting(frame.set_axis(pd.RangeIndex(2, len(frame) + 2)), box)


def _meeting(frame: gpd.GeoDataFrame, box: tuple[float, float, float, float] | None) -> gpd.GeoDataFrame:
    """Return the rows of a frame that meet a box of its own system."""
    if box is None or not isinstance(frame, gpd.GeoDataFrame):
        return frame
    return frame[frame.intersects(shapely.box(*box))]


def _unreadable(name: str, source: str, error: BaseException) -> SourceError:
    if isinstance(error, UnicodeDecodeError):
        return SourceError(
            f"{source} : les textes de « {name} » ne sont pas dans l'encodage annoncé. "
            f"Ajoutez ou corrigez le fichier .cpg (par exemple ISO-8859-1 ou UTF-8)."
        )
    return SourceError(
        f"{source} : « {name} » est abîmé, incomplet ou d'un autre format que son nom. Téléchargez-le à nouveau "
        f"(un .shp va avec ses .shx, .dbf et .prj) ou enregistrez la couche en GeoPackage."
    )
