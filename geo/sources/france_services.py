"""The official list of France services sites (ANCT, data.gouv.fr, Licence Ouverte 2.0).

Columns of 2024: https://www.data.gouv.fr/fr/datasets/liste-des-structures-france-services/. The schema
used until 2023 (`itinerance`, and `format_fs` = "Site principal", in 2020 "Espace labellisé", or "Antenne") is read
as well.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.crs import departement_of
from geo.errors import Fault, SchemaError
from geo.folding import fold
from geo.french import agreed
from geo.sources.commune_codes import first_named
from geo.sources.delimited import read_delimited, require_columns
from geo.sources.facility_table import (
    OPEN_LICENCE,
    FacilityRows,
    changed_rows,
    commune_codes,
    facility_source_table,
    fault_notes,
    join_texts,
    lost_rows,
    repair_code,
    require_few,
    rows_text,
)
from geo.sources.numbers import parse_degrees
from geo.sources.opening_hours import WEEKDAYS, parse_weeks
from geo.sources.provenance import names_its_file
from geo.text_columns import each_text, fold_all, text_array, text_column, text_list

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from geo.sources.provenance import SourceTable

DATASET: Final = "Liste des structures France services"

#: One column per weekday, Monday first; the list has none for Sunday.
HOUR_COLUMNS: Final = ("h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi")
_REQUIRED: Final = (
    *("id_fs", "lib_fs", "adresse", "insee_com", "code_postal", "lib_com", "latitude", "longitude"),
    *(*HOUR_COLUMNS, "format_fs"),
)
_OPTIONAL: Final = (
    *("insee_dep", "complement_adresse", "mail", "telephone", "prise_rdv", "commentaire"),
    *("labellisation_fs", "site_web", "type_fs", "itinerance", "groupe_fs"),
)

#: Column of today -> names of it in older exports, folded; any column may be written in capitals.
_OLDER: Final = {
    "id_fs": ("matricule", "id france services"),
    "lib_fs": ("lib france services", "libelle france services", "nom france services"),
    "complement_adresse": ("complement d adresse", "complement"),
    "insee_dep": ("departement", "code departement", "dep"),
    "insee_com": ("code insee", "code commune", "insee", "com", "depcom", "codgeo"),
    "code_postal": ("cp", "codepostal"),
    "lib_com": ("commune", "nom commune", "libelle commune", "ville"),
    "mail": ("email", "courriel", "e mail", "adresse mail", "contact mail"),
    "telephone": ("tel", "numero de telephone"),
    "commentaire": ("commentaires", "commentaire horaires"),
    "site_web": ("site internet", "url"),
    "itinerance": ("itinerant", "itinerante"),
    **{f"h_{day}": (day, f"horaires {day}", f"horaire {day}") for day in WEEKDAYS[:6]},
}
_OFFICIAL_LIST: Final = (
    "La liste de l'ANCT est attendue : téléchargez-la à nouveau, ou nommez ces colonnes comme elle dans le fichier."
)
#: What to do where the columns of another list can be named.
OTHER_LIST: Final = (
    "Pour une autre liste que celle de l'ANCT, nommez ses colonnes : --columns sites:name=COLONNE,position=COLONNE."
)

_PRINCIPAL: Final = frozenset({"principal", "site principal", "espace labellise"})
#: Values of `format_fs` (folded) of a place that stays, and of one that travels.
FIXED_FORMATS: Final = frozenset({"fixe", "multisites", "multisite", "fixe antenne s", "fixe antenne", "fixe antennes"})
BUS_FORMATS: Final = frozenset({"bus equivalent", "bus", "itinerante", "itinerant", "mobile"})

#: Who runs a site -> words of its name that say so (folded text). Where the words of several bearers
#: are found the first of CCAS and CIAS wins (they belong to a commune or an intercommunality).
_NAMING_BEARERS: Final = {
    "CCAS": r"ccas|centre communal d action sociale",
    "CIAS": r"cias|centre intercommunal d action sociale",
    "La Poste": r"la poste|bureau de poste|agence postale",
    "MSA": r"msa|mutualite sociale agricole",
    "État": r"sous prefecture|prefecture",
    "Intercommunalité": (
        r"communaute des? communes|communaute d agglomeration|communaute urbaine|intercommunalite|cc (?!$)|"
        r"(?:communaute|agglomeration|agglo)$"
    ),
    "Commune": r"mairie|commune|hotel de ville",
    "Département": r"conseil departemental|maison du departement|departement(?:al|ale)?",
    "Association": r"association",
    # A network whose members are bodies of several kinds, often beside the name of whom they work for.
    "inconnu": r"pimms",
}
_BEARER_WORDS: Final = {
    bearer: re.compile(rf"(?:^| )(?:{words})(?:(?<= )|(?= )|$)") for bearer, words in _NAMING_BEARERS.items()
}

_DATE: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")

#: A character that the publisher wrote as a program would: ``\\x20``, ``\\u2019``.
ESCAPED_CHARACTER: Final = re.compile(r"\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})")


@names_its_file
def read_france_services(path: Path, *, other_list: str = _OFFICIAL_LIST) -> SourceTable:
    """Read the list of France services sites.

    The kind follows the rule of the official map: an antenne whatever its format; else `bus` for the
    formats "Bus_équivalent", "Itinérante", "Mobile" (before 2024: `itinerance` = "Oui"), `main` for the
    fixed ones. The bearer is given only where the name of the site says it, <NA> elsewhere. An antenne's main site
    is given where one, and only one, shares its e-mail address or its group.

    `other_list`: French sentence, what to do where columns are missing.

    Returns
    -------
    `frame` meets `geo.schemas.check_facilities`. Kept out, and reported by row in `rejected`: no
    usable position, outside France, repeated identifier, no name, kind never seen before. What
    loses no row is reported in `notes`: malformed hours (that day is then unknown), repaired
    codes, unreadable dates.
    """
    notes: list[str] = []
    table = read_site_rows(path, notes, other_list=other_list)
    commune_code = commune_codes(table["insee_com"], notes)
    weeks, hour_faults = parse_weeks(table[list(HOUR_COLUMNS)])
    kinds, unknown_kinds = site_kinds(table, notes)
    facilities = pd.DataFrame(
        {
            "facility_id": table["id_fs"],
            "name": table["lib_fs"],
            "kind": kinds,
            "address": join_texts([table["adresse"], table["complement_adresse"]], ", "),
            "postcode": repair_code(table["code_postal"], 5, "code(s) posta(l/ux)", notes),
            "commune_code": commune_code,
            "commune_name": table["lib_com"],
            "departement": _departements(table["insee_dep"], commune_code, notes),
            "phone": table["telephone"],
            "email": table["mail"],
            "website": table["site_web"],
            "opening_hours": weeks,
            "appointment": _yes_or_no(table["prise_rdv"], notes),
            "comment": _unescape(table["commentaire"]),
            "bearer": guess_bearers(table["lib_fs"]),
            "labelled_on": _label_dates(table["labellisation_fs"], notes),
        }
    )
    facilities["main_site"] = _main_sites(facilities, fold_all(table["groupe_fs"]))
    rows = FacilityRows(
        table=facilities,
        lon=parse_degrees(table["longitude"]),
        lat=parse_degrees(table["latitude"]),
        reasons=unknown_kinds,
        notes=[*notes, *fault_notes(hour_faults)],
    )
    return facility_source_table(rows, path, DATASET, OPEN_LICENCE)


def read_site_rows(path: Path, notes: list[str] | None = None, *, other_list: str = _OFFICIAL_LIST) -> pd.DataFrame:
    """Return the rows of the list as they are written, before any is judged.

    `notes`: French sentences about what had to be guessed of the file are added to it. `other_list`: As for
    `read_france_services`.

    Returns
    -------
    All columns of dtype "string", those that this edition of the list lacks being <NA>; the index is the row
    as a spreadsheet shows it.
    """
    table = read_delimited(path, DATASET, notes)
    require_few(table, DATASET)
    written = table.columns
    table = table.rename(columns=_todays_names(written))
    if "format_fs" not in table and "itinerance" in table:
        table["format_fs"] = pd.Series("Site principal", index=table.index, dtype="string")
        if notes is not None:
            notes.append("ancienne liste, qui ne dit pas les antennes : tous les sites comptent comme principaux")
    require_columns(table, _REQUIRED, DATASET, other_list, found=written)
    if "type_fs" not in table and "itinerance" not in table:
        fault = Fault("colonne « type_fs » absente (ni « itinerance », de l'ancien schéma)")
        raise SchemaError(DATASET, [fault], "Téléchargez la liste officielle à nouveau.")
    absent = text_array([None] * len(table))
    columns = {name: table[name].array if name in table else absent for name in (*_REQUIRED, *_OPTIONAL)}
    return pd.DataFrame(columns, index=table.index)


def is_official_list(columns: Collection[str]) -> bool:
    """Tell whether a table has the columns of the official list, under today's names or older ones."""
    named = {*columns, *_todays_names(columns).values()}
    return set(_REQUIRED) <= named | ({"format_fs"} if "itinerance" in named else set())


