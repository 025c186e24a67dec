"""What every reader of facilities does: positions, rows kept out, the final table.

A reader maps its columns to `geo.schemas.FACILITY_COLUMNS`; `facility_source_table` keeps the rows that
have a name, a usable position and an identifier of their own, and says why the others are kept out.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84, metric_crs_at
from geo.errors import Fault, SchemaError
from geo.french import agreed, in_number
from geo.schemas import FACILITY_DTYPES, check_facilities
from geo.sources.commune_codes import normalise_codes
from geo.sources.delimited import MAX_CELLS
from geo.sources.provenance import Provenance, SourceTable, rejected_rows, rejection_faults
from geo.text_columns import each_text, text_column, text_list, visible_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

#: Licence of the lists published by French administrations.
OPEN_LICENCE: Final = "Licence Ouverte 2.0"

#: Most places of a list. All post offices of France are 17,000, all doctors' practices 60,000.
MAX_PLACES: Final = 100_000

_DATE_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(-?)(\d\d)\2(\d\d)(?!\d)")
_ROWS_SHOWN: Final = 10
_MAX_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class FacilityRows:
    """Rows of a list of facilities, before any is kept out.

    `table` has any of `FACILITY_COLUMNS`, at least `facility_id`, `name` and `kind` ("string"), and is
    indexed by row; `lon` and `lat` (float64 degrees, NaN where missing) and `reasons` ("string": why
    the reader itself keeps a row out, <NA> where it does not) share that index. `rows_read` counts
    the rows of the file where the reader gathered or chose some.
    """

    table: pd.DataFrame
    lon: pd.Series
    lat: pd.Series
    reasons: pd.Series | None = None
    rows_read: int | None = None
    notes: list[str] = field(default_factory=list)


def require_few(table: pd.DataFrame, source: str) -> None:
    """Raise `SchemaError` where a list has so many places, or cells, that its checks would take half a minute."""
    rows, columns = table.shape
    if rows > MAX_PLACES or rows * columns > MAX_CELLS:
        found = (
            f"{rows:_} lignes de {columns} colonnes trouvées, au plus {MAX_PLACES:_} lieux et {MAX_CELLS:_} cellules"
        )
        fault = Fault(f"{found} sont attendus".replace("_", "\u202f"))
        raise SchemaError(source, [fault], "Ne gardez que les lieux de votre territoire et les colonnes utiles.")


def facility_source_table(rows: FacilityRows, path: Path, dataset: str, licence: str | None) -> SourceTable:
    """Keep the usable rows, check them, and say where they come from.

    `path`: The file, whose checksum and date (from its name) go to the provenance.
    `licence`: Its licence, `None` if unknown.

    Raises
    ------
    SchemaError
        No row is usable; lists why, row by row.
    """
    table = rows.table.assign(**{name: visible_column(rows.table[name]) for name in ("name", "facility_id")})
    misplaced = text_list(position_reasons(rows.lon, rows.lat))
    reasons = _reasons(table, misplaced, None if rows.reasons is None else text_list(rows.reasons))
    rejected = rejected_rows(table.index, table["facility_id"], text_column(reasons, table.index))
    usable = np.array([reason is None for reason in reasons], dtype=bool)
    if not usable.any():
        advice = "Aucune ligne n'est utilisable : corrigez ces cellules."
        if table.empty or any(misplaced):
            advice = (
                "Aucune ligne n'est utilisable : vérifiez les colonnes de position. Se lisent : une latitude et une "
                "longitude, x et y en Lambert-93, du WKT, « [lon, lat] » ; ni geohash ni « plus code »."
            )
        raise SchemaError(dataset, rejection_faults(rejected) or [Fault("aucun lieu trouvé")], advice)

    frame = facility_frame(table[usable], rows.lon[usable], rows.lat[usable])
    provenance = Provenance.of_file(
        path,
        dataset,
        vintage=vintage_from_name(path),
        licence=licence,
        rows_read=len(table) if rows.rows_read is None else rows.rows_read,
        rows_kept=len(frame),
    )
    return SourceTable(check_facilities(frame, dataset), provenance, rejected, tuple(rows.notes))


def facility_frame(table: pd.DataFrame, lon: pd.Series, lat: pd.Series) -> gpd.GeoDataFrame:
    """Return a table with the columns and types of `FACILITY_COLUMNS` at these positions (degrees), renumbered.

    Its texts are `visible`; an empty `opening_hours`, known and never open, stays empty.
    """
    columns: dict[str, Any] = {}
    for name, dtype in FACILITY_DTYPES.items():
        texts = table[name] if name in table else pd.Series(pd.NA, index=table.index, dtype="string")
        seen = texts.astype(dtype) if name in {"appointment", "opening_hours"} else visible_column(texts)  # type: ignore[call-overload]
        columns[name] = seen.array
    return gpd.GeoDataFrame(columns, index=pd.RangeIndex(len(table)), geometry=gpd.points_from_xy(lon, lat), crs=WGS84)


def position_reasons(lon: pd.Series, lat: pd.Series) -> pd.Series:
    """Say why positions cannot be used.

    `lon`, `lat`: Degrees, float64, NaN where missing or not a number.

    Returns
    -------
    French sentences, dtype "string", <NA> where the position lies in France.
    """
    return text_column(map(_position_reason, lon.tolist(), lat.tolist()), lon.index)


def position_identifiers(lon: pd.Series, lat: pd.Series) -> pd.Series:
    """Name places by their position, for lists without identifiers; places that share one are numbered.

    The identifier stays the same from one edition of a list to the next while the place does not move: on either side
    of the meridian of Greenwich, rounded, it is at 0, never at -0.
    """
    identifiers: list[str | None] = []
    met: Counter[str] = Counter()
    for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
        if math.isnan(x) or math.isnan(y):
            identifiers.append(None)
            continue
        place = f"{y:.5f}_{x:z.5f}"
        met[place] += 1
        identifiers.append(place if met[place] == 1 else f"{place}_{met[place]}")
    return text_column(identifiers, lat.index)


def repair_code(cells: pd.Series, width: int, what: str, notes: list[str]) -> pd.Series:
    """Give back the leading zero that spreadsheets take from codes, and note where; what is no code stays as written.

    Parameters
    ----------
    cells
        Codes, dtype "string", indexed by row.
    width
        Full number of characters.
    what
        French name of the code, its plural marked as `agreed` reads it.
    notes
        A sentence is added if something was repaired.
    """
    short = re.compile(rf"[0-9]{{{width - 1}}}")
    full = re.compile("[0-9][0-9AB][0-9]*")

    def repaired_code(cell: str) -> str:
        code = cell.removesuffix(".0").upper()
        if short.fullmatch(code):
            return f"0{code}"
        return code if full.fullmatch(code) else cell

    codes = each_text(cells, repaired_code)
    if repaired := changed_rows(cells, codes):
        notes.append(f"{agreed(len(repaired), what)} remis en forme, zéro initial compris ({rows_text(repaired)})")
    return codes


def commune_codes(cells: pd.Series, notes: list[str]) -> pd.Series:
    """Return INSEE commune codes, repaired; <NA> where none can be read. Both are noted."""
    codes = normalise_codes(cells)
    if repaired := changed_rows(cells, codes):
        notes.append(f"{agreed(len(repaired), 'code(s) INSEE de commune')} remis en forme ({rows_text(repaired)})")
    if unread := lost_rows(cells, codes):
        notes.append(
            f"{agreed(len(unread), 'code(s) INSEE de commune illisible(s), laissé(s) vide(s)')} ({rows_text(unread)})"
        )
    return codes


def lost_rows(written: pd.Series, read: pd.Series) -> list[int]:
    """Return the rows where something is written and nothing was read; both columns have one index."""
    return list(written.index[written.notna().to_numpy() & read.isna().to_numpy()])


def changed_rows(written: pd.Series, read: pd.Series) -> list[int]:
    """Return the rows where both columns (of one index) have a text, and not the same."""
    texts = zip(written.index, text_list(written), text_list(read), strict=True)
    return [row for row, before, after in texts if None not in (before, after) and before != after]


def rows_text(rows: Sequence[int]) -> str:
    """Return ``lignes 3, 8, 12`` for these rows, the first ten named and the rest counted."""
    more = f" et {agreed(len(rows) - _ROWS_SHOWN, 'autre(s)')}" if len(rows) > _ROWS_SHOWN else ""
    return f"{in_number(len(rows), 'ligne(s)')} " + ", ".join(map(str, rows[:_ROWS_SHOWN])) + more


def fault_notes(faults: Iterable[Fault]) -> list[str]:
    """Return faults that lose no row as sentences, the first ones spelled out and the rest counted."""
    texts = list(map(str, faults))
    hidden = len(texts) - _MAX_SHOWN
    return [*texts[:_MAX_SHOWN], *([f"et {hidden} autres défauts d'horaires"] if hidden > 0 else [])]


def vintage_from_name(path: Path) -> str | None:
    """Return the date written in a file's name (``YYYYMMDD`` or ``YYYY-MM-DD``) as ISO text, else `None`."""
    for year, _, month, day in _DATE_IN_NAME.findall(path.name):
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    return None


