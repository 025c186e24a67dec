"""The answer, before anything else: one sentence, and the three figures of a coverage."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.french import format_integer, format_minutes, format_share
from geo.maps.style import coverage_sentence
from geo.ui.components.leaflet_map import component_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.access.coverage import CoverageSummary


def show_answer(summary: CoverageSummary, threshold_min: float, facilities: str) -> None:
    """Show the sentence and the three figures of a coverage."""
    show_sentence(coverage_sentence(summary, threshold_min, facilities))
    show_figures(figures(summary))


def show_figures(shown: Sequence[tuple[str, str, str]]) -> None:
    """Show a few figures side by side: label, value, what it is out of."""
    st.html(f'<dl class="maillage-figures">{"".join(_figure(*figure) for figure in shown)}</dl>')


def show_sentence(sentence: str) -> None:
    """Show the sentence that answers; a screen reader says it each time that it changes."""
    _sentence_component()(key="answer_sentence", data=sentence)


def figures(summary: CoverageSummary) -> list[tuple[str, str, str]]:
    """Return the three figures of a coverage: label, value, what it is out of."""
    known = summary.population - summary.population_off_network
    share = format_share(summary.population_covered / known if known else None)
    covered = f"{format_integer(summary.population_covered)} sur {format_integer(known)}"
    if round(summary.population) == 0:
        covered = "population inconnue"
    return [
        ("Habitants couverts", share, covered),
        (
            "Communes sous-desservies",
            format_integer(summary.communes_under_served),
            f"sur {format_integer(summary.communes)}",
        ),
        ("Temps médian", format_minutes(summary.median_time_min), "la moitié des habitants met moins"),
    ]


def _figure(label: str, value: str, detail: str) -> str:
    return f"<div><dt>{escape(label)}</dt><dd>{escape(value)} <small>{escape(detail)}</small></dd></div>"


@cache
def _sentence_component() -> Callable[..., Any]:
    """Register the component, once for the process; its paragraph takes the style of the page."""
    return st.components.v2.component(
        "maillage_answer_sentence",
        html='<p class="maillage-answer" role="status"></p>',
        js=component_text("answer_sentence.js"),
        isolate_styles=False,
    )