def _todays_names(columns: Collection[str]) -> dict[str, str]:
    """Return today's name of each column that has an older one, or is written in another way."""
    wanted = [name for name in (*_REQUIRED, *_OPTIONAL) if name not in columns]
    found = {name: first_named(columns, (fold(name), *_OLDER.get(name, ()))) for name in wanted}
    return {old: name for name, old in found.items() if old is not None}


def guess_bearers(names: pd.Series) -> pd.Series:
    """Tell who runs each site where its name says it.

    Returns
    -------
    "La Poste", "CCAS", "CIAS", "MSA", "État", "Intercommunalité", "Commune", "Département" or
    "Association"; <NA> where the name says nothing, or names several bearers.
    """
    return each_text(fold_all(names), _bearer)


def _bearer(name: str) -> str | None:
    """Return who runs a site of this name (folded), `None` where it says nothing, or names several bearers."""
    said = {bearer for bearer, words in _BEARER_WORDS.items() if words.search(name)}
    if said & {"CCAS", "CIAS"}:
        said -= {"Commune", "Intercommunalité"}
    return said.pop() if len(said) == 1 and "inconnu" not in said else None


def site_kinds(table: pd.DataFrame, notes: list[str]) -> tuple[pd.Series, pd.Series]:
    """Return the kind of each row (see `read_france_services`), and why it cannot be told (<NA> where it can).

    `table` is that of `read_site_rows`; what loses no row is said in `notes`.
    """
    columns = [table[name] for name in ("type_fs", "format_fs", "itinerance")]
    written, folded = (list(zip(*map(text_list, texts), strict=True)) for texts in (columns, [*map(fold_all, columns)]))
    told = [_kind_and_form(*row) for row in folded]
    antennes = [(row, form) for row, (kind, form) in zip(table.index, told, strict=True) if kind == "antenne"]
    if travelling := [row for row, form in antennes if form in BUS_FORMATS]:
        notes.append(
            f"{agreed(len(travelling), 'antenne(s) de format itinérant, comptée(s) comme antenne(s)')} "
            f"({rows_text(travelling)})"
        )
    if unseen := [row for row, form in antennes if form not in FIXED_FORMATS | BUS_FORMATS]:
        notes.append(f"{agreed(len(unseen), 'antenne(s)')} de format inconnu ({rows_text(unseen)})")
    faults = [_unknown_kind(*row) if kind is None else None for row, (kind, _) in zip(written, told, strict=True)]
    kinds = text_column([kind or "main" for kind, _ in told], table.index)
    return kinds, text_column(faults, table.index)


