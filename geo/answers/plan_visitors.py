"""Labels that would mainly take the visitors of one site of today, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.french import SEMICOLON, format_integer, format_share, is_plural, plural
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
        f"{found.facility_name}, qui en perdrait {format_share(found.share_lost)} dans ce territoire{SEMICOLON}"
        f"{_no_longer_far(float(brought), label['residents_served'])}."
    )


def _no_longer_far(brought: float, visitors: float) -> str:
    """Return how many of its visitors are too far today and would not be with a label: some, none or all of them.

    Examples
    --------
    >>> _no_longer_far(3, 5), _no_longer_far(5, 5)
    ("3 de ses 5 visiteurs cessent d'être trop loin", "ses 5 visiteurs cessent tous d'être trop loin")
    >>> _no_longer_far(0, 5), _no_longer_far(0, 1)
    ("aucun de ses 5 visiteurs ne cesse d'être trop loin", "son seul visiteur ne cesse pas d'être trop loin")
    """
    each, some = format_integer(visitors), format_integer(brought)
    if not is_plural(visitors):
        return f"son seul visiteur {'cesse' if round(brought) else 'ne cesse pas'} d'être trop loin"
    if some == each:
        return f"ses {each} visiteurs cessent tous d'être trop loin"
    if not round(brought):
        return f"aucun de ses {each} visiteurs ne cesse d'être trop loin"
    return f"{some} de ses {each} visiteurs {plural(brought, 'cesse', 'cessent')} d'être trop loin"
