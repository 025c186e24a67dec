"""A plan as one page of HTML: what it brings, its dossiers; a layout, all words being those of `geo.answers`."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from geo.answers.answer import known_note, part_title
from geo.answers.dossier import label_dossiers, times_sentence
from geo.answers.plan import plan_answer
from geo.answers.plan_near import near_sentence, near_with_labels
from geo.answers.plan_proof import COMPARED_PLANS, compared_plans_rows
from geo.answers.two_publics import two_publics_answer, two_publics_rows
from geo.french import DRIVING_ONLY
from geo.report.label_dossiers import (
    CRITERIA_HEADS,
    CRITERIA_TITLE,
    SERVED_HEADS,
    SERVED_TITLE,
    criteria_rows,
    served_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.answers.dossier import LabelDossier
    from geo.answers.two_publics import TwoPublics
    from geo.siting.plan import Plan
    from geo.territory import Territory

_STYLE = """
body{font:11pt/1.45 system-ui,sans-serif;color:#1d2b33;max-width:48rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2.5rem}h3{font-size:1rem;margin:1.2rem 0 .3rem;color:#1c5d73}
section{break-before:page}p{margin:.3rem 0}
table{border-collapse:collapse;width:100%}th,td{padding:.25rem .5rem;border-bottom:1px solid #c9d0d4;text-align:right}
th:first-child,td:first-child,.words td,.words th{text-align:left}
caption{text-align:left;font-weight:600;padding:.5rem 0}
"""


def arguments_html(plan: Plan, parts: Sequence[Territory], publics: TwoPublics | None = None) -> str:
    """Return a plan as one page of HTML that stands alone, one printed page a label or more.

    `parts`: The territories that the plan was made for. `publics`: the plans with and without a car that it was
    compared with.
    """
    answer = plan_answer(plan)
    said = filter(None, [answer.sentence, *answer.details, near_sentence(near_with_labels(parts, plan))])
    sections = "".join(_section(dossier) for dossier in label_dossiers(plan, parts))
    notes = "".join(
        f"<li>{html.escape(note)}</li>"
        for note in filter(None, [known_note(plan.part), *answer.notes, times_sentence(plan), DRIVING_ONLY])
    )
    title = html.escape(f"Nouveaux labels France services : {part_title(plan.territory, plan.part)}")
    rows = compared_plans_rows(plan)
    beside = _table(COMPARED_PLANS, rows[0], rows[1:], words=True) if rows else ""
    if publics is not None:
        beside += _publics(publics)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{_paragraphs(said)}"
        f"<ul>{notes}</ul>{beside}{sections}</body></html>\n"
    )


def _publics(publics: TwoPublics) -> str:
    answer, rows = two_publics_answer(publics), two_publics_rows(publics)
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in answer.notes)
    title = publics.words.title
    return f"<h2>{title}</h2>{_paragraphs([answer.sentence])}{_table(title, rows[0], rows[1:])}<ul>{notes}</ul>"


def _section(dossier: LabelDossier) -> str:
    parts = "".join(
        f"<h3>{html.escape(section.title)}</h3>{_paragraphs(section.sentences)}" for section in dossier.sections
    )
    return (
        f"<section><h2>{html.escape(dossier.title)}</h2>{_paragraphs([dossier.place, *dossier.sentences])}"
        f"{_table(SERVED_TITLE, SERVED_HEADS, served_rows(dossier.communes, dossier.threshold_min))}"
        f"{_paragraphs([dossier.counted] if dossier.counted else [])}"
        f"{_table(CRITERIA_TITLE, CRITERIA_HEADS, criteria_rows(dossier), words=True)}"
        f"{parts}</section>"
    )


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, words: bool = False) -> str:
    """Return a table; `words`: all its columns are texts, from the left."""
    head = "".join(f'<th scope="col">{html.escape(each)}</th>' for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    kind = ' class="words"' if words else ""
    return f"<table{kind}><caption>{html.escape(caption)}</caption><tr>{head}</tr>{body}</table>"


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(f"<p>{html.escape(text)}</p>" for text in texts)
