"""Plans made in a process beside the app: the same plans, stopped and refused alike, and no process left behind."""

import os
import pickle
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pandas as pd
import pytest

from geo.answers.plan_near import near_sentence, near_with_labels
from geo.errors import ParameterError
from geo.settings import Settings
from geo.siting.plan import plan
from geo.territory import Territory
from geo.ui import cache, chosen_plan, plan_process
from geo.ui.chosen_plan import plan_question
from geo.ui.plan_process import AT_ONCE, PlanProcess, end_plans_apart, plan_apart, start_plans_apart
from geo.ui.plan_question import PlanAsked, PlanMade
from geo.ui.state import AppState
from tests.unit.ui.plan_asked import ASKED

#: Seconds after which a process that should have done something is broken.
PATIENCE_S = 300


def usual(territory, **changes):
    return replace(ASKED, identity=cache.fingerprint(territory), **changes)


@pytest.fixture(scope="module")
def beside(belfort_folder):
    """A process beside, ready."""
    process = PlanProcess(str(belfort_folder))
    assert process._ready.wait(PATIENCE_S)
    yield process
    process.end()


@pytest.fixture(scope="module")
def here(belfort_folder):
    """A territory read from its folder, as the process does."""
    return Territory.load(belfort_folder)


@pytest.fixture
def asked(belfort_folder, here):
    """Return a question about that territory."""
    return lambda **changes: PlanAsked(str(belfort_folder), here.fingerprint, usual(here, **changes))


def assert_same(found, expected, where="plan"):
    """Each value of a plan, to the last bit; how its columns are laid out in memory is no matter."""
    assert type(found) is type(expected), where
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected), check_exact=True, obj=where)
    elif isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(found, expected, check_exact=True, obj=where)
    elif isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(found, expected, err_msg=where)
    elif is_dataclass(expected):
        for field in fields(expected):
            assert_same(getattr(found, field.name), getattr(expected, field.name), f"{where}.{field.name}")
    elif isinstance(expected, tuple):
        assert len(found) == len(expected), where
        for number, pair in enumerate(zip(found, expected, strict=True)):
            assert_same(*pair, f"{where}[{number}]")
    else:
        assert pickle.dumps(found) == pickle.dumps(expected) or found == expected, where


def ask(process, question, cancel=lambda: False):
    made = process.plan(question, lambda *_: None, cancel)
    return None if made is None else made.plan


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"labels": 3, "threshold_min": 15.0},
        {"model": "median"},
        {"model": "set-cover", "labels": None, "min_share": 0.9},
    ],
)
def test_the_plan_is_the_one_that_the_app_makes(beside, asked, here, changes):
    question = asked(**changes).question
    alone = plan(
        here,
        question.labels,
        model=question.model,
        threshold_min=question.threshold_min,
        min_share=question.min_share,
        rule=question.rule,
        kinds=question.kinds,
    )
    for _ in range(2):  # the second one from what is remembered
        made = beside.plan(asked(**changes), lambda *_: None, lambda: False)
        assert_same(replace(made.plan, time_s=None), replace(alone, time_s=None))
        assert made.near == near_sentence(near_with_labels(here.parts, alone))
        assert bool(made.near) is not alone.labels.empty


def test_what_the_plan_refuses_is_refused_in_the_same_words(beside, asked, here):
    with pytest.raises(ParameterError) as alone:
        plan(here, -1)
    with pytest.raises(ParameterError) as apart:
        ask(beside, asked(labels=-1))
    assert str(apart.value) == str(alone.value)


def test_a_plan_that_is_stopped_ends_with_what_it_has_and_the_next_one_is_whole(beside, asked):
    stopped = ask(beside, asked(labels=6, threshold_min=10.0), cancel=lambda: True)
    assert len(stopped.labels) == 6
    assert stopped.interrupted
    assert not ask(beside, asked()).interrupted


def test_a_territory_of_other_files_is_left_to_the_app(beside, asked, tmp_path, caplog):
    assert ask(beside, replace(asked(), fingerprint="other")) is None
    assert ask(beside, replace(asked(), source=str(tmp_path / "absent"))) is None
    assert "son plan est calculé ici" in caplog.text
    assert ask(beside, asked()) is not None


