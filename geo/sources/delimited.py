"""Delimited text files (CSV and its cousins), whatever tool wrote them.

Official lists come as UTF-8 with or without a byte order mark, or in an older encoding after a visit in a spreadsheet
(`geo.sources.encodings`); separated by commas, semicolons, tabs or bars (`geo.sources.csv_layout`). Every cell is read
as text: giving meaning to the cells is the work of each reader.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.errors import Fault, SchemaError, SourceError
from geo.folding import fold
from geo.french import agreed, in_number
from geo.sources.archives import require_regular
from geo.sources.csv_layout import header_position, layout_of, split_records
from geo.sources.encodings import decode
from geo.storage import shown_path
from geo.text_columns import text_array

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

#: Largest text file read at once, in bytes. The largest official list in use weighs about 25 MB.
MAX_BYTES: Final = 100_000_000
MAX_COLUMNS: Final = 1_000
#: Most rows, blank ones included: a few bytes a row would else take gigabytes. Official lists have at most 50,000.
MAX_ROWS: Final = 1_000_000
#: Most cells: a table of 5 million takes 3 seconds and 500 MB. The largest official list has 400,000.
MAX_CELLS: Final = 5_000_000
_JSON: Final = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\]])")


def read_delimited(path: Path, source: str, notes: list[str] | None = None) -> pd.DataFrame:
    """Read a delimited text file as a table of text.

    `path`: The file. Its encoding, its delimiter and the row of its header are recognised from the content, not from
    the name. `notes`: French sentences about what was recognised and may be wrong are added to it.

    Returns
    -------
    All columns of dtype "string", named by the header without surrounding spaces. Cells are
    stripped, an empty cell is <NA>. The index, named `row`, is the row as a spreadsheet shows
    it: the first row is 1 (a line ``sep=;`` is none), blank rows and titles above the header are left out but counted.
    Columns whose header is empty are left out; a row shorter than the header is completed with <NA> (spreadsheets drop
    trailing empty cells). Of columns of one name the second is called ``name (2)``, and left out where it holds nothing
    else than the first.

    Raises
    ------
    SourceError
        The file is absent, unreadable, empty, larger than `MAX_BYTES`, or is not text.
    SchemaError
        There is no row under the header, or more than `MAX_ROWS` or `MAX_CELLS`, rows have more cells than the header,
        or quotes are not closed; lists every fault.
    """
    notes = [] if notes is None else notes
    return parse_delimited(read_text(path, source, notes=notes), source, notes)


def read_text(path: Path, source: str, max_bytes: int | None = None, notes: list[str] | None = None) -> str:
    """Return the content of a text file of at most `max_bytes` (default `MAX_BYTES`), without its byte order mark.

    `notes`: French sentences about its encoding are added to it.

    Raises
    ------
    SourceError
        The file is absent, unreadable, empty, too large, or is not text.
    """
    limit = MAX_BYTES if max_bytes is None else max_bytes
    require_regular(path, source)
    if path.is_dir():
        msg = f"{source} : « {shown_path(path)} » est un dossier, un fichier est attendu. Donnez l'un des siens."
        raise SourceError(msg)
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
    try:
        text, found = decode(content)
    except ValueError as error:
        kind = "un classeur ou une archive" if content.startswith(b"PK") else "un fichier binaire ou abîmé"
        msg = f"{where} est {kind}, un fichier texte est attendu. Enregistrez-le au format CSV UTF-8."
        raise SourceError(msg) from error
    _require_some(text, where)
    if notes is not None:
        notes += found
    return text


def parse_delimited(text: str, source: str, notes: list[str] | None = None) -> pd.DataFrame:
    r"""Turn the text of a delimited file into a table; see `read_delimited`.

    Examples
    --------
    >>> parse_delimited("Mairies du canton\n\nnom;lieu (bourg, hameau)\nSare;bourg\n", "Mairies").to_dict("index")
    {4: {'nom': 'Sare', 'lieu (bourg, hameau)': 'bourg'}}
    """
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        msg = f"{source} : une page web a été trouvée, un tableau CSV est attendu. Téléchargez le fichier lui-même."
        raise SourceError(msg)
    if _JSON.match(text):
        msg = (
            f"{source} : du JSON ou du GeoJSON a été trouvé, un tableau CSV est attendu. Enregistrez la couche "
            f"au format CSV, positions comprises, depuis un logiciel de cartographie."
        )
        raise SourceError(msg)
    _check_size(len(text), MAX_BYTES, f"{source} : le tableau")
    _require_some(text, f"{source} : le tableau")
    notes = [] if notes is None else notes
    records = _records(text, source)
    header_at = header_position(records)
    header = [name.strip() for name in records[header_at]]
    body = records[header_at + 1 :]
    first_row = header_at + 2
    if titles := sum(any(map(str.strip, record)) for record in records[:header_at]):
        notes.append(
            f"{agreed(titles, 'ligne(s) de titre')} au-dessus de l'en-tête (ligne {header_at + 1}), "
            f"{in_number(titles, 'laissée(s)')} de côté"
        )

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
    width = len(header)
    whole = (record if len(record) == width else (record + blank)[:width] for record in body)
    named = [(name, cells) for name, cells in zip(header, zip(*whole, strict=True), strict=True) if name]
    names, stripped = [name for name, _ in named], [[cell.strip() or None for cell in cells] for _, cells in named]
    table = {name: text_array(cells) for name, cells in _named_apart(names, stripped, notes).items()}
    rows = pd.RangeIndex(first_row, first_row + len(body), name="row")
    frame = pd.DataFrame(table, index=rows)
    kept = np.array(list(map(any, zip(*stripped, strict=True))) or [False] * len(body), dtype=bool)
    return frame if kept.all() else frame[kept]


def require_columns(
    table: pd.DataFrame, columns: Iterable[str], source: str, option: str = "", *, found: Collection[str] | None = None
) -> None:
    """Raise one `SchemaError` that lists every column of `columns` missing from `table`, and those found.

    `option`: French sentence on how to name the columns, where there is a way. `found`: Columns as the file names them,
    where those of `table` have other names.
    """
    missing = [name for name in columns if name not in table.columns]
    if missing:
        what_to_do = option or "Vérifiez que c'est le bon fichier."
        advice = f"Colonnes trouvées : {listed_columns(table.columns if found is None else found)}. {what_to_do}"
        raise SchemaError(source, [Fault(f"colonne « {name} » absente") for name in missing], advice)


def require_rows(table_name: str, rules: Mapping[str, pd.Series], advice: str) -> None:
    """Raise one `SchemaError` that lists every row that breaks a rule of one of the project's own tables.

    `rules`: sentence of a fault -> where its rule holds, by row number; what is missing does not. `advice`: French
    sentence on what to do.
    """
    faults = [
        Fault(sentence, int(row))
        for sentence, holds in rules.items()
        for row in holds.index[~holds.fillna(value=False).to_numpy(dtype=bool)]
    ]
    if faults:
        raise SchemaError(table_name, sorted(faults, key=lambda fault: fault.row or 0), advice)


def columns_by_header(table: pd.DataFrame, headers: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Return the columns of `table` that each name may be, by their folded headers (`geo.french.fold`)."""
    folded = pd.Series([fold(str(column)) for column in table.columns], index=table.columns)
    return {name: list(folded.index[folded.isin(known)]) for name, known in headers.items()}


