"""Labels that each bring somebody: none is proposed for what it would bring were times other than those shown.

On estimated times labels are chosen on average over several hypotheses. An average may choose a place that brings
nobody for the times shown, or one whose residents the other labels bring all: such a label is idle, and so is one that
brings nobody under most hypotheses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.siting.benefits import coverage_benefits
from geo.siting.greedy import losses
from geo.siting.solve import Solution

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geo.siting.benefits import Benefits
    from geo.siting.problem import SitingProblem

#: Residents from which a label brings somebody: half of one is written as one.
_SOMEBODY: Final = 0.5
#: Share of the hypotheses on times under which a label has to bring somebody, at least.
_LEAST_SHARE: Final = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class Usefulness:
    """Whom places bring within the threshold: `shown`, for the times shown; `hypotheses`, under each one chosen for.

    Residents count for one each, whatever they weigh.

    Examples
    --------
    >>> from geo.siting.benefits import Benefits
    >>> shown = Benefits(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([9.0, 5.0, 5.0]), 2, 3)
    >>> of = Usefulness(shown, (shown,))
    >>> of.alone().tolist(), of.idle(np.array([0, 1])).tolist()
    ([True, True, False], [False, True])
    """

    shown: Benefits
    hypotheses: tuple[Benefits, ...]

    @classmethod
    def of(cls, shown: SitingProblem, hypotheses: Sequence[SitingProblem], threshold_min: float) -> Usefulness:
        """Return whom the candidates of a problem bring, and under the hypotheses that it is solved for."""
        each = tuple(coverage_benefits(problem, threshold_min, problem.residents) for problem in hypotheses)
        return cls(coverage_benefits(shown, threshold_min, shown.residents), each)

    def alone(self) -> NDArray[np.bool_]:
        """Return which candidates bring somebody without any other label: bool, shape (n_candidates,)."""
        return self.beside(np.zeros(0, np.int64))

    def beside(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which candidates bring somebody whom the labels chosen do not: bool, shape (n_candidates,)."""
        return self._somebody(lambda table: table.added_to(table.received(chosen)))

    def idle(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of the labels chosen (sorted) nobody would miss were the others alone: bool, (n_chosen,)."""
        return ~self._somebody(lambda table: losses(table, chosen))

    def without_idle(self, benefits: Benefits, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Leave out idle labels one by one, the one that `benefits` miss least first."""
        current = np.sort(chosen)
        while len(current) and (idle := self.idle(current)).any():
            current = np.delete(current, int(np.where(idle, losses(benefits, current), np.inf).argmin()))
        return current

    def completed(self, benefits: Benefits, chosen: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Add labels up to `count`, the one that adds most first, while there is one that leaves none idle."""
        current = np.sort(chosen)
        while len(current) < count:
            added = np.where(self.beside(current), benefits.added_to(benefits.received(current)), 0.0)
            tried = (
                np.sort(np.append(current, place)) for place in np.argsort(-added, kind="stable") if added[place] > 0
            )
            more = next((each for each in tried if not self.idle(each).any()), None)
            if more is None:
                break
            current = more
        return current

    def _somebody(self, brought: Callable[[Benefits], NDArray[np.float64]]) -> NDArray[np.bool_]:
        there = brought(self.shown) >= _SOMEBODY
        often = np.mean([brought(each) >= _SOMEBODY for each in self.hypotheses], axis=0) >= _LEAST_SHARE
        found: NDArray[np.bool_] = there & often
        return found


def useful_choice(
    usefulness: Usefulness,
    benefits: Benefits,
    count: int,
    solved: Callable[[NDArray[np.bool_], int], Solution],
) -> tuple[NDArray[np.int64], Solution]:
    """Return labels none of which is idle, and the best choice that they were taken from.

    The best choice is that of at most `count` places each of which brings somebody alone. Its idle labels are left out;
    others take their place while one brings somebody more and leaves none idle.

    Parameters
    ----------
    usefulness, benefits
        Whom the candidates bring, and what is to be the most.
    count
        Labels at most.
    solved
        Returns the best choice of a number of labels among the candidates of a mask, by their positions among all.

    Returns
    -------
    Positions of candidates, int64, sorted; and the best choice, whose bound no such choice exceeds.
    """
    allowed = usefulness.alone()
    if not count or not allowed.any():
        nothing = np.zeros(0, np.int64)
        return nothing, Solution(nothing, 0.0, 0.0)
    best = solved(allowed, count)
    return usefulness.completed(benefits, usefulness.without_idle(benefits, best.selected), count), best
