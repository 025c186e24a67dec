"""Who can go to a site and back the same day without a car: residents of a territory, on one day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.crs import to_metres
from geo.finder.without_car import FIXED_KINDS, hours_on
from geo.kinds import SITES
from geo.transit.journeys import journeys
from geo.transit.round_trip import round_trip

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from geo.finder.without_car import Near, RoundTrips

#: How many sites are tried from each point of residents, the nearest as a straight line.
SITES_OF_A_POINT: Final = 10


@dataclass(frozen=True, slots=True)
class RoundTripShare:
    """How many residents have a round trip on a day.

    `residents`: those of the study area whose number is known; `residents_served`: those of them with a round trip.
    `communes`, `communes_served`: communes, and those where some resident has one. `median_time_out_min`: minutes away
    from home of the median resident with a round trip, `None` where there is none.
    """

    day: dt.date
    residents: float
    residents_served: float
    communes: int
    communes_served: int
    median_time_out_min: float | None

    @property
    def share(self) -> float | None:
        """Share of residents with a round trip, 0 to 1, `None` where no resident is known."""
        return self.residents_served / self.residents if self.residents > 0 else None


def residents_round_trips(trips: RoundTrips, day: dt.date) -> pd.DataFrame:
    """Return the round trip of each point of residents to the site that takes the least time out, on one day.

    Parameters
    ----------
    trips
        Of the territory.
    day
        Day in its civil time.

    Returns
    -------
    Indexed like `Territory.demand`: `commune_code`; `population`; `time_out_min` (Float64, <NA> where there is no round
    trip to any of the `SITES_OF_A_POINT` nearest sites); `facility_id` (<NA> likewise).

    Raises
    ------
    ParameterError
        The timetables say nothing of the day, or the territory has no site.
    """
    trips.require_covered(day)
    territory = trips.territory
    demand = territory.demand
    sites = territory.facility_list(SITES, kinds=FIXED_KINDS)
    points = demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy()
    places = sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy()
    to_stops, from_sites = _by_point(trips.walks_to_stops(points)), _by_point(trips.walks_to_stops(places))
    on_foot: dict[tuple[int, int], int] = {
        (int(point), int(site)): int(seconds)
        for point, site, seconds in zip(*trips.walks_to(points, places), strict=True)
    }
    best = np.full(len(demand), np.inf)
    chosen = np.full(len(demand), -1)
    rows = sites.to_dict("records")
    for site, near in _points_of_sites(trips, points, places).items():
        hours = hours_on(rows[site], day)
        starts = [point for point in near if point in to_stops or (point, site) in on_foot]
        if not hours or not starts:
            continue
        there, back = trips.profiles(day, *from_sites.get(site, _NOTHING))
        open_s = trips.open_s(day, hours, rows[site]["departement"])
        for point in starts:
            stops = to_stops.get(point, _NOTHING)
            found = round_trip(
                journeys(there, *stops), journeys(back, *stops), open_s, trips.rules, on_foot.get((point, site))
            )
            if found is not None and found.time_out_min < best[point]:
                best[point], chosen[point] = found.time_out_min, site
    return pd.DataFrame(
        {
            "commune_code": demand["commune_code"],
            "population": demand["population"],
            "time_out_min": pd.array(np.where(np.isfinite(best), best, np.nan), dtype="Float64"),
            "facility_id": sites["facility_id"].reindex(chosen).set_axis(demand.index),
        },
        index=demand.index,
    )


def round_trip_share(found: pd.DataFrame, day: dt.date) -> RoundTripShare:
    """Add up what `residents_round_trips` found.

    Examples
    --------
    >>> import datetime as dt
    >>> table = pd.DataFrame(
    ...     {"commune_code": ["a", "b"], "population": [300.0, 100.0], "time_out_min": pd.array([90, None], "Float64")}
    ... )
    >>> round_trip_share(table, dt.date(2025, 2, 4)).share
    0.75
    """
    population = found["population"].fillna(0.0).to_numpy(np.float64)
    served = found["time_out_min"].notna().to_numpy(bool)
    minutes = found["time_out_min"].to_numpy(np.float64, na_value=np.nan)[served]
    weight = population[served]
    median = None
    if weight.sum() > 0:
        order = np.argsort(minutes, kind="stable")
        median = float(minutes[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)])
    return RoundTripShare(
        day,
        float(population.sum()),
        float(weight.sum()),
        int(found["commune_code"].nunique()),
        int(found.loc[served, "commune_code"].nunique()),
        median,
    )


_NOTHING: Final = (np.zeros(0, np.int64), np.zeros(0, np.int64))


def _by_point(walks: Near) -> dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the stops near each point and the seconds to each; points without any are absent."""
    point, stop, seconds = walks
    order = np.argsort(point, kind="stable")
    points, first = np.unique(point[order], return_index=True)
    parts = zip(np.split(stop[order], first[1:]), np.split(seconds[order], first[1:]), strict=True)
    return dict(zip(points.tolist(), parts, strict=False))


def _points_of_sites(
    trips: RoundTrips,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> dict[int, list[int]]:
    """Return the points of which each site is one of the `SITES_OF_A_POINT` nearest."""
    metres = to_metres(trips.territory.network.crs)
    tree = cKDTree(np.column_stack(metres.transform(*places)))
    k = min(SITES_OF_A_POINT, len(places[0]))
    nearest = tree.query(np.column_stack(metres.transform(*points)), k=np.arange(1, k + 1))[1]
    of_site: dict[int, list[int]] = defaultdict(list)
    for point, sites in enumerate(nearest.tolist()):
        for site in sites:
            of_site[site].append(point)
    return of_site
