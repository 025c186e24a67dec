"""Ways by public transport against two engines written in Rust: the same arrivals, the same number of rides?

``python -m tests.benchmarks.transit_engines``, in an environment with ferrobus, cafein and pyrosm beside the packages of the
lock file: none is a dependency. The data are those of ``../shared/data``. The trains of all of France from stop to stop, and
door to door between the streets of Caen and those of 27 other towns (cafein; ferrobus keeps the largest part of the streets
alone: one town); the buses of Porto Alegre door to door along its streets (both). Every comparison is made twice: with a
change in no second, as these engines have it, and in `CHANGE_S` seconds at least, as everywhere here.
"""

from __future__ import annotations

import csv
import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyproj
from scipy.spatial import cKDTree

from geo.network.osm import read_osm_modes
from geo.network.snapping import snap
from geo.transit.day import CHANGE_S, day_of, profile_to
from geo.transit.gtfs import read_gtfs
from geo.transit.journeys import journeys
from geo.transit.kernels import ARRIVAL, NEVER, RIDE
from geo.transit.walks import Walks, walks_within
from tests.benchmarks import transit
from tests.benchmarks.transit import CITY_CRS, CITY_DAY, DATA, TUESDAY, timed

if TYPE_CHECKING:
    import datetime as dt

    from geo.network.road_network import RoadNetwork
    from geo.transit.schedule import Schedule

    Ways = dict[tuple[int, int], tuple[int, int] | None]

CITY = "Porto Alegre"
TRAINS = DATA / "gtfs" / "sncf-ter-2025-01.zip"
#: Stops that are left, stops that are reached, and when one leaves.
FROM, TO, LEAVE_S = 40, 120, 7 * 3600
#: Seconds of the shortest change: of those engines, and ours.
CHANGES_S = (0, CHANGE_S)
PLACES, WALK_S, CHANGE_WALK_S, MOST_RIDES, WALK_KMH = 75, 1200, 600, 8, 4.8
#: Metres around the station of Caen, and around the others, in which places are drawn.
CAEN, NEAR_M = (-0.3477, 49.1763), 1200.0
#: Metres to the nearest street at most, of one of two stops at least: between two others one walks straight here, which
#: those engines do not (from the Gare du Nord to the Gare de l'Est, of which no street is in the file).
BESIDE_M = 300.0
#: What cafein gives where there is no way.
FAR = 4294967295


def main() -> None:
    """Compare them, each with the time that it takes, after what the same steps take here."""
    transit.main()
    trains()
    with tempfile.TemporaryDirectory() as folder:
        city = city_case(Path(folder))
        took = our_times_told(city)
        with_ferrobus(city, took)
        with_cafein(city, took)
    with tempfile.TemporaryDirectory() as folder:
        caen = caen_case(Path(folder))
        with_cafein(caen, our_times_told(caen))


