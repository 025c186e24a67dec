"""What an OpenStreetMap file may lack or mark, and nodes that stop cars: small files written here."""

import bz2
import gzip
import math
import re
from itertools import pairwise

import networkx as nx
import numpy as np
import osmium
import pyproj
import pytest

from geo.errors import NetworkError, SourceError
from geo.network.osm import NOT_READ, read_osm, read_osm_modes, read_osmnx
from geo.network.road_files import read_roads
from geo.network.shortest_paths import nearest_facility

pytestmark = pytest.mark.usefixtures("osm_text_loaded_once")

#: Points of a ladder, in thousandths of a degree from there.
LON, LAT = 3.0, 46.5
POINTS = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0), 5: (0, 2), 6: (3, 2)}
STREET = {"highway": "residential"}


def written(
    path, ways, *, points=POINTS, node_tags=None, node_marks=None, way_marks=None, sign=1, in_ways=False, nodes=True
):
    """Write a file: ways [(points, tags)] numbered from 10; `in_ways`: places told by the ways, as ``out geom`` does."""

    def tags(each):
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in (each or {}).items())

    def place(number):
        east, north = points[number]
        return f'lat="{LAT + north / 1000:.7f}" lon="{LON + east / 1000:.7f}"'

    lines = ['<osm version="0.6" generator="essai">']
    for number in points if nodes else ():
        mark = (node_marks or {}).get(number, "")
        lines.append(
            f'<node id="{sign * number}" version="1" {mark} {place(number)}>{tags((node_tags or {}).get(number))}</node>'
        )
    for row, (numbers, way_tags) in enumerate(ways, 10):
        refs = "".join(
            f'<nd ref="{sign * number}" {place(number) if in_ways and number in points else ""}/>' for number in numbers
        )
        mark = (way_marks or {}).get(row, "")
        lines.append(f'<way id="{sign * row}" version="1" {mark}>{refs}{tags(way_tags)}</way>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def thousandths(network):
    """The streets by the places of their ends, each once: {((east, north), (east, north))}."""
    to_degrees = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True).transform
    ends = set()
    for line in network.link_shapes():
        lon, lat = to_degrees(*zip(line.coords[0], line.coords[-1], strict=True))
        pair = [(round((x - LON) * 1000, 2), round((y - LAT) * 1000, 2)) for x, y in zip(lon, lat, strict=True)]
        ends.add(tuple(sorted(pair)))
    return ends


def street_ends(path, **options):
    names = {place: number for number, place in POINTS.items()}
    return {tuple(sorted(names[end] for end in ends)) for ends in thousandths(read_osm(path, **options))}


# --- nodes that stop cars ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "passed"),
    [
        ({"barrier": "bollard"}, False),
        ({"barrier": "jersey_barrier"}, False),
        ({"barrier": "gate", "access": "private"}, False),
        ({"barrier": "gate", "motor_vehicle": "Agricultural;Forestry"}, False),
        ({"barrier": "gate"}, True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, True),
        ({"motorcar": "no"}, False),
        ({"amenity": "parking_entrance", "access": "private"}, True),
    ],
    ids=str,
)
def test_a_node_that_stops_cars_cuts_the_way_there(tmp_path, tags, passed):
    path = written(tmp_path / "rue.osm", [((1, 2, 3, 4), STREET)], node_tags={2: tags})
    network = read_osm(path)
    # Both sides stay streets, where people live.
    assert street_ends(path) == ({(1, 4)} if passed else {(1, 2), (2, 4)})
    assert network.component_nodes.tolist() == ([2] if passed else [2, 2])
    assert len(network.link_shapes()) == (1 if passed else 2)


#: Time from 1 to 4 and back along the street, and by the way around it, at 25 km/h; 111,195 m in a degree of a sphere.
WIDE, HIGH = 3 * 111.195 * math.cos(math.radians(LAT)), 2 * 111.195
#: A street beyond each end makes a crossing of it.
WITH_ENDS = {**POINTS, 7: (-1, 0), 8: (4, 0)}
AROUND_IT = [((4, 6, 5, 1), STREET), ((7, 1), STREET), ((4, 8), STREET)]
DIRECT, AROUND = (metres / 25 * 3.6 for metres in (WIDE, WIDE + 2 * HIGH))


