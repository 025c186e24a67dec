"""The tables of a GTFS feed as they are in its file: columns of text, and their faults, all told at once."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress
from csv import Error as NoRowError
from csv import reader
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from geo.errors import Fault, SchemaError, SourceError
from geo.french import agreed, format_decimal, format_integer
from geo.sources.archives import MAX_UNPACKED_BYTES, read_member, require_bounded, require_regular
from geo.storage import shown_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

#: Columns that a table must have; the others of the standard are empty where they are absent.
REQUIRED: Final = {
    "agency.txt": ("agency_timezone",),
    "stops.txt": ("stop_id",),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_sequence"),
    "calendar.txt": ("service_id", "start_date", "end_date"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "frequencies.txt": ("trip_id", "start_time", "end_time", "headway_secs"),
    "transfers.txt": ("from_stop_id", "to_stop_id"),
}
#: Tables without which there is no timetable.
NEEDED: Final = ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt")
_SHOWN: Final = 3
#: What pyarrow says of a row with fewer or more cells than the header.
_COLUMN_COUNTS: Final = re.compile(r"Expected \d+ columns, got \d+")
#: A line, and what ends it; a blank one.
_LINE: Final = re.compile(rb"([^\r\n]*)(?:\r\n|\r|\n)")
_BLANK: Final = re.compile(rb"\n\r?\n|\r\r")
#: Rows of a table with fewer or more cells than the header, at most: with more of them it is not read.
_MOST_MISSHAPEN: Final = 1000
_ADVICE: Final = "Demandez un jeu de données corrigé à son éditeur, ou donnez-en un autre."


@dataclass
class FeedTables:
    """The tables of one feed, and the faults found so far.

    Columns are text arrays of pyarrow, an empty text where a cell is; rows are told as a spreadsheet shows them.
    """

    name: str
    path: Path
    files: frozenset[str]
    faults: list[Fault] = field(default_factory=list)
    _read: dict[str, pa.Table] = field(default_factory=dict)
    _misshapen: dict[str, list[csv.InvalidRow]] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path) -> FeedTables:
        """Open a feed: a ``.zip`` or a folder.

        Raises
        ------
        SourceError
            It is absent or neither, is damaged, swells too much or holds what is no plain file.
        SchemaError
            A table that no timetable can do without is absent, or one cannot be read: all are told.
        """
        there = False
        with suppress(OSError):
            there = path.exists()
        if not there:
            msg = f"Horaires : « {shown_path(path)} » introuvable. Vérifiez son chemin."
            raise SourceError(msg)
        require_bounded(path, "Horaires")
        try:
            if path.is_dir():
                files = _files_of(path)
            else:
                with zipfile.ZipFile(path) as archive:
                    files = frozenset(PurePosixPath(name).name.lower() for name in archive.namelist())
        except SourceError:
            raise
        except (OSError, zipfile.BadZipFile) as error:
            msg = (
                f"Horaires : « {path.name} » n'est ni une archive .zip ni un dossier lisible. Un jeu de données GTFS "
                f"est attendu (stops.txt, trips.txt, stop_times.txt…)."
            )
            raise SourceError(msg) from error
        tables = cls(path.name, path, files)
        for name in NEEDED:
            if name not in files:
                tables.faults.append(Fault(f"{name} absent"))
        if not files & {"calendar.txt", "calendar_dates.txt"}:
            tables.faults.append(Fault("calendar.txt et calendar_dates.txt absents : un des deux est attendu"))
        for name, columns in REQUIRED.items():
            if name in files:
                tables._read[name] = tables._parsed(name, columns)
        unreadable = bool(tables.faults)
        for name, rows in tables._misshapen.items():
            shown = tables._shown_rows(name, np.array([row.number - 1 for row in rows[:_SHOWN]], np.int64))
            tables.faults += _misshapen_faults(name, rows, shown)
        if unreadable:
            tables.require()
        return tables

    def require(self) -> None:
        """Raise `SchemaError` with all the faults found so far."""
        if self.faults:
            source = f"Horaires « {self.name} »"
            raise SchemaError(source, self.faults, _ADVICE)

    def column(self, file: str, name: str) -> pa.Array:
        """Return a column as text without spaces around it; empty texts where the table or the column is absent."""
        table = self._table(file)
        if name not in table.column_names:
            return pa.array([""] * table.num_rows, pa.string())
        return pc.utf8_trim_whitespace(table[name].combine_chunks())

    def has(self, file: str, name: str) -> bool:
        """Tell whether a table has a column with something in it."""
        table = self._table(file)
        return name in table.column_names and bool(pc.any(pc.not_equal(table[name], "")).as_py())

    def rows(self, file: str) -> int:
        """Return how many rows a table has, 0 where it is absent."""
        return int(self._table(file).num_rows)

    def wrong(self, file: str, rows: NDArray[np.bool_], what: str, values: pa.Array | None = None) -> None:
        """Note the rows of a table that are at fault, the first ones with their value.

        Those with fewer or more cells than the header are noted already, and nothing else is said of them.
        """
        at = np.setdiff1d(np.flatnonzero(rows), [row.number - 1 for row in self._misshapen.get(file, ())])
        for row, shown in zip(at[:_SHOWN].tolist(), self._shown_rows(file, at[:_SHOWN]), strict=True):
            value = "" if values is None else f" « {values[row].as_py()[:40]} »"
            self.faults.append(Fault(f"{file}, {what}{value}", shown))
        if len(at) > _SHOWN:
            self.faults.append(Fault(f"{file}, {what} : {len(at)} lignes en tout"))

    def numbers(self, file: str, name: str, default: float = np.nan) -> NDArray[np.float64]:
        """Return a column as numbers, `default` where empty; what is no number is a fault."""
        texts = self.column(file, name)
        encoded = texts.dictionary_encode()
        values = np.array([_number(text, default) for text in encoded.dictionary.to_pylist()], np.float64)
        numbers = values[encoded.indices.to_numpy()] if len(values) else np.zeros(0)
        self.wrong(file, np.isinf(numbers), f"{name} illisible", texts)
        return numbers

    def positions(self, file: str, name: str, ids: pa.Array, *, optional: bool = False) -> NDArray[np.int64]:
        """Return where each identifier of a column is among `ids`, -1 where it is empty or unknown (a fault)."""
        texts = self.column(file, name)
        at = np.asarray(pc.fill_null(pc.index_in(texts, value_set=ids), -1).to_numpy(zero_copy_only=False), np.int64)
        missing = at < 0
        if optional:
            missing &= pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
        self.wrong(file, missing, f"{name} inconnu", texts)
        return at

    def unique(self, file: str, name: str) -> pa.Array:
        """Return a column of identifiers; empty and repeated ones are faults."""
        texts = self.column(file, name)
        self.wrong(file, pc.equal(texts, "").to_numpy(zero_copy_only=False), f"{name} vide")
        _, first = np.unique(texts.dictionary_encode().indices.to_numpy(), return_index=True)
        again = np.ones(len(texts), bool)
        again[first] = False
        self.wrong(file, again, f"{name} répété", texts)
        return texts

    def _shown_rows(self, file: str, rows: NDArray[np.int64]) -> list[int]:
        """Return the rows of a spreadsheet that rows of a table are, the first being 0; its blank lines count there."""
        if not len(rows):
            return []
        content = self._content(file)
        return _rows_with_blanks(content, rows) if _BLANK.search(content) else (rows + 2).tolist()

    def _content(self, file: str) -> bytes:
        """Return the bytes of a table."""
        if self.path.is_dir():
            found = next(each for each in self.path.iterdir() if each.name.lower() == file)
            return found.read_bytes()
        return b"".join(read_member(self.path, file, MAX_UNPACKED_BYTES))

    def _table(self, file: str) -> pa.Table:
        return self._read.get(file, pa.table({}))

    def _parsed(self, file: str, required: Sequence[str]) -> pa.Table:
        """Return a table; note the fault of one that cannot be read, and give an empty one for it."""
        try:
            table = self._columns(file)
        except _UnreadableTableError as error:
            self.faults.append(error.fault)
            return pa.table({})
        if not table.column_names and file not in NEEDED:
            return table  # nothing is in the file: as if it were not there
        if absent := [name for name in required if name not in table.column_names]:
            self.faults.append(Fault(f"{file} : colonne absente : {', '.join(absent)}"))
        return table

    def _columns(self, file: str) -> pa.Table:
        content = b""
        try:
            content = self._content(file)
            if not content.strip():
                return pa.table({})
            header = _LINE.match(content)
            first_line, rows = (content, b"") if header is None else (header[1], content[header.end() :])
            names = _header(file, first_line)
            if not rows.strip():
                return pa.table({name: pa.array([], pa.string()) for name in names})
            try:
                read = _table_of(rows, names)
            except pa.ArrowInvalid as error:
                if content.count(b'"') % 2 or not _COLUMN_COUNTS.search(str(error)):
                    raise
                read = self._with_misshapen(file, rows, names)
            if content.count(b'"') % 2 and "\n" in read.column(len(names) - 1)[-1].as_py():
                raise _UnreadableTableError(_open_quote(file, content))  # all that follows it is one value
        except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
            if isinstance(error, SourceError):
                raise
            raise _UnreadableTableError(_why_unreadable(file, content)) from error
        return read

    def _with_misshapen(self, file: str, rows: bytes, names: list[str]) -> pa.Table:
        """Return a table of which some rows have fewer cells than the header (empty then) or more (left out)."""
        wrong: list[csv.InvalidRow] = []
        number = 0

        def keep(row: csv.InvalidRow) -> str:
            nonlocal number
            number += 1
            if len(wrong) < _MOST_MISSHAPEN:
                wrong.append(row)
            return "skip"

        read = _table_of(rows, names, keep)
        if number > _MOST_MISSHAPEN:
            first = wrong[0]
            said = f"{_cells_said(file, first)} : {format_integer(number)} lignes en tout"
            (shown,) = self._shown_rows(file, np.array([first.number - 1]))
            raise _UnreadableTableError(Fault(said, shown))
        self._misshapen[file] = wrong
        cells = [(*_cells(row.text), *[""] * len(names))[: len(names)] for row in wrong]
        columns = dict(zip(names, zip(*cells, strict=True), strict=True))
        added = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
        here = np.zeros(read.num_rows + len(wrong), bool)
        here[[row.number - 1 for row in wrong]] = True
        at = np.where(here, read.num_rows + np.cumsum(here) - 1, np.cumsum(~here) - 1)
        return pa.concat_tables([read, added]).take(pa.array(at)).combine_chunks()


class _UnreadableTableError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def _files_of(folder: Path) -> frozenset[str]:
    """Return the names of the files of a folder; raise where one is no plain file, or its tables are too large."""
    tables = [each for each in folder.iterdir() if each.name.lower() in REQUIRED]
    for each in tables:
        require_regular(each, "Horaires")
    total = sum(each.stat().st_size for each in tables if each.is_file())
    if total > MAX_UNPACKED_BYTES:
        found, most = (format_decimal(size / 1e9) for size in (total, MAX_UNPACKED_BYTES))
        msg = (
            f"Horaires : les fichiers de « {shown_path(folder)} » pèsent {found} Go, au plus {most} Go sont attendus. "
            f"Donnez un jeu de données plus petit."
        )
        raise SourceError(msg)
    return frozenset(each.name.lower() for each in tables)


def _table_of(rows: bytes, names: list[str], invalid: Callable[[csv.InvalidRow], str] | None = None) -> pa.Table:
    """Return rows as columns of text.

    `invalid`: told each row with fewer or more cells, with its number (from 1; on one thread, where alone it is known).
    """
    return csv.read_csv(
        io.BytesIO(rows),
        read_options=csv.ReadOptions(column_names=names, use_threads=invalid is None),
        parse_options=csv.ParseOptions(newlines_in_values=True, invalid_row_handler=invalid),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )


def _cells(row: str) -> list[str]:
    with suppress(NoRowError):
        return next(reader([row], strict=False, skipinitialspace=True), [])
    return []


def _rows_with_blanks(content: bytes, rows: NDArray[np.int64]) -> list[int]:
    r"""Return the rows (the header is 1) of which pyarrow counts `rows` from 0 after it: it passes over blank lines.

    Examples
    --------
    >>> _rows_with_blanks(b'id,name\n1,"a\n\nb"\n\n2,c\n', np.array([0, 1]))
    [2, 4]
    """
    last, wanted = int(rows.max()), set(rows.tolist())
    shown: dict[int, int] = {}
    number, at, quoted = -2, 0, False
    for found in _LINE.finditer(content):
        line = found[1]
        if not quoted:
            at += 1
            number += bool(line) or number == -2  # noqa: PLR2004 - the header
            if number in wanted and line:
                shown[number] = at
            if number > last:
                break
        quoted ^= line.count(b'"') % 2 == 1
    return [shown[row] for row in rows.tolist()]


def _misshapen_faults(file: str, rows: list[csv.InvalidRow], shown: list[int]) -> list[Fault]:
    """Return what is said of rows with fewer or more cells than the header."""
    said = [Fault(_cells_said(file, row), at) for row, at in zip(rows[:_SHOWN], shown, strict=True)]
    if len(rows) > _SHOWN:
        all_of_them = (
            f"{file}, autant de cellules que de colonnes dans l'en-tête attendues : {len(rows)} lignes en tout"
        )
        said.append(Fault(all_of_them))
    return said


def _cells_said(file: str, row: csv.InvalidRow) -> str:
    expected = agreed(row.expected_columns, "colonne(s) attendue(s)")
    return f"{file}, {expected} comme dans l'en-tête, {agreed(row.actual_columns, 'trouvée(s)')}"


def _header(file: str, first_line: bytes) -> list[str]:
    """Return the names of the columns, a mark of byte order and spaces aside; unnamed ones are numbered."""
    if b"\0" in first_line:
        raise _UnreadableTableError(_not_utf_8(file, 1))
    names = [name.strip().strip('"').strip() for name in _cells(first_line.decode("utf-8-sig"))]
    again = sorted({name for at, name in enumerate(names) if name and name in names[:at]})
    if again:
        raise _UnreadableTableError(Fault(f"{file} : colonne répétée : {', '.join(again)[:120]}", 1))
    return [name or f"#{at}" for at, name in enumerate(names)]


def _why_unreadable(file: str, content: bytes) -> Fault:
    """Return why a table could not be read, in French, with the row where it is known."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as at:
        return _not_utf_8(file, content[: at.start].count(b"\n") + 1)
    if content.count(b'"') % 2:
        return _open_quote(file, content)
    return Fault(f"{file} illisible : un tableau en UTF-8, colonnes séparées par des virgules, est attendu")


def _not_utf_8(file: str, row: int) -> Fault:
    return Fault(f"{file} n'est pas en UTF-8, encodage attendu d'un jeu de données GTFS", row)


def _open_quote(file: str, content: bytes) -> Fault:
    row = next(n for n, line in enumerate(content.split(b"\n"), 1) if line.count(b'"') % 2)
    return Fault(f"{file}, un guillemet ouvert n'est pas refermé, à partir de cette ligne", row)


def _number(text: str, default: float) -> float:
    """Return the number of a text, inf where it is none."""
    if not text:
        return default
    with suppress(ValueError):
        value = float(text)
        if np.isfinite(value):
            return value
    return np.inf


def texts_of(column: pa.Array) -> list[str]:
    """Return a column as Python texts."""
    values: Sequence[str] = column.to_pylist()
    return list(values)
