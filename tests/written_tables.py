"""Tables that the package writes for people, read back: French headings, semicolons, decimal commas."""

import csv
import re
from pathlib import Path

import pyarrow.parquet as pq


def headings_of(path: Path) -> list[str]:
    """Return the headings of a table."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream, delimiter=";"))


def names_of(path: Path) -> list[str]:
    """Return what its columns are called in the file for programs beside it, which may have contours after them."""
    return pq.read_schema(path.with_suffix(".parquet")).names[: len(headings_of(path))]


def rows_of_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table under the names for programs, numbers with a point."""
    names = names_of(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        _, *rows = csv.reader(stream, delimiter=";")
    dotted = [[re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", cell) for cell in row] for row in rows]
    return [dict(zip(names, row, strict=True)) for row in dotted]
