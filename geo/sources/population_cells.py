"""Population cells: INSEE's 200 m and 1 km grids (Filosofi), each cell given to the commune it lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyproj
import shapely

from geo.crs import WGS84, metric_crs, transformer
from geo.errors import Fault, SchemaError, SourceError
from geo.french import agreed, format_integer, format_percent
from geo.schemas import CELL_COLUMNS, check_cells
from geo.sources.facility_table import OPEN_LICENCE
from geo.sources.layers import find_layers, first_column, read_layer
from geo.sources.provenance import Provenance, SourceTable, names_its_file, rejected_rows, rejection_faults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SOURCE: Final = "Carreaux de population"

#: Lower-case column names, finest grid first: a 200 m file also says in which 1 km cell each one lies.
ID_COLUMNS: Final = ("idcar_200m", "idinspire", "idcar_nat", "idcar_1km", "id_carr1km", "id_car2010", "id")
POPULATION_COLUMNS: Final = ("ind", "ind_c", "population", "pop")
#: Communes that INSEE sees in a cell, five characters each, without separator.
COMMUNES_COLUMN: Final = "lcog_geo"
#: Residents aged 65 to 79, and 80 or more.
ELDERLY_COLUMNS: Final = ("ind_65_79", "ind_80p")
#: Households, those under the poverty line, and the standards of living of the residents added up, euros a year.
HOUSEHOLDS_COLUMN: Final = "men"
POOR_COLUMN: Final = "men_pauv"
LIVING_COLUMN: Final = "ind_snv"
_SOCIAL: Final = (*ELDERLY_COLUMNS, HOUSEHOLDS_COLUMN, POOR_COLUMN, LIVING_COLUMN)
_WANTED: Final = frozenset({*ID_COLUMNS, *POPULATION_COLUMNS, *_SOCIAL, COMMUNES_COLUMN})

#: ``CRS3035RES200mN2029800E4252400``: EPSG code, side in metres, south and west edges in metres.
_ID_PATTERN: Final = r"^CRS(?P<epsg>\d{4,5})RES(?P<side>\d{2,6})mN(?P<south>-?\d{1,8})E(?P<west>-?\d{1,8})$"

#: Around the study area, so that cells that straddle its edge are read, in degrees (about 2 km).
_MARGIN: Final = 0.025
#: No projected metre of the Earth is beyond this: such a shape is broken.
_COORDINATE_LIMIT_M: Final = 1e9
_HEAD_BYTES: Final = 65_536
_ADVICE: Final = "Donnez un fichier de carreaux de l'INSEE (colonnes idcar_200m ou idcar_1km, et ind)."


@names_its_file
def read_population_cells(path: Path, communes: gpd.GeoDataFrame) -> SourceTable:
    """Read the population cells of a study area.

    `path`: INSEE grid of any cell size: GeoPackage, shapefile or GeoParquet of squares (zipped or not), of which only
    the box of the study area is read where the format allows; or CSV with cell identifiers and `ind`. `communes`: As
    made by `read_communes`: contours and population of the study area.

    Returns
    -------
    `frame` meets `check_cells`: the centre of each inhabited cell, EPSG:4326, in the file's order. A cell belongs
    to the commune that holds its centre. Where none does (sea, gap between simplified contours) it goes to the
    nearest commune closer than one cell side, unless INSEE places the cell in a commune outside the study area.
    Cells of other areas are counted in the notes, not listed as rejected.

    Raises
    ------
    SchemaError
        Columns are missing, or no cell lies in the study area.

    Notes
    -----
    INSEE, Filosofi gridded data. Population is that of fiscal households: it leaves out care homes and students'
    halls, hence a total a few percent under the legal population.
    """
    bounds = shapely.box(*communes.total_bounds).buffer(_MARGIN).bounds
    if path.suffix.lower() in {".csv", ".txt"}:
        cells = _cells_from_ids(_read_csv(path), bounds)
    else:
        cells = _cells_from_layers(path, bounds, metric_crs(communes["departement"].iloc[0]))

    reason = pd.Series(pd.NA, index=cells.index, dtype="string")
    reason = reason.mask(cells.geometry.isna(), "identifiant de carreau non reconnu ou carreau sans géométrie")
    reason = reason.mask(reason.isna() & ~cells["population"].between(0, 1e6), "population absente ou négative")
    reason = reason.mask(reason.isna() & cells["cell_id"].duplicated(), "carreau déjà lu")
    rejected = rejected_rows(cells["row"], cells["cell_id"], reason)

    usable = cells[reason.isna() & (cells["population"] > 0)].reset_index(drop=True)
    usable["commune_code"], beside = _communes_of(usable, communes)
    kept = usable[usable["commune_code"].notna()].reset_index(drop=True)
    if kept.empty:
        none = Fault("aucun carreau habité dans les communes du territoire")
        raise SchemaError(SOURCE, [*rejection_faults(rejected), none], _ADVICE)

    notes = []
    if beside:
        notes.append(
            f"{agreed(beside, 'carreau(x) dont le centre est hors des contours, rattaché(s)')} à la commune voisine."
        )
    if len(kept) < len(usable):
        notes.append(f"{agreed(len(usable) - len(kept), 'carreau(x) lu(s) hors du territoire, laissé(s)')} de côté.")
    frame = check_cells(kept[[*CELL_COLUMNS, "geometry"]], SOURCE)
    notes.append(_total_note(compare_with_legal_population(frame, communes)))
    dataset = "Carreaux de population (Filosofi)"
    provenance = Provenance.of_file(
        path, dataset, vintage=None, licence=OPEN_LICENCE, rows_read=len(cells), rows_kept=len(frame)
    )
    return SourceTable(frame, provenance, rejected, tuple(notes))


def compare_with_legal_population(cells: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Compare, by commune, the population of the cells with the legal one.

    `communes`: Indexed by `commune_code`, column `population` (residents, <NA> unknown).
    `cells`: Columns `commune_code` and `population` (residents).

    Returns
    -------
    Indexed like `communes`: `population_cells` (float64, 0 where a commune has no cell), `population_legal`
    (Int64), `difference` (cells minus legal, Float64) and `ratio` (cells / legal, Float64, <NA> where the
    legal population is 0 or unknown).
    """
    counted = cells.groupby("commune_code")["population"].sum().reindex(communes.index, fill_value=0.0)
    legal = communes["population"].astype("Int64")
    return pd.DataFrame(
        {
            "population_cells": counted.astype("float64"),
            "population_legal": legal,
            "difference": counted.astype("Float64") - legal,
            "ratio": counted.astype("Float64") / legal.where(legal > 0),
        }
    )


