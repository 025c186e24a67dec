"""Households without a car, by commune: INSEE's census table of dwellings ("base-cc-logement")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import Fault, SchemaError
from geo.sources.commune_codes import normalise_codes
from geo.sources.delimited import read_delimited
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
    table = read_delimited(path, DATASET, notes)
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
