"""The compiled loops of searches that stay near their start, and of those that follow a path.

A bounded search touches a few hundred nodes of a network of millions, so it must never pass over
all of them. What it finds is a short list, the *ball*; `slot` (by place, 0 outside the ball) says
where a node stands in it and is put back to 0 afterwards. The queue is that of
`geo.network.search_kernels`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.network.compiled import compiled
from geo.network.search_kernels import BUCKETS, WAY, improves, more_entries, more_room, new_entries, push

#: One trip, from the point that started the search to the one at the end of a leg, 24 bytes.
TRIP: Final = np.dtype([("time_s", np.float64), ("length_m", np.float64), ("start", np.int32), ("end", np.int32)])
_BUCKET, _WAITING, _NEXT, _FREE, _COUNT = range(5)


@compiled
def _ball(  # type: ignore[no-untyped-def]
    offsets, edges, starts, today_s, node_at, slot, limit_s, per_second, head, entries, ways, progress
):
    """Search from the starts of one point; return the ways found, first found first, then all the room, perhaps more.

    `today_s` (by node; empty: none) are times that a way must beat to be kept and followed. The room given (`head`,
    `entries`, `ways`, `progress`) is used again; `slot` is left as it was found: 0 everywhere.
    """
    progress[_COUNT] = 0
    soonest = np.inf
    for i in range(len(starts)):
        soonest = min(soonest, starts[i].time_s)
    progress[_BUCKET] = int(min(soonest * per_second, 2.0**52))
    for i in range(len(starts)):
        place, time = starts[i].place, starts[i].time_s
        if time > limit_s or (len(today_s) > 0 and time >= today_s[node_at[place]]):
            continue
        if progress[_FREE] == 0:
            entries = more_entries(entries, progress)
        if progress[_COUNT] == len(ways):
            ways = more_room(ways)
        at = progress[_COUNT]
        ways[at] = starts[i]
        ways[at].via = -1
        push(head, entries, progress, at, time, per_second)
        progress[_COUNT] += 1
        slot[place] = progress[_COUNT]
    needed = _spread(offsets, edges, today_s, node_at, slot, limit_s, per_second, head, entries, ways, progress)
    while needed > 0:
        while progress[_FREE] < needed:
            entries = more_entries(entries, progress)
        while len(ways) - progress[_COUNT] < needed:
            ways = more_room(ways)
        needed = _spread(offsets, edges, today_s, node_at, slot, limit_s, per_second, head, entries, ways, progress)
    found = ways[: progress[_COUNT]]
    for i in range(len(found)):
        slot[found[i].place] = 0
    return found, ways, entries


@compiled
def _spread(  # type: ignore[no-untyped-def]
    offsets, edges, today_s, node_at, slot, limit_s, per_second, head, entries, ways, progress
):
    """Run until nothing waits; return 0, or the room needed to go on."""
    bucket, waiting, entry, free, count = progress
    while True:
        while entry == 0:
            if waiting == 0:
                progress[:] = bucket, waiting, entry, free, count
                return 0
            entry = head[bucket & (BUCKETS - 1)]
            head[bucket & (BUCKETS - 1)] = 0
            if entry == 0:
                bucket += 1
        here = entries[entry].item
        row, end = offsets[ways[here].place], offsets[ways[here].place + 1]
        if min(free, len(ways) - count) < end - row:
            progress[:] = bucket, waiting, entry, free, count
            return end - row
        following = entries[entry].next
        entries[entry].next = entries[0].next
        entries[0].next = entry
        entry = following
        waiting -= 1
        free += 1
        if ways[here].via >= 0:
            continue
        ways[here].via = -ways[here].via
        now, passed = ways[here].time_s, ways[here].length_m
        for k in range(row, end):
            place, time = edges[k].place, now + edges[k].time_s
            if time > limit_s:
                continue
            length = passed + edges[k].length_m
            at = slot[place] - 1
            if at < 0:
                if len(today_s) > 0 and time >= today_s[node_at[place]]:
                    continue
                at = count
                count += 1
                slot[place] = count
                ways[at].place = place
            else:
                known = ways[at]
                if not improves(time, length, 0, k + 2, known.time_s, known.length_m, 0, known.via):
                    continue
            ways[at].time_s, ways[at].length_m, ways[at].via = time, length, -(k + 2)
            bucket_slot = int(min(time * per_second, bucket + (BUCKETS - 1.0))) & (BUCKETS - 1)
            free_entry = entries[0].next
            entries[0].next = entries[free_entry].next
            entries[free_entry].item, entries[free_entry].next = at, head[bucket_slot]
            head[bucket_slot] = free_entry
            waiting += 1
            free -= 1


@compiled
def trips(  # type: ignore[no-untyped-def]
    offsets,
    edges,
    starts,
    start_offsets,
    first,
    last,
    legs,
    leg_offsets,
    n_points,
    today_s,
    node_at,
    slot,
    limit_s,
    per_second,
):
    """Fastest trips between the points that start a search, `first` to `last`, and those at the end of legs.

    `legs` (`WAY`, grouped by place) lead from the nodes of a ball on to points numbered by `label`.
    """
    progress = np.zeros(5, np.int64)
    head = np.zeros(BUCKETS, np.int32)
    entries = new_entries(1024, progress)
    ways = np.empty(1024, WAY)
    result = np.empty(1024, TRIP)
    count = 0
    row_of = np.full(n_points, -1, np.int64)
    for point in range(first, last):
        own = starts[start_offsets[point] : start_offsets[point + 1]]
        found, ways, entries = _ball(
            offsets, edges, own, today_s, node_at, slot, limit_s, per_second, head, entries, ways, progress
        )
        first_row = count
        for i in range(len(found)):
            place = found[i].place
            for leg in range(leg_offsets[place], leg_offsets[place + 1]):
                time = found[i].time_s + legs[leg].time_s
                if time > limit_s:
                    continue
                row = row_of[legs[leg].label]
                if row < 0:
                    if count == len(result):
                        result = more_room(result)
                    row = count
                    row_of[legs[leg].label] = row
                    result[row].start, result[row].end = point, legs[leg].label
                    count += 1
                elif time >= result[row].time_s:
                    continue
                result[row].time_s, result[row].length_m = time, found[i].length_m + legs[leg].length_m
        for row in range(first_row, count):
            row_of[result[row].end] = -1
    return result[:count]


@compiled
def follow(offsets, node_at, next_edge, node):  # type: ignore[no-untyped-def]
    """List the edges of the path from a node to where it ends."""
    path = np.empty(64, np.int64)
    count = 0
    edge = next_edge[node]
    while edge >= 0:
        if count == len(path):
            path = more_room(path)
        path[count] = edge
        count += 1
        edge = next_edge[node_at[np.searchsorted(offsets, edge, side="right") - 1]]
    return path[:count]
