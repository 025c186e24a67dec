"""The models against spopt on the embedded territory and on made points, and what a search promises."""

import warnings
from types import SimpleNamespace

import numpy as np
import pulp
import pytest

from geo.network.snapping import snap
from geo.network.travel_times import times_between
from geo.siting.problem import siting_problem
from geo.siting.solve import Control, solve

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # CBC comes with PuLP until version 4
    SOLVER = pulp.PULP_CBC_CMD(msg=False)
THRESHOLD = 20.0


@pytest.fixture(scope="module")
def territory(embedded):
    return embedded


@pytest.fixture(scope="module")
def small(territory):
    """Some communes as demand and as candidates, all sites of today locked, and their full table of minutes."""
    problem = siting_problem((territory,), None, ())
    rng = np.random.default_rng(5)
    rows = np.sort(rng.choice(len(problem.demand), 60, replace=False))
    columns = np.sort(rng.choice(len(problem.candidates), 25, replace=False))
    kept = np.isin(problem.pair_demand, rows) & np.isin(problem.pair_candidate, columns)
    cut = type(problem)(
        problem.demand.iloc[rows].reset_index(drop=True),
        problem.candidates.iloc[columns].reset_index(drop=True),
        np.searchsorted(rows, problem.pair_demand[kept]),
        np.searchsorted(columns, problem.pair_candidate[kept]),
        problem.pair_min[kept],
    )
    codes = cut.candidates
    network = territory.network
    full = times_between(network, territory.demand_on_network.take(rows), snap(network, codes["lon"], codes["lat"]))[0]
    # spopt has no site of today: one more column stands for the nearest of them, and is locked.
    return cut, np.column_stack([cut.today_min, full / 60])


@pytest.fixture(scope="module")
def locate():
    """The models of spopt, imported by the one process that compares with them: that takes a second."""
    from spopt import locate  # noqa: PLC0415

    return locate


def locked(n):
    return np.array([1] + [0] * (n - 1))


@pytest.mark.parametrize("count", [1, 3])
def test_most_covered_is_that_of_spopt(small, locate, count):
    problem, minutes = small
    oracle = locate.MCLP.from_cost_matrix(
        minutes,
        problem.residents,
        THRESHOLD,
        p_facilities=count + 1,
        predefined_facilities_arr=locked(minutes.shape[1]),
    ).solve(SOLVER)
    found = solve(problem, "coverage", count, threshold_min=THRESHOLD)
    today = problem.residents[problem.today_min <= THRESHOLD].sum()
    assert found.objective + today == pytest.approx(pulp.value(oracle.problem.objective))
    assert found.gap == 0


def test_fewest_labels_are_those_of_spopt(small, locate):
    problem, minutes = small
    coverable = (minutes <= THRESHOLD).any(axis=1) & (problem.residents > 0)
    oracle = locate.LSCP.from_cost_matrix(
        minutes[coverable], THRESHOLD, predefined_facilities_arr=locked(minutes.shape[1])
    ).solve(SOLVER)
    found = solve(problem, "set-cover", 0, threshold_min=THRESHOLD)
    assert found.objective == len(found.selected) == pulp.value(oracle.problem.objective) - 1


@pytest.mark.parametrize("count", [1, 3])
def test_least_mean_time_is_that_of_spopt(small, locate, count):
    problem, minutes = small
    oracle = locate.PMedian.from_cost_matrix(
        minutes,
        problem.residents,
        p_facilities=count + 1,
        predefined_facilities_arr=locked(minutes.shape[1]),
    ).solve(SOLVER)
    found = solve(problem, "median", count, threshold_min=THRESHOLD)
    today = (problem.residents * problem.today_min).sum()
    assert today - found.objective == pytest.approx(pulp.value(oracle.problem.objective))


@pytest.mark.parametrize("count", [1, 3])
def test_least_worst_time_is_that_of_spopt(small, locate, count):
    problem, minutes = small
    oracle = locate.PCenter.from_cost_matrix(
        minutes[problem.residents > 0],
        p_facilities=count + 1,
        predefined_facilities_arr=locked(minutes.shape[1]),
    ).solve(SOLVER)
    assert solve(problem, "center", count, threshold_min=THRESHOLD).objective == pytest.approx(
        pulp.value(oracle.problem.objective)
    )


def test_pairs_are_all_trips_shorter_than_today(small):
    problem, minutes = small
    demand, candidate = np.nonzero(minutes[:, 1:] < problem.today_min[:, None] - 1e-9)
    assert list(zip(problem.pair_demand, problem.pair_candidate, strict=True)) == list(
        zip(demand, candidate, strict=True)
    )
    np.testing.assert_allclose(problem.pair_min, minutes[demand, candidate + 1])


@pytest.mark.parametrize("model", ["coverage", "set-cover", "median", "center"])
def test_a_search_that_is_ended_keeps_its_plan_and_an_honest_bound(territory, model):
    problem = siting_problem((territory,), None, ())
    asked = []

    def cancel():
        asked.append(1)
        return True

    ended = solve(problem, model, 4, threshold_min=THRESHOLD, control=Control(cancel=cancel))
    whole = solve(problem, model, 4, threshold_min=THRESHOLD)
    assert asked
    better_is_less = model in {"set-cover", "center"}
    low, high = sorted((ended.objective, ended.bound))
    assert low - 1e-6 <= whole.objective <= high + 1e-6
    assert (
        (ended.objective >= whole.objective - 1e-6) if better_is_less else (ended.objective <= whole.objective + 1e-6)
    )
    assert whole.gap == 0


def test_progress_goes_forward(territory):
    told = []
    problem = siting_problem((territory,), None, ())
    solve(problem, "coverage", 2, threshold_min=THRESHOLD, control=Control(progress=lambda *step: told.append(step)))
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert all(sentence for _, sentence in told)


@pytest.mark.parametrize(
    ("now", "left", "over"), [(100, 60, False), (159.5, 0.5, False), (160, 0, True), (200, 0, True)]
)
def test_a_search_ends_when_its_time_is_over_and_not_before(monkeypatch, now, left, over):
    monkeypatch.setattr("geo.siting.solve.time", SimpleNamespace(thread_time=lambda: now))
    control = Control(60, started=100)
    assert (control.left_s(), control.stopped()) == (left, over)
    assert Control(60, lambda: True, started=100).stopped()
