"""A random graph that looks like a country's roads, of any size, the same for the same seed.

Crossings stand on a jittered grid, 150 m apart. Every 64th row and column is a main road (110 km/h,
no street missing), every 8th a secondary one (80 km/h, one street in twenty missing); between them
lie local streets (30 to 50 km/h) of which about half are missing and one in ten is one-way. Some
crossings are cut off, as on a real map. The nodes are numbered at random: files know no order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDGES_PER_NODE = 2.6
CRS = "EPSG:2154"
_SPACING_M = 150.0
_ONE_WAY = 0.1
_MISSING = {"main": 0.0, "secondary": 0.05}


@dataclass(frozen=True)
class RoadGraph:
    """Directed edges (`source` to `target`, seconds, metres) and node coordinates (metres)."""

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    travel_time_s: NDArray[np.float32]
    length_m: NDArray[np.float32]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def as_arguments(self) -> dict[str, Any]:
        """Return what `RoadNetwork.from_edges` takes."""
        return vars(self) | {"crs": CRS}


def road_graph(n_nodes: int, *, edges_per_node: float = EDGES_PER_NODE, seed: int = 0) -> RoadGraph:
    """Draw a graph of `n_nodes` nodes and ``round(n_nodes * edges_per_node)`` directed edges."""
    random = np.random.default_rng(seed)
    columns = int(np.ceil(np.sqrt(n_nodes)))
    cell = np.arange(n_nodes, dtype=np.int32)
    column, row = cell % columns, cell // columns
    x = 300_000 + _SPACING_M * (column + random.uniform(-0.35, 0.35, n_nodes))
    y = 6_300_000 + _SPACING_M * (row + random.uniform(-0.35, 0.35, n_nodes))

    start, end, speed = [], [], []
    for step, along, across in ((1, column, row), (columns, row, column)):
        last = columns - 1 if step == 1 else (n_nodes - 1) // columns
        here = cell[(along < last) & (cell + step < n_nodes)]
        kind = np.where(across[here] % 64 == 0, 110.0, np.where(across[here] % 8 == 0, 80.0, 0.0))
        start.append(here)
        end.append(here + step)
        speed.append(kind)
    start, end, kmh = (np.concatenate(parts) for parts in (start, end, speed))
    local = kmh == 0
    kmh[local] = random.choice([30.0, 40.0, 50.0], int(local.sum()))

    kept = np.zeros(len(start), bool)
    kept[~local] = random.random(int((~local).sum())) >= np.where(kmh[~local] == 110, *_MISSING.values())
    # As many local streets as bring the number of directed edges to what was asked.
    missing = round(n_nodes * edges_per_node) - 2 * int(kept.sum())
    one_way = int(missing * _ONE_WAY / (2 - _ONE_WAY))
    one_way += (missing - one_way) % 2
    chosen = random.permutation(np.flatnonzero(local))[: one_way + (missing - one_way) // 2]
    kept[chosen] = True
    two_way = kept.copy()
    two_way[chosen[:one_way]] = False

    turned = random.random(len(start)) < 0.5
    start, end = np.where(turned, end, start), np.where(turned, start, end)
    length = np.hypot(x[start] - x[end], y[start] - y[end]) * random.uniform(1.0, 1.3, len(start))
    number = random.permutation(n_nodes).astype(np.int32)
    source = number[np.concatenate([start[kept], end[two_way]])]
    target = number[np.concatenate([end[kept], start[two_way]])]
    metres = np.concatenate([length[kept], length[two_way]]).astype(np.float32)
    seconds = metres / np.concatenate([kmh[kept], kmh[two_way]]).astype(np.float32) * np.float32(3.6)
    order = np.empty(n_nodes, np.int32)
    order[number] = cell
    return RoadGraph(source, target, seconds, metres, x[order], y[order])
