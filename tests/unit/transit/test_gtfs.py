"""GTFS feeds: the small valley by hand, days, times past midnight, blank times, and faults told all at once."""

import datetime as dt

import numpy as np
import pytest

from geo.errors import SchemaError
from geo.transit.day import day_of
from geo.transit.gtfs import read_gtfs
from geo.transit.schedule import Schedule
from geo.transit.walks import Walks
from tests.unit.transit.small_feed import FILES, write_feed


@pytest.fixture
def valley(tmp_path):
    return read_gtfs(write_feed(tmp_path / "valley.zip"))


def test_names_that_are_read_hold_nothing_unseen(tmp_path):
    """A mark from right to left would show the hours after it the other way round."""
    hidden = {
        "stops": FILES["stops.txt"].replace("Le Village", "Le\u202e Village\x07"),
        "routes": FILES["routes.txt"].replace("T1", "\x1b[2JT1"),
        "trips": FILES["trips.txt"].replace(",Village", ",Vil\u2066lage"),
    }
    schedule = read_gtfs(write_feed(tmp_path / "f", **hidden))
    assert "Le  Village" in set(schedule.stops["name"])
    assert {"[2JT1", "12"} <= set(schedule.trips["line"])
    assert "Vil lage" in set(schedule.trips["headsign"])


def _calls(schedule, trip_id):
    trip = schedule.trips.index[schedule.trips["trip_id"] == trip_id][0]
    return schedule.stop_times[schedule.stop_times["trip"] == trip]


def test_an_archive_and_a_folder_hold_the_same(tmp_path, valley):
    folder = read_gtfs(write_feed(tmp_path / "valley"))
    for name in ("stops", "trips", "stop_times", "weekly", "exceptions", "transfers"):
        assert getattr(folder, name).equals(getattr(valley, name))


def test_stops_have_their_place_and_station(valley):
    stops = valley.stops.set_index("stop_id")
    assert (stops.loc["G2", "lon"], stops.loc["G2", "lat"]) == (-0.6, 43.2)
    assert stops.loc[["G1", "G2"], "parent"].tolist() == [0, 0]
    assert stops.loc["V", "parent"] == -1


def test_a_door_of_a_station_may_have_no_place_and_a_stop_may_not(tmp_path):
    with_door = FILES["stops.txt"] + "D,Porte,,,3,\n"
    schedule = read_gtfs(write_feed(tmp_path / "a", stops=with_door))
    assert Walks.between_stops(schedule, None, "EPSG:2154").n_stops == len(schedule.stops)
    times = FILES["stop_times.txt"].replace("M,1,,", "D,1,,")
    with pytest.raises(SchemaError, match="arrêt sans position valable « D »"):
        read_gtfs(write_feed(tmp_path / "b", stops=with_door, stop_times=times))


def test_a_feed_that_runs_on_no_day_is_refused(tmp_path):
    empty = {"calendar": None, "calendar_dates": "service_id,date,exception_type\n"}
    with pytest.raises(SchemaError, match="aucun jour de service"):
        read_gtfs(write_feed(tmp_path / "a", **empty))


def test_blank_times_lie_evenly_between_those_told(valley):
    assert _calls(valley, "t1")["arrival"].tolist() == [8 * 3600, 8 * 3600 + 900, 8 * 3600 + 1800]


def test_times_pass_midnight(valley):
    assert _calls(valley, "night")["arrival"].tolist() == [23 * 3600 + 3000, 24 * 3600 + 2400]


def test_a_line_by_frequency_is_written_out(valley):
    departures = sorted(
        valley.stop_times["departure"][valley.stop_times["trip"].isin(valley.trips.index[valley.trips["line"] == "N"])]
    )
    begins = departures[::2]
    assert begins == [7 * 3600, 7 * 3600 + 1200, 7 * 3600 + 2400]


