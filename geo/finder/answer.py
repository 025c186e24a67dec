"""The answer to a citizen: which sites are near by road, open when, reached how, and what to do if none is.

`find_sites` is the one function behind the screen and ``maillage nearest``; `route_to` draws the way to one site.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from pyproj.enums import TransformDirection

from geo.crs import to_metres
from geo.errors import ParameterError
from geo.finder.opening_times import (
    DayLine,
    OpeningStatus,
    civil_time,
    closes_before,
    holiday_on,
    later,
    opening_status,
    time_zone,
    week_lines,
)
from geo.finder.procedures import FROM_HOME, MANDATE
from geo.finder.sentences import civil_departement, notes, warnings
from geo.finder.start import bounds_at, start_at, straight_m, times_to
from geo.finder.visits import Visits
from geo.finder.wishes import Wishes
from geo.kinds import SITE_KINDS, SITES, TAX_OFFICES
from geo.network.routes import route_between
from geo.network.snapping import snap
from geo.schemas import DETAIL_COLUMNS, FACILITY_COLUMNS
from geo.sources.opening_hours import WeeklyHours

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from numpy.typing import NDArray

    from geo.finder.start import Start
    from geo.territory import Territory

#: Beyond this many minutes a site is not near: the answer then also says whom to phone or write to.
NEAR_MIN: Final = 60.0
#: Open "in the evening" is open later than this, in minutes after midnight.
EVENING_MINUTE: Final = 17 * 60 + 30
#: How many sites to phone or write to are given, and at most how many buses.
CONTACTS: Final = 3

_SATURDAY: Final = 5
#: A drawn route may be this far (m) from the road.
_ROUTE_TOLERANCE_M: Final = 5.0
_DECIMALS: Final = 5

_ANY: Final = Wishes()


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """One site, or tax office, as told to a citizen.

    Texts are as in the list, not escaped; `None` is unknown. `travel_time_min` and `distance_km` are by car along
    the roads, `None` where no road leads there. `appointment`: whether one is needed. `week`: seven lines, Monday
    first. `main_site`: the main site of an antenne, where the list tells. `warnings` are French sentences. `estimated`:
    whether times are, and not measured; `travel_time_low_min`, `travel_time_high_min`: bounds of eight trips in ten,
    `None` where the time is measured or unknown. `list_vintage`: date of the list that it is from, `None`: unknown.
    `details`: the texts of `DETAIL_COLUMNS`, by column, `None` where unknown.
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What `find_sites` found.

    Attributes
    ----------
    lon, lat
        The position asked for, degrees.
    start_lon, start_lat
        Where the trips start: the same, or a commune's point where no road is near (a note says so).
    at
        The moment of the answer, with its time zone: trips leave then.
    sites
        At most k sites that meet the wishes, soonest first, equal times by distance, then id.
    buses
        Buses that meet them and whose base is within `NEAR_MIN`; empty where buses are the only kind asked for.
    tax_office
        The tax office soonest reached, open or not; `None` where none is known.
    minutes_saved
        Minutes to the tax office less those to the first of `sites`; negative where the tax office is nearer.
    none_open
        The nearest sites to phone or write to, where none of `sites` is open at the moment and within `NEAR_MIN`.
    from_home
        French sentences on what can still be done then; empty where `none_open` is.
    notes
        French sentences: what was assumed, sources and their dates.
    """

    lon: float
    lat: float
    start_lon: float
    start_lat: float
    at: dt.datetime
    sites: tuple[SiteAnswer, ...]
    buses: tuple[SiteAnswer, ...]
    tax_office: SiteAnswer | None
    minutes_saved: float | None
    none_open: tuple[SiteAnswer, ...]
    from_home: tuple[str, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values ready for JSON: moments and days as ISO text, five decimals.

        The details of a site stand beside its other columns.
        """
        plain: dict[str, Any] = _plain(asdict(self, dict_factory=_flat))
        return plain


@dataclass(frozen=True, slots=True)
class Route:
    """A way along the roads: `coordinates` float64 (n, 2), longitude and latitude, both ends included."""

    coordinates: NDArray[np.float64]
    travel_time_min: float
    distance_km: float


