"""The choice that holds up best in the worst case: under no hypothesis on times does it bring little of what it could.

Under each hypothesis v, what labels bring is compared with the most that as many bring there: the worst case of a
choice is its smallest share (relative robustness; Kouvelis & Yu 1997). The choice made on average may do badly under
one hypothesis; this one is set beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse import coo_array, csr_array

from geo.siting.greedy import ROUNDING, never
from geo.siting.highs import Program, maximise
from geo.siting.models import same_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geo.siting.benefits import Benefits

#: Pairs of all hypotheses together above which the best worst case is searched by swaps alone.
MAX_PAIRS: Final = 40_000
#: What HiGHS leaves open of a limit.
_TOLERANCE: Final = 1e-6


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
        return self.bound - self.share < 1.5e-6  # noqa: PLR2004 - HiGHS leaves 1e-6 open, and its rounding


@dataclass(frozen=True, eq=False, slots=True)
class Floor:
    """What a choice has to bring.

    `weight`: what counts of each hypothesis, float64, shape (n_hypotheses,). `least`: the least sum over them.
    """

    weight: NDArray[np.float64]
    least: float

    def met(self, brought: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether choices bring it; `brought`: under each hypothesis, float64, shape (n_hypotheses, ...)."""
        found: NDArray[np.bool_] = np.tensordot(self.weight, brought, 1) >= self.least * (1 - _TOLERANCE)
        return found


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
    floor: Floor | None = None,
    exact: bool = True,
    time_limit_s: float,
    stopped: Callable[[], bool] = never,
) -> WorstCase:
    """Return the choice of `count` labels whose worst case is best, of those that bring a floor.

    Sets: I_v demand points under hypothesis v; J candidates. Data: b_vij what j brings to i under v; B_v the most that
    p labels bring under v. Variables: y_j = 1 if j gets a label; x_vij = 1 if i goes to j under v (0 <= x is enough);
    t the share. Maximise t subject to ``t <= sum_ij b_vij x_vij / B_v`` for all v, ``x_vij <= y_j``,
    ``sum_j x_vij <= 1`` and ``sum_j y_j <= p``; with a floor, ``sum_vij a_v b_vij x_vij >= least``.
    Where every place brings a demand point the same, as in coverage, one variable for each set of candidates that may
    cover replaces those of the pairs, as in `geo.siting.models.most_covered`. Swaps come first; above `MAX_PAIRS` they
    are all there is.

    Parameters
    ----------
    benefits, best
        As in `worst_case`.
    starts
        Choices to begin with, of at most `count` labels; of equal ones the first stays. One meets the floor.
    count
        p.
    floor
        What the choice has to bring, with the weights a_v; `None`: anything.
    exact
        Whether the program follows the swaps.
    """
    if floor is not None:
        starts = [each for each in starts if floor.met(np.array([table.total(each) for table in benefits]))]
    found = max((worst_case(benefits, best, start) for start in starts), key=lambda each: each.share)
    found = _swapped(benefits, best, found, floor, stopped)
    pairs = sum(len(each.value) for each in benefits)
    if not exact or pairs > MAX_PAIRS or found.share >= 1 - ROUNDING or stopped():
        return WorstCase(found.selected, found.share, found.variant, 1.0)
    wanted = None if floor is None else (floor.weight * best / floor.least)
    program, positions = _program(_Pairs.of(benefits, best), found.selected, count, wanted)
    outcome = maximise(program, time_limit_s=time_limit_s, stopped=stopped)
    other = worst_case(benefits, best, positions[outcome.x[: len(positions)] > 1 / 2])
    allowed = floor is None or bool(floor.met(np.array([each.total(other.selected) for each in benefits])))
    better = other if allowed and other.share > found.share * (1 + ROUNDING) else found
    return WorstCase(better.selected, better.share, better.variant, max(outcome.bound, better.share))


def _swapped(
    benefits: Sequence[Benefits],
    best: NDArray[np.float64],
    found: WorstCase,
    floor: Floor | None,
    stopped: Callable[[], bool],
) -> WorstCase:
    """Give up one label for another while the worst case gets better and the floor is met."""
    better = True
    while better and not stopped():
        better = False
        for label in found.selected.tolist():
            others = found.selected[found.selected != label]
            got = [each.received(others) for each in benefits]
            totals = np.array([each.sum() + table.added_to(each) for each, table in zip(got, benefits, strict=True)])
            shares = (totals / best[:, None]).min(axis=0)
            if floor is not None:
                shares[~floor.met(totals)] = -np.inf
            taken = int(shares.argmax())
            if shares[taken] > found.share * (1 + ROUNDING):
                found, better = worst_case(benefits, best, np.append(others, taken)), True
                break
    return found


@dataclass(frozen=True, eq=False, slots=True)
class _Pairs:
    """What candidates bring under all hypotheses as one table, shape (n_pairs,) each, as shares of the most there.

    `variant`; `point`: 0..n-1, a demand point under one hypothesis; `candidate`: 0..n-1, a row of `positions`.
    """

    variant: NDArray[np.int64]
    point: NDArray[np.int64]
    candidate: NDArray[np.int64]
    value: NDArray[np.float64]
    positions: NDArray[np.int64]
    n_variants: int

    @classmethod
    def of(cls, benefits: Sequence[Benefits], best: NDArray[np.float64]) -> _Pairs:
        variant = np.repeat(np.arange(len(benefits)), [len(each.value) for each in benefits])
        demand = np.concatenate([each.demand + number * each.n_demand for number, each in enumerate(benefits)])
        value = np.concatenate([each.value for each in benefits]) / best[variant]
        positions, candidate = np.unique(np.concatenate([each.candidate for each in benefits]), return_inverse=True)
        point = np.unique(demand, return_inverse=True)[1]
        return cls(variant, point, candidate, value, positions, len(benefits))


