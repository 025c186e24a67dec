"""The compiled loops of the searches; `geo.network.shortest_paths` is their front.

One idea serves all: the queue is a ring of buckets, each holding the nodes reached within one small
stretch of time (Dial 1969). Within a bucket nodes come in any order, so a node may be improved after
it was passed on; it is then queued again, until nothing improves (label correcting, as in
delta-stepping, Meyer and Sanders 2003). Times are therefore exact, sums of the edges' float32
seconds in float64: no rounding to the buckets, whose width decides the speed only.

A large network is searched by *regions*, runs of places small enough for the processor's cache, in
rounds: every region is settled on its own, by any thread, and sends what leaves it as messages that
are delivered between rounds in the order of the regions. The result depends on neither the number
of threads nor their pace.

Of two ways to a node the faster counts, then the lower label, then the shorter.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.network.compiled import compiled

#: Buckets of the ring; a way longer than the ring waits in the farthest bucket, which costs time, not exactness.
BUCKETS: Final = 4096
UNREACHED: Final = 2**31 - 1
#: The best way known to a node, 24 bytes. `via` tells how it came: 0 not at all, 1 as a start,
#: k + 2 by row k of the edges, and the same below zero while the node waits in the queue.
NODE: Final = np.dtype([("time_s", np.float64), ("length_m", np.float64), ("label", np.int32), ("via", np.int32)])
#: A way and the place of the node it leads to.
WAY: Final = np.dtype([*((name, NODE[name]) for name in NODE.names), ("place", np.int32)], align=True)  # type: ignore[union-attr]
#: An item in a bucket and the next entry of the same bucket, 0 for the last; entry 0 leads to the free ones.
_ENTRY: Final = np.dtype([("item", np.int32), ("next", np.int32)])
# Progress of a search that may stop to be given more room: the bucket it is at, the entries waiting,
# the entry to take next, the entries free, and the ways sent or found.
_BUCKET, _WAITING, _NEXT, _FREE, _COUNT = range(5)


@compiled
def new_entries(capacity, progress):  # type: ignore[no-untyped-def]
    """Return free entries; the first one is never used, for 0 means none."""
    entries = np.empty(capacity, _ENTRY)
    for i in range(capacity):
        entries[i].next = i + 1
    entries[capacity - 1].next = 0
    progress[_FREE] = capacity - 1
    return entries


@compiled
def more_entries(entries, progress):  # type: ignore[no-untyped-def]
    """Return the entries with twice the room."""
    n = len(entries)
    wider = np.empty(2 * n, _ENTRY)
    wider[:n] = entries
    for i in range(n, 2 * n):
        wider[i].next = i + 1
    wider[2 * n - 1].next = entries[0].next
    wider[0].next = n
    progress[_FREE] += n
    return wider


@compiled
def more_room(array):  # type: ignore[no-untyped-def]
    """Return a copy of an array with twice the room."""
    wider = np.empty(2 * len(array), array.dtype)
    wider[: len(array)] = array
    return wider


@compiled
def push(head, entries, progress, item, time, per_second):  # type: ignore[no-untyped-def]
    """Queue an item by its time; there must be a free entry."""
    slot = int(min(time * per_second, progress[_BUCKET] + (BUCKETS - 1.0))) & (BUCKETS - 1)
    entry = entries[0].next
    entries[0].next = entries[entry].next
    entries[entry].item, entries[entry].next = item, head[slot]
    head[slot] = entry
    progress[_WAITING] += 1
    progress[_FREE] -= 1


@compiled
def improves(time, length, label, via, known_time, known_length, known_label, known_via):  # type: ignore[no-untyped-def]
    """Whether a way is better than the one known, or is that one, changed since."""
    if time != known_time:
        return time < known_time
    same_way = via == abs(known_via)
    if label != known_label:
        return same_way or label < known_label
    return length < known_length or (same_way and length != known_length)


@compiled
def clear(nodes, first, last, limit_s):  # type: ignore[no-untyped-def]
    """Mark nodes as not reached; a way longer than the limit will not improve on that."""
    for node in range(first, last):
        nodes[node].time_s, nodes[node].length_m = limit_s, np.inf
        nodes[node].label, nodes[node].via = UNREACHED, 0


@compiled
def deliver(nodes, ways, region_size):  # type: ignore[no-untyped-def]
    """Give ways to their nodes; return the nodes improved, grouped by region, and where each group begins."""
    offsets = np.zeros((len(nodes) + region_size - 1) // region_size + 1, np.int64)
    improved = np.empty(len(ways), np.int32)
    count = 0
    for i in range(len(ways)):
        place = ways[i].place
        known = nodes[place]
        if not improves(
            ways[i].time_s,
            ways[i].length_m,
            ways[i].label,
            ways[i].via,
            known.time_s,
            known.length_m,
            known.label,
            known.via,
        ):
            continue
        if nodes[place].via >= 0:
            improved[count] = place
            count += 1
            offsets[place // region_size + 1] += 1
        nodes[place].time_s, nodes[place].length_m = ways[i].time_s, ways[i].length_m
        nodes[place].label, nodes[place].via = ways[i].label, -ways[i].via
    for region in range(len(offsets) - 1):
        offsets[region + 1] += offsets[region]
    grouped = np.empty(count, np.int32)
    position = offsets.copy()
    for place in improved[:count]:
        grouped[position[place // region_size]] = place
        position[place // region_size] += 1
    return grouped, offsets


@compiled
def settle(offsets, edges, nodes, first, last, waiting, limit_s, per_second):  # type: ignore[no-untyped-def]
    """Settle the region of places `first` to `last` from its waiting nodes; return the ways that leave it."""
    progress = np.zeros(5, np.int64)
    head = np.zeros(BUCKETS, np.int32)
    entries = new_entries(len(waiting) + 1024, progress)
    sent = np.empty(256, WAY)
    soonest = np.inf
    for place in waiting:
        soonest = min(soonest, nodes[place].time_s)
    progress[_BUCKET] = int(min(soonest * per_second, 2.0**52))
    for place in waiting:
        push(head, entries, progress, place, nodes[place].time_s, per_second)
    needed = _settle(offsets, edges, nodes, first, last, limit_s, per_second, head, entries, sent, progress)
    while needed > 0:
        while progress[_FREE] < needed:
            entries = more_entries(entries, progress)
        while len(sent) - progress[_COUNT] < needed:
            sent = more_room(sent)
        needed = _settle(offsets, edges, nodes, first, last, limit_s, per_second, head, entries, sent, progress)
    return sent[: progress[_COUNT]]


@compiled
def _settle(offsets, edges, nodes, first, last, limit_s, per_second, head, entries, sent, progress):  # type: ignore[no-untyped-def]
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
        row, end = offsets[here], offsets[here + 1]
        if min(free, len(sent) - count) < end - row:
            progress[:] = bucket, waiting, entry, free, count
            return end - row
        following = entries[entry].next
        entries[entry].next = entries[0].next
        entries[0].next = entry
        entry = following
        waiting -= 1
        free += 1
        if nodes[here].via >= 0:
            continue
        nodes[here].via = -nodes[here].via
        now, passed, label = nodes[here].time_s, nodes[here].length_m, nodes[here].label
        for k in range(row, end):
            place, time = edges[k].place, now + edges[k].time_s
            if place < first or place >= last:
                if time <= limit_s:
                    sent[count].time_s, sent[count].length_m = time, passed + edges[k].length_m
                    sent[count].label, sent[count].via, sent[count].place = label, k + 2, place
                    count += 1
                continue
            if time > nodes[place].time_s:
                continue
            length = passed + edges[k].length_m
            known = nodes[place]
            if not improves(time, length, label, k + 2, known.time_s, known.length_m, known.label, known.via):
                continue
            nodes[place].time_s, nodes[place].length_m = time, length
            nodes[place].label, nodes[place].via = label, -(k + 2)
            slot = int(min(time * per_second, bucket + (BUCKETS - 1.0))) & (BUCKETS - 1)
            free_entry = entries[0].next
            entries[0].next = entries[free_entry].next
            entries[free_entry].item, entries[free_entry].next = place, head[slot]
            head[slot] = free_entry
            waiting += 1
            free -= 1


@compiled
def read_nodes(nodes, place, edge_row, first, last, time_s, length_m, label, via):  # type: ignore[no-untyped-def]
    """Write the results of nodes `first` to `last` in the caller's order; `edge_row` (empty: as is) numbers edges."""
    for node in range(first, last):
        at = place[node]
        if nodes[at].via == 0:
            time_s[node], length_m[node], label[node], via[node] = np.inf, np.inf, -1, -1
            continue
        time_s[node], length_m[node], label[node] = nodes[at].time_s, nodes[at].length_m, nodes[at].label
        row = nodes[at].via - 2
        via[node] = edge_row[row] if row >= 0 and len(edge_row) else max(row, -1)


