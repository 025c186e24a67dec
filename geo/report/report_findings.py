"""All that a report says of a territory, measured once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.access.coverage import coverage, summarize
from geo.access.opening import open_shares
from geo.access.population_curve import population_curve
from geo.access.sensitivity import sensitivity
from geo.access.time_saved import time_saved
from geo.errors import ParameterError
from geo.kinds import COUNTED_KINDS, SITES, TAX_OFFICES
from geo.question import DEFAULT_THRESHOLD_MIN, CoverageRule
from geo.report.plan_files import labels_layer
from geo.siting.fragility import fragility
from geo.siting.scenario import apply

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.access.coverage import CoverageSummary
    from geo.access.opening import OpeningTable
    from geo.access.sensitivity import Sensitivity
    from geo.access.time_saved import TimeSavedSummary
    from geo.siting.fragility import Fragility
    from geo.siting.plan import Plan
    from geo.territory import Territory


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a report is asked to be about.

    `threshold_min`, `facilities`, `rule`, `kinds`: as in `geo.access.coverage.coverage`; `plan`: the plan
    that is part of it, `None` for none; `made_on`: the date that is written on it.
    """

    threshold_min: float = DEFAULT_THRESHOLD_MIN
    facilities: str = SITES
    rule: CoverageRule = field(default_factory=CoverageRule)
    kinds: frozenset[str] = COUNTED_KINDS
    plan: Plan | None = None
    made_on: dt.date = field(default_factory=lambda: dt.datetime.now().astimezone().date())

    def __post_init__(self) -> None:
        """Raise `ParameterError` for a plan of labels in a report about other places."""
        if self.plan is not None and self.facilities != SITES:
            msg = (
                f"Un plan de labels porte sur les sites France services, et le rapport demandé sur la liste "
                f"« {self.facilities} ». Demandez le rapport sur les sites, ou sans plan."
            )
            raise ParameterError(msg)


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """The plan of a report on the ground.

    `before` and `after`: coverage of each commune by the plan's own threshold and choice of sites; `labels`: those of
    the plan, points in EPSG:4326.
    """

    plan: Plan
    before: pd.DataFrame
    after: pd.DataFrame
    labels: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False, slots=True)
class ReportFindings:
    """What was measured: `None` where it does not apply.

    `opening` and `fragility` are about France services sites, and `None` in a report about another list, as where the
    list is that of the tax offices or there are none for `saved`; `planned` is `None` without a plan.
    """

    territory: Territory
    request: ReportRequest
    times: pd.DataFrame
    coverage: pd.DataFrame
    summary: CoverageSummary
    curve: pd.DataFrame
    sensitivity: Sensitivity
    opening: OpeningTable | None
    fragility: Fragility | None
    saved: tuple[pd.DataFrame, TimeSavedSummary] | None
    planned: PlannedChange | None

    @property
    def residents_known(self) -> float:
        """Residents whose way is known, or known not to exist: all but those off the network."""
        return self.summary.part.residents_known

    def share(self, residents: float) -> float | None:
        """Return residents as a share of those known, `None` where there are none."""
        return self.summary.part.share(residents)


def find(territory: Territory, request: ReportRequest) -> ReportFindings:
    """Measure all that a report says.

    Raises
    ------
    ParameterError
        Threshold out of range, no such list or nothing in it, or labels of the plan outside of the territory.
    """
    options: dict[str, Any] = {"kinds": request.kinds}
    threshold = request.threshold_min
    measure: dict[str, Any] = {"facilities": request.facilities, "rule": request.rule}
    times = territory.travel_times(request.facilities, **options)
    cov = coverage(territory, threshold, times=times, **measure)
    about_sites = request.facilities == SITES
    compared = about_sites and not territory.facilities.get(TAX_OFFICES, pd.DataFrame()).empty
    return ReportFindings(
        territory=territory,
        request=request,
        times=times,
        coverage=cov,
        summary=summarize(cov, times, threshold, **measure),
        curve=population_curve(territory, times),
        sensitivity=sensitivity(territory, threshold, times=times, **measure),
        opening=open_shares(territory, threshold, **options) if about_sites else None,
        fragility=fragility(territory, threshold, **options) if about_sites else None,
        saved=time_saved(territory, **options) if compared else None,
        planned=None if request.plan is None else _planned(territory, request.plan, request.rule),
    )


def _planned(territory: Territory, plan: Plan, rule: CoverageRule) -> PlannedChange:
    after = apply(territory, plan.scenario()) if len(plan.labels) else territory
    before_cov, after_cov = (
        coverage(each, plan.threshold_min, rule=rule, times=each.travel_times(SITES, kinds=plan.kinds))
        for each in (territory, after)
    )
    return PlannedChange(plan, before_cov, after_cov, labels_layer(plan))