def between_ends(network):
    """Seconds from the first end of the ladder to the last, and back."""
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True).transform
    ends = []
    for number in (1, 4):
        x, y = to_metres(LON + POINTS[number][0] / 1000, LAT)
        ends.append(int(np.argmin(np.hypot(network.x - x, network.y - y))))
    there, back = (nearest_facility(network, np.array([end])).travel_time_s for end in reversed(ends))
    return [float(there[ends[0]]), float(back[ends[1]])]


@pytest.mark.parametrize("at", [2, 3])
@pytest.mark.parametrize(
    ("tags", "there", "back"),
    [
        ({"barrier": "gate", "motor_vehicle:forward": "no"}, AROUND, DIRECT),
        ({"barrier": "gate", "access:backward": "private"}, DIRECT, AROUND),
        ({"barrier": "bollard", "motorcar:backward": "yes"}, AROUND, DIRECT),
        ({"vehicle:forward": "agricultural;forestry"}, AROUND, DIRECT),
        ({"barrier": "gate", "motor_vehicle:forward": "no", "motorcar": "yes"}, DIRECT, DIRECT),
    ],
    ids=str,
)
def test_a_node_that_stops_one_direction(tmp_path, tags, there, back, at):
    # Delays of a crossing at both ends, and of nothing else.
    path = written(tmp_path / "rue.osm", [((1, 2, 3, 4), STREET), *AROUND_IT], points=WITH_ENDS, node_tags={at: tags})
    assert between_ends(read_osm(path)) == pytest.approx([there, back], rel=0.005, abs=1.2)
    # Drawn the other way, what the street means is turned around.
    path = written(tmp_path / "tour.osm", [((4, 3, 2, 1), STREET), *AROUND_IT], points=WITH_ENDS, node_tags={at: tags})
    assert between_ends(read_osm(path)) == pytest.approx([back, there], rel=0.005, abs=1.2)
    # In two ways it is the same street.
    ways = [((1, 2), STREET), ((2, 3, 4), STREET), *AROUND_IT]
    path = written(tmp_path / "deux.osm", ways, points=WITH_ENDS, node_tags={at: tags})
    assert between_ends(read_osm(path)) == pytest.approx([there, back], rel=0.005, abs=1.2)


def test_two_nodes_that_stop_one_direction_each(tmp_path):
    tags = {2: {"barrier": "gate", "motorcar:forward": "no"}, 3: {"barrier": "gate", "motorcar:backward": "no"}}
    path = written(tmp_path / "rue.osm", [((1, 2, 3, 4), STREET), *AROUND_IT], points=WITH_ENDS, node_tags=tags)
    assert between_ends(read_osm(path)) == pytest.approx([AROUND, AROUND], rel=0.005, abs=1.2)


def test_a_node_at_the_end_of_a_street_that_stops_one_direction(tmp_path):
    gate = {"barrier": "gate", "motorcar:forward": "no"}
    for at in (1, 4):
        path = written(tmp_path / "bout.osm", [((1, 2, 3, 4), STREET)], node_tags={at: gate})
        there, back = between_ends(read_osm(path))
        assert (there, back) == (math.inf, pytest.approx(DIRECT, rel=0.005))


