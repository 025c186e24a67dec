"""The compiled search: every departure of a day from every stop to one place (profile connection scan).

Source: Dibbelt, Pajor, Strasser, Wagner 2018, Connection Scan Algorithm, section 4 (earliest arrival profiles).
"""

from __future__ import annotations

import numpy as np

from geo.network.compiled import compiled

#: After any time of a day; whole seconds, so that sums stay exact.
NEVER = 1 << 30
#: A way is one number, which is less for the better of two: seconds of arrival, then rides, then seconds on foot.
ARRIVAL = 1 << 32
RIDE = 1 << 24


@compiled
def scan(  # type: ignore[no-untyped-def]
    dep_stop, arr_stop, dep_s, arr_s, trip, board, alight, n_trips, egress_s, walk_offsets, walk_stop, walk_s
):
    """Scan the connections of a day, the last to depart first.

    Connections are sorted by departure, the last first, those of a trip at the same second in the reverse order of
    travel. ``egress_s``: seconds on foot from each stop to the place, `NEVER` where it is too far. Who leaves stop v
    on foot reaches the stops ``walk_stop[walk_offsets[v]:walk_offsets[v + 1]]`` (v itself among them: the time of a
    change) after ``walk_s`` seconds; here the walks are given by where they *end*.

    Of ways that arrive at the same second the one of fewest rides counts, then the one with the least walking.

    Returns for each stop its best departures by boarding there (``first[v]:first[v] + count[v]``), the last first:
    seconds of departure, the way as one number (`ARRIVAL`, `RIDE`), connection boarded and connection left by; and the
    same of those who come off another trip and have to change (or walk) first.
    """
    n_stops, n = len(egress_s), len(dep_s)
    boardings = np.zeros(n_stops + 1, np.int64)
    for c in range(n):
        if board[c]:
            boardings[dep_stop[c] + 1] += 1
    rooms = np.zeros(n_stops + 1, np.int64)
    for u in range(n_stops):
        for k in range(walk_offsets[u], walk_offsets[u + 1]):
            rooms[walk_stop[k] + 1] += boardings[u + 1]
    for v in range(n_stops):
        boardings[v + 1] += boardings[v]
        rooms[v + 1] += rooms[v]
    p_dep, p_way = np.empty(boardings[n_stops], np.int32), np.empty(boardings[n_stops], np.int64)
    p_on, p_off = np.empty(boardings[n_stops], np.int32), np.empty(boardings[n_stops], np.int32)
    p_count = np.zeros(n_stops, np.int64)
    s_dep, s_way = np.empty(rooms[n_stops], np.int32), np.empty(rooms[n_stops], np.int64)
    s_on, s_off = np.empty(rooms[n_stops], np.int32), np.empty(rooms[n_stops], np.int32)
    s_count = np.zeros(n_stops, np.int64)
    none = NEVER * ARRIVAL
    t_way, t_off = np.full(n_trips, none, np.int64), np.full(n_trips, -1, np.int64)

    for c in range(n):
        u, v, t = dep_stop[c], arr_stop[c], trip[c]
        best, off = t_way[t], t_off[t]
        if alight[c]:
            if egress_s[v] < NEVER:
                on_foot = (arr_s[c] + egress_s[v]) * ARRIVAL + egress_s[v]
                if on_foot <= best:
                    best, off = on_foot, c
            base, low, high = rooms[v], 0, s_count[v]
            while low < high:  # entries that leave no sooner than the arrival here
                middle = (low + high) // 2
                if s_dep[base + middle] >= arr_s[c]:
                    low = middle + 1
                else:
                    high = middle
            if low > 0 and s_way[base + low - 1] < best:
                best, off = s_way[base + low - 1], c
        if best >= none:
            continue
        t_way[t], t_off[t] = best, off
        if not board[c]:
            continue
        best += RIDE
        at = boardings[u] + p_count[u]
        if p_count[u] > 0 and p_way[at - 1] <= best:
            continue
        if p_count[u] > 0 and p_dep[at - 1] == dep_s[c]:
            at -= 1
        else:
            p_count[u] += 1
        p_dep[at], p_way[at], p_on[at], p_off[at] = dep_s[c], best, c, off
        for k in range(walk_offsets[u], walk_offsets[u + 1]):
            w = walk_stop[k]
            leaves, way = dep_s[c] - walk_s[k], best + (walk_s[k] if w != u else 0)
            base, count = rooms[w], s_count[w]
            place = count
            while place > 0 and s_dep[base + place - 1] < leaves:
                place -= 1
            if place > 0 and s_way[base + place - 1] <= way:
                continue
            # The same second, or sooner and no better: written over.
            begin = place
            while begin > 0 and s_dep[base + begin - 1] == leaves:
                begin -= 1
            end = place
            while end < count and s_way[base + end] >= way:
                end += 1
            shift = 1 - (end - begin)
            if shift > 0:
                for i in range(count - 1, end - 1, -1):
                    s_dep[base + i + shift], s_way[base + i + shift] = s_dep[base + i], s_way[base + i]
                    s_on[base + i + shift], s_off[base + i + shift] = s_on[base + i], s_off[base + i]
            elif shift < 0:
                for i in range(end, count):
                    s_dep[base + i + shift], s_way[base + i + shift] = s_dep[base + i], s_way[base + i]
                    s_on[base + i + shift], s_off[base + i + shift] = s_on[base + i], s_off[base + i]
            s_dep[base + begin], s_way[base + begin] = leaves, way
            s_on[base + begin], s_off[base + begin] = c, off
            s_count[w] = count + shift
    return (
        (boardings[:n_stops], p_count, p_dep, p_way, p_on, p_off),
        (rooms[:n_stops], s_count, s_dep, s_way, s_on, s_off),
    )
