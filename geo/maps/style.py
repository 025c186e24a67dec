"""How results look and read: classes of minutes, colours, shapes, French numbers and sentences.

Every map, screen and report takes its classes and its wording from here, so that the legend on
screen and the legend on paper are the same. Pure functions; no map library is needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Narrow no-break space, between thousands and before ``;``.
THIN_SPACE: Final = "\u202f"
#: No-break space, between a number and its unit.
UNIT_SPACE: Final = "\u00a0"
#: What is shown where a value is unknown.
UNKNOWN: Final = "—"

#: Class of a commune with no known time: no road leads to a facility, or the network does not cover it.
UNREACHABLE_CLASS: Final = -1
#: One calm accent for the markers of the map and for the screens.
ACCENT: Final = "#1c5d73"
#: Dark ink of outlines and hatching.
INK: Final = "#1d2b33"
#: Fill of communes with no known time; cross-hatched where roads are known and lead to no facility.
UNKNOWN_COLOUR: Final = "#e3e6e8"


@dataclass(frozen=True, slots=True)
class TimeClass:
    """One class of travel time: over `lower` and up to `upper` minutes, `upper` included."""

    lower: float
    upper: float
    colour: str

    @property
    def label(self) -> str:
        """Return the class in French: ``"10 à 15 min"``."""
        if self.lower == 0:
            return f"{self.upper:.0f}{UNIT_SPACE}min ou moins"
        if math.isinf(self.upper):
            return f"plus de {self.lower:.0f}{UNIT_SPACE}min"
        return f"{self.lower:.0f} à {self.upper:.0f}{UNIT_SPACE}min"


#: Six classes from near to far. Lightness falls by at least 8 points of L* at each step, for normal
#: sight, for the three colour-blindnesses and in grey print (checked by a test).
TIME_CLASSES: Final = (
    TimeClass(0, 10, "#fdf4d8"),
    TimeClass(10, 15, "#f6d795"),
    TimeClass(15, 20, "#e9b15a"),
    TimeClass(20, 30, "#d0812f"),
    TimeClass(30, 45, "#a95320"),
    TimeClass(45, math.inf, "#6d2c10"),
)


@dataclass(frozen=True, slots=True)
class ValueClass:
    """One class of a quantity: up to `upper`, included, and over the class before; its French label and colour."""

    upper: float
    label: str
    colour: str


#: From little to much of what is wanted: a scale that is not taken for that of travel times.
_BLUES: Final = ("#f8f5ec", "#cadfdd", "#9ac4c5", "#69a5ab", "#387a87", "#154c5f")

#: Minutes that the nearest site saves compared with the nearest tax office. Lightness falls as in `TIME_CLASSES`.
SAVED_CLASSES: Final = (
    ValueClass(0, "aucune minute gagnée", _BLUES[0]),
    ValueClass(5, f"5{UNIT_SPACE}min ou moins", _BLUES[1]),
    ValueClass(10, f"5 à 10{UNIT_SPACE}min", _BLUES[2]),
    ValueClass(20, f"10 à 20{UNIT_SPACE}min", _BLUES[3]),
    ValueClass(30, f"20 à 30{UNIT_SPACE}min", _BLUES[4]),
    ValueClass(math.inf, f"plus de 30{UNIT_SPACE}min", _BLUES[5]),
)

#: Share of the residents who have an open site within the threshold.
SHARE_CLASSES: Final = (
    ValueClass(0, "aucun habitant", _BLUES[0]),
    ValueClass(0.2, f"20{UNIT_SPACE}% ou moins", _BLUES[1]),
    ValueClass(0.4, f"20 à 40{UNIT_SPACE}%", _BLUES[2]),
    ValueClass(0.6, f"40 à 60{UNIT_SPACE}%", _BLUES[3]),
    ValueClass(0.8, f"60 à 80{UNIT_SPACE}%", _BLUES[4]),
    ValueClass(math.inf, f"plus de 80{UNIT_SPACE}%", _BLUES[5]),
)


@dataclass(frozen=True, slots=True)
class FacilityShape:
    """How one kind of facility is drawn: French label and outline, an SVG path in a 16 x 16 square."""

    label: str
    path: str


#: Kind of facility (`geo.schemas.FACILITY_KINDS`) -> its shape; shapes differ, not only colours.
FACILITY_SHAPES: Final = {
    "main": FacilityShape("Site France services", "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z"),
    "antenne": FacilityShape("Antenne France services", "M8 1.5L15 14H1z"),
    "bus": FacilityShape("Bus France services", "M8 1L15 8L8 15L1 8z"),
    "tax_office": FacilityShape("Service des impôts", "M2 2H14V14H2z"),
    "place": FacilityShape("Lieu de la liste", "M8 1L15 6.2L12.3 14.6H3.7L1 6.2z"),
}

#: Name of a facility list -> (title, "an office of that list" as it reads after "min d'").
_KNOWN_LISTS: Final = {
    "sites": ("Sites France services", "d'un site France services"),
    "tax_offices": ("Services des impôts", "d'un service des impôts"),
}


class Totals(Protocol):
    """The totals of a coverage that a sentence needs (see `geo.access.coverage.summarize`)."""

    @property
    def population(self) -> float:
        """Residents of the study area, 0 where unknown."""

    @property
    def population_covered(self) -> float:
        """Residents within the threshold."""

    @property
    def communes(self) -> int:
        """Communes of the study area."""

    @property
    def communes_unreachable(self) -> int:
        """Communes with no known time, those off the network included."""

    @property
    def communes_off_network(self) -> int:
        """Communes that the road network does not cover."""

    @property
    def population_off_network(self) -> float:
        """Residents of those."""

    @property
    def communes_under_served(self) -> int:
        """Communes that the rule calls under-served."""


def time_class(travel_time_min: pd.Series) -> NDArray[np.int8]:
    """Return the position in `TIME_CLASSES` of each time, int8, `UNREACHABLE_CLASS` for <NA>, NaN and inf."""
    return value_class(travel_time_min, TIME_CLASSES)


def value_class(values: pd.Series, classes: Sequence[ValueClass | TimeClass]) -> NDArray[np.int8]:
    """Return the position in `classes` of each value, int8, `UNREACHABLE_CLASS` for <NA>, NaN and infinities."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    position = np.searchsorted([cls.upper for cls in classes[:-1]], numbers, side="left")
    return np.where(np.isfinite(numbers), position, UNREACHABLE_CLASS).astype(np.int8)


