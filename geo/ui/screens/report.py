"""*Rapport*: the report of the territory, as a document to publish and the files that it was made from."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.access.coverage import CoverageRule
from geo.maps.origin import approximation_sentences
from geo.maps.style import facility_title
from geo.ui import cache
from geo.ui.components.answer import show_sentence
from geo.ui.components.messages import plain, show_approximations, show_notes
from geo.ui.session import bound
from geo.ui.state import REPORT_LABELS, STEP, THRESHOLDS_MIN

if TYPE_CHECKING:
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.state import AppState

_READY = "report_ready"
_HOLDS = """
Un document de 6 à 12 pages, à lire, imprimer ou publier : résumé en trois phrases et cinq chiffres, carte de l'accès,
habitants selon le temps de trajet, communes sous-desservies, heures d'ouverture, dépendance à chaque site, plan
s'il est demandé, méthode, limites et sources. Avec lui, dans l'archive : les tables (CSV et classeur XLSX), les couches
pour QGIS avec leurs styles, les cartes (PNG et SVG), et de quoi refaire le rapport et le vérifier.
"""


def show(territory: Territory, state: AppState, settings: Settings) -> None:
    """Draw the screen: what the report will hold, the choices, the button, the files."""
    del settings  # nothing is shown from outside
    st.title(plain(f"Préparer un rapport : {territory.name}"), anchor=False)
    st.markdown(_HOLDS)
    _question(territory, state)
    options = _options(state)
    key = (cache.fingerprint(territory), *options.values())
    if st.button("Préparer le rapport", type="primary", icon=":material/description:"):
        _prepare(territory, key, options)
    if st.session_state.get(_READY) == key:
        _downloads(territory, options)
    elif _READY in st.session_state:
        st.info("Les choix ont changé : préparez le rapport à nouveau.")
    show_approximations(approximation_sentences(territory))
    show_notes(["Le rapport est fait sur cette machine ; rien n'en sort."])


def _question(territory: Territory, state: AppState) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.selectbox(
            "Lieux à atteindre",
            list(territory.facilities),
            format_func=facility_title,
            width=260,
            **bound("facilities"),
        )
        low, high = THRESHOLDS_MIN
        st.slider("Seuil en voiture", low, high, step=STEP, format="%d min", width=320, **bound("threshold_min"))
        low, high = REPORT_LABELS
        st.number_input(
            "Nouveaux labels à planifier",
            low,
            high,
            help="0 : un rapport sans plan. Le plan choisit les communes où de nouveaux labels rapprochent le plus "
            "d'habitants du seuil ; il porte sur les sites France services.",
            disabled=state.facilities != "sites",
            width=240,
            **bound("report_labels"),
        )


def _options(state: AppState) -> dict[str, Any]:
    """Return what the report depends on, by name, as plain values."""
    share = state.min_share_percent / 100
    return {
        "threshold_min": float(state.threshold_min),
        "facilities": state.facilities,
        "rule": CoverageRule("share", share) if state.rule == "part" else CoverageRule(),
        "buses": state.buses,
        "antennes": state.antennes,
        "labels": state.report_labels if state.facilities == "sites" else 0,
        "made_on": dt.datetime.now().astimezone().date(),
    }


def _prepare(territory: Territory, key: tuple[Any, ...], options: dict[str, Any]) -> None:
    """Make the report, saying how far it is."""
    bar = st.progress(0.0, "Préparation…")
    st.session_state.pop(_READY, None)

    def tell(share: float, sentence: str) -> None:
        bar.progress(share, plain(sentence))

    try:
        cache.report(territory, key[0], **options, _progress=tell)
        st.session_state[_READY] = key
    finally:
        bar.empty()


def _downloads(territory: Territory, options: dict[str, Any]) -> None:
    made = cache.report(territory, cache.fingerprint(territory), **options, _progress=None)
    show_sentence(made.sentences[0])
    for sentence in made.sentences[1:]:
        st.markdown(plain(sentence))
    stem = f"rapport-{territory.departement or 'territoire'}-{options['facilities']}-{options['threshold_min']:.0f}min"
    with st.container(horizontal=True):
        st.download_button(
            "Document (PDF)",
            made.document,
            f"{stem}.pdf",
            "application/pdf",
            on_click="ignore",
            type="primary",
            help="De 6 à 12 pages, lisibles par un lecteur d'écran.",
        )
        st.download_button(
            "Tout (ZIP)",
            made.archive,
            f"{stem}.zip",
            "application/zip",
            on_click="ignore",
            help="Le document, les tables, les couches, les cartes et manifest.json.",
        )
