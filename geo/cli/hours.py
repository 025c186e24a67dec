"""``maillage hours``: who has an open site within reach, by weekday and half-hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import AsJson, TerritoryFolder, asked_question, load_territory, some, with_options
from geo.cli.output import print_items, print_json, print_line, print_lines, print_written

if TYPE_CHECKING:
    from geo.question import Question

_HALF_DAYS_SHOWN = 10


@with_options(question=some(asked_question, "threshold", "buses", "antennes"))
def hours(
    question: Question,
    folder: TerritoryFolder = None,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire hours.csv, half_days.csv, hours.json.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure access through the week."""
    from geo.access.opening import open_shares
    from geo.answers.hours import half_days_answer, hours_answer
    from geo.report.scenario_files import write_opening
    from geo.report.tables import with_origin

    territory = load_territory(folder)
    territory.require_sites(question.kinds)
    opening = open_shares(territory, question.threshold_min, kinds=question.kinds)
    names = () if out is None else write_opening(territory, opening, out)
    gains = opening.half_day_gains().head(_HALF_DAYS_SHOWN)
    if as_json:
        figures = opening.to_dict() | {
            "blank_hours": opening.blank_hours().to_dict("records"),
            "half_day_gains": gains.to_dict("records"),
        }
        print_json(with_origin(territory, figures))
        return
    half_days = half_days_answer(gains, opening.part)
    print_lines(territory.name, opening.part, hours_answer(opening).lines)
    print_line(half_days.sentence)
    print_items(half_days.details)
    print_written(out, names)
