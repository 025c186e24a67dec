"""The shape of an answer, and how it names the part of a territory that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.french import (
    DRIVING_ONLY,
    ESTIMATED_TIMES,
    SEMICOLON,
    UNIT_SPACE,
    capital,
    counted,
    format_integer,
    format_share,
    is_plural,
    joined,
    minutes_text,
    plural,
    population_text,
    said_minutes,
    share_interval,
    within_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geo.access.known_part import KnownPart


#: Share of a time below which nothing changes: sums of floats miss the last bit.
_SAME: Final = 1e-9
#: Communes named of many.
_NAMED: Final = 3


class Figure(NamedTuple):
    """One figure in French: `label`, `value` (rounded, with its unit) and `detail`: what it is out of or against."""

    label: str
    value: str
    detail: str


def naming(names: Sequence[str], quality: str, *, others: bool = False) -> str:
    """Return communes by name, as what ends a sentence about them: all where they are few, else the first.

    `quality`: What the first are, empty where it is not known. `others`: Some of those counted were spoken of before.

    Examples
    --------
    >>> " ".join(naming(["Sare"], "les plus peuplées").split())
    ': Sare'
    >>> " ".join(naming(["Sare", "Ascain", "Ahetze", "Ainhoa"], "").split())
    '; parmi elles : Sare, Ascain et Ahetze'
    >>> " ".join(naming(["Sare"], "", others=True).split())
    "; l'autre : Sare"
    """
    told = joined(names[:_NAMED])
    if len(names) <= _NAMED:
        rest = SEMICOLON + plural(len(names), "l'autre", "les autres") if others else ""
        return f"{rest}{UNIT_SPACE}: {told}"
    start = ", ".join(filter(None, ("parmi les autres" if others else "", quality))) or "parmi elles"
    return f"{SEMICOLON}{start}{UNIT_SPACE}: {told}"


def most_populous(residents: pd.Series) -> str:
    """Return what the largest communes named of many are, by their residents; empty where some of those have nobody."""
    largest = residents.astype("Float64").fillna(0.0).nlargest(_NAMED)
    return "les plus peuplées" if (largest > 0).all() else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to one question, in French plain text; names of files are as they are: a page escapes them.

    Attributes
    ----------
    sentence
        The answer.
    figures
        The few figures that it rests on, in the order of the screen.
    details
        Further sentences, the most important first.
    notes
        What is to be minded: what is not counted, not known or assumed.
    """

    sentence: str
    figures: tuple[Figure, ...] = ()
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The sentence, the details and the notes, in the order in which they are read."""
        return [self.sentence, *self.details, *self.notes]


def part_title(name: str, part: KnownPart) -> str:
    """Return the name of a territory, with how many communes it is about where that is not all of them."""
    if part.communes_known == part.communes:
        return name
    return f"{name}, {counted(part.communes_known, 'commune')}"


def times_notes(part: KnownPart) -> list[str]:
    """Return that times are estimates, where they are, and what a time by car is."""
    return [*([ESTIMATED_TIMES] if part.estimated else []), DRIVING_ONLY]


def known_note(part: KnownPart) -> str:
    """Return whom all shares are of; empty where the way and the number of all residents are known.

    Every screen, page and command says it once.
    """
    return " ".join(filter(None, (ways_note(part), _numbers_note(part))))


def ways_note(part: KnownPart) -> str:
    """Return whose ways all shares and times are of; empty: everybody's are known. The key of a map says the rest."""
    if part.is_whole:
        return ""
    off = part.communes - part.communes_known
    outside = f" ; {counted(off, 'commune')} hors du réseau routier" if off else ""
    if part.residents_known <= 0:
        return (
            f"Le réseau routier couvre {counted(part.communes_known, 'commune')} sur {format_integer(part.communes)} ; "
            f"ailleurs, les trajets ne sont pas connus."
        )
    known = (
        f"les {format_integer(part.residents_known)} habitants"
        if is_plural(part.residents_known)
        else "le seul habitant"
    )
    return (
        f"Parts et temps calculés sur {known} dont le trajet est connu, sur {format_integer(part.residents)} dans le "
        f"territoire{outside}."
    )


def _numbers_note(part: KnownPart) -> str:
    """Return of how many communes nobody is counted; empty where that is so of none, or of all."""
    unknown = part.communes_population_unknown
    if not unknown or part.residents <= 0:
        return ""
    whose = plural(unknown, "ses habitants", "leurs habitants")
    return (
        f"La population de {counted(unknown, 'commune')} sur {format_integer(part.communes)} n'est pas connue : "
        f"{whose} ne sont pas comptés."
    )


def far_rule(threshold_min: float) -> str:
    """Return when a resident is too far: the rule behind every count of those within a threshold.

    Examples
    --------
    >>> from geo.french import UNIT_SPACE
    >>> far_rule(20.0).partition(SEMICOLON)[0].replace(UNIT_SPACE, " ")
    'Un habitant est trop loin à plus de 20 min en voiture du lieu le plus proche'
    """
    minutes = minutes_text(threshold_min)
    return (
        f"Un habitant est trop loin à plus de {minutes} en voiture du lieu le plus proche{SEMICOLON}à {minutes} juste, "
        "il ne l'est pas."
    )


