"""Priority zones: communes classed France Ruralités Revitalisation (FRR), and priority urban districts (QPV 2024)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.errors import CrsError, Fault, SchemaError
from geo.sources.commune_codes import normalise_codes
from geo.sources.contour_repair import TANGLED, repair_contours
from geo.sources.delimited import read_delimited, require_columns
from geo.sources.facility_table import OPEN_LICENCE
from geo.sources.layers import find_layers, read_layer
from geo.sources.provenance import Provenance, SourceTable, names_its_file, rejected_rows, rejection_faults

if TYPE_CHECKING:
    from pathlib import Path

FRR: Final = "Communes FRR"
QPV: Final = "Quartiers prioritaires (QPV)"

#: What the publisher writes for a commune that is not classed.
_NOT_CLASSED: Final = ("-9999", "-9999.0")
_QPV_COLUMNS: Final = ("code_qp", "lib_qp", "insee_dep")


@names_its_file
def read_frr(path: Path) -> SourceTable:
    """Read which communes are classed FRR.

    `path`: Delimited text with the columns `codgeo`, `libgeo` and `codefrr`, all communes listed; -9999 or nothing
    means not classed.

    Returns
    -------
    `frame`: the classed communes, indexed by `commune_code` ("string"), columns `name` and `frr_class` ("string",
    as published).

    Raises
    ------
    SchemaError
        A column is missing, or no row can be used.

    Notes
    -----
    Observatoire des territoires (ANCT), classification in force since 1 July 2024. Licence Ouverte.
    """
    notes: list[str] = []
    table = read_delimited(path, FRR, notes)
    table.columns = table.columns.str.lower()
    require_columns(table, ("codgeo", "libgeo", "codefrr"), FRR)
    code = normalise_codes(table["codgeo"])
    reason = pd.Series(pd.NA, index=table.index, dtype="string")
    reason = reason.mask(code.isna(), "code de commune « " + table["codgeo"].fillna("") + " » non reconnu")
    reason = reason.mask(reason.isna() & code.duplicated(), "commune déjà lue")
    rejected = rejected_rows(table.index, table["codgeo"], reason)
    if reason.notna().all():
        raise SchemaError(FRR, rejection_faults(rejected), "Donnez le fichier codgeo;libgeo;codefrr de l'ANCT.")
    classed = reason.isna() & table["codefrr"].notna() & ~table["codefrr"].isin(_NOT_CLASSED)
    frame = pd.DataFrame({"name": table["libgeo"], "frr_class": table["codefrr"]})[classed].set_index(
        pd.Index(code[classed], dtype="string", name="commune_code")
    )
    provenance = Provenance.of_file(
        path, FRR, vintage=None, licence=OPEN_LICENCE, rows_read=len(table), rows_kept=int(reason.isna().sum())
    )
    return SourceTable(frame, provenance, rejected, tuple(notes))


@names_its_file
def read_qpv(path: Path) -> SourceTable:
    """Read the contours of priority urban districts.

    `path`: A layer of polygons (GeoJSON, GeoPackage, shapefile; zipped or not) with the columns `code_qp`, `lib_qp` and
    `insee_dep`. Several layers in one archive (one a projection, say) are read together.

    Returns
    -------
    `frame`: index 0..n-1, `code_qp` ("string", unique), `name`, `departement` ("string"), polygons in EPSG:4326.

    Raises
    ------
    SchemaError
        A column is missing, or no district can be used.

    Notes
    -----
    Agence nationale de la cohésion des territoires, QPV 2024 (decrees 2023-1314 and 2024-1212). Licence Ouverte.
    """
    layers = [layer for layer in find_layers(path, QPV) if "code_qp" in {name.lower() for name in layer.columns}]
    if not layers:
        raise SchemaError(QPV, [Fault("colonne « code_qp » absente")], "Donnez les contours des QPV 2024 de l'ANCT.")
    read = []
    for layer in layers:
        table = read_layer(layer, QPV, columns=_QPV_COLUMNS)
        require_columns(table, _QPV_COLUMNS, QPV)
        try:
            read.append(table.to_crs(WGS84).reset_index())
        except RuntimeError as error:  # pyproj
            msg = f"{QPV} : le système {table.crs.to_string()} ne mène pas à {WGS84}. Reprojetez la couche."
            raise CrsError(msg) from error
    districts = gpd.GeoDataFrame(pd.concat(read, ignore_index=True), crs=WGS84)
    code = districts["code_qp"].astype("string").str.strip().replace("", pd.NA)
    shape = districts.geometry
    flat = ~shape.geom_type.isin(["Polygon", "MultiPolygon"]) | shape.is_empty
    reason = pd.Series(pd.NA, index=districts.index, dtype="string")
    reason = reason.mask(code.isna(), "code de quartier absent")
    reason = reason.mask(reason.isna() & flat, "contour absent ou qui n'est pas une surface")
    coordinates, owner = shapely.get_coordinates(shape.array, return_index=True)
    impossible = districts.index.isin(owner[~(np.abs(coordinates) <= (180, 90)).all(axis=1)])
    reason = reason.mask(reason.isna() & impossible, "contour hors de la Terre ou de coordonnées illisibles")
    repaired = repair_contours(shape.where(reason.isna(), None).to_numpy())
    reason = reason.mask(reason.isna() & repaired.tangled, TANGLED)
    collapsed = shapely.is_empty(repaired.shapes)
    reason = reason.mask(reason.isna() & collapsed, "contour absent ou qui n'est pas une surface")
    rejected = rejected_rows(districts["row"], code, reason)
    # The same district in two projections is read once.
    kept = reason.isna() & ~code.duplicated()
    if not kept.any():
        raise SchemaError(QPV, rejection_faults(rejected), "Donnez les contours des QPV 2024 de l'ANCT.")
    frame = gpd.GeoDataFrame(
        {
            "code_qp": code[kept],
            "name": districts["lib_qp"].astype("string")[kept],
            "departement": districts["insee_dep"].astype("string")[kept],
        },
        geometry=repaired.shapes[kept.to_numpy()],
        crs=WGS84,
    ).reset_index(drop=True)
    provenance = Provenance.of_file(
        path, QPV, vintage="2024", licence=OPEN_LICENCE, rows_read=len(districts), rows_kept=len(frame)
    )
    return SourceTable(frame, provenance, rejected)
