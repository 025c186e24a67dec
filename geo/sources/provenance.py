"""Where a table comes from, and what was kept out of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from geo.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

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


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A validated table, its provenance, and the rows that were kept out.

    `rejected` has the columns `row` (int, as a spreadsheet shows it, header = 1), `identifier`
    (text, may be empty) and `reason` (French sentence). `notes` are French sentences for the user.
    """

    frame: gpd.GeoDataFrame | pd.DataFrame
    provenance: Provenance
    rejected: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REJECTED_COLUMNS)))
    notes: tuple[str, ...] = ()


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text; raise `SourceError` if it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        msg = f"Le fichier « {path.name} » est illisible ou absent. Vérifiez son chemin et vos droits de lecture."
        raise SourceError(msg) from error
