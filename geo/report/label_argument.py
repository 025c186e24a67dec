"""One page of argument per label: which criteria it meets, whom it serves, from where, in how much time."""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.french import (
    THIN_SPACE,
    UNIT_SPACE,
    UNKNOWN,
    counted,
    format_decimal,
    format_integer,
    format_minutes,
    format_share,
)
from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from geo.siting.plan import Plan

_STYLE = """
body{font:11pt/1.45 system-ui,sans-serif;color:#1d2b33;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2.5rem}section{break-before:page}
table{border-collapse:collapse;width:100%}th,td{padding:.25rem .5rem;border-bottom:1px solid #c9d0d4;text-align:right}
th:first-child,td:first-child{text-align:left}caption{text-align:left;font-weight:600;padding:.5rem 0}
"""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the prefecture's criteria: `met` (`None`: the data does not say), and a French sentence."""

    name: str
    met: bool | None
    sentence: str


@dataclass(frozen=True, eq=False, slots=True)
class LabelArgument:
    """What can be said for one label.

    `rank`, `code`, `title`; `summary`: French sentences; `criteria`; `communes`: rows of `Plan.served` of this label.
    """

    rank: int
    code: str
    title: str
    summary: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    communes: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON, the communes apart (they are with the label in the plan)."""
        return {
            "rank": self.rank,
            "code": self.code,
            "title": self.title,
            "summary": list(self.summary),
            "criteria": [asdict(criterion) for criterion in self.criteria],
        }


def label_arguments(plan: Plan) -> tuple[LabelArgument, ...]:
    """Return the argument of each label of a plan, in rank order."""
    return tuple(label_argument(plan, code) for code in plan.labels["code"])


def label_argument(plan: Plan, code: str) -> LabelArgument:
    """Return the argument of one label of a plan; `code` is one of its `labels`."""
    label = plan.labels[plan.labels["code"] == code].to_dict("records")[0]
    return _argument(plan, label, plan.served[plan.served["label_code"] == code])


def label_titles(plan: Plan) -> dict[str, str]:
    """Return how each label of a plan is named, by code, in rank order: ``"1. Mairie, à Moumour"``."""
    return {label["code"]: _title(label) for label in plan.labels.to_dict("records")}


def arguments_html(plan: Plan) -> str:
    """Return the arguments of a plan as one page of HTML that stands alone, one printed page a label or more."""
    sections = "".join(_section(argument) for argument in label_arguments(plan))
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in plan.notes)
    title = html.escape(f"Nouveaux labels France services : {plan.territory}")
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{html.escape(plan_sentence(plan))}</p>"
        f"{f'<ul>{notes}</ul>' if notes else ''}{sections}</body></html>\n"
    )


def plan_sentence(plan: Plan) -> str:
    """Return what a plan changes in one French sentence."""
    count = len(plan.labels)
    labels = f"{format_integer(count)} nouveau{'x' if count > 1 else ''} label{'s' if count > 1 else ''}"
    threshold = format_decimal(plan.threshold_min, 0 if plan.threshold_min == int(plan.threshold_min) else 1)
    more = plan.after.residents_within - plan.before.residents_within
    return (
        f"Avec {labels}, {format_share(plan.after.share_within)} des habitants seraient à {threshold}{UNIT_SPACE}min "
        f"ou moins d'un site, contre {format_share(plan.before.share_within)} aujourd'hui "
        f"({format_integer(more)} habitants de plus){THIN_SPACE}; "
        f"le temps moyen passerait de {format_minutes(plan.before.mean_time_min)} à "
        f"{format_minutes(plan.after.mean_time_min)}."
    )


def alternatives_sentence(plan: Plan, label_code: str) -> str:
    """Return the places that would do nearly as well as a label in one French sentence; empty where none would."""
    rows = plan.alternatives[plan.alternatives["label_code"] == label_code].to_dict("records")
    told = ", ".join(
        f"{row['name']} ({format_share(min(row['share_of_gain'], 1.0))} de ce gain, "
        f"{format_integer(row['commune_residents'])} habitants sur place)"
        for row in rows
    )
    return f"Presque aussi bien ailleurs{THIN_SPACE}: {told}." if told else ""


def _title(label: dict[Any, Any]) -> str:
    where = "" if label["code"] == label["commune_code"] else f", à {label['commune_name']}"
    return f"{label['rank']}. {label['name']}{where}"


def _argument(plan: Plan, label: dict[Any, Any], served: pd.DataFrame) -> LabelArgument:
    threshold = f"{plan.threshold_min:g}".replace(".", ",")
    brought, saved = round(label["gain_residents"]), round(label["minutes_saved_mean"], 2)
    gain = f", qui gagnent {format_minutes(saved)} en moyenne" if pd.notna(saved) else ""
    summary = [
        (
            f"{counted(brought, 'habitant')} {'passent' if brought > 1 else 'passe'} à {threshold}{UNIT_SPACE}min ou "
            f"moins d'un site grâce à ce label, après ceux classés avant lui "
            f"({format_integer(label['gain_alone_residents'])} s'il était seul)."
        ),
        (
            f"Il devient le site le plus proche de {counted(label['residents_served'], 'habitant')} de "
            f"{counted(len(served), 'commune')}{gain}."
        ),
        (
            f"Coût : {format_integer(label['cost_eur'])}{UNIT_SPACE}€ par an, dont {format_integer(label['aid_eur'])}"
            f"{UNIT_SPACE}€ d'aide de l'État."
        ),
    ]
    if others := alternatives_sentence(plan, label["code"]):
        summary.append(others)
    if label["holds_site"]:
        summary.append("La commune a déjà un site : ce label serait pris en plus, ailleurs dans la commune.")
    return LabelArgument(
        rank=int(label["rank"]),
        code=str(label["code"]),
        title=_title(label),
        summary=tuple(summary),
        criteria=_criteria(plan, label),
        communes=served,
    )


def _criteria(plan: Plan, label: dict[Any, Any]) -> tuple[Criterion, ...]:
    """Return the criteria of the prefecture, and the zones and ages that weigh in the choice."""
    commune = str(label["commune_code"])
    here = plan.communes["time_before_min"].get(commune, pd.NA)
    shares = plan.criteria.loc[commune] if commune in plan.criteria.index else pd.Series(dtype="float64")
    qpv, frr, elderly = (shares.get(name, float("nan")) for name in ("qpv", "frr", "elderly"))
    far = True if pd.isna(here) else bool(here > plan.threshold_min + AT_THRESHOLD_MIN)
    listed = label["code"] != label["commune_code"]
    overseas = commune.startswith(("97", "98"))
    return (
        Criterion(
            "Éloigné de l'offre existante",
            far,
            "Aucun site n'est joignable par la route aujourd'hui."
            if pd.isna(here)
            else f"Les habitants de la commune sont à {format_minutes(here)} du site le plus proche aujourd'hui.",
        ),
        Criterion(
            "Quartier prioritaire de la ville",
            None if pd.isna(qpv) else bool(qpv > 0),
            "Les contours des quartiers prioritaires n'ont pas été donnés."
            if pd.isna(qpv)
            else (
                "La commune a un quartier prioritaire." if qpv > 0 else "La commune n'a pas de quartier prioritaire."
            ),
        ),
        Criterion(
            "Commune classée France Ruralités Revitalisation",
            None if pd.isna(frr) else bool(frr > 0),
            "La liste des communes FRR n'a pas été donnée."
            if pd.isna(frr)
            else f"La commune {'est' if frr > 0 else 'n’est pas'} classée.",
        ),
        Criterion(
            "Habitants de 65 ans ou plus",
            None,
            "L'âge des habitants n'a pas été donné."
            if pd.isna(elderly)
            else f"{format_share(elderly)} des habitants de la commune ont 65 ans ou plus.",
        ),
        Criterion(
            "Lieu déjà fréquenté",
            True if listed else None,
            f"Le lieu vient d'une liste de lieux existants : {label['name']}."
            if listed
            else "Le lieu exact dans la commune (mairie, école, poste, tiers-lieu) reste à choisir.",
        ),
        Criterion(
            "Solution itinérante",
            None,
            "Un bus n'est pas comparé à un site fixe par ce calcul : ses tournées ne sont pas dans les données.",
        ),
        Criterion("Outre-mer", overseas, "Commune d'outre-mer." if overseas else "Commune de l'Hexagone ou de Corse."),
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
        f"<td>{format_integer(row['residents_brought'])}</td><td>{format_minutes(row['time_before_min'])}</td>"
        f"<td>{format_minutes(row['time_after_min'])}</td></tr>"
        for row in argument.communes.to_dict("records")
    )
    summary = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in argument.summary)
    return (
        f"<section><h2>{html.escape(argument.title)}</h2>{summary}"
        f'<table><caption>Critères</caption><tr><th scope="col">Critère</th><th scope="col">Rempli</th>'
        f'<th scope="col" style="text-align:left">Constat</th></tr>{criteria}</table>'
        f'<table><caption>Habitants servis</caption><tr><th scope="col">Commune</th><th scope="col">Habitants</th>'
        f'<th scope="col">dont rapprochés sous le seuil</th><th scope="col">Temps aujourd’hui</th>'
        f'<th scope="col">Temps avec le label</th></tr>{rows}</table></section>'
    )
