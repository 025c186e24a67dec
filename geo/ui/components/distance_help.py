"""What can be done at a distance, when no site is open or near."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from geo.answers.nearest import NONE_OPEN
from geo.answers.site_words import called, site_trip
from geo.ui.components.found_sites import contacts_html

if TYPE_CHECKING:
    from geo.finder.answer import Answer, SiteAnswer


def distance_help(answer: Answer) -> None:
    """Show whom to phone or write to, and what may be done from home; nothing where a site is open and near."""
    if answer.none_open:
        st.html(distance_html(answer))


def distance_html(answer: Answer) -> str:
    """Return the same as HTML."""
    contacts = "".join(_contact(site) for site in answer.none_open)
    advice = "".join(f"<li>{escape(sentence)}</li>" for sentence in answer.from_home)
    return (
        '<section class="maillage-text maillage-box"><h2>À distance</h2>'
        f"<p>{NONE_OPEN}</p>"
        f"<ul>{contacts}</ul><h3>Sans vous déplacer</h3><ul>{advice}</ul></section>"
    )


def _contact(site: SiteAnswer) -> str:
    base = "sa base : " if site.kind == "bus" else ""
    trip = "" if site.travel_time_min is None else f" ({base}{escape(site_trip(site, with_distance=False))})"
    links = contacts_html(site) or "<li>Contact inconnu</li>"
    return f"<li><strong>{escape(called(site))}</strong>{trip} : {escape(site.status.sentence)}.<ul>{links}</ul></li>"
