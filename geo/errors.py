"""Every error that maillage raises on purpose.

One root, and each leaf also inherits the builtin that it resembles, so that a caller may catch
either. Messages are in French because they are shown to users as they are: what was found, what
was expected, what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.french import agreed

if TYPE_CHECKING:
    from collections.abc import Sequence

#: How many faults of a file are spelled out before the rest is only counted.
MAX_FAULTS_SHOWN = 20


class MaillageError(Exception):
    """Root of all errors raised by this package."""


class SourceError(MaillageError, OSError):
    """A file or an address cannot be read at all, or a file not be written.

    Whatever reads or writes files raises it, also where its docstring does not say so.
    """

    def __str__(self) -> str:
        """Return the sentence alone (OSError would format errno tuples)."""
        return " ".join(str(part) for part in self.args)


class CrsError(MaillageError, ValueError):
    """A coordinate reference system is missing or is not the one needed."""


class NetworkError(MaillageError, ValueError):
    """A road network cannot be built or used."""


class ParameterError(MaillageError, ValueError):
    """An option or an argument is outside what the function accepts."""


class UnknownPlaceError(ParameterError):
    """Nothing of the territory has the name that was asked for."""


class GeocodingError(MaillageError, ConnectionError):
    """The address service cannot be reached or answers something unusable; never says what was searched."""


class RouteServiceError(MaillageError, ConnectionError):
    """The route service cannot be reached or answers something unusable; never says from where it was asked."""


class BatchError(MaillageError, RuntimeError):
    """A batch has no cluster to run on, or did not come to its end."""


class SolverError(MaillageError, RuntimeError):
    """The solver of an exact model refused it, or ended without an answer."""


def format_fault(content: object, what: str, expected: int) -> str:
    """Return that what a JSON file holds is not `what` of the format that is read; empty where it is.

    Examples
    --------
    >>> format_fault({"format": 2}, "un plan", 2), format_fault([], "un plan", 2)
    ('', "ce n'est pas un plan au format 2, le seul lu (aucun format n'y est indiqué)")
    """
    found = content.get("format") if isinstance(content, dict) else None
    if found == expected and not isinstance(found, bool):
        return ""
    told = "aucun format n'y est indiqué" if found is None else f"format trouvé : {str(found)[:20]}"
    return f"ce n'est pas {what} au format {expected}, le seul lu ({told})"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a file.

    `row` is the row as a spreadsheet shows it (the header is row 1), `None` when the fault
    concerns the whole file.
    """

    message: str
    row: int | None = None

    def __str__(self) -> str:
        """Return the fault as one French line."""
        return self.message if self.row is None else f"ligne {self.row} : {self.message}"


def listed(source: str, faults: Sequence[Fault], advice: str = "") -> str:
    """Return one French message about all faults of a source; after `MAX_FAULTS_SHOWN` the rest is counted."""
    shown = [str(fault) for fault in faults[:MAX_FAULTS_SHOWN]]
    hidden = len(faults) - len(shown)
    if hidden:
        shown.append(f"et {agreed(hidden, 'autre(s) défaut(s)')}")
    return f"{source} : {' ; '.join(shown)}. {advice}".strip()


class SchemaError(MaillageError, ValueError):
    """A file was read but its content is not what was expected; lists every fault."""

    def __init__(self, source: str, faults: Sequence[Fault], advice: str = "") -> None:
        """Build the error.

        `faults`: All faults found, at least one. `advice`: What to do about it, one French sentence.
        """
        self.source = source
        self.faults = tuple(faults)
        self.advice = advice
        super().__init__(listed(source, faults, advice))

    def __reduce__(self) -> tuple[type[SchemaError], tuple[str, Sequence[Fault], str]]:
        """Return how to make the error again: it may cross from one process to another."""
        return type(self), (self.source, self.faults, self.advice)
