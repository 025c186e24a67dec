"""How good a plan is: what no other choice does better, which larger towns were preferred, what its rule gives up."""

from __future__ import annotations

import math
from functools import partial
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.answer import change_of_time
from geo.answers.plan_candidates import (
    are_communes,
    candidates_text,
    no_other_choice,
    rule_cost_text,
    rule_met_text,
    rule_text,
)
from geo.answers.plan_certainty import is_uncertain
from geo.answers.tables import COLUMNS
from geo.finder.other_names import of_commune
from geo.french import (
    POPULATION_UNKNOWN,
    SEMICOLON,
    UNIT_SPACE,
    WITHIN,
    capital,
    counted,
    estimated_minutes,
    format_euros,
    format_integer,
    format_number,
    format_percent,
    format_share,
    joined,
    plural,
    said_minutes,
)
from geo.siting.criteria import Weights
from geo.siting.solve import relative_gap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.siting.access_summary import AccessSummary
    from geo.siting.other_plans import WidestPlan
    from geo.siting.plan import Plan

#: Share of a gain from which nothing was given up: sums of floats miss the last bit.
_WHOLE: Final = 1 - 1e-9
_NAMED: Final = 5
#: Places that a plan beside another one names.
_NAMED_BESIDE: Final = 20
#: What a plan beside the best one among all communes, and the best one in its worst case, is called.
COMPARED_PLANS: Final = "Plans côte à côte"
#: What the places are that only the best plan among all communes has.
WITHOUT_RULE: Final = "Meilleur choix sans la règle des communes candidates"
#: Whom each weight is of.
WEIGHED: Final[Mapping[str, str]] = {
    "beyond": "Habitants au-delà du seuil aujourd'hui",
    "frr": "Habitants d'une commune FRR (ruralité)",
    "qpv": "Habitants d'un quartier prioritaire (QPV)",
    "elderly": "Habitants de 65 ans ou plus",
    "poor": "Habitants d'un ménage pauvre",
    "carless": "Habitants d'un ménage sans voiture",
}


def weights_sentence(plan: Plan) -> str:
    """Return which residents count for more or less than one; empty where all count once, or how many are is nothing.

    The longest trip, and the fewest labels for all, are the same however much a resident counts, unless for nothing.
    """
    by_number = plan.model in {"coverage", "median"} or plan.min_share is not None
    told = [
        f"les {WEIGHED[name][:1].lower()}{WEIGHED[name][1:]} comptent {format_number(weight)} fois"
        for name, weight in plan.weights.to_dict().items()
        if weight != 1 and (by_number or weight == 0)
    ]
    return f"Dans ce choix, {joined(told)}." if told else ""


def proof_sentence(plan: Plan) -> str:
    """Return what the bound and the gap mean."""
    count = len(plan.labels)
    if said := _no_choice(plan):
        return said
    among = f"parmi {candidates_text(plan)}"
    places = min(max(count, plan.to_give or 0), plan.candidates)
    chosen = f"de {format_integer(places)} lieux" if places > 1 else "d'un lieu"
    others = f"aucun autre choix {chosen}"
    if plan.model == "set-cover":
        fewest = math.ceil(plan.bound - 1e-6)
        if plan.proven:
            less = f"{format_integer(count - 1)} ne {plural(count - 1, 'suffirait', 'suffiraient')} pas"
            return f"{_proven(plan)} : {among}, {'il en faut au moins un' if count == 1 else less}."
        asked = f"ce plan en demande {format_integer(count)}"
        return f"{capital(_given(plan) + among)}, il en faut au moins {format_integer(fewest)} : {asked}."
    best, reached = _best(plan)
    if plan.proven and not relative_gap(plan.objective, plan.optimum):
        return f"{_proven(plan)} : {among}, {others} {best}."
    reached = f"{SEMICOLON}{reached}" if reached else ""
    if plan.proven:
        return f"{capital(_given(plan) + among)}, {others} {best}{reached}."
    return (
        f"{capital(_given(plan) + among)}, {others} {best}{reached}, soit au plus {format_percent(plan.gap, 2)} "
        f"d'écart avec le meilleur plan possible."
    )


