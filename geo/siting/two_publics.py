"""Plans for two publics at once: those who come by car, and those who come without one and go back the same day.

Two maximal covering problems share the same labels, and labels cost. A plan that no other one beats (as good for both
publics with as few labels, and better in one of the three) is on the Pareto front. Weighing one public against the
other would only find the plans on its convex hull; here one public is served as well as possible with a floor under the
other, and then with a floor above what was found (the epsilon-constraint method, Haimes, Lasdon & Wismer 1971). Floors
are set in the middle of the largest gap left (the balanced box method, Boland, Charkhgard & Savelsbergh 2015): all of
the front is found in the end, and plans far apart first where there are too many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.siting.benefits import Benefits
from geo.siting.greedy import most_benefit
from geo.siting.models import Exact, most_with_floors
from geo.siting.solve import Control

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Plans that are looked for at most, in all and of as many labels as were asked for.
MOST_PLANS: Final = 60
MOST_OF_ASKED: Final = 30
#: The two ends of its front, which each other number of labels gets before the next larger one gets more.
_ENDS: Final = 2
#: What the other public counts for in the greedy start of an end, as a share: it only decides between equals.
_LITTLE: Final = 1e-7
#: Residents under which two plans serve a public alike.
ALIKE: Final = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class PublicsPlan:
    """One plan: `selected`, positions of candidates, int64, sorted; what it brings to each public, residents.

    `proven`: whether no choice beats it.
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


@dataclass(frozen=True, eq=False, slots=True)
class Front:
    """Plans that are not dominated, those of most labels first, the best by car first among them.

    All are proven, or none is, where the search was ended before. `complete`: whether they are all there are, of equal
    figures one; false where there are more than `MOST_PLANS`, or the search was ended.
    """

    plans: list[PublicsPlan]
    complete: bool


def publics_front(by_car: Benefits, without_car: Benefits, count: int, control: Control | None = None) -> Front:
    """Return the plans of at most `count` labels that are not dominated: for both publics, with as few labels.

    Parameters
    ----------
    by_car, without_car
        Residents that each candidate brings to each public (`covering`), over the same candidates.
    count
        Labels, at most: the plans of as many are found first, then those of fewer.
    control
        Time limit and cancel; what was found by then is returned.

    Examples
    --------
    >>> car = covering(np.array([0, 1, 2]), np.array([0, 1, 2]), np.array([10.0, 8.0, 2.0]), 3)
    >>> bus = covering(np.array([0, 1]), np.array([1, 2]), np.array([2.0, 7.0]), 3)
    >>> found = publics_front(car, bus, 1)
    >>> [(plan.by_car, plan.without_car) for plan in found.plans], found.complete
    ([(10.0, 0.0), (8.0, 2.0), (2.0, 7.0)], True)
    """
    control = control or Control()
    kept: dict[tuple[int, ...], PublicsPlan] = {}
    complete, labels, asked = True, count, True
    while labels > 0 or asked:
        left = MOST_PLANS - len(kept)
        room = MOST_OF_ASKED if asked else max(_ENDS, left - _ENDS * (labels - 1))
        found = _Search((by_car, without_car), labels, control).front(min(room, left))
        kept |= {tuple(plan.selected.tolist()): plan for plan in found.plans}
        complete &= found.complete
        if control.stopped() or len(kept) >= MOST_PLANS:
            complete &= labels <= 1
            break
        # With no more labels than these plans need, the front is the same.
        used = max(len(plan.selected) for plan in found.plans)
        labels, asked = (used if found.complete else labels) - 1, False
    some = [plan for plan in kept.values() if len(plan.selected)] or list(kept.values())
    some = [plan for plan in some if plan.proven] or some
    return Front(sorted(some, key=lambda each: (-len(each.selected), -each.by_car, -each.without_car)), complete)


