"""Rounds of the buses: where each stops, on which days, at what hours.

The national list gives one point a bus. Rounds come from a table that whoever runs the bus keeps (`site`, `commune` or
position, `jour`, `semaine`, `horaires`), or from a list in the national schema of digital mediation places
(https://schema.data.gouv.fr/LaMednum/standard-mediation-num/), whose mobile places have `itinerance` "Itinérant" and
`horaires` in the syntax of OpenStreetMap. A row that is to be confirmed and is not counts nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84, departement_of
from geo.errors import Fault, ParameterError, SchemaError, SourceError
from geo.folding import fold
from geo.french import SEMICOLON
from geo.sources.commune_codes import normalise_codes
from geo.sources.delimited import columns_by_header, read_delimited, under_own_names
from geo.sources.facility_table import vintage_from_name
from geo.sources.numbers import parse_degrees
from geo.sources.opening_hours import WEEKDAYS, parse_day
from geo.sources.permanences import SITE_ABSENT, SITE_AMBIGUOUS, sites_of_list
from geo.sources.provenance import Provenance, SourceTable, names_its_file, rejected_rows, rejection_faults
from geo.sources.round_hours import EACH, Pass, passes_of_osm, read_weeks
from geo.text_columns import fold_all, visible_column

if TYPE_CHECKING:
    from pathlib import Path

    from geo.sources.opening_hours import Interval

DATASET: Final = "Tournées des bus"

#: Columns of a table of rounds (index 0..n-1), one row a pass, besides `geometry` (point, EPSG:4326): `stop_id`: number
#: of the place where the bus stops; `facility_id`: its site, <NA> where the list has none; `name`: of the stop;
#: `commune_code`, `commune_name`, `departement`: <NA> unknown; `weeks` (`geo.sources.round_hours`): "string";
#: `weekday` (0 Monday to 6 Sunday), `start_min` and `end_min` (minutes after midnight): int64.
ROUND_COLUMNS: Final = (
    *("stop_id", "facility_id", "name", "commune_code", "commune_name", "departement"),
    *("weekday", "start_min", "end_min", "weeks"),
)
ROUND_DTYPES: Final = {
    name: "int64" if name in {"weekday", "start_min", "end_min"} else "string" for name in ROUND_COLUMNS
}

#: Column of a table of one's own -> names (folded) under which it is recognised.
_HEADERS: Final = {
    "site": ("site", "id fs", "identifiant", "facility id", "nom", "nom du site"),
    "commune": ("commune", "code insee", "insee", "code commune"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "long"),
    "lieu": ("lieu", "arret", "emplacement", "adresse"),
    "jour": ("jour", "weekday"),
    "semaine": ("semaine", "semaines", "semaine du mois", "rang"),
    "horaires": ("horaires", "heures", "hours"),
    "confirmed": ("confirmed", "confirme", "confirmee", "valide"),
}
_NEEDED: Final = ("site", "jour", "horaires")
#: A site of another kind than a bus that runs one says so in its comment.
_MOBILE_COMMENT: Final = re.compile(r"(?<!non )(?<!non-)(?<!pas )itin[eé]ran", re.IGNORECASE)
_CONFIRMED: Final = frozenset({"oui", "o", "yes", "x", "1", "vrai", "true"})
_UNCONFIRMED: Final = frozenset({"", "non", "n", "no", "0", "faux", "false"})

#: Why a row is kept out, and what helps.
_TO_CONFIRM: Final = "passage non confirmé"
_NO_BUS: Final = "ce site n'est pas un bus"
_MAIN: Final = "main"
_NO_KINDS: Final = (
    "La liste des sites ne dit pas lesquels sont des bus : ceux que les tournées nomment ({}) sont crus, mais comptent "
    "aussi comme sites. Ajoutez à la liste une colonne kind qui dit « bus »."
)
_UNKNOWN_COMMUNE: Final = "commune inconnue ici"
FAR: Final = "arrêt à plus de 55 km du territoire"
SWAPPED: Final = "arrêt hors du territoire, latitude et longitude semblent inversées"
_ADVICE: Final = {
    SITE_ABSENT: "Donnez l'identifiant d'un site de la liste, ou son nom comme elle l'écrit.",
    SITE_AMBIGUOUS: "Donnez l'identifiant du site au lieu de son nom.",
    _NO_BUS: "Donnez l'identifiant du bus, ou corrigez dans la liste des sites ce qu'est celui-ci.",
    _UNKNOWN_COMMUNE: "Donnez le code INSEE d'une commune du territoire ou de ses environs, ou latitude et longitude.",
    SWAPPED: "Échangez latitude et longitude.",
    FAR: "Corrigez la position de l'arrêt, ou choisissez le territoire où il est.",
    _TO_CONFIRM: "Écrivez « oui » dans la colonne confirmed des passages vérifiés.",
}
#: Of a list of which no row is of a kind that one can mend.
_OTHER_FILE: Final = "Vérifiez que c'est le bon fichier."

#: Columns of the national schema, all lower case.
_NATIONAL: Final = ("nom", "itinerance", "horaires", "latitude", "longitude")
_MOBILE: Final = "itinerant"
_FRANCE_SERVICES: Final = ("france services", "rfs")


@names_its_file
def read_rounds(path: Path, sites: gpd.GeoDataFrame, communes: pd.DataFrame) -> SourceTable:
    """Read a table of rounds, or a list in the national schema of digital mediation places.

    `path`: CSV with the columns `site` (identifier, or name, of the list of sites), `commune` (INSEE code or name) or
    `latitude` and `longitude`, `lieu` (optional, what the stop is called), `jour` ("mardi"), `semaine` (empty for each
    week, "paires", "impaires", "2", "1 et 3", "dernier"), `horaires` ("09:00 - 12:00 / 14:00 - 16:00"), in any order;
    or the national schema, of which the mobile France services places are kept. Where there is a column `confirmed`,
    only the rows that say "oui" are read: the others are kept out, whatever they hold.

    `sites`: The list of sites (`geo.schemas.FACILITY_COLUMNS`). `communes`: `name`, `lon` and `lat` by commune code; a
    stop in a commune is at its town hall.

    Returns
    -------
    `frame` is a GeoDataFrame with `ROUND_COLUMNS`, its index, named `row`, the row of the file that a pass is from.
    Rows not confirmed, about a site or a commune that is not in these lists, about a site that is no bus (`runs_bus`)
    or about a name that several bear, are kept out and reported in `rejected`. Where all of the list are main sites, it
    tells no kind: any of them may run a bus, and a note says so.

    Raises
    ------
    SchemaError
        A column is missing, a cell cannot be understood (every one is listed), or no row can be used.
    """
    notes: list[str] = []
    table = read_delimited(path, DATASET, notes)
    national = is_national(table)
    rows = (
        _national_rows(table.rename(columns=lambda name: str(name).strip().lower())) if national else _own_rows(table)
    )
    reasons = rows.reasons.copy()
    asked = reasons.isna()
    facility_id, site_reasons = sites_of_list(rows.table["site"], sites)
    if national:  # a mobile place that the list of sites does not name is a stop all the same
        site_reasons = pd.Series(pd.NA, index=table.index, dtype="string")
    else:
        fixed = facility_id.isin(sites["facility_id"][~runs_bus(sites)])
        if (sites["kind"] == _MAIN).all():  # a list that tells no kind, as those of one's own often do
            notes += [_NO_KINDS.format(facility_id[fixed].nunique())] if fixed.any() else []
        else:
            site_reasons = site_reasons.mask(fixed, _NO_BUS)
    reasons = reasons.mask(asked, site_reasons)
    where = _positions(rows.table, communes, facility_id.map(sites.set_index("facility_id")["departement"]).fillna(""))
    reasons = reasons.fillna(where["reason"])
    rejected = rejected_rows(table.index, rows.table["site"], reasons)
    kept = reasons.isna()
    if not kept.any():
        faults = rejection_faults(rejected) or [Fault("aucun passage trouvé")]
        raise SchemaError(DATASET, faults, rounds_advice(rejected))
    found = pd.concat([rows.table[["lieu"]], where.drop(columns="reason")], axis="columns")
    found = found.assign(facility_id=facility_id, passes=rows.passes)[kept]
    frame = rounds_frame(found.rename_axis("row").reset_index()).set_index("row")
    provenance = Provenance.of_file(
        path, DATASET, vintage=vintage_from_name(path), licence=None, rows_read=len(table), rows_kept=int(kept.sum())
    )
    return SourceTable(frame, provenance, rejected, tuple(notes))


def rounds_advice(rejected: pd.DataFrame) -> str:
    """Return what to do about the rows of a table of rounds that are kept out (`SourceTable.rejected`), in French.

    Examples
    --------
    >>> rounds_advice(pd.DataFrame({"reason": [SWAPPED, "passage non confirmé", SWAPPED]}))
    'Échangez latitude et longitude. Écrivez « oui » dans la colonne confirmed des passages vérifiés.'
    """
    reasons = set(rejected["reason"])
    return " ".join(advice for reason, advice in _ADVICE.items() if reason in reasons) or _OTHER_FILE


def runs_bus(sites: pd.DataFrame) -> pd.Series:
    """Tell of each site whether rounds may be its own: it is a bus, or its comment says that it travels (bool)."""
    return (sites["kind"] == "bus").fillna(value=False) | sites["comment"].fillna("").str.contains(_MOBILE_COMMENT)


def require_unconfirmed(path: Path) -> None:
    """Raise `ParameterError` where a file holds confirmed passes, or what is no table: it is not to be replaced.

    A file that does not exist, is empty or holds a header alone may be.
    """
    if not path.is_file() or len(path.read_bytes().strip().splitlines()) <= 1:
        return
    try:
        table = read_delimited(path, DATASET)
    except (SourceError, SchemaError) as error:
        msg = f"« {path.name} » existe déjà et n'est pas une table lisible{SEMICOLON}donnez un autre nom."
        raise ParameterError(msg) from error
    named = [column for column in table.columns if fold(str(column)) in _HEADERS["confirmed"]]
    if any(fold_all(table[column].fillna("")).isin(_CONFIRMED).any() for column in named):
        msg = f"« {path.name} » existe déjà et contient des lignes confirmées{SEMICOLON}donnez un autre nom."
        raise ParameterError(msg)


def require_columns_of_rounds(table: pd.DataFrame) -> None:
    """Raise `SchemaError` unless a table has the columns of rounds, its own or those of the national schema."""
    if not is_national(table):
        _columns(table)


def is_national(table: pd.DataFrame) -> bool:
    """Tell whether a table is in the national schema of digital mediation places."""
    lowered = {str(column).strip().lower() for column in table.columns}
    return lowered.issuperset(_NATIONAL) and "jour" not in lowered


def rounds_frame(found: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a table of rounds, sorted, each pass once, stops numbered by site and place.

    `found`: Columns `facility_id`, `lieu` (what the stop is called, <NA>: its commune), `commune_code`, `commune_name`,
    `lon`, `lat` (degrees) and `passes`: sequence of `geo.sources.round_hours.Pass`; `row`, where it is there, is kept.
    """
    name = visible_column(found["lieu"].astype("string")).fillna(found["commune_name"]).fillna("Arrêt du bus")
    table = found.assign(name=name).explode("passes", ignore_index=True)
    for column in ("weekday", "start_min", "end_min", "weeks"):
        table[column] = [getattr(each, column) for each in table["passes"]]
    place = table["facility_id"].fillna("") + table["name"] + table["lon"].map(str) + table["lat"].map(str)
    table = table.assign(place=place, departement=table["commune_code"].map(departement_of, na_action="ignore"))
    order = ["facility_id", "name", "place", "weekday", "weeks", "start_min"]
    table = table.drop(columns="passes").drop_duplicates([*order, "end_min"]).sort_values(order, kind="stable")
    table["stop_id"] = [f"arret-{number + 1}" for number in pd.factorize(table["place"])[0]]
    return gpd.GeoDataFrame(
        table[[*ROUND_COLUMNS, *table.columns.intersection(["row"])]].astype(ROUND_DTYPES).reset_index(drop=True),
        geometry=gpd.points_from_xy(table["lon"], table["lat"]),
        crs=WGS84,
    )