def test_an_edge_of_osmnx_that_runs_against_its_way_turns_what_a_node_says():
    def times(*, against):
        graph = nx.MultiDiGraph(crs="EPSG:4326")
        for number, (east, north) in WITH_ENDS.items():
            tags = {"barrier": "gate", "motor_vehicle:forward": "no"} if number == 2 else {}
            graph.add_node(number, x=LON + east / 1000, y=LAT + north / 1000, **tags)
        streets = [(1, 2, 3), (3, 4), (4, 6, 5, 1), (7, 1), (4, 8)]
        for osmid, street in enumerate(streets):
            for a, b in pairwise(street):
                metres = math.hypot(*np.subtract(WITH_ENDS[a], WITH_ENDS[b])) * 111
                turned = against and osmid == 0
                graph.add_edge(
                    b, a, highway="residential", oneway=False, reversed=not turned, length=metres, osmid=osmid
                )
                graph.add_edge(a, b, highway="residential", oneway=False, reversed=turned, length=metres, osmid=osmid)
        return between_ends(read_osmnx(graph))

    assert times(against=False) == pytest.approx([AROUND, DIRECT], rel=0.005, abs=1.2)
    assert times(against=True) == pytest.approx([DIRECT, AROUND], rel=0.005, abs=1.2)


@pytest.mark.parametrize("value", ["yes", "agricultural;destination", "Customers"])
def test_a_track_that_is_open_to_cars_is_read_by_cars_alone_as_with_the_other_modes(tmp_path, value):
    ways = [((1, 2), STREET), ((2, 3), {"highway": "track", "motor_vehicle": value}), ((3, 4), {"highway": "track"})]
    path = written(tmp_path / "chemin.osm", ways)
    assert street_ends(path) == {(1, 3)}
    assert read_osm_modes(path)["car"].edge_time_s.tolist() == read_osm(path).edge_time_s.tolist()


def test_a_barrier_where_two_ways_meet_cuts_them_apart(tmp_path):
    ways = [((1, 2), STREET), ((2, 3, 4), STREET)]
    path = written(tmp_path / "rue.osm", ways, node_tags={2: {"barrier": "block"}})
    assert read_osm(path).component_nodes.tolist() == [2, 2]


def test_a_barrier_on_a_crossing_stops_every_street_of_it(tmp_path):
    ways = [((1, 2, 3), STREET), ((5, 2, 6), STREET)]
    path = written(tmp_path / "rue.osm", ways, node_tags={2: {"barrier": "bollard"}})
    assert sorted(read_osm(path).component_nodes.tolist()) == [2, 2, 2, 2]


def test_two_barriers_on_one_way_and_one_on_a_ring(tmp_path):
    ways = [((1, 2, 3, 4), STREET)]
    tags = {2: {"barrier": "bollard"}, 3: {"barrier": "block"}}
    assert street_ends(written(tmp_path / "rue.osm", ways, node_tags=tags)) == {(1, 2), (2, 3), (3, 4)}
    ring = written(tmp_path / "ring.osm", [((1, 4, 6, 5, 1), STREET)], node_tags={1: {"barrier": "bollard"}})
    network = read_osm(ring)
    assert (network.n_nodes, network.n_edges) == (2, 2)
    twice = written(tmp_path / "twice.osm", [((1, 2, 2, 3), STREET)], node_tags={2: {"barrier": "bollard"}})
    assert street_ends(twice) == {(1, 2), (2, 3)}


def test_a_barrier_on_the_way_of_an_osmnx_graph_cuts_it():
    def parts(**tags):
        graph = nx.MultiDiGraph(crs="EPSG:4326")
        for number in (1, 2, 3):
            graph.add_node(number, x=LON + number / 1000, y=LAT, **(tags if number == 2 else {}))
        for a, b in ((1, 2), (2, 1), (2, 3), (3, 2)):
            graph.add_edge(a, b, highway="residential", oneway=False, length=76.7, osmid=a + b)
        return read_osmnx(graph).component_nodes.tolist()

    assert parts() == [2]
    assert parts(barrier="gate") == [2]
    assert parts(barrier="bollard") == [2, 2]
    assert parts(barrier="gate", access="private") == [2, 2]


# --- identifiers below zero, places in the ways --------------------------------------------------


