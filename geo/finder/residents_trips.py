"""Who can go to a site and back the same day without a car: residents of a territory, on one day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.access.known_part import KnownPart
from geo.access.residents import point_weights, residents_by_point, weighted_median
from geo.crs import to_metres
from geo.errors import ParameterError
from geo.finder.without_car import hours_on
from geo.transit.journeys import journeys
from geo.transit.kernels import NEVER
from geo.transit.round_trip import round_trip, told_arrival_s, told_departure_s
from geo.transit.window import PERCENTILES, percentile_minutes, times_from_minutes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.finder.without_car import NearStops, Points, RoundTrips
    from geo.territory import Territory
    from geo.transit.day import Day
    from geo.transit.window import Window

#: Columns of the time from door to door, one a percentile of the moments of a window.
PERCENTILE_COLUMNS: Final = tuple(f"door_to_door_p{percent}_min" for percent in PERCENTILES)
#: How many sites are tried from each point of residents, the nearest as a straight line.
SITES_OF_A_POINT: Final = 10


@dataclass(frozen=True, slots=True)
class RoundTripShare:
    """How many residents have a round trip on a day, of those whose ways on foot are known.

    `residents`: those whose ways are known; `residents_served`: those of them with a round trip; both `None` where no
    number is known. `communes`, `communes_served`: communes with some start whose ways are known, and those where
    some resident has a round trip. `median_time_out_min`: minutes away from home of the median resident with a round
    trip, `None` where there is none. `households_carless`, `households_carless_served`: households without a car, and
    those of them with a round trip, where the census of dwellings tells them, else `None`: in a commune they are
    taken to live where its residents do.
    """

    day: dt.date
    residents: float | None
    residents_served: float | None
    communes: int
    communes_served: int
    median_time_out_min: float | None
    households_carless: float | None = None
    households_carless_served: float | None = None

    @property
    def share(self) -> float | None:
        """Share of residents with a round trip, 0 to 1, `None` where no resident is known."""
        return None if not self.residents or self.residents_served is None else self.residents_served / self.residents

    @property
    def share_carless(self) -> float | None:
        """Share of households without a car with a round trip, 0 to 1, `None` where none is known."""
        if not self.households_carless or self.households_carless_served is None:
            return None
        return self.households_carless_served / self.households_carless


def residents_round_trips(
    trips: RoundTrips,
    day: dt.date,
    window: Window | None = None,
    *,
    tell: Callable[[float, str], None] = lambda _share, _sentence: None,
    stopped: Callable[[], bool] = lambda: False,
) -> pd.DataFrame:
    """Return the round trip of each point of residents to the site that takes the least time out, on one day.

    Parameters
    ----------
    trips
        Of the territory.
    day
        Day in its civil time.
    window
        When people leave, for the time from door to door; `None`: it is not measured.
    tell
        Told the share done (0 to 1) and a French sentence.
    stopped
        Asked between two sites whether to stop.

    Returns
    -------
    Indexed like `Territory.demand`: `commune_code`; `population` (float64, NaN: not known; those of a commune add up to
    its legal population, as by car: `geo.access.residents.residents_by_point`); `time_out_min` (Float64, <NA> where
    there is no round trip to any of the `SITES_OF_A_POINT` nearest sites on the streets); `way_known` (bool: whether it
    lies on the streets: of the others nothing is known, nor is a round trip counted); `facility_id`, `earliest_arrival`
    and `last_way_back` (``"08:15"``, civil time, to that site and from it, as of `geo.transit.round_trip.RoundTrip`;
    <NA> likewise, and where one may walk all the way, at any hour). With a window also `PERCENTILE_COLUMNS`: minutes to
    whichever of these sites open that day is reached first, Float64, inf: farther than the rules allow, or no way;
    <NA>: not known.

    Raises
    ------
    ParameterError
        The timetables say nothing of the day, the territory has no site, or it was stopped.
    """
    trips.require_covered(day)
    territory = trips.territory
    demand = territory.demand
    sites = trips.sites()
    points = demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy()
    places = sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy()
    to_stops, from_sites = stops_of_points(trips, points), stops_of_points(trips, places)
    on_foot = walks_of_pairs(trips, points, places)
    way_known = np.asarray(territory.demand_on_network.link >= 0) & trips.walk_known(points)
    best = np.full(len(demand), np.inf)
    chosen, earliest, last, wait = (np.full(len(demand), -1) for _ in range(4))
    leave_s = _moments(trips, day, window)
    took = np.full((len(demand), len(leave_s)), NEVER, np.int32)
    rows = sites.to_dict("records")
    near_sites = _points_of_sites(trips, points, places)
    for number, (site, near) in enumerate(near_sites.items()):
        if stopped():
            msg = "Calcul arrêté : les aller-retours sans voiture n'ont pas tous été cherchés."
            raise ParameterError(msg)
        tell(number / len(near_sites), f"Aller-retours sans voiture : site {number + 1} sur {len(near_sites)}…")
        hours = hours_on(rows[site], day)
        starts = [point for point in near if way_known[point] and (point in to_stops or (point, site) in on_foot)]
        if not hours or not starts:
            continue
        there, back = trips.profiles(day, from_sites.get(site, NO_STOPS))
        open_s = trips.open_s(day, hours, rows[site]["departement"])
        for point in starts:
            stops, to_stops_s, from_stops_s = to_stops.get(point, NO_STOPS)
            walk_s = on_foot.get((point, site))
            out = journeys(there, stops, to_stops_s)
            found = round_trip(out, journeys(back, stops, from_stops_s), open_s, trips.rules, walk_s)
            if found is not None and found.time_out_min < best[point]:
                best[point], chosen[point] = found.time_out_min, site
                first, then = found.earliest_arrival_s, found.last_way_back_s
                earliest[point] = -1 if first is None else told_arrival_s(first)
                last[point] = -1 if then is None else told_departure_s(then)
                wait[point] = -1 if first is None else found.earliest_wait_s // 60
            if window is not None:
                soonest = times_from_minutes(out, leave_s, trips.rules.way_min * 60, walk_s and walk_s[0])
                took[point] = np.minimum(took[point], soonest)
    of_day = trips.day(day)
    minutes_taken = {} if window is None else dict(zip(PERCENTILE_COLUMNS, percentile_minutes(took).T, strict=True))
    times = {name: np.where(way_known, minutes, np.nan) for name, minutes in minutes_taken.items()}
    return pd.DataFrame(
        {
            "commune_code": demand["commune_code"],
            "population": _residents(territory),
            "way_known": way_known,
            "time_out_min": pd.array(np.where(np.isfinite(best), best, np.nan), dtype="Float64"),
            "facility_id": sites["facility_id"].reindex(chosen).set_axis(demand.index),
            "earliest_arrival": _clock_times(of_day, earliest),
            "earliest_wait_min": pd.array(np.where(wait < 0, np.nan, wait), dtype="Float64"),
            "last_way_back": _clock_times(of_day, last),
        }
        | {name: pd.array(minutes, dtype="Float64") for name, minutes in times.items()},
        index=demand.index,
    )


def _residents(territory: Territory) -> NDArray[np.float64]:
    """Return the residents of each point, NaN where those of its commune are not known."""
    communes, demand = territory.communes, territory.demand
    unknown = communes["population"].isna().reindex(demand["commune_code"]).to_numpy(bool)
    return np.where(unknown, np.nan, residents_by_point(communes, demand))


def commune_round_trips(found: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return what `residents_round_trips` found commune by commune.

    Parameters
    ----------
    found
        By point of residents.
    communes
        Indexed by commune code, column `name`.

    Returns
    -------
    Indexed like `communes`: `name`; `residents`; `residents_known`, those whose ways on foot are known (NaN: nobody's
    is); `residents_served`, those of them with a round trip; all float64, NaN where no number of the commune is
    known; `share_round_trip` (0 to 1, of those whose ways are known, of the points where nobody is known to live if
    there are no others; NaN: no way is known); `facility_id`, the site of most of them; `time_out_min`, that of the
    median of them; `earliest_arrival`, `last_way_back`, the first and the last of all its points that need a vehicle
    (<NA> where there is a round trip: on foot, at any hour); `earliest_wait_min`, minutes outside before the doors
    open after that arrival. With a window also `PERCENTILE_COLUMNS`, each that of the median resident. <NA>: there is
    no way.
    """
    row = communes.index.get_indexer(pd.Index(found["commune_code"]))
    weight = point_weights(found["population"].to_numpy(np.float64, na_value=np.nan), row, len(communes))
    times = [name for name in PERCENTILE_COLUMNS if name in found.columns]
    numbers = {
        name: found[name].to_numpy(np.float64, na_value=np.nan)
        for name in ("population", "time_out_min", "earliest_wait_min", *times)
    }
    residents, way_known = numbers["population"], found["way_known"].to_numpy(bool)
    has_trip = way_known & ~np.isnan(numbers["time_out_min"])
    # Texts as their ranks, -1 for <NA>: the first of all is the least.
    (site, site_ids), (first, arrivals), (last, ways_back) = (
        pd.factorize(found[name], sort=True) for name in ("facility_id", "earliest_arrival", "last_way_back")
    )
    made = []
    # Arrays, not tables of pandas, of which a département would need thousands.
    for every in np.split(np.argsort(row, kind="stable"), np.bincount(row, minlength=len(communes)).cumsum()[:-1]):
        points, served = every[way_known[every]], every[has_trip[every]]
        weights = weight[served]
        counted, covered = not np.isnan(residents[every]).all(), len(points) > 0
        arrival = first[served][first[served] >= 0].min(initial=len(arrivals))
        back = last[served].max(initial=-1)
        made.append(
            {
                "residents": np.nansum(residents[every]) if counted else np.nan,
                "residents_known": np.nansum(residents[points]) if counted and covered else np.nan,
                "residents_served": np.nansum(residents[served]) if counted and covered else np.nan,
                "share_round_trip": _share(weights.sum(), weight[points].sum()) if covered else np.nan,
                "facility_id": site_ids[_heaviest(site[served], weights)] if len(served) else None,
                "time_out_min": weighted_median(numbers["time_out_min"][served], weights),
                "earliest_arrival": arrivals[arrival] if arrival < len(arrivals) else None,
                "earliest_wait_min": _least(numbers["earliest_wait_min"][served[first[served] == arrival]]),
                "last_way_back": ways_back[back] if back >= 0 else None,
                **{name: _median_or_far(numbers[name][points], weight[points]) for name in times},
            }
        )
    rows = pd.DataFrame(made, index=communes.index)
    kinds = dict.fromkeys(("facility_id", "earliest_arrival", "last_way_back"), "string")
    rows = rows.astype(kinds | dict.fromkeys(("time_out_min", "earliest_wait_min", *times), "Float64"))
    rows.insert(0, "name", communes["name"])
    return rows


