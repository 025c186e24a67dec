"""The places of a territory's lists as a citizen is told them: how they are reached, open when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heapreplace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import shapely

from geo.finder.listed_opening import appointment_of, status_of
from geo.finder.opening_times import (
    DayLine,
    OpeningStatus,
    closes_before,
    holiday_on,
    later,
    time_zone,
    usual_opening,
    week_lines,
)
from geo.finder.other_modes import ModeTime, times_by_mode
from geo.finder.sentences import warnings
from geo.finder.site_remarks import Remarks, read_remarks
from geo.finder.start import bounds_at, straight_m, times_to
from geo.kinds import SITE_KINDS, SITES, TAX_OFFICES
from geo.network.barriers import across
from geo.network.modes import ACTIVE_MODES, BIKE, CAR, ESTIMATED_BOUNDS
from geo.network.snapping import SnappedPoints, snap
from geo.schemas import DETAIL_COLUMNS, FACILITY_COLUMNS
from geo.sources.opening_hours import WeeklyHours

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from geo.finder.start import Start
    from geo.finder.visits import Visits
    from geo.finder.wishes import Wishes
    from geo.territory import Territory

#: Open "in the evening" is open later than this, in minutes after midnight.
EVENING_MINUTE: Final = 17 * 60 + 30

_SATURDAY: Final = 5
#: After any opening.
_NEVER: Final = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
_NOON: Final = 12


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """One site, or tax office, as told to a citizen.

    Texts are as in the list, not escaped; `None` is unknown. `travel_time_min` and `distance_km` are by `mode` along
    the roads, `None` where no road leads there. `appointment`: whether one is needed, by the list and by the comment;
    `some_appointment`: whether the comment says so of some hours only. `week`: seven lines, Monday
    first. `main_site`: the main site of an antenne, where the list tells. `warnings` are French sentences. `estimated`:
    whether times are, and not measured; `travel_time_low_min`, `travel_time_high_min`: bounds of eight trips in ten,
    `None` where the time is measured or unknown. `list_vintage`: date of the list that it is from, `None`: unknown.
    `details`: the texts of `DETAIL_COLUMNS`, by column, `None` where unknown. `other_modes`: the way on foot and by
    bicycle, where it is not too far.
    """

    facility_id: str
    name: str
    kind: str
    address: str | None
    postcode: str | None
    commune_name: str | None
    phone: str | None
    email: str | None
    website: str | None
    details: Mapping[str, str | None]
    appointment: bool | None
    lon: float
    lat: float
    travel_time_min: float | None
    distance_km: float | None
    status: OpeningStatus
    week: tuple[DayLine, ...]
    warnings: tuple[str, ...]
    main_site: str | None
    estimated: bool = False
    travel_time_low_min: float | None = None
    travel_time_high_min: float | None = None
    list_vintage: str | None = None
    some_appointment: bool = False
    mode: str = CAR
    other_modes: tuple[ModeTime, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class _Listed:
    """What is the same for all starts: the lists' columns, where the places are, and where on the network.

    `by_id`: position of each place in the order of the identifiers.
    """

    columns: dict[str, NDArray[np.object_]]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    on_network: SnappedPoints
    by_id: NDArray[np.int64]

    @classmethod
    def of(cls, territory: Territory) -> _Listed:
        """Return the sites, buses among them, then the tax offices of a territory: put together once for each."""
        known = _LISTED.get(territory)
        if known is None:
            table = territory.facility_list(SITES, kinds=SITE_KINDS)
            if TAX_OFFICES in territory.facilities:
                table = pd.concat([table, territory.facilities[TAX_OFFICES]], ignore_index=True)
            lon, lat = table.geometry.x.to_numpy(), table.geometry.y.to_numpy()
            columns = {name: table[name].to_numpy(object, na_value=None) for name in FACILITY_COLUMNS}
            by_id = np.unique(columns["facility_id"].astype(str), return_inverse=True)[1]
            known = _LISTED[territory] = cls(columns, lon, lat, snap(territory.network, lon, lat), by_id)
        return known


_LISTED: Final[WeakKeyDictionary[Territory, _Listed]] = WeakKeyDictionary()


def place_on_network(territory: Territory, facility_id: str) -> SnappedPoints | None:
    """Return where a site or a tax office is on the network, `None` where neither list has it."""
    if territory.sites.empty:
        return None
    listed = _Listed.of(territory)
    which = np.flatnonzero(listed.columns["facility_id"] == facility_id)
    return listed.on_network.take(which[:1]) if len(which) else None


def _on_land(
    found: tuple[NDArray[np.float64], NDArray[np.float64], bool],
    mode: str,
    territory: Territory,
    start: Start,
    listed: _Listed,
) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Leave out ways guessed from straight lines that cross water or a wall; by bicycle, all where no road begins."""
    minutes, km, estimated = found
    if not estimated:
        return found
    near = np.flatnonzero(np.isfinite(minutes))
    ends = np.broadcast_to(start.point.xy, (len(near), 2))
    ways = shapely.linestrings(np.stack([ends, listed.on_network.xy[near]], axis=1))
    no_road = start.point.link[0] < 0
    gone = near if no_road and mode == BIKE else near[across(ways, territory.network.barriers)]
    minutes[gone] = km[gone] = np.inf
    return minutes, km, estimated


