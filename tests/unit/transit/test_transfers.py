"""Changes that a feed tells: from one line to another, and by staying on the vehicle."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geo.answers.round_trips import way_words
from geo.errors import SchemaError
from geo.finder.site_trips import Step
from geo.transit.day import day_of, profile_to
from geo.transit.gtfs import read_gtfs
from geo.transit.journeys import journeys, legs
from geo.transit.kernels import NEVER
from geo.transit.walks import Walks
from tests.unit.transit.small_feed import FILES, write_feed

MONDAY = dt.date(2025, 2, 3)
#: Two cars leave the yard after the train of 8:30 on platform 1: line X at 8:33, line Y at 8:36, each to its own village.
LINES = {
    "stops": FILES["stops.txt"] + "X,Xaintrailles,43.3,-0.6,,\nY,Yzosse,43.4,-0.6,,\n",
    "routes": FILES["routes.txt"] + "RX,X,,3\nRY,Y,,3\n",
    "trips": FILES["trips.txt"] + "RX,week,x1,\nRY,week,y1,\nRX,week,x2,\nRY,week,y2,\n",
    "stop_times": FILES["stop_times.txt"]
    + "x1,08:33:00,08:33:00,G2,1,,\nx1,09:00:00,09:00:00,X,2,,\ny1,08:36:00,08:36:00,G2,1,,\n"
    + "y1,09:00:00,09:00:00,Y,2,,\nx2,10:33:00,10:33:00,G2,1,,\nx2,11:00:00,11:00:00,X,2,,\n"
    + "y2,10:36:00,10:36:00,G2,1,,\ny2,11:00:00,11:00:00,Y,2,,\n",
    "frequencies": None,
}
HEADER = "from_stop_id,to_stop_id,from_route_id,to_route_id,from_trip_id,to_trip_id,transfer_type,min_transfer_time\n"


def arrival(feed, to, start="V", after="08:00"):
    """Return when who leaves a stop after a time arrives at another, as HH:MM, on a Monday."""
    schedule = read_gtfs(feed)
    day = day_of(schedule, MONDAY, Walks.between_stops(schedule, None, "EPSG:2154"), "Europe/Paris")
    ids = schedule.stops["stop_id"]
    profile = profile_to(day, np.where(ids == to, 0, NEVER).astype(np.int64))
    found = []
    for stop in np.flatnonzero(ids == start).tolist():
        rows = profile.rows(stop)
        found += profile.arrival_s[rows][profile.departure_s[rows] >= day.seconds(_at(after))].tolist()
    return f"{day.moment(min(found)):%H:%M}" if found else None


def _at(clock):
    return dt.datetime.combine(MONDAY, dt.time.fromisoformat(clock), ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("rules", "to_x", "to_y"),
    [
        ("", "09:00", "09:00"),
        ("G1,G2,,,,,2,300\n", "11:00", "09:00"),
        ("G1,G2,,,,,2,300\nG1,G2,T,RX,,,2,60\n", "09:00", "09:00"),
        ("G1,G2,T,RX,,,2,60\nG1,G2,,,,,2,300\n", "09:00", "09:00"),
        ("G1,G2,,RY,,,2,600\n", "09:00", "11:00"),
        ("G1,G2,B,RY,,,2,600\n", "09:00", "09:00"),
        ("G1,G2,T,RX,,,3,\nG1,G2,,,t1,x1,2,120\n", "09:00", "09:00"),
        ("G1,G2,T,RX,,,3,\n", None, "09:00"),
        # What is said of a station holds for its platforms, what is said of a platform counts more.
        ("G,G,,,,,2,300\n", "11:00", "09:00"),
        ("G,G,,,,,2,300\nG1,G2,,,,,2,60\n", "09:00", "09:00"),
        # A place that is recommended, with no time, changes nothing; nor does a line that the feed does not hold.
        ("G1,G2,,,,,0,\nG1,G2,ZZ,RX,,,3,\n", "09:00", "09:00"),
    ],
)
def test_a_rule_of_two_lines_holds_for_them_alone(tmp_path, rules, to_x, to_y):
    feed = write_feed(tmp_path / "feed", **LINES, transfers=HEADER + rules)
    assert (arrival(feed, "X"), arrival(feed, "Y")) == (to_x, to_y)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (None, "08:50"),
        ("H,Z,2,", None),  # 40 km: no time told is no walk of a minute
        ("H,Z,1,", None),
        ("H,Z,0,", None),
        ("H,Z,2,0", "08:40"),
        ("H,Z,1,60", "08:40"),
        ("H,Y,2,", "08:50"),  # 300 m: as on foot without the rule
        ("H,Y,2,1200", None),
    ],
)
def test_a_change_without_a_time_takes_that_of_the_way_on_foot(tmp_path, rule, expected):
    near = "" if rule and ",Y," not in rule else "y,08:20:00,08:20:00,Y,1\ny,08:50:00,08:50:00,E,2\n"
    far = "z,08:17:00,08:17:00,Z,1\nz,08:40:00,08:40:00,E,2\n"
    feed = write_feed(
        tmp_path / "f",
        stops="stop_id,stop_name,stop_lat,stop_lon\nV,V,43.1,-0.6\nH,H,43.2,-0.6\nY,Y,43.2027,-0.6\nZ,Z,43.56,-0.6\n"
        "E,E,43.7,-0.6\n",
        trips="route_id,service_id,trip_id\nB,week,x\nB,week,y\nB,week,z\n",
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        f"x,08:00:00,08:00:00,V,1\nx,08:15:00,08:15:00,H,2\n{near}{far if rule else ''}",
        frequencies=None,
        transfers=f"from_stop_id,to_stop_id,transfer_type,min_transfer_time\n{rule}\n" if rule else None,
    )
    assert arrival(feed, "E") == expected


def test_a_rule_without_its_stop_is_a_fault(tmp_path):
    with pytest.raises(SchemaError, match=r"ligne 2 : transfers\.txt, to_stop_id vide"):
        read_gtfs(write_feed(tmp_path / "feed", **LINES, transfers=HEADER + "G1,,,,,,2,60\n"))


#: The train t1 goes on as x1 from the platform where it ends, at once.
STAYS = LINES | {
    "trips": FILES["trips.txt"].replace("trip_headsign\n", "trip_headsign,block_id\n").replace("t1,Gare", "t1,Gare,7")
    + "RX,week,x1,Xaintrailles,7\n",
    "stop_times": FILES["stop_times.txt"] + "x1,08:30:00,08:30:00,G1,1,,\nx1,09:00:00,09:00:00,X,2,,\n",
}


@pytest.mark.parametrize(
    ("rules", "trips", "expected"),
    [
        ("", STAYS["trips"], "09:00"),
        ("", STAYS["trips"].replace("Xaintrailles,7", "Xaintrailles,8"), None),
        (",,,,t1,x1,4,\n", STAYS["trips"].replace(",7\n", "\n"), "09:00"),
        (",,,,t1,x1,5,\n", STAYS["trips"], None),
    ],
)
def test_one_may_stay_on_the_vehicle_where_the_feed_says_so(tmp_path, rules, trips, expected):
    rows = [row + "," * (trips.split("\n")[0].count(",") - row.count(",")) for row in trips.strip().split("\n")]
    feed = write_feed(tmp_path / "feed", **STAYS | {"trips": "\n".join(rows) + "\n"}, transfers=HEADER + rules)
    assert arrival(feed, "X") == expected


def test_staying_is_told_as_such_there_and_back(tmp_path):
    rows = [row + "," * (4 - row.count(",")) for row in STAYS["trips"].strip().split("\n")]
    schedule = read_gtfs(write_feed(tmp_path / "feed", **STAYS | {"trips": "\n".join(rows) + "\n"}, transfers=None))
    day = day_of(schedule, MONDAY, Walks.between_stops(schedule, None, "EPSG:2154"), "Europe/Paris")
    ids = schedule.stops["stop_id"].tolist()
    for one, start, end in ((day, "V", "X"), (day.reversed, "X", "V")):
        profile = profile_to(one, np.where(np.array(ids) == end, 0, NEVER).astype(np.int64))
        found = journeys(profile, np.array([ids.index(start)]), np.array([0]))
        rides = [part for part in legs(profile, found, 0) if part.line]
        assert [(part.line, part.from_stop, part.to_stop, part.stays) for part in rides] == [
            ("T1", "Le Village", "Gare d'en bas quai 1", False),
            ("X", "Gare d'en bas quai 1", "Xaintrailles", True),
        ]
    steps = [
        Step(
            *(day.moment(s) for s in (p.departure_s, p.arrival_s)),
            p.from_stop,
            p.to_stop,
            p.line,
            p.headsign,
            2,
            p.stays,
        )
        for p in rides
    ]
    assert ", puis sans descendre, train X (direction Xaintrailles) de Gare" in way_words(steps)


def test_a_vehicle_does_not_go_on_from_another_place(tmp_path):
    rows = [row + "," * (4 - row.count(",")) for row in STAYS["trips"].strip().split("\n")]
    times = STAYS["stop_times"].replace("x1,08:30:00,08:30:00,G1", "x1,08:30:00,08:30:00,H")
    feed = write_feed(
        tmp_path / "feed", **STAYS | {"trips": "\n".join(rows) + "\n", "stop_times": times}, transfers=None
    )
    assert arrival(feed, "X", after="08:00") == "09:00"  # by changing at the halt, where the train stops at 8:15
    assert arrival(feed, "X", start="G1", after="08:00") is None
