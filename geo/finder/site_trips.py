"""The way to each site near a start and back the same day, without a car: rides and walks, with their moments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.finder.listed_opening import appointment_of, status_of, text_or_none
from geo.finder.near_stops import StopsNear
from geo.finder.opening_times import holiday_on, moment_text
from geo.finder.start import straight_m
from geo.finder.without_car import hours_on
from geo.french import capital
from geo.kinds import FIXED_KINDS, SITES
from geo.transit.journeys import Journeys, Leg, journeys, legs
from geo.transit.round_trip import RoundTrip, round_trip

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from geo.finder.opening_times import OpeningStatus
    from geo.finder.without_car import NearStops, RoundTrips
    from geo.territory import Territory
    from geo.transit.day import Day, Profile

#: How many days after the one asked for are searched for a round trip.
HORIZON_DAYS: Final = 14
#: A shorter walk is not told.
_STEP_S: Final = 30


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a way, with its moments: a ride on a line, or a walk (`line` is `None`).

    `stays`: a ride for which one stays on the vehicle of the ride before.
    """

    departs: dt.datetime
    arrives: dt.datetime
    from_stop: str | None
    to_stop: str | None
    line: str | None
    headsign: str
    route_type: int | None
    stays: bool = False


@dataclass(frozen=True, slots=True)
class SiteTrip:
    """The round trip of one day to one site.

    `day`: the day asked for. `hours`: minutes after midnight that the site is open then, `None` unknown. `there`,
    `back`: the ways in their parts, empty where there is no round trip. `leaves_home`, `arrives`, `leaves_site`,
    `home`: moments, `None` where there is none. `earliest_arrival`, `last_way_back`: as of
    `geo.transit.round_trip.RoundTrip`, `None` also where one may walk all the way, at any hour. `next_day`: the next
    day with one, within `HORIZON_DAYS`, `None`: there is none. `why_not`: why there is no round trip, of
    ``"walk_unknown"`` (no street is known near the site, so whether there is one is not known), ``"hours_unknown"``,
    ``"closed"``, ``"no_stop_here"``, ``"no_stop_there"``, ``"too_late"`` and ``"no_way"``; `None`: there is one.
    `too_far`: what would be in the way on any other day as well, ``"no_stop_here"`` or ``"no_stop_there"``, `None`:
    neither is. `searched_to`: the last day searched where none has a round trip, `None`: one has, or none was searched.
    `phone`, `appointment`: `None` unknown. `status`: whether the site is open as the visit begins, which its sentence
    names: on arrival, or when the doors open after a wait; `None` where there is no round trip. `public_holiday`:
    name of that of the day where the site is, `None`: it is none. `wait_min`, `earliest_wait_min`: minutes outside
    before the doors open, after `arrives` and after `earliest_arrival`; 0: none.
    """

    facility_id: str
    name: str
    day: dt.date
    hours: tuple[tuple[int, int], ...] | None
    there: tuple[Step, ...] = ()
    back: tuple[Step, ...] = ()
    leaves_home: dt.datetime | None = None
    arrives: dt.datetime | None = None
    leaves_site: dt.datetime | None = None
    home: dt.datetime | None = None
    earliest_arrival: dt.datetime | None = None
    last_way_back: dt.datetime | None = None
    time_out_min: float | None = None
    next_day: dt.date | None = None
    why_not: str | None = None
    too_far: str | None = None
    searched_to: dt.date | None = None
    phone: str | None = None
    appointment: bool | None = None
    public_holiday: str | None = None
    status: OpeningStatus | None = None
    wait_min: int = 0
    earliest_wait_min: int = 0

    @property
    def possible(self) -> bool:
        """Whether there is a round trip that day."""
        return self.time_out_min is not None

    @property
    def on_the_way_s(self) -> float:
        """Seconds of the ways there and back, 0 where there is no round trip."""
        if self.leaves_home is None or self.arrives is None or self.leaves_site is None or self.home is None:
            return 0.0
        return (self.arrives - self.leaves_home + (self.home - self.leaves_site)).total_seconds()


