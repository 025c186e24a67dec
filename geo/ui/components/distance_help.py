"""What can be done at a distance, when no site is open or near."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.ui.components.answer_words import trip_words
from geo.ui.components.found_sites import contacts_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.finder.answer import SiteAnswer

_HELP: Final = """
<ul>
<li>Par téléphone ou par courriel, un conseiller peut vous renseigner, préparer votre dossier et prendre rendez-vous
pour vous. Décrivez votre demande et donnez un numéro où vous rappeler.</li>
<li>De chez vous, les démarches en ligne se font sur les sites officiels, en <strong>.gouv.fr</strong> ou indiqués par
<a href="https://www.service-public.fr" target="_blank" rel="noopener noreferrer">service-public.fr</a>. Elles sont
gratuites ou au prix de l'administration.</li>
<li>Quelqu'un peut agir à votre place : avec le service <strong>Aidants Connect</strong>, un conseiller habilité fait
une démarche en votre nom. Vous signez d'abord avec lui un <strong>mandat</strong>, un papier qui dit pour quelles
démarches et jusqu'à quand. Vous pouvez y mettre fin quand vous voulez. Ne donnez jamais vos mots de passe.</li>
</ul>"""


def distance_help(sites: Sequence[SiteAnswer]) -> None:
    """Show whom to phone or write to, and what may be done from home."""
    st.header("À distance", anchor=False)
    contacts = "".join(_contact(site) for site in sites)
    reachable = f"<p>Appelez ou écrivez aux sites les plus proches :</p><ul>{contacts}</ul>" if contacts else ""
    st.html(f'<div class="maillage-text">{reachable}{_HELP}</div>')


def _contact(site: SiteAnswer) -> str:
    trip = "" if site.travel_time_min is None else f" ({escape(trip_words(site.travel_time_min))})"
    links = contacts_html(site) or "<li>Contact inconnu</li>"
    return f"<li><strong>{escape(site.name)}</strong>{trip} : {escape(site.status.sentence)}.<ul>{links}</ul></li>"
