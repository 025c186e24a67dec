"""Text compared without its accents, case and punctuation."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def fold(text: str) -> str:
    """Return the words of a text in lower case, without accents, separated by single spaces.

    ``"Bus_équivalent"`` gives ``"bus equivalent"``, ``"L'Haÿ-les-Roses"`` gives ``"l hay les roses"``.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).casefold()
    kept = (mark if mark.isalnum() else " " for mark in decomposed if not unicodedata.combining(mark))
    return " ".join("".join(kept).split())


def fold_all(texts: pd.Series) -> pd.Series:
    """Return each text folded, dtype "string" on the same index; <NA> stays <NA>."""
    return texts.map(fold, na_action="ignore").astype("string")
