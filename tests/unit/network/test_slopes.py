"""Slopes on foot and by bicycle: by hand, and what holds for every slope."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import to_metres
from geo.network import RoadNetwork
from geo.network.modes import RELIEF_COUNTED, RELIEF_NOTE
from geo.network.slopes import STEEPEST, along_straight, on_relief, relief_note, time_factors
from geo.sources.relief import UNKNOWN, Relief

SLOPES = st.floats(-1, 1)


def street(mode):
    """Return a street of two nodes, 1,000 s each way."""
    network = RoadNetwork.from_edges([0, 1], [1, 0], [1000] * 2, [1000] * 2, [4e5, 4.01e5], [6.25e6] * 2, "EPSG:2154")
    return replace(network, mode=mode)


def seconds(network):
    """Return seconds of the edge that leaves node 0, and of the one that comes back."""
    return network.edge_time_s[np.argsort(network.edge_source)].tolist()


@pytest.mark.parametrize(
    ("mode", "percent", "factor"),
    [
        ("walk", 10, np.exp(-3.5 * 0.05) / np.exp(-3.5 * 0.15)),
        ("walk", -5, np.exp(-3.5 * 0.05)),
        ("walk", -20, np.exp(-3.5 * 0.05) / np.exp(-3.5 * 0.15)),
        ("bike", 3, 21.6 / (21.6 - 3 * 1.44)),
        ("bike", -3, 21.6 / (21.6 + 3 * 0.86)),
        ("bike", -10, 21.6 / 25),  # nobody goes faster than that
        ("bike", 20, 15 / 4.8 * np.exp(-3.5 * 0.05) / np.exp(-3.5 * 0.25)),  # pushed
    ],
)
def test_by_hand(mode, percent, factor):
    assert time_factors(mode, percent / 100) == pytest.approx(factor)


@given(SLOPES)
def test_up_and_down_again_is_never_faster_than_flat(slope):
    for mode in ("walk", "bike"):
        up, down = time_factors(mode, [slope, -slope])
        assert up + down >= 2 - 1e-12


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_steeper_climb_never_takes_less(one, other):
    for mode in ("walk", "bike"):
        gentle, steep = time_factors(mode, sorted([one, other]))
        assert 1 <= gentle <= steep


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=4, max_size=4), st.sampled_from(["walk", "bike"]))
def test_a_round_trip_on_any_ground_is_never_faster_than_flat(steps, mode):
    """Four cells, a street somewhere between them."""
    ground = Relief(np.array(steps, np.uint8).reshape(2, 2), -3.0, 42.0, 4.0)
    climbed = on_relief(street(mode), ground)
    assert sum(seconds(climbed)) >= 2000 - 0.01
    assert climbed.edges["length_m"].tobytes() == street(mode).edges["length_m"].tobytes()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=9, max_size=9), st.sampled_from(["walk", "bike"]))
def test_an_estimated_round_trip_is_never_faster_than_flat(steps, mode):
    ground = Relief(np.array(steps, np.uint8).reshape(3, 3), -0.1, 43.0, 0.1)
    here, there, metres = (-0.08, 43.02), (0.06, 43.17), np.array([20_100.0])
    out, _ = along_straight(mode, ground, here, *(np.array([value]) for value in there), metres)
    back, _ = along_straight(mode, ground, there, *(np.array([value]) for value in here), metres)
    assert out + back >= 2 - 1e-9


def test_a_ridge_between_two_valleys_is_climbed_where_no_street_is_known():
    """400 m up and down again over 10 km of straight line, 13 km of way: 6.15 % each way, by hand."""
    ridge = Relief(np.array([[0, 20, 0], [0, 20, 0]], np.uint8), 0.0, 43.0, 0.5)
    lon, lat, metres = np.array([1.0, 0.5]), np.array([43.2, 43.2]), np.array([10_000.0, 5_000.0])
    (over, up), crest = along_straight("bike", ridge, (0.0, 43.2), lon, lat, metres)
    assert crest == pytest.approx([400, 0], abs=20)
    percent = 100 * 400 / 6500
    assert up == pytest.approx(21.6 / (21.6 - 1.44 * percent), rel=0.01)
    assert over == pytest.approx((up + 21.6 / min(21.6 + 0.86 * percent, 25)) / 2, rel=0.03)
    nowhere = Relief(np.full((2, 2), UNKNOWN, np.uint8), 0.0, 43.0, 0.5)
    factor, crest = along_straight("walk", nowhere, (0.0, 43.2), lon, lat, metres)
    assert (factor.tolist(), crest.tolist()) == ([1.0, 1.0], [0.0, 0.0])
    assert len(along_straight("walk", ridge, (0.0, 43.2), lon[:0], lat[:0], metres[:0])[0]) == 0


def test_unknown_heights_are_flat_and_said_to_be():
    nowhere = Relief(np.full((2, 2), UNKNOWN, np.uint8), -3.0, 42.0, 4.0)
    flat = street("walk")
    assert on_relief(flat, nowhere) is flat
    assert relief_note(flat) == RELIEF_NOTE
    elsewhere = Relief(np.zeros((2, 2), np.uint8), 20.0, 50.0, 1.0)
    assert on_relief(flat, elsewhere) is flat


def test_slopes_are_counted_once():
    ground = Relief(np.array([[0, 60], [0, 60]], np.uint8), -3.0, 42.0, 4.0)
    once = on_relief(street("walk"), ground)
    assert relief_note(once) == RELIEF_COUNTED
    assert on_relief(once, ground) is once


def test_what_is_steeper_than_any_street_is_cut():
    cliff = Relief(np.array([[0, 250], [0, 250]], np.uint8), 0.0, 42.0, 0.01)
    lon, lat = np.array([0.002, 0.008]), np.array([42.005, 42.005])
    x, y = to_metres("EPSG:2154").transform(lon, lat)
    network = RoadNetwork.from_edges([0, 1], [1, 0], [1000] * 2, [500] * 2, x, y, "EPSG:2154")
    up, down = seconds(on_relief(replace(network, mode="walk"), cliff))
    assert [up, down] == pytest.approx(1000 * time_factors("walk", [STEEPEST, -STEEPEST]), rel=1e-4)


def test_a_way_over_a_hill_is_no_flat_way():
    """Its ends are as high, and what lies between counts: the same as its two halves one by one."""
    ground = Relief(np.array([[0, 40, 0], [0, 40, 0]], np.uint8), -0.2, 43.0, 0.2)
    lon = np.array([-0.1, 0.0, 0.1])
    x, y = to_metres("EPSG:2154").transform(lon, np.full(3, 43.1))
    halves = RoadNetwork.from_edges([0, 1, 1, 2], [1, 0, 2, 1], [1000] * 4, [8000] * 4, x, y, "EPSG:2154")
    whole = replace(
        RoadNetwork.from_edges([0, 1], [1, 0], [2000] * 2, [16000] * 2, x[[0, 2]], y[[0, 2]], "EPSG:2154"),
        shape_xy=np.column_stack([x, y]),
        shape_offsets=np.array([0, 3]),
        mode="bike",
    )
    halves = on_relief(replace(halves, mode="bike"), ground)
    out = dict(
        zip(zip(halves.edge_source.tolist(), halves.edge_target.tolist(), strict=True), halves.edge_time_s, strict=True)
    )
    assert out[0, 1] > 1030
    assert out[1, 0] < 970
    assert seconds(on_relief(whole, ground)) == pytest.approx([out[0, 1] + out[1, 2]] * 2, rel=1e-3)
