"""What a feed tells of changes: from stop to stop, from one line or trip to another, and by staying on the vehicle.

A rule for one line holds for that line alone: its calls at the stop get a row of their own in the table of stops, at
the same place and under the same name, and the rule ties that row. Of several rules the most specific counts.

Source: GTFS Schedule reference, transfers.txt (types 0 to 5, specificity of a transfer).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.transit.feed_tables import FeedTables

_FILE: Final = "transfers.txt"
#: Of ``transfer_type``: recommended, a time is needed, no change, and whether one may stay on the vehicle.
_RECOMMENDED, _TIMED, _IMPOSSIBLE, _STAY, _LEAVE = 0, 2, 3, 4, 5
_ENDS: Final = ("from", "to")
#: A change that is said to last longer is as good as none.
_LONGEST_S: Final = 7 * 86_400


def read_transfers(tables: FeedTables) -> pd.DataFrame:
    """Return the rules: `from_stop`, `to_stop`, `kind`, `seconds` (-1: no change), and the line and trip of each end.

    Positions, -1 where empty. A rule of a line or trip that the feed does not hold applies to nothing: it is left out.
    So is one that allows a change without the time that it takes.
    """
    rules = pd.DataFrame({"kind": tables.numbers(_FILE, "transfer_type", 0)})
    lasts, known = tables.numbers(_FILE, "min_transfer_time"), np.ones(len(rules), bool)
    tables.wrong(_FILE, lasts < 0, "min_transfer_time négatif", tables.column(_FILE, "min_transfer_time"))
    none = (rules["kind"].to_numpy() == _IMPOSSIBLE) | ~np.isfinite(lasts)
    rules["seconds"] = np.where(none, -1, np.minimum(lasts, _LONGEST_S)).astype(np.int64)
    ids = {"route": tables.column("routes.txt", "route_id"), "trip": tables.column("trips.txt", "trip_id")}
    between_stops = rules["kind"].between(_RECOMMENDED, _IMPOSSIBLE).to_numpy()
    for end in _ENDS:
        name = f"{end}_stop_id"
        rules[f"{end}_stop"] = tables.positions(_FILE, name, tables.column("stops.txt", "stop_id"), optional=True)
        empty = pc.equal(tables.column(_FILE, name), "").to_numpy(zero_copy_only=False)
        tables.wrong(_FILE, empty & between_stops, f"{name} vide")
        for what, of in ids.items():
            texts = tables.column(_FILE, f"{end}_{what}_id")
            at = pc.fill_null(pc.index_in(texts, value_set=of), -1).to_numpy(zero_copy_only=False)
            rules[f"{end}_{what}"] = at.astype(np.int64)
            known &= (at >= 0) | pc.equal(texts, "").to_numpy(zero_copy_only=False)
    # A rule without a time tells nothing of how long the change takes: the way on foot counts.
    known &= ~(rules["kind"].between(_RECOMMENDED, _TIMED) & np.isnan(lasts)).to_numpy()
    return rules[known & (between_stops | rules["kind"].isin((_STAY, _LEAVE)))].reset_index(drop=True)


def with_linked_trips(block: NDArray[np.int64], rules: pd.DataFrame) -> NDArray[np.int64]:
    """Return the vehicle of each trip, -1 where it is not told, as rules about staying on it change it.

    `block`: of the table of trips. A trip after which one must leave the vehicle, or before, is on a vehicle alone.
    """
    block = block.copy()
    links = rules[(rules["from_trip"] >= 0) & (rules["to_trip"] >= 0)]
    following = int(block.max(initial=-1)) + 1
    stays = links[links["kind"] == _STAY]
    for one, other in zip(stays["from_trip"].tolist(), stays["to_trip"].tolist(), strict=True):
        if block[one] < 0:
            block[one], following = following, following + 1
        if block[other] < 0:
            block[other] = block[one]
        elif block[other] != block[one]:
            block[block == block[other]] = block[one]
    leaves = links[links["kind"] == _LEAVE]
    block[leaves[["from_trip", "to_trip"]].to_numpy().ravel()] = -1
    return block


def with_stops_of_lines(
    stops: pd.DataFrame, times: pd.DataFrame, route: NDArray[np.int64], rules: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return stops, calls and changes, with a row of its own for each line or trip that a rule of a stop names.

    Parameters
    ----------
    stops, times
        As in `geo.transit.schedule.Schedule`.
    route
        Line of each trip.
    rules
        What `read_transfers` gives.

    Returns
    -------
    Stops, calls, and `from_stop`, `to_stop`, `seconds`: of several for two stops the last counts.
    """
    columns = ["from_stop", "to_stop", "seconds"]
    rules = rules[rules["kind"] <= _IMPOSSIBLE]
    if rules.empty:
        return stops, times, rules[columns].reset_index(drop=True)
    rules = _of_platforms(stops, rules)
    for end in _ENDS:  # a trip of another line than the one that the rule names is none
        of_trip, of_line = rules[f"{end}_trip"].to_numpy(), rules[f"{end}_route"].to_numpy()
        rules = rules[(of_trip < 0) | (of_line < 0) | (route[of_trip] == of_line)]
    told = rules[[f"{end}_{what}" for end in _ENDS for what in ("route", "trip")]]
    if not (told.to_numpy() >= 0).any():
        return stops, times, rules[columns].reset_index(drop=True)
    ends = pd.concat(
        [
            rules[[f"{end}_{what}" for what in ("stop", "route", "trip")]].set_axis(["stop", "route", "trip"], axis=1)
            for end in _ENDS
        ]
    )
    named = {
        what: set(zip(ends["stop"][ends[what] >= 0], ends[what][ends[what] >= 0], strict=True))
        for what in ("route", "trip")
    }
    rows_of: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    at, trip = times["stop"].to_numpy().copy(), times["trip"].to_numpy()
    made: dict[tuple[int, int, int], int] = {}
    special = {stop for pairs in named.values() for stop, _ in pairs}
    for call in np.flatnonzero(np.isin(at, list(special))).tolist():
        stop, one, line = int(at[call]), int(trip[call]), int(route[trip[call]])
        key = (stop, line if (stop, line) in named["route"] else -1, one if (stop, one) in named["trip"] else -1)
        if key == (stop, -1, -1):
            continue
        if key not in made:
            made[key] = len(stops) + len(made)
            rows_of[stop].append((made[key], key[1], key[2]))
        at[call] = made[key]
    of = np.array([stop for stop, _, _ in made], np.int64)
    stops = pd.concat([stops, stops.iloc[of]], ignore_index=True) if made else stops
    specific = sum(
        (rules[f"{end}_trip"] >= 0) * 3 + ((rules[f"{end}_trip"] < 0) & (rules[f"{end}_route"] >= 0)) for end in _ENDS
    )
    changes = [
        (one, other, rule["seconds"])
        for rule in rules.iloc[np.argsort(np.asarray(specific), kind="stable")].to_dict("records")
        for one in _rows(rows_of, rule, "from")
        for other in _rows(rows_of, rule, "to")
    ]
    table = pd.DataFrame(changes, columns=columns).astype(np.int64)
    return stops, times.assign(stop=at.astype(np.int32)), table


def _of_platforms(stops: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rules with those of a station given for each of its platforms."""
    parent = stops["parent"].to_numpy()
    platforms = pd.DataFrame({"station": parent, "platform": np.arange(len(parent))})[parent >= 0]
    for end in _ENDS:
        name = f"{end}_stop"
        of_stations = rules.merge(platforms, left_on=name, right_on="station")
        of_stations[name] = of_stations["platform"]
        # What is said of a platform itself counts more than what is said of its station.
        rules = pd.concat([of_stations[rules.columns], rules], ignore_index=True)
    return rules


def _rows(rows_of: dict[int, list[tuple[int, int, int]]], rule: Mapping[Any, Any], end: str) -> list[int]:
    """Return the rows of a stop that one end of a rule is about."""
    stop, route, trip = (int(rule[f"{end}_{what}"]) for what in ("stop", "route", "trip"))
    of_lines = [
        row for row, line, one in rows_of.get(stop, ()) if trip in (-1, one) and (trip >= 0 or route in (-1, line))
    ]
    return of_lines if trip >= 0 or route >= 0 else [stop, *of_lines]
