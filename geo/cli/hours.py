"""``maillage hours``: who has an open site within reach, by weekday and half-hour."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import Antennes, AsJson, Buses, TerritoryFolder, Threshold, load_territory
from geo.cli.output import print_json, print_line
from geo.question import DEFAULT_THRESHOLD_MIN

_HALF_DAYS_SHOWN = 10


def hours(
    folder: TerritoryFolder = None,
    threshold: Threshold = DEFAULT_THRESHOLD_MIN,
    buses: Buses = False,
    antennes: Antennes = True,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire hours.csv, half_days.csv, hours.json.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure access through the week."""
    from geo.access.opening import open_shares
    from geo.answers.answer import known_note, part_title
    from geo.answers.hours import half_days_answer, hours_answer
    from geo.question import counted_kinds
    from geo.report.scenario_files import write_opening
    from geo.report.tables import with_origin

    territory = load_territory(folder)
    opening = open_shares(territory, threshold, kinds=counted_kinds(buses=buses, antennes=antennes))
    names = () if out is None else write_opening(territory, opening, out)
    gains = opening.half_day_gains().head(_HALF_DAYS_SHOWN)
    if as_json:
        figures = opening.to_dict() | {
            "blank_hours": opening.blank_hours().to_dict("records"),
            "half_day_gains": gains.to_dict("records"),
        }
        print_json(with_origin(territory, figures))
        return
    half_days = half_days_answer(gains)
    print_line(f"{part_title(territory.name, opening.part)} :")
    for line in filter(None, [*hours_answer(opening).lines, known_note(opening.part), half_days.sentence]):
        print_line(line)
    for line in half_days.details:
        print_line(f"  - {line}")
    if names:
        print_line(f"Fichiers écrits dans {out} : {', '.join(names)}.")
