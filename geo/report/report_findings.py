"""All that a report says of a territory, measured once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from geo.access.active_access import MOST_MIN, ActiveAccess, active_access
from geo.access.diagnosis import diagnose
from geo.access.opening import open_shares
from geo.access.population_curve import population_curve
from geo.access.sensitivity import sensitivity
from geo.access.time_saved import time_saved
from geo.errors import ParameterError
from geo.finder.day_without_car import DayWithoutCar, day_without_car
from geo.finder.named_days import named_days
from geo.finder.without_car import no_timetables
from geo.kinds import FIXED_KINDS, SITES, TAX_OFFICES
from geo.network.modes import ACTIVE_MODES
from geo.question import Question
from geo.report.plan_files import labels_layer
from geo.siting.fragility import fragility
from geo.siting.scenario import apply

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.access.coverage import CoverageSummary
    from geo.access.diagnosis import Diagnosis
    from geo.access.opening import OpeningTable
    from geo.access.sensitivity import Sensitivity
    from geo.access.time_saved import TimeSavedSummary
    from geo.answers.two_publics import TwoPublics
    from geo.question import CoverageRule
    from geo.siting.fragility import Fragility
    from geo.siting.plan import Plan
    from geo.territory import Territory


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a report is asked to be about.

    `question`: of whom and what it is; `plan`: the plan that is part of it, `None` for none; `made_on`: the date that
    is written on it; `beside`: the plans with and without a car that the plan was compared with, `None` for none;
    `day`: of the page without a car, `None` for a usual day of the timetables.
    """

    question: Question = field(default_factory=Question)
    plan: Plan | None = None
    made_on: dt.date = field(default_factory=lambda: dt.datetime.now().astimezone().date())
    beside: TwoPublics | None = None
    day: dt.date | None = None

    def __post_init__(self) -> None:
        """Raise `ParameterError` for a plan of labels, or a day without a car, in a report about other places."""
        if self.day is not None and self.question.facilities != SITES:
            msg = "La page « Sans voiture » porte sur les sites France services : retirez --day, ou --facilities."
            raise ParameterError(msg)
        if self.plan is not None and self.question.facilities != SITES:
            msg = (
                f"Un plan de labels porte sur les sites France services, et le rapport demandé sur la liste "
                f"« {self.question.facilities} ». Demandez le rapport sur les sites, ou sans plan."
            )
            raise ParameterError(msg)


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """The plan of a report on the ground.

    `question`: the plan's own threshold and choice of sites, with the rule of the report; `before` and `after`: how it
    is answered for each commune; `labels`: those of the plan, points in EPSG:4326.
    """

    plan: Plan
    question: Question
    before: pd.DataFrame
    after: pd.DataFrame
    labels: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False, slots=True)
class ReportFindings:
    """What was measured: `None` where it does not apply.

    `opening` and `fragility` are about France services sites, and `None` in a report about another list, as where the
    list is that of the tax offices or there are none for `saved`; `planned` is `None` without a plan; `without_car` is
    about the sites where the territory has timetables, and `without_car_missing` says why it is `None` all the same.
    `active`: on foot and by bicycle, empty where the threshold is longer than they are asked about.
    """

    territory: Territory
    request: ReportRequest
    diagnosis: Diagnosis
    curve: pd.DataFrame
    sensitivity: Sensitivity
    opening: OpeningTable | None
    fragility: Fragility | None
    saved: tuple[pd.DataFrame, TimeSavedSummary] | None
    planned: PlannedChange | None
    without_car: DayWithoutCar | None = None
    without_car_missing: str = ""
    active: tuple[ActiveAccess, ...] = ()

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.diagnosis.question

    @property
    def coverage(self) -> pd.DataFrame:
        """Who is served, by commune."""
        return self.diagnosis.coverage

    @property
    def summary(self) -> CoverageSummary:
        """Who is served, in all."""
        return self.diagnosis.summary

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
        No such list or nothing in it, labels of the plan outside of the territory, or a day without timetables.
    """
    question = request.question
    threshold, kinds = question.threshold_min, question.kinds
    diagnosis = diagnose(territory, question=question)
    times = diagnosis.times
    about_sites = question.facilities == SITES
    without_car, missing = _without_car(territory, request) if about_sites else (None, "")
    compared = about_sites and not territory.facilities.get(TAX_OFFICES, pd.DataFrame()).empty
    return ReportFindings(
        territory=territory,
        request=request,
        diagnosis=diagnosis,
        curve=population_curve(territory, times),
        sensitivity=sensitivity(territory, threshold, facilities=question.facilities, rule=question.rule, times=times),
        opening=open_shares(territory, threshold, kinds=kinds) if about_sites else None,
        fragility=fragility(territory, threshold, kinds=kinds) if about_sites else None,
        saved=time_saved(territory, kinds=kinds) if compared else None,
        planned=None if request.plan is None else _planned(territory, request.plan, question.rule),
        without_car=without_car,
        without_car_missing=missing,
        active=tuple(active_access(territory, question, mode) for mode in ACTIVE_MODES if threshold <= MOST_MIN),
    )


def _without_car(territory: Territory, request: ReportRequest) -> tuple[DayWithoutCar | None, str]:
    """Return the day without a car, and why there is none where there are timetables."""
    day, made_on = request.day, request.made_on
    if not territory.has_timetables:
        if day is not None:
            raise ParameterError(no_timetables(territory.name, territory.departement, "--day"))
        return None, ""
    if day is None and not named_days(territory, made_on):
        return None, "Sans voiture : les horaires donnés n'ont de trajet ni un mardi ni un samedi ; rien n'en est dit."
    if territory.sites[territory.sites["kind"].isin(FIXED_KINDS)].empty:
        return None, "Sans voiture : le territoire n'a que des bus, où l'on ne se rend pas ; rien n'en est dit."
    return day_without_car(territory, day, today=made_on), ""


def _planned(territory: Territory, plan: Plan, rule: CoverageRule) -> PlannedChange:
    after = apply(territory, plan.scenario()) if len(plan.labels) else territory
    question = Question(plan.threshold_min, rule=rule, kinds=frozenset(plan.kinds))
    before_cov, after_cov = (diagnose(each, question=question).coverage for each in (territory, after))
    return PlannedChange(plan, question, before_cov, after_cov, labels_layer(plan))
