"""Caen: the network of a real extract against osmnx, networkx and two well-known engines."""

import networkx as nx
import numpy as np
import osmium
import pyproj
import pytest
from scipy.spatial import KDTree

from geo.network.osm import read_osm
from geo.network.reference import read_reference, reference_from_network
from geo.network.road_network import RoadNetwork
from geo.network.shortest_paths import nearest_facility, times_from
from geo.network.validation import compare

SEED = 20_241_122
#: (west, south, east, north) of the town, in degrees: osmnx takes its time over more.
CENTRE = (-0.42, 49.16, -0.33, 49.20)
#: What the access tag of a way says where the public's cars are kept out; no other value occurs in this file.
CLOSED = {"no", "private", "restricted", "bus"}


@pytest.fixture(scope="module")
def extract(shared_data):
    return shared_data / "osm" / "caen.osm.pbf"


@pytest.fixture(scope="module")
def caen(extract):
    return read_osm(extract)


def open_roads_in(extract, area, path):
    """Write the ways open to cars with a node in an area, and their nodes, in the XML that osmnx reads."""
    west, south, east, north = area
    nodes, ways = set(), set()
    for way in osmium.FileProcessor(extract).with_locations().with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)):
        closed = way.tags.get("motor_vehicle", way.tags.get("access")) in CLOSED
        if not closed and any(west <= node.lon <= east and south <= node.lat <= north for node in way.nodes):
            ways.add(way.id)
            nodes.update(node.ref for node in way.nodes)
    with osmium.SimpleWriter(path) as writer:
        for item in osmium.FileProcessor(extract):
            if item.id in (nodes if item.is_node() else ways):
                writer.add(item)


# osmnx says that it did not write the file itself.
@pytest.mark.filterwarnings("ignore:The XML file you are loading appears to have been generated:UserWarning")
def test_road_distances_are_those_of_an_osmnx_graph_of_the_same_file(extract, tmp_path):
    import osmnx  # noqa: PLC0415 - takes seconds to import

    open_roads_in(extract, CENTRE, tmp_path / "caen.osm")
    graph = osmnx.graph_from_xml(tmp_path / "caen.osm", retain_all=True, simplify=False)
    network = read_osm(extract, area=CENTRE)

    rng = np.random.default_rng(SEED)
    main = np.flatnonzero(network.component == 0)
    origins, destinations = rng.choice(main, 20, replace=False), rng.choice(main, 10, replace=False)
    metres = by_length(network)
    ours = np.array([nearest_facility(metres, [node]).length_m[origins] for node in destinations]).T

    # Each crossing is a node of the file: found by its position.
    lon, lat = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True).transform(network.x, network.y)
    osmids = list(graph)
    gap, place = KDTree([(graph.nodes[i]["x"], graph.nodes[i]["y"]) for i in osmids]).query(np.column_stack([lon, lat]))
    assert gap.max() < 1e-7
    theirs = np.full(ours.shape, np.nan)
    towards = graph.reverse(copy=False)  # fewer are the destinations
    for column, node in enumerate(destinations):
        found = nx.single_source_dijkstra_path_length(towards, osmids[place[node]], weight="length")
        theirs[:, column] = [found.get(osmids[place[origin]], np.inf) for origin in origins]

    apart = origins[:, None] != destinations
    assert apart.sum() >= 199
    assert np.isfinite(ours).all()
    ratio = ours[apart] / theirs[apart]
    assert np.abs(ratio - 1).max() < 0.005
    # Trips are not the same both ways: one-way streets were followed.
    back = np.array([nearest_facility(metres, [node]).length_m[destinations] for node in origins])
    assert (np.abs(back / ours - 1)[apart] > 0.01).any()


def by_length(network):
    """The same streets with metres for seconds: the shortest way instead of the fastest."""
    return RoadNetwork.from_edges(
        network.edge_source,
        network.edge_target,
        network.edge_length_m,
        network.edge_length_m,
        network.x,
        network.y,
        network.crs,
    )


def as_graph(network):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    graph.add_weighted_edges_from(
        zip(
            network.edge_source.tolist(),
            network.edge_target.tolist(),
            network.edge_time_s.astype(float).tolist(),
            strict=True,
        )
    )
    return graph


def test_travel_times_are_those_of_networkx(caen):
    facilities = np.random.default_rng(SEED).choice(caen.n_nodes, 5, replace=False)
    near = nearest_facility(caen, facilities)
    backward = as_graph(caen).reverse(copy=False)
    expected = nx.multi_source_dijkstra_path_length(backward, set(facilities.tolist()))
    np.testing.assert_allclose(near.travel_time_s, [expected.get(node, np.inf) for node in range(caen.n_nodes)])
    to_each = np.array([nearest_facility(caen, [node]).travel_time_s for node in facilities])
    reached = near.facility >= 0
    np.testing.assert_allclose(to_each[near.facility[reached], np.flatnonzero(reached)], to_each.min(axis=0)[reached])
    # The search along the direction of travel answers another question, here by minutes.
    forward = times_from(caen, facilities, np.zeros(5), np.zeros(5)).travel_time_s
    both = np.isfinite(forward) & reached
    assert np.abs(forward[both] - near.travel_time_s[both]).max() > 60


def test_the_network_is_one_main_part(caen):
    summary = caen.summary()
    assert summary.nodes_main_part / summary.nodes > 0.97
    assert (summary.source, summary.file) == ("OpenStreetMap", "caen.osm.pbf")
    # As many strongly connected parts, of the same sizes, as networkx finds.
    sizes = sorted(map(len, nx.strongly_connected_components(as_graph(caen))), reverse=True)
    assert caen.component_nodes.tolist() == sizes


def test_the_default_profile_agrees_with_osrm(caen, shared_data):
    found = compare(caen, read_reference(shared_data / "reference" / "osrm-caen.json"))
    assert (found.pairs, found.unreachable, found.profile) == (2000, 0, "courant")
    assert 0.95 <= found.time_ratio_median <= 1.05
    assert found.share_within_15pct >= 0.95
    assert abs(found.distance_ratio_median - 1) <= 0.03


def test_the_freer_flowing_profile_agrees_with_valhalla(extract, shared_data):
    found = compare(
        read_osm(extract, profile="fluide"), read_reference(shared_data / "reference" / "valhalla-caen.json")
    )
    assert (found.pairs, found.unreachable, found.profile) == (2000, 0, "fluide")
    assert 0.95 <= found.time_ratio_median <= 1.05
    assert abs(found.distance_ratio_median - 1) <= 0.03


def test_the_network_agrees_with_itself(caen):
    rng = np.random.default_rng(SEED)
    lon, lat = pyproj.Transformer.from_crs(caen.crs, "EPSG:4326", always_xy=True).transform(caen.x, caen.y)
    open_ends = np.unique(caen.link_ends[caen.snappable & (caen.link_edges >= 0).all(axis=1)])
    picked = rng.choice(open_ends[caen.component[open_ends] == 0], 30, replace=False)
    found = compare(caen, reference_from_network(caen, np.column_stack([lon, lat])[picked]))
    assert (found.pairs, found.unreachable, found.share_within_15pct) == (30 * 29, 0, 1)
    assert found.time_ratio_p10 == pytest.approx(1, abs=1e-3)
    assert found.time_ratio_p90 == pytest.approx(1, abs=1e-3)
