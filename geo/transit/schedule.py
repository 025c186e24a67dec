"""A timetable of many days: stops, trips, the times at which they call, the days on which they run."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.sources.provenance import Provenance, SourceTable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: What a timetable is called among the sources.
FEED_DATASET: Final = "Horaires des transports (GTFS)"
#: Codes of `pickup` and `drop_off`: at every call; never; what has to be asked for beforehand (2 and 3).
REGULAR: Final = 0
NEVER: Final = 1


@dataclass(frozen=True, eq=False, slots=True)
class Schedule:
    """Timetables of one or several feeds. All tables have an index 0..n-1, and name each other's rows by position.

    Attributes
    ----------
    stops
        `stop_id`, `name`; `lon`, `lat` (degrees, EPSG:4326); `parent` (station, -1: none); `feed`. A stop has a row
        more for each line that changes there otherwise (`geo.transit.transfers`).
    trips
        `trip_id`, `line`, `headsign`; `route_type` (GTFS code); `service`; `zone` (civil time that the times are in);
        `school` (only for pupils, as far as the feed tells); `block` (trips of one number are run by one vehicle, -1:
        not told); `feed`.
    stop_times
        `trip`, `stop`, `arrival`, `departure` (seconds after noon less 12 h of the day of service, may pass 24 h),
        `pickup`, `drop_off` (GTFS codes); by trip, in the order of travel.
    weekly
        `service`, the seven `WEEKDAYS` (bool), `start`, `end` (both included).
    exceptions
        `service`, `date`, `added` (bool): days that a service runs besides, or does not.
    transfers
        `from_stop`, `to_stop`, `seconds` (-1: not possible); of several for two stops the last counts.
    feeds
        `name`, `file`, `sha256`, `start`, `end` (first and last day with a trip), `note` (French, may be empty).

    Days are integers, year month day in eight figures.
    """

    stops: pd.DataFrame
    trips: pd.DataFrame
    stop_times: pd.DataFrame
    weekly: pd.DataFrame
    exceptions: pd.DataFrame
    transfers: pd.DataFrame
    feeds: pd.DataFrame

    @property
    def n_services(self) -> int:
        """Number of services, those without a trip included."""
        columns = (self.trips["service"], self.weekly["service"], self.exceptions["service"])
        return 1 + max((int(column.max()) for column in columns if len(column)), default=-1)

    def running(self, day: dt.date) -> NDArray[np.bool_]:
        """Return which trips run on a day of service: bool, shape (n_trips,)."""
        services = np.zeros(self.n_services, bool)
        number = day_number(day)
        week = self.weekly
        on = (week["start"] <= number) & (number <= week["end"]) & week[WEEKDAYS[day.weekday()]]
        services[week["service"][on]] = True
        that_day = self.exceptions[self.exceptions["date"] == number]
        services[that_day["service"][that_day["added"]]] = True
        services[that_day["service"][~that_day["added"]]] = False
        runs: NDArray[np.bool_] = services[self.trips["service"].to_numpy()]
        return runs

    def covers(self, day: dt.date) -> bool:
        """Tell whether a day is within the days that some feed knows of."""
        number = day_number(day)
        return bool(((self.feeds["start"] <= number) & (number <= self.feeds["end"])).any())

    def trips_on(self, day: dt.date) -> int:
        """Return how many trips run on a day of service, lines for pupils left out."""
        return int((self.running(day) & ~self.trips["school"].to_numpy(bool)).sum())

    def feeds_without(self, day: dt.date) -> list[str]:
        """Return the files of the feeds whose calendars do not reach a day."""
        number = day_number(day)
        outside = (self.feeds["start"] > number) | (number > self.feeds["end"])
        return [str(file) for file in self.feeds["file"][outside]]

    def near(self, west: float, south: float, east: float, north: float) -> Schedule:
        """Return the trips that call at two stops or more within bounds (degrees), with these stops alone."""
        stops = self.stops
        inside = (stops["lon"].between(west, east) & stops["lat"].between(south, north)).to_numpy()
        times = self.stop_times[inside[self.stop_times["stop"].to_numpy()]]
        calls = np.bincount(times["trip"], minlength=len(self.trips))
        kept_trips = calls > 1
        times = times[kept_trips[times["trip"].to_numpy()]]
        kept_stops = np.zeros(len(stops), bool)
        kept_stops[times["stop"].to_numpy()] = True
        parents = stops["parent"].to_numpy()[kept_stops]
        kept_stops[parents[parents >= 0]] = True
        new_stop, new_trip = np.cumsum(kept_stops) - 1, np.cumsum(kept_trips) - 1
        ties = self.transfers
        both = kept_stops[ties["from_stop"].to_numpy()] & kept_stops[ties["to_stop"].to_numpy()]
        ties = ties[both]
        parent = stops["parent"].to_numpy()[kept_stops]
        return Schedule(
            stops=stops[kept_stops].assign(parent=np.where(parent < 0, -1, new_stop[parent])).reset_index(drop=True),
            trips=self.trips[kept_trips].reset_index(drop=True),
            stop_times=times.assign(
                trip=new_trip[times["trip"].to_numpy()].astype(np.int32),
                stop=new_stop[times["stop"].to_numpy()].astype(np.int32),
            ).reset_index(drop=True),
            weekly=self.weekly,
            exceptions=self.exceptions,
            transfers=ties.assign(
                from_stop=new_stop[ties["from_stop"].to_numpy()], to_stop=new_stop[ties["to_stop"].to_numpy()]
            ).reset_index(drop=True),
            feeds=self.feeds,
        )

    def save(self, folder: Path) -> None:
        """Write one parquet file a table into an existing folder."""
        for each in fields(self):
            getattr(self, each.name).to_parquet(folder / f"{each.name}.parquet")

    @classmethod
    def load(cls, folder: Path) -> Schedule:
        """Read what `save` wrote; raise `OSError`, `ValueError` or `KeyError` where it is not that."""
        tables = {each.name: pd.read_parquet(folder / f"{each.name}.parquet") for each in fields(cls)}
        for name, column, of in _POSITIONS:
            values = tables[name][column]
            if len(values) and not (values.min() >= -1 and values.max() < len(tables[of])):
                raise ValueError(name)
        if "block" not in tables["trips"].columns:
            raise KeyError("block")  # noqa: EM101 - of a territory saved before
        return cls(**tables)


#: Columns that name rows of another table.
_POSITIONS: Final = (
    ("stops", "parent", "stops"),
    ("stop_times", "trip", "trips"),
    ("stop_times", "stop", "stops"),
    ("transfers", "from_stop", "stops"),
    ("transfers", "to_stop", "stops"),
    ("trips", "feed", "feeds"),
)


def merged(schedules: Sequence[Schedule]) -> Schedule:
    """Return the timetables of several feeds as one; identifiers may be the same in two of them."""
    if len(schedules) == 1:
        return schedules[0]
    made: dict[str, list[pd.DataFrame]] = {each.name: [] for each in fields(Schedule)}
    before = dict.fromkeys(("stops", "trips", "feeds", "services", "blocks"), 0)
    for one in schedules:
        stops, trips, feeds, services, blocks = (before[name] for name in before)
        parent = one.stops["parent"]
        made["stops"].append(one.stops.assign(parent=parent.where(parent < 0, parent + stops), feed=feeds))
        block = one.trips["block"]
        made["trips"].append(
            one.trips.assign(
                service=one.trips["service"] + services, block=block.where(block < 0, block + blocks), feed=feeds
            )
        )
        times = one.stop_times
        made["stop_times"].append(times.assign(trip=times["trip"] + trips, stop=times["stop"] + stops))
        for name in ("weekly", "exceptions"):
            table = getattr(one, name)
            made[name].append(table.assign(service=table["service"] + services))
        ties = one.transfers
        made["transfers"].append(ties.assign(from_stop=ties["from_stop"] + stops, to_stop=ties["to_stop"] + stops))
        made["feeds"].append(one.feeds)
        before = {
            "stops": stops + len(one.stops),
            "trips": trips + len(one.trips),
            "feeds": feeds + len(one.feeds),
            "services": services + one.n_services,
            "blocks": blocks + int(block.to_numpy().max(initial=-1)) + 1,
        }
    return Schedule(**{name: pd.concat(tables, ignore_index=True) for name, tables in made.items()})


def feed_sources(schedule: Schedule) -> list[SourceTable]:
    """Return what is said of each feed: its file, the days that it covers, and what of it is not used."""
    trips = schedule.trips.groupby("feed").size()
    return [
        SourceTable(
            schedule.feeds.iloc[[number]],
            Provenance(
                FEED_DATASET,
                feed["file"],
                f"{_french_day(feed['start'])} au {_french_day(feed['end'])}",
                None,
                feed["sha256"],
                int(trips.get(number, 0)),
                int(trips.get(number, 0)),
            ),
            notes=(f"Horaires « {feed['file']} » : {feed['note']}.",) if feed["note"] else (),
        )
        for number, feed in enumerate(schedule.feeds.to_dict("records"))
    ]


def _french_day(number: int) -> str:
    return f"{number % 100:02d}/{number // 100 % 100:02d}/{number // 10_000}"


def day_number(day: dt.date) -> int:
    """Return a day as the tables hold it.

    Examples
    --------
    >>> import datetime as dt
    >>> day_number(dt.date(2025, 2, 4))
    20250204
    """
    return day.year * 10_000 + day.month * 100 + day.day
