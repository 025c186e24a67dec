"""Measure the searches side by side with scipy and networkx, in one run: ``make bench``.

Repetitions are interleaved, so that whatever else the machine does falls on all alike; medians are
given, in the order and on the graph that the others get too. Compilation is not counted.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numba
import numpy as np
from road_graph import CRS, EDGES_PER_NODE, RoadGraph, road_graph
from scipy import sparse

from geo.network import RoadNetwork, nearest_facility
from geo.network.bounded_searches import travel_matrix
from geo.network.search_kernels import NODE
from geo.network.shortest_paths import nearest_facilities, path, threads
from geo.network.snapping import Legs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

#: One facility for as many nodes: 714 on a million, the France services of a region of that size.
NODES_PER_FACILITY = 1400
GROWTH = ((10_000, 2.6), (100_000, 2.6), (1_000_000, 2.6), (2_000_000, 2.5), (5_000_000, 2.5))
TWENTY_MINUTES_S = 1200.0


def facilities_of(n_nodes: int) -> NDArray[np.int64]:
    """Draw the facilities' nodes."""
    return np.sort(np.random.default_rng(1).choice(n_nodes, max(n_nodes // NODES_PER_FACILITY, 1), replace=False))


def in_spatial_order(graph: RoadGraph, place: NDArray[np.int32]) -> RoadGraph:
    """Number the nodes along the curve, the best order that the others could get."""
    order = np.argsort(place)
    return RoadGraph(
        place[graph.source],
        place[graph.target],
        graph.travel_time_s,
        graph.length_m,
        graph.x[order],
        graph.y[order],
    )


def reversed_matrix(graph: RoadGraph) -> sparse.csr_array:
    """Return the edges against the direction of travel, for scipy's search from the facilities."""
    n = len(graph.x)
    return sparse.csr_array((graph.travel_time_s.astype(np.float64), (graph.target, graph.source)), shape=(n, n))


def reversed_graph(graph: RoadGraph) -> nx.DiGraph:
    """Return the same for networkx."""
    result = nx.DiGraph()
    result.add_nodes_from(range(len(graph.x)))
    edges = zip(graph.target.tolist(), graph.source.tolist(), graph.travel_time_s.tolist(), strict=True)
    result.add_weighted_edges_from(edges, weight="time")
    return result


def medians(runs: dict[str, Callable[[], object]], repetitions: int) -> dict[str, float]:
    """Time every run in turn, again and again; return the median seconds of each."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for repetition in range(repetitions + 1):
        for name, run in runs.items():
            begun = time.perf_counter()
            run()
            if repetition:  # the first is for compilation and caches
                seconds[name].append(time.perf_counter() - begun)
    return {name: float(np.median(values)) for name, values in seconds.items()}


def against_scipy(n_nodes: int, repetitions: int) -> RoadNetwork:
    """Compare with scipy, in the order of the file and in spatial order."""
    given = road_graph(n_nodes)
    network = RoadNetwork.from_edges(**given.as_arguments())
    graphs = {"order of the file": given, "spatial order": in_spatial_order(given, network.place)}
    runs: dict[str, Callable[[], object]] = {}
    for order, graph in graphs.items():
        same = network if graph is given else RoadNetwork.from_edges(**graph.as_arguments())
        nodes = facilities_of(n_nodes) if graph is given else network.place[facilities_of(n_nodes)]
        matrix = reversed_matrix(graph)
        expected = sparse.csgraph.dijkstra(matrix, indices=nodes, min_only=True)
        np.testing.assert_allclose(nearest_facility(same, nodes).travel_time_s, expected, rtol=0, atol=1e-6)
        runs[f"maillage, {order}"] = lambda same=same, nodes=nodes: nearest_facility(same, nodes)
        runs[f"scipy, {order}"] = lambda matrix=matrix, nodes=nodes: sparse.csgraph.dijkstra(
            matrix, indices=nodes, min_only=True
        )
        runs[f"scipy with predecessors, {order}"] = lambda matrix=matrix, nodes=nodes: sparse.csgraph.dijkstra(
            matrix, indices=nodes, min_only=True, return_predecessors=True
        )
    took = medians(runs, repetitions)
    print(f"\nNearest facility, {n_nodes:,} nodes, {network.n_edges:,} edges, {len(facilities_of(n_nodes))} facilities")
    for name, seconds in took.items():
        ours = took[f"maillage, {name.split(', ')[1]}"]
        print(f"  {name:45} {seconds * 1000:8.1f} ms   {seconds / ours:5.1f}x")
    return network


def against_networkx(n_nodes: int, repetitions: int) -> None:
    """Compare with networkx."""
    graph = road_graph(n_nodes)
    network, reverse = RoadNetwork.from_edges(**graph.as_arguments()), reversed_graph(graph)
    nodes = facilities_of(n_nodes)
    took = medians(
        {
            "maillage": lambda: nearest_facility(network, nodes),
            "networkx": lambda: nx.multi_source_dijkstra_path_length(reverse, set(nodes.tolist()), weight="time"),
            "networkx with paths": lambda: nx.multi_source_dijkstra(reverse, set(nodes.tolist()), weight="time"),
        },
        repetitions,
    )
    print(f"\nNearest facility, {n_nodes:,} nodes, {network.n_edges:,} edges, {len(nodes)} facilities")
    for name, seconds in took.items():
        print(f"  {name:45} {seconds * 1000:8.1f} ms   {seconds / took['maillage']:5.1f}x")


def at_nodes(nodes: NDArray[np.int64]) -> Legs:
    """Return the legs of points that are at nodes themselves: one each, of no length."""
    none = np.zeros(len(nodes))
    return Legs(np.arange(len(nodes)), nodes, none, none, len(nodes))


def other_searches(network: RoadNetwork, repetitions: int) -> None:
    """Time the searches that nothing else in Python offers as one call."""
    nodes = facilities_of(network.n_nodes)
    today = nearest_facility(network, nodes)
    random = np.random.default_rng(2)
    candidates = random.choice(np.flatnonzero(network.component == 0), 2000, replace=False)
    homes = random.choice(np.flatnonzero(network.component == 0), 10_000, replace=False)
    far = int(np.argmax(np.where(np.isfinite(today.travel_time_s), today.travel_time_s, -1)))
    matrix = travel_matrix(network, at_nodes(homes), at_nodes(nodes), limit_s=TWENTY_MINUTES_S)
    took = medians(
        {
            "3 nearest facilities of every node": lambda: nearest_facilities(network, nodes, 3),
            f"10,000 homes x {len(nodes)} sites within 20 minutes, {len(matrix.destination):,} trips": lambda: (
                travel_matrix(network, at_nodes(homes), at_nodes(nodes), limit_s=TWENTY_MINUTES_S)
            ),
            f"10,000 homes x {len(candidates):,} candidates sooner than today": lambda: travel_matrix(
                network, at_nodes(homes), at_nodes(candidates), sooner_than=today
            ),
            "one path with its shape, the longest": lambda: path(network, today, far),
        },
        repetitions,
    )
    print(f"\nOther searches, {network.n_nodes:,} nodes")
    for name, seconds in took.items():
        print(f"  {name:70} {seconds * 1000:9.2f} ms")


@numba.njit
def _swept(offsets, edges, nodes):
    """Read every edge and every node once, in order."""
    total = 0.0
    for place in range(len(offsets) - 1):
        total += nodes[place].time_s
        for edge in range(offsets[place], offsets[place + 1]):
            total += edges[edge].time_s
    return total


def roofline(network: RoadNetwork, repetitions: int) -> None:
    """Compare a search with one pass over what it must read, and with the memory that it must at least move."""
    nodes = facilities_of(network.n_nodes)
    held = np.zeros(network.n_nodes, NODE)
    took = medians(
        {
            "search": lambda: nearest_facility(network, nodes),
            "pass": lambda: _swept(network.edge_offsets, network.edges, held),
        },
        repetitions,
    )
    read = network.edges.nbytes + network.edge_offsets.nbytes + held.nbytes
    # Nodes are cleared, settled and read again; times, lengths, facilities and edges are written: 28 bytes a node.
    moved = read + 3 * held.nbytes + 28 * network.n_nodes
    speed = read / took["pass"]
    print(f"\nRoofline, {network.n_nodes:,} nodes")
    print(f"  one pass over edges and nodes, one core      {took['pass'] * 1000:8.1f} ms   {speed / 1e9:5.1f} GB/s")
    print(f"  the search, {threads()} core(s)                        {took['search'] * 1000:8.1f} ms")
    print(f"  as a number of passes                        {took['search'] / took['pass']:8.1f}")
    print(f"  what it moves at least, at that speed        {moved / speed * 1000:8.1f} ms   {moved / 1e6:5.0f} MB")


def what_ifs(network: RoadNetwork, repetitions: int) -> None:
    """Time what one changed site costs: all nodes searched again, or only homes that a new one would serve sooner."""
    nodes = facilities_of(network.n_nodes)
    today = nearest_facility(network, nodes)
    random = np.random.default_rng(3)
    homes, candidates = (random.choice(np.flatnonzero(network.component == 0), many) for many in (10_000, 1_000))
    took = medians(
        {
            "closed": lambda: nearest_facility(network, nodes[1:]),
            "opened": lambda: nearest_facility(network, np.append(nodes, candidates[0])),
            "candidates": lambda: travel_matrix(network, at_nodes(homes), at_nodes(candidates), sooner_than=today),
        },
        repetitions,
    )
    print(f"\nOne what-if, {network.n_nodes:,} nodes")
    print(f"  a site closed, all nodes                     {took['closed'] * 1000:8.1f} ms")
    print(f"  a site opened, all nodes                     {took['opened'] * 1000:8.1f} ms")
    each = took["candidates"] / len(candidates)
    print(f"  a site opened, those of 10,000 homes it serves sooner, one of 1,000 {each * 1e6:6.0f} µs")


def memory(network: RoadNetwork) -> None:
    """Print what the network holds, against 16 bytes per edge and 24 per node."""
    kept = vars(network)
    groups = {
        "edges": [network.edges],
        "nodes": [network.x, network.y, network.place, network.edge_offsets, kept.get("node_at")],
        "by_source": kept.get("by_source", ()),
        "streets": [network.link_edges, network.snappable, kept.get("link_ends"), kept.get("edge_link")],
        "shapes": [network.shape_xy, network.shape_offsets],
    }
    held = {name: sum(array.nbytes for array in arrays if array is not None) for name, arrays in groups.items()}
    print(
        f"\nMemory of the network, {network.n_nodes:,} nodes, {network.n_edges:,} edges, {len(network.snappable):,} streets"
    )
    print(f"  edges            {held['edges'] / network.n_edges:6.1f} bytes per edge")
    print(f"  nodes            {held['nodes'] / network.n_nodes:6.1f} bytes per node")
    allowed = 16 * network.n_edges + 24 * network.n_nodes
    print(f"  both             {(held['edges'] + held['nodes']) / allowed:6.2f} of 16 per edge + 24 per node")
    print(
        f"  streets          {held['streets'] / len(network.snappable):6.1f} bytes per street, to snap points to them"
    )
    print(f"  shapes           {held['shapes'] / len(network.snappable):6.1f} bytes per street, to draw them")
    print(
        f"  by source        {held['by_source'] / network.n_edges:6.1f} bytes per edge, once a search along it is made"
    )


def peak_mb() -> float:
    """Return the most memory this process has held (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) / 1024


def one_size(n_nodes: int, edges_per_node: float) -> None:
    """Measure one size in this process and print it as JSON."""
    small = road_graph(2000)
    nearest_facility(RoadNetwork.from_edges(**small.as_arguments()), [0])  # compiles
    graph = road_graph(n_nodes, edges_per_node=edges_per_node)
    begun = time.perf_counter()
    network = RoadNetwork.from_edges(**graph.as_arguments())
    built = time.perf_counter() - begun
    nodes = facilities_of(n_nodes)
    took = medians({"search": lambda: nearest_facility(network, nodes)}, 5)["search"]
    with tempfile.TemporaryDirectory() as folder:
        network.save(Path(folder))
        begun = time.perf_counter()
        again = RoadNetwork.load(Path(folder))
        opened = time.perf_counter() - begun
        nearest_facility(again, nodes)
        first = time.perf_counter() - begun
    print(
        json.dumps(
            {
                "edges": network.n_edges,
                "build_s": built,
                "search_s": took,
                "open_s": opened,
                "first_s": first,
                "peak_mb": peak_mb(),
            }
        )
    )


def growth(largest: int) -> None:
    """Print how the cost of one search grows with the network, each size in a process of its own."""
    print("\nGrowth of nearest facility, one process for each size (peak memory: generator, build, search, save, open)")
    print("      nodes       edges   build  search  ns/node     open  open+search  peak MB")
    for n_nodes, edges_per_node in GROWTH:
        if n_nodes > largest:
            continue
        command = [sys.executable, __file__, "--one-size", str(n_nodes), str(edges_per_node)]
        line = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        got = json.loads(line)
        print(
            f"  {n_nodes:9,} {got['edges']:11,} {got['build_s']:6.2f}s {got['search_s']:6.3f}s "
            f"{got['search_s'] / n_nodes * 1e9:8.0f} {got['open_s'] * 1000:6.1f}ms {got['first_s']:11.3f}s "
            f"{got['peak_mb']:8.0f}"
        )


def main() -> None:
    """Run what was asked, everything unless told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--networkx-nodes", type=int, default=200_000)
    parser.add_argument("--largest", type=int, default=5_000_000)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--one-size", nargs=2, metavar=("NODES", "EDGES_PER_NODE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one_size:
        one_size(int(asked.one_size[0]), float(asked.one_size[1]))
        return
    print(f"Cores used: {threads()}; graph in {CRS}, {EDGES_PER_NODE} edges a node; medians of {asked.repetitions}")
    network = against_scipy(asked.nodes, asked.repetitions)
    against_networkx(asked.networkx_nodes, 3)
    roofline(network, asked.repetitions)
    what_ifs(network, asked.repetitions)
    other_searches(network, asked.repetitions)
    memory(network)
    growth(asked.largest)


if __name__ == "__main__":
    main()
