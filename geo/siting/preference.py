"""Nearly equal choices go to a place that is not mainly for visitors of one site, then to the larger town."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.siting.benefits import Benefits

#: Share of what a label brings that may be given up for a larger town.
MOST_GIVEN_UP: Final = 0.01


@dataclass(frozen=True, slots=True)
class Preference:
    """A larger town taken in the place of another: positions, and the share of the other's gain that it brings."""

    taken: int
    left: int
    share_of_gain: float


def prefer_larger(
    benefits: Benefits,
    chosen: NDArray[np.int64],
    size: NDArray[np.float64],
    most_given_up: float = MOST_GIVEN_UP,
    *,
    put_off: NDArray[np.bool_] | None = None,
    fits: Callable[[NDArray[np.int64]], bool] | None = None,
) -> tuple[NDArray[np.int64], tuple[Preference, ...]]:
    """Replace each label by the place preferred, the largest, that brings as much, or nearly, the other labels staying.

    The label that brings most comes first. Each gives up at most `most_given_up` (0 to 1) of what it brings, the other
    labels being those taken so far; one that brings nothing beside these stays.

    Parameters
    ----------
    benefits
        What each candidate brings to each demand point.
    chosen
        Positions of candidates, int64.
    size
        Residents of the commune of each candidate, float64, shape (n_candidates,).
    put_off
        Candidates that any other one is preferred to, however small, bool, shape (n_candidates,); `None`: none.
    fits
        Whether a choice (positions, sorted) is one that may be proposed; `None`: any is.

    Returns
    -------
    Positions of candidates, int64, sorted, and what was taken in the place of what.

    Examples
    --------
    >>> from geo.siting.benefits import Benefits
    >>> same = Benefits(np.array([0, 0]), np.array([0, 1]), np.array([9.0, 9.0]), 1, 2)
    >>> prefer_larger(same, np.array([0]), np.array([158.0, 10_684.0]))[0].tolist()
    [1]
    """
    current = np.sort(np.asarray(chosen, np.int64))
    taken: list[Preference] = []
    late = np.zeros(len(size), bool) if put_off is None else put_off
    without = [benefits.received(current[current != label]) for label in current.tolist()]
    gains = [float(benefits.added_to(got)[label]) for got, label in zip(without, current.tolist(), strict=True)]
    for rank in np.argsort(-np.array(gains), kind="stable").tolist():
        label = int(current[rank])
        others = np.delete(current, rank)
        added = benefits.added_to(benefits.received(others))
        if added[label] <= 0:  # a larger town brings what it did: it leaves no share of a gain to compare with
            continue
        least = (1 - most_given_up) * float(added[label])
        near = np.flatnonzero((added >= least) & (added > 0) & _before(late, size, label))
        near = near[~np.isin(near, others)]
        in_order = near[np.lexsort((near, -added[near], -size[near], late[near]))].tolist()
        best = next((each for each in in_order if fits is None or fits(np.sort(np.append(others, each)))), None)
        if best is None:
            continue
        taken.append(Preference(best, label, float(added[best] / added[label])))
        current[rank] = best
    return np.sort(current), tuple(taken)


def _before(late: NDArray[np.bool_], size: NDArray[np.float64], label: int) -> NDArray[np.bool_]:
    """Return which candidates are preferred to one where they bring the same: bool, shape (n_candidates,)."""
    found: NDArray[np.bool_] = np.where(late == late[label], size > size[label], ~late)
    return found
