"""The siting models, solved exactly by HiGHS where their size allows.

All work on `geo.siting.benefits.Benefits`: i is a demand point, j a candidate, b_ij what j brings to i over the sites
of today, which stay. Each starts from a plan already known and only asks whether there is a better one, so candidates
that no better plan can hold are left out first. What is returned is never worse than the plan given, and the bound
holds whether or not the search came to its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array, csr_array, eye_array, hstack, vstack

from geo.siting.greedy import ROUNDING, never
from geo.siting.highs import Program, maximise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geo.siting.benefits import Benefits
    from geo.siting.bounds import Bound

#: Pairs above which a program is not built: HiGHS would find nothing in the time a person waits.
MAX_PAIRS: Final = 2_000_000
#: Residents that HiGHS may miss a floor by, and labels that its bound may be off by: its tolerances, not a choice.
_SLACK: Final = 0.25
_WHOLE: Final = 1e-6


@dataclass(frozen=True, eq=False, slots=True)
class Exact:
    """The best plan found, and what no plan does better than.

    `selected`: positions of candidates, int64, sorted; `bound`: in the unit of the objective.
    """

    selected: NDArray[np.int64]
    bound: float


def most_covered(
    benefits: Benefits,
    count: int,
    chosen: NDArray[np.int64],
    known: Bound,
    *,
    time_limit_s: float,
    stopped: Callable[[], bool] = never,
) -> Exact:
    """Solve the maximal covering location problem (Church & ReVelle 1974) on the residents beyond the threshold.

    Sets: I demand points beyond the threshold today; J candidates; N_i the candidates within the threshold of i.
    Data: w_i weight; p labels.
    Variables: y_j = 1 if j gets a label; z_i = 1 if i is covered (0 <= z_i <= 1 is enough).
    Maximise ``sum_i w_i z_i`` subject to ``z_i <= sum_{j in N_i} y_j`` for all i and ``sum_j y_j <= p``.

    With the sites of today locked, this residual problem is the same as the full one with their y set to 1. Demand
    points with the same N_i are merged.

    Parameters
    ----------
    benefits
        `geo.siting.benefits.coverage_benefits`: b_ij = w_i for j in N_i.
    count
        p.
    chosen, known
        The plan to start from, and its bound.
    """
    small = _reduced(benefits, known)
    if small is None:
        return Exact(chosen, known.value)
    cover, weight = _merged_cover(small)
    n_demand, n_candidates = cover.shape
    covered = coo_array(cover)
    each = np.arange(n_demand)
    rows = csr_array(
        (
            np.concatenate([np.ones(covered.nnz), np.full(n_demand, -1.0), np.ones(n_candidates)]),
            (
                np.concatenate([covered.row, each, np.full(n_candidates, n_demand)]),
                np.concatenate([covered.col, n_candidates + each, np.arange(n_candidates)]),
            ),
        ),
        shape=(n_demand + 1, n_candidates + n_demand),
    )
    given = np.isin(small.positions, chosen).astype(np.float64)
    program = Program(
        cost=np.concatenate([np.zeros(n_candidates), weight]),
        rows=rows,
        row_lower=np.concatenate([np.zeros(n_demand), [-np.inf]]),
        row_upper=np.concatenate([np.full(n_demand, np.inf), [float(count)]]),
        whole=np.arange(n_candidates + n_demand) < n_candidates,
        start=np.concatenate([given, np.minimum(cover @ given, 1.0)]),
    )
    return _best(benefits, small, program, chosen, known, time_limit_s=time_limit_s, stopped=stopped)


def least_time(
    benefits: Benefits,
    count: int,
    chosen: NDArray[np.int64],
    known: Bound,
    *,
    time_limit_s: float,
    stopped: Callable[[], bool] = never,
) -> Exact:
    """Solve the p-median problem (Hakimi 1964; ReVelle & Swain 1970) as minutes saved over the sites of today.

    Sets: I demand points; J candidates; J_i the candidates nearer to i than any site of today.
    Data: b_ij = w_i (t_i - t_ij), weighted minutes saved, where t_i is the time of today and t_ij that to j; p labels.
    Variables: y_j = 1 if j gets a label; x_ij = 1 if i goes to j (0 <= x_ij is enough).
    Maximise ``sum_ij b_ij x_ij`` subject to ``x_ij <= y_j`` for j in J_i, ``sum_j x_ij <= 1`` for all i, and
    ``sum_j y_j <= p``. The mean time is that of today less this sum.

    `benefits`: `geo.siting.benefits.time_benefits`.
    """
    small = _reduced(benefits, known)
    if small is None:
        return Exact(chosen, known.value)
    n_demand, n_candidates = small.shape
    n_pairs = len(small.value)
    pair = np.arange(n_pairs)
    rows = csr_array(
        (
            np.concatenate([np.ones(n_pairs), np.full(n_pairs, -1.0), np.ones(n_pairs), np.ones(n_candidates)]),
            (
                np.concatenate([pair, pair, n_pairs + small.demand, np.full(n_candidates, n_pairs + n_demand)]),
                np.concatenate([n_candidates + pair, small.candidate, n_candidates + pair, np.arange(n_candidates)]),
            ),
        ),
        shape=(n_pairs + n_demand + 1, n_candidates + n_pairs),
    )
    given = np.isin(small.positions, chosen)
    # In the starting plan each demand point goes to the open candidate that brings it most.
    open_ = np.flatnonzero(given[small.candidate])
    order = open_[np.lexsort((-small.value[open_], small.demand[open_]))]
    goes = np.zeros(n_pairs)
    goes[order[np.r_[True, np.diff(small.demand[order]) > 0]] if len(order) else order] = 1.0
    program = Program(
        cost=np.concatenate([np.zeros(n_candidates), small.value]),
        rows=rows,
        row_lower=np.full(n_pairs + n_demand + 1, -np.inf),
        row_upper=np.concatenate([np.zeros(n_pairs), np.ones(n_demand), [float(count)]]),
        whole=np.arange(n_candidates + n_pairs) < n_candidates,
        start=np.concatenate([given.astype(np.float64), goes]),
    )
    return _best(benefits, small, program, chosen, known, time_limit_s=time_limit_s, stopped=stopped)


def fewest_labels(
    benefits: Benefits,
    target: float,
    chosen: NDArray[np.int64],
    known: int,
    *,
    time_limit_s: float,
    stopped: Callable[[], bool] = never,
) -> Exact:
    """Solve the location set covering problem (Toregas, Swain, ReVelle & Bergman 1971), in full or for a share.

    Sets: as in `most_covered`. Data: w_i weight; W what must be covered.
    Variables: y_j = 1 if j gets a label; z_i = 1 if i is covered (0 <= z_i <= 1 is enough).
    Minimise ``sum_j y_j`` subject to ``z_i <= sum_{j in N_i} y_j`` for all i and ``sum_i w_i z_i >= W``. Where W is
    the weight of all, every z_i is 1 and the constraints become ``sum_{j in N_i} y_j >= 1``.

    Parameters
    ----------
    benefits
        `geo.siting.benefits.coverage_benefits`: b_ij = w_i for j in N_i.
    target
        W.
    chosen
        A plan that meets the target.
    known
        A number of labels under which no plan meets it.

    Returns
    -------
    `Exact`, whose bound is a number of labels: no plan with fewer meets the target.
    """
    if known >= len(chosen) or len(benefits.value) > MAX_PAIRS:
        return Exact(chosen, float(min(known, len(chosen))))
    small = _Reduced.of(benefits)
    cover, weight = _merged_cover(small)
    n_demand, n_candidates = cover.shape
    given = np.isin(small.positions, chosen).astype(np.float64)
    if target >= weight.sum() * (1 - ROUNDING):
        program = Program(
            cost=np.full(n_candidates, -1.0),
            rows=cover,
            row_lower=np.ones(n_demand),
            row_upper=np.full(n_demand, np.inf),
            whole=np.ones(n_candidates, bool),
            start=given,
        )
    else:
        covered = coo_array(cover)
        each = np.arange(n_demand)
        rows = csr_array(
            (
                np.concatenate([np.ones(covered.nnz), np.full(n_demand, -1.0), weight]),
                (
                    np.concatenate([covered.row, each, np.full(n_demand, n_demand)]),
                    np.concatenate([covered.col, n_candidates + each, n_candidates + each]),
                ),
            ),
            shape=(n_demand + 1, n_candidates + n_demand),
        )
        program = Program(
            cost=np.concatenate([np.full(n_candidates, -1.0), np.zeros(n_demand)]),
            rows=rows,
            row_lower=np.concatenate([np.zeros(n_demand), [target * (1 - ROUNDING)]]),
            row_upper=np.full(n_demand + 1, np.inf),
            whole=np.arange(n_candidates + n_demand) < n_candidates,
            start=np.concatenate([given, np.minimum(cover @ given, 1.0)]),
        )
    outcome = maximise(program, time_limit_s=time_limit_s, stopped=stopped)
    found = small.positions[outcome.x[:n_candidates] > 1 / 2]
    better = len(found) < len(chosen) and benefits.total(found) >= target * (1 - ROUNDING)
    best = found if better else chosen
    # Labels are whole: 17.2 at least means 18.
    bound = max(known, int(np.ceil(-outcome.bound - _WHOLE)))
    return Exact(best, float(min(bound, len(best))))


def most_with_floors(
    wanted: Benefits | None,
    floors: Sequence[tuple[Benefits, float]],
    count: int,
    chosen: NDArray[np.int64],
    *,
    time_limit_s: float,
    stopped: Callable[[], bool] = never,
) -> Exact:
    """Solve the maximal covering problem with floors on what else is covered: the epsilon-constraint method.

    Sets: J candidates; for each table of benefits the demand points I and N_i, as in `most_covered`.
    Data: w_i weight; p labels; e_k the least that table k has to bring (Haimes, Lasdon & Wismer 1971).
    Variables: y_j = 1 if j gets a label; z_i = 1 if i is covered (0 <= z_i <= 1 is enough), for each table.
    Maximise ``sum_i w_i z_i`` of the wanted table subject to ``z_i <= sum_{j in N_i} y_j`` for all i of all tables,
    ``sum_j y_j <= p`` and ``sum_i w_i z_i >= e_k`` for each table k; where no table is wanted, minimise ``sum_j y_j``.

    Parameters
    ----------
    wanted
        What is to be brought most of; `None`: as few labels as the floors allow.
    floors
        Tables over the same candidates, each with its e_k.
    count
        p.
    chosen
        A plan that keeps the floors: what is returned where none better is found.

    Returns
    -------
    `Exact`, whose bound is in the unit of the objective (labels where no table is wanted).
    """
    tables = [*([] if wanted is None else [wanted]), *(table for table, _ in floors)]
    if sum(len(table.value) for table in tables) > MAX_PAIRS:
        return Exact(chosen, np.inf if wanted is not None else 0.0)
    n = tables[0].n_candidates
    covers, weights = zip(*(_cover_of_all(table) for table in tables), strict=True)
    points = np.r_[0, np.cumsum([len(weight) for weight in weights])]
    cover = vstack(covers, format="csr")
    served = hstack([-cover, eye_array(points[-1])], format="csr")
    first = 0 if wanted is None else 1
    brought = coo_array(
        (
            np.concatenate([np.zeros(0), *weights[first:]]),
            (np.repeat(np.arange(len(floors)), np.diff(points[first:])), n + np.arange(points[first], points[-1])),
        ),
        shape=(len(floors), n + points[-1]),
    )
    labels = coo_array((np.ones(n), (np.zeros(n, np.int64), np.arange(n))), shape=(1, n + points[-1]))
    rows = csr_array(vstack([served, brought, labels], format="csr"))
    cost = np.zeros(n + points[-1])
    if wanted is None:
        cost[:n] = -1.0
    else:
        cost[n : n + points[1]] = weights[0]
    given = np.isin(np.arange(n), chosen).astype(np.float64)
    program = Program(
        cost=cost,
        rows=rows,
        row_lower=np.concatenate([np.full(points[-1], -np.inf), [least for _, least in floors], [-np.inf]]),
        row_upper=np.concatenate([np.zeros(points[-1]), np.full(len(floors), np.inf), [float(count)]]),
        whole=np.arange(n + points[-1]) < n,
        start=np.concatenate([given, np.minimum(cover @ given, 1.0)]),
    )
    outcome = maximise(program, time_limit_s=time_limit_s, stopped=stopped)
    found = np.flatnonzero(outcome.x[:n] > 1 / 2)
    if wanted is None:
        better = len(found) < len(chosen)
        bound = float(np.ceil(-outcome.bound - _WHOLE))
    else:
        better = wanted.total(found) > wanted.total(chosen) * (1 + ROUNDING)
        bound = outcome.bound
    kept = all(table.total(found) >= least - _SLACK for table, least in floors)
    return Exact(found if better and kept else chosen, bound)


def _cover_of_all(table: Benefits) -> tuple[csr_array, NDArray[np.float64]]:
    """Return as `_merged_cover` does, over all candidates."""
    small = _Reduced.of(table)
    cover, weight = _merged_cover(small)
    wide = coo_array(cover)
    return csr_array(
        (wide.data, (wide.row, small.positions[wide.col])), shape=(len(weight), table.n_candidates)
    ), weight


@dataclass(frozen=True, eq=False, slots=True)
class _Reduced:
    """Benefits with the rows and columns that are empty left out; `positions` are those of the candidates before."""

    demand: NDArray[np.int64]
    candidate: NDArray[np.int64]
    value: NDArray[np.float64]
    positions: NDArray[np.int64]
    shape: tuple[int, int]

    @classmethod
    def of(cls, benefits: Benefits) -> _Reduced:
        demands, demand = np.unique(benefits.demand, return_inverse=True)
        positions, candidate = np.unique(benefits.candidate, return_inverse=True)
        return cls(demand, candidate, benefits.value, positions, (len(demands), len(positions)))


def _reduced(benefits: Benefits, known: Bound) -> _Reduced | None:
    """Keep the candidates that a better plan may hold; `None` where there is none, or the rest is too large."""
    kept = benefits.of_candidates(np.flatnonzero(known.may_improve))
    if not len(kept.value) or len(kept.value) > MAX_PAIRS:
        return None
    return _Reduced.of(kept)


def _best(
    benefits: Benefits,
    small: _Reduced,
    program: Program,
    chosen: NDArray[np.int64],
    known: Bound,
    *,
    time_limit_s: float,
    stopped: Callable[[], bool],
) -> Exact:
    """Solve what is left, and keep the better of its plan and of the one known."""
    outcome = maximise(program, time_limit_s=time_limit_s, stopped=stopped)
    found = small.positions[outcome.x[: small.shape[1]] > 1 / 2]
    before, after = benefits.total(chosen), benefits.total(found)
    best = found if after > before * (1 + ROUNDING) else chosen
    return Exact(best, min(known.value, max(outcome.bound, before, after)))


def _merged_cover(small: _Reduced) -> tuple[csr_array, NDArray[np.float64]]:
    """Return which candidates cover which demand, and its weight, points with the same N_i merged."""
    cover = csr_array((np.ones(len(small.value)), (small.demand, small.candidate)), shape=small.shape)
    weight = np.zeros(small.shape[0])
    weight[small.demand] = small.value
    kind = same_rows(cover)
    first = np.unique(kind, return_index=True)[1]
    return cover[first], np.bincount(kind, weights=weight).astype(np.float64)


def same_rows(table: csr_array) -> NDArray[np.int64]:
    """Give equal rows the same number, by two random sums of their columns: int64, shape (n_rows,).

    Examples
    --------
    >>> same_rows(csr_array([[1, 0], [0, 1], [1, 0]])).tolist() in ([0, 1, 0], [1, 0, 1])
    True
    """
    marks = np.random.default_rng(0).random((table.shape[1], 2))
    sums = np.column_stack([table @ marks, np.diff(table.indptr)])
    return np.unique(sums.round(9), axis=0, return_inverse=True)[1].ravel()
