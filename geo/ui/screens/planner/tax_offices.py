"""What the nearest site saves compared with the nearest tax office, commune by commune."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.tax_offices import NO_TAX_OFFICES, communes_by_saving, tax_offices_answer
from geo.kinds import TAX_OFFICES
from geo.maps.access_maps import saved_values
from geo.sources.embedded import TO_VERIFY
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.messages import show_notes, show_warnings
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.planning_cache import shared_time_saved

if TYPE_CHECKING:
    from geo.ui.screens.planner.visit import Visit

_COLUMNS: Final = ("name", "saved_min", "site_time_min", "other_time_min", "population", "commune_code")


def show(visit: Visit) -> None:
    """Draw the view: question, answer, map, table."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        visit.show_counted()
    if TAX_OFFICES not in visit.territory.facilities:
        show_sentence(NO_TAX_OFFICES)
        show_notes(["Préparez-le à nouveau avec « maillage build --tax-offices » et la liste de la DGFiP."])
        return
    communes, summary = shared_time_saved(visit.territory, visit.identity, visit.question.kinds)
    answer = tax_offices_answer(communes, summary)
    show_sentence(answer.sentence)
    show_figures(answer.figures, visit.dated)
    show_warnings([note for note in visit.territory.manifest.notes if TO_VERIFY in note])
    show_notes(answer.details)
    values = saved_values(communes, visit.sites, visit.territory.facilities[TAX_OFFICES])
    visit.show_map(values, "saved", "Carte des minutes gagnées par commune.")
    st.header("Communes", anchor=False)
    table, estimated = french_table(communes_by_saving(communes), *_COLUMNS), visit.territory.estimated
    show_table(
        table, key="saved_communes", alt="Minutes gagnées par commune, les plus fortes d'abord", estimated=estimated
    )
    csv_button("Tableau (CSV)", table, f"{visit.file_stem('impots')}.csv", estimated=estimated)
    visit.show_origin(["Un nombre négatif : le service des impôts est plus près.", *answer.notes])