@dataclass(frozen=True, eq=False, slots=True)
class _Search:
    """The front of one number of labels; `tables`: what they bring by car, and without one."""

    tables: tuple[Benefits, Benefits]
    labels: int
    control: Control

    def front(self, most: int) -> Front:
        """Return the plans that are not dominated with at most these labels, `most` of them at most."""
        scale = [max(table.most, 1.0) for table in self.tables]
        starts = []
        for public in (0, 1):
            weights = [1 / each if number == public else _LITTLE / each for number, each in enumerate(scale)]
            weighed = _weighed(self.tables[0], weights[0], self.tables[1], weights[1])
            starts.append(most_benefit(weighed, self.labels, self.control.stopped))
        ends = self._best(0, 0.0, starts[0]), self._best(1, 0.0, starts[1])
        plans, gaps = list(ends), [ends]
        while (gaps := [gap for gap in gaps if _has_room(*gap)]) and len(plans) < most and not self.control.stopped():
            widest = max(range(len(gaps)), key=lambda each: _size(*gaps[each], scale))
            left, right = gaps.pop(widest)
            # The best by car of those that serve half of what more may be served without one.
            middle = max((left.without_car + right.without_car) / 2, left.without_car + ALIKE)
            upper = self._best(0, middle, right.selected)
            if upper.by_car > right.by_car + ALIKE:
                plans.append(upper)
                gaps.append((upper, right))
            # None is left of it that serves as many without a car: what more is served by car costs the others.
            lower = self._best(1, upper.by_car + ALIKE, left.selected)
            if lower.without_car > left.without_car + ALIKE:
                plans.append(lower)
                gaps.append((left, lower))
        kept = _not_beaten(plans)
        return Front(kept, not gaps and all(plan.proven for plan in kept))

    def _best(self, public: int, floor: float, start: NDArray[np.int64]) -> PublicsPlan:
        """Return the best plan for one public with a floor under the other, then for the other, of fewest labels.

        `start`: a plan above the floor.
        """
        own, other = self.tables[public], self.tables[1 - public]
        first = self._solved(own, [(other, floor)], start)
        reached = own.total(first.selected)
        second = self._solved(other, [(own, reached - ALIKE / 2)], first.selected)
        totals = [table.total(second.selected) for table in self.tables]
        floors = [(table, total - ALIKE / 2) for table, total in zip(self.tables, totals, strict=True)]
        third = self._solved(None, floors, second.selected)
        proven = (
            first.bound <= reached + ALIKE
            and second.bound <= totals[1 - public] + ALIKE
            and third.bound >= len(third.selected)
        )
        by_car, without_car = (table.total(third.selected) for table in self.tables)
        return PublicsPlan(np.sort(third.selected), by_car, without_car, proven)

    def _solved(self, wanted: Benefits | None, floors: list[tuple[Benefits, float]], start: NDArray[np.int64]) -> Exact:
        if self.control.stopped():
            return Exact(start, 0.0 if wanted is None else np.inf)
        return most_with_floors(
            wanted, floors, self.labels, start, time_limit_s=self.control.left_s(), stopped=self.control.stopped
        )


def _has_room(left: PublicsPlan, right: PublicsPlan) -> bool:
    """Tell whether a plan may lie between two neighbours that differs from both."""
    return left.by_car - right.by_car > 2 * ALIKE and right.without_car - left.without_car > 2 * ALIKE


def _size(left: PublicsPlan, right: PublicsPlan, scale: list[float]) -> float:
    return (left.by_car - right.by_car) / scale[0] * (right.without_car - left.without_car) / scale[1]


def _weighed(one: Benefits, weight: float, other: Benefits, other_weight: float) -> Benefits:
    """Return both tables as one: the demand points of the second come after those of the first."""
    return replace(
        one,
        demand=np.concatenate([one.demand, other.demand + one.n_demand]),
        candidate=np.concatenate([one.candidate, other.candidate]),
        value=np.concatenate([one.value * weight, other.value * other_weight]),
        n_demand=one.n_demand + other.n_demand,
    )


def _not_beaten(plans: list[PublicsPlan]) -> list[PublicsPlan]:
    """Return the plans of one number of labels that none of the others beats, the best by car first."""
    kept: list[PublicsPlan] = []
    for plan in sorted(plans, key=lambda each: (-each.by_car, -each.without_car)):
        if not kept or plan.without_car > kept[-1].without_car + ALIKE:
            kept.append(plan)
    return kept
