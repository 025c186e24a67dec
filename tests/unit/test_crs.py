"""The system of all of France: each territory in its own legal system, there and back."""

import numpy as np
import pyproj
import pytest
from pyproj.enums import TransformDirection

from geo.crs import FRANCE, metric_crs, metric_crs_at, require_metric, to_metres

#: Département -> longitude and latitude of its main town, and of places at its far ends.
PLACES = {
    "64": [(-0.37, 43.30), (-1.79, 43.37)],
    "59": [(2.38, 51.03)],
    "29": [(-5.10, 48.46)],
    "2A": [(8.74, 41.93), (9.27, 41.37)],
    "2B": [(9.45, 42.70)],
    "971": [(-61.73, 15.99), (-61.00, 16.30)],
    "972": [(-61.07, 14.60), (-60.85, 14.42)],
    "977": [(-62.85, 17.90)],
    "978": [(-63.08, 18.07)],
    "973": [(-52.33, 4.94), (-54.03, 5.48), (-51.80, 3.88)],
    "974": [(55.45, -20.88), (55.77, -21.38)],
    "975": [(-56.18, 46.78), (-56.38, 47.10)],
    "976": [(45.23, -12.78), (45.10, -12.92)],
}
EVERY = [(code, *place) for code, places in PLACES.items() for place in places]


def back(x, y):
    return to_metres(FRANCE).transform(x, y, direction=TransformDirection.INVERSE)


@pytest.mark.parametrize(("departement", "lon", "lat"), EVERY)
def test_each_place_is_in_the_legal_system_of_its_territory_and_comes_back(departement, lon, lat):
    legal = metric_crs(departement)
    assert metric_crs_at(lon, lat) == legal
    expected = pyproj.Transformer.from_crs("EPSG:4326", legal, always_xy=True).transform(lon, lat)
    found = to_metres(FRANCE).transform(lon, lat)
    assert np.shape(found[0]) == ()
    assert tuple(map(float, found)) == pytest.approx(expected, abs=1e-6)
    assert tuple(map(float, back(*found))) == pytest.approx((lon, lat), abs=1e-9)


def test_arrays_of_all_territories_at_once_are_as_one_by_one():
    lon, lat = (np.array(values) for values in zip(*(place[1:] for place in EVERY), strict=True))
    x, y = to_metres(FRANCE).transform(lon, lat)
    one_by_one = np.array([to_metres(FRANCE).transform(*place[1:]) for place in EVERY])
    assert np.array_equal(np.column_stack([x, y]), one_by_one)
    assert np.column_stack(back(x, y)) == pytest.approx(np.column_stack([lon, lat]), abs=1e-9)
    shape = (len(lon) // 2, 2)
    grid = to_metres(FRANCE).transform(lon[: shape[0] * 2].reshape(shape), lat[: shape[0] * 2].reshape(shape))
    assert grid[0].shape == shape


def test_nothing_gives_nothing_and_what_is_given_is_left_as_it_is():
    assert [len(axis) for axis in to_metres(FRANCE).transform([], [])] == [0, 0]
    lon, lat = np.array([55.45, 2.35]), np.array([-20.88, 48.86])
    to_metres(FRANCE).transform(lon, lat)
    assert lon.tolist() == [55.45, 2.35]


def test_planes_of_territories_do_not_overlap():
    # On a grid of each territory's box: the way back always is that of its own system.
    for lon, lat in [place for places in PLACES.values() for place in places]:
        around = np.meshgrid(lon + np.linspace(-0.05, 0.05, 5), lat + np.linspace(-0.05, 0.05, 5))
        there = to_metres(FRANCE).transform(*around)
        again = back(*there)
        assert np.allclose(again[0], around[0], atol=1e-9)
        assert np.allclose(again[1], around[1], atol=1e-9)


@pytest.mark.parametrize("place", [(4.35, 50.85), (-1.98, 43.32), (7.45, 43.73)])
def test_a_neighbour_abroad_is_in_the_plane_of_the_mainland(place):
    expected = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:2154", always_xy=True).transform(*place)
    assert tuple(map(float, to_metres(FRANCE).transform(*place))) == pytest.approx(expected)


def test_a_place_far_from_france_or_none_raises_nothing():
    x, y = to_metres(FRANCE).transform([139.7, -74.0, np.nan, 0.0], [35.7, 40.7, np.nan, -89.0])
    assert len(x) == len(y) == 4
    assert metric_crs_at(139.7, 35.7) is None
    assert np.isnan(x[2]) or np.isinf(x[2])


def test_the_system_of_france_counts_as_metres():
    require_metric(FRANCE, "réseau")
