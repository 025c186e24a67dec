"""Walking and cycling on real streets, against an independent graph searched by scipy with the same speeds."""

import numpy as np
import pytest

from geo.network.osm import read_osm_modes
from tests.unit.network.test_active_modes import compared


@pytest.mark.parametrize(
    ("file", "mode"),
    [("osm/caen.osm.pbf", "bike"), ("osm/andorra_2018-01.osm.pbf", "walk")],  # cycleways of a plain, paths of mountains
)
def test_the_median_trip_is_that_of_an_independent_router(shared_data, file, mode):
    path = shared_data / file
    found, expected = compared(path, mode, read_osm_modes(path, crs="EPSG:2154")[mode], 4, 240)
    both = np.isfinite(found) & (expected > 60)
    assert both.sum() > 800
    ratio = found[both] / expected[both]
    assert 0.99 < np.median(ratio) < 1.01
    assert np.percentile(np.abs(ratio - 1), 95) < 0.05
