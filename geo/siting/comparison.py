"""Before and after a scenario: residents gained and lost, communes that change side, times."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.bus_rounds import RoundsSummary, rounds_summary
from geo.access.coverage import coverage
from geo.access.known_part import KnownPart, known_part
from geo.access.residents import residents_by_point
from geo.errors import ParameterError
from geo.kinds import COUNTED_KINDS
from geo.question import AT_THRESHOLD_MIN, DEFAULT_THRESHOLDS_MIN, CoverageRule, check_threshold
from geo.siting.scenario import apply
from geo.territory.study_area import PRECISION_COLUMNS, counted_places

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from geo.siting.scenario import Scenario
    from geo.territory import Territory


@dataclass(frozen=True, slots=True)
class ThresholdChange:
    """What changes at one threshold.

    `residents_gained` are beyond it, or without any road to a site, before and within it after; `residents_lost` the
    other way round. `communes_gained` are under-served before and no more after, `communes_lost` the other way round
    (INSEE codes, in the order of the territory; communes off the network are neither).
    `residents_within_after_low` and `_high` are those within it after were all times at the upper, or at the lower
    bound of their precision; `None` where times are measured.
    """

    threshold_min: float
    residents_within_before: float
    residents_within_after: float
    residents_gained: float
    residents_lost: float
    communes_gained: tuple[str, ...]
    communes_lost: tuple[str, ...]
    residents_within_after_low: float | None = None
    residents_within_after_high: float | None = None


@dataclass(frozen=True, slots=True)
class ScenarioComparison:
    """A territory before and after a scenario.

    Attributes
    ----------
    scenario
        What was compared with today.
    rule
        When a commune is under-served at the first threshold, as a French sentence.
    part
        Whose way is known: what shares are of.
    changes
        One for each threshold, in the order asked.
    mean_time_before_min, mean_time_after_min
        Means over the same residents: those who can reach a site by road both before and after (`None`: nobody).
        Whoever can reach one only before, or only after, is in neither mean but in the counts below.
    residents_without_road_before, residents_without_road_after
        Residents of the network from whom no road leads to a site.
    residents_cut_off, residents_connected
        Residents who lose every road to a site, and those who had none and get one.
    residents_sooner, residents_later
        Residents whose time falls, or rises, by `NOTICED_MIN` or more (cut off and connected ones included).
    communes
        Indexed by `commune_code`: `name`; `population` (Int64); `facility_before`, `facility_after`: name of the
        site nearest for most residents; `travel_time_before_min`, `travel_time_after_min` (Float64, <NA> where no
        site is reached) and `delta_min` (after minus before, <NA> where either is); then for each threshold T, such as
        20: `residents_within_20min_before`, `_after` (Float64), `under_served_20min_before`, `_after` (boolean), <NA>
        where no way is known; and `geo.territory.study_area.PRECISION_COLUMNS`.
    coverage_before, coverage_after
        What `geo.access.coverage.coverage` gives at the first threshold.
    times_after
        What `Territory.travel_times` gives after the scenario.
    sites_not_counted
        Names of the sites of today that the scenario closes, moves or gives other hours and that are of no kind
        counted: no trip to them is measured, before or after.
    rounds_before, rounds_after
        What the rounds of the buses add to the sites at the first threshold; `None` where none is known after.
    """

    scenario: Scenario
    rule: str
    part: KnownPart
    changes: tuple[ThresholdChange, ...]
    mean_time_before_min: float | None
    mean_time_after_min: float | None
    residents_without_road_before: float
    residents_without_road_after: float
    residents_cut_off: float
    residents_connected: float
    residents_sooner: float
    residents_later: float
    communes: pd.DataFrame
    coverage_before: pd.DataFrame
    coverage_after: pd.DataFrame
    times_after: pd.DataFrame
    sites_not_counted: tuple[str, ...] = ()
    rounds_before: RoundsSummary | None = None
    rounds_after: RoundsSummary | None = None

    def interval(self, change: ThresholdChange) -> tuple[float | None, float | None]:
        """Return the bounds of the share within a threshold after (`None`: times are measured, or nobody is known)."""
        return self.part.bounds(change.residents_within_after_low, change.residents_within_after_high)

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as plain values ready for JSON, without the tables."""
        changes = [
            asdict(change)
            | {
                "share_within_before": self.part.share(change.residents_within_before),
                "share_within_after": self.part.share(change.residents_within_after),
                **dict(zip(("share_within_after_low", "share_within_after_high"), self.interval(change), strict=True)),
            }
            for change in self.changes
        ]
        figures = {name: getattr(self, name) for name in _FIGURES}
        said = {"scenario": self.scenario.name, "rule": self.rule, **self.part.to_dict(), **figures, "changes": changes}
        said["sites_not_counted"] = list(self.sites_not_counted)
        if self.rounds_before is not None and self.rounds_after is not None:
            said |= {"rounds_before": self.rounds_before.to_dict(), "rounds_after": self.rounds_after.to_dict()}
        return said


_FIGURES: Final = (
    "mean_time_before_min",
    "mean_time_after_min",
    "residents_without_road_before",
    "residents_without_road_after",
    "residents_cut_off",
    "residents_connected",
    "residents_sooner",
    "residents_later",
)
#: Minutes (a second) under which a time has not changed.
NOTICED_MIN: Final = 1 / 60


