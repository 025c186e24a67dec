"""``maillage map``: one map on paper, as PNG, SVG or PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.options import AsJson, Day, TerritoryFolder, asked_question, chosen_day, load_area, with_options
from geo.cli.output import print_json, print_line
from geo.errors import ParameterError

if TYPE_CHECKING:
    from geo.question import Question


@with_options(question=asked_question)
def draw_map(
    out: Annotated[Path, typer.Option(help="Fichier à écrire : .png (300 points par pouce), .svg ou .pdf.")],
    question: Question,
    folder: TerritoryFolder = None,
    kind: Annotated[
        str,
        typer.Option(
            help="time (temps de trajet), under-served (communes sous-desservies), saved (minutes gagnées), "
            "hours (heures d'ouverture), without-car (aller-retour sans voiture le jour de --day) ou change (avant et "
            "après --scenario)."
        ),
    ] = "time",
    scenario: Annotated[Path | None, typer.Option(help="Scénario, pour la carte change.")] = None,
    page: Annotated[str, typer.Option(help="a4 (portrait ou paysage selon le territoire) ou 16:9.")] = "a4",
    day: Annotated[
        str | None, typer.Option(help="Pour la carte without-car : jour, AAAA-MM-JJ ; sinon un mardi, choisi.")
    ] = None,
    date: Day = None,
    as_json: AsJson = False,
) -> None:
    """Draw a map and write it."""
    from geo.maps.static.files import require_format, write_sheet
    from geo.maps.static.paper_map import MAP_KINDS, paper_map
    from geo.siting.scenario_json import scenario_from_json
    from geo.sources.delimited import read_text

    require_format(out)
    today = chosen_day(date)
    if kind not in MAP_KINDS:
        msg = f"Carte « {kind} » inconnue. Cartes possibles : {', '.join(MAP_KINDS)}."
        raise ParameterError(msg)
    if (kind == "change") != (scenario is not None):
        msg = "La carte change montre un scénario : donnez --kind change et --scenario FICHIER ensemble."
        raise ParameterError(msg)
    if day is not None and kind != "without-car":
        msg = "--day n'a de sens qu'avec --kind without-car : ajoutez-le, ou retirez --day."
        raise ParameterError(msg)
    area = load_area(folder)
    asked = None if scenario is None else scenario_from_json(read_text(scenario, "Scénario"))
    sheet = paper_map(area, kind, question, asked, page=page, today=today, day=None if day is None else chosen_day(day))
    write_sheet(sheet, out)
    if as_json:
        print_json({"file": str(out), "title": sheet.title, "description": sheet.description})
        return
    print_line(f"« {sheet.title} » : carte écrite dans {out}.")
