"""Diagnoses that a former run wrote: one is kept where it is whole and would be made of the same again."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from geo.sealed import require_whole, seal, text_of
from geo.storage import recover

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geo.question import Question

#: File that tells what a diagnosis was made of.
MADE_OF: Final = "made_of.json"
_SUMMARY: Final = "summary.json"


def made_of(files: str | None, question: Question, departement: str, profile: str) -> str:
    """Return what a diagnosis is made of, with the version of maillage, as JSON text.

    `files`: Fingerprint of the official files (`geo.territory.files.OfficialFiles.fingerprint`).

    Examples
    --------
    >>> from geo.question import Question
    >>> made_of("ab", Question(), "64", "courant") == made_of("ab", Question().at(30), "64", "courant")
    False
    """
    content = {
        "maillage": version("maillage"),
        "files": files,
        "departement": departement,
        "profile": profile,
        "question": asdict(question),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=sorted) + "\n"


def mark_made_of(folder: Path, text: str) -> None:
    """Write into the folder of a diagnosis what it was made of (`made_of`), and seal it."""
    (folder / MADE_OF).write_text(text, encoding="utf-8")
    seal(folder)


def kept_diagnoses(texts: Mapping[str, str], out: Path) -> dict[str, dict[str, Any]]:
    """Return the summaries of those folders in `out` that are whole and were made of this (text by name), by name."""
    kept = {}
    for name, text in texts.items():
        recover(out / name)
        with suppress(OSError, ValueError):
            if text_of(out / name / MADE_OF) == text and _SUMMARY in require_whole(out / name):
                kept[name] = json.loads(text_of(out / name / _SUMMARY))
    return kept
