"""Delimited text files (CSV and its cousins), whatever tool wrote them.

Official lists come as UTF-8 with or without a byte order mark, or as Windows-1252 after a visit in a
spreadsheet; separated by commas, semicolons, tabs or bars. This module recognises those from the
content and reads every cell as text: giving meaning to the cells is the work of each reader.
"""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.errors import Fault, SchemaError, SourceError
from geo.sources.archives import require_regular
from geo.storage import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DELIMITERS: Final = ",;\t|"

#: Largest text file read at once, in bytes. The largest official list in use weighs about 25 MB.
MAX_BYTES: Final = 100_000_000
MAX_COLUMNS: Final = 1_000
#: Most rows, blank ones included: a few bytes a row would else take gigabytes. Official lists have at most 50,000.
MAX_ROWS: Final = 1_000_000
#: Most cells: a table of 5 million takes 3 seconds and 500 MB. The largest official list has 400,000.
MAX_CELLS: Final = 5_000_000

_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def read_delimited(path: Path, source: str) -> pd.DataFrame:
    """Read a delimited text file as a table of text.

    `path`: The file. Its encoding (UTF-8, UTF-16 with its mark, Windows-1252) and its delimiter (comma, semicolon, tab
    or bar) are recognised from the content, not from the name.

    Returns
    -------
    All columns of dtype "string", named by the header without surrounding spaces. Cells are
    stripped, an empty cell is <NA>. The index, named `row`, is the row as a spreadsheet shows
    it: the header is row 1, blank rows are left out but counted. Columns whose header is empty
    are left out; a row shorter than the header is completed with <NA> (spreadsheets drop
    trailing empty cells).

    Raises
    ------
    SourceError
        The file is absent, unreadable, empty, larger than `MAX_BYTES`, or is not text.
    SchemaError
        There is no row under the header, or more than `MAX_ROWS` or `MAX_CELLS`, a column name is repeated, rows have
        more cells than the header, or quotes are not closed; lists every fault.
    """
    return parse_delimited(read_text(path, source), source)


def read_text(path: Path, source: str, max_bytes: int | None = None) -> str:
    """Return the content of a text file of at most `max_bytes` (default `MAX_BYTES`), without its byte order mark.

    Raises
    ------
    SourceError
        The file is absent, unreadable, empty, too large, or is not text.
    """
    limit = MAX_BYTES if max_bytes is None else max_bytes
    require_regular(path, source)
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= limit else b""
    except (OSError, ValueError) as error:
        msg = (
            f"{source} : le fichier « {shown_path(path)} » est illisible ou absent. "
            f"Vérifiez son chemin et vos droits de lecture."
        )
        raise SourceError(msg) from error
    where = f"{source} : le fichier « {path.name} »"
    _check_size(size, limit, where)
    text = _decode(content, where)
    _require_some(text, where)
    return text


def parse_delimited(text: str, source: str) -> pd.DataFrame:
    """Turn the text of a delimited file into a table; see `read_delimited`."""
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        msg = f"{source} : une page web a été trouvée, un tableau CSV est attendu. Téléchargez le fichier lui-même."
        raise SourceError(msg)
    _check_size(len(text), MAX_BYTES, f"{source} : le tableau")
    _require_some(text, f"{source} : le tableau")
    records = _records(text, source)
    header_at = next((position for position, record in enumerate(records) if any(map(str.strip, record))), 0)
    header = [name.strip() for name in records[header_at]]
    body = records[header_at + 1 :]
    first_row = header_at + 2

    faults = _header_faults(header) + _overlong_faults(body, len(header), first_row)
    if not any(any(map(str.strip, record)) for record in body):
        faults.append(Fault("aucune ligne sous l'en-tête"))
    if len(header) * len(body) > MAX_CELLS:
        found = f"{len(body):_} lignes de {len(header)} colonnes, au plus {MAX_CELLS:_} cellules sont attendues"
        advice = "Ne gardez que les lignes de votre territoire et les colonnes utiles."
        raise SchemaError(source, [Fault(found.replace("_", "\u202f"))], advice)
    if faults:
        raise SchemaError(source, faults, "Corrigez le fichier ou téléchargez-le à nouveau.")

    blank = [""] * len(header)
    table = pd.DataFrame([(record + blank)[: len(header)] for record in body], dtype="string")
    table.index = pd.RangeIndex(first_row, first_row + len(body), name="row")
    table.columns = pd.Index(header)
    table = table.loc[:, [name != "" for name in header]]
    stripped: pd.DataFrame = table.apply(lambda column: column.str.strip().replace("", pd.NA))
    return stripped.dropna(how="all")


