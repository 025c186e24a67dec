"""Siting on small random problems, against all possible choices and against what must always hold."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.siting.benefits import Benefits, counted_today_min, coverage_benefits, time_benefits
from geo.siting.bounds import fewest_bound, upper_bound
from geo.siting.greedy import fewest, greedy, interchange, most_benefit, ranked
from geo.siting.models import fewest_labels
from geo.siting.problem import SitingProblem
from geo.siting.solve import MODELS, solve

THRESHOLD = 20


def problem_of(today, times, residents):
    """The problem with these times: today (n,), to each candidate (n, m), inf where there is no way."""
    today, times = np.array(today, float), np.array(times, float).reshape(len(today), -1)
    demand, candidate = np.nonzero(times < today[:, None])
    residents = np.array(residents, float)
    return SitingProblem(
        demand=pd.DataFrame(
            {
                "commune_code": [f"64{i:03d}" for i in range(len(today))],
                "residents": residents,
                "weight": residents,
                "today_min": today,
                "on_network": True,
            }
        ),
        candidates=pd.DataFrame({"code": [f"64{j:03d}" for j in range(times.shape[1])]}),
        pair_demand=demand,
        pair_candidate=candidate,
        pair_min=times[demand, candidate],
    )


@st.composite
def problems(draw):
    """Few different times: many ties, and places without any way; somebody lives somewhere."""
    n, m = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    minutes = st.sampled_from([0.0, 5.0, 12.0, 20.0, 21.0, 33.0, 47.5, np.inf])
    today = draw(st.lists(minutes, min_size=n, max_size=n))
    times = draw(st.lists(minutes, min_size=n * m, max_size=n * m))
    residents = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n).filter(any))
    return problem_of(today, times, residents)


def choices(problem, count):
    m = len(problem.candidates)
    return [np.array(some, np.int64) for k in range(min(count, m) + 1) for some in combinations(range(m), k)]


def within(problem, minutes):
    return float(problem.residents[minutes <= THRESHOLD].sum())


def value(problem, model, chosen):
    """What a choice is worth, from its times alone: greater is better."""
    minutes, _ = problem.times_with(chosen)
    if model == "coverage":
        return within(problem, minutes) - within(problem, problem.today_min)
    if model == "median":
        today = counted_today_min(problem)
        return float((problem.residents * (today - np.minimum(minutes, today))).sum())
    counted = np.isfinite(problem.today_min) & (problem.residents > 0)
    return -float(minutes[counted].max(initial=0.0))


@settings(max_examples=45)
@given(problem=problems(), count=st.integers(0, 4), model=st.sampled_from(["coverage", "median", "center"]))
def test_the_exact_models_find_the_best_of_all_choices(problem, count, model):
    best = max(value(problem, model, chosen) for chosen in choices(problem, count))
    found = solve(problem, model, count, threshold_min=THRESHOLD)
    assert len(found.selected) <= count
    assert value(problem, model, found.selected) == pytest.approx(best)
    assert abs(found.objective) == pytest.approx(abs(best))
    assert found.gap == 0
    # Without the exact model the bound holds all the same.
    quick = solve(problem, model, count, threshold_min=THRESHOLD, exact=False)
    sign = -1 if model == "center" else 1
    assert value(problem, model, quick.selected) == pytest.approx(sign * quick.objective)
    assert sign * quick.bound >= best - 1e-6
    assert best >= sign * quick.objective - 1e-6


@settings(max_examples=45)
@given(problem=problems(), share=st.sampled_from([None, 0.5, 0.8, 1.0]))
def test_the_fewest_labels_are_the_fewest(problem, share):
    everything = within(problem, problem.times_with(np.arange(len(problem.candidates)))[0])
    target = everything if share is None else share * problem.residents.sum()
    if target > everything:
        with pytest.raises(ValueError, match="hors d'atteinte"):
            solve(problem, "set-cover", 0, threshold_min=THRESHOLD, min_share=share)
        return
    enough = [c for c in choices(problem, 6) if within(problem, problem.times_with(c)[0]) >= target - 1e-9]
    for exact in (True, False):
        found = solve(problem, "set-cover", 0, threshold_min=THRESHOLD, min_share=share, exact=exact)
        assert within(problem, problem.times_with(found.selected)[0]) >= target - 1e-9
        assert found.bound <= min(map(len, enough)) <= found.objective == len(found.selected)
        if exact:
            assert found.gap == 0


@given(problem=problems(), count=st.integers(1, 4))
def test_greedy_brings_at_least_its_guaranteed_share(problem, count):
    for benefits in (coverage_benefits(problem, THRESHOLD), time_benefits(problem)):
        best = max(benefits.total(chosen) for chosen in choices(problem, count))
        alone = benefits.total(greedy(benefits, count))
        swapped = benefits.total(most_benefit(benefits, count))
        assert alone >= (1 - 1 / np.e) * best - 1e-9
        assert alone - 1e-9 <= swapped <= best + 1e-9
        bound = upper_bound(benefits, count, greedy(benefits, count))
        assert bound.value >= best - 1e-9
        # A better plan only holds candidates that may improve.
        for chosen in choices(problem, count):
            if benefits.total(chosen) > alone + 1e-6:
                assert bound.may_improve[chosen].all()


@given(problem=problems())
def test_all_four_without_a_label_are_today(problem):
    for model in MODELS:
        if model == "set-cover":
            continue
        found = solve(problem, model, 0, threshold_min=THRESHOLD)
        assert len(found.selected) == 0
        assert found.gap == 0
        minutes, server = problem.times_with(found.selected)
        np.testing.assert_array_equal(minutes, problem.today_min)
        assert (server == -1).all()


@given(problem=problems(), data=st.data())
def test_a_label_more_or_a_candidate_more_never_hurts(problem, data):
    m = len(problem.candidates)
    chosen = np.array(sorted(data.draw(st.sets(st.integers(0, m - 1)))), np.int64)
    minutes, server = problem.times_with(chosen)
    # The sites of today stay: nobody is farther than today.
    assert (minutes <= problem.today_min).all()
    assert np.isin(server, [-1, *chosen]).all()
    fewer = problem.times_with(chosen[:-1])[0]
    assert (minutes <= fewer).all()
    for model in ("coverage", "median"):
        all_ = solve(problem, model, 2, threshold_min=THRESHOLD).objective
        kept = problem.pair_candidate < m - 1
        without = SitingProblem(
            problem.demand,
            problem.candidates,
            problem.pair_demand[kept],
            problem.pair_candidate[kept],
            problem.pair_min[kept],
        )
        assert solve(without, model, 2, threshold_min=THRESHOLD).objective <= all_ + 1e-9


@given(problem=problems(), count=st.integers(1, 4))
def test_ranks_add_up_to_the_whole(problem, count):
    benefits = time_benefits(problem)
    chosen = most_benefit(benefits, count)
    order, added = ranked(benefits, chosen)
    assert sorted(order) == sorted(chosen)
    assert added.sum() == pytest.approx(benefits.total(chosen))
    assert (np.diff(added) <= 1e-9).all()
    assert (interchange(benefits, chosen) == chosen).all()


@given(problem=problems(), share=st.floats(0.1, 1))
def test_the_bound_of_labels_holds(problem, share):
    benefits = coverage_benefits(problem, THRESHOLD)
    target = share * benefits.most
    some = fewest(benefits, target)
    assert benefits.total(some) >= target - 1e-6
    least = min((len(c) for c in choices(problem, 6) if benefits.total(c) >= target - 1e-9), default=0)
    assert fewest_bound(benefits, target, len(some)) <= least
    exact = fewest_labels(benefits, target, some, 0, time_limit_s=20)
    assert len(exact.selected) == exact.bound == least


def test_a_better_plan_met_while_bounding_is_taken():
    """Ten homes, seven candidates, two labels: exchanges end at 43 residents; what the bound meets brings 44, the most."""
    draw = np.random.default_rng(19)
    n_candidates, count, n_homes = (int(draw.integers(*ends)) for ends in ((5, 9), (2, 4), (8, 14)))
    times = draw.choice([5, 12, 20, 33, 47], (n_homes, n_candidates))
    problem = problem_of([60] * n_homes, times, draw.integers(1, 10, n_homes))
    benefits = coverage_benefits(problem, THRESHOLD)
    assert benefits.total(most_benefit(benefits, count)) == 43
    assert max(benefits.total(chosen) for chosen in choices(problem, count)) == 44
    assert solve(problem, "coverage", count, threshold_min=THRESHOLD, exact=False).objective == 44


def test_equal_candidates_are_taken_by_code():
    benefits = Benefits(np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2]), np.ones(4), 2, 3)
    assert most_benefit(benefits, 1).tolist() == [1]
