"""Communes: contours, names, population, and the point where residents are taken to be."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import GeometryType

from geo.crs import WGS84, departement_of
from geo.errors import CrsError, Fault, ParameterError, SchemaError
from geo.schemas import COMMUNE_COLUMNS, check_communes
from geo.sources.commune_codes import CITY_OF_ARRONDISSEMENT, CODE_COLUMNS, CommuneNote, first_named, normalise_codes
from geo.sources.commune_extent import in_departement
from geo.sources.commune_points import in_degrees, place_communes
from geo.sources.contour_repair import TANGLED, repair_contours, tangled_together, widest_gap_km
from geo.sources.facility_table import OPEN_LICENCE, vintage_from_name
from geo.sources.layers import Layer, find_layers, first_column, plain_texts, read_layer
from geo.sources.numbers import parse_numbers
from geo.sources.place_columns import missing_columns, named_column
from geo.sources.population import MOST_RESIDENTS, latest_population, match_population, read_population
from geo.sources.postcodes import joined_postcodes
from geo.sources.provenance import (
    Provenance,
    SourceTable,
    checksum,
    names_its_file,
    naming_files,
    rejected_rows,
    rejection_faults,
)
from geo.text_columns import text_column, text_list, visible_column

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

SOURCE: Final = "Communes"
DATASET: Final = "Communes (contours)"

#: Names of columns, folded, of IGN, geo.api.gouv.fr, france-geojson, OpenStreetMap, data.gouv.fr, OpenDataSoft.
NAME_COLUMNS: Final = (
    *("nom officiel", "nom com", "nom commune", "libgeo", "nom", "name", "nom comm", "nom standard", "com name"),
    *("nom de la commune", "libelle commune", "lib com", "libcom", "nom officiel commune", "libelle", "commune"),
)
POSTCODES_COLUMNS: Final = ("codespostaux", "codes_postaux", "code_postal")
POPULATION_COLUMNS: Final = ("population", "pmun", "popul", "population municipale", "habitants")
ALTITUDE_COLUMNS: Final = ("altitude_m", "altitude", "z_moyen")

#: Pieces of one commune farther apart than this are told: one of them may have the code of another commune.
_DISTANT_KM: Final = 20

_ADVICE: Final = (
    "Donnez les contours des communes (IGN Admin Express, geo.api.gouv.fr ou france-geojson) "
    "avec leur code INSEE et leur nom."
)


def read_communes(
    path_or_paths: Path | Sequence[Path],
    *,
    population: Path | SourceTable | None = None,
    town_halls: Path | None = None,
    known_positions: Path | None = None,
    named: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
) -> SourceTable:
    """Read the communes of a study area.

    Parameters
    ----------
    path_or_paths
        One layer of contours, or several that complete each other. See `find_layers` for the formats.
    population
        INSEE file of legal populations, or the table read from it; it replaces the population that the contours may
        carry.
    town_halls
        Layer of points with the commune code; it replaces the `mairie` property that the contours may carry.
    known_positions
        Table of the communes of France (``communes.csv`` of the embedded France), which places those of which neither
        gives the town hall; `None`: they are placed inside their contour.
    named
        Names of the columns `code`, `name`, `population` that are not to be recognised (`recognised_commune_columns`).
    columns
        All of these columns: no other one is read.

    Returns
    -------
    `frame` meets `check_communes`: sorted by code, contours valid and in EPSG:4326. (`lon`, `lat`) and `point_source`
    are as `geo.sources.commune_points.place_communes` says.

    Raises
    ------
    SchemaError
        Columns are missing or no row can be used; lists every fault.
    CrsError
        A layer does not say its CRS, or its coordinates are not where it says.

    Notes
    -----
    Where a file holds both a city (Paris, Lyon, Marseille) and its arrondissements, the city is kept.
    """
    paths = [path_or_paths] if isinstance(path_or_paths, Path) else list(path_or_paths)
    if not paths:
        raise SchemaError(SOURCE, [Fault("aucun fichier donné")], _ADVICE)
    raw: gpd.GeoDataFrame = pd.concat([_read_contours(path, named or {}, columns) for path in paths], ignore_index=True)
    notes: list[str | CommuneNote] = []
    with naming_files(*paths):
        rejected = _reject(raw, notes, several_files=len(paths) > 1)
    frame = _dissolve(raw[raw["reason"].isna()], notes)
    frame["departement"] = pd.Series(frame.index.map(departement_of), index=frame.index, dtype="string")
    frame["population"] = _population(frame, population, notes)
    place_communes(frame, town_halls, known_positions, notes)

    provenance = Provenance(
        dataset=DATASET,
        file=", ".join(path.name for path in paths),
        vintage=vintage_from_name(paths[0]),
        licence=OPEN_LICENCE,
        sha256=", ".join(checksum(path) for path in paths),
        rows_read=len(raw),
        rows_kept=int(raw["reason"].isna().sum()),
    )
    frame = check_communes(frame[[*COMMUNE_COLUMNS, "geometry"]], SOURCE)
    return SourceTable(
        frame,
        provenance,
        rejected,
        tuple(note for note in notes if isinstance(note, str)),
        tuple(note for note in notes if not isinstance(note, str)),
    )


def recognised_commune_columns(names: Collection[str]) -> dict[str, str]:
    """Return which of a layer's columns hold `code`, `name` and `population`, by their usual names.

    Examples
    --------
    >>> recognised_commune_columns(["@id", "ref:insee", "name"])
    {'code': 'ref:insee', 'name': 'name'}
    """
    usual = {"code": CODE_COLUMNS, "name": NAME_COLUMNS, "population": POPULATION_COLUMNS}
    found = {role: first_named(names, wanted) for role, wanted in usual.items()}
    found["population"] = found["population"] or latest_population(list(names))[0]
    return {role: name for role, name in found.items() if name is not None}


def commune_centre(path: Path, code: str) -> tuple[float, float]:
    """Return (lon, lat) in degrees of a point inside one commune of a layer of contours.

    Raises
    ------
    ParameterError
        It does not hold the commune.
    """
    contours = _read_contours(path, {}, None)
    found = contours.loc[contours["code"] == code].geometry.dropna()
    if found.empty or found.is_empty.all():
        msg = f"{SOURCE} : la commune « {code} » n'est pas dans « {path.name} ». Vérifiez son code INSEE."
        raise ParameterError(msg)
    repaired = repair_contours(found.to_numpy()[:1])
    if repaired.tangled[0]:
        raise SchemaError(SOURCE, [Fault(f"commune {code} : {TANGLED}")], _ADVICE)
    point = repaired.shapes[0].representative_point()
    return float(point.x), float(point.y)


@names_its_file
def _read_contours(path: Path, named: Mapping[str, str], columns: Mapping[str, str] | None) -> gpd.GeoDataFrame:
    """Return the raw rows of one file: raw_code, code, name, population, altitude_m, mairie, geometry, row, file."""
    layer = read_layer(commune_layer(find_layers(path, SOURCE)), SOURCE)
    asked = {role: named_column(layer, name, SOURCE) for role, name in (columns or named).items()}
    roles = asked if columns else recognised_commune_columns(layer.columns.drop("geometry")) | asked
    code, name, population = (roles.get(role) for role in ("code", "name", "population"))
    if code is None or name is None:
        wanted = ((code, "du code INSEE", CODE_COLUMNS), (name, "du nom", NAME_COLUMNS))
        texts = [f"colonne {what} absente ({', '.join(names)})" for found, what, names in wanted if found is None]
        raise missing_columns(layer.drop(columns="geometry"), texts, SOURCE, "communes:code=COLONNE,name=COLONNE")

    unknown = pd.Series(pd.NA, index=layer.index, dtype="Float64")
    altitude, postcodes = first_column(layer, ALTITUDE_COLUMNS), first_column(layer, POSTCODES_COLUMNS)
    return gpd.GeoDataFrame(
        {
            "raw_code": (raw_code := plain_texts(layer[code])),
            "code": normalise_codes(raw_code),
            "name": visible_column(plain_texts(layer[name])),
            "postcodes": unknown.astype("string") if postcodes is None else joined_postcodes(layer[postcodes]),
            "population": unknown if population is None else _numbers(layer[population]),
            "altitude_m": unknown if altitude is None else _numbers(layer[altitude]),
            "mairie": layer.get("mairie"),
            "row": layer.index,
            "file": path.name,
        },
        geometry=in_degrees(layer.geometry),
    )


def commune_layer(layers: list[Layer]) -> Layer:
    """Return the layer of communes among those of a file (Admin Express has one per administrative level)."""
    if len(layers) == 1:
        return layers[0]
    named = [layer for layer in layers if layer.label.lower().startswith("commune")]
    if not named:
        labels = ", ".join(layer.label for layer in layers)
        fault = Fault(f"plusieurs couches trouvées ({labels}), une couche « commune » est attendue")
        raise SchemaError(SOURCE, [fault], "Donnez un fichier avec la seule couche des communes.")
    return min(named, key=lambda layer: len(layer.label))  # « commune », not « commune_associee_ou_deleguee »


def _numbers(values: pd.Series) -> pd.Series:
    numbers = parse_numbers(values if pd.api.types.is_numeric_dtype(values) else plain_texts(values))
    return numbers.astype("Float64")


_ELSEWHERE: Final = "contour hors de l'étendue de son département"


def _reasons(raw: gpd.GeoDataFrame, notes: list[str | CommuneNote]) -> pd.Series:
    """Return why each row is kept out (<NA>: kept); contours of `raw` are repaired in place."""
    codes, names, written = (text_list(raw[column]) for column in ("code", "name", "raw_code"))
    shapes = raw.geometry.to_numpy()
    is_given = ~shapely.is_missing(shapes)
    repaired = repair_contours(shapes)
    raw["geometry"] = gpd.GeoSeries(repaired.shapes, index=raw.index, crs=raw.crs)
    if repaired.invalid.any():
        of_repaired = raw.loc[repaired.invalid, "code"].dropna()
        notes.append(CommuneNote.of("{count} contour(s) invalide(s) réparé(s) : {codes}.", of_repaired))
    areal = np.isin(shapely.get_type_id(repaired.shapes), (GeometryType.POLYGON, GeometryType.MULTIPOLYGON))
    of_contours = zip(
        is_given, repaired.tangled, areal & ~shapely.is_empty(repaired.shapes), in_departement(raw), strict=True
    )
    reasons = [
        _reason(*texts, *of_contour)
        for texts, of_contour in zip(zip(codes, names, written, strict=True), of_contours, strict=True)
    ]
    rows_of: dict[str, list[int]] = defaultdict(list)
    first_names: dict[str | None, str] = {}
    for row, (code, name) in enumerate(zip(codes, names, strict=True)):
        if code is None or name is None or reasons[row] is not None:
            continue
        if name.casefold() != first_names.setdefault(code, name.casefold()):
            reasons[row] = "code INSEE déjà lu sous un autre nom"
        else:
            rows_of[code].append(row)
    for code, rows in list(rows_of.items()):
        if len(rows) > 1 and tangled_together(repaired.shapes[rows]):
            for row in rows_of.pop(code):
                reasons[row] = "morceaux d'une commune qui se croisent trop"

    inside_city = [code for code in rows_of if CITY_OF_ARRONDISSEMENT.get(code) in rows_of]
    if inside_city:
        sentence = "{count} arrondissement(s) mis à part, la ville entière est gardée : {codes}."
        notes.append(CommuneNote.of(sentence, inside_city))
    for code in inside_city:
        for row in rows_of.pop(code):
            reasons[row] = "arrondissement d'une ville déjà présente"

    if repaired_codes := [code for code, rows in rows_of.items() if any(written[row] != code for row in rows)]:
        sentence = "{count} code(s) INSEE réparé(s) (zéro initial perdu) : {codes}."
        notes.append(CommuneNote.of(sentence, repaired_codes))
    return text_column(reasons, raw.index)


def _reason(
    code: str | None,
    name: str | None,
    written: str | None,
    is_given: np.bool_,
    is_tangled: np.bool_,
    is_surface: np.bool_,
    is_inside: np.bool_,
) -> str | None:
    """Return why a row is kept out by itself, `None` where it is not; `written` is its code in the file."""
    if code is None:
        return f"code INSEE « {(written or '')[:40]} » non reconnu (64483 par exemple est attendu)"
    if name is None:
        return "commune sans nom"
    if not is_given:
        return "commune sans contour"
    if is_tangled:
        return TANGLED
    if not is_surface:
        return "le contour n'est pas une surface"
    return None if is_inside else _ELSEWHERE


def _misplaced(raw: gpd.GeoDataFrame) -> CrsError:
    west, south, east, north = raw.total_bounds
    return CrsError(
        f"{SOURCE} : les contours vont de ({west:.6g}, {south:.6g}) à ({east:.6g}, {north:.6g}), hors de la France en "
        f"longitude et latitude. Le système de coordonnées annoncé par le fichier n'est pas le bon, ou longitude et "
        f"latitude sont échangées. Enregistrez la couche avec son vrai système (EPSG:4326 pour un GeoJSON)."
    )


def _reject(raw: gpd.GeoDataFrame, notes: list[str | CommuneNote], *, several_files: bool) -> pd.DataFrame:
    """Set `reason` in `raw` and return the rows kept out; raise where that is all of them."""
    if raw.empty:
        raise SchemaError(SOURCE, [Fault("aucune commune dans le fichier")], _ADVICE)
    raw["reason"] = _reasons(raw, notes)
    shown = "« " + raw["file"] + " » : " + raw["reason"] if several_files else raw["reason"]
    rejected = rejected_rows(raw["row"], raw["raw_code"], shown)
    if len(rejected) == len(raw):
        if raw["reason"].str.startswith(_ELSEWHERE).any():
            raise _misplaced(raw)
        raise SchemaError(SOURCE, rejection_faults(rejected), _ADVICE)
    return rejected


def _dissolve(kept: gpd.GeoDataFrame, notes: list[str | CommuneNote]) -> gpd.GeoDataFrame:
    """Return one row per commune, indexed and sorted by code."""
    kept = kept.drop(columns=["raw_code", "row", "file", "reason"])
    several = kept["code"].duplicated(keep=False)
    if several.any():
        notes.append(CommuneNote.of("Communes en plusieurs morceaux réunis : {codes}.", kept.loc[several, "code"]))
        distant = [
            str(code) for code, pieces in kept[several].groupby("code") if widest_gap_km(pieces.bounds) > _DISTANT_KM
        ]
        if distant:
            sentence = f"Communes dont des morceaux sont à plus de {_DISTANT_KM} km, vérifiez leur code : {{codes}}."
            notes.append(CommuneNote.of(sentence, pd.Series(distant, dtype="string")))
        kept = pd.concat([kept[~several], kept[several].dissolve("code", aggfunc="first").reset_index()])
    frame = kept.set_index("code").sort_index().rename_axis("commune_code")
    frame["altitude_m"] = frame["altitude_m"].astype("float64")
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84)


def _population(frame: gpd.GeoDataFrame, given: Path | SourceTable | None, notes: list[str | CommuneNote]) -> pd.Series:
    """Return the population of each commune (Int64), from the INSEE file if given, else from the contours."""
    if given is not None:
        table = given if isinstance(given, SourceTable) else read_population(given)
        population, mismatches = match_population(frame.index, table.frame["population"])
        notes += [*table.notes, *table.commune_notes, *mismatches]
        return population
    own: pd.Series = frame["population"]
    told = own.dropna()
    if (~told.between(0, MOST_RESIDENTS) | (told != told.round())).any():
        notes.append("Population des contours non retenue : ses valeurs ne sont pas des nombres entiers d'habitants.")
        return pd.Series(pd.NA, index=frame.index, dtype="Int64")
    if own.isna().any():
        notes.append(CommuneNote.of("{count} commune(s) sans population : {codes}.", own.index[own.isna()]))
    return own.astype("Int64")