def compare(
    territory: Territory,
    scenario: Scenario,
    thresholds_min: Sequence[float] = DEFAULT_THRESHOLDS_MIN,
    *,
    rule: CoverageRule | None = None,
    kinds: Collection[str] = COUNTED_KINDS,
    before: pd.DataFrame | None = None,
) -> ScenarioComparison:
    """Compare access to the sites of today with what a scenario makes of it.

    Closing every site is allowed: then nobody reaches one. The search from all sites is run again, which takes
    milliseconds on a département and gives the very times of a territory built with the changed list.

    Parameters
    ----------
    territory
        Study area, as it is today.
    scenario
        What changes.
    thresholds_min
        Minutes by car, at least one.
    rule
        When a commune is under-served; by mean time where `None`.
    kinds
        What is counted before and after, as in `Territory.travel_times`.
    before
        What `Territory.travel_times` returned for the same choice, where it is already known.

    Raises
    ------
    ParameterError
        No threshold, one out of range, or a scenario that does not fit the territory.
    """
    if not thresholds_min:
        msg = "Comparaison sans seuil : donnez au moins un seuil en minutes, par exemple 20."
        raise ParameterError(msg)
    for threshold in thresholds_min:
        check_threshold(threshold)
    changed = apply(territory, scenario)
    if before is None:
        before = territory.times_to(counted_places(territory.sites, kinds=kinds))
    after = changed.times_to(counted_places(changed.sites, kinds=kinds))
    residents = residents_by_point(territory.communes, territory.demand)
    was, now = (times["travel_time_min"].to_numpy(np.float64, na_value=np.inf) for times in (before, after))
    both = np.isfinite(was) & np.isfinite(now)
    known = after["on_network"].to_numpy(bool)
    with np.errstate(invalid="ignore"):
        delta = now - was  # NaN where neither reaches a site

    tables = [
        (coverage(territory, limit, rule=rule, times=before), coverage(territory, limit, rule=rule, times=after))
        for limit in thresholds_min
    ]
    first_before, first_after = tables[0]
    communes = pd.DataFrame(
        {
            "name": first_before["name"],
            "population": first_before["population"],
            "facility_before": first_before["facility_name"],
            "facility_after": first_after["facility_name"],
            "travel_time_before_min": first_before["travel_time_min"],
            "travel_time_after_min": first_after["travel_time_min"],
            "delta_min": first_after["travel_time_min"] - first_before["travel_time_min"],
        }
    )
    for limit, (one, other) in zip(thresholds_min, tables, strict=True):
        for column in ("residents_within", "under_served"):
            for table, when in ((one, "before"), (other, "after")):
                # Of a commune whose way is not known nobody is known to be within.
                communes[f"{column}_{limit:g}min_{when}"] = table[column].mask(table["under_served"].isna())
    communes[list(PRECISION_COLUMNS)] = territory.precision
    touched = territory.sites[territory.sites["facility_id"].isin([act.facility_id for act in scenario.actions])]
    part = known_part(territory)
    rounds: list[RoundsSummary | None] = [None, None]
    if changed.rounds is not None:
        rounds = [
            rounds_summary(each, times, part, thresholds_min[0])
            for each, times in ((territory, before), (changed, after))
        ]
    return ScenarioComparison(
        scenario=scenario,
        rule=(rule or CoverageRule()).in_french(thresholds_min[0]),
        part=part,
        rounds_before=rounds[0],
        rounds_after=rounds[1],
        changes=tuple(
            _change(limit, was, now, residents, *pair) for limit, pair in zip(thresholds_min, tables, strict=True)
        ),
        mean_time_before_min=_mean(was, residents, both),
        mean_time_after_min=_mean(now, residents, both),
        residents_without_road_before=_total(residents, known & ~np.isfinite(was)),
        residents_without_road_after=_total(residents, known & ~np.isfinite(now)),
        residents_cut_off=_total(residents, np.isfinite(was) & ~np.isfinite(now)),
        residents_connected=_total(residents, ~np.isfinite(was) & np.isfinite(now)),
        residents_sooner=_total(residents, delta <= -NOTICED_MIN),
        residents_later=_total(residents, delta >= NOTICED_MIN),
        communes=communes,
        coverage_before=first_before,
        coverage_after=first_after,
        times_after=after,
        sites_not_counted=tuple(touched.loc[~touched["kind"].isin(kinds), "name"]),
    )


def _change(
    threshold_min: float,
    was: NDArray[np.float64],
    now: NDArray[np.float64],
    residents: NDArray[np.float64],
    before: pd.DataFrame,
    after: pd.DataFrame,
) -> ThresholdChange:
    limit = threshold_min + AT_THRESHOLD_MIN
    poor_before, poor_after = (table["under_served"].fillna(value=False).to_numpy(bool) for table in (before, after))
    low, high = (
        float(after[f"residents_within_{bound}"].sum()) if after["estimated"].any() else None
        for bound in ("low", "high")
    )
    return ThresholdChange(
        threshold_min=float(threshold_min),
        residents_within_before=_total(residents, was <= limit),
        residents_within_after=_total(residents, now <= limit),
        residents_gained=_total(residents, (was > limit) & (now <= limit)),
        residents_lost=_total(residents, (was <= limit) & (now > limit)),
        communes_gained=tuple(before.index[poor_before & ~poor_after]),
        communes_lost=tuple(before.index[~poor_before & poor_after]),
        residents_within_after_low=low,
        residents_within_after_high=high,
    )


def _total(residents: NDArray[np.float64], counted: NDArray[np.bool_]) -> float:
    return float(residents[counted].sum())


def _mean(minutes: NDArray[np.float64], residents: NDArray[np.float64], counted: NDArray[np.bool_]) -> float | None:
    total = residents[counted].sum()
    return float((minutes[counted] * residents[counted]).sum() / total) if total > 0 else None