def _total_note(comparison: pd.DataFrame) -> str:
    """Say both totals, over the communes whose legal population is known."""
    known = comparison[comparison["population_legal"].notna()]
    cells, legal = float(known["population_cells"].sum()), int(known["population_legal"].sum())
    if legal == 0:
        return "Population légale inconnue : celle des carreaux en tient lieu."
    more = "+" if cells >= legal else ""
    why = " (les carreaux ne comptent que les ménages fiscaux)" if cells < legal else ""
    return (
        f"Carreaux : {format_integer(cells)} habitants ; population légale : {format_integer(legal)} ; "
        f"écart {more}{format_percent(cells / legal - 1, 1)}{why}."
    )


def _read_csv(path: Path) -> pa.Table:
    """Read the needed columns as text; the national file has 2.3 million rows and 30 columns."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf")
        header = head.splitlines()[0].decode("latin-1") if head.strip() else ""
        delimiter = max(",;\t|", key=header.count)
        names = [name.strip().strip('"') for name in header.split(delimiter)]
        wanted = [name for name in names if name.lower() in _WANTED]
        table = pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(delimiter=delimiter),
            convert_options=pa_csv.ConvertOptions(include_columns=wanted, column_types=dict.fromkeys(wanted, "string")),
        )
        table = table.rename_columns([name.lower() for name in table.column_names])
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        msg = f"{SOURCE} : « {path.name} » est absent, vide ou n'est pas un fichier CSV lisible. {_ADVICE}"
        raise SourceError(msg) from error
    _require_columns(table.column_names)
    return table


def _cells_from_ids(table: pa.Table, bounds: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Build the cells of a box of degrees from their identifiers; unreadable identifiers are kept without geometry."""
    id_column = next(name for name in ID_COLUMNS if name in table.column_names)
    population_column = next(name for name in POPULATION_COLUMNS if name in table.column_names)
    ids = pc.utf8_trim_whitespace(table[id_column].combine_chunks())
    parts = pc.extract_regex(ids, _ID_PATTERN)
    numbers = {
        name: pd.to_numeric(pc.struct_field(parts, name).to_pandas(), errors="coerce").to_numpy(float)
        for name in ("epsg", "side", "south", "west")
    }
    x, y = numbers["west"] + numbers["side"] / 2, numbers["south"] + numbers["side"] / 2
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for epsg in np.unique(numbers["epsg"][np.isfinite(numbers["epsg"])]):
        here = numbers["epsg"] == epsg
        try:
            to_degrees = transformer(int(epsg), WGS84)
        except pyproj.exceptions.CRSError:
            continue  # not a CRS: its cells are reported as unreadable
        lon[here], lat[here] = to_degrees.transform(x[here], y[here])
    unreadable = ~(np.isfinite(lon) & np.isfinite(lat))
    west, south, east, north = bounds
    chosen = unreadable | ((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    rows = np.flatnonzero(chosen)
    chosen_ids = ids.take(pa.array(rows)).to_pandas().astype("string").reset_index(drop=True)
    chosen_population = table[population_column].take(pa.array(rows)).to_pandas()
    cells = gpd.GeoDataFrame(
        {
            "cell_id": chosen_ids,
            "population": _number(chosen_population),
            **_social(
                {name: table[name].take(pa.array(rows)).to_pandas() for name in table.column_names}, chosen_population
            ),
            "side_m": numbers["side"][rows],
            "insee_communes": _texts(table, COMMUNES_COLUMN, rows),
            "row": rows + 2,
        },
        geometry=gpd.points_from_xy(lon[rows], lat[rows], crs=WGS84),
    )
    cells.loc[unreadable[rows], "geometry"] = None
    return cells


def _number(texts: pd.Series) -> pd.Series:
    return pd.to_numeric(texts.astype("string").str.replace(",", "."), errors="coerce").astype("float64")


def _social(columns: Mapping[str, pd.Series], population: pd.Series) -> dict[str, pd.Series]:
    """Return what the grid tells of age and standard of living, NaN where it does not."""
    residents = _number(population)
    known = {name: _number(columns[name]) for name in _SOCIAL if name in columns}
    nothing = pd.Series(np.nan, index=residents.index)
    old, oldest, households, poor, living = (known.get(name, nothing) for name in _SOCIAL)
    somebody = residents.where(residents > 0)
    return {
        "share_65_plus": ((old + oldest) / somebody).clip(0, 1),
        "share_poor": (poor / households.where(households > 0)).clip(0, 1),
        "living_standard_eur": living / somebody,
    }


def _texts(table: pa.Table, name: str, rows: np.ndarray) -> pd.Series:
    if name not in table.column_names:
        return pd.Series(pd.NA, index=range(len(rows)), dtype="string")
    return pd.Series(table[name].take(pa.array(rows)).to_pandas(), dtype="string")


def _cells_from_layers(path: Path, bounds: tuple[float, float, float, float], metres: str) -> gpd.GeoDataFrame:
    """Build the cells of a box of degrees from their squares, over all layers (one per territory)."""
    read = []
    for layer in find_layers(path, SOURCE):
        squares = read_layer(layer, SOURCE, columns=_WANTED, bounds=bounds)
        _require_columns(list(squares.columns))
        squares = squares.to_crs(metres)
        absurd = ~(squares.bounds.abs().max(axis="columns") < _COORDINATE_LIMIT_M)
        squares.loc[absurd, "geometry"] = None
        identifier = squares[first_column(squares, ID_COLUMNS)].astype("string").str.strip()
        known = squares.get(COMMUNES_COLUMN, pd.Series(pd.NA, index=squares.index))
        population = pd.to_numeric(squares[first_column(squares, POPULATION_COLUMNS)], errors="coerce")
        read.append(
            gpd.GeoDataFrame(
                {
                    "cell_id": identifier,
                    "population": population.astype("float64"),
                    **_social({str(name): squares[name] for name in squares}, population),
                    "side_m": np.sqrt(squares.area),
                    "insee_communes": known.astype("string"),
                    "row": squares.index,
                },
                geometry=squares.centroid.to_crs(WGS84),
            )
        )
    return pd.concat(read, ignore_index=True)


def _require_columns(found: list[str]) -> None:
    faults = []
    if not set(ID_COLUMNS) & set(found):
        faults.append(Fault("colonne de l'identifiant de carreau absente (idcar_200m, idcar_1km...)"))
    if not set(POPULATION_COLUMNS) & set(found):
        faults.append(Fault("colonne du nombre d'habitants absente (ind)"))
    if faults:
        raise SchemaError(SOURCE, faults, _ADVICE)


def _communes_of(cells: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> tuple[pd.Series, int]:
    """Return the commune of each cell (<NA>: outside the study area), and how many were given to a neighbour."""
    contours = communes.geometry.to_numpy()
    codes = communes.index.to_numpy()
    cell, contour = shapely.STRtree(contours).query(cells.geometry.to_numpy(), predicate="intersects")
    cell, first = np.unique(cell, return_index=True)  # a centre on a shared border: the first commune
    found = pd.Series(pd.NA, index=cells.index, dtype="string")
    found.iloc[cell] = codes[contour[first]]

    homeless = cells[found.isna()]
    homeless = homeless[[_all_known(text, communes.index) for text in homeless["insee_communes"].fillna("")]]
    if homeless.empty:
        return found, 0
    projection = communes["departement"].map(metric_crs)
    for name in projection.unique():
        here = (projection == name).to_numpy()
        (cell, contour), distance = shapely.STRtree(communes.geometry[here].to_crs(name).to_numpy()).query_nearest(
            homeless.geometry.to_crs(name).to_numpy(),
            max_distance=float(homeless["side_m"].max()),
            return_distance=True,
            all_matches=False,
        )
        near = distance <= homeless["side_m"].to_numpy()[cell]
        found.loc[homeless.index[cell[near]]] = codes[here][contour[near]]
    return found, int(found[homeless.index].notna().sum())


def _all_known(insee_communes: str, index: pd.Index) -> bool:
    """Tell whether all communes that INSEE sees in a cell (five characters each) are in the study area."""
    return all(insee_communes[i : i + 5] in index for i in range(0, len(insee_communes), 5))
