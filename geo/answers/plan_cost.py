"""What a plan costs, who pays what, and what a budget pays and does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import SEMICOLON, capital, counted, format_euros, format_integer, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting.costs import Costs, Payer
    from geo.siting.plan import Plan

#: What a budget pays of a label, by whose it is.
_PAID: Final[Mapping[Payer, str]] = {
    "all": "le coût entier",
    "state": "l'aide de l'État",
    "bearer": "la part du porteur",
}


def cost_sentence(plan: Plan) -> str:
    """Return what all labels cost in a year, and who pays; empty without labels where stops of a bus are proposed."""
    if not len(plan.labels):
        # What the stops cost is told with them.
        return "Le plan ne coûte rien." if plan.stops is None or plan.stops.stops.empty else ""
    return labels_cost_text(len(plan.labels), plan.costs)


def labels_cost_text(count: int, costs: Costs) -> str:
    """Return what some labels cost in a year, and who pays.

    Examples
    --------
    >>> from geo.french import UNIT_SPACE
    >>> from geo.siting.costs import Costs
    >>> labels_cost_text(1, Costs(100.0, 40.0)).replace(UNIT_SPACE, " ")
    "Coût : 100 € par an, dont 40 € d'aide de l'État et 60 € à la charge du porteur."
    """
    aid = costs.aid_eur * count
    return (
        f"Coût : {format_euros(costs.cost_eur * count)} par an, dont {format_euros(aid)} d'aide de l'État et "
        f"{format_euros(costs.cost_eur * count - aid)} à la charge {plural(count, 'du porteur', 'des porteurs')}."
    )


def budget_sentence(plan: Plan) -> str:
    """Return what the budget pays, labels first, what it does not, and who pays the rest; empty: there is none."""
    if plan.budget_eur is None or plan.budget_labels is None:
        return ""
    price, what, given = plan.costs.paid_by(plan.payer), _PAID[plan.payer], len(plan.labels)
    budget = f"Budget : {format_euros(plan.budget_eur)} par an"
    paid = min(plan.budget_labels, given)
    stops_eur, stops = _stops_paid(plan)
    left = plan.budget_eur - paid * price - stops_eur
    if plan.budget_labels == 0:
        told = [f"{budget} ne suffisent pas à un label : {what} en est de {format_euros(price)} par an"]
    else:
        told = [f"{budget} paient {what} de {counted(paid, 'label')} ({format_euros(paid * price)})"]
    if 0 < paid < given:
        told.append(
            f"pas {plural(given - paid, 'celui', 'ceux')} {plural(given - paid, 'du dernier', 'des derniers')} du "
            f"classement ({counted(given - paid, 'label')})"
        )
    told += [stops] if stops else []
    rest = f"il reste {format_euros(left)}"
    if paid:
        told.append(
            f"{rest}, moins qu'il n'en faut pour un autre label"
            if left < price
            else f"{rest}, sans emploi dans ce plan"
        )
    elif stops_eur:
        told.append(rest)
    others = (plan.costs.cost_eur - price) * paid
    if plan.payer == "state" and paid:
        told.append(f"{plural(paid, 'le porteur paie', 'les porteurs paient')} le reste, {format_euros(others)} par an")
    elif plan.payer == "bearer" and paid:
        told.append(f"l'État verse son aide en plus, {format_euros(others)} par an")
    return f"{capital(SEMICOLON.join(told))}."


def _stops_paid(plan: Plan) -> tuple[float, str]:
    """Return the euros a year that a budget pays for stops of a bus, after the labels, and this in words."""
    found = plan.stops
    if found is None:
        return 0.0, ""
    if found.paid is None:
        why = (
            "aucune aide de l'État n'est connue pour eux"
            if plan.payer == "state"
            else "leur coût n'est pas donné (--stop-cost)"
        )
        return 0.0, f"les arrêts de bus sont hors de ce budget : {why}"
    count, euros = len(found.stops), found.cost_eur(plan.costs) or 0.0
    missing = found.asked.count - found.paid
    if not count:
        return 0.0, "aucun arrêt de bus n'est payé" if missing else ""
    first = "puis" if plan.budget_labels else "ils paient"
    told = f"{first} {counted(count, 'arrêt')} de bus ({format_euros(euros)})"
    if missing and count == found.paid:
        others = f"les {format_integer(missing)} autres demandés" if missing > 1 else "l'autre demandé"
        told = f"{told}, pas {others}"
    return euros, told
