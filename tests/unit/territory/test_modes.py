"""A territory of streets for cars, feet and bicycles and of a timetable: built, saved, asked by the command line."""

import datetime as dt
import html
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyproj
import pytest

from geo import Territory
from geo.answers.without_car import transit_notes
from geo.errors import ParameterError
from geo.finder.answer import find_sites
from geo.finder.other_modes import times_by_mode
from geo.finder.site_trips import trips_from
from geo.finder.without_car import RoundTrips
from geo.network.modes import RELIEF_COUNTED, RELIEF_NOTE
from geo.sources.relief import STEP_M, Relief
from geo.territory import assemble
from geo.transit.round_trip import Rules
from geo.transit.walks import walks_within
from tests.conftest import CENTRES
from tests.unit.transit.small_feed import write_feed

pytestmark = pytest.mark.usefixtures("loaded_once")

#: Metres east of the site of commune A at which somebody lives, on the road; a path leads from there to the site.
HOME_M = 1000
MONDAY = dt.date(2025, 2, 3)
FLAT = Relief(np.zeros((2, 2), np.uint8), -10.0, 40.0, 20.0)


@pytest.fixture(scope="module")
def place(small_world, tmp_path_factory):
    """Return the folder of the territory, where somebody lives and where the site of commune A is, degrees.

    A road makes a detour of 3 km for cars; a path of 1 km is for feet; a bus of one minute passes on Mondays.
    """
    folder = tmp_path_factory.mktemp("modes")
    to_degrees = pyproj.Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True).transform
    x, y = CENTRES["64001"]
    corners = {1: (x, y), 2: (x, y + 1000), 3: (x + HOME_M, y + 1000), 4: (x + HOME_M, y)}
    where = {number: to_degrees(*at) for number, at in corners.items()}
    nodes = "".join(f'<node id="{n}" version="1" lon="{lon:.7f}" lat="{lat:.7f}"/>' for n, (lon, lat) in where.items())
    road = "".join(f'<nd ref="{n}"/>' for n in (1, 2, 3, 4))
    (folder / "ways.osm").write_text(
        f'<osm version="0.6">{nodes}<way id="1" version="1">{road}<tag k="highway" v="tertiary"/></way>'
        '<way id="2" version="1"><nd ref="4"/><nd ref="1"/><tag k="highway" v="footway"/></way></osm>'
    )
    (home_lon, home_lat), (site_lon, site_lat) = where[4], where[1]
    write_feed(
        folder / "feed.zip",
        stops=f"stop_id,stop_name,stop_lat,stop_lon\nH,Maison,{home_lat},{home_lon}\nS,Mairie,{site_lat},{site_lon}\n",
        routes="route_id,route_short_name,route_type\nB,1,3\n",
        trips="route_id,service_id,trip_id\nB,week,out\nB,week,back\n",
        stop_times=(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nout,09:09:00,09:09:00,H,1\n"
            "out,09:10:00,09:10:00,S,2\nback,09:57:00,09:57:00,S,1\nback,09:58:00,09:58:00,H,2\n"
        ),
        calendar_dates=None,
        frequencies=None,
        transfers=None,
    )
    files = {"communes": small_world.communes, "sites": small_world.sites, "roads": folder / "ways.osm"}
    files["population"] = small_world.population
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assemble, "project_relief", lambda: FLAT)
        Territory.build("64", **files, gtfs=[folder / "feed.zip"]).save(folder / "t")
    return folder / "t", where[4], where[1]


@pytest.fixture(scope="module")
def on_a_hill(place, small_world, tmp_path_factory):
    """Return the territory on level ground and on a hill: 40 m of the path of 1 km are climbed from the site to the home.

    A street ends at the home and at the site, so that the road and the path are two ways between them.
    """
    (folder, home, site), made = place, tmp_path_factory.mktemp("hill")
    ways = (folder.parent / "ways.osm").read_text()
    ends = "".join(
        f'<node id="{n}" version="1" lon="{lon:.7f}" lat="{lat - 0.001:.7f}"/>'
        for n, (lon, lat) in ((5, site), (6, home))
    )
    streets = "".join(
        f'<way id="{way}" version="1"><nd ref="{one}"/><nd ref="{other}"/><tag k="highway" v="residential"/></way>'
        for way, one, other in ((3, 1, 5), (4, 4, 6))
    )
    ways = ways.replace('<way id="1"', f'{ends}<way id="1"').replace("</osm>", f"{streets}</osm>")
    (made / "ways.osm").write_text(ways)
    files = {"communes": small_world.communes, "sites": small_world.sites, "roads": made / "ways.osm"}
    files |= {"population": small_world.population, "gtfs": [folder.parent / "feed.zip"]}
    grounds = FLAT, hill(site[0], 40 / (home[0] - site[0]))
    made_on = []
    with pytest.MonkeyPatch.context() as patch:
        for ground in grounds:
            patch.setattr(assemble, "project_relief", lambda ground=ground: ground)
            made_on.append(Territory.build("64", **files))
    return made_on