def facility_title(name: str) -> str:
    """Return the French title of a facility list (its own name where it is not one of ours)."""
    return _KNOWN_LISTS[name][0] if name in _KNOWN_LISTS else f"Liste « {name} »"


def facility_phrase(name: str) -> str:
    """Return a facility list as it reads in "à moins de 20 min ...": ``"d'un site France services"``."""
    return _KNOWN_LISTS[name][1] if name in _KNOWN_LISTS else f"d'un lieu de la liste « {name} »"


def format_integer(value: Any) -> str:
    """Return ``1234.4`` as ``"1 234"`` (narrow no-break space); a dash where unknown."""
    return format_decimal(value, 0)


def format_decimal(value: Any, digits: int = 1) -> str:
    """Return ``1234.56`` as ``"1 234,6"``; a dash where unknown."""
    number = _number(value)
    if number is None:
        return UNKNOWN
    return f"{number:,.{digits}f}".replace(",", THIN_SPACE).replace(".", ",")


def format_minutes(value: Any) -> str:
    """Return ``12.5`` as ``"12,5 min"``; a dash where unknown or unreachable."""
    return UNKNOWN if _number(value) is None else f"{format_decimal(value)}{UNIT_SPACE}min"


def format_share(value: Any) -> str:
    """Return ``0.914`` as ``"91 %"``; a share that is almost but not quite 0 or 1 says so."""
    share = _number(value)
    if share is None:
        return UNKNOWN
    percent = round(100 * share)
    if percent == 100 and share != 1:  # noqa: PLR2004
        return f"plus de 99{UNIT_SPACE}%"
    if percent == 0 and share != 0:
        return f"moins de 1{UNIT_SPACE}%"
    return f"{percent}{UNIT_SPACE}%"


def coverage_sentence(totals: Totals, threshold_min: float, facilities: str) -> str:
    """Return the answer of a coverage in one French sentence.

    Parameters
    ----------
    totals
        Totals of the study area.
    threshold_min
        Threshold in minutes.
    facilities
        Name of the facility list.
    """
    threshold = f"{threshold_min:g}".replace(".", ",")
    where = f"à moins de {threshold}{UNIT_SPACE}min {facility_phrase(facilities)}"
    parts = [_people(totals, where), _under_served(totals), *_without_time(totals)]
    return f"{f'{THIN_SPACE}; '.join(parts)}."


def _people(totals: Totals, where: str) -> str:
    if round(totals.population) == 0:
        return "La population n'est pas connue"
    # Off the network a time is not long, it is unknown: those residents are told apart.
    known = round(totals.population - totals.population_off_network)
    covered = round(totals.population_covered)
    whose = " dont le trajet est connu" if totals.communes_off_network else ""
    if known == 0:
        return "Aucun trajet n'est connu"
    if known == 1:
        return f"Le seul habitant{whose} est {where}" if covered else f"Le seul habitant{whose} n'est pas {where}"
    if covered == known:
        return f"Tous les habitants{whose} ({format_integer(known)}) sont {where}"
    if covered == 0:
        return f"Aucun des {format_integer(known)} habitants{whose} n'est {where}"
    share = format_share(covered / known)
    start = share[0].upper() + share[1:]
    return f"{start} des habitants{whose} ({format_integer(covered)} sur {format_integer(known)}) sont {where}"


def _under_served(totals: Totals) -> str:
    under, communes = totals.communes_under_served, totals.communes
    if under == 0:
        return "aucune commune n'est sous-desservie"
    if under == communes == 1:
        return "la seule commune est sous-desservie"
    if under == 1:
        return "1 commune est sous-desservie"
    if under == communes:
        return f"les {format_integer(communes)} communes sont toutes sous-desservies"
    return f"{format_integer(under)} communes sont sous-desservies"


def _without_time(totals: Totals) -> list[str]:
    off_network = totals.communes_off_network
    no_way = totals.communes_unreachable - off_network
    parts = []
    if no_way:
        parts.append(f"{_communes(no_way)} {_be(no_way)} sans route vers un lieu")
    if off_network:
        known = round(totals.population) > 0
        residents = f" ({format_integer(totals.population_off_network)} habitants)" if known else ""
        parts.append(f"{_communes(off_network)}{residents} {_be(off_network)} hors du réseau routier")
    return parts


def _communes(count: int) -> str:
    return "1 commune" if count == 1 else f"{format_integer(count)} communes"


def _be(count: int) -> str:
    return "est" if count == 1 else "sont"


def _number(value: Any) -> float | None:
    """Return a finite number, `None` for anything that stands for "unknown": None, <NA>, NaN, inf."""
    if value is None or value is pd.NA:
        return None
    number = float(value)
    return number if math.isfinite(number) else None
