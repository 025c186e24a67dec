"""Columns of texts as lists of Python, and back: a step of pandas on a few rows takes longer than reading them.

A list of sites, or of places, goes through some sixty steps; on five rows each of pandas takes a tenth of a millisecond
to one, and on tens of thousands one pass over a list is as fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from geo.folding import fold_each
from geo.french import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable


def text_list(texts: pd.Series) -> list[str | None]:
    """Return the values of a column as texts, `None` where one is missing.

    Examples
    --------
    >>> text_list(pd.Series([64483, None], dtype="Int64"))
    ['64483', None]
    """
    column = texts if isinstance(texts.dtype, pd.StringDtype) else texts.astype("string")
    values: list[str | None] = pa.array(column.array).to_pylist()
    return values


def text_array(texts: Iterable[str | None]) -> pd.arrays.ArrowStringArray:
    """Return texts, `None` where one is missing, as the values of a column of dtype "string"."""
    return pd.arrays.ArrowStringArray(pa.array(texts, pa.large_string()))


def text_column(texts: Iterable[str | None], index: pd.Index, name: Hashable = None) -> pd.Series:
    """Return texts, `None` where one is missing, as a column of dtype "string" on an index of the same length.

    Examples
    --------
    >>> text_column(["Sare", None], pd.RangeIndex(2)).tolist()
    ['Sare', <NA>]
    """
    return pd.Series(text_array(texts), index=index, name=name)


def each_text(texts: pd.Series, change: Callable[[str], str | None]) -> pd.Series:
    """Return what `change` makes of each text, on the same index; <NA> stays <NA>."""
    return text_column([None if text is None else change(text) for text in text_list(texts)], texts.index, texts.name)


def fold_all(texts: pd.Series) -> pd.Series:
    """Return each text folded (`geo.folding.fold`), dtype "string" on the same index; <NA> stays <NA>."""
    known = text_list(texts)
    folded = iter(fold_each([text for text in known if text is not None]))
    return text_column([None if text is None else next(folded) for text in known], texts.index, texts.name)


def visible_column(texts: pd.Series) -> pd.Series:
    r"""Return a column of texts made `geo.french.visible` and stripped; <NA> where nothing is left to see.

    Examples
    --------
    >>> visible_column(pd.Series(["Sare\n(64)", "\u200b", None], dtype="string")).tolist()
    ['Sare (64)', <NA>, <NA>]
    """
    known = text_list(texts)
    # Nearly every column has nothing to change: one look at all of it is enough to know.
    joined = "x".join(filter(None, known))
    if visible(joined) != joined:
        known = [text and visible(text) for text in known]
    return text_column([(text and text.strip()) or None for text in known], texts.index, texts.name)
