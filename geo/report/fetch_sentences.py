"""What became of the official files that were fetched, in French: the same for the command and for the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import format_decimal
from geo.sources.vintages import dated

if TYPE_CHECKING:
    from geo.sources.fetch import Fetched, FetchedFile

#: Bytes from which a size is told in megabytes with one decimal.
_LEAST: Final = 100_000


def file_sentences(fetched: Fetched) -> list[str]:
    """Return one sentence for each file at hand: what it is, of when, how large, how it was had."""
    return [_file_sentence(each) for each in fetched.files]


def missing_sentences(fetched: Fetched) -> list[str]:
    """Return one sentence for each source that the territory does without, with what follows."""
    return [each.sentence for each in fetched.missing]


def progress_sentence(title: str, done: int, total: int | None) -> str:
    """Return how far one file is, in bytes in hand and bytes in all (`None`: not known)."""
    if not done:
        return f"{title}\u00a0: demande au producteur…"
    whole = "" if total is None else f", en tout {_megabytes(total)}"
    return f"{title}\u00a0: {_megabytes(done)}{whole}"


def _file_sentence(fetched: FetchedFile) -> str:
    source, file = fetched.source, fetched.file
    when = f"publié le {dated(file.published_on)}" if file.published_on else f"du {dated(file.fetched_on)}"
    when = dated(source.vintage) if source.vintage else when
    return f"{source.label} : {file.path.name}, {when}, {_megabytes(file.bytes)}, {fetched.status}."


def _megabytes(size: int) -> str:
    return f"{format_decimal(size / 1e6)} Mo" if size >= _LEAST else "moins de 0,1 Mo"
