"""``maillage scenario``: access before and after sites open, close, move or change their hours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from geo.cli.options import AsJson, TerritoryFolder, asked_question, load_territory, some, with_options
from geo.cli.output import print_items, print_json, print_line, print_told, print_written
from geo.french import format_number, joined
from geo.question import DEFAULT_THRESHOLDS_MIN

if TYPE_CHECKING:
    from geo.question import Question

_USUAL: Final = joined([format_number(minutes) for minutes in DEFAULT_THRESHOLDS_MIN])


@with_options(question=some(asked_question, "rule", "min_share", "buses", "antennes"))
def scenario(
    file: Annotated[Path, typer.Option(help="Scénario (JSON) : sites ouverts, fermés, déplacés…")],
    question: Question,
    folder: TerritoryFolder = None,
    threshold: Annotated[list[float] | None, typer.Option(help=f"Seuil en minutes ({_USUAL}) ; répétable.")] = None,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire comparison.csv, .gpkg, .json.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a scenario with today."""
    from geo.answers.answer import part_title
    from geo.answers.scenario import action_sentences, scenario_answer
    from geo.french import quoted
    from geo.report.scenario_files import write_comparison
    from geo.report.tables import with_origin
    from geo.siting.comparison import compare
    from geo.siting.scenario_json import scenario_from_json
    from geo.sources.delimited import read_text

    asked = scenario_from_json(read_text(file, "Scénario"))
    territory = load_territory(folder)
    thresholds = threshold or DEFAULT_THRESHOLDS_MIN
    comparison = compare(territory, asked, thresholds, rule=question.rule, kinds=question.kinds)
    names = () if out is None else write_comparison(territory, comparison, out)
    if as_json:
        print_json(with_origin(territory, comparison.to_dict()))
        return
    print_line(f"{part_title(territory.name, comparison.part)}, scénario {quoted(asked.name)} :")
    print_items(action_sentences(asked, territory.sites, territory.communes))
    print_told(scenario_answer(comparison).lines, comparison.part)
    print_written(out, names)
