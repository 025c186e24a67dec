"""The choice that holds up best in the worst case: under no hypothesis on times does it bring little of what it could.

Under each hypothesis v, what labels bring is compared with the most that as many bring there: the worst case of a
choice is its smallest share (relative robustness; Kouvelis & Yu 1997). The choice made on average may do badly under
one hypothesis; this one is set beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array, csr_array

from geo.siting.greedy import ROUNDING, never
from geo.siting.highs import Program, maximise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geo.siting.benefits import Benefits

#: Pairs of all hypotheses together above which the best worst case is searched by swaps alone.
MAX_PAIRS: Final = 40_000


@dataclass(frozen=True, eq=False, slots=True)
class WorstCase:
    """A choice and its worst case.

    Attributes
    ----------
    selected
        Positions of candidates, int64, sorted.
    share
        Smallest share, over the hypotheses, of what the best choice there brings (0 to 1).
    variant
        Position of the hypothesis of that share.
    bound
        No choice has a greater share.
    """

    selected: NDArray[np.int64]
    share: float
    variant: int
    bound: float

    @property
    def proven(self) -> bool:
        """Whether no choice has a better worst case."""
        return self.bound - self.share <= 1e-6  # noqa: PLR2004 - what HiGHS leaves open


def worst_case(benefits: Sequence[Benefits], best: NDArray[np.float64], selected: NDArray[np.int64]) -> WorstCase:
    """Return the worst case of a choice.

    `benefits`: What candidates bring under each hypothesis. `best`: The most that a choice brings in each, float64,
    shape (n_hypotheses,), greater than 0.

    Examples
    --------
    >>> from geo.siting.benefits import Benefits
    >>> near = Benefits(np.array([0, 0]), np.array([0, 1]), np.array([10.0, 8.0]), 1, 2)
    >>> far = Benefits(np.array([0, 0]), np.array([0, 1]), np.array([2.0, 5.0]), 1, 2)
    >>> [worst_case([near, far], np.array([10.0, 5.0]), np.array([place])).share for place in (0, 1)]
    [0.4, 0.8]
    """
    shares = np.array([each.total(selected) for each in benefits]) / best
    lowest = int(shares.argmin())
    return WorstCase(np.sort(selected), float(min(shares[lowest], 1.0)), lowest, 1.0)


def best_worst_case(
    benefits: Sequence[Benefits],
    best: NDArray[np.float64],
    starts: Sequence[NDArray[np.int64]],
    count: int,
    *,
    time_limit_s: float,
    stopped: Callable[[], bool] = never,
) -> WorstCase:
    """Return the choice of `count` labels whose worst case is best.

    Sets: I_v demand points under hypothesis v; J candidates. Data: b_vij what j brings to i under v; B_v the most that
    p labels bring under v. Variables: y_j = 1 if j gets a label; x_vij = 1 if i goes to j under v (0 <= x is enough);
    t the share. Maximise t subject to ``t <= sum_ij b_vij x_vij / B_v`` for all v, ``x_vij <= y_j``,
    ``sum_j x_vij <= 1`` and ``sum_j y_j <= p``. Swaps come first; above `MAX_PAIRS` they are all there is.

    Parameters
    ----------
    benefits, best
        As in `worst_case`.
    starts
        Choices to begin with, of at most `count` labels; of equal ones the first stays.
    count
        p.
    """
    found = max((worst_case(benefits, best, start) for start in starts), key=lambda each: each.share)
    found = _swapped(benefits, best, found, stopped)
    pairs = sum(len(each.value) for each in benefits)
    if pairs > MAX_PAIRS or found.share >= 1 - ROUNDING or stopped():
        return WorstCase(found.selected, found.share, found.variant, 1.0)
    program, positions = _program(benefits, best, found.selected, count)
    outcome = maximise(program, time_limit_s=time_limit_s, stopped=stopped)
    other = worst_case(benefits, best, positions[outcome.x[: len(positions)] > 1 / 2])
    better = other if other.share > found.share * (1 + ROUNDING) else found
    return WorstCase(better.selected, better.share, better.variant, max(outcome.bound, better.share))


def _swapped(
    benefits: Sequence[Benefits], best: NDArray[np.float64], found: WorstCase, stopped: Callable[[], bool]
) -> WorstCase:
    """Give up one label for another while the worst case gets better."""
    better = True
    while better and not stopped():
        better = False
        for label in found.selected.tolist():
            others = found.selected[found.selected != label]
            shares = np.full(benefits[0].n_candidates, np.inf)
            for each, most in zip(benefits, best.tolist(), strict=True):
                got = each.received(others)
                shares = np.minimum(shares, (got.sum() + each.added_to(got)) / most)
            taken = int(shares.argmax())
            if shares[taken] > found.share * (1 + ROUNDING):
                found, better = worst_case(benefits, best, np.append(others, taken)), True
                break
    return found


def _program(
    benefits: Sequence[Benefits], best: NDArray[np.float64], chosen: NDArray[np.int64], count: int
) -> tuple[Program, NDArray[np.int64]]:
    """Return the program of `best_worst_case`, and the candidates of its first columns; the last column is t."""
    variant = np.repeat(np.arange(len(benefits)), [len(each.value) for each in benefits])
    demand = np.concatenate([each.demand + number * each.n_demand for number, each in enumerate(benefits)])
    value = np.concatenate([each.value for each in benefits]) / best[variant]
    positions, candidate = np.unique(np.concatenate([each.candidate for each in benefits]), return_inverse=True)
    demands, point = np.unique(demand, return_inverse=True)
    n_candidates, n_pairs, n_demand, n_variants = len(positions), len(value), len(demands), len(benefits)
    pair, last = np.arange(n_pairs), n_candidates + n_pairs
    first_limit, first_share = n_pairs + n_demand, n_pairs + n_demand + 1
    entries = (
        (np.ones(n_pairs), pair, n_candidates + pair),
        (-np.ones(n_pairs), pair, candidate),
        (np.ones(n_pairs), n_pairs + point, n_candidates + pair),
        (np.ones(n_candidates), np.full(n_candidates, first_limit), np.arange(n_candidates)),
        (-value, first_share + variant, n_candidates + pair),
        (np.ones(n_variants), first_share + np.arange(n_variants), np.full(n_variants, last)),
    )
    data, rows, columns = (np.concatenate(each) for each in zip(*entries, strict=True))
    shape = (first_share + n_variants, last + 1)
    upper = np.concatenate([np.zeros(n_pairs), np.ones(n_demand), [float(count)], np.zeros(n_variants)])
    given = np.isin(positions, chosen)
    start = np.concatenate([given, _goes(given, candidate, point, value), [0.0]])
    start[-1] = np.bincount(variant, weights=value * start[n_candidates:last], minlength=n_variants).min()
    program = Program(
        cost=np.r_[np.zeros(last), 1.0],
        rows=csr_array(coo_array((data, (rows, columns)), shape=shape)),
        row_lower=np.full(shape[0], -np.inf),
        row_upper=upper,
        whole=np.arange(last + 1) < n_candidates,
        start=start,
    )
    return program, positions


def _goes(
    given: NDArray[np.bool_], candidate: NDArray[np.int64], point: NDArray[np.int64], value: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return 1 for the pair by which each demand point gets most from the candidates given."""
    open_ = np.flatnonzero(given[candidate])
    order = open_[np.lexsort((-value[open_], point[open_]))]
    goes = np.zeros(len(value))
    goes[order[np.r_[True, np.diff(point[order]) > 0]] if len(order) else order] = 1.0
    return goes
