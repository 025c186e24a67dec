"""Plans for two publics, against all choices of small cases."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.siting.two_publics import MOST_PLANS, covering, publics_front


def _table(covers, residents):
    pairs = np.argwhere(covers)
    return covering(pairs[:, 0], pairs[:, 1], residents, covers.shape[1])


def _every_choice(car, bus, count):
    n = car.n_candidates
    return [
        (car.total(list(chosen)), bus.total(list(chosen)))
        for size in range(count + 1)
        for chosen in combinations(range(n), size)
    ]


@st.composite
def cases(draw):
    n, points = draw(st.integers(2, 7)), draw(st.integers(1, 8))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tables = [
        _table(random.random((points, n)) < 0.35, random.integers(0, 500, points).astype(float)) for _ in range(2)
    ]
    return *tables, draw(st.integers(1, 4))


@settings(max_examples=60, deadline=None)
@given(cases())
def test_no_choice_beats_a_plan_and_the_ends_are_the_best(case):
    car, bus, count = case
    plans, every = publics_front(car, bus, count), _every_choice(car, bus, count)
    assert 1 <= len(plans) <= MOST_PLANS
    for plan in plans:
        assert plan.proven
        assert (plan.by_car, plan.without_car) == (car.total(plan.selected), bus.total(plan.selected))
        assert len(plan.selected) <= count
        assert not any(
            a >= plan.by_car and b >= plan.without_car and (a, b) != (plan.by_car, plan.without_car) for a, b in every
        )
    assert plans[0].by_car == max(a for a, _ in every)
    assert plans[-1].without_car == max(b for _, b in every)
    assert [plan.by_car for plan in plans] == sorted((plan.by_car for plan in plans), reverse=True)


def test_a_plan_between_the_two_ends():
    covers = np.eye(3, dtype=bool)
    car, bus = _table(covers, np.array([100.0, 80.0, 0.0])), _table(covers, np.array([0.0, 80.0, 100.0]))
    assert [(plan.by_car, plan.without_car) for plan in publics_front(car, bus, 1)] == [(100, 0), (80, 80), (0, 100)]


@pytest.mark.parametrize("count", [1, 3])
def test_where_one_choice_is_best_for_both_it_is_alone(count):
    covers = np.eye(3, dtype=bool)
    table = _table(covers, np.array([100.0, 80.0, 60.0]))
    assert len(publics_front(table, table, count)) == 1
