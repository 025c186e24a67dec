"""Among which candidates the labels of a plan were chosen: by what rule, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import counted, format_integer, format_share, within_text
from geo.siting.candidates import LEAST_RESIDENTS_REMOTE

if TYPE_CHECKING:
    from geo.siting.candidates import CandidateRule
    from geo.siting.plan import Plan

_COST_UNPROVEN: Final = "ce que coûte cette règle n'est pas prouvé"
_HUNDREDTH: Final = 0.01
_DRAWN: Final = (
    "où l'on va déjà (préfecture ou sous-préfecture, bureau centralisateur de canton, bureau de poste ou ancienne MSAP)"
)


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


def rule_text(rule: CandidateRule | None, threshold_min: float, *, lifted: bool) -> str:
    """Return which communes could be chosen; empty: the candidates are places of a list; `lifted`: none met the rule.

    Examples
    --------
    >>> from geo.siting.candidates import EVERY_COMMUNE
    >>> rule_text(EVERY_COMMUNE, 20.0, lifted=False)
    'Communes candidates : celles sans site.'
    """
    if rule is None:
        return ""
    if lifted:
        return (
            "Aucune commune sans site ne répond à la règle des communes candidates : toutes ont été comparées, "
            "choisissez avec prudence."
        )
    least, drawn = rule.least_residents, f" {_DRAWN}" if rule.centralities else ""
    size = f" d'au moins {counted(least, 'habitant')}" if least else ""
    remote = ""
    if least > LEAST_RESIDENTS_REMOTE:
        remote = (
            f" ({format_integer(LEAST_RESIDENTS_REMOTE)} là où rien d'autre n'est {within_text(threshold_min)}, ou si "
            "neuf sur dix de ceux qu'une autre rapprocherait y habitent)"
        )
    return f"Communes candidates : celles sans site{size}{remote}{drawn}."


def rule_met_text(candidates: int) -> str:
    """Return that the rule leaves no commune without a site out.

    Examples
    --------
    >>> rule_met_text(1)
    'La seule commune comparée y répond : cette règle ne coûte rien.'
    """
    who = "La seule commune comparée y répond" if candidates == 1 else "Toutes les communes sans site y répondent"
    return f"{who} : {rule_cost_text(None)}."


def rule_cost_text(cost: float | None, *, proven: bool = True) -> str:
    """Return what the rule of the candidates gives up.

    `cost`: a share of the gain, 0 to 1, `None` or 0: nothing. `proven`: whether no choice without the rule is better.
    """
    if not cost or format_share(cost) == format_share(0.0):
        return "cette règle ne coûte rien" if proven else _COST_UNPROVEN
    if proven:
        return f"la règle coûte {format_share(cost)} du gain"
    return f"la règle coûte au moins {format_share(cost)} du gain" if cost >= _HUNDREDTH else _COST_UNPROVEN