def stop_passes(rounds: pd.DataFrame) -> dict[str, list[Pass]]:
    """Return the passes of each stop, in order."""
    found: dict[str, list[Pass]] = {}
    columns = (rounds[name].tolist() for name in ("stop_id", "weekday", "start_min", "end_min", "weeks"))
    for stop, weekday, start, end, weeks in zip(*columns, strict=True):
        found.setdefault(stop, []).append(Pass(weekday, start, end, weeks))
    return found


@dataclass(frozen=True, eq=False, slots=True)
class _Rows:
    """Rows under one set of names, the passes of each (object), and why a row is kept out ("string", <NA>: it is not).

    `table`: `site`, `lieu`, `commune`, `latitude`, `longitude`, "string".
    """

    table: pd.DataFrame
    passes: pd.Series
    reasons: pd.Series


def _own_rows(table: pd.DataFrame) -> _Rows:
    table = _columns(table)
    confirmed = fold_all(table["confirmed"].fillna("")) if "confirmed" in table else None
    faults: list[Fault] = []
    reasons = pd.Series(pd.NA, index=table.index, dtype="string")
    if confirmed is not None:
        faults += [
            Fault(f"colonne « confirmed » : « {cell[:40]} » illisible, « oui », ou rien, attendu", row)
            for row, cell in zip(confirmed.index.tolist(), confirmed.tolist(), strict=True)
            if cell not in _CONFIRMED | _UNCONFIRMED
        ]
        reasons = reasons.mask(confirmed.isin(_UNCONFIRMED), _TO_CONFIRM)
    table = table.reindex(columns=[*_HEADERS])
    read = table[reasons.isna()]
    faults += [
        Fault(f"colonne « {name} » : cellule vide", row)
        for name in _NEEDED
        for row in read.index[read[name].isna()].tolist()
    ]
    placed = read["commune"].notna() | (read["latitude"].notna() & read["longitude"].notna())
    faults += [Fault("ni commune, ni latitude et longitude", row) for row in read.index[~placed].tolist()]
    for name, most in (("latitude", 90), ("longitude", 180)):
        cells = read[name].dropna()
        wrong = cells[~(parse_degrees(cells).abs() <= most)]
        faults += [
            Fault(f"{name} : « {cell[:40]} » illisible, des degrés attendus", row)
            for row, cell in zip(wrong.index.tolist(), wrong.tolist(), strict=True)
        ]
    passes = pd.Series([()] * len(table), index=table.index, dtype="object")
    for row, day, weeks, hours in zip(read.index, read["jour"], read["semaine"], read["horaires"], strict=True):
        passes[row] = _read_passes(row, day, weeks, hours, faults)
    if faults:
        faults.sort(key=lambda fault: fault.row or 0)
        raise SchemaError(DATASET, faults, "Corrigez ces cellules.")
    return _Rows(table, passes, reasons)


