"""Choosing labels at every size: greedy choice, then interchange.

Greedy choice takes the candidate that adds most, again and again; what it brings is at least 1 - 1/e of the best
(Nemhauser, Wolsey & Fisher 1978). Interchange then swaps one chosen candidate for another while that brings more
(Teitz & Bart 1968), all swaps being valued at once as Whitaker (1983) and Resende & Werneck (2007) do. Of equal
choices the first by code is taken, so the answer is always the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from geo.siting.benefits import Benefits

#: Share of the largest total under which a difference is rounding.
ROUNDING: Final = 1e-10


def never() -> bool:
    """Return false: the calculation is not to be stopped."""
    return False


def most_benefit(benefits: Benefits, count: int, stopped: Callable[[], bool] = never) -> NDArray[np.int64]:
    """Choose at most `count` candidates that together bring most: greedy, then interchange.

    `stopped`: Asked between two swaps; true ends the interchange.

    Returns
    -------
    Positions of candidates, int64, sorted; fewer than `count` where the rest would bring nothing.
    """
    return interchange(benefits, greedy(benefits, count), stopped)


def greedy(benefits: Benefits, count: int, target: float = np.inf) -> NDArray[np.int64]:
    """Choose the candidate that adds most, again and again: `count`, or until `target` is added.

    Returns
    -------
    Positions of candidates, int64, in the order of choice.
    """
    received = benefits.received(())
    open_ = benefits.still_open(received)
    chosen: list[int] = []
    smallest = ROUNDING * benefits.value.max(initial=0.0)
    total = 0.0
    while len(chosen) < count and total < target * (1 - ROUNDING):
        added = open_.added_to(received)
        best = int(added.argmax()) if len(added) else -1
        if best < 0 or added[best] <= smallest:
            break
        chosen.append(best)
        total += float(added[best])
        received = np.maximum(received, benefits.received([best]))
        open_ = open_.still_open(received)
    return np.array(chosen, np.int64)


def interchange(benefits: Benefits, chosen: ArrayLike, stopped: Callable[[], bool] = never) -> NDArray[np.int64]:
    """Swap one chosen candidate for another, the best swap first, until none brings more.

    Returns
    -------
    Positions of candidates, int64, sorted; as many as were given.
    """
    current = np.sort(np.asarray(chosen, np.int64))
    smallest = ROUNDING * max(benefits.total(current), 1.0)
    while len(current) and not stopped():
        out, in_, more = _best_swap(benefits, current)
        if more <= smallest:
            break
        current[out] = in_
        current.sort()
    return current


def fewest(benefits: Benefits, target: float, stopped: Callable[[], bool] = never) -> NDArray[np.int64]:
    """Choose few candidates that together bring at least `target`.

    Greedy until the target is met; candidates that it can do without are dropped; then, again and again, the one that
    is missed least is dropped and interchange tries to make good for it.

    Returns
    -------
    Positions of candidates, int64, sorted; all that bring something where the target is out of reach.
    """
    enough = target * (1 - ROUNDING)
    current = np.sort(greedy(benefits, benefits.n_candidates, target))
    if benefits.total(current) < enough:
        return current
    while len(current) and not stopped():
        fewer = np.delete(current, int(losses(benefits, current).argmin()))
        if benefits.total(fewer) < enough:
            fewer = interchange(benefits, fewer, stopped)
        if benefits.total(fewer) < enough:
            break
        current = fewer
    return current


def ranked(benefits: Benefits, chosen: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Put chosen candidates in the order in which each adds most, and say what each adds after those before it.

    Returns
    -------
    Positions of candidates, int64, and what each adds, float64, shape (n_chosen,) each. Those that add nothing come
    last, by position.
    """
    order = greedy(benefits.of_candidates(chosen), len(np.asarray(chosen)))
    order = np.concatenate([order, np.setdiff1d(np.asarray(chosen, np.int64), order)])
    return order, benefits.in_turn(order)


def _two_best(
    benefits: Benefits, chosen: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return, by demand point, its best benefit among those chosen, whose it is, and its second best.

    Whose: the place in `chosen`, -1 where there is none.
    """
    own = benefits.of_candidates(chosen)
    order = np.lexsort((own.candidate, -own.value, own.demand))
    demand, value = own.demand[order], own.value[order]
    starts = np.flatnonzero(np.r_[True, np.diff(demand) > 0]) if len(demand) else np.zeros(0, np.int64)
    first, second = np.zeros(benefits.n_demand), np.zeros(benefits.n_demand)
    who = np.full(benefits.n_demand, -1, np.int64)
    first[demand[starts]] = value[starts]
    who[demand[starts]] = np.searchsorted(chosen, own.candidate[order[starts]])
    next_ = starts + 1
    next_ = next_[(next_ < len(demand)) & ~np.isin(next_, starts)]
    second[demand[next_]] = value[next_]
    return first, who, second


def losses(benefits: Benefits, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what would be lost without each of those chosen (positions, sorted): float64, shape (n_chosen,)."""
    first, who, second = _two_best(benefits, chosen)
    served = who >= 0
    return np.bincount(who[served], weights=(first - second)[served], minlength=len(chosen)).astype(np.float64)


def _best_swap(benefits: Benefits, chosen: NDArray[np.int64]) -> tuple[int, int, float]:
    """Return the place in `chosen` to give up, the candidate to take instead, and what that brings."""
    first, who, second = _two_best(benefits, chosen)
    served = who >= 0
    lost = np.bincount(who[served], weights=(first - second)[served], minlength=len(chosen))
    added = benefits.added_to(first)
    added[chosen] = -np.inf
    # A demand point whose server is given up may turn to the newcomer: that much of the loss is made good.
    turns = served[benefits.demand] & (benefits.value > second[benefits.demand])
    demand, candidate = benefits.demand[turns], benefits.candidate[turns]
    good = np.minimum(benefits.value[turns], first[demand]) - second[demand]
    table = coo_array((good, (who[demand], candidate)), shape=(len(chosen), benefits.n_candidates)).tocsr()
    table.sum_duplicates()
    out = np.repeat(np.arange(len(chosen)), np.diff(table.indptr))
    more = table.data + added[table.indices] - lost[out]
    # Swaps where nothing is made good: the least loss for the largest addition.
    least, largest = int(lost.argmin()), int(added.argmax())
    best = int(more.argmax()) if len(more) else -1
    if best < 0 or added[largest] - lost[least] >= more[best]:
        return least, largest, float(added[largest] - lost[least])
    return int(out[best]), int(table.indices[best]), float(more[best])
