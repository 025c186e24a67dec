"""The road network: what it refuses, its arrays, its parts, its shapes, and its files."""

import json

import numpy as np
import pytest
import shapely

from geo.errors import CrsError, NetworkError, SourceError
from geo.network.links import build_network
from geo.network.origin import NetworkSource
from geo.network.road_network import RoadNetwork
from geo.network.speeds import speed_profile
from geo.sealed import seal

CRS = "EPSG:2154"
ARRAYS = (
    "x",
    "y",
    "edge_offsets",
    "place",
    "edges",
    "link_edges",
    "snappable",
    "shape_xy",
    "shape_offsets",
)


def make(edges, n_nodes, crs=CRS):
    """Network of (from, to, seconds, metres) edges between nodes 100 m apart on a line."""
    source, target, time, length = np.array(edges).reshape(-1, 4).T
    return RoadNetwork.from_edges(source, target, time, length, np.arange(n_nodes) * 100, np.zeros(n_nodes), crs)


def edge_set(network):
    columns = (network.edge_source, network.edge_target, network.edge_time_s, network.edge_length_m)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


EDGES = [(2, 1, 4, 40), (0, 1, 1, 10), (1, 0, 2, 11), (1, 2, 3, 30), (3, 3, 5, 50), (0, 1, 9, 5)]


# --- from_edges ----------------------------------------------------------------------------------


def test_every_edge_is_kept_whatever_the_order_inside():
    network = make(EDGES, 5)
    assert edge_set(network) == sorted(EDGES)
    assert (network.n_nodes, network.n_edges) == (5, 6)
    assert network.x.tolist() == [0, 100, 200, 300, 400]


def test_edges_are_grouped_by_where_they_end_and_by_where_they_start():
    network = make(EDGES, 5)
    for node in range(5):
        place = network.place[node]
        into = network.edge_source[network.edge_offsets[place] : network.edge_offsets[place + 1]]
        assert sorted(into.tolist()) == sorted(a for a, b, *_ in EDGES if b == node)
        offsets, edges, row = network.by_source
        out = slice(offsets[place], offsets[place + 1])
        assert sorted(network.node_at[edges["place"][out]].tolist()) == sorted(b for a, b, *_ in EDGES if a == node)
        assert network.edge_target[row[out]].tolist() == network.node_at[edges["place"][out]].tolist()


def test_opposite_edges_lie_on_one_link_and_the_fastest_stands_for_its_direction():
    network = make(EDGES, 5)
    links = {
        tuple(ends): [network.edge_time_s[edge] if edge >= 0 else None for edge in pair]
        for ends, pair in zip(network.link_ends.tolist(), network.link_edges, strict=True)
    }
    # (0, 1) also has a slower street of 9 s the same way; (3, 3) is a loop, only along.
    assert links == {(0, 1): [1, 2], (1, 2): [3, 4], (3, 3): [5, None]}


def test_a_one_way_link_is_written_on_the_side_it_goes():
    network = make([(0, 1, 1, 10), (2, 1, 1, 10)], 3)
    assert network.link_ends.tolist() == [[0, 1], [1, 2]]
    assert (network.link_edges >= 0).tolist() == [[True, False], [False, True]]
    for (first, last), (along, against) in zip(network.link_ends, network.link_edges, strict=True):
        for edge, (start, end) in ((along, (first, last)), (against, (last, first))):
            if edge >= 0:
                assert (network.edge_source[edge], network.edge_target[edge]) == (start, end)


def test_links_are_drawn_straight_between_their_nodes():
    network = RoadNetwork.from_edges([1, 0, 2], [0, 1, 0], [1, 1, 1], [5, 5, 5], [0, 3, 7], [0, 4, 1], CRS)
    expected = shapely.linestrings([[[0, 0], [3, 4]], [[0, 0], [7, 1]]])
    assert shapely.equals(network.link_shapes(), expected).all()
    assert shapely.equals(network.link_shapes(np.array([1, 0, 1])), expected[[1, 0, 1]]).all()
    assert len(network.link_shapes(np.array([], np.int64))) == 0