def test_negative_identifiers_are_read_like_others(tmp_path):
    ways = [((1, 2, 3), STREET), ((3, 4), STREET), ((2, 5), {"highway": "tertiary", "oneway": "yes"})]
    same = street_ends(written(tmp_path / "plus.osm", ways))
    assert street_ends(written(tmp_path / "moins.osm", ways, sign=-1)) == same == {(1, 2), (2, 4), (2, 5)}


def test_negative_nodes_stop_cars_and_have_lights_too(tmp_path):
    tags = {2: {"barrier": "bollard"}, 3: {"highway": "traffic_signals"}}
    path = written(tmp_path / "josm.osm", [((1, 2, 3, 4), STREET)], sign=-1, node_tags=tags)
    assert street_ends(path) == {(1, 2), (2, 4)}
    dark = written(tmp_path / "noir.osm", [((1, 2, 3, 4), STREET)], sign=-1, node_tags={2: tags[2]})
    # Two seconds at the lights, each way.
    assert read_osm(path).edge_time_s.sum() - read_osm(dark).edge_time_s.sum() == pytest.approx(4, abs=1e-3)


def test_negative_and_positive_nodes_mix_as_in_a_file_of_an_editor(tmp_path):
    path = written(tmp_path / "josm.osm", [((1, 2), STREET)])
    drawn = '<node id="-3" lat="46.5" lon="3.002"/><way id="-1"><nd ref="2"/><nd ref="-3"/><tag k="highway" v="residential"/></way>'
    path.write_text(path.read_text().replace("</osm>", f"{drawn}</osm>"))
    assert street_ends(path) == {(1, 3)}


def test_negative_identifiers_in_a_pbf(tmp_path):
    xml = written(tmp_path / "rues.osm", [((1, 2, 3), STREET)], sign=-1)
    pbf = tmp_path / "rues.osm.pbf"
    with osmium.SimpleWriter(pbf) as writer:
        for each in osmium.FileProcessor(xml):
            writer.add(each)
    assert street_ends(pbf) == {(1, 3)}


def test_places_told_by_the_ways_are_read(tmp_path):
    ways = [((1, 2, 3), STREET), ((3, 4), STREET)]
    path = written(tmp_path / "geom.osm", ways, in_ways=True, nodes=False)
    network = read_osm(path)
    assert street_ends(path) == {(1, 4)}
    assert network.source.notes == (NOT_READ,)


def test_relations_that_hold_their_shape_are_refused_with_what_to_ask(tmp_path):
    path = written(tmp_path / "geom.osm", [((1, 2, 3), STREET)], in_ways=True, nodes=False)
    relation = (
        '<relation id="1"><member type="way" ref="10" role=""><nd lat="46.5" lon="3.0"/></member></relation></osm>'
    )
    path.write_text(path.read_text().replace("</osm>", relation))
    with pytest.raises(SourceError, match=r"« geom\.osm » contient des relations avec leur tracé"):
        read_osm(path)


def test_nodes_of_the_file_count_before_places_in_the_ways(tmp_path):
    # The barrier is a node of its own; the other nodes are told by the way alone, as a query with both gives.
    path = written(tmp_path / "geom.osm", [((1, 2, 3), STREET)], in_ways=True, nodes=False)
    bollard = '<node id="2" lat="46.5" lon="3.001"><tag k="barrier" v="bollard"/></node><way id="10"'
    path.write_text(path.read_text().replace('<way id="10"', bollard))
    assert street_ends(path) == {(1, 2), (2, 3)}


@pytest.mark.parametrize("first", [0, 1])
def test_nodes_without_identifier_are_told(tmp_path, first):
    path = written(tmp_path / "geom.osm", [((1, 2), STREET), ((2, 3), STREET)], in_ways=True, nodes=False)
    path.write_text(re.sub(' ref="[0-9]+"|<way id="11.*', "", path.read_text()))
    whole = written(tmp_path / "rue.osm", [((1, 2), {"highway": "steps"}), ((2, 3), STREET)])
    with pytest.raises(SourceError, match=r"« geom\.osm » : la route 10 a des nœuds sans identifiant.*out body geom"):
        read_osm([path, whole] if first else [whole, path])


