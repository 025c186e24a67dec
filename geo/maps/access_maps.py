"""The maps in the browser of the margin of error, of the minutes saved, and of round trips without a car."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

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
    trip_class,
)
from geo.french import counted, minutes_text
from geo.kinds import KINDS
from geo.maps.planning_values import planning_values, site_markers

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geo.access.sensitivity import Sensitivity
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
    """Return the map of round trips without a car, as `planning_values`; `sites`: those that count.

    The legend tells how many communes and residents each class has.
    """
    position = trip_class(measured.communes["share_round_trip"])
    residents = measured.communes["residents"]
    *classes, unknown = (
        replace(cls, label=f"{cls.label} : {_counted(residents[position == number])}")
        for number, cls in zip((*range(len(TRIP_CLASSES)), UNKNOWN_CLASS), (*TRIP_CLASSES, TRIP_UNKNOWN), strict=True)
    )
    kinds = [kind for kind in ("main", "antenne") if (sites["kind"] == kind).any()]
    return planning_values(
        classes,
        position,
        commune_trip_lines(measured.communes),
        site_markers(sites),
        title="Sans voiture, aller et retour le même jour",
        signs=[(kind, KINDS[kind].label) for kind in kinds],
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
