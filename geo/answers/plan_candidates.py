"""Among which candidates the labels of a plan were chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.french import counted, format_integer

if TYPE_CHECKING:
    from geo.siting.plan import Plan


def no_other_choice(candidates: int, *, communes: bool) -> str:
    """Return that all candidates are chosen; `communes`: they are these, no places of a list.

    Examples
    --------
    >>> no_other_choice(1, communes=True), no_other_choice(2, communes=False)
    ("Une seule commune est candidate : il n'y a pas d'autre choix.", 'Les 2 lieux candidats sont tous retenus.')
    """
    if candidates == 1:
        one = "Une seule commune est candidate" if communes else "Un seul lieu est candidat"
        return f"{one} : il n'y a pas d'autre choix."
    all_kept = "communes candidates sont toutes retenues" if communes else "lieux candidats sont tous retenus"
    return f"Les {format_integer(candidates)} {all_kept}."


def are_communes(plan: Plan) -> bool:
    """Tell whether labels were chosen among communes, by the rule of a plan, and not among places of a list."""
    return plan.rule is not None and not plan.rule_lifted


def candidates_text(plan: Plan) -> str:
    """Return among how many candidates labels were chosen."""
    if are_communes(plan):
        return counted(plan.candidates, "commune candidate", "communes candidates")
    return counted(plan.candidates, "lieu candidat", "lieux candidats")
