"""Whose round trip without a car a new site would make possible: residents and places where one could open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import ParameterError
from geo.finder.near_stops import StopsNear, walks_of_pairs
from geo.finder.opening_times import holiday_on
from geo.french import date_text
from geo.transit.journeys import journeys
from geo.transit.round_trip import round_trip

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.finder.without_car import RoundTrips
    from geo.network.snapping import Points

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
    demand = territory.demand
    points = demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy()
    of_points, of_places = StopsNear.around(trips, points), StopsNear.around(trips, places)
    on_foot = walks_of_pairs(trips, points, places)
    walkers: list[list[int]] = [[] for _ in range(len(places[0]))]
    for point, place in on_foot:
        walkers[place].append(point)
    way_s = trips.rules.way_min * 60
    open_s = trips.open_s(day, NEW_SITE_HOURS, territory.departement)
    found: list[tuple[int, int]] = []
    for place, walking in enumerate(walkers):
        if stopped():
            msg = "Calcul arrêté : les aller-retours vers les lieux candidats n'ont pas tous été cherchés."
            raise ParameterError(msg)
        tell(place / len(walkers), f"Aller-retours sans voiture : lieu {place + 1} sur {len(walkers)}…")
        near = of_places.of(place)
        if not (len(near[0]) or walking):
            continue
        out, back = trips.profiles(day, near)
        possible = (of_points.shortest_s(out) <= way_s) & (of_points.shortest_s(back) <= way_s)
        possible[walking] = True
        for point in np.flatnonzero(possible).tolist():
            stops, to_stops_s, from_stops_s = of_points.of(point)
            ways = journeys(out, stops, to_stops_s), journeys(back, stops, from_stops_s)
            if round_trip(*ways, open_s, trips.rules, on_foot.get((point, place))) is not None:
                found.append((point, place))
    pairs = np.array(sorted(found), np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