def _kind_and_form(type_: str | None, form: str | None, rounds: str | None) -> tuple[str | None, str | None]:
    """Return the kind of a row, `None` where it cannot be told, and its format; the cells are folded."""
    rounds = "non" if rounds is None else rounds
    if type_ is None and form in _PRINCIPAL | {"antenne"} and rounds in {"oui", "non"}:
        # The schema used until 2023, row by row: its `format_fs` is today's `type_fs`.
        type_, form = ("principal", "itinerante") if rounds == "oui" else (form, "fixe")
    if type_ == "antenne":
        return "antenne", form
    if type_ not in _PRINCIPAL:
        return None, form
    if form in BUS_FORMATS or rounds == "oui":
        return "bus", form
    return "main" if form in FIXED_FORMATS else None, form


def _unknown_kind(*written: str | None) -> str:
    type_, form, rounds = ((text or "")[:40] for text in written)
    return f"type de structure inconnu : type_fs « {type_} », format_fs « {form} », itinerance « {rounds} »"


def _main_sites(facilities: pd.DataFrame, groups: pd.Series) -> pd.Series:
    """Return the name of the main site that each antenne is attached to, <NA> where the list does not tell.

    The list has no such column. An antenne is linked to the only main site of its département with the same e-mail
    address, else to the only one in the same group (`groupe_fs`, folded); groups are less reliable.
    """
    kinds, names, departements, emails = (
        text_list(facilities[column]) for column in ("kind", "name", "departement", "email")
    )
    found: list[str | None] = [None] * len(kinds)
    for shared in ([email and email.casefold() for email in emails], text_list(groups)):
        keys = [
            None if departement is None or text is None else (departement, text)
            for departement, text in zip(departements, shared, strict=True)
        ]
        main_sites: dict[tuple[str, str] | None, list[str | None]] = {}
        for kind, key, name in zip(kinds, keys, names, strict=True):
            if kind == "main" and key is not None:
                main_sites.setdefault(key, []).append(name)
        for row, (kind, key) in enumerate(zip(kinds, keys, strict=True)):
            if kind == "antenne" and found[row] is None and len(those := main_sites.get(key, [])) == 1:
                found[row] = those[0]
    return text_column(found, facilities.index)


