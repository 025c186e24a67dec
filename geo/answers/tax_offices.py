"""What the nearest site saves compared with the nearest tax office, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.answer import Answer, Figure, half_at, nobody_known, residents_line
from geo.french import POPULATION_UNKNOWN, UNKNOWN, counted, format_integer, plural, said_minutes, said_time

if TYPE_CHECKING:
    from geo.access.time_saved import TimeSavedSummary

#: What is said where there is nothing to compare with.
NO_TAX_OFFICES: Final = (
    "Ce territoire n'a pas de liste des services des impôts : le temps gagné par rapport à eux n'est pas calculé."
)
_NOT_THE_SAME: Final = (
    "Un France services aide à faire sa déclaration et à comprendre un avis ; il ne remplace pas le service des impôts "
    "pour un paiement ou un contentieux."
)


def tax_offices_answer(communes: pd.DataFrame, summary: TimeSavedSummary) -> Answer:
    """Return the minutes saved on average, who is nearer to what, and who is not compared.

    Examples
    --------
    >>> from geo import Territory
    >>> from geo.access.time_saved import time_saved
    >>> tax_offices_answer(*time_saved(Territory.load("64"))).sentence.startswith("En moyenne, un habitant gagne ")
    True
    """
    sooner, later = summary.residents_sooner, summary.residents_later
    unknown, compared = nobody_known(summary.part), summary.residents_compared > 0
    nobody = POPULATION_UNKNOWN if unknown else "aucun habitant comparé"
    whom = "des habitants comparés" if round(summary.residents_not_compared) else "des habitants"
    figures = (
        Figure(
            "Perte médiane" if (summary.median_saved_min or 0) < 0 else "Gain médian",
            _length(summary.median_saved_min, estimated=summary.part.estimated),
            half_at(summary.part, "autant ou plus", whom) if compared else nobody,
        ),
        Figure(
            "Plus près d'un site",
            format_integer(sooner) if compared else UNKNOWN,
            f"sur {counted(summary.residents_compared, 'habitant')}" if compared else nobody,
        ),
        Figure(
            "Plus près des impôts",
            format_integer(later) if compared else UNKNOWN,
            plural(later, "habitant", "habitants") if compared else nobody,
        ),
    )
    where = "en allant au site France services le plus proche plutôt qu'au service des impôts"
    notes = [_NOT_THE_SAME]
    if unknown:
        return Answer(unknown, figures, tuple(_communes(communes)), tuple(notes))
    if summary.mean_saved_min is None:
        sentence = "Aucun habitant n'a de route à la fois vers un site et vers un service des impôts."
        return Answer(sentence, figures, (), tuple(notes))
    if round(summary.residents_not_compared):
        left = format_integer(summary.residents_not_compared)
        notes.append(f"Habitants non comptés, sans route vers l'un ou vers l'autre : {left}.")
    details = (
        (
            f"Le site est plus proche d'une minute au moins pour {counted(sooner, 'habitant')}, plus loin pour "
            f"{counted(later, 'habitant')}."
        ),
        *_communes(communes),
    )
    gain = _gain(summary.mean_saved_min, estimated=summary.part.estimated)
    return Answer(f"En moyenne, un habitant {gain} {where}.", figures, details, tuple(notes))


def communes_by_saving(communes: pd.DataFrame) -> pd.DataFrame:
    """Return the communes, those that save most first, those of unknown times last."""
    return communes.sort_values("saved_min", ascending=False, na_position="last", kind="stable")


def saved_lines(communes: pd.DataFrame) -> list[list[str]]:
    """Return what a map says of each commune: minutes saved, both times, residents."""
    return [
        [
            _saved_line(row["saved_min"], estimated=row.get("estimated", False)),
            f"France services : {said_time(row, 'site_time_min')}",
            f"Impôts : {said_time(row, 'other_time_min')}",
            residents_line(row["population"]),
        ]
        for row in communes.to_dict("records")
    ]


def _communes(communes: pd.DataFrame) -> list[str]:
    """Return how many communes gain nothing, in one sentence; none where no time is known."""
    saved = communes["saved_min"].dropna()
    nothing = int((saved <= 0).sum())
    if saved.empty:
        return []
    if nothing == len(saved):
        return ["Aucune commune n'y gagne."]
    if nothing == 0:
        return ["La seule commune y gagne." if len(communes) == 1 else "Toutes les communes y gagnent."]
    verb = plural(nothing, "n'y gagne rien", "n'y gagnent rien")
    return [f"{counted(nothing, 'commune')} {verb}."]


def _gain(minutes: float, *, estimated: bool) -> str:
    if round(minutes, 1) == 0:
        return "ne gagne ni ne perd de temps"
    return f"{'gagne' if minutes > 0 else 'perd'} {_length(minutes, estimated=estimated)}"


def _saved_line(minutes: Any, *, estimated: bool) -> str:
    lost = not pd.isna(minutes) and minutes < 0
    return f"Temps {'perdu' if lost else 'gagné'} : {_length(minutes, estimated=estimated)}"


def _length(minutes: Any, *, estimated: bool) -> str:
    """Return the minutes gained or lost, without their sign: the word beside them tells which."""
    return said_minutes(None if pd.isna(minutes) else abs(minutes), estimated=estimated)
