"""Plans for two publics at once: those who come by car, and those who come without one and go back the same day.

Two maximal covering problems share the same labels. A plan that no other one does better than for both is on the
Pareto front. Those on its convex hull are found exactly by weighing one against the other (Aneja & Nair 1979): each is
the best choice for some weights, so none is dominated; plans of the front inside of the hull are not looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.siting.benefits import Benefits
from geo.siting.bounds import upper_bound
from geo.siting.greedy import most_benefit
from geo.siting.models import most_covered
from geo.siting.solve import Control

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Plans that are looked for, at most.
MOST_PLANS: Final = 5
#: What the other public counts for at an end of the front, as a share of the first: it only decides between equals.
_LITTLE: Final = 1e-7
#: Share of a sum under which a difference is rounding.
_SAME: Final = 1e-9


@dataclass(frozen=True, eq=False, slots=True)
class PublicsPlan:
    """One plan: `selected`, positions of candidates, int64, sorted; what it brings to each public, residents.

    `proven`: whether no choice does better for both.
    """

    selected: NDArray[np.int64]
    by_car: float
    without_car: float
    proven: bool


def covering(
    demand: NDArray[np.int64], candidate: NDArray[np.int64], residents: NDArray[np.float64], n_candidates: int
) -> Benefits:
    """Return what candidates bring to whom they serve; `residents`: shape (n_demand,), 0 for those served today.

    `demand`, `candidate`: int64, shape (n_pairs,), sorted by demand, then candidate.
    """
    kept = residents[demand] > 0
    return Benefits(demand[kept], candidate[kept], residents[demand[kept]], len(residents), n_candidates)


def publics_front(
    by_car: Benefits, without_car: Benefits, count: int, control: Control | None = None
) -> list[PublicsPlan]:
    """Return plans of `count` labels that no other does better than for both publics, the best by car first.

    Parameters
    ----------
    by_car, without_car
        Residents that each candidate brings to each public (`covering`), over the same candidates.
    count
        Labels, at most.

    Returns
    -------
    At most `MOST_PLANS`: the two ends, and those between where the front bends most.

    Examples
    --------
    >>> car = covering(np.array([0, 1]), np.array([0, 1]), np.array([10.0, 8.0]), 2)
    >>> bus = covering(np.array([0]), np.array([1]), np.array([5.0]), 2)
    >>> [(plan.by_car, plan.without_car) for plan in publics_front(car, bus, 1)]
    [(10.0, 0.0), (8.0, 5.0)]
    """
    control = control or Control()
    scale = max(by_car.most, 1.0), max(without_car.most, 1.0)

    def best(weight_car: float, weight_without: float) -> PublicsPlan:
        weighed = _weighed(by_car, weight_car, without_car, weight_without)
        chosen = most_benefit(weighed, count, control.stopped)
        bound = upper_bound(weighed, count, chosen, control.stopped)
        value = bound.value
        if not control.stopped():
            exact = most_covered(weighed, count, chosen, bound, time_limit_s=control.left_s(), stopped=control.stopped)
            chosen, value = exact.selected, exact.bound
        total = weighed.total(chosen)
        proven = value <= total * (1 + _SAME)
        return PublicsPlan(np.sort(chosen), by_car.total(chosen), without_car.total(chosen), proven)

    ends = best(1 / scale[0], _LITTLE / scale[1]), best(_LITTLE / scale[0], 1 / scale[1])
    plans = list(ends)
    between = [ends]
    while between and len(plans) < MOST_PLANS and not control.stopped():
        one, other = between.pop(0)
        more, less = one.by_car - other.by_car, other.without_car - one.without_car
        if more <= _SAME * scale[0] or less <= _SAME * scale[1]:
            continue
        found = best(less, more)
        reached = less * found.by_car + more * found.without_car
        if reached > (less * one.by_car + more * one.without_car) * (1 + _SAME):
            plans.append(found)
            between += [(one, found), (found, other)]
    return _not_dominated(plans)


def _weighed(one: Benefits, weight: float, other: Benefits, other_weight: float) -> Benefits:
    """Return both tables as one: the demand points of the second come after those of the first."""
    return replace(
        one,
        demand=np.concatenate([one.demand, other.demand + one.n_demand]),
        candidate=np.concatenate([one.candidate, other.candidate]),
        value=np.concatenate([one.value * weight, other.value * other_weight]),
        n_demand=one.n_demand + other.n_demand,
    )


def _not_dominated(plans: list[PublicsPlan]) -> list[PublicsPlan]:
    """Return the plans that none of the others beats, each pair of figures once, the best by car first."""
    kept: list[PublicsPlan] = []
    for plan in sorted(plans, key=lambda each: (-each.by_car, -each.without_car)):
        if not kept or plan.without_car > kept[-1].without_car * (1 + _SAME):
            kept.append(plan)
    return kept
