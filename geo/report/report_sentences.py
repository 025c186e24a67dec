"""The sentences of a report, generated from its figures and right when these are nought, one, all or unknown.

Names come from the lists as they are: whoever puts a sentence into a page escapes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.answers.answer import Figure
from geo.answers.certainty import certainty_answer, interval_figure
from geo.answers.coverage import coverage_answer, coverage_figures
from geo.answers.fragility import fragility_answer
from geo.answers.hours import hours_answer, saturday_figure
from geo.answers.plan import plan_answer
from geo.french import POPULATION_UNKNOWN, UNIT_SPACE, UNKNOWN, format_integer, minutes_text

if TYPE_CHECKING:
    import pandas as pd

    from geo.report.report_findings import ReportFindings


def summary_sentences(findings: ReportFindings) -> list[str]:
    """Return the report in three sentences: who is near, who is far, and what the plan or the week brings."""
    summary = findings.summary
    answer = coverage_answer(summary, findings.coverage)
    if findings.planned is not None:
        third = plan_answer(findings.planned.plan).sentence
    elif findings.fragility is not None:
        fragile = fragility_answer(findings.fragility)
        opened = [] if findings.opening is None else [hours_answer(findings.opening).sentence]
        third = " ".join(dict.fromkeys([*(fragile.details[:1] or [fragile.sentence]), *opened]))
    else:
        third = certainty_answer(findings.sensitivity).sentence
    return list(dict.fromkeys([answer.sentence, *answer.details, third, *filter(None, [other_question(findings)])]))


def other_question(findings: ReportFindings) -> str:
    """Return what the plan of a report was asked that the report was not; empty where it was asked the same."""
    if findings.planned is None:
        return ""
    asked, plan = findings.question, findings.planned.plan
    if (plan.threshold_min, plan.kinds) == (asked.threshold_min, asked.kinds):
        return ""
    return (
        f"Ce plan a été calculé pour un seuil de {minutes_text(plan.threshold_min)}, "
        f"{'avec' if 'antenne' in plan.kinds else 'sans'} les antennes, "
        f"{'avec' if 'bus' in plan.kinds else 'sans'} les bus : "
        f"ses chiffres ne se comparent pas aux autres de ce rapport."
    )


def key_figures(findings: ReportFindings) -> list[Figure]:
    """Return the five figures of a report."""
    summary, known = findings.summary, findings.residents_known
    figures = [*coverage_figures(summary)]
    fragility, opening = findings.fragility, findings.opening
    if fragility is None or opening is None:
        far = _residents_beyond(findings.curve, 30, known)
        out_of = f"sur {format_integer(known)}" if known else POPULATION_UNKNOWN
        return [
            *figures,
            Figure(f"Habitants à plus de 30{UNIT_SPACE}min", far, out_of),
            interval_figure(findings.sensitivity),
        ]
    return [*figures, fragility_answer(fragility).figures[0], saturday_figure(opening)]


def _residents_beyond(curve: pd.DataFrame, minutes: int, known: float) -> str:
    if not known:
        return UNKNOWN
    return format_integer(max(known - curve.loc[curve["minutes"] == minutes, "residents"].iloc[0], 0))
