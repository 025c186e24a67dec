"""The curve of residents by minutes, against counting by hand."""

import numpy as np
import pytest

from geo import coverage
from geo.access.population_curve import LONGEST_MIN, SHORTEST_MIN, population_curve


@pytest.fixture(scope="module")
def world(small_world):
    return small_world.territory()


def test_small_world(world):
    curve = population_curve(world, world.travel_times(kinds={"main"}))
    within = curve.set_index("minutes")["residents"]
    assert within[0] == 1000, "A is at its site"
    assert within[9] == 1000
    assert within[11] == 1500
    assert within[31] == 2000
    assert len(curve) == SHORTEST_MIN + 1
    assert curve["share"].iloc[-1] == 1, "E is off the network: its residents are not in it"
    assert (np.diff(curve["residents"]) >= 0).all()


def test_it_passes_through_the_coverage_of_every_threshold(embedded):
    times = embedded.travel_times()
    curve = population_curve(embedded, times)
    for threshold in (5, 10, 20, 30):
        within = coverage(embedded, threshold, times=times)["residents_within"].sum()
        assert curve.loc[threshold, "residents"] == pytest.approx(within)


def test_far_and_unknown(world):
    times = world.travel_times()
    far = population_curve(world, times.assign(travel_time_min=times["travel_time_min"] + 500))
    assert len(far) == LONGEST_MIN + 1
    assert far["residents"].max() == 0
    nobody = population_curve(world, times.assign(on_network=False, travel_time_min=np.nan))
    assert nobody["share"].isna().all()
