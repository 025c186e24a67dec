"""Numbers as French tables write them."""

from __future__ import annotations

import math
import re
from typing import Final

import pandas as pd

from geo.sources.sexagesimal import one_angle
from geo.text_columns import text_list

#: Spaces between thousands, the ones that do not break included.
_SPACES: Final = r"[\s\u00a0\u202f]"
#: Metres with separators between thousands; degrees have none.
_SPACE: Final = re.compile(_SPACES, re.ASCII)
_SPACED: Final = re.compile(rf"[-+]?\d{{1,3}}(?:{_SPACES}\d{{3}})+(?:[.,]\d*)?", re.ASCII)
_DOTTED: Final = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d*)?", re.ASCII)
#: Such that its points cannot be decimal ones.
_SURELY_DOTTED: Final = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d*|[-+]?\d{1,3}(?:\.\d{3}){2,}", re.ASCII)


def parse_numbers(values: pd.Series) -> pd.Series:
    """Return the numbers of a column as float64; NaN where a value is none, or is not finite.

    `values`: Text such as ``1 234,5`` (a comma before decimals, spaces between thousands) or ``1234.5``, or numbers.

    Examples
    --------
    >>> parse_numbers(pd.Series(["1 234,5", "1234.5", "n.d.", "2\u00a0700"], dtype="string")).tolist()
    [1234.5, 1234.5, nan, 2700.0]
    """
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.astype("Float64").astype("float64")
    else:
        texts = values.astype("string").str.replace(_SPACES, "", regex=True).str.replace(",", ".", regex=False)
        numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
    return numbers.where(numbers.abs() < float("inf"))


def parse_degrees(cells: pd.Series) -> pd.Series:
    """Return degrees, decimal with a point or a comma, or with minutes, as float64; NaN where a cell is none.

    Examples
    --------
    >>> parse_degrees(pd.Series(["43,312", "-1.581", "1°30' O", "ouest"], dtype="string")).tolist()
    [43.312, -1.581, -1.5, nan]
    """
    read = [math.nan if text is None else _degrees(text) for text in text_list(cells)]
    return pd.Series(read, index=cells.index, name=cells.name, dtype="float64")


def _degrees(text: str) -> float:
    """Return the degrees of one cell; NaN where it is none."""
    number = text.replace(",", ".").replace("\u2212", "-").strip()
    try:
        degrees = float(number) if number.isascii() and "_" not in number else math.nan  # Python's own digits are more
    except ValueError:
        degrees = math.nan
    if math.isnan(degrees):
        angle = one_angle(text)
        return math.nan if angle is None else angle
    return degrees


def parse_coordinates(cells: pd.DataFrame) -> pd.DataFrame:
    """Return degrees, or metres with separators between thousands or without, as float64; NaN where a cell is none.

    `cells`: Text, one row a position. Points are read as separators of thousands in a row where one of its cells can
    be read in no other way.

    Examples
    --------
    >>> cells = pd.DataFrame({"x": ["328 000", "328.000", "-1,5"], "y": ["6 255 000,5", "6.255.000", "43.312"]})
    >>> parse_coordinates(cells).to_numpy().tolist()
    [[328000.0, 6255000.5], [328000.0, 6255000.0], [-1.5, 43.312]]
    """
    texts = [[text and text.strip() for text in text_list(cells[name])] for name in cells]
    read = [
        [math.nan if text is None else _coordinate(text, in_points=any(map(_is_surely_dotted, row))) for text in row]
        for row in zip(*texts, strict=True)
    ]
    return pd.DataFrame(read, index=cells.index, columns=cells.columns, dtype="float64")


def _is_surely_dotted(text: str | None) -> bool:
    return text is not None and _SURELY_DOTTED.fullmatch(text) is not None


def _coordinate(text: str, *, in_points: bool) -> float:
    if in_points and _DOTTED.fullmatch(text):
        text = text.replace(".", "")
    return _degrees(_SPACE.sub("", text) if _SPACED.fullmatch(text) else text)
