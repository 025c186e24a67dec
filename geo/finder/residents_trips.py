"""Who can go to a site and back the same day without a car: residents of a territory, on one day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.access.known_part import KnownPart
from geo.access.residents import point_weights, residents_by_point, weighted_median
from geo.errors import ParameterError
from geo.finder.near_stops import StopsNear, walks_of_pairs
from geo.finder.without_car import hours_on
from geo.transit.journeys import journeys
from geo.transit.kernels import NEVER
from geo.transit.round_trip import round_trip
from geo.transit.window import PERCENTILES, percentile_minutes, times_from_minutes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.finder.without_car import RoundTrips
    from geo.territory import Territory
    from geo.transit.day import Day
    from geo.transit.window import Window

#: Columns of the time from door to door, one a percentile of the moments of a window.
PERCENTILE_COLUMNS: Final = tuple(f"door_to_door_p{percent}_min" for percent in PERCENTILES)


@dataclass(frozen=True, slots=True)
class RoundTripShare:
    """How many residents have a round trip on a day, of those whose ways on foot are known.

    `residents`: those whose ways are known; `residents_served`: those of them with a round trip; both `None` where no
    number is known; `residents_on_foot`: those of them who may walk all the way to the site of that trip, at any hour.
    `communes`, `communes_served`: communes with some start whose ways are known, and those where some resident has a
    round trip. `median_time_out_min`: minutes away from home of the median resident with a round trip, `None` where
    there is none. `households_carless`, `households_carless_served`: households without a car, and
    those of them with a round trip, where the census of dwellings tells them, else `None`: in a commune they are
    taken to live where its residents do. `sites`, `sites_open`, `sites_hours_unknown`: how many sites count, how many
    of them are open that day, and of how many it is not known; `None`: nobody looked.
    """

    day: dt.date
    residents: float | None
    residents_served: float | None
    communes: int
    communes_served: int
    median_time_out_min: float | None
    households_carless: float | None = None
    households_carless_served: float | None = None
    sites: int | None = None
    sites_open: int | None = None
    sites_hours_unknown: int | None = None
    residents_on_foot: float | None = None

    @property
    def all_closed(self) -> bool:
        """Whether no site is known to be open that day: that nobody has a round trip says nothing of the transport."""
        return self.sites_open == 0

    @property
    def share(self) -> float | None:
        """Share of residents with a round trip, 0 to 1, `None` where no resident is known."""
        return None if not self.residents or self.residents_served is None else self.residents_served / self.residents

    @property
    def share_on_foot(self) -> float | None:
        """Share of the residents with a round trip who may walk all the way, 0 to 1, `None` where nobody has one."""
        if not self.residents_served or self.residents_on_foot is None:
            return None
        return self.residents_on_foot / self.residents_served

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
    there is no round trip to any site, of the territory or around it, that lies on the streets); `way_known` (bool:
    whether the point lies on the streets: of the others nothing is known, nor is a round trip counted); `facility_id`,
    `earliest_arrival` and `last_way_back` (``"08:15"``, civil time, to that site and from it, as of
    `geo.transit.round_trip.RoundTrip`; <NA> likewise, and where one may walk all the way, at any hour). With a window
    also `PERCENTILE_COLUMNS`: minutes to whichever of these sites open that day is reached first, Float64, inf: farther
    than the rules allow, or no way; <NA>: not known.

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
    of_points, of_sites = StopsNear.around(trips, points), StopsNear.around(trips, places)
    on_foot = walks_of_pairs(trips, points, places)
    way_known = np.asarray(territory.demand_on_network.link >= 0) & trips.walk_known(points)
    best = np.full(len(demand), np.inf)
    chosen, earliest, last, wait = (np.full(len(demand), -1) for _ in range(4))
    leave_s = _moments(trips, day, window)
    took = np.full((len(demand), len(leave_s)), NEVER, np.int32)
    walkers: list[list[int]] = [[] for _ in range(len(sites))]
    for point, site in on_foot:
        walkers[site].append(point)
    for site, row in enumerate(sites.to_dict("records")):
        if stopped():
            msg = "Calcul arrêté : les aller-retours sans voiture n'ont pas tous été cherchés."
            raise ParameterError(msg)
        tell(site / len(sites), f"Aller-retours sans voiture : site {site + 1} sur {len(sites)}…")
        hours = hours_on(row, day)
        near = of_sites.of(site)
        if not hours or not (len(near[0]) or walkers[site]):
            continue
        there, back = trips.profiles(day, near)
        open_s = trips.open_s(day, hours, row["departement"])
        # Whom no way of this site can bring a shorter absence, or be there sooner, need not be searched.
        there_s, back_s = of_points.shortest_s(there), of_points.shortest_s(back)
        there_s[walkers[site]] = back_s[walkers[site]] = 0.0
        way_s = trips.rules.way_min * 60
        better = (back_s <= way_s) & (there_s + back_s + trips.rules.visit_min * 60 < best * 60)
        sooner = there_s < took.max(axis=1, initial=-1)
        starts = np.flatnonzero(way_known & (there_s <= way_s) & (better | sooner))
        for point in starts.tolist():
            stops, to_stops_s, from_stops_s = of_points.of(point)
            walk_s = on_foot.get((point, site))
            out = journeys(there, stops, to_stops_s)
            found = round_trip(out, journeys(back, stops, from_stops_s), open_s, trips.rules, walk_s)
            if found is not None and found.time_out_min < best[point]:
                best[point], chosen[point] = found.time_out_min, site
                first, then = found.earliest_arrival_s, found.last_way_back_s
                earliest[point] = -1 if first is None else first
                last[point] = -1 if then is None else then
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
    ...         "earliest_arrival": pd.array(["08:15", None, None], "string"),
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
        residents_on_foot=float(population[walked(found).to_numpy(bool, na_value=False)].sum()) if known else None,
    )


def walked(found: pd.DataFrame) -> pd.Series:
    """Return whether those with a round trip may walk all the way, at any hour: boolean, <NA> where nobody has one.

    `found`: What `residents_round_trips` or `commune_round_trips` returned.

    >>> walked(pd.DataFrame({"time_out_min": [9.0, 6.0, None], "earliest_arrival": ["08:15", None, None]})).tolist()
    [False, True, <NA>]
    """
    return found["earliest_arrival"].isna().astype("boolean").mask(found["time_out_min"].isna())


def part_known(found: pd.DataFrame) -> KnownPart:
    """Return how much of a territory the ways on foot that `residents_round_trips` found are known of."""
    population, known = found["population"].fillna(0.0), found["way_known"]
    codes = found["commune_code"]
    return KnownPart(
        residents=float(population.sum()),
        residents_known=float(population[known].sum()),
        communes=codes.nunique(),
        communes_known=codes[known].nunique(),
        communes_population_unknown=int(found["population"].isna().groupby(codes).all().sum()),
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
