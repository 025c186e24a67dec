"""Whether the tables found in a folder can be those of a saved territory: a damaged or foreign folder is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.crs import WGS84
from geo.kinds import KINDS
from geo.schemas import CELL_DTYPES, COMMUNE_CODE, COMMUNE_DTYPES, FACILITY_DTYPES
from geo.sources.permanences import PERMANENCE_COLUMNS

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.territory import Territory

#: What is kept of the communes around the study area.
NEIGHBOUR_COLUMNS: Final = ("name", "departement", "postcodes", "population", "lon", "lat")

_AREAS: Final = ("Polygon", "MultiPolygon")
_MANIFEST_KEYS: Final = frozenset(
    {"built_on", "sources", "network", "notes", "notes_communes", "rejected", "rejected_count"}
)


def require_stored(territory: Territory) -> None:
    """Raise `ValueError`, `KeyError` or `TypeError` unless this can be what `Territory.save` wrote."""
    _require_table(territory.communes, COMMUNE_DTYPES, _AREAS)
    if not territory.communes.index.astype("string").str.fullmatch(COMMUNE_CODE).all():
        raise ValueError(territory.communes.index)
    for table in territory.facilities.values():
        if len(table):
            _require_table(table, FACILITY_DTYPES, ("Point",))
            if not table["kind"].isin(KINDS).all() or table[["facility_id", "name"]].isna().any(axis=None):
                raise ValueError(table["kind"].unique())
    if territory.cells is not None:
        _require_table(territory.cells, CELL_DTYPES, ("Point",))
        if not territory.cells["commune_code"].isin(territory.communes.index).all():
            raise ValueError(territory.cells["commune_code"])
    for name in NEIGHBOUR_COLUMNS:
        if territory.neighbours[name].dtype != COMMUNE_DTYPES[name]:
            raise ValueError(name)
    if territory.permanences is not None:
        territory.permanences[list(PERMANENCE_COLUMNS)].astype(dict.fromkeys(("start_min", "end_min"), "int64"))
    if missing := _MANIFEST_KEYS - territory.manifest.keys():
        raise KeyError(missing)


def _require_table(frame: gpd.GeoDataFrame, dtypes: dict[str, str], shapes: tuple[str, ...]) -> None:
    """Raise `ValueError` unless a table read from a saved territory can be the one that was written.

    Its columns, types, index and shapes are looked at, not each value: the full check takes seconds.

    Parameters
    ----------
    frame
        Table with its geometry.
    dtypes
        Type of each column.
    shapes
        Types of geometry that it may have.
    """
    wrong = [name for name, dtype in dtypes.items() if name not in frame.columns or str(frame[name].dtype) != dtype]
    if wrong or not frame.index.is_unique or not frame.columns.is_unique or frame.empty:
        raise ValueError(wrong)
    if frame.crs is None or frame.crs.to_epsg() != int(WGS84.removeprefix("EPSG:")):
        raise ValueError(frame.crs)
    if not frame.geometry.geom_type.isin(shapes).all():
        raise ValueError(shapes)
