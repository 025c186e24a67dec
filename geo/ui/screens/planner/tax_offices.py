"""What the nearest site saves compared with the nearest tax office, commune by commune."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from geo.answers.answer import residents_line
from geo.classes import SAVED_CLASSES, classify
from geo.french import format_integer, format_minutes
from geo.kinds import TAX_OFFICES
from geo.maps.planning_values import planning_values, site_markers
from geo.report.planning_sentences import time_saved_sentences
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.messages import show_notes, show_warnings
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.planning_cache import shared_time_saved

if TYPE_CHECKING:
    import pandas as pd

    from geo.ui.screens.planner.visit import Visit

_COLUMNS: Final = {
    "name": "Commune",
    "saved_min": "Minutes gagnées",
    "site_time_min": "France services (min)",
    "other_time_min": "Impôts (min)",
    "population": "Habitants",
    "commune_code": "Code INSEE",
}
_FORMATS: Final = {
    "Minutes gagnées": "decimal",
    "France services (min)": "decimal",
    "Impôts (min)": "decimal",
    "Habitants": "whole",
}


def show(visit: Visit) -> None:
    """Draw the view: question, answer, map, table."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        visit.show_counted()
    if TAX_OFFICES not in visit.territory.facilities:
        show_sentence("Ce territoire a été préparé sans liste des services des impôts : il n'y a rien à comparer.")
        show_notes(["Préparez-le à nouveau avec « maillage build --tax-offices » et la liste de la DGFiP."])
        return
    table, summary = shared_time_saved(visit.territory, visit.identity, kinds=visit.state.counted)
    first, *others = time_saved_sentences(summary)
    show_sentence(first)
    show_figures(
        [
            ("Gain médian", format_minutes(summary.median_saved_min), "la moitié des habitants gagne plus"),
            (
                "Plus près d'un site",
                format_integer(summary.residents_sooner),
                f"sur {format_integer(summary.residents_compared)} habitants",
            ),
            ("Plus près des impôts", format_integer(summary.residents_later), "habitants"),
        ]
    )
    show_warnings([note for note in visit.territory.manifest.notes if note.startswith("À vérifier")])
    show_notes(others)
    _map(visit, table)
    st.subheader("Communes", anchor=False)
    order = table["saved_min"].sort_values(ascending=False, na_position="last", kind="stable").index
    shown = french_table(table.loc[order], _COLUMNS)
    show_table(shown, _FORMATS, key="saved_communes", alt="Minutes gagnées par commune, les plus fortes d'abord")
    csv_button("Tableau (CSV)", shown, _FORMATS, f"{visit.file_stem('impots')}.csv")
    visit.show_origin(
        [
            (
                "Un nombre négatif : le service des impôts est plus près. Un France services aide à faire sa "
                "déclaration et à comprendre un avis ; il ne remplace pas le service des impôts pour un "
                "paiement ou un contentieux."
            )
        ]
    )


def _map(visit: Visit, table: pd.DataFrame) -> None:
    lines = [
        [
            f"{format_minutes(saved)} gagnées",
            f"France services : {format_minutes(site)}",
            f"Impôts : {format_minutes(other)}",
            residents_line(population),
        ]
        for saved, site, other, population in zip(
            table["saved_min"], table["site_time_min"], table["other_time_min"], table["population"], strict=True
        )
    ]
    offices = visit.territory.facilities[TAX_OFFICES]
    values = planning_values(
        SAVED_CLASSES,
        classify(table["saved_min"], SAVED_CLASSES).astype(np.int64),
        lines,
        [*site_markers(visit.sites), *site_markers(offices)],
        title="Minutes gagnées par rapport au service des impôts",
        signs=[("main", "Site France services"), ("tax_office", "Service des impôts")],
    )
    visit.show_map(values, "saved", "Carte des minutes gagnées par commune.")