def find_sites(
    territory: Territory,
    lon: float,
    lat: float,
    wishes: Wishes = _ANY,
    k: int = 5,
    permanences: pd.DataFrame | None = None,
) -> Answer:
    """Find the sites soonest reached by car from a place that meet a citizen's wishes.

    With a moment chosen (`Wishes.at`) or `open_then`, a site counts where it is open at that moment and still open on
    arrival, leaving then; with an operator as well, where a visit of it that day is not over on arrival. Hours that
    are not known do not count as open.

    A bus has one point in the list, its base, which says nothing of its rounds. So buses are never ranked among
    fixed sites: they come apart, in `Answer.buses`, unless they are the only kind asked for.

    Parameters
    ----------
    territory
        Study area.
    lon, lat
        Degrees (EPSG:4326).
    wishes
        Filters and moment.
    k
        At most how many sites, at least 1.
    permanences
        Visits of operators (`geo.sources.permanences.PERMANENCE_COLUMNS`); those of the territory where `None`.

    Raises
    ------
    ParameterError
        The position is none or lies outside the territory, `k` is below 1, a kind or the date is not accepted, or the
        territory has no site at all.
    """
    if k < 1:
        msg = f"Nombre de lieux demandé : {k}. Au moins 1 est attendu."
        raise ParameterError(msg)
    at = civil_time(wishes.at, civil_departement(territory))
    start = start_at(territory, lon, lat)
    visits = Visits.of(territory.permanences if permanences is None else permanences)
    places = _Places.of(territory, start, at, visits)

    fixed = wishes.kinds - {"bus"}
    sites = tuple(islice(places.meeting(wishes, fixed or wishes.kinds), k))
    buses = places.meeting(wishes, wishes.kinds & {"bus"} if fixed else set(), within_min=NEAR_MIN)
    tax_office = next(map(places.told, places.soonest({"tax_office"})), None)
    saved = _minutes_less(tax_office, sites[0]) if tax_office is not None and sites else None
    near_and_open = [site for site in sites if site.status.state == "open" and (site.travel_time_min or 0) <= NEAR_MIN]
    none_open = () if near_and_open else tuple(islice(places.to_contact(), CONTACTS))
    return Answer(
        lon=lon,
        lat=lat,
        start_lon=start.lon,
        start_lat=start.lat,
        at=at,
        sites=sites,
        buses=tuple(islice(buses, CONTACTS)),
        tax_office=tax_office,
        minutes_saved=saved,
        none_open=none_open,
        from_home=(*FROM_HOME, MANDATE) if none_open else (),
        notes=tuple(notes(territory, start, wishes, at, visits, places.unknown_hours(wishes.kinds))),
    )


def route_to(territory: Territory, lon: float, lat: float, facility_id: str) -> Route:
    """Return the way by car from a place to a site or tax office, starting where `find_sites` starts.

    On a network approximated from the communes it is made of straight pieces between them.

    Raises
    ------
    ParameterError
        The position is none or lies outside the territory, or no list has this place.
    NetworkError
        No road leads there.
    """
    listed = (table.geometry[table["facility_id"].to_numpy() == facility_id] for table in territory.facilities.values())
    found = next((points for points in listed if len(points)), None)
    if found is None:
        msg = f"Le lieu « {facility_id[:40]} » n'est dans aucune liste de « {territory.name} ». Donnez son identifiant."
        raise ParameterError(msg)
    network = territory.network
    there = snap(network, found.x.iloc[:1], found.y.iloc[:1])
    route = route_between(network, start_at(territory, lon, lat).point, there)
    drawn = np.asarray(route.line.simplify(_ROUTE_TOLERANCE_M).coords)
    lon_lat = to_metres(network.crs).transform(drawn[:, 0], drawn[:, 1], direction=TransformDirection.INVERSE)
    coordinates = np.column_stack(lon_lat).round(_DECIMALS)
    return Route(coordinates, route.travel_time_s / 60, route.length_m / 1000)