def median_door_to_door(found: pd.DataFrame) -> dict[int, float | None]:
    """Return for each percentile the minutes that half of the residents do not exceed; `None`: half have no such way.

    All `None` where no number of residents is known (`RoundTripShare.residents` is `None` as well).

    Examples
    --------
    >>> times = {name: [30.0, 40.0, np.inf] for name in PERCENTILE_COLUMNS}
    >>> median_door_to_door(pd.DataFrame({"population": [10.0, 10.0, 10.0], **times}))
    {25: 40.0, 50: 40.0, 75: 40.0}
    """
    weight = found["population"].fillna(0.0).to_numpy(np.float64)
    return {
        percent: _median_or_far(found[name].to_numpy(np.float64, na_value=np.nan), weight)
        for percent, name in zip(PERCENTILES, PERCENTILE_COLUMNS, strict=True)
    }


def _median_or_far(minutes: NDArray[np.float64], weight: NDArray[np.float64]) -> float | None:
    """Return the weighted median of times of which some are inf, `None` where it is inf or nobody counts; no NaN."""
    far = np.where(np.isinf(minutes), np.finfo(np.float64).max, minutes)
    median = weighted_median(far, weight)
    return None if median is None or median == np.finfo(np.float64).max else median


def _moments(trips: RoundTrips, day: dt.date, window: Window | None) -> NDArray[np.int64]:
    """Return the minutes of a window as seconds of the day; none without a window."""
    if window is None:
        return np.zeros(0, np.int64)
    ((start, end),) = trips.open_s(day, [(window.start_min, window.end_min)], trips.territory.departement)
    return np.arange(start, end, 60, dtype=np.int64)


