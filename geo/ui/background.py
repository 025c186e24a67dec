"""A calculation that may take seconds: in a thread, with its progress and a button to stop it.

What it found is shared by all visitors who ask the same, unless it is about a territory of their own. A calculation
under way belongs to one visitor: it goes on when they look elsewhere, and is stopped by them or when they leave.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from cachetools import LRUCache

from geo.errors import MaillageError, ParameterError
from geo.ui.kept_answers import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    #: Told the share done and a French sentence.
    Progress = Callable[[float, str], None]
    #: What is calculated, given whom to tell and whom to ask whether to stop.
    Work = Callable[[Progress, Callable[[], bool]], Any]

#: Seconds that a calculation may take before its progress is shown.
QUICK_S: Final = 0.5
#: Seconds after which a page that was sent has been drawn, its scripts read.
SPARE_S: Final = 0.7
_POLL_S: Final = 0.15
_KEPT: Final = 64
#: As many calculations at once as there are processors; the others wait their turn. Thirty plans at once would take the
#: memory of thirty, and the processor from those who only look for a site.
_TURNS: Final = ThreadPoolExecutor(os.cpu_count() or 1)


class Background:
    """A calculation in another thread."""

    def __init__(self, work: Work, begin: Callable[[Callable[[], Any]], Future[Any]] = _TURNS.submit) -> None:
        """Start it, in its turn unless `begin` has another thread for it."""
        self.share, self.sentence = 0.0, "D'autres calculs sont en cours : celui-ci attend son tour…"
        self._cancelled = threading.Event()
        self._future = begin(lambda: self._run(work))

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop before it had ended."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask it to stop: it ends soon after, with the best that it has; before its turn it never begins."""
        if not self._future.done():
            self._cancelled.set()
            self._future.cancel()

    def wait(self, seconds: float) -> bool:
        """Wait for its end, at most some seconds; return whether it has ended."""
        with suppress(TimeoutError, CancelledError):
            self._future.exception(seconds)
        return self._future.done()

    def result(self) -> Any:
        """Return what was found, or raise what went wrong: `ParameterError` where it was stopped before its turn."""
        try:
            return self._future.result()
        except CancelledError as error:
            msg = "Calcul arrêté avant son tour : rien n'a été calculé. Il recommencera à votre prochain choix."
            raise ParameterError(msg) from error

    def _run(self, work: Work) -> Any:
        self.sentence = "Calcul en cours…"
        return work(self._tell, self._cancelled.is_set)

    def _tell(self, share: float, sentence: str) -> None:
        self.share, self.sentence = min(max(share, 0.0), 1.0), sentence


@kept(st.cache_resource, show_spinner=False)
def _finished() -> tuple[LRUCache[Hashable, Any], threading.Lock]:
    """Return the results of the last questions, and what guards them."""
    return LRUCache(_KEPT), threading.Lock()


def _stop_all(runs: dict[str, tuple[Hashable, Background]]) -> None:
    for _, run in runs.values():
        run.cancel()


@st.cache_resource(scope="session", show_spinner=False, on_release=_stop_all)
def _runs() -> dict[str, tuple[Hashable, Background]]:
    """Return the last calculation of each name of this visitor, with its question."""
    return {}


def calculated(name: str, question: Hashable, work: Work) -> tuple[Any, bool]:
    """Return the result of a calculation, and whether the visitor stopped it before its end.

    `name`, `question`, `work`: As in `ended_run`; the question is all that the result depends on, the fingerprint of
    the territory included.

    Raises
    ------
    MaillageError
        What the calculation raised.
    """
    results, lock = _finished()
    with lock:
        found = results.get((name, question))
    if found is not None:
        forget(name)
        return found, False
    run = ended_run(name, question, work)
    try:
        result = run.result()
    except MaillageError:
        if run.cancelled:
            forget(name)
        raise
    if not run.cancelled:
        with lock:
            results[name, question] = result
    return result, run.cancelled


@kept(st.cache_resource, show_spinner=False)
def _begun() -> LRUCache[Hashable, None]:
    """Return the questions that were begun ahead; guarded as the results are."""
    return LRUCache(_KEPT)


def begin_ahead(name: str, question: Hashable, work: Work, wait_s: float = SPARE_S) -> None:
    """Begin a calculation that visitors are likely to ask for next, once for all of them; nothing of it is shown.

    `name`, `question`, `work`: As in `calculated`, which finds its result. `wait_s`: Seconds until it begins, for the
    page that the visitor looks at to be drawn first.
    """
    (results, lock), begun = _finished(), _begun()
    asked = name, question
    with lock:
        if asked in results or asked in begun:
            return
        begun[asked] = None

    def work_and_keep() -> None:
        with lock:
            if asked in results:  # somebody could not wait
                return
        with suppress(MaillageError):  # told to who asks for it
            found = work(lambda _share, _sentence: None, lambda: False)
            with lock:
                results[asked] = found

    def take_turn() -> None:
        with suppress(RuntimeError):  # the app ends
            _TURNS.submit(work_and_keep)

    timer = threading.Timer(wait_s, take_turn)
    timer.daemon = True
    timer.start()


def ended_run(name: str, question: Hashable, work: Work) -> Background:
    """Return a calculation of this visitor once it has ended.

    Shows the progress and a button "Arrêter" where it takes more than `QUICK_S`. Another question of the same name
    ends the one under way.

    Parameters
    ----------
    name
        Name of the calculation on the screen.
    question
        What tells it from others of that name.
    work
        The calculation; it must not use Streamlit.
    """
    runs = _runs()
    asked, run = runs.get(name, (None, None))
    if run is None or asked != question:
        forget(name)
        run = Background(work)
        runs[name] = question, run
    if not run.wait(QUICK_S):
        _show_progress(run, name)
    return run


def forget(name: str) -> None:
    """Forget a calculation, which is stopped if it is under way: it starts again where it is asked for."""
    _, run = _runs().pop(name, (None, None))
    if run is not None:
        run.cancel()


def _show_progress(run: Background, name: str) -> None:
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        said = run.share, run.sentence
        bar = st.progress(*said)
        st.button("Arrêter", key=f"{name}_stop", on_click=run.cancel)
    while not run.wait(_POLL_S):
        now = run.share, run.sentence
        if now != said:  # those who wait their turn, many at once, have nothing new to be sent
            said = now
            bar.progress(*said)
    place.empty()
