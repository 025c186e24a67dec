"""What is timed for one plan serves the next ones about the same places, and no others."""

import threading
from dataclasses import replace

import pytest
from cachetools import LRUCache

from geo.siting.candidates import CandidateRule
from geo.siting.plan import plan
from geo.siting.problem import siting_problem
from geo.ui import chosen_plan, plan_question
from geo.ui.chosen_plan import plan_ahead
from geo.ui.state import AppState
from tests.unit.ui.plan_asked import ASKED


@pytest.fixture
def timed(monkeypatch):
    """Return what was timed, with room for 2 MB of it."""
    calls, kept = [], (LRUCache(2_000_000, getsizeof=lambda problem: problem.nbytes), threading.Lock())

    def counting(*args, **options):
        calls.append(siting_problem(*args, **options))
        return calls[-1]

    monkeypatch.setattr(plan_question, "siting_problem", counting)
    monkeypatch.setattr(chosen_plan, "_problems", lambda: kept)
    return calls


def test_another_threshold_times_nothing_again_and_changes_no_plan(timed, belfort):
    for threshold, labels in ((20.0, 2), (15.0, 3), (30.0, 1)):
        prepare = chosen_plan._remembered(replace(ASKED, threshold_min=threshold, labels=labels))
        found = plan(belfort, labels, threshold_min=threshold, kinds=ASKED.kinds, prepare=prepare)
        alone = plan(belfort, labels, threshold_min=threshold, kinds=ASKED.kinds)
        for table in ("labels", "served", "leaving", "alternatives", "communes"):
            assert getattr(found, table).equals(getattr(alone, table))
    assert len(timed) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"identity": "other"},
        {"exclude": ("90033",)},
        {"rule": CandidateRule(0)},
        {"kinds": frozenset({"main", "antenne"})},
        {"files": ("digest", None, None)},
    ],
)
def test_what_is_timed_otherwise_is_timed(timed, belfort, change):
    for question in (ASKED, replace(ASKED, **change)):
        chosen_plan._remembered(question)((belfort,), None, (), rule=ASKED.rule, kinds=ASKED.kinds)
    assert len(timed) == 2


def test_what_is_larger_than_all_that_is_kept_is_timed_each_time(timed, belfort, monkeypatch):
    small = (LRUCache(1_000, getsizeof=lambda problem: problem.nbytes), threading.Lock())
    monkeypatch.setattr(chosen_plan, "_problems", lambda: small)
    prepare = chosen_plan._remembered(ASKED)
    for _ in range(2):
        assert len(prepare((belfort,), None, (), rule=ASKED.rule, kinds=ASKED.kinds).demand)
    assert len(timed) == 2
    assert not len(small[0])


def test_the_residents_of_candidates_stay_theirs(belfort):
    problem = siting_problem((belfort,), None, ())
    kept = problem.commune_residents > 500
    fewer = problem.with_times_scaled(1.2).with_factors(problem.residents * 0 + 2).only(kept)
    people = belfort.communes["population"].reindex(fewer.candidates["commune_code"]).to_numpy(float)
    assert fewer.commune_residents.tolist() == people.tolist()


@pytest.mark.parametrize(
    ("choices", "begun"),
    [({}, 1), ({"screen": "diagnostic", "commune": "90010"}, 1), ({"threshold_min": 30}, 0), ({"labels": 3}, 0)],
)
def test_only_the_plan_of_the_usual_choices_is_begun_ahead(belfort, monkeypatch, choices, begun):
    works = []
    monkeypatch.setattr(chosen_plan, "begin_ahead", lambda _name, _question, work: works.append(work))
    plan_ahead(belfort, AppState(**choices))
    assert len(works) == begun
    if works and not choices:
        found = works[0](lambda *_: None, lambda: False)
        assert found.labels["code"].tolist() == plan(belfort, 5).labels["code"].tolist()


def test_no_plan_is_begun_ahead_about_a_visitor_s_own_territory(belfort, monkeypatch):
    monkeypatch.setattr(chosen_plan, "begin_ahead", lambda *_: pytest.fail("it is theirs alone"))
    monkeypatch.setattr(chosen_plan, "own_territory", lambda: belfort)
    plan_ahead(belfort, AppState())
