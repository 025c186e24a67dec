"""A place that a search found: what it is called, where it is, how like it is to what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.folding import fold


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
    locality
        Its name where it is a hamlet, a resort or a quarter: a part of its commune without a code of its own.
    centre_of
        Name of the commune whose centre stands for the place; `None` where the position is its own.
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
    locality: str | None = None
    centre_of: str | None = None

    @property
    def key(self) -> str | None:
        """What stands for the place in a link: the code of its commune, then the name of the locality if it is one.

        Examples
        --------
        >>> place = FoundPlace("Sare (64)", "commune", "64504", "64", None, -1.58, 43.31, 100.0)
        >>> place.key, FoundPlace("", "commune", "73150", "73", None, 6.7, 45.5, 100.0, locality="Belle Plagne").key
        ('64504', '73150-belle-plagne')
        """
        if self.commune_code is None or self.locality is None:
            return self.commune_code
        return f"{self.commune_code}-{key_of_locality(self.locality)}"


def key_of_locality(name: str) -> str:
    """Return a name as it stands in a link.

    Examples
    --------
    >>> key_of_locality("L'Épine")
    'l-epine'
    """
    return fold(name).replace(" ", "-")
