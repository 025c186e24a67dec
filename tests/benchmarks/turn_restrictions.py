"""What turn restrictions would change: times to a few places with those of an extract, and without.

    python tests/benchmarks/turn_restrictions.py FILE.osm.pbf [--places N] [--crs EPSG:2154] [--invented SHARE]

The network is read as always, without restrictions. Those of the file (``restriction=no_...`` and ``only_...`` through
one node, also ``restriction:motorcar`` and the like, but for those that except cars) are put on it, and times are searched
from street to street, so that a turn can be forbidden; with them, no car turns round but at a dead end. `--invented` forbids
besides one turn, drawn at random, at this share of the crossings: for extracts whose publisher left the relations out.

Every crossing of the largest part of the network is an origin, and `N` of them, spread over it, are the places.
"""

import argparse
import heapq
from pathlib import Path

import numpy as np
import osmium
import pyproj

from geo.network import read_osm

CLASS_S = 20 * 60
#: A trip that is so much longer counts as changed.
LONGER = 1.1


def main() -> None:
    """Print the comparison."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path)
    options.add_argument("--places", type=int, default=10)
    options.add_argument("--crs", default="EPSG:2154")
    options.add_argument("--invented", type=float, default=0.0)
    given = options.parse_args()
    network = read_osm(given.file, crs=given.crs)
    restrictions = read_restrictions(given.file)
    forbidden, placed = forbidden_turns(network, given.file, restrictions)
    part = np.flatnonzero(network.component == 0)
    invented = invented_turns(network, part, given.invented)
    order = part[np.lexsort((network.y[part], network.x[part]))]
    places = order[np.linspace(0, len(order) - 1, given.places).astype(int)].tolist()
    without = times(network, places, None)[:, part]
    along = times(network, places, forbidden | invented)[:, part]
    nearest, nearest_along = without.min(axis=0), along.min(axis=0)
    known = np.isfinite(without) & (without > 0)
    changed = (nearest <= CLASS_S) != (nearest_along <= CLASS_S)
    print(f"{given.file.name}: {len(restrictions)} restrictions through one node, {placed} between roads for cars; "
          f"{len(invented)} turns invented; {len(part)} crossings, {len(places)} places")  # fmt: skip
    print(f"class of 20 minutes changed: {changed.sum()} crossings ({changed.mean():.2%})")
    print(f"nearest place over 10 % farther: {np.mean(nearest_along > nearest * LONGER):.2%} of crossings")
    print(f"trips over 10 % longer: {np.mean(along[known] > without[known] * LONGER):.2%} of {known.sum()}; "
          f"more than a second longer: {np.mean(along[known] > without[known] + 1):.2%}")  # fmt: skip


def read_restrictions(file: Path) -> list[tuple[str, int, int, int]]:
    """Return kind, way from, node and way to of each restriction through one node."""
    found = []
    for relation in osmium.FileProcessor(file, osmium.osm.RELATION):
        keys = ("restriction:motorcar", "restriction:motor_vehicle", "restriction:vehicle", "restriction")
        kind = next((relation.tags[key] for key in keys if key in relation.tags), "")
        excepted = set(relation.tags.get("except", "").split(";")) & {"motorcar", "motor_vehicle", "vehicle"}
        members = {role: [each for each in relation.members if each.role == role] for role in ("from", "via", "to")}
        if kind.startswith(("no_", "only_")) and not excepted and [each.type for each in members["via"]] == ["n"]:
            (via,) = members["via"]
            found += [(kind, a.ref, via.ref, b.ref) for a in members["from"] for b in members["to"]]
    return found


def forbidden_turns(network, file, restrictions):
    """Return the pairs of edges, one after the other, that are forbidden, and how many restrictions are on roads."""
    wanted = {way for _, a, _, b in restrictions for way in (a, b)}
    points = {}
    if wanted:
        to_metres = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True).transform
        for way in osmium.FileProcessor(file, osmium.osm.NODE | osmium.osm.WAY).with_locations():
            if way.is_way() and way.id in wanted:
                points[way.id] = [(n.ref, rounded(to_metres(n.lon, n.lat))) for n in way.nodes if n.location.valid()]
    # Where an edge ends, and the point of its shape just before; where it begins, and the point just after.
    arriving, leaving = {}, {}
    for (along, against), line in zip(network.link_edges.tolist(), network.link_shapes(), strict=True):
        shape = [rounded(point) for point in line.coords]
        for edge, way in ((along, shape), (against, shape[::-1])):
            if edge >= 0:
                arriving[way[-1], way[-2]], leaving[way[0], way[1]] = edge, edge
    follow = successors(network)
    forbidden, placed = set(), 0
    for kind, way_from, via, way_to in restrictions:
        into, out = (
            [
                edges[at, near]
                for i, (ref, at) in enumerate(points.get(way, []))
                if ref == via
                for _, near in points[way][max(i - 1, 0) : i] + points[way][i + 1 : i + 2]
                if (at, near) in edges
            ]
            for way, edges in ((way_from, arriving), (way_to, leaving))
        )
        placed += bool(into and out)
        for edge in into:
            forbidden |= {(edge, after) for after in follow[edge] if out and (after in out) == kind.startswith("no_")}
    return forbidden, placed


def rounded(point):
    """Return a point to the decimetre."""
    return round(point[0], 1), round(point[1], 1)


def successors(network):
    """Return the edges that begin where each edge ends."""
    leaving = [[] for _ in range(network.n_nodes)]
    for edge, node in enumerate(network.edge_source.tolist()):
        leaving[node].append(edge)
    return [leaving[node] for node in network.edge_target.tolist()]


def invented_turns(network, part, share):
    """Return one turn at a share of the crossings, drawn with a fixed seed."""
    random = np.random.default_rng(1)
    follow = successors(network)
    into = [[] for _ in range(network.n_nodes)]
    for edge, node in enumerate(network.edge_target.tolist()):
        into[node].append(edge)
    crossings = [node for node in part.tolist() if into[node] and len(follow[into[node][0]]) > 2]
    turns = set()
    for node in random.choice(crossings, int(share * len(crossings)), replace=False).tolist():
        edge = int(random.choice(into[node]))
        turns.add(
            (edge, int(random.choice([e for e in follow[edge] if network.edge_target[e] != network.edge_source[edge]])))
        )
    return turns


def times(network, places, forbidden):
    """Return seconds from every node to each place, shape (n_places, n_nodes); no turn is forbidden where `None`."""
    source, target = network.edge_source.tolist(), network.edge_target.tolist()
    seconds = network.edge_time_s.tolist()
    follow = successors(network)
    before = [[] for _ in source]
    for edge, after in enumerate(follow):
        for each in after:
            turns_round = source[edge] == target[each] and len(after) > 1
            if forbidden is None or not (turns_round or (edge, each) in forbidden):
                before[each].append(edge)
    found = np.full((len(places), network.n_nodes), np.inf)
    for row, place in enumerate(places):
        found[row, place] = 0
        best = [np.inf] * len(source)
        queue = [(seconds[edge], edge) for edge in range(len(source)) if target[edge] == place]
        heapq.heapify(queue)
        while queue:
            time, edge = heapq.heappop(queue)
            if time >= best[edge]:
                continue
            best[edge] = time
            found[row, source[edge]] = min(found[row, source[edge]], time)
            for each in before[edge]:
                if time + seconds[each] < best[each]:
                    heapq.heappush(queue, (time + seconds[each], each))
    return found


if __name__ == "__main__":
    main()