def hill(foot, metres_a_degree):
    """Return a relief that is level west of a meridian and climbs evenly to the east, and as far as it can be told."""
    steps = np.tile(np.array([0.0, 0.0, 1.0]) * metres_a_degree * 0.1 / STEP_M, (40, 1))
    assert steps.max() < 255
    return Relief(steps, foot - 0.1, 42.0, 0.1)


def test_a_territory_keeps_the_streets_of_each_mode(place):
    territory = Territory.load(place[0])
    assert {mode: round(float(one.edge_length_m.sum()), -2) for mode, one in territory.active.items()} == {
        "walk": 8000,
        "bike": 6000,
    }
    assert [source.vintage for source in territory.manifest.sources if source.dataset.startswith("Horaires")] == [
        "01/01/2025 au 31/03/2025"
    ]


def test_the_way_on_foot_takes_the_path_and_the_bicycle_the_road(place):
    folder, home, site = place
    territory = Territory.load(folder)
    lon, lat = (np.array([value]) for value in site)
    walk, bike = (times_by_mode(territory, mode, home, lon, lat) for mode in ("walk", "bike"))
    assert walk[0][0] == pytest.approx(1000 / 4800 * 60, rel=0.01)
    assert bike[0][0] == pytest.approx(3000 / 15000 * 60, rel=0.01)
    assert (walk[2], bike[2]) == (False, False)


def test_slopes_count_on_foot_and_by_bicycle_and_never_by_car(place, on_a_hill):
    """4 % for a kilometre: Tobler by hand, 6 exp(-3.5 |s + 0.05|) km/h, and 21.6 - 1.44 x 4 km/h of 21.6 by bicycle."""
    _, home, site = place
    flat, steep = on_a_hill
    for name in ("edges", "edge_offsets", "x", "y", "place", "link_edges", "shape_xy"):
        assert getattr(flat.network, name).tobytes() == getattr(steep.network, name).tobytes()
    ways = {"down": (home, site), "up": (site, home)}
    took = {
        (mode, way): times_by_mode(steep, mode, start, *(np.array([value]) for value in end))[0][0]
        for mode in ("walk", "bike")
        for way, (start, end) in ways.items()
    }
    on_flat = np.exp(-3.5 * 0.05)
    assert took["walk", "up"] == pytest.approx(12.5 * on_flat / np.exp(-3.5 * 0.09), rel=0.01)
    assert took["walk", "down"] == pytest.approx(12.5 * on_flat / np.exp(-3.5 * 0.01), rel=0.01)
    # The road of 3 km climbs the same 40 m: on its kilometre from west to east alone.
    assert took["bike", "up"] == pytest.approx(8 + 4 * 21.6 / (21.6 - 1.44 * 4), rel=0.02)
    assert took["bike", "down"] == pytest.approx(8 + 4 * 21.6 / (21.6 + 0.86 * 3.953), rel=0.02)
    trips = RoundTrips.of(steep)
    here, there = (tuple(np.array([value]) for value in each) for each in (home, site))
    _, _, seconds, back = trips.walks_all_the_way(here, there)
    assert seconds[0] == pytest.approx(60 * took["walk", "down"], abs=1)
    assert back[0] == pytest.approx(60 * took["walk", "up"], abs=1)
    assert [RELIEF_NOTE in note or RELIEF_COUNTED in note for note in transit_notes(steep)].count(True) == 1
    assert RELIEF_COUNTED in transit_notes(steep)


def test_the_answer_tells_each_mode_and_may_be_asked_by_one(place):
    folder, home, _ = place
    territory = Territory.load(folder)
    by_car = find_sites(territory, *home, k=1).sites[0]
    assert [(each.mode, round(each.travel_time_min, 1)) for each in by_car.other_modes] == [
        ("walk", 12.5),
        ("bike", 12),
    ]
    on_foot = find_sites(territory, *home, k=1, mode="walk").sites[0]
    assert (on_foot.mode, round(on_foot.travel_time_min, 1), on_foot.estimated) == ("walk", 12.5, False)
    with pytest.raises(ParameterError, match="« plane » inconnu"):
        find_sites(territory, *home, mode="plane")


