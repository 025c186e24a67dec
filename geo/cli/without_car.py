"""``maillage diagnose --mode walk|bike|transit``: who can go to a site without a car."""

from __future__ import annotations

from pathlib import Path

from geo.cli.options import chosen_day, load_territory
from geo.cli.output import print_each, print_items, print_json, print_line, print_written
from geo.kinds import FIXED_KINDS
from geo.question import Question
from geo.transit.round_trip import Rules


def diagnose_active(mode: str, folder: Path | None, question: Question, out: Path | None, *, as_json: bool) -> None:
    """Print who is near a place on foot or by bicycle; write it where a folder is given.

    `mode`: ``"walk"`` or ``"bike"``.
    """
    from geo.access.active_access import active_access
    from geo.answers.active_access import active_answer
    from geo.answers.answer import part_title
    from geo.answers.list_dates import list_sentence
    from geo.answers.origin import offer_sentence
    from geo.report.active_files import near_content, write_near

    territory = load_territory(folder)
    found = active_access(territory, question, mode)
    names = () if out is None else write_near(territory, found, out)
    if as_json:
        print_json(near_content(territory, found))
        return
    answer = active_answer(territory, found)
    print_each([f"{part_title(territory.name, found.summary.part)} :", answer.sentence, *answer.details])
    print_line(list_sentence(territory.manifest, question.facilities))
    print_items([*answer.notes, offer_sentence(question, (territory,))])
    print_written(out, names)


def diagnose_transit(
    folder: Path | None,
    out: Path | None,
    day: str | None,
    window: str,
    rules: Rules,
    *,
    as_json: bool,
) -> None:
    """Print who can go to a site and be back the same day; write it where a folder is given.

    `day`: AAAA-MM-JJ, `None`: a usual day of the feeds is chosen. `window`:
    when people leave, for the time from door to door.
    """
    from geo.answers.answer import part_title
    from geo.answers.origin import offer_sentence
    from geo.answers.without_car import without_car_answer
    from geo.finder.day_without_car import day_without_car
    from geo.report.round_trip_files import round_trip_content, write_round_trips
    from geo.transit.window import Window

    leaving = Window.parse(window)
    territory = load_territory(folder)
    measured = day_without_car(territory, None if day is None else chosen_day(day), rules, leaving)
    names = () if out is None else write_round_trips(territory, measured, out)
    if as_json:
        print_json(round_trip_content(territory, measured))
        return
    answer = without_car_answer(territory, measured, "" if day is not None else "--day")
    print_each([f"{part_title(territory.name, measured.part)} :", answer.sentence, *answer.details])
    print_items([*answer.notes, offer_sentence(Question(kinds=FIXED_KINDS), (territory,))])
    print_written(out, names)
