"""Classes of colour that every map, legend, chart and table shares, and what falls into each.

Classes of a scale differ by lightness, for normal sight, for the three colour-blindnesses and in grey print (checked by
a test); those that matter most are hatched too. Nothing rests on hue alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.french import UNIT_SPACE, WITHIN, format_number, minutes_text, within_text
from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

#: One calm accent for the markers of the map and for the screens.
ACCENT: Final = "#1c5d73"
#: Dark ink of outlines and hatching.
INK: Final = "#1d2b33"
#: Position of what has no known value; the last fill of a map.
UNKNOWN_CLASS: Final = -1
#: Fill of communes with no known value.
UNKNOWN_COLOUR: Final = "#e3e6e8"
#: Minutes by which a commune's time has to change to be called changed.
CHANGED_MIN: Final = 0.05


@dataclass(frozen=True, slots=True)
class ColourClass:
    """One class: French label, colour, hatching (empty: none); of a scale, over `lower` and up to `upper`, included."""

    label: str
    colour: str
    hatching: str = ""
    lower: float = -math.inf
    upper: float = math.inf


def _scale(
    uppers: Sequence[float], labels: Sequence[str], colours: Sequence[str], lowest: float = -math.inf
) -> tuple[ColourClass, ...]:
    bounds = pairwise((lowest, *uppers, math.inf))
    return tuple(
        ColourClass(label, colour, lower=lower, upper=upper)
        for label, colour, (lower, upper) in zip(labels, colours, bounds, strict=True)
    )


def _labels(uppers: Sequence[float], unit: str, first: str | None = None) -> list[str]:
    """Return the labels of a scale in one unit; `first` in the place of "up to" the first bound."""
    shown = [format_number(upper) for upper in uppers]
    start = [first] if first is not None else [f"{shown[0]}{UNIT_SPACE}{unit} ou moins"]
    if first is not None:
        start.append(f"{shown[1]}{UNIT_SPACE}{unit} ou moins")
    between = [f"{low} à {high}{UNIT_SPACE}{unit}" for low, high in list(pairwise(shown))[len(start) - 1 :]]
    return [*start, *between, f"plus de {shown[-1]}{UNIT_SPACE}{unit}"]


#: From little to much of what is wanted: a scale that is not taken for that of travel times.
_BLUES: Final = ("#f8f5ec", "#cadfdd", "#9ac4c5", "#69a5ab", "#387a87", "#154c5f")
_TIME_BOUNDS: Final = (10, 15, 20, 30, 45)
_SAVED_BOUNDS: Final = (0, 5, 10, 20, 30)
_SHARE_BOUNDS: Final = (0, 20, 40, 60, 80)

#: Travel time, minutes, from near to far.
TIME_CLASSES: Final = _scale(
    _TIME_BOUNDS,
    _labels(_TIME_BOUNDS, "min"),
    ("#fdf4d8", "#f6d795", "#e9b15a", "#d0812f", "#a95320", "#6d2c10"),
    lowest=0.0,
)
#: Minutes that the nearest site saves compared with the nearest tax office.
SAVED_CLASSES: Final = _scale(_SAVED_BOUNDS, _labels(_SAVED_BOUNDS, "min", "aucune minute gagnée"), _BLUES)
#: Share of the residents who have an open site within the threshold.
SHARE_CLASSES: Final = _scale(
    tuple(bound / 100 for bound in _SHARE_BOUNDS), _labels(_SHARE_BOUNDS, "%", "aucun habitant"), _BLUES
)
#: How many sites are within reach of a commune.
SECOND_SITE_CLASSES: Final = (
    ColourClass("Deux sites ou plus à portée", "#f6f3ea"),
    ColourClass("Un seul site à portée", "#e9b15a", "dots"),
    ColourClass("Aucun site à portée", "#a95320", "diagonal"),
)
#: On which side of the threshold a commune is, over several assumptions.
SIDE_CLASSES: Final = (
    ColourClass(f"{WITHIN.capitalize()} selon toutes les hypothèses", "#f6f3ea"),
    ColourClass("Près du seuil : cela dépend de l'hypothèse", "#6ba7ac", "plus"),
    ColourClass("Au-delà du seuil selon toutes les hypothèses", "#d0812f", "diagonal"),
)
#: Whether the residents of a commune can go to a site and be back the same day without a car.
TRIP_CLASSES: Final = (
    ColourClass("Aller-retour possible", "#cadfdd"),
    ColourClass("Possible pour une partie des habitants", "#6ba7ac", "plus"),
    ColourClass("Aucun aller-retour possible ce jour-là", "#d0812f", "diagonal"),
)
TRIP_UNKNOWN: Final = ColourClass("Trajet inconnu : hors du réseau", UNKNOWN_COLOUR, "dots")
#: A share of all residents, whatever the rounding of sums.
_ALL: Final = 1 - 1e-9
UNKNOWN_AREA: Final = ColourClass("Temps inconnu", UNKNOWN_COLOUR)


def change_classes(threshold_min: float) -> tuple[ColourClass, ...]:
    """Return the classes of a map of what changes, in the order of `change_class`."""
    return (
        ColourClass(f"Gagne : passe {within_text(threshold_min)}", "#397b88", "plus"),
        ColourClass("Gagne : trajet plus court", "#bcdad8"),
        ColourClass("Inchangée", "#f6f3ea"),
        ColourClass("Perd : trajet plus long", "#f0c98a", "dots"),
        ColourClass(f"Perd : passe au-delà de {minutes_text(threshold_min)}", "#a95320", "diagonal"),
    )


def map_classes() -> tuple[ColourClass, ...]:
    """Return the classes of all maps in the browser: a hatched one that is not among them has no fill there."""
    scales = (TIME_CLASSES, SAVED_CLASSES, SHARE_CLASSES, SECOND_SITE_CLASSES, SIDE_CLASSES, TRIP_CLASSES)
    return (*chain(*scales, change_classes(0)), TRIP_UNKNOWN, UNKNOWN_AREA)


def near_classes(*, at_one_point: bool, spread: bool) -> tuple[ColourClass, ...]:
    """Return the classes of whether the residents of a commune are near a site on foot or by bicycle, of `trip_class`.

    `at_one_point`: some communes are counted at their centre; `spread`: some are counted where people live.

    Examples
    --------
    >>> [cls.label for cls in near_classes(at_one_point=True, spread=False)][::2]
    ['Centre de la commune', 'Pas le centre de la commune']
    """
    labels = ("Tous les habitants", "Une partie des habitants", "Aucun habitant")
    if at_one_point:
        centre, far = "Centre de la commune", "Pas le centre de la commune"
        labels = (centre, labels[1], far)
        if spread:
            labels = ("Tous les habitants, ou le centre", labels[1], "Aucun habitant, ou pas le centre")
    return tuple(replace(cls, label=label) for cls, label in zip(TRIP_CLASSES, labels, strict=True))


def trip_class(share: pd.Series) -> NDArray[np.int64]:
    """Return the position in `TRIP_CLASSES`, or `near_classes`, of shares (0 to 1), int64; `UNKNOWN_CLASS` for <NA>.

    Examples
    --------
    >>> import pandas as pd
    >>> trip_class(pd.Series([1.0, 0.2, 0.0, None])).tolist()
    [0, 1, 2, -1]
    """
    numbers = share.to_numpy(np.float64, na_value=np.nan)
    position = np.select([np.isnan(numbers), numbers >= _ALL, numbers > 0], [UNKNOWN_CLASS, 0, 1], default=2)
    return position.astype(np.int64)


def classify(values: pd.Series, scale: Sequence[ColourClass]) -> NDArray[np.int64]:
    """Return the position in a scale of each value, int64; `UNKNOWN_CLASS` for <NA>, NaN and infinities."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    position = np.searchsorted([cls.upper for cls in scale[:-1]], numbers, side="left")
    return np.where(np.isfinite(numbers), position, UNKNOWN_CLASS).astype(np.int64)


def change_class(before_min: pd.Series, after_min: pd.Series, threshold_min: float) -> NDArray[np.int64]:
    """Return the position in `change_classes` of each commune, int64; `UNKNOWN_CLASS` with no time before nor after.

    `before_min`, `after_min`: Mean minutes of each commune, <NA> where no road leads to a site.
    `threshold_min`: Minutes by car.
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
