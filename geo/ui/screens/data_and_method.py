"""Second screen: where the figures come from, how they are made, and what they cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from geo.answers.origin import LIMITS, SITES_METHOD, TRANSIT_METHOD, approximation_sentences, method, network_sentence
from geo.french import format_integer
from geo.network.speeds import speed_table
from geo.sources.vintages import dated
from geo.ui.components.day_lists import show_lists
from geo.ui.components.embedded import WIDGET_WORDS, widget_html
from geo.ui.components.leaflet_map import privacy_sentence
from geo.ui.components.list_changes import show_list_changes
from geo.ui.components.messages import plain, show_approximations, show_notes
from geo.ui.departement_fetch import show_fetch
from geo.ui.own_files import show_own_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.settings import Settings
    from geo.territory import Territory
    from geo.territory.manifest import Manifest
    from geo.ui.state import AppState

_LINK: Final = (
    "Le lien de la page contient vos choix. Le départ y est une commune, un hameau connu, ou un point arrondi à cent "
    "mètres : jamais l'adresse que vous avez écrite, ni votre position exacte."
)


def show(territory: Territory, state: AppState, settings: Settings) -> None:
    """Draw the screen."""
    manifest = territory.manifest
    st.title("Données et méthode", anchor=False)
    st.text(f"{territory.name}, territoire préparé le {manifest.built_on:%d/%m/%Y}.")
    show_fetch(settings)
    _sources(manifest)
    st.header("Les listes du jour", anchor=False)
    show_lists(territory, settings, explained=True)
    show_list_changes(territory, state.sites_question, settings)
    _network(territory)
    show_own_files(territory)
    st.header("Méthode", anchor=False)
    ways = TRANSIT_METHOD if territory.has_timetables else ()
    _listed(method(state.sites_question.threshold_min) + SITES_METHOD + ways)
    st.header("Limites", anchor=False)
    _listed(LIMITS)
    _widget()
    st.header("Ce qui sort de la machine", anchor=False)
    st.markdown(plain(privacy_sentence(settings)))
    st.markdown(_LINK)


def _widget() -> None:
    """Say how another site shows *Trouver* in a page of its own."""
    st.header("Trouver dans un autre site", anchor=False)
    st.markdown(plain(WIDGET_WORDS))
    st.code(widget_html(st.context.url or "https://adresse-de-cette-application/"), language="html", wrap_lines=True)


def _listed(sentences: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))


def source_table(manifest: Manifest) -> pd.DataFrame:
    """Return the sources as a table in French; one row each."""
    sources = pd.DataFrame(manifest.sources)
    read, kept = sources["rows_read"].astype("Int64"), sources["rows_kept"].astype("Int64")
    return pd.DataFrame(
        {
            "Jeu de données": sources["dataset"],
            "Date": sources["vintage"].map(dated, na_action="ignore").fillna("inconnue"),
            "Licence": sources["licence"].fillna("non précisée"),
            "Fichier": sources["file"],
            "Lignes lues": read,
            "Lignes gardées": kept,
            "Lignes écartées": read - kept,
            "Empreinte": sources["sha256"].str[:12],
        }
    )


def _sources(manifest: Manifest) -> None:
    st.header("Sources", anchor=False)
    table = source_table(manifest)
    counts = ["Lignes lues", "Lignes gardées", "Lignes écartées"]
    st.dataframe(table.style.format(dict.fromkeys(counts, format_integer), na_rep="—"), hide_index=True, alt="Sources")
    show_notes(manifest.notes)
    if manifest.rejected_count:
        with st.expander(f"Lignes écartées : {format_integer(manifest.rejected_count)}"):
            rejected = pd.DataFrame(manifest.rejected).astype("string")
            headings = {"dataset": "Jeu de données", "row": "Ligne", "identifier": "Identifiant", "reason": "Raison"}
            st.dataframe(rejected.rename(columns=headings), hide_index=True, alt="Lignes écartées")


def _network(territory: Territory) -> None:
    st.header("Réseau routier et vitesses", anchor=False)
    st.markdown(plain(network_sentence(territory.manifest)))
    show_approximations(approximation_sentences(territory))
    show_notes(territory.network.source.notes)
    with st.expander("Le tableau des vitesses et ses sources"):
        table = speed_table().rename(
            columns={"figure": "Grandeur", "unit": "Unité", "meaning": "Sens", "source": "Source"}
        )
        st.dataframe(table, hide_index=True, alt="Vitesses")