def test_each_line_of_frequencies_makes_its_runs(tmp_path):
    times = FILES["stop_times.txt"] + "f2,05:00:00,05:01:00,M,1,,\nf2,05:10:00,05:10:00,V,2,,\n"
    feed = write_feed(
        tmp_path / "f",
        trips=FILES["trips.txt"] + "F,week,f2,\nF,week,f3,\n",
        stop_times=times,
        frequencies="trip_id,start_time,end_time,headway_secs\nf2,23:50:00,24:10:00,600\nf1,07:00:00,07:01:00,25.5\n"
        "f3,08:00:00,09:00:00,60\nf2,06:00:00,06:00:00,60\n",
    )
    schedule = read_gtfs(feed)
    day, hour = 24 * 3600, 7 * 3600
    written = schedule.stop_times.assign(trip_id=schedule.trips["trip_id"].to_numpy()[schedule.stop_times["trip"]])
    made = written[written["trip_id"].str.startswith("f")].sort_values(["trip_id", "trip"], kind="stable")
    assert made.groupby("trip", sort=False)[["arrival", "departure"]].agg(list).to_numpy().tolist() == [
        [[hour, hour + 300], [hour, hour + 300]],
        [[hour + 25, hour + 325], [hour + 25, hour + 325]],
        [[hour + 51, hour + 351], [hour + 51, hour + 351]],
        [[day - 660, day - 60], [day - 600, day - 60]],
        [[day - 60, day + 540], [day, day + 540]],
    ]
    assert (np.diff(schedule.stop_times["trip"]) >= 0).all()


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("frequencies", "07:00:00", "", "ligne 2 : frequencies.txt, start_time vide"),
        ("frequencies", "08:00:00", "", "ligne 2 : frequencies.txt, end_time vide"),
        ("frequencies", "08:00:00", "06:00:00", "ligne 2 : frequencies.txt, end_time avant start_time « 06:00:00 »"),
        ("routes", "vallée,2", "vallée,bus", "ligne 2 : routes.txt, route_type illisible « bus »"),
        ("routes", "vallée,2", "vallée,65539", "ligne 2 : routes.txt, route_type autre que 0 à 1702 « 65539 »"),
        ("routes", "vallée,2", "vallée,99999999", "ligne 2 : routes.txt, route_type autre que 0 à 1702"),
        ("routes", "vallée,2", "vallée,-1", "ligne 2 : routes.txt, route_type autre que 0 à 1702"),
        ("transfers", "2,300", "2,-300", "ligne 2 : transfers.txt, min_transfer_time négatif « -300 »"),
    ],
)
def test_values_out_of_their_range_are_faults_with_their_row(tmp_path, file, old, new, words):
    with pytest.raises(SchemaError, match=words):
        read_gtfs(write_feed(tmp_path / "f", **{file: FILES[f"{file}.txt"].replace(old, new)}))


@pytest.mark.parametrize(
    ("day", "of_saturday", "of_sunday"),
    [
        # From noon of Saturday less 12 h to 26:00 it is 26 h; Sunday has 23 h in March and 25 h in October.
        ("2025-03-23", "2025-03-23T02:00:00+01:00", "2025-03-23T09:00:00+01:00"),
        ("2025-03-30", "2025-03-30T03:00:00+02:00", "2025-03-30T09:00:00+02:00"),
        ("2025-10-26", "2025-10-26T02:00:00+02:00", "2025-10-26T09:00:00+01:00"),
    ],
)
def test_night_trips_keep_their_hour_where_the_clocks_change(tmp_path, day, of_saturday, of_sunday):
    feed = write_feed(
        tmp_path / "f",
        trips="route_id,service_id,trip_id\nB,sat,n\nB,sun,d\n",
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "n,26:00:00,26:00:00,V,1\nn,26:30:00,26:30:00,H,2\nd,09:00:00,09:00:00,V,1\nd,09:30:00,09:30:00,H,2\n",
        calendar="service_id,saturday,sunday,start_date,end_date\nsat,1,0,20250101,20251231\nsun,0,1,20250101,20251231\n",
        calendar_dates=None,
        frequencies=None,
    )
    schedule = read_gtfs(feed)
    walks = Walks.between_stops(schedule, None, "EPSG:2154")
    found = day_of(schedule, dt.date.fromisoformat(day), walks, "Europe/Paris")
    assert {found.moment(seconds).isoformat() for seconds in found.departure_s.tolist()} == {of_saturday, of_sunday}