def test_all_faults_are_told_in_one_message():
    with pytest.raises(NetworkError) as caught:
        RoadNetwork.from_edges(
            [0, -1, 1], [1, 7, 9], [1.0, -1.0, np.nan], [np.inf, 1.0], [0.0, 1.0, np.nan], [0.0, 1.0, 2.0], CRS
        )
    message = str(caught.value)
    assert message.startswith("Réseau routier refusé")
    for fault in (
        "longueurs différentes (3, 3, 3, 2)",
        "coordonnées de nœuds",
        "1 arc dont le nœud de départ n'existe pas (attendu : 0 à 2)",
        "arrivée n'existe pas",
        "2 arcs dont le temps est négatif, infini ou non numérique",
        "longueur est négati",
    ):
        assert fault in message


def test_faults_are_told_in_correct_french():
    with pytest.raises(NetworkError) as caught:
        RoadNetwork.from_edges([0], [7], [1], [-1], [0, 1], [0, 1], CRS)
    assert "nœud d'arrivée" in str(caught.value)
    assert "la longueur est négative" in str(caught.value)


def test_coordinates_of_different_lengths_are_refused():
    with pytest.raises(NetworkError, match="coordonnées de nœuds"):
        RoadNetwork.from_edges([0], [1], [1], [1], [0, 1, 2], [0, 1], CRS)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2263"])
def test_a_system_that_is_not_in_metres_is_refused(crs):
    with pytest.raises(CrsError, match=r"n'est pas en mètres.*EPSG:2154"):
        make(EDGES, 5, crs=crs)


@pytest.mark.parametrize("crs", ["Lambert", "EPSG:0", None])
def test_a_system_that_does_not_exist_is_refused(crs):
    with pytest.raises(CrsError):
        make(EDGES, 5, crs=crs)


@pytest.mark.parametrize("source", [[0.7], [np.nan], [np.inf], [1e300], ["a"], [None]])
def test_node_positions_that_are_not_whole_numbers_are_refused(source):
    with pytest.raises(NetworkError):
        RoadNetwork.from_edges(source, [1], [1], [1], [0, 1], [0, 1], CRS)


def test_a_network_without_edges_or_nodes_is_empty_and_usable():
    network = make([], 2)
    assert (network.n_edges, network.component_nodes.tolist()) == (0, [1, 1])
    assert len(network.link_shapes()) == 0
    nothing = make([], 0)
    assert (nothing.n_nodes, nothing.component.tolist(), nothing.summary().nodes_main_part) == (0, [], 0)


# --- immutable -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_are_read_only(name):
    with pytest.raises(ValueError, match="read-only"):
        getattr(make(EDGES, 5), name)[0] = 0


def test_attributes_cannot_be_replaced():
    with pytest.raises(AttributeError):
        make(EDGES, 5).crs = "EPSG:3857"


def test_the_caller_s_arrays_are_copied():
    x, y = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    network = RoadNetwork.from_edges([0], [1], [1], [1], x, y, CRS)
    x[0] = y[0] = 99
    assert (network.x[0], network.y[0]) == (0, 0)


# --- parts ---------------------------------------------------------------------------------------


def test_parts_are_strongly_connected_and_the_largest_comes_first():
    # 0 > 1 can be entered only; 2 <> 3 <> 4 is the largest part; 5 <> 6 is an island; 7 is alone.
    both = [(2, 3), (3, 4), (5, 6)]
    edges = [(0, 1), (1, 2), *both, *[(b, a) for a, b in both]]
    network = make([(a, b, 1, 1) for a, b in edges], 8)
    assert network.component[2:5].tolist() == [0, 0, 0]
    assert network.component[5:7].tolist() == [1, 1]
    assert sorted(network.component[[0, 1, 7]].tolist()) == [2, 3, 4]
    assert network.component_nodes.tolist() == [3, 2, 1, 1, 1]
    assert network.summary().nodes_main_part == 3


