"""Public transport: a city's buses and train read, its streets, every departure of a day to a place; residents of a département.

``make bench-transit``. The data are those of ``../shared/data/gtfs`` (Porto Alegre: the sample of r5r; the regional trains
of all of France).
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geo import Territory
from geo.answers.two_publics import two_publics
from geo.finder.residents_trips import residents_round_trips, round_trip_share
from geo.finder.without_car import RoundTrips
from geo.network.osm import read_osm, read_osm_modes
from geo.siting.plan import plan
from geo.territory.margin import bounds
from geo.transit.day import day_of, profile_to
from geo.transit.gtfs import read_gtfs
from geo.transit.kernels import NEVER
from geo.transit.walks import Walks

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CITY_CRS = "EPSG:32722"
CITY_DAY = dt.date(2019, 5, 14)
TUESDAY = dt.date(2025, 2, 4)
LARGE_TRIPS, LARGE_CALLS = 65_000, 40


def main() -> None:
    """Time each step twice; the first time compiled code is loaded."""
    city = show(
        "city: timetables read", lambda: read_gtfs([DATA / "gtfs" / f"poa_{name}.zip" for name in ("eptc", "trensurb")])
    )
    streets = show("city: streets of three modes", lambda: read_osm_modes(DATA / "gtfs" / "poa_osm.pbf", crs=CITY_CRS))
    show("city: streets of cars alone", lambda: read_osm(DATA / "gtfs" / "poa_osm.pbf", crs=CITY_CRS))
    walks = show("city: walks between stops", lambda: Walks.between_stops(city, streets["walk"], CITY_CRS))
    day = show("city: one day", lambda: day_of(city, CITY_DAY, walks, "America/Sao_Paulo"))
    print(
        f"  {len(city.trips):,} trips, {len(city.stop_times):,} calls, {day.n_stops:,} stops, {len(walks.stop):,} walks"
    )
    egress = np.full(day.n_stops, NEVER, np.int64)
    egress[7] = 0
    show("city: every departure to one place", lambda: profile_to(day, egress))
    show("city: every way back from it", lambda: profile_to(day.reversed, egress))

    france = show("trains of all of France read", lambda: read_gtfs(DATA / "gtfs" / "sncf-ter-2025-01.zip"))
    with tempfile.TemporaryDirectory() as folder:
        large = write_large(Path(folder))
        show(f"a feed of {LARGE_TRIPS * LARGE_CALLS:,} calls read", lambda: len(read_gtfs(large).trips))
    territory = Territory.load("64")
    territory = replace(territory, schedule=france.near(*bounds(territory.communes)))
    found = show(
        "64: round trips of 545 communes to every site",
        lambda: residents_round_trips(RoundTrips.of(territory), TUESDAY),
    )
    print(f"  share of residents with a round trip: {round_trip_share(found, TUESDAY).share:.3f}")
    made = plan(territory, 5)
    show("64: plans of 5 labels that none beats with and without a car", lambda: two_publics(territory, made, TUESDAY))


def write_large(folder: Path) -> Path:
    """Write a feed as large as that of a region: seven columns of calls, of which half the times are blank."""
    n_stops, head = 20_000, "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type"
    clock = [f"{second // 3600:02d}:{second // 60 % 60:02d}:00" for second in range(0, 30 * 3600, 60)]
    stop = [f"FR:SP:{number:06d}:loc" for number in range(n_stops)]
    with (folder / "stop_times.txt").open("w", encoding="ascii") as file:
        file.write(head + "\n")
        for trip in range(LARGE_TRIPS):
            name, begins, first = f"FR:VehicleJourney:{trip:07d}-2025-01-22", 300 + trip % 1000, trip * 37
            for call in range(LARGE_CALLS):
                at = clock[begins + call] if call in (0, LARGE_CALLS - 1) or call % 2 else ""
                file.write(f"{name},{at},{at},{stop[(first + call) % n_stops]},{call},0,0\n")
    tables = {
        "agency": ["agency_id,agency_name,agency_url,agency_timezone", "A,A,http://example.org,Europe/Paris"],
        "stops": [
            "stop_id,stop_name,stop_lat,stop_lon",
            *(f"{name},{name},{43 + n % 100 * 0.01},{n // 100 * 0.01}" for n, name in enumerate(stop)),
        ],
        "routes": ["route_id,route_short_name,route_type", "L,1,3"],
        "trips": [
            "route_id,service_id,trip_id",
            *(f"L,week,FR:VehicleJourney:{trip:07d}-2025-01-22" for trip in range(LARGE_TRIPS)),
        ],
        "calendar": ["service_id,monday,start_date,end_date", "week,1,20250101,20251231"],
    }
    for name, lines in tables.items():
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
    return folder


def show(what: str, work: Callable[[], Any]) -> Any:
    """Print seconds of the clock and of the processor, the second time."""
    work()
    return timed(what, work)


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Print seconds of the clock and of the processor, and the memory held before and taken at most."""
    before = _memory_mb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the most so far is forgotten
    clock, processor = time.perf_counter(), time.process_time()
    made = work()
    took = f"{time.perf_counter() - clock:.2f} s, processor {time.process_time() - processor:.2f} s"
    print(f"{what}: {took}; {_memory_mb('VmHWM')} MB at most, {before} before", flush=True)
    return made


def _memory_mb(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main()
