"""What may be asked of a plan: how many labels, which model, and which options apply together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.errors import ParameterError
from geo.french import format_number
from geo.question import DEFAULT_LABELS, check_threshold
from geo.siting.solve import MODELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting.solve import Model

#: More labels than this are taken for a mistake: it is the State's aim for all of France.
MOST_NEW: Final = 3_000


def labels_asked(new: int | None, budget_labels: int | None, model: Model) -> int | None:
    """Return how many labels are asked for, paid or not; `None` where the model finds their number itself.

    Examples
    --------
    >>> labels_asked(None, 2, "coverage"), labels_asked(5, 2, "coverage"), labels_asked(None, None, "set-cover")
    (2, 5, None)
    """
    if model == "set-cover":
        return None
    if new is None:
        return DEFAULT_LABELS if budget_labels is None else min(budget_labels, MOST_NEW)
    return new


def labels_to_give(asked: int | None, budget_labels: int | None) -> int | None:
    """Return how many of the labels asked for may be given: those that the budget pays, where there is one.

    Examples
    --------
    >>> labels_to_give(5, 2), labels_to_give(5, None), labels_to_give(None, 2)
    (2, 5, None)
    """
    return asked if asked is None or budget_labels is None else min(asked, budget_labels)


def check_options(
    model: str, asked: int | None, threshold_min: float, min_share: float | None, time_limit_s: float
) -> None:
    """Raise `ParameterError` for an option outside what is accepted."""
    check_threshold(threshold_min)
    if model not in MODELS:
        msg = f"Modèle « {model} » inconnu. Modèles possibles : {', '.join(MODELS)}."
        raise ParameterError(msg)
    if asked is not None and not 0 <= asked <= MOST_NEW:
        msg = f"{asked} nouveaux labels demandés : un nombre de 0 à {MOST_NEW} est attendu."
        raise ParameterError(msg)
    if min_share is not None and (model != "set-cover" or not 0 < min_share <= 1):
        msg = (
            f"Part de {format_number(min_share)} refusée : elle va de 0 à 1 et n'a de sens que pour le modèle "
            f"set-cover (le moins de labels pour couvrir cette part des habitants)."
        )
        raise ParameterError(msg)
    if not time_limit_s > 0:
        msg = f"Durée de {format_number(time_limit_s)} s refusée : un nombre de secondes positif est attendu."
        raise ParameterError(msg)


def check_together(given: Mapping[str, Any], *, model: str, payer: str) -> None:
    """Raise `ParameterError` for options that do not apply together.

    `given`: Value of ``--new``, ``--candidates``, ``--budget`` and ``règle`` (of the communes), `None` where not given.
    """
    if model == "set-cover" and given["--new"] is not None:
        msg = (
            f"Modèle set-cover et {given['--new']} labels demandés : ce modèle trouve lui-même leur nombre. Retirez "
            f"--new, ou choisissez le modèle coverage."
        )
        raise ParameterError(msg)
    if given["--candidates"] is not None and given["règle"] is not None:
        msg = (
            "Une liste de lieux candidats et une règle sur les communes ont été données : la règle ne porte que sur "
            "des communes. Retirez l'une ou l'autre."
        )
        raise ParameterError(msg)
    if payer != "all" and given["--budget"] is None:
        msg = "Qui paie n'a de sens qu'avec un budget : donnez --budget, ou retirez --payer."
        raise ParameterError(msg)
