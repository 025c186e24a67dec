"""The compiled rounds of the Lagrangian bound (`geo.siting.bounds`), which tells what the best choice could bring."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.network.compiled import compiled

#: Rounds without progress after which the step is halved, and the step under which improving ends.
_PATIENCE: Final = 12
_SMALLEST_STEP: Final = 1e-3
#: Share of a bound by which a round has to lower it to be one of progress.
_PROGRESS: Final = 1e-7
#: Places in `state`: the least bound so far; what `plan` brings; the step; rounds since the last progress.
BEST, BROUGHT, STEP, WAITED = range(4)


@compiled
def improve_prices(  # type: ignore[no-untyped-def]
    demand, candidate, value, everything, known, lowest, enough, rounding, price, may_improve, plan, state, rounds
):
    """Improve prices for some rounds; return whether there is nothing more to gain.

    `demand`, `candidate`, `value`: pairs of `geo.siting.benefits.Benefits`. `everything`: what each demand point gets
    from all candidates. Changed in place: `price` (by demand point), `may_improve` (by candidate), `plan` (positions,
    as many as there are labels) and `state`.
    """
    n, count = len(may_improve), len(plan)
    profit, got, slope = np.empty(n), np.empty(len(price)), np.empty(len(price))
    is_taken = np.empty(n, np.bool_)
    for _ in range(rounds):
        if state[STEP] < _SMALLEST_STEP or state[BEST] < enough:
            return True
        profit[:] = 0.0
        for pair in range(len(value)):
            left = value[pair] - price[demand[pair]]
            if left > 0.0:
                profit[candidate[pair]] += left
        # The most profitable; of equal ones the first.
        least = np.partition(profit, n - count)[n - count]
        free = count
        bound = price.sum()
        for place in range(n):
            is_taken[place] = profit[place] > least
            if is_taken[place]:
                free -= 1
                bound += profit[place]
        for place in range(n):
            if free > 0 and profit[place] == least:
                is_taken[place] = True
                free -= 1
                bound += least
        for place in range(n):
            if not bound - least + profit[place] > known * (1 + rounding):
                may_improve[place] = False
        if bound < state[BEST] * (1 - _PROGRESS):
            state[WAITED] = 0
        else:
            state[WAITED] += 1
            if state[WAITED] >= _PATIENCE:
                state[STEP] /= 2
                state[WAITED] = 0
        state[BEST] = min(state[BEST], bound)
        got[:] = 0.0
        slope[:] = 1.0
        for pair in range(len(value)):
            if is_taken[candidate[pair]]:
                point = demand[pair]
                got[point] = max(got[point], value[pair])
                if value[pair] > price[point]:
                    slope[point] -= 1.0
        total = got.sum()
        if total > state[BROUGHT] * (1 + rounding):
            plan[:] = np.flatnonzero(is_taken)
            state[BROUGHT] = total
        # A price at its end stays there; prices move in proportion to what is at stake for each demand point.
        norm = 0.0
        for point in range(len(price)):
            if (price[point] <= 0.0 and slope[point] > 0.0) or everything[point] <= 0.0:
                slope[point] = 0.0
            norm += everything[point] * slope[point] ** 2
        if norm <= 0.0:
            return True
        by = state[STEP] * (bound - lowest) / norm
        for point in range(len(price)):
            price[point] = min(max(price[point] - by * everything[point] * slope[point], 0.0), everything[point])
    return False
