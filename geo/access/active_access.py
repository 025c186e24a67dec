"""Who is near a place on foot or by bicycle: along streets where they are known, else estimated from straight lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyproj
from scipy.spatial import cKDTree

from geo.access.coverage import CoverageSummary, coverage, summarize
from geo.crs import to_metres
from geo.errors import ParameterError
from geo.french import format_number
from geo.network.estimated_ways import estimated_ways
from geo.network.modes import ACTIVE_MODES, ESTIMATED_BOUNDS, FARTHEST_KM, MODES, require_mode
from geo.network.snapping import snap
from geo.network.travel_times import nearest_by_road, pairs_within
from geo.territory.study_area import PRECISION_COLUMNS, project_relief

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network.snapping import Points
    from geo.question import Question
    from geo.territory import Territory

#: Minutes that may be asked about, at most: where streets are not known no time is estimated to places farther than
#: `geo.network.modes.FARTHEST_KM`, of which hardly any is nearer than that.
MOST_MIN: Final = 60.0
#: How many places are tried where streets are not known, the nearest as a straight line: slopes decide among them.
_TRIED: Final = 5
#: Metres of the projection for a metre on the ground, at most with some room: what is near enough is found by them.
PROJECTED: Final = 1.02


@dataclass(frozen=True, eq=False, slots=True)
class ActiveAccess:
    """Who is near a place on foot or by bicycle.

    Attributes
    ----------
    question, mode
        What was asked, and ``"walk"`` or ``"bike"``.
    communes
        Indexed like `Territory.communes`: `name`; `residents` (Float64, <NA> unknown); `residents_known`, those whose
        way is known, and of these `residents_within`, within the threshold (Float64); `share_within` (Float64, 0 to 1,
        <NA>: no way is known); `at_one_point` (bool): all residents are taken to be at the centre of the commune, so
        the share is 0 or 1 and tells of that point only; `holds_place` (bool): a place counted is in the commune;
        `facility_id`, `facility_name`: nearest for most residents (<NA>: none is near enough for a time to be told).
    summary
        Totals; the median and what depends on the rule are of no use here.
    """

    question: Question
    mode: str
    communes: pd.DataFrame
    summary: CoverageSummary

    @property
    def communes_counted(self) -> pd.DataFrame:
        """The communes whose way is known."""
        return self.communes[self.communes["share_within"].notna()]

    @property
    def communes_without(self) -> pd.DataFrame:
        """Of those counted, the ones where no resident is within the threshold, in the order of `communes`."""
        counted = self.communes_counted
        return counted[(counted["share_within"] <= 0) & ~counted["at_one_point"]]

    @property
    def communes_centre_beyond(self) -> pd.DataFrame:
        """Of those counted at their centre alone, the ones where it is beyond the threshold: some may be nearer."""
        counted = self.communes_counted
        return counted[(counted["share_within"] <= 0) & counted["at_one_point"]]

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as plain values ready for JSON."""
        said = self.summary.to_dict()
        kept = (
            *("threshold_min", "facilities", "population", "residents_known", "residents_off_network"),
            *("residents_within", "residents_within_low", "residents_within_high"),
            *("share_covered", "share_covered_low", "share_covered_high"),
            *("communes", "communes_known", "communes_off_network", "communes_population_unknown", "estimated"),
        )
        return {"mode": self.mode} | {name: said[name] for name in kept}


