"""Any list of places: post offices, former MSAP, digital advisers, town halls.

A CSV, or a layer of points (GeoJSON, GeoPackage, shapefile, GeoParquet; zipped or not), with at least
a name and a position. Columns are named by the caller, or recognised by their usual names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.crs import WGS84, departement_of
from geo.errors import CrsError, Fault, ParameterError, SchemaError
from geo.french import agreed, visible
from geo.sources.delimited import read_delimited
from geo.sources.facility_table import (
    FacilityRows,
    commune_codes,
    facility_source_table,
    position_identifiers,
    repair_code,
    require_few,
    rows_text,
)
from geo.sources.france_services import BUS_FORMATS, guess_bearers
from geo.sources.layers import find_layers, plain_texts, read_layer
from geo.sources.numbers import parse_coordinates
from geo.sources.opening_hours import WeeklyHours
from geo.sources.osm_hours import comments_of, ordinary_week
from geo.sources.place_columns import OPTIONAL, POSITION_ROLES, chosen_roles, missing_columns, named_column
from geo.sources.positions import in_degrees, parse_positions
from geo.sources.provenance import names_its_file
from geo.text_columns import fold_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from geo.sources.provenance import SourceTable

LAYER_SUFFIXES: Final = (".geojson", ".json", ".gz", ".gpkg", ".shp", ".zip", ".parquet", ".geoparquet")

#: No system of coordinates has larger numbers.
_COORDINATE_LIMIT: Final = 1e9
#: How many cells a note quotes.
_QUOTED: Final = 5


@names_its_file
def read_places(  # noqa: PLR0913 - one argument per column that a caller may name
    path: Path,
    *,
    name: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    facility_id: str | None = None,
    named: Mapping[str, str] | None = None,
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
    name, lon, lat, facility_id, named
        Columns to use, `named` those of any role (`geo.sources.place_columns.ROLES`); case, accents and punctuation do
        not matter. The others are recognised by their usual names: `nom`, `name`, `libelle`... for the name;
        `longitude` and `latitude`, else `x` and `y` (degrees, or metres in Lambert-93), else one column that holds both
        (`geo.sources.positions`) for the position of a CSV; `id`, `identifiant`... for the identifier, else the
        position stands in.
    columns
        All columns to use, by role, instead of those above: no other one is read.
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
    website, opening hours (OpenStreetMap syntax, noted where it cannot be read) are taken where present.

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
    by_argument = {"name": name, "facility_id": facility_id, "lon": lon, "lat": lat}
    asked = {role: column for role, column in by_argument.items() if column is not None} | dict(named or {})
    if ("lon" in asked) != ("lat" in asked):
        msg = f"{source} : la longitude et la latitude vont ensemble. Nommez les deux colonnes."
        raise ParameterError(msg)
    notes: list[str] = []
    position = None
    if path.suffix.lower() in LAYER_SUFFIXES:
        if set(POSITION_ROLES) & asked.keys():
            msg = f"{source} : une couche porte déjà ses positions. Ne nommez ni longitude, ni latitude, ni position."
            raise ParameterError(msg)
        table, position = _read_points(path, layer, source, notes)
    else:
        if layer is not None:
            msg = f"{source} : un fichier CSV n'a pas de couches. Ne nommez pas de couche."
            raise ParameterError(msg)
        table = read_delimited(path, source, notes)
        require_few(table, source)
    roles = (
        chosen_roles(table, asked, source, positioned=position is not None)
        if columns is None
        else {role: named_column(table, column, source) for role, column in columns.items()}
    )
    if position is None:
        position = _csv_position(table, roles, source, notes)
    if "name" not in roles:
        raise missing_columns(table, ["colonne du nom absente"], source, "name=COLONNE")
    identifiers = position_identifiers(position["lon"], position["lat"])
    id_column = roles.get("facility_id")
    places = pd.DataFrame(
        {
            "facility_id": identifiers if id_column is None else table[id_column].fillna(identifiers),
            "name": plain_texts(table[roles["name"]]),
            "kind": pd.Series("place", index=table.index, dtype="string"),
        }
    )
    for role in OPTIONAL:
        if role in roles:
            places[role] = plain_texts(table[roles[role]])
    _tidy(places, notes)
    if as_sites:
        _make_sites(places, table[roles["kind"]] if "kind" in roles else None, notes)
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
        notes.append(
            f"{agreed(extended.sum(), 'lieu(x) pris en un point intérieur à (son/leur) contour')} "
            f"({rows_text(list(extended.index[extended]))})"
        )
        shapes = shapes.where(~extended, shapes.representative_point())
    try:
        points = shapes.to_crs(WGS84)
    except RuntimeError as error:  # pyproj
        msg = f"{source} : le système {frame.crs.to_string()} ne mène pas à {WGS84}. Reprojetez la couche."
        raise CrsError(msg) from error
    table = frame.drop(columns="geometry").apply(plain_texts)
    return table, pd.DataFrame({"lon": points.x, "lat": points.y})


def _csv_position(table: pd.DataFrame, roles: Mapping[str, str], source: str, notes: list[str]) -> pd.DataFrame:
    """Return the columns `lon` and `lat` in degrees, NaN where a cell holds no position."""
    if "position" in roles:
        shown = f"colonne « {roles['position']} »"
        in_one = in_degrees(parse_positions(table[roles["position"]]), shown, source, notes)
        if not {"lon", "lat"} <= roles.keys():
            return in_one
    else:
        in_one = None
    if absent := [name for role, name in (("lon", "longitude"), ("lat", "latitude")) if role not in roles]:
        raise missing_columns(table, [f"colonne de la {name} absente" for name in absent], source)
    position = parse_coordinates(pd.DataFrame({role: table[roles[role]] for role in ("lon", "lat")}))
    position = in_degrees(position, f"colonnes « {roles['lon']} » et « {roles['lat']} »", source, notes)
    missing = position.isna().any(axis="columns")
    return position if in_one is None else position.mask(missing, in_one[["lon", "lat"]])


def _tidy(places: pd.DataFrame, notes: list[str]) -> None:
    """Repair codes, and keep opening hours only in the form that the rest of the package reads."""
    if "postcode" in places:
        places["postcode"] = repair_code(places["postcode"], 5, "code(s) posta(l/ux)", notes)
    if "commune_code" in places:
        places["commune_code"] = commune_codes(places["commune_code"], notes)
    if "opening_hours" in places:
        said = _said_of_hours(places["opening_hours"], notes)
        if said.notna().any():
            comment = places["comment"] if "comment" in places else pd.Series(pd.NA, places.index, dtype="string")
            both = comment.notna() & said.notna()
            places["comment"] = comment.fillna(said).mask(both, comment + " ; " + said)
        places["opening_hours"] = _stored_hours(places["opening_hours"], notes)


def _said_of_hours(cells: pd.Series, notes: list[str]) -> pd.Series:
    """Return the comments written in opening hours as comments of the places, <NA> without any; they are noted."""
    said = cells.map(lambda text: ", ".join(comments_of(text)), na_action="ignore").astype("string")
    said = said.where(said != "")
    if (found := said.notna()).any():
        notes.append(
            f"{agreed(found.sum(), 'lieu(x)')} dont les horaires ont une remarque entre guillemets, reprise en "
            f"commentaire ; un jour qu'elle rend incertain est inconnu ({_quoted(said[found])})"
        )
    return "Horaires : " + said


def _stored_hours(cells: pd.Series, notes: list[str]) -> pd.Series:
    """Return opening hours as the rest of the package reads them, <NA> where they cannot be read; both are noted."""
    weeks: dict[str, str | None] = {}
    changing = set()
    for text in cells.dropna().unique():
        try:
            weeks[text] = WeeklyHours.from_osm(text).to_osm()
            if ordinary_week(text)[1]:
                changing.add(text)
        except ParameterError:
            weeks[text] = None
    hours = cells.map(weeks, na_action="ignore").astype("string")
    unread, changes = cells.notna() & hours.isna(), cells.isin(changing)
    if unread.any():
        count = agreed(unread.sum(), "lieu(x)")
        notes.append(f"{count} dont les horaires sont illisibles, laissés inconnus ({_quoted(cells[unread])})")
    if changes.any():
        notes.append(
            f"{agreed(changes.sum(), 'lieu(x)')} dont les horaires changent dans l'année : ceux de la semaine "
            f"ordinaire, sans les règles de jours fériés et de vacances, sont retenus, un jour qui n'en a pas est "
            f"inconnu ({_quoted(cells[changes])})"
        )
    return hours


def _quoted(cells: pd.Series) -> str:
    """Return the first cells with their rows, as text to show."""
    shown = " ; ".join(f"ligne {row} : « {visible(text)[:60]} »" for row, text in cells.iloc[:_QUOTED].items())
    return shown + (f" et {agreed(len(cells) - _QUOTED, 'autre(s)')}" if len(cells) > _QUOTED else "")


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
        f"Sites : {agreed(counts.get('main', 0), 'principa(l/ux)')}, {agreed(counts.get('antenne', 0), 'antenne(s)')}, "
        f"{counts.get('bus', 0)} bus."
    )