def far_criterion(threshold_min: float) -> str:
    """Return when a label meets the criterion of being far from what there is.

    Examples
    --------
    >>> from geo.french import UNIT_SPACE
    >>> far_criterion(20.0).replace(UNIT_SPACE, " ")
    "Règle : oui si des habitants servis, ou la commune d'accueil, sont à plus de 20 min d'un site."
    """
    far = minutes_text(threshold_min)
    return f"Règle : oui si des habitants servis, ou la commune d'accueil, sont à plus de {far} d'un site."


#: Said where no commune changes.
NO_SIDE_CHANGED: Final = "aucune commune ne change de côté du seuil"


def changing_sides(count: int, *, under_served: bool) -> str:
    """Return how many communes become under-served, or are no more: ``"2 communes deviennent sous-desservies"``."""
    one, many = ("devient", "deviennent") if under_served else ("n'est plus", "ne sont plus")
    return f"{counted(count, 'commune')} {plural(count, f'{one} sous-desservie', f'{many} sous-desservies')}"


def passing_sides(gained: float, lost: float, threshold_min: float) -> str:
    """Return how many residents come within a threshold, and how many leave it; empty where nobody does.

    Examples
    --------
    >>> from geo.french import UNIT_SPACE
    >>> passing_sides(1, 2, 20).replace(UNIT_SPACE, " ")
    "1 habitant passe à 20 min ou moins d'un site et 2 passent au-delà"
    """
    moves = []
    if round(gained):
        verb = plural(gained, "passe", "passent")
        moves.append(f"{counted(gained, 'habitant')} {verb} {within_text(threshold_min)} d'un site")
    if round(lost):
        verb = plural(lost, "passe", "passent")
        alone = f"{counted(lost, 'habitant')} {verb} à plus de {minutes_text(threshold_min)} d'un site"
        moves.append(f"{format_integer(lost)} {verb} au-delà" if moves else alone)
    return " et ".join(moves)


def half_of(part: KnownPart, whom: str = "des habitants") -> str:
    """Return whom a median is of: half of some residents, or all where they start from one place.

    Examples
    --------
    >>> from geo.access.known_part import KnownPart
    >>> [half_of(KnownPart(people, people, 1, 1, starts_known=starts)) for people, starts in ((9, 2), (9, 1), (1, 1))]
    ['la moitié des habitants', 'tous les habitants', 'le seul habitant']
    """
    if part.starts_known != 1:
        return f"la moitié {whom}"
    return "tous les habitants" if is_plural(part.residents_known) else "le seul habitant"


def half_at(part: KnownPart, bound: str, whom: str = "des habitants") -> str:
    """Return what a median is: ``"ou moins, pour la moitié des habitants"``; all have it who start from one place."""
    return f"{'' if part.starts_known == 1 else f'{bound}, '}pour {half_of(part, whom)}"


def nobody_known(part: KnownPart) -> str:
    """Return why no resident can be counted; empty where some can."""
    if part.residents_known > 0:
        return ""
    if part.residents > 0:
        return "Aucun trajet n'est connu : le réseau routier ne couvre aucun habitant."
    return "La population n'est pas connue : aucun habitant ne peut être compté."


def estimated_bounds(bounds: tuple[float | None, float | None]) -> str:
    """Return that a share is of estimated times, in brackets, with its bounds unless they read alike.

    `bounds`: As `KnownPart.bounds`; empty where times are measured, or nobody's way is known.

    Examples
    --------
    >>> [estimated_bounds(bounds).replace(UNIT_SPACE, " ") for bounds in ((0.8, 0.9), (0.9, 0.9), (None, None))]
    [' (temps estimés : entre 80 et 90 %)', ' (temps estimés)', '']
    """
    if None in bounds:
        return ""
    interval = share_interval(*bounds)
    return f" (temps estimés : {interval})" if interval else " (temps estimés)"


def change_of_time(before: float, after: float) -> str:
    """Return by how much a mean time changes, as a share of it, from the exact times.

    Two estimated times, each rounded to 5 minutes, would differ by more or less than what changes; as a share it is the
    same at every bound of the times.

    Examples
    --------
    >>> from geo.french import UNIT_SPACE
    >>> [change_of_time(*times).replace(UNIT_SPACE, " ") for times in ((12.4, 11.0), (10.0, 10.5), (0.0, 0.0))]
    ['baisse de 11 %', 'augmente de 5 %', 'ne change pas']
    """
    share = (after - before) / before if before else 0.0
    if abs(share) <= _SAME:
        return "ne change pas"
    return f"{'baisse' if share < 0 else 'augmente'} de {format_share(abs(share))}"


def times_told(before: float | None, after: float | None, *, estimated: bool) -> str:
    """Return one time before and after: both, or how the first changes where they are estimated or read alike.

    Examples
    --------
    >>> from geo.french import UNIT_SPACE
    >>> [times_told(12, 11, estimated=estimated).replace(UNIT_SPACE, " ") for estimated in (False, True)]
    ['12,0 min avant, 11,0 min après', 'baisse de 8 % (avant : environ 10 min)']
    """
    was, will = said_minutes(before, estimated=estimated), said_minutes(after, estimated=estimated)
    if before is not None and after is not None and (estimated or was == will):
        return f"{change_of_time(before, after)} (avant : {was})"
    return f"{was} avant, {will} après"


def residents_line(population: Any) -> str:
    """Return the residents of a commune as a line; <NA>: unknown."""
    return capital(population_text(population))
