"""Kinds of place and lists of places: what each is called, how it is drawn, and whether it counts by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Names of the two lists of places that every territory may have.
SITES: Final = "sites"
TAX_OFFICES: Final = "tax_offices"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of place.

    Attributes
    ----------
    label, plural
        French name of one, and short name of many.
    path
        Outline, an SVG path in a square of 16 x 16; shapes differ, not only colours.
    marker, marker_size
        The same outline on paper: code of the drawing library, and size in points.
    layer_shape
        The same outline in a styled layer for a geographic information system.
    is_site
        Whether it is a France services site.
    counted
        Whether it is an offer by default. A bus is not: its list gives one point, its garage or office, not its rounds.
    """

    label: str
    plural: str
    path: str
    marker: str
    marker_size: float
    layer_shape: str
    is_site: bool = False
    counted: bool = True


#: Code of a kind -> the kind, in the order of every legend.
KINDS: Final[Mapping[str, Kind]] = {
    "main": Kind(
        "Site France services",
        "Sites",
        "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z",
        marker="o",
        marker_size=6.0,
        layer_shape="circle",
        is_site=True,
    ),
    "antenne": Kind(
        "Antenne France services",
        "Antennes",
        "M8 1.5L15 14H1z",
        marker="^",
        marker_size=6.5,
        layer_shape="triangle",
        is_site=True,
    ),
    "bus": Kind(
        "Bus France services",
        "Bus",
        "M8 1L15 8L8 15L1 8z",
        marker="D",
        marker_size=5.0,
        layer_shape="diamond",
        is_site=True,
        counted=False,
    ),
    "tax_office": Kind(
        "Service des impôts", "Services des impôts", "M2 2H14V14H2z", marker="s", marker_size=7.0, layer_shape="square"
    ),
    "place": Kind(
        "Lieu de la liste",
        "Lieux",
        "M8 1L15 6.2L12.3 14.6H3.7L1 6.2z",
        marker="p",
        marker_size=6.5,
        layer_shape="pentagon",
    ),
}
SITE_KINDS: Final = tuple(code for code, kind in KINDS.items() if kind.is_site)
#: Kinds that count as an offer where nothing else is asked.
COUNTED_KINDS: Final = frozenset(code for code, kind in KINDS.items() if kind.counted)
#: Kinds of France services site that stay in one place, to which one can go.
FIXED_KINDS: Final = COUNTED_KINDS & frozenset(SITE_KINDS)

_LISTS: Final = {
    SITES: ("Sites France services", "d'un site France services"),
    TAX_OFFICES: ("Services des impôts", "d'un service des impôts"),
}


def facility_title(name: str) -> str:
    """Return the French title of a list of places (its own name where it is not one of ours)."""
    return _LISTS[name][0] if name in _LISTS else f"Liste « {name} »"


def facility_phrase(name: str) -> str:
    """Return a list of places as it reads in "à 20 min ou moins ...": ``"d'un site France services"``."""
    return _LISTS[name][1] if name in _LISTS else f"d'un lieu de la liste « {name} »"


def is_ours(name: str) -> bool:
    """Tell whether a list is one of the two that the project names itself."""
    return name in _LISTS


def list_option(name: str) -> str:
    """Return a list of places as a command and the API are given it: ``"tax-offices"`` for ``"tax_offices"``."""
    return "tax-offices" if name == TAX_OFFICES else name


def list_name(option: str) -> str:
    """Return the name of a list of places, as a command is given it, as the package writes it.

    Examples
    --------
    >>> list_name("tax-offices")
    'tax_offices'
    """
    return TAX_OFFICES if option == "tax-offices" else option