def test_plans_that_are_asked_for_at_once_are_told_apart(beside, asked):
    os.kill(beside.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(AT_ONCE) as visitors:
        plans = [visitors.submit(ask, beside, asked(labels=labels)) for labels in range(1, AT_ONCE + 1)]
        while len(beside._heard) < AT_ONCE:  # each has its turn, and waits for the answer to its own question
            threading.Event().wait(0.01)
        os.kill(beside.pid, signal.SIGCONT)
    assert [len(each.result().labels) for each in plans] == list(range(1, AT_ONCE + 1))
    assert not beside._heard


def test_a_plan_does_not_wait_long_for_another_one(beside, asked, monkeypatch):
    monkeypatch.setattr(plan_process, "_PATIENCE_S", 0.0)
    for _ in range(AT_ONCE):
        beside._turns.acquire()
    assert ask(beside, asked()) is None
    beside._turns.release(AT_ONCE)
    assert ask(beside, asked()) is not None


def test_a_process_that_breaks_is_replaced_and_the_app_says_so(beside, belfort_folder, asked, monkeypatch, caplog):
    """The last test that asks the process beside: it breaks."""
    for name, value in {"process": beside, "folder": str(belfort_folder), "starts": 1}.items():
        monkeypatch.setattr(plan_process._Running, name, value)
    os.kill(beside.pid, signal.SIGSTOP)  # it is asked, and breaks before it answers
    threading.Timer(0.3, os.kill, (beside.pid, signal.SIGKILL)).start()
    try:
        assert plan_apart(asked(), lambda *_: None, lambda: False) is None
        assert "l'application calcule celui-ci elle-même et en démarre un autre" in caplog.text
        second = plan_process._Running.process
        assert second._ready.wait(PATIENCE_S)
        assert plan_apart(asked(), lambda *_: None, lambda: False) is not None
    finally:
        end_plans_apart()
    assert not is_alive(beside.pid)
    assert not is_alive(second.pid)


def test_one_that_always_breaks_is_given_up(monkeypatch, asked, caplog):
    monkeypatch.setattr(plan_process.sys, "executable", "/bin/false")
    start_plans_apart(None)
    try:
        for _ in range(plan_process._MOST_STARTS):
            process = plan_process._Running.process
            assert process._gone.wait(PATIENCE_S)
            assert plan_apart(asked(), lambda *_: None, lambda: False) is None
        assert plan_process._Running.process is None
        assert "et les suivants" in caplog.text
    finally:
        end_plans_apart()


def test_one_is_ready_where_no_plan_can_be_made_and_none_stays_where_the_app_is_killed(saved, tmp_path):
    territory, folder = Territory.load(saved), tmp_path / "without sites"
    replace(territory, facilities={"sites": territory.sites.iloc[:0]}).save(folder)
    code = (
        "import sys, time\nfrom geo.ui.plan_process import PlanProcess\n"
        "process = PlanProcess(sys.argv[1])\nassert process._ready.wait(300)\n"
        "print(process.pid, flush=True)\ntime.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True) as app:
        pid = int(app.stdout.readline())
        assert is_alive(pid)
        ended = os.pidfd_open(pid)  # readable once the process has ended
        app.kill()
        assert select.select([ended], [], [], PATIENCE_S)[0]
        os.close(ended)


def test_the_screen_asks_the_process_beside(belfort_folder, monkeypatch):
    asked, territory = [], cache.load_territory(str(belfort_folder))
    made = PlanMade(plan(territory, 1), "what it changes on foot")
    monkeypatch.setattr(chosen_plan, "plan_apart", lambda question, *_: asked.append(question) or made)
    question = plan_question(territory, AppState())
    assert chosen_plan._work(territory, question)(lambda *_: None, lambda: False) is made.plan
    assert asked == [PlanAsked(str(belfort_folder), territory.fingerprint, question)]
    assert chosen_plan.near_said(territory, made.plan) == made.near  # not worked out again


def test_files_and_territories_of_visitors_never_leave_the_app(here, monkeypatch):
    monkeypatch.setattr(chosen_plan, "plan_apart", lambda *_: pytest.fail("it is theirs alone"))
    question = plan_question(here, AppState())  # made by the test, not loaded by the app
    assert chosen_plan._work(here, question)(lambda *_: None, lambda: False).labels is not None


@pytest.mark.parametrize(
    ("value", "processors", "is_apart"), [("", 2, True), ("", 1, False), ("0", 8, False), ("1", 1, True)]
)
def test_plans_are_made_apart_where_there_is_a_processor_for_them(monkeypatch, value, processors, is_apart):
    monkeypatch.setenv("MAILLAGE_PLANS_APART", value)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert Settings.from_environment().plans_apart is is_apart
