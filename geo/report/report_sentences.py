"""The sentences of a report, generated from its figures and right when these are nought, one, all or unknown.

Names come from the lists as they are: whoever puts a sentence into a page escapes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.answers.answer import Figure
from geo.answers.coverage import coverage_answer, coverage_figures
from geo.answers.fragility import fragility_answer
from geo.answers.plan import plan_answer
from geo.french import (
    THIN_SPACE,
    UNIT_SPACE,
    UNKNOWN,
    clock,
    counted,
    format_decimal,
    format_integer,
    format_minutes,
    format_share,
    joined,
    minutes_text,
    within_text,
)
from geo.kinds import facility_phrase

if TYPE_CHECKING:
    import pandas as pd

    from geo.access.time_saved import TimeSavedSummary
    from geo.report.report_findings import ReportFindings

_JOIN: Final = f"{THIN_SPACE}; "
_SATURDAY: Final = "samedi"
_EVENING: Final = "18:00"


def summary_sentences(findings: ReportFindings) -> list[str]:
    """Return the report in three sentences: who is near, who is far, and what the plan or the week brings."""
    summary = findings.summary
    answer = coverage_answer(summary, findings.coverage)
    if findings.planned is not None:
        third = plan_answer(findings.planned.plan).sentence
    elif findings.fragility is not None:
        fragile = fragility_answer(findings.fragility)
        third = " ".join(filter(None, [*(fragile.details[:1] or [fragile.sentence]), open_sentence(findings)]))
    else:
        third = interval_sentence(findings)
    return [answer.sentence, *answer.details, third]


def key_figures(findings: ReportFindings) -> list[Figure]:
    """Return the five figures of a report."""
    summary, known = findings.summary, findings.residents_known
    near = within_text(summary.threshold_min)
    figures = [*coverage_figures(summary)]
    fragility, week = findings.fragility, findings.open_shares()
    if fragility is None:
        far = _residents_beyond(findings.curve, 30, known)
        out_of = f"sur {format_integer(known)}" if known else "population inconnue"
        margin = f"des habitants {near}, vitesses ± 10{UNIT_SPACE}%"
        return [
            *figures,
            Figure(f"Habitants à plus de 30{UNIT_SPACE}min", far, out_of),
            Figure("Selon les vitesses", _interval(findings), margin),
        ]
    saturday = UNKNOWN if week is None else format_share(_most(week, _SATURDAY))
    return [
        *figures,
        fragility_answer(fragility).figures[0],
        Figure("Site ouvert le samedi", saturday, f"des habitants au mieux, {near}"),
    ]


def open_sentence(findings: ReportFindings) -> str:
    """Return who has an open site at the best hour of the week, and on Saturdays; empty where it is not counted."""
    week = findings.open_shares()
    if week is None:
        return ""
    best, saturday = float(week.to_numpy().max()), _most(week, _SATURDAY)
    within = within_text(findings.summary.threshold_min)
    if best <= 0:
        return f"À aucun moment de la semaine un habitant n'a de site ouvert {within}, d'après les horaires connus."
    on_saturday = f"{format_share(saturday)} le samedi" if saturday > 0 else "aucun le samedi"
    return (
        f"Au meilleur moment de la semaine, {format_share(best)} des habitants ont un site ouvert {within}, "
        f"{on_saturday}."
    )


def interval_sentence(findings: ReportFindings) -> str:
    """Return the coverage as an interval: speeds a tenth slower and a tenth faster."""
    flipping = len(findings.sensitivity.communes_flipping)
    if findings.sensitivity.shares_within is None:
        return "La population n'est pas connue : la marge d'erreur ne se compte pas en habitants."
    low, high = findings.sensitivity.residents_within
    where = f"à moins de {minutes_text(findings.summary.threshold_min)} {facility_phrase(findings.summary.facilities)}"
    start = (
        f"Avec des vitesses de 10{UNIT_SPACE}% plus basses ou plus hautes, les habitants {where} sont toujours "
        f"{format_integer(low)}"
        if low == high
        else f"Avec des vitesses de 10{UNIT_SPACE}% plus basses ou plus hautes, les habitants {where} sont entre "
        f"{format_integer(low)} et {format_integer(high)} ({_interval(findings)})"
    )
    if flipping == 0:
        return f"{start}{_JOIN}aucune commune ne change de côté du seuil."
    verb = "passe d'un côté à l'autre" if flipping == 1 else "passent d'un côté à l'autre"
    return f"{start}{_JOIN}{counted(flipping, 'commune')} {verb} du seuil."


def saved_report_sentence(saved: TimeSavedSummary) -> str:
    """Return what the sites save compared with the tax offices."""
    if saved.mean_saved_min is None:
        return "Aucun habitant connu n'a de route à la fois vers un site et vers un service des impôts."
    gain = format_minutes(abs(saved.mean_saved_min))
    more = "moins" if saved.mean_saved_min >= 0 else "plus"
    sooner = counted(saved.residents_sooner, "habitant")
    later = counted(saved.residents_later, "habitant")
    return (
        f"En moyenne, le site France services le plus proche est à {gain} de {more} que le service des impôts le plus "
        f"proche{_JOIN}il est plus proche d'une minute au moins pour {sooner}, plus loin pour {later}."
    )


def hours_sentences(findings: ReportFindings) -> list[str]:
    """Return when sites are open: best hour, evening, Saturday, blanks of the week, and what is not known."""
    opening, week = findings.opening, findings.open_shares()
    if opening is None:
        return []
    sentences = []
    if week is None:
        sentences.append("La population n'est pas connue : l'ouverture ne se compte pas en habitants.")
    elif float(week.to_numpy().max()) <= 0:
        sentences.append("D'après les horaires connus, aucun site à portée n'est ouvert à aucun moment de la semaine.")
    else:
        best = opening.spans().iloc[0]
        evening = float(week.loc[:"vendredi", [_EVENING]].to_numpy().max())
        saturday = _most(week, _SATURDAY)
        within = findings.share(opening.residents_within)
        sentences.append(
            f"Au mieux, le {best['day']} de {clock(best['start'])} à {clock(best['end'])}, "
            f"{format_share(float(week.to_numpy().max()))} des habitants ont un site ouvert à moins de "
            f"{minutes_text(opening.threshold_min)}{_JOIN}{format_share(within)} ont un site, ouvert ou non."
        )
        sentences.append(f"En semaine à 18{UNIT_SPACE}h, {_at_most(evening)}{_JOIN}le samedi, {_at_most(saturday)}.")
        sentences.append(blank_sentence(opening.blank_hours()))
    if opening.sites_hours_unknown or opening.sites_hours_partly_unknown:
        unknown, partly = opening.sites_hours_unknown, opening.sites_hours_partly_unknown
        parts = []
        if unknown:
            verb = "a pas d'horaires connus" if unknown == 1 else "ont pas d'horaires connus"
            parts.append(f"{counted(unknown, 'site')} sur {format_integer(opening.sites)} n'{verb}")
        if partly:
            verb = "a un jour" if partly == 1 else "ont un jour au moins"
            parts.append(f"{counted(partly, 'site')} {verb} dont l'horaire n'est pas connu")
        sentences.append(f"{_JOIN.join(parts)} : à ces heures, ils comptent comme fermés.")
    return sentences


def blank_sentence(blank: pd.DataFrame) -> str:
    """Return the hours of the week when almost nobody finds an open site; `blank` as `OpeningTable.blank_hours`."""
    if blank.empty:
        return (
            f"Du lundi au samedi de 8{UNIT_SPACE}h à 19{UNIT_SPACE}h, aucune heure n'est creuse : un dixième au moins "
            f"de ceux qui ont un site en trouve toujours un ouvert."
        )
    hours = blank.groupby("day", sort=False)["hours"].sum()
    total = _hours(float(hours.sum()))
    are = "sont creuses" if hours.sum() > 1 else "est creuse"
    shown = joined([f"{day} ({_hours(float(value))})" for day, value in hours.items()])
    return (
        f"Du lundi au samedi de 8{UNIT_SPACE}h à 19{UNIT_SPACE}h, {total} {are}, où moins d'un "
        f"habitant sur dix de ceux qui ont un site en trouve un ouvert : {shown}."
    )


def _most(week: pd.DataFrame, day: str) -> float:
    """Return the highest share of a day."""
    return float(week.loc[[day]].to_numpy().max())


def _hours(hours: float) -> str:
    return f"{format_decimal(hours, 0 if hours.is_integer() else 1)}{UNIT_SPACE}h"


def _at_most(share: float) -> str:
    return f"{format_share(share)} au plus" if share > 0 else "aucun"


def _interval(findings: ReportFindings) -> str:
    if findings.sensitivity.shares_within is None or not findings.residents_known:
        return UNKNOWN
    low, high = (findings.share(count) for count in findings.sensitivity.residents_within)
    shown = [format_share(low), format_share(high)]
    return shown[0] if shown[0] == shown[1] else f"{shown[0]} à {shown[1]}"


def _residents_beyond(curve: pd.DataFrame, minutes: int, known: float) -> str:
    if not known:
        return UNKNOWN
    return format_integer(max(known - curve.loc[curve["minutes"] == minutes, "residents"].iloc[0], 0))
