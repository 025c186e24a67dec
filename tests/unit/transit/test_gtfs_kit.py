"""Which trips run on a day, when they start and end, and lines by frequency: as gtfs-kit, another reader, has them.

gtfs-kit fills no blank times: those are compared with numpy in the trains of France, of which a few are made blank here.
"""

import csv
import datetime as dt
import io
import itertools
import zipfile

import numpy as np
import pytest

from geo.transit.gtfs import read_gtfs
from tests.unit.transit.small_feed import write_feed

kit = pytest.importorskip("gtfs_kit", reason="gtfs-kit, of the tests alone, is not installed (requirements.txt)")

TRAINS = "gtfs/sncf-ter-2025-01.zip"
ONLY_DATES = "service_id,date,exception_type\nweek,20250204,1\nsat,20250208,1\nweek,20250205,2\nfri,20250207,1\n"
NO_EXCEPTION = {"calendar_dates": None}
#: Of a feed: the calendar alone, both files, days alone.
FEEDS = [NO_EXCEPTION, {}, {"calendar": None, "calendar_dates": ONLY_DATES}]


def active(feed, days):
    """Return the trips of each day as gtfs-kit has them."""
    asked = [f"{day:%Y%m%d}" for day in days]
    told = feed.compute_trip_activity(asked).set_index("trip_id")
    return [set(told.index[told[date] == 1]) if date in told.columns else set() for date in asked]


def running(schedule, day):
    return set(schedule.trips["trip_id"][schedule.running(day)])


@pytest.mark.parametrize("changed", FEEDS)
def test_the_same_trips_run_each_day_of_three_months(tmp_path, changed):
    path = write_feed(tmp_path / "feed.zip", frequencies=None, **changed)
    feed, schedule = kit.read_feed(path, dist_units="km"), read_gtfs(path)
    days = [dt.date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}") for day in feed.get_dates()]
    assert days
    for day, expected in zip(days, active(feed, days), strict=True):
        assert running(schedule, day) == expected, day


def test_a_line_by_frequency_leaves_when_gtfs_kit_says(tmp_path):
    path = write_feed(tmp_path / "feed.zip")
    schedule = read_gtfs(path)
    expanded = kit.read_feed(path, dist_units="km").expand_frequencies()
    starts = expanded.stop_times[expanded.stop_times["trip_id"].str.startswith("f1")].groupby("trip_id").first()
    expected = sorted(_seconds(text) for text in starts["departure_time"])
    line = schedule.trips.index[schedule.trips["line"] == "N"]
    ours = schedule.stop_times[schedule.stop_times["trip"].isin(line)].groupby("trip")["departure"].first()
    assert sorted(ours.tolist()) == expected


@pytest.fixture(scope="module")
def trains(shared_data):
    """Return the regional trains of France as both have them."""
    return kit.read_feed(shared_data / TRAINS, dist_units="km"), read_gtfs(shared_data / TRAINS)


def test_the_same_trains_run_on_each_day(trains):
    feed, schedule = trains
    days = [dt.date(2025, 1, 25), dt.date(2025, 2, 4), dt.date(2025, 2, 8), dt.date(2025, 2, 9), dt.date(2025, 4, 21)]
    for day, expected in zip(days, active(feed, days), strict=True):
        assert running(schedule, day) == expected, day
        assert expected


def test_the_same_trains_leave_and_arrive_at_the_same_times(trains):
    feed, schedule = trains
    times = feed.stop_times.sort_values("stop_sequence").groupby("trip_id")
    ends = times.agg(leaves=("departure_time", "first"), arrives=("arrival_time", "last"), count=("trip_id", "size"))
    expected = {
        trip: (_seconds(leaves), _seconds(arrives), count) for trip, leaves, arrives, count in ends.itertuples()
    }
    ours = schedule.stop_times.groupby("trip")
    ours = ours.agg(leaves=("departure", "first"), arrives=("arrival", "last"), count=("departure", "size"))
    names = schedule.trips["trip_id"].to_dict()
    found = {names[trip]: (leaves, arrives, count) for trip, leaves, arrives, count in ours.itertuples()}
    assert found == {trip: expected[trip] for trip in found}
    assert len(found) > 0.99 * len(expected)


def test_times_made_blank_lie_evenly_between_those_told(shared_data, tmp_path):
    """All calls between the first and the last of every trip are made blank: each lies at its rank between the two."""
    with zipfile.ZipFile(shared_data / TRAINS) as archive:
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.endswith(".txt")}
    rows = list(itertools.islice(csv.DictReader(io.StringIO(texts["stop_times.txt"])), 5_000))
    by_trip = {}
    for row in rows:
        by_trip.setdefault(row["trip_id"], []).append(row)
    by_trip.popitem()  # it may go on
    expected = {}
    for trip, calls in by_trip.items():
        calls.sort(key=lambda row: int(row["stop_sequence"]))
        ends = [_seconds(calls[0]["departure_time"]), _seconds(calls[-1]["arrival_time"])]
        expected[trip] = np.interp(range(len(calls)), [0, len(calls) - 1], ends)
        for row in calls[1:-1]:
            row["arrival_time"] = row["departure_time"] = ""
    blank = io.StringIO()
    written = csv.DictWriter(blank, list(rows[0]), lineterminator="\n")
    written.writeheader()
    written.writerows(row for calls in by_trip.values() for row in calls)
    trips = list(csv.DictReader(io.StringIO(texts["trips.txt"])))
    kept = io.StringIO()
    of_kept = csv.DictWriter(kept, list(trips[0]), lineterminator="\n")
    of_kept.writeheader()
    of_kept.writerows(row for row in trips if row["trip_id"] in by_trip)
    path = tmp_path / "blank.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (texts | {"stop_times.txt": blank.getvalue(), "trips.txt": kept.getvalue()}).items():
            archive.writestr(name, text)
    schedule = read_gtfs(path)
    for trip, calls in schedule.stop_times.groupby("trip"):
        there = expected[schedule.trips["trip_id"][trip]]
        assert np.abs(calls["arrival"].to_numpy()[1:] - there[1:]).max() <= 1
    assert schedule.stop_times["trip"].nunique() == len(expected)


def _seconds(text):
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return 3600 * hours + 60 * minutes + seconds
