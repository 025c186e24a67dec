"""What can be wrong in the official list of France services sites, one small function a check.

A check looks at all rows at once and returns the values that are at fault: a "string" series indexed by the row of
the spreadsheet. A row may be there several times (one wrong cell a weekday), never with a missing value.
`geo.sources.site_quality` runs them all and makes the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84, metric_crs
from geo.french import EMAIL, PHONE, PHONE_SEPARATORS
from geo.sources.departements import departement_codes
from geo.sources.france_services import BUS_FORMATS, ESCAPED_CHARACTER, FIXED_FORMATS, HOUR_COLUMNS, parse_label_dates
from geo.sources.opening_hours import Interval, WeeklyHours, parse_weeks
from geo.sources.site_rows import SiteRows, slots_of
from geo.text_columns import fold_all

if TYPE_CHECKING:
    from collections.abc import Callable

#: How bad a fault is: the row cannot be used, the public is misled, or only somebody on the spot can tell.
BLOCKING: Final = "bloquant"
TO_CORRECT: Final = "à corriger"
TO_VERIFY: Final = "à vérifier"
SEVERITIES: Final = (BLOCKING, TO_CORRECT, TO_VERIFY)

#: Hours a week that a main site is open, two agents being present.
MIN_WEEKLY_HOURS: Final = 24
#: A site this far (m) out of its commune is reported: contours are simplified, and some sites stand on the border.
MAX_OUTSIDE_M: Final = 500

#: (west, south, east, north) in degrees of each overseas département; the others are in mainland France.
_OVERSEAS_BOXES: Final = {
    "971": (-61.9, 15.8, -60.9, 16.6),
    "972": (-61.3, 14.3, -60.7, 15.0),
    "973": (-54.9, 1.9, -51.3, 6.1),
    "974": (55.1, -21.5, 55.95, -20.7),
    "975": (-56.6, 46.6, -56.0, 47.2),
    "976": (44.9, -13.1, 45.4, -12.5),
    "977": (-63.0, 17.8, -62.7, 18.05),
    "978": (-63.3, 17.9, -62.9, 18.2),
}
_MAINLAND_BOX: Final = (-5.6, 41.2, 9.8, 51.3)
#: First figures of the postcodes of Corsica; Saint-Barthélemy and Saint-Martin have those of Guadeloupe.
_POSTCODE_DEPARTEMENTS: Final = {"200": "2A", "201": "2A", "202": "2B", "206": "2B"}

_BETWEEN_DIGITS: Final = rf"{PHONE_SEPARATORS}|\(0\)"
_BETWEEN_PHONES: Final = r"[/;,]|\bou\b"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its key, its French title, its severity, what is expected, and what finds the faults.

    `needs_communes`: it compares with contours, and is not run without them.
    """

    key: str
    title: str
    severity: str
    expected: str
    find: Callable[[SiteRows], pd.Series]
    needs_communes: bool = False


def _missing(column: str) -> Callable[[SiteRows], pd.Series]:
    return lambda rows: _at(rows.table[column].fillna(""), rows.table[column].isna())


def _not_matching(column: str, pattern: str) -> Callable[[SiteRows], pd.Series]:
    return lambda rows: _at(rows.table[column], ~rows.table[column].str.fullmatch(pattern).fillna(value=True))


def _unknown_kinds(rows: SiteRows) -> pd.Series:
    return rows.kind_and_fault[1].dropna()


def _unknown_formats(rows: SiteRows) -> pd.Series:
    old_schema = rows.table["type_fs"].isna()
    unseen = ~fold_all(rows.table["format_fs"]).isin(FIXED_FORMATS | BUS_FORMATS)
    return _at(rows.table["format_fs"].fillna(""), unseen & ~old_schema & rows.kind.notna())


def _unknown_appointments(rows: SiteRows) -> pd.Series:
    return _at(rows.table["prise_rdv"].fillna(""), ~fold_all(rows.table["prise_rdv"]).isin(["oui", "non"]))


def _missing_positions(rows: SiteRows) -> pd.Series:
    return _at(rows.position, ~rows.has_position)


def _outside_france(rows: SiteRows) -> pd.Series:
    return _at(rows.position, rows.has_position & ~rows.in_france)


