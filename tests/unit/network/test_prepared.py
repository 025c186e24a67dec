"""What set-up compiles is all that the searches need: none is left for the first visitor."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]

#: Counts what numba compiles, in a process of its own whose cache is empty at first.
COUNT = """
import json, sys
from numba.core import event

class Count(event.Listener):
    names = []
    def on_start(self, event):
        self.names.append(event.data["dispatcher"].py_func.__qualname__)
    def on_end(self, event):
        pass

event.register("numba:compile", Count())
from geo.network.prepared import prepare
prepare()
prepared = list(Count.names)
from geo import Territory
from geo.access.diagnosis import diagnose
from geo.finder.answer import find_sites, route_to
from geo.network.travel_times import nearest_ones_by_road
from geo.network.snapping import snap
from geo.question import Question
from geo.siting.gains import candidate_gains
territory = Territory.load("90")
times = diagnose(territory, question=Question()).times
candidate_gains(territory, times, 20.0)
here = territory.communes[["lon", "lat"]].iloc[0]
answer = find_sites(territory, here["lon"], here["lat"])
route_to(territory, here["lon"], here["lat"], answer.sites[0].facility_id)
points = territory.demand_on_network
nearest_ones_by_road(territory.network, points, points.take([0, 1, 2]), 2)
json.dump({"prepared": prepared, "later": Count.names[len(prepared):]}, sys.stdout)
"""


def test_nothing_is_compiled_after_the_set_up(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(PROJECT)}
    told = subprocess.run([sys.executable, "-c", COUNT], env=environment, capture_output=True, text=True, check=True)
    compiled = json.loads(told.stdout)
    assert {"settle", "k_nearest", "trips", "follow", "_chains", "_links", "_node_numbers"} <= set(compiled["prepared"])
    assert compiled["later"] == []
    assert any(tmp_path.rglob("*.nbc"))  # and it is kept
