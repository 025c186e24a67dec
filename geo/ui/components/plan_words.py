"""A plan in plain French sentences: what it brings, and how sure it is to be the best. Pure functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo.french import UNIT_SPACE, format_decimal, format_integer, format_minutes, format_share
from geo.siting.criteria import Weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.siting.plan import AccessSummary, Plan
    from geo.ui.state import Aim

_NAMED: Final = 5

#: Aim of a plan in plain words; `{}` stands for the threshold.
AIMS: Final[Mapping[Aim, str]] = {
    "habitants": "le plus d'habitants à {} ou moins d'un site",
    "tous": "le moins de labels pour que tous soient à {} ou moins",
    "trajet": "le trajet moyen le plus court",
    "loin": "que personne ne soit trop loin",
}

#: How each aim is reached, on demand, in Markdown.
METHODS: Final[Mapping[Aim, str]] = {
    "habitants": (
        "**Couverture maximale** (Church et ReVelle, 1974). On choisit *p* lieux parmi les candidats ; les sites "
        "d'aujourd'hui restent. Un habitant est compté s'il passe du dehors au dedans du seuil. On rend le nombre "
        "d'habitants comptés le plus grand possible. Un habitant déjà sous le seuil ne compte pas, même si son trajet "
        "raccourcit."
    ),
    "tous": (
        "**Couverture de tous** (Toregas et autres, 1971). On choisit le moins de lieux possible pour que chaque "
        "habitant que l'on peut rapprocher, ou la part demandée des habitants, soit sous le seuil."
    ),
    "trajet": (
        "**p-médiane** (Hakimi, 1964). On choisit *p* lieux pour que la somme des minutes de tous les habitants vers "
        "leur site le plus proche soit la plus petite. Le seuil ne joue pas : les grandes villes pèsent lourd."
    ),
    "loin": (
        "**p-centre** (Hakimi, 1964). On choisit *p* lieux pour que le trajet de l'habitant le plus éloigné soit le "
        "plus court possible. Le nombre d'habitants ne joue pas : un hameau pèse autant qu'une ville."
    ),
}

METHOD: Final = (
    "Le calcul construit d'abord un plan pas à pas, l'améliore par échanges, puis un programme exact (HiGHS) cherche "
    "mieux et donne la **borne** : ce qu'aucun autre choix ne peut dépasser. L'**écart** est la distance entre le plan "
    "et cette borne ; à zéro, le plan est prouvé le meilleur parmi les lieux candidats. Les poids multiplient ce que "
    "compte un habitant : à 1, chacun compte une fois."
)


def plan_answer(plan: Plan) -> str:
    """Return what a plan brings, in one sentence."""
    threshold, count = _minutes(plan.threshold_min), len(plan.labels)
    before, after = plan.before, plan.after
    share = f"{_share(after)} au lieu de {_share(before)}"
    if count == 0:
        nothing = "Aucun nouveau label n'est utile" if plan.asked or plan.model == "set-cover" else "Sans nouveau label"
        return (
            f"{nothing}\u00a0: {_share(before)} des habitants sont à {threshold} ou moins d'un "
            f"site, {format_minutes(before.mean_time_min)} en moyenne."
        )
    labels = f"{format_integer(count)} nouveaux labels" if count > 1 else "Un nouveau label"
    where = f"{labels}, à {_joined(plan.labels['name'].to_list())},"
    verb = "raient" if count > 1 else "rait"
    if plan.model == "set-cover":
        whom = "tous les habitants" if after.residents_within >= _known(after) else _share(after) + " des habitants"
        needed = "Il faut" if plan.gap == 0 else "Ce plan demande"
        return (
            f"{needed} {format_integer(count)} {'nouveaux labels' if count > 1 else 'nouveau label'} pour que {whom} "
            f"soient à {threshold} ou moins d'un site ({_share(before)} aujourd'hui)."
        )
    if plan.model == "median":
        return (
            f"{where} ramène{verb} le trajet moyen de {format_minutes(before.mean_time_min)} à "
            f"{format_minutes(after.mean_time_min)}."
        )
    if plan.model == "center":
        return (
            f"{where} ramène{verb} l'habitant le plus éloigné de {format_minutes(before.worst_time_min)} à "
            f"{format_minutes(after.worst_time_min)} d'un site."
        )
    brought = after.residents_within - before.residents_within
    return (
        f"{where} rapproche{verb} {format_integer(brought)} habitants\u00a0: {share} seraient à {threshold} ou "
        f"moins d'un site."
    )


def gap_sentence(plan: Plan) -> str:
    """Return what the bound and the gap of a plan mean, in one sentence."""
    count = len(plan.labels)
    others = f"de {format_integer(count)} lieux" if count > 1 else "d'un lieu"
    weighted = plan.weights != Weights()
    if count == 0:
        return "Les chiffres sont ceux d'aujourd'hui\u00a0: rien n'a été choisi."
    if plan.model == "set-cover":
        fewest = math.ceil(plan.bound - 1e-6)
        if plan.gap == 0:
            return f"C'est prouvé\u00a0: parmi ces lieux candidats, {format_integer(count - 1)} ne suffiraient pas."
        return f"Il en faut au moins {format_integer(fewest)}\u00a0: ce plan en demande {format_integer(count)}."
    if plan.model == "coverage":
        unit = "habitants pondérés" if weighted else "habitants"
        best = f"ne peut rapprocher plus de {format_integer(plan.bound)} {unit}"
        reached = f"ce plan en rapproche {format_integer(plan.objective)}"
    elif plan.model == "center":
        best = f"ne peut ramener le plus éloigné à moins de {format_minutes(plan.bound)}"
        reached = f"ce plan le ramène à {format_minutes(plan.objective)}"
    else:
        people = plan.before.residents
        unit = "par habitant, pondérée" if weighted else "par habitant"
        best = f"ne peut faire gagner plus de {_time(plan.bound / people)} {unit} en moyenne"
        reached = f"ce plan en fait gagner {_time(plan.objective / people)}"
    if plan.gap == 0:
        return f"C'est prouvé\u00a0: aucun autre choix {others}, parmi les candidats, {best}."
    return (
        f"Aucun autre choix {others}, parmi les candidats, {best} ; {reached}, soit au plus "
        f"{format_decimal(100 * plan.gap, 2)}{UNIT_SPACE}% d'écart avec le meilleur plan possible."
    )


def plan_figures(plan: Plan) -> list[tuple[str, str, str]]:
    """Return the three figures of a plan: label, value, what it is against."""
    before, after, count = plan.before, plan.after, len(plan.labels)
    threshold = _minutes(plan.threshold_min)
    if plan.model == "median":
        first = (
            "Trajet moyen",
            format_minutes(after.mean_time_min),
            f"{format_minutes(before.mean_time_min)} aujourd'hui",
        )
    elif plan.model == "center":
        first = (
            "Le plus éloigné",
            format_minutes(after.worst_time_min),
            f"{format_minutes(before.worst_time_min)} aujourd'hui",
        )
    elif plan.model == "set-cover":
        first = ("Nouveaux labels", format_integer(count), f"parmi {format_integer(plan.candidates)} lieux candidats")
    else:
        first = (
            "Habitants rapprochés",
            format_integer(after.residents_within - before.residents_within),
            f"sur {format_integer(_known(before) - before.residents_within)} trop loin aujourd'hui",
        )
    return [
        first,
        (
            f"À {threshold} ou moins",
            _share(after),
            f"{_share(before)} aujourd'hui",
        ),
        (
            "Coût par an",
            f"{format_integer(plan.costs.cost_eur * count)}{UNIT_SPACE}€",
            f"dont {format_integer(plan.costs.aid_eur * count)}{UNIT_SPACE}€ d'aide de l'État",
        ),
    ]


def _known(summary: AccessSummary) -> float:
    """Return the residents whose time can be known: those whom the road network covers."""
    return summary.residents - summary.residents_off_network


def _share(summary: AccessSummary) -> str:
    known = _known(summary)
    return format_share(summary.residents_within / known if known else None)


def _joined(names: Sequence[str]) -> str:
    """Return names as they are read out, the rest counted where there are many."""
    if len(names) > _NAMED + 1:
        return f"{', '.join(names[:_NAMED])} et {len(names) - _NAMED} autres lieux"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"


def _minutes(minutes: float) -> str:
    return f"{minutes:g}".replace(".", ",") + f"{UNIT_SPACE}min"


def _time(minutes: float) -> str:
    return f"{format_decimal(minutes, 2)}{UNIT_SPACE}min"
