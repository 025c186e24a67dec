"""Labels of use for the times shown: which bring somebody, and which may be left out or have to stay without it.

On estimated times labels are chosen on average over several hypotheses. A label that brings nobody for the times shown,
or whom the others bring all, is idle: it is left out where the plan loses little by it on average and in its worst
case, else it stays, because other times need it. Labels that altogether bring nobody for the times shown are not
proposed.
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
SOMEBODY: Final = 0.5
#: Share of what a plan brings on average, and of its worst case, that may be lost by leaving out idle labels.
MOST_LOST: Final = 0.05


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
        found: NDArray[np.bool_] = self.shown.added_to(self.shown.received(chosen)) >= SOMEBODY
        return found

    def idle(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of the labels chosen (sorted) nobody would miss were the others alone: bool, (n_chosen,)."""
        found: NDArray[np.bool_] = losses(self.shown, chosen) < SOMEBODY
        return found

    def needed(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return under how many hypotheses somebody would miss each label chosen (sorted): int64, (n_chosen,)."""
        found: NDArray[np.int64] = sum(
            ((losses(each, chosen) >= SOMEBODY).astype(np.int64) for each in self.hypotheses),
            np.zeros(len(chosen), np.int64),
        )
        return found

    def serves(self, chosen: NDArray[np.int64]) -> bool:
        """Tell whether labels altogether bring somebody."""
        return self.shown.total(chosen) >= SOMEBODY

    def without_idle(
        self, benefits: Benefits, chosen: NDArray[np.int64], worst: Callable[[NDArray[np.int64]], float]
    ) -> NDArray[np.int64]:
        """Leave out idle labels, the one that `benefits` miss least first, while at most `MOST_LOST` is lost in all.

        `worst`: The worst case of a choice, which loses at most as much. A label that nobody needs under any hypothesis
        is always left out.
        """
        current = np.sort(chosen)
        most, most_worst = ((1 - MOST_LOST) * each for each in (benefits.total(current), worst(current)))
        while len(current) and (idle := self.idle(current)).any():
            rank = int(np.where(idle, losses(benefits, current), np.inf).argmin())
            fewer = np.delete(current, rank)
            is_needed = self.needed(current)[rank] > 0
            if is_needed and (benefits.total(fewer) < most or worst(fewer) < most_worst):
                break
            current = fewer
        return current

    def completed(self, benefits: Benefits, chosen: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Add labels up to `count`, the one that adds most first, while one brings somebody and makes no other idle."""
        current = np.sort(chosen)
        while len(current) < count:
            added = np.where(self.beside(current), benefits.added_to(benefits.received(current)), 0.0)
            idle = int(self.idle(current).sum())
            tried = (
                np.sort(np.append(current, place)) for place in np.argsort(-added, kind="stable") if added[place] > 0
            )
            more = next((each for each in tried if self.idle(each).sum() <= idle), None)
            if more is None:
                break
            current = more
        return current


def best_of_use(usefulness: Usefulness, solved: Callable[[NDArray[np.bool_]], Solution]) -> Solution:
    """Return the best choice; where that brings nobody for the times shown, the best among places that do.

    `solved`: Returns the best choice among the candidates of a mask, by their positions among all.
    """
    best = solved(np.ones(usefulness.shown.n_candidates, bool))
    if not len(best.selected) or usefulness.serves(best.selected):
        return best
    alone = usefulness.alone()
    return solved(alone) if alone.any() else Solution(np.zeros(0, np.int64), 0.0, 0.0)
