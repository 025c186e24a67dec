"""Where a table comes from, what was kept out of it, and which file an error is about."""

from __future__ import annotations

import functools
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from geo.errors import CrsError, Fault, NetworkError, SchemaError, SourceError
from geo.french import agreed, in_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from geo.sources.commune_codes import CommuneNote

_Options = ParamSpec("_Options")
_Result = TypeVar("_Result")

_RANGES_SHOWN = 10
REJECTED_COLUMNS = ("row", "identifier", "reason")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What one input file is.

    `dataset` is the French name shown to users, `file` the file's name without its folder,
    `vintage` the date or year of the data as text (`None`: unknown), `licence` its licence,
    `sha256` the checksum of the file, `rows_read` and `rows_kept` its row counts.
    """

    dataset: str
    file: str
    vintage: str | None
    licence: str | None
    sha256: str
    rows_read: int
    rows_kept: int

    @classmethod
    def of_file(
        cls, path: Path, dataset: str, *, vintage: str | None, licence: str | None, rows_read: int, rows_kept: int
    ) -> Provenance:
        """Describe one file; its name and checksum are taken from it."""
        return cls(dataset, path.name, vintage, licence, checksum(path), rows_read, rows_kept)


def _no_rows() -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - a checksum needs no tables

    return pd.DataFrame(columns=list(REJECTED_COLUMNS))


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A validated table, its provenance, and the rows that were kept out.

    `rejected` has the columns `row` (int, as a spreadsheet shows it, header = 1), `identifier`
    (text, may be empty) and `reason` (French sentence). `notes` are French sentences for the user;
    `commune_notes` are those about communes, which a study area restricts to its own.
    """

    frame: gpd.GeoDataFrame | pd.DataFrame
    provenance: Provenance
    rejected: pd.DataFrame = field(default_factory=_no_rows)
    notes: tuple[str, ...] = ()
    commune_notes: tuple[CommuneNote, ...] = ()


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text; raise `SourceError` if it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        msg = f"Le fichier « {path.name} » est illisible ou absent. Vérifiez son chemin et vos droits de lecture."
        raise SourceError(msg) from error


def rejected_rows(rows: pd.Series | pd.Index, identifiers: pd.Series, reasons: pd.Series) -> pd.DataFrame:
    """Return `SourceTable.rejected`: the rows whose reason is not <NA>. All three have the same length and order."""
    import numpy as np  # noqa: PLC0415 - a checksum needs no tables
    import pandas as pd  # noqa: PLC0415

    kept = np.flatnonzero(reasons.notna())
    columns = (rows.take(kept), identifiers.take(kept).fillna(""), reasons.take(kept))
    return pd.DataFrame({name: column.array for name, column in zip(REJECTED_COLUMNS, columns, strict=True)})


def rejection_faults(rejected: pd.DataFrame) -> list[Fault]:
    """Return the rows kept out as faults, for a file of which no row can be used; equal reasons are one fault."""
    return [
        Fault(str(reason), int(rows.iloc[0])) if len(rows) == 1 else Fault(f"{row_ranges(rows)} : {reason}")
        for reason, rows in rejected.groupby("reason", sort=False)["row"]
    ]


def row_ranges(rows: pd.Series) -> str:
    """Return ``ligne 2``, or ``lignes 2 à 35, 40``, for these rows; after ten ranges the rest is counted."""
    ordered = rows.astype("int64").sort_values()
    ranges = ordered.groupby((ordered.diff() != 1).cumsum()).agg(["min", "max"])
    shown = ranges.head(_RANGES_SHOWN)
    texts = [str(first) if first == last else f"{first} à {last}" for first, last in shown.to_numpy()]
    hidden = len(rows) - int((shown["max"] - shown["min"] + 1).sum())
    rest = f" et {agreed(hidden, 'autre(s)')}" if hidden else ""
    return f"{in_number(len(rows), 'ligne(s)')} {', '.join(texts)}{rest}"


@contextmanager
def naming_files(*paths: Path) -> Iterator[None]:
    """Name these files in any error about their content that does not name one of them already.

    ``Communes : colonne absente.`` becomes ``Communes (communes-64.geojson) : colonne absente.``
    """
    try:
        yield
    except (SourceError, SchemaError, CrsError, NetworkError) as error:
        if any(path.name in str(error) for path in paths):
            raise
        names = ", ".join(path.name for path in paths)
        if isinstance(error, SchemaError):
            where = f"{error.source} ({names})"
            raise SchemaError(where, error.faults, error.advice) from error
        what, colon, problem = str(error).partition(" : ")
        raise type(error)(f"{what} ({names}){colon}{problem}" if colon else f"« {names} » : {what}") from error


def names_its_file(
    reader: Callable[Concatenate[Path, _Options], _Result],
) -> Callable[Concatenate[Path, _Options], _Result]:
    """Make the errors of a reader name the file it was given (see `naming_files`)."""

    @functools.wraps(reader)
    def named(path: Path, /, *args: _Options.args, **kwargs: _Options.kwargs) -> _Result:
        with naming_files(path):
            return reader(path, *args, **kwargs)

    return named
