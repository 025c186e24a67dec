"""Any list of places: post offices, former MSAP, digital advisers, town halls.

A CSV, or a layer of points (GeoJSON, GeoPackage, shapefile, GeoParquet; zipped or not), with at least
a name and a position. Columns are named by the caller, or recognised by their usual names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.crs import WGS84, departement_of
from geo.errors import CrsError, Fault, ParameterError, SchemaError
from geo.french import fold, fold_all
from geo.sources.delimited import read_delimited
from geo.sources.facility_table import (
    FacilityRows,
    commune_codes,
    facility_source_table,
    parse_degrees,
    parse_lat_lon,
    position_identifiers,
    repair_code,
    require_few,
    rows_text,
)
from geo.sources.france_services import BUS_FORMATS, guess_bearers
from geo.sources.layers import find_layers, read_layer
from geo.sources.opening_hours import WeeklyHours
from geo.sources.provenance import names_its_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd

    from geo.sources.provenance import SourceTable

LAYER_SUFFIXES: Final = (".geojson", ".json", ".gz", ".gpkg", ".shp", ".zip", ".parquet", ".geoparquet")

#: Usual names of columns (folded: no accent, case or punctuation).
_NAMES: Final = ("nom", "name", "libelle", "lib", "intitule", "denomination", "lib fs", "nom du service")
_IDENTIFIERS: Final = ("id", "identifiant", "facility id", "id fs")
_LONGITUDES: Final = ("longitude", "lon", "lng", "long")
_LATITUDES: Final = ("latitude", "lat")
_PAIRS: Final = ("geocodage", "coordonnees", "geo point", "geo point 2d", "lat lon")

#: Columns taken where present, the first name found being used.
_OPTIONAL: Final = {
    "address": ("adresse", "address"),
    "postcode": ("code postal", "codepostal", "cp", "postcode"),
    "commune_code": ("code insee", "insee com", "code commune", "commune code", "code commune insee"),
    "commune_name": ("commune", "nom commune", "lib com", "ville", "commune name"),
    "phone": ("telephone", "tel", "phone"),
    "email": ("mail", "email", "courriel"),
    "website": ("site web", "site internet", "url", "website"),
    "opening_hours": ("opening hours", "horaires"),
    "comment": ("commentaire", "comment"),
}
_KINDS: Final = ("type fs", "type", "type de site", "kind", "format fs")
#: What a column of a list of places may be -> its usual names; `position` is one column that holds "lat,lon", `kind`
#: says which places are antennes or buses.
ROLES: Final = {
    "name": _NAMES,
    "facility_id": _IDENTIFIERS,
    "lat": (*_LATITUDES, "y"),
    "lon": (*_LONGITUDES, "x"),
    "position": _PAIRS,
    "kind": _KINDS,
    **_OPTIONAL,
}
#: Roles that a layer, which carries its positions, does not have.
POSITION_ROLES: Final = ("lat", "lon", "position")
_DEGREES_LIMIT: Final = 180
#: No system of coordinates has larger numbers.
_COORDINATE_LIMIT: Final = 1e9


@names_its_file
def read_places(  # noqa: PLR0913 - one argument per column that a caller may name
    path: Path,
    *,
    name: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    facility_id: str | None = None,
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
    dataset: str | None = None,
    as_sites: bool = False,
) -> SourceTable:
    """Read a list of places with a name and a position.

    Parameters
    ----------
    path
        The file; a layer is recognised by its suffix (`LAYER_SUFFIXES`), anything else is read as CSV.
    name, lon, lat, facility_id
        Columns to use. Without them: `nom`, `name`, `libelle`, `lib`, `intitule`, `denomination`... for
        the name; `longitude`, `lon`, `lng`, `long` and `latitude`, `lat`, else `x` and `y`, else one column
        `geocodage`, `coordonnees`, `geo_point_2d` that holds "lat,lon", for the position of a CSV (in
        degrees, WGS84); `id`, `identifiant`, `facility_id`, `id_fs` for the identifier, else the position
        stands in. Case, accents and punctuation do not matter.
    columns
        All columns to use, by role (`ROLES`), instead of the four above: no other one is read.
    layer
        Layer to read where the file holds several.
    dataset
        French name of the list, as shown to users; by default the file's name.
    as_sites
        The places are France services sites: "main", but for those whose `kind` column says antenne or bus.

    Returns
    -------
    `frame` meets `geo.schemas.check_facilities`, kind "place" (see `as_sites`). A layer is brought to WGS84, a
    place that is not a point is taken at a point inside it (noted). Address, postcode, commune, phone, e-mail,
    website, opening hours (OpenStreetMap syntax only, noted otherwise) are taken where present.

    Raises
    ------
    SchemaError
        A column is missing, or several could be meant.
    CrsError
        A layer does not say its CRS, or a CSV's positions are not degrees.
    ParameterError
        `lon` or `lat` is given for a layer, or only one of them, or `layer` for a CSV.
    """
    source = dataset or path.stem
    if (lon is None) != (lat is None):
        msg = f"{source} : la longitude et la latitude vont ensemble. Nommez les deux colonnes."
        raise ParameterError(msg)
    notes: list[str] = []
    if path.suffix.lower() in LAYER_SUFFIXES:
        if lon is not None:
            msg = f"{source} : une couche porte déjà ses positions. Ne nommez ni longitude ni latitude."
            raise ParameterError(msg)
        table, position = _read_points(path, layer, source, notes)
    else:
        if layer is not None:
            msg = f"{source} : un fichier CSV n'a pas de couches. Ne nommez pas de couche."
            raise ParameterError(msg)
        table = read_delimited(path, source)
        require_few(table, source)
        position = None
    asked = {"name": name, "facility_id": facility_id, "lon": lon, "lat": lat}
    roles = (
        _usual_roles(table, asked, source, positioned=position is not None)
        if columns is None
        else {role: _one_column(table, column, (), role, source) for role, column in columns.items()}
    )
    if position is None:
        position = _csv_position(table, roles, source)
    if roles.get("name") is None:
        raise _missing(table, ["colonne du nom absente"], source)
    identifiers = position_identifiers(position["lon"], position["lat"])
    id_column = roles.get("facility_id")
    places = pd.DataFrame(
        {
            "facility_id": identifiers if id_column is None else table[id_column].fillna(identifiers),
            "name": table[roles["name"]],
            "kind": pd.Series("place", index=table.index, dtype="string"),
        }
    )
    for role in _OPTIONAL:
        if roles.get(role) is not None:
            places[role] = table[roles[role]]
    _tidy(places, notes)
    if as_sites:
        _make_sites(places, None if roles.get("kind") is None else table[roles["kind"]], notes)
    rows = FacilityRows(places, position["lon"], position["lat"], notes=notes)
    return facility_source_table(rows, path, source, None)


def _read_points(path: Path, layer: str | None, source: str, notes: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the attributes of a layer as text, and the positions of its places in degrees."""
    layers = find_layers(path, source)
    labels = [each.label for each in layers]
    chosen = [each for each in layers if layer is None or each.label == layer]
    if len(chosen) != 1:
        problem = "absente" if layer is not None and not chosen else "à choisir"
        fault = Fault(f"couche {problem} parmi {', '.join(labels)}")
        raise SchemaError(source, [fault], "Nommez la couche à lire.")
    frame: gpd.GeoDataFrame = read_layer(chosen[0], source)
    if frame.empty:
        raise SchemaError(source, [Fault("la couche est vide")], "Téléchargez le fichier à nouveau.")
    require_few(frame, source)
    shapes = frame.geometry.copy()
    shapes[~(frame.bounds.abs().max(axis="columns") < _COORDINATE_LIMIT)] = None  # empty, not finite or absurd
    extended = shapes.notna() & (shapes.geom_type != "Point")
    if extended.any():
        notes.append(f"{extended.sum()} lieu(x) pris en un point intérieur à leur contour ({rows_text(extended)})")
        shapes = shapes.where(~extended, shapes.representative_point())
    try:
        points = shapes.to_crs(WGS84)
    except RuntimeError as error:  # pyproj
        msg = f"{source} : le système {frame.crs.to_string()} ne mène pas à {WGS84}. Reprojetez la couche."
        raise CrsError(msg) from error
    table = frame.drop(columns="geometry").astype("string").apply(lambda column: column.str.strip().replace("", pd.NA))
    return table, pd.DataFrame({"lon": points.x, "lat": points.y})


