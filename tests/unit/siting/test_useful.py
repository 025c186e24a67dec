"""Labels that bring somebody, against whom each brings counted one by one; and labels that take visitors of one site."""

import numpy as np
import pandas as pd
import pytest

from geo import Territory
from geo.siting.benefits import Benefits, mean_benefits
from geo.siting.candidates import CandidateRule
from geo.siting.plan import plan
from geo.siting.preference import prefer_larger
from geo.siting.problem import SitingProblem, siting_problem
from geo.siting.solve import Solution
from geo.siting.useful import Usefulness, best_of_use
from geo.siting.variants import time_variants
from geo.siting.visitors import main_loser, takes_over


def table(rng, n_demand, n_candidates, share):
    demand, candidate = np.nonzero(rng.random((n_demand, n_candidates)) < share)
    residents = rng.integers(1, 50, n_demand).astype(float)
    return Benefits(demand, candidate, residents[demand], n_demand, n_candidates)


def people(benefits, chosen):
    """Residents within, counted one demand point at a time."""
    rows = zip(benefits.demand, benefits.candidate, benefits.value, strict=True)
    return sum({point: value for point, place, value in rows if place in chosen}.values())


def missed(table, chosen):
    """Of each label chosen, how many would miss it were the others alone."""
    return [people(table, chosen) - people(table, [each for each in chosen if each != label]) for label in chosen]


@pytest.mark.parametrize("seed", range(12))
def test_idle_labels_are_left_out_where_little_is_lost(seed):
    rng = np.random.default_rng(seed)
    hypotheses = tuple(table(rng, 12, 7, share) for share in (0.35, 0.2, 0.1, 0.05))
    shown, mean = hypotheses[1], mean_benefits(hypotheses)
    of = Usefulness(shown, hypotheses)
    chosen = rng.choice(7, 5, replace=False)
    chosen.sort()
    assert of.idle(chosen).tolist() == [each < 1 for each in missed(shown, chosen)]
    assert (
        of.needed(chosen).tolist() == np.sum([np.array(missed(each, chosen)) >= 1 for each in hypotheses], 0).tolist()
    )

    def average(places):
        return np.mean([people(each, places) for each in hypotheses])

    left = of.without_idle(mean, chosen, lambda _: 1.0).tolist()
    assert set(left) <= set(chosen.tolist())
    assert people(shown, left) == people(shown, chosen), "nobody is lost for the times shown"
    assert average(left) >= 0.95 * average(chosen) - 1e-9
    fewer = [
        [each for each in left if each != label]
        for label, lost in zip(left, missed(shown, left), strict=True)
        if lost < 1
    ]
    assert all(average(each) < 0.95 * average(chosen) for each in fewer), "each idle one that stays carries more"
    more = of.completed(mean, np.array(left, np.int64), 5).tolist()
    assert all(lost >= 1 for label, lost in zip(more, missed(shown, more), strict=True) if label not in left)


def test_a_label_that_only_other_times_need():
    # For the times shown B brings nobody: on average it brings most, and C little.
    shown = Benefits(np.array([0]), np.array([0]), np.array([10.0]), 3, 3)
    longer = Benefits(np.array([0, 1, 2]), np.array([0, 1, 2]), np.array([10.0, 500.0, 4.0]), 3, 3)
    of, mean = Usefulness(shown, (shown, longer)), mean_benefits([shown, longer])
    everything = np.arange(3)
    assert of.alone().tolist() == [True, False, False]
    assert of.idle(everything).tolist() == [False, True, True]
    assert of.needed(everything).tolist() == [2, 1, 1]
    assert of.without_idle(mean, everything, lambda _: 1.0).tolist() == [0, 1]
    assert of.without_idle(mean, everything, lambda each: float(len(each))).tolist() == [0, 1, 2], (
        "its worst case loses"
    )


def test_labels_that_altogether_bring_nobody_are_not_proposed():
    shown = Benefits(np.array([0]), np.array([0]), np.array([10.0]), 3, 3)
    nobody = Benefits(np.array([], int), np.array([], int), np.array([]), 3, 3)
    longer = Benefits(np.array([0, 1, 2]), np.array([0, 1, 2]), np.array([10.0, 500.0, 4.0]), 3, 3)
    mean = mean_benefits([shown, longer])

    def solved(allowed):
        place = max(np.flatnonzero(allowed).tolist(), key=lambda each: mean.total([each]))
        return Solution(np.array([place]), mean.total([place]), mean.total([place]))

    assert best_of_use(Usefulness(shown, (shown, longer)), solved).selected.tolist() == [0]
    assert best_of_use(Usefulness(nobody, (nobody, longer)), solved).selected.tolist() == []