def _read_passes(row: int, day: object, weeks: object, hours: object, faults: list[Fault]) -> tuple[Pass, ...]:
    """Return the passes of a row; what cannot be read is added to `faults`, an empty cell is one already."""
    weekday, which = None, EACH
    slots: tuple[Interval, ...] = ()
    if isinstance(day, str):
        name = fold(day).removesuffix("s")
        if name in WEEKDAYS:
            weekday = WEEKDAYS.index(name)
        else:
            faults.append(Fault(f"« {day[:40]} » illisible, un jour de la semaine (lundi à dimanche) attendu", row))
    try:
        which = read_weeks(weeks) if isinstance(weeks, str) else EACH
    except ParameterError as error:
        faults.append(Fault(str(error), row))
    if isinstance(hours, str):
        try:
            slots = parse_day(hours)
        except ParameterError as error:
            faults.append(Fault(f"horaires : {error}", row))
        else:
            if not slots:
                faults.append(Fault(f"horaires : « {hours[:40]} » ne donne aucun créneau", row))
    return () if weekday is None else tuple(Pass(weekday, start, end, which) for start, end in slots)


def _national_rows(table: pd.DataFrame) -> _Rows:
    folded = table["itinerance"].fillna("").map(fold)
    named = table.reindex(columns=["dispositif_programmes_nationaux", "typologie", "nom"]).astype("string").fillna("")
    offer = named.agg(" ".join, axis="columns").map(fold)
    reasons = pd.Series(pd.NA, index=table.index, dtype="string")
    reasons = reasons.mask(~folded.str.contains(_MOBILE), "lieu fixe, pas un passage")
    ours = offer.map(lambda text: any(f" {word} " in f" {text} " for word in _FRANCE_SERVICES))
    reasons = reasons.mask(reasons.isna() & ~ours, "lieu qui n'est pas France services")
    reasons = reasons.mask(reasons.isna() & table["horaires"].isna(), "horaires absents")
    passes = pd.Series([()] * len(table), index=table.index, dtype="object")
    faults = []
    for row in table.index[reasons.isna()]:
        try:
            passes[row] = passes_of_osm(table["horaires"][row])
        except ParameterError as error:
            faults.append(Fault(str(error), row))
    if faults:
        raise SchemaError(DATASET, faults, "Corrigez ces cellules.")
    place = table.reindex(columns=["code_insee", "commune", "structure_parente"]).astype("string")
    rows = pd.DataFrame(
        {
            "site": place["structure_parente"].fillna(table["nom"]),
            "lieu": place["commune"].fillna(table["nom"]),
            "commune": place["code_insee"].fillna(place["commune"]),
            "latitude": table["latitude"],
            "longitude": table["longitude"],
        }
    )
    return _Rows(rows, passes, reasons)