def trains() -> None:
    """Print how many pairs of stops cafein reaches at the same second by as many rides."""
    from cafein import TransportNetwork

    network = timed("cafein: network of the trains", lambda: TransportNetwork.from_gtfs(TRAINS, trip_distances=False))
    schedule = read_gtfs(TRAINS)
    stops = schedule.stops
    alone = replace(schedule, stops=stops.assign(parent=-1), transfers=schedule.transfers.iloc[:0])
    no_walk = Walks.of_pairs(*(np.zeros(0, np.int64),) * 3, len(stops))
    runs = schedule.running(TUESDAY)[schedule.stop_times["trip"].to_numpy()]
    drawn = np.random.default_rng(1).permutation(np.unique(schedule.stop_times["stop"].to_numpy()[runs]))
    there, here = drawn[:TO].tolist(), drawn[TO : TO + FROM].tolist()

    def ours(change_s: int) -> Ways:
        found: Ways = {}
        day = day_of(alone, TUESDAY, no_walk, "Europe/Paris", change_s=change_s)
        for place in there:
            egress = np.full(day.n_stops, NEVER, np.int64)
            egress[place] = 0
            profile = profile_to(day, egress)
            for stop in here:
                ways = profile.way[profile.rows(stop)][profile.departure_s[profile.rows(stop)] >= LEAVE_S]
                way = int(ways.min()) if len(ways) else None
                found[stop, place] = None if way is None else (way // ARRIVAL, way % ARRIVAL // RIDE)
        return found

    def theirs() -> Ways:
        names = stops["stop_id"].tolist()
        leave = f"{TUESDAY} {LEAVE_S // 3600:02d}:00"
        found: Ways = {}
        for stop in here:
            for place in there:
                ways = network.route_between_stops(names[stop], names[place], leave, 12, geometries=False)
                best = min(ways, key=lambda way: (way["arrival_s"], way["rides"]), default=None)
                found[stop, place] = None if best is None else (best["arrival_s"], best["rides"])
        return found

    other = timed(f"cafein: ways from {FROM} stops to {TO}, leaving at 7:00", theirs)
    for change_s in CHANGES_S:
        what = f"every way of the day from all stops to {TO}, changes of {change_s} s at least"
        mine = timed(what, lambda change_s=change_s: ours(change_s))
        both = [(mine[pair], other[pair]) for pair in mine if mine[pair] and other[pair]]
        one = sum((mine[pair] is None) != (other[pair] is None) for pair in mine)
        when = np.array([ours_[0] - theirs_[0] for ours_, theirs_ in both])
        same = [ours_ == theirs_ for ours_, theirs_ in both if ours_[0] == theirs_[0]]
        print(
            f"  {len(mine):,} pairs, {len(both):,} reached by both, {one} by one alone; arrival within 1 s: "
            f"{(np.abs(when) <= 1).mean():.2%}; earlier here: {(when < -1).sum()}, later: {(when > 1).sum()}; "
            f"as many rides, at the same second: {np.mean(same):.2%}"
        )


@dataclass(frozen=True)
class Case:
    """Places between which one goes door to door, with the same timetable and streets for both.

    `feed`: folder of the timetable of one day, without any blank time. `lon`, `lat`: of each place; `far`: which pairs
    count, shape (n, n).
    """

    name: str
    feed: Path
    streets: Path
    crs: str
    day: dt.date
    zone: str
    leave_s: int
    lon: np.ndarray
    lat: np.ndarray
    far: np.ndarray


def city_case(folder: Path) -> Case:
    """Return places of Porto Alegre, at its crossings."""
    schedule = read_gtfs([DATA / "gtfs" / f"poa_{name}.zip" for name in ("eptc", "trensurb")])
    zone, pbf = "America/Sao_Paulo", DATA / "gtfs" / "poa_osm.pbf"
    write_filled(schedule, folder, CITY_DAY, zone)
    walk = read_osm_modes(pbf, crs=CITY_CRS)["walk"]
    drawn = np.random.default_rng(1).choice(np.flatnonzero(walk.component == 0), PLACES, replace=False)
    lon, lat = _degrees(walk, CITY_CRS, drawn)
    apart = ~np.eye(PLACES, dtype=bool)
    return Case(CITY, folder, pbf, CITY_CRS, CITY_DAY, zone, 13 * 3600, lon, lat, apart)


def caen_case(folder: Path) -> Case:
    """Return places of Caen and of other towns with streets, near stations; each pair has one of its ends in Caen."""
    schedule, zone, crs = read_gtfs(TRAINS), "Europe/Paris", "EPSG:2154"
    write_filled(schedule, folder, TUESDAY, zone)
    pbf = DATA / "osm" / "villes-28.osm.pbf"
    walk = read_osm_modes(pbf, crs=crs)["walk"]
    metres = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    calls = schedule.stop_times["stop"].to_numpy()[schedule.running(TUESDAY)[schedule.stop_times["trip"].to_numpy()]]
    stations = np.column_stack(metres.transform(*schedule.stops.loc[np.unique(calls), ["lon", "lat"]].to_numpy().T))
    crossings = np.column_stack([walk.x, walk.y])
    near = cKDTree(stations).query(crossings)[0] <= NEAR_M
    in_caen = np.hypot(*(crossings - np.array(metres.transform(*CAEN))).T) <= NEAR_M
    random = np.random.default_rng(1)
    drawn = np.concatenate(
        [
            random.choice(np.flatnonzero(near & in_caen), PLACES // 3, replace=False),
            random.choice(np.flatnonzero(near & ~in_caen), PLACES - PLACES // 3, replace=False),
        ]
    )
    lon, lat = _degrees(walk, crs, drawn)
    of_caen = in_caen[drawn]
    return Case("Caen", folder, pbf, crs, TUESDAY, zone, LEAVE_S, lon, lat, of_caen[:, None] != of_caen[None])


def _degrees(walk: RoadNetwork, crs: str, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(walk.x[drawn], walk.y[drawn])


def our_network(case: Case) -> tuple[Schedule, RoadNetwork, Walks]:
    """Return the timetable, the streets and the walks between stops, and make a day ready: all before a search."""
    schedule, walk = read_gtfs(case.feed), read_osm_modes(case.streets, crs=case.crs)["walk"]
    at_stops = schedule.stops["lon"].to_numpy(), schedule.stops["lat"].to_numpy()
    start, end, seconds = walks_within(walk, case.crs, at_stops, at_stops, CHANGE_WALK_S)
    beside = snap(walk, *at_stops).distance_m <= BESIDE_M
    kept = beside[start] | beside[end]
    walks = Walks.of_pairs(start[kept], end[kept], seconds[kept], len(schedule.stops))
    day_of(schedule, case.day, walks, case.zone)
    return schedule, walk, walks


def our_times(case: Case, schedule: Schedule, walk: RoadNetwork, walks: Walks, change_s: int) -> np.ndarray:
    """Return the seconds from each place to each, inf: no way; every departure of the day is searched."""
    points, n = (case.lon, case.lat), len(case.lon)
    at_stops = schedule.stops["lon"].to_numpy(), schedule.stops["lat"].to_numpy()
    day = day_of(schedule, case.day, walks, case.zone, change_s=change_s)
    place, stop, seconds = walks_within(walk, case.crs, points, at_stops, WALK_S)
    start, end, on_foot = walks_within(walk, case.crs, points, points, 1e5)
    took = np.full((n, n), np.inf)
    took[start, end] = on_foot
    for to in range(n):
        egress = np.full(day.n_stops, NEVER, np.int64)
        np.minimum.at(egress, stop[place == to], seconds[place == to])
        profile = profile_to(day, egress)
        for of in range(n):
            ways = journeys(profile, stop[place == of], seconds[place == of])
            arrivals = ways.arrival_s[ways.departure_s >= case.leave_s]
            took[of, to] = min(took[of, to], arrivals.min(initial=NEVER) - case.leave_s)
    return np.where(took < NEVER - case.leave_s, took, np.inf)


def our_times_told(case: Case) -> dict[int, np.ndarray]:
    """Return our times by the seconds of the shortest change; print how long they take."""
    network = timed(f"{case.name}: ours, network", lambda: our_network(case))
    what = f"{case.name}: ours, every departure of the day between all, changes of"
    return {
        change_s: timed(f"{what} {change_s} s at least", lambda change_s=change_s: our_times(case, *network, change_s))
        for change_s in CHANGES_S
    }


def with_ferrobus(case: Case, took: dict[int, np.ndarray]) -> None:
    """Print how the times of ferrobus compare with ours."""
    import ferrobus

    model = timed(
        f"{case.name}: ferrobus, network",
        lambda: ferrobus.create_transit_model(str(case.streets), [str(case.feed)], case.day, CHANGE_WALK_S),
    )
    places = [ferrobus.create_transit_point(y, x, model, WALK_S, 1000) for x, y in zip(case.lon, case.lat, strict=True)]
    told = timed(
        f"{case.name}: ferrobus, {PLACES} x {PLACES} places, one departure",
        lambda: ferrobus.travel_time_matrix(model, places, case.leave_s, MOST_RIDES - 1),
    )
    other = np.array([[np.inf if each is None else each for each in row] for row in told], float)
    compare(case, took, other)


def with_cafein(case: Case, took: dict[int, np.ndarray]) -> None:
    """Print how the times of cafein compare with ours."""
    from cafein import TransportNetwork

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = timed(
            f"{case.name}: cafein, network",
            lambda: TransportNetwork.from_gtfs(
                case.feed,
                osm_pbf=str(case.streets),
                walking_speed_kmph=WALK_KMH,
                max_walking_time=CHANGE_WALK_S / 60,
                trip_distances=False,
                street_modes=(),
            ),
        )
        if case.name == CITY:
            timed(
                f"{case.name}: cafein, network with all that it makes unless told not to",
                lambda: TransportNetwork.from_gtfs(case.feed, osm_pbf=str(case.streets)),
            )
        points = gpd.GeoDataFrame(
            {"id": range(PLACES)}, geometry=gpd.points_from_xy(case.lon, case.lat), crs="EPSG:4326"
        )
        leave = f"{case.day} {case.leave_s // 3600:02d}:00"
        told = timed(
            f"{case.name}: cafein, {PLACES} x {PLACES} places, one departure",
            lambda: network.travel_time_matrix(
                points, leave, MOST_RIDES, walking_speed_kmph=WALK_KMH, max_walking_time=WALK_S / 60
            ),
        )
    other = np.where(told == FAR, np.inf, told.astype(float))
    compare(case, took, other)


def compare(case: Case, took: dict[int, np.ndarray], other: np.ndarray) -> None:
    """Print how far the times of an engine are from ours."""
    for change_s, mine in took.items():
        reached = np.isfinite(mine) & case.far
        both = reached & np.isfinite(other)
        gap = (mine[both] - other[both]) / 60
        near = ", ".join(f"{minutes} min {np.mean(np.abs(gap) <= minutes):.0%}" for minutes in (1, 2, 5))
        print(
            f"  changes of {change_s} s at least: {both.sum():,} pairs reached by both, {(reached & ~both).sum()} by ours "
            f"alone, {(case.far & ~reached & np.isfinite(other)).sum()} by theirs alone; ours minus theirs: median "
            f"{np.median(gap):.1f} min, deciles {np.quantile(gap, 0.1):.1f} and {np.quantile(gap, 0.9):.1f}; within {near}"
        )


def write_filled(schedule: Schedule, folder: Path, day: dt.date, zone: str) -> None:
    """Write the trips of one day as a feed that leaves no time blank, which ferrobus refuses, and knows no platforms."""
    runs = schedule.running(day)
    times = schedule.stop_times[runs[schedule.stop_times["trip"].to_numpy()]]
    parent = schedule.stops["parent"].to_numpy()
    station = np.where(parent < 0, np.arange(len(parent)), parent)[times["stop"].to_numpy()]
    kept = np.unique(station)
    places = schedule.stops.iloc[kept]

    def clock(seconds: int) -> str:
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    calls = zip(times["trip"], times["arrival"], times["departure"], station.tolist(), strict=True)
    order = times.groupby("trip").cumcount() + 1
    tables: dict[str, list[list[Any]]] = {
        "agency": [["agency_id", "agency_name", "agency_url", "agency_timezone"], ["A", "A", "http://a.fr", zone]],
        "stops": [["stop_id", "stop_name", "stop_lat", "stop_lon"]]
        + [[f"s{row}", f"s{row}", y, x] for row, x, y in zip(kept, places["lon"], places["lat"], strict=True)],
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
            ["S", *[1] * 7, f"{day.year}0101", f"{day.year}1231"],
        ],
        "calendar_dates": [["service_id", "date", "exception_type"]],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.txt").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)


if __name__ == "__main__":
    main()
