"""Round trips by the regional trains of early 2025 in the Pyrénées-Atlantiques, checked against the rows of the timetable."""

import csv
import datetime as dt
import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from geo.answers.round_trips import round_trip_in_short, transit_lines, trip_titles, way_words
from geo.finder.near_stops import StopsNear
from geo.finder.residents_trips import residents_round_trips
from geo.finder.site_trips import trips_from
from geo.finder.without_car import RoundTrips, hours_on
from geo.territory.margin import bounds
from geo.transit.gtfs import read_gtfs
from geo.transit.journeys import journeys
from geo.transit.round_trip import round_trip

TUESDAY = dt.date(2025, 2, 4)
FEED = "gtfs/sncf-ter-2025-01.zip"
#: From, site, and what the timetable says: number of each train there and back, with its departure and arrival.
BY_HAND = [
    ("Bedous", "2083", ["867416 07:22 08:21"], ["867423 12:13 13:09"]),
    ("Pau", "949", ["867419 08:48 09:53"], ["867426 12:09 13:19"]),
    ("Bidos", "949", ["867419 09:28 09:53"], ["867426 12:09 12:34"]),
    ("Pau", "2083", ["867411 07:15 07:24"], ["867424 09:58 10:08"]),
    ("Pau", "1799", ["867240 07:38 08:06"], ["872733 09:41 10:10"]),
    # There at 9:06 by the train of 8:52, one would have to leave for that of 9:53 at 9:50: 44 minutes.
    ("Hendaye", "2811", ["866464 08:16 08:27"], ["866521 09:19 09:33"]),
    ("Hendaye", "3165", ["866506 08:52 09:51"], ["866525 11:03 12:07"]),
    ("Saint-Jean-Pied-de-Port", "3047", ["867310 08:40 09:30"], ["867309 12:50 13:40"]),
    (
        "Saint-Jean-Pied-de-Port",
        "2811",
        ["867302 06:24 07:31", "866517 07:47 08:11"],
        ["866522 16:41 17:04", "867319 17:13 18:18"],
    ),
    ("Bidos", "1799", ["867426 12:35 13:19", "867246 13:36 14:04"], ["867217 16:51 17:20", "867435 17:38 18:18"]),
]


@pytest.fixture(scope="module")
def timetable(shared_data):
    """Return the calls of each train that runs that day, by its number, straight from the rows of the files."""
    with zipfile.ZipFile(shared_data / FEED) as archive:

        def rows(name):
            return csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig"))

        runs = {
            row["service_id"]
            for row in rows("calendar_dates.txt")
            if (row["date"], row["exception_type"]) == ("20250204", "1")
        }
        number = {row["trip_id"]: row["trip_headsign"] for row in rows("trips.txt") if row["service_id"] in runs}
        named = {row["stop_id"]: row["stop_name"] for row in rows("stops.txt")}
        calls = {}
        for row in rows("stop_times.txt"):
            if row["trip_id"] in number:
                at = (named[row["stop_id"]], row["arrival_time"], row["departure_time"])
                calls.setdefault(number[row["trip_id"]], []).append(at)
    return calls


@pytest.fixture(scope="module")
def round_trips(shared_data, embedded):
    schedule = read_gtfs(shared_data / FEED).near(*bounds(embedded.communes))
    return RoundTrips.of(replace(embedded, schedule=schedule))


def _from(round_trips, name, day=TUESDAY, k=30):
    communes = round_trips.territory.communes
    lon, lat = communes.loc[communes["name"] == name, ["lon", "lat"]].iloc[0]
    return {one.facility_id: one for one in trips_from(round_trips, lon, lat, day, k, look_ahead=False)}


@pytest.mark.parametrize(("start", "site", "there", "back"), BY_HAND, ids=lambda value: str(value)[:24])
def test_ten_round_trips_are_those_of_the_timetable(round_trips, timetable, start, site, there, back):
    found = _from(round_trips, start)[site]
    for steps, expected in ((found.there, there), (found.back, back)):
        rides = [step for step in steps if step.line is not None]
        assert [f"{step.headsign} {step.departs:%H:%M} {step.arrives:%H:%M}" for step in rides] == expected
        for step in rides:
            calls = timetable[step.headsign]
            assert (step.from_stop, f"{step.departs:%H:%M:%S}") in {(name, departs) for name, _, departs in calls}
            assert (step.to_stop, f"{step.arrives:%H:%M:%S}") in {(name, arrives) for name, arrives, _ in calls}
    assert (found.home - found.leaves_home).total_seconds() / 60 == found.time_out_min
    assert (found.leaves_site - found.arrives).total_seconds() >= 2700
    opened = [(60 * start, 60 * end) for start, end in found.hours]
    arrives = found.arrives.hour * 3600 + found.arrives.minute * 60 + found.arrives.second
    assert any(max(arrives, start) + 2700 <= end for start, end in opened)


def test_a_village_without_a_train_has_no_round_trip_and_the_words_say_so(round_trips):
    found = _from(round_trips, "Urdos", k=3)
    assert not any(one.possible for one in found.values())
    lines = list(transit_lines(list(found.values()), TUESDAY, round_trips.rules, ()))
    assert lines[:2] == [
        "Sans voiture, mardi 4\u00a0février 2025 :",
        "Vers les sites proches, aucun aller-retour possible ce jour-là.",
    ]
    assert "ni le site ni un arrêt n'est assez près de votre départ à pied" in lines[2]


