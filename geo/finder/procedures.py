"""What people come for: everyday procedures, the operator that handles each, and its official site.

Two tables are kept by hand beside this module. `operators.csv` gives the year since which each operator is
represented in every France services site (9 in 2019, 11 in 2024, 13 in 2025; only the years are published together).
`procedures.csv` names the procedures in the words people use; `noted_on` is the month in which a row was written.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from geo.folding import fold

if TYPE_CHECKING:
    import datetime as dt

#: What is said of sites that charge for free procedures.
LOOK_ALIKES: Final = (
    "Ces démarches sont gratuites, en ligne comme au guichet ; seuls restent dus taxes, timbres et affranchissements. "
    "Des sites privés qui imitent les sites officiels les font payer : n'utilisez que les adresses données ici. "
    "Un site de l'État se termine par .gouv.fr ; les caisses et France Travail ont leur propre adresse."
)
#: What can still be done where no site is open or near.
FROM_HOME: Final = (
    "Téléphonez au site le plus proche pendant ses heures d'ouverture, ou écrivez-lui : on peut vous aider ainsi.",
    "La plupart des démarches se font sur le site officiel de l'organisme, gratuitement et à toute heure.",
    "Un proche, ou un conseiller, peut faire la démarche à votre place si vous lui donnez un mandat.",
)
#: The mandate, in plain words.
MANDATE: Final = (
    "Le mandat est un accord écrit et signé : vous y nommez la personne qui agit pour vous, la démarche et sa durée. "
    "Un conseiller France services vous le propose ; il ne fait rien de plus que ce qui y est écrit. "
    "Vous pouvez y mettre fin à tout moment. Ne donnez jamais votre mot de passe par téléphone ou par courriel."
)


@dataclass(frozen=True, slots=True)
class Operator:
    """An organisation represented in every site; `aliases` are other names, `since_year` the year it joined."""

    key: str
    name: str
    aliases: tuple[str, ...]
    since_year: int
    website: str

    def is_called(self, name: str) -> bool:
        """Tell whether a name, or a key, means this operator; case and accents do not matter."""
        return fold(name) in {fold(known) for known in (self.key, self.name, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure as a citizen names it.

    `examples` are other words for it; `operator` the key of who handles it; `online` what its official site
    (`website`) is for; `where_handled` where it is done in person; `noted_on` the year and month of the row.
    """

    key: str
    label: str
    examples: tuple[str, ...]
    operator: str
    online: str
    where_handled: str
    website: str
    noted_on: str


@cache
def procedures() -> tuple[Procedure, ...]:
    """Return all procedures, in the order in which they are offered."""
    rows: list[dict[str, Any]] = [row | {"examples": _several(row["examples"])} for row in _rows("procedures.csv")]
    return tuple(Procedure(**row) for row in rows)


def operators(on: dt.date) -> tuple[Operator, ...]:
    """Return the operators represented in every site on a day (their first year counts whole)."""
    every = [
        Operator(row["key"], row["name"], _several(row["aliases"]), int(row["since_year"]), row["website"])
        for row in _rows("operators.csv")
    ]
    return tuple(operator for operator in every if operator.since_year <= on.year)


def find_operator(name: str, on: dt.date) -> Operator | None:
    """Return the operator that a name or a key means, among those of a day; `None` where none does."""
    return next((operator for operator in operators(on) if operator.is_called(name)), None)


def _several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("; "))


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with resources.files("geo.finder").joinpath(name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