def trips_from(
    trips: RoundTrips,
    lon: float,
    lat: float,
    date: dt.date,
    k: int = 5,
    *,
    not_before: dt.datetime | None = None,
    look_ahead: bool = True,
) -> list[SiteTrip]:
    """Return the round trips of a day from a place to the sites around it, the least time out first.

    Of several as long, the one with the shortest ways there and back comes first, then the nearest.

    Parameters
    ----------
    trips
        Of the territory.
    lon, lat
        Degrees (EPSG:4326).
    date
        Day in the civil time of the territory.
    k
        At most how many sites. Those without a round trip that day come last, the one that has it soonest first, then
        the nearest; where none has one then or later, the farther one that has it soonest takes the place of one.
    not_before
        Moment with its time zone before which nobody leaves home that day; `None`: the whole day counts.
    look_ahead
        Whether the next possible day is looked for.

    Raises
    ------
    ParameterError
        The timetables say nothing of the day, the territory has no site, or no street is known near the place.
    """
    trips.require_covered(date)
    trips.require_walk_known(lon, lat)
    near = _sites_by_distance(trips.territory, lon, lat)
    here = np.array([lon]), np.array([lat])
    start = trips.walks_to_stops(here)[1:]
    sites = near.geometry.x.to_numpy(), near.geometry.y.to_numpy()
    of_sites = StopsNear.around(trips, sites)
    _, on_foot, there_s, back_s = trips.walks_all_the_way(here, sites)
    direct = dict(zip(on_foot.tolist(), zip(there_s.tolist(), back_s.tolist(), strict=True), strict=True))
    # Searched from the start, one profile each way tells how soon every site can be reached and left at best.
    home, out = trips.profiles(date, start)
    ways_s = [of_sites.shortest_s(way) for way in (out, home)]
    for way_s in ways_s:
        way_s[list(direct)] = 0.0
    known = trips.walk_known(sites)
    reachable = (np.maximum(*ways_s) <= trips.rules.way_min * 60) & known
    least_min = (ways_s[0] + ways_s[1]) / 60 + trips.rules.visit_min
    rows = near.to_dict("records")
    found = [
        _unserved(row, date, start, of_sites.of(number), direct.get(number))
        if on_streets
        else _named(row, date, "walk_unknown")
        for number, (row, on_streets) in enumerate(zip(rows, known, strict=True))
    ]
    best: list[float] = []
    for number in np.argsort(least_min, kind="stable").tolist():
        # Once there are enough, a site that cannot be back sooner than the last of them changes nothing.
        if not reachable[number] or (len(best) == k and least_min[number] > best[-1]):
            continue
        way = of_sites.of(number), direct.get(number)
        found[number] = _site_trip(trips, rows[number], date, start, *way, not_before)
        if (time_out_min := found[number].time_out_min) is not None:
            best = sorted([*best, time_out_min])[:k]

    def told(number: int) -> SiteTrip:
        one = found[number]
        if not look_ahead or one.possible or one.why_not == "walk_unknown":
            return one
        return _with_next_day(trips, one, rows[number], start, of_sites.of(number), direct.get(number))

    ranks = [(not one.possible, one.time_out_min or 0.0, one.on_the_way_s, n) for n, one in enumerate(found)]
    order = [number for *_, number in sorted(ranks)]
    chosen = [told(number) for number in order[:k]]
    if look_ahead and len(chosen) > 1 and not any(one.possible or one.next_day for one in chosen):
        farther = (told(number) for number in order[k:] if reachable[number])
        later = [(one.next_day, n, one) for n, one in enumerate(farther) if one.next_day is not None]
        chosen[-1:] = [one for *_, one in sorted(later)[:1]] or chosen[-1:]
    return sorted(chosen, key=lambda one: (not one.possible, not one.possible and (one.next_day or dt.date.max)))


def _sites_by_distance(territory: Territory, lon: float, lat: float) -> gpd.GeoDataFrame:
    table = territory.facility_list(SITES, kinds=FIXED_KINDS)
    metres = straight_m(lon, lat, table.geometry.x.to_numpy(), table.geometry.y.to_numpy())
    return table.iloc[np.argsort(metres, kind="stable")].reset_index(drop=True)


def _unserved(
    row: dict[str, object], date: dt.date, start: NearStops, place: NearStops, on_foot_s: tuple[int, int] | None
) -> SiteTrip:
    """Return a site, and why there is no round trip to it if no departure of the day makes one possible."""
    hours = hours_on(row, date)
    far = (
        (not len(start[0]) and on_foot_s is None, "no_stop_here"),
        (not len(place[0]) and on_foot_s is None, "no_stop_there"),
    )
    too_far = next((name for holds, name in far if holds), None)
    shut = "hours_unknown" if hours is None else None if hours else "closed"
    return replace(_named(row, date, shut or too_far or "no_way"), too_far=too_far)


