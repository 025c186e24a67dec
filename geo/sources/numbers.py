"""Numbers as French tables write them."""

from __future__ import annotations

from typing import Final

import pandas as pd

#: Spaces between thousands, the ones that do not break included.
_SPACES: Final = r"[\s\u00a0\u202f]"


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
    """Return decimal degrees, with a point or a comma, as float64; NaN where a cell is none.

    Examples
    --------
    >>> parse_degrees(pd.Series(["43,312", "-1.581", "ouest"], dtype="string")).tolist()
    [43.312, -1.581, nan]
    """
    texts = cells.astype("string").str.replace(",", ".", regex=False).str.replace("\u2212", "-", regex=False)
    return pd.to_numeric(texts.str.strip(), errors="coerce").astype("float64")
