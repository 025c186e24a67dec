"""Labels that would mainly take the visitors of one site of today, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.french import SEMICOLON, counted, format_integer, format_share, is_plural
from geo.siting.visitors import main_loser

if TYPE_CHECKING:
    from geo.siting.plan import Plan
    from geo.siting.visitors import MainLoser


def label_loser(plan: Plan, label: dict[Any, Any]) -> MainLoser | None:
    """Return the site that at least half of the visitors of a label of a plan come from; `None`: from several."""
    rows = plan.leaving[plan.leaving["label_code"] == label["code"]]
    return main_loser(rows, label["residents_served"])


def visitors_sentence(plan: Plan, label: dict[Any, Any]) -> str:
    """Return which site at least half of the visitors of a label come from; empty: they come from several."""
    found = label_loser(plan, label)
    if found is None:
        return ""
    brought = plan.served.loc[plan.served["label_code"] == label["code"], "residents_brought"].sum()
    return (
        f"Prend surtout les visiteurs d'un site : {format_share(found.share_of_visitors)} des siens viennent de "
        f"{found.facility_name}, qui en perdrait {format_share(found.share_lost)}{SEMICOLON}"
        f"il {_brought(float(brought), label['residents_served'])}."
    )


def _brought(brought: float, visitors: float) -> str:
    """Return how many of its visitors a label brings within the threshold: some, none or all of them.

    Examples
    --------
    >>> _brought(3, 5), _brought(0, 5), _brought(5, 5)
    ('rapproche 3 de ses 5 visiteurs', 'ne rapproche aucun de ses 5 visiteurs', 'rapproche tous ses 5 visiteurs')
    """
    each, some = counted(visitors, "visiteur"), format_integer(brought)
    if some == format_integer(visitors):
        return f"rapproche tous ses {each}" if is_plural(visitors) else "rapproche son seul visiteur"
    return f"rapproche {some} de ses {each}" if round(brought) else f"ne rapproche aucun de ses {each}"
