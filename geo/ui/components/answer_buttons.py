"""What a visitor does with an answer, right under it: call the site, go there, send it to somebody."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import streamlit as st

from geo.answers.directions import directions_to, web_directions
from geo.answers.site_words import address_text
from geo.french import dialled, is_email
from geo.sources.http_client import host_of
from geo.ui.components.leaflet_map import component_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.finder.answer import SiteAnswer


def answer_buttons(site: SiteAnswer) -> None:
    """Show the buttons for a site: "Appeler" (or "Écrire"), "Itinéraire", "Partager"."""
    device = st.context.headers.get("User-Agent", "")
    words = ", ".join(filter(None, (site.name, address_text(site), site.phone)))
    data = {"html": buttons_html(site, device), "title": site.name, "text": words}
    _component()(key="answer_buttons", data=data)


def buttons_html(site: SiteAnswer, user_agent: str = "") -> str:
    """Return the buttons as HTML; the first only where the list has a number to dial, or an address to write to.

    `user_agent`: What the browser says of itself, for the link to a map application.
    """
    contact = _contact_html(site)
    way, *_ = directions_to(site, user_agent)
    apart = ' target="_blank" rel="noopener noreferrer"' if way.address.startswith("https:") else ""
    everywhere = way.address == web_directions(site).address
    short = (host_of(way.address) or "").removeprefix("www.") if everywhere else "dans vos cartes"
    said = f'<span class="hidden"> vers {escape(site.name)}, ouvre {escape(way.opens)}</span>'
    return (
        f"{contact}"
        f'<a href="{escape(way.address)}"{apart}>Itinéraire{said}<small aria-hidden="true">{escape(short)}</small></a>'
        '<button type="button">Partager<small>le lien</small></button>'
    )


def _contact_html(site: SiteAnswer) -> str:
    named = f'<span class="hidden"> {escape(site.name)}, </span>'
    number = None if site.phone is None else dialled(site.phone)
    if number is not None:
        return f'<a href="tel:{number}">Appeler{named}<small>{escape(site.phone or "")}</small></a>'
    if site.email is not None and is_email(site.email):
        return f'<a href="mailto:{quote(site.email, safe="@")}">Écrire{named}<small>par courriel</small></a>'
    return ""


@cache
def _component() -> Callable[..., Any]:
    """Register the component, once for the process."""
    return st.components.v2.component(
        "maillage_answer_buttons",
        html='<div class="buttons"></div><p role="status"></p>',
        css=component_text("answer_buttons.css"),
        js=component_text("page_link.js") + component_text("answer_buttons.js"),
    )
