"""Calculations in a thread: progress, end, stop, errors."""

import os
import threading
import time

import pytest
from streamlit.runtime.scriptrunner import StopException

from geo.errors import ParameterError
from geo.ui import background
from geo.ui.background import Background, in_turn, show_progress


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


def test_a_calculation_is_stopped_when_its_visitor_leaves(monkeypatch):
    class Page:
        def progress(self, *_arguments):
            raise StopException  # as Streamlit does once the browser is gone

    def work(progress, stopped):
        del progress
        while not stopped():
            time.sleep(0.01)

    monkeypatch.setattr(background.st, "progress", lambda *_arguments: Page())
    run = Background(work)
    with pytest.raises(StopException):
        show_progress(run, "a calculation")
    assert run.wait(10)
    assert run.cancelled