def _clock_times(day: Day, seconds: NDArray[np.int64]) -> pd.api.extensions.ExtensionArray:
    """Return seconds of a day as ``"08:15"`` in its civil time, <NA> where they are negative."""
    told = {each: f"{day.moment(each):%H:%M}" for each in np.unique(seconds[seconds >= 0]).tolist()}
    return pd.array([told.get(each) for each in seconds.tolist()], dtype="string")


def round_trip_share(found: pd.DataFrame, day: dt.date, households: pd.DataFrame | None = None) -> RoundTripShare:
    """Add up what `residents_round_trips` found.

    `households`: by commune code, `households` and `share_carless` (`geo.sources.housing`), `None`: not known.

    Examples
    --------
    >>> import datetime as dt
    >>> table = pd.DataFrame(
    ...     {
    ...         "commune_code": ["a", "b", "c"],
    ...         "population": [300.0, 100.0, 50.0],
    ...         "way_known": [True, True, False],
    ...         "time_out_min": pd.array([90, None, None], "Float64"),
    ...     }
    ... )
    >>> round_trip_share(table, dt.date(2025, 2, 4)).share
    0.75
    """
    carless = _carless(found, households)
    found = found[found["way_known"]]
    known = bool(found["population"].notna().any())
    population = found["population"].fillna(0.0).to_numpy(np.float64)
    served = found["time_out_min"].notna().to_numpy(bool)
    minutes = found["time_out_min"].to_numpy(np.float64, na_value=np.nan)[served]
    weight = population[served]
    median = None
    if weight.sum() > 0:
        order = np.argsort(minutes, kind="stable")
        median = float(minutes[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)])
    row, codes = pd.factorize(found["commune_code"])
    lived_in = point_weights(population, row, len(codes)) > 0
    return RoundTripShare(
        day,
        float(population.sum()) if known else None,
        float(weight.sum()) if known else None,
        len(codes),
        len(np.unique(row[served & lived_in])),
        median,
        *carless,
    )


