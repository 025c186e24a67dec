"""The sentences of a report, generated from its figures and right when these are nought, one, all or unknown.

Names come from the lists as they are: whoever puts a sentence into a page escapes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.fragility import fragility_answer
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
from geo.kinds import facility_phrase, facility_title
from geo.maps.style import coverage_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.access.time_saved import TimeSavedSummary
    from geo.report.report_findings import ReportFindings

_JOIN: Final = f"{THIN_SPACE}; "
_SATURDAY: Final = "samedi"
_EVENING: Final = "18:00"
_OURS: Final = ("sites", "tax_offices")


def summary_sentences(findings: ReportFindings) -> list[str]:
    """Return the report in three sentences: who is near, who is far, and what the plan or the week brings."""
    summary = findings.summary
    first = coverage_sentence(summary, summary.threshold_min, summary.facilities)
    second = far_sentence(findings.coverage, findings.residents_known)
    if findings.planned is not None:
        third = plan_sentence(findings.planned.content)
    elif findings.fragility is not None:
        fragile = fragility_answer(findings.fragility)
        third = " ".join(filter(None, [*(fragile.details[:1] or [fragile.sentence]), open_sentence(findings)]))
    else:
        third = interval_sentence(findings)
    return [first, second, third]


def key_figures(findings: ReportFindings) -> list[tuple[str, str, str]]:
    """Return the five figures of a report: label, value, what it is out of."""
    summary, known = findings.summary, findings.residents_known
    threshold = minutes_text(summary.threshold_min)
    under = counted(summary.population_under_served, "habitant") if summary.population else "population inconnue"
    figures = [
        (
            f"Habitants à moins de {threshold}",
            format_share(findings.share(summary.population_covered)),
            f"{format_integer(summary.population_covered)} sur {format_integer(known)}" if known else "inconnu",
        ),
        ("Temps médian", format_minutes(summary.median_time_min), "la moitié des habitants met moins"),
        (
            "Communes sous-desservies",
            format_integer(summary.communes_under_served),
            f"sur {format_integer(summary.communes)}{_JOIN}{under}",
        ),
    ]
    fragility, week = findings.fragility, findings.open_shares()
    if fragility is None:
        far = _residents_beyond(findings.curve, 30, known)
        figures += [
            (f"Habitants à plus de 30{UNIT_SPACE}min", far, f"sur {format_integer(known)}" if known else "inconnu"),
            (
                "Selon les vitesses",
                _interval(findings),
                f"habitants à moins de {threshold}, vitesses ± 10{UNIT_SPACE}%",
            ),
        ]
        return figures
    figures += [
        fragility_answer(fragility).figures[0],
        (
            "Site ouvert le samedi",
            UNKNOWN if week is None else format_share(_most(week, _SATURDAY)),
            f"des habitants au mieux, à moins de {threshold}",
        ),
    ]
    return figures


def far_sentence(cov: pd.DataFrame, residents_known: int) -> str:
    """Return who lives in the under-served communes: how many, and the most populous; or the furthest commune."""
    poor = cov[cov["under_served"].fillna(value=False)]
    if poor.empty:
        timed = cov[cov["travel_time_min"].notna()]
        if timed.empty:
            return "Aucun temps de trajet n'est connu."
        furthest = timed.sort_values("travel_time_min", ascending=False, kind="stable").iloc[0]
        return f"La commune la plus éloignée est {furthest['name']}, à {format_minutes(furthest['travel_time_min'])}."
    residents = poor["population"].sum()
    known = poor["population"].notna().any()
    share = f", soit {format_share(residents / residents_known)} de l'ensemble" if residents_known else ""
    people = f"{counted(residents, 'habitant')}{share}" if known else "un nombre inconnu d'habitants"
    largest = poor.sort_values("population", ascending=False, kind="stable", na_position="last").iloc[0]
    where = f"{largest['name']} ({_commune(largest)})"
    if len(poor) == 1:
        return f"La commune sous-desservie est {where}."
    return (
        f"Les {format_integer(len(poor))} communes sous-desservies comptent {people}{_JOIN}la plus peuplée est {where}."
    )


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


def plan_sentence(plan: Mapping[str, Any]) -> str:
    """Return what a plan changes; `plan` as `geo.report.plan_files.plan_content`."""
    count, threshold = len(plan["selected"]), minutes_text(plan["threshold_min"])
    before, after = plan["before"], plan["after"]
    if count == 0:
        return (
            f"Le plan ne donne aucun label : {format_share(before['share_within'])} des habitants restent à moins de "
            f"{threshold} d'un site."
        )
    labels = "un nouveau label" if count == 1 else f"{format_integer(count)} nouveaux labels"
    more = round(after["residents_within"]) - round(before["residents_within"])
    time = ""
    if before["mean_time_min"] is not None and after["mean_time_min"] is not None:
        was, will = format_minutes(before["mean_time_min"]), format_minutes(after["mean_time_min"])
        time = (
            f"{_JOIN}le temps moyen passerait de {was} à {will}"
            if was != will
            else f"{_JOIN}le temps moyen reste de {was}"
        )
    if more <= 0:
        return (
            f"Avec {labels}, la part des habitants à moins de {threshold} d'un site reste de "
            f"{format_share(before['share_within'])}{time}."
        )
    return (
        f"Avec {labels}, {counted(more, 'habitant')} de plus {'serait' if more == 1 else 'seraient'} à moins de "
        f"{threshold} d'un site : {format_share(after['share_within'])} des habitants au lieu de "
        f"{format_share(before['share_within'])}{time}."
    )


def proof_sentence(plan: Mapping[str, Any]) -> str:
    """Return how good the plan is at worst: its bound."""
    compared = counted(plan["candidates"], "lieu").replace("lieus", "lieux")
    reached = f"{format_decimal(plan['objective'], 0)} {plan['objective_unit']}"
    if plan["gap"] == 0:
        return f"Parmi {compared}, c'est le meilleur choix possible : {reached}."
    return (
        f"Parmi {compared}, ce choix donne {reached}, et aucun ne peut donner mieux que "
        f"{format_decimal(plan['bound'], 0)} : il est à {format_decimal(100 * plan['gap'], 1)}{UNIT_SPACE}% au plus du "
        f"meilleur possible."
    )


def cost_sentence(plan: Mapping[str, Any]) -> str:
    """Return what the plan costs a year."""
    if not plan["selected"]:
        return "Le plan ne coûte rien."
    return (
        f"Coût : {format_integer(plan['cost_eur_a_year'])}{UNIT_SPACE}€ par an, dont "
        f"{format_integer(plan['aid_eur_a_year'])}{UNIT_SPACE}€ d'aide de l'État."
    )


def counted_sentence(findings: ReportFindings) -> str:
    """Return how much of the population the network covers, empty where it covers all of it."""
    summary = findings.summary
    if not summary.communes_off_network:
        return ""
    off = counted(summary.communes_off_network, "commune")
    people = counted(summary.population_off_network, "habitant")
    return (
        f"Le réseau routier fourni ne couvre pas tout le territoire : {off} ({people}) en "
        f"{'est' if summary.communes_off_network == 1 else 'sont'} en dehors. Leur temps n'est pas connu ; "
        f"les parts d'habitants de ce rapport sont calculées sur les {format_integer(findings.residents_known)} "
        f"autres habitants, celles des légendes des cartes sur tous."
    )


def title_of(findings: ReportFindings) -> str:
    """Return the title of a report."""
    title = facility_title(findings.summary.facilities)
    return (
        f"L'accès aux {title[0].lower()}{title[1:]}" if findings.summary.facilities in _OURS else f"L'accès : {title}"
    )


def _commune(row: Any) -> str:
    people = counted(row["population"], "habitant") if pd.notna(row["population"]) else "population inconnue"
    time = format_minutes(row["travel_time_min"])
    return f"{people}, {'aucun trajet connu' if time == UNKNOWN else time}"


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


def _residents_beyond(curve: pd.DataFrame, minutes: int, known: int) -> str:
    if not known:
        return UNKNOWN
    return format_integer(max(known - curve.loc[curve["minutes"] == minutes, "residents"].iloc[0], 0))