def test_a_stop_off_the_street_is_no_farther_than_straight_to_it(place):
    """Where somebody lives 300 m off the street and the stop is there, they need not walk to the street and back."""
    folder, _, _ = place
    territory = Territory.load(folder)
    x, y = CENTRES["64001"]
    to_degrees = pyproj.Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True).transform
    lon, lat = (np.array(axis) for axis in to_degrees([x + 500] * 3, [y - 300, y - 360, y]))
    one, other, seconds = walks_within(territory.active["walk"], territory.network.crs, (lon, lat), (lon, lat), 1200)
    took = dict(zip(zip(one.tolist(), other.tolist(), strict=True), seconds.tolist(), strict=True))
    pace = territory.active["walk"].access_m_per_s
    assert took[0, 0] == took[1, 1] == 0
    assert took[0, 1] == took[1, 0] == pytest.approx(60 / pace, abs=1)
    assert took[0, 2] == pytest.approx(300 / pace, abs=1)


def test_the_bus_is_taken_where_it_is_sooner_than_walking(place):
    folder, home, _ = place
    territory = Territory.load(folder)
    (one,) = (each for each in trips_from(RoundTrips.of(territory), *home, MONDAY, 1))
    # On foot 12.5 min each way and 45 min there: 70 min; by bus from 9:09 to 9:58: 49 min.
    assert one.time_out_min == 49
    assert [step.line for step in (*one.there, *one.back)] == ["1", "1"]


def test_the_command_line_tells_them_in_words_and_in_json(place, small_world, run, tmp_path):
    folder, home, _ = place
    near = ["nearest", folder, "--lon", home[0], "--lat", home[1], "--at", "2025-02-03 09:00", "-k", "1"]
    said = run(*near, "--mode", "transit")[1].replace("\u00a0", " ")
    assert "Aller : car 1 de Maison 9 h 09 à Mairie 9 h 10" in said
    assert "Horaires : feed.zip, 01/01/2025 au 31/03/2025." in said
    assert json.loads(run(*near, "--mode", "transit", "--json")[1])["round_trips"][0]["time_out_min"] == 49
    assert run(*near, "--mode", "transit", "--saturday")[0] == 2
    assert "(1,0 km) à pied" in run(*near, "--mode", "walk")[1].replace("\u00a0", " ")
    assert (
        "peuvent, sans voiture, aller dans un site"
        in run("diagnose", folder, "--mode", "transit", "--day", "2025-02-03")[1]
    )
    usual = run("diagnose", folder, "--mode", "transit")[1].replace("\u00a0", " ")
    assert (
        "Jour : mardi 7 janvier 2025, hors vacances scolaires de la zone A, 2 trajets (choisi parmi les jours" in usual
    )
    assert json.loads(run("diagnose", folder, "--mode", "transit", "--json")[1])["named_day"]["trips"] == 2
    status, on_foot, _ = run("diagnose", folder, "--mode", "walk")
    assert (status, "à pied" in on_foot) == (0, True)
    assert run("diagnose", folder, "--mode", "transit", "--window", "9-7")[0] == 2
    status, _, error = run(*near, "--mode", "boat")
    assert (status, "car, walk, bike, transit" in error) == (2, True)
    files = ["--sites", small_world.sites, "--communes", small_world.communes, "--gtfs", folder.parent / "feed.zip"]
    status, said, _ = run("build", "--departement", "64", *files, "--out", tmp_path / "again")
    assert (status, "Jours types des horaires : mardi" in said) == (0, True)
    status, told, _ = run("build", "--departement", "64", *files, "--out", tmp_path / "told", "--json")
    assert (status, json.loads(told)["named_days"][0]["date"]) == (0, "2025-01-07")
    assert Territory.load(tmp_path / "again").schedule.trips["trip_id"].tolist() == ["out", "back"]


def test_the_map_on_paper_tells_what_the_terminal_tells(place, run, tmp_path):
    asked = ["map", place[0], "--kind", "without-car", "--date", "2026-11-22"]
    status, said, _ = run(*asked, "--day", "2025-02-03", "--out", tmp_path / "map.svg", "--json")
    told = json.loads(said)
    assert status == 0
    assert (
        told["title"].replace("\u00a0", " ")
        == "Aller-retour sans voiture, lundi 3 février 2025, Pyrénées-Atlantiques, 1 commune"
    )
    sentence = (
        run("diagnose", place[0], "--mode", "transit", "--day", "2025-02-03")[1].splitlines()[0].partition(" : ")[2]
    )
    assert sentence in told["description"]
    assert "Pentes comptées" in told["description"]
    assert run(*asked, "--out", tmp_path / "usual.svg")[0] == 0
    status, _, error = run("map", place[0], "--day", "2025-02-03", "--out", tmp_path / "no.svg")
    assert (status, "--day n'a de sens qu'avec --kind without-car" in error) == (2, True)
    status, _, error = run("map", "64", "--kind", "without-car", "--out", tmp_path / "no.svg")
    assert (status, "n'a pas d'horaires" in error) == (2, True)
    assert not (tmp_path / "no.svg").exists()


