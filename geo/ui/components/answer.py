"""The answer, before anything else: one sentence, a few figures, and whom they are of."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.answers.answer import known_note
from geo.ui.components.leaflet_map import component_text
from geo.ui.components.messages import plain, show_warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.access.known_part import KnownPart
    from geo.answers.answer import Answer


def show_answer(answer: Answer, part: KnownPart, dated: str) -> None:
    """Show an answer: sentence, figures, further sentences, and whom the shares are of where that is not everybody.

    `dated`: Of which day the list is that the figures stand on (`geo.answers.list_dates.list_sentence`).
    """
    show_sentence(answer.sentence)
    show_figures(answer.figures, dated)
    for text in filter(None, [*answer.details, known_note(part)]):
        st.markdown(plain(text))


def show_known(part: KnownPart) -> None:
    """Say whom all shares are of, before any of them, where the road network does not cover everybody."""
    show_warnings(list(filter(None, [known_note(part)])))


def show_figures(shown: Sequence[tuple[str, str, str]], dated: str) -> None:
    """Show a few figures side by side: label, value, what it is out of; and of which day the list is."""
    figures = "".join(_figure(*figure) for figure in shown)
    st.html(f'<dl class="maillage-figures">{figures}</dl><p class="maillage-note">{escape(dated)}</p>')


def show_sentence(sentence: str) -> None:
    """Show the sentence that answers; a screen reader says it each time that it changes."""
    _sentence_component()(key="answer_sentence", data=sentence)


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
