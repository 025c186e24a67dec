"""Labels that would mainly take the visitors of one site of today, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.french import SEMICOLON, counted, format_integer, format_share
from geo.siting.visitors import main_loser

if TYPE_CHECKING:
    from geo.siting.plan import Plan


def visitors_sentence(plan: Plan, label: dict[Any, Any]) -> str:
    """Return which site most visitors of a label come from where few of them are brought nearer; empty elsewhere."""
    rows = plan.leaving[plan.leaving["label_code"] == label["code"]]
    found = main_loser(rows, label["residents_served"], label["gain_residents"])
    if found is None:
        return ""
    new = counted(label["gain_residents"], "habitant rapproché", "habitants rapprochés")
    return (
        f"Prend surtout les visiteurs d'un site : {format_share(found.share_of_visitors)} des siens viennent de "
        f"{found.facility_name}, qui en perdrait {format_share(found.share_lost)}{SEMICOLON}{new} sur "
        f"{format_integer(label['residents_served'])} servis."
    )
