"""``maillage diagnose --mode transit``: who can go to a site and back the same day without a car."""

from __future__ import annotations

from pathlib import Path

from geo.cli.options import chosen_day, load_territory
from geo.cli.output import print_items, print_json, print_line, print_written
from geo.errors import ParameterError
from geo.kinds import SITES
from geo.question import Question
from geo.transit.round_trip import Rules

TRANSIT = "transit"


def diagnose_without_car(
    mode: str,
    folder: Path | None,
    question: Question,
    out: Path | None,
    day: str | None,
    window: str,
    rules: Rules,
    *,
    as_json: bool,
) -> None:
    """Print it, and write it where a folder is given.

    `mode`: what was asked in the place of car. `day`: AAAA-MM-JJ, `None`: a usual day of the feeds is chosen. `window`:
    when people leave, for the time from door to door.
    """
    from geo.answers.without_car import (
        day_notes,
        door_to_door_sentence,
        residents_notes,
        residents_sentence,
        rules_sentence,
        transit_notes,
    )
    from geo.finder.named_days import day_named, named_days, usual_day
    from geo.finder.residents_trips import median_door_to_door, residents_round_trips, round_trip_share
    from geo.finder.without_car import RoundTrips
    from geo.report.round_trip_files import WithoutCar, round_trip_content, write_round_trips
    from geo.transit.window import Window

    if mode != TRANSIT:
        msg = f"--mode « {mode[:20]} » refusé : car ou transit est attendu. À pied et à vélo : maillage nearest."
        raise ParameterError(msg)
    if question.facilities != SITES:
        msg = "--mode transit mesure les sites France services : retirez --facilities."
        raise ParameterError(msg)
    leaving = Window.parse(window)
    territory = load_territory(folder)
    trips = RoundTrips.of(territory, rules)
    chosen = usual_day(territory) if day is None else day_named(territory, chosen_day(day))
    found = residents_round_trips(trips, chosen.date, leaving)
    share = round_trip_share(found, chosen.date, territory.households)
    answer = WithoutCar(chosen, named_days(territory), rules, leaving, found, share)
    names = () if out is None else write_round_trips(territory, answer, out)
    if as_json:
        print_json(round_trip_content(territory, answer))
        return
    print_line(f"{territory.name} : {residents_sentence(share)}")
    print_line(door_to_door_sentence(median_door_to_door(found), leaving, rules))
    print_items((*day_notes(chosen, answer.others, chosen=day is None), rules_sentence(rules)))
    print_items((*residents_notes(territory), *transit_notes(territory)))
    print_written(out, names)
