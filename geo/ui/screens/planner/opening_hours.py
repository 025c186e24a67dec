"""When people find an open site within reach, and what one more half-day would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.access.opening import SLOT_MIN, open_shares
from geo.errors import MaillageError
from geo.french import UNIT_SPACE, format_decimal, format_share
from geo.report.planning_sentences import opening_sentences
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.hours_table import show_hours_table
from geo.ui.components.messages import show_failure, show_notes
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.planning_cache import shared_opening
from geo.ui.scenario_session import current_scenario, territory_after

if TYPE_CHECKING:
    from geo.access.opening import OpeningTable
    from geo.ui.screens.planner.visit import Visit

_GAINS: Final = {
    "name": "Site",
    "commune_name": "Commune",
    "half_day": "Demi-journée à ouvrir",
    "resident_hours": "Heures × habitants",
    "residents": "Habitants qui y gagnent",
    "hours_known": "Horaires connus ce jour",
    "facility_id": "Numéro",
}
_FORMATS: Final = {"Heures × habitants": "whole", "Habitants qui y gagnent": "whole"}
_GAINS_SHOWN: Final = 200


def show(visit: Visit) -> None:
    """Draw the view: question, answer, table of the week, half-days."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        visit.show_threshold()
        visit.show_counted()
        with_scenario = _scenario_wanted(visit)
    opening = shared_opening(visit.territory, visit.identity, visit.threshold_min, kinds=visit.state.counted)
    if with_scenario:
        try:
            changed = territory_after(visit.territory, current_scenario(visit.territory))
            opening = open_shares(changed, visit.threshold_min, kinds=visit.state.counted)
        except MaillageError as error:
            show_failure(error)
    first, *others = opening_sentences(opening)
    show_sentence(first)
    show_figures(_figures(opening))
    show_notes(others[1:] if opening.residents else others)  # Saturdays and evenings are among the figures
    st.subheader("Dans la semaine", anchor=False)
    show_hours_table(
        opening.shares, f"Part des habitants avec un site ouvert à {visit.threshold} ou moins, semaine ordinaire"
    )
    hours = opening.shares.round(4).rename_axis("Jour").reset_index()
    csv_button("Tableau (CSV)", hours, {}, f"{visit.file_stem('horaires')}.csv")
    _half_days(visit, opening)
    visit.show_origin()


def _scenario_wanted(visit: Visit) -> bool:
    scenario = current_scenario(visit.territory)
    return bool(scenario.actions) and st.toggle(
        "Avec mon scénario", help="Les sites tels que « Et si… ? » les laisse.", key="hours_with_scenario"
    )


def _figures(opening: OpeningTable) -> list[tuple[str, str, str]]:
    saturday, evening = opening.shares.loc["samedi"].max(), opening.shares.loc[:"vendredi", "18:00"].max()
    hours = opening.shares.to_numpy().sum() * SLOT_MIN / 60
    return [
        (
            "Heures ouvertes à portée",
            f"{format_decimal(hours)}{UNIT_SPACE}h",
            "par habitant et par semaine, en moyenne",
        ),
        ("Le samedi, au plus", format_share(saturday), "des habitants ont un site ouvert"),
        (f"En semaine à 18{UNIT_SPACE}h, au plus", format_share(evening), "des habitants ont un site ouvert"),
    ]


def _half_days(visit: Visit, opening: OpeningTable) -> None:
    st.subheader("Une demi-journée de plus dans un site", anchor=False)
    gains = opening.half_day_gains()
    if gains.empty:
        show_notes(["Aucune demi-journée de plus n'apporterait d'heures à quelqu'un."])
        return
    table = french_table(gains.head(_GAINS_SHOWN), _GAINS)
    show_table(table, _FORMATS, key="half_days", alt="Demi-journées à ouvrir, les plus utiles d'abord")
    show_notes(
        [
            (
                "Matin : 9 h à 12 h ; après-midi : 14 h à 17 h. « Heures × habitants » : heures pendant lesquelles un "
                "habitant à portée de ce site n'a aucun site ouvert aujourd'hui, additionnées sur tous les habitants. "
                "Là où les horaires ne sont pas connus, le site compte comme fermé : vérifiez-les d'abord."
            )
        ]
    )
    csv_button("Demi-journées (CSV)", table, _FORMATS, f"{visit.file_stem('demi-journees')}.csv")
