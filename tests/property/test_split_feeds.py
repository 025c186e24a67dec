"""A feed split in two files gives the same ways: read, merged and searched, each stop told in both."""

import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings

from geo.transit.day import day_of, profile_to
from geo.transit.gtfs import read_gtfs
from geo.transit.journeys import journeys
from geo.transit.kernels import NEVER
from geo.transit.walks import Walks
from tests.property.test_transit import EGRESS, N_STOPS, seconds, trips
from tests.unit.transit.small_feed import write_feed

DATE = dt.date(2025, 2, 4)


def clock(second):
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def written(path, made, numbers):
    """Write some of the trips; the stops are 300 m apart, the first two on one spot."""
    calls = [
        f"t{number},{clock(arrival)},{clock(departure)},s{stop},{order},{pickup},{drop_off}\n"
        for number in numbers
        for order, (stop, arrival, departure, pickup, drop_off) in enumerate(made[number])
    ]
    return write_feed(
        path,
        stops="stop_id,stop_name,stop_lat,stop_lon\n"
        + "".join(f"s{n},Stop {n},{43 + max(n - 1, 0) * 0.0027},-0.5\n" for n in range(N_STOPS)),
        routes="route_id,route_short_name,route_type\nB,12,3\n",
        trips="route_id,service_id,trip_id\n" + "".join(f"B,week,t{number}\n" for number in numbers),
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        + "".join(calls),
        calendar_dates=None,
        frequencies=None,
        transfers=None,
    )


def ways(feeds, egress):
    """Return departures and arrivals of the ways from each stop, wherever it is told."""
    schedule = read_gtfs(feeds)
    day = day_of(schedule, DATE, Walks.between_stops(schedule, None, "EPSG:2154"), "Europe/Paris")
    profile = profile_to(day, np.tile(seconds(egress), len(feeds)))
    found = []
    for stop in range(N_STOPS):
        same = stop + N_STOPS * np.arange(len(feeds))
        one = journeys(profile, same, np.zeros(len(feeds), np.int64))
        found.append((one.departure_s.tolist(), one.arrival_s.tolist()))
    return found


@settings(max_examples=10)
@given(made=trips().filter(lambda made: len(made) > 1), egress=EGRESS)
def test_two_files_give_the_ways_of_one(made, egress):
    with tempfile.TemporaryDirectory() as folder:
        numbers = range(len(made))
        whole = written(Path(folder) / "whole", made, numbers)
        halves = [written(Path(folder) / f"half{n}", made, numbers[n::2]) for n in (0, 1)]
        told = ways([whole], egress)
        assert ways(halves, egress) == told
        assert all(arrival < NEVER for _, arrivals in told for arrival in arrivals)
