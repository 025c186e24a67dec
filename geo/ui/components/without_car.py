"""Without a car, on *Trouver*: the way there and back the same day by public transport, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.answers.near import NearQuestion
from geo.answers.round_trips import kept_trip_lines, round_trip_in_short, transit_lines
from geo.answers.timetable_days import feeds_without_notes
from geo.answers.without_car import transit_notes
from geo.errors import ParameterError
from geo.finder.site_trips import leaving_from, trips_from
from geo.finder.without_car import RoundTrips
from geo.transit.round_trip import Rules
from geo.ui import cache
from geo.ui.components.messages import plain, unbroken
from geo.ui.kept_answers import last_answer

if TYPE_CHECKING:
    from geo.finder.answer import Answer
    from geo.finder.site_trips import SiteTrip
    from geo.territory import Territory

#: How many sites are told of: as many as in the terminal.
_SITES = NearQuestion().k


def round_trips(territory: Territory, answer: Answer) -> list[SiteTrip]:
    """Return the round trips of the day of an answer, for a territory with timetables.

    Raises
    ------
    ParameterError
        As `geo.finder.site_trips.trips_from`.
    """
    day, not_before = answer.at.date(), leaving_from(answer.at)
    start = answer.start_lon, answer.start_lat
    return last_answer(
        "round_trips",
        (cache.fingerprint(territory), start, day, not_before),
        lambda: trips_from(RoundTrips.of(territory, Rules()), *start, day, _SITES, not_before=not_before),
    )


def without_car(territory: Territory, answer: Answer, *, in_short: bool = True) -> dict[str, list[str]]:
    """Show the round trip of the day of an answer in one sentence, all of them behind it; none without timetables.

    `in_short`: Whether the sentence is shown, which may have been said. Return what a sheet says of each site that is
    told of, by `facility_id`.
    """
    if territory.schedule is None:
        return {}
    day = answer.at.date()
    try:
        found = round_trips(territory, answer)
    except ParameterError as error:
        if in_short:
            st.markdown(plain(unbroken(str(error))))
        return {}
    if in_short:
        st.markdown(plain(unbroken(round_trip_in_short(found, day))))
    numbers = {site.facility_id: number for number, site in enumerate(answer.sites, 1)}
    notes = (*feeds_without_notes(territory.schedule.feeds_without(day)), *transit_notes(territory))
    with st.expander("Sans voiture : y aller et en revenir le jour même"):
        for line in transit_lines(found, day, Rules(), notes, leaving_from(answer.at), numbers=numbers):
            st.markdown(plain(unbroken(line.strip().removeprefix("- "))))
    return {one.facility_id: kept_trip_lines(one, day) for one in found}
