"""Which column of a list of places is what: named by the caller, or by the names that publishers give.

Names are compared folded: no accent, case or punctuation. Usual words (`nom`, `latitude`) come first; a list that has
none is looked at for the names of its publisher (La Poste, the national schemas, the ministry of education, overpass
turbo, the older exports of ANCT).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from geo.errors import Fault, SchemaError
from geo.folding import fold
from geo.sources.delimited import listed_columns
from geo.sources.positions import parse_positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

#: How a message says to name columns.
NAME_THEM: Final = "Nommez les colonnes à utiliser, par exemple --columns {example} (voyez --help)."

#: Role -> usual names, of which a list has one; then names of publishers, the first found being used.
_USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("nom", "name", "libelle", "lib", "intitule", "denomination", "lib fs", "nom du service"),
    "facility_id": ("id", "identifiant", "facility id", "id fs"),
    "lat": ("latitude", "lat"),
    "lon": ("longitude", "lon", "lng", "long"),
}
_PUBLISHED: Final[Mapping[str, tuple[str, ...]]] = {
    "name": (
        *("lib france services", "libelle france services", "libelle du site", "nom du site", "nom site"),
        *("nom station", "appellation officielle", "nom officiel", "nom usuel", "denomination principale"),
        *("nom etablissement", "nom de l etablissement", "nom structure", "nom de la structure", "nom lieu"),
        *("nom du lieu", "nom bureau", "nom equipement", "nom complet", "raison sociale", "official name", "label"),
    ),
    "facility_id": (
        *("matricule", "identifiant du site", "identifiant site", "code du site", "code site", "numero uai", "uai"),
        *("identifiant de l etablissement", "id site", "id etablissement", "id structure", "osm id", "full id"),
        *("id station itinerance", "id station local", "siret", "code"),
    ),
}
#: Words that a name may have beside the one that says what a number is.
_BESIDE: Final = frozenset(
    (
        *("coord", "coordonnee", "coordonnees", "geo", "wgs84", "wgs", "84", "4326", "epsg", "dd", "deg", "degres"),
        *("consolidated", "site", "du", "point", "centroid", "centroide", "etablissement", "adresse", "bureau"),
    )
)
_BESIDE_METRES: Final = frozenset(
    (
        *("coord", "coordonnee", "coordonnees", "lambert", "lambert93", "l93", "93", "rgf93", "2154", "epsg", "m"),
        *("metres", "etablissement", "site", "du"),
    )
)
_AXES: Final[Mapping[str, frozenset[str]]] = {
    "lon": frozenset({"longitude", "lon", "lng", "long"}),
    "lat": frozenset({"latitude", "lat"}),
}
_METRES: Final[Mapping[str, frozenset[str]]] = {
    "lon": frozenset(
        {"x", "xl93", "x93", "xlambert", "xlambert93", "lambx", "lambertx", "coordx", "coordxet", "abscisse", "easting"}
    ),
    "lat": frozenset(
        {
            "y",
            "yl93",
            "y93",
            "ylambert",
            "ylambert93",
            "lamby",
            "lamberty",
            "coordy",
            "coordyet",
            "ordonnee",
            "northing",
        }
    ),
}
_PAIRS: Final = (
    *("geocodage", "coordonnees", "geo point", "geo point 2d", "lat lon", "latlong", "latlon", "lon lat", "lonlat"),
    *("coordonneesxy", "coordonnees xy", "coordonnees gps", "gps", "coordonnees geographiques", "geolocalisation"),
    *("position", "geopoint", "coordinates", "coord", "coords", "localisation", "location", "point", "geo"),
    *("wkt", "wkt geom", "geom wkt", "geom", "the geom", "geometry", "geometrie", "wkb", "wkb geometry"),
)
#: Columns taken where present, the first name found being used.
OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "address": (
        *("adresse", "address", "adresse complete", "adresse du site", "adresse station", "adresse uai"),
        *("numero et libelle de voie", "addr full"),
    ),
    "postcode": ("code postal", "codepostal", "cp", "postcode", "addr postcode", "contact postcode", "code postal uai"),
    "commune_code": (
        *("code insee", "insee com", "code commune", "commune code", "code commune insee", "code insee commune"),
        *("code insee de la commune", "com code", "codgeo", "depcom", "insee", "ref insee", "code com"),
    ),
    "commune_name": (
        *("commune", "nom commune", "lib com", "ville", "commune name", "nom de la commune", "libelle commune"),
        *("com name", "localite", "nom com", "addr city", "contact city"),
    ),
    "phone": ("telephone", "tel", "phone", "contact phone", "numero de telephone", "num tel", "telephone 1"),
    "email": ("mail", "email", "courriel", "contact email", "e mail", "adresse mail", "mel"),
    "website": ("site web", "site internet", "url", "website", "contact website", "web"),
    "opening_hours": ("opening hours", "horaires", "horaires d ouverture", "heures d ouverture"),
    "comment": ("commentaire", "comment"),
}
_KINDS: Final = ("type fs", "type", "type de site", "kind", "format fs")
#: What a column of a list of places may be; `position` is one column that holds both numbers, `kind` says which places
#: are antennes or buses.
ROLES: Final = ("name", "facility_id", "lat", "lon", "position", "kind", *OPTIONAL)
#: Roles that a layer, which carries its positions, does not have.
POSITION_ROLES: Final = ("lat", "lon", "position")
#: Rows that tell which of several columns holds positions.
_LOOKED_AT: Final = 200
_FRENCH: Final = {
    "name": "le nom",
    "facility_id": "l'identifiant",
    "lat": "la latitude",
    "lon": "la longitude",
    "position": "la position",
}


def recognised_roles(names: Iterable[str], *, positioned: bool) -> dict[str, str]:
    """Return the columns of a list by role (`ROLES`), those with a usual name; the first where several have one.

    `positioned`: The list is a layer, which carries its positions.

    Examples
    --------
    >>> recognised_roles(["nom_station", "coordonneesXY"], positioned=False)
    {'name': 'nom_station', 'position': 'coordonneesXY'}
    """
    folded = _folded(names)
    # « code » is an identifier in some lists, and repeated in others.
    found = {role: [name for name in _candidates(folded, role) if folded[name] != "code"] for role in ROLES}
    roles = {role: columns[0] for role, columns in found.items() if columns}
    if positioned:
        return {role: name for role, name in roles.items() if role not in POSITION_ROLES}
    if not {"lat", "lon"} <= roles.keys():
        if "position" in roles:
            roles = {role: name for role, name in roles.items() if role not in {"lat", "lon"}}
    else:
        roles.pop("position", None)
    return roles


def chosen_roles(table: pd.DataFrame, asked: Mapping[str, str], source: str, *, positioned: bool) -> dict[str, str]:
    """Return the columns of a table by role: those asked for, and of the other roles those with a usual name.

    `table`: Text; where two columns say the same, the first is completed by the second. `asked`: Name of a column by
    role (`ROLES`); case, accents and punctuation do not matter. `positioned`: See `recognised_roles`.

    Raises
    ------
    SchemaError
        A column asked for is absent, or several could be meant.
    """
    roles = {role: named_column(table, name, source) for role, name in asked.items() if role in ROLES}
    folded = _folded(map(str, table.columns))
    free = [role for role in ROLES if role not in roles and not (positioned and role in POSITION_ROLES)]
    if {"position", "lat", "lon"} & roles.keys():
        free = [role for role in free if role not in POSITION_ROLES]
    for role in free:
        candidates = [name for name in _candidates(folded, role) if name not in roles.values()]
        if role == "position":
            candidates = sorted(candidates, key=partial(_misread_positions, table))
        elif role == "facility_id":
            candidates = [name for name in candidates if _is_usual(folded, name, role) or _identifies(table[name])]
        if candidates and role in _USUAL and _is_usual(folded, candidates[0], role):
            usual = [name for name in candidates if _is_usual(folded, name, role)]
            _require_one(table, usual, role, source)
        if candidates:
            roles[role] = candidates[0]
    # Beside a latitude and a longitude it stands in where they are missing.
    if "position" in asked or ("position" in roles and not {"lat", "lon"} <= roles.keys()):
        roles = {role: name for role, name in roles.items() if role not in {"lat", "lon"}}
    return roles


def named_column(table: pd.DataFrame, name: str, source: str) -> str:
    """Return the column that a caller names; raise `SchemaError` where it is absent or several could be meant."""
    if name in table.columns:
        return name
    candidates = [str(column) for column in table.columns if fold(str(column)) == fold(name)]
    if not candidates:
        raise missing_columns(table, [f"colonne « {name} » absente"], source)
    if len(candidates) > 1:
        fault = Fault(f"plusieurs colonnes possibles pour « {name} » : {', '.join(candidates)}")
        raise SchemaError(source, [fault], "Écrivez le nom de la colonne comme dans le fichier.")
    return candidates[0]


def missing_columns(
    table: pd.DataFrame, texts: Iterable[str], source: str, example: str = "name=COLONNE,position=COLONNE"
) -> SchemaError:
    """Return the error about columns that are missing: it lists those found and says how to name them."""
    advice = f"Colonnes trouvées : {listed_columns(table.columns)}. {NAME_THEM.format(example=example)}"
    return SchemaError(source, [Fault(text) for text in texts], advice)


def _folded(names: Iterable[str]) -> dict[str, str]:
    return {name: fold(name) for name in names}


def _candidates(folded: Mapping[str, str], role: str) -> list[str]:
    """Return the columns that may have a role, the likeliest first."""
    if role in _AXES:
        usual = [name for name, text in folded.items() if text in _USUAL[role]]
        axes = [name for name, text in folded.items() if _is_axis(text, _AXES[role], _BESIDE)]
        metres = [name for name, text in folded.items() if _is_axis(text, _METRES[role], _BESIDE_METRES)]
        return [*usual, *(name for name in axes if name not in usual), *metres]
    wanted = (*_USUAL.get(role, ()), *_PUBLISHED.get(role, ()), *OPTIONAL.get(role, ()))
    wanted += {"position": _PAIRS, "kind": _KINDS}.get(role, ())
    return [name for usual in wanted for name, text in folded.items() if text == usual]


def _is_axis(text: str, words: frozenset[str], beside: frozenset[str]) -> bool:
    found = text.split()
    return sum(word in words for word in found) == 1 and all(word in words | beside for word in found)


def _is_usual(folded: Mapping[str, str], name: str, role: str) -> bool:
    return folded[name] in _USUAL[role]


def _identifies(cells: pd.Series) -> bool:
    """Tell whether a column that may be an identifier is one: always there, never twice."""
    return bool(cells.notna().all() and cells.is_unique)


def _misread_positions(table: pd.DataFrame, name: str) -> int:
    return int(parse_positions(table[name].head(_LOOKED_AT))["lat"].isna().sum())


def _require_one(table: pd.DataFrame, columns: list[str], role: str, source: str) -> None:
    """Complete the first of columns that say the same, and raise where they do not."""
    first, *others = columns
    for other in others:
        differs = (table[first] != table[other]).fillna(value=False)
        if differs.any():
            fault = Fault(f"plusieurs colonnes possibles pour {_FRENCH[role]} : {', '.join(columns)}")
            example = f"{'id' if role == 'facility_id' else role}={first}"
            raise SchemaError(source, [fault], f"Nommez la colonne à utiliser, par exemple --columns {example}.")
        table[first] = table[first].fillna(table[other])
