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
    from geo.territory import Territory

#: How many sites are told of: as many as in the terminal.
_SITES = NearQuestion().k


def without_car(territory: Territory, answer: Answer) -> dict[str, list[str]]:
    """Show the round trip of the day of an answer in one sentence, all of them behind it; none without timetables.

    Return what a sheet says of each site that is told of, by `facility_id`.
    """
    if territory.schedule is None:
        return {}
    day = answer.at.date()
    not_before = leaving_from(answer.at)
    numbers = {site.facility_id: number for number, site in enumerate(answer.sites, 1)}
    question = (cache.fingerprint(territory), answer.start_lon, answer.start_lat, day, not_before, tuple(numbers))

    def told() -> tuple[str, list[str], dict[str, list[str]]]:
        rules = Rules()
        try:
            trips, start = RoundTrips.of(territory, rules), (answer.start_lon, answer.start_lat)
            found = trips_from(trips, *start, day, _SITES, not_before=not_before)
        except ParameterError as error:
            return str(error), [], {}
        notes = (*feeds_without_notes(trips.schedule.feeds_without(day)), *transit_notes(territory))
        lines = transit_lines(found, day, rules, notes, not_before, numbers=numbers)
        kept = {one.facility_id: kept_trip_lines(one, day) for one in found}
        return round_trip_in_short(found, day), list(lines), kept

    in_short, lines, kept = last_answer("without_car", question, told)
    st.markdown(plain(unbroken(in_short)))
    if lines:
        with st.expander("Sans voiture : y aller et en revenir le jour même"):
            for line in lines:
                st.markdown(plain(unbroken(line.strip().removeprefix("- "))))
    return kept
