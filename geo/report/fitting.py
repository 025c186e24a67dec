"""Texts on one line, cut where a page has no room for more."""

from __future__ import annotations

import re
from typing import Any, Final

from geo.french import UNIT_SPACE

#: Longest texts (characters) in a cell of a table, and in a sentence.
_CELL: Final = 46
_SENTENCE: Final = 700
_UNSEEN_SPACE: Final = re.compile(r"\s+")


def cut(text: str, longest: int = _CELL) -> str:
    """Return a text on one line, cut where there is no room for more."""
    line = _UNSEEN_SPACE.sub(lambda space: space[0] if space[0] in {UNIT_SPACE, "\u202f"} else " ", str(text)).strip()
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def cut_all(texts: Any, longest: int = _SENTENCE) -> list[str]:
    """Return each text as `cut` does."""
    return [cut(text, longest) for text in texts]
