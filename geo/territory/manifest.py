"""What a territory says of itself, as values; JSON only where it is written or read back."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the types of the fields, here and below
import json
from collections.abc import Mapping  # noqa: TC003
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from geo.network.origin import NetworkSummary  # noqa: TC001
from geo.sources.provenance import Provenance  # noqa: TC001

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class CommunesNoted:
    """A note (French sentence) and the codes of all the communes that it is about."""

    note: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row kept out of a file: its number as a spreadsheet shows it, its identifier (may be empty), and why."""

    dataset: str
    row: int
    identifier: str
    reason: str


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that a visitor gave: the name it came with, and how it was read."""

    file: str
    sha256: str
    columns: Mapping[str, str] | None
    layer: str | None


@dataclass(frozen=True)
class Manifest:
    """What a territory says of itself.

    Attributes
    ----------
    territory, departement
        French name, and INSEE code where it is a single département.
    built_on
        Day of the build.
    crs
        Code of the metric projection.
    communes, population
        How many communes, and residents of those whose population is known.
    population_points
        What residents are known by, in French.
    contours_approximate
        True where cells around the communes' positions stand in for contours.
    facilities
        Number of places by list.
    sources
        The files that it was made from, roads apart.
    network
        The road network.
    notes
        French sentences on what to mind.
    notes_communes
        Those of the notes that are about communes.
    rejected_count, rejected
        Rows kept out of the files: how many, and the first of them.
    scenario
        What changed, where sites were moved, opened or closed.
    view
        Of a view of the embedded France, the code that asked for it, empty for all of France.
    list_vintages
        Date of each list of places, as its source says it (`None`: unknown); empty for territories saved before.
    own_files, completed_from
        Files of a visitor by kind, and fingerprint of the territory that what they lack is taken from.
    """

    territory: str
    departement: str | None
    built_on: dt.date
    crs: str
    communes: int
    population: int
    population_points: str
    contours_approximate: bool
    facilities: Mapping[str, int]
    sources: tuple[Provenance, ...]
    network: NetworkSummary
    notes: tuple[str, ...]
    notes_communes: tuple[CommunesNoted, ...]
    rejected_count: int
    rejected: tuple[RejectedRow, ...]
    scenario: Mapping[str, Any] | None = None
    own_files: Mapping[str, OwnFile] | None = None
    completed_from: str | None = None
    view: str | None = None
    list_vintages: Mapping[str, str | None] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        content: dict[str, Any] = _type().dump_python(self, mode="json")
        return {key: value for key, value in content.items() if value is not None or key not in _ONLY_SOME}

    @staticmethod
    def of_dict(content: Any) -> Manifest:
        """Return what `to_dict` wrote; raise `ValueError` where it is anything else, an infinite number included."""
        manifest = _type().validate_python(content)
        json.dumps(manifest.to_dict(), default=str, allow_nan=False)
        return manifest


#: What most territories do not have, and do not write.
_ONLY_SOME: Final = frozenset({"scenario", "own_files", "completed_from", "view"})


@cache
def _type() -> TypeAdapter[Manifest]:
    """Return what reads a manifest back: making it takes longer than a search, and who only finds a site reads none."""
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Manifest)