def active_access(territory: Territory, question: Question, mode: str) -> ActiveAccess:
    """Return who is near a place of a question on foot or by bicycle.

    Residents beyond the roads or streets that were given are not counted: their way is not known.

    Parameters
    ----------
    territory
        Its street network of the mode counts where it has one; else times are estimated
        (`geo.network.estimated_ways`), and residents farther than `FARTHEST_KM` are beyond the threshold.
    question
        Threshold of `MOST_MIN` minutes at most, places and their kinds; its rule does not apply.
    mode
        ``"walk"`` or ``"bike"``.

    Raises
    ------
    ParameterError
        Another mode, a longer threshold, or no such list of places.

    Examples
    --------
    >>> from geo import Territory
    >>> from geo.question import Question
    >>> found = active_access(Territory.load("64"), Question(30), "walk")
    >>> found.summary.part.estimated, found.summary.residents_within < found.summary.part.residents
    (True, True)
    """
    if mode not in ACTIVE_MODES:
        require_mode(mode)
        msg = f"Le mode « {mode} » n'est ni walk (à pied) ni bike (à vélo)."
        raise ParameterError(msg)
    require_threshold(mode, question.threshold_min)
    places = territory.facility_list(question.facilities, kinds=question.kinds)
    cov, summary = measured(territory, question, active_times(territory, mode, places))
    names = ["name", "residents", "residents_known", "residents_within", "share_within", "facility_id", "facility_name"]
    communes = cov.rename(columns={"population": "residents"})[names]
    known = communes["share_within"].notna()
    counted = ["residents_known", "residents_within"]
    communes = communes.assign(
        residents=communes["residents"].astype("Float64"),
        **{name: communes[name].where(known) for name in counted},
        at_one_point=territory.at_one_point,
        holds_place=communes.index.isin(territory.communes_of(places)),
    )
    return ActiveAccess(question, mode, communes, summary)


def measured(
    territory: Territory, question: Question, times: tuple[pd.DataFrame, bool]
) -> tuple[pd.DataFrame, CoverageSummary]:
    """Return the coverage of a question on foot or by bicycle, and its totals.

    `times`: What `active_times` gives of the mode: how long the ways are, and whether they are estimated.
    """
    ways, estimated = times
    bounds = ESTIMATED_BOUNDS if estimated else (1.0, 1.0)
    precision = pd.DataFrame(dict(zip(PRECISION_COLUMNS, (estimated, *bounds), strict=True)), territory.communes.index)
    threshold, facilities = question.threshold_min, question.facilities
    cov = coverage(territory, threshold, facilities=facilities, times=ways, precision=precision)
    return cov, summarize(cov, ways, threshold, facilities=facilities)


def require_threshold(mode: str, threshold_min: float) -> None:
    """Raise `ParameterError` for a threshold over `MOST_MIN` minutes, on foot or by bicycle."""
    if threshold_min > MOST_MIN:
        msg = (
            f"Seuil de {format_number(threshold_min)} min refusé : {MODES[mode]}, {MOST_MIN:g} min au plus "
            f"sont attendues. Donnez un seuil plus court."
        )
        raise ParameterError(msg)


