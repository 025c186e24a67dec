"""How much the best possible choice could bring at most, at every size: a Lagrangian bound.

**Model.** ``max sum_ij b_ij x_ij`` with ``sum_j x_ij <= 1`` (each resident goes to one site), ``x_ij <= y_j`` (which is
open), ``sum_j y_j <= p`` (labels to give). With a price ``u_i >= 0`` on the first constraint the rest is solved by
hand, and for any prices

``L(u) = sum_i u_i + (the p largest of r_j)``, where ``r_j = sum_i max(0, b_ij - u_i)``,

is at least the optimum (Cornuejols, Fisher & Nemhauser 1977). Prices are improved along the subgradient (Held, Wolfe &
Crowder 1974). At their best, the bound is that of the linear relaxation.

The same prices tell which candidates no better plan can hold: with ``r_p`` the p-th largest, a plan with j brings at
most ``L(u) - r_p + r_j``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.siting.bound_kernels import BEST, improve_prices
from geo.siting.greedy import ROUNDING, greedy, never

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.siting.benefits import Benefits

_ROUNDS: Final = 400
#: Rounds between two times that it is asked whether to stop.
_AT_ONCE: Final = 20


@dataclass(frozen=True, eq=False, slots=True)
class Bound:
    """An upper bound of what labels can bring, and what was learnt on the way.

    `value`: float, in the unit of the benefits. `may_improve`: bool, shape (n_candidates,): false for candidates that
    are in no plan better than the one that was given. `plan`: positions of candidates, int64, sorted: the best plan
    met, the one that was given included.
    """

    value: float
    may_improve: NDArray[np.bool_]
    plan: NDArray[np.int64]


def upper_bound(
    benefits: Benefits,
    count: int,
    chosen: NDArray[np.int64],
    stopped: Callable[[], bool] = never,
    *,
    aim: float | None = None,
) -> Bound:
    """Bound what `count` candidates can bring.

    Parameters
    ----------
    chosen
        Positions of the best candidates known: the better they are, the faster the bound closes in.
    stopped
        Asked between two rounds; true keeps the bound found so far.
    aim
        The bound need not come below this; what `chosen` brings where `None`.
    """
    n = benefits.n_candidates
    count = min(count, n)
    brought = benefits.total(chosen)
    known = brought if aim is None else aim
    everything = benefits.received(np.arange(n))
    may_improve = np.ones(n, bool)
    if count == 0 or brought >= everything.sum() * (1 - ROUNDING):
        return Bound(brought, np.zeros(n, bool), chosen)
    best = min(float(everything.sum()), brought + _top(benefits.added_to(benefits.received(chosen)), count))
    # A resident whom the plan serves well is cheap to serve again: half of what he gets is a fair first price.
    price = benefits.received(chosen) / 2
    enough = brought * (1 + ROUNDING) if aim is None else aim
    # Steps as if the bound could come down to this.
    lowest = known if aim is None else aim / 2
    # In one piece each, however they were made: the loop is compiled for these alone.
    demand, candidate = np.ascontiguousarray(benefits.demand), np.ascontiguousarray(benefits.candidate)
    plan = np.full(count, -1, np.int64)
    state = np.array([best, brought, 1.0, 0.0])
    for _ in range(_ROUNDS // _AT_ONCE):
        if stopped() or improve_prices(
            *(demand, candidate, benefits.value, everything, known, lowest, enough, ROUNDING),
            *(price, may_improve, plan, state, _AT_ONCE),
        ):
            break
    found = plan if plan[0] >= 0 else chosen
    return Bound(max(float(state[BEST]), benefits.total(found)), may_improve, found)


def fewest_bound(
    benefits: Benefits, target: float, enough: int, *, rounds: bool = True, stopped: Callable[[], bool] = never
) -> int:
    """Bound how many candidates are needed to bring `target`: the least number whose upper bound reaches it.

    `rounds`: Look for Lagrangian bounds; without them, candidates are taken not to overlap. `stopped`: Asked between
    two rounds; true keeps the bound found so far.

    `enough`: A number of candidates known to do.
    """
    first = np.sort(benefits.added_to(np.zeros(benefits.n_demand)))[::-1]
    low = int(np.searchsorted(np.cumsum(first), target * (1 - ROUNDING))) + 1 if target > 0 else 0
    low = min(low, enough)
    high = enough
    order = greedy(benefits, enough) if rounds else np.zeros(0, np.int64)
    while rounds and low < high and not stopped():
        middle = (low + high) // 2
        if upper_bound(benefits, middle, order[:middle], stopped, aim=target * (1 - ROUNDING)).value < target * (
            1 - ROUNDING
        ):
            low = middle + 1
        else:
            high = middle
    return low


def _top(values: NDArray[np.float64], count: int) -> float:
    """Return the sum of the `count` largest values."""
    return float(np.partition(values, len(values) - count)[len(values) - count :].sum()) if count else 0.0