@pytest.mark.parametrize(("departement", "labels", "idle"), [("59", 5, 2), ("974", 0, 0)])
def test_labels_that_bring_nobody_for_the_times_shown_stay_where_the_mean_needs_them(departement, labels, idle):
    """Counted on the times themselves: who is beyond 20 minutes, whom each label reaches and the others do not."""
    territory = Territory.load(departement)
    made = plan(territory, 5)
    assert (len(made.labels), len(made.idle)) == (labels, idle)
    problem = siting_problem((territory,), None, (), rule=CandidateRule()).with_remote_towns(20.0)
    variants = time_variants(problem, territory.network.profile)

    def residents(each, places):
        reached = places[each.pair_candidate] & (each.pair_min <= 20)
        there = np.unique(each.pair_demand[reached & (each.today_min[each.pair_demand] > 20)])
        return problem.residents[there].sum()

    chosen = problem.candidates["code"].isin(made.labels["code"]).to_numpy(bool)
    assert residents(problem, chosen) == pytest.approx(made.residents_brought)
    average = np.mean([residents(each.problem, chosen) for each in variants])
    assert average == pytest.approx(made.objective)
    told = made.idle.set_index("code")
    for place in np.flatnonzero(chosen):
        others, code = chosen & (np.arange(len(chosen)) != place), problem.candidates["code"].iloc[place]
        lost = [residents(each.problem, chosen) - residents(each.problem, others) for each in variants]
        assert (code in told.index) == (residents(problem, others) > made.residents_brought - 1 / 2)
        if code in told.index:
            assert told.loc[code, "needed"] == sum(each >= 1 / 2 for each in lost)
            assert told.loc[code, "share_of_gain"] == pytest.approx(np.mean(lost) / average)
            assert np.mean(lost) > 0.05 * average


@pytest.fixture
def two_towns():
    """Two candidates beside a site M (0-2) and a site N (3): K takes M's visitors, L those of both and brings more."""
    demand = pd.DataFrame(
        {
            "residents": [100.0, 80.0, 5.0, 40.0],
            "today_min": [9.0, 9.0, 25.0, 9.0],
            "facility_id": pd.array(["M", "M", "M", "N"], "string"),
        }
    )
    return SitingProblem(
        demand=demand,
        candidates=pd.DataFrame({"code": ["K", "L"]}),
        pair_demand=np.array([0, 1, 2, 2, 3]),
        pair_candidate=np.array([0, 0, 0, 1, 1]),
        pair_min=np.array([5.0, 5.0, 15.0, 15.0, 5.0]),
    )


def test_who_takes_the_visitors_of_one_site(two_towns):
    # K: 185 visitors, all of M, 5 of them (3 %) brought within 20 minutes. L: 45, 40 of N, 5 brought (11 %).
    assert takes_over(two_towns, 20.0).tolist() == [True, False]
    # Within 10 minutes nobody is brought: L too takes mostly those of N.
    assert takes_over(two_towns, 10.0).tolist() == [True, True]


def test_with_the_same_gain_another_is_preferred(two_towns):
    both = Benefits(np.array([0, 0]), np.array([0, 1]), np.array([5.0, 5.0]), 1, 2)
    size = np.array([9_000.0, 500.0])
    put_off = takes_over(two_towns, 20.0)
    for chosen in ([0], [1]):
        assert prefer_larger(both, np.array(chosen), size)[0].tolist() == [0]
        assert prefer_larger(both, np.array(chosen), size, put_off=put_off)[0].tolist() == [1]
    refused = prefer_larger(both, np.array([0]), size, put_off=put_off, fits=lambda each: each.tolist() != [1])
    assert refused[0].tolist() == [0]


def test_a_label_that_brings_nothing_beside_a_larger_town_stays():
    """The large town 2 brings what both labels bring; beside it label 1 brings nobody, however many town 3 would."""
    demand, candidate, value = np.array([[0, 0, 9], [1, 1, 5], [0, 2, 9], [1, 2, 5], [2, 3, 1]]).T
    four = Benefits(demand, candidate, value.astype(float), 3, 4)
    chosen, preferences = prefer_larger(four, np.array([0, 1]), np.array([100.0, 100.0, 9_000.0, 500.0]))
    assert chosen.tolist() == [1, 2]
    assert [(each.taken, each.left, each.share_of_gain) for each in preferences] == [(2, 0, 1.0)]


def test_the_site_that_loses_most():
    columns = ["facility_name", "residents_before", "residents_leaving"]
    leaving = pd.DataFrame([["Maison", 60.0, 54.0], ["Relais", 500.0, 46.0]], columns=columns)
    found = main_loser(leaving, 100.0)
    assert (found.facility_name, found.share_of_visitors, found.share_lost) == ("Maison", 0.54, 0.9)
    assert main_loser(leaving, 108.0).share_of_visitors == 0.5
    assert main_loser(leaving, 109.0) is None, "more than half of them come from elsewhere"
    assert main_loser(leaving.head(0), 100.0) is None