def under_own_names(
    table: pd.DataFrame, found: Mapping[str, list[str]], faults: Sequence[Fault], source: str
) -> pd.DataFrame:
    """Return the columns found (`columns_by_header`) under their own names; those that are not there are left out.

    `faults`: What is missing, by the rules of the list; raises `SchemaError` with these and every name that has several
    columns, and tells the columns of the table.
    """
    doubles = [
        Fault(f"plusieurs colonnes possibles pour « {name} » : {', '.join(columns)}")
        for name, columns in found.items()
        if len(columns) > 1
    ]
    if every := [*faults, *doubles]:
        advice = f"Colonnes trouvées : {listed_columns(table.columns)}. Attendues : {', '.join(found)}."
        raise SchemaError(source, every, advice)
    chosen = {columns[0]: name for name, columns in found.items() if columns}
    return table[list(chosen)].set_axis(list(chosen.values()), axis="columns")


def listed_columns(names: Iterable[object]) -> str:
    """Return the names of columns as text to show, the first forty cut to forty letters."""
    return ", ".join(str(name)[:40] for name in list(names)[:40])


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


def _records(text: str, source: str) -> list[list[str]]:
    """Split a text into records of cells; position `n` is row `n + 1` of a spreadsheet."""
    records: list[list[str]] = []
    try:
        text, layout = layout_of(text)
        records = split_records(text, layout, MAX_ROWS + 1, into=records)
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
    return []


def _overlong_faults(body: list[list[str]], width: int, first_row: int) -> list[Fault]:
    """Report the records with text beyond the last column; empty cells there are harmless."""
    lengths = np.fromiter(map(len, body), dtype=np.int64, count=len(body))
    return [
        Fault(f"{lengths[position]} cellules trouvées, {width} attendues", first_row + int(position))
        for position in np.flatnonzero(lengths > width)
        if any(map(str.strip, body[position][width:]))
    ]


def _named_apart(names: list[str], columns: list[list[str | None]], notes: list[str]) -> dict[str, list[str | None]]:
    """Return columns by name, a second one of a name called ``name (2)``, or left out where it adds nothing."""
    apart: dict[str, list[str | None]] = {}
    taken, ranks = set(names), dict.fromkeys(names, 1)
    for name, cells in zip(names, columns, strict=True):
        if (first := apart.setdefault(name, cells)) is cells:
            continue
        if all(cell is None or cell == same for cell, same in zip(cells, first, strict=True)):
            continue
        while (other := f"{name} ({ranks[name] + 1})") in taken:
            ranks[name] += 1
        taken.add(other)
        apart[other] = cells
        notes.append(f"plusieurs colonnes « {name} » : la première garde ce nom, une autre devient « {other} »")
    return apart
