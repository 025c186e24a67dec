"""Walking and cycling: what the tags say, and trips against a graph that is made from the file in another way."""

from itertools import chain, pairwise

import numpy as np
import osmium
import pyproj
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.errors import ParameterError
from geo.network.modes import estimated_times, require_mode
from geo.network.osm import read_osm, read_osm_modes
from geo.network.osm_active import active_speeds, stops
from geo.network.road_network import RoadNetwork
from geo.network.snapping import snap
from geo.network.speeds import speed_profile
from geo.network.travel_times import times_between

pytestmark = pytest.mark.usefixtures("osm_text_loaded_once")

WALK, BIKE = 4.8, 15.0
CASES = [
    # tags beside highway=residential (or their own), walk along/against, bike along/against
    ({}, (WALK, WALK, BIKE, BIKE)),
    ({"oneway": "yes"}, (WALK, WALK, BIKE, 0)),
    ({"oneway": "-1"}, (WALK, WALK, 0, BIKE)),
    ({"oneway": "yes", "oneway:bicycle": "no"}, (WALK, WALK, BIKE, BIKE)),
    ({"oneway": "yes", "cycleway": "opposite"}, (WALK, WALK, BIKE, BIKE)),
    ({"oneway": "yes", "cycleway:left": "opposite_lane"}, (WALK, WALK, BIKE, BIKE)),
    ({"oneway": "yes", "cycleway:left": "lane", "cycleway:left:oneway": "-1"}, (WALK, WALK, BIKE, BIKE)),
    ({"oneway": "yes", "cycleway:right": "lane"}, (WALK, WALK, BIKE, 0)),
    ({"junction": "roundabout"}, (WALK, WALK, BIKE, 0)),
    ({"access": "private"}, (0, 0, 0, 0)),
    ({"access": "private", "foot": "yes"}, (WALK, WALK, 0, 0)),
    ({"access": "no", "bicycle": "designated"}, (0, 0, BIKE, BIKE)),
    ({"vehicle": "no"}, (WALK, WALK, 0, 0)),
    ({"vehicle": "no", "bicycle": "yes"}, (WALK, WALK, BIKE, BIKE)),
    ({"vehicle:backward": "no"}, (WALK, WALK, BIKE, 0)),
    ({"motor_vehicle": "no"}, (WALK, WALK, BIKE, BIKE)),
    ({"bicycle": "dismount"}, (WALK, WALK, WALK, WALK)),
    ({"foot": "use_sidepath"}, (0, 0, BIKE, BIKE)),
    ({"highway": "motorway"}, (0, 0, 0, 0)),
    ({"highway": "trunk"}, (0, 0, 0, 0)),
    ({"highway": "primary", "motorroad": "yes"}, (0, 0, 0, 0)),
    ({"highway": "trunk", "bicycle": "yes"}, (0, 0, BIKE, BIKE)),
    ({"highway": "footway"}, (WALK, WALK, 0, 0)),
    ({"highway": "footway", "bicycle": "yes"}, (WALK, WALK, 8, 8)),
    ({"highway": "steps"}, (3.6, 3.6, 0, 0)),
    ({"highway": "path"}, (WALK, WALK, 12, 12)),
    ({"highway": "path", "bicycle": "no"}, (WALK, WALK, 0, 0)),
    ({"highway": "cycleway"}, (0, 0, 16, 16)),
    ({"highway": "cycleway", "foot": "designated"}, (WALK, WALK, 16, 16)),
    ({"highway": "cycleway", "oneway": "yes"}, (0, 0, 16, 0)),
    ({"highway": "track"}, (4.2, 4.2, 12, 12)),
    ({"highway": "pedestrian", "area": "yes"}, (WALK, WALK, 6, 6)),
    ({"highway": "residential", "area": "yes"}, (0, 0, 0, 0)),
    ({"highway": "pedestrian", "oneway": "yes", "oneway:foot": "yes"}, (WALK, 0, 6, 0)),
    ({"highway": "construction"}, (0, 0, 0, 0)),
    ({"highway": "proposed"}, (0, 0, 0, 0)),
    ({"highway": "bus_stop"}, (0, 0, 0, 0)),
]