def recognised_roles(names: Iterable[str], *, positioned: bool) -> dict[str, str]:
    """Return the columns of a list by role (`ROLES`), those with a usual name; the first where several have one.

    `positioned`: The list is a layer, which carries its positions.
    """
    names = list(names)
    folded = pd.Series([fold(name) for name in names], index=names, dtype="string")
    found = {}
    for role, usual in ROLES.items():
        candidates = [folded.index[folded == wanted][0] for wanted in usual if (folded == wanted).any()]
        if candidates and not (positioned and role in POSITION_ROLES):
            found[role] = str(candidates[0])
    if "lat" in found and "lon" in found:
        found.pop("position", None)
    return found


def _usual_roles(
    table: pd.DataFrame, asked: Mapping[str, str | None], source: str, *, positioned: bool
) -> dict[str, str | None]:
    """Return the columns asked for and those with a usual name, by role; raise where several could be meant."""
    roles: dict[str, str | None] = {**recognised_roles(map(str, table.columns), positioned=positioned)}
    if not positioned:
        lon = _one_column(table, asked["lon"], _LONGITUDES, "la longitude", source)
        lat = _one_column(table, asked["lat"], _LATITUDES, "la latitude", source)
        if lon is None and lat is None:
            lon = _one_column(table, None, ("x",), "la longitude", source)
            lat = _one_column(table, None, ("y",), "la latitude", source)
        pair = None
        if lon is None and lat is None:
            pair = _one_column(table, None, _PAIRS, "la position", source)
        roles |= {"lon": lon, "lat": lat, "position": pair}
    roles["name"] = _one_column(table, asked["name"], _NAMES, "le nom", source)
    roles["facility_id"] = _one_column(table, asked["facility_id"], _IDENTIFIERS, "l'identifiant", source)
    return roles


