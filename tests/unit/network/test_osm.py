"""OpenStreetMap: small extracts written here, whose every street is known by hand."""

import warnings
from decimal import Decimal
from hashlib import sha256
from xml.sax.saxutils import quoteattr

import numpy as np
import pyproj
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import MaillageError, NetworkError, ParameterError, SourceError
from geo.network.layout import ARRAYS
from geo.network.osm import read_osm, read_osmnx
from geo.network.osm_extracts import _read_roads, read_extracts
from geo.network.road_files import read_modes, read_roads
from geo.network.snapping import snap
from geo.network.speeds import speed_profile
from geo.network.travel_times import times_between

pytestmark = pytest.mark.usefixtures("osm_text_loaded_once")

#: Nodes lie on a grid of thousandths of a degree from there, in the middle of France.
LON, LAT = 3.0, 46.5
_PHI = np.radians(LAT)
#: Metres of a thousandth of a degree to the north and to the east there, from the usual series.
NORTH_M = (111_132.954 - 559.822 * np.cos(2 * _PHI) + 1.175 * np.cos(4 * _PHI)) / 1000
EAST_M = (111_412.84 * np.cos(_PHI) - 93.5 * np.cos(3 * _PHI) + 0.118 * np.cos(5 * _PHI)) / 1000


def osm_file(folder, nodes, ways, name="extrait.osm"):
    """Write an extract: nodes {number: (east, north) or (east, north, tags)}, ways [(numbers, tags)]."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6" generator="essai">']
    for number, (east, north, *tags) in nodes.items():
        at = f'lat="{LAT + north / 1000:.7f}" lon="{LON + east / 1000:.7f}"'
        lines.append(f'<node id="{number}" version="1" timestamp="2024-01-01T00:00:00Z" {at}>{tag_lines(*tags)}</node>')
    for i, (numbers, tags) in enumerate(ways):
        refs = "".join(f'<nd ref="{number}"/>' for number in numbers)
        lines.append(f'<way id="{100 + i}" version="1" timestamp="2024-01-01T00:00:00Z">{refs}{tag_lines(tags)}</way>')
    path = folder / name
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def tag_lines(tags=None):
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in (tags or {}).items())


def names_of(network, nodes):
    """The number that each node of a network has in the extract."""
    at = {(east, north): number for number, (east, north, *_) in nodes.items()}
    lon, lat = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True).transform(network.x, network.y)
    east, north = np.round((lon - LON) * 1000, 3), np.round((lat - LAT) * 1000, 3)
    return [at[pair] for pair in zip(east.tolist(), north.tolist(), strict=True)]


def streets(network, nodes):
    """Directed edges by the numbers of the extract: {(from, to): (km/h, metres, seconds)}."""
    number = names_of(network, nodes)
    return {
        (number[a], number[b]): (metres / seconds * 3.6, metres, seconds)
        for a, b, seconds, metres in zip(
            network.edge_source,
            network.edge_target,
            network.edge_time_s.tolist(),
            network.edge_length_m.tolist(),
            strict=True,
        )
    }


#: A street of two thousandths of a degree to the north, and one of its tags at a time.
NORTH = {1: (0, 0), 2: (0, 1), 3: (0, 2)}


def one_way(tmp_path, **tags):
    """The directions in which a single street may be driven, by its ends."""
    return set(streets(read_osm(osm_file(tmp_path, NORTH, [((1, 2, 3), tags)])), NORTH))


BOTH, ALONG, AGAINST = {(1, 3), (3, 1)}, {(1, 3)}, {(3, 1)}


# --- direction -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, BOTH),
        ({"oneway": "no"}, BOTH),
        ({"oneway": "yes"}, ALONG),
        ({"oneway": "true"}, ALONG),
        ({"oneway": "1"}, ALONG),
        ({"oneway": "-1"}, AGAINST),
        ({"oneway": "reverse"}, AGAINST),
        ({"oneway": "peut-être"}, BOTH),
        ({"highway": "motorway"}, ALONG),
        ({"highway": "motorway", "oneway": "no"}, BOTH),
        ({"highway": "motorway", "oneway": "-1"}, AGAINST),
        ({"highway": "trunk"}, BOTH),
        ({"junction": "roundabout"}, ALONG),
        ({"junction": "circular"}, ALONG),
        ({"junction": "roundabout", "oneway": "no"}, BOTH),
        ({"junction": "yes"}, BOTH),
        ({"oneway": "yes", "oneway:bicycle": "no"}, ALONG),
    ],
)
def test_direction_of_travel(tmp_path, tags, expected):
    assert one_way(tmp_path, **({"highway": "secondary"} | tags)) == expected


# --- access --------------------------------------------------------------------------------------

OPEN = [
    {"access": "yes"},
    {"access": "destination"},
    {"access": "permissive"},
    {"access": "customers"},
    {"access": "no", "motor_vehicle": "yes"},
    {"access": "private", "motorcar": "yes"},
    {"access": "no", "vehicle": "no", "motor_vehicle": "destination"},
    {"motor_vehicle": "no", "motorcar": "yes"},
    {"bicycle": "no"},
]
CLOSED = [
    {"access": "no"},
    {"access": "private"},
    {"motor_vehicle": "no"},
    {"vehicle": "private"},
    {"motorcar": "no"},
    {"access": "yes", "motor_vehicle": "no"},
    {"motor_vehicle": "yes", "motorcar": "no"},
    {"motor_vehicle": "agricultural"},
    {"oneway": "reversible"},
    {"area": "yes"},
]
NOT_FOR_CARS = [
    "footway",
    "cycleway",
    "pedestrian",
    "track",
    "path",
    "steps",
    "bus_guideway",
    "construction",
    "proposed",
]


@pytest.mark.parametrize("tags", OPEN, ids=str)
def test_streets_open_to_cars(tmp_path, tags):
    assert one_way(tmp_path, highway="residential", **tags) == BOTH


@pytest.mark.parametrize("tags", [*CLOSED, *[{"highway": name} for name in NOT_FOR_CARS]], ids=str)
def test_streets_closed_to_cars(tmp_path, tags):
    with pytest.raises(NetworkError, match="aucune route ouverte aux voitures n'a été trouvée"):
        one_way(tmp_path, **({"highway": "residential"} | tags))


def test_ferries_buildings_and_railways_are_no_roads(tmp_path):
    nodes = NORTH | {4: (1, 2), 5: (2, 2)}
    ways = [
        ((1, 2), {"highway": "residential"}),
        ((2, 3), {"route": "ferry", "motor_vehicle": "yes"}),
        ((3, 4), {"railway": "rail"}),
        ((4, 5), {"building": "yes"}),
    ]
    assert set(streets(read_osm(osm_file(tmp_path, nodes, ways)), nodes)) == {(1, 2), (2, 1)}


# --- length and speed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        # In the profile "courant" 85 % of the limit is driven.
        ({"maxspeed": "80"}, 68),
        ({"maxspeed": "50 mph"}, 50 * 1.609344 * 0.85),
        ({"maxspeed": "FR:rural"}, 68),
        ({"maxspeed": "FR:urban"}, 42.5),
        ({"maxspeed": "FR:zone30"}, 25.5),
        ({"maxspeed": "70|70|50"}, 42.5),
        ({"maxspeed": "none", "highway": "motorway"}, 110.5),
        # Without a figure: the speed of the class.
        ({}, 55),
        ({"maxspeed": "signals"}, 55),
        ({"maxspeed": "à l'appréciation"}, 55),
        ({"highway": "residential"}, 25),
        ({"highway": "motorway"}, 100),
        # Other tags that state a limit.
        ({"zone:maxspeed": "FR:30"}, 25.5),
        ({"source:maxspeed": "FR:rural"}, 68),
        ({"maxspeed:type": "FR:urban"}, 42.5),
        ({"maxspeed": "signals", "maxspeed:type": "FR:urban"}, 42.5),
        ({"maxspeed": "80", "source:maxspeed": "FR:urban"}, 68),
    ],
)
def test_speed_from_the_limit_or_the_class(tmp_path, tags, kmh):
    way = ((1, 2, 3), {"highway": "secondary"} | tags)
    found = streets(read_osm(osm_file(tmp_path, NORTH, [way])), NORTH)[1, 3]
    assert found[0] == pytest.approx(kmh, rel=1e-5)
    assert found[1] == pytest.approx(2 * NORTH_M, rel=1e-4)


def test_each_direction_has_its_limit(tmp_path):
    way = ((1, 2, 3), {"highway": "secondary", "maxspeed": "80", "maxspeed:backward": "50"})
    found = streets(read_osm(osm_file(tmp_path, NORTH, [way])), NORTH)
    assert [round(found[pair][0], 3) for pair in ((1, 3), (3, 1))] == [68, 42.5]


def test_the_profile_is_chosen_by_name_and_named(tmp_path):
    path = osm_file(tmp_path, NORTH, [((1, 2, 3), {"highway": "secondary", "maxspeed": "80"})])
    network = read_osm(path, profile="fluide")
    assert streets(network, NORTH)[1, 3][0] == pytest.approx(80, rel=1e-5)
    assert network.profile == "fluide"
    with pytest.raises(ParameterError, match="inconnu"):
        read_osm(path, profile="fusée")


# --- crossings -----------------------------------------------------------------------------------

#: Two streets of one way each that cross at node 3.
#
#            5
#            |
#    1 --2-- 3 -- 4
#            |
#            6
CROSS = {1: (-2, 0), 2: (-1, 0), 3: (0, 0), 4: (1, 0), 5: (0, 1), 6: (0, -1)}
PLAIN = {"highway": "residential", "maxspeed": "50"}
CROSSING_WAYS = [((1, 2, 3, 4), PLAIN), ((5, 3, 6), PLAIN)]


def test_ways_are_cut_at_the_node_they_share_and_the_crossing_costs_a_second(tmp_path):
    found = streets(read_osm(osm_file(tmp_path, CROSS, CROSSING_WAYS)), CROSS)
    assert set(found) == {(a, b) for arm in (1, 4, 5, 6) for a, b in ((arm, 3), (3, arm))}
    driving = NORTH_M / (42.5 / 3.6)
    assert found[3, 5][2] == pytest.approx(driving, rel=1e-4)
    assert found[5, 3][2] == pytest.approx(driving + 1, rel=1e-4)


def test_ways_that_cross_without_a_shared_node_do_not_meet(tmp_path):
    nodes = CROSS | {7: (0, 0.001)}
    network = read_osm(osm_file(tmp_path, nodes, [CROSSING_WAYS[0], ((5, 7, 6), PLAIN)]))
    assert set(streets(network, nodes)) == {(1, 4), (4, 1), (5, 6), (6, 5)}
    assert network.component_nodes.tolist() == [2, 2]


def test_a_way_that_crosses_itself_is_cut_there(tmp_path):
    # 1 - 3, around by 4 and 5, back to 3, then 6: 3 is a crossing of one way with itself.
    network = read_osm(osm_file(tmp_path, CROSS, [((1, 2, 3, 4, 5, 3, 6), PLAIN | {"oneway": "yes"})]))
    found = streets(network, CROSS)
    assert set(found) == {(1, 3), (3, 3), (3, 6)}
    side = EAST_M
    assert found[3, 3][1] == pytest.approx(side + np.hypot(side, NORTH_M) + NORTH_M, rel=1e-4)


def test_a_roundabout_is_driven_one_way_round(tmp_path):
    # Round by 4, 5, 2 and 6, with an arm at 2 and one at 4.
    ring = ((4, 5, 2, 6, 4), PLAIN | {"junction": "roundabout"})
    nodes = CROSS | {7: (3, 0)}
    network = read_osm(osm_file(tmp_path, nodes, [ring, ((1, 2), PLAIN), ((4, 7), PLAIN)]))
    assert set(streets(network, nodes)) == {(4, 2), (2, 4), (1, 2), (2, 1), (4, 7), (7, 4)}
    # 4 to 2 by the north, 2 to 4 by the south.
    arcs = [line for line in network.link_shapes() if len(line.coords) == 3]
    assert sorted(round(line.coords[1][1] - line.coords[0][1], -1) for line in arcs) == [-110, 110]


def seconds_lost(tmp_path, lights_at):
    """Seconds that lights at a node add to each street of the cross."""
    lights = CROSS | {lights_at: (*CROSS[lights_at], {"highway": "traffic_signals"})}
    without = streets(read_osm(osm_file(tmp_path, CROSS, CROSSING_WAYS)), CROSS)
    found = streets(read_osm(osm_file(tmp_path, lights, CROSSING_WAYS)), CROSS)
    later = {pair: round(found[pair][2] - without[pair][2], 3) for pair in without}
    return {pair: seconds for pair, seconds in later.items() if seconds}


def test_traffic_lights_on_a_crossing_cost_two_seconds_on_entering_it(tmp_path):
    assert seconds_lost(tmp_path, 3) == {(1, 3): 2, (4, 3): 2, (5, 3): 2, (6, 3): 2}


def test_traffic_lights_before_a_crossing_cost_two_seconds_on_passing_them(tmp_path):
    assert seconds_lost(tmp_path, 2) == {(1, 3): 2, (3, 1): 2}


def test_driveways_make_no_crossing(tmp_path):
    ways = [CROSSING_WAYS[0], ((5, 3), {"highway": "service"})]
    found = streets(read_osm(osm_file(tmp_path, CROSS, ways)), CROSS)
    assert found[4, 3][2] == pytest.approx(EAST_M / (42.5 / 3.6), rel=1e-4)


def test_no_trip_ends_on_a_motorway(tmp_path):
    ways = [((1, 2, 3), PLAIN), ((3, 4), {"highway": "motorway", "oneway": "no"})]
    network = read_osm(osm_file(tmp_path, CROSS, ways))
    assert sorted(network.snappable.tolist()) == [False, True]
    found = snap(network, [LON + 0.001], [LAT])
    # Lambert-93 shortens lengths by 1 in 1,000 there.
    assert found.distance_m[0] == pytest.approx(EAST_M, rel=1.5e-3)


def test_the_shape_of_a_street_is_kept(tmp_path):
    network = read_osm(osm_file(tmp_path, CROSS, CROSSING_WAYS))
    assert sorted(len(line.coords) for line in network.link_shapes()) == [2, 2, 2, 3]


# --- area, origin, refusals ----------------------------------------------------------------------


def test_ways_with_no_node_in_the_area_are_left_out(tmp_path):
    nodes = CROSS | {7: (10, 0), 8: (20, 0)}
    path = osm_file(tmp_path, nodes, [*CROSSING_WAYS, ((4, 7), PLAIN), ((7, 8), PLAIN)])
    area = (LON - 0.0005, LAT - 0.0005, LON + 0.0015, LAT + 0.0005)
    # The way 4-7 is kept whole; 7-8 is left out.
    assert {number for pair in streets(read_osm(path, area=area), nodes) for number in pair} == {1, 3, 5, 6, 7}
    with pytest.raises(NetworkError, match=r"aucune route .* dans le territoire demandé"):
        read_osm(path, area=(5, 45, 6, 46))


def test_the_origin_is_told(tmp_path):
    path = osm_file(tmp_path, CROSS, CROSSING_WAYS)
    source = read_osm(path).source
    assert (source.name, source.file, len(source.sha256)) == ("OpenStreetMap", "extrait.osm", 64)
    assert "ODbL" in source.licence


def test_a_program_of_its_own_reads_the_same(tmp_path, monkeypatch):
    path, bad = osm_file(tmp_path, CROSS, CROSSING_WAYS), tmp_path / "coupe.osm"
    bad.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    of_a_copy, refused = streets(read_osm(path), CROSS), refusal(bad)
    monkeypatch.undo()
    assert streets(read_osm(path), CROSS) == of_a_copy
    assert refusal(bad) == refused


def refusal(path):
    with pytest.raises(SourceError) as error:
        read_osm(path)
    return str(error.value)


def test_the_legal_system_of_the_place_is_used_unless_another_is_given(tmp_path):
    path = osm_file(tmp_path, CROSS, CROSSING_WAYS)
    assert read_osm(path).crs == "EPSG:2154"
    assert read_osm(path, crs="EPSG:32631").crs == "EPSG:32631"
    reunion = {number: (east + 52_500, north - 67_600) for number, (east, north) in CROSS.items()}
    assert read_osm(osm_file(tmp_path, reunion, CROSSING_WAYS)).crs == "EPSG:2975"


def test_roads_outside_france_are_refused_unless_a_system_is_given(tmp_path):
    madrid = {number: (east - 6_700, north - 6_100) for number, (east, north) in CROSS.items()}
    path = osm_file(tmp_path, madrid, CROSSING_WAYS)
    with pytest.raises(NetworkError, match=r"hors de France \(longitude -3,7, latitude 40,4\)"):
        read_osm(path)
    assert read_osm(path, crs="EPSG:25830").n_nodes == 5


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.osm.pbf", b""),
        ("ordures.osm.pbf", b"\x00\x01\x02garbage" * 50),
        ("ordures.osm", b"<html><body>404</body></html>"),
        ("vide.osm", b""),
        ("coupe.osm", b"<osm version='0.6'><node id='1' lat='46"),
        ("texte.pdf", b"%PDF-1.4"),
    ],
)
def test_a_file_that_is_no_extract_is_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=f"« {name} » n'est pas un extrait OpenStreetMap lisible"):
        read_osm(path)


XML = "<osm version='0.6'>"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f"{XML}<node id='1' lat='46.1x' lon='1'/></osm>", "position d'un nœud illisible"),
        (f"{XML}<node id='1' lat='460' lon='1'/></osm>", "position d'un nœud illisible"),
        (f"{XML}<node id='x' lat='46' lon='1'/></osm>", "identifiant illisible"),
        (f"{XML}<node id='1' lat='46' lon='1' version='-3'/></osm>", "version ou date d'un objet illisible"),
        (f"{XML}\n<node id='1' lat='46", "XML mal formé ou coupé avant sa fin, ligne 2"),
        ("<html></html>", "XML d'une autre sorte"),
        ("<osm version='0.5'></osm>", "version d'OpenStreetMap XML autre que 0.6"),
        ("", "fichier vide"),
    ],
)
def test_why_an_extract_is_refused_is_told_in_french_alone(tmp_path, content, why):
    path = tmp_path / "r.osm"
    path.write_text(content)
    with pytest.raises(SourceError) as error:
        read_osm(path)
    assert f"lisible ({why}" in str(error.value)
    for english in ("error", "illegal", "character", "token", "element", "file"):
        assert english not in str(error.value)


@pytest.mark.parametrize("name", ["ov.json", "ov.osm"])
def test_an_answer_of_overpass_in_json_is_refused_by_its_name(tmp_path, name):
    path = tmp_path / name
    path.write_text('{"version":0.6,"elements":[{"type":"node","id":1,"tags":{"remark":"rue"}}]}')
    with pytest.raises(SourceError, match=r"réponse d'Overpass en JSON.*demandez \[out:xml\]") as error:
        read_modes(path)
    assert "rue" not in str(error.value).replace("route", "")
    path.write_text(
        '{"version": 0.6, "elements": [\n],\n"remark": "runtime error: Query \\"timed out\\" after 26 s"\n}\n'
    )
    with pytest.raises(SourceError, match='Overpass y dit : « runtime error: Query "timed out" after 26 s »'):
        read_modes(path)


def test_a_file_that_is_absent_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"« absent\.osm\.pbf » est illisible ou absent"):
        read_osm(tmp_path / "absent.osm.pbf")


@pytest.mark.parametrize("ways", [[], [((1, 2, 99), {"building": "yes"})], [((1,), PLAIN)], [((98, 99), PLAIN)]])
def test_an_extract_without_roads_is_refused(tmp_path, ways):
    with pytest.raises(NetworkError, match=r"extrait\.osm : aucune route"):
        read_osm(osm_file(tmp_path, NORTH, ways))


def test_a_node_twice_in_a_row_changes_nothing(tmp_path):
    once = streets(read_osm(osm_file(tmp_path, NORTH, [((1, 2, 3), PLAIN)])), NORTH)
    twice = streets(read_osm(osm_file(tmp_path, NORTH, [((1, 2, 2, 3), PLAIN)])), NORTH)
    assert twice[1, 3] == pytest.approx(once[1, 3])


def test_escaped_values_are_read_as_written(tmp_path):
    # A space, a comma, a percent sign: the limit is in each; a tag that only ends like one of ours is not looked at.
    tags = {"highway": "secondary", "maxspeed": "50 mph", "name": "100 %, rue", "old_maxspeed": "30", "Taccess": "no"}
    found = streets(read_osm(osm_file(tmp_path, NORTH, [((1, 2, 3), tags)])), NORTH)
    assert found[1, 3][0] == pytest.approx(50 * 1.609344 * 0.85, rel=1e-5)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(
        st.tuples(st.integers(-1_800_000_000, 1_800_000_000), st.integers(-900_000_000, 900_000_000)),
        min_size=2,
        max_size=6,
    ),
    first_id=st.integers(1, 2**34),
)
def test_places_are_those_of_the_file_to_the_last_digit(tmp_path, places, first_id):
    path = tmp_path / "partout.osm"
    nodes = "".join(
        f'<node id="{first_id + i}" version="1" lon="{Decimal(lon).scaleb(-7):f}" lat="{Decimal(lat).scaleb(-7):f}"/>'
        for i, (lon, lat) in enumerate(places)
    )
    refs = "".join(f'<nd ref="{first_id + i}"/>' for i in reversed(range(len(places))))
    path.write_text(f'<osm version="0.6">{nodes}<way id="1" version="1">{refs}{tag_lines(PLAIN)}</way></osm>')
    ways, _ = read_extracts([path], speed_profile())
    assert [ways.lon.tolist(), ways.lat.tolist()] == [
        [int(x) / 1e7 for x in axis] for axis in zip(*places, strict=True)
    ]
    assert ways.point.tolist() == list(reversed(range(len(places))))


def test_an_extract_with_a_place_off_the_earth_is_refused(tmp_path):
    path = osm_file(tmp_path, NORTH | {4: (0, 60_000)}, [((1, 2, 3, 4), PLAIN)])
    with pytest.raises(
        SourceError, match=r"« extrait\.osm » n'est pas un extrait OpenStreetMap lisible \(position d.un nœud illisible"
    ):
        read_osm(path)


def test_a_line_that_was_cut_short_is_left_out():
    # As when the process that writes the lines is stopped; its status is what tells so.
    lines = [b"n7 Thighway=traffic_signals x1 y1\n", b"w1 Thighway=primary Nn7x1y1,n8x1y1.5\n", b"w2 Thighway=prim"]
    roads = _read_roads(lines, speed_profile())
    assert (roads.ids.tolist(), roads.lat.tolist(), roads.signals.tolist()) == ([1], [10_000_000, 15_000_000], [7])


# --- several extracts ----------------------------------------------------------------------------

#: A street of three ways and a lane across it; lights stand in the east. Ways are numbered from 100.
REGION = {
    1: (0, 0),
    2: (1, 0),
    3: (2, 0),
    4: (3, 0, {"highway": "traffic_signals"}),
    5: (4, 0),
    6: (2, 1),
    7: (2, -1),
}
REGION_WAYS = {
    100: ((1, 2), PLAIN),
    101: ((6, 3, 7), PLAIN | {"oneway": "yes"}),
    102: ((2, 3, 4), {"highway": "secondary"}),
    103: ((4, 5), {"highway": "tertiary"}),
}


def extract_of(folder, name, ways, nodes):
    """Write some ways and nodes of the region."""
    path = osm_file(folder, {n: REGION[n] for n in nodes}, [REGION_WAYS[way] for way in ways], name)
    text = path.read_text(encoding="utf-8")
    for place, way in reversed(list(enumerate(ways))):
        text = text.replace(f'<way id="{100 + place}"', f'<way id="{way}"')
    path.write_text(text, encoding="utf-8")
    return path


def arrays_of(network):
    return {name: getattr(network, name).tobytes() for name in ARRAYS}


@pytest.fixture
def region(tmp_path):
    return extract_of(tmp_path, "region.osm", REGION_WAYS, REGION)


@pytest.mark.parametrize(
    ("west", "east"),
    [
        # The way 102 is in both, whole.
        (([100, 101, 102], [1, 2, 3, 4, 6, 7]), ([102, 103], [2, 3, 4, 5])),
        # It is in both, and each holds only its own nodes of it.
        (([100, 101, 102], [1, 2, 3, 6, 7]), ([102, 103], [4, 5])),
        # It is in one, some of its nodes only in the other.
        (([100, 101], [1, 2, 3, 6, 7]), ([102, 103], [4, 5])),
        (([100, 101, 102, 103], list(REGION)), ([100, 101, 102, 103], list(REGION))),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_overlapping_extracts_are_the_network_of_both_together(tmp_path, region, west, east, order):
    parts = [extract_of(tmp_path, "ouest.osm", *west), extract_of(tmp_path, "est.osm", *east)][::order]
    assert arrays_of(read_osm(parts)) == arrays_of(read_osm(region))


def test_one_extract_alone_lacks_the_roads_of_the_other(tmp_path, region):
    west = extract_of(tmp_path, "ouest.osm", [100, 101], [1, 2, 3, 6, 7])
    assert set(streets(read_osm([west]), REGION)) == {(1, 2), (2, 1), (6, 7)}
    whole = {(1, 3), (3, 1), (3, 5), (5, 3), (6, 3), (3, 7)}
    assert set(streets(read_osm(region), REGION)) == whole


def test_every_extract_is_named_with_its_checksum(tmp_path):
    west, east = (extract_of(tmp_path, name, [100], [1, 2]) for name in ("ouest.osm", "est.osm"))
    source = read_osm([west, str(east)]).source
    assert source.file == "ouest.osm, est.osm"
    assert source.sha256 == ", ".join(sha256(path.read_bytes()).hexdigest() for path in (west, east))


def test_the_extract_that_cannot_be_read_is_named(tmp_path, region):
    bad = tmp_path / "abîmé.osm"
    bad.write_bytes(b"<html>")
    with pytest.raises(SourceError, match=r"« abîmé\.osm » n'est pas un extrait"):
        read_osm([region, bad])
    with pytest.raises(SourceError, match="Aucun extrait"):
        read_osm([])


def test_roads_of_several_extracts_are_read_as_one(tmp_path, region):
    parts = [extract_of(tmp_path, "ouest.osm", [100, 101, 102], REGION), extract_of(tmp_path, "est.osm", [103], REGION)]
    assert arrays_of(read_roads(parts)) == arrays_of(read_roads(region))
    with pytest.raises(ParameterError, match=r"trouvé : « routes\.gpkg »"):
        read_roads([region, tmp_path / "routes.gpkg"])
    with pytest.raises(ParameterError, match="aucun fichier"):
        read_roads([])


# --- osmnx ---------------------------------------------------------------------------------------

#: A town of streets of every kind: one-ways, a roundabout, lights at a crossing, a bend, a loop, an island.
TOWN = {
    1: (0, 0),
    2: (2, 0),
    3: (4, 0, {"highway": "traffic_signals"}),
    4: (6, 0),
    5: (0, 3),
    6: (2, 3),
    7: (4, 3),
    8: (6, 3),
    9: (3, -1),
    10: (1, 1.4),
    11: (7, 4),
    12: (8, 3),
    13: (7, 2),
    14: (12, 3),
    15: (20, 20),
    16: (21, 20),
    17: (-2, 0),
    18: (-3, 1),
    19: (-3, -1),
    20: (6, -2),
}
TOWN_WAYS = [
    ((1, 2, 3, 4), {"highway": "secondary", "maxspeed": "50"}),
    ((5, 6, 7, 8), {"highway": "tertiary"}),
    ((1, 10, 5), {"highway": "residential", "oneway": "yes"}),
    ((2, 6), {"highway": "residential", "oneway": "-1"}),
    ((3, 7), {"highway": "residential", "maxspeed": "FR:zone30"}),
    ((2, 9, 3), {"highway": "residential"}),
    ((8, 13, 12, 11, 8), {"highway": "tertiary", "junction": "roundabout"}),
    ((12, 14), {"highway": "secondary", "maxspeed": "80"}),
    ((4, 13), {"highway": "residential"}),
    ((15, 16), {"highway": "residential"}),
    ((1, 17, 18, 19, 17), {"highway": "residential"}),
    ((4, 20), {"highway": "residential"}),
    ((6, 9), {"highway": "residential", "access": "private"}),
]
POINTS = [(1, 0), (5, 0.1), (3.2, 3), (0.9, 1.4), (2, 1), (10, 3), (7.8, 2.8), (-3, 0), (3.1, -0.9), (6, 1)]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return osm_file(tmp_path_factory.mktemp("town"), TOWN, TOWN_WAYS, "ville.osm")


def osmnx_graph(path, *, simplify):
    import osmnx  # noqa: PLC0415 - takes seconds to import

    with warnings.catch_warnings():
        # osmnx says that it did not write the file itself.
        warnings.filterwarnings("ignore", "The XML file you are loading appears to have been", UserWarning)
        return osmnx.graph_from_xml(path, retain_all=True, simplify=simplify)


def town_times(network):
    east, north = np.array(POINTS).T
    points = snap(network, LON + east / 1000, LAT + north / 1000)
    assert (points.link >= 0).all()
    return times_between(network, points, points)


@pytest.fixture(scope="module")
def graphs(town):
    return {simplify: osmnx_graph(town, simplify=simplify) for simplify in (False, True)}


@pytest.mark.parametrize("simplify", [False, True])
def test_an_osmnx_graph_of_the_same_roads_gives_the_same_times(town, graphs, simplify):
    expected_time, expected_length = town_times(read_osm(town))
    time, length = town_times(read_osmnx(graphs[simplify]))
    assert np.isfinite(expected_time).all()
    np.testing.assert_allclose(time, expected_time, rtol=1e-4)
    np.testing.assert_allclose(length, expected_length, rtol=1e-4)
    # The times differ by direction: the one-way streets were followed.
    assert np.abs(expected_time - expected_time.T).max() > 10


def test_a_graphml_file_of_osmnx_gives_the_same_network(tmp_path, graphs):
    import osmnx  # noqa: PLC0415

    path = tmp_path / "ville.graphml"
    osmnx.save_graphml(graphs[True], path)
    network = read_osmnx(path)
    np.testing.assert_allclose(town_times(network)[0], town_times(read_osmnx(graphs[True]))[0], rtol=1e-6)
    assert (network.source.file, len(network.source.sha256)) == ("ville.graphml", 64)
    assert network.source.name == "OpenStreetMap (osmnx)"


def test_a_projected_graph_is_refused(graphs):
    import osmnx  # noqa: PLC0415

    with pytest.raises(NetworkError, match="un graphe en longitude et latitude"):
        read_osmnx(osmnx.project_graph(graphs[False]))


@pytest.mark.parametrize("content", [b"", b"garbage", b"<?xml version='1.0'?><graphml></graphml>"])
def test_a_file_that_is_no_graphml_is_refused(tmp_path, content):
    path = tmp_path / "graphe.graphml"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"« graphe\.graphml » n'est pas un graphe GraphML d'osmnx"):
        read_osmnx(path)


def test_a_graphml_file_that_is_absent_is_refused(tmp_path):
    with pytest.raises(SourceError, match="illisible ou absent"):
        read_osmnx(tmp_path / "absent.graphml")


def test_an_empty_graph_is_refused(graphs):
    empty = graphs[False].copy()
    empty.remove_edges_from(list(empty.edges))
    with pytest.raises(NetworkError, match="aucune route"):
        read_osmnx(empty)


@pytest.mark.parametrize("limit", [50, 50.0, [30, 50]])
def test_limits_that_are_numbers_are_read(graphs, limit):
    graph = graphs[False].copy()
    for _, _, data in graph.edges(data=True):
        data["maxspeed"] = limit
    assert read_osmnx(graph).n_edges > 0


@pytest.mark.parametrize("missing", ["x", "length"])
def test_a_graph_that_is_not_osmnx_s_is_refused(graphs, missing):
    graph = graphs[False].copy()
    for _, data in graph.nodes(data=True):
        data.pop(missing, None)
    for _, _, data in graph.edges(data=True):
        data.pop(missing, None)
    with pytest.raises(MaillageError):
        read_osmnx(graph)
