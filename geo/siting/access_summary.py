"""How a part of a study area is served, in a few totals: before a plan, and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.access.known_part import KnownPart
    from geo.siting.problem import SitingProblem


@dataclass(frozen=True, slots=True)
class AccessSummary:
    """How the part of a study area whose ways are known is served.

    Attributes
    ----------
    part
        Whom the shares are of.
    residents_within
        Residents within the threshold.
    mean_time_min, worst_time_min
        Of the residents who have a way to a site before and after (`None`: nobody has).
    residents_unreachable
        Residents who start from the network and have no way to any site.
    residents_within_low, residents_within_high
        Residents within the threshold were all times at the upper, or at the lower bound of their precision; `None`
        where times are measured.
    worst_time_low_min, worst_time_high_min
        `worst_time_min` were all times at the lower, or at the upper bound of their precision; `None` likewise.
    """

    part: KnownPart
    residents_within: float
    mean_time_min: float | None
    worst_time_min: float | None
    residents_unreachable: float
    residents_within_low: float | None = None
    residents_within_high: float | None = None
    worst_time_low_min: float | None = None
    worst_time_high_min: float | None = None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """The bounds of `share_within`; `None` where times are measured, or nobody's way is known."""
        return self.part.bounds(self.residents_within_low, self.residents_within_high)

    @property
    def share_within(self) -> float | None:
        """Residents within the threshold as a share of those known; `None` where there are none."""
        return self.part.share(self.residents_within)

    @classmethod
    def of(
        cls, part: KnownPart, problem: SitingProblem, minutes: NDArray[np.float64], threshold_min: float
    ) -> AccessSummary:
        """Add up over the demand points of a problem: `minutes`, shape (n_demand,), inf: no way."""
        residents = problem.residents
        # Who has a way today has one with the labels too.
        both = np.isfinite(problem.today_min) & (residents > 0)
        lost = np.isinf(minutes) & problem.demand["on_network"].to_numpy(bool)
        limit = threshold_min + AT_THRESHOLD_MIN
        shorter, longer = (minutes * problem.demand[bound].to_numpy() for bound in ("time_low", "time_high"))
        low, high = (float(residents[times <= limit].sum()) if part.estimated else None for times in (longer, shorter))
        worst, worst_low, worst_high = (
            float(times[both].max()) if both.any() and told else None
            for times, told in ((minutes, True), (shorter, part.estimated), (longer, part.estimated))
        )
        return cls(
            part=part,
            residents_within=float(residents[minutes <= limit].sum()),
            mean_time_min=float(np.average(minutes[both], weights=residents[both])) if both.any() else None,
            worst_time_min=worst,
            residents_unreachable=float(residents[lost].sum()),
            residents_within_low=low,
            residents_within_high=high,
            worst_time_low_min=worst_low,
            worst_time_high_min=worst_high,
        )
