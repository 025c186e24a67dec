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


def show_sentence(sentence: str, also: str = "") -> None:
    """Show the sentence that answers; a screen reader says it each time that it changes.

    `also`: Said the same way, not shown: it is elsewhere on the page.
    """
    _sentence_component()(key="answer_sentence", data={"sentence": sentence, "also": also})


def show_spoken(sentences: Sequence[str], more: str = "") -> None:
    """Show sentences in small print that a screen reader says each time that they change; `more`: said, not shown."""
    _spoken_component()(key="spoken", data={"sentences": [each for each in sentences if each], "more": more})


def show_beside(name: str, sentence: str) -> None:
    """Show an answer beside what asked for it, nothing where it is empty; it takes the focus after `take_focus`."""
    asked = st.session_state.get(f"{name}_focus", 0)
    _beside_component()(key=name, data={"sentence": sentence, "focus": asked})


def take_focus(name: str) -> None:
    """Move the focus to the answer of this name once it is shown; to be called from a widget's callback."""
    st.session_state[f"{name}_focus"] = st.session_state.get(f"{name}_focus", 0) + 1


def _figure(label: str, value: str, detail: str) -> str:
    return f"<div><dt>{escape(label)}</dt><dd>{escape(value)} <small>{escape(detail)}</small></dd></div>"


@cache
def _sentence_component() -> Callable[..., Any]:
    """Register the component, once for the process; its paragraph takes the style of the page."""
    return st.components.v2.component(
        "maillage_answer_sentence",
        html='<p class="maillage-answer" role="status"></p><span class="maillage-answer-also" role="status"></span>',
        js=component_text("linked.js") + component_text("answer_sentence.js"),
        isolate_styles=False,
    )


@cache
def _spoken_component() -> Callable[..., Any]:
    """Register the component, once for the process; its place is in the page before it says anything."""
    return st.components.v2.component(
        "maillage_spoken",
        html='<div class="maillage-spoken" role="status"></div>',
        js=component_text("linked.js") + component_text("spoken.js"),
        isolate_styles=False,
    )


@cache
def _beside_component() -> Callable[..., Any]:
    """Register the component, once for the process."""
    return st.components.v2.component(
        "maillage_beside",
        html='<p class="maillage-answer-beside" role="status" tabindex="-1"></p>',
        js=component_text("beside.js"),
        isolate_styles=False,
    )