def require_columns(table: pd.DataFrame, columns: Iterable[str], source: str) -> None:
    """Raise one `SchemaError` that lists every column of `columns` missing from `table`."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        found = ", ".join(str(name)[:40] for name in table.columns[:40])
        raise SchemaError(
            source,
            [Fault(f"colonne « {name} » absente") for name in missing],
            f"Colonnes trouvées : {found}. Vérifiez que c'est le bon fichier.",
        )


def _check_size(size: int, limit: int, where: str) -> None:
    if size > limit:
        msg = (
            f"{where} pèse {size / 1e6:.0f} Mo, au plus {limit / 1e6:.0f} Mo sont attendus. "
            f"Ne gardez que les lignes de votre territoire."
        )
        raise SourceError(msg)


def _require_some(text: str, where: str) -> None:
    if not text.strip():
        msg = f"{where} est vide. Téléchargez-le à nouveau."
        raise SourceError(msg)


def _decode(content: bytes, where: str) -> str:
    """Return the text of a file's bytes; Windows-1252 holds every printable character of Latin-1."""
    encodings = ("utf-16",) if content.startswith(_UTF16_MARKS) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    kind = "un classeur ou une archive" if content.startswith(b"PK") else "un fichier binaire ou abîmé"
    msg = f"{where} est {kind}, un fichier texte est attendu. Enregistrez-le au format CSV UTF-8."
    raise SourceError(msg)


def _records(text: str, source: str) -> list[list[str]]:
    """Split a text into records of cells; position `n` is row `n + 1` of a spreadsheet."""
    first_line = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]
    records: list[list[str]] = []
    try:
        widths = {mark: len(next(csv.reader([first_line], delimiter=mark))) for mark in DELIMITERS}
        delimiter = max(widths, key=lambda mark: widths[mark])
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        records.extend(islice(rows, MAX_ROWS + 1))
    except csv.Error as error:
        fault = Fault("guillemets mal fermés ou cellule démesurée", len(records) + 1)
        raise SchemaError(source, [fault], "Corrigez cette ligne ou téléchargez le fichier à nouveau.") from error
    if len(records) > MAX_ROWS:
        fault = Fault(f"plus de {MAX_ROWS:_} lignes trouvées, au plus autant sont attendues".replace("_", "\u202f"))
        raise SchemaError(source, [fault], "Ne gardez que les lignes de votre territoire.")
    return records


def _header_faults(header: list[str]) -> list[Fault]:
    if len(header) > MAX_COLUMNS:
        return [Fault(f"{len(header)} colonnes trouvées, au plus {MAX_COLUMNS} attendues", 1)]
    named = pd.Series(header, dtype="string")
    repeated = named[named.duplicated() & (named != "")].unique()
    return [Fault(f"colonne « {name} » en double") for name in repeated]


def _overlong_faults(body: list[list[str]], width: int, first_row: int) -> list[Fault]:
    """Report the records with text beyond the last column; empty cells there are harmless."""
    lengths = np.fromiter(map(len, body), dtype=np.int64, count=len(body))
    return [
        Fault(f"{lengths[position]} cellules trouvées, {width} attendues", first_row + int(position))
        for position in np.flatnonzero(lengths > width)
        if any(map(str.strip, body[position][width:]))
    ]
