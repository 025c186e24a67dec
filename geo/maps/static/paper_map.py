"""One map on paper, of the kind that is asked: what it takes to measure, and which module draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from geo.access.diagnosis import diagnose
from geo.access.opening import open_shares
from geo.access.time_saved import time_saved
from geo.answers.scenario import scenario_answer
from geo.answers.tax_offices import tax_offices_answer
from geo.errors import ParameterError
from geo.finder.day_without_car import day_without_car
from geo.maps.static.change_map import change_map, changed_places
from geo.maps.static.country_map import country_map
from geo.maps.static.hours_chart import hours_chart
from geo.maps.static.round_trip_map import round_trip_map
from geo.maps.static.territory_maps import saved_minutes_map, travel_time_map, under_served_map
from geo.siting.comparison import compare
from geo.siting.scenario import apply
from geo.territory.country import Country

if TYPE_CHECKING:
    import datetime as dt

    from geo.maps.static.sheet import Sheet
    from geo.question import Question
    from geo.siting.scenario import Scenario
    from geo.territory import Territory

#: Kinds of map: the last one only with a scenario.
MAP_KINDS: Final = ("time", "under-served", "saved", "hours", "without-car", "change")


class _Drawn(TypedDict):
    """How every map is drawn."""

    page: str
    today: dt.date


def paper_map(
    area: Territory | Country,
    kind: str,
    question: Question,
    scenario: Scenario | None,
    *,
    page: str,
    today: dt.date,
    day: dt.date | None = None,
) -> Sheet:
    """Measure what a map shows and draw it.

    `kind`: One of `MAP_KINDS`; a country has ``"time"`` only. `scenario`: What ``"change"`` compares with today.
    `day`: That ``"without-car"`` is about, `None`: a usual one. `page`, `today`: As in
    `geo.maps.static.territory_maps.travel_time_map`.

    Raises
    ------
    ParameterError
        The country has no such map, or a measure refuses the question.
    """
    drawn: _Drawn = {"page": page, "today": today}
    if isinstance(area, Country):
        if kind != "time":
            msg = f"La carte « {kind} » se dessine par département ; pour toute la France, demandez --kind time."
            raise ParameterError(msg)
        return country_map(area.name, area.parts, diagnose(*area.parts, question=question), **drawn)
    if scenario is not None:
        return _change(area, question, scenario, drawn)
    if kind == "saved":
        communes, summary = time_saved(area, kinds=question.kinds)
        sentence = tax_offices_answer(communes, summary).sentence
        return saved_minutes_map(area, communes["saved_min"], sentence=sentence, kinds=question.kinds, **drawn)
    if kind == "without-car":
        return round_trip_map(area, day_without_car(area, day, today=today), **drawn)
    if kind == "hours":
        opening = open_shares(area, question.threshold_min, kinds=question.kinds)
        return hours_chart(area, opening, kinds=question.kinds, **drawn)
    draw = travel_time_map if kind == "time" else under_served_map
    return draw(area, diagnose(area, question=question), **drawn)


def _change(territory: Territory, question: Question, scenario: Scenario, drawn: _Drawn) -> Sheet:
    found = compare(territory, scenario, (question.threshold_min,), rule=question.rule, kinds=question.kinds)
    return change_map(
        territory,
        found.coverage_before,
        found.coverage_after,
        *changed_places(territory.sites, apply(territory, scenario).sites),
        question,
        title=scenario.name,
        sentence=scenario_answer(found).sentence,
        **drawn,
    )
