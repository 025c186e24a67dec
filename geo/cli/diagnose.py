"""``maillage diagnose``: who is near a facility, and which communes are under-served."""

from __future__ import annotations

import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli.options import (
    AsJson,
    TerritoryFolder,
    asked_question,
    asked_rules,
    chosen_day,
    load_area,
    load_territory,
    with_options,
)
from geo.cli.output import print_answer, print_each, print_items, print_json, print_line, print_written
from geo.errors import ParameterError
from geo.kinds import SITES

if TYPE_CHECKING:
    from geo.question import Question
    from geo.transit.round_trip import Rules


_CAR, _TRANSIT = "car", "transit"


@with_options(question=asked_question, rules=asked_rules)
def diagnose(
    question: Question,
    rules: Rules,
    folder: TerritoryFolder = None,
    out: Annotated[Path | None, typer.Option(help="Dossier où écrire communes.csv, .gpkg, map.html…")] = None,
    mode: Annotated[
        str,
        typer.Option(help="car, ou transit : qui peut aller dans un site et en revenir le jour de --day sans voiture."),
    ] = "car",
    day: Annotated[
        str | None, typer.Option(help="transit : jour, AAAA-MM-JJ ; sinon un mardi hors vacances scolaires, choisi.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure coverage and write it."""
    if mode != _CAR:
        _without_car(mode, folder, question, out, day, rules, as_json=as_json)
        return
    from geo.access.diagnosis import diagnose as measure
    from geo.answers.coverage import coverage_answer
    from geo.answers.equity import equity_answer
    from geo.answers.list_dates import list_sentence
    from geo.answers.origin import network_sentence
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
    print_answer(area.name, coverage_answer(diagnosis.summary, diagnosis.coverage), diagnosis.summary.part)
    equity = equity_answer(diagnosis.equity)
    print_each(equity.lines)
    print_line(list_sentence(area.parts[0].manifest, question.facilities))
    if isinstance(area, Country):
        print_line(area.parts[0].network.source.notes[0])
    else:
        print_line(network_sentence(area.manifest))
        print_items(area.manifest.network.notes)
    print_written(out, names)


def _without_car(
    mode: str,
    folder: Path | None,
    question: Question,
    out: Path | None,
    day: str | None,
    rules: Rules,
    *,
    as_json: bool,
) -> None:
    """Print who can go to a site and back without a car on a day."""
    from geo.answers.without_car import day_notes, residents_notes, residents_sentence, rules_sentence, transit_notes
    from geo.finder.named_days import day_named, named_days, usual_day
    from geo.finder.residents_trips import residents_round_trips, round_trip_share
    from geo.finder.without_car import RoundTrips

    if mode != _TRANSIT:
        msg = f"--mode « {mode[:20]} » refusé : car ou transit est attendu. À pied et à vélo : maillage nearest."
        raise ParameterError(msg)
    if question.facilities != SITES or out is not None:
        msg = (
            "--mode transit mesure les sites France services et n'écrit pas de fichier : retirez --facilities et --out."
        )
        raise ParameterError(msg)
    territory = load_territory(folder)
    trips = RoundTrips.of(territory, rules)
    chosen = usual_day(territory) if day is None else day_named(territory, chosen_day(day))
    days = named_days(territory)
    found = residents_round_trips(trips, chosen.date)
    share = round_trip_share(found, chosen.date)
    if as_json:
        communes = found.assign(served=found["population"].where(found["time_out_min"].notna(), 0.0))
        by_commune = communes.groupby("commune_code")[["population", "served"]].sum()
        print_json(
            asdict(share)
            | {
                "share": share.share,
                "named_day": asdict(chosen),
                "named_days": [asdict(each) for each in days],
                "rules": asdict(rules),
                "communes_without": by_commune.index[by_commune["served"] == 0].tolist(),
            }
        )
        return
    print_line(f"{territory.name} : {residents_sentence(share)}")
    print_items((*day_notes(chosen, days, chosen=day is None), rules_sentence(rules)))
    print_items((*residents_notes(territory), *transit_notes(territory)))
