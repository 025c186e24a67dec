"""*Rapport*: the report of the territory, as a document to publish and the files that it was made from."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.answer import part_title
from geo.answers.origin import approximation_sentences
from geo.answers.plan import plan_answer
from geo.answers.two_publics import two_publics_answer
from geo.errors import MaillageError
from geo.french import DRIVING_ONLY
from geo.kinds import SITES
from geo.ui import cache
from geo.ui.chosen_plan import chosen_plan, mode_beside, plan_question, plans_beside
from geo.ui.components.answer import show_known, show_sentence
from geo.ui.components.messages import plain, show_approximations, show_failure, show_notes
from geo.ui.components.question import ask_facilities, ask_threshold
from geo.ui.components.without_car_day import ask_day
from geo.ui.session import bound

if TYPE_CHECKING:
    from geo.answers.two_publics import TwoPublics
    from geo.question import Question
    from geo.settings import Settings
    from geo.siting.plan import Plan
    from geo.territory import Territory
    from geo.ui.state import AppState, Mode

_READY: Final = "report_ready"
_HOLDS: Final = """
Un document de 6 à 18 pages, à lire, imprimer ou publier : résumé en trois phrases et cinq chiffres, carte de l'accès,
habitants selon le temps de trajet, communes sous-desservies, heures d'ouverture, dépendance à chaque site, aller-retour
sans voiture là où il y a des horaires de transports, plan s'il est demandé, méthode, limites et sources. Avec lui, dans
l'archive : les tables (CSV et classeur XLSX), les couches pour QGIS avec leurs styles, les cartes (PNG et SVG), et de
quoi refaire le rapport et le vérifier.
"""


@dataclass(frozen=True, slots=True)
class _PreparedReport:
    """A report ready to be saved: its document (PDF), all of its files (ZIP), its three sentences."""

    document: bytes
    archive: bytes
    sentences: tuple[str, ...]


def show(territory: Territory, state: AppState, _settings: Settings) -> None:
    """Draw the screen: what the report will hold, the choices, the button, the files."""
    part = cache.part(territory)
    st.title(plain(f"Préparer un rapport : {part_title(territory.name, part)}"), anchor=False)
    show_known(part)
    st.markdown(_HOLDS)
    _question(territory, state)
    made_on = dt.datetime.now().astimezone().date()
    plan, planned, beside = None, None, None
    if state.report_plan and state.facilities == SITES:
        planned = plan_question(territory, state)
        plan, stopped = chosen_plan(territory, state)
        st.markdown(plain(plan_answer(plan).sentence))
        mode = mode_beside(territory, state, plan)
        if mode is not None and not stopped:
            beside = _beside(territory, state, plan, mode)
    day = state.day if state.facilities == SITES else None
    key = (cache.fingerprint(territory), planned, state.question, made_on, beside and (beside.mode, beside.day), day)
    if st.button("Préparer le rapport", type="primary", icon=":material/description:"):
        st.session_state[_READY] = key, _prepare(territory, state.question, made_on, plan, beside, day)
    made_for, made = st.session_state.get(_READY, (None, None))
    if made is not None and made_for == key:
        _downloads(territory, state.question, made)
    elif made is not None:
        st.info("Les choix ont changé : préparez le rapport à nouveau.")
    show_approximations(approximation_sentences(territory))
    show_notes([DRIVING_ONLY, "Le rapport est fait sur cette machine ; rien n'en sort."])


def _question(territory: Territory, state: AppState) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        ask_facilities(territory)
        ask_threshold()
        st.toggle(
            "Avec un plan de nouveaux labels",
            help="Celui de l'écran Planifier, tel que vous l'y avez réglé. Il porte sur les sites France services.",
            disabled=state.facilities != SITES,
            **bound("report_plan"),
        )
    if territory.has_timetables and state.facilities == SITES:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            ask_day(territory, cache.fingerprint(territory), state.day)


def _beside(territory: Territory, state: AppState, plan: Plan, mode: Mode) -> TwoPublics | None:
    """Return the plans for two publics that go into the report, `None` where they cannot be, which is said."""
    try:
        compared = plans_beside(territory, state, plan, mode)
    except MaillageError as error:  # a day that is none of work, or it was stopped
        show_failure(error)
        return None
    st.markdown(plain(two_publics_answer(compared).sentence))
    return compared


def _prepare(
    territory: Territory,
    question: Question,
    made_on: dt.date,
    plan: Plan | None,
    beside: TwoPublics | None,
    day: dt.date | None,
) -> _PreparedReport:
    """Make a report, saying how far it is."""
    bar = st.progress(0.0, "Préparation…")
    # Drawing and typesetting are read only when asked for.
    from geo.report.report_files import DOCUMENT, write_report, zipped  # noqa: PLC0415
    from geo.report.report_findings import ReportRequest  # noqa: PLC0415
    from geo.report.report_sentences import summary_sentences  # noqa: PLC0415

    def tell(share: float, sentence: str) -> None:
        bar.progress(share, plain(sentence))

    try:
        with tempfile.TemporaryDirectory(prefix="maillage-") as place:
            folder = Path(place) / f"rapport-{territory.departement or 'territoire'}"
            request = ReportRequest(question, plan, made_on, beside, day)
            findings = write_report(territory, request, folder, progress=tell)
            return _PreparedReport((folder / DOCUMENT).read_bytes(), zipped(folder), tuple(summary_sentences(findings)))
    finally:
        bar.empty()


def _downloads(territory: Territory, question: Question, made: _PreparedReport) -> None:
    show_sentence(made.sentences[0])
    for sentence in made.sentences[1:]:
        st.markdown(plain(sentence))
    stem = f"rapport-{territory.departement or 'territoire'}-{question.facilities}-{question.threshold_min:.0f}min"
    with st.container(horizontal=True):
        st.download_button(
            "Document (PDF)",
            made.document,
            f"{stem}.pdf",
            "application/pdf",
            on_click="ignore",
            type="primary",
            help="De 6 à 18 pages, lisibles par un lecteur d'écran.",
        )
        st.download_button(
            "Tout (ZIP)",
            made.archive,
            f"{stem}.zip",
            "application/zip",
            on_click="ignore",
            help="Le document, les tables, les couches, les cartes et manifest.json.",
        )
