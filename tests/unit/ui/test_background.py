"""Calculations in a thread: progress, end, stop, errors."""

import os
import threading
import time

import pytest

from geo.errors import ParameterError
from geo.ui import background
from geo.ui.background import Background, calculated, in_turn


def test_it_ends_with_its_result_and_its_progress():
    def work(progress, cancel):
        progress(0.4, "À mi-chemin…")
        return cancel()

    run = Background(work)
    assert run.wait(10)
    assert run.result() is False
    assert (run.share, run.sentence) == (0.4, "À mi-chemin…")
    run.cancel()
    assert not run.cancelled, "it had ended"


def test_it_is_stopped():
    asked = threading.Event()

    def work(progress, cancel):
        progress(7.0, "trop")
        asked.set()
        while not cancel():
            pass
        return "le meilleur trouvé"

    run = Background(work)
    assert asked.wait(10)
    assert not run.wait(0.01)
    run.cancel()
    assert run.wait(10)
    assert run.cancelled
    assert run.result() == "le meilleur trouvé"
    assert run.share == 1.0


def test_an_error_is_raised_where_the_result_is_asked_for():
    def work(progress, cancel):
        del progress, cancel
        message = "Budget refusé."
        raise ParameterError(message)

    run = Background(work)
    assert run.wait(10)
    with pytest.raises(ParameterError, match="Budget refusé"):
        run.result()


def test_no_more_at_once_than_there_are_processors_and_a_stopped_one_waits_no_more():
    go_on, lock, at_once = threading.Event(), threading.Lock(), []

    def work(progress, cancel):
        del progress
        with lock:
            at_once.append(1)
        while not (go_on.is_set() or cancel()):
            pass
        return "stopped" if cancel() else "done"

    processors = os.cpu_count()
    first = [Background(in_turn(work)) for _ in range(processors)]
    while len(at_once) < processors:
        assert not first[0].wait(0.01)
    waiting, stopped = Background(in_turn(work)), Background(in_turn(work))
    while "attend son tour" not in stopped.sentence:
        assert not stopped.wait(0.01)
    stopped.cancel()
    assert stopped.wait(10)
    with pytest.raises(ParameterError, match="avant son tour"):
        stopped.result()
    assert not waiting.wait(0.01)
    assert len(at_once) == processors, "the one that was stopped never began"
    go_on.set()
    assert all(run.wait(10) and run.result() == "done" for run in [*first, waiting])


def test_one_stopped_before_its_turn_starts_again_at_the_next_run(monkeypatch):
    """It is said once; it does not stay on the screen."""
    session: dict[str, object] = {}
    monkeypatch.setattr(background.st, "session_state", session)
    monkeypatch.setattr(background, "_finished", background._Finished)
    monkeypatch.setattr(background, "show_progress", lambda run, _key: run.wait(10))
    run = Background(lambda *_: time.sleep(0.01))
    assert run.wait(10)
    run._cancelled.set()
    run._error = ParameterError("Calcul arrêté avant son tour")
    session["background_plan"] = ("question", run)
    with pytest.raises(ParameterError, match="avant son tour"):
        calculated("plan", "question", lambda *_: "never")
    assert calculated("plan", "question", lambda *_: "found") == ("found", False)
