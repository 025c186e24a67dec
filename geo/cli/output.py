"""What commands print: sentences for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from geo.french import visible

if TYPE_CHECKING:
    from geo.access.known_part import KnownPart
    from geo.answers.answer import Answer


def print_line(text: str) -> None:
    """Print a text on standard output, without the codes of a file that a terminal would obey."""
    sys.stdout.write("\n".join(map(visible, text.split("\n"))) + "\n")


def print_answer(name: str, answer: Answer, part: KnownPart) -> None:
    """Print an answer about a territory: sentence, figures, further sentences, whom the shares are of, notes."""
    from geo.answers.answer import known_note, part_title

    print_line(f"{part_title(name, part)} : {answer.sentence}")
    for figure in answer.figures:
        print_line(f"  {figure.label} : {figure.value} ({figure.detail})")
    for line in filter(None, [*answer.details, known_note(part), *answer.notes]):
        print_line(line)


def print_json(value: object) -> None:
    """Print plain values as JSON; dates become text, NaN is refused."""
    print_line(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False, default=str))


def integer(value: int) -> str:
    """Return a whole number in French: ``1 234``."""
    from geo.french import format_integer

    return format_integer(value)
