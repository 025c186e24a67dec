"""Legal population by commune (INSEE, `PMUN` file and census series)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.crs import departement_of
from geo.errors import SchemaError
from geo.sources.commune_codes import (
    CITY_OF_ARRONDISSEMENT,
    CODE_COLUMNS,
    CommuneNote,
    city_of,
    first_named,
    normalise_codes,
)
from geo.sources.delimited import read_delimited
from geo.sources.facility_table import OPEN_LICENCE
from geo.sources.numbers import parse_numbers
from geo.sources.place_columns import missing_columns, named_column
from geo.sources.provenance import Provenance, SourceTable, names_its_file, rejected_rows, rejection_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

SOURCE: Final = "Population légale"
#: No commune has more residents than this.
MOST_RESIDENTS: Final = 100_000_000

#: Lower-case names of the municipal population, with or without a year: PMUN, PMUN21, P21_POP, population.
_POPULATION_NAME: Final = re.compile(r"pmun(?:_?(\d{4}|\d{2}))?|p(\d{2})_pop|population(?:_municipale)?")
_ADVICE: Final = "Vérifiez que c'est le fichier des populations légales de l'INSEE (colonnes COM et PMUN)."


@names_its_file
def read_population(
    path: Path, columns: Mapping[str, str] | None = None, *, named: Mapping[str, str] | None = None
) -> SourceTable:
    """Read the municipal population of communes.

    `path`: Delimited text. The code column is one of `CODE_COLUMNS` (`COM`, `CODGEO`...), the population column `PMUN`,
    `PMUN21`, `P21_POP` or alike, upper or lower case; of several years the latest is taken. `columns`: Names of the
    columns `code` and `population`, where none is to be recognised; `named`: of those of the two that are not.

    Returns
    -------
    `frame`: indexed by `commune_code` ("string"), column `population` (Int64, residents, never missing). Codes
    are those of the file: it may list the arrondissements of Paris, Lyon and Marseille, the cities, or both.

    Notes
    -----
    INSEE, "Populations légales", Licence Ouverte.
    """
    notes: list[str] = []
    table = read_delimited(path, SOURCE, notes)
    table.columns = table.columns.str.lower()
    asked = {role: named_column(table, name, SOURCE) for role, name in (columns or named or {}).items()}
    roles = asked if columns else recognised_population_columns(table.columns) | asked
    code_column, population_column = roles.get("code"), roles.get("population")
    if code_column is None or population_column is None:
        missing = []
        if code_column is None:
            missing.append("colonne du code de commune absente (COM, CODGEO...)")
        if population_column is None:
            missing.append("colonne de la population municipale absente (PMUN, PMUN21, P21_POP...)")
        raise missing_columns(table, missing, SOURCE, "population:code=COLONNE,population=COLONNE")
    year = latest_population([population_column])[1]

    raw_code, raw_population = table[code_column], table[population_column]
    code = normalise_codes(raw_code)
    number = (
        parse_numbers(raw_population)
        .astype("Float64")
        .where(lambda value: value.between(0, MOST_RESIDENTS))
        .round()
        .astype("Int64")
    )

    reason = pd.Series(pd.NA, index=table.index, dtype="string")
    reason = reason.mask(code.isna(), "code de commune « " + raw_code.fillna("") + " » non reconnu")
    reason = reason.mask(
        reason.isna() & number.isna(), "population « " + raw_population.fillna("") + " » absente ou non reconnue"
    )
    usable = pd.DataFrame({"commune_code": code, "population": number})[reason.isna()]
    repeated = usable.duplicated()  # same code, same figure: read once
    conflicting = usable[~repeated].duplicated("commune_code", keep=False)
    reason = reason.mask(
        reason.index.isin(conflicting.index[conflicting]), "commune donnée deux fois avec des populations différentes"
    )
    reason = reason.mask(reason.index.isin(repeated.index[repeated]), "commune donnée deux fois")

    kept = usable[reason[usable.index].isna()].set_index("commune_code")
    rejected = rejected_rows(table.index, raw_code, reason)
    if kept.empty:
        raise SchemaError(SOURCE, rejection_faults(rejected), _ADVICE)

    note = f"{SOURCE} : colonne « {population_column.upper()} » du fichier « {path.name} »."
    repaired = code[(code != raw_code).fillna(value=False)]
    repaired_note = CommuneNote.of(
        "{count} code(s) de commune réparé(s) dans le fichier de population (zéro initial perdu).", repaired
    )
    provenance = Provenance.of_file(
        path, SOURCE, vintage=year, licence=OPEN_LICENCE, rows_read=len(table), rows_kept=len(kept)
    )
    return SourceTable(kept, provenance, rejected, (note, *notes), (repaired_note,) if repaired_note.codes else ())


def recognised_population_columns(names: Iterable[str]) -> dict[str, str]:
    """Return which columns (lower case) hold `code` and `population`, by their usual names; the latest of several."""
    names = list(names)
    code = first_named(names, CODE_COLUMNS)
    found = {"code": code, "population": latest_population(names)[0]}
    return {role: name for role, name in found.items() if name is not None}


def match_population(communes: pd.Index, population: pd.Series) -> tuple[pd.Series, tuple[CommuneNote, ...]]:
    """Give each commune its population, and say which codes do not match.

    A city whose row is missing gets the sum of its arrondissements if all of them are given.

    `population`: Int64, residents, indexed by commune code, as read by `read_population`.

    Returns
    -------
    The population (Int64, <NA> unknown) indexed like `communes`, and notes: communes without
    population, and rows of the same départements without a commune.
    """
    matched = population.reindex(communes).fillna(_city_totals(population).reindex(communes)).astype("Int64")
    notes = []
    missing = matched.index[matched.isna()]
    if len(missing):
        notes.append(
            CommuneNote.of(
                "{count} commune(s) des contours sans population dans le fichier "
                "(communes fusionnées ou d'une autre année) : {codes}.",
                missing,
            )
        )
    departements = set(communes.map(departement_of))
    nearby = population[population.index.map(departement_of).isin(departements)]
    related = set(communes) | set(city_of(communes).dropna())
    unused = nearby[~nearby.index.isin(related) & ~city_of(nearby.index).isin(communes).to_numpy()]
    if len(unused):
        notes.append(
            CommuneNote(
                "{count} code(s) du fichier de population sans contour dans les mêmes départements, "
                "soit {residents} habitants non placés : {codes}.",
                tuple(map(str, unused.index)),
                tuple(map(int, unused)),
            )
        )
    return matched, tuple(notes)


def _city_totals(population: pd.Series) -> pd.Series:
    """Return the population of each city that has arrondissements, <NA> unless all of them are given."""
    by_arrondissement = population.reindex(list(CITY_OF_ARRONDISSEMENT))
    city = by_arrondissement.index.map(CITY_OF_ARRONDISSEMENT)
    totals: pd.Series = by_arrondissement.groupby(city).agg(lambda figures: figures.sum(skipna=False))
    return totals


def latest_population(columns: list[str]) -> tuple[str | None, str | None]:
    """Return the most recent population column and its year, `None` where there is none."""
    found = [(match[1] or match[2], name) for name in columns if (match := _POPULATION_NAME.fullmatch(name))]
    if not found:
        return None, None
    dated = [(_full_year(year), name) for year, name in found if year]
    if not dated:
        return found[0][1], None
    year, name = max(dated)
    return name, str(year)


def _full_year(digits: str) -> int:
    century = 0 if len(digits) == len("2021") else 1900 if digits >= "60" else 2000
    return int(digits) + century
