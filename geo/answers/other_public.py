"""Whom a plan serves beside those who come by car: without one there and back on a day, on foot, or by bicycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.access.active_access import active_pairs, active_times
from geo.access.residents import residents_by_point
from geo.answers.near import TRANSIT
from geo.errors import ParameterError
from geo.finder.candidate_trips import candidate_round_trips
from geo.finder.residents_trips import residents_round_trips
from geo.kinds import SITES
from geo.network.modes import BIKE, MODES, WALK
from geo.question import AT_THRESHOLD_MIN
from geo.siting.two_publics import covering

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.finder.without_car import RoundTrips
    from geo.network.snapping import Points
    from geo.siting.benefits import Benefits
    from geo.siting.plan import Plan
    from geo.territory import Territory

#: Part of the work that the round trips to the places are, those of today after it.
_PLACES_DONE: Final = 0.6


@dataclass(frozen=True, slots=True)
class PublicWords:
    """What the other public is called: `title` of the comparison; `way`, how they come; `trip`, what is counted of it.

    `residents`, `share`: columns of those who are served.
    """

    title: str
    way: str
    trip: str
    residents: str
    share: str


#: Mode -> words. By public transport a round trip counts, else a way of at most the plan's threshold.
PUBLICS: Final = {
    TRANSIT: PublicWords(
        "Avec et sans voiture",
        "sans voiture",
        "aller-retour sans voiture",
        "residents_round_trip",
        "share_round_trip",
    )
} | {
    mode: PublicWords(
        f"En voiture et {MODES[mode]}", MODES[mode], MODES[mode], f"residents_within_{mode}", f"share_within_{mode}"
    )
    for mode in (WALK, BIKE)
}


def require_public(mode: str) -> PublicWords:
    """Return the words of a mode; raise `ParameterError` for one that no plans are compared for.

    Examples
    --------
    >>> require_public("walk").title
    'En voiture et à pied'
    """
    if mode not in PUBLICS:
        msg = f"À côté de la voiture, mode « {mode[:20]} » refusé : transit, walk ou bike est attendu."
        raise ParameterError(msg)
    return PUBLICS[mode]


@dataclass(frozen=True, eq=False, slots=True)
class OtherPublic:
    """The other public: `residents` of known ways, and who of them is served today, shape (n_demand,) each.

    `brought`: what each place would bring.
    """

    residents: NDArray[np.float64]
    served: NDArray[np.bool_]
    brought: Benefits

    @classmethod
    def of(
        cls,
        residents: NDArray[np.float64],
        served: NDArray[np.bool_],
        pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
        n_places: int,
    ) -> OtherPublic:
        """Return the public of whom `pairs` (rows of demand and of places) tell who would be served from where."""
        return cls(residents, served, covering(*pairs, np.where(served, 0.0, residents), n_places))

    @property
    def today(self) -> float:
        """Residents served today."""
        return float(self.residents[self.served].sum())


def by_round_trips(
    trips: RoundTrips,
    day: dt.date,
    places: Points,
    tell: Callable[[float, str], None],
    stopped: Callable[[], bool],
) -> OtherPublic:
    """Return who can go to a site and come back on a day without a car.

    Raises
    ------
    ParameterError
        As `geo.finder.candidate_trips.candidate_round_trips`.
    """
    pairs = candidate_round_trips(
        trips, day, places, tell=lambda share, said: tell(share * _PLACES_DONE, said), stopped=stopped
    )
    found = residents_round_trips(
        trips, day, tell=lambda share, said: tell(_PLACES_DONE + share * (1 - _PLACES_DONE), said), stopped=stopped
    )
    residents = found["population"].fillna(0.0).where(found["way_known"], 0.0).to_numpy(np.float64)
    return OtherPublic.of(residents, found["time_out_min"].notna().to_numpy(bool), pairs, len(places[0]))


def by_short_ways(territory: Territory, plan: Plan, mode: str, places: Points) -> OtherPublic:
    """Return who is within the threshold of a plan on foot or by bicycle, as `geo.access.active_access` counts them."""
    limit = plan.threshold_min + AT_THRESHOLD_MIN
    times, _ = active_times(territory, mode, territory.facility_list(SITES, kinds=plan.kinds))
    minutes = times["travel_time_min"].to_numpy(np.float64, na_value=np.inf)
    residents = residents_by_point(territory.communes, times) * times["on_network"].to_numpy(bool)
    return OtherPublic.of(residents, minutes <= limit, active_pairs(territory, mode, places, limit), len(places[0]))
