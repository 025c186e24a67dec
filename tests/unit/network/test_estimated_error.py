"""Kinds of ground, and the interval around an estimated time."""

import numpy as np
import pytest

from geo.network.estimated_error import INTERVALS, MEASURED_ERROR, TERRAINS, interval_min, terrain
from geo.sources.relief import STEP_M, UNKNOWN, Relief


def ground(steps):
    return Relief(np.asarray(steps, np.uint8), 2.0, 46.0, 1 / 60)


def stripes(height_m):
    """Rows of height 0 and of one height in turn: their standard deviation is about half of it."""
    return ground(np.broadcast_to((np.arange(30) % 2 * round(height_m / STEP_M))[:, None], (30, 30)))


@pytest.mark.parametrize(("height_m", "kind"), [(0, "plain"), (60, "plain"), (160, "hill"), (600, "mountain")])
def test_ground_is_called_by_how_rough_it_is(height_m, kind):
    assert TERRAINS[terrain([2.25], [46.25], stripes(height_m))[0]] == kind


def test_ground_of_unknown_height_is_of_the_least_sure_kind():
    unknown = ground(np.full((30, 30), UNKNOWN))
    far = TERRAINS.index("far")
    assert terrain([2.25, 9.0], [46.25, 46.25], unknown).tolist() == [far, far]
    assert terrain([2.25], [46.25], None).tolist() == [far]
    widths = [high - low for low, high in INTERVALS]
    assert widths[far] == max(widths)


def test_corsica_is_of_the_least_sure_kind_and_the_coast_across_is_not():
    flat = Relief(np.zeros((300, 300), np.uint8), 6.0, 41.0, 1 / 60)
    # Ajaccio, Bastia, Nice, Menton.
    kinds = terrain([8.74, 9.45, 7.26, 7.50], [41.93, 42.70, 43.70, 43.77], flat)
    assert [TERRAINS[kind] for kind in kinds] == ["far", "far", "plain", "plain"]


def test_the_interval_holds_the_estimate_and_grows_with_it():
    minutes = np.array([5.0, 20.0, 60.0])
    for kind in range(len(TERRAINS)):
        low, high = interval_min(minutes, kind)
        assert (low < minutes).all()
        assert (high > minutes).all()
        assert (np.diff(high - low) > 0).all()
    low, high = interval_min([20.0, 20.0], [0, 2])
    np.testing.assert_allclose(low, [20 * INTERVALS[0][0], 20 * INTERVALS[2][0]])
    np.testing.assert_allclose(high, [20 * INTERVALS[0][1], 20 * INTERVALS[2][1]])


def test_what_is_unknown_or_unreachable_stays_so():
    low, high = interval_min([np.nan, np.inf], [0, 1])
    assert np.isnan([low[0], high[0]]).all()
    assert np.isinf([low[1], high[1]]).all()


def test_stated_errors_are_coherent():
    for error in MEASURED_ERROR:
        assert error.time_ratio_p10 < error.time_ratio_median < error.time_ratio_p90
        assert 0.92 <= error.time_ratio_median <= 1.08
        assert 0.5 < error.share_within_25pct < 1
