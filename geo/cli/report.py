"""``maillage report``: the report of a département, as a document and the files that it was made from."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli.beside import asked_day, plans_beside, require_beside, require_timetables
from geo.cli.options import AsJson, Day, TerritoryFolder, asked_question, chosen_day, load_territory, with_options
from geo.cli.output import print_json, print_line, print_lines
from geo.errors import ParameterError
from geo.report.extras import require

if TYPE_CHECKING:
    from geo.question import Question


@with_options(question=asked_question)
def report(
    out: Annotated[Path, typer.Option(help="Dossier à écrire ; un rapport qui s'y trouve est remplacé.")],
    question: Question,
    folder: TerritoryFolder = None,
    plan: Annotated[Path | None, typer.Option(help="Plan écrit par « maillage plan --out » (plan.json).")] = None,
    new: Annotated[int | None, typer.Option(help="Calculer un plan de ce nombre de labels.")] = None,
    mode_beside: Annotated[
        str | None, typer.Option(help="transit, walk ou bike : avec --new, mettre à côté les plans pour deux publics.")
    ] = None,
    day: Annotated[
        str | None,
        typer.Option(
            help="Jour de la page « Sans voiture », AAAA-MM-JJ ; sinon un mardi hors vacances scolaires, choisi."
        ),
    ] = None,
    date: Day = None,
    as_json: AsJson = False,
) -> None:
    """Write a report."""
    if plan is not None and new is not None:
        msg = "--plan et --new sont donnés ensemble : donnez un plan déjà calculé, ou un nombre de labels à calculer."
        raise ParameterError(msg)
    made_on, of_page = chosen_day(date), None if day is None else chosen_day(day)
    asked_day(mode_beside, "coverage", new, None)
    require("report")
    log = logging.getLogger("geo")
    log.info("Ouverture du territoire…")
    from geo.report.plan_reading import read_beside, read_plan
    from geo.report.report_files import DOCUMENT, report_command, require_report_place, write_report
    from geo.report.report_findings import ReportRequest
    from geo.report.report_sentences import summary_sentences
    from geo.siting.plan import plan as choose

    require_report_place(out)
    territory = load_territory(folder)
    if mode_beside is not None and new is None:
        msg = "--mode-beside compare un plan que le rapport calcule : ajoutez --new NOMBRE, ou retirez-le."
        raise ParameterError(msg)
    require_timetables(territory, day)
    require_beside(territory, mode_beside, of_page, question.threshold_min)
    given = None if plan is None else read_plan(plan, territory)
    beside = None if plan is None else read_beside(plan)
    if new is not None:
        log.info("Choix des labels…")
        given = choose(territory, new, threshold_min=question.threshold_min, kinds=question.kinds)
        if mode_beside is not None and len(given.labels):
            beside = plans_beside(territory, given, mode_beside, of_page)
    request = ReportRequest(question, given, made_on, beside, of_page)
    name = None if folder is None else folder.resolve().name
    findings = write_report(
        territory, request, out, territory_name=name, plan_file=plan, progress=lambda _, sentence: log.info(sentence)
    )
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    sentences = summary_sentences(findings)
    if as_json:
        command = report_command(request, name, plan)
        print_json({"out": str(out), "command": command, "summary": sentences, "files": files})
        return
    print_lines(territory.name, findings.summary.part, sentences)
    print_line(f"Rapport écrit dans {out} : {DOCUMENT} et {len(files) - 1} fichiers.")
