"""What *Trouver* answers, kept: for all visitors who start from a commune, for one alone who starts from elsewhere."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from geo.finder.answer import find_sites, routes_to, with_sites
from geo.maps.ground import drawn_whole, ground_around
from geo.network.modes import CAR
from geo.ui.kept_answers import kept, last_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.finder.answer import Answer, Route
    from geo.finder.site_trips import SiteTrip
    from geo.finder.wishes import Wishes
    from geo.territory import Territory


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, the road to each of its sites by identifier, and the ground around it as JSON.

    `ground` is `None` where the map has it already. Shared, never to be changed.
    """

    answer: Answer
    routes: Mapping[str, Route]
    ground: str | None


def found_from(
    territory: Territory,
    identity: str,
    start: tuple[float, float],
    wishes: Wishes,
    most: int,
    *,
    commune: str | None,
    drawn: bool,
    mode: str = CAR,
) -> Found:
    """Return the sites found from a place; asked again within the minute, the same answer.

    Parameters
    ----------
    identity
        Fingerprint of the territory.
    start, commune
        Degrees, and the code of the commune that they are the point of; `None` for a position, which is never shared.
    most
        At most how many sites.
    drawn
        Whether roads and ground are wanted; no road is drawn but by car.
    mode
        Of `geo.network.modes.MODES`.

    Raises
    ------
    ParameterError
        As `find_sites`.
    """
    now = None if wishes.at is not None else dt.datetime.now(tz=dt.UTC).replace(second=0, microsecond=0)
    if commune is not None:
        return _shared(territory, identity, start, wishes, most, drawn=drawn, mode=mode, now=now)
    question = (identity, start, wishes, most, drawn, mode, now)
    return last_answer("found", question, lambda: _found(territory, start, wishes, most, drawn=drawn, mode=mode))


def with_round_trips(territory: Territory, found: Found, trips: Sequence[SiteTrip]) -> Found:
    """Return the same answer about the sites of some round trips, in their order; no road by car is drawn to them.

    Of each is told whether it is open as the visit begins; of one without a round trip, at the moment asked.
    """
    answer = with_sites(territory, found.answer, [one.facility_id for one in trips])
    sites = zip(answer.sites, trips, strict=True)
    answer = replace(answer, sites=tuple(replace(site, status=one.status or site.status) for site, one in sites))
    return Found(answer, {}, None if found.ground is None else _ground(territory, answer, {}))


@kept(st.cache_resource, show_spinner=False, max_entries=128)
def _shared(
    _territory: Territory,
    identity: str,
    start: tuple[float, float],
    wishes: Wishes,
    most: int,
    *,
    drawn: bool,
    mode: str,
    now: dt.datetime | None,
) -> Found:
    del identity, now  # only part of the key of the cache
    return _found(_territory, start, wishes, most, drawn=drawn, mode=mode)


def _found(
    territory: Territory, start: tuple[float, float], wishes: Wishes, most: int, *, drawn: bool, mode: str
) -> Found:
    answer = find_sites(territory, *start, wishes, most, mode=mode)
    if not drawn:
        return Found(answer, {}, None)
    by_car = answer.sites if mode == CAR else ()
    reached = {site.facility_id: site.travel_time_min for site in by_car if site.travel_time_min is not None}
    routes = routes_to(territory, *start, reached)
    return Found(answer, routes, None if drawn_whole(territory.communes) else _ground(territory, answer, routes))


def _ground(territory: Territory, answer: Answer, routes: Mapping[str, Route]) -> str:
    places = [(answer.lon, answer.lat), *((site.lon, site.lat) for site in (*answer.sites, *answer.none_open))]
    points = np.vstack([places, *(route.coordinates for route in routes.values())])
    around = ground_around(territory.communes, territory.facilities, points)
    return json.dumps(around, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