def _no_choice(plan: Plan) -> str:
    """Return why there is nothing to prove: no label, or all candidates have one; empty: there is."""
    count = len(plan.labels)
    if count == 0:
        if plan.budget_labels == 0:
            why = "le budget ne paie aucun label"
        else:
            why = "aucun label n'est demandé" if plan.asked == 0 else "aucun label n'a été choisi"
        return f"Les chiffres sont ceux d'aujourd'hui : {why}."
    if count < plan.candidates or (count > 1 and plan.model == "set-cover"):
        return ""
    return no_other_choice(count, communes=are_communes(plan))


def preference_sentence(plan: Plan) -> str:
    """Return what was preferred for nearly the same gain: the best worst case, larger towns; empty: nothing."""
    return " ".join(filter(None, [_steadier(plan), _larger(plan)]))


def _steadier(plan: Plan) -> str:
    if plan.worst_case is None or plan.worst_case.steady_share >= _WHOLE:
        return ""
    mean = " moyen" if plan.on_average else ""
    return (
        f"À moins d'un centième du gain{mean}, le plan qui tient le mieux au pire des variantes de temps est préféré "
        f"({_below_all(plan.worst_case.steady_share)} du gain)."
    )


def _larger(plan: Plan) -> str:
    if plan.preferences.empty:
        return ""
    names = dict(zip(plan.labels["code"], plan.labels["name"], strict=True))
    told = SEMICOLON.join(
        f"{names[row['label_code']]} plutôt {_than(row['name'])} "
        f"({format_share(min(row['share_of_gain'], 1.0))} du gain)"
        for row in plan.preferences.to_dict("records")
    )
    return (
        f"À moins d'un centième du gain, une commune qui ne prendrait pas surtout les visiteurs d'un seul site est "
        f"préférée, puis la plus peuplée : {told}."
    )


def _than(name: str) -> str:
    return f"qu'{name}" if of_commune(name).startswith("d'") else f"que {name}"


def _below_all(share: float) -> str:
    """Return a share that is less than all, never written as all."""
    text = format_share(share)
    return "plus de 99 %" if text == format_share(1.0) and share < 1 else text


def rule_sentence(plan: Plan) -> str:
    """Return which communes could be chosen, and what that gives up; empty: the candidates are places of a list."""
    rule = rule_text(plan.rule, plan.threshold_min, lifted=plan.rule_lifted)
    if plan.rule is None or plan.rule_lifted:
        return rule
    if plan.widest is None:
        return f"{rule} {rule_met_text(plan.candidates)}"
    return f"{rule} {_widest(plan, plan.widest)}" if len(plan.labels) or len(plan.widest.labels) else rule


def place_signs(plan: Plan) -> dict[str, str]:
    """Return what is written on maps at each place, by code: the rank of a label, a letter at one of `Plan.widest`."""
    signs = {str(code): str(rank) for code, rank in zip(plan.labels["code"], plan.labels["rank"], strict=True)}
    if plan.widest is not None and signs:
        others = [str(code) for code in plan.widest.labels["code"] if str(code) not in signs]
        signs |= {code: _letter(number) for number, code in enumerate(others)}
    return signs


def _letter(number: int) -> str:
    """Return A to Z for 0 to 25, then AA and so on."""
    first, last = divmod(number, len(ascii_uppercase))
    return (_letter(first - 1) if first else "") + ascii_uppercase[last]


def _signed(sign: str | None) -> str:
    """Return the sign of a place before its name; a place that no map shows has none."""
    return "" if sign is None else f"{sign}.{UNIT_SPACE}"


def _size(residents: float) -> str:
    """Return the residents of a commune in as few words as they take."""
    return f"{format_integer(residents)}{UNIT_SPACE}hab." if pd.notna(residents) else POPULATION_UNKNOWN


