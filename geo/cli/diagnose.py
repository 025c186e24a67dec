"""``maillage diagnose``: who is near a facility, and which communes are under-served."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli.options import (
    AsJson,
    TerritoryFolder,
    asked_question,
    asked_rules,
    load_area,
    with_options,
)
from geo.cli.output import print_each, print_items, print_json, print_line, print_titled, print_written
from geo.parameters import MEANING

if TYPE_CHECKING:
    from geo.question import Question
    from geo.transit.round_trip import Rules


@with_options(question=asked_question, rules=asked_rules)
def diagnose(
    question: Question,
    rules: Rules,
    folder: TerritoryFolder = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Dossier où écrire communes.csv, .gpkg, map.html… ; walk.csv, bike.csv ou round_trips.csv "
            "sans voiture."
        ),
    ] = None,
    mode: Annotated[
        str,
        typer.Option(help=MEANING["diagnose mode"]),
    ] = "car",
    day: Annotated[str | None, typer.Option(help=MEANING["day"])] = None,
    window: Annotated[str, typer.Option(help=MEANING["window"])] = "07:00-09:00",
    as_json: AsJson = False,
) -> None:
    """Measure coverage and write it."""
    from geo.network.modes import ACTIVE_MODES, CAR, require_mode

    if mode in ACTIVE_MODES:
        from geo.cli.without_car import diagnose_active

        diagnose_active(mode, folder, question, out, as_json=as_json)
        return
    if mode != CAR:
        from geo.answers.near import TRANSIT
        from geo.cli.without_car import diagnose_transit

        if mode != TRANSIT:
            require_mode(mode, TRANSIT)
        diagnose_transit(folder, out, day, window, rules, as_json=as_json)
        return
    from geo.access.diagnosis import diagnose as measure
    from geo.answers.answer import known_note, part_title
    from geo.answers.coverage import coverage_answer
    from geo.answers.equity import equity_answer
    from geo.answers.list_dates import list_sentence
    from geo.answers.origin import network_sentence, offer_sentence, one_point_sentences
    from geo.report.country_tables import country_summary, write_country_diagnosis
    from geo.report.tables import diagnosis_summary, write_diagnosis
    from geo.territory.country import Country

    area = load_area(folder)
    diagnosis = measure(*area.parts, question=question)
    written: Any = (write_diagnosis, diagnosis_summary)
    if isinstance(area, Country):
        written = (write_country_diagnosis, country_summary)
    write, summary = written
    names = ()
    if out is not None:
        logging.getLogger("geo").info("Écriture des tables et de la carte…")
        names = write(area, diagnosis, out)
    if as_json:
        print_json(summary(area, diagnosis))
        return
    part = diagnosis.summary.part
    answer = coverage_answer(diagnosis.summary, diagnosis.coverage)
    print_titled(part_title(area.name, part), answer, known_note(part))  # that times are estimated the network says
    equity = equity_answer(diagnosis.equity)
    print_each(equity.lines)
    print_line(offer_sentence(question, area.parts))
    print_each(one_point_sentences(area.parts))
    print_line(list_sentence(area.parts[0].manifest, question.facilities))
    if isinstance(area, Country):
        print_line(area.parts[0].network.source.notes[0])
    else:
        print_line(network_sentence(area.manifest))
        print_items(area.manifest.network.notes)
    print_written(out, names)
