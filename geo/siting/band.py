"""What labels bring over the band of times: their worst case, and the steadiest choice of those that bring enough."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.siting.worst_case import Floor, best_worst_case, worst_case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geo.siting.benefits import Benefits
    from geo.siting.worst_case import WorstCase

#: Share of the best mean that may be given up for a better worst case.
GIVEN_UP_FOR_WORST: Final = 0.01


@dataclass(frozen=True, eq=False, slots=True)
class Band:
    """What candidates bring under each hypothesis on times under which something can be brought.

    Attributes
    ----------
    benefits
        Of each of them.
    best
        The most that a known choice brings in each, float64, shape (n_kept,), greater than 0.
    kept
        Positions of them among all hypotheses, int64.
    weight
        What counts of each in the mean that labels are chosen by, float64, shape (n_kept,).

    Examples
    --------
    >>> from geo.siting.benefits import Benefits
    >>> near = Benefits(np.array([0, 0]), np.array([0, 1]), np.array([10.0, 8.0]), 1, 2)
    >>> far = Benefits(np.array([0, 0]), np.array([0, 1]), np.array([2.0, 5.0]), 1, 2)
    >>> band = Band.of([near, far], np.array([0.5, 0.5]), [np.array([0]), np.array([1])])
    >>> band.share(np.array([0])), band.share(np.array([1]))
    (0.4, 0.8)
    """

    benefits: tuple[Benefits, ...]
    best: NDArray[np.float64]
    kept: NDArray[np.int64]
    weight: NDArray[np.float64]

    @classmethod
    def of(
        cls, benefits: Sequence[Benefits], weight: NDArray[np.float64], known: Sequence[NDArray[np.int64]]
    ) -> Band | None:
        """Return the band; `known`: choices. `None`: under one hypothesis at most something is brought, it is no band.

        A quick search may have missed the most that is brought: what the others bring there counts too.
        """
        best = np.array([max(each.total(choice) for choice in known) for each in benefits])
        kept = np.flatnonzero(best > 0)
        if len(kept) < 2:  # noqa: PLR2004 - one is no band
            return None
        return cls(tuple(benefits[each] for each in kept.tolist()), best[kept], kept, weight[kept])

    def worst(self, selected: NDArray[np.int64]) -> WorstCase:
        """Return the worst case of a choice; `variant`: its position among all hypotheses."""
        return self._among_all(worst_case(self.benefits, self.best, selected))

    def share(self, selected: NDArray[np.int64]) -> float:
        """Return the smallest share that a choice brings of the most that is brought, 0 to 1."""
        return worst_case(self.benefits, self.best, selected).share

    def steadiest(
        self,
        known: Sequence[NDArray[np.int64]],
        count: int,
        *,
        allowed: NDArray[np.bool_],
        least_mean: float | None = None,
        exact: bool = True,
        time_limit_s: float,
        stopped: Callable[[], bool],
    ) -> WorstCase:
        """Return the choice of at most `count` labels whose worst case is best.

        `known`: choices, of which one meets the floor. `allowed`: candidates it is made among, bool, shape
        (n_candidates,). `least_mean`: what it brings on average, at least; `None`: anything. `exact`: not by swaps
        alone.
        """
        where = np.flatnonzero(allowed)
        tables = [each if allowed.all() else each.of_candidates(where) for each in self.benefits]
        return self._among_all(
            best_worst_case(
                tables,
                self.best,
                [np.intersect1d(each, where) for each in known],
                count,
                floor=None if least_mean is None else Floor(self.weight, least_mean),
                exact=exact,
                time_limit_s=time_limit_s,
                stopped=stopped,
            )
        )

    def _among_all(self, found: WorstCase) -> WorstCase:
        return replace(found, variant=int(self.kept[found.variant]))