@pytest.mark.parametrize(
    ("day", "departs", "kept"),
    [
        # A Saturday at 49:00 is Monday at 1:00, and at 73:00 Tuesday. A Sunday of 23 h is over at 47:00, one of 25 h at 49:00.
        ("2025-03-10", "49:00:00", "2025-03-10T01:00:00+01:00"),
        ("2025-03-11", "73:00:00", "2025-03-11T01:00:00+01:00"),
        ("2025-03-11", "49:00:00", None),
        ("2025-03-09", "24:00:00", "2025-03-09T00:00:00+01:00"),
        ("2025-03-30", "24:00:00", "2025-03-30T00:00:00+01:00"),
        ("2025-03-31", "47:40:00", "2025-03-31T00:40:00+02:00"),
        ("2025-10-27", "49:00:00", "2025-10-27T00:00:00+01:00"),
        ("2025-10-27", "48:40:00", None),
    ],
)
def test_a_trip_of_many_hours_runs_on_the_day_that_its_hours_reach(tmp_path, day, departs, kept):
    hour = int(departs[:2])
    feed = write_feed(
        tmp_path / "f",
        trips="route_id,service_id,trip_id\nB,sat,n\n",
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        f"n,{departs},{departs},V,1\nn,{hour}:59:00,{hour}:59:00,H,2\n",
        calendar="service_id,saturday,start_date,end_date\nsat,1,20250101,20251231\n",
        calendar_dates=None,
        frequencies=None,
    )
    schedule = read_gtfs(feed)
    walks = Walks.between_stops(schedule, None, "EPSG:2154")
    found = day_of(schedule, dt.date.fromisoformat(day), walks, "Europe/Paris")
    assert [found.moment(seconds).isoformat() for seconds in found.departure_s.tolist()] == ([kept] if kept else [])


@pytest.mark.parametrize(
    ("day", "running"),
    [
        ("2025-02-03", {"t1", "t2", "b1", "s1", "f1"}),
        ("2025-02-04", {"b2"}),  # a Tuesday off, run as a Saturday
        ("2025-02-07", {"t1", "t2", "b1", "s1", "f1", "night"}),
        ("2025-02-08", {"b2"}),
        ("2025-04-01", set()),
    ],
)
def test_which_trips_run_on_a_day(valley, day, running):
    runs = valley.running(dt.date.fromisoformat(day))
    assert set(valley.trips["trip_id"][runs]) == running


def test_what_is_known_of_the_feed_is_said(valley):
    feed = valley.feeds.iloc[0]
    assert (feed["start"], feed["end"]) == (20250101, 20250331)
    assert "1 passage sur réservation" in feed["note"]
    assert "1 trajet de lignes scolaires" in feed["note"]
    assert not valley.covers(dt.date(2025, 4, 1))


def test_zones_on_request_are_left_out_and_said(tmp_path):
    times = FILES["stop_times.txt"].splitlines()
    rows = [times[0] + ",location_id", *(line + "," for line in times[1:]), "z1,,,,1,2,2,zone", "z1,,,,2,2,2,zone"]
    feed = write_feed(tmp_path / "f", stop_times="\n".join(rows), trips=FILES["trips.txt"] + "B,week,z1,Zone\n")
    schedule = read_gtfs(feed)
    assert "1 trajet à la demande par zone" in schedule.feeds["note"][0]
    assert not len(_calls(schedule, "z1"))


def test_all_faults_are_told_with_file_and_row(tmp_path):
    feed = write_feed(
        tmp_path / "bad.zip",
        stops=FILES["stops.txt"].replace("43.15,-0.60", "95,-0.60"),
        trips=FILES["trips.txt"].replace("T,week,t1", "X,week,t1"),
        calendar_dates="service_id,date,exception_type\nweek,2025-02-04,3\n",
        stop_times=FILES["stop_times.txt"].replace("07:50:00,07:50:00,V", "7h50,07:50:00,Q"),
    )
    with pytest.raises(SchemaError) as error:
        read_gtfs(feed)
    said = str(error.value)
    for words in (
        "ligne 5 : stops.txt, arrêt sans position valable « H »",
        "ligne 2 : trips.txt, route_id inconnu « X »",
        "ligne 2 : calendar_dates.txt, date illisible (AAAAMMJJ attendu) « 2025-02-04 »",
        "ligne 2 : calendar_dates.txt, exception_type autre que 1 et 2",
        "ligne 9 : stop_times.txt, stop_id inconnu « Q »",
        "ligne 9 : stop_times.txt, arrival_time illisible (HH:MM:SS attendu) « 7h50 »",
    ):
        assert words in said


def test_a_service_told_twice_is_a_fault_and_an_empty_table_of_dates_is_none(tmp_path, valley):
    again = FILES["calendar.txt"] + "week,0,0,0,0,0,1,0,20250101,20250331\n"
    with pytest.raises(SchemaError, match=r"ligne 5 : calendar\.txt, service_id répété « week »"):
        read_gtfs(write_feed(tmp_path / "a", calendar=again))
    schedule = read_gtfs(write_feed(tmp_path / "b", calendar_dates="", frequencies="", transfers=""))
    assert schedule.weekly.equals(valley.weekly)
    assert not len(schedule.exceptions)
    with pytest.raises(SchemaError, match="aucun jour de service"):
        read_gtfs(write_feed(tmp_path / "c", calendar="", calendar_dates=None))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "t1,08:30:00,08:30:00,G1,7",
            "t1,,,G1,7",
            "ligne 4 : stop_times.txt, premier ou dernier arrêt d'un trajet sans heure",
        ),
        ("t2,17:15:00,17:16:00,H,2", "t2,16:15:00,16:16:00,H,2", "ligne 6 : stop_times.txt, heures qui reculent"),
        ("t2,17:15:00,17:16:00,H,2", "t2,17:15:00,17:16:00,H,1", "stop_sequence répété"),
    ],
)
def test_calls_out_of_order_are_faults(tmp_path, old, new, words):
    feed = write_feed(tmp_path / "f", stop_times=FILES["stop_times.txt"].replace(old, new))
    with pytest.raises(SchemaError, match=words.replace("(", r"\(")):
        read_gtfs(feed)


