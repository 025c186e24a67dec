"""Stops of a bus beside the labels of a plan: where a half-day a week or a month would bring a stop within reach.

A stop is no site, and takes no label's place: stops are chosen after the labels, for the residents who are still beyond
the threshold of every site and of every stop that is known. They may be in any commune, small ones too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from geo.access.bus_rounds import stops_within_reach
from geo.errors import ParameterError
from geo.question import AT_THRESHOLD_MIN
from geo.siting.benefits import coverage_benefits
from geo.siting.greedy import ranked
from geo.siting.preference import prefer_larger
from geo.siting.solve import Control, solve

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from geo.siting.costs import Costs
    from geo.siting.problem import SitingProblem
    from geo.territory import Territory

#: How often a bus comes to a stop.
Every = Literal["week", "month"]
#: How often -> passes a year.
PASSES_A_YEAR: Final[Mapping[Every, int]] = {"week": 52, "month": 12}
#: Hours of one pass: half a day.
HALF_DAY_HOURS: Final = 3.0
_MONTHS: Final = 12
#: Most stops that one plan proposes.
MOST_STOPS: Final = 200


@dataclass(frozen=True, slots=True)
class StopsAsked:
    """How many stops to propose, and how often the bus would come to each.

    By default as many as one bus has half-days in a week that are its own: five. Raises `ParameterError` for a number
    out of 0 to `MOST_STOPS`, or another frequency.

    Examples
    --------
    >>> StopsAsked(5, "month").hours_a_month
    3.0
    """

    count: int = 5
    every: Every = "week"

    def __post_init__(self) -> None:
        """Raise `ParameterError` for what makes no sense."""
        if self.every not in get_args(Every):
            msg = (
                f"Fréquence « {str(self.every)[:40]} » inconnue pour un arrêt de bus : week (une demi-journée par "
                f"semaine) ou month (une par mois) est attendu."
            )
            raise ParameterError(msg)
        if not 0 <= self.count <= MOST_STOPS:
            msg = f"{self.count} arrêts de bus demandés : un nombre de 0 à {MOST_STOPS} est attendu."
            raise ParameterError(msg)

    @property
    def hours_a_month(self) -> float:
        """Hours that the bus stands at one stop in a month, on average over a year."""
        return HALF_DAY_HOURS * PASSES_A_YEAR[self.every] / _MONTHS

    def cost_eur(self, costs: Costs) -> float | None:
        """Euros a year of one stop; `None` where the cost of a pass is not given."""
        return None if costs.pass_eur is None else costs.pass_eur * PASSES_A_YEAR[self.every]


@dataclass(frozen=True, eq=False, slots=True)
class ProposedStops:
    """Stops proposed beside the labels of a plan.

    Attributes
    ----------
    asked
        How many, and how often.
    stops
        One row a stop, the one that brings most first: `rank` (1..n); `code`, `name`, `lon`, `lat`, `commune_code`,
        `commune_name` as in `geo.siting.candidates.CANDIDATE_COLUMNS`; `commune_residents` (float64);
        `residents_with_stop` (float64): residents for whom a stop within the threshold becomes true, after the stops
        ranked before it.
    residents_beyond
        Residents known who are beyond the threshold of every site, labels too.
    residents_known_stop
        Of these, residents who have a stop of the known rounds within it.
    proven
        Whether no other choice brings a stop to more of the rest, ties and larger towns (`prefer_larger`) apart.
    """

    asked: StopsAsked
    stops: pd.DataFrame
    residents_beyond: float
    residents_known_stop: float
    proven: bool

    @property
    def residents_with_stop(self) -> float:
        """Residents for whom a stop within the threshold becomes true with all of the stops."""
        return float(self.stops["residents_with_stop"].sum())

    @property
    def hours_a_month(self) -> float:
        """Hours a month of all of the stops together."""
        return self.asked.hours_a_month * len(self.stops)

    def cost_eur(self, costs: Costs) -> float | None:
        """Euros a year of all of the stops; `None` where the cost of a pass is not given."""
        one = self.asked.cost_eur(costs)
        return None if one is None else one * len(self.stops)


def proposed_stops(
    parts: Sequence[Territory],
    problem: SitingProblem,
    labels: Collection[str],
    minutes: NDArray[np.float64],
    threshold_min: float,
    *,
    asked: StopsAsked,
    control: Control,
) -> ProposedStops:
    """Choose stops for the residents whom neither the sites nor the labels of a plan bring within the threshold.

    Parameters
    ----------
    parts
        Territories that the problem was made of, in its order.
    problem
        With every place that a stop could be at; the choice is for its residents, whatever they weigh.
    labels
        Codes of the labels: they are no stops.
    minutes
        Minutes of each demand point to its nearest site or label, inf where there is no way, shape (n_demand,).
    """
    limit = threshold_min + AT_THRESHOLD_MIN
    beyond = problem.demand["on_network"].to_numpy(bool) & (minutes > limit)
    known = np.concatenate([_has_stop(part, threshold_min) for part in parts])
    waiting = np.where(beyond & ~known, problem.residents, 0.0)
    free = ~problem.candidates["code"].isin(list(labels)).to_numpy(bool)
    left = replace(problem, demand=problem.demand.assign(weight=waiting)).only(free)
    quiet = Control(control.left_s(), control.cancel)
    found = solve(left, "coverage", asked.count, threshold_min=threshold_min, control=quiet)
    benefits = coverage_benefits(left, threshold_min)
    selected = prefer_larger(benefits, found.selected, left.commune_residents)[0]
    order, added = ranked(benefits, selected)
    stops = left.candidates.iloc[order][["code", "name", "lon", "lat", "commune_code", "commune_name"]]
    stops = stops.reset_index(drop=True)
    stops.insert(0, "rank", np.arange(1, len(order) + 1))
    return ProposedStops(
        asked=asked,
        stops=stops.assign(commune_residents=left.commune_residents[order], residents_with_stop=added),
        residents_beyond=float(problem.residents[beyond].sum()),
        residents_known_stop=float(problem.residents[beyond & known].sum()),
        proven=found.gap == 0,
    )


def _has_stop(part: Territory, threshold_min: float) -> NDArray[np.bool_]:
    """Return who has a stop of the known rounds within the threshold, bool, shape (n_demand,)."""
    if part.rounds is None or part.rounds.empty:
        return np.zeros(len(part.demand), bool)
    return np.asarray(np.diff(stops_within_reach(part, part.rounds, threshold_min).indptr) > 0, bool)
