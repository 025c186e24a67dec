"""Tax offices open to residents, from one of two official lists.

- DGFiP, `coordonnees-des-structures-dgfip` (https://data.economie.gouv.fr), CSV: one row per service. Most
  rows are tobacconists; only `type_de_service` = "Centre des Finances publiques" is kept, also written "Centre de
  Finances publiques", in any letter case, with or without accents.
- DILA, directory of administrations (https://api-lannuaire.service-public.fr and its bulk file
  `data.gouv_local.json`), JSON: one record per service, recognised by `pivot.type_service_local`.

Up to ten services share a building: a tax office here is a place, with its services listed.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.crs import departement_of
from geo.errors import Fault, SchemaError, SourceError
from geo.french import agreed
from geo.sources.delimited import parse_delimited, read_text, require_columns
from geo.sources.facility_table import (
    OPEN_LICENCE,
    FacilityRows,
    commune_codes,
    facility_source_table,
    fault_notes,
    join_texts,
    position_identifiers,
    position_reasons,
    repair_code,
    rows_text,
)
from geo.sources.numbers import parse_degrees
from geo.sources.opening_hours import WeeklyHours, parse_plage_ouverture, parse_weeks
from geo.sources.positions import parse_positions
from geo.sources.provenance import names_its_file
from geo.text_columns import each_text, fold_all, text_array, text_list

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geo.sources.provenance import SourceTable

DATASET_DGFIP: Final = "Coordonnées des structures DGFiP"
DATASET_DILA: Final = "Annuaire de l'administration (DILA)"
DATASET: Final = "Liste des centres des finances publiques"

#: Codes of the directory whose offices receive individuals.
TAX_OFFICE_CODES: Final = ("sip", "tresorerie", "cfp", "centre_finances_publiques")

#: Tax services that do not receive individuals: named where they share a tax office's building.
OTHER_TAX_CODES: Final = ("sie", "centre_impots_fonciers")

#: The whole directory is one JSON file of a few hundred megabytes.
MAX_JSON_BYTES: Final = 600_000_000

#: `type_de_service` of an office, folded.
_FINANCE_CENTRE: Final = r"centres? des? finances? publiques?"
#: Words of the name (folded) of a service that receives them.
_FOR_INDIVIDUALS: Final = re.compile(r"\bsip\b|particuliers")
_WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
_REQUIRED: Final = ("nom_du_service", "type_de_service", "adresse", "code_postal", "commune", "geocodage")
_OPTIONAL: Final = (
    *("code_commune", "public", "telephone_1", "telephone_2", "courriel", "horaires_1", "accueil_sur_rdv"),
    *_WEEKDAYS,
)


@names_its_file
def read_tax_offices(path: Path) -> SourceTable:
    """Read the tax offices that receive residents; the list is recognised from the content.

    From the DGFiP list every "Centre des Finances publiques" is kept. From the directory of the DILA are
    kept the services for individuals: `sip` (service des impôts des particuliers), `tresorerie`, `cfp` and
    `centre_finances_publiques`; services for businesses (`sie`) or land registry (`centre_impots_fonciers`)
    are named where they share the building of one of these, and left out elsewhere.

    Services at the same position (to 0.00001 degree) in the same commune, or at the same address, are one
    office. It takes the name, position and contacts of its service for individuals, else of the first; its
    opening hours are the union of theirs. An office without an identifier is named by its position.

    Returns
    -------
    `frame` meets `geo.schemas.check_facilities`, kind "tax_office". `rejected` gives the services
    without a usable position or name; in a JSON file `row` is the rank of the record, from 1.

    Raises
    ------
    SourceError, SchemaError
        The file is neither list; all missing columns are listed.
    """
    notes: list[str] = []
    text = read_text(path, DATASET, MAX_JSON_BYTES, notes)
    if text.lstrip().startswith(("{", "[")):
        return facility_source_table(_gather(_dila_services(text)), path, DATASET_DILA, OPEN_LICENCE)
    return facility_source_table(_gather(_dgfip_services(text, notes)), path, DATASET_DGFIP, OPEN_LICENCE)


def _dgfip_services(text: str, notes: list[str]) -> FacilityRows:
    """Return one row per service of the DGFiP list that is a finance centre; `notes` are those about its text."""
    table = parse_delimited(text, DATASET_DGFIP, notes)
    require_columns(table, _REQUIRED, DATASET_DGFIP)
    rows_read = len(table)
    types = table["type_de_service"].fillna("(vide)")
    is_centre = fold_all(types).str.fullmatch(_FINANCE_CENTRE)
    left_out = types[~is_centre].value_counts()
    notes += [f"{agreed(count, f'ligne(s) « {name} » laissée(s)')} de côté" for name, count in left_out.items()]
    table = table[is_centre].reindex(columns=[*_REQUIRED, *_OPTIONAL]).astype("string")
    if table.empty:
        fault = Fault("aucune ligne dont type_de_service est « Centre des Finances publiques »")
        raise SchemaError(DATASET_DGFIP, [fault], "Téléchargez la liste officielle à nouveau.")

    businesses = table["public"].notna() & ~fold_all(table["public"]).str.contains("particulier")
    if businesses.any():
        notes.append(
            f"{agreed(businesses.sum(), 'service(s) réservé(s) aux professionnels, gardé(s)')} "
            f"({rows_text(list(businesses.index[businesses]))})"
        )
    weeks, hour_faults = parse_weeks(table[list(_WEEKDAYS)])
    position = parse_positions(table["geocodage"])
    services = pd.DataFrame(
        {
            "facility_id": pd.Series(pd.NA, index=table.index, dtype="string"),
            "name": table["nom_du_service"],
            "address": table["adresse"],
            "postcode": repair_code(table["code_postal"], 5, "code(s) posta(l/ux)", notes),
            "commune_code": commune_codes(table["code_commune"], notes),
            "commune_name": table["commune"],
            "phone": join_texts([table["telephone_1"], table["telephone_2"]], "; "),
            "email": table["courriel"],
            "opening_hours": weeks,
            "comment": join_texts([table["horaires_1"], table["accueil_sur_rdv"]], " - "),
            "is_office": True,
        }
    )
    notes += fault_notes(hour_faults)
    return FacilityRows(services, position["lon"], position["lat"], rows_read=rows_read, notes=notes)


def _dila_services(text: str) -> FacilityRows:
    """Return one row per tax service of the directory."""
    records = _records(text)
    codes = pd.Series([_service_code(record) for record in records], dtype="string")
    codes.index = pd.RangeIndex(1, len(codes) + 1, name="row")
    codes = codes[codes.isin([*TAX_OFFICE_CODES, *OTHER_TAX_CODES])]
    if not codes.isin(TAX_OFFICE_CODES).any():
        fault = Fault(
            f"aucun service de type {', '.join(TAX_OFFICE_CODES)} parmi {agreed(len(records), 'enregistrement(s)')}"
        )
        raise SchemaError(DATASET_DILA, [fault], "Téléchargez l'annuaire complet ou filtrez sur « sip ».")
    notes = [agreed(len(records) - len(codes), "enregistrement(s) d'autres services laissé(s) de côté")]

    chosen = [records[row - 1] for row in codes.index]
    addresses = [_address(record) for record in chosen]
    hours = [parse_plage_ouverture(record.get("plage_ouverture")) for record in chosen]
    faults = [
        Fault(_clean(text), int(row)) for row, (_, texts) in zip(codes.index, hours, strict=True) for text in texts
    ]

    def column(values: list[object]) -> pd.Series:
        cells = pd.Series([_clean(value) for value in values], index=codes.index, dtype="string")
        present: pd.Series = cells.mask(cells == "")
        return present

    services = pd.DataFrame(
        {
            "facility_id": column([record.get("id") for record in chosen]),
            "name": column([record.get("nom") for record in chosen]),
            "address": column([address.get("numero_voie") for address in addresses]),
            "postcode": column([address.get("code_postal") for address in addresses]),
            "commune_code": commune_codes(column([record.get("code_insee_commune") for record in chosen]), notes),
            "commune_name": column([address.get("nom_commune") for address in addresses]),
            "phone": column([_values(record.get("telephone")) for record in chosen]),
            "email": column([_values(record.get("adresse_courriel")) for record in chosen]),
            "website": column([_values(record.get("site_internet")) for record in chosen]),
            "opening_hours": pd.Series(
                [pd.NA if week is None else week.to_osm() for week, _ in hours], index=codes.index, dtype="string"
            ),
            "is_office": codes.isin(TAX_OFFICE_CODES),
        }
    )
    lon = parse_degrees(column([address.get("longitude") for address in addresses]))
    lat = parse_degrees(column([address.get("latitude") for address in addresses]))
    return FacilityRows(services, lon, lat, rows_read=len(records), notes=[*notes, *fault_notes(faults)])


def _gather(services: FacilityRows) -> FacilityRows:
    """Make one row per place from one row per service.

    A place takes the row of its main service. Services whose place has no usable position are left as they
    are, to be reported one by one.
    """
    table = services.table
    has_position = [reason is None for reason in text_list(position_reasons(services.lon, services.lat))]
    names, hours = text_list(table["name"]), text_list(table["opening_hours"])
    is_office, folded = table["is_office"].tolist(), text_list(fold_all(table["name"]))

    def merit(row: int) -> tuple[bool, ...]:
        name = folded[row]
        return has_position[row], name is not None, _FOR_INDIVIDUALS.search(name or "") is not None, is_office[row]

    kept: dict[int, tuple[str | None, str | None]] = {}  # hours and services of a place, by its main service
    left_out = 0
    for rows in _places(table, services.lon, services.lat, has_position):
        if not any(is_office[row] for row in rows):
            left_out += len(rows)
        elif any(has_position[row] for row in rows):
            listed = "; ".join(dict.fromkeys(name for row in rows if (name := names[row]) is not None))
            kept[max(rows, key=merit)] = (_union_of_hours(hours[row] for row in rows), listed)
        else:
            kept |= {row: (hours[row], None) for row in rows}
    notes = list(services.notes)
    if left_out:
        notes.append(
            agreed(left_out, "service(s) sans accueil des particuliers à (son/leur) adresse, laissé(s) de côté")
        )
    places = table.iloc[sorted(kept)]
    lon, lat = services.lon[places.index], services.lat[places.index]
    places = places.assign(
        facility_id=places["facility_id"].fillna(position_identifiers(lon, lat)),
        kind="tax_office",
        departement=each_text(places["commune_code"], departement_of),
        opening_hours=text_array(kept[row][0] for row in sorted(kept)),
        services=text_array(kept[row][1] for row in sorted(kept)),
    )
    return FacilityRows(places, lon, lat, rows_read=services.rows_read, notes=notes)


def _places(table: pd.DataFrame, lon: pd.Series, lat: pd.Series, has_position: list[bool]) -> list[list[int]]:
    """Return the services, by position in the table, that share a place or an address, one through another too."""
    communes = [
        f"{name or ''}|{postcode or ''}"
        for name, postcode in zip(text_list(fold_all(table["commune_name"])), text_list(table["postcode"]), strict=True)
    ]
    first: dict[tuple[object, ...], int] = {}
    leads_to = list(range(len(table)))

    def first_of_place(row: int) -> int:
        while leads_to[row] != row:
            leads_to[row] = leads_to[leads_to[row]]
            row = leads_to[row]
        return row

    positions = zip(lon.round(5).tolist(), lat.round(5).tolist(), strict=True)
    addresses = text_list(fold_all(table["address"]))
    for row, (commune, position, address) in enumerate(zip(communes, positions, addresses, strict=True)):
        keys: list[tuple[object, ...]] = [(*position, commune)] if has_position[row] else []
        keys += [(address, commune)] if address is not None and commune != "|" else []
        for key in keys:
            leads_to[first_of_place(row)] = first_of_place(first.setdefault(key, row))
    places = defaultdict(list)
    for row in range(len(table)):
        places[first_of_place(row)].append(row)
    return list(places.values())


def _union_of_hours(texts: Iterable[str | None]) -> str | None:
    """Return when at least one service of a place is open, as text; `None` where none says."""
    weeks = [WeeklyHours.from_osm(text) for text in texts if text is not None]
    return reduce(WeeklyHours.union, weeks).to_osm() if weeks else None


def _records(text: str) -> list[dict[str, Any]]:
    """Return the records of the directory: the bulk file, an answer of the API, or a plain list."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{DATASET_DILA} : le fichier JSON est abîmé ou incomplet. Téléchargez-le à nouveau."
        raise SourceError(msg) from error
    if isinstance(content, dict):
        content = next((content[key] for key in ("service", "results") if key in content), None)
    if not isinstance(content, list):
        fault = Fault("ni liste « service », ni liste « results », ni liste d'enregistrements")
        raise SchemaError(DATASET_DILA, [fault], "Vérifiez que c'est le fichier de l'annuaire.")
    faults = [
        Fault("enregistrement qui n'est pas un objet", n) for n, each in enumerate(content, 1) if type(each) is not dict
    ]
    if faults:
        raise SchemaError(DATASET_DILA, faults, "Vérifiez que c'est le fichier de l'annuaire.")
    return content


