"""The maps in the browser of the margin of error, of the minutes saved, and of ways without a car."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.answers.active_access import near_lines
from geo.answers.certainty import interval_lines
from geo.answers.tax_offices import saved_lines
from geo.answers.without_car import commune_trip_lines
from geo.classes import (
    SAVED_CLASSES,
    SIDE_CLASSES,
    TRIP_CLASSES,
    TRIP_UNKNOWN,
    UNKNOWN_CLASS,
    classify,
    near_classes,
    trip_class,
)
from geo.french import capital, counted, minutes_text, within_text
from geo.kinds import KINDS
from geo.maps.planning_values import planning_values, site_markers
from geo.network.modes import MODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from geo.access.active_access import ActiveAccess
    from geo.access.sensitivity import Sensitivity
    from geo.classes import ColourClass
    from geo.finder.day_without_car import DayWithoutCar


def certainty_values(sensitivity: Sensitivity, sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the map of the communes whose side of the threshold depends on the hypothesis, as `planning_values`."""
    share = sensitivity.communes["share_runs_under_served"].to_numpy(np.float64, na_value=np.nan)
    position = np.select([np.isnan(share), share <= 0, share < 1], [UNKNOWN_CLASS, 0, 1], default=2).astype(np.int64)
    return planning_values(
        SIDE_CLASSES,
        position,
        interval_lines(sensitivity),
        site_markers(sites),
        title=f"Temps moyen de la commune et seuil de {minutes_text(sensitivity.threshold_min)}",
        signs=[("main", KINDS["main"].label)],
    )


def trip_values(measured: DayWithoutCar, sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the map of round trips without a car, as `planning_values`; `sites`: those that count."""
    communes, title = measured.communes, "Sans voiture, aller et retour le même jour"
    lines = commune_trip_lines(communes)
    return _share_values(communes["share_round_trip"], communes["residents"], TRIP_CLASSES, lines, sites, title)


def near_values(found: ActiveAccess, places: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the map of who is near on foot or by bicycle, as `planning_values`; `places`: those that count."""
    communes = found.communes
    title = capital(f"{within_text(found.question.threshold_min)} {MODES[found.mode]}")
    centre = communes["at_one_point"]
    classes = near_classes(at_one_point=bool(centre.any()), spread=not centre.all())
    return _share_values(communes["share_within"], communes["residents"], classes, near_lines(found), places, title)


def _share_values(
    share: pd.Series,
    residents: pd.Series,
    three: Sequence[ColourClass],
    lines: list[list[str]],
    places: gpd.GeoDataFrame,
    title: str,
) -> dict[str, Any]:
    """Return the map of whether all, some or none of the residents of each commune are served.

    The legend tells how many communes and residents each class has.
    """
    position = trip_class(share)
    *classes, unknown = (
        replace(cls, label=f"{cls.label} : {_counted(residents[position == number])}")
        for number, cls in zip((*range(len(three)), UNKNOWN_CLASS), (*three, TRIP_UNKNOWN), strict=True)
    )
    return planning_values(
        classes,
        position,
        lines,
        site_markers(places),
        title=title,
        signs=[(kind, KINDS[kind].label) for kind in KINDS if (places["kind"] == kind).any()],
        only_present=True,
        unknown=unknown,
    )


def _counted(residents: pd.Series) -> str:
    """Return how many communes a class has, and their residents where they are known."""
    communes = counted(len(residents), "commune")
    return f"{communes}, {counted(residents.sum(), 'habitant')}" if residents.notna().any() else communes


def saved_values(communes: pd.DataFrame, sites: gpd.GeoDataFrame, tax_offices: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the map of the minutes that the nearest site saves, as `planning_values`.

    `communes`: Minutes saved by commune, as `geo.access.time_saved.time_saved`. `sites`, `tax_offices`: Sites that
    count, and what they are compared with.
    """
    return planning_values(
        SAVED_CLASSES,
        classify(communes["saved_min"], SAVED_CLASSES),
        saved_lines(communes),
        [*site_markers(sites), *site_markers(tax_offices)],
        title="Minutes gagnées par rapport au service des impôts",
        signs=[(kind, KINDS[kind].label) for kind in ("main", "tax_office")],
    )