@pytest.mark.parametrize(("tags", "expected"), CASES, ids=str)
def test_what_tags_say_to_feet_and_bicycles(tags, expected):
    assert active_speeds({"highway": "residential"} | tags, speed_profile()) == expected


@pytest.mark.parametrize(
    ("tags", "walk", "bike"),
    [
        ({"barrier": "bollard"}, False, False),
        ({"barrier": "gate"}, False, False),
        ({"barrier": "gate", "locked": "yes"}, True, True),
        ({"barrier": "gate", "access": "private"}, True, True),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, False, True),
        ({"barrier": "stile"}, False, True),
        ({"barrier": "wall"}, True, True),
        ({"highway": "crossing", "bicycle": "no"}, False, False),
    ],
    ids=str,
)
def test_which_nodes_stop_them(tags, walk, bike):
    for direction in (":forward", ":backward"):
        assert (stops("walk", tags, direction), stops("bike", tags, direction)) == (walk, bike)


def test_a_key_of_one_direction_stops_or_opens_that_one():
    assert stops("bike", {"barrier": "gate", "bicycle:forward": "no"}, ":forward")
    assert not stops("bike", {"barrier": "gate", "bicycle:forward": "no"}, ":backward")
    assert not stops("walk", {"barrier": "wall", "foot:backward": "yes"}, ":backward")
    assert stops("walk", {"barrier": "wall", "foot:backward": "yes"}, ":forward")


def _osm(ways, nodes, barriers=None):
    lines = ['<osm version="0.6">']
    for number, (lon, lat) in nodes.items():
        tags = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in (barriers or {}).get(number, {}).items())
        lines.append(f'<node id="{number}" version="1" lon="{lon}" lat="{lat}">{tags}</node>')
    for number, (refs, tags) in enumerate(ways, 1000):
        inside = "".join(f'<nd ref="{ref}"/>' for ref in refs) + "".join(
            f'<tag k="{k}" v="{v}"/>' for k, v in tags.items()
        )
        lines.append(f'<way id="{number}" version="1">{inside}</way>')
    return "\n".join([*lines, "</osm>"])


def _oracle(path, mode):
    """Return the seconds of every step of a way of a file, by the nodes of its ends, and where the nodes are."""
    profile, geod = speed_profile(), pyproj.Geod(ellps="GRS80")
    fastest, where, stopped = {}, {}, set()
    for each in osmium.FileProcessor(str(path)):
        if each.is_node():
            where[each.id] = (each.lon, each.lat)
            if len(each.tags) and stops(mode, dict(each.tags), ":forward"):
                stopped.add(each.id)
    first = {"walk": 0, "bike": 2}[mode]
    for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
        speeds = active_speeds(dict(way.tags), profile)[first : first + 2]
        refs = [node.ref for node in way.nodes if node.ref in where]
        if not any(speeds) or len(refs) < 2:
            continue
        lon, lat = np.array([where[ref] for ref in refs]).T
        lengths = geod.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2].tolist()
        for step, (ends, metres) in enumerate(zip(pairwise(refs), lengths, strict=True)):
            if ends[0] == ends[1]:
                continue
            # A node that stops the mode is another node on each way that comes to it.
            a, b = (((node, way.id, step, side) if node in stopped else node) for side, node in enumerate(ends))
            for start, end, kmh in ((a, b, speeds[0]), (b, a, speeds[1])):
                if kmh:
                    fastest[start, end] = min(metres / kmh * 3.6, fastest.get((start, end), np.inf))
    return fastest, where


