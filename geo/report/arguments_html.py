"""The arguments of a plan as one page of HTML: a layout, all words being those of `geo.answers`."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from geo.answers.answer import known_note, part_title
from geo.answers.label import label_arguments
from geo.answers.plan import plan_answer
from geo.french import DRIVING_ONLY, UNKNOWN, format_integer, said_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.answers.label import LabelArgument
    from geo.siting.plan import Plan

_STYLE = """
body{font:11pt/1.45 system-ui,sans-serif;color:#1d2b33;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2.5rem}section{break-before:page}
table{border-collapse:collapse;width:100%}th,td{padding:.25rem .5rem;border-bottom:1px solid #c9d0d4;text-align:right}
th:first-child,td:first-child{text-align:left}caption{text-align:left;font-weight:600;padding:.5rem 0}
"""


def arguments_html(plan: Plan) -> str:
    """Return the arguments of a plan as one page of HTML that stands alone, one printed page a label or more."""
    answer = plan_answer(plan)
    sections = "".join(_section(argument) for argument in label_arguments(plan))
    notes = "".join(
        f"<li>{html.escape(note)}</li>" for note in filter(None, [known_note(plan.part), *answer.notes, DRIVING_ONLY])
    )
    title = html.escape(f"Nouveaux labels France services : {part_title(plan.territory, plan.part)}")
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{_paragraphs([answer.sentence, *answer.details])}"
        f"<ul>{notes}</ul>{sections}</body></html>\n"
    )


def _section(argument: LabelArgument) -> str:
    answers = {True: "oui", False: "non", None: UNKNOWN}
    criteria = "".join(
        f"<tr><td>{html.escape(item.name)}</td><td>{answers[item.met]}</td>"
        f'<td style="text-align:left">{html.escape(item.sentence)}</td></tr>'
        for item in argument.criteria
    )
    rows = "".join(
        f"<tr><td>{html.escape(str(row['commune_name']))}</td><td>{format_integer(row['residents'])}</td>"
        f"<td>{format_integer(row['residents_brought'])}</td><td>{said_time(row, 'time_before_min')}</td>"
        f"<td>{said_time(row, 'time_after_min')}</td></tr>"
        for row in argument.communes.to_dict("records")
    )
    return (
        f"<section><h2>{html.escape(argument.title)}</h2>{_paragraphs(argument.summary)}"
        f'<table><caption>Critères</caption><tr><th scope="col">Critère</th><th scope="col">Rempli</th>'
        f'<th scope="col" style="text-align:left">Constat</th></tr>{criteria}</table>'
        f'<table><caption>Habitants servis</caption><tr><th scope="col">Commune</th><th scope="col">Habitants</th>'
        f'<th scope="col">dont rapprochés sous le seuil</th><th scope="col">Temps aujourd’hui</th>'
        f'<th scope="col">Temps avec le label</th></tr>{rows}</table></section>'
    )


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(f"<p>{html.escape(text)}</p>" for text in texts)
