"""Public transport: a city's buses and train read, its streets, every departure of a day to a place; residents of a département.

``make bench-transit``. The data are those of ``../shared/data/gtfs`` (Porto Alegre: the sample of r5r; the regional trains
of all of France).
"""

from __future__ import annotations

import datetime as dt
import resource
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
    territory = Territory.load("64")
    territory = replace(territory, schedule=france.near(*bounds(territory.communes)))
    found = show(
        "64: round trips of 545 communes to their 10 nearest sites",
        lambda: residents_round_trips(RoundTrips.of(territory), TUESDAY),
    )
    print(f"  share of residents with a round trip: {round_trip_share(found, TUESDAY).share:.3f}")
    made = plan(territory, 5)
    show("64: plans of 5 labels that none beats with and without a car", lambda: two_publics(territory, made, TUESDAY))
    print(f"memory of the whole run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def show(what: str, work: Callable[[], Any]) -> Any:
    """Print seconds of the clock and of the processor, the second time."""
    work()
    return timed(what, work)


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Print seconds of the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    made = work()
    print(f"{what}: {time.perf_counter() - clock:.2f} s, processor {time.process_time() - processor:.2f} s", flush=True)
    return made


if __name__ == "__main__":
    main()
