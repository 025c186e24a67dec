"""Permanences: the operators that visit a site on fixed days, on the spot or by video call.

No national file of them is published; this table is kept by whoever runs the sites. It is optional everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import Fault, ParameterError, SchemaError
from geo.sources.delimited import columns_by_header, read_delimited, under_own_names
from geo.sources.facility_table import vintage_from_name
from geo.sources.opening_hours import WEEKDAYS, Interval, parse_day
from geo.sources.provenance import Provenance, SourceTable, names_its_file, rejected_rows, rejection_faults
from geo.text_columns import fold_all, visible_column

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

DATASET: Final = "Permanences des opérateurs"

#: Why the site of a row is not known.
SITE_ABSENT: Final = "site absent de la liste des sites"
SITE_AMBIGUOUS: Final = "nom porté par plusieurs sites"

#: Columns of a table of permanences (index 0..n-1), one row per visit of a week: facility_id, operator (as written),
#: mode ("on_site" or "video"): "string"; weekday (0 Monday to 6 Sunday), start_min and end_min (minutes after
#: midnight): int64. Sorted by site, weekday and hour.
PERMANENCE_COLUMNS: Final = ("facility_id", "operator", "weekday", "start_min", "end_min", "mode")

#: Column of the file -> names (folded) under which it is recognised.
_HEADERS: Final = {
    "site": ("site", "id fs", "identifiant", "facility id", "nom"),
    "operateur": ("operateur", "operator", "partenaire"),
    "jour": ("jour", "weekday"),
    "horaires": ("horaires", "heures", "hours"),
    "mode": ("mode", "forme"),
}
_MODES: Final = {
    **dict.fromkeys(("sur place", "presentiel", "en presentiel", "on site"), "on_site"),
    **dict.fromkeys(("visio", "en visio", "visioconference", "en visioconference", "video"), "video"),
}


@names_its_file
def read_permanences(path: Path, sites: gpd.GeoDataFrame) -> SourceTable:
    """Read a table of permanences.

    `path`: CSV with the columns `site` (identifier, or name, of the list of sites), `operateur`, `jour` ("mardi"),
    `horaires` ("09:00 - 12:00 / 14:00 - 16:00") and `mode` ("sur place" or "visio"), in any order; a visit on two days
    takes two rows.

    `sites`: The list of sites (`geo.schemas.FACILITY_COLUMNS`).

    Returns
    -------
    `frame` has `PERMANENCE_COLUMNS`. Rows about a site that is not in the list, or about a name that several
    sites bear, are kept out and reported in `rejected`.

    Raises
    ------
    SchemaError
        A column is missing, a cell is empty or cannot be understood (every one is listed), or no row is about a known
        site.
    """
    notes: list[str] = []
    table = _columns(read_delimited(path, DATASET, notes))
    faults = [
        Fault(f"colonne « {name} » : cellule vide", row)
        for name in _HEADERS
        for row in table.index[table[name].isna()].tolist()
    ]
    weekday = fold_all(table["jour"]).map({day: number for number, day in enumerate(WEEKDAYS)})
    faults += _unread(table["jour"], weekday, "un jour de la semaine (lundi à dimanche)")
    mode = fold_all(table["mode"]).map(_MODES)
    faults += _unread(table["mode"], mode, "« sur place » ou « visio »")
    slots, hour_faults = _slots(table["horaires"])
    faults += hour_faults
    if faults:
        faults.sort(key=lambda fault: fault.row or 0)
        raise SchemaError(DATASET, faults, "Corrigez ces cellules.")

    facility_id, reasons = sites_of_list(table["site"], sites)
    rejected = rejected_rows(table.index, table["site"], reasons)
    kept = reasons.isna()
    if not kept.any():
        raise SchemaError(
            DATASET, rejection_faults(rejected), "Donnez les identifiants ou les noms de la liste des sites."
        )
    visits = pd.DataFrame(
        {
            "facility_id": facility_id,
            "operator": visible_column(table["operateur"]),
            "weekday": weekday.astype("int64"),
            "slot": slots,
            "mode": mode.astype("string"),
        }
    )[kept].explode("slot", ignore_index=True)
    hours = pd.DataFrame(visits.pop("slot").tolist(), columns=["start_min", "end_min"], dtype="int64")
    visits = pd.concat([visits, hours], axis="columns")[list(PERMANENCE_COLUMNS)]
    visits = visits.drop_duplicates().sort_values(["facility_id", "weekday", "start_min", "operator", "mode"])
    provenance = Provenance.of_file(
        path, DATASET, vintage=vintage_from_name(path), licence=None, rows_read=len(table), rows_kept=int(kept.sum())
    )
    return SourceTable(visits.reset_index(drop=True), provenance, rejected, tuple(notes))


def _columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return the five columns under their own names; raise `SchemaError` with all that are missing or double."""
    found = columns_by_header(table, _HEADERS)
    missing = [Fault(f"colonne « {name} » absente") for name, columns in found.items() if not columns]
    return under_own_names(table, found, missing, DATASET)


def _unread(cells: pd.Series, read: pd.Series, expected: str) -> list[Fault]:
    wrong = cells[cells.notna() & read.isna()]
    rows = zip(wrong.index.tolist(), wrong, strict=True)
    return [Fault(f"« {cell[:40]} » illisible, {expected} attendu", row) for row, cell in rows]


def _slots(cells: pd.Series) -> tuple[pd.Series, list[Fault]]:
    """Return the intervals of each cell, as tuples, and one fault per cell that gives none."""
    slots: list[tuple[Interval, ...]] = []
    faults = []
    for row, cell in zip(cells.index.tolist(), cells.fillna("").tolist(), strict=True):
        try:
            slots.append(parse_day(cell))
        except ParameterError as error:
            slots.append(())
            faults.append(Fault(f"horaires : {error}", row))
        else:
            if cell and not slots[-1]:
                faults.append(Fault(f"horaires : « {cell[:40]} » ne donne aucun créneau", row))
    return pd.Series(slots, index=cells.index, dtype="object"), faults


def sites_of_list(cells: pd.Series, sites: gpd.GeoDataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the identifier of the site of each row, and why there is none ("string", <NA> where there is one)."""
    named = sites["facility_id"].set_axis(fold_all(sites["name"]))
    several = set(named.index[named.index.duplicated()])
    names = fold_all(cells)
    by_name = names.map(named[~named.index.duplicated(keep=False)])
    facility_id = cells.where(cells.isin(sites["facility_id"])).fillna(by_name).astype("string")
    reasons = pd.Series(pd.NA, index=cells.index, dtype="string")
    reasons = reasons.mask(facility_id.isna(), SITE_ABSENT)
    reasons = reasons.mask(facility_id.isna() & names.isin(several), SITE_AMBIGUOUS)
    return facility_id, reasons
