"""The tables that come with the project: facts about communes and places, and cells that stand in for contours.

They are `communes.csv`, `sites.csv` and `tax_offices.csv`; `data/README.md` says what each holds.
`geo.territory.embedded.write_embedded_tables` makes the first two again from official files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84, metric_crs
from geo.errors import Fault, SchemaError
from geo.kinds import KINDS
from geo.schemas import COMMUNE_COLUMNS, FACILITY_COLUMNS, POINT_SOURCES
from geo.sources.commune_codes import normalise_codes
from geo.sources.delimited import read_delimited, require_columns
from geo.sources.departements import departement_codes
from geo.sources.facility_table import OPEN_LICENCE, facility_frame
from geo.sources.postcodes import POSTCODES_TEXT
from geo.sources.provenance import Provenance, SourceTable, names_its_file

if TYPE_CHECKING:
    from pathlib import Path

#: Columns of the three files, in order.
COMMUNES_CSV: Final = ("code", "name", "departement", "postcodes", "population", "lon", "lat", "position")
SITES_CSV: Final = (*FACILITY_COLUMNS, "lon", "lat")
TAX_OFFICES_CSV: Final = ("facility_id", "name", "commune_code", "address", "lon", "lat", "status", "source")
COMMUNES_DATASET: Final = "Communes du territoire fourni"
SITES_DATASET: Final = "Sites France services du territoire fourni"
TAX_OFFICES_DATASET: Final = "Centres des Finances publiques du territoire fourni"
#: How the note about offices that nobody checked begins.
TO_VERIFY: Final = "À vérifier auprès de l'administration"
#: `town_known`: the project's brief names the town; `to_check`: widely known, no source seen; `verified`: checked.
TAX_OFFICE_STATUSES: Final = ("town_known", "to_check", "verified")

#: How the edge of the cells is drawn: the concave hull of the communes' positions, then this much around it. The
#: pair was chosen among others as the closest to the real outline of the three départements (shared area 92 %).
_HULL_RATIO: Final = 0.15
_EDGE_M: Final = 3_000
_MIN_CELLS: Final = 3

#: Where communes are placed, as told to users.
_POSITIONS: Final = {
    "mairie": "à leur mairie",
    "site": "au site France services fixe qu'elles accueillent, loin du milieu de leur contour",
    "interior": "en un point à l'intérieur de leur contour officiel, faute de connaître leur mairie",
}

_YES_NO: Final = {"yes": True, "no": False}
_ADVICE: Final = "Rétablissez les tables du projet, ou refaites-les avec write_embedded_tables."


@dataclass(frozen=True, slots=True)
class EmbeddedTables:
    """The three tables of the embedded territory, each as its usual reader would give it."""

    communes: SourceTable
    sites: SourceTable
    tax_offices: SourceTable


def read_embedded(folder: Path) -> EmbeddedTables:
    """Read the embedded territory.

    `folder`: Holds `communes.csv`, `sites.csv` and `tax_offices.csv`.

    Returns
    -------
    `communes.frame` has the columns of `COMMUNE_COLUMNS`; its contours are approximate (`approximate_contours`).
    `sites.frame` and `tax_offices.frame` have those of `FACILITY_COLUMNS`. All in EPSG:4326.

    Raises
    ------
    SourceError
        A file is absent or cannot be read.
    SchemaError
        A file was changed in a way that breaks its contract; lists every fault.
    """
    communes = _read_communes(folder / "communes.csv")
    return EmbeddedTables(
        communes=communes,
        sites=_read_sites(folder / "sites.csv"),
        tax_offices=_read_tax_offices(folder / "tax_offices.csv", communes.frame),
    )


def approximate_contours(positions: gpd.GeoSeries, crs: str) -> gpd.GeoSeries:
    """Draw one cell around each position: all that is nearer to it than to another one (Voronoi).

    Returns
    -------
    Polygons indexed like `positions`, in the same CRS, without overlap. Together they reach a few kilometres
    around the concave hull of the positions.
    """
    points = shapely.multipoints(positions.to_crs(crs).to_numpy())
    area = shapely.concave_hull(points, ratio=_HULL_RATIO).buffer(_EDGE_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=area.envelope, ordered=True))
    return gpd.GeoSeries(shapely.intersection(cells, area), index=positions.index, crs=crs).to_crs(positions.crs)


@names_its_file
def _read_communes(path: Path) -> SourceTable:
    source = COMMUNES_DATASET
    table = read_delimited(path, source)
    require_columns(table, COMMUNES_CSV, source)
    lon, lat = _degrees(table["lon"]), _degrees(table["lat"])
    population = pd.to_numeric(table["population"], errors="coerce").astype("Float64")
    unread = population.isna() | (population < 0) | (population != population.round())
    same_place = pd.DataFrame({"lon": lon, "lat": lat}).duplicated()
    _require(
        source,
        {
            "code INSEE absent ou non reconnu": table["code"] == normalise_codes(table["code"]),
            "code INSEE déjà lu": ~table["code"].duplicated(),
            "nom absent ou département inconnu": table["name"].notna() & table["departement"].isin(departement_codes()),
            "codes postaux : 64310 ou 64122;64700 attendu": table["postcodes"].isna()
            | table["postcodes"].str.fullmatch(POSTCODES_TEXT),
            "population non reconnue": table["population"].isna() | ~unread,
            "position absente ou déjà prise": lon.notna() & lat.notna() & ~same_place,
            f"nature de la position : {', '.join(POINT_SOURCES)} attendu": table["position"].isin(POINT_SOURCES),
        },
    )
    if len(table) < _MIN_CELLS:
        raise SchemaError(source, [Fault(f"au moins {_MIN_CELLS} communes sont attendues")], _ADVICE)
    frame = gpd.GeoDataFrame(
        {
            "name": table["name"],
            "departement": table["departement"],
            "postcodes": table["postcodes"],
            "population": population.astype("Int64"),
            "lon": lon,
            "lat": lat,
            "point_source": table["position"],
            "altitude_m": np.nan,
            "code": table["code"],
        },
        geometry=approximate_contours(
            gpd.GeoSeries.from_xy(lon, lat, index=table.index, crs=WGS84), metric_crs(table["departement"].iloc[0])
        ),
    )
    frame = frame.set_index("code").sort_index().rename_axis("commune_code")[[*COMMUNE_COLUMNS, "geometry"]]
    contours_note = (
        "Les contours des communes sont approchés : faute de contours officiels, chaque commune est représentée par "
        "l'espace le plus proche de sa position."
    )
    counts = frame["point_source"].value_counts()
    position_note = "Position des communes : " + ", ".join(
        f"{counts[kind]} {where}" for kind, where in _POSITIONS.items() if kind in counts
    )
    postcodes_note = f"Codes postaux connus pour {int(frame['postcodes'].notna().sum())} communes sur {len(frame)}."
    notes = (contours_note, f"{position_note}.", postcodes_note)
    return _source_table(frame, path, source, "contours 2018, population 2023", licence=OPEN_LICENCE, notes=notes)


@names_its_file
def _read_sites(path: Path) -> SourceTable:
    source = SITES_DATASET
    table = read_delimited(path, source)
    require_columns(table, SITES_CSV, source)
    lon, lat = _degrees(table["lon"]), _degrees(table["lat"])
    _require(
        source,
        {
            "identifiant absent ou déjà lu": table["facility_id"].notna() & ~table["facility_id"].duplicated(),
            "nom absent": table["name"].notna(),
            "nature de site non reconnue": table["kind"].isin(KINDS),
            "position absente": lon.notna() & lat.notna(),
        },
    )
    table["appointment"] = table["appointment"].map(_YES_NO).astype("boolean")
    table["opening_hours"] = table["opening_hours"].replace("off", "")
    return _source_table(facility_frame(table, lon, lat), path, source, "2024-08-01", licence=OPEN_LICENCE)


@names_its_file
def _read_tax_offices(path: Path, communes: gpd.GeoDataFrame) -> SourceTable:
    source = TAX_OFFICES_DATASET
    table = read_delimited(path, source)
    require_columns(table, TAX_OFFICES_CSV, source)
    _require(
        source,
        {
            "identifiant absent ou déjà lu": table["facility_id"].notna() & ~table["facility_id"].duplicated(),
            "nom absent": table["name"].notna(),
            "commune absente de communes.csv": table["commune_code"].isin(communes.index),
            f"statut : {' ou '.join(TAX_OFFICE_STATUSES)} attendu": table["status"].isin(TAX_OFFICE_STATUSES),
        },
    )
    town = communes.reindex(table["commune_code"]).set_axis(table.index)
    lon, lat = _degrees(table["lon"]), _degrees(table["lat"])
    at_town = lon.isna() | lat.isna()
    table["kind"] = "tax_office"
    table["commune_name"], table["departement"] = town["name"], town["departement"]
    notes = []
    unverified = table.loc[table["status"] != "verified", "name"]
    if len(unverified):
        notes.append(f"{TO_VERIFY} : {', '.join(unverified)}.")
    if at_town.any():
        notes.append(f"{int(at_town.sum())} centre(s) sans adresse connue, placé(s) à la position de leur commune.")
    frame = facility_frame(table, lon.mask(at_town, town["lon"]), lat.mask(at_town, town["lat"]))
    # The list of tax offices is the project's own.
    return _source_table(frame, path, source, None, licence=None, notes=tuple(notes))


def _degrees(cells: pd.Series) -> pd.Series:
    numbers: pd.Series = pd.to_numeric(cells, errors="coerce").astype("float64")
    return numbers.where(numbers.abs() <= 180)  # noqa: PLR2004 - degrees


def _require(source: str, rules: dict[str, pd.Series]) -> None:
    """Raise `SchemaError` with every row that breaks a rule; a rule is the fault's sentence and where it holds."""
    faults = [
        Fault(sentence, int(row))
        for sentence, holds in rules.items()
        for row in holds.index[~holds.fillna(value=False).to_numpy(dtype=bool)]
    ]
    if faults:
        raise SchemaError(source, sorted(faults, key=lambda fault: fault.row or 0), _ADVICE)


def _source_table(
    frame: gpd.GeoDataFrame,
    path: Path,
    dataset: str,
    vintage: str | None,
    *,
    licence: str | None,
    notes: tuple[str, ...] = (),
) -> SourceTable:
    provenance = Provenance.of_file(
        path, dataset, vintage=vintage, licence=licence, rows_read=len(frame), rows_kept=len(frame)
    )
    return SourceTable(frame, provenance, notes=notes)
