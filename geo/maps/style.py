"""The look that maps and screens share, and the answer of a coverage in one sentence."""

from __future__ import annotations

from typing import Final, Protocol

from geo.french import THIN_SPACE, UNIT_SPACE, format_integer, format_share
from geo.kinds import facility_phrase

#: One calm accent for the markers of the map and for the screens.
ACCENT: Final = "#1c5d73"
#: Dark ink of outlines and hatching.
INK: Final = "#1d2b33"


class Totals(Protocol):
    """The totals of a coverage that a sentence needs (see `geo.access.coverage.summarize`)."""

    @property
    def population(self) -> float:
        """Residents of the study area, 0 where unknown."""

    @property
    def population_covered(self) -> float:
        """Residents within the threshold."""

    @property
    def communes(self) -> int:
        """Communes of the study area."""

    @property
    def communes_unreachable(self) -> int:
        """Communes with no known time, those off the network included."""

    @property
    def communes_off_network(self) -> int:
        """Communes that the road network does not cover."""

    @property
    def population_off_network(self) -> float:
        """Residents of those."""

    @property
    def communes_under_served(self) -> int:
        """Communes that the rule calls under-served."""


def coverage_sentence(totals: Totals, threshold_min: float, facilities: str) -> str:
    """Return the answer of a coverage in one French sentence.

    Parameters
    ----------
    totals
        Totals of the study area.
    threshold_min
        Threshold in minutes.
    facilities
        Name of the facility list.
    """
    threshold = f"{threshold_min:g}".replace(".", ",")
    where = f"à moins de {threshold}{UNIT_SPACE}min {facility_phrase(facilities)}"
    parts = [_people(totals, where), _under_served(totals), *_without_time(totals)]
    return f"{f'{THIN_SPACE}; '.join(parts)}."


def _people(totals: Totals, where: str) -> str:
    if round(totals.population) == 0:
        return "La population n'est pas connue"
    # Off the network a time is not long, it is unknown: those residents are told apart.
    known = round(totals.population - totals.population_off_network)
    covered = round(totals.population_covered)
    whose = " dont le trajet est connu" if totals.communes_off_network else ""
    if known == 0:
        return "Aucun trajet n'est connu"
    if known == 1:
        return f"Le seul habitant{whose} est {where}" if covered else f"Le seul habitant{whose} n'est pas {where}"
    if covered == known:
        return f"Tous les habitants{whose} ({format_integer(known)}) sont {where}"
    if covered == 0:
        return f"Aucun des {format_integer(known)} habitants{whose} n'est {where}"
    share = format_share(covered / known)
    start = share[0].upper() + share[1:]
    return f"{start} des habitants{whose} ({format_integer(covered)} sur {format_integer(known)}) sont {where}"


def _under_served(totals: Totals) -> str:
    under, communes = totals.communes_under_served, totals.communes
    if under == 0:
        return "aucune commune n'est sous-desservie"
    if under == communes == 1:
        return "la seule commune est sous-desservie"
    if under == 1:
        return "1 commune est sous-desservie"
    if under == communes:
        return f"les {format_integer(communes)} communes sont toutes sous-desservies"
    return f"{format_integer(under)} communes sont sous-desservies"


def _without_time(totals: Totals) -> list[str]:
    off_network = totals.communes_off_network
    no_way = totals.communes_unreachable - off_network
    parts = []
    if no_way:
        parts.append(f"{_communes(no_way)} {_be(no_way)} sans route vers un lieu")
    if off_network:
        known = round(totals.population) > 0
        residents = f" ({format_integer(totals.population_off_network)} habitants)" if known else ""
        parts.append(f"{_communes(off_network)}{residents} {_be(off_network)} hors du réseau routier")
    return parts


def _communes(count: int) -> str:
    return "1 commune" if count == 1 else f"{format_integer(count)} communes"


def _be(count: int) -> str:
    return "est" if count == 1 else "sont"