def compared_plans(plan: Plan) -> pd.DataFrame | None:
    """Return a plan beside those that it is compared with, one row each; `None`: none.

    They are the best one among all communes and, where the plan is not certain, the one that is best in its worst case.

    Returns
    -------
    `plan`, `places` (text, with the signs of the maps, in their order); `gain_residents`, and where labels are chosen
    on average `gain_mean_residents`, or `gain_mean_weighted` where residents do not all count once; `share_within`;
    `mean_time_min`; `cost_eur`; `share_of_best`: what it brings of what the best one does, where gains add up and that
    one is proven.
    """
    others = []
    if plan.widest is not None:
        others.append(("Sans la règle", plan.widest.labels, plan.widest.after, plan.widest.objective))
    worst = plan.worst_case
    if worst is not None and worst.after is not None and is_uncertain(plan) and worst.best_share > worst.share:
        others.append(("Le meilleur au pire", worst.labels, worst.after, worst.objective))
    if not others or not len(plan.labels):
        return None
    rows, signs = [], place_signs(plan)
    order = {code: place for place, code in enumerate(signs)}
    for title, labels, after, objective in (("Plan proposé", plan.labels, plan.after, plan.objective), *others):
        towns = [
            f"{_signed(signs.get(str(code)))}{name} ({_size(residents)})"
            for code, name, residents in sorted(
                zip(labels["code"], labels["name"], labels["commune_residents"], strict=True),
                key=lambda town: order.get(str(town[0]), len(order)),
            )
        ]
        row: dict[str, Any] = {
            "plan": title,
            "places": joined(towns, _NAMED_BESIDE, "autres lieux"),
            "gain_residents": after.residents_within - plan.before.residents_within,
        }
        if plan.on_average and plan.model == "coverage":
            row["gain_mean_residents" if plan.weights == Weights() else "gain_mean_weighted"] = objective
        cost = plan.costs.cost_eur * len(labels)
        row |= {"share_within": after.share_within, "mean_time_min": after.mean_time_min, "cost_eur": cost}
        if plan.widest is not None and plan.rule_cost is not None and not plan.widest.gap:
            row["share_of_best"] = min(objective / plan.widest.objective, 1.0)
        rows.append(row)
    return pd.DataFrame(rows)


def compared_plans_rows(plan: Plan) -> list[list[str]]:
    """Return `compared_plans` as texts, a column a plan: their names, then a row for each fact; empty: not compared."""
    table = compared_plans(plan)
    if table is None:
        return []
    write: Mapping[str, Callable[[Any], str]] = {
        "plan": str,
        "places": str,
        "share_within": format_share,
        "share_of_best": format_share,
        "mean_time_min": partial(mean_time_then, plan),
        "cost_eur": format_euros,
    }
    return [
        [COLUMNS[f"two.{name}"].heading, *map(write.get(str(name), format_integer), table[name])]
        for name in table.columns
    ]


def longest_trip(plan: Plan, access: AccessSummary) -> str:
    """Return the longest trip as it is said: with its bounds where times are estimated."""
    if not plan.part.estimated:
        return plan_minutes(plan, access.worst_time_min)
    return estimated_minutes(access.worst_time_min, access.worst_time_low_min, access.worst_time_high_min)


