"""The sentences of a report, generated from its figures and right when these are nought, one, all or unknown.

Names come from the lists as they are: whoever puts a sentence into a page escapes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.certainty import certainty_answer, interval_figure
from geo.answers.hours import hours_answer, saturday_figure
from geo.french import (
    THIN_SPACE,
    UNIT_SPACE,
    UNKNOWN,
    counted,
    format_decimal,
    format_integer,
    format_minutes,
    format_share,
    minutes_text,
    within_text,
)
from geo.kinds import facility_title
from geo.maps.style import coverage_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.report.report_findings import ReportFindings

_JOIN: Final = f"{THIN_SPACE}; "
_OURS: Final = ("sites", "tax_offices")


def summary_sentences(findings: ReportFindings) -> list[str]:
    """Return the report in three sentences: who is near, who is far, and what the plan or the week brings."""
    summary = findings.summary
    first = coverage_sentence(summary, summary.threshold_min, summary.facilities)
    second = far_sentence(findings.coverage, findings.residents_known)
    if findings.planned is not None:
        third = plan_sentence(findings.planned.content)
    elif findings.fragility is not None:
        third = second_site_sentence(findings)
    else:
        third = certainty_answer(findings.sensitivity).sentence
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
    fragility, opening = findings.fragility, findings.opening
    if fragility is None or opening is None:
        far = _residents_beyond(findings.curve, 30, known)
        figures += [
            (f"Habitants à plus de 30{UNIT_SPACE}min", far, f"sur {format_integer(known)}" if known else "inconnu"),
            interval_figure(findings.sensitivity),
        ]
        return figures
    figures += [
        (
            "Avec un deuxième site",
            format_share(findings.share(fragility.residents_with_second)),
            f"des habitants, à moins de {threshold}",
        ),
        saturday_figure(opening),
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


def second_site_sentence(findings: ReportFindings) -> str:
    """Return who has a second site, and an open one at the best hour."""
    fragility, opening = findings.fragility, findings.opening
    if fragility is None or opening is None or not findings.residents_known:
        return (
            "La population n'est pas connue : ni les horaires ni la dépendance à un site ne se comptent en habitants."
        )
    second = _have_second(fragility.residents_with_second, findings.residents_known)
    return f"{second} deuxième site {within_text(fragility.threshold_min)}. {hours_answer(opening).sentence}"


def fragility_report_sentences(findings: ReportFindings) -> list[str]:
    """Return who depends on a single site, and on which most."""
    fragility = findings.fragility
    if fragility is None:
        return []
    if not findings.residents_known:
        return ["La population n'est pas connue : la dépendance à un site ne se compte pas en habitants."]
    threshold = minutes_text(fragility.threshold_min)
    alone = fragility.residents_within - fragility.residents_with_second
    sentences = []
    if fragility.residents_within == 0:
        sentences.append(f"Aucun habitant n'a de site à moins de {threshold}.")
    elif alone == 0:
        sentences.append(f"Tous ceux qui ont un site à moins de {threshold} en ont un deuxième.")
    else:
        verb = "a" if alone == 1 else "ont"
        sentences.append(
            f"{counted(alone, 'habitant')} ({format_share(findings.share(alone))}) n'{verb} qu'un seul site à moins de "
            f"{threshold} : s'il ferme, tous les autres sont plus loin{_JOIN}"
            f"{counted(fragility.residents_with_second, 'habitant')} en "
            f"{'a' if fragility.residents_with_second <= 1 else 'ont'} deux ou plus."
        )
    leading = fragility.sites[fragility.sites["residents_passing"].round() > 0]
    if leading.empty:
        sentences.append("Aucun site, fermé seul, ne ferait passer un habitant au-delà du seuil.")
    else:
        first = leading.iloc[0]
        would = "passerait" if round(first["residents_passing"]) == 1 else "passeraient"
        sentences.append(
            f"Le site dont la fermeture pèserait le plus est «{UNIT_SPACE}{first['name']}{UNIT_SPACE}» : "
            f"{counted(first['residents_passing'], 'habitant')} {would} au-delà du seuil."
        )
    return sentences


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


def _have_second(count: int, total: int) -> str:
    if count == 0:
        return "Aucun habitant n'a de"
    if count == total:
        return "Le seul habitant a un" if total == 1 else "Tous les habitants ont un"
    share = format_share(count / total)
    return f"{share[0].upper()}{share[1:]} des habitants ont un"


def _residents_beyond(curve: pd.DataFrame, minutes: int, known: int) -> str:
    if not known:
        return UNKNOWN
    return format_integer(max(known - curve.loc[curve["minutes"] == minutes, "residents"].iloc[0], 0))
