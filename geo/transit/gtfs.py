"""GTFS feeds: read, checked all at once, blank times filled, frequencies written out as trips.

Trips on request (GTFS-Flex zones) are left out and counted; calls that must be asked for (`pickup_type` and
`drop_off_type` 2 and 3) and lines for pupils are kept, marked, and used only where they are asked for.

Source: GTFS Schedule reference, gtfs.org.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from geo.errors import Fault, ParameterError
from geo.french import agreed, format_integer, visible
from geo.sources.provenance import checksum
from geo.transit.feed_tables import FeedTables, texts_of
from geo.transit.schedule import WEEKDAYS, Schedule, merged
from geo.transit.transfers import read_transfers, with_linked_trips, with_stops_of_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_log = logging.getLogger(__name__)

_TIME: Final = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")
_DAY: Final = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
#: A name of a time zone: longer ways are looked for folder in folder, without end.
_ZONE: Final = re.compile(r"[\w+-]{1,40}(/[\w+-]{1,40}){0,2}", re.ASCII)
#: What stands for a blank time, and for one that cannot be read.
_BLANK, _UNREADABLE = -1, -2
#: Words of the name or description of a line by which it is known to be for pupils; and its code of the extended types.
_SCHOOL: Final = re.compile(r"\bscolaires?\b", re.IGNORECASE)
_SCHOOL_TYPE: Final = 712
#: The last code of the extended types.
_LARGEST_TYPE: Final = 1702
#: Columns of stop times that only zones on request have.
_FLEX: Final = ("location_id", "location_group_id", "start_pickup_drop_off_window")
_STOP, _STATION = 0, 1
#: Most departures by frequency of a feed: those of a large city's day are a few thousand.
_MOST_TRIPS: Final = 200_000


def read_gtfs(paths: Path | Sequence[Path]) -> Schedule:
    """Read one or several GTFS feeds, each a ``.zip`` or a folder, as one timetable.

    Raises
    ------
    SourceError
        A feed is absent or damaged.
    SchemaError
        A feed is at fault: all its faults, with the file and the row of each.
    ParameterError
        No feed is given.
    """
    several = [paths] if isinstance(paths, Path) else list(paths)
    if not several:
        msg = "Aucun fichier d'horaires n'est donné : un jeu de données GTFS (.zip) au moins est attendu."
        raise ParameterError(msg)
    return merged([_read_feed(path) for path in several])


def _read_feed(path: Path) -> Schedule:
    tables = FeedTables.open(path)
    holds = {"stops.txt": "arrêt", "stop_times.txt": "passage"}
    if empty := [file for file in holds if not tables.rows(file)]:
        tables.faults += [Fault(f"{file} ne contient aucun {holds[file]}") for file in empty]
        tables.require()
    stops = _stops(tables)
    services = _service_ids(tables)
    trips, flex = _trips(tables, services)
    weekly, exceptions = _days(tables, services)
    rules = read_transfers(tables)
    times = _stop_times(tables, flex)
    tables.require()
    route = tables.positions("trips.txt", "route_id", tables.column("routes.txt", "route_id"))
    stops, times, transfers = with_stops_of_lines(stops, times, route, rules)
    trips["block"] = with_linked_trips(trips["block"].to_numpy(), rules)
    trips, times = _written_out(tables, trips, times)
    tables.require()
    first, last = _first_and_last_day(weekly, exceptions)
    if not last:
        tables.faults.append(Fault("aucun jour de service dans calendar.txt ni calendar_dates.txt"))
        tables.require()
    without_day = _without_day(trips, times, weekly, exceptions)
    if without_day and without_day == times["trip"].nunique():
        tables.faults.append(Fault("aucun trajet n'a de jour de service dans calendar.txt ni calendar_dates.txt"))
        tables.require()
    note = _note(trips, times, int(flex.sum()), without_day)
    feeds = pd.DataFrame(
        {"name": [path.stem], "file": [path.name], "sha256": [checksum(path) if path.is_file() else ""]}
    ).assign(start=first, end=last, note=note)
    _log.info("Horaires « %s » : %s trajets.", path.name, format_integer(len(trips)))
    return Schedule(stops, trips, times, weekly, exceptions, transfers, feeds)


def _stops(tables: FeedTables) -> pd.DataFrame:
    file = "stops.txt"
    ids = tables.unique(file, "stop_id")
    kind = tables.numbers(file, "location_type", 0)
    lon, lat = tables.numbers(file, "stop_lon"), tables.numbers(file, "stop_lat")
    parent = tables.positions(file, "parent_station", ids, optional=True)
    # A platform may leave its place to its station.
    inherits = (np.isnan(lon) | np.isnan(lat)) & (parent >= 0)
    lon, lat = np.where(inherits, lon[parent], lon), np.where(inherits, lat[parent], lat)
    called = np.isin(kind, (_STOP, _STATION))
    calls = tables.column("stop_times.txt", "stop_id")
    called |= pc.is_in(ids, value_set=pc.unique(calls)).to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        nowhere = called & ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))  # noqa: PLR2004 - degrees
    tables.wrong(file, nowhere, "arrêt sans position valable", ids)
    return pd.DataFrame(
        {"stop_id": texts_of(ids), "name": _names(tables, file, "stop_name"), "lon": lon, "lat": lat}
    ).assign(parent=parent, feed=0)


def _names(tables: FeedTables, file: str, column: str) -> list[str]:
    """Return texts that people read, what is not seen left out: marks of direction turn hours round."""
    return [visible(text).strip() for text in texts_of(tables.column(file, column))]


def _service_ids(tables: FeedTables) -> list[str]:
    named = [tables.column(file, "service_id") for file in ("calendar.txt", "calendar_dates.txt")]
    return sorted({text for column in named for text in pc.unique(column).to_pylist()})


def _trips(tables: FeedTables, services: list[str]) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return the trips, and which of them serve zones on request."""
    ids = tables.unique("trips.txt", "trip_id")
    route_ids = tables.unique("routes.txt", "route_id")
    route = tables.positions("trips.txt", "route_id", route_ids)
    number = {service: at for at, service in enumerate(services)}
    names = texts_of(tables.column("trips.txt", "service_id"))
    # A service that no calendar names never runs: it is no fault.
    service = np.array([number.get(name, len(services)) for name in names], np.int64)
    zones = set(texts_of(tables.column("agency.txt", "agency_timezone")))
    zone = next(iter(zones), "")
    try:
        ZoneInfo(zone if _ZONE.fullmatch(zone) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        tables.faults.append(Fault(f"agency.txt, fuseau horaire inconnu « {zone[:40]} »"))
    if len(zones) > 1:
        tables.faults.append(Fault(f"agency.txt, plusieurs fuseaux horaires : {', '.join(sorted(zones)[:3])}"))
    short, long, described = (
        np.array([*_names(tables, "routes.txt", f"route_{name}"), ""], object)
        for name in ("short_name", "long_name", "desc")
    )
    kind = np.append(_route_types(tables), -1)
    school = np.array([bool(_SCHOOL.search(" ".join(words))) for words in zip(short, long, described, strict=True)])
    school |= kind == _SCHOOL_TYPE
    line = np.array([one or other for one, other in zip(short, long, strict=True)], object)
    flex = np.zeros(len(ids), bool)
    if any(tables.has("stop_times.txt", name) for name in _FLEX):
        of = tables.positions("stop_times.txt", "trip_id", ids)
        for name in _FLEX:
            told = pc.not_equal(tables.column("stop_times.txt", name), "").to_numpy(zero_copy_only=False)
            flex[of[told & (of >= 0)]] = True
    trips = pd.DataFrame(
        {
            "trip_id": texts_of(ids),
            "line": line[route],
            "headsign": _names(tables, "trips.txt", "trip_headsign"),
            "route_type": kind[route].astype(np.int16),
            "service": service,
            "zone": zone,
            "school": school[route],
            "block": _blocks(tables),
        }
    ).assign(feed=0)
    return trips, flex


def _route_types(tables: FeedTables) -> NDArray[np.int64]:
    """Return the code of each line, -1 where it is blank; what is no code is a fault."""
    types = tables.numbers("routes.txt", "route_type")
    known = np.isin(types, np.arange(_LARGEST_TYPE + 1))
    codes = tables.column("routes.txt", "route_type")
    tables.wrong("routes.txt", np.isfinite(types) & ~known, f"route_type autre que 0 à {_LARGEST_TYPE}", codes)
    return np.where(known, types, -1).astype(np.int64)


def _blocks(tables: FeedTables) -> NDArray[np.int64]:
    """Return the number of the block of each trip, those that one vehicle runs one after the other; -1: not told."""
    encoded = tables.column("trips.txt", "block_id").dictionary_encode()
    told = np.array([text != "" for text in encoded.dictionary.to_pylist()], bool)
    numbers = np.asarray(encoded.indices.to_numpy(), np.int64)
    return np.where(told[numbers], numbers, -1) if len(numbers) else numbers


def _days(tables: FeedTables, services: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    number = {service: at for at, service in enumerate(services)}

    def service(file: str) -> NDArray[np.int64]:
        return np.array([number[name] for name in texts_of(tables.column(file, "service_id"))], np.int64)

    tables.unique("calendar.txt", "service_id")
    weekly = pd.DataFrame({"service": service("calendar.txt")})
    for name in WEEKDAYS:
        weekly[name] = tables.numbers("calendar.txt", name, 0) == 1
    for name in ("start", "end"):
        weekly[name] = _day_numbers(tables, "calendar.txt", f"{name}_date")
    kind = tables.numbers("calendar_dates.txt", "exception_type")
    tables.wrong("calendar_dates.txt", ~np.isin(kind, (1, 2)), "exception_type autre que 1 et 2")
    exceptions = pd.DataFrame(
        {"service": service("calendar_dates.txt"), "date": _day_numbers(tables, "calendar_dates.txt", "date")}
    ).assign(added=kind == 1)
    return weekly, exceptions


def _day_numbers(tables: FeedTables, file: str, name: str) -> NDArray[np.int64]:
    texts = tables.column(file, name)
    encoded = texts.dictionary_encode()
    values = [int(text) if _DAY.fullmatch(text) else _UNREADABLE for text in encoded.dictionary.to_pylist()]
    numbers = np.array(values, np.int64)[encoded.indices.to_numpy()] if values else np.zeros(0, np.int64)
    tables.wrong(file, numbers == _UNREADABLE, f"{name} illisible (AAAAMMJJ attendu)", texts)
    return numbers


def _stop_times(tables: FeedTables, flex: NDArray[np.bool_]) -> pd.DataFrame:
    """Return all calls by trip and in order, times that are blank filled evenly between those that are told."""
    file = "stop_times.txt"
    trip = tables.positions(file, "trip_id", tables.column("trips.txt", "trip_id"))
    on_request = (trip >= 0) & flex[trip] if len(flex) else np.zeros(len(trip), bool)
    stop = tables.positions(file, "stop_id", tables.column("stops.txt", "stop_id"), optional=bool(flex.any()))
    sequence = tables.numbers(file, "stop_sequence")
    tables.wrong(file, np.isnan(sequence), "stop_sequence vide")
    arrival, departure = (_seconds(tables, file, f"{name}_time") for name in ("arrival", "departure"))
    tables.require()  # what follows needs rows that say which trip and when
    rows = np.flatnonzero(~on_request)
    rows = rows[np.lexsort((sequence[rows], trip[rows]))]
    trip, stop, sequence = trip[rows], stop[rows], sequence[rows]
    arrival, departure = arrival[rows], departure[rows]
    arrival = np.where(arrival == _BLANK, departure, arrival)
    departure = np.where(departure == _BLANK, arrival, departure)
    new = np.append(True, trip[1:] != trip[:-1])[: len(trip)]
    ends = new | np.append(new[1:], True)[: len(trip)]
    faults = np.zeros(tables.rows(file), bool)

    def wrong(bad: NDArray[np.bool_], what: str) -> None:
        faults[:] = False
        faults[rows[bad]] = True
        tables.wrong(file, faults, what)

    wrong(ends & (arrival == _BLANK), "premier ou dernier arrêt d'un trajet sans heure")
    wrong(~new & (np.diff(sequence, prepend=-1.0) == 0), "stop_sequence répété dans un trajet")
    told = np.flatnonzero(arrival != _BLANK)
    if len(told):
        every = np.arange(len(arrival))
        arrival = np.interp(every, told, arrival[told]).round().astype(np.int64)
        departure = np.where(departure == _BLANK, arrival, departure)
    before = np.append(0, departure[:-1])[: len(departure)]
    wrong((departure < arrival) | (~new & (arrival < before)), "heures qui reculent dans un trajet")
    kinds = {}
    for name in ("pickup", "drop_off"):
        code = tables.numbers(file, f"{name}_type", 0)[rows]
        kinds[name] = np.where(np.isin(code, range(4)), code, 0).astype(np.int8)
    columns = {"trip": trip, "stop": stop, "arrival": arrival, "departure": departure}
    return pd.DataFrame({name: values.astype(np.int32) for name, values in columns.items()} | kinds)


def _seconds(tables: FeedTables, file: str, name: str) -> NDArray[np.int64]:
    """Return times of day as seconds, which may pass 24 h, `_BLANK` where there is none."""
    texts = tables.column(file, name)
    encoded = texts.dictionary_encode()
    values = [_second(text) for text in encoded.dictionary.to_pylist()]
    seconds = np.array(values, np.int64)[encoded.indices.to_numpy()] if values else np.zeros(0, np.int64)
    tables.wrong(file, seconds == _UNREADABLE, f"{name} illisible (HH:MM:SS attendu)", texts)
    return seconds


def _second(text: str) -> int:
    if not text:
        return _BLANK
    found = _TIME.fullmatch(text)
    return _UNREADABLE if found is None else int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def _written_out(tables: FeedTables, trips: pd.DataFrame, times: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the trips and calls with those of ``frequencies.txt`` in the place of their model."""
    file = "frequencies.txt"
    if not tables.rows(file):
        return trips, times
    of = tables.positions(file, "trip_id", tables.column("trips.txt", "trip_id"))
    begin, end = (_seconds(tables, file, f"{name}_time") for name in ("start", "end"))
    for name, blank in (("start", begin == _BLANK), ("end", end == _BLANK)):
        tables.wrong(file, blank, f"{name}_time vide")
    backwards = (begin >= 0) & (end >= 0) & (end < begin)
    tables.wrong(file, backwards, "end_time avant start_time", tables.column(file, "end_time"))
    every = tables.numbers(file, "headway_secs")
    with np.errstate(invalid="ignore"):
        tables.wrong(file, ~(every > 0), "headway_secs qui n'est pas positif")
    tables.require()
    count = np.ceil(np.maximum(end - begin, 0) / every).sum()
    if count > _MOST_TRIPS:
        tables.faults.append(Fault(f"{file}, {format_integer(count)} départs : {format_integer(_MOST_TRIPS)} au plus"))
        tables.require()
    each = [np.arange(*row) for row in zip(begin.tolist(), end.tolist(), every.tolist(), strict=True)]
    model = np.repeat(of, [len(departures) for departures in each])
    departs = np.concatenate(each).astype(np.int64)
    trip = times["trip"].to_numpy()
    calls = np.bincount(trip, minlength=len(trips))
    first_call = np.searchsorted(trip, np.arange(len(trips)))
    departs, model = departs[calls[model] > 0], model[calls[model] > 0]
    models = np.unique(of[calls[of] > 0])
    # The calls of each run are those of its model, one after the other, at its own hour.
    n_calls = calls[model]
    run = np.repeat(np.arange(len(model)), n_calls)
    at = np.arange(len(run)) - np.repeat(np.cumsum(n_calls) - n_calls, n_calls) + first_call[model][run]
    shift = (departs - times["departure"].to_numpy()[first_call[model]])[run]
    made = times.iloc[at]
    made = made.assign(trip=run + len(trips), arrival=made["arrival"] + shift, departure=made["departure"] + shift)
    kept = times[~np.isin(trip, models)]
    new_times = pd.concat([kept, made], ignore_index=True).astype(dict.fromkeys(times.columns[:4], np.int32))
    rows = np.append(np.arange(len(trips)), model)
    # Which of the runs by frequency the next trip of the vehicle follows is not told.
    again = np.isin(rows, models)
    written = trips.iloc[rows].assign(block=np.where(again, -1, trips["block"].to_numpy()[rows]))
    return written.reset_index(drop=True), new_times


def _first_and_last_day(weekly: pd.DataFrame, exceptions: pd.DataFrame) -> tuple[int, int]:
    added = exceptions["date"][exceptions["added"]]
    first, last = (pd.Series([*weekly[name], *added.unique()], dtype="int64") for name in ("start", "end"))
    first, last = (days[~np.isnat(_calendar_days(days))] for days in (first, last))
    return int(min(first, default=0)), int(max(last, default=0))


def _without_day(trips: pd.DataFrame, times: pd.DataFrame, weekly: pd.DataFrame, exceptions: pd.DataFrame) -> int:
    """Return how many trips that call somewhere run on no day."""
    added = exceptions["added"].to_numpy(bool)
    runs = set(exceptions["service"][added])
    removed = exceptions[~added].drop_duplicates()
    removed_days = {service: _calendar_days(dates) for service, dates in removed.groupby("service")["date"]}
    none = np.zeros(0, "datetime64[D]")
    first, last = (_calendar_days(weekly[name]) for name in ("start", "end"))
    masks = weekly[list(WEEKDAYS)].to_numpy(bool)
    for service, mask, begin, end in zip(weekly["service"], masks, first, last, strict=True):
        if np.isnat(begin) or np.isnat(end):  # a day that no month has: nothing is told of it
            runs.add(service)
        elif mask.any() and begin <= end:
            off = removed_days.get(service, none)
            off = off[(off >= begin) & (off <= end)]
            if np.busday_count(begin, end + np.timedelta64(1, "D"), mask) > np.is_busday(off, mask).sum():
                runs.add(service)
    service_of = trips["service"].iloc[times["trip"].unique()]
    return int((~service_of.isin(runs)).sum())


def _calendar_days(numbers: pd.Series) -> NDArray[np.datetime64]:
    """Return days written as 20250204, NaT where the month has no such day."""
    days = {number: _calendar_day(number) for number in set(numbers.tolist())}
    return np.array([days[number] for number in numbers.tolist()], "datetime64[D]")


def _calendar_day(number: int) -> dt.date | None:
    try:
        return dt.date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        return None


def _note(trips: pd.DataFrame, times: pd.DataFrame, flex: int, without_day: int) -> str:
    """Return in French what a feed holds that is not used unless it is asked for."""
    asked = int(((times["pickup"] > 1) | (times["drop_off"] > 1)).sum())
    school = int(trips["school"].sum())
    parts = [
        (flex, agreed(flex, "trajet(s) à la demande par zone, non lu(s)")),
        (asked, agreed(asked, "passage(s) sur réservation, non compté(s)")),
        (without_day, agreed(without_day, "trajet(s) sans jour de service, jamais compté(s)")),
        (school, agreed(school, "trajet(s) de lignes scolaires, non compté(s)")),
    ]
    return " ; ".join(text for count, text in parts if count)
