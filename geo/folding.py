"""Texts made alike for comparing: what people, lists and files write of one name in many ways."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def fold(text: str) -> str:
    """Return the words of a text in lower case, without accents, separated by single spaces.

    Examples
    --------
    >>> fold("Bus_équivalent"), fold("L'Haÿ-les-Roses")
    ('bus equivalent', 'l hay les roses')
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).casefold()
    kept = (mark if mark.isalnum() else " " for mark in decomposed if not unicodedata.combining(mark))
    return " ".join("".join(kept).split())


def fold_each(texts: Sequence[str]) -> list[str]:
    """Return each text folded, as `fold` does one by one, in one pass over all of them.

    Examples
    --------
    >>> fold_each(["Sare", "L'Haÿ-les-Roses"])
    ['sare', 'l hay les roses']
    """
    joined = "\n".join(texts)
    if joined.count("\n") != len(texts) - 1:  # none, or some of several lines
        return [fold(text) for text in texts]
    decomposed = unicodedata.normalize("NFKD", joined.translate(_LIGATURES)).casefold()
    meant = {
        ord(mark): None if unicodedata.combining(mark) else " "
        for mark in set(decomposed) - {"\n"}
        if not mark.isalnum()
    }
    return [" ".join(line.split()) for line in decomposed.translate(meant).split("\n")]
