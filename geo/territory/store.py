"""A study area in a folder: written beside its place and then renamed; a damaged or foreign folder is refused."""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.crs import WGS84
from geo.errors import MaillageError, SourceError
from geo.kinds import KINDS
from geo.network.modes import ACTIVE_MODES
from geo.network.road_network import RoadNetwork
from geo.schemas import CELL_DTYPES, COMMUNE_CODE, COMMUNE_DTYPES, FACILITY_DTYPES
from geo.sealed import require_whole, seal
from geo.sources.permanences import PERMANENCE_COLUMNS
from geo.sources.rounds import ROUND_DTYPES
from geo.storage import replacing_folder
from geo.territory.manifest import Manifest
from geo.territory.study_area import NEIGHBOUR_COLUMNS, StudyArea
from geo.transit.schedule import Schedule

if TYPE_CHECKING:
    from pathlib import Path

#: File by which a folder is known to hold a whole country (`geo.territory.country`).
COUNTRY_MARKER: Final = "parts.json"

#: File by which a folder is known to hold a territory.
TERRITORY_MARKER: Final = "manifest.json"

_FORMAT: Final = 4
_COMMUNES: Final = "communes.parquet"
_NEIGHBOURS: Final = "neighbours.parquet"
_CELLS: Final = "cells.parquet"
_PERMANENCES: Final = "permanences.parquet"
_ROUNDS: Final = "rounds.parquet"
_HOUSEHOLDS: Final = "households.parquet"
_OUTLINES: Final = "neighbour_outlines.parquet"
_NETWORK: Final = "network"
_TIMETABLE: Final = "timetable"

#: What reading a damaged folder may raise.
_UNREADABLE: Final = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError),
    pa.ArrowException,
)
_AREAS: Final = ("Polygon", "MultiPolygon")


def save_area(area: StudyArea, manifest: Manifest, path: Path) -> None:
    """Write a study area and its manifest to a folder; a former one there is replaced.

    Raises
    ------
    SourceError
        The folder cannot be written, or holds something that is not a territory.
    """
    with replacing_folder(path, marker=TERRITORY_MARKER) as folder:
        area.communes.to_parquet(folder / _COMMUNES)
        for number, table in enumerate(area.facilities.values()):
            table.to_parquet(_list_file(folder, number))
        area.neighbours.to_parquet(folder / _NEIGHBOURS)
        for file, optional in ((_CELLS, area.cells), (_OUTLINES, area.neighbour_outlines), (_ROUNDS, area.rounds)):
            if optional is not None:
                optional.to_parquet(folder / file)
        for file, table in ((_PERMANENCES, area.permanences), (_HOUSEHOLDS, area.households)):
            if table is not None:
                table.to_parquet(folder / file)
        (folder / _NETWORK).mkdir()
        area.network.save(folder / _NETWORK)
        for mode, network in area.active.items():
            (folder / f"{_NETWORK}-{mode}").mkdir()
            network.save(folder / f"{_NETWORK}-{mode}")
        if area.schedule is not None:
            (folder / _TIMETABLE).mkdir()
            area.schedule.save(folder / _TIMETABLE)
        saved = {
            "format": _FORMAT,
            "facilities": list(area.facilities),
            "active": list(area.active),
            "timetable": area.schedule is not None,
            "contours_approximate": area.contours_approximate,
            "manifest": manifest.to_dict(),
        }
        (folder / TERRITORY_MARKER).write_text(json.dumps(saved, ensure_ascii=False, indent=1), encoding="utf-8")
        seal(folder)


def load_area(folder: Path) -> tuple[StudyArea, Manifest]:
    """Return what `save_area` wrote; raise `SourceError` where the folder holds something else, or is damaged.

    A territory saved before files had checksums is of an older format, and refused: nothing tells its damage.
    """
    if (folder / COUNTRY_MARKER).is_file():
        msg = (
            f"« {folder.name} » : ce dossier est la France entière, seuls « maillage diagnose » et "
            f"« maillage plan » la lisent. "
            f"Donnez le dossier d'un département, écrit par « maillage build --departement »."
        )
        raise SourceError(msg)
    if not (folder / TERRITORY_MARKER).is_file():
        msg = (
            f"« {folder.name} » n'est pas un territoire enregistré (pas de {TERRITORY_MARKER}). "
            f"Donnez un dossier écrit par « maillage build »."
        )
        raise SourceError(msg)
    try:
        saved = json.loads((folder / TERRITORY_MARKER).read_text(encoding="utf-8"))
        if saved["format"] != _FORMAT:
            msg = (
                f"« {folder.name} » est au format {saved['format']}, format {_FORMAT} attendu. "
                f"Reconstruisez-le avec « maillage build »."
            )
            raise SourceError(msg)
        return _read(folder, saved, require_whole(folder))
    except MaillageError:
        raise
    except _UNREADABLE as error:
        msg = (
            f"Le territoire enregistré dans « {folder.name} » est illisible ou incomplet. "
            f"Reconstruisez-le avec « maillage build »."
        )
        raise SourceError(msg) from error


