"""The text of a file, whatever encodings its bytes are in.

Tables go through many hands: one program writes UTF-8, the next appends lines in Windows-1252, an old one saves for the
Mac or for MS-DOS. So a file that is not UTF-8 as a whole is decoded line by line, each line in the encoding that makes
the most likely French text of it. Encodings of one byte are not told by validity, for nearly every byte means something
in each of them, but by their letters: ``é`` of one is ``È``, ``Ž`` or ``‚`` of another, where no French word has it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from typing import Final

#: A line with cells of both.
_MIXED: Final = "utf-8 et cp1252"
#: The likeliest first. Of one byte: Windows, Latin-9 (another œ), the Mac, MS-DOS.
_ENCODINGS: Final = ("utf-8", "cp1252", "iso8859-15", "mac-roman", "cp850", _MIXED)
_RUN: Final = re.compile(rb"[\x80-\xff]+")
_ESCAPED: Final = re.compile("[\udc80-\udcff]+")
_MARKS_OF_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_CHECKED_FOR_UTF16: Final = 200

_FRENCH: Final = frozenset("àâçéèêëîïôùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛÜŸŒÆ")
#: Of places near a border: no sign for an encoding, none against it.
_FOREIGN: Final = frozenset("áíóúñäöòßÁÍÓÚÑÄÖÒ")
_BETWEEN_WORDS: Final = frozenset("«»‘“”–—…°€²³\u00a0\u202f")
_INSIDE_WORDS: Final = frozenset("’·\u00ad\u2011")
_LIKELY, _POSSIBLE, _UNLIKELY = 2, 1, -2

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")
#: UTF-8 that was taken for Windows-1252 and saved as UTF-8 again: ``Ã©``, ``Â°``, ``â€™``.
_TWICE_ENCODED: Final = re.compile(r"[ÂÃ][\u0080-\u00bfŒŠŽšœžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â€[\u009d™œ˜“”¦]|Å[“’¸]")
_LINES_SHOWN: Final = 10


def decode(content: bytes) -> tuple[str, list[str]]:
    r"""Return the text of a file, without its byte order mark, and French notes about letters that were hard to tell.

    `content`: UTF-8 or UTF-16; or lines, each in UTF-8, Windows-1252, Latin-9, the Mac's or MS-DOS's encoding.

    Raises
    ------
    ValueError
        It is no text.

    Examples
    --------
    >>> decode("Mauléon\nOloron, café\n".encode("mac-roman"))[0]
    'Mauléon\nOloron, café\n'
    """
    notes: list[str] = []
    if wide := _utf16(content):
        text = content.decode(wide)
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text, notes = _by_line(content.removeprefix(b"\xef\xbb\xbf"))
    if "\x00" in text:
        msg = "null characters"
        raise ValueError(msg)
    twice = any(first in text for first in ("Â", "Ã", "â€", "Å"))  # with which such letters begin
    repaired = _TWICE_ENCODED.sub(_decoded_again, text) if twice else text
    if repaired != text:
        pairs = enumerate(zip(text.splitlines(), repaired.splitlines(), strict=False))
        changed = _shown([n for n, (before, after) in pairs if before != after])
        notes.append(
            f"des lettres accentuées enregistrées deux fois en UTF-8 (« Ã© » pour « é ») sont rétablies "
            f"(lignes du fichier {changed})"
        )
    return repaired, notes


def _utf16(content: bytes) -> str | None:
    """Return which UTF-16 this is, by its mark or, without one, by where its null bytes are."""
    if content.startswith(_MARKS_OF_UTF16):
        return "utf-16"
    head = content[:_CHECKED_FOR_UTF16]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(content) % 2 or not content:
        return None
    most = 0.8 * len(head) / 2
    return "utf-16-le" if odd > most and not even else "utf-16-be" if even > most and not odd else None


def _by_line(content: bytes) -> tuple[str, list[str]]:
    lines = content.splitlines(keepends=True)
    scores = {n: _scores(line) for n, line in enumerate(lines) if not line.isascii()}
    totals = [sum(each) for each in zip(*scores.values(), strict=True)]
    # On a tie one encoding rather than two in a line, then what the rest of the file says.
    chosen = {
        n: max(range(len(each)), key=lambda i: (each[i], _ENCODINGS[i] != _MIXED, totals[i]))
        for n, each in scores.items()
    }
    best = {n: each[chosen[n]] for n, each in scores.items()}
    if max(best.values()) <= 0 and not _is_windows(content):
        msg = "no letters of a text"
        raise ValueError(msg)
    text = "".join(_read(line, _ENCODINGS[chosen.get(n, 0)]) for n, line in enumerate(lines))
    notes = []
    used = [name for i, name in enumerate(_ENCODINGS) if i in set(chosen.values())]
    if len(used) > 1 or used == [_MIXED]:
        usual = Counter(chosen.values()).most_common(1)[0][0]
        others = [n for n, found in chosen.items() if found != usual or _ENCODINGS[found] == _MIXED]
        named = ", ".join(used).upper()
        notes.append(
            f"fichier de plusieurs encodages ({named}), lu ligne à ligne : vérifiez les noms accentués "
            f"(lignes du fichier {_shown(others)})"
        )
    if doubtful := [n for n, score in best.items() if score < 0]:
        notes.append(f"lettres accentuées incertaines, d'un encodage inconnu (lignes du fichier {_shown(doubtful)})")
    return text, notes


def _shown(lines: list[int]) -> str:
    return ", ".join(str(n + 1) for n in lines[:_LINES_SHOWN]) + ("…" if len(lines) > _LINES_SHOWN else "")


def _scores(line: bytes) -> list[float]:
    """Return how likely French a line is in each of `_ENCODINGS`; -inf where it cannot be in it."""
    found = [_scores_of_run(line[max(0, run.start() - 1) : run.end() + 1]) for run in _RUN.finditer(line)]
    return [sum(each) for each in zip(*found, strict=True)]


@lru_cache(maxsize=100_000)
def _scores_of_run(run: bytes) -> tuple[float, ...]:
    """Return the scores of a run of bytes beyond ASCII, with the letter before and the one after."""
    scores = []
    for name in _ENCODINGS:
        try:
            scores.append(float(_likelihood(_read(run, name))))
        except UnicodeDecodeError:
            scores.append(-math.inf)
    return tuple(scores)


def _read(line: bytes, encoding: str) -> str:
    if encoding != _MIXED:
        return line.decode(encoding)
    return _ESCAPED.sub(_windows, line.decode("utf-8", errors="surrogateescape"))


def _windows(escaped: re.Match[str]) -> str:
    return escaped[0].encode("utf-8", errors="surrogateescape").decode("cp1252")


def _is_windows(content: bytes) -> bool:
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True


def _likelihood(text: str) -> int:
    """Return how likely French the letters beyond ASCII are where they stand."""
    return sum(_likely(text, found.start()) for found in _BEYOND_ASCII.finditer(text))


def _likely(text: str, position: int) -> int:
    letter, before, after = text[position], text[position - 1 : position], text[position + 1 : position + 2]
    if letter in _BETWEEN_WORDS:
        return _UNLIKELY if before.isalpha() and after.isalpha() else _POSSIBLE
    if letter in _INSIDE_WORDS:
        return _POSSIBLE
    # A capital does not follow a small letter, nor a small one come before a capital.
    fits = not after.isupper() if letter.islower() else not before.islower()
    if not fits or letter not in _FRENCH | _FOREIGN:
        return _UNLIKELY
    return _LIKELY if letter in _FRENCH else 0


def _decoded_again(found: re.Match[str]) -> str:
    # Windows-1252 leaves five bytes without a character; programs write those as they are.
    read = b"".join(mark.encode("latin-1") if mark < "\u0100" else mark.encode("cp1252") for mark in found[0])
    letter = read.decode("utf-8", errors="ignore")
    return letter if letter and letter in _FRENCH | _FOREIGN | _BETWEEN_WORDS | _INSIDE_WORDS else found[0]
