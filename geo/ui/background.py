"""A calculation that may take seconds: in a thread, with its progress and a button to stop it.

What it found is shared by all visitors who ask the same, unless it is about a territory of their own; a calculation
under way belongs to one visitor, who alone may stop it.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

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
_POLL_S: Final = 0.15
_KEPT: Final = 64
#: As many calculations at once as there are processors.
_TURNS: Final = threading.BoundedSemaphore(os.cpu_count() or 1)


class Background:
    """A calculation in a thread of its own."""

    def __init__(self, work: Work) -> None:
        """Start it."""
        self.share, self.sentence = 0.0, "Calcul en cours…"
        self._cancelled, self._done = threading.Event(), threading.Event()
        self._result: Any = None
        self._error: Exception | None = None
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop before it had ended."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask it to stop; it ends soon after, with the best that it has."""
        if not self._done.is_set():
            self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end, at most some seconds; return whether it has ended."""
        return self._done.wait(seconds)

    def result(self) -> Any:
        """Return what was found, or raise what went wrong; only once it has ended."""
        if self._error is not None:
            raise self._error
        return self._result

    def _run(self, work: Work) -> None:
        try:
            self._result = work(self._tell, self._cancelled.is_set)
        except Exception as error:  # noqa: BLE001 - raised again where the result is asked for
            self._error = error
        finally:
            self._done.set()

    def _tell(self, share: float, sentence: str) -> None:
        self.share, self.sentence = min(max(share, 0.0), 1.0), sentence


def in_turn(work: Work) -> Work:
    """Return a calculation that begins when few enough others are under way.

    Thirty plans at once would take the memory of thirty, and the processor from those who only look for a site. One
    that is stopped before its turn never begins, and raises `ParameterError`.
    """

    def waiting(progress: Progress, stopped: Callable[[], bool]) -> Any:
        while not _TURNS.acquire(timeout=_POLL_S):
            if stopped():
                msg = "Calcul arrêté avant son tour : rien n'a été calculé. Il recommencera à votre prochain choix."
                raise ParameterError(msg)
            progress(0.0, "D'autres calculs sont en cours : celui-ci attend son tour…")
        try:
            return work(progress, stopped)
        finally:
            _TURNS.release()

    return waiting


@dataclass(slots=True)
class _Finished:
    """The results of the last questions, for all visitors."""

    results: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, question: Hashable) -> Any:
        with self.lock:
            if question in self.results:
                self.results.move_to_end(question)
            return self.results.get(question)

    def keep(self, question: Hashable, result: Any) -> None:
        with self.lock:
            self.results[question] = result
            while len(self.results) > _KEPT:
                self.results.popitem(last=False)


@kept(st.cache_resource, show_spinner=False)
def _finished() -> _Finished:
    return _Finished()


def calculated(name: str, question: Hashable, work: Work) -> tuple[Any, bool]:
    """Return the result of a calculation, and whether the visitor stopped it before its end.

    Shows the progress and a button "Arrêter" where it takes more than `QUICK_S`. Another question of the same name
    ends the one under way.

    Parameters
    ----------
    name
        Name of the calculation on the screen.
    question
        All that the result depends on, the fingerprint of the territory included.
    work
        The calculation; it must not use Streamlit.

    Raises
    ------
    MaillageError
        What the calculation raised.
    """
    key = f"background_{name}"
    asked, run = st.session_state.get(key, (None, None))
    if asked != question:
        if run is not None:
            run.cancel()
        found = _finished().get((name, question))
        if found is not None:
            st.session_state.pop(key, None)
            return found, False
        run = Background(in_turn(work))
        st.session_state[key] = (question, run)
    show_progress(run, key)
    try:
        result = run.result()
    except MaillageError:
        if run.cancelled:
            resume(name)
        raise
    if run.cancelled:
        return result, True
    _finished().keep((name, question), result)
    return result, False


def resume(name: str) -> None:
    """Forget a calculation that was stopped: it starts again at the next run."""
    st.session_state.pop(f"background_{name}", None)


def show_progress(run: Background, key: str) -> None:
    """Wait for the end of a calculation, with its progress and a button to stop it where it takes long.

    Parameters
    ----------
    run
        The calculation.
    key
        Name of what is shown, one on the screen.
    """
    if run.wait(QUICK_S):
        return
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(run.share, run.sentence)
        st.button("Arrêter", key=f"{key}_stop", on_click=run.cancel)
    while not run.wait(_POLL_S):
        bar.progress(run.share, run.sentence)
    place.empty()