def _program(
    pairs: _Pairs, chosen: NDArray[np.int64], count: int, wanted: NDArray[np.float64] | None
) -> tuple[Program, NDArray[np.int64]]:
    """Return the program of `best_worst_case`, and the candidates of its first columns; the last column is t.

    `wanted`: what counts of the share of each hypothesis, 1 in all, where there is a floor.
    """
    first = np.unique(pairs.point, return_index=True)[1]
    given = np.isin(pairs.positions, chosen)
    if np.array_equal(pairs.value, pairs.value[first][pairs.point]):
        return _cover_program(pairs, first, given, count, wanted), pairs.positions
    return _pairs_program(pairs, given, count, wanted), pairs.positions


def _cover_program(
    pairs: _Pairs,
    first: NDArray[np.int64],
    given: NDArray[np.bool_],
    count: int,
    wanted: NDArray[np.float64] | None,
) -> Program:
    """Return the program where every place brings a point the same; `first`: a pair of each point."""
    n_candidates, n_variants = len(pairs.positions), pairs.n_variants
    cover = csr_array((np.ones(len(pairs.point)), (pairs.point, pairs.candidate)), shape=(len(first), n_candidates))
    kind = same_rows(cover)
    cover = cover[np.unique(kind, return_index=True)[1]]
    n_kinds = cover.shape[0]
    covered, kinds, last = coo_array(cover), np.arange(n_kinds), n_candidates + n_kinds
    brought = csr_array((pairs.value[first], (pairs.variant[first], kind)), shape=(n_variants, n_kinds))
    share = coo_array(brought)
    first_share = n_kinds + 1
    entries: tuple[tuple[NDArray[Any], ...], ...] = (
        (np.ones(covered.nnz), covered.row, covered.col),
        (-np.ones(n_kinds), kinds, n_candidates + kinds),
        (np.ones(n_candidates), np.full(n_candidates, n_kinds), np.arange(n_candidates)),
        (-share.data, first_share + share.row, n_candidates + share.col),
        (np.ones(n_variants), first_share + np.arange(n_variants), np.full(n_variants, last)),
    )
    floors = 0 if wanted is None else 1
    if wanted is not None:
        row = np.full(share.nnz, first_share + n_variants)
        entries += ((share.data * wanted[share.row], row, n_candidates + share.col),)
    goes = np.minimum(cover @ given.astype(np.float64), 1.0)
    return Program(
        cost=np.r_[np.zeros(last), 1.0],
        rows=_rows(entries, (first_share + n_variants + floors, last + 1)),
        row_lower=np.r_[np.zeros(n_kinds), np.full(1 + n_variants, -np.inf), np.ones(floors)],
        row_upper=np.r_[np.full(n_kinds, np.inf), float(count), np.zeros(n_variants), np.full(floors, np.inf)],
        whole=np.arange(last + 1) < n_candidates,
        start=np.r_[given, goes, (brought @ goes).min()],
    )


def _pairs_program(pairs: _Pairs, given: NDArray[np.bool_], count: int, wanted: NDArray[np.float64] | None) -> Program:
    """Return the program with a variable for each pair."""
    value, candidate, point, n_variants = pairs.value, pairs.candidate, pairs.point, pairs.n_variants
    n_candidates, n_pairs, n_demand = len(pairs.positions), len(value), int(point.max()) + 1
    pair, last = np.arange(n_pairs), n_candidates + n_pairs
    first_limit, first_share = n_pairs + n_demand, n_pairs + n_demand + 1
    entries: tuple[tuple[NDArray[Any], ...], ...] = (
        (np.ones(n_pairs), pair, n_candidates + pair),
        (-np.ones(n_pairs), pair, candidate),
        (np.ones(n_pairs), n_pairs + point, n_candidates + pair),
        (np.ones(n_candidates), np.full(n_candidates, first_limit), np.arange(n_candidates)),
        (-value, first_share + pairs.variant, n_candidates + pair),
        (np.ones(n_variants), first_share + np.arange(n_variants), np.full(n_variants, last)),
    )
    floors = 0 if wanted is None else 1
    if wanted is not None:
        row = np.full(n_pairs, first_share + n_variants)
        entries += ((value * wanted[pairs.variant], row, n_candidates + pair),)
    goes = _goes(given, candidate, point, value)
    shape = (first_share + n_variants + floors, last + 1)
    return Program(
        cost=np.r_[np.zeros(last), 1.0],
        rows=_rows(entries, shape),
        row_lower=np.r_[np.full(first_share + n_variants, -np.inf), np.ones(floors)],
        row_upper=np.r_[
            np.zeros(n_pairs), np.ones(n_demand), float(count), np.zeros(n_variants), np.full(floors, np.inf)
        ],
        whole=np.arange(last + 1) < n_candidates,
        start=np.r_[given, goes, np.bincount(pairs.variant, weights=value * goes, minlength=n_variants).min()],
    )


def _rows(entries: Sequence[tuple[NDArray[Any], ...]], shape: tuple[int, int]) -> csr_array:
    data, rows, columns = (np.concatenate(each) for each in zip(*entries, strict=True))
    return csr_array(coo_array((data, (rows, columns)), shape=shape))


def _goes(
    given: NDArray[np.bool_], candidate: NDArray[np.int64], point: NDArray[np.int64], value: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return 1 for the pair by which each demand point gets most from the candidates given."""
    open_ = np.flatnonzero(given[candidate])
    order = open_[np.lexsort((-value[open_], point[open_]))]
    goes = np.zeros(len(value))
    goes[order[np.r_[True, np.diff(point[order]) > 0]] if len(order) else order] = 1.0
    return goes