REMARK = '<remark> runtime error: Query timed out in "query" at line 3 after 180 seconds. </remark>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("ways", [[((1, 2), STREET)], []], ids=len)
def test_an_answer_that_overpass_gave_up_is_refused_with_what_it_says(tmp_path, encoding, ways):
    path = written(tmp_path / "reponse.osm", ways)
    text = path.read_text().replace("</osm>", f"{REMARK}</osm>")
    path.write_text(f'<?xml version="1.0" encoding="{encoding}"?>\n{text}', encoding=encoding)
    with pytest.raises(
        SourceError, match=r"« reponse\.osm » est une réponse incomplète d'Overpass.*Query timed out in"
    ):
        read_osm(path)
    # As the value of a tag, it is a name like another.
    path = written(tmp_path / "nom.osm", [((1, 2), STREET | {"name": "&lt;remark&gt;", "remark": "non"})])
    assert street_ends(path) == {(1, 2)}


# --- names and encodings of files ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["X.OSM", "x.Osm.Gz", "c.OSM.PBF", "c.PBF", "c.osm.BZ2"])
def test_the_ending_of_a_name_may_be_in_capitals(tmp_path, name):
    plain = written(tmp_path / "rue.osm", [((1, 2), STREET), ((2, 3), STREET)], way_marks={11: 'action="delete"'})
    path = tmp_path / name
    if name.lower().endswith("pbf"):
        plain = written(plain, [((1, 2), STREET)])
        with osmium.SimpleWriter(osmium.io.File(str(path), "pbf")) as writer:
            for each in osmium.FileProcessor(plain):
                writer.add(each)
    else:
        path.write_bytes({"z": gzip.compress, "2": bz2.compress, "m": bytes}[name.lower()[-1]](plain.read_bytes()))
    assert read_roads(path).edge_length_m.sum() == read_osm(path).edge_length_m.sum()
    assert street_ends(path) == {(1, 2)}


