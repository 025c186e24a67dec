"""Stops of a bus beside the labels of a plan, in French: whom they reach, how many hours, at what cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.bus_rounds import stops_within_reach
from geo.answers.plan_certainty import never_retained, retained_text
from geo.answers.rounds import NOT_A_SITE, a_month
from geo.french import (
    SEMICOLON,
    UNIT_SPACE,
    counted,
    format_euros,
    format_integer,
    format_share,
    joined,
    plural,
    within_text,
)
from geo.siting.bus_stops import HALF_DAY_HOURS
from geo.sources.rounds import stop_passes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.siting.bus_stops import Every, ProposedStops
    from geo.siting.costs import Costs
    from geo.siting.plan import Plan
    from geo.territory import Territory

#: What a stop is, on maps and in tables.
STOP: Final = "Arrêt de bus proposé"
#: How often a bus comes.
_EVERY: Final[Mapping[Every, str]] = {"week": "par semaine", "month": "par mois"}
_NAMED: Final = 5
#: How to give the cost that is not known.
_NO_COST: Final = (
    "coût non renseigné, aucun n'est publié : donnez-le avec « --stop-cost » ou sur l'écran Planifier, en euros par "
    "passage d'une demi-journée, véhicule et trajet compris"
)


def half_day_text(every: Every) -> str:
    """Return what a stop is given: half a day a week, or a month.

    Examples
    --------
    >>> half_day_text("month").replace(UNIT_SPACE, " ")
    'une demi-journée de 3 h par mois'
    """
    return f"une demi-journée de {format_integer(HALF_DAY_HOURS)}{UNIT_SPACE}h {_EVERY[every]}"


def stop_cost_text(cost_eur: float | None, costs: Costs) -> str:
    """Return what stops cost in a year, or how to give it; `cost_eur`: of all of them."""
    if cost_eur is None or costs.pass_eur is None:
        return _NO_COST
    return f"coût : {format_euros(cost_eur)} par an, à {format_euros(costs.pass_eur)} le passage (montant donné)"


def stops_sentence(plan: Plan) -> str:
    """Return the stops proposed beside the labels in a few sentences; empty where none was asked for."""
    found = plan.stops
    if found is None:
        return ""
    within = within_text(plan.threshold_min)
    left = "personne n'est au-delà du seuil d'un site"
    if round(found.residents_beyond):
        left = f"{counted(found.residents_beyond, 'habitant')} encore au-delà du seuil d'un site"
    if round(found.residents_known_stop):
        has = plural(found.residents_known_stop, "a", "ont")
        left += f", dont {format_integer(found.residents_known_stop)} {has} déjà un arrêt connu {within}"
    if found.stops.empty:
        beside = " à côté des labels" if len(plan.labels) else ""
        return f"Arrêts de bus{beside} : {_why_none(found)} ({left}).{_rule(found)}"
    count = len(found.stops)
    beside, each = "À côté des labels, " if len(plan.labels) else "", " à chacun" if count > 1 else ""
    would = plural(found.residents_with_stop, "aurait", "auraient")
    sure = "" if found.proven else " Un meilleur choix d'arrêts n'est pas exclu."
    return (
        f"{beside}{counted(count, 'arrêt')} de bus, {half_day_text(found.asked.every)}{each}, à "
        f"{joined(found.stops['name'].to_list(), _NAMED, 'autres communes')} : "
        f"{counted(found.residents_with_stop, 'habitant')} de plus {would} un arrêt {within} ({left}), "
        f"{a_month(found.hours_a_month)} en tout{UNIT_SPACE}; "
        f"{stop_cost_text(found.cost_eur(plan.costs), plan.costs)}.{_fewer(found)}{_rule(found)} {NOT_A_SITE}{sure}"
    )


def _why_none(found: ProposedStops) -> str:
    if found.paid == 0:
        return "le budget n'en paie aucun"
    if not found.unruled_stops:
        return "aucun n'est utile"
    return f"aucun lieu n'en apporte un à {counted(found.asked.floor, 'habitant')} de plus"


def _fewer(found: ProposedStops) -> str:
    """Return why fewer stops are proposed than were asked for; empty: as many are, the budget or the rule says why."""
    count, asked = len(found.stops), found.asked.count
    if count in (asked, found.paid) or found.unruled_stops > count or not found.proven:
        return ""
    asked_for = "demandé" if asked == 1 else "demandés"
    return f" {counted(asked, 'arrêt')} {asked_for}{SEMICOLON}un de plus ne servirait à personne."


def _rule(found: ProposedStops) -> str:
    """Return the floor of the stops and what it costs; empty where it was lifted, or would change nothing."""
    floor = found.asked.floor
    if not floor or not found.unruled_stops:
        return ""
    rule = (
        f" Règle : un arrêt est dans une commune d'au moins {counted(floor, 'habitant')} et en apporte un à "
        f"{format_integer(floor)} habitants de plus, au moins{SEMICOLON}de celles qui font autant à un dixième près, "
        "c'est celle où habitent le plus de ceux à qui il sert"
    )
    lost = found.unruled_residents - found.residents_with_stop
    if round(lost) <= 0:
        return f"{rule}. Cette règle ne fait perdre personne."
    stops, people = counted(found.unruled_stops, "arrêt"), counted(found.unruled_residents, "habitant")
    cost = format_share(lost / found.unruled_residents)
    return f"{rule}. Sans cette règle, {stops} pour {people}{SEMICOLON}la règle coûte {cost} du gain."


def stops_table(plan: Plan) -> pd.DataFrame | None:
    """Return the stops as a table of `geo.answers.tables.COLUMNS`; `None` where there is none.

    Those of `ProposedStops.stops`, with `hours_a_month` and `cost_eur` (euros a year, NaN not given).
    """
    found = plan.stops
    if found is None or found.stops.empty:
        return None
    cost = found.asked.cost_eur(plan.costs)
    return found.stops.assign(
        hours_a_month=found.asked.hours_a_month, cost_eur=float("nan") if cost is None else float(cost)
    )


def stop_detail(plan: Plan, stop: dict[Any, Any]) -> str:
    """Return what one stop of a plan is, in one line."""
    often = "" if plan.stops is None else f", {half_day_text(plan.stops.asked.every)}"
    brought = counted(stop["residents_with_stop"], "habitant")
    mean = stop["mean_residents_with_stop"]
    average = ""
    if round(mean) != round(stop["residents_with_stop"]):
        average = f" ({format_integer(mean)} en moyenne sur les variantes)"
    return f"arrêt de bus proposé{often} : {brought} de plus à portée d'un arrêt{average}, {_retained(stop)}"


def _retained(stop: dict[Any, Any]) -> str:
    """Return how often a stop is chosen when times change, and why it is proposed where it never is."""
    return retained_text(stop) if stop["retained"] else f"{retained_text(stop)} ({never_retained(mean=True)})"


def never_retained_note(plan: Plan) -> str:
    """Return why a stop is proposed that no hypothesis on times alone chooses; empty: each is chosen under one."""
    if plan.stops is None or bool((plan.stops.stops["retained"] > 0).all()):
        return ""
    return f"Retenu 0 fois : {never_retained(mean=True)}."


def stop_lines(plan: Plan) -> list[str]:
    """Return the stops one a line, lettered as on the maps."""
    if plan.stops is None:
        return []
    return [
        f"  {stop_sign(stop['rank'])}. {stop['name']} [{stop['code']}] : {stop_detail(plan, stop)}."
        for stop in plan.stops.stops.to_dict("records")
    ]


def stop_sign(rank: int) -> str:
    """Return what is written at a stop on a map: its rank, told from that of a label by a letter."""
    return f"B{rank}"


def known_stops_sentence(plan: Plan, parts: Sequence[Territory], label: dict[Any, Any]) -> str:
    """Return which known stops of a bus those whom a label serves have within the threshold; empty: none.

    That of the commune of the label first, then those within reach of most of the residents served.
    """
    served = plan.served[plan.served["label_code"] == label["code"]]
    residents = pd.Series(served["residents"].to_numpy(np.float64), served["commune_code"].to_numpy(str))
    found: list[tuple[bool, float, str]] = []
    for part in parts:
        if part.rounds is None or part.rounds.empty:
            continue
        reach = stops_within_reach(part, part.rounds, plan.threshold_min)
        stops, passes = part.rounds.drop_duplicates("stop_id"), stop_passes(part.rounds)
        codes = part.demand["commune_code"].to_numpy(str)
        for number, stop in enumerate(stops.to_dict("records")):
            reached = residents.reindex(np.unique(codes[reach[:, [number]].nonzero()[0]])).sum()
            here = stop["commune_code"] == label["commune_code"]
            if reached > 0 or here:
                hours = a_month(sum(each.hours_a_month for each in passes[stop["stop_id"]]))
                found.append((not here, -float(reached), f"{stop['name']} ({hours})"))
    if not found:
        return ""
    names = joined([text for *_, text in sorted(found)], _NAMED, "autres arrêts")
    return f"Arrêts de bus connus {within_text(plan.threshold_min)} d'habitants servis : {names}."
