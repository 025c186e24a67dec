"""Labels that each bring somebody, against every choice tried one by one; and labels that take visitors of one site."""

from itertools import combinations

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
from geo.siting.useful import Usefulness, useful_choice
from geo.siting.visitors import main_loser, takes_over


def table(rng, n_demand, n_candidates, share):
    demand, candidate = np.nonzero(rng.random((n_demand, n_candidates)) < share)
    residents = rng.integers(1, 50, n_demand).astype(float)
    return Benefits(demand, candidate, residents[demand], n_demand, n_candidates)


def people(benefits, chosen):
    """Residents within, counted one demand point at a time."""
    rows = zip(benefits.demand, benefits.candidate, benefits.value, strict=True)
    return sum({point: value for point, place, value in rows if place in chosen}.values())


def is_useful(shown, hypotheses, chosen):
    """Whether each label is missed by somebody, for the times shown and under half of the hypotheses."""
    for label in chosen:
        others = set(chosen) - {label}
        missed = [people(each, chosen) - people(each, others) >= 1 for each in (shown, *hypotheses)]
        if not missed[0] or sum(missed[1:]) < len(hypotheses) / 2:
            return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_no_label_is_idle_and_none_is_missing(seed):
    rng = np.random.default_rng(seed)
    hypotheses = tuple(table(rng, 12, 7, share) for share in (0.35, 0.2, 0.1, 0.05))
    shown, mean, count = hypotheses[1], mean_benefits(hypotheses), 4
    of = Usefulness(shown, hypotheses)
    alone = [place for place in range(7) if is_useful(shown, hypotheses, [place])]
    assert np.flatnonzero(of.alone()).tolist() == alone

    def solved(allowed, number):
        assert (np.flatnonzero(allowed).tolist(), number) == (alone, count)
        tried = (each for size in range(number + 1) for each in combinations(alone, size))
        best = max(tried, key=lambda each: sum(people(table, each) for table in hypotheses))
        return Solution(np.array(best, np.int64), mean.total(best), mean.total(best))

    chosen, best = useful_choice(of, mean, count, solved)
    places = chosen.tolist()
    assert is_useful(shown, hypotheses, places)
    assert len(places) <= count
    if alone:
        assert (len(places) > 0) == bool(alone)
        assert mean.total(places) <= best.objective + 1e-9
        if is_useful(shown, hypotheses, best.selected.tolist()):
            assert places == best.selected.tolist()
    if len(places) < count:
        assert not any(
            is_useful(shown, hypotheses, [*places, more]) and people(mean, [*places, more]) > people(mean, places)
            for more in set(range(7)) - set(places)
        )


def test_the_label_that_only_other_times_need_is_left_out():
    # For the times shown B brings nobody: on average it brings most.
    shown = Benefits(np.array([0]), np.array([0]), np.array([10.0]), 3, 3)
    longer = Benefits(np.array([0, 1, 2]), np.array([0, 1, 2]), np.array([10.0, 500.0, 4.0]), 3, 3)
    of, mean = Usefulness(shown, (shown, longer)), mean_benefits([shown, longer])
    assert of.alone().tolist() == [True, False, False]
    everything = Solution(np.array([0]), 10.0, 10.0)
    assert useful_choice(of, mean, 3, lambda *_: everything)[0].tolist() == [0]
    nobody = Usefulness(Benefits(np.array([], int), np.array([], int), np.array([]), 3, 3), (shown, longer))
    assert useful_choice(nobody, mean, 3, lambda *_: everything)[0].tolist() == []


@pytest.mark.parametrize(("departement", "labels"), [("59", 4), ("974", 0)])
def test_a_dense_departement_gets_no_more_labels_than_bring_somebody(departement, labels):
    """Counted on the times themselves: who is beyond 20 minutes, whom each label reaches and the others do not."""
    territory = Territory.load(departement)
    made = plan(territory, 5)
    assert len(made.labels) == labels
    problem = siting_problem((territory,), None, (), rule=CandidateRule()).with_remote_towns(20.0)
    credible = problem.candidates["credible"].to_numpy(bool)
    chosen = problem.candidates["code"].isin(made.labels["code"]).to_numpy(bool)

    def residents(places):
        reached = places[problem.pair_candidate] & (problem.pair_min <= 20)
        there = np.unique(problem.pair_demand[reached & (problem.today_min[problem.pair_demand] > 20)])
        return problem.residents[there].sum()

    everything = residents(chosen)
    assert everything == pytest.approx(made.residents_brought)
    for place in np.flatnonzero(chosen):
        assert residents(chosen & (np.arange(len(chosen)) != place)) < everything - 1 / 2
    assert everything == pytest.approx(residents(credible)), "no other candidate brings anybody more"


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


def test_the_site_that_loses_most():
    columns = ["facility_name", "residents_before", "residents_leaving"]
    leaving = pd.DataFrame([["Maison", 60.0, 54.0], ["Relais", 500.0, 46.0]], columns=columns)
    found = main_loser(leaving, 100.0)
    assert (found.facility_name, found.share_of_visitors, found.share_lost) == ("Maison", 0.54, 0.9)
    assert main_loser(leaving, 108.0).share_of_visitors == 0.5
    assert main_loser(leaving, 109.0) is None, "more than half of them come from elsewhere"
    assert main_loser(leaving.head(0), 100.0) is None
