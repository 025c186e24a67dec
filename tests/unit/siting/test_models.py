"""What is said of a search that ended before its proof."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.siting.benefits import Benefits
from geo.siting.bounds import Bound
from geo.siting.models import fewest_labels, least_time, most_covered

#: Three residents apart, each served by a candidate of their own: three labels serve all.
APART = Benefits(np.arange(3), np.arange(3), np.ones(3), 3, 3)


@pytest.mark.parametrize(
    ("proven", "labels"),
    [(2.2, 3), (2.0, 2), (2 - 1e-9, 2), (2 + 1e-9, 2), (1.0, 1), (0.5, 1)],
)
def test_labels_are_whole_and_rounding_proves_none(monkeypatch, proven, labels):
    ended = SimpleNamespace(x=np.zeros(3), bound=-proven)
    monkeypatch.setattr("geo.siting.models.maximise", lambda *_, **__: ended)
    found = fewest_labels(APART, 3.0, np.arange(3), 1, time_limit_s=1)
    assert (found.selected.tolist(), found.bound) == ([0, 1, 2], labels)


def test_a_plan_with_fewer_labels_takes_the_place_of_the_one_given():
    # The first candidate serves all: three were given.
    benefits = Benefits(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 2, 0, 3]), np.ones(6), 3, 4)
    found = fewest_labels(benefits, 3.0, np.array([1, 2, 3]), 1, time_limit_s=5)
    assert (found.selected.tolist(), found.bound) == ([0], 1)
    share = fewest_labels(benefits, 2.0, np.array([1, 2]), 1, time_limit_s=5)
    assert (share.selected.tolist(), share.bound) == ([0], 1)


def test_from_a_plan_with_too_many_labels_the_fewest_are_found_and_proven():
    # A start that presolve shortens: HiGHS 1.16.0 takes it for shorter than it is, and keeps it.
    rng = np.random.default_rng(24)
    reaches = rng.random((20, 25)) < 0.12
    reaches[np.arange(20), rng.integers(0, 25, 20)] = True
    demand, candidate = np.nonzero(reaches)
    start = np.unique(reaches.argmax(axis=1))
    benefits = Benefits(demand, candidate, np.ones(len(demand)), 20, 25)
    found = fewest_labels(benefits, 20.0, start, 1, time_limit_s=20)
    best = milp(np.ones(25), constraints=LinearConstraint(reaches, lb=1), integrality=1, bounds=Bounds(0, 1))
    assert len(found.selected) == found.bound == round(best.fun) < len(start)
    assert reaches[:, found.selected].any(axis=1).all()


@pytest.mark.parametrize(("program", "as_covered"), [(most_covered, True), (least_time, False)])
@pytest.mark.parametrize("count", [1, 3])
def test_from_the_worst_plan_the_best_of_all_is_found_and_proven(program, as_covered, count):
    rng = np.random.default_rng(4)
    demand, candidate = np.nonzero(rng.random((30, 12)) < 0.25)
    residents = rng.integers(1, 9, 30).astype(float)
    minutes = np.ones(len(demand)) if as_covered else rng.integers(1, 30, len(demand))
    benefits = Benefits(demand, candidate, residents[demand] * minutes, 30, 12)
    plans = sorted(combinations(range(12), count), key=benefits.total)
    worst = np.array(plans[0])
    known = Bound(benefits.most, np.ones(12, bool), worst)
    found = program(benefits, count, worst, known, time_limit_s=20)
    assert benefits.total(found.selected) == benefits.total(plans[-1]) == pytest.approx(found.bound)
    assert len(found.selected) <= count


def test_a_plan_is_kept_where_the_search_found_none_better(monkeypatch):
    known = Bound(3.0, np.ones(3, bool), np.array([0, 1]))
    for x, bound, best in (([0, 0, 1], 2.5, 2.5), ([1, 1, 1], 9.0, 3.0)):
        ended = SimpleNamespace(x=np.array([*x, 0.0, 0.0, 0.0]), bound=bound)
        monkeypatch.setattr("geo.siting.models.maximise", lambda *_, ended=ended, **__: ended)
        found = most_covered(APART, 3, np.array([0, 1]), known, time_limit_s=1)
        assert found.selected.tolist() == ([0, 1] if sum(x) < 3 else [0, 1, 2])
        assert found.bound == best


def test_the_solver_writes_nothing_on_the_terminal(capfd):
    benefits = Benefits(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 2, 0, 3]), np.ones(6), 3, 4)
    fewest_labels(benefits, 2.0, np.array([1, 2]), 1, time_limit_s=5)
    assert capfd.readouterr() == ("", "")