def active_pairs(
    territory: Territory, mode: str, places: Points, within_min: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return who is within a time of each of some places on foot or by bicycle.

    Parameters
    ----------
    territory
        Its street network of the mode counts where it has one; else times are estimated, as `active_times` does.
    mode
        ``"walk"`` or ``"bike"``.
    places
        Longitudes and latitudes, degrees (EPSG:4326), shape (n_places,) each.
    within_min
        Minutes; who is at exactly as many is within.

    Returns
    -------
    Rows of `Territory.demand` and of the places, int64, shape (n_pairs,), by row of demand, then place.
    """
    demand, streets = territory.demand, territory.active.get(mode)
    lon, lat = demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy()
    if streets is not None:
        point, place, _ = pairs_within(streets, snap(streets, lon, lat), snap(streets, *places), within_min * 60)
        return point, place
    metres = to_metres(territory.network.crs)
    tree = cKDTree(np.column_stack(metres.transform(*places)))
    reach_m = 1000 * PROJECTED * FARTHEST_KM[mode]
    around = tree.query_ball_point(np.column_stack(metres.transform(lon, lat)), reach_m, return_sorted=True)
    point = np.repeat(np.arange(len(lon)), [len(each) for each in around])
    place = np.concatenate(around).astype(np.int64)
    minutes, _ = estimated_between(territory, mode, (lon[point], lat[point]), (places[0][place], places[1][place]))
    kept = minutes <= within_min
    return point[kept], place[kept]


def active_times(territory: Territory, mode: str, places: gpd.GeoDataFrame) -> tuple[pd.DataFrame, bool]:
    """Time every demand point to the one of some places that it reaches soonest on foot or by bicycle.

    `places`: Facility table (`geo.schemas.FACILITY_COLUMNS`), index 0..n-1. Return what `Territory.times_to` gives,
    `on_network` being whether the way is known at all, and whether times are estimated: <NA> where places are then
    beyond `geo.network.modes.FARTHEST_KM`.

    Examples
    --------
    >>> from geo import Territory
    >>> territory = Territory.load("64")
    >>> times, estimated = active_times(territory, "bike", territory.facility_list("sites"))
    >>> len(times), estimated
    (545, True)
    """
    demand, by_car = territory.demand, territory.demand_on_network
    known, distance_m = np.asarray(by_car.link >= 0), by_car.distance_m
    streets = territory.active.get(mode)
    if streets is None:
        minutes, km, nearest = _estimated(territory, mode, places)
    else:
        origins = snap(streets, demand.geometry.x, demand.geometry.y)
        found = nearest_by_road(streets, origins, snap(streets, places.geometry.x, places.geometry.y))
        minutes, km, nearest = found.travel_time_s / 60, found.length_m / 1000, found.facility
        known, distance_m = known & (origins.link >= 0), origins.distance_m
    reached = known & np.isfinite(minutes)
    nearest = np.where(reached, nearest, -1)
    ids, names = (places[name].array.take(nearest, allow_fill=True) for name in ("facility_id", "name"))
    times = pd.DataFrame(
        {
            "commune_code": demand["commune_code"],
            "population": demand["population"],
            "travel_time_min": pd.array(np.where(reached, minutes, np.nan), dtype="Float64"),
            "distance_km": pd.array(np.where(reached, km, np.nan), dtype="Float64"),
            "facility_id": ids,
            "facility_name": names,
            "snap_distance_m": distance_m,
            "on_network": known,
        },
        index=demand.index,
    )
    return times, streets is None


def sooner(times: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the sooner of two times of each demand point, both to one list of places or another.

    `times`, `others`: What `active_times` gives of the same territory and mode; the first where both are as long.
    """
    minutes, other = (each["travel_time_min"].to_numpy(np.float64, na_value=np.inf) for each in (times, others))
    first = minutes <= other
    of_place = ("travel_time_min", "distance_km", "facility_id", "facility_name")
    return times.assign(**{name: times[name].where(first, others[name]) for name in of_place})


def _estimated(
    territory: Territory, mode: str, places: gpd.GeoDataFrame
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return minutes and kilometres to the place soonest reached, inf where all are too far, and which it is."""
    points = territory.demand.geometry
    lon, lat = points.x.to_numpy(), points.y.to_numpy()
    to_lon, to_lat = places.geometry.x.to_numpy(), places.geometry.y.to_numpy()
    metres = to_metres(territory.network.crs)
    tree = cKDTree(np.column_stack(metres.transform(to_lon, to_lat)))
    tried = np.arange(1, min(_TRIED, len(places)) + 1)
    place = tree.query(np.column_stack(metres.transform(lon, lat)), k=tried)[1].ravel()
    point = np.repeat(np.arange(len(points)), len(tried))
    minutes, km = estimated_between(territory, mode, (lon[point], lat[point]), (to_lon[place], to_lat[place]))
    shape = len(points), len(tried)
    best = minutes.reshape(shape).argmin(axis=1)
    every = np.arange(len(points))
    return minutes.reshape(shape)[every, best], km.reshape(shape)[every, best], place.reshape(shape)[every, best]


def estimated_between(
    territory: Territory, mode: str, starts: Points, places: Points
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return minutes and kilometres of estimated ways from starts to places (degrees), inf where there is none."""
    straight = np.asarray(pyproj.Geod(ellps="GRS80").inv(*starts, *places)[2], np.float64)
    return estimated_ways(mode, territory.network, project_relief(), starts, places, straight)