def compared(path, mode, network, n_from, n_to, seed=0):
    """Return times of the network and of the oracle between nodes of the largest part, seconds, shape (n_from, n_to)."""
    fastest, where = _oracle(path, mode)
    number = {node: n for n, node in enumerate(dict.fromkeys(chain.from_iterable(fastest)))}
    starts, ends = ([number[node] for node in nodes] for nodes in zip(*fastest, strict=True))
    graph = csr_array((list(fastest.values()), (starts, ends)), shape=(len(number), len(number)))
    parts = connected_components(graph, connection="strong")[1]
    largest = np.bincount(parts).argmax()
    part = sorted(node for node, n in number.items() if parts[n] == largest and isinstance(node, int))
    rng = np.random.default_rng(seed)
    origins, destinations = (rng.choice(part, min(n, len(part)), replace=False).tolist() for n in (n_from, n_to))
    from_origins = dijkstra(graph, indices=[number[node] for node in origins])
    expected = from_origins[:, [number[node] for node in destinations]]
    points = [snap(network, *np.array([where[node] for node in nodes]).T) for nodes in (origins, destinations)]
    found, _ = times_between(network, *points)
    return found, expected


def test_trips_of_a_small_town_are_those_of_an_independent_graph(tmp_path):
    rng = np.random.default_rng(7)
    nodes = {10 * j + i + 1: (-1.56 + 0.0008 * i, 43.31 + 0.0006 * j) for i in range(10) for j in range(10)}
    kinds = [tags for tags, speeds in CASES if any(speeds)]
    ways = []
    for j in range(10):
        for i in range(9):
            for refs in ([10 * j + i + 1, 10 * j + i + 2], [10 * i + j + 1, 10 * (i + 1) + j + 1]):
                tags = kinds[rng.integers(len(kinds))] if rng.random() < 0.5 else {}
                ways.append((refs, {"highway": "residential"} | tags))
    file = tmp_path / "town.osm"
    file.write_text(_osm(ways, nodes, {34: {"barrier": "stile"}, 56: {"barrier": "wall"}, 72: {"barrier": "bollard"}}))
    networks = read_osm_modes(file)
    for mode in ("walk", "bike"):
        found, expected = compared(file, mode, networks[mode], 30, 30)
        assert np.isfinite(expected).all()
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=0.5)


def test_the_network_of_cars_is_the_same_whether_others_are_read_or_not(tmp_path):
    nodes = {1: (-1.56, 43.31), 2: (-1.561, 43.31), 3: (-1.562, 43.311), 4: (-1.56, 43.312)}
    ways = [([1, 2, 3], {"highway": "tertiary", "maxspeed": "50"}), ([2, 4], {"highway": "footway"})]
    file = tmp_path / "streets.osm"
    file.write_text(_osm(ways, nodes))
    alone, beside = read_osm(file), read_osm_modes(file)["car"]
    for name in ("x", "y", "edges", "edge_offsets", "link_edges", "shape_xy"):
        assert np.array_equal(getattr(alone, name), getattr(beside, name))
    assert (alone.mode, beside.mode) == ("car", "car")


def test_a_mode_without_any_way_is_absent_and_a_network_keeps_its_mode(tmp_path):
    file = tmp_path / "road.osm"
    file.write_text(_osm([([1, 2], {"highway": "primary", "bicycle": "no"})], {1: (-1.56, 43.31), 2: (-1.57, 43.31)}))
    networks = read_osm_modes(file)
    assert set(networks) == {"car", "walk"}
    networks["walk"].save(tmp_path)
    assert RoadNetwork.load(tmp_path).mode == "walk"


def test_estimated_times_stop_where_nobody_goes():
    minutes, km = estimated_times("bike", np.array([0.0, 10_000.0, 15_001.0]))
    assert minutes.tolist() == pytest.approx([0, 13.0 / 15 * 60, np.inf])
    assert km.tolist() == pytest.approx([0, 13.0, np.inf])
    with pytest.raises(ParameterError, match="« boat » inconnu"):
        require_mode("boat")
