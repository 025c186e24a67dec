"""What lies under an answer: limits drawn once, communes named from the right zoom, what is around and no more."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.maps import ground
from geo.maps.ground import UNITS_PER_DEG, drawn_whole, ground_around, ground_base


def points(steps):
    """The (longitude, latitude) of a line of steps."""
    return np.cumsum(np.reshape(steps, (-1, 2)), axis=0)[:, ::-1] / UNITS_PER_DEG


def areas(found):
    return [shapely.Polygon(points(rings[0]), [points(ring) for ring in rings[1:]]) for rings in found]


@pytest.fixture
def country():
    """Four squares in a row, two in each of two départements; the third, Pau, is a prefecture."""
    return gpd.GeoDataFrame(
        {
            "name": ["Village", "Bourg", "Pau", "Ville"],
            "departement": ["40", "40", "64", "64"],
            "population": [300, 4_000, 75_000, 120_000],
            "lon": [0.05, 0.15, 0.25, 0.35],
            "lat": 45.05,
        },
        geometry=[shapely.box(x / 10, 45, (x + 1) / 10, 45.1) for x in range(4)],
        index=["40001", "40002", "64445", "64002"],
        crs="EPSG:4326",
    )


def test_land_is_whole_and_the_limit_between_departements_is_drawn_once(country, facilities):
    base = ground_base(country, {"sites": facilities}, "EPSG:2154")

    assert [area.bounds for area in areas(base["land"])] == [(0, 45, 0.4, 45.1)]
    (limit,) = base["limits"]
    assert shapely.LineString(points(limit)).equals(shapely.LineString([(0.2, 45), (0.2, 45.1)]))
    assert base["extent"] == [[45.05, 0.05], [45.05, 0.35]]
    json.dumps(base, allow_nan=False)


def test_the_larger_a_commune_the_sooner_it_is_named_and_a_prefecture_first(country, facilities):
    base = ground_base(country, {"sites": facilities}, "EPSG:2154")

    assert [name[0] for name in base["names"]] == ["Pau", "Ville", "Bourg"]
    assert [name[3] for name in base["names"]] == [0, 5.5, 9.0]
    assert [name[4] for name in base["names"]] == [1, 0, 0]
    assert [name[0] for name in base["around"]["names"]] == ["Pau", "Ville", "Bourg", "Village"]


def test_a_small_area_is_drawn_whole_and_of_a_large_one_what_is_around(country, facilities, monkeypatch):
    assert drawn_whole(country)
    assert len(ground_base(country, {"sites": facilities}, "EPSG:2154")["around"]["communes"]) == 4

    monkeypatch.setattr(ground, "_MANY_COMMUNES", 3)
    assert ground_base(country, {"sites": facilities}, "EPSG:2154")["around"] is None
    placed = facilities.set_geometry(gpd.points_from_xy([0.05, 0.06, 0.35], [45.05, 45.06, 45.05], crs="EPSG:4326"))
    around = ground_around(country, {"sites": placed}, np.array([[0.02, 45.05]]))
    assert [area.bounds for area in areas(around["communes"])] == [(0, 45, 0.1, 45.1), (0.1, 45, 0.2, 45.1)]
    assert [name[0] for name in around["names"]] == ["Bourg", "Village"]
    assert [place["lon"] for place in around["places"]] == [0.05, 0.06]


def test_seen_from_far_the_largest_communes_are_named_without_contours(country, facilities, monkeypatch):
    monkeypatch.setattr(ground, "_MOST_COMMUNES", 2)
    around = ground_around(country, {"sites": facilities}, np.array([[0.0, 45.0], [0.4, 45.1]]))
    assert [name[0] for name in around["names"]] == ["Pau", "Ville"]
    assert around["communes"] == []
