"""What commands print: sentences for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from geo.cli.streams import is_unicode, to_output
from geo.french import DRIVING_ONLY, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from geo.access.known_part import KnownPart
    from geo.answers.answer import Answer


def print_line(text: str) -> None:
    """Print a text on standard output, without the codes of a file that a terminal would obey."""
    shown = "\n".join(map(visible, text.split("\n"))) + "\n"
    to_output(lambda stream: stream.write(shown))


def print_answer(name: str, answer: Answer, part: KnownPart) -> None:
    """Print an answer about a territory: sentence, figures, further sentences, whom the shares are of, notes."""
    from geo.answers.answer import known_note, part_title, times_notes

    print_titled(part_title(name, part), answer, known_note(part), times_notes(part))


def print_titled(title: str, answer: Answer, whom: str = "", times: Sequence[str] = (DRIVING_ONLY,)) -> None:
    """Print an answer under a title; `whom`: the shares are of, empty where said already; `times`: what times are."""
    print_line(f"{title} :")
    print_line(answer.sentence)
    for figure in answer.figures:
        print_line(f"  {figure.label} : {figure.value} ({figure.detail})")
    for line in filter(None, [*answer.details, whom, *answer.notes, *times]):
        print_line(line)


def print_json(value: object) -> None:
    """Print plain values as JSON; dates become text, NaN is refused; the same values whatever the encoding."""
    escaped = not is_unicode(sys.stdout)
    print_line(json.dumps(value, ensure_ascii=escaped, indent=1, allow_nan=False, default=str))


def print_lines(name: str, part: KnownPart, lines: Iterable[str]) -> None:
    """Print sentences about a territory under its name, and whom the shares are of; empty ones are left out."""
    from geo.answers.answer import part_title

    print_line(f"{part_title(name, part)} :")
    print_told(lines, part)


def print_told(lines: Iterable[str], part: KnownPart) -> None:
    """Print sentences about a territory, whom the shares are of and what times are; empty ones are left out."""
    from geo.answers.answer import known_note, times_notes

    print_each(filter(None, [*lines, known_note(part), *times_notes(part)]))


def print_each(lines: Iterable[str]) -> None:
    """Print lines as they are."""
    for line in lines:
        print_line(line)


def print_items(sentences: Iterable[str]) -> None:
    """Print sentences as a list."""
    for sentence in sentences:
        print_line(f"  - {sentence}")


def print_written(folder: Path | None, names: Sequence[str]) -> None:
    """Print which files were written into a folder; nothing where none was asked for."""
    if names:
        print_line(f"Fichiers écrits dans {folder} : {', '.join(names)}.")


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int | None], None]]:
    """Draw a bar for each file on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    tasks = {}
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bars:

        def progress(title: str, done: int, total: int | None) -> None:
            if title not in tasks:
                tasks[title] = bars.add_task(title, total=total)
            bars.update(tasks[title], completed=done, total=total)

        yield progress
