"""Classes of the planning maps that are not minutes: who gains and who loses, who has a second site, how sure it is.

Each class differs by lightness and, where it matters most, by a hatching: never by hue alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.access.coverage import AT_THRESHOLD_MIN
from geo.maps.style import INK, SAVED_CLASSES, UNIT_SPACE, UNKNOWN_COLOUR

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: Minutes by which a commune's time has to change to be called changed.
CHANGED_MIN: Final = 0.05
#: Position of a commune whose value is not known; the last fill of a map.
UNKNOWN_CLASS: Final = -1

#: Name of a hatching -> its lines in a square of 8 x 8 pixels.
_HATCHINGS: Final = {
    "plus": "M4 1.5V6.5M1.5 4H6.5",
    "diagonal": "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    "dots": "M4 3.4V4.6",
}


@dataclass(frozen=True, slots=True)
class AreaClass:
    """One class of communes: French label, colour, hatching (empty: none)."""

    label: str
    colour: str
    hatching: str = ""

    @property
    def fill(self) -> str:
        """The SVG fill: a colour, or the pattern of `area_pattern_defs`."""
        return f"url(#{self._pattern})" if self.hatching else self.colour

    @property
    def _pattern(self) -> str:
        return f"maillage-area-{self.hatching}-{self.colour.removeprefix('#')}"

    def pattern(self) -> str:
        """Return the SVG pattern of a hatched class."""
        lines = _HATCHINGS[self.hatching]
        return (
            f'<pattern id="{self._pattern}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{self.colour}"/>'
            f'<path d="{lines}" stroke="#ffffff" stroke-width="3" stroke-opacity="0.5"/>'
            f'<path d="{lines}" stroke="{INK}" stroke-width="1.2"/></pattern>'
        )


UNKNOWN_AREA: Final = AreaClass("Temps inconnu", UNKNOWN_COLOUR)
SECOND_SITE_CLASSES: Final = (
    AreaClass("Deux sites ou plus à portée", "#f6f3ea"),
    AreaClass("Un seul site à portée", "#e9b15a", "dots"),
    AreaClass("Aucun site à portée", "#a95320", "diagonal"),
)
SIDE_CLASSES: Final = (
    AreaClass("Sous le seuil dans toutes les hypothèses", "#f6f3ea"),
    AreaClass("Près du seuil : cela dépend de l'hypothèse", "#6ba7ac", "plus"),
    AreaClass("Au-delà du seuil dans toutes les hypothèses", "#d0812f", "diagonal"),
)
SAVED_AREAS: Final = tuple(AreaClass(cls.label, cls.colour) for cls in SAVED_CLASSES)


def change_classes(threshold_min: float) -> tuple[AreaClass, ...]:
    """Return the classes of a map of what changes, in the order of `change_class`."""
    threshold = f"{threshold_min:g}".replace(".", ",") + f"{UNIT_SPACE}min"
    return (
        AreaClass(f"Gagne : passe à {threshold} ou moins", "#397b88", "plus"),
        AreaClass("Gagne : trajet plus court", "#bcdad8"),
        AreaClass("Inchangée", "#f6f3ea"),
        AreaClass("Perd : trajet plus long", "#f0c98a", "dots"),
        AreaClass(f"Perd : passe au-delà de {threshold}", "#a95320", "diagonal"),
    )


def change_class(before_min: pd.Series, after_min: pd.Series, threshold_min: float) -> NDArray[np.int64]:
    """Return the position in `change_classes` of each commune, int64; `UNKNOWN_CLASS` with no time before nor after.

    Parameters
    ----------
    before_min, after_min
        Mean minutes of each commune, <NA> where no road leads to a site.
    threshold_min
        Minutes by car.
    """
    before, after = (times.to_numpy(np.float64, na_value=np.inf) for times in (before_min, after_min))
    limit = threshold_min + AT_THRESHOLD_MIN
    near_before, near_after = before <= limit, after <= limit
    with np.errstate(invalid="ignore"):
        change = after - before
    chosen = np.select(
        [~np.isfinite(before) & ~np.isfinite(after), near_after & ~near_before, near_before & ~near_after],
        [UNKNOWN_CLASS, 0, 4],
        default=np.where(change < -CHANGED_MIN, 1, np.where(change > CHANGED_MIN, 3, 2)),
    )
    return chosen.astype(np.int64)


def area_pattern_defs() -> str:
    """Return an invisible SVG element that defines the hatchings of all classes."""
    classes = {
        cls.fill: cls for cls in (*change_classes(0), *SECOND_SITE_CLASSES, *SIDE_CLASSES, *SAVED_AREAS) if cls.hatching
    }
    patterns = "".join(cls.pattern() for cls in classes.values())
    return f'<svg width="0" height="0" aria-hidden="true" class="maillage-defs"><defs>{patterns}</defs></svg>'