def test_the_answer_of_a_day_is_written_as_tables(place, run, tmp_path):
    asked = ["diagnose", place[0], "--mode", "transit", "--day", "2025-02-03", "--window", "09:00-10:00"]
    said = run(*asked, "--out", tmp_path / "out")[1]
    assert f"Fichiers écrits dans {tmp_path / 'out'} : round_trips.csv" in said
    page = (tmp_path / "out" / "round_trips.html").read_text(encoding="utf-8")
    assert said.partition(" : ")[2].splitlines()[0] in html.unescape(page)
    rows = pd.read_parquet(tmp_path / "out" / "round_trips.parquet").set_index("name")
    content = json.loads((tmp_path / "out" / "round_trips.json").read_text(encoding="utf-8"))
    assert content == json.loads(run(*asked, "--json")[1])
    assert content["named_day"]["date"] == content["day"] == "2025-02-03"
    shares = {row["name"]: row["share_round_trip"] for row in content["by_commune"]}
    known = rows["share_round_trip"]
    assert shares == known.astype(object).where(known.notna(), None).to_dict()
    assert rows["code"][rows["share_round_trip"] == 0].to_list() == content["communes_without"]
    assert rows["residents_served"].sum() == content["residents_served"]
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    fields = {field["column"]: field for field in described[0]["schema"]["fields"]}
    assert (fields["time_out_min"]["type"], fields["time_out_min"]["unit"]) == ("number", "min")
    assert fields["earliest_arrival"]["type"] == "string"


def test_a_feed_without_two_stops_near_the_territory_is_said_to_serve_nothing(small_world, tmp_path, caplog):
    write_feed(
        tmp_path / "far.zip",
        stops="stop_id,stop_name,stop_lat,stop_lon\nH,Loin,-30.0,-51.0\nS,Plus loin,-30.1,-51.1\n",
        routes="route_id,route_short_name,route_type\nB,1,3\n",
        trips="route_id,service_id,trip_id\nB,week,out\n",
        stop_times=(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nout,09:00:00,09:00:00,H,1\n"
            "out,09:10:00,09:10:00,S,2\n"
        ),
        calendar_dates=None,
        frequencies=None,
        transfers=None,
    )
    Territory.build("64", communes=small_world.communes, sites=small_world.sites, gtfs=[tmp_path / "far.zip"])
    said = "Horaires « far.zip » : aucun trajet n'a deux arrêts sur le territoire ou à côté."
    assert caplog.messages.count(said) == 1


def test_where_no_street_is_known_the_walk_to_a_stop_climbs_as_the_walk_to_a_site(embedded):
    """From Bedous and back, to all sites: as long as `--mode walk` estimates each, slopes and crests included.

    Near Dunkerque as well, where 997 m are 1 000 m of the projection: on a line, places 1 m apart.
    """
    sites = embedded.sites.geometry.x.to_numpy(), embedded.sites.geometry.y.to_numpy()
    metres = np.arange(1_000, 1_300)
    line = pyproj.Geod(ellps="GRS80").fwd(*np.full((2, 300), [[2.5], [51.0]]), np.full(300, 90), metres)[:2]
    bedous = embedded.communes.loc["64104"]
    for (lon, lat), places, walk_min in (((bedous["lon"], bedous["lat"]), sites, 120), ((2.5, 51.0), line, 20)):
        here = np.array([lon]), np.array([lat])
        schedule = SimpleNamespace(stops=pd.DataFrame({"lon": places[0], "lat": places[1]}))
        trips = RoundTrips(embedded, schedule, None, "Europe/Paris", Rules(walk_min=walk_min))
        _, stop, there_s, back_s = trips.walks_to_stops(here)
        there = times_by_mode(embedded, "walk", (lon, lat), *places)[0]
        back = [times_by_mode(embedded, "walk", start, *here)[0][0] for start in zip(*places, strict=True)]
        longest = np.maximum(there, back) * 60
        np.testing.assert_array_equal(stop, np.flatnonzero(longest <= walk_min * 60))
        np.testing.assert_array_equal(there_s, np.ceil(there[stop] * 60 - 0.01))
        np.testing.assert_array_equal(back_s, np.ceil(np.array(back)[stop] * 60 - 0.01))
        assert 0 < len(stop) < len(longest)
        assert (there_s != back_s).any() == (walk_min == 120)
