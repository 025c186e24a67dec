"""Stops of a bus beside the labels of a plan: where a half-day a week or a month would bring a stop within reach.

A stop is no site, and takes no label's place: stops are chosen after the labels, for the residents who are still beyond
the threshold of every site and of every stop that is known. Each has to be worth the bus's while: in a commune of some
size, and for as many residents for whom it makes a stop within the threshold true (the floor, `StopsAsked.floor`). The
bus goes to those whom it is for: of the communes that do nearly as well, the one where most of them live is taken. As
labels are, stops are chosen for the whole band of times where times are estimated, and asked for again under each
hypothesis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import pandas as pd

from geo.access.bus_rounds import minutes_to_stop
from geo.errors import ParameterError
from geo.french import format_number
from geo.question import AT_THRESHOLD_MIN
from geo.siting.benefits import coverage_benefits, mean_benefits
from geo.siting.candidates import LEAST_RESIDENTS_REMOTE
from geo.siting.greedy import ranked
from geo.siting.preference import MOST_GIVEN_UP as GIVEN_UP_BY_LABELS
from geo.siting.preference import prefer_larger
from geo.siting.solve import Control, solve

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from geo.siting.costs import Costs, Payer
    from geo.siting.problem import SitingProblem
    from geo.siting.variants import Variant
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
#: How often -> the floor: residents of the commune of a stop, and residents for whom it makes a stop within the
#: threshold true, at least. A convention: half a day a week for as many residents as the smallest remote town that may
#: get a label (`geo.siting.candidates`), half a day a month for a third of that.
LEAST_RESIDENTS: Final[Mapping[Every, int]] = {"week": LEAST_RESIDENTS_REMOTE, "month": LEAST_RESIDENTS_REMOTE // 3}
#: Share of what a stop brings that may be given up to stand where those whom it is for live, where there is a floor.
MOST_GIVEN_UP: Final = 0.1
#: Trips above which the choice under a hypothesis on times is not proven, as for labels.
_PROVEN_PAIRS: Final = 50_000


@dataclass(frozen=True, slots=True)
class StopsAsked:
    """How many stops to propose, how often the bus would come to each, and the floor.

    By default as many as one bus has half-days in a week that are its own: five. `least_residents`: residents that the
    commune of a stop has at least, and for whom each stop, after those ranked before it, makes a stop within the
    threshold true; `None`: `LEAST_RESIDENTS`; 0: any commune, for one resident at least. Raises `ParameterError` for a
    number of stops out of 0 to `MOST_STOPS`, a negative floor, or another frequency.

    Examples
    --------
    >>> StopsAsked(5, "month").hours_a_month, StopsAsked(5, "month").floor
    (3.0, 100)
    """

    count: int = 5
    every: Every = "week"
    least_residents: int | None = None

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
        if self.least_residents is not None and self.least_residents < 0:
            msg = (
                f"Au moins {format_number(self.least_residents)} habitants par arrêt de bus : un nombre positif est "
                f"attendu, ou 0 pour lever cette règle."
            )
            raise ParameterError(msg)

    @property
    def floor(self) -> int:
        """Residents of the commune of each stop, and whom it has to bring a stop, at least; 0: no such rule."""
        return LEAST_RESIDENTS[self.every] if self.least_residents is None else self.least_residents

    @property
    def hours_a_month(self) -> float:
        """Hours that the bus stands at one stop in a month, on average over a year."""
        return HALF_DAY_HOURS * PASSES_A_YEAR[self.every] / _MONTHS

    def cost_eur(self, costs: Costs) -> float | None:
        """Euros a year of one stop; `None` where the cost of a pass is not given."""
        return None if costs.pass_eur is None else costs.pass_eur * PASSES_A_YEAR[self.every]

    def paid_for(self, left_eur: float, payer: Payer, costs: Costs) -> int | None:
        """Return how many stops, of those asked, the rest of a yearly budget pays for.

        `None`: the budget says nothing of stops. The cost of a pass is not given, or the budget is the State's aid,
        and none is known for a stop: its bearer pays it whole.

        Examples
        --------
        >>> from geo.siting.costs import Costs
        >>> StopsAsked(5).paid_for(50_000, "all", Costs(pass_eur=350.0)), StopsAsked(5).paid_for(50_000, "all", Costs())
        (2, None)
        """
        price = self.cost_eur(costs)
        if price is None or payer == "state":
            return None
        return self.count if price <= 0 else min(self.count, int((left_eur + 0.005) // price))


@dataclass(frozen=True, eq=False, slots=True)
class ProposedStops:
    """Stops proposed beside the labels of a plan.

    Attributes
    ----------
    asked
        How many, how often, and the floor.
    stops
        One row a stop, the one that brings most first: `rank` (1..n); `code`, `name`, `lon`, `lat`, `commune_code`,
        `commune_name` as in `geo.siting.candidates.CANDIDATE_COLUMNS`; `commune_residents` (float64, NaN where
        unknown); `residents_with_stop` (float64): residents for whom a stop within the threshold becomes true, after
        the stops ranked before it; `mean_residents_with_stop`: the same on average over the hypotheses on times, where
        the plan is; `retained` of `variants` (int64): hypotheses under which the same question, the labels staying,
        chooses it.
    residents_beyond
        Residents known who are beyond the threshold of every site, labels too.
    residents_known_stop
        Of these, residents who have a stop of the known rounds within it.
    unruled_stops, unruled_residents
        How many stops would be chosen without the floor, and for how many residents.
    paid
        How many stops, of those asked, the budget pays for after the labels; `None`: it says nothing of them.
    proven
        Whether no other choice of as many stops brings one to more of the rest (on average where the plan is), what
        is given up to stand where they live apart.
    """

    asked: StopsAsked
    stops: pd.DataFrame
    residents_beyond: float
    residents_known_stop: float
    unruled_stops: int
    unruled_residents: float
    paid: int | None
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
    variants: Sequence[Variant],
    labels: Collection[str],
    threshold_min: float,
    *,
    asked: StopsAsked,
    paid: int | None,
    on_average: bool,
    control: Control,
) -> ProposedStops:
    """Choose stops for the residents whom neither the sites nor the labels of a plan bring within the threshold.

    The largest number of stops, up to those asked and paid, for which the best choice of as many gives each the floor:
    for the times shown, and on average over the variants where the plan was chosen so. "Best": most residents for whom
    a stop within the threshold becomes true; then each gives up at most `MOST_GIVEN_UP` of that for the place where
    most of those whom it is for live, of equal ones the largest.

    Parameters
    ----------
    parts
        Territories that the problem was made of, in its order.
    variants
        The problem under each hypothesis on times, with every place that a stop could be at; the choice is for its
        residents, whatever they weigh.
    labels
        Codes of the labels: they are no stops.
    paid
        `ProposedStops.paid`.
    on_average
        Whether stops are chosen on average over the variants.
    """
    limit = threshold_min + AT_THRESHOLD_MIN
    to_stop = np.concatenate([minutes_to_stop(part) for part in parts])
    central = next(number for number, each in enumerate(variants) if each.is_central)
    candidates = variants[central].problem.candidates["code"]
    is_label = candidates.isin(list(labels)).to_numpy(bool)
    on_network = variants[central].problem.demand["on_network"].to_numpy(bool)
    left: list[SitingProblem] = []
    beyond = known = np.zeros(0, bool)
    for number, each in enumerate(variants):
        problem = each.problem
        far = on_network & (problem.times_with(np.flatnonzero(is_label))[0] > limit)
        near_stop = to_stop * each.scale <= limit
        if number == central:
            beyond, known = far, far & near_stop
        weight = np.where(far & ~near_stop, problem.residents, 0.0)
        left.append(replace(problem, demand=problem.demand.assign(weight=weight)).only(~is_label))
    count = asked.count if paid is None else min(asked.count, paid)
    quiet = Control(control.left_s(), control.cancel)
    averaged = left if on_average else [left[central]]
    shown = coverage_benefits(left[central], threshold_min)
    order, proven = _best_stops(averaged, left[central], count, threshold_min, asked.floor, quiet)
    retained = np.zeros(len(order), np.int64)
    for number, problem in enumerate(left):
        if not on_average and number == central:
            retained += 1
            continue
        exact = len(problem.pair_min) <= _PROVEN_PAIRS
        again, _ = _best_stops([problem], problem, count, threshold_min, asked.floor, quiet, exact=exact)
        retained += np.isin(order, again)
    unruled, _ = (
        _best_stops(averaged, left[central], count, threshold_min, 0, quiet) if asked.floor else (order, proven)
    )
    mean = mean_benefits([coverage_benefits(each, threshold_min) for each in averaged])
    stops = left[central].candidates.iloc[order][["code", "name", "lon", "lat", "commune_code", "commune_name"]]
    stops = stops.reset_index(drop=True)
    stops.insert(0, "rank", np.arange(1, len(order) + 1))
    residents = variants[central].problem.residents
    return ProposedStops(
        asked=asked,
        stops=stops.assign(
            commune_residents=left[central].commune_residents_told(order),
            residents_with_stop=shown.in_turn(order),
            mean_residents_with_stop=mean.in_turn(order),
            retained=retained,
            variants=len(left),
        ),
        residents_beyond=float(residents[beyond].sum()),
        residents_known_stop=float(residents[known].sum()),
        unruled_stops=len(unruled),
        unruled_residents=shown.total(unruled),
        paid=paid,
        proven=proven,
    )


def _best_stops(
    problems: Sequence[SitingProblem],
    shown: SitingProblem,
    count: int,
    threshold_min: float,
    floor: float,
    control: Control,
    *,
    exact: bool = True,
) -> tuple[NDArray[np.int64], bool]:
    """Return the stops chosen, those that add most first, and whether that is proven.

    `problems`: Those that the choice is for, on average; `shown`: the one whose residents have to reach the floor too.
    """
    each = [coverage_benefits(problem, threshold_min) for problem in problems]
    mean, today = mean_benefits(each), coverage_benefits(shown, threshold_min)
    nobody = np.zeros(mean.n_demand)
    # Alone a stop adds most: the others can have no part in any choice.
    useful = np.minimum(mean.added_to(nobody), today.added_to(nobody)) >= max(floor, 1)
    useful &= shown.commune_residents >= floor
    where = np.flatnonzero(useful)
    kept = [problem.only(useful) for problem in problems]
    mean = mean_benefits([coverage_benefits(problem, threshold_min) for problem in kept])
    shown = shown.only(useful)
    today = coverage_benefits(shown, threshold_min)
    at_home = _living_there(shown, threshold_min)
    count = min(count, len(where))
    while count:
        found = solve(
            kept[0], "coverage", count, threshold_min=threshold_min, exact=exact, control=control, variants=kept
        )
        given_up = MOST_GIVEN_UP if floor else GIVEN_UP_BY_LABELS
        selected = prefer_larger(mean, found.selected, at_home, given_up)[0]
        order, added = ranked(mean, selected)
        if not len(order) or min(added.min(), today.in_turn(order).min()) >= max(floor, 1):
            return where[order], found.gap == 0
        count = len(order) - 1
    return where[:0], True


def _living_there(problem: SitingProblem, threshold_min: float) -> NDArray[np.float64]:
    """Return how much each candidate is preferred where it brings the same: shape (n_candidates,).

    Residents of its commune who are beyond the threshold, for the times of the problem; of as many, all its residents.
    """
    beyond = np.where(problem.today_min > threshold_min + AT_THRESHOLD_MIN, problem.weight, 0.0)
    left = pd.Series(beyond).groupby(problem.demand["commune_code"].to_numpy()).sum()
    here = problem.candidates["commune_code"].map(left).fillna(0.0).to_numpy(np.float64)
    most = max(float(problem.commune_residents.max(initial=0.0)), 1.0)
    preferred: NDArray[np.float64] = here + problem.commune_residents / (2 * most)
    return preferred