@compiled
def k_nearest(offsets, edges, starts, k, per_second):  # type: ignore[no-untyped-def]
    """Find the `k` labels soonest reached from every node: `NODE`, shape (n_nodes * k,), k rows for each, best first.

    A label that k others precede at a node is not passed on from there: they precede it beyond, too.
    """
    n = len(offsets) - 1
    nodes = np.empty(n * k, NODE)
    clear(nodes, 0, n * k, np.inf)
    progress = np.zeros(5, np.int64)
    head = np.zeros(BUCKETS, np.int32)
    entries = new_entries(len(starts) + 1024, progress)
    soonest = np.inf
    for i in range(len(starts)):
        soonest = min(soonest, starts[i].time_s)
    progress[_BUCKET] = int(min(soonest * per_second, 2.0**52))
    for i in range(len(starts)):
        row = _offer(nodes, starts[i].place * k, k, starts[i].time_s, starts[i].length_m, starts[i].label, 1)
        if row >= 0:
            push(head, entries, progress, row, starts[i].time_s, per_second)
    while progress[_WAITING] > 0:
        slot = progress[_BUCKET] & (BUCKETS - 1)
        entry = head[slot]
        head[slot] = 0
        if entry == 0:
            progress[_BUCKET] += 1
        while entry > 0:
            here, following = entries[entry].item, entries[entry].next
            entries[entry].next = entries[0].next
            entries[0].next = entry
            entry = following
            progress[_WAITING] -= 1
            progress[_FREE] += 1
            if nodes[here].via >= 0:
                continue
            nodes[here].via = -nodes[here].via
            now, passed, label = nodes[here].time_s, nodes[here].length_m, nodes[here].label
            for edge in range(offsets[here // k], offsets[here // k + 1]):
                time = now + edges[edge].time_s
                row = _offer(nodes, edges[edge].place * k, k, time, passed + edges[edge].length_m, label, edge + 2)
                if row >= 0:
                    if progress[_FREE] == 0:
                        entries = more_entries(entries, progress)
                    push(head, entries, progress, row, time, per_second)
    for first in range(0, n * k, k):
        for row in range(first + 1, first + k):
            at = row
            while at > first and (
                nodes[at].time_s < nodes[at - 1].time_s
                or (nodes[at].time_s == nodes[at - 1].time_s and nodes[at].label < nodes[at - 1].label)
            ):
                better = nodes[at : at + 1].copy()
                nodes[at] = nodes[at - 1]
                nodes[at - 1] = better[0]
                at -= 1
    return nodes


@compiled
def _offer(nodes, first, k, time, length, label, via):  # type: ignore[no-untyped-def]
    """Keep a way among the `k` of a node if it is one of the best; return its row, or -1."""
    last = first
    for row in range(first, first + k):
        if nodes[row].label == label:
            last = row
            break
        if nodes[row].time_s > nodes[last].time_s or (
            nodes[row].time_s == nodes[last].time_s and nodes[row].label > nodes[last].label
        ):
            last = row
    known = nodes[last]
    if known.label != label:
        # Another label gives way only to a better one, whichever edge it came by.
        if time > known.time_s or (time == known.time_s and label > known.label):
            return -1
    elif not improves(time, length, label, via, known.time_s, known.length_m, known.label, known.via):
        return -1
    nodes[last].time_s, nodes[last].length_m = time, length
    nodes[last].label, nodes[last].via = label, -via
    return last