def _outside_territory(rows: SiteRows) -> pd.Series:
    boxes = pd.DataFrame(
        [_OVERSEAS_BOXES.get(code, _MAINLAND_BOX) for code in rows.departement.fillna("")],
        index=rows.table.index,
        columns=["west", "south", "east", "north"],
    )
    inside = rows.lon.between(boxes["west"], boxes["east"]) & rows.lat.between(boxes["south"], boxes["north"])
    wrong = rows.in_france & rows.departement.notna() & ~inside
    return _at(rows.position + " (commune " + rows.table["insee_com"] + ")", wrong)


def _outside_commune(rows: SiteRows) -> pd.Series:
    contours = rows.contours
    found = contours.notna() & rows.in_france
    distance = pd.Series(0.0, index=rows.table.index)
    points = gpd.GeoSeries(gpd.points_from_xy(rows.lon, rows.lat), rows.table.index, crs=WGS84)
    systems = rows.departement[found].map(metric_crs)
    for system in systems.unique():
        here = systems.index[systems == system]
        distance[here] = contours[here].to_crs(system).distance(points[here].to_crs(system))
    written = rows.position + ", à " + distance.round().astype("Int64").astype("string") + " m de la commune "
    return _at(written + rows.table["insee_com"], distance > MAX_OUTSIDE_M)


def _repeated_positions(rows: SiteRows) -> pd.Series:
    position = rows.lat.astype("string") + ", " + rows.lon.astype("string")
    return _repeated(position.where(rows.has_position))


def _unreadable_codes(rows: SiteRows) -> pd.Series:
    return _at(rows.table["insee_com"].fillna(""), rows.commune_code.isna())


def _unknown_communes(rows: SiteRows) -> pd.Series:
    return _at(rows.table["insee_com"], rows.commune_code.notna() & rows.contours.isna())


def _unknown_departements(rows: SiteRows) -> pd.Series:
    written = rows.table["insee_dep"]
    return _at(written.fillna(""), ~written.str.zfill(2).isin(departement_codes()))


def _other_departements(rows: SiteRows) -> pd.Series:
    written = rows.table["insee_dep"]
    differs = rows.departement.notna() & written.notna() & (written.str.zfill(2) != rows.departement)
    return _at(written + " (commune " + rows.table["insee_com"] + ")", differs)


def _other_postcodes(rows: SiteRows) -> pd.Series:
    code = rows.table["code_postal"].where(rows.table["code_postal"].str.fullmatch("[0-9]{5}"))
    start = code.str[:3]
    written = start.map(_POSTCODE_DEPARTEMENTS).fillna(start.where(start.str.startswith("97"), code.str[:2]))
    differs = written != rows.departement.replace({"977": "971", "978": "971"})
    return _at(code + " (commune " + rows.table["insee_com"] + ")", differs.fillna(value=False))


def _no_hours(rows: SiteRows) -> pd.Series:
    filled = rows.table[list(HOUR_COLUMNS)].notna().any(axis="columns")
    silent = ~filled & (rows.kind != "bus").fillna(value=True)
    return _at(pd.Series("", index=rows.table.index, dtype="string"), silent)


def _malformed_hours(rows: SiteRows) -> pd.Series:
    texts = rows.hour_cells.str.replace(r"^\S+ ", "", regex=True)
    unread = {text: slots_of(text) is None for text in texts.unique()}
    reversed_slots = rows.hours_where(lambda slots: any(not _is_slot(slot) for slot in slots))
    unreadable = rows.hour_cells[texts.map(unread).to_numpy(dtype=bool)]
    malformed: pd.Series = pd.concat([unreadable, reversed_slots]).sort_index(kind="stable")
    return malformed


def _midnight_slots(rows: SiteRows) -> pd.Series:
    return rows.hours_where(lambda slots: (0, 0) in slots)


def _overlapping_slots(rows: SiteRows) -> pd.Series:
    return rows.hours_where(_overlap)


def _many_slots(rows: SiteRows) -> pd.Series:
    return rows.hours_where(lambda slots: len(slots) > 2)  # noqa: PLR2004 - morning and afternoon


