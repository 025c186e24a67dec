"""Where the visitors of a new label would come from: places that would mainly take those of one site of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.siting.problem import SitingProblem

#: A label mainly takes visitors of one site where at least this share of its visitors come from it; ...
_FROM_ONE: Final = 0.5
#: ... it is put off for that where fewer than this share of them are brought within the threshold.
_NEW: Final = 0.1


@dataclass(frozen=True, slots=True)
class MainLoser:
    """The site of today that most visitors of a label come from: `facility_name`; of both, shares from 0 to 1.

    `share_of_visitors`: of the visitors of the label, who come from it. `share_lost`: of its own visitors, who leave.
    """

    facility_name: str
    share_of_visitors: float
    share_lost: float


def main_loser(leaving: pd.DataFrame, residents_served: float) -> MainLoser | None:
    """Return the site that at least half of the visitors of a label come from; `None`: they come from several.

    `leaving`: Rows of `geo.siting.plan.Plan.leaving` of the label, most residents first. `residents_served`: Its
    visitors.

    Examples
    --------
    >>> columns = ["facility_name", "residents_before", "residents_leaving"]
    >>> main_loser(pd.DataFrame([["Maison", 100.0, 90.0]], columns=columns), 120.0)
    MainLoser(facility_name='Maison', share_of_visitors=0.75, share_lost=0.9)
    """
    if leaving.empty or residents_served <= 0:
        return None
    most = leaving.iloc[int(leaving["residents_leaving"].to_numpy(np.float64).argmax())]
    share = float(most["residents_leaving"]) / residents_served
    if share < _FROM_ONE:
        return None
    lost = float(most["residents_leaving"]) / float(most["residents_before"])
    return MainLoser(str(most["facility_name"]), share, lost)


def takes_over(problem: SitingProblem, threshold_min: float) -> NDArray[np.bool_]:
    """Return which candidates, each alone, would mainly take visitors of one site and bring few: (n_candidates,)."""
    demand, candidate, n = problem.pair_demand, problem.pair_candidate, len(problem.candidates)
    residents, limit = problem.residents[demand], threshold_min + AT_THRESHOLD_MIN
    # Only trips that a candidate makes shorter are pairs: who has one would go there.
    served = np.bincount(candidate, weights=residents, minlength=n)
    new = (problem.today_min[demand] > limit) & (problem.pair_min <= limit)
    brought = np.bincount(candidate, weights=np.where(new, residents, 0.0), minlength=n)
    site = pd.factorize(problem.demand["facility_id"])[0][demand]
    sites = int(site.max(initial=-1)) + 1
    known = site >= 0
    each, which = np.unique(candidate[known] * max(sites, 1) + site[known], return_inverse=True)
    most = np.zeros(n)
    np.maximum.at(most, each // max(sites, 1), np.bincount(which, weights=residents[known], minlength=len(each)))
    found: NDArray[np.bool_] = (served > 0) & (most >= _FROM_ONE * served) & (brought < _NEW * served)
    return found
