"""The marker of each kind of place: shapes differ, not only colours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from geo.classes import ACCENT, INK
from geo.kinds import KINDS

#: Markers made smaller than this have no edge: it would fill them.
_EDGED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Marker:
    """Shape (a marker of matplotlib), size in points, colours."""

    shape: str
    size: float
    fill: str = ACCENT
    edge: str = "#ffffff"

    def hollow(self) -> Marker:
        """Return the same marker for a place that does not count."""
        return replace(self, fill="#ffffff", edge=self.fill)

    def style(self, scale: float = 1.0) -> dict[str, Any]:
        """Return the marker as arguments of a matplotlib line; a marker made much smaller has no edge."""
        small = scale < _EDGED
        return {
            "linestyle": "none",
            "marker": self.shape,
            "markersize": self.size * scale,
            "markerfacecolor": self.fill,
            "markeredgecolor": self.fill if small else self.edge,
            "markeredgewidth": 0.0 if small else 0.8,
        }


#: Kind of place -> its marker; France services sites have the accent colour.
MARKERS: Final = {
    code: Marker(kind.marker, kind.marker_size, fill=INK if code == "tax_office" else ACCENT)
    for code, kind in KINDS.items()
}
OPENED: Final = Marker("*", 17.0, fill=INK)
#: A place of the plan that another one is compared with.
COMPARED: Final = Marker("D", 8.5, fill="#ffffff", edge=INK)
#: A stop of a bus that is proposed: no site.
STOP: Final = Marker("P", 8.0, fill="#ffffff", edge=INK)
CLOSED: Final = Marker("X", 8.0, fill="#ffffff", edge=INK)


def marker_of(kind: str, *, counted: bool) -> Marker:
    """Return the marker of a kind of place, hollow where it does not count."""
    marker = MARKERS[kind]
    return marker if counted else marker.hollow()