@dataclass(frozen=True, eq=False, slots=True)
class _Places:
    """Sites and tax offices, and how they are reached.

    `columns`: the lists' columns, object arrays, `None` where a cell is missing. `minutes` and `km` are inf where no
    road leads. `order`: positions, soonest first; where no road leads by the straight line. `bounds`:
    `geo.finder.start.bounds_at`. `vintages`: date of each list.
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

    @classmethod
    def of(cls, territory: Territory, start: Start, at: dt.datetime, visits: Visits) -> _Places:
        table = territory.facility_list(SITES, kinds=SITE_KINDS)
        if TAX_OFFICES in territory.facilities:
            table = pd.concat([table, territory.facilities[TAX_OFFICES]], ignore_index=True)
        lon, lat = table.geometry.x.to_numpy(), table.geometry.y.to_numpy()
        minutes, km = times_to(territory, start.point, table)
        order = np.lexsort((table["facility_id"].to_numpy(str), straight_m(start.lon, start.lat, lon, lat), minutes))
        columns = {name: table[name].to_numpy(object, na_value=None) for name in FACILITY_COLUMNS}
        return cls(
            columns,
            lon,
            lat,
            minutes,
            km,
            order,
            at,
            visits,
            bounds_at(territory, start),
            territory.manifest.list_vintages,
        )

    def soonest(self, kinds: Collection[str], within_min: float = np.inf) -> list[int]:
        """Return the positions of the places of these kinds that a road leads to, soonest first."""
        wanted = np.isin(self.columns["kind"].astype(str), list(kinds)) & np.isfinite(self.minutes)
        wanted &= self.minutes <= within_min
        positions: list[int] = self.order[wanted[self.order]].tolist()
        return positions

    def to_contact(self) -> Iterator[SiteAnswer]:
        """Give the sites with a phone number or an e-mail address, soonest first, then those that no road leads to."""
        kind, phone, email = (self.columns[name] for name in ("kind", "phone", "email"))
        return (self.told(i) for i in self.order.tolist() if kind[i] in SITE_KINDS and (phone[i] or email[i]))

    def meeting(self, wishes: Wishes, kinds: Collection[str], within_min: float = np.inf) -> Iterator[SiteAnswer]:
        """Give the places of these kinds that meet the wishes, soonest first."""
        return (self.told(i) for i in self.soonest(kinds, within_min) if self._meets(i, wishes))

    def unknown_hours(self, kinds: Collection[str]) -> list[str]:
        """Return the names of the near places of these kinds whose hours of the day are not known."""
        weekday = self.at.weekday()
        near = [(i, self._hours(i)) for i in self.soonest(kinds, NEAR_MIN)]
        return [self.columns["name"][i] for i, hours in near if hours is None or hours.days[weekday] is None]

    def told(self, position: int) -> SiteAnswer:
        """Return all that is told of one place."""
        row = {name: column[position] for name, column in self.columns.items()}
        minutes = float(self.minutes[position]) if np.isfinite(self.minutes[position]) else None
        hours, departement = self._hours(position), row["departement"]
        low, high = (None, None) if minutes is None or self.bounds is None else (minutes * each for each in self.bounds)
        status = opening_status(hours, self.at, departement)
        same = ("facility_id", "name", "kind", "address", "postcode", "commune_name", "phone", "email", "website")
        return SiteAnswer(
            **{name: row[name] for name in (*same, "main_site")},
            details={name: row[name] for name in DETAIL_COLUMNS},
            appointment=None if row["appointment"] is None else bool(row["appointment"]),
            lon=float(self.lon[position]),
            lat=float(self.lat[position]),
            travel_time_min=minutes,
            distance_km=None if minutes is None else float(self.km[position]),
            status=status,
            week=week_lines(hours, self.at, departement, self.visits.lines(row["facility_id"])),
            warnings=tuple(warnings(row, status, self.at, minutes, estimated=self.bounds is not None)),
            estimated=self.bounds is not None,
            travel_time_low_min=low,
            travel_time_high_min=high,
            list_vintage=self.vintages.get(TAX_OFFICES if row["kind"] == "tax_office" else SITES),
        )

    def _meets(self, position: int, wishes: Wishes) -> bool:
        days = getattr(self._hours(position), "days", ())
        usual = (
            (not wishes.saturday or bool(days and days[_SATURDAY]))
            and (not wishes.evening or any(end > EVENING_MINUTE for day in days for _, end in day or ()))
            and (not wishes.without_appointment or self.columns["appointment"][position] not in {None, True})
        )
        if not usual:
            return False
        if wishes.operator is not None and self.visits.known:
            return self._visited(position, wishes.operator, that_day=wishes.at_that_moment)
        return not wishes.at_that_moment or self._open_on_arrival(position)

    def _visited(self, position: int, operator: str, *, that_day: bool) -> bool:
        if that_day and holiday_on(self.at.date(), self.columns["departement"][position]):
            return False
        arrival = later(self.at, float(self.minutes[position]))
        return self.visits.has(self.columns["facility_id"][position], operator, self.at, arrival, that_day=that_day)

    def _open_on_arrival(self, position: int) -> bool:
        departement, hours = self.columns["departement"][position], self._hours(position)
        here = self.at.astimezone(time_zone(departement))
        # Most places are closed at odd hours: seen here sooner than from their whole calendar.
        if hours is None or not hours.is_open(here.weekday(), here.hour * 60 + here.minute):
            return False
        status = opening_status(hours, self.at, departement)
        return status.state == "open" and not closes_before(status, later(self.at, float(self.minutes[position])))

    def _hours(self, position: int) -> WeeklyHours | None:
        text = self.columns["opening_hours"][position]
        return None if text is None else WeeklyHours.from_osm(text)


def _minutes_less(tax_office: SiteAnswer, site: SiteAnswer) -> float | None:
    if tax_office.travel_time_min is None or site.travel_time_min is None:
        return None
    return tax_office.travel_time_min - site.travel_time_min


def _flat(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(fields)
    details: dict[str, Any] = made.pop("details", {})
    return made | details


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return round(value, _DECIMALS)
    return value.isoformat() if isinstance(value, dt.date) else value
