"""What commands print: sentences for people, JSON for programs."""

from __future__ import annotations

import json
import sys

from geo.french import visible


def print_line(text: str) -> None:
    """Print a text on standard output, without the codes of a file that a terminal would obey."""
    sys.stdout.write("\n".join(map(visible, text.split("\n"))) + "\n")


def print_json(value: object) -> None:
    """Print plain values as JSON; dates become text, NaN is refused."""
    print_line(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False, default=str))


def integer(value: int) -> str:
    """Return a whole number in French: ``1 234``."""
    from geo.french import format_integer

    return format_integer(value)
