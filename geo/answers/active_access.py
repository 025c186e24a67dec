"""Who is near a place on foot or by bicycle, in words: residents, communes, what is to be minded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.answer import Answer, Figure, known_note, most_populous, naming, residents_line
from geo.answers.coverage import people_within
from geo.answers.without_car import residents_notes
from geo.french import (
    SEMICOLON,
    UNIT_SPACE,
    UNKNOWN,
    WITHIN,
    capital,
    counted,
    format_integer,
    format_share,
    minutes_text,
    plural,
    quoted,
    within_text,
)
from geo.kinds import SITES, facility_phrase
from geo.network.modes import ESTIMATED_NOTE, FARTHEST_KM, MODES, RELIEF_ALONG
from geo.network.slopes import relief_note

if TYPE_CHECKING:
    from geo.access.active_access import ActiveAccess
    from geo.territory import Territory

#: What `near_rows` tells.
NEAR_HEADS: Final = ("Commune", "Habitants", f"Part {WITHIN}", f"Habitants {WITHIN}", "Le plus proche")


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
        details=tuple(
            filter(
                None,
                (
                    _communes_without(found),
                    _centres_beyond(found),
                    known_note(found.summary.part),
                ),
            )
        ),
        notes=(
            f"À {minutes_text(found.question.threshold_min)} juste, un habitant compte parmi ceux qui sont assez près.",
            *active_notes(territory, found.mode),
            *residents_notes(territory),
        ),
    )


def active_sentence(found: ActiveAccess) -> str:
    """Return how many residents are near enough, and in how many communes somebody, or the centre, is."""
    part, total = found.summary.part, len(found.communes_counted)
    people = people_within(found.summary, MODES[found.mode])
    if part.communes_known == 0:
        return f"{people}{SEMICOLON}le réseau routier ne couvre aucune commune."
    near = total - len(found.communes_without) - len(found.communes_centre_beyond)
    if not near and len(found.communes_centre_beyond):
        where = f"{within_text(found.question.threshold_min)} {MODES[found.mode]}"
        return f"Aucune commune n'a son centre {where} {facility_phrase(found.question.facilities)}."
    if not near:
        return f"{people}."
    communes = f"{counted(near, 'commune')} sur {format_integer(total)}"
    if near == total == len(found.communes):
        communes = plural(total, "la seule commune", "chaque commune")
    centre = found.communes_counted["at_one_point"]
    if part.residents_known <= 0:
        where = f"{within_text(found.question.threshold_min)} {MODES[found.mode]}"
        where = f"{where} {facility_phrase(found.question.facilities)}"
        said = f"le centre de {communes} est {where}" if centre.all() else f"dans {communes}, on est {where}"
    elif not round(found.summary.residents_within):
        said = f"le centre de {communes} l'est" if centre.all() else f"dans {communes}, on l'est"
    elif centre.all():
        said = f"c'est le cas du centre de {communes}"
    else:
        whom = "d'une partie au moins des habitants" + (", ou du centre," if centre.any() else "")
        said = f"c'est le cas {whom} dans {communes}"
    return f"{people}{SEMICOLON}{said}."


def active_notes(territory: Territory, mode: str) -> tuple[str, ...]:
    """Return how ways on foot or by bicycle are known, and how slopes count."""
    streets = territory.active.get(mode)
    if streets is not None:
        return (f"{capital(MODES[mode])}, temps le long des rues connues.", relief_note(streets))
    far = (
        f"{capital(MODES[mode])}, aucun temps n'est estimé au-delà de {FARTHEST_KM[mode]:g}{UNIT_SPACE}km en ligne "
        f"droite : les habitants plus loin comptent parmi ceux qui sont au-delà du seuil."
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
            _share_words(row),
            format_integer(row["residents_within"]),
            "" if pd.isna(row["facility_name"]) else str(row["facility_name"]),
        ]
        for row in communes.to_dict("records")
    ]


def _parts(row: Any, found: ActiveAccess) -> list[str]:
    share = row["share_within"]
    if pd.isna(share):
        return ["hors du réseau routier, trajet inconnu"]
    way = MODES[found.mode] + (", selon une estimation" if found.summary.part.estimated else "")
    near = f"{within_text(found.question.threshold_min)} {way}"
    site = "" if pd.isna(row["facility_name"]) else f"le plus proche est {quoted(row['facility_name'])}"
    inside = ""
    if not row["at_one_point"]:
        said = f"aucun habitant n'est {near}" if share <= 0 else f"{format_share(share)} des habitants sont {near}"
    elif share > 0:
        said = f"le centre de la commune est {near}"
    else:
        said = f"le centre de la commune est à plus de {minutes_text(found.question.threshold_min)} {way}"
        inside = "un lieu compté est dans la commune : des habitants peuvent en être près" if row["holds_place"] else ""
    return [each for each in (said, inside, site) if each]


def _share_words(row: Any) -> str:
    """Return the share of a commune, or on which side its centre is where it stands for all residents."""
    share = row["share_within"]
    if pd.isna(share):
        return UNKNOWN
    if row["at_one_point"]:
        return "centre assez près" if share > 0 else "centre trop loin"
    return format_share(share)


def _figures(found: ActiveAccess) -> tuple[Figure, ...]:
    summary, without = found.summary, found.communes_without
    known = summary.part.residents_known
    figures = []
    if known > 0:
        label = f"Habitants {within_text(summary.threshold_min)} {MODES[found.mode]}"
        people = f"{format_integer(summary.residents_within)} sur {format_integer(known)}"
        beyond = Figure("Habitants au-delà", format_integer(known - summary.residents_within), "ou sans aucun chemin")
        figures = [Figure(label, format_share(summary.share_covered), people), beyond]
    total, centre = len(found.communes_counted), found.communes_counted["at_one_point"]
    kinds = [] if centre.all() and total else [("Communes où personne ne l'est", without)]
    if centre.any():
        kinds.append(("Communes dont le centre ne l'est pas", found.communes_centre_beyond))
    for label, communes in kinds:
        people = f"{SEMICOLON}{counted(communes['residents_known'].sum(), 'habitant')}" if known > 0 else ""
        figures.append(Figure(label, format_integer(len(communes)), f"sur {format_integer(total)}{people}"))
    return tuple(figures)


def _communes_without(found: ActiveAccess) -> str:
    """Return in how many communes nobody is near enough, how many live there, and which are the largest."""
    without = found.communes_without
    if without.empty:
        return ""
    where = f"{within_text(found.question.threshold_min)} {MODES[found.mode]}"
    return f"Personne n'est {where} dans {_communes_and_people(found, without)}{_largest(without)}."


def _centres_beyond(found: ActiveAccess) -> str:
    """Return of how many communes counted at their centre it is too far; those with a place are not called far."""
    beyond = found.communes_centre_beyond
    if beyond.empty:
        return ""
    holding, others = beyond[beyond["holds_place"]], beyond[~beyond["holds_place"]]
    far = f"à plus de {minutes_text(found.question.threshold_min)} {MODES[found.mode]}"
    said = f"Le centre de {_communes_and_people(found, beyond)} est {far}".replace("de les ", "des ", 1)
    if len(holding):
        place = "un site" if found.question.facilities == SITES else "un lieu de la liste"
        which = "elle" if len(beyond) == 1 else f"{format_integer(len(holding))} d'entre elles"
        whose = plural(len(holding), "a pourtant", "ont pourtant")
        nobody = holding["residents_known"].notna().all() and not holding["residents_known"].sum()
        near = "" if nobody else ", et des habitants peuvent en être près"
        said += f"{SEMICOLON}{which} {whose} {place}{near}"
    if len(others):
        said += _largest(others, others=len(holding) > 0)
    return f"{said}."


def _communes_and_people(found: ActiveAccess, communes: pd.DataFrame) -> str:
    total = len(found.communes_counted)
    said = f"{counted(len(communes), 'commune')} sur {format_integer(total)}"
    if len(communes) == total:
        said = plural(total, "la seule commune", f"les {counted(total, 'commune')}")
    if found.summary.part.residents <= 0 or not communes["residents_known"].notna().any():
        return said
    return f"{said} ({counted(communes['residents_known'].sum(), 'habitant')})"


def _largest(communes: pd.DataFrame, *, others: bool = False) -> str:
    """Return the names of the most populous of some communes; `others`: as for `naming`."""
    names = communes.sort_values("residents", ascending=False, kind="stable")["name"].tolist()
    return naming(names, most_populous(communes["residents_known"]), others=others)
