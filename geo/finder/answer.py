"""The answer to a citizen: which sites are near by road, open when, reached how, and what to do if none is.

`find_sites` is the one function behind the screen and ``maillage nearest``; `route_to` draws the way to one site.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyproj.enums import TransformDirection

from geo.crs import to_metres
from geo.errors import ParameterError
from geo.finder.bus_passes import StopAnswer, stops_near
from geo.finder.opening_times import civil_time
from geo.finder.places import Places, SiteAnswer, place_on_network
from geo.finder.preference import lets_in, open_first, preferred_first
from geo.finder.procedures import FROM_HOME, MANDATE
from geo.finder.sentences import fewer_note, notes
from geo.finder.start import start_at
from geo.finder.visits import Visits
from geo.finder.wishes import Wishes
from geo.kinds import TAX_OFFICES
from geo.network.modes import CAR, require_mode
from geo.network.routes import route_between
from geo.network.snapping import snap
from geo.sources.embedded import TAX_OFFICES_VINTAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from geo.network.road_network import RoadNetwork
    from geo.network.routes import RoadRoute
    from geo.network.snapping import SnappedPoints
    from geo.territory import Territory

#: Beyond this many minutes a site is not near: the answer then also says whom to phone or write to.
NEAR_MIN: Final = 60.0
#: How many sites to phone or write to are given, and at most how many buses.
CONTACTS: Final = 3
#: At most how many stops of buses are given.
STOPS: Final = 5
#: Minutes within which a bus that comes is in time where no site is open and near: half a day.
HALF_DAY_MIN: Final = 6 * 60.0

#: A drawn route may be this far (m) from the road.
_ROUTE_TOLERANCE_M: Final = 5.0
_DECIMALS: Final = 5
#: Seconds searched beyond the time that a way is known to take.
_SPARE_S: Final = 1.0

_ANY: Final = Wishes()

__all__ = ["Answer", "Route", "SiteAnswer", "StopAnswer", "find_sites", "route_to"]


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
        At most k sites that meet the wishes, soonest first, equal times by distance, then id; one of those nearly as
        soon reached as the first may come before it (`put_first`), and an open one before a closed one at most
        `geo.finder.preference.WORTH_MIN` sooner. Where a moment is chosen, the soonest reached is among them though
        closed then (k is 2 at least there), and those open beyond `NEAR_MIN` are left out. Where only what is open at
        the moment counts and nothing near is (`nothing_open`), those that meet the other wishes, the next to open
        first.
    buses
        Buses that meet them and whose base is within `NEAR_MIN`; empty where buses are the only kind asked for.
    tax_office
        The tax office soonest reached, open or not; `None` where none is known.
    minutes_saved
        Minutes to the tax office less those to the soonest reached of `sites`; negative where the tax office is nearer,
        `None` where `nothing_open`, and where the tax offices are those of the embedded list, which lacks some.
    none_open
        The nearest sites to phone or write to, where none of `sites` is open at the moment and within `NEAR_MIN`.
    from_home
        French sentences on what can still be done then; empty where `none_open` is.
    notes
        French sentences: what was assumed, sources and their dates.
    nothing_open
        Whether only what is open at the moment counts, and no site is then, or none within `NEAR_MIN` where others are.
    open_far
        The site soonest reached of those open beyond `NEAR_MIN`, where `nothing_open`; `None` where none is.
    put_first
        French sentence: why the first of `sites` is not the soonest reached; `None` where it is.
    stops
        Stops of the buses whose rounds are known, within `NEAR_MIN`, that meet the wishes, soonest reached first. A bus
        that comes before the first open site would be reached counts as there; within `HALF_DAY_MIN` where none is.
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
    nothing_open: bool = False
    open_far: SiteAnswer | None = None
    put_first: str | None = None
    stops: tuple[StopAnswer, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values ready for JSON: moments and days as ISO text, five decimals.

        The details of a site stand beside its other columns.
        """
        plain: dict[str, Any] = plain_values(asdict(self, dict_factory=_flat))
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
    *,
    mode: str = CAR,
) -> Answer:
    """Find the sites soonest reached from a place that meet a citizen's wishes.

    With a moment chosen (`Wishes.at`) or `open_then`, a site counts where it is open at that moment and still open on
    arrival, leaving then; with an operator as well, where a visit of it that day is not over on arrival. Hours that
    are not known do not count as open. With a moment chosen, the site soonest reached is told though it is closed
    then, unless `open_then` or an operator is asked for as well.

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
    mode
        Way to travel, of `geo.network.modes.MODES`: by car where it is not said.

    Raises
    ------
    ParameterError
        The position is none or lies outside the territory, `k` is below 1, a kind or the date is not accepted, or the
        territory has no site at all.
    """
    if k < 1:
        msg = f"Nombre de lieux demandé : {k}. Au moins 1 est attendu."
        raise ParameterError(msg)
    require_mode(mode)
    start = start_at(territory, lon, lat)
    at = civil_time(wishes.at, start.departement)
    visits = Visits.of(territory.permanences if permanences is None else permanences)
    places = Places.of(territory, start, at, visits, mode)

    fixed = wishes.kinds - {"bus"}
    sites, put_first, open_far = _meeting(places, wishes, fixed or wishes.kinds, k, at)
    nothing_open = wishes.at_that_moment and not sites
    if nothing_open:
        sites = tuple(places.soonest_to_open(wishes, fixed or wishes.kinds, k, NEAR_MIN))
    buses = places.meeting(wishes, wishes.kinds & {"bus"} if fixed else set(), within_min=NEAR_MIN)
    tax_office = next(map(places.told, places.soonest({"tax_office"})), None)
    lacks_offices = territory.manifest.list_vintages.get(TAX_OFFICES) == TAX_OFFICES_VINTAGE
    saved = None if tax_office is None or nothing_open or lacks_offices else _minutes_less(tax_office, sites)
    near_and_open = [
        site for site in sites if not nothing_open and lets_in(site, at) and (site.travel_time_min or 0) <= NEAR_MIN
    ]
    then = wishes.at_that_moment and wishes.operator is None
    wait_min = min((site.travel_time_min or 0.0 for site in near_and_open), default=HALF_DAY_MIN)
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
        notes=(
            *fewer_note(mode, len(sites), k, then=then and not (mode == CAR and nothing_open)),
            *notes(territory, start, wishes, at, visits, places.unknown_hours(wishes.kinds, NEAR_MIN), mode),
        ),
        nothing_open=nothing_open,
        open_far=open_far,
        put_first=put_first,
        stops=stops_near(territory, start, at, wishes, NEAR_MIN, STOPS, wait_min),
    )