def _columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns under their own names; raise `SchemaError` with all that are missing or double."""
    found = columns_by_header(table, _HEADERS)
    missing = [Fault(f"colonne « {name} » absente") for name in _NEEDED if not found[name]]
    if not found["commune"] and not (found["latitude"] and found["longitude"]):
        missing.append(Fault("colonne « commune », ou « latitude » et « longitude », absente"))
    return under_own_names(table, found, missing, DATASET)


def _positions(rows: pd.DataFrame, communes: pd.DataFrame, departement: pd.Series) -> pd.DataFrame:
    """Return `lon`, `lat`, `commune_code`, `commune_name` of each row and why it has none (`reason`).

    A name that several communes bear is that of the one in the département of the site.
    """
    names = fold_all(communes["name"])
    code = normalise_codes(rows["commune"].astype("string"))
    code = code.where(code.isin(communes.index))
    reason = pd.Series(pd.NA, index=rows.index, dtype="string")
    by_name = names.index.to_series().groupby(names).agg(list).to_dict()
    for row in rows.index[code.isna() & rows["commune"].notna()]:
        of_name = by_name.get(fold(rows["commune"][row]), [])
        near = [each for each in of_name if departement_of(each) == departement[row]] or of_name
        if len(near) == 1:
            code[row] = near[0]
        else:
            reason[row] = "nom porté par plusieurs communes : donnez le code INSEE" if near else _UNKNOWN_COMMUNE
    lat, lon = (parse_degrees(rows[name].astype("string")) for name in ("latitude", "longitude"))
    given = lat.notna() & lon.notna()
    known = communes.reindex(code.fillna("").to_numpy())
    return pd.DataFrame(
        {
            "lon": np.where(given, lon, known["lon"].to_numpy(np.float64)),
            "lat": np.where(given, lat, known["lat"].to_numpy(np.float64)),
            "commune_code": code.astype("string"),
            "commune_name": pd.Series(known["name"].to_numpy(), index=rows.index, dtype="string"),
            "reason": reason.mask(given),
        },
        index=rows.index,
    )
