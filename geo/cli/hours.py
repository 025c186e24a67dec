"""``maillage hours``: who has an open site within reach, by weekday and half-hour."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli.options import Antennes, AsJson, Buses, TerritoryFolder, Threshold, load_territory
from geo.cli.output import integer, print_json, print_line
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
    from geo.question import counted_kinds
    from geo.report.planning_sentences import opening_sentences
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
    print_line(f"{territory.name} :")
    for sentence in opening_sentences(opening):
        print_line(sentence)
    if len(gains):
        print_line("Ouvrir une demi-journée de plus apporterait le plus ici :")
    for gain in gains.to_dict("records"):
        print_line(
            f"  - {gain['name']}, {gain['half_day']} : {integer(gain['resident_hours'])} heures × habitants, "
            f"pour {integer(gain['residents'])} habitant(s)"
        )
    if names:
        print_line(f"Fichiers écrits dans {out} : {', '.join(names)}.")
