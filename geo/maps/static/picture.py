"""What a frame of a map shows on its ground: communes by class, hatchings, places opened, closed and proposed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.classes import INK, UNKNOWN_COLOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

#: Hatching of under-served communes; each hatching is a dark line in a light one, so that it shows on every class.
HATCH: Final = "////"
DOTS: Final = ".."
_LINES: Final = (("#ffffff99", 1.6), (INK, 0.5))
_DOT_LINES: Final = (("#7d878d", 0.3),)


@dataclass(frozen=True, slots=True)
class MapClass:
    """A class of communes: French label, colour, hatching of matplotlib where colour is not enough."""

    label: str
    colour: str
    hatch: str | None = None


def hatch_lines(pattern: str) -> tuple[tuple[str, float], ...]:
    """Return the colour and the width of the lines that draw a hatching, one over the other."""
    return _DOT_LINES if pattern == DOTS else _LINES


#: Communes whose roads lead to no facility, and communes that the network does not cover.
UNREACHABLE: Final = MapClass("aucun trajet possible par la route", UNKNOWN_COLOUR, "xxxx")
OFF_NETWORK: Final = MapClass("temps inconnu (hors du réseau fourni)", UNKNOWN_COLOUR, DOTS)


@dataclass(frozen=True, eq=False)
class Picture:
    """What a frame shows on its ground.

    Attributes
    ----------
    position
        Position in `classes` of each commune, on the index of the communes.
    classes
        Classes in the order of the legend.
    hatched, outlined, dashed
        Codes of the communes that are hatched (under-served), outlined, outlined by dashes.
    opened, closed, compared
        Places drawn as opened, as closed, and those of another plan, `name` and `geometry` in the projection of the
        ground. `rank` (int), where there is one, is written on each place opened; `sign` (text) on each of another
        plan.
    stops
        Stops of a bus that are proposed, in the same projection: `sign` (text) is written at each; `None`: none.
    first
        Codes of the communes that the map is about: they are named before others.
    title
        Shown above the frame.
    """

    position: pd.Series
    classes: Sequence[MapClass]
    hatched: pd.Index = field(default_factory=lambda: pd.Index([]))
    outlined: pd.Index = field(default_factory=lambda: pd.Index([]))
    dashed: pd.Index = field(default_factory=lambda: pd.Index([]))
    opened: gpd.GeoDataFrame | None = None
    closed: gpd.GeoDataFrame | None = None
    compared: gpd.GeoDataFrame | None = None
    stops: gpd.GeoDataFrame | None = None
    first: pd.Index = field(default_factory=lambda: pd.Index([]))
    title: str = ""