def _departements(cells: pd.Series, commune_code: pd.Series, notes: list[str]) -> pd.Series:
    """Return the département a site lies in: that of its commune, else the one written."""
    written = repair_code(cells, 2, "code(s) de département", notes)
    located = each_text(commune_code, departement_of)
    if differ := changed_rows(written, located):
        notes.append(
            f"{agreed(len(differ), 'site(s)')} dont le département écrit n'est pas celui de la commune, "
            f"qui est retenu ({rows_text(differ)})"
        )
    return located.fillna(written)


def _yes_or_no(cells: pd.Series, notes: list[str]) -> pd.Series:
    said = [{"oui": True, "non": False}.get(text or "") for text in text_list(fold_all(cells))]
    answers = pd.Series(pd.array(said, dtype="boolean"), index=cells.index)
    if unread := lost_rows(cells, answers):
        notes.append(f"prise_rdv ni « Oui » ni « Non », laissé inconnu ({rows_text(unread)})")
    return answers


def parse_label_dates(cells: pd.Series) -> pd.Series:
    """Return the dates of cells such as ``Espace labellisé 01/07/2022`` as ISO text; <NA> where there is none."""
    return each_text(cells, _label_date)


def _label_date(text: str) -> str | None:
    found = _DATE.search(text)
    try:
        return dt.date(int(found[3]), int(found[2]), int(found[1])).isoformat() if found else None
    except ValueError:  # no such day
        return None


def _label_dates(cells: pd.Series, notes: list[str]) -> pd.Series:
    dates = parse_label_dates(cells)
    if unread := lost_rows(cells, dates):
        notes.append(f"date de labellisation illisible, laissée vide ({rows_text(unread)})")
    return dates


def _unescape(cells: pd.Series) -> pd.Series:
    r"""Give back the characters that the publisher sometimes writes as ``\x20`` or ``\u2019``."""

    def character(found: re.Match[str]) -> str:
        mark = chr(int(found[1] or found[2], 16))
        return mark if mark.isprintable() else " "

    return each_text(cells, lambda text: ESCAPED_CHARACTER.sub(character, text))