# --- build_network -------------------------------------------------------------------------------


def built(time_s, ends=((0, 1), (1, 2), (2, 0)), **changed):
    arguments = {
        "ends": np.array(ends),
        "time_s": np.array(time_s, float),
        "length_m": np.array([10.0, 20.0, 30.0]),
        "x": np.array([0.0, 10.0, 10.0]),
        "y": np.array([0.0, 0.0, 20.0]),
        "crs": CRS,
        "snappable": np.array([True, False, True]),
        "shape_xy": np.array([[0, 0], [10, 0], [10, 0], [12, 9], [10, 20], [10, 20], [0, 0]], float),
        "shape_offsets": np.array([0, 2, 5, 7]),
        "source": NetworkSource("Essai", notes=("une note",)),
        "profile": speed_profile("fluide"),
    }
    return build_network(**(arguments | changed))


def test_links_keep_shape_directions_and_profile():
    network = built([(1, np.nan), (2, 3), (np.inf, 4)])
    assert edge_set(network) == [(0, 1, 1, 10), (0, 2, 4, 30), (1, 2, 2, 20), (2, 1, 3, 20)]
    assert network.link_ends.tolist() == [[0, 1], [1, 2], [2, 0]]
    assert shapely.get_coordinates(network.link_shapes()[1]).tolist() == [[10, 0], [12, 9], [10, 20]]
    assert network.snappable.tolist() == [True, False, True]
    assert (network.profile, network.source.name) == ("fluide", "Essai")
    assert network.access_m_per_s == pytest.approx(speed_profile("fluide").access_kmh / 3.6)


def test_links_that_cannot_be_driven_are_left_out_with_their_shape():
    network = built([(1, 1), (np.nan, np.inf), (2, np.nan)])
    assert network.link_ends.tolist() == [[0, 1], [2, 0]]
    assert [shapely.get_coordinates(shape).tolist() for shape in network.link_shapes()] == [
        [[0, 0], [10, 0]],
        [[10, 20], [0, 0]],
    ]
    assert network.snappable.tolist() == [True, True]


def test_a_network_that_cannot_be_driven_is_refused():
    with pytest.raises(NetworkError, match="Essai : aucune route praticable"):
        built([(np.nan, np.inf)] * 3)


def test_links_with_bad_costs_or_ends_are_refused_together():
    with pytest.raises(NetworkError, match=r"départ n'existe pas.*temps est négatif"):
        built([(1, 1), (-2, 1), (1, 1)], ends=[(0, 1), (1, 2), (2, 5)])


# --- files ---------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    built([(1, np.nan), (2, 3), (np.inf, 4)], access_m_per_s=2.5, snap_limit_m=123.0).save(tmp_path)
    return tmp_path


def test_a_saved_network_comes_back_the_same_and_memory_mapped(folder):
    before, after = (
        built([(1, np.nan), (2, 3), (np.inf, 4)], access_m_per_s=2.5, snap_limit_m=123.0),
        RoadNetwork.load(folder),
    )
    for name in ARRAYS:
        array = getattr(after, name)
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable
        assert array.dtype == getattr(before, name).dtype
        np.testing.assert_array_equal(array, getattr(before, name))
    assert (after.crs, after.profile, after.access_m_per_s, after.snap_limit_m) == (CRS, "fluide", 2.5, 123.0)
    assert after.source == before.source
    assert after.summary() == before.summary()


def test_an_empty_network_comes_back_empty(tmp_path):
    make([], 0).save(tmp_path)
    assert RoadNetwork.load(tmp_path).n_nodes == 0


def edit_description(folder, **changed):
    path = folder / "network.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changed), encoding="utf-8")


def without(folder, key):
    path = folder / "network.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    del content[key]
    path.write_text(json.dumps(content), encoding="utf-8")


