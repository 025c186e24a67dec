"""``maillage report``: the report of a département, as a document and the files that it was made from."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli.options import (
    Antennes,
    AsJson,
    Buses,
    Day,
    Facilities,
    MinShare,
    Rule,
    TerritoryFolder,
    Threshold,
    chosen_day,
    coverage_rule,
    list_name,
    load_territory,
)
from geo.cli.output import print_json, print_line
from geo.errors import ParameterError
from geo.question import DEFAULT_MIN_SHARE, DEFAULT_THRESHOLD_MIN

if TYPE_CHECKING:
    from geo.siting.plan import Plan
    from geo.territory import Territory


def report(
    out: Annotated[Path, typer.Option(help="Dossier à écrire ; un rapport qui s'y trouve est remplacé.")],
    folder: TerritoryFolder = None,
    threshold: Threshold = DEFAULT_THRESHOLD_MIN,
    facilities: Facilities = "sites",
    rule: Rule = "mean-time",
    min_share: MinShare = DEFAULT_MIN_SHARE,
    buses: Buses = False,
    antennes: Antennes = True,
    plan: Annotated[Path | None, typer.Option(help="Plan écrit par « maillage plan --out » (plan.json).")] = None,
    new: Annotated[int | None, typer.Option(help="Calculer un plan de ce nombre de labels.")] = None,
    date: Day = None,
    as_json: AsJson = False,
) -> None:
    """Write a report."""
    from geo.question import counted_kinds

    kinds = counted_kinds(buses=buses, antennes=antennes)
    if plan is not None and new is not None:
        msg = "--plan et --new sont donnés ensemble : donnez un plan déjà calculé, ou un nombre de labels à calculer."
        raise ParameterError(msg)
    made_on = chosen_day(date)
    log = logging.getLogger("geo")
    log.info("Ouverture du territoire…")
    from geo.answers.answer import known_note, part_title
    from geo.report.report_files import DOCUMENT, report_command, require_report_place, write_report
    from geo.report.report_findings import ReportRequest
    from geo.report.report_sentences import summary_sentences

    require_report_place(out)
    territory = load_territory(folder)
    request = ReportRequest(
        threshold_min=threshold,
        facilities=list_name(facilities),
        rule=coverage_rule(rule, min_share),
        kinds=kinds,
        plan=_plan(territory, plan, new, {"threshold_min": threshold, "kinds": kinds}),
        made_on=made_on,
    )
    name = None if folder is None else folder.resolve().name
    findings = write_report(
        territory,
        request,
        out,
        territory_name=name,
        plan_file=plan,
        progress=lambda _share, sentence: log.info(sentence),
    )
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    sentences = summary_sentences(findings)
    if as_json:
        print_json(
            {"out": str(out), "command": report_command(request, name, plan), "summary": sentences, "files": files}
        )
        return
    part = findings.summary.part
    print_line(f"{part_title(territory.name, part)} :")
    for sentence in filter(None, [*sentences, known_note(part)]):
        print_line(sentence)
    print_line(f"Rapport écrit dans {out} : {DOCUMENT} et {len(files) - 1} fichiers.")


def _plan(territory: Territory, file: Path | None, new: int | None, options: dict[str, Any]) -> Plan | None:
    """Return the plan of a report: read, or made with the options of the report, or none."""
    if file is not None:
        from geo.report.plan_files import read_plan

        return read_plan(file, territory)
    if new is None:
        return None
    from geo.siting.plan import plan as choose

    logging.getLogger("geo").info("Choix des labels…")
    return choose(territory, new, **options)
