"""The answer, before anything else: one sentence and three figures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from geo.maps.style import coverage_sentence, format_integer, format_minutes, format_share
from geo.ui.components.messages import show_approximations

if TYPE_CHECKING:
    from geo.access.coverage import CoverageSummary


def show_answer(summary: CoverageSummary, threshold_min: float, facilities: str) -> None:
    """Show the sentence and the three figures of a coverage."""
    sentence = escape(coverage_sentence(summary, threshold_min, facilities))
    st.html(f'<p class="maillage-answer" role="status">{sentence}</p>')
    st.html(f'<dl class="maillage-figures">{"".join(_figure(*figure) for figure in figures(summary))}</dl>')
    if summary.communes_unreachable:
        show_approximations([_without_time(summary)])


def figures(summary: CoverageSummary) -> list[tuple[str, str, str]]:
    """Return the three figures of a coverage: label, value, what it is out of."""
    covered, population = format_integer(summary.population_covered), format_integer(summary.population)
    return [
        ("Habitants couverts", format_share(summary.share_covered), f"{covered} sur {population}"),
        (
            "Communes sous-desservies",
            format_integer(summary.communes_under_served),
            f"sur {format_integer(summary.communes)}",
        ),
        ("Temps médian", format_minutes(summary.median_time_min), "la moitié des habitants met moins"),
    ]


def _without_time(summary: CoverageSummary) -> str:
    return (
        f"Sans trajet connu : {format_integer(summary.communes_unreachable)} commune(s), "
        f"{format_integer(summary.population_unreachable)} habitants, comptés comme non couverts. Le réseau de routes "
        "fourni n'y va pas, ou aucune route n'y mène à un lieu."
    )


def _figure(label: str, value: str, detail: str) -> str:
    return f"<div><dt>{escape(label)}</dt><dd>{escape(value)} <small>{escape(detail)}</small></dd></div>"