def _csv_position(table: pd.DataFrame, roles: Mapping[str, str | None], source: str) -> pd.DataFrame:
    """Return the columns `lon` and `lat` in degrees, NaN where a cell holds no number."""
    lon_column, lat_column, pair_column = (roles.get(role) for role in ("lon", "lat", "position"))
    if lon_column is None and lat_column is None:
        if pair_column is None:
            raise _missing(table, ["colonne de la longitude absente", "colonne de la latitude absente"], source)
        return parse_lat_lon(table[pair_column])
    if lon_column is None or lat_column is None:
        raise _missing(table, [f"colonne de la {'longitude' if lon_column is None else 'latitude'} absente"], source)
    position = pd.DataFrame({"lon": parse_degrees(table[lon_column]), "lat": parse_degrees(table[lat_column])})
    if position.abs().median().max() > _DEGREES_LIMIT:
        msg = (
            f"{source} : les colonnes « {lon_column} » et « {lat_column} » ne sont pas en degrés (WGS84). "
            f"Des longitudes et latitudes sont attendues. Reprojetez, ou donnez une couche avec son système."
        )
        raise CrsError(msg)
    return position


def _one_column(table: pd.DataFrame, asked: str | None, usual: tuple[str, ...], what: str, source: str) -> str | None:
    """Return the column asked for, else the only one with a usual name, `None` if there is none."""
    folded = _folded_columns(table)
    if asked is not None:
        candidates = [asked] if asked in table.columns else list(folded.index[folded == fold(asked)])
        if not candidates:
            raise _missing(table, [f"colonne « {asked} » absente"], source)
    else:
        candidates = list(folded.index[folded.isin(usual)])
    if len(candidates) > 1:
        fault = Fault(f"plusieurs colonnes possibles pour {what} : {', '.join(candidates)}")
        raise SchemaError(source, [fault], "Nommez la colonne à utiliser.")
    return candidates[0] if candidates else None


def _folded_columns(table: pd.DataFrame) -> pd.Series:
    return pd.Series([fold(str(column)) for column in table.columns], index=table.columns, dtype="string")


def _missing(table: pd.DataFrame, texts: list[str], source: str) -> SchemaError:
    found = ", ".join(str(column)[:40] for column in table.columns[:40])
    advice = f"Colonnes trouvées : {found}. Nommez les colonnes à utiliser."
    return SchemaError(source, [Fault(text) for text in texts], advice)


def _tidy(places: pd.DataFrame, notes: list[str]) -> None:
    """Repair codes, and keep opening hours only in the form that the rest of the package reads."""
    if "postcode" in places:
        places["postcode"] = repair_code(places["postcode"], 5, "code(s) postaux", notes)
    if "commune_code" in places:
        places["commune_code"] = commune_codes(places["commune_code"], notes)
    if "opening_hours" in places:
        hours = places["opening_hours"].map(_stored_hours, na_action="ignore").astype("string")
        unread = places["opening_hours"].notna() & hours.isna()
        if unread.any():
            notes.append(f"{unread.sum()} horaires en texte libre, laissés inconnus ({rows_text(unread)})")
        places["opening_hours"] = hours


def _make_sites(places: pd.DataFrame, kinds: pd.Series | None, notes: list[str]) -> None:
    """Make places France services sites: main ones but for those that their column says to be antennes or buses."""
    places["bearer"] = guess_bearers(places["name"].astype("string"))
    if "commune_code" in places:
        places["departement"] = places["commune_code"].map(departement_of, na_action="ignore").astype("string")
    places["kind"] = places["kind"].mask(places["kind"].notna(), "main")
    if kinds is None:
        notes.append("Aucune colonne ne dit le type des sites : tous comptent comme sites principaux.")
        return
    folded = fold_all(kinds.astype("string"))
    places["kind"] = places["kind"].mask(folded.str.contains("antenne").fillna(value=False), "antenne")
    places["kind"] = places["kind"].mask(folded.isin(BUS_FORMATS), "bus")
    counts = places["kind"].value_counts()
    notes.append(
        f"Sites : {counts.get('main', 0)} principaux, {counts.get('antenne', 0)} antennes, {counts.get('bus', 0)} bus."
    )


def _stored_hours(text: str) -> str | None:
    try:
        return WeeklyHours.from_osm(text).to_osm()
    except ParameterError:
        return None
