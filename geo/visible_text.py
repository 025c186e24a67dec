"""Text without characters that are not seen but act: line breaks, terminal codes, marks that turn a line round."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

#: Controls (line breaks, escape codes of terminals), halves of characters, and of the formats of Unicode those that
#: change the order of what is read, hide it or end a line (U+2028 ends one in scripts).
_ACTING: Final = (
    "[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]+"
)
_PATTERN: Final = re.compile(_ACTING)


def visible(text: str) -> str:
    """Return a text on one line, a space in the place of each run of characters that are not seen."""
    return _PATTERN.sub(" ", text)


def visible_column(texts: pd.Series) -> pd.Series:
    """Return a column of texts (dtype "string") made `visible` and stripped; <NA> where nothing is left to see."""
    column: pd.Series = texts.astype("string").map(lambda text: visible(text).strip(), na_action="ignore")
    present: pd.Series = column.astype("string")
    return present.mask(present == "")
