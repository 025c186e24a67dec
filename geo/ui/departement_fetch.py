"""The button that does what ``maillage fetch`` does, where the installation allows it (`Settings.allow_fetch`).

One download at a time for the whole process: it belongs to the visitor who started it, who alone may stop it; the
others are told. It goes on when that visitor looks elsewhere. What came before a stop is kept, and goes on from there.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.errors import MaillageError
from geo.report.fetch_sentences import file_sentences, missing_sentences, progress_sentence
from geo.sources.departements import departement_codes, departement_name, departement_title
from geo.sources.fetch import fetch
from geo.sources.http_client import apart
from geo.territory.fetched import build_and_save, fetch_plan, territory_place
from geo.ui.background import Background
from geo.ui.components.day_lists import CLOSED
from geo.ui.components.messages import plain, show_failure, show_notes, show_warnings
from geo.ui.own_territory import own_territory
from geo.ui.territory_choice import choose_territory

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.settings import Settings
    from geo.sources.fetch import Fetched
    from geo.ui.background import Progress, Work

_TITLE: Final = "Télécharger les données officielles d'un département"
_OFF: Final = (
    f"{CLOSED} « maillage fetch 64 » prépare un département, que cette page propose ensuite ; le réglage "
    "MAILLAGE_ALLOW_FETCH=1 ouvre ici le même téléchargement."
)
_WHAT: Final = (
    "Liste des sites, contours, populations, carreaux, centres des impôts, routes et horaires de transport, demandés à "
    "leurs producteurs : de quelques minutes à une heure, souvent plus d'un Go. Ce qui est déjà là n'est pas "
    "redemandé. Pour une petite zone seulement : « maillage fetch 64 --around 64483 --km 12 », dans un terminal."
)
_BUILDING: Final = "Construction du territoire : une à deux minutes, sans arrêt possible…"
_DEPARTEMENT: Final = "fetch_departement"
_REFRESH: Final = "fetch_refresh"
_MINE: Final = "fetch_run"
_REPORT: Final = "fetch_report"
_EVERY_S: Final = 1.0


class _StoppedError(Exception):
    """The visitor asked to stop."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One download under way or ended: of which département."""

    code: str
    background: Background

    @property
    def ended(self) -> bool:
        return self.background.wait(0)

    @property
    def building(self) -> bool:
        return self.background.sentence == _BUILDING


@dataclass(slots=True)
class _OneAtATime:
    """The last download of the process."""

    run: _Run | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def under_way(self) -> _Run | None:
        run = self.run
        return None if run is None or run.ended else run

    def start(self, code: str, work: Work) -> _Run | None:
        """Start a download, unless another is under way."""
        with self.lock:
            if self.under_way() is not None:
                return None
            # For an hour perhaps: neither in the turn of calculations, nor waited for where the app ends.
            self.run = _Run(code, Background(work, apart))
            return self.run


@st.cache_resource(show_spinner=False)
def _one_at_a_time() -> _OneAtATime:
    return _OneAtATime()


def show_fetch(settings: Settings) -> None:
    """Show the choice of a département and the button, or the download under way, or why there is none."""
    mine: _Run | None = st.session_state.get(_MINE)
    under_way = _one_at_a_time().under_way()
    if mine is not None and mine is not under_way:
        _end(mine)
        st.rerun()
    with st.expander(_TITLE, expanded=mine is not None or _REPORT in st.session_state):
        if not settings.allow_fetch:
            st.markdown(plain(_OFF))
        elif under_way is None:
            _show_report()
            _show_form(settings)
        else:
            st.fragment(_show_under_way, run_every=_EVERY_S)(under_way, is_mine=under_way is mine)


def _show_form(settings: Settings) -> None:
    st.markdown(plain(_WHAT))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        code = st.selectbox(
            "Département",
            departement_codes(),
            format_func=departement_title,
            index=None,
            placeholder="Choisissez un département",
            width=320,
            key=_DEPARTEMENT,
        )
        st.button(
            "Télécharger",
            type="primary",
            icon=":material/download:",
            disabled=code is None,
            on_click=_start,
            args=(settings,),
        )
    st.checkbox(
        "Demander aux producteurs si les fichiers déjà là ont changé",
        key=_REFRESH,
        help="Un fichier qui n'a pas changé n'est pas téléchargé de nouveau. Si un producteur ne répond pas, son "
        "fichier est gardé.",
    )


def _start(settings: Settings) -> None:
    st.session_state.pop(_REPORT, None)
    code = st.session_state[_DEPARTEMENT]
    if code is None:
        return
    work = _work(code, settings, refresh=st.session_state[_REFRESH])
    run = _one_at_a_time().start(code, work)
    if run is not None:  # else the screen says that another is under way
        st.session_state[_MINE] = run


def _work(code: str, settings: Settings, *, refresh: bool) -> Work:
    """Return what fetches, builds and saves; it gives `None` where it was stopped."""

    def work(tell: Progress, stopped: Callable[[], bool]) -> Fetched | None:
        def progress(title: str, done: int, total: int | None) -> None:
            if stopped():
                raise _StoppedError
            tell(done / total if total else 0.0, progress_sentence(title, done, total))

        try:
            fetched = fetch(code, fetch_plan(settings, refresh=refresh, progress=progress))
        except _StoppedError:
            return None
        if stopped():
            return None
        tell(1.0, _BUILDING)
        return build_and_save(fetched, territory_place(settings, code))[1]

    return work


def _show_under_way(run: _Run, *, is_mine: bool) -> None:
    """Show how far a download is; draw the whole screen again once it has ended."""
    if run.ended:
        st.rerun(scope="app")
    name, background = departement_name(run.code), run.background
    if is_mine:
        st.markdown(plain(f"Téléchargement de « {name} ». Vous pouvez regarder un autre écran : il continue."))
    else:
        who = "lancé par un autre visiteur, ou par vous avant de recharger la page"
        st.info(plain(f"Téléchargement de « {name} » en cours, {who}. Un seul à la fois : revenez ensuite."))
    st.progress(background.share, plain(background.sentence))
    if is_mine and background.cancelled:
        show_notes(["Arrêt demandé : la demande en cours se termine."])
    elif is_mine and not run.building:
        st.button("Arrêter", key="fetch_stop", on_click=background.cancel)


def _end(run: _Run) -> None:
    """Keep what is to be said of a download that has ended; look at its territory, unless one of own files is shown."""
    del st.session_state[_MINE]
    try:
        fetched = run.background.result()
    except MaillageError as error:
        st.session_state[_REPORT] = error
        return
    st.session_state[_REPORT] = (run.code, fetched)
    if fetched is not None and own_territory() is None:
        choose_territory(run.code)


def _show_report() -> None:
    """Show what became of this visitor's last download."""
    report = st.session_state.get(_REPORT)
    if isinstance(report, MaillageError):
        show_failure(report)
    elif report is not None:
        code, fetched = report
        name = departement_name(code)
        if fetched is None:
            st.info(plain(f"Téléchargement de « {name} » arrêté. Ce qui est arrivé est gardé : il reprendra de là."))
            return
        st.success(plain(f"« {name} » est prêt, dans la liste des territoires."), icon=":material/check:")
        show_warnings([*fetched.warnings, *missing_sentences(fetched)])
        show_notes(file_sentences(fetched))
