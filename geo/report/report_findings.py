"""All that a report says of a territory, measured once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from geo.access.coverage import coverage, summarize
from geo.access.opening import open_shares
from geo.access.population_curve import population_curve
from geo.access.sensitivity import sensitivity
from geo.access.time_saved import time_saved
from geo.crs import WGS84
from geo.errors import ParameterError
from geo.kinds import COUNTED_KINDS, SITES, TAX_OFFICES
from geo.question import DEFAULT_THRESHOLD_MIN, CoverageRule
from geo.siting.fragility import fragility
from geo.siting.scenario import MAX_NAME, OpenSite, Place, Scenario, apply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.access.coverage import CoverageSummary
    from geo.access.opening import OpeningTable
    from geo.access.sensitivity import Sensitivity
    from geo.access.time_saved import TimeSavedSummary
    from geo.siting.fragility import Fragility
    from geo.territory import Territory

_SCENARIO: Final = "Labels du plan"


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a report is asked to be about.

    `threshold_min`, `facilities`, `rule`, `kinds`: as in `geo.access.coverage.coverage`; `plan`: what
    `geo.report.plan_files.plan_content` or `geo.report.plan_reading.read_plan` returned, `None` for none; `made_on`:
    the date that is written on it.
    """

    threshold_min: float = DEFAULT_THRESHOLD_MIN
    facilities: str = SITES
    rule: CoverageRule = field(default_factory=CoverageRule)
    kinds: frozenset[str] = COUNTED_KINDS
    plan: Mapping[str, Any] | None = None
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

    `content` is the plan; `before` and `after`: coverage of each commune by its own threshold and its own choice of
    sites; `labels`: its labels (`rank`, `code`, `name`, `commune_code`, `residents` brought...), points in EPSG:4326.
    """

    content: Mapping[str, Any]
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
    def residents_known(self) -> int:
        """Residents whose way is known, or known not to exist: all but those off the network."""
        return self.summary.population - self.summary.population_off_network

    def share(self, residents: float) -> float | None:
        """Return residents as a share of those known, `None` where there are none."""
        return residents / self.residents_known if self.residents_known else None


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


def _planned(territory: Territory, content: Mapping[str, Any], rule: CoverageRule) -> PlannedChange:
    labels = pd.DataFrame(content["selected"], columns=[*_LABEL_COLUMNS])
    actions = tuple(
        OpenSite(f"label-{label['rank']}", str(label["name"])[:MAX_NAME], Place(lon=label["lon"], lat=label["lat"]))
        for label in labels.to_dict("records")
    )
    after = apply(territory, Scenario(territory.name[:MAX_NAME], _SCENARIO, actions)) if actions else territory
    options = {"kinds": frozenset(content["kinds"])}
    threshold = float(content["threshold_min"])
    before_cov, after_cov = (
        coverage(each, threshold, rule=rule, times=each.travel_times(SITES, **options)) for each in (territory, after)
    )
    points = gpd.points_from_xy(labels["lon"].astype("float64"), labels["lat"].astype("float64"))
    typed = labels.astype(dict.fromkeys(_TEXT_COLUMNS, "string"))
    return PlannedChange(content, before_cov, after_cov, gpd.GeoDataFrame(typed, geometry=points, crs=WGS84))


_TEXT_COLUMNS: Final = ("code", "name", "commune_code", "commune_name")
_LABEL_COLUMNS: Final = (
    "rank",
    *_TEXT_COLUMNS,
    "lon",
    "lat",
    "holds_site",
    "gain_residents",
    "gain_alone_residents",
    "residents_served",
    "minutes_saved_mean",
    "cost_eur",
    "aid_eur",
)
