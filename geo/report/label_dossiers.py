"""The dossiers of the labels of a plan as one PDF, a page each: a layout, all words being those of `geo.answers`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.answers.answer import part_title
from geo.answers.dossier import label_dossiers
from geo.answers.origin import network_sentence, plan_sources_sentence
from geo.french import UNKNOWN, counted, format_integer, said_time
from geo.report.fitting import cut
from geo.sources.embedded import RESIDENTS_NOTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geo.answers.dossier import LabelDossier
    from geo.siting.plan import Plan
    from geo.territory import Territory

#: What a dossier is, and headings of its tables, on paper and on a page of HTML.
HEADING: Final = "Dossier de demande de label France services"
SERVED_TITLE: Final = "Qui il sert, et d'où"
SERVED_HEADS: Final = ("Commune", "Habitants", "dont rapprochés", "Temps aujourd'hui", "Temps avec le label")
CRITERIA_TITLE: Final = "Critères de la préfecture, et ce que l'on sait des habitants"
CRITERIA_HEADS: Final = ("Critère", "Rempli", "Constat")
#: Communes that a page has room for.
_ROWS: Final = 7
#: Longest texts (characters): a name, a sentence.
_NAME: Final = 60
_SENTENCE: Final = 620
_MET: Final = {True: "oui", False: "non", None: UNKNOWN}


def dossiers_pdf(plan: Plan, parts: Sequence[Territory]) -> bytes:
    """Make the dossiers of all labels of a plan, one A4 page each, tagged for screen readers (PDF/UA-1).

    `parts`: The territories that the plan was made for; the date of the first is that of the document.

    Returns
    -------
    The same bytes for the same inputs. Texts too long for a page are cut, visibly.
    """
    from geo.report.typesetting import typeset  # noqa: PLC0415 - typst is of an extra, and a page of HTML needs none

    manifest = parts[0].manifest
    title = part_title(plan.territory, plan.part)
    made_on = manifest.built_on
    residents = [note for note in manifest.notes if note == RESIDENTS_NOTE]
    content = {
        "title": f"Dossiers de labels : {title}",
        "territory": f"{HEADING} : {title}, {made_on:%d/%m/%Y}",
        "served_title": SERVED_TITLE,
        "served_heads": SERVED_HEADS,
        "criteria_title": CRITERIA_TITLE,
        "criteria_heads": CRITERIA_HEADS,
        "dossiers": [_page(each) for each in label_dossiers(plan, parts)],
        "foot": [
            cut(text, _SENTENCE)
            for text in (network_sentence(manifest), plan_sources_sentence(manifest), *residents)
            if text
        ],
    }
    return typeset("label_dossiers", content, {}, made_on)


def criteria_rows(dossier: LabelDossier) -> list[list[str]]:
    """Return the criteria of a dossier under `CRITERIA_HEADS`."""
    return [[item.name, _MET[item.met], item.sentence] for item in dossier.criteria]


def served_rows(communes: pd.DataFrame, threshold_min: float) -> list[list[str]]:
    """Return the communes that a label serves under `SERVED_HEADS`; `threshold_min`: that of the plan."""
    return [
        [
            str(row["commune_name"]),
            format_integer(row["residents"]),
            format_integer(row["residents_brought"]),
            said_time(row, "time_before_min", threshold_min),
            said_time(row, "time_after_min", threshold_min),
        ]
        for row in communes.to_dict("records")
    ]


def _page(dossier: LabelDossier) -> dict[str, Any]:
    # Those that the label is for come first.
    communes = dossier.communes.sort_values(["residents_brought", "residents"], ascending=False, kind="stable")
    left, rest = len(communes) - _ROWS, communes.iloc[_ROWS:]
    others = ""
    if left > 0:
        brought = float(rest["residents_brought"].sum())
        people = (
            f"{counted(rest['residents'].sum(), 'habitant')}, dont "
            f"{counted(brought, 'rapproché') if round(brought) else 'aucun rapproché'}"
        )
        others = f"Et {counted(left, 'autre commune', 'autres communes')} : {people}."
    return {
        "title": cut(dossier.title, 2 * _NAME),
        "place": cut(dossier.place, _SENTENCE),
        "sentences": [cut(text, _SENTENCE) for text in dossier.sentences],
        "figures": [figure._asdict() for figure in dossier.figures],
        "served": [
            [cut(cell, _NAME) for cell in row] for row in served_rows(communes.head(_ROWS), dossier.threshold_min)
        ],
        "others": others,
        "counted": dossier.counted,
        "criteria": [[cut(cell, _SENTENCE) for cell in row] for row in criteria_rows(dossier)],
        "sections": [
            {"title": section.title, "sentences": [cut(text, _SENTENCE) for text in section.sentences]}
            for section in dossier.sections
        ],
        "foot": [cut(text, _SENTENCE) for text in dossier.foot],
    }
