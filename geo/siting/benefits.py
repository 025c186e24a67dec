"""What each candidate would bring to each demand point, were it alone: the common ground of the siting models.

A set S of new labels brings ``sum_i max_{j in S} b_ij``. The maximal covering problem is the case where b_ij is the
weight of i for the candidates within the threshold; the p-median, where it is the weighted minutes that j saves i.
This function of S never falls and adds up to less and less (it is submodular), which is what greedy choice and its
bounds rest on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from geo.siting.problem import SitingProblem

#: Minutes that residents without any road to a site count for, where nobody is farther today: in a sum of times they
#: cannot count as infinite, nor be left out.
NO_WAY_MIN: Final = 60.0


@dataclass(frozen=True, eq=False, slots=True)
class Benefits:
    """Sparse table of benefits.

    Attributes
    ----------
    demand, candidate
        int64, shape (n_pairs,), sorted by demand, then candidate.
    value
        float64, shape (n_pairs,), greater than 0.
    n_demand, n_candidates
        Sizes of the full table.
    """

    demand: NDArray[np.int64]
    candidate: NDArray[np.int64]
    value: NDArray[np.float64]
    n_demand: int
    n_candidates: int

    def received(self, selected: ArrayLike) -> NDArray[np.float64]:
        """Return the best benefit that each demand point gets from a set of candidates: shape (n_demand,)."""
        return self.received_by(self._of(selected))

    def received_by(self, kept: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the best benefit that each demand point gets from some pairs: their positions, sorted."""
        best = np.zeros(self.n_demand)
        if len(kept):
            demand = self.demand[kept]
            begins = first_of_each(demand)
            best[demand[begins]] = np.maximum.reduceat(self.value[kept], begins)
        return best

    def total(self, selected: ArrayLike) -> float:
        """Return what a set of candidates brings."""
        return float(self.received(selected).sum())

    @property
    def most(self) -> float:
        """What all candidates together bring."""
        return self.total(np.arange(self.n_candidates))

    def added_to(self, received: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each candidate adds where demand points already receive something: shape (n_candidates,)."""
        more = np.maximum(self.value - received[self.demand], 0.0)
        return np.bincount(self.candidate, weights=more, minlength=self.n_candidates).astype(np.float64)

    def in_turn(self, order: ArrayLike) -> NDArray[np.float64]:
        """Return what each candidate of an order adds after those before it: shape (n_order,)."""
        received, gains = np.zeros(self.n_demand), []
        for candidate in np.asarray(order, np.int64).tolist():
            now = np.maximum(received, self.received([candidate]))
            gains.append(float((now - received).sum()))
            received = now
        return np.array(gains, np.float64)

    def of_candidates(self, selected: ArrayLike) -> Benefits:
        """Return the benefits of some candidates only; positions stay the same."""
        return self._rows(self._of(selected))

    def still_open(self, received: NDArray[np.float64]) -> Benefits:
        """Return the pairs that bring more than what their demand point already receives."""
        return self._rows(np.flatnonzero(self.value > received[self.demand]))

    def _of(self, selected: ArrayLike) -> NDArray[np.int64]:
        chosen = np.zeros(self.n_candidates, bool)
        chosen[np.asarray(selected, np.int64)] = True
        return np.flatnonzero(chosen[self.candidate])

    def _rows(self, rows: NDArray[np.int64]) -> Benefits:
        return Benefits(self.demand[rows], self.candidate[rows], self.value[rows], self.n_demand, self.n_candidates)


def first_of_each(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each run of equal values begins; `values`: shape (n,), n > 0.

    Examples
    --------
    >>> first_of_each(np.array([4, 4, 7, 9, 9])).tolist()
    [0, 2, 3]
    """
    begins = np.ones(len(values), bool)  # np.diff and np.r_ take longer than the search that asks for this
    np.not_equal(values[1:], values[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def coverage_benefits(
    problem: SitingProblem, threshold_min: float, weight: NDArray[np.float64] | None = None
) -> Benefits:
    """Return what candidates bring within a threshold to the residents who are beyond it today.

    `threshold_min`: Minutes; a resident at exactly the threshold is within it. `weight`: Shape (n_demand,): what each
    demand point counts for; those of the problem where `None`.
    """
    weight = problem.weight if weight is None else weight
    limit = threshold_min + AT_THRESHOLD_MIN
    wanted = (problem.today_min > limit) & (weight > 0)
    kept = np.flatnonzero(wanted[problem.pair_demand] & (problem.pair_min <= limit))
    return Benefits(
        problem.pair_demand[kept],
        problem.pair_candidate[kept],
        weight[problem.pair_demand[kept]],
        len(problem.demand),
        len(problem.candidates),
    )


def mean_benefits(variants: Sequence[Benefits]) -> Benefits:
    """Return what candidates bring on average over several hypotheses, as one table.

    A demand point stands once for each hypothesis, and each counts for its share: the best choice is the one that
    brings most on average.

    Examples
    --------
    >>> near = Benefits(np.array([0]), np.array([0]), np.array([6.0]), 1, 2)
    >>> far = Benefits(np.array([0]), np.array([1]), np.array([4.0]), 1, 2)
    >>> mean_benefits([near, far]).total([0, 1])
    5.0
    """
    n, count = variants[0].n_demand, len(variants)
    return Benefits(
        np.concatenate([each.demand + n * number for number, each in enumerate(variants)]),
        np.concatenate([each.candidate for each in variants]),
        np.concatenate([each.value for each in variants]) / count,
        n * count,
        variants[0].n_candidates,
    )


def time_benefits(problem: SitingProblem) -> Benefits:
    """Return the weighted minutes that each candidate saves.

    Residents without any way to a site today count as far as the farthest of the others, and at least `NO_WAY_MIN`.
    """
    today = counted_today_min(problem)
    saved = problem.weight[problem.pair_demand] * (today[problem.pair_demand] - problem.pair_min)
    kept = np.flatnonzero(saved > 0)
    return Benefits(
        problem.pair_demand[kept],
        problem.pair_candidate[kept],
        saved[kept],
        len(problem.demand),
        len(problem.candidates),
    )


def counted_today_min(problem: SitingProblem) -> NDArray[np.float64]:
    """Return the times of today, with a finite time for residents without any way to a site: shape (n_demand,)."""
    today = problem.today_min
    reached = today[np.isfinite(today) & (problem.residents > 0)]
    return np.where(np.isfinite(today), today, max(NO_WAY_MIN, reached.max(initial=0.0)))
