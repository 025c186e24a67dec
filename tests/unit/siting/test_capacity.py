"""Capacitated covering against trying every set of candidates, each valued by networkx's largest flow."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.siting.capacity import CapacitatedProblem, most_served, served_with

SETTINGS = settings(max_examples=25)


def largest_flow(problem, selected):
    graph = nx.DiGraph()
    graph.add_nodes_from(("source", "sink"))
    is_open = set(range(problem.sites)) | {problem.sites + each for each in selected}
    for point, residents in enumerate(problem.residents):
        graph.add_edge("source", ("point", point), capacity=float(residents))
    for place, capacity in enumerate(problem.capacity):
        if place in is_open:
            graph.add_edge(("place", place), "sink", capacity=float(capacity))
    for point, place in zip(problem.demand.tolist(), problem.place.tolist(), strict=True):
        if place in is_open:
            graph.add_edge(("point", point), ("place", place))
    return nx.maximum_flow_value(graph, "source", "sink")


def brute_force(problem, count):
    candidates = len(problem.capacity) - problem.sites
    return max(
        largest_flow(problem, chosen)
        for size in range(min(count, candidates) + 1)
        for chosen in combinations(range(candidates), size)
    )


@st.composite
def problems(draw):
    n_demand, sites, candidates = draw(st.integers(1, 7)), draw(st.integers(0, 2)), draw(st.integers(1, 5))
    places = sites + candidates
    pairs = draw(st.sets(st.tuples(st.integers(0, n_demand - 1), st.integers(0, places - 1))))
    demand, place = (np.array([pair[axis] for pair in pairs], np.int64) for axis in (0, 1))
    residents = draw(st.lists(st.integers(0, 50), min_size=n_demand, max_size=n_demand))
    capacity = draw(st.lists(st.integers(0, 60), min_size=places, max_size=places))
    return CapacitatedProblem(np.array(residents, float), np.array(capacity, float), sites, demand, place)


@SETTINGS
@given(problems(), st.integers(0, 4))
def test_the_exact_choice_serves_as_many_as_the_best_of_all_sets(problem, count):
    found = most_served(problem, count, time_limit_s=60)
    best = brute_force(problem, count)
    assert found.served == pytest.approx(best, abs=1e-5)
    assert found.bound == pytest.approx(best, abs=1e-5)
    assert len(found.selected) <= count
    assert largest_flow(problem, found.selected.tolist()) == pytest.approx(best, abs=1e-5)
    assert (found.load <= problem.capacity + 1e-5).all()
    assert found.load.sum() == pytest.approx(found.served)


@SETTINGS
@given(problems(), st.data())
def test_what_a_set_serves_is_the_largest_flow(problem, data):
    candidates = len(problem.capacity) - problem.sites
    selected = sorted(data.draw(st.sets(st.integers(0, candidates - 1))))
    found = served_with(problem, selected)
    assert found.served == pytest.approx(largest_flow(problem, selected), abs=1e-5)
    assert (found.load <= problem.capacity + 1e-5).all()


def test_a_label_too_small_leaves_residents_for_another():
    # One town of 100 within reach of both candidates; each serves 60: without capacities one would do.
    problem = CapacitatedProblem(np.array([100.0]), np.array([60.0, 60.0]), 0, np.array([0, 0]), np.array([0, 1]))
    assert most_served(problem, 1, time_limit_s=10).served == 60
    both = most_served(problem, 2, time_limit_s=10)
    assert (both.selected.tolist(), both.served, both.gap) == ([0, 1], 100, 0)


def test_a_full_site_of_today_is_relieved():
    # The site serves 50 of 90; the candidate near it, not the one in the hamlet of 20, serves most.
    problem = CapacitatedProblem(
        np.array([90.0, 20.0]),
        np.array([50.0, 80.0, 80.0]),
        1,
        np.array([0, 0, 1]),
        np.array([0, 1, 2]),
    )
    found = most_served(problem, 1, time_limit_s=10)
    assert (found.selected.tolist(), found.served) == ([0], 90)


def test_stopped_at_once_the_greedy_choice_has_a_bound():
    draws = np.random.default_rng(1)
    demand, place = np.divmod(np.flatnonzero(draws.random(60 * 20) < 0.2), 20)
    problem = CapacitatedProblem(
        draws.integers(1, 90, 60).astype(float), draws.integers(20, 200, 20).astype(float), 4, demand, place
    )
    stopped = most_served(problem, 3, time_limit_s=60, stopped=lambda: True)
    exact = most_served(problem, 3, time_limit_s=60)
    assert stopped.served <= exact.served + 1e-6 <= stopped.bound + 1e-3
    assert exact.gap == 0
    assert 0 <= stopped.gap <= 1
