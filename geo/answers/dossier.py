"""The dossier of one label: all that a prefecture asks before it gives one, on one page ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.answers.answer import Figure, known_note
from geo.answers.dossier_places import attached_to, bearer_sentences, host_sentences, neighbour_sentences
from geo.answers.label import alternatives_sentence, label_argument
from geo.answers.plan_certainty import idle_sentence, margin_note, replaced_sentence, retained_text, uncertain_sentence
from geo.answers.plan_stops import half_day_text, stop_cost_text
from geo.answers.plan_visitors import visitors_sentence
from geo.answers.rounds import a_month
from geo.answers.tables import rows_of
from geo.french import (
    DRIVING_ONLY,
    ESTIMATED_TIMES,
    capital,
    counted,
    format_decimal,
    format_euros,
    format_integer,
    joined,
    plural,
    said_minutes,
    within_text,
)
from geo.question import DEFAULT_AID_EUR, DEFAULT_COST_EUR
from geo.siting.bus_stops import StopsAsked
from geo.siting.costs import Costs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geo.answers.label import Criterion
    from geo.siting.plan import Plan
    from geo.territory import Territory

#: Hours a week that a site is open at least, and that half of the antennes are (list of 1 August 2024).
_SITE_HOURS: Final = 24.0
_ANTENNE_HOURS: Final = 14.5
#: Communes that stops of a bus are compared for.
_BUS_STOPS: Final = 5
_REQUIRED: Final = (
    "Deux agents formés présents à toute heure d'ouverture, au moins 24 h par semaine.",
    "Étapes : carte des services et schéma départemental (SDAASP), audit, label et financement par la préfecture.",
)
_COST_SOURCE: Final = (
    f"Coût moyen constaté en 2020 : {format_euros(DEFAULT_COST_EUR)} ({format_euros(94_000)} en milieu rural, "
    f"{format_euros(101_000)} en périurbain, {format_euros(200_000)} en quartier prioritaire). Aide forfaitaire de "
    f"l'État : {format_euros(DEFAULT_AID_EUR)}, montant cité en 2023 ({format_euros(30_000)} jusqu'en 2022). "
    "À confirmer pour l'année."
)
_NO_PRICE: Final = "aucun coût publié n'a été trouvé, c'est le coût d'un site au prorata des heures"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a dossier: a title and its French sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class LabelDossier:
    """All that is said for one label.

    Attributes
    ----------
    code, title, place
        Its code, how it is named with its rank, and the town that it is in, with its residents.
    threshold_min
        Minutes by car that the plan was asked for.
    summary
        `geo.answers.label.LabelArgument.summary`.
    sentences, figures
        What it brings, for whom it becomes the nearest site and why it is not always chosen; the figures of this.
    sections
        Whom it serves, hosts, bearers, what is required, cost, other solutions, neighbours.
    criteria
        Those of the prefecture, and what is known of the residents.
    communes
        Rows of `Plan.served`, most residents first.
    counted
        `geo.answers.label.LabelArgument.counted`.
    foot
        What is to be minded: how times are known, and what they leave out.
    """

    code: str
    title: str
    place: str
    threshold_min: float
    summary: tuple[str, ...]
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    criteria: tuple[Criterion, ...]
    communes: pd.DataFrame
    counted: str
    foot: tuple[str, ...]


def label_dossiers(plan: Plan, parts: Sequence[Territory]) -> tuple[LabelDossier, ...]:
    """Return the dossier of each label of a plan, in rank order; `parts`: the territories that it was made for."""
    return tuple(label_dossier(plan, parts, code) for code in plan.labels["code"])


def label_dossier(plan: Plan, parts: Sequence[Territory], code: str) -> LabelDossier:
    """Return the dossier of one label of a plan; `code` is one of its `labels`."""
    label = next(row for row in rows_of(plan.labels) if row["code"] == code)
    argument = label_argument(plan, code, parts)
    town, *summary = argument.summary
    minutes = said_minutes(label["minutes_saved_mean"], estimated=plan.part.estimated)
    return LabelDossier(
        code=code,
        title=argument.title,
        place=town,
        threshold_min=plan.threshold_min,
        summary=argument.summary,
        sentences=tuple(
            filter(
                None,
                (
                    *(*summary[:2], idle_sentence(plan, label), visitors_sentence(plan, label)),
                    replaced_sentence(plan, label),
                ),
            )
        ),
        figures=(
            Figure("Habitants rapprochés", format_integer(label["gain_residents"]), within_text(plan.threshold_min)),
            Figure("Habitants servis", format_integer(label["residents_served"]), _from(argument.communes)),
            Figure("Temps gagné", capital(minutes), "en moyenne, par habitant servi"),
            Figure("Sûr ?", capital(retained_text(label)), "selon les temps de trajet"),
        ),
        sections=(
            Section("Lieux d'accueil possibles", host_sentences(plan, parts, label)),
            Section("Qui peut le porter, et ce qui est exigé", (*bearer_sentences(label), *_REQUIRED)),
            Section("Coût", _cost(plan, argument.criteria)),
            Section("Autres solutions pour les mêmes habitants", _others(plan, parts, label)),
            Section("Sites voisins qui perdent des visiteurs", neighbour_sentences(plan, code)),
        ),
        criteria=argument.criteria,
        communes=argument.communes,
        counted=argument.counted,
        foot=tuple(
            filter(
                None,
                [
                    uncertain_sentence(plan),
                    times_sentence(plan),
                    margin_note(plan),
                    known_note(plan.part),
                    DRIVING_ONLY,
                ],
            )
        ),
    )


def _from(communes: pd.DataFrame) -> str:
    return f"de {counted(len(communes), 'commune')}"


def _cost(plan: Plan, criteria: Sequence[Criterion]) -> tuple[str, ...]:
    costs = plan.costs
    told = (
        f"Par an : {format_euros(costs.cost_eur)}, dont {format_euros(costs.aid_eur)} d'aide de l'État "
        f"et {format_euros(costs.cost_eur - costs.aid_eur)} à la charge du porteur."
    )
    if (costs.cost_eur, costs.aid_eur) != (Costs().cost_eur, Costs().aid_eur):
        told = f"{told} Ces montants ont été donnés pour ce plan."
    in_district = any(each.met and each.name.startswith("Quartier") for each in criteria)
    dearer = ("La commune a un quartier prioritaire : prévoir le coût correspondant.",) if in_district else ()
    return (told, _COST_SOURCE, *dearer)


def _others(plan: Plan, parts: Sequence[Territory], label: dict[Any, Any]) -> tuple[str, ...]:
    """Return what an antenne or a bus would be for the same residents, and which towns would do nearly as well."""
    code, cost = str(label["code"]), plan.costs.cost_eur
    site = attached_to(plan, parts, label)
    attached = f", rattachée à {site}" if site else ""
    antenne = (
        f"Une antenne au même endroit{attached} : mêmes habitants, "
        f"{format_decimal(_ANTENNE_HOURS)} h par semaine (médiane des antennes en 2024) au lieu de "
        f"{format_integer(_SITE_HOURS)} ; environ {format_euros(_rounded(cost * _ANTENNE_HOURS / _SITE_HOURS))} par an "
        f"({_NO_PRICE})."
    )
    return tuple(filter(None, [antenne, *_stops(plan, label), alternatives_sentence(plan, code)]))


def _stops(plan: Plan, label: dict[Any, Any]) -> list[str]:
    """Return what a bus would be in the place of a label: a stop in its commune, or at the homes that it is for."""
    if not round(label["gain_residents"]):
        within = within_text(plan.threshold_min)
        return [
            f"Arrêt de bus : sans objet pour ces temps, ceux qu'il sert sont déjà {within} d'un site, ou trop loin."
        ]
    asked = StopsAsked() if plan.stops is None else plan.stops.asked
    often, sites = half_day_text(asked.every), f"au lieu de {format_integer(_SITE_HOURS)} h par semaine"
    one = asked.cost_eur(plan.costs)
    stop = (
        f"Un arrêt de bus à {label['commune_name']}, {often} ({a_month(asked.hours_a_month)}, {sites}) : les mêmes "
        f"{counted(label['gain_residents'], 'habitant')} auraient un arrêt {within_text(plan.threshold_min)} ; "
        f"{stop_cost_text(one, plan.costs)}."
    )
    told = [stop]
    rows = plan.served[plan.served["label_code"] == str(label["code"])]
    gaining = rows[rows["residents_gained"] > 0].sort_values("residents_gained", ascending=False, kind="stable")
    stops = gaining.head(_BUS_STOPS)
    if len(stops) > 1:
        cost = "" if one is None else f" ; {format_euros(one * len(stops))} par an"
        people = float(stops["residents_gained"].sum())
        others = float(stops["residents"].sum()) - people
        beside = (
            f" (et {counted(others, 'autre habitant', 'autres habitants')} de ces communes)" if round(others) else ""
        )
        told.append(
            f"Ou un arrêt dans chacune de ces communes, {joined(list(stops['commune_name']))} : "
            f"{format_integer(people)} de ces {counted(label['gain_residents'], 'habitant')} "
            f"{plural(people, 'en aurait un', 'en auraient un')} chez eux{beside}{cost}."
        )
    return told


def _rounded(euros: float) -> float:
    """Return an amount to the thousand: it is an order of magnitude."""
    return round(euros, -3)


def times_sentence(plan: Plan) -> str:
    """Return how the times of a plan are known."""
    if plan.part.estimated:
        return f"{ESTIMATED_TIMES.removesuffix('.')}, à confirmer avec les routes."
    return "Temps de trajet par les routes du territoire."