def with_sites(territory: Territory, answer: Answer, facility_ids: Iterable[str]) -> Answer:
    """Return an answer about other sites, by identifier, in this order: of another way to travel, so not compared."""
    start = start_at(territory, answer.lon, answer.lat)
    places = Places.of(territory, start, answer.at, Visits.of(territory.permanences))
    sites = places.named(facility_ids)
    return replace(answer, sites=sites, put_first=None, nothing_open=False, open_far=None, minutes_saved=None)


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
    return routes_to(territory, lon, lat, {facility_id: math.inf})[facility_id]


def routes_to(territory: Territory, lon: float, lat: float, facility_ids: Mapping[str, float]) -> dict[str, Route]:
    """Return the way to each of some sites or tax offices, by identifier, and raise as `route_to`.

    `facility_ids`: With the minutes by car that each is known to take, inf where they are not known.
    """
    start, network = start_at(territory, lon, lat).point, territory.network
    return {
        each: _drawn(route_between(network, start, _place(territory, each), 60 * minutes + _SPARE_S), network)
        for each, minutes in facility_ids.items()
    }


def _meeting(
    places: Places, wishes: Wishes, kinds: Collection[str], k: int, at: dt.datetime
) -> tuple[tuple[SiteAnswer, ...], str | None, SiteAnswer | None]:
    """Return the sites that meet the wishes, with the soonest reached though closed, and why the first is put first.

    Where only those open at a moment count and all are far, no site, and the soonest reached of them.
    """
    found = places.meeting(wishes, kinds)
    if wishes.at is None:
        sites, put_first = preferred_first(found, k, at)
        return open_first(sites, at), put_first, None
    soonest_open = next(found, None)
    closed = places.soonest_if_closed(wishes, kinds)
    if soonest_open is None or (wishes.operator is None and _is_far(soonest_open) and closed and not _is_far(closed)):
        return (), None, soonest_open
    only_open = wishes.open_then or wishes.operator is not None
    given = [soonest_open] if closed is None or only_open else [closed, soonest_open]
    if not all(map(_is_far, given)):
        found = takewhile(lambda site: not _is_far(site), found)
    sites, put_first = preferred_first(chain(given, found), max(k, len(given)), at)
    if sites[0] is not closed:
        return sites, put_first, None
    opened, put_first = preferred_first(iter(sites[1:]), k, at)
    sites = open_first((closed, *opened), at)
    return sites, None if sites[0] is closed else put_first, None


def _is_far(site: SiteAnswer) -> bool:
    return (site.travel_time_min or 0) > NEAR_MIN


def _place(territory: Territory, facility_id: str) -> SnappedPoints:
    listed = place_on_network(territory, facility_id)
    if listed is not None:
        return listed
    others = (table.geometry[table["facility_id"].to_numpy() == facility_id] for table in territory.facilities.values())
    found = next((points for points in others if len(points)), None)
    if found is None:
        msg = f"Le lieu « {facility_id[:40]} » n'est dans aucune liste de « {territory.name} ». Donnez son identifiant."
        raise ParameterError(msg)
    return snap(territory.network, found.x.iloc[:1], found.y.iloc[:1])


def _drawn(route: RoadRoute, network: RoadNetwork) -> Route:
    line = np.asarray(route.line.simplify(_ROUTE_TOLERANCE_M).coords)
    lon_lat = to_metres(network.crs).transform(line[:, 0], line[:, 1], direction=TransformDirection.INVERSE)
    return Route(np.column_stack(lon_lat).round(_DECIMALS), route.travel_time_s / 60, route.length_m / 1000)


def _minutes_less(tax_office: SiteAnswer, sites: Sequence[SiteAnswer]) -> float | None:
    known = [site.travel_time_min for site in sites if site.travel_time_min is not None]
    return None if tax_office.travel_time_min is None or not known else tax_office.travel_time_min - min(known)


def _flat(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(fields)
    details: dict[str, Any] = made.pop("details", {})
    return made | details


def plain_values(value: Any) -> Any:
    """Return values ready for JSON: days and moments as ISO text, five decimals."""
    if isinstance(value, dict):
        return {key: plain_values(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_values(item) for item in value]
    if isinstance(value, float):
        return round(value, _DECIMALS)
    return value.isoformat() if isinstance(value, dt.date) else value