def _few_hours(rows: SiteRows) -> pd.Series:
    weeks, faults = parse_weeks(rows.table[list(HOUR_COLUMNS)])
    certain = (rows.kind == "main").fillna(value=False) & ~weeks.index.isin([fault.row for fault in faults])
    texts = weeks[certain].dropna()
    hours = texts.map({text: WeeklyHours.from_osm(text).hours_per_week for text in texts.unique()}).astype("float64")
    few = hours[hours < MIN_WEEKLY_HOURS]
    written = few.round(2).map("{:g}".format).astype("string")
    return written.str.replace(".", ",", regex=False) + " h par semaine"


def _bus_without_rounds(rows: SiteRows) -> pd.Series:
    silent = rows.table["commentaire"].isna() & rows.table["site_web"].isna()
    return _at(rows.table["format_fs"].fillna(""), silent & (rows.kind == "bus").fillna(value=False))


def _malformed_phones(rows: SiteRows) -> pd.Series:
    figures = rows.table["telephone"].str.replace(_BETWEEN_PHONES, ";", regex=True)
    figures = figures.str.replace(_BETWEEN_DIGITS, "", regex=True)
    return _at(rows.table["telephone"], ~figures.str.fullmatch(rf"(?:{PHONE})(?:;(?:{PHONE}))*").fillna(value=True))


def _unreadable_labels(rows: SiteRows) -> pd.Series:
    written = rows.table["labellisation_fs"]
    return _at(written.fillna(""), parse_label_dates(written).isna())


def _future_labels(rows: SiteRows) -> pd.Series:
    written = rows.table["labellisation_fs"]
    return _at(written, (parse_label_dates(written) > rows.today.isoformat()).fillna(value=False))


def _escaped_texts(rows: SiteRows) -> pd.Series:
    written = rows.table["commentaire"]
    return _at(written, (written.str.count(ESCAPED_CHARACTER.pattern) > 0).fillna(value=False))


def _at(values: pd.Series, wrong: pd.Series) -> pd.Series:
    """Return the values of the rows at fault."""
    return values[wrong.to_numpy(dtype=bool)].astype("string")


def _repeated(values: pd.Series) -> pd.Series:
    """Return the values met more than once: ``12 (3 lignes, dès la ligne 8)``."""
    several = values[values.duplicated(keep=False) & values.notna()]
    rows = pd.Series(several.index, index=several.index).groupby(several)
    count, first = rows.transform("size").astype("string"), rows.transform("min").astype("string")
    return (several + " (" + count + " lignes, dès la ligne " + first + ")").astype("string")


def _is_slot(slot: Interval) -> bool:
    start, end = slot
    return slot == (0, 0) or start < end <= 24 * 60


def _overlap(slots: tuple[Interval, ...]) -> bool:
    ordered = sorted(slot for slot in slots if slot != (0, 0))
    return any(first[1] > second[0] for first, second in pairwise(ordered))


