"""Labels chosen where every site can only serve so many, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.access.catchment import HOURS_UNIT
from geo.answers.answer import Answer
from geo.answers.plan_candidates import rule_cost_text, rule_met_text, rule_text
from geo.answers.plan_cost import labels_cost_text
from geo.french import (
    SEMICOLON,
    UNIT_SPACE,
    WITHIN,
    capital,
    counted,
    format_decimal,
    format_integer,
    format_number,
    format_percent,
    format_share,
    joined,
    plural,
    within_text,
)

if TYPE_CHECKING:
    from geo.siting.capacity_plan import CapacityPlan

_PARTED: Final = (
    f"Chaque habitant peut aller à n'importe quel site {WITHIN} : la répartition est celle qui sert le plus de "
    "monde, pas celle que chacun choisirait. Les sites voisins comptent avec toute leur capacité."
)
_NOT_ASKED: Final = (
    "Avec les capacités ne sont pas calculés : combien de fois chaque label serait retenu selon les temps, le pire des "
    "cas, les autres lieux qui feraient presque aussi bien, et les dossiers. Le plan sans --capacity les donne."
)
#: Share of a capacity from which a label is full.
_FULL: Final = 0.999


def capacity_plan_answer(plan: CapacityPlan) -> Answer:
    """Return what labels bring where capacities bind, how sure that is, and what is assumed."""
    known = plan.part.residents_known
    within = within_text(plan.threshold_min)
    gained = plan.served_after - plan.served_before
    full = plan.residents_near - plan.served_before
    served, near, after = (
        format_share(plan.part.share(people)) for people in (plan.served_before, plan.residents_near, plan.served_after)
    )
    today = f"aujourd'hui {served} des habitants ont un site {within} qui peut les servir, {near} un site, plein ou non"
    names = plan.labels["name"].tolist()
    if not names:
        sentence = f"Aucun label de plus ne servirait davantage d'habitants : {today}."
    else:
        labels = capital(counted(len(names), "label"))
        more = f"{counted(gained, 'habitant')} de plus servis {within}"
        them = "lui" if len(names) == 1 else "eux"
        sentence = f"{labels} ({joined(names)}) : {more}{SEMICOLON}{today}, avec {them} {after}."
    details = [
        f"{number}. {row['name']} ({row['code']}) : {counted(row['gain_residents'], 'habitant')} de plus{SEMICOLON}"
        f"il en sert {format_integer(row['load'])}, {format_share(row['share_used'])} de sa capacité."
        for number, row in enumerate(plan.labels.to_dict("records"), 1)
    ]
    if full > 1:
        details.append(f"{counted(full, 'habitant')} ont un site {within} sans que les sites puissent tous les servir.")
    if names and bool((plan.labels["share_used"] > _FULL).all()):
        all_full = plural(len(names), "Ce label serait plein", "Tous ces labels seraient pleins")
        details.append(f"{all_full} : d'autres lieux proches serviraient autant d'habitants.")
    if names:
        details.append(labels_cost_text(len(names), plan.costs))
    if rule := _rule(plan):
        details.append(rule)
    notes = (_proof(plan), _NOT_ASKED, _assumed(plan, known), *unmatched_note(plan.requests_unmatched), _PARTED)
    return Answer(sentence, (), tuple(details), notes)


def unmatched_note(rows: int) -> list[str]:
    """Return how many rows of a table of requests are of no site that counts; empty where all are of one."""
    return (
        [f"Lignes de la table des demandes qui ne sont d'aucun site compté : {format_integer(rows)}."] if rows else []
    )


def _rule(plan: CapacityPlan) -> str:
    """Return which communes could be chosen, and what that gives up; empty: the candidates are places of a list."""
    rule = rule_text(plan.rule, plan.threshold_min, lifted=plan.rule_lifted)
    if plan.rule is None or plan.rule_lifted:
        return rule
    if plan.served_widest is None:
        return f"{rule} {rule_met_text(plan.candidates)}"
    more = counted(plan.served_widest - plan.served_before, "habitant")
    least = "" if plan.widest_proven else "au moins "
    compared = f"Sans cette règle, autant de labels serviraient {least}{more} de plus qu'aujourd'hui"
    return f"{rule} {compared}{SEMICOLON}{rule_cost_text(plan.rule_cost, proven=plan.widest_proven)}."


def _proof(plan: CapacityPlan) -> str:
    if plan.gap == 0:
        return "Choix prouvé le meilleur pour ces temps, ces capacités et ces lieux candidats."
    return (
        f"Choix non prouvé : aucun autre ne sert plus de {format_integer(plan.bound)} habitants, soit au plus "
        f"{format_percent(plan.gap, 2)} de mieux."
    )


def _assumed(plan: CapacityPlan, known: float) -> str:
    residents = round(plan.residents_per_unit, 1)  # as it is written; below two it is singular
    per_unit = f"{format_decimal(residents)} {plural(int(residents), 'habitant', 'habitants')} par unité"
    own = f"{format_number(plan.capacity)} {plan.unit}"
    served = counted(plan.capacity * plan.residents_per_unit, "habitant")
    rate = f"au rythme d'aujourd'hui ({counted(known, 'habitant')} pour tous les sites, {per_unit})"
    said = f"Un label : {own}, soit {served} {rate}"
    if plan.unit == HOURS_UNIT:
        said += f"{SEMICOLON}{format_number(plan.agents)}{UNIT_SPACE}agents par site"
    if plan.sites_given:
        as_one = plural(plan.sites_given, "compté comme un label", "comptés chacun comme un label")
        said += f"{SEMICOLON}{counted(plan.sites_given, 'site')} de capacité inconnue, {as_one}"
    return f"{said}."
