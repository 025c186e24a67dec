"""Ways by public transport against two engines written in Rust: the same arrivals, the same number of rides?

``python -m tests.benchmarks.transit_engines``, in an environment with ferrobus and cafein beside the packages of the lock
file: neither is a dependency. The data are those of ``../shared/data/gtfs``. The trains of all of France from stop to stop
(cafein): with no walk between stops and no shortest change, as that engine has it. The buses of Porto Alegre door to door
along the streets (ferrobus), from 75 crossings to 75.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj

from geo.network.osm import read_osm_modes
from geo.transit.day import CHANGE_S, day_of, profile_to
from geo.transit.gtfs import read_gtfs
from geo.transit.journeys import journeys
from geo.transit.kernels import ARRIVAL, NEVER, RIDE
from geo.transit.walks import Walks, walks_within
from tests.benchmarks.transit import CITY_CRS, CITY_DAY, DATA, TUESDAY, timed

if TYPE_CHECKING:
    from geo.transit.schedule import Schedule

TRAINS = DATA / "gtfs" / "sncf-ter-2025-01.zip"
STREETS = DATA / "gtfs" / "poa_osm.pbf"
#: Stops that are left, stops that are reached, and when one leaves.
FROM, TO, LEAVE_S = 40, 120, 7 * 3600
PLACES, LEAVE_CITY_S, WALK_S, CHANGE_WALK_S, MOST_RIDES = 75, 13 * 3600, 1200, 600, 8


def main() -> None:
    """Compare both, each with the time that it takes."""
    trains()
    city()


def trains() -> None:
    """Print how many pairs of stops cafein reaches at the same second by as many rides."""
    sys.modules.setdefault("pyrosm", ModuleType("pyrosm"))  # of its reader of streets, which is not used
    from cafein import TransportNetwork

    network = timed("cafein: network of the trains", lambda: TransportNetwork.from_gtfs(TRAINS, trip_distances=False))
    schedule = read_gtfs(TRAINS)
    stops = schedule.stops
    alone = replace(schedule, stops=stops.assign(parent=-1), transfers=schedule.transfers.iloc[:0])
    no_walk = Walks.of_pairs(*(np.zeros(0, np.int64),) * 3, len(stops))
    runs = schedule.running(TUESDAY)[schedule.stop_times["trip"].to_numpy()]
    drawn = np.random.default_rng(1).permutation(np.unique(schedule.stop_times["stop"].to_numpy()[runs]))
    there, here = drawn[:TO].tolist(), drawn[TO : TO + FROM].tolist()
    day = day_of(alone, TUESDAY, no_walk, "Europe/Paris", change_s=1)

    def ours() -> dict[tuple[int, int], tuple[int, int] | None]:
        found = {}
        for place in there:
            egress = np.full(day.n_stops, NEVER, np.int64)
            egress[place] = 0
            profile = profile_to(day, egress)
            for stop in here:
                ways = profile.way[profile.rows(stop)][profile.departure_s[profile.rows(stop)] >= LEAVE_S]
                way = int(ways.min()) if len(ways) else None
                found[stop, place] = None if way is None else (way // ARRIVAL, way % ARRIVAL // RIDE)
        return found

    changed_at_once = set()

    def theirs() -> dict[tuple[int, int], tuple[int, int] | None]:
        names = stops["stop_id"].tolist()
        leave = f"{TUESDAY} {LEAVE_S // 3600:02d}:00"
        found = {}
        for stop in here:
            for place in there:
                ways = network.route_between_stops(names[stop], names[place], leave, 12, geometries=False)
                best = min(ways, key=lambda way: (way["arrival_s"], way["rides"]), default=None)
                found[stop, place] = None if best is None else (best["arrival_s"], best["rides"])
                rides = [] if best is None else [leg for leg in best["legs"] if leg["type"] == "transit"]
                if any(one["arrival_s"] == other["departure_s"] for one, other in pairwise(rides)):
                    changed_at_once.add((stop, place))
        return found

    mine = timed(f"every way of the day from all stops to {TO}", ours)
    other = timed(f"cafein: ways from {FROM} stops to {TO}, leaving at 7:00", theirs)
    both = [pair for pair in mine if mine[pair] and other[pair]]
    late = [pair for pair in both if mine[pair][0] > other[pair][0] + 1]  # type: ignore[index]
    at_once = len(changed_at_once.intersection(late))
    one = sum((mine[pair] is None) != (other[pair] is None) for pair in mine)
    when = np.array([mine[pair][0] - other[pair][0] for pair in both])  # type: ignore[index]
    same = [mine[pair] == other[pair] for pair in both if mine[pair][0] == other[pair][0]]  # type: ignore[index]
    print(
        f"  {len(mine):,} pairs, {len(both):,} reached by both, {one} by one alone; arrival within 1 s: "
        f"{(np.abs(when) <= 1).mean():.2%}; earlier here: {(when < -1).sum()}, later: "
        f"{len(late)}, of which {at_once} where that engine changes in no second; as many rides, "
        f"at the same second: {np.mean(same):.2%}"
    )


def city() -> None:
    """Print how the times of ferrobus compare, door to door."""
    import ferrobus

    schedule = read_gtfs([DATA / "gtfs" / f"poa_{name}.zip" for name in ("eptc", "trensurb")])
    streets = timed("city: streets read", lambda: read_osm_modes(STREETS, crs=CITY_CRS))["walk"]
    crossings = np.random.default_rng(1).choice(np.flatnonzero(streets.component == 0), PLACES, replace=False)
    degrees = pyproj.Transformer.from_crs(CITY_CRS, 4326, always_xy=True)
    lon, lat = degrees.transform(streets.x[crossings], streets.y[crossings])

    def ours() -> np.ndarray:
        walks = Walks.between_stops(schedule, streets, CITY_CRS, CHANGE_WALK_S)
        day = day_of(schedule, CITY_DAY, walks, "America/Sao_Paulo")
        at_stops = schedule.stops["lon"].to_numpy(), schedule.stops["lat"].to_numpy()
        place, stop, seconds = walks_within(streets, CITY_CRS, (lon, lat), at_stops, WALK_S)
        start, end, on_foot = walks_within(streets, CITY_CRS, (lon, lat), (lon, lat), 1e5)
        took = np.full((PLACES, PLACES), np.inf)
        took[start, end] = on_foot
        for to in range(PLACES):
            egress = np.full(day.n_stops, NEVER, np.int64)
            np.minimum.at(egress, stop[place == to], seconds[place == to])
            profile = profile_to(day, egress)
            for of in range(PLACES):
                ways = journeys(profile, stop[place == of], seconds[place == of])
                arrivals = ways.arrival_s[ways.departure_s >= LEAVE_CITY_S]
                took[of, to] = min(took[of, to], arrivals.min(initial=NEVER) - LEAVE_CITY_S)
        return took

    mine = timed(f"city: walks, and every departure of the day between {PLACES} x {PLACES} places", ours)
    with tempfile.TemporaryDirectory() as folder:
        _write_filled(schedule, Path(folder))
        model = timed(
            "ferrobus: network", lambda: ferrobus.create_transit_model(str(STREETS), [folder], CITY_DAY, CHANGE_WALK_S)
        )
    places = [ferrobus.create_transit_point(y, x, model, WALK_S, 1000) for x, y in zip(lon, lat, strict=True)]
    told = timed(
        f"ferrobus: {PLACES} x {PLACES} places, one departure",
        lambda: ferrobus.travel_time_matrix(model, places, LEAVE_CITY_S, MOST_RIDES - 1),
    )
    other = np.array([[np.inf if each is None else each for each in row] for row in told], float)
    apart = ~np.eye(PLACES, dtype=bool)
    reached = np.isfinite(mine) & (mine < NEVER - LEAVE_CITY_S)
    both = reached & np.isfinite(other) & apart
    gap = (mine - other)[both] / 60
    near = ", ".join(f"{minutes} min {np.mean(np.abs(gap) <= minutes):.0%}" for minutes in (1, 2, 5))
    alone = int(((reached != np.isfinite(other)) & apart).sum())
    print(
        f"  {both.sum():,} pairs reached by both, {alone} by one alone; ours minus theirs, median: {np.median(gap):.1f} min; "
        f"within {near}; a change takes {CHANGE_S} s at least here"
    )


def _write_filled(schedule: Schedule, folder: Path) -> None:
    """Write the trips of the day of the city as a feed that leaves no time blank, which ferrobus refuses."""
    runs = schedule.running(CITY_DAY)
    times = schedule.stop_times[runs[schedule.stop_times["trip"].to_numpy()]]
    stops = schedule.stops

    def clock(seconds: int) -> str:
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    calls = times[["trip", "arrival", "departure", "stop"]].itertuples(index=False)
    order = times.groupby("trip").cumcount() + 1
    tables: dict[str, list[list[Any]]] = {
        "agency": [["agency_id", "agency_name", "agency_url", "agency_timezone"], ["A", "A", "", "America/Sao_Paulo"]],
        "stops": [["stop_id", "stop_name", "stop_lat", "stop_lon"]]
        + [[f"s{row}", f"s{row}", y, x] for row, (x, y) in enumerate(zip(stops["lon"], stops["lat"], strict=True))],
        "routes": [
            ["route_id", "agency_id", "route_short_name", "route_long_name", "route_type"],
            ["R", "A", "", "R", 3],
        ],
        "trips": [["route_id", "service_id", "trip_id"]] + [["R", "S", f"t{row}"] for row in np.flatnonzero(runs)],
        "stop_times": [["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"]]
        + [
            [f"t{trip}", clock(arrives), clock(leaves), f"s{stop}", number]
            for (trip, arrives, leaves, stop), number in zip(calls, order, strict=True)
        ],
        "calendar": [
            ["service_id", *schedule.weekly.columns[1:8], "start_date", "end_date"],
            ["S", *[1] * 7, "20190101", "20191231"],
        ],
        "calendar_dates": [["service_id", "date", "exception_type"]],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.txt").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)


if __name__ == "__main__":
    main()