def test_a_feed_without_any_usable_run_is_refused(tmp_path):
    header = FILES["stop_times.txt"].splitlines()[0] + "\n"
    with pytest.raises(SchemaError, match=r"stop_times\.txt ne contient aucun passage"):
        read_gtfs(write_feed(tmp_path / "a", stop_times=header))
    trips = "route_id,service_id,trip_id\n" + "".join(
        f"B,never,{t}\n" for t in ["t1", "t2", "b1", "b2", "s1", "f1", "night"]
    )
    with pytest.raises(SchemaError, match="aucun trajet n'a de jour de service"):
        read_gtfs(write_feed(tmp_path / "b", trips=trips))


@pytest.mark.parametrize(
    ("calendar", "exceptions", "count"),
    [
        ("fri,0,0,0,0,1,0,0,20250101,20250331", "", 0),
        ("fri,0,0,0,0,1,0,0,20250101,20250102", "", 1),  # a Wednesday and a Thursday
        ("fri,0,0,0,0,0,0,0,20250101,20250331", "", 1),
        ("fri,0,0,0,0,0,0,0,20250101,20250331", "fri,20250105,1\n", 0),
        ("fri,0,0,0,0,1,0,0,20250101,20250107", "fri,20250103,2\n", 1),
        ("fri,0,0,0,0,1,0,0,20250101,20250107", "fri,20250102,2\n", 0),
    ],
)
def test_trips_without_a_day_of_service_are_noted(tmp_path, calendar, exceptions, count):
    old = "fri,0,0,0,0,1,0,0,20250101,20250331"
    tables = {"calendar": FILES["calendar.txt"].replace(old, calendar)}
    tables["calendar_dates"] = FILES["calendar_dates.txt"] + exceptions
    note = read_gtfs(write_feed(tmp_path / "f", **tables)).feeds["note"][0]
    assert ("1 trajet sans jour de service, jamais compté" in note) == bool(count)


def test_what_is_near_keeps_whole_trips_of_two_stops_and_is_saved(tmp_path, valley):
    near = valley.near(-1, 43.08, 0, 43.16)
    assert near.stops["stop_id"].tolist() == ["H", "V"]
    assert set(near.trips["trip_id"]) == {"t1", "t2"}
    near.save(tmp_path)
    again = Schedule.load(tmp_path)
    assert again.stop_times.equals(near.stop_times)
    assert again.trips.equals(near.trips)


def test_two_feeds_are_one_timetable(tmp_path, valley):
    both = read_gtfs([write_feed(tmp_path / "a"), write_feed(tmp_path / "b.zip")])
    n = len(valley.trips)
    assert len(both.trips) == 2 * n
    day = dt.date(2025, 2, 3)
    assert np.array_equal(both.running(day), np.tile(valley.running(day), 2))
    assert both.stops["parent"].tolist()[len(valley.stops) + 1] == len(valley.stops)


def test_more_departures_by_frequency_than_any_city_has_are_refused(tmp_path):
    frequencies = "trip_id,start_time,end_time,headway_secs\nf1,00:00:00,999:00:00,1\n"
    with pytest.raises(SchemaError, match=r"frequencies\.txt, 3.596.400 départs : 200.000 au plus"):
        read_gtfs(write_feed(tmp_path / "f", frequencies=frequencies))


@pytest.mark.parametrize(
    "zone", ["", "Mars/Phobos", "../Paris", "Europe" + "/Europe" * 2000 + "/Paris", "Europe/Pa\0ris"]
)
def test_a_time_zone_that_does_not_exist_is_a_fault(tmp_path, zone):
    agency = FILES["agency.txt"].replace("Europe/Paris", zone)
    with pytest.raises(SchemaError, match="fuseau horaire inconnu"):
        read_gtfs(write_feed(tmp_path / "feed", agency=agency))
