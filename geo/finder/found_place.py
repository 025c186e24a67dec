"""A place that a search found: what it is called, where it is, how like it is to what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """One place that a query may mean.

    Attributes
    ----------
    label
        As it is shown to the visitor.
    commune_code, departement, postcode
        `None` where unknown (or, for a commune of several postcodes, where the query names none of them). The code is
        that of the municipal arrondissement or of the former commune where it has a position of its own.
    lon, lat
        Degrees, EPSG:4326.
    score
        0 to 100: the very name that was typed.
    begins
        Whether it is a commune whose name is what was typed, begins with these words or, where none does, holds them,
        in the département or at the postcode typed if any is.
    """

    label: str
    kind: Literal["commune", "postcode", "address", "position"]
    commune_code: str | None
    departement: str | None
    postcode: str | None
    lon: float
    lat: float
    score: float
    begins: bool = False
