"""What the report of a département says of a plan: its labels, the plan beside it, the argument of the first ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.answers.label import label_argument, label_titles
from geo.answers.plan import plan_answer
from geo.answers.plan_certainty import retained_or_replaced
from geo.answers.plan_near import near_sentence, near_with_labels
from geo.answers.plan_proof import COMPARED_PLANS, compared_plans_rows
from geo.answers.two_publics import two_publics_answer, two_publics_rows
from geo.answers.two_publics_json import WITH_AND_WITHOUT
from geo.french import UNKNOWN, counted, format_integer, plural, said_minutes, said_time
from geo.report.fitting import cut, cut_all
from geo.report.report_sentences import other_question

if TYPE_CHECKING:
    from geo.answers.label import LabelArgument
    from geo.report.report_findings import ReportFindings

_LABEL_ROWS: Final = 10
#: Labels argued at length, the others in short; all have their dossier beside.
_ARGUED: Final = 1
_SERVED_ROWS: Final = 3
#: Longest list of places in a cell (characters).
_PLACES: Final = 110
#: Of what is to be minded: the day, how the plans were found, the hours of a new site, the average, the rules.
_PUBLICS_NOTES: Final = 6
_PLAN_NOTES: Final = 2
#: Longest title (characters).
_TITLE: Final = 90
_ANSWERS: Final = {True: "oui", False: "non", None: UNKNOWN}


def plan_content(findings: ReportFindings) -> dict[str, Any] | None:
    """Return the labels of the plan, and the argument of the first ones."""
    if findings.planned is None:
        return None
    plan = findings.planned.plan
    answer, titles = plan_answer(plan), label_titles(plan)
    count = len(titles)
    argued = min(count, _ARGUED)
    near = near_sentence(near_with_labels((findings.territory,), plan))
    lead = [answer.sentence, *answer.details, *filter(None, [near, other_question(findings)])]
    if count > argued:
        lead.append(
            f"{plural(argued, 'Le premier label est argumenté', 'Les premiers labels sont argumentés')} en entier, les "
            f"autres en bref ; les {format_integer(count)} ont chacun leur page dans plan/dossiers.pdf."
        )
    return {
        "lead": cut_all([*lead, *answer.notes[:_PLAN_NOTES]]),
        "labels": [
            [
                str(label["rank"]),
                cut(label["name"]),
                format_integer(label["gain_residents"]),
                format_integer(label["residents_served"]),
                said_minutes(label["minutes_saved_mean"], estimated=plan.part.estimated),
                cut(retained_or_replaced(plan, label), 120),
            ]
            for label in plan.labels.head(_LABEL_ROWS).to_dict("records")
        ],
        "two_title": COMPARED_PLANS,
        "two": [cut_all(row) for row in compared_plans_rows(plan)],
        "publics": _publics(findings),
        "arguments": [
            _argument(label_argument(plan, code, findings.territory.parts), plan.threshold_min)
            for code in list(titles)[:argued]
        ],
        "in_short": [
            {"title": cut(each.title, _TITLE), "summary": " ".join(cut_all(each.summary))}
            for each in (
                label_argument(plan, code, findings.territory.parts) for code in list(titles)[argued:_LABEL_ROWS]
            )
        ],
    }


def _publics(findings: ReportFindings) -> dict[str, Any] | None:
    """Return the plans with and without a car: those of most labels first, those that are not shown counted."""
    compared = findings.request.beside
    if compared is None:
        return None
    answer, (heads, *rows) = two_publics_answer(compared), two_publics_rows(compared, compared.shown)
    left = len(compared.table) - len(rows)
    more = [f"Et {counted(left, 'autre plan', 'autres plans')} dans le fichier {WITH_AND_WITHOUT}.csv."]
    return {
        "title": compared.words.title,
        "lead": cut_all([answer.sentence]),
        "heads": heads,
        "rows": [[cut(cell, _PLACES) for cell in row] for row in rows],
        "notes": cut_all([*(more if left > 0 else []), *answer.notes[:_PUBLICS_NOTES]], 420),
    }


def _argument(argument: LabelArgument, threshold_min: float) -> dict[str, Any]:
    served = argument.communes
    return {
        "title": cut(argument.title, _TITLE),
        "summary": cut_all(argument.summary, 320),
        "criteria": [
            [cut(item.name, _TITLE), _ANSWERS[item.met], cut(item.sentence, 420)] for item in argument.criteria
        ],
        "served": [
            [
                cut(row["commune_name"]),
                format_integer(row["residents"]),
                format_integer(row["residents_brought"]),
                said_time(row, "time_before_min", threshold_min),
                said_time(row, "time_after_min", threshold_min),
            ]
            for row in served.head(_SERVED_ROWS).to_dict("records")
        ],
        "others": " ".join(filter(None, [_others(len(served) - _SERVED_ROWS), argument.counted])),
    }


def _others(count: int) -> str:
    if count <= 0:
        return ""
    return f"et {counted(count, 'autre commune') if count == 1 else f'{format_integer(count)} autres communes'}."