def part_known(found: pd.DataFrame) -> KnownPart:
    """Return how much of a territory the ways on foot that `residents_round_trips` found are known of."""
    population, known = found["population"].fillna(0.0), found["way_known"]
    codes = found["commune_code"]
    return KnownPart(
        residents=float(population.sum()),
        residents_known=float(population[known].sum()),
        communes=codes.nunique(),
        communes_known=codes[known].nunique(),
    )


def _heaviest(values: NDArray[np.int64], weights: NDArray[np.float64]) -> int:
    """Return which of some values weighs most in all, the first of equals; there is one at least."""
    each, which = np.unique(values, return_inverse=True)
    return int(each[np.bincount(which, weights).argmax()])


def _least(minutes: NDArray[np.float64]) -> float | None:
    """Return the least of some minutes, of which NaN are left out; `None`: there is none."""
    return None if np.isnan(minutes).all() else float(np.nanmin(minutes))


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _carless(found: pd.DataFrame, households: pd.DataFrame | None) -> tuple[float | None, float | None]:
    """Return the households without a car, and those with a round trip; `None` where they are not known."""
    if households is None:
        return None, None
    code = pd.Index(found["commune_code"])
    row = households.index.get_indexer(code)
    found, row = found[row >= 0], row[row >= 0]
    weight = point_weights(found["population"].to_numpy(np.float64, na_value=np.nan), row, len(households))
    total = np.bincount(row, weights=weight, minlength=len(households))
    known = np.bincount(row, weights=weight * found["way_known"], minlength=len(households))
    served = np.bincount(row, weights=weight * found["time_out_min"].notna(), minlength=len(households))
    carless = (households["households"] * households["share_carless"]).fillna(0.0).to_numpy(np.float64)
    known, served = (np.divide(each, total, out=np.zeros(len(total)), where=total > 0) for each in (known, served))
    return float((carless * known).sum()), float((carless * served).sum())


#: Of a place without any stop near.
NO_STOPS: Final = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))


def walks_of_pairs(trips: RoundTrips, points: Points, places: Points) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the seconds on foot from points to places and back, by point and place; those too far are absent."""
    walks = zip(*(each.tolist() for each in trips.walks_all_the_way(points, places)), strict=True)
    return {(point, place): (there_s, back_s) for point, place, there_s, back_s in walks}


def stops_of_points(trips: RoundTrips, points: Points) -> dict[int, NearStops]:
    """Return the stops near each point (degrees); points without any are absent."""
    point, *near = trips.walks_to_stops(points)
    order = np.argsort(point, kind="stable")
    which, first = np.unique(point[order], return_index=True)
    stops, to_stops_s, from_stops_s = (np.split(each[order], first[1:]) for each in near)
    return dict(zip(which.tolist(), zip(stops, to_stops_s, from_stops_s, strict=True), strict=False))


def _points_of_sites(
    trips: RoundTrips,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> dict[int, list[int]]:
    """Return the points of which each site is one of the `SITES_OF_A_POINT` nearest; none without any site."""
    if not len(places[0]):
        return {}
    metres = to_metres(trips.territory.network.crs)
    tree = cKDTree(np.column_stack(metres.transform(*places)))
    k = min(SITES_OF_A_POINT, len(places[0]))
    nearest = tree.query(np.column_stack(metres.transform(*points)), k=np.arange(1, k + 1))[1]
    of_site: dict[int, list[int]] = defaultdict(list)
    for point, sites in enumerate(nearest.tolist()):
        for site in sites:
            of_site[site].append(point)
    return of_site