def _read(folder: Path, saved: dict[str, Any], written: frozenset[str]) -> tuple[StudyArea, Manifest]:
    manifest = Manifest.of_dict(saved["manifest"])
    lists = saved["facilities"]
    in_order = [name for name in manifest.facilities if name in lists]
    if not lists or lists != in_order or saved["contours_approximate"] is not manifest.contours_approximate:
        raise ValueError(lists)
    area = StudyArea(
        name=manifest.territory,
        departement=manifest.departement,
        communes=_as_built(_read_layer(folder / _COMMUNES)),
        facilities={name: _read_layer(_list_file(folder, number)) for number, name in enumerate(saved["facilities"])},
        network=RoadNetwork.load(folder / _NETWORK),
        cells=_cells(folder / _CELLS) if _CELLS in written else None,
        neighbours=_as_built(pd.read_parquet(folder / _NEIGHBOURS)),
        contours_approximate=saved["contours_approximate"],
        permanences=pd.read_parquet(folder / _PERMANENCES) if _PERMANENCES in written else None,
        households=pd.read_parquet(folder / _HOUSEHOLDS) if _HOUSEHOLDS in written else None,
        rounds=_read_layer(folder / _ROUNDS) if _ROUNDS in written else None,
        outline_neighbours=partial(_outlines, _read_layer(folder / _OUTLINES) if _OUTLINES in written else None),
        active={mode: RoadNetwork.load(folder / f"{_NETWORK}-{mode}") for mode in _active(saved)},
        schedule=Schedule.load(folder / _TIMETABLE) if saved.get("timetable", False) else None,
    )
    _require_stored(area)
    return area, manifest


def _as_built(rows: Any) -> Any:
    """Return rows whose codes are texts of the type that they were saved with: pandas reads an index as another."""
    return rows.set_axis(rows.index.astype("string"))


def _outlines(read: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    return read


def _read_layer(path: Path) -> gpd.GeoDataFrame:
    """Read a layer as `geopandas.read_parquet` does, at once where its system is the one that `save_area` writes.

    GeoPandas asks PROJ what the description of that system is: 20 ms a layer, most of what loading a territory took.
    """
    with pq.ParquetFile(path) as file:
        described = (file.schema_arrow.metadata or {}).get(b"geo", b"{}")
        if _system_of(described) != _system_as_written():
            return gpd.read_parquet(path)
        frame = file.read().to_pandas()
    name = json.loads(described)["primary_column"]
    frame[name] = shapely.from_wkb(frame[name])
    return gpd.GeoDataFrame(frame, geometry=name, crs=WGS84)


def _system_of(described: bytes) -> object:
    """Return the system of the only geometries of a layer, kept as WKB, from what it says of itself; else `None`."""
    (column, *others) = json.loads(described).get("columns", {"": {}}).values()
    return column["crs"] if not others and column.get("encoding") == "WKB" else None


@cache
def _system_as_written() -> object:
    """Return the system of a layer in degrees as GeoPandas writes it."""
    stream = pa.BufferOutputStream()
    gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=WGS84).to_parquet(stream)
    return _system_of(pq.read_schema(pa.BufferReader(stream.getvalue())).metadata[b"geo"])


def _cells(path: Path) -> gpd.GeoDataFrame:
    """Read cells; those saved before the standard of living was read have none that is known."""
    cells = _read_layer(path)
    return cells.assign(**{name: np.nan for name in ("share_poor", "living_standard_eur") if name not in cells})


def _active(saved: dict[str, Any]) -> list[str]:
    """Return the modes that have a network of their own; territories saved before there were any have none."""
    modes: list[str] = saved.get("active", [])
    if not set(modes) <= set(ACTIVE_MODES):
        raise ValueError(modes)
    return modes


def _list_file(folder: Path, number: int) -> Path:
    return folder / f"facilities-{number}.parquet"


def _require_stored(area: StudyArea) -> None:
    """Raise `ValueError`, `KeyError` or `TypeError` unless these can be the tables that `save_area` wrote."""
    _require_table(area.communes, COMMUNE_DTYPES, _AREAS)
    if not area.communes.index.astype("string").str.fullmatch(COMMUNE_CODE).all():
        raise ValueError(area.communes.index)
    for table in area.facilities.values():
        if len(table):
            _require_table(table, FACILITY_DTYPES, ("Point",))
            if not table["kind"].isin(KINDS).all() or table[["facility_id", "name"]].isna().any(axis=None):
                raise ValueError(table["kind"].unique())
    if area.cells is not None:
        _require_table(area.cells, CELL_DTYPES, ("Point",))
        if not area.cells["commune_code"].isin(area.communes.index).all():
            raise ValueError(area.cells["commune_code"])
    for name in NEIGHBOUR_COLUMNS:
        if area.neighbours[name].dtype != COMMUNE_DTYPES[name]:
            raise ValueError(name)
    if area.rounds is not None and len(area.rounds):
        _require_table(area.rounds, ROUND_DTYPES, ("Point",))
    if area.households is not None:
        area.households[["households", "share_carless"]].astype("float64")
    if area.permanences is not None:
        area.permanences[list(PERMANENCE_COLUMNS)].astype(dict.fromkeys(("start_min", "end_min"), "int64"))


def _require_table(frame: gpd.GeoDataFrame, dtypes: dict[str, str], shapes: tuple[str, ...]) -> None:
    """Raise `ValueError` unless a table read from a saved territory can be the one that was written.

    Its columns, types, index and shapes are looked at, not each value: the full check takes seconds.

    `shapes`: Types of geometry that it may have.
    """
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    wrong = [name for name, dtype in dtypes.items() if types.get(name) != dtype]
    if wrong or not frame.index.is_unique or not frame.columns.is_unique or frame.empty:
        raise ValueError(wrong)
    if frame.crs is None or frame.crs.to_epsg() != int(WGS84.removeprefix("EPSG:")):
        raise ValueError(frame.crs)
    if not frame.geometry.geom_type.isin(shapes).all():
        raise ValueError(shapes)
