"""How close bounds come to the best choice, which is found by trying all."""

from itertools import combinations

import numpy as np
import pytest

from geo.siting.benefits import Benefits
from geo.siting.bounds import fewest_bound, upper_bound
from geo.siting.greedy import most_benefit


@pytest.fixture(scope="module")
def benefits():
    """Return 30 places of 1 to 8 residents, each within reach of about a quarter of 12 candidates."""
    rng = np.random.default_rng(3)
    demand, candidate = np.nonzero(rng.random((30, 12)) < 0.25)
    residents = rng.integers(1, 9, 30).astype(float)
    return Benefits(demand, candidate, residents[demand], 30, 12)


def best(benefits, count):
    return max(benefits.total(chosen) for chosen in combinations(range(benefits.n_candidates), count))


def test_three_candidates_that_share_their_residents_two_by_two():
    # Each serves two of three residents: one label brings 2, and no bound may say 3.
    pairs = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 2, 0, 1, 1, 2])
    found = upper_bound(Benefits(*pairs, np.ones(6), 3, 3), 1, np.array([0]))
    assert found.value == pytest.approx(2)
    assert not found.may_improve.any()
    assert found.plan.tolist() == [0]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_bound_is_within_two_per_cent_of_the_best_choice(benefits, count):
    exact = best(benefits, count)
    found = upper_bound(benefits, count, most_benefit(benefits, count))
    assert exact <= found.value * (1 + 1e-9)
    assert found.value <= 1.02 * exact
    assert benefits.total(found.plan) <= exact


def test_fewest_labels_are_bounded_with_their_overlaps_and_less_well_without(benefits):
    # Four bring 129; were there no overlap, the three largest would do.
    target = best(benefits, 4)
    assert best(benefits, 3) < target
    assert fewest_bound(benefits, target, 5) == 4
    assert fewest_bound(benefits, target, 5, rounds=False) == 3
    assert fewest_bound(benefits, 0.0, 5) == 0


def test_whoever_asks_to_stop_is_heard_at_the_next_round(benefits):
    asked = []

    def stopped():
        asked.append(1)
        return len(asked) > 3

    chosen = most_benefit(benefits, 3)
    ended = upper_bound(benefits, 3, chosen, stopped)
    assert len(asked) == 4
    assert best(benefits, 3) <= upper_bound(benefits, 3, chosen).value <= ended.value
