"""The search of public transport against a plain one, and laws that it must obey."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.transit.day import CHANGE_S, day_of, profile_to
from geo.transit.journeys import journeys, legs
from geo.transit.kernels import ARRIVAL, NEVER, RIDE
from geo.transit.round_trip import Rules, round_trip
from geo.transit.schedule import WEEKDAYS, Schedule, merged
from geo.transit.transfers import with_stops_of_lines
from geo.transit.walks import Walks
from geo.transit.window import percentile_minutes, times_from_minutes

FEW = settings(max_examples=25)
DATE = dt.date(2025, 2, 4)
N_STOPS = 6


def make_schedule(trips, blocks=()):
    """Return a timetable that runs daily; a trip is a list of (stop, arrival, departure, pickup, drop_off)."""
    rows = [(number, *call) for number, calls in enumerate(trips) for call in calls]
    columns = ["trip", "stop", "arrival", "departure", "pickup", "drop_off"]
    weekly = pd.DataFrame(
        {"service": [0], **{name: [True] for name in WEEKDAYS}, "start": [20250101], "end": [20251231]}
    )
    stops = pd.DataFrame({"stop_id": [f"s{i}" for i in range(N_STOPS)], "name": [f"Stop {i}" for i in range(N_STOPS)]})
    made = pd.DataFrame({"trip_id": [f"t{i}" for i in range(len(trips))]})
    return Schedule(
        stops=stops.assign(lon=0.0, lat=43.0, parent=-1, feed=0),
        trips=made.assign(
            line="L",
            headsign="",
            route_type=3,
            service=0,
            zone="Europe/Paris",
            school=False,
            block=[*blocks, *[-1] * (len(trips) - len(blocks))],
            feed=0,
        ),
        stop_times=pd.DataFrame(rows, columns=columns).astype(np.int32),
        weekly=weekly,
        exceptions=pd.DataFrame({"service": np.zeros(0, int), "date": np.zeros(0, int), "added": np.zeros(0, bool)}),
        transfers=pd.DataFrame(
            {"from_stop": np.zeros(0, int), "to_stop": np.zeros(0, int), "seconds": np.zeros(0, int)}
        ),
        feeds=pd.DataFrame(
            {"name": ["f"], "file": ["f"], "sha256": [""], "start": [20250101], "end": [20251231], "note": [""]}
        ),
    )


@st.composite
def trips(draw):
    made = []
    for _ in range(draw(st.integers(1, 8))):
        now, calls = draw(st.integers(0, 40)) * 60 + 8 * 3600, []
        for stop in draw(st.lists(st.integers(0, N_STOPS - 1), min_size=2, max_size=4)):
            arrival = now + draw(st.integers(0, 10)) * 60
            now = arrival + draw(st.integers(0, 2)) * 60
            calls.append((stop, arrival, now, draw(st.sampled_from([0, 0, 0, 1])), draw(st.sampled_from([0, 0, 0, 1]))))
        made.append(calls)
    return made


WALKS = st.lists(st.tuples(st.integers(0, N_STOPS - 1), st.integers(0, N_STOPS - 1), st.integers(1, 9)), max_size=5)
EGRESS = st.lists(st.one_of(st.none(), st.integers(0, 10)), min_size=N_STOPS, max_size=N_STOPS)


def make_day(made, walked):
    pairs = np.array([(a, b, 60 * m) for a, b, m in walked if a != b], np.int64).reshape(-1, 3)
    walks = Walks.of_pairs(*pairs.T, N_STOPS)
    return day_of(made if isinstance(made, Schedule) else make_schedule(made), DATE, walks, "Europe/Paris")


def seconds(egress):
    return np.array([NEVER if each is None else 60 * each for each in egress], np.int64)


def plain(made, walked, egress, stop, start, following=None):
    """Return the earliest arrival of who waits at a stop from a second on: every trip is tried until nothing improves.

    `following`: the trip that the vehicle of a trip runs next, by number.
    """
    following = following or {}
    walk = {(v, v): CHANGE_S for v in range(N_STOPS)}
    walk |= {(a, b): max(60 * m, CHANGE_S) for a, b, m in walked if a != b}
    ready, best, better = {stop: start}, NEVER, True
    while better:
        better = False
        for trip, calls in enumerate(made):
            later, after = [], trip
            while (after := following.get(after)) is not None:
                later += made[after][1:]
            for i, (board, _, departure, pickup, _) in enumerate(calls[:-1]):
                if pickup or ready.get(board, NEVER) > departure:
                    continue
                for leave, arrival, _, _, drop_off in [*calls[i + 1 :], *later]:
                    if drop_off:
                        continue
                    if egress[leave] is not None:
                        best = min(best, arrival + 60 * egress[leave])
                    for (v, w), needed in walk.items():
                        if v == leave and arrival + needed < ready.get(w, NEVER):
                            ready[w], better = arrival + needed, True
    return best


def plain_ways(made, walked, egress, stop, start):
    """Return the best way of who waits at a stop from a second on: arrival, rides, seconds on foot; `None`: no way.

    Every way that none beats in time, rides and walking at once is followed until there is no other.
    """
    walk = {(v, v): (CHANGE_S, 0) for v in range(N_STOPS)}
    walk |= {(a, b): (max(60 * m, CHANGE_S),) * 2 for a, b, m in walked if a != b}
    known, left, done = {}, [(stop, (start, 0, 0))], []
    while left:
        at, way = left.pop()
        if any(all(x <= y for x, y in zip(one, way, strict=True)) for one in known.get(at, [])):
            continue
        known.setdefault(at, []).append(way)
        ready, rides, on_foot = way
        for calls in made:
            for i, (board, _, departure, pickup, _) in enumerate(calls[:-1]):
                if pickup or board != at or departure < ready:
                    continue
                for leave, arrival, _, _, drop_off in calls[i + 1 :]:
                    if drop_off:
                        continue
                    if egress[leave] is not None:
                        done.append((arrival + 60 * egress[leave], rides + 1, on_foot + 60 * egress[leave]))
                    left += [
                        (w, (arrival + needed, rides + 1, on_foot + walks))
                        for (v, w), (needed, walks) in walk.items()
                        if v == leave
                    ]
    return min(done, default=None)


@FEW
@given(made=trips(), walked=WALKS, egress=EGRESS)
def test_at_the_same_arrival_the_way_of_fewest_rides_then_least_walking_is_kept(made, walked, egress):
    profile = profile_to(make_day(made, walked), seconds(egress))
    for stop in range(N_STOPS):
        rows = profile.rows(stop)
        for start in sorted({departure for calls in made for _, _, departure, _, _ in calls}):
            ways = profile.way[rows][profile.departure_s[rows] >= start]
            best = None if not len(ways) else int(ways.min())
            told = None if best is None else (best // ARRIVAL, best % ARRIVAL // RIDE, best % RIDE)
            assert told == plain_ways(made, walked, egress, stop, start)


@FEW
@given(made=trips(), walked=WALKS, egress=EGRESS)
def test_a_journey_has_the_rides_and_the_walks_of_its_way(made, walked, egress):
    day = make_day(made, walked)
    for one in (day, day.reversed):
        profile = profile_to(one, seconds(egress))
        for stop in range(N_STOPS):
            found = journeys(profile, np.array([stop]), np.array([0]))
            for number, row in enumerate(found.row.tolist()):
                parts, way = legs(profile, found, number), int(profile.way[row])
                assert sum(part.line is not None for part in parts) == way % ARRIVAL // RIDE
                assert sum(part.arrival_s - part.departure_s for part in parts if part.line is None) == way % RIDE


def arrival_of(profile, stop, start):
    rows = profile.rows(stop)
    catchable = profile.departure_s[rows] >= start
    return int(profile.arrival_s[rows][catchable].min(initial=NEVER))


@FEW
@given(made=trips(), walked=WALKS, egress=EGRESS)
def test_every_departure_arrives_when_a_plain_search_says(made, walked, egress):
    profile = profile_to(make_day(made, walked), seconds(egress))
    starts = sorted({departure for calls in made for _, _, departure, _, _ in calls})
    for stop in range(N_STOPS):
        arrivals = [arrival_of(profile, stop, start) for start in starts]
        assert arrivals == [plain(made, walked, egress, stop, start) for start in starts]
        assert arrivals == sorted(arrivals)  # waiting longer never arrives earlier


BLOCKS = st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=8, max_size=8)


def next_trips(made, blocks):
    """Return which trip follows which on one vehicle: the next of its block to leave, once the one before is over."""
    found = {}
    for block in (0, 1):
        of = sorted((t for t in range(len(made)) if blocks[t] == block), key=lambda t: (made[t][0][2], made[t][-1][1]))
        found |= {one: two for one, two in pairwise(of) if made[one][-1][1] <= made[two][0][2]}
    return found


@FEW
@given(made=trips(), walked=WALKS, egress=EGRESS, blocks=BLOCKS)
def test_who_stays_on_the_vehicle_arrives_when_a_plain_search_says(made, walked, egress, blocks):
    blocks = blocks[: len(made)]
    day = make_day(make_schedule(made, blocks), walked)
    profile, alone = profile_to(day, seconds(egress)), profile_to(make_day(made, walked), seconds(egress))
    following = next_trips(made, blocks)
    for stop in range(N_STOPS):
        for start in sorted({departure for calls in made for _, _, departure, _, _ in calls}):
            arrives = arrival_of(profile, stop, start)
            assert arrives == plain(made, walked, egress, stop, start, following)
            assert arrives <= arrival_of(alone, stop, start)
    for one in (day, day.reversed):
        searched = profile_to(one, seconds(egress))
        for stop in range(N_STOPS):
            found = journeys(searched, np.array([stop]), np.array([120]))
            for number in range(len(found)):
                parts = legs(searched, found, number)
                assert not parts[0].stays
                for before, after in pairwise(parts):
                    assert before.arrival_s <= after.departure_s
                    assert not after.stays or (before.line and after.line)
                    # Who does not stay has a minute at least to change.
                    if before.line and after.line and not after.stays:
                        assert after.departure_s - before.arrival_s >= CHANGE_S


@FEW
@given(made=trips(), walked=WALKS, egress=EGRESS)
def test_the_ways_back_are_those_of_the_day_run_backwards(made, walked, egress):
    day = make_day(made, walked)
    back = profile_to(day.reversed, seconds(egress))
    # From the place to a stop: leave the place as late as possible and be there in time.
    mirrored = [[(s, -d, -a, drop, up) for s, a, d, up, drop in reversed(calls)] for calls in made]
    turned = [(b, a, m) for a, b, m in {(a, b): (a, b, m) for a, b, m in walked}.values()]
    ends = sorted({-arrival for calls in made for _, arrival, _, _, _ in calls})
    for stop in range(N_STOPS):
        assert [arrival_of(back, stop, end) for end in ends] == [
            plain(mirrored, turned, egress, stop, end) for end in ends
        ]


@FEW
@given(made=trips(), walked=WALKS, egress=EGRESS, gone=st.integers(0, 7))
def test_removing_a_trip_never_improves(made, walked, egress, gone):
    whole = profile_to(make_day(made, walked), seconds(egress))
    less = profile_to(make_day([c for n, c in enumerate(made) if n != gone] or made, walked), seconds(egress))
    for stop in range(N_STOPS):
        for start in less.departure_s[less.rows(stop)].tolist():
            assert arrival_of(whole, stop, start) <= arrival_of(less, stop, start)


@FEW
@given(made=trips(), walked=WALKS, egress=EGRESS, cut=st.integers(1, 7))
def test_a_feed_split_in_two_gives_the_same(made, walked, egress, cut):
    one, two = make_schedule(made[:cut]), make_schedule(made[cut:])
    both = merged([one, two])
    # The stops of the second feed are those of the first.
    both.stop_times["stop"] %= N_STOPS
    whole, split = (profile_to(make_day(each, walked), seconds(egress)) for each in (made, _first_stops(both)))
    for stop in range(N_STOPS):
        rows, other = whole.rows(stop), split.rows(stop)
        assert whole.departure_s[rows].tolist() == split.departure_s[other].tolist()
        assert whole.arrival_s[rows].tolist() == split.arrival_s[other].tolist()


def _first_stops(schedule):
    tables = {name: getattr(schedule, name) for name in Schedule.__dataclass_fields__}
    return Schedule(**tables | {"stops": schedule.stops.iloc[:N_STOPS]})


@FEW
@given(made=trips(), walked=WALKS, egress=EGRESS)
def test_a_journey_is_made_of_rides_and_walks_that_follow(made, walked, egress):
    day = make_day(made, walked)
    for one in (day, day.reversed):
        profile = profile_to(one, seconds(egress))
        for stop in range(N_STOPS):
            found = journeys(profile, np.array([stop]), np.array([120]))
            for number in range(len(found)):
                parts = legs(profile, found, number)
                assert parts[0].departure_s <= parts[0].arrival_s
                for before, after in pairwise(parts):
                    assert before.arrival_s <= after.departure_s
                    assert before.to_stop == after.from_stop or before.line is after.line is None
                rides = [part for part in parts if part.line is not None]
                assert rides
                assert parts[0].from_stop is None
                assert parts[-1].to_stop is None
                if one is day:
                    assert (parts[0].departure_s, parts[-1].arrival_s) == (
                        found.departure_s[number],
                        found.arrival_s[number],
                    )
                else:
                    assert parts[-1].arrival_s == found.arrival_s[number]


@FEW
@given(
    made=trips(),
    walked=WALKS,
    egress=EGRESS,
    opens=st.integers(480, 540),
    hours=st.integers(20, 120),
    visit=st.integers(5, 45),
)
def test_a_round_trip_is_the_best_of_all_pairs(made, walked, egress, opens, hours, visit):
    day = make_day(made, walked)
    there, back = profile_to(day, seconds(egress)), profile_to(day.reversed, seconds(egress))
    rules = Rules(visit_min=visit, way_min=60)
    spans = [(opens * 60, (opens + hours) * 60)]
    for stop in range(N_STOPS):
        near = (np.array([stop]), np.array([60]))
        out, home = journeys(there, *near), journeys(back, *near)
        found = round_trip(out, home, spans, rules)
        every = [
            home.arrival_s[j] - out.departure_s[i]
            for i in range(len(out))
            for j in range(len(home))
            if out.arrival_s[i] - out.departure_s[i] <= 3600
            and home.arrival_s[j] - home.departure_s[j] <= 3600
            and max(out.arrival_s[i], spans[0][0]) + visit * 60 <= min(spans[0][1], home.departure_s[j])
        ]
        assert (found is None) == (not every)
        if found is not None:
            assert found.home_s - found.departure_s == min(every)
            assert found.earliest_arrival_s <= found.arrival_s
            assert found.last_way_back_s >= found.leave_s


@FEW
@given(made=trips(), walked=WALKS, egress=EGRESS)
def test_waiting_longer_never_arrives_earlier(made, walked, egress):
    """Who leaves a stop a minute later is there no sooner, to the place and back from it."""
    day = make_day(made, walked)
    leave = np.arange(0, 24 * 60) * 60
    for one in (day, day.reversed):
        profile = profile_to(one, seconds(egress))
        for stop in range(N_STOPS):
            took = times_from_minutes(journeys(profile, np.array([stop]), np.array([0])), leave, np.inf, None)
            there = np.where(took >= NEVER, np.inf, leave + took)
            assert (np.diff(there[np.isfinite(there)]) >= 0).all()
            assert not np.isfinite(there[np.isinf(there).argmax() :]).any() or np.isfinite(there).all()


@FEW
@given(
    made=trips(),
    walked=WALKS,
    egress=EGRESS,
    begin=st.integers(480, 520),
    length=st.integers(1, 40),
    on_foot=st.one_of(st.none(), st.integers(1, 60)),
    most=st.integers(1, 90),
)
def test_percentiles_of_a_window_are_those_of_a_plain_search_each_minute(
    made, walked, egress, begin, length, on_foot, most
):
    profile = profile_to(make_day(made, walked), seconds(egress))
    minutes = range(begin, begin + length)
    leave = np.array([60 * minute for minute in minutes])
    access = 120
    for stop in range(N_STOPS):
        out = journeys(profile, np.array([stop]), np.array([access]))
        took = times_from_minutes(out, leave, 60 * most, None if on_foot is None else 60 * on_foot)
        expected = []
        for second in leave.tolist():
            ride = plain(made, walked, egress, stop, second + access) - second
            expected.append(min([ride, *([] if on_foot is None else [60 * on_foot])]))
        expected = sorted(time / 60 if time <= 60 * most else float("inf") for time in expected)
        at = [next(t for t in expected if sum(e <= t for e in expected) >= p / 100 * length) for p in (25, 50, 75)]
        assert percentile_minutes(took).tolist() == at


RULE = st.fixed_dictionaries(
    {
        "kind": st.just(2),
        "seconds": st.integers(-1, 900),
        **{f"{end}_stop": st.integers(0, 2) for end in ("from", "to")},
        **{f"{end}_route": st.integers(-1, 1) for end in ("from", "to")},
        **{f"{end}_trip": st.integers(-1, 2) for end in ("from", "to")},
    }
)


@FEW
@given(rules=st.lists(RULE, min_size=1, max_size=8), station=st.booleans())
def test_between_two_trips_the_most_specific_rule_counts(rules, station):
    """Three trips of two lines call at three stops; stop 2 may be the station of stop 1."""
    route, parents = np.array([0, 0, 1]), [-1, 2 if station else -1, -1]
    stops = pd.DataFrame({"stop_id": list("abc"), "name": list("abc"), "parent": parents})
    times = pd.DataFrame({"trip": np.repeat([0, 1, 2], 3), "stop": np.tile([0, 1, 2], 3)}).astype(np.int32)
    made, calls, table = with_stops_of_lines(stops, times, route, pd.DataFrame(rules))
    assert made["name"].tolist()[:3] == ["a", "b", "c"]
    assert made["name"].iloc[calls["stop"]].tolist() == ["a", "b", "c"] * 3
    told = {(one, other): s for one, other, s in table.itertuples(index=False)}

    def matches(rule, end, trip, stop):
        at = rule[f"{end}_stop"]
        if rule[f"{end}_trip"] >= 0:
            known = rule[f"{end}_trip"] == trip and rule[f"{end}_route"] in (-1, route[trip])
        else:
            known = rule[f"{end}_route"] in (-1, route[trip])
        return known and (at == stop or parents[stop] == at)

    def weight(rule):
        n_trips = sum(rule[f"{end}_trip"] >= 0 for end in ("from", "to"))
        n_routes = sum(rule[f"{end}_trip"] < 0 <= rule[f"{end}_route"] for end in ("from", "to"))
        return n_trips, n_routes

    for one in range(3):
        for other in range(3):
            for stop in range(3):
                for then in range(3):
                    found = [r for r in rules if matches(r, "from", one, stop) and matches(r, "to", other, then)]
                    best = max((weight(r) for r in found), default=None)
                    expected = {r["seconds"] for r in found if weight(r) == best}
                    at = tuple(int(calls["stop"].iloc[3 * trip + s]) for trip, s in ((one, stop), (other, then)))
                    assert (told.get(at) in expected) if expected else at not in told