def _service_code(record: dict[str, Any]) -> str:
    """Return the code of a record's service, the one that receives individuals if it has several."""
    pivots = _parsed(record.get("pivot"))
    pivots = pivots if isinstance(pivots, list) else [pivots]
    codes = [str(pivot.get("type_service_local")).lower() for pivot in pivots if isinstance(pivot, dict)]
    wanted = [code for code in (*TAX_OFFICE_CODES, *OTHER_TAX_CODES) if code in codes]
    return wanted[0] if wanted else ""


def _address(record: dict[str, Any]) -> dict[str, Any]:
    """Return the address people go to: the first with a position (a postal address has none)."""
    addresses = _parsed(record.get("adresse"))
    addresses = addresses if isinstance(addresses, list) else [addresses]
    addresses = [address for address in addresses if isinstance(address, dict)]
    return next((address for address in addresses if address.get("longitude")), addresses[0] if addresses else {})


def _values(field: object) -> str:
    """Return the `valeur` of each record of a field, joined; a plain text as it is."""
    parsed = _parsed(field)
    entries = parsed if isinstance(parsed, list) else [parsed if isinstance(parsed, dict) else field]
    texts = [_clean(entry.get("valeur") if isinstance(entry, dict) else entry) for entry in entries]
    return "; ".join(filter(None, texts))


def _parsed(field: object) -> Any:
    """Return a field that may be JSON in a text; what is not JSON stays as it is."""
    if not isinstance(field, str):
        return field
    try:
        return json.loads(field)
    except (ValueError, RecursionError):
        return field


def _clean(value: object) -> str:
    """Return a text or a number as text that can be stored; the empty text for anything else."""
    text = str(value) if isinstance(value, str | int | float) else ""
    return text.encode("utf-8", "replace").decode().strip()
