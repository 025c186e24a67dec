"""The report of a département as one PDF: text, tables, maps on pages of their own."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.active_access import MOST_MIN
from geo.access.residents import residents_by_point
from geo.answers.active_access import active_notes, active_sentence
from geo.answers.answer import known_note, part_title
from geo.answers.certainty import certainty_answer, run_rows
from geo.answers.coverage import access_title
from geo.answers.equity import equity_answer, missing_sentence
from geo.answers.fragility import fragility_answer, sites_with_residents
from geo.answers.hours import half_days_answer, hours_answer
from geo.answers.list_dates import list_sentence
from geo.answers.origin import (
    AGAIN,
    CAR_ONLY,
    LIMITS,
    SITES_METHOD,
    WITHOUT_CAR_APART,
    approximation_sentences,
    counting_sentence,
    method,
    network_sentence,
)
from geo.answers.plan import plan_method
from geo.answers.tables import COLUMNS
from geo.answers.tax_offices import tax_offices_answer
from geo.classes import TIME_CLASSES, UNKNOWN_CLASS, classify
from geo.french import (
    UNKNOWN,
    WITHIN,
    counted,
    format_integer,
    format_share,
    minutes_text,
    said_minutes,
    said_time,
)
from geo.kinds import KINDS
from geo.maps.payload import shown_kinds
from geo.maps.static.files import sheet_svg
from geo.question import AT_THRESHOLD_MIN
from geo.report.fitting import cut, cut_all
from geo.report.report_plan import plan_content
from geo.report.report_sentences import key_figures, summary_sentences
from geo.report.report_without_car import without_car_content
from geo.report.typesetting import typeset
from geo.siting.plan_sources import centrality_sources
from geo.sources.vintages import dated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.answers.answer import Answer
    from geo.maps.static.sheet import Sheet
    from geo.report.report_findings import ReportFindings
    from geo.territory.manifest import Manifest

#: Pages of a report, at least and at most: two of them are there only where the territory has timetables.
PAGES: Final = (6, 18)
#: Rows that each table has room for, and labels argued at length; all of them are in the files beside.
_FAR_ROWS: Final = 40
_FAR_ROWS_WITH_PLAN: Final = 18
_FURTHEST_ROWS: Final = 8
_SITE_ROWS: Final = 9
_HALF_DAYS: Final = 6
_HALF_DAY_COLUMNS: Final = ("site.name", "commune_name", "half_day", "resident_hours", "half_day.residents")
_NOTES: Final = 12
_SOURCES: Final = 14
#: Longest texts (characters) in a cell with the name of a site, and in a title.
_SITE_CELL: Final = 64
_TITLE: Final = 120

#: What is beside the document, with what it holds.
_FILES: Final = (
    ("tables.xlsx", "Toutes les tables dans un classeur."),
    ("tables/", "Les mêmes en CSV, pour un tableur, et en Parquet."),
    ("layers.gpkg", "Communes et lieux pour QGIS, avec leurs styles."),
    ("communes.parquet", "Communes en GeoParquet."),
    ("maps/", "Cartes et graphiques en PNG (300 points par pouce) et en SVG."),
    ("plan/plan.json", "Le plan : labels, habitants servis, critères, borne."),
    ("plan/dossiers.pdf", "Le dossier de chaque label, une page chacun."),
    ("summary.json", "Les chiffres, les notes et l'origine de chacun."),
    ("manifest.json", "De quoi refaire et vérifier ce rapport."),
)


def report_pdf(findings: ReportFindings, sheets: Mapping[str, Sheet]) -> bytes:
    """Make the report, tagged for screen readers (PDF/UA-1); the same bytes for the same inputs.

    `sheets`: Maps and charts of `geo.report.report_maps.report_maps`, by name.
    """
    with ExitStack() as said_once:
        for sheet in sheets.values():
            said_once.enter_context(sheet.in_document())
        pictures = {f"{name}.svg": sheet_svg(sheet, letters="none").encode() for name, sheet in sheets.items()}
        return typeset("report", _content(findings, sheets), pictures, findings.request.made_on)


def _content(findings: ReportFindings, sheets: Mapping[str, Sheet]) -> dict[str, Any]:
    """Return all that a report says, as plain values."""
    territory, question = findings.territory, findings.question
    manifest = territory.manifest
    kinds, excluded = shown_kinds(territory.facilities[question.facilities], kinds=question.kinds)
    return {
        "title": access_title(question.facilities),
        "territory": _part_title(findings),
        "date": f"{findings.request.made_on:%d/%m/%Y}",
        "read": [
            findings.summary.rule,
            counting_sentence(question.facilities, kinds, excluded, (territory,)),
            f"Le seuil est de {minutes_text(question.threshold_min)} en voiture, compris.",
        ],
        "summary": cut_all(summary_sentences(findings)),
        "figures": [figure._asdict() for figure in key_figures(findings)],
        "whom": cut_all(filter(None, [known_note(findings.summary.part)])),
        "warnings": cut_all(
            [
                list_sentence(manifest, question.facilities, findings.request.made_on),
                *approximation_sentences(territory),
            ]
        ),
        "maps": {
            name: {"width": sheet.width_mm, "height": sheet.height_mm, "alt": sheet.description}
            for name, sheet in sheets.items()
        },
        "within": WITHIN,
        "curve": _curve(findings),
        "far": _far(findings),
        "week": _week(findings),
        "without_car": without_car_content(findings),
        "plan": plan_content(findings),
        "method": _method(findings),
        "limits": _limits(findings),
        "network": cut_all([network_sentence(manifest), *manifest.network.notes]),
        "sources": _sources(manifest, with_plan=findings.planned is not None),
        "notes": _notes(manifest.notes),
        "not_said": _not_said(findings),
        "again": AGAIN,
        "files": [[name, holds] for name, holds in _FILES if "plan" not in name or findings.planned],
    }


def _method(findings: ReportFindings) -> list[str]:
    sites = SITES_METHOD if findings.fragility is not None else ()
    active = dict.fromkeys(note for each in findings.active for note in active_notes(findings.territory, each.mode))
    return [
        *method(findings.question.threshold_min),
        *sites,
        *active,
        *(plan_method(findings.planned.plan)[:2] if findings.planned else []),
    ]


def _limits(findings: ReportFindings) -> list[str]:
    if findings.without_car is None:
        return list(LIMITS)
    return [WITHOUT_CAR_APART if each == CAR_ONLY else each for each in LIMITS]


def _part_title(findings: ReportFindings) -> str:
    """Return the territory and the part of it that a report is about; a long name is cut, never the part."""
    name, part = findings.territory.name, findings.summary.part
    return part_title(cut(name, _TITLE - len(part_title("", part))), part)


def _curve(findings: ReportFindings) -> dict[str, Any]:
    """Return the residents by class of time, the margin of error and what the tax offices are compared with."""
    return {
        "rows": _residents_by_class(findings),
        "runs": run_rows(findings.sensitivity),
        # The hypotheses are the rows above.
        "margin": [certainty_answer(findings.sensitivity).sentence],
        "saved": [] if findings.saved is None else _paragraphs(tax_offices_answer(*findings.saved)),
        "equity": _paragraphs(equity_answer(findings.diagnosis.equity)) if findings.diagnosis.equity.groups else [],
        "active": cut_all(map(active_sentence, findings.active)),
    }


def _residents_by_class(findings: ReportFindings) -> list[list[str]]:
    """Return one row a class of time: label, residents, their share, communes by their mean time."""
    times = findings.diagnosis.times
    residents = residents_by_point(findings.territory.communes, times)
    minutes = times["travel_time_min"].to_numpy(np.float64, na_value=np.nan)
    on_network = times["on_network"].to_numpy(bool)
    # A resident at exactly the bound of a class is in it, whatever the rounding of sums.
    position = classify(pd.Series(minutes - AT_THRESHOLD_MIN), TIME_CLASSES)
    commune = classify(findings.coverage["travel_time_min"] - AT_THRESHOLD_MIN, TIME_CLASSES)
    off = findings.coverage["under_served"].isna().to_numpy(bool)
    rows = [
        (cls.label, residents[position == number].sum(), int((commune == number).sum()))
        for number, cls in enumerate(TIME_CLASSES)
    ]
    none = position == UNKNOWN_CLASS
    lost, outside = none & on_network, none & ~on_network
    if lost.any():
        rows.append(("aucune route", residents[lost].sum(), int(((commune == UNKNOWN_CLASS) & ~off).sum())))
    told = [
        [label, _people(findings, count), format_share(findings.share(count)), format_integer(communes)]
        for label, count, communes in rows
    ]
    if outside.any():
        off_count = int(((commune == UNKNOWN_CLASS) & off).sum())
        told.append(["hors du réseau", _people(findings, residents[outside].sum()), UNKNOWN, format_integer(off_count)])
    return told


def _people(findings: ReportFindings, residents: float) -> str:
    return format_integer(residents) if findings.summary.part.residents else UNKNOWN


def _far(findings: ReportFindings) -> dict[str, Any]:
    """Return the under-served communes, or the furthest ones where none is, most populous or furthest first."""
    cov = findings.coverage
    poor = cov[cov["under_served"].fillna(value=False)]
    summary = findings.summary
    if poor.empty:
        table = cov[cov["travel_time_min"].notna()].sort_values("travel_time_min", ascending=False, kind="stable")
        title = "Aucune commune sous-desservie : les plus éloignées"
        lead = [f"Aucune commune n'est sous-desservie. {summary.rule}"]
        total = min(len(table), _FURTHEST_ROWS)
        table = table.head(total)
    else:
        order = "population" if summary.part.residents_known else "travel_time_min"
        table = poor.sort_values(order, ascending=False, kind="stable", na_position="last")
        title = "Les communes sous-desservies" if len(poor) > 1 else "La commune sous-desservie"
        lead = [summary.rule]
        total = len(table)
    shown = table.head(_FAR_ROWS_WITH_PLAN if findings.planned else _FAR_ROWS)
    if total > len(shown):
        which, people = "éloignées", ""
        if summary.part.residents_known:
            of_all = format_integer(summary.residents_under_served)
            which = "peuplées"
            people = f", avec {counted(shown['residents_known'].sum(), 'habitant')} sur {of_all}"
        lead.append(
            f"Les {format_integer(len(shown))} plus {which} sur {format_integer(total)}{people} ; toutes sont dans le "
            f"fichier under_served.csv."
        )
    return {
        "title": title,
        "lead": cut_all(lead),
        "rows": [
            [
                cut(row["name"]),
                format_integer(row["population"]),
                said_time(row, "travel_time_min", summary.threshold_min),
                format_share(row["share_within"]),
                UNKNOWN if pd.isna(row["facility_name"]) else cut(row["facility_name"], _SITE_CELL),
            ]
            for row in shown.to_dict("records")
        ],
    }


def _week(findings: ReportFindings) -> dict[str, Any] | None:
    """Return the hours and what depends on each site."""
    opening, fragility = findings.opening, findings.fragility
    if opening is None or fragility is None:
        return None
    answer, gains = fragility_answer(fragility), opening.half_day_gains().head(_HALF_DAYS)
    return {
        "hours": _paragraphs(hours_answer(opening)),
        "half_day": _paragraphs(half_days_answer(gains.head(1), opening.part)),
        "half_day_titles": [COLUMNS[name].title for name in _HALF_DAY_COLUMNS],
        "half_days": [
            [
                cut(row["name"], _SITE_CELL),
                cut(str(row["commune_name"]) if pd.notna(row["commune_name"]) else UNKNOWN),
                row["half_day"],
                format_integer(row["resident_hours"]),
                format_integer(row["residents"]),
            ]
            for row in gains.to_dict("records")
        ],
        "fragility": cut_all([answer.sentence, *answer.details]),
        "sites": [
            [
                cut(row["name"], _SITE_CELL),
                KINDS[row["kind"]].label.removesuffix(" France services"),
                format_integer(row["residents_nearest"]),
                format_integer(row["residents_passing"]),
                said_minutes(row["added_min"], estimated=fragility.part.estimated),
            ]
            for row in sites_with_residents(fragility).head(_SITE_ROWS).to_dict("records")
        ],
    }


def _sources(manifest: Manifest, *, with_plan: bool) -> list[dict[str, str]]:
    """Return each file that a territory and its plan were made from: what it is, of when, how much of it was kept."""
    network = manifest.network
    files = [
        {
            "dataset": cut(source.dataset, _TITLE),
            "detail": cut(
                f"{dated(source.vintage)} ; {source.licence or 'licence non précisée'} ; fichier "
                f"{source.file} ; {format_integer(source.rows_kept)} lignes gardées sur "
                f"{format_integer(source.rows_read)}.",
                260,
            ),
            "checksum": source.sha256,
        }
        for source in (*manifest.sources[:_SOURCES], *(centrality_sources() if with_plan else ()))
    ]
    if network.file:
        files.append(
            {
                "dataset": cut(network.source, _TITLE),
                "detail": cut(
                    f"{dated(network.vintage)} ; {network.licence or 'licence non précisée'} ; fichier {network.file}.",
                    260,
                ),
                "checksum": network.sha256 or "",
            }
        )
    return files


def _notes(notes: Sequence[str]) -> list[str]:
    """Return the notes of a territory, those that are left out being counted."""
    shown = cut_all(notes[:_NOTES], 300)
    left = len(notes) - len(shown)
    return shown if left <= 0 else [*shown, f"Et {counted(left, 'autre note')}, dans summary.json."]


def _not_said(findings: ReportFindings) -> list[str]:
    """Return what a report leaves out for want of data."""
    sentences = []
    if findings.question.facilities == "sites" and findings.saved is None:
        sentences.append("Aucune liste de services des impôts n'est fournie : la comparaison avec eux n'est pas faite.")
    if missing := missing_sentence(findings.diagnosis.equity):
        sentences.append(missing)
    if not findings.active:
        sentences.append(f"À pied et à vélo, rien n'est dit : le seuil demandé dépasse {minutes_text(MOST_MIN)}.")
    if findings.without_car_missing:
        sentences.append(findings.without_car_missing)
    return sentences


def _paragraphs(answer: Answer) -> list[str]:
    """Return an answer in three paragraphs at most."""
    return cut_all(filter(None, [answer.sentence, " ".join(answer.details), " ".join(answer.notes)]))