def test_words_of_a_way_name_lines_stops_and_times(round_trips):
    words = way_words(_from(round_trips, "Bedous")["2083"].there)
    assert "train L55 (n° 867416) de Bedous 7\u00a0h\u00a022 à Gan 8\u00a0h\u00a021" in words


def test_at_the_same_hours_the_way_with_the_fewest_trains_is_told(round_trips):
    """From Ustaritz to Hendaye one changes in Bayonne; another train could be taken on to Boucau and back first."""
    found = _from(round_trips, "Hendaye")["3047"]
    assert [step.line for step in found.back if step.line is not None] == ["F54", "L51"]
    assert [f"{moment:%H:%M}" for moment in (found.leaves_site, found.home)] == ["16:14", "18:11"]


def test_the_first_useful_arrival_is_not_an_hour_before_the_doors_open(round_trips):
    """From Bidos the first train waits an hour for doors that open at 8:30; the next one is there two minutes after."""
    found = _from(round_trips, "Bidos")["2083"]
    assert found.hours[0][0] == 8 * 60 + 30
    assert (f"{found.earliest_arrival:%H:%M}"[:4], found.earliest_wait_min) == ("08:3", 0)


def test_a_site_closed_that_day_has_a_next_possible_day(round_trips):
    communes = round_trips.territory.communes
    lon, lat = communes.loc[communes["name"] == "Bidos", ["lon", "lat"]].iloc[0]
    sunday = dt.date(2025, 2, 2)
    gan = next(one for one in trips_from(round_trips, lon, lat, sunday, 8) if one.facility_id == "2083")
    assert (gan.why_not, gan.next_day) == ("closed", dt.date(2025, 2, 3))


def test_a_day_is_told_though_the_nearest_sites_have_none(round_trips):
    """On a Saturday no site is open that a train from Artix reaches, and no train goes near the five nearest."""
    communes = round_trips.territory.communes
    lon, lat = communes.loc[communes["name"] == "Artix", ["lon", "lat"]].iloc[0]
    saturday, monday = dt.date(2025, 2, 8), dt.date(2025, 2, 10)
    told = trips_from(round_trips, lon, lat, saturday, 5)
    nearest = list(_from(round_trips, "Artix", saturday, 5).values())
    assert [one.facility_id for one in told[1:]] == [one.facility_id for one in nearest[:4]]
    assert [one.next_day for one in told] == [monday] + [None] * 4, "the one to call comes first"
    assert trip_titles(told)[0] == "Le premier possible"
    for day in (saturday, saturday + dt.timedelta(days=1)):
        assert not any(one.possible for one in _from(round_trips, "Artix", day, 500).values())
    then = [each for each, one in _from(round_trips, "Artix", monday, 500).items() if one.possible]
    assert told[0].facility_id in then
    said = round_trip_in_short(told, saturday)
    assert said.endswith(f"prochain jour possible\u00a0: lundi 10\u00a0février, vers «\u00a0{told[0].name}\u00a0».")


def test_no_figure_leaves_a_site_out(round_trips):
    """Who has a round trip, and the shortest, against every pair of a commune and a site tried one by one.

    From Artix none of the ten nearest sites can be reached and left that day: those of Lourdes and Peyrehorade can.
    """
    territory, sites = round_trips.territory, round_trips.sites()
    points, places = ((t.geometry.x.to_numpy(), t.geometry.y.to_numpy()) for t in (territory.demand, sites))
    of_points, of_sites = StopsNear.around(round_trips, points), StopsNear.around(round_trips, places)
    walks = zip(*round_trips.walks_all_the_way(points, places), strict=True)
    on_foot = {(point, site): (there, back) for point, site, there, back in walks}
    best = np.full(len(territory.demand), np.nan)
    for site, row in enumerate(sites.to_dict("records")):
        if not (hours := hours_on(row, TUESDAY)):
            continue
        there, back = round_trips.profiles(TUESDAY, of_sites.of(site))
        open_s = round_trips.open_s(TUESDAY, hours, row["departement"])
        for point in range(len(best)):
            stops, to_stops_s, from_stops_s = of_points.of(point)
            if not len(stops) and (point, site) not in on_foot:
                continue
            ways = journeys(there, stops, to_stops_s), journeys(back, stops, from_stops_s)
            one = round_trip(*ways, open_s, round_trips.rules, on_foot.get((point, site)))
            if one is not None:
                best[point] = np.nanmin([best[point], one.time_out_min])
    found = residents_round_trips(round_trips, TUESDAY)
    np.testing.assert_array_equal(found["time_out_min"].to_numpy(float, na_value=np.nan), best)
    asked = np.flatnonzero(np.isfinite(best))
    assert len(asked) == 63
    for point in asked[::3]:  # asked alone, the answer is the same
        one = trips_from(round_trips, points[0][point], points[1][point], TUESDAY, 1, look_ahead=False)[0]
        assert one.time_out_min == best[point]
    artix = found[found["commune_code"] == "64061"].iloc[0]
    assert (artix["facility_id"], artix["time_out_min"]) == ("1799", 207)
