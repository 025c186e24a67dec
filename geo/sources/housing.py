"""Households without a car, by commune: INSEE's census table of dwellings ("base-cc-logement")."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import Fault, SchemaError
from geo.french import agreed, in_number
from geo.sources.archives import require_regular
from geo.sources.commune_codes import normalise_codes
from geo.sources.delimited import parse_delimited, read_delimited
from geo.sources.facility_table import OPEN_LICENCE
from geo.sources.numbers import parse_numbers
from geo.sources.provenance import Provenance, SourceTable, names_its_file, rejected_rows, rejection_faults

if TYPE_CHECKING:
    from pathlib import Path

DATASET: Final = "Recensement : logements et voitures"

_ADVICE: Final = (
    "Donnez la table communale « Logement » du recensement (INSEE, base-cc-logement, CSV) : CODGEO, Pxx_RP et "
    "Pxx_RP_VOIT1P."
)
#: Households of a year, and those with one car at least.
_HOUSEHOLDS: Final = re.compile(r"P(\d\d)_(?:RP|MEN)")
_WITH_CAR: Final = "P{}_RP_VOIT1P"
#: The columns that are read, of every year.
_READ: Final = re.compile(r"P\d\d_(RP|MEN|RP_VOIT1P)")
#: Columns from which a table is narrowed before it is read; bytes of its header, and of all of it, at most.
_WIDE: Final = 50
_LONGEST_HEADER: Final = 65_536
_MAX_BYTES: Final = 400_000_000


def _narrowed(path: Path, notes: list[str]) -> str | None:
    """Return the columns that are read of INSEE's whole file, 265 columns and 100 MB of all communes, as text.

    `None`: it is no such file (a header on its first line, wide, with the code of the commune), or cannot be opened.
    `notes`: a sentence on rows that are cut short is added to it.
    """
    require_regular(path, DATASET)
    try:
        # Codes, names of columns and counts are the same bytes in every encoding that the file comes in.
        with path.open(encoding="latin-1", newline="") as stream:
            first = stream.readline(_LONGEST_HEADER).removeprefix("\xef\xbb\xbf")
            delimiter = max(";,\t", key=first.count)
            header = [name.strip().upper() for name in next(csv.reader([first], delimiter=delimiter), [])]
            if len(header) < _WIDE or "CODGEO" not in header or path.stat().st_size > _MAX_BYTES:
                return None
            kept = [n for n, name in enumerate(header) if name == "CODGEO" or _READ.fullmatch(name)]
            records = [
                [record[n] for n in kept] if len(record) == len(header) else []
                for record in csv.reader(stream, delimiter=delimiter)
                if record
            ]
    except (OSError, ValueError, csv.Error):
        return None
    if cut := sum(not record for record in records):
        notes.append(f"{agreed(cut, 'ligne(s) incomplète(s)')}, {in_number(cut, 'laissée(s)')} de côté")
    return "\n".join(";".join(record) for record in ([header[n] for n in kept], *records) if record)


@names_its_file
def read_housing(path: Path) -> SourceTable:
    """Read how many households of each commune have no car.

    `path`: Delimited text with `CODGEO`, `Pxx_RP` (main homes, one household each) and `Pxx_RP_VOIT1P` (those with one
    car or more), xx the year; of several years the last is read.

    Returns
    -------
    `frame`: indexed by `commune_code` ("string"), `households` (float64) and `share_carless` (float64, 0 to 1, NaN
    where there is no household).

    Raises
    ------
    SchemaError
        A column is missing, or no row can be used.

    Notes
    -----
    INSEE, census; the counts are weighted and not whole. Licence Ouverte 2.0.
    """
    notes: list[str] = []
    narrowed = _narrowed(path, notes)
    table = read_delimited(path, DATASET, notes) if narrowed is None else parse_delimited(narrowed, DATASET, notes)
    table.columns = table.columns.str.upper()
    years = [
        found[1]
        for name in table.columns
        if (found := _HOUSEHOLDS.fullmatch(name)) is not None and _WITH_CAR.format(found[1]) in table.columns
    ]
    faults = [Fault("colonne « CODGEO » absente")] if "CODGEO" not in table.columns else []
    if not years:
        faults.append(Fault("colonnes « Pxx_RP » et « Pxx_RP_VOIT1P » d'une même année absentes"))
    if faults:
        raise SchemaError(DATASET, faults, _ADVICE)
    year = max(years)
    name = f"P{year}_RP" if f"P{year}_RP" in table.columns else f"P{year}_MEN"
    code = normalise_codes(table["CODGEO"])
    households, with_car = (parse_numbers(table[column]) for column in (name, _WITH_CAR.format(year)))
    reason = pd.Series(pd.NA, index=table.index, dtype="string")
    reason = reason.mask(code.isna(), "code de commune non reconnu")
    reason = reason.mask(reason.isna() & code.duplicated(), "commune déjà lue")
    wrong = ~(households >= 0) | ~(with_car >= 0) | (with_car > households * (1 + 1e-6))
    reason = reason.mask(reason.isna() & wrong, "nombre de ménages absent, négatif ou plus petit que ceux avec voiture")
    rejected = rejected_rows(table.index, table["CODGEO"], reason)
    kept = reason.isna()
    if not kept.any():
        raise SchemaError(DATASET, rejection_faults(rejected), _ADVICE)
    share = (1 - with_car / households.where(households > 0)).clip(0, 1)
    frame = pd.DataFrame({"households": households, "share_carless": share})[kept].set_index(
        pd.Index(code[kept], dtype="string", name="commune_code")
    )
    provenance = Provenance.of_file(
        path, DATASET, vintage=f"20{year}", licence=OPEN_LICENCE, rows_read=len(table), rows_kept=int(kept.sum())
    )
    return SourceTable(frame, provenance, rejected, tuple(notes))