@dataclass(frozen=True, eq=False, slots=True)
class Places:
    """Sites and tax offices, and how they are reached.

    `columns`: the lists' columns, object arrays, `None` where a cell is missing. `minutes` and `km` are inf where no
    road leads. `order`: positions, soonest first; where no road leads by the straight line. `bounds`:
    `geo.finder.start.bounds_at`. `vintages`: date of each list. `by_mode`: minutes, km and whether they are
    estimated, on foot and by bicycle.
    """

    columns: dict[str, NDArray[np.object_]]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    minutes: NDArray[np.float64]
    km: NDArray[np.float64]
    order: NDArray[np.int64]
    at: dt.datetime
    visits: Visits
    bounds: tuple[float, float] | None
    vintages: Mapping[str, str | None]
    mode: str
    by_mode: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64], bool]]

    @classmethod
    def of(cls, territory: Territory, start: Start, at: dt.datetime, visits: Visits, mode: str = CAR) -> Places:
        """Return the places of a territory, reached by a mode from a start at a moment."""
        listed = _Listed.of(territory)
        lon, lat = listed.lon, listed.lat
        straight = straight_m(start.lon, start.lat, lon, lat)
        here = (start.lon, start.lat)
        by_mode = {
            each: _on_land(times_by_mode(territory, each, here, lon, lat, straight), each, territory, start, listed)
            for each in ACTIVE_MODES
        }
        bounds = bounds_at(territory, start)
        if mode == CAR:
            minutes, km = times_to(territory, start.point, listed.on_network)
        else:
            minutes, km, estimated = by_mode[mode]
            bounds = ESTIMATED_BOUNDS if estimated else None
        order = np.lexsort((listed.by_id, straight, minutes))
        return cls(
            listed.columns,
            lon,
            lat,
            minutes,
            km,
            order,
            at,
            visits,
            bounds,
            territory.manifest.list_vintages,
            mode,
            by_mode,
        )

    def soonest(self, kinds: Collection[str], within_min: float = np.inf) -> list[int]:
        """Return the positions of the places of these kinds that a road leads to, soonest first."""
        wanted = np.isin(self.columns["kind"].astype(str), list(kinds)) & np.isfinite(self.minutes)
        wanted &= self.minutes <= within_min
        positions: list[int] = self.order[wanted[self.order]].tolist()
        return positions

    def named(self, facility_ids: Iterable[str]) -> tuple[SiteAnswer, ...]:
        """Return what is told of places that the lists have, by identifier, in this order, whatever leads there."""
        position = {str(each): number for number, each in enumerate(self.columns["facility_id"])}
        return tuple(self.told(position[each], by_road=False) for each in facility_ids)

    def to_contact(self) -> Iterator[SiteAnswer]:
        """Give the sites with a phone number or an e-mail address, soonest first, then those that no road leads to."""
        kind, phone, email = (self.columns[name] for name in ("kind", "phone", "email"))
        return (self.told(i) for i in self.order.tolist() if kind[i] in SITE_KINDS and (phone[i] or email[i]))

    def meeting(self, wishes: Wishes, kinds: Collection[str], within_min: float = np.inf) -> Iterator[SiteAnswer]:
        """Give the places of these kinds that meet the wishes, soonest first."""
        return (self.told(i) for i in self.soonest(kinds, within_min) if self._meets(i, wishes))

    def soonest_if_closed(self, wishes: Wishes, kinds: Collection[str]) -> SiteAnswer | None:
        """Return the soonest reached place of these kinds that meets the wishes, if nobody is let in on arrival.

        `None` where it is open then, or there is none.
        """
        usual = replace(wishes, at=None, open_then=False)
        soonest = next((i for i in self.soonest(kinds) if self._meets(i, usual)), None)
        closed = soonest is not None and not self._open_on_arrival(soonest, walk_in=False)
        return self.told(soonest) if soonest is not None and closed else None

    def soonest_to_open(self, wishes: Wishes, kinds: Collection[str], k: int, within_min: float) -> list[SiteAnswer]:
        """Return the places of these kinds that meet the wishes, whatever the moment, the next to open first.

        Of those that open in the same half of a day the soonest reached comes first: nobody drives an hour to be let
        in half an hour earlier. Of those within `within_min` minutes; where there is none, of the k soonest reached.
        """
        usual = replace(wishes, at=None, open_then=False)
        near = [i for i in self.soonest(kinds, within_min) if self._meets(i, usual)]
        near = near or list(islice((i for i in self.soonest(kinds) if self._meets(i, usual)), k))
        return [self.told(i) for i in islice(self._by_opening(near), k)]

    def _by_opening(self, positions: Iterable[int]) -> Iterator[int]:
        """Give places, those that open in the next half of a day first, equal ones in the order given.

        Each waits by its usual opening, and its whole calendar is looked at only when its turn comes.
        """
        waiting = [(self._half_day(self._usual_opening(i)), rank, i, False) for rank, i in enumerate(positions)]
        heapify(waiting)
        while waiting:
            _, rank, position, is_exact = waiting[0]
            if is_exact:
                heappop(waiting)
                yield position
            else:
                heapreplace(waiting, (self._half_day(self._opens_at(position)), rank, position, True))

    def unknown_hours(self, kinds: Collection[str], within_min: float) -> list[str]:
        """Return the names of the near places of these kinds whose hours of the day are not known."""
        weekday = self.at.weekday()
        near = [(i, self._hours(i)) for i in self.soonest(kinds, within_min)]
        return [self.columns["name"][i] for i, hours in near if hours is None or hours.days[weekday] is None]

    def told(self, position: int, *, by_road: bool = True) -> SiteAnswer:
        """Return all that is told of one place; `by_road` as in `geo.finder.sentences.warnings`."""
        row = self._row(position)
        minutes = float(self.minutes[position]) if np.isfinite(self.minutes[position]) else None
        hours, departement = self._hours(position), row["departement"]
        low, high = (None, None) if minutes is None or self.bounds is None else (minutes * each for each in self.bounds)
        remarks = self._remarks(position)
        appointment = appointment_of(row)
        status = status_of(row, self.at)
        same = ("facility_id", "name", "kind", "address", "postcode", "commune_name", "phone", "email", "website")
        return SiteAnswer(
            **{name: row[name] for name in (*same, "main_site")},
            details={name: row[name] for name in DETAIL_COLUMNS},
            appointment=appointment,
            some_appointment=remarks.sometimes_by_appointment and not remarks.at_all_times,
            lon=float(self.lon[position]),
            lat=float(self.lat[position]),
            travel_time_min=minutes,
            distance_km=None if minutes is None else float(self.km[position]),
            status=status,
            week=week_lines(hours, self.at, departement, self.visits.lines(row["facility_id"]), remarks),
            warnings=tuple(warnings(row, status, self.at, minutes, estimated=self.bounds is not None, by_road=by_road)),
            estimated=self.bounds is not None,
            travel_time_low_min=low,
            travel_time_high_min=high,
            list_vintage=self.vintages.get(TAX_OFFICES if row["kind"] == "tax_office" else SITES),
            mode=self.mode,
            other_modes=self._other_modes(position),
        )

    def _other_modes(self, position: int) -> tuple[ModeTime, ...]:
        if self.mode != CAR or self.columns["kind"][position] == "bus":
            return ()
        return tuple(
            ModeTime(mode, float(minutes[position]), float(km[position]), estimated)
            for mode, (minutes, km, estimated) in self.by_mode.items()
            if np.isfinite(minutes[position])
        )

    def _meets(self, position: int, wishes: Wishes) -> bool:
        days = getattr(self._hours(position), "days", ())
        usual = (
            (not wishes.saturday or bool(days and days[_SATURDAY]))
            and (not wishes.evening or any(end > EVENING_MINUTE for day in days for _, end in day or ()))
            and (not wishes.without_appointment or appointment_of(self._row(position)) is False)
        )
        if not usual:
            return False
        if wishes.operator is not None and self.visits.known:
            return self._visited(position, wishes.operator, that_day=wishes.at_that_moment)
        return not wishes.at_that_moment or self._open_on_arrival(position, walk_in=wishes.without_appointment)

    def _visited(self, position: int, operator: str, *, that_day: bool) -> bool:
        if that_day and holiday_on(self.at.date(), self.columns["departement"][position]):
            return False
        arrival = later(self.at, float(self.minutes[position]))
        return self.visits.has(self.columns["facility_id"][position], operator, self.at, arrival, that_day=that_day)

    def _open_on_arrival(self, position: int, *, walk_in: bool) -> bool:
        departement, hours = self.columns["departement"][position], self._hours(position)
        here = self.at.astimezone(time_zone(departement))
        # Most places are closed at odd hours, all on holidays: seen here sooner than from their whole calendar.
        at_odd_hours = hours is None or not hours.is_open(here.weekday(), here.hour * 60 + here.minute)
        if at_odd_hours or holiday_on(here.date(), departement):
            return False
        status = self._status(position, self.at)
        if walk_in and status.appointment is not False:
            return False
        return status.is_open and not closes_before(status, later(self.at, float(self.minutes[position])))

    def _half_day(self, opens_at: dt.datetime) -> tuple[dt.date, bool]:
        """Return the day of an opening where one asks, and whether it is after noon."""
        if opens_at == _NEVER:
            return dt.date.max, True
        here = opens_at.astimezone(self.at.tzinfo)
        return here.date(), here.hour >= _NOON

    def _opens_at(self, position: int) -> dt.datetime:
        """Return when a place opens next, once it has closed if it is open; the end of time where that is not known."""
        status = self._status(position, self.at)
        if status.is_open and status.closes_at is not None:
            status = self._status(position, status.closes_at)
        return _NEVER if status.opens_at is None else status.opens_at.astimezone(dt.UTC)

    def _usual_opening(self, position: int) -> dt.datetime:
        opens_at = usual_opening(self._hours(position), self.at, self.columns["departement"][position])
        return _NEVER if opens_at is None else opens_at.astimezone(dt.UTC)

    def _status(self, position: int, at: dt.datetime) -> OpeningStatus:
        return status_of(self._row(position), at)

    def _row(self, position: int) -> dict[str, Any]:
        return {name: column[position] for name, column in self.columns.items()}

    def _remarks(self, position: int) -> Remarks:
        return read_remarks(self.columns["comment"][position])

    def _hours(self, position: int) -> WeeklyHours | None:
        text = self.columns["opening_hours"][position]
        return None if text is None else WeeklyHours.from_osm(text)
