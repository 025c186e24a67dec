"""The maps in the browser of what a plan or a scenario changes and of who has a second site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.answers.fragility import share_lines
from geo.answers.label import label_gains
from geo.answers.plan_certainty import retained_text
from geo.answers.plan_proof import WITHOUT_RULE, place_signs
from geo.answers.plan_stops import STOP, stop_detail, stop_sign
from geo.answers.scenario import change_lines
from geo.answers.tables import rows_of
from geo.classes import SECOND_SITE_CLASSES, UNKNOWN_CLASS, change_class, change_classes
from geo.french import UNIT_SPACE, capital, joined, minutes_text, within_text
from geo.kinds import KINDS
from geo.maps.planning_values import Marker, planning_values, site_markers
from geo.question import AT_THRESHOLD_MIN
from geo.siting.scenario import MoveSite, OpenSite

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.siting.comparison import ScenarioComparison
    from geo.siting.fragility import Fragility
    from geo.siting.plan import Plan
    from geo.siting.scenario import Scenario

#: Sign of a place on the map, and what it means.
_SIGNS: Final = (
    ("+", "Site ouvert"),
    ("×", "Site fermé"),
    ("→", "Site déplacé, à sa place d'arrivée"),
)
_DETAILS: Final = {"+": "Ouvert par le scénario", "→": "Déplacé par le scénario", "×": "Fermé par le scénario"}
#: Places that the legend names.
_NAMED: Final = 12
#: A commune is of the class of at least this share of its residents.
_HALF: Final = 0.5


def scenario_values(
    comparison: ScenarioComparison, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, *, clicks: str
) -> dict[str, Any]:
    """Return the map of what a scenario changes at its first threshold, as `planning_values`.

    `before`, `after`: Sites that count today, and after the scenario. `clicks`: What a click asks the server, as in
    `planning_values`.
    """
    communes, threshold = comparison.communes, comparison.changes[0].threshold_min
    was, will = communes["travel_time_before_min"], communes["travel_time_after_min"]
    position = change_class(was, will, threshold)
    beyond = will.to_numpy(np.float64, na_value=np.inf) > threshold + AT_THRESHOLD_MIN
    return planning_values(
        change_classes(threshold),
        position,
        change_lines(communes, "travel_time_before_min", "travel_time_after_min", "population"),
        scenario_markers(comparison.scenario, before, after),
        title="Ce que le scénario change, par commune",
        outlined=beyond & (position >= 0),
        outline=f"À plus de {minutes_text(threshold)} en moyenne, après le scénario",
        signs=[*_kinds(after), *_SIGNS],
        only_present=True,
        clicks=clicks,
    )


def plan_values(plan: Plan, sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the map of what a plan changes, its labels numbered, as `planning_values`; `sites`: those of today."""
    communes, threshold = plan.communes, plan.threshold_min
    after = communes["time_after_min"]
    position = change_class(communes["time_before_min"], after, threshold)
    beyond = after.to_numpy(np.float64, na_value=np.inf) > threshold + AT_THRESHOLD_MIN
    labels = [
        Marker(
            str(label["code"]),
            str(label["name"]),
            float(label["lon"]),
            float(label["lat"]),
            "main",
            str(label["rank"]),
            f"Nouveau label : {label_gains(label, estimated=plan.part.estimated)}, {retained_text(label)}",
        )
        for label in rows_of(plan.labels)
    ]
    signs_of = place_signs(plan)
    compared = () if plan.widest is None or not labels else rows_of(plan.widest.labels)
    others = [
        Marker(
            f"sans-{place['code']}",
            str(place["name"]),
            float(place["lon"]),
            float(place["lat"]),
            "main",
            signs_of[str(place["code"])],
            WITHOUT_RULE,
        )
        for place in compared
        if place["code"] not in set(plan.labels["code"])
    ]
    signs = _kinds(sites, " d'aujourd'hui")
    if labels:
        signs.append(("1", "Nouveau label, dans l'ordre du classement"))
    halts = [
        Marker(
            f"arret-{stop['code']}",
            str(stop["name"]),
            float(stop["lon"]),
            float(stop["lat"]),
            "bus",
            stop_sign(stop["rank"]),
            capital(stop_detail(plan, stop)),
        )
        for stop in (() if plan.stops is None else rows_of(plan.stops.stops))
    ]
    if halts:
        signs.append((stop_sign(1), f"{STOP}, dans l'ordre du classement : ce n'est pas un site"))
    if others:
        named = [f"{other.sign}.{UNIT_SPACE}{other.name}" for other in others]
        signs.append((others[0].sign, f"{WITHOUT_RULE} : {joined(named, _NAMED, 'autres')}"))
    return planning_values(
        change_classes(threshold),
        position,
        change_lines(communes, "time_before_min", "time_after_min", "residents"),
        [*site_markers(sites), *others, *halts, *labels],
        title="Ce que le plan change, par commune",
        outlined=beyond & (position >= 0),
        outline=f"Reste à plus de {minutes_text(threshold)} en moyenne",
        signs=signs,
        only_present=True,
    )


def _kinds(sites: gpd.GeoDataFrame, added: str = "") -> list[tuple[str, str]]:
    """Return the kinds of site on a map with what they are."""
    present = set(sites["kind"])
    return [(kind, f"{shape.label}{added}") for kind, shape in KINDS.items() if kind in present]


def scenario_markers(scenario: Scenario, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> list[Marker]:
    """Return the sites as a scenario leaves them and those that it closes; what it touches comes last, above."""
    moved = {action.facility_id: "→" for action in scenario.actions if isinstance(action, MoveSite)}
    opened = {action.facility_id: "+" for action in scenario.actions if isinstance(action, OpenSite)}
    signs = moved | opened | dict.fromkeys(set(before["facility_id"]) - set(after["facility_id"]), "×")
    gone = before[~before["facility_id"].isin(after["facility_id"])]
    markers = [
        replace(marker, sign=sign, detail=_DETAILS[sign]) if (sign := signs.get(marker.facility_id, "")) else marker
        for marker in [*site_markers(after), *site_markers(gone)]
    ]
    return sorted(markers, key=lambda marker: bool(marker.sign))


def fragility_values(fragility: Fragility, sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the map of the communes where half of the residents have a second site, as `planning_values`.

    `fragility`: What was measured; shares are of the residents of each commune whose way is known.
    """
    known = fragility.communes["residents_known"].to_numpy(np.float64, na_value=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        second, one = (
            fragility.communes[column].to_numpy(np.float64, na_value=np.nan) / known
            for column in ("residents_with_second", "residents_within")
        )
    position = np.select(
        [~(known > 0), second >= _HALF, one >= _HALF], [UNKNOWN_CLASS, 0, 1], default=len(SECOND_SITE_CLASSES) - 1
    ).astype(np.int64)
    return planning_values(
        SECOND_SITE_CLASSES,
        position,
        share_lines(fragility),
        site_markers(sites),
        title=f"Pour la moitié au moins des habitants, {within_text(fragility.threshold_min)}",
        signs=_kinds(sites),
    )
