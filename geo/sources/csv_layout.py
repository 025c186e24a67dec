"""How a delimited text is laid out: its delimiter, its quotes, and where its header is.

The rows decide, not the first line: a header may hold commas between semicolons, a title may stand above it, and the
line ``sep=;`` is an instruction of Excel. The standard library's `csv.Sniffer` looks at letter frequencies and takes a
decimal comma or a letter for the delimiter.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS: Final = ",;\t|"
#: Records, and letters, that are looked at.
_SAMPLE: Final = 200
_SAMPLE_LETTERS: Final = 2_000_000
#: Excel's own line; it may be quoted, and padded with delimiters by a later save.
_SEP_LINE: Final = re.compile(r'\s*"?sep=(?P<mark>[^\w\s"]|\t|\\t| )"?[,;|\t ]*(?:\r\n|\r|\n)', re.IGNORECASE)
#: A header of which every cell is between apostrophes; elsewhere they are part of French words.
_ALL_IN_APOSTROPHES: Final = re.compile(r"\s*'[^'\r\n]*'(?:\s*[,;|\t]\s*'[^'\r\n]*')+\s*(?:[\r\n]|$)")
_NUMBER: Final = re.compile(r"\s*[-+]?\d+,\d+\s*")
#: A header fills at least this share of what the rows usually fill; a title, a date or a source above it less.
_FILLED_BY_HEADER: Final = 0.6
_TITLES_AT_MOST: Final = 30
_HAS_DIGIT: Final = re.compile(r"^\W*\d")


@dataclass(frozen=True, slots=True)
class Layout:
    """`delimiter` between cells; `escape`: what stands before a `quote` inside of quotes, `None`: it is doubled."""

    delimiter: str
    escape: str | None = None
    quote: str = '"'


def layout_of(text: str) -> tuple[str, Layout]:
    r"""Return a text without Excel's ``sep=`` line, and how it is laid out.

    A text whose lines are quoted as a whole is returned without these quotes.

    Examples
    --------
    >>> layout_of("nom (court, long);lat\nSare;43,3\n")[1].delimiter
    ';'
    """
    found = _SEP_LINE.match(text)
    asked = None
    if found:
        text, asked = text[found.end() :], found["mark"].replace("\\t", "\t")
    marks = DELIMITERS if asked is None or asked in DELIMITERS else DELIMITERS + asked
    quote = "'" if _ALL_IN_APOSTROPHES.match(text) else '"'
    scores = {mark: _score(text, Layout(mark, quote=quote)) for mark in marks}
    best = max(scores, key=lambda mark: (scores[mark][0], mark == asked, scores[mark]))
    if scores[best] == (0.0, 0):
        lines = [record[0] for record in _sample(text, Layout(best)) if record and record[0].strip()]
        quoted = text.lstrip().startswith('"') and bool(lines)
        if quoted and all(any(mark in line for mark in DELIMITERS) for line in lines):
            bare = "\n".join(record[0] if record else "" for record in csv.reader(io.StringIO(text, newline="")))
            return layout_of(bare)
    return text, Layout(best, _escape(text, best), quote)


def split_records(text: str, layout: Layout, most: int, into: list[list[str]]) -> list[list[str]]:
    """Return at most so many records of cells; `into` receives them one by one, for what is read before an error.

    Raises
    ------
    csv.Error
        Quotes are not closed, or a cell is out of all measure.
    """
    into.extend(islice(_reader(text, layout, strict=True), most))
    return into


def header_position(records: list[list[str]]) -> int:
    """Return which record is the header: the first that fills most columns, or else the first that is not blank.

    Titles above it fill one cell or two, of a table of more.
    """
    filled = [sum(1 for cell in record if cell.strip()) for record in records[:_SAMPLE]]
    counts = [count for count in filled if count] or [0]
    usual = median(counts[len(counts) // 2 :])  # titles are above
    least = max(2.0 if usual > 1 else 1.0, _FILLED_BY_HEADER * usual)
    found = (position for position, count in enumerate(filled[:_TITLES_AT_MOST]) if count >= least)
    first = next(found, next((position for position, count in enumerate(filled) if count), 0))
    # A title with a delimiter in it is shorter than the header under it, which holds no number.
    below = range(first + 1, min(first + _TITLES_AT_MOST, len(filled)))
    fuller = (n for n in below if filled[n] > filled[first] and len(records[n]) > len(records[first]))
    under = next(fuller, first)
    return first if any(map(_HAS_DIGIT.search, records[under])) or under == len(filled) - 1 else under


def _reader(text: str, layout: Layout, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=layout.delimiter,
        escapechar=layout.escape,
        quotechar=layout.quote,
        strict=strict,
    )


def _sample(text: str, layout: Layout) -> Iterator[list[str]]:
    """Give the first records, as far as they can be read."""
    try:
        yield from islice(_reader(text[:_SAMPLE_LETTERS], layout, strict=False), _SAMPLE)
    except csv.Error:
        return


def _score(text: str, layout: Layout) -> tuple[float, int]:
    """Return how well a delimiter fits, and how many columns it makes; (0, 0) where it makes one.

    It fits where the records have one width, and where cells hold no other delimiter (a decimal comma is none).
    """
    records = [record for record in _sample(text, layout) if any(map(str.strip, record))]
    widths = Counter(map(len, records))
    several = [(count, width) for width, count in widths.items() if width > 1]
    if not several:
        return 0.0, 0
    count, width = max(several)
    others = set(DELIMITERS) - {layout.delimiter}
    cells = [cell for record in records if len(record) > 1 for cell in record]
    clean = sum(not others & set(cell) or _NUMBER.fullmatch(cell) is not None for cell in cells)
    return round(count / len(records) * clean / len(cells), 6), width


def _escape(text: str, delimiter: str) -> str | None:
    r"""Return a backslash where quotes are written ``\"`` and do not close otherwise, `None` elsewhere."""
    if '\\"' not in text:
        return None
    try:
        for _ in islice(_reader(text, Layout(delimiter), strict=True), _SAMPLE):
            pass
    except csv.Error:
        return "\\"
    return None
