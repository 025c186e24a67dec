"""Text on a page: which characters can be drawn, how wide they are, where lines break.

One font, shipped with matplotlib, so that a page is the same on every machine. Text from a file is never read as a
formula: what is drawn is what was written.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import TextToPath

if TYPE_CHECKING:
    from collections.abc import Iterable

FONT: Final = "DejaVu Sans"
#: Where matplotlib keeps it.
FONT_FOLDER: Final = Path(mpl.get_data_path()) / "fonts" / "ttf"
#: Millimetres of one typographic point.
POINT_MM: Final = 25.4 / 72
#: From one line to the next, in heights of the font.
LINE_SPACING: Final = 1.3
#: Stands for a character that the font cannot draw.
_MISSING: Final = "\ufffd"
_ELLIPSIS: Final = "…"


@lru_cache(maxsize=8192)
def printable(text: str) -> str:
    """Return a text on one line, with a mark in the place of what the font cannot draw."""
    kept = (character if ord(character) in drawable_characters() else _MISSING for character in _on_one_line(text))
    return "".join(kept)


@lru_cache(maxsize=8192)
def text_width_mm(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line, in millimetres, at a size in points."""
    font = FontProperties(family=FONT, weight="bold" if bold else "normal", size=size)
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width) * POINT_MM


def wrapped(text: str, width_mm: float, size: float, *, bold: bool = False) -> list[str]:
    """Return a text in lines that fit a width; breaks only at plain spaces, cuts a word that is too long."""
    lines: list[list[str]] = [[]]
    space, used = text_width_mm(" ", size, bold=bold), 0.0
    for long_word in printable(text).split(" "):
        word = shortened(long_word, width_mm, size, bold=bold)
        width = text_width_mm(word, size, bold=bold)
        if lines[-1] and used + space + width > width_mm:
            lines.append([])
        used = used + space + width if lines[-1] else width
        lines[-1].append(word)
    return [" ".join(words) for words in lines]


def shortened(text: str, width_mm: float, size: float, *, bold: bool = False) -> str:
    """Return one line that fits a width, cut with an ellipsis where it is too long."""
    text = printable(text)
    if text_width_mm(text, size, bold=bold) <= width_mm:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if text_width_mm(text[:middle] + _ELLIPSIS, size, bold=bold) <= width_mm:
            fits = middle
        else:
            too_long = middle
    return text[:fits].rstrip() + _ELLIPSIS


def line_height_mm(size: float) -> float:
    """Return the distance from one line to the next, in millimetres, at a size in points."""
    return size * POINT_MM * LINE_SPACING


def _on_one_line(text: str) -> str:
    """Return a text where line breaks, tabs and control characters are single spaces; no-break spaces stay."""
    spaced = "".join(" " if _is_break(character) else character for character in text)
    return " ".join(_words(spaced.split(" ")))


def _is_break(character: str) -> bool:
    return not character.isprintable() and character not in {"\u00a0", "\u202f"}


def _words(parts: Iterable[str]) -> Iterable[str]:
    return (part for part in parts if part)


@cache
def drawable_characters() -> frozenset[int]:
    """Return the code points that the font can draw."""
    return frozenset(FT2Font(str(FONT_FOLDER / "DejaVuSans.ttf")).get_charmap())
