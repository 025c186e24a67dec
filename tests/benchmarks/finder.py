"""How long an answer takes: on the embedded territory, and on a network of a million nodes with 700 sites.

``python tests/benchmarks/finder.py [NODES]``. Wall time, and processor time of all cores, which other work on the
machine lengthens less. The first call, which snaps, and the second, which loads the compiled loops, are printed apart.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
from road_graph import CRS, road_graph

from geo import Territory
from geo.finder.answer import find_sites, route_to
from geo.finder.wishes import Wishes
from geo.network import RoadNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

SITES = 714
#: From where the roads are drawn to the south of the Béarn.
SOUTH_M = 110_000
WISHES = {
    "now": Wishes(),
    "Tuesday 10:30": Wishes(at=dt.datetime.fromisoformat("2026-11-24T10:30")),
    "Tuesday 18:00": Wishes(at=dt.datetime.fromisoformat("2026-11-24T18:00")),
    "Christmas": Wishes(at=dt.datetime.fromisoformat("2026-12-25T10:00")),
}


def large_territory(n_nodes: int) -> Territory:
    """Return the embedded territory on a drawn network: its sites repeated, at random crossings."""
    embedded = Territory.load("64")
    graph = road_graph(n_nodes)
    network = RoadNetwork.from_edges(**replace(graph, y=graph.y - SOUTH_M).as_arguments())
    random = np.random.default_rng(0)
    to_degrees = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    at = random.integers(0, n_nodes, SITES)
    table = embedded.sites.iloc[np.arange(SITES) % len(embedded.sites)].reset_index(drop=True)
    table["facility_id"] = table.index.astype("string")
    table = table.set_geometry(gpd.points_from_xy(*to_degrees.transform(network.x[at], network.y[at]), crs="EPSG:4326"))
    return replace(embedded, network=network, facilities={"sites": table})


def report(name: str, territory: Territory, places: list[tuple[float, float]]) -> None:
    """Print medians and worst cases in milliseconds."""
    first, second = (timed(find_sites, territory, *places[0])[0] for _ in range(2))
    print(f"{name}: first answer {first:.0f} ms, second {second:.0f} ms")
    for label, wishes in WISHES.items():
        show(f"find_sites, {label}", [timed(find_sites, territory, *place, wishes) for place in places])
    facility = find_sites(territory, *places[0]).sites[0].facility_id
    route_to(territory, *places[0], facility)
    show("route_to", [timed(route_to, territory, *place, facility) for place in places])


def show(label: str, times: list[tuple[float, float]]) -> None:
    """Print the median and the worst wall time, and the median processor time."""
    wall, cpu = zip(*times, strict=True)
    median, worst, processor = statistics.median(wall), max(wall), statistics.median(cpu)
    print(f"  {label}: median {median:.0f} ms, worst {worst:.0f} ms; processor {processor:.0f} ms")


def timed(call: Callable[..., object], *arguments: object) -> tuple[float, float]:
    """Return the wall and the processor time of a call, in milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    call(*arguments)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def main() -> None:
    """Time both territories."""
    nodes = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    random = np.random.default_rng(1)
    embedded = Territory.load("64")
    chosen = embedded.communes.iloc[random.integers(0, len(embedded.communes), 20)]
    report("embedded territory", embedded, list(zip(chosen["lon"], chosen["lat"], strict=True)))
    large = large_territory(nodes)
    within = large.sites.geometry[large.sites.within(large.communes.union_all())]
    sites = within.iloc[random.integers(0, len(within), 10)]
    report(f"{nodes} nodes, {SITES} sites", large, list(zip(sites.x, sites.y, strict=True)))


if __name__ == "__main__":
    main()
