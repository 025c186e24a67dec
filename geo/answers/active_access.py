"""Who is near a place on foot or by bicycle, in words: residents, communes, what is to be minded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.answer import Answer, Figure, known_note, residents_line
from geo.answers.coverage import people_within
from geo.answers.without_car import residents_notes
from geo.french import (
    SEMICOLON,
    UNIT_SPACE,
    UNKNOWN,
    capital,
    counted,
    format_integer,
    format_share,
    joined,
    minutes_text,
    quoted,
    within_text,
)
from geo.kinds import facility_phrase
from geo.network.modes import ESTIMATED_NOTE, FARTHEST_KM, MODES, RELIEF_ALONG
from geo.network.slopes import relief_note

if TYPE_CHECKING:
    from geo.access.active_access import ActiveAccess
    from geo.territory import Territory

#: What `near_rows` tells.
NEAR_HEADS: Final = ("Commune", "Habitants", "Part sous le seuil", "Habitants sous le seuil", "Le plus proche")
#: How many communes are named in a sentence.
_NAMED: Final = 3


def active_answer(territory: Territory, found: ActiveAccess) -> Answer:
    """Return who is near a place on foot or by bicycle.

    Examples
    --------
    >>> from geo import Territory
    >>> from geo.access.active_access import active_access
    >>> from geo.question import Question
    >>> territory = Territory.load("64")
    >>> answer = active_answer(territory, active_access(territory, Question(20), "walk"))
    >>> " ".join(answer.figures[0].label.split())
    'Habitants à 20 min ou moins à pied'
    """
    return Answer(
        active_sentence(found),
        _figures(found),
        details=tuple(filter(None, (_communes_without(found), known_note(found.summary.part)))),
        notes=(
            f"À {minutes_text(found.question.threshold_min)} juste, un habitant compte parmi ceux qui sont assez près.",
            *active_notes(territory, found.mode),
            *residents_notes(territory),
        ),
    )


def active_sentence(found: ActiveAccess) -> str:
    """Return how many residents are near enough, and in how many communes somebody is."""
    part, total = found.summary.part, len(found.communes)
    people = people_within(found.summary, MODES[found.mode])
    if part.communes_known == 0:
        return f"{people}{SEMICOLON}le réseau routier ne couvre aucune commune."
    near = part.communes_known - len(found.communes_without)
    where = within_text(found.question.threshold_min)
    if part.residents_known > 0:
        some = "des habitants au moins le sont" if near else "personne ne l'est"
    else:
        some = f"on est {where} {MODES[found.mode]} {facility_phrase(found.question.facilities)}"
    of_all = f"{counted(near, 'commune')} sur {format_integer(part.communes_known)}"
    if near == part.communes_known and near == total:
        of_all = "chaque commune"
    if not near:
        return f"{people}."
    return f"{people}{SEMICOLON}dans {of_all}, {some}."


def active_notes(territory: Territory, mode: str) -> tuple[str, ...]:
    """Return how ways on foot or by bicycle are known, and how slopes count."""
    streets = territory.active.get(mode)
    if streets is not None:
        return (f"{capital(MODES[mode])}, temps le long des rues connues.", relief_note(streets))
    far = (
        f"{capital(MODES[mode])}, aucun temps n'est estimé au-delà de {FARTHEST_KM[mode]:g}{UNIT_SPACE}km en ligne "
        f"droite : ces habitants comptent parmi ceux qui sont au-delà du seuil."
    )
    return (ESTIMATED_NOTE, far, RELIEF_ALONG)


def near_sentence(row: Any, found: ActiveAccess) -> str:
    """Return what is known of one commune, a row of `ActiveAccess.communes`."""
    return f"{row['name']} ({residents_line(row['residents']).lower()}) : {SEMICOLON.join(_parts(row, found))}."


def near_lines(found: ActiveAccess) -> list[list[str]]:
    """Return the lines of a map about each commune."""
    rows = found.communes.to_dict("records")
    return [[residents_line(row["residents"]), *map(capital, _parts(row, found))] for row in rows]


def near_rows(communes: pd.DataFrame) -> list[list[str]]:
    """Return rows of `ActiveAccess.communes` as texts under `NEAR_HEADS`."""
    return [
        [
            str(row["name"]),
            format_integer(row["residents"]),
            UNKNOWN if pd.isna(row["share_within"]) else format_share(row["share_within"]),
            format_integer(row["residents_within"]),
            "" if pd.isna(row["facility_name"]) else str(row["facility_name"]),
        ]
        for row in communes.to_dict("records")
    ]


def _parts(row: Any, found: ActiveAccess) -> list[str]:
    share = row["share_within"]
    if pd.isna(share):
        return ["hors du réseau routier, trajet inconnu"]
    where = f"{within_text(found.question.threshold_min)} {MODES[found.mode]}"
    if found.summary.part.estimated:
        where = f"{where}, selon une estimation"
    whom = "aucun habitant n'est" if share <= 0 else f"{format_share(share)} des habitants sont"
    site = "" if pd.isna(row["facility_name"]) else f"le plus proche est {quoted(row['facility_name'])}"
    return [each for each in (f"{whom} {where}", site) if each]


def _figures(found: ActiveAccess) -> tuple[Figure, ...]:
    summary, without = found.summary, found.communes_without
    known = summary.part.residents_known
    figures = []
    if known > 0:
        label = f"Habitants {within_text(summary.threshold_min)} {MODES[found.mode]}"
        people = f"{format_integer(summary.residents_within)} sur {format_integer(known)}"
        beyond = Figure("Habitants au-delà", format_integer(known - summary.residents_within), "ou sans aucun chemin")
        figures = [Figure(label, format_share(summary.share_covered), people), beyond]
    people = f"{SEMICOLON}{counted(without['residents_known'].sum(), 'habitant')}" if known > 0 else ""
    communes = f"sur {format_integer(summary.part.communes_known)}{people}"
    return (*figures, Figure("Communes où personne ne l'est", format_integer(len(without)), communes))


def _communes_without(found: ActiveAccess) -> str:
    """Return in how many communes nobody is near enough, how many live there, and which are the largest."""
    without, total = found.communes_without, found.summary.part.communes_known
    where = f"{within_text(found.question.threshold_min)} {MODES[found.mode]}"
    if without.empty:
        return ""
    known = bool(without["residents_known"].notna().any())
    people = f" ({counted(without['residents_known'].sum(), 'habitant')})" if known else ""
    largest = without.sort_values("residents", ascending=False, kind="stable")["name"].head(_NAMED)
    start = ("les plus peuplées : " if known else "dont ") if len(without) > _NAMED else ""
    return (
        f"Personne n'est {where} dans {counted(len(without), 'commune')} sur {format_integer(total)}{people}"
        f"{SEMICOLON}{start}{joined(largest.tolist())}."
    )