def _widest(plan: Plan, widest: WidestPlan) -> str:
    """Return what would be chosen among all communes, and what the rule gives up."""
    proven = not widest.gap
    if set(widest.labels["code"]) == set(plan.labels["code"]):
        if proven:
            return "Sans cette règle, le choix resterait le même : cette règle ne coûte rien."
        return "Sans cette règle, aucun meilleur choix n'est trouvé à temps : ce qu'elle coûte n'est pas prouvé."
    least = "" if proven else "au moins "
    names = joined(widest.labels["name"].to_list(), _NAMED, "autres lieux")
    would = f"Sans cette règle, le {'choix' if proven else 'meilleur choix trouvé'} serait {names}"
    if plan.model == "set-cover":
        more = len(plan.labels) - len(widest.labels)
        fewer = f", soit {least}{counted(more, 'label')} de moins" if more > 0 else ""
        if more < 0:
            then, here = (format_share(each.after.share_within) for each in (widest, plan))
            fewer = f", soit {counted(-more, 'label')} de plus, pour {then} des habitants {WITHIN} au lieu de {here}"
        return f"{would}{fewer}."
    if plan.model == "center":
        return f"{would}, et le plus éloigné serait à {longest_trip(plan, widest.after)}."
    costs = rule_cost_text(plan.rule_cost, proven=proven)
    if plan.model == "coverage" and plan.weights == Weights():
        unequal = len(plan.labels) != len(widest.labels)
        labels = (
            f", de {counted(len(widest.labels), 'label')} au lieu de {format_integer(len(plan.labels))}"
            if unequal
            else ""
        )
        found, here = format_integer(widest.objective), format_integer(plan.objective)
        brings = f"{least}{found} au lieu de {here}" if least or found != here else f"autant, {found}"
        return f"{would}{labels}, et apporterait {brings}{_averaged(plan)}{SEMICOLON}{costs}."
    return f"{would}{SEMICOLON}{costs}."


def _best(plan: Plan) -> tuple[str, str]:
    """Return what no other choice does better, and what this plan reaches where that is less."""
    weighted = plan.weights != Weights()
    if plan.model == "coverage":
        unit = ("habitant pondéré", "habitants pondérés") if weighted else ("habitant", "habitants")
        reached = f"ce plan en rapproche {format_integer(plan.objective)}{' en moyenne' if plan.on_average else ''}"
        return f"ne peut rapprocher plus de {counted(plan.bound, *unit)}{_averaged(plan)}", reached
    if plan.model == "center":
        reached = f"ce plan le ramène à {longest_trip(plan, plan.after)}"
        least = plan_minutes(plan, plan.bound)
        least = "quelques minutes" if least.startswith("moins") else least  # « sous moins de » says nothing
        return f"ne peut ramener le plus éloigné sous {least}", reached
    if plan.part.estimated:
        # Hundredths of a minute are less than what an estimate can tell: only choices are compared.
        much = "beaucoup plus" if plan.gap > 0 else "plus"
        return f"ne peut faire gagner {much} de temps en moyenne", ""
    people = plan.part.residents_known
    unit_of_time = "par habitant, pondérée" if weighted else "par habitant"
    reached = f"ce plan en fait gagner {plan_minutes(plan, plan.objective / people, 2)}"
    return (
        f"ne peut faire gagner plus de {plan_minutes(plan, plan.bound / people, 2)} {unit_of_time} en moyenne",
        reached,
    )


def _averaged(plan: Plan) -> str:
    """Return over what a figure is an average; empty where it is none."""
    return f" en moyenne sur {counted(len(plan.robustness.runs), 'variante')} de temps" if plan.on_average else ""


def plan_minutes(plan: Plan, minutes: float | None, digits: int = 1) -> str:
    """Return minutes as a plan says them: in steps where its times are estimated."""
    return said_minutes(minutes, digits, estimated=plan.part.estimated)


def mean_time_then(plan: Plan, minutes: float | None) -> str:
    """Return the mean time with labels; where estimated, by how much it is shorter: rounded times hide or swell it."""
    before = plan.before.mean_time_min
    if not plan.part.estimated or before is None or minutes is None or minutes >= before:
        return plan_minutes(plan, minutes)
    return change_of_time(before, minutes)


def saved_share(before: float, after: float | None) -> float:
    """Return the share of a time that is saved, 0 to 1; of no time, 0."""
    return 1 - (after or 0.0) / before if before else 0.0


def _proven(plan: Plan) -> str:
    """Return that a plan is the best one, as sure as its times are."""
    return "C'est le meilleur choix pour ces temps estimés" if plan.part.estimated else "C'est prouvé"


def _given(plan: Plan) -> str:
    return "pour ces temps estimés, " if plan.part.estimated else ""
