"""Calculations in a thread: progress, end, stop, errors."""

import os
import threading
import time

import pytest
from streamlit.runtime.caching import clear_session_resource_cache
from streamlit.testing.v1 import AppTest

from geo.errors import ParameterError
from geo.sources.http_client import apart
from geo.ui import background
from geo.ui.background import Background, begin_ahead, calculated, ended_run, forget


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


def test_one_apart_has_begun_and_ends_with_the_best_that_it_has():
    run = Background(until_stopped, apart)
    run.cancel()
    assert run.wait(10)
    assert (run.cancelled, run.result()) == (True, "the best until then")


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
    first = [Background(work) for _ in range(processors)]
    while len(at_once) < processors:
        assert not first[0].wait(0.01)
    waiting, stopped = Background(work), Background(work)
    assert not stopped.wait(0.01)
    assert "attend son tour" in stopped.sentence
    aside = Background(lambda *_: "aside", apart)
    assert aside.wait(10), "in a thread that is none of theirs"
    assert aside.result() == "aside"
    stopped.cancel()
    assert stopped.wait(10)
    with pytest.raises(ParameterError, match="avant son tour"):
        stopped.result()
    assert not waiting.wait(0.01)
    assert len(at_once) == processors, "the one that was stopped never began"
    go_on.set()
    assert all(run.wait(10) and run.result() == "done" for run in [*first, waiting])


def until_stopped(progress, stopped):
    del progress
    while not stopped():
        pass
    return "the best until then"


def under_way():
    """Return a calculation that has begun."""
    run = Background(until_stopped)
    while "attend son tour" in run.sentence:
        assert not run.wait(0.01)
    return run


@pytest.fixture
def visit(monkeypatch):
    """Be a visitor, who sees no screen; return their calculations."""
    runs, results = {}, background.LRUCache(2)
    monkeypatch.setattr(background, "_runs", lambda: runs)
    lock, begun = threading.Lock(), background.LRUCache(2)
    monkeypatch.setattr(background, "_finished", lambda: (results, lock))
    monkeypatch.setattr(background, "_begun", lambda: begun)
    monkeypatch.setattr(background, "_show_progress", lambda run, _name: run.wait(10))
    yield runs
    for _, run in runs.values():
        run.cancel()


def test_one_stopped_before_its_turn_starts_again_at_the_next_run(visit):
    """It is said once; it does not stay on the screen."""
    busy = [under_way() for _ in range(os.cpu_count())]
    run = Background(lambda *_: "never")
    visit["plan"] = ("question", run)
    run.cancel()
    with pytest.raises(ParameterError, match="avant son tour"):
        calculated("plan", "question", lambda *_: "never")
    for each in busy:
        each.cancel()
    assert calculated("plan", "question", lambda *_: "found") == ("found", False)


def test_what_was_found_is_shared_and_what_was_stopped_is_not(visit):
    calls = []

    def work(answer):
        return lambda *_: calls.append(answer) or answer

    assert calculated("plan", 1, work("one")) == ("one", False)
    visit.clear()  # another visitor
    assert calculated("plan", 1, work("again")) == ("one", False)
    assert calculated("variants", 1, work("other")) == ("other", False)
    assert calculated("plan", 1, work("again")) == ("one", False)
    assert calculated("plan", 2, work("two")) == ("two", False)
    visit.clear()
    assert calculated("variants", 1, work("forgotten")) == ("forgotten", False), "the oldest of three is dropped"
    visit["plan"] = 3, under_way()
    visit["plan"][1].cancel()
    assert calculated("plan", 3, work("three")) == ("the best until then", True)
    forget("plan")
    assert calculated("plan", 3, work("three")) == ("three", False)
    assert calls == ["one", "other", "two", "forgotten", "three"]


def test_what_is_begun_ahead_is_found_by_all_and_begun_once(visit):
    calls = []

    def work(answer):
        return lambda *_: calls.append(answer) or answer

    begin_ahead("plan", 1, work("one"), wait_s=0)
    begin_ahead("plan", 1, work("again"), wait_s=0)
    results, _ = background._finished()
    while ("plan", 1) not in results:
        time.sleep(0.01)
    assert visit == {}, "it is no visitor's own"
    assert calculated("plan", 1, work("again")) == ("one", False)
    assert calls == ["one"]


@pytest.mark.usefixtures("visit")
def test_what_somebody_asked_for_meanwhile_is_not_calculated_again():
    assert calculated("plan", 1, lambda *_: "one") == ("one", False)
    begin_ahead("plan", 1, lambda *_: pytest.fail("it is known"), wait_s=0)
    assert not background._begun()


@pytest.mark.usefixtures("visit")
def test_what_fails_ahead_is_told_to_who_asks_for_it():
    begun, failed = threading.Event(), "Budget refusé."

    def work(*_):
        begun.set()
        raise ParameterError(failed)

    begin_ahead("plan", 1, work, wait_s=0)
    assert begun.wait(10)
    with pytest.raises(ParameterError, match=failed):
        calculated("plan", 1, work)


def test_it_goes_on_until_another_question_or_its_end(visit):
    run = under_way()
    visit["plan"] = 1, run
    assert not run.wait(0.01)
    assert ended_run("plan", 2, lambda *_: "second").result() == "second"
    assert run.cancelled
    assert visit["plan"][0] == 2
    assert ended_run("plan", 2, lambda *_: "not asked again").result() == "second"


def test_it_is_stopped_when_its_visitor_leaves():
    """And starts again where they come back: nothing of it is kept."""
    app = AppTest.from_string(
        "import streamlit as st\nfrom geo.ui import background\nst.session_state.runs = background._runs()"
    ).run()
    runs = app.session_state.runs
    run = under_way()
    runs["plan"] = "question", run
    app.run()
    assert app.session_state.runs is runs
    assert not run.cancelled
    clear_session_resource_cache("test session id")
    assert run.wait(10)
    assert run.cancelled
    app.run()
    assert app.session_state.runs == {}