def cut(path, kept):
    path.write_bytes(path.read_bytes()[:kept])


DAMAGE = {
    "an array is missing": lambda folder: (folder / "edges.npy").unlink(),
    "an array is cut": lambda folder: cut(folder / "x.npy", -8),
    "an array is cut in its header": lambda folder: cut(folder / "x.npy", 40),
    "an array is garbage": lambda folder: (folder / "x.npy").write_bytes(b"\x00\xffgarbage" * 30),
    "an array is an empty file": lambda folder: (folder / "x.npy").write_bytes(b""),
    "an array is a pickle": lambda folder: np.save(folder / "x.npy", np.array([{"a": 1}] * 3), allow_pickle=True),
    "no description": lambda folder: (folder / "network.json").unlink(),
    "description cut": lambda folder: cut(folder / "network.json", 60),
    "description not an object": lambda folder: (folder / "network.json").write_text("[1]"),
    "description empty": lambda folder: (folder / "network.json").write_text("{}"),
    "description not UTF-8": lambda folder: (folder / "network.json").write_bytes(b"\xff\xfe\xfa{}"),
    "no system": lambda folder: without(folder, "crs"),
    "unknown source field": lambda folder: edit_description(folder, source={"name": "a", "notes": [], "other": 1}),
    "source is a number": lambda folder: edit_description(folder, source=3),
}
UNSEEN_DAMAGE = {
    "an array of another length": lambda folder: np.save(folder / "place.npy", np.zeros(1, np.int32)),
    "an array of another type": lambda folder: np.save(folder / "edges.npy", np.zeros(4, np.float64)),
    "a node out of range": lambda folder: np.save(
        folder / "link_edges.npy", np.full_like(np.load(folder / "link_edges.npy"), 10**6)
    ),
    "an unknown system": lambda folder: edit_description(folder, crs="Lambert"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_files_are_told_in_one_sentence(folder, damage):
    damage(folder)
    with pytest.raises(SourceError, match=r"illisible ou incomplet.*maillage build"):
        RoadNetwork.load(folder)


@pytest.mark.parametrize("damage", UNSEEN_DAMAGE.values(), ids=UNSEEN_DAMAGE)
def test_files_that_do_not_fit_together_are_refused(folder, damage):
    damage(folder)
    with pytest.raises(SourceError, match=r"illisible ou incomplet.*maillage build"):
        RoadNetwork.load(folder)


def test_another_format_is_refused_with_both_numbers(folder):
    edit_description(folder, format=99)
    with pytest.raises(SourceError, match="format 99, format 2 attendu"):
        RoadNetwork.load(folder)


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(SourceError, match="« absent »"):
        RoadNetwork.load(tmp_path / "absent")


def test_the_summary_tells_the_origin_and_the_size():
    summary = built([(1, np.nan), (2, 3), (np.inf, 4)]).summary()
    assert (summary.source, summary.profile, summary.notes) == ("Essai", "fluide", ("une note",))
    assert (summary.nodes, summary.edges, summary.approximate) == (3, 4, False)


def test_the_parts_of_a_saved_network_are_kept(tmp_path):
    network = make(EDGES, 5)
    network.save(tmp_path)
    loaded = RoadNetwork.load(tmp_path)
    assert "component" in vars(loaded)  # not worked out again
    assert loaded.component.tolist() == network.component.tolist()
    assert loaded.component_nodes.tolist() == network.component_nodes.tolist()


@pytest.mark.parametrize("parts", [np.zeros(2, np.int32), np.zeros(5, np.int64), np.full(5, -1, np.int32)])
def test_parts_that_are_not_those_of_the_network_are_refused(tmp_path, parts):
    make(EDGES, 5).save(tmp_path)
    np.save(tmp_path / "component.npy", parts)
    seal(tmp_path)
    with pytest.raises(SourceError, match="illisible ou incomplet"):
        RoadNetwork.load(tmp_path)
