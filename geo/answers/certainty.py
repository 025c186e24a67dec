"""How sure a coverage is, and how much of the agents' time there is for each resident, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.answer import NO_SIDE_CHANGED, Answer, Figure, half_of, nobody_known, residents_line
from geo.answers.capacity import unmatched_note
from geo.french import (
    POPULATION_UNKNOWN,
    SEMICOLON,
    UNIT_SPACE,
    UNKNOWN,
    capital,
    counted,
    estimated_interval,
    format_decimal,
    format_integer,
    format_minutes,
    format_share,
    plural,
    within_text,
)
from geo.kinds import facility_phrase

if TYPE_CHECKING:
    from geo.access.catchment import Catchment
    from geo.access.sensitivity import Run, Sensitivity

_NO_CAPACITY: Final = (
    "Aucun site n'a de capacité connue (horaires, ou demandes par mois) : celle dont disposent les habitants ne peut "
    "pas être estimée."
)
_NEIGHBOURS: Final = (
    "Les habitants des territoires voisins ne sont pas comptés : près des limites, la capacité est surestimée."
)


def certainty_answer(sensitivity: Sensitivity) -> Answer:
    """Return a coverage as an interval, how many communes may be on either side, and the hypotheses.

    Examples
    --------
    >>> from geo import Territory
    >>> from geo.access.sensitivity import sensitivity
    >>> certainty_answer(sensitivity(Territory.load("64"))).sentence.startswith("Entre ")
    True
    """
    low, high = sensitivity.lowest, sensitivity.highest
    hypotheses = f"Hypothèses : {', '.join(map(_hypothesis, sensitivity.runs))}."
    known = sensitivity.part.residents_known > 0
    flipping = len(sensitivity.flipping)
    figures = (
        Figure("Au moins", format_share(low.share_within), _run_detail(low)),
        Figure("Au plus", format_share(high.share_within), _run_detail(high)),
        Figure(
            "Communes près du seuil",
            format_integer(flipping),
            counted(sensitivity.residents_flipping, "habitant") if known else POPULATION_UNKNOWN,
        ),
    )
    sides = NO_SIDE_CHANGED
    if flipping:
        sides = f"{counted(flipping, 'commune')} {plural(flipping, 'passe', 'passent')} d'un côté à l'autre du seuil"
    if unknown := nobody_known(sensitivity.part):
        return Answer(f"{unknown.removesuffix('.')}{SEMICOLON}{sides}.", figures, (hypotheses,))
    place = facility_phrase(sensitivity.facilities).removeprefix("d'")
    shares = [format_share(run.share_within) for run in (low, high)]
    people = [format_integer(run.residents_within) for run in (low, high)]
    within = f"ont {place} {within_text(sensitivity.threshold_min)}"
    if people[0] == people[1]:
        start = f"Quelle que soit l'hypothèse, {shares[0]} des habitants ({people[0]}) {within}"
    else:
        start = f"Entre {shares[0]} et {shares[1]} des habitants ({people[0]} à {people[1]}) {within}"
    return Answer(f"{start}{SEMICOLON}{sides}.", figures, (hypotheses,))


def interval_figure(sensitivity: Sensitivity) -> Figure:
    """Return the interval as one figure."""
    shares = [format_share(run.share_within) for run in (sensitivity.lowest, sensitivity.highest)]
    estimated = sensitivity.part.estimated
    bounds = f"bornes {'des temps estimés' if estimated else 'mesurées des temps'}"
    return Figure(
        "Selon les temps",
        shares[0] if shares[0] == shares[1] else f"{shares[0]} à {shares[1]}",
        f"des habitants {within_text(sensitivity.threshold_min)}, {bounds}",
    )


def run_rows(sensitivity: Sensitivity) -> list[list[str]]:
    """Return one row a hypothesis: its name, residents within the threshold, their share, communes under-served."""
    known = sensitivity.part.residents_known > 0
    return [
        [
            capital(_hypothesis(run)),
            format_integer(run.residents_within) if known else UNKNOWN,
            format_share(run.share_within),
            format_integer(run.communes_under_served),
        ]
        for run in sensitivity.runs
    ]


def interval_lines(sensitivity: Sensitivity) -> list[list[str]]:
    """Return what a map says of each commune: its shortest and longest mean time, its residents."""
    columns = ("travel_time_low_min", "travel_time_high_min", "population")
    return [
        [_between(low, high, estimated=sensitivity.part.estimated), residents_line(population)]
        for low, high, population in zip(*(sensitivity.communes[name] for name in columns), strict=True)
    ]


def communes_near_threshold(sensitivity: Sensitivity) -> pd.DataFrame:
    """Return the communes whose side of the threshold depends on the hypothesis, the nearest to a site first."""
    return sensitivity.flipping.sort_values("travel_time_min", kind="stable")


def communes_by_capacity(catchment: Catchment) -> pd.DataFrame:
    """Return the communes of a catchment, the least served first, those of unknown capacity last."""
    return catchment.communes.sort_values("capacity_per_1000", na_position="last", kind="stable")


def capacity_answer(catchment: Catchment) -> Answer:
    """Return the time of agents (or the requests) within reach of half of the residents, and what it leaves out."""
    notes = []
    if catchment.sites_estimated:
        estimated = format_integer(catchment.sites_estimated)
        notes.append(f"Sites sans nombre de demandes, estimés d'après leurs heures : {estimated}.")
    if catchment.sites_unknown or catchment.neighbour_sites_unknown:
        around = catchment.neighbour_sites_unknown
        beside = f" (sites voisins : {format_integer(around)})" if around else ""
        notes.append(f"Sites de capacité inconnue, non comptés : {format_integer(catchment.sites_unknown)}{beside}.")
    notes += unmatched_note(catchment.requests_unmatched)
    per = f"pour {format_integer(1000)} habitants"
    notes += [
        _NEIGHBOURS,
        (
            f"Unité : {catchment.unit}, {per}. Deux sites qui partagent les mêmes habitants ne comptent pas double, et "
            "un site éloigné compte moins qu'un site voisin (méthode E2SFCA, Luo et Qi, 2009 : poids 1 jusqu'à 10 min, "
            "0,68 jusqu'à 20, 0,22 jusqu'à 30)."
        ),
    ]
    if unknown := nobody_known(catchment.part):
        return Answer(unknown, notes=tuple(notes))
    if catchment.median_per_1000 is None:
        return Answer(_NO_CAPACITY, notes=tuple(notes))
    median = catchment.median_per_1000
    unit = catchment.unit if median >= 2 else catchment.unit.replace("s ", " ", 1)  # noqa: PLR2004 - 1,3 heure
    amount = f"{format_decimal(median)} {unit}"
    some_unknown = catchment.sites_unknown or catchment.neighbour_sites_unknown
    nothing = "sans capacité connue" if some_unknown else "sans rien"
    part = catchment.part
    have, them = "ont au plus", "d'eux"
    if part.starts_known == 1:
        have, them = plural(part.residents_known, "a", "ont"), plural(part.residents_known, "de lui", "d'eux")
    sentence = (
        f"{capital(half_of(part))} {have} {amount} {per} autour {them}{SEMICOLON}{nothing} {within_text(30)} : "
        f"{counted(catchment.residents_without, 'habitant')}."
    )
    return Answer(sentence, notes=tuple(notes))


def _between(low: Any, high: Any, *, estimated: bool) -> str:
    if pd.isna(low) or pd.isna(high):
        return "Aucun temps connu"
    if estimated:
        return capital(estimated_interval(low, high))
    return f"De {format_minutes(low)} à {format_minutes(high)}"


def _run_detail(run: Run) -> str:
    people = counted(run.residents_within, "habitant") if run.residents_known > 0 else POPULATION_UNKNOWN
    return f"{_hypothesis(run)} : {people}"


def _hypothesis(run: Run) -> str:
    return run.name.replace(" %", f"{UNIT_SPACE}%")
