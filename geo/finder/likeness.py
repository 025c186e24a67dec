"""How like the words typed the words of a name are, 0 to 100."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Fewer letters than this begin too many names to tell one.
MIN_PREFIX: Final = 3


def beginning(typed: str, name: str) -> float:
    """Score a name that begins as typed: 80 to 100, by how much of it is typed."""
    if len(typed) < MIN_PREFIX or not name.startswith(typed):
        return 0.0
    return 80.0 + 20.0 * len(typed) / len(name)


def word_by_word(typed: Sequence[str], name: Sequence[str]) -> float:
    """Score words found, begun or nearly found among those of a name, in any order, by their length."""
    total = sum(map(len, typed))
    found = sum(len(word) * max(_word(word, other) for other in name) for word in typed)
    covered = min(1.0, total / sum(map(len, name)))
    return found / total * (0.7 + 0.25 * covered)


def name_among(typed: Sequence[str], name: Sequence[str]) -> float:
    """Score a name of which all words are typed, among others: 70 to 90, by how much of what is typed it is."""
    if not set(name) <= set(typed):
        return 0.0
    return 70.0 + 20.0 * sum(map(len, name)) / sum(map(len, typed))


def _word(typed: str, word: str) -> float:
    if word.startswith(typed):
        return 85.0 + 15.0 * len(typed) / len(word)
    return 100.0 * OSA.normalized_similarity(typed, word)