def _site_trip(
    trips: RoundTrips,
    row: dict[str, object],
    date: dt.date,
    start: NearStops,
    place: NearStops,
    on_foot_s: tuple[int, int] | None,
    not_before: dt.datetime | None = None,
) -> SiteTrip:
    named = _unserved(row, date, start, place, on_foot_s)
    if not named.hours or named.why_not != "no_way":
        return named
    there, back = trips.profiles(date, place)
    stops, to_stops_s, from_stops_s = start
    out, home = journeys(there, stops, to_stops_s), journeys(back, stops, from_stops_s)
    open_s = trips.open_s(date, named.hours, text_or_none(row.get("departement")))
    after_s = 0 if not_before is None else max(trips.day(date).seconds(not_before), 0)
    found = round_trip(out, home, open_s, trips.rules, on_foot_s, not_before_s=after_s)
    if found is None and after_s and round_trip(out, home, open_s, trips.rules, on_foot_s) is not None:
        return replace(named, why_not="too_late")
    return named if found is None else _told(named, row, trips.day(date), found, (there, out), (back, home))


def _named(row: dict[str, object], date: dt.date, why_not: str) -> SiteTrip:
    """Return a site of its list, to which no round trip is told."""
    return SiteTrip(
        str(row["facility_id"]),
        str(row["name"]),
        date,
        hours_on(row, date),
        why_not=why_not,
        phone=text_or_none(row.get("phone")),
        appointment=appointment_of(row),
        public_holiday=holiday_on(date, text_or_none(row.get("departement"))),
    )


def _told(
    named: SiteTrip,
    row: dict[str, object],
    day: Day,
    found: RoundTrip,
    there: tuple[Profile, Journeys],
    back: tuple[Profile, Journeys],
) -> SiteTrip:
    def steps(way: tuple[Profile, Journeys], number: int | None, start_s: int, end_s: int) -> tuple[Step, ...]:
        parts = [Leg(start_s, end_s, None, None)] if number is None else legs(*way, number)
        return tuple(
            Step(
                day.moment(part.departure_s),
                day.moment(part.arrival_s),
                part.from_stop,
                part.to_stop,
                part.line,
                part.headsign,
                part.route_type,
                part.stays,
            )
            for part in parts
            if part.line is not None or part.arrival_s - part.departure_s >= _STEP_S
        )

    return replace(
        named,
        there=steps(there, found.out, found.departure_s, found.arrival_s),
        back=steps(back, found.back, found.leave_s, found.home_s),
        leaves_home=day.moment(found.departure_s),
        arrives=day.moment(found.arrival_s),
        leaves_site=day.moment(found.leave_s),
        home=day.moment(found.home_s),
        earliest_arrival=None if found.earliest_arrival_s is None else day.moment(found.earliest_arrival_s),
        last_way_back=None if found.last_way_back_s is None else day.moment(found.last_way_back_s),
        time_out_min=found.time_out_min,
        wait_min=found.wait_s // 60,
        earliest_wait_min=found.earliest_wait_s // 60,
        why_not=None,
        status=_as_visited(row, day.moment(found.arrival_s + found.wait_s)),
    )


def _as_visited(row: dict[str, object], at: dt.datetime) -> OpeningStatus:
    status = status_of(row, at)
    said = f"{capital(moment_text(at, since=at))}, {status.sentence[:1].lower()}{status.sentence[1:]}"
    return replace(status, sentence=said)


def _with_next_day(
    trips: RoundTrips,
    one: SiteTrip,
    row: dict[str, object],
    start: NearStops,
    place: NearStops,
    on_foot_s: tuple[int, int] | None,
) -> SiteTrip:
    searched_to = None
    for date in () if one.too_far else _days_after(trips, one.day):
        if _site_trip(trips, row, date, start, place, on_foot_s).possible:
            return replace(one, next_day=date)
        searched_to = date
    return replace(one, searched_to=searched_to)


def _days_after(trips: RoundTrips, day: dt.date) -> Iterator[dt.date]:
    days = (day + dt.timedelta(days=number) for number in range(1, HORIZON_DAYS + 1))
    return (each for each in days if trips.schedule.covers(each))


def leaving_from(at: dt.datetime) -> dt.datetime | None:
    """Return the moment before which nobody leaves: the one asked for; midnight, `None`: the whole day counts.

    >>> leaving_from(dt.datetime(2026, 11, 24, tzinfo=dt.UTC)) is None
    True
    >>> f"{leaving_from(dt.datetime(2026, 11, 24, 17, 30, tzinfo=dt.UTC)):%H:%M}"
    '17:30'
    """
    return at if at.time() > dt.time(0) else None
