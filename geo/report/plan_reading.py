"""A plan read back from the JSON that `geo.report.plan_files` wrote; needs nothing of what writes documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from geo.answers.two_publics_json import two_publics_from_json
from geo.errors import SourceError
from geo.siting.plan_json import plan_from_json
from geo.sources.delimited import read_text

if TYPE_CHECKING:
    from pathlib import Path

    from geo.answers.two_publics import TwoPublics
    from geo.siting.plan import Plan
    from geo.territory import Territory

_WHAT: Final = "Plan"
_MAX_BYTES: Final = 50_000_000


def read_plan(path: Path, territory: Territory) -> Plan:
    """Read a plan written by `geo.report.plan_files.write_plan`.

    Raises
    ------
    SourceError
        The file is absent, unreadable, too large, or no JSON.
    SchemaError
        It is not a plan, or one of an older format; all that is missing or of another type is listed.
    ParameterError
        The plan is about another territory.
    """
    return plan_from_json(_values(path), territory, f"{_WHAT} ({path.name})")


def read_beside(path: Path) -> TwoPublics | None:
    """Read the plans with and without a car that a plan was compared with; `None` where it was not.

    Raises
    ------
    SourceError, SchemaError
        As `read_plan`.
    """
    return two_publics_from_json(_values(path), f"{_WHAT} ({path.name})")


def plan_text(path: Path, territory: Territory) -> str:
    """Return the JSON of a plan for programs, once `read_plan` has accepted it: no NaN, which some of them do not know.

    Raises
    ------
    MaillageError
        As `read_plan`; a number is not finite.
    """
    read_plan(path, territory)
    read_beside(path)
    try:
        return json.dumps(_values(path), ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise _no_json(path) from error


def _values(path: Path) -> Any:
    """Return what a file holds as plain values."""
    text = read_text(path, _WHAT, _MAX_BYTES)
    try:
        content = json.loads(text)
        json.dumps(content, ensure_ascii=False).encode()  # halves of characters cannot be written again
    except (ValueError, RecursionError) as error:
        raise _no_json(path) from error
    return content


def _no_json(path: Path) -> SourceError:
    msg = f"{_WHAT} : « {path.name} » n'est pas du JSON. Donnez un fichier plan.json de « maillage plan --out »."
    return SourceError(msg)
