"""What the rounds of the buses add to the sites: who has a stop within reach, for how many hours, at which half-hours.

A stop is no site: a bus that comes for three hours a month is not there the rest of the time. So what it adds is never
in the coverage of the sites; it stands beside it, with its hours.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

from geo.access.known_part import KnownPart
from geo.access.residents import residents_by_point
from geo.network.snapping import snap
from geo.network.travel_times import nearest_by_road, pairs_within
from geo.question import AT_THRESHOLD_MIN
from geo.sources.round_hours import in_weeks
from geo.sources.rounds import stop_passes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from geo.access.known_part import KnownPart
    from geo.territory import Territory

#: A year of whole weeks, over which passes of some weeks are averaged.
_WEEKS: Final = 52
_DAYS: Final = 7
_DAY_MINUTES: Final = 24 * 60
_FIRST_DAY: Final = dt.date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class RoundsSummary:
    """What the rounds add within a threshold.

    Attributes
    ----------
    threshold_min
        Minutes by car.
    part
        Whose way is known: what shares are of.
    buses, stops
        Buses whose rounds are known, and their stops, in the study area and around.
    hours_a_month
        Hours that the buses stop, a month on average, all stops together.
    residents_within
        Residents with a site or a stop within the threshold.
    residents_added
        Of those, residents with a stop and no site.
    hours_added
        Hours a month that a bus stops within the threshold of these, on average over them; `None` where there is none.
    """

    threshold_min: float
    part: KnownPart
    buses: int
    stops: int
    hours_a_month: float
    residents_within: float
    residents_added: float
    hours_added: float | None

    @property
    def share_covered(self) -> float | None:
        """Residents with a site or a stop within the threshold as a share of the residents known."""
        return self.part.share(self.residents_within)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        plain = {key: value for key, value in asdict(self).items() if key not in {"part", "threshold_min"}}
        return plain | {"share_covered": self.share_covered}


def rounds_summary(territory: Territory, times: pd.DataFrame, part: KnownPart, threshold_min: float) -> RoundsSummary:
    """Measure what the rounds of the buses add to the sites within a threshold; without rounds, nothing.

    `times`: What `Territory.travel_times` gives to the sites. `part`: Whose way is known.
    """
    residents = residents_by_point(territory.communes, times)
    minutes = times["travel_time_min"].to_numpy(np.float64, na_value=np.inf)
    near_site = minutes <= threshold_min + AT_THRESHOLD_MIN
    covered = float(residents[near_site].sum())
    rounds = territory.rounds
    if rounds is None or rounds.empty:
        return RoundsSummary(float(threshold_min), part, 0, 0, 0.0, covered, 0.0, None)
    reach = stops_within_reach(territory, rounds, threshold_min)
    hours = np.array([sum(each.hours_a_month for each in passes) for passes in stop_passes(rounds).values()])
    added = ~near_site & (np.diff(reach.indptr) > 0)
    weight = residents[added]
    total = float(weight.sum())
    hours_added = float((weight * (reach @ hours)[added]).sum() / total) if total > 0 else None
    return RoundsSummary(float(threshold_min), part, *rounds_totals(rounds), covered + total, total, hours_added)


def rounds_totals(rounds: pd.DataFrame) -> tuple[int, int, float]:
    """Return the buses and the stops of a table of rounds, and their hours a month, all stops together."""
    passes = stop_passes(rounds)
    hours = sum(each.hours_a_month for of_stop in passes.values() for each in of_stop)
    return max(rounds["facility_id"].nunique(), min(len(passes), 1)), len(passes), float(hours)


def added_up(parts: Sequence[RoundsSummary], part: KnownPart) -> RoundsSummary:
    """Return the summaries of the parts of a country as one; `part`: whose way is known in all of it."""
    added = sum(each.residents_added for each in parts)
    hours = sum((each.hours_added or 0.0) * each.residents_added for each in parts)
    return RoundsSummary(
        parts[0].threshold_min,
        part,
        sum(each.buses for each in parts),
        sum(each.stops for each in parts),
        sum(each.hours_a_month for each in parts),
        sum(each.residents_within for each in parts),
        added,
        hours / added if added > 0 else None,
    )


def shares_with_rounds(
    territory: Territory,
    threshold_min: float,
    *,
    served: NDArray[np.bool_],
    residents: NDArray[np.float64],
    residents_known: float,
) -> NDArray[np.float64] | None:
    """Return, for each half-hour of a week, the share of residents with an open site or a bus at its stop within reach.

    A half-hour is an average over the weeks of a year: a bus that comes one Tuesday in four counts a quarter there.

    `served`: Whether each demand point has an open site, bool (n_demand, half-hours of a week). `residents`: Of each
    demand point, float64. `residents_known`: What shares are of.

    Returns
    -------
    float64, shape (half-hours of a week,), 0 to 1, NaN where nobody is known; `None` where no round is known.
    """
    rounds = territory.rounds
    if rounds is None or rounds.empty:
        return None
    reach = stops_within_reach(territory, rounds, threshold_min)
    there = _presence(rounds, served.shape[1])
    total = residents @ served
    for slot in np.flatnonzero(there.any(axis=(0, 2))):
        waiting = np.where(served[:, slot], 0.0, residents)
        with_bus = (reach @ there[:, slot, :].astype(np.int32)) > 0
        total[slot] += float((waiting @ with_bus).mean())
    shares: NDArray[np.float64] = np.minimum(total / (residents_known or np.nan), 1.0)
    return shares


def stops_within_reach(territory: Territory, rounds: gpd.GeoDataFrame, threshold_min: float) -> sparse.csr_array:
    """Return who is within the threshold of each stop: int32 CSR (n_demand, n_stops), stops in their order."""
    first = rounds.drop_duplicates("stop_id")
    network = territory.network
    points = snap(network, first.geometry.x, first.geometry.y)
    limit = (threshold_min + AT_THRESHOLD_MIN) * 60
    origin, stop, _ = pairs_within(network, territory.demand_on_network, points, limit)
    shape = (len(territory.demand), len(first))
    return sparse.csr_array((np.ones(len(origin), np.int32), (origin, stop)), shape=shape)


def minutes_to_stop(territory: Territory) -> NDArray[np.float64]:
    """Return the minutes from each demand point to the nearest known stop of a bus: shape (n_demand,), inf: none."""
    rounds, network = territory.rounds, territory.network
    if rounds is None or rounds.empty:
        return np.full(len(territory.demand), np.inf)
    stops = rounds.drop_duplicates("stop_id").geometry
    return nearest_by_road(network, territory.demand_on_network, snap(network, stops.x, stops.y)).travel_time_s / 60


def _presence(rounds: pd.DataFrame, slots: int) -> NDArray[np.bool_]:
    """Return when a bus is at each stop: bool (n_stops, slots of a week, weeks), at the first minute of a slot."""
    passes = stop_passes(rounds)
    slots_a_day = slots // _DAYS
    minutes = _DAY_MINUTES // slots_a_day
    there = np.zeros((len(passes), slots, _WEEKS), bool)
    for stop, each in enumerate(passes.values()):
        for one in each:
            first = one.weekday * slots_a_day - -one.start_min // minutes
            last = one.weekday * slots_a_day - -one.end_min // minutes
            days = (_FIRST_DAY + dt.timedelta(weeks=week, days=one.weekday) for week in range(_WEEKS))
            there[stop, first:last, [in_weeks(one.weeks, day) for day in days]] = True
    return there
