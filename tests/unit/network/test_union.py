"""Networks of territories that no road joins, searched as one."""

import numpy as np
import pyproj
import pytest

from geo.crs import FRANCE
from geo.network import RoadNetwork, nearest_facility
from geo.network.snapping import snap
from geo.network.union import unite

PARTS = {"EPSG:2154": (400_000.0, 6_250_000.0), "EPSG:2975": (340_000.0, 7_670_000.0), "EPSG:5490": (640_000.0, 1_790_000.0)}  # fmt: skip


def grid(crs, corner, side=5, seed=0):
    """A square grid of streets, 1 km apart, of random times; a few can be driven one way only."""
    rng = np.random.default_rng(seed)
    node = np.arange(side * side).reshape(side, side)
    pairs = np.vstack([np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]), np.column_stack([node[:-1].ravel(), node[1:].ravel()])])  # fmt: skip
    back = pairs[rng.random(len(pairs)) < 0.8][:, ::-1]
    edges = np.vstack([pairs, back])
    time = rng.uniform(30, 300, len(edges))
    x, y = np.meshgrid(corner[0] + 1000.0 * np.arange(side), corner[1] + 1000.0 * np.arange(side))
    return RoadNetwork.from_edges(
        edges[:, 0], edges[:, 1], time, np.full(len(edges), 1000.0), x.ravel(), y.ravel(), crs
    )


@pytest.fixture(scope="module")
def parts():
    return [grid(crs, corner, side=8 + n, seed=n) for n, (crs, corner) in enumerate(PARTS.items())]


@pytest.fixture(scope="module")
def whole(parts):
    return unite(parts)


def starts(parts):
    return np.cumsum([0, *(part.n_nodes for part in parts)])


def test_nodes_are_those_of_each_in_turn(parts, whole):
    assert whole.crs == FRANCE
    assert whole.n_nodes == sum(part.n_nodes for part in parts) == 64 + 81 + 100
    assert np.allclose(whole.x, np.concatenate([part.x for part in parts]), atol=1e-4)
    assert np.allclose(whole.y, np.concatenate([part.y for part in parts]), atol=1e-4)
    assert len(whole.edges) == sum(len(part.edges) for part in parts)


def test_times_inside_each_part_are_those_of_the_part_alone_and_no_way_leads_to_another(parts, whole):
    for n, (part, start) in enumerate(zip(parts, starts(parts), strict=False)):
        facilities = np.array([0, part.n_nodes - 1])
        alone = nearest_facility(part, facilities)
        found = nearest_facility(whole, facilities + start)
        inside = slice(start, start + part.n_nodes)
        assert np.array_equal(found.travel_time_s[inside], alone.travel_time_s), n
        assert np.array_equal(found.facility[inside], alone.facility)
        outside = np.delete(np.arange(whole.n_nodes), np.arange(start, start + part.n_nodes))
        assert np.isinf(found.travel_time_s[outside]).all()
        assert (found.facility[outside] == -1).all()


def test_facilities_of_all_parts_serve_each_its_own(parts, whole):
    begin = starts(parts)[:-1]
    found = nearest_facility(whole, begin)
    for n, (part, start) in enumerate(zip(parts, begin, strict=True)):
        there = found.facility[start : start + part.n_nodes]
        reached = np.isfinite(nearest_facility(part, np.array([0])).travel_time_s)
        assert (there[reached] == n).all()


def test_a_place_is_tied_to_the_same_street_as_in_the_part_alone(parts, whole):
    for crs, part in zip(PARTS, parts, strict=True):
        to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        corner = PARTS[crs]
        lon, lat = to_degrees.transform(corner[0] + np.array([300.0, 1500.0, 2900.0]), corner[1] + np.array([40.0, 2100.0, 950.0]))  # fmt: skip
        alone, found = snap(part, lon, lat), snap(whole, lon, lat)
        assert np.allclose(found.distance_m, alone.distance_m, atol=1e-3)
        assert (found.distance_m < 1600).all()


def test_one_network_alone_stays_what_it_is(parts):
    only = unite(parts[:1])
    assert np.array_equal(nearest_facility(only, np.array([3])).travel_time_s, nearest_facility(parts[0], np.array([3])).travel_time_s)  # fmt: skip
    assert only.source.notes == parts[0].source.notes
    assert only.profile == parts[0].profile


def test_it_is_kept_and_read_back(whole, tmp_path):
    (tmp_path / "network").mkdir()
    whole.save(tmp_path / "network")
    read = RoadNetwork.load(tmp_path / "network")
    assert read.crs == FRANCE
    assert np.array_equal(nearest_facility(read, np.array([0])).travel_time_s, nearest_facility(whole, np.array([0])).travel_time_s)  # fmt: skip
