"""The files of which a visitor makes a territory: what each may be, and what is found in it before it is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import shapely

from geo.crs import departement_of
from geo.errors import ParameterError
from geo.french import format_integer, visible
from geo.network.layer_files import read_road_layer
from geo.sources.commune_codes import normalise_codes
from geo.sources.communes import commune_layer, recognised_commune_columns
from geo.sources.delimited import read_delimited
from geo.sources.france_services import is_official_list
from geo.sources.layers import find_layers, plain_texts, read_layer
from geo.sources.place_columns import POSITION_ROLES, recognised_roles
from geo.sources.population import recognised_population_columns
from geo.sources.rounds import require_columns_of_rounds
from geo.sources.visitor_files import as_path
from geo.sources.worker import apart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

_HEAD_ROWS: Final = 5
_HEAD_COLUMNS: Final = 40
_CELL_SHOWN: Final = 80
_EXTRACT: Final = ".pbf"
_TABLE: Final = ".csv"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One of the files: its French title and help, its limits, and what its columns may be.

    `stem` is the name that we write it under, `types` the suffixes offered to the visitor, `roles` what a column may
    be -> its French label, `needed` the roles that a file cannot do without.
    """

    stem: str
    title: str
    help_text: str
    types: tuple[str, ...]
    most_megabytes: int
    most_rows: int
    most_vertices: int
    roles: Mapping[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = ()


KINDS: Final[Mapping[str, FileKind]] = {
    "sites": FileKind(
        "sites",
        "Sites",
        "La liste officielle (CSV de data.gouv.fr), ou toute liste de lieux : CSV avec un nom, une latitude et une "
        "longitude ; couche GeoJSON, GPKG ou shapefile zippé. Au plus 10 Mo.",
        ("csv", "geojson", "json", "gpkg", "zip"),
        10,
        20_000,
        200_000,
        {
            "name": "Nom",
            "lat": "Latitude",
            "lon": "Longitude",
            "position": "Latitude et longitude en une colonne",
            "facility_id": "Identifiant",
            "kind": "Type (principal, antenne, bus)",
            "commune_code": "Code INSEE de la commune",
            "commune_name": "Commune",
            "address": "Adresse",
            "postcode": "Code postal",
            "phone": "Téléphone",
            "email": "Courriel",
            "website": "Site web",
            "opening_hours": "Horaires (syntaxe OpenStreetMap)",
            "comment": "Commentaire",
        },
        ("name",),
    ),
    "communes": FileKind(
        "communes",
        "Communes",
        "Leurs contours, avec le code INSEE et le nom : IGN Admin Express, geo.api.gouv.fr… GeoJSON, GPKG ou shapefile "
        "zippé. Au plus 50 Mo.",
        ("geojson", "json", "gpkg", "zip"),
        50,
        40_000,
        5_000_000,
        {"code": "Code INSEE", "name": "Nom", "population": "Population"},
        ("code", "name"),
    ),
    "population": FileKind(
        "population",
        "Population",
        "Populations légales de l'INSEE par commune, ou tout CSV avec le code INSEE et un nombre d'habitants. Au plus "
        "10 Mo.",
        ("csv",),
        10,
        50_000,
        0,
        {"code": "Code INSEE", "population": "Population"},
        ("code", "population"),
    ),
    "rounds": FileKind(
        "tournees",
        "Tournées des bus",
        "Où et quand les bus s'arrêtent : CSV avec site, commune (ou latitude et longitude), jour, semaine du mois, "
        "horaires ; ou la liste des lieux de médiation numérique (itinerance, horaires). Au plus 10 Mo.",
        ("csv",),
        10,
        20_000,
        0,
    ),
    "roads": FileKind(
        "routes",
        "Routes",
        "Extrait OpenStreetMap (PBF), IGN BD TOPO ou ROUTE 500 (GPKG, GeoJSON, shapefile zippé). Au plus 50 Mo.",
        ("pbf", "gpkg", "geojson", "json", "zip"),
        50,
        500_000,
        10_000_000,
    ),
}


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as a visitor wants it read.

    `name` is only shown; `columns` are those to use by role, `None` where the reader knows them; `layer` is the one to
    read where there are several.
    """

    content: bytes
    name: str
    columns: Mapping[str, str] | None = None
    layer: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Preview:
    """What was found in a file.

    Attributes
    ----------
    form
        What it is, in French.
    columns, recognised
        Its columns, `None` where its reader knows them, and those recognised by role.
    rows
        How many it has, `None` where only its reader will tell.
    head
        Its first rows, as text.
    layers, layer
        Names of its layers where one is to be chosen, and the one looked at.
    departement
        Code of the département that most of its communes are in, `None` for other files.
    notes
        French sentences about what had to be guessed of it.
    """

    form: str
    columns: tuple[str, ...] | None = None
    recognised: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    head: pd.DataFrame | None = None
    layers: tuple[str, ...] = ()
    layer: str | None = None
    departement: str | None = None
    notes: tuple[str, ...] = ()


def look(key: str, content: bytes, layer: str | None = None) -> Preview:
    """Look into a file.

    `key`: Key of `KINDS`. `layer`: The layer of a list of sites, where it has several; the first by default.

    Raises
    ------
    MaillageError
        Over a limit, or nothing that can be read.
    """
    kind = KINDS[key]
    with as_path(content, kind.stem, kind.title, kind.most_megabytes) as path:
        if key in {"roads", "communes"} and path.suffix == _TABLE:
            expected = ", ".join(kind.types[:-1]) + f" ou {kind.types[-1]}"
            msg = f"{kind.title} : fichier vide ou de format non reconnu. Un fichier {expected} est attendu."
            raise ParameterError(msg)
        if key == "roads":
            return apart(path, kind.title, partial(_roads, kind=kind))
        if key == "communes":
            return apart(path, kind.title, partial(_communes, kind=kind))
        if key == "rounds":
            table = read_delimited(path, kind.title)
            _check_rows(len(table), kind)
            require_columns_of_rounds(table)
            return Preview("Tournées des bus", rows=len(table), head=_head(table))
        if key == "population" or path.suffix == _TABLE:
            return _table(path, kind, key)
        return apart(path, kind.title, partial(_layer_of_sites, kind=kind, layer=layer))


def shown_name(name: str) -> str:
    """Return the name that a file came with as a text to show: never a path."""
    return visible(name.replace("\\", "/").rsplit("/", maxsplit=1)[-1])[:_CELL_SHOWN] or "fichier sans nom"


def _roads(path: Path, kind: FileKind) -> Preview:
    if path.suffix == _EXTRACT:
        return Preview("Extrait OpenStreetMap, lu à la construction")
    layer = read_road_layer(path)
    _check_size(layer.frame, kind)
    return Preview(f"Format reconnu : {layer.profile.name}", rows=len(layer.frame), head=_head(layer.frame))


def _communes(path: Path, kind: FileKind) -> Preview:
    frame = read_layer(commune_layer(find_layers(path, kind.title)), kind.title)
    _check_size(frame, kind)
    columns = tuple(map(str, frame.columns.drop("geometry")))
    recognised = recognised_commune_columns(columns)
    departement = None
    if "code" in recognised:
        departements = (
            normalise_codes(plain_texts(frame[recognised["code"]])).map(departement_of, na_action="ignore").mode()
        )
        departement = None if departements.empty else str(departements.iloc[0])
    return Preview(
        "Couche de contours", columns, recognised, rows=len(frame), head=_head(frame), departement=departement
    )


def _table(path: Path, kind: FileKind, key: str) -> Preview:
    notes: list[str] = []
    table = read_delimited(path, kind.title, notes)
    _check_rows(len(table), kind)
    read = partial(Preview, rows=len(table), head=_head(table), notes=tuple(notes))
    columns = tuple(map(str, table.columns))
    if key == "population":
        columns = tuple(dict.fromkeys(map(str, table.columns.str.lower())))
        return read("Tableau", columns, recognised_population_columns(columns))
    if is_official_list(columns):
        return read("Liste officielle France services")
    return read("Liste de lieux", columns, recognised_roles(columns, positioned=False))


def _layer_of_sites(path: Path, kind: FileKind, layer: str | None) -> Preview:
    layers = find_layers(path, kind.title)
    labels = tuple(each.label for each in layers)
    chosen = layers[labels.index(layer) if layer in labels else 0]
    frame = read_layer(chosen, kind.title)
    _check_size(frame, kind)
    columns = tuple(map(str, frame.columns.drop("geometry")))
    recognised = recognised_roles(columns, positioned=True)
    return Preview(
        "Couche de lieux", columns, recognised, rows=len(frame), head=_head(frame), layers=labels, layer=chosen.label
    )


def offered_roles(key: str, preview: Preview) -> dict[str, str]:
    """Return the roles that the columns of a file may be given, with their French labels."""
    positioned = preview.layer is not None
    roles = {} if preview.columns is None else KINDS[key].roles
    return {role: label for role, label in roles.items() if not (positioned and role in POSITION_ROLES)}


def missing_roles(key: str, preview: Preview, columns: Mapping[str, str]) -> list[str]:
    """Return the French labels of the roles that a file needs and that no column was given."""
    roles = offered_roles(key, preview)
    missing = [roles[role] for role in KINDS[key].needed if role in roles and role not in columns]
    if "position" in roles and "position" not in columns:
        missing += [roles[role] for role in ("lat", "lon") if role not in columns]
    return missing


def _check_size(frame: gpd.GeoDataFrame, kind: FileKind) -> None:
    _check_rows(len(frame), kind)
    vertices = int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())
    if vertices > kind.most_vertices:
        found, most = format_integer(vertices), format_integer(kind.most_vertices)
        msg = f"{kind.title} : {found} sommets trouvés, au plus {most} sont attendus. Simplifiez la couche."
        raise ParameterError(msg)


def _check_rows(rows: int, kind: FileKind) -> None:
    if not rows:
        msg = f"{kind.title} : la couche est vide. Donnez un fichier avec au moins une ligne."
        raise ParameterError(msg)
    if rows > kind.most_rows:
        found, most = format_integer(rows), format_integer(kind.most_rows)
        msg = (
            f"{kind.title} : {found} lignes trouvées, au plus {most} sont attendues. Ne gardez que celles de votre "
            f"territoire."
        )
        raise ParameterError(msg)


def _head(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the first rows as short texts, without shapes; empty where nothing is written."""
    head = pd.DataFrame(frame.drop(columns="geometry", errors="ignore")).head(_HEAD_ROWS).iloc[:, :_HEAD_COLUMNS]
    shown: pd.DataFrame = (
        head.astype("string").fillna("").apply(lambda column: column.map(lambda text: visible(text)[:_CELL_SHOWN]))
    )
    return shown
