"""Under the answer: who handles the visitor's procedure and where; folded, its official site and what to beware of."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from geo.finder.procedures import LOOK_ALIKES, operators
from geo.sources.http_client import host_of

if TYPE_CHECKING:
    import datetime as dt

    from geo.finder.procedures import Procedure


def procedure_help(sentence: str, procedure: Procedure, on: dt.date, *, compact: bool = False) -> None:
    """Show what to know about a procedure.

    `sentence`: Who handles it and where (`geo.answers.procedure.procedure_sentence`). `on`: The day whose operators are
    represented. `compact`: The sentence alone.
    """
    alone = f'<p class="maillage-text maillage-procedure">{escape(sentence)}</p>'
    st.html(alone if compact else procedure_html(sentence, procedure, on))


def procedure_html(sentence: str, procedure: Procedure, on: dt.date) -> str:
    """Return the same as HTML."""
    every = operators(on)
    operator = next((one for one in every if one.key == procedure.operator), None)
    represented = (
        f"<li>{escape(operator.name)} est un des {len(every)} organismes représentés dans chaque site.</li>"
        if operator is not None
        else "<li>L'organisme qui s'en occupe n'est pas encore représenté dans les sites.</li>"
    )
    host = host_of(procedure.website) or procedure.website
    return (
        f'<section class="maillage-text maillage-procedure" aria-label="Votre démarche"><p>{escape(sentence)}</p>'
        f"<details><summary>En ligne, et les sites payants à éviter</summary><ul>"
        f'<li>En ligne, gratuitement : <a href="{escape(procedure.website)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(host)}</a>, le site officiel, pour {escape(procedure.online)}.</li>{represented}</ul>"
        f'<p class="maillage-approximation"><strong>Attention aux sites payants.</strong> {escape(LOOK_ALIKES)}</p>'
        f"</details></section>"
    )
