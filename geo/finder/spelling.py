"""The words of a name of a commune, however it is written: folded, abbreviations spelled out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from geo.folding import fold, fold_each

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Spelled out wherever they are a whole word.
_ABBREVIATIONS: Final = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "mt": "mont",
    "ss": "sous",
    "lez": "les",
}
#: Words that visitors leave out.
SMALL_WORDS: Final = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "s", "sous", "sur"}
)
_SLASHED: Final = ((re.compile(r"\bs/s", re.IGNORECASE), " sous "), (re.compile(r"\bs/", re.IGNORECASE), " sur "))


def spelled_out(name: str) -> tuple[str, ...]:
    """Return the folded words of a name, abbreviations spelled out.

    Examples
    --------
    >>> spelled_out("St-Pée s/ Nivelle")
    ('saint', 'pee', 'sur', 'nivelle')
    """
    for pattern, meaning in _SLASHED:
        name = pattern.sub(meaning, name)
    return tuple(_ABBREVIATIONS.get(word, word) for word in fold(name).split())


def spelled_out_each(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return `spelled_out` of each name, in one pass over all of them."""
    for pattern, meaning in _SLASHED:
        names = [pattern.sub(meaning, name) if "/" in name else name for name in names]
    spelled = ([_ABBREVIATIONS.get(word, word) for word in name.split()] for name in fold_each(names))
    return [tuple(words) for words in spelled]


def telling(words: Sequence[str]) -> list[str]:
    """Return the words without those that visitors leave out; all of them where nothing else is left."""
    return [word for word in words if word not in SMALL_WORDS] or list(words)