@pytest.mark.parametrize("name", ["map", "x.xml", "rues.txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_extract_of_another_name_is_told_how_to_be_named(tmp_path, name, encoding):
    path = written(tmp_path / name, [((1, 2), STREET)])
    path.write_text(f'<?xml version="1.0" encoding="{encoding}"?>\n<!-- ici -->{path.read_text()}', encoding=encoding)
    for paths in (path, [path, written(tmp_path / "rue.osm", [((1, 2), STREET)])]):
        with pytest.raises(SourceError, match=rf"« {name} » est un extrait OpenStreetMap \(XML\).*finisse en \.osm\."):
            read_roads(paths)


def test_a_pbf_of_another_name_is_told_how_to_be_named(tmp_path):
    plain, path = written(tmp_path / "rue.osm", [((1, 2), STREET)]), tmp_path / "extrait"
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf")) as writer:
        for each in osmium.FileProcessor(plain):
            writer.add(each)
    with pytest.raises(SourceError, match=r"« extrait » est un extrait OpenStreetMap \(PBF\).*finisse en \.osm\.pbf\."):
        read_roads(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_what_is_deleted_in_two_bytes_a_letter_is_not_driven(tmp_path, encoding):
    ways = [((1, 2), STREET), ((2, 3), STREET)]
    path = written(tmp_path / "josm.osm", ways, way_marks={11: 'action="delete"'})
    path.write_text(f'<?xml version="1.0" encoding="utf-16"?>\n{path.read_text()}', encoding=encoding)
    assert street_ends(path) == {(1, 2)}


# --- nodes that are not there --------------------------------------------------------------------


def test_a_way_is_cut_where_its_nodes_are_lacking_and_a_note_says_so(tmp_path):
    some = {number: place for number, place in POINTS.items() if number not in {3, 9}}
    path = written(tmp_path / "coupe.osm", [((1, 2, 3, 4, 6), STREET), ((5, 1), STREET)], points=some)
    assert street_ends(path) == {(2, 5), (4, 6)}
    notes = read_osm(path).source.notes
    assert len(notes) == 2
    assert "1 route coupée là où ils manquent" in notes[1]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((9, 1, 2), {(1, 2)}),
        ((1, 2, 9), {(1, 2)}),
        ((1, 9, 2, 3), {(2, 3)}),
        ((1, 2, 9, 9, 3, 4), {(1, 2), (3, 4)}),
        ((9, 1, 9, 2, 3, 9), {(2, 3)}),
    ],
)
def test_no_line_is_drawn_over_a_gap(tmp_path, numbers, expected):
    assert street_ends(written(tmp_path / "coupe.osm", [(numbers, STREET)])) == expected


def test_a_file_without_the_nodes_says_so(tmp_path):
    path = written(tmp_path / "sans.osm", [((1, 2, 3), STREET), ((3, 4), STREET)], nodes=False)
    with pytest.raises(NetworkError, match=r"sans\.osm : .*2 routes sans position.*nœuds.*out geom"):
        read_osm(path)


def test_a_file_whose_roads_are_all_closed_says_so(tmp_path):
    path = written(
        tmp_path / "prive.osm", [((1, 2), STREET | {"access": "private"}), ((2, 3), STREET | {"access": "no"})]
    )
    with pytest.raises(NetworkError, match=r"les 2 routes du fichier leur sont fermées"):
        read_osm(path)
    path = written(tmp_path / "chemins.osm", [((1, 2), {"highway": "path"})])
    with pytest.raises(NetworkError, match="le fichier ne contient ni rue ni route"):
        read_osm(path)


# --- what is marked as deleted -------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark", ['action="delete"', "action='delete'", 'visible="false"', 'action = "delete" visible="true"']
)
@pytest.mark.parametrize("packed", ["", ".gz", ".bz2"])
def test_what_is_marked_as_deleted_is_not_driven(tmp_path, mark, packed):
    ways = [((1, 2), STREET), ((2, 3), STREET), ((3, 4), STREET)]
    path = written(tmp_path / "josm.osm", ways, way_marks={11: mark, 12: 'action="modify"'})
    if packed:
        opener = {".gz": gzip, ".bz2": bz2}[packed]
        plain, path = path, tmp_path / f"josm.osm{packed}"
        path.write_bytes(opener.compress(plain.read_bytes()))
    assert street_ends(path) == {(1, 2), (3, 4)}


def test_a_node_marked_as_deleted_is_lacking(tmp_path):
    path = written(tmp_path / "josm.osm", [((1, 2, 3, 4), STREET)], sign=-1, node_marks={2: 'action="delete"'})
    assert street_ends(path) == {(3, 4)}


def test_a_way_that_a_file_holds_twice_counts_once_as_its_last_version(tmp_path):
    path = written(tmp_path / "josm.osm", [((1, 2), STREET), ((2, 3), STREET)])
    again = '<way id="10" version="2"><nd ref="1"/><nd ref="5"/><tag k="highway" v="residential"/></way>'
    path.write_text(path.read_text().replace("</osm>", f"{again}</osm>"))
    assert street_ends(path) == {(2, 3), (1, 5)}
    gone = '<way id="10" version="3" visible="false"/>'
    path.write_text(path.read_text().replace("</osm>", f"{gone}</osm>"))
    assert street_ends(path) == {(2, 3)}


CLOSED = [STREET | {"access": "no"}, {"highway": "construction"}, {"highway": "footway"}, {"highway": "razed"}]


