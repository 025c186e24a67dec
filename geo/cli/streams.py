"""Standard output and error in any state: of any encoding, on a full disk, or closed by their reader."""

from __future__ import annotations

import codecs
import errno
import os
import sys
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

#: Exit status where whoever reads standard output has left: that of a program which the signal ended, 128 + 13.
READER_LEFT: Final = 141

#: Marks that our sentences use and that no decomposition brings to ASCII.
_NEAREST: Final = {
    **dict.fromkeys("\u00a0\u202f\u2007\u2009", " "),
    **dict.fromkeys("’‘", "'"),
    **dict.fromkeys("“”«»", '"'),
    **dict.fromkeys("–—−‑", "-"),
    "…": "...",
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
    "€": "EUR",
    "→": "->",
    "×": "x",
    "·": ".",
    "≥": ">=",
    "≤": "<=",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
}


class OutputError(Exception):
    """Standard output takes nothing more; `status` is the exit status that this leaves."""

    def __init__(self, status: int) -> None:
        """Remember the status."""
        super().__init__(status)
        self.status = status


def prepare_streams() -> None:
    """Let standard output and error take any text: what their encoding lacks is written as nearly as it can be."""
    codecs.register_error("maillage.nearest", _nearest)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # it was closed before we began
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for as long as we run
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="maillage.nearest")


def to_output(write: Callable[[TextIO], object]) -> None:
    """Write on standard output; raise `OutputError` where it is full, or whoever reads it has left."""
    try:
        write(sys.stdout)
    except OSError as error:
        raise output_error(error) from error


def output_error(error: OSError) -> OutputError:
    """Return what an error of standard output means; nothing more is written there."""
    _silence(sys.stdout)
    left = error.errno in {errno.EPIPE, errno.EINVAL}  # the latter on Windows
    return OutputError(READER_LEFT if left else 2)


def flush_output() -> None:
    """Write what is still held back, as `to_output` does."""
    to_output(lambda stream: stream.flush())


def say(sentence: str) -> None:
    """Write a line on standard error, which may be full or closed too."""
    try:
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def is_unicode(stream: TextIO) -> bool:
    """Tell whether a stream takes every character."""
    with suppress(LookupError, TypeError):
        return codecs.lookup(stream.encoding).name.startswith("utf")
    return False


def _silence(stream: TextIO) -> None:
    """Redirect a stream to the null device: what it still holds would raise again as the program ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Return the characters nearest to those that an encoding lacks: without their accents, else a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    nearest = ""
    for mark in error.object[error.start : error.end]:
        plain = unicodedata.normalize("NFKD", _NEAREST.get(mark, mark)).encode("ascii", "ignore").decode()
        nearest += plain or "?"
    return nearest, error.end
