"""Texts on one line, cut where a page has no room for more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from geo.french import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longest texts (characters) in a cell of a table, and in a sentence: ours are shorter, names of files may not be.
_CELL: Final = 46
_SENTENCE: Final = 1_500
_SPACES: Final = re.compile(" {2,}")


def cut(text: str, longest: int = _CELL) -> str:
    """Return a text on one line, cut after a word where there is no room for more.

    Parameters
    ----------
    text
        Any text, with characters that are not seen or without.
    longest
        How many characters there is room for, the mark of what is cut included.
    """
    line = _SPACES.sub(" ", visible(text)).strip()
    if len(line) <= longest:
        return line
    room = line[: longest - 1]
    words = room if line[longest - 1] == " " else room.rpartition(" ")[0]
    kept = words if len(words) > longest // 2 else room
    return f"{kept.rstrip(' ,;:(')}…"


def cut_all(texts: Iterable[str], longest: int = _SENTENCE) -> list[str]:
    """Return each sentence as `cut` does."""
    return [cut(text, longest) for text in texts]