@pytest.mark.parametrize("tags", CLOSED, ids=str)
@pytest.mark.parametrize("modes", [("car",), ("car", "walk", "bike")], ids=len)
def test_a_copy_that_is_closed_decides_as_any_other(tmp_path, tags, modes):
    def driven(*paths):
        """How many thousandths of a degree of streets."""
        metres = read_osm_modes(paths, modes=modes)["car"].edge_length_m.sum() / 2
        return round(metres / (WIDE / 3), 1)

    def copy(version, tags):
        tags = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        return f'<way id="10" version="{version}"><nd ref="1"/><nd ref="2"/>{tags}</way></osm>'

    closed = written(tmp_path / "closed.osm", [((1, 2), tags), ((2, 3), STREET)])
    open_ = written(tmp_path / "open.osm", [((1, 2), STREET)])
    assert driven(closed, open_) == 1
    assert driven(open_, closed) == 2
    # In one file, the last copy; of several files, the last copy of the first that has it.
    whole = written(tmp_path / "whole.osm", [((1, 2), STREET), ((2, 3), STREET)])
    twice = tmp_path / "twice.osm"
    twice.write_text(whole.read_text().replace("</osm>", copy(2, tags)))
    assert driven(twice) == driven(twice, whole) == 1
    twice.write_text(twice.read_text().replace("</osm>", copy(3, STREET)))
    assert driven(twice) == driven(twice, closed) == 2


def test_a_file_of_past_versions_is_refused(tmp_path):
    xml = written(tmp_path / "rues.osm", [((1, 2), STREET)])
    history = tmp_path / "rues.osh.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(history), "pbf,history=true")) as writer:
        for each in osmium.FileProcessor(xml):
            writer.add(each)
    with pytest.raises(SourceError, match=r"« rues\.osh\.pbf » est un historique"):
        read_osm(history)


# --- graphs of osmnx -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "one", "two"),
    [
        ("highway", "residential", "track"),
        ("highway", "primary", "living_street"),
        ("access", "private", "yes"),
        ("motor_vehicle", "destination", "no"),
        ("service", "alley", "emergency_access"),
        ("junction", "roundabout", "jughandle"),
        ("maxspeed", "30", "80"),
        ("maxspeed", "FR:urban", "80"),
        ("source:maxspeed", "FR:rural", "FR:urban"),
        ("maxspeed:forward", "30", "80"),
        ("reversed", True, False),
        ("osmid", 7, 3),
        ("oneway", True, False),
    ],
)
def test_an_osmnx_graph_gives_one_answer_for_any_order_of_merged_values(key, one, two):
    def edges(several):
        graph = nx.MultiDiGraph(crs="EPSG:4326")
        for number, (east, north) in POINTS.items():
            graph.add_node(number, x=LON + east / 1000, y=LAT + north / 1000)
        tags = {"highway": "secondary", "oneway": False, "osmid": 1, "access:backward": "no", key: several}
        for a, b in ((1, 4), (4, 1)):
            graph.add_edge(a, b, length=230.0, **tags)
        for a, b in ((1, 5), (5, 1), (5, 6), (6, 5), (6, 4), (4, 6)):
            graph.add_edge(a, b, length=222.0, highway="residential", oneway=False, osmid=a * b)
        network = read_osmnx(graph)
        return network.edge_source.tolist(), network.edge_target.tolist(), network.edge_time_s.tolist()

    assert edges([one, two]) == edges([two, one]) == edges({one, two})


def test_an_osmnx_edge_against_its_way_swaps_the_directions():
    def driven(**tags):
        graph = nx.MultiDiGraph(crs="EPSG:4326")
        graph.add_nodes_from([(1, {"x": LON, "y": LAT}), (2, {"x": LON + 0.01, "y": LAT})])
        graph.add_edge(1, 2, length=767.0, highway="secondary", oneway=False, osmid=1, **tags)
        network = read_osmnx(graph)
        order = network.x.argsort()
        return {
            (int(order.argsort()[a]), int(order.argsort()[b]))
            for a, b in zip(network.edge_source, network.edge_target, strict=True)
        }

    assert driven(**{"vehicle:forward": "no", "reversed": False}) == {(1, 0)}
    assert driven(**{"vehicle:forward": "no", "reversed": True}) == {(0, 1)}
    assert driven(**{"vehicle:backward": "no", "reversed": True}) == {(1, 0)}