def join_texts(columns: Sequence[pd.Series], separator: str) -> pd.Series:
    """Join text columns row by row, leaving out what is missing; <NA> where all is."""
    present = ([text for text in row if text is not None] for row in zip(*map(text_list, columns), strict=True))
    return text_column([separator.join(row) if row else None for row in present], columns[0].index)


def _position_reason(lon: float, lat: float) -> str | None:
    """Say why a position (degrees, NaN where missing) cannot be used; `None` where it can."""
    if math.isnan(lon) or math.isnan(lat):
        return "position absente ou illisible"
    if lon == 0 and lat == 0:
        return "position 0, 0 (inconnue du producteur)"
    if metric_crs_at(lon, lat) is not None:
        return None
    exchanged = metric_crs_at(lat, lon) is not None
    return f"{'latitude et longitude inversées' if exchanged else 'position hors de France'} ({lat}, {lon})"


def _reasons(table: pd.DataFrame, misplaced: list[str | None], given: list[str | None] | None) -> list[str | None]:
    """Return why each row is kept out, `None`: it is not; of those that share an identifier the first is kept."""
    reasons: list[str | None] = []
    first_rows: dict[str, int] = {}
    names, identifiers = (text_list(table[column]) for column in ("name", "facility_id"))
    told = misplaced if given is None else [own or place for own, place in zip(given, misplaced, strict=True)]
    for row, reason, name, identifier in zip(table.index, told, names, identifiers, strict=True):
        if reason is not None or name is None:
            reasons.append(reason or "nom absent")
        elif identifier is None:
            reasons.append("identifiant absent")
        elif identifier in first_rows:
            reasons.append(f"identifiant déjà utilisé ligne {first_rows[identifier]}")
        else:
            first_rows[identifier] = row
            reasons.append(None)
    return reasons
