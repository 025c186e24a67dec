"""How an estimated time is said: to 5 minutes, with its bounds."""

import pytest

from geo.french import estimated_interval, estimated_minutes, said_minutes, said_time, share_interval, to_five
from tests.golden.reading import plain


@pytest.mark.parametrize(
    ("minutes", "low", "high", "said"),
    [
        (20, 16, 24.4, "environ 20 min, de 15 à 25"),
        (4.99, 4, 6, "moins de 5 min"),
        (5, 4.9, 5.2, "environ 5 min"),
        (64, 50, 85, "environ 1 h 05, de 50 min à 1 h 25"),
        (57.5, 46, 71, "environ 1 h, de 45 min à 1 h 10"),
        (100, 80, 124, "environ 1 h 40, de 1 h 20 à 2 h 05"),
        (20, None, None, "environ 20 min"),
        (-12, None, None, "environ -10 min"),
        (None, 1, 2, "—"),
        (float("inf"), 1, 2, "—"),
    ],
)
def test_an_estimated_time(minutes, low, high, said):
    assert plain(estimated_minutes(minutes, low, high)) == said


def test_a_measured_time_is_said_to_a_tenth_and_an_estimated_one_never_is():
    row = {"minutes": 21.3, "estimated": True, "time_low": 0.8, "time_high": 1.25}
    assert plain(said_time(row, "minutes")) == "environ 20 min, de 15 à 25"
    assert plain(said_time(row | {"estimated": False}, "minutes")) == "21,3 min"
    assert plain(said_minutes(21.3, estimated=True)) == "environ 20 min"
    assert plain(said_minutes(21.3, estimated=False)) == "21,3 min"


@pytest.mark.parametrize(
    ("minutes", "threshold", "said"),
    [
        (20.4, 20, "un peu plus de 20 min"),
        (19.6, 20, "un peu moins de 20 min"),
        (17.5, 20, "un peu moins de 20 min"),
        (17.4, 20, "environ 15 min"),
        (22.5, 20, "environ 25 min"),
        (20, 20, "environ 20 min"),
        (20 + 1e-9, 20, "environ 20 min"),
        (17.6, 18, "un peu moins de 18 min"),
        (18.5, 18, "environ 20 min"),
        (61, 60, "un peu plus de 60 min"),
        (21, None, "environ 20 min"),
    ],
)
def test_rounding_leaves_an_estimated_time_on_its_side_of_the_threshold(minutes, threshold, said):
    assert plain(estimated_minutes(minutes, threshold_min=threshold)) == said
    row = {"minutes": minutes, "estimated": True, "time_low": 1, "time_high": 2}
    assert plain(said_time(row, "minutes", threshold)).startswith(f"{said}, de ")


def test_bounds_alone():
    assert plain(estimated_interval(16, 24)) == "de 15 à 25 min"
    assert plain(estimated_interval(19, 21)) == "environ 20 min"
    assert plain(share_interval(0.84, 0.951)) == "entre 84 et 95 %"
    assert plain(share_interval(0.001, 0.999)) == "entre moins de 1 % et plus de 99 %"
    assert share_interval(None, None) == ""
    assert [to_five(minutes) for minutes in (0, 2.4, 2.5, 7.5, 62.4)] == [0, 0, 5, 10, 60]