#: All checks, in the order of the report: the row as a whole, its place, its hours, how to reach it.
CHECKS: Final = (
    Check("missing_identifier", "Identifiant absent", BLOCKING, "un identifiant id_fs", _missing("id_fs")),
    Check(
        "repeated_identifier",
        "Identifiant donné à plusieurs lignes",
        BLOCKING,
        "un identifiant par site",
        lambda rows: _repeated(rows.table["id_fs"]),
    ),
    Check("missing_name", "Nom absent", BLOCKING, "un nom (lib_fs)", _missing("lib_fs")),
    Check(
        "unknown_kind",
        "Ni site principal, ni antenne, ni bus",
        BLOCKING,
        "type_fs « Principal » ou « Antenne », et un format_fs connu",
        _unknown_kinds,
    ),
    Check(
        "missing_position",
        "Position absente, illisible ou à 0",
        BLOCKING,
        "latitude et longitude en degrés",
        _missing_positions,
    ),
    Check("outside_france", "Position hors de France", BLOCKING, "une position en France", _outside_france),
    Check(
        "outside_territory",
        "Position dans un autre territoire que la commune",
        BLOCKING,
        "une position en métropole, ou dans le département d'outre-mer de la commune",
        _outside_territory,
    ),
    Check(
        "outside_commune",
        f"Position à plus de {MAX_OUTSIDE_M} m de la commune",
        TO_VERIFY,
        "une position dans la commune",
        _outside_commune,
        needs_communes=True,
    ),
    Check(
        "repeated_position",
        "Position donnée à plusieurs sites",
        TO_VERIFY,
        "une position par site, sauf sites à la même adresse",
        _repeated_positions,
    ),
    Check(
        "unreadable_commune_code",
        "Code de commune absent ou mal formé",
        TO_CORRECT,
        "cinq caractères : 64483, 2A004, 97411",
        _unreadable_codes,
    ),
    Check(
        "unknown_commune_code",
        "Code de commune inconnu des contours donnés",
        TO_VERIFY,
        "le code d'une commune actuelle (ou des contours de la même année)",
        _unknown_communes,
        needs_communes=True,
    ),
    Check(
        "unknown_departement",
        "Département absent ou inconnu",
        TO_CORRECT,
        "un code de département : 01, 2A, 974",
        _unknown_departements,
    ),
    Check(
        "other_departement",
        "Département autre que celui de la commune",
        TO_CORRECT,
        "le département de la commune",
        _other_departements,
    ),
    Check(
        "malformed_postcode",
        "Code postal mal formé",
        TO_CORRECT,
        "cinq chiffres, zéro compris",
        _not_matching("code_postal", "[0-9]{5}"),
    ),
    Check(
        "other_postcode",
        "Code postal d'un autre département",
        TO_VERIFY,
        "un code postal du département de la commune, sauf rares communes desservies par le voisin",
        _other_postcodes,
    ),
    Check("no_hours", "Aucun horaire", TO_CORRECT, "au moins un jour d'ouverture (hors bus)", _no_hours),
    Check(
        "malformed_hours",
        "Horaires illisibles ou inversés",
        TO_CORRECT,
        "HH:MM - HH:MM / HH:MM - HH:MM",
        _malformed_hours,
    ),
    Check(
        "midnight_slot",
        "Créneau « 00:00 - 00:00 »",
        TO_CORRECT,
        "une cellule vide pour une demi-journée fermée",
        _midnight_slots,
    ),
    Check(
        "overlapping_slots",
        "Créneaux qui se chevauchent",
        TO_CORRECT,
        "des créneaux disjoints ; une ligne par lieu d'un site multiple",
        _overlapping_slots,
    ),
    Check("many_slots", "Plus de deux créneaux par jour", TO_VERIFY, "au plus matin et après-midi", _many_slots),
    Check(
        "few_hours",
        f"Site principal ouvert moins de {MIN_WEEKLY_HOURS} h par semaine",
        TO_VERIFY,
        f"au moins {MIN_WEEKLY_HOURS} h par semaine",
        _few_hours,
    ),
    Check(
        "bus_without_rounds",
        "Bus sans tournée (ni commentaire, ni site web)",
        TO_CORRECT,
        "les jours et lieux de passage, ou l'adresse d'une page qui les donne",
        _bus_without_rounds,
    ),
    Check("no_phone", "Téléphone absent", TO_CORRECT, "un numéro", _missing("telephone")),
    Check("malformed_phone", "Téléphone mal formé", TO_CORRECT, "dix chiffres : 05 59 00 00 00", _malformed_phones),
    Check("no_mail", "Adresse électronique absente", TO_CORRECT, "une adresse", _missing("mail")),
    Check(
        "malformed_mail",
        "Adresse électronique mal formée ou multiple",
        TO_CORRECT,
        "une seule adresse : nom@domaine.fr",
        _not_matching("mail", EMAIL),
    ),
    Check("unknown_format", "Format jamais rencontré", TO_CORRECT, "un format_fs connu", _unknown_formats),
    Check("unknown_appointment", "Prise de rendez-vous inconnue", TO_CORRECT, "Oui ou Non", _unknown_appointments),
    Check(
        "unreadable_label",
        "Date de labellisation absente ou illisible",
        TO_CORRECT,
        "Espace labellisé JJ/MM/AAAA",
        _unreadable_labels,
    ),
    Check("future_label", "Date de labellisation à venir", TO_CORRECT, "une date passée", _future_labels),
    Check(
        "escaped_text",
        "Commentaire aux caractères échappés",
        TO_CORRECT,
        "du texte ordinaire, sans \\x20 ni \\u2019",
        _escaped_texts,
    ),
)
