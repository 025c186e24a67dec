"""Who handles a procedure, where, on which official site, and what to beware of."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from geo.finder.procedures import LOOK_ALIKES, operators
from geo.sources.http_client import host_of

if TYPE_CHECKING:
    import datetime as dt

    from geo.finder.procedures import Procedure


def procedure_help(procedure: Procedure, on: dt.date) -> None:
    """Show what to know about a procedure; `on` is the day whose operators are represented."""
    st.html(procedure_html(procedure, on))


def procedure_html(procedure: Procedure, on: dt.date) -> str:
    """Return what to know about a procedure as HTML."""
    every = operators(on)
    operator = next((one for one in every if one.key == procedure.operator), None)
    handled_by = (
        f"<strong>{escape(operator.name)}</strong>, un des {len(every)} organismes représentés dans chaque site"
        if operator is not None
        else "un organisme qui n'est pas encore représenté dans les sites"
    )
    host = host_of(procedure.website) or procedure.website
    return (
        f'<section class="maillage-text maillage-box"><h2>Votre démarche : {escape(procedure.label)}</h2><ul>'
        f"<li>Qui s'en occupe : {handled_by}.</li>"
        f"<li>Où aller : {escape(procedure.where_handled)}.</li>"
        f'<li>En ligne, gratuitement : <a href="{escape(procedure.website)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(host)}</a>, le site officiel, pour {escape(procedure.online)}.</li></ul>"
        f'<p class="maillage-approximation"><strong>Attention aux sites payants.</strong> {escape(LOOK_ALIKES)}</p>'
        f"</section>"
    )
