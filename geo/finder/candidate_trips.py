"""Whose round trip without a car a new site would make possible: residents and places where one could open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from geo.crs import to_metres
from geo.errors import ParameterError
from geo.finder.opening_times import holiday_on
from geo.finder.residents_trips import NO_STOPS, SITES_OF_A_POINT, stops_of_points, walks_of_pairs
from geo.french import date_text
from geo.transit.journeys import journeys
from geo.transit.round_trip import round_trip

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.finder.without_car import Points, RoundTrips

#: When a new site is taken to be open on a working day, minutes after midnight: nobody knows its hours yet.
NEW_SITE_HOURS: Final = ((9 * 60, 12 * 60), (14 * 60, 17 * 60))
_SATURDAY: Final = 5


def require_working_day(trips: RoundTrips, day: dt.date) -> None:
    """Raise `ParameterError` where the timetables say nothing of a day, or a new site might not be open on it."""
    trips.require_covered(day)
    if day.weekday() >= _SATURDAY or holiday_on(day, trips.territory.departement):
        msg = (
            f"Le {date_text(day)} n'est pas un jour ouvré : on ne sait pas si un "
            f"nouveau site serait ouvert. Choisissez un jour du lundi au vendredi, qui ne soit pas férié."
        )
        raise ParameterError(msg)


def candidate_round_trips(
    trips: RoundTrips,
    day: dt.date,
    places: Points,
    *,
    tell: Callable[[float, str], None] = lambda _share, _sentence: None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return who would have a round trip to each place on a day, were it open at `NEW_SITE_HOURS`.

    As for the sites of today, a place counts for the points of residents of which it would be one of the
    `geo.finder.residents_trips.SITES_OF_A_POINT` nearest as a straight line.

    Parameters
    ----------
    trips
        Of the territory.
    day
        A working day.
    places
        Degrees (EPSG:4326), shape (n_places,) each.
    tell
        Told the share done (0 to 1) and a French sentence.
    stopped
        Asked between two places whether to stop.

    Returns
    -------
    Rows of `Territory.demand` and of the places, int64, shape (n_pairs,), by row of demand, then place.

    Raises
    ------
    ParameterError
        The timetables say nothing of the day, it is no working day, or the search was stopped.
    """
    require_working_day(trips, day)
    territory = trips.territory
    demand, sites = territory.demand, trips.sites()
    points = demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy()
    to_stops, from_places = stops_of_points(trips, points), stops_of_points(trips, places)
    on_foot = walks_of_pairs(trips, points, places)
    metres = to_metres(territory.network.crs)
    here, there = (np.column_stack(metres.transform(*each)) for each in (points, places))
    k = min(SITES_OF_A_POINT, len(sites))
    today = cKDTree(np.column_stack(metres.transform(sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy())))
    farthest = today.query(here, k=[k])[0][:, 0] if len(sites) >= SITES_OF_A_POINT else np.full(len(here), np.inf)
    open_s = trips.open_s(day, NEW_SITE_HOURS, territory.departement)
    found: list[tuple[int, int]] = []
    for place in range(len(there)):
        if stopped():
            msg = "Calcul arrêté : les aller-retours vers les lieux candidats n'ont pas tous été cherchés."
            raise ParameterError(msg)
        tell(place / len(there), f"Aller-retours sans voiture : lieu {place + 1} sur {len(there)}…")
        near = np.flatnonzero(np.hypot(*(here - there[place]).T) <= farthest).tolist()
        starts = [point for point in near if point in to_stops or (point, place) in on_foot]
        if not starts:
            continue
        out, back = trips.profiles(day, from_places.get(place, NO_STOPS))
        for point in starts:
            stops, to_stops_s, from_stops_s = to_stops.get(point, NO_STOPS)
            ways = journeys(out, stops, to_stops_s), journeys(back, stops, from_stops_s)
            if round_trip(*ways, open_s, trips.rules, on_foot.get((point, place))) is not None:
                found.append((point, place))
    pairs = np.array(sorted(found), np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
