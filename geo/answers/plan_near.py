"""What a plan changes for those who walk or cycle: residents within its threshold on foot and by bicycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary, ref

import geopandas as gpd

from geo.access.active_access import MOST_MIN, active_times, measured, sooner
from geo.crs import WGS84
from geo.french import SEMICOLON, format_share, within_text
from geo.network.modes import ACTIVE_MODES, MODES
from geo.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from geo.access.coverage import CoverageSummary
    from geo.siting.plan import Plan
    from geo.territory import Territory


@dataclass(frozen=True, slots=True)
class NearWithLabels:
    """Who is within a plan's threshold on foot or by bicycle (`mode`): today, and with its labels."""

    mode: str
    before: CoverageSummary
    after: CoverageSummary

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values ready for JSON."""
        return {
            "threshold_min": self.before.threshold_min,
            **self.before.part.out_of(),
            "residents_within_before": self.before.residents_within,
            "residents_within_after": self.after.residents_within,
            "estimated": self.before.part.estimated,
        }


#: Of each plan that is in use, its territory and what `near_with_labels` said: files, pages and the terminal all ask.
_ANSWERED: Final[WeakKeyDictionary[Plan, tuple[ref[Territory], tuple[NearWithLabels, ...]]]] = WeakKeyDictionary()


def times_today(territory: Territory, mode: str, kinds: frozenset[str]) -> tuple[pd.DataFrame, bool]:
    """Return the times on foot or by bicycle to the sites of these kinds, as `active_times`."""
    return active_times(territory, mode, territory.facility_list(kinds=kinds))


def near_with_labels(
    parts: Sequence[Territory],
    plan: Plan,
    *,
    today: Callable[[Territory, str, frozenset[str]], tuple[pd.DataFrame, bool]] = times_today,
) -> tuple[NearWithLabels, ...]:
    """Return what a plan changes for each of these modes.

    `parts`: the territories that the plan was made for. `today`: `times_today`, or a function that remembers what it
    returned for the same arguments. Empty where there is nothing to say: several territories, no label, nobody whose
    way is known, or a threshold over `geo.access.active_access.MOST_MIN`.

    Examples
    --------
    >>> from geo import Territory
    >>> from geo.siting.plan import plan
    >>> territory = Territory.load("64")
    >>> near = near_with_labels(territory.parts, plan(territory, 1))
    >>> [each.mode for each in near], near[0].after.residents_within >= near[0].before.residents_within
    (['walk', 'bike'], True)
    """
    if len(parts) != 1 or plan.labels.empty or plan.threshold_min > MOST_MIN or not plan.part.residents_known:
        return ()
    (territory,) = parts
    known = _ANSWERED.get(plan)
    if known is not None and known[0]() is territory:
        return known[1]
    question = Question(plan.threshold_min, kinds=frozenset(plan.kinds))
    labels = plan.labels.rename(columns={"code": "facility_id"})[["facility_id", "name"]]
    added = gpd.GeoDataFrame(labels, geometry=gpd.points_from_xy(plan.labels["lon"], plan.labels["lat"]), crs=WGS84)
    near = []
    for mode in ACTIVE_MODES:
        now, estimated = today(territory, mode, question.kinds)
        then = sooner(now, active_times(territory, mode, added.reset_index(drop=True))[0])
        before, after = (measured(territory, question, (times, estimated))[1] for times in (now, then))
        near.append(NearWithLabels(mode, before, after))
    _ANSWERED[plan] = ref(territory), tuple(near)
    return tuple(near)


def near_sentence(near: Sequence[NearWithLabels]) -> str:
    """Return what a plan changes for those who walk or cycle, in one sentence; empty for none."""
    if not near:
        return ""
    told = []
    for each in near:
        was, will = (format_share(summary.share_covered) for summary in (each.before, each.after))
        today = "comme aujourd'hui" if was == will else f"{was} aujourd'hui"
        within = f"{within_text(each.before.threshold_min)} {MODES[each.mode]} d'un site"
        told.append(f"{will} des habitants seraient {within} ({today})")
    estimated = ", temps estimés d'après la ligne droite" if near[0].before.part.estimated else ""
    return f"Avec ce plan, {SEMICOLON.join(told)}{estimated}."
