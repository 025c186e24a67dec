"""``maillage scenario``: access before and after sites open, close, move or change their hours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from geo.cli.options import Antennes, AsJson, Buses, MinShare, Rule, TerritoryFolder, coverage_rule, load_territory
from geo.cli.output import print_json, print_line
from geo.french import format_number, joined
from geo.question import DEFAULT_MIN_SHARE, DEFAULT_THRESHOLDS_MIN, counted_kinds

_USUAL: Final = joined([format_number(minutes) for minutes in DEFAULT_THRESHOLDS_MIN])


def scenario(
    file: Annotated[Path, typer.Option(help="Scénario (JSON) : sites ouverts, fermés, déplacés…")],
    folder: TerritoryFolder = None,
    threshold: Annotated[list[float] | None, typer.Option(help=f"Seuil en minutes ({_USUAL}) ; répétable.")] = None,
    rule: Rule = "mean-time",
    min_share: MinShare = DEFAULT_MIN_SHARE,
    buses: Buses = False,
    antennes: Antennes = True,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire comparison.csv, .gpkg, .json.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a scenario with today."""
    from geo.answers.answer import known_note, part_title
    from geo.answers.scenario import action_sentences, scenario_answer
    from geo.french import quoted
    from geo.report.scenario_files import write_comparison
    from geo.report.tables import with_origin
    from geo.siting.comparison import compare
    from geo.siting.scenario_json import scenario_from_json
    from geo.sources.delimited import read_text

    kinds, chosen = counted_kinds(buses=buses, antennes=antennes), coverage_rule(rule, min_share)
    asked = scenario_from_json(read_text(file, "Scénario"))
    territory = load_territory(folder)
    comparison = compare(territory, asked, threshold or DEFAULT_THRESHOLDS_MIN, rule=chosen, kinds=kinds)
    names = () if out is None else write_comparison(territory, comparison, out)
    if as_json:
        print_json(with_origin(territory, comparison.to_dict()))
        return
    print_line(f"{part_title(territory.name, comparison.part)}, scénario {quoted(asked.name)} :")
    for action in action_sentences(asked, territory.sites, territory.communes):
        print_line(f"  - {action}")
    for sentence in filter(None, [*scenario_answer(comparison).lines, known_note(comparison.part)]):
        print_line(sentence)
    if names:
        print_line(f"Fichiers écrits dans {out} : {', '.join(names)}.")
