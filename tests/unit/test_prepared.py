"""What set-up compiles is all that the searches need: none is left for the first visitor."""

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

#: For which types each loop is ready, after the set-up and after what a visitor does, in a process of its own: a loop
#: is compiled, or read from the disk where it was kept, when it is first called with some types.
COUNT = """
import json, sys
from numba.core.dispatcher import Dispatcher

def ready():
    loops = {
        loop.py_func.__qualname__: loop
        for name, module in list(sys.modules.items())
        if name.startswith("geo.")
        for loop in vars(module).values()
        if isinstance(loop, Dispatcher)
    }
    kept = {name: len(loop.stats.cache_hits) + len(loop.stats.cache_misses) for name, loop in loops.items()}
    return {name: [len(loop.signatures), kept[name]] for name, loop in loops.items() if loop.signatures}

from geo.prepared import prepare
prepare()
prepared = ready()
import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path
from geo import Territory
from geo.access.diagnosis import diagnose
from geo.finder.day_without_car import day_without_car
from geo.finder.answer import find_sites, route_to
from geo.network.travel_times import nearest_ones_by_road
from geo.network.snapping import snap
from geo.question import Question
from geo.siting.gains import candidate_gains
from geo.siting.plan import plan
from geo.transit.gtfs import read_gtfs
from tests.unit.transit.small_feed import write_valley
territory = Territory.load("90")
times = diagnose(territory, question=Question()).times
candidate_gains(territory, times, 20.0)
here = territory.communes[["lon", "lat"]].iloc[0]
answer = find_sites(territory, here["lon"], here["lat"])
route_to(territory, here["lon"], here["lat"], answer.sites[0].facility_id)
points = territory.demand_on_network
nearest_ones_by_road(territory.network, points, points.take([0, 1, 2]), 2)
plan(territory, 2)
with tempfile.TemporaryDirectory() as folder:
    feed = write_valley(Path(folder) / "valley.zip", territory.communes.iloc[0], territory.sites.geometry.iloc[0])
    territory = replace(territory, schedule=read_gtfs(feed))
day_without_car(territory, dt.date(2025, 2, 5))
json.dump({"prepared": prepared, "later": ready()}, sys.stdout)
"""


def test_nothing_is_compiled_after_the_set_up():
    told = subprocess.run([sys.executable, "-c", COUNT], cwd=PROJECT, capture_output=True, text=True, check=True)
    ready = json.loads(told.stdout)
    assert {"improve_prices", "scan", "settle", "k_nearest", "trips", "follow", "_chains", "_links"} <= set(
        ready["prepared"]
    )
    assert ready["later"] == ready["prepared"]
    # Each was looked for among those kept on the disk: whoever comes next does not compile it.
    assert all(types == looked_for for types, looked_for in ready["prepared"].values())
