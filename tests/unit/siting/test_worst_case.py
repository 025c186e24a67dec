"""The choice whose worst case over several hypotheses is best, against all choices counted one by one."""

from itertools import combinations

import numpy as np
import pytest

from geo.siting import worst_case as module
from geo.siting.band import Band
from geo.siting.benefits import Benefits
from geo.siting.worst_case import best_worst_case, worst_case
from tests.unit.siting.timed_once import plan_timed_once as plan


def drawn(rng, n_demand, n_candidates):
    """A sparse table of benefits at random, some of which tie."""
    full = rng.integers(0, 6, (n_demand, n_candidates)).astype(float)
    demand, candidate = np.nonzero(full)
    return Benefits(demand, candidate, full[demand, candidate], n_demand, n_candidates)


def covering(rng, n_demand, n_candidates):
    """The same where every place brings a point all that it is worth, as in coverage."""
    within = rng.random((n_demand, n_candidates)) < rng.uniform(0.1, 0.5)
    worth = rng.integers(1, 9, n_demand).astype(float)
    demand, candidate = np.nonzero(within)
    return Benefits(demand, candidate, worth[demand], n_demand, n_candidates)


def counted(hypotheses, count):
    """The most that is brought under each hypothesis, and the best worst case, by trying every choice."""
    choices = [np.array(each) for each in combinations(range(hypotheses[0].n_candidates), count)]
    totals = np.array([[each.total(choice) for each in hypotheses] for choice in choices])
    most = totals.max(axis=0)
    return most, (totals / most).min(axis=1).max()


@pytest.mark.parametrize("draw", [drawn, covering])
@pytest.mark.parametrize("seed", range(6))
def test_no_choice_counted_has_a_better_worst_case(seed, draw):
    rng = np.random.default_rng(seed)
    hypotheses = [draw(rng, 9, 8) for _ in range(4)]
    for count in (1, 2, 3):
        most, expected = counted(hypotheses, count)
        found = best_worst_case(hypotheses, most, [np.arange(count)], count, time_limit_s=30)
        assert found.share == pytest.approx(expected)
        assert found.proven
        assert len(found.selected) <= count
        assert worst_case(hypotheses, most, found.selected).share == found.share


@pytest.mark.parametrize("draw", [drawn, covering])
@pytest.mark.parametrize("seed", range(4))
def test_of_the_choices_that_bring_nearly_the_best_mean_none_has_a_better_worst_case(seed, draw):
    rng = np.random.default_rng(100 + seed)
    hypotheses = [draw(rng, 9, 8) for _ in range(4)]
    for count, weight in ((2, np.full(4, 0.25)), (3, np.array([0.0, 1.0, 0.0, 0.0]))):
        choices = [np.array(each) for each in combinations(range(8), count)]
        totals = np.array([[each.total(choice) for each in hypotheses] for choice in choices])
        means, shares = totals @ weight, (totals / totals.max(axis=0)).min(axis=1)
        best = choices[int(means.argmax())]
        band = Band.of(hypotheses, weight, choices)
        found = band.steadiest(
            [best],
            count,
            allowed=np.ones(8, bool),
            least_mean=0.9 * means.max(),
            time_limit_s=30,
            stopped=lambda: False,
        )
        assert found.share == pytest.approx(shares[means >= 0.9 * means.max() - 1e-9].max())
        assert np.dot(weight, [each.total(found.selected) for each in hypotheses]) >= 0.9 * means.max() - 1e-6
        assert band.share(found.selected) == found.share


def test_swaps_alone_claim_no_proof(monkeypatch):
    monkeypatch.setattr(module, "MAX_PAIRS", 0)
    rng = np.random.default_rng(3)
    hypotheses = [drawn(rng, 9, 8) for _ in range(4)]
    most, expected = counted(hypotheses, 2)
    found = best_worst_case(hypotheses, most, [np.arange(2)], 2, time_limit_s=30)
    assert (found.bound, found.proven) == (1.0, False)
    assert worst_case(hypotheses, most, np.arange(2)).share <= found.share <= expected + 1e-12


def test_a_plan_is_set_beside_the_one_that_holds_up_best(three_labels):
    found = three_labels
    worst = found.worst_case
    assert worst.best_share >= worst.share
    assert {worst.variant, worst.best_variant} <= set(found.robustness.runs["name"])
    # What is best on average is not less on average than what is best at worst, larger towns aside.
    assert found.optimum >= worst.objective - 1e-6
    assert worst.proven


def test_a_model_that_adds_up_nothing_has_none(embedded):
    assert plan(embedded, 2, model="center").worst_case is None
    assert plan(embedded, model="set-cover", min_share=0.95).worst_case is None
