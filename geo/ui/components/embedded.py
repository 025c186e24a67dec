"""*Trouver* inside another page: after the search and the answer, a few short cards and a link to the whole page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import streamlit as st

from geo.ui.components.distance_help import distance_help
from geo.ui.components.found_sites import Shown, first_html, found_sites, others_html

if TYPE_CHECKING:
    from geo.finder.answer import Answer

#: Size of the widget in the page that holds it: it fits the width of a phone, and this height in pixels.
WIDGET_HEIGHT_PX: Final = 1_400
WIDGET_WIDTH_REM: Final = 34
#: The height where it is 320 pixels wide.
_NARROW_HEIGHT_PX: Final = 1_650
#: What whoever runs another site must know of it.
WIDGET_WORDS: Final = (
    "Le code ci-dessous, collé dans une page d'un autre site (mairie, caisse, association), y montre la recherche, la "
    "réponse et trois sites, deux en transports en commun. Taille : toute la largeur offerte, de 20 à "
    f"{WIDGET_WIDTH_REM} rem (320 à 544 pixels), et {WIDGET_HEIGHT_PX} pixels de haut, qui suffisent sur un téléphone "
    f"de 390 pixels de large ; pour 320, comptez {_NARROW_HEIGHT_PX}. "
    "Après « embed=true », « &lieu= » suivi du code INSEE d'une commune, par exemple « &lieu=64104 », ouvre le cadre "
    "sur sa réponse ; « &mode=walk », « bike » ou « transit » y répond à pied, à vélo ou en transports en commun."
)


def show_embedded(answer: Answer | None, shown: Shown, *, name: str) -> None:
    """Show what follows the answer; `name` as in `found_sites`."""
    if answer is not None and not answer.sites:
        distance_help(answer)
    elif answer is not None:
        found_sites(first_html(answer, shown) + others_html(answer, shown), "all", name=name)
    st.html(whole_page_html(st.context.url or "", st.query_params.to_dict()))


def whole_page_html(address: str, params: dict[str, str]) -> str:
    """Return a link to the whole page with the same choices, which opens beside the one that holds the widget.

    Nothing of what was typed is in it: the choices hold a commune, or a position to a hundred metres.
    """
    whole = escape(f"{address.partition('?')[0]}?{urlencode(params)}" if params else address.partition("?")[0])
    return (
        f'<p class="maillage-text maillage-whole"><a href="{whole}" target="_blank" rel="noopener">'
        "Carte, horaires, autres sites et démarches : la page entière</a></p>"
        '<p class="maillage-note">Ce que vous écrivez n\'est ni enregistré ni gardé.</p>'
    )


def widget_html(address: str) -> str:
    """Return what another site pastes into a page of its own to show the widget.

    `address`: That of this app, as a browser reaches it.

    Examples
    --------
    >>> "embed=true" in widget_html("https://exemple.fr/")
    True
    """
    source = escape(f"{address.partition('?')[0].rstrip('/')}/?embed=true")
    return (
        f'<iframe src="{source}" title="Trouver un France services" width="100%" height="{WIDGET_HEIGHT_PX}"\n'
        f'  style="border: 0; max-width: {WIDGET_WIDTH_REM}rem" loading="lazy"\n'
        '  allow="geolocation; web-share; clipboard-write"></iframe>'
    )
