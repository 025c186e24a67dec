"""What if sites open, close, move or change their hours: a scenario, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from geo.access.opening import SLOT_MIN, open_shares
from geo.classes import CHANGED_MIN, change_class, change_classes
from geo.errors import MaillageError
from geo.french import UNIT_SPACE, format_decimal, format_integer, format_minutes, format_share
from geo.maps.planning_values import Marker, planning_values, site_markers
from geo.question import AT_THRESHOLD_MIN, DEFAULT_THRESHOLDS_MIN
from geo.report.planning_sentences import action_sentences, comparison_sentences
from geo.siting.comparison import compare
from geo.siting.scenario import ChangeHours, MoveSite, OpenSite
from geo.territory.study_area import counted_places
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.messages import show_failure, show_notes
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.planning_cache import shared_opening
from geo.ui.scenario_session import current_scenario, territory_after
from geo.ui.screens.planner.scenario_actions import (
    clicks_wanted,
    place_clicked,
    show_actions,
    show_saving,
    site_clicked,
)
from geo.ui.screens.planner.visit import change_lines

if TYPE_CHECKING:
    from geo.siting.comparison import ScenarioComparison, ThresholdChange
    from geo.siting.scenario import Scenario
    from geo.ui.screens.planner.visit import Visit

_COLUMNS: Final = {
    "name": "Commune",
    "population": "Habitants",
    "travel_time_before_min": "Aujourd'hui (min)",
    "travel_time_after_min": "Ensuite (min)",
    "delta_min": "Écart (min)",
    "facility_before": "Site d'aujourd'hui",
    "facility_after": "Site ensuite",
    "commune_code": "Code INSEE",
}
_FORMATS: Final = {
    "Habitants": "whole",
    "Aujourd'hui (min)": "decimal",
    "Ensuite (min)": "decimal",
    "Écart (min)": "decimal",
}
#: Sign of a place on the map, and what it means.
_SIGNS: Final = (
    ("main", "Site"),
    ("+", "Site ouvert"),
    ("×", "Site fermé"),
    ("→", "Site déplacé, à sa place d'arrivée"),
)


def show(visit: Visit) -> None:
    """Draw the view: what is tried, answer, map, table."""
    scenario = current_scenario(visit.territory)
    show_actions(visit, scenario)
    try:
        comparison = _compared(visit, scenario)
    except MaillageError as error:
        show_failure(error)
        _steps(visit, scenario)
        return
    chosen = next(change for change in comparison.changes if change.threshold_min == visit.threshold_min)
    known = comparison.residents - round(visit.residents_off_network())
    show_sentence(_answer(comparison, chosen, known, visit.threshold))
    show_figures(_figures(comparison))
    for_map, for_steps = st.columns([7, 3], gap="medium")
    with for_map:
        _map(visit, scenario, comparison)
    with for_steps:
        _steps(visit, scenario)
    _details(visit, scenario, comparison)
    visit.show_origin([comparison.rule])


def _compared(visit: Visit, scenario: Scenario) -> ScenarioComparison:
    thresholds = dict.fromkeys((visit.threshold_min, *DEFAULT_THRESHOLDS_MIN))
    return compare(
        visit.territory,
        scenario,
        tuple(thresholds),
        before=visit.times(),
        kinds=visit.state.counted,
    )


def _answer(comparison: ScenarioComparison, change: ThresholdChange, known: int, threshold: str) -> str:
    """Return what a scenario changes in one sentence; shares are of the `known` residents, whose time can be known."""
    if not known:
        return "La population n'est pas connue\u00a0: aucun habitant ne peut être compté."
    before, after = (
        format_share(count / known) for count in (change.residents_within_before, change.residents_within_after)
    )
    if not comparison.scenario.actions:
        return (
            f"Rien n'est encore changé\u00a0: {before} des habitants sont à {threshold} ou moins d'un site. Ouvrez, "
            "fermez ou déplacez un site pour voir l'effet."
        )
    gained, lost = change.residents_gained, change.residents_lost
    if not gained and not lost:
        if not comparison.residents_sooner and not comparison.residents_later:
            return "Aucun trajet ne change avec ce scénario."
        return (
            f"Personne ne passe le seuil de {threshold}\u00a0: le trajet raccourcit pour "
            f"{format_integer(comparison.residents_sooner)} habitants et s'allonge pour "
            f"{format_integer(comparison.residents_later)}."
        )
    moves = [f"{format_integer(gained)} habitants passent à {threshold} ou moins d'un site"] if gained else []
    if lost:
        beyond = "passent au-delà" if gained else f"habitants passent au-delà de {threshold}"
        moves.append(f"{format_integer(lost)} {beyond}")
    share = f"{after} sont à {threshold} ou moins, contre {before} aujourd'hui"
    return f"Avec ce scénario, {' et '.join(moves)}\u00a0: {share}."


def _figures(comparison: ScenarioComparison) -> list[tuple[str, str, str]]:
    shown = [change for change in comparison.changes if change.threshold_min in DEFAULT_THRESHOLDS_MIN]
    figures = [
        (
            f"À {change.threshold_min:g}{UNIT_SPACE}min ou moins",
            f"+{format_integer(change.residents_gained)}\u2002\u2212{format_integer(change.residents_lost)}",
            "habitants gagnés et perdus",
        )
        for change in sorted(shown, key=lambda change: change.threshold_min)
    ]
    before, after = comparison.mean_time_before_min, comparison.mean_time_after_min
    return [*figures, ("Trajet moyen", format_minutes(after), f"{format_minutes(before)} aujourd'hui")]


def _map(visit: Visit, scenario: Scenario, comparison: ScenarioComparison) -> None:
    communes = comparison.communes
    before, after = communes["travel_time_before_min"], communes["travel_time_after_min"]
    position = change_class(before, after, visit.threshold_min)
    beyond = after.to_numpy(np.float64, na_value=np.inf) > visit.threshold_min + AT_THRESHOLD_MIN
    values = planning_values(
        change_classes(visit.threshold_min),
        position,
        change_lines(communes, "travel_time_before_min", "travel_time_after_min", "population"),
        _markers(visit, scenario),
        title="Ce que le scénario change, par commune",
        outlined=beyond & (position >= 0),
        outline=f"À plus de {visit.threshold} en moyenne, après le scénario",
        signs=_SIGNS,
        only_present=True,
        clicks=clicks_wanted(),
    )
    visit.show_map(
        values,
        "scenario",
        "Carte de ce que le scénario change par commune.",
        on_position=lambda lon, lat: place_clicked(visit, lon, lat),
        on_site=lambda site: site_clicked(visit, site),
    )


def _markers(visit: Visit, scenario: Scenario) -> list[Marker]:
    """Return the sites as the scenario leaves them, and those that it closes."""
    changed = territory_after(visit.territory, scenario)
    now = counted_places(changed.sites, kinds=visit.state.counted)
    touched = {action.facility_id: action for action in scenario.actions}
    signs = {
        which: "+" if isinstance(action, OpenSite) else "→" if isinstance(action, MoveSite) else ""
        for which, action in touched.items()
    }
    signs |= {action.facility_id: "+" for action in scenario.actions if isinstance(action, OpenSite)}
    details = {"+": "Ouvert par le scénario", "→": "Déplacé par le scénario"}
    markers = []
    for marker in site_markers(now):
        sign = signs.get(marker.facility_id, "")
        markers.append(
            Marker(
                marker.facility_id,
                marker.name,
                marker.lon,
                marker.lat,
                marker.kind,
                sign,
                details.get(sign, marker.detail),
            )
        )
    gone = visit.sites[~visit.sites["facility_id"].isin(now["facility_id"])]
    markers += [
        Marker(one.facility_id, one.name, one.lon, one.lat, one.kind, "×", "Fermé par le scénario")
        for one in site_markers(gone)
    ]
    return sorted(markers, key=lambda marker: bool(marker.sign))


def _steps(visit: Visit, scenario: Scenario) -> None:
    """Show the actions in words, and what can be done with them."""
    st.subheader("Ce qui est changé", anchor=False)
    sentences = action_sentences(visit.territory, scenario)
    if sentences:
        show_notes([f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1)])
    else:
        show_notes(["Rien pour l'instant."])
    show_saving(visit, scenario)


def _details(visit: Visit, scenario: Scenario, comparison: ScenarioComparison) -> None:
    if not scenario.actions:
        return
    with st.expander("Tous les chiffres du scénario"):
        show_notes(comparison_sentences(comparison))
    if any(isinstance(action, ChangeHours) or getattr(action, "opening_hours", None) for action in scenario.actions):
        show_notes([_hours_sentence(visit, scenario)])
    st.subheader("Communes dont le trajet change", anchor=False)
    communes = comparison.communes
    sides = communes["travel_time_before_min"].isna() != communes["travel_time_after_min"].isna()
    noticed = (communes["delta_min"].abs() >= CHANGED_MIN).fillna(value=False) | sides
    changed = communes[noticed]
    order = (
        changed["delta_min"].abs().astype("Float64").fillna(np.inf).sort_values(ascending=False, kind="stable").index
    )
    if changed.empty:
        show_notes(["Aucune."])
        return
    table = french_table(changed.loc[order], _COLUMNS)
    show_table(table, _FORMATS, key="scenario_communes", alt="Communes dont le trajet change, avant et après")
    csv_button("Tableau (CSV)", table, _FORMATS, f"{visit.file_stem('scenario')}.csv")


def _hours_sentence(visit: Visit, scenario: Scenario) -> str:
    """Return what the scenario changes in the hours of an ordinary week."""
    today = shared_opening(visit.territory, visit.identity, visit.threshold_min, kinds=visit.state.counted)
    ensuing = open_shares(territory_after(visit.territory, scenario), visit.threshold_min, kinds=visit.state.counted)
    before, after = (
        format_decimal(float(opening.shares.to_numpy().sum()) * SLOT_MIN / 60) for opening in (today, ensuing)
    )
    return (
        f"Horaires : un habitant a en moyenne un site ouvert à {visit.threshold} ou moins pendant {after}{UNIT_SPACE}h "
        f"par semaine, contre {before}{UNIT_SPACE}h aujourd'hui. Changer les horaires ne change pas les trajets."
    )
