"""Plans for two publics, against all choices of small cases."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.siting.solve import Control
from geo.siting.two_publics import MOST_OF_ASKED, MOST_PLANS, covering, publics_front


def _table(covers, residents):
    pairs = np.argwhere(covers)
    return covering(pairs[:, 0], pairs[:, 1], residents, covers.shape[1])


def _brute_force(car, bus, count):
    """Return the front as (by car, without a car, labels), every choice being counted; today's state is no plan."""
    every = {
        (car.total(list(chosen)), bus.total(list(chosen)), size)
        for size in range(count + 1)
        for chosen in combinations(range(car.n_candidates), size)
    }
    front = {
        one
        for one in every
        if not any(a >= one[0] and b >= one[1] and n <= one[2] and (a, b, n) != one for a, b, n in every)
    }
    return front - {(0.0, 0.0, 0)} or front


def _figures(plans):
    return [(plan.by_car, plan.without_car, len(plan.selected)) for plan in plans]


@st.composite
def cases(draw):
    n, points = draw(st.integers(2, 8)), draw(st.integers(1, 10))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    most = draw(st.sampled_from([3, 500, 80_000]))
    tables = [
        _table(random.random((points, n)) < 0.35, random.integers(0, most, points).astype(float)) for _ in range(2)
    ]
    return *tables, draw(st.integers(1, 4))


@settings(max_examples=25)
@given(cases())
def test_all_of_the_front_is_found_and_nothing_else(case):
    car, bus, count = case
    found = publics_front(car, bus, count)
    assert found.complete
    figures = _figures(found.plans)
    assert len(figures) == len(set(figures))
    assert set(figures) == _brute_force(car, bus, count)
    assert figures == sorted(figures, key=lambda each: (-each[2], -each[0]))
    for plan in found.plans:
        assert plan.proven
        assert (plan.by_car, plan.without_car) == (car.total(plan.selected), bus.total(plan.selected))


def test_a_plan_inside_of_the_hull_is_found():
    """(55, 40) lies under the line from (100, 0) to (0, 100): no weighing of one public against the other gives it."""
    covers = np.eye(3, dtype=bool)
    car, bus = _table(covers, np.array([100.0, 55.0, 0.0])), _table(covers, np.array([0.0, 40.0, 100.0]))
    assert _figures(publics_front(car, bus, 1).plans) == [(100, 0, 1), (55, 40, 1), (0, 100, 1)]


def test_fewer_labels_are_plans_of_their_own():
    covers = np.eye(3, dtype=bool)
    table = _table(covers, np.array([100.0, 80.0, 60.0]))
    assert _figures(publics_front(table, table, 2).plans) == [(180, 180, 2), (100, 100, 1)]


@pytest.mark.parametrize("count", [3, 7])
def test_labels_that_bring_nothing_are_not_given(count):
    covers = np.eye(3, 6, dtype=bool)
    table = _table(covers, np.array([100.0, 80.0, 60.0]))
    found = publics_front(table, table, count)
    assert found.complete
    assert _figures(found.plans) == [(240, 240, 3), (180, 180, 2), (100, 100, 1)]


def test_where_nothing_can_be_gained_the_plan_is_empty():
    nothing = _table(np.zeros((2, 2), bool), np.array([5.0, 5.0]))
    found = publics_front(nothing, nothing, 2)
    assert (_figures(found.plans), found.complete) == ([(0, 0, 0)], True)


def test_a_large_front_is_cut_far_apart():
    """What a label brings by car another brings without one: all 210 choices of four labels out of ten are plans."""
    by_car = 2.0 ** np.arange(10)
    alone = np.eye(10, dtype=bool)
    car, bus = _table(alone, by_car), _table(alone, 1024 - by_car)
    found = publics_front(car, bus, 4)
    assert not found.complete
    assert len(found.plans) <= MOST_PLANS
    asked = [plan.by_car for plan in found.plans if len(plan.selected) == 4]
    assert len(asked) == MOST_OF_ASKED
    assert set(_figures(found.plans)) < _brute_force(car, bus, 4)
    assert (max(asked), min(asked)) == (960, 15)
    assert max(-np.diff(asked)) < (960 - 15) / 4, "the plans lie far apart"
    assert {len(plan.selected) for plan in found.plans} == {1, 2, 3, 4}


def test_a_search_that_is_stopped_says_that_it_is_not_complete():
    covers = np.eye(3, dtype=bool)
    car, bus = _table(covers, np.array([100.0, 80.0, 0.0])), _table(covers, np.array([0.0, 80.0, 100.0]))
    found = publics_front(car, bus, 1, Control(cancel=lambda: True))
    assert not found.complete
    assert not any(plan.proven for plan in found.plans)
