"""INSEE commune codes: repairing them, and the three cities that also have a code per arrondissement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.folding import fold
from geo.french import agreed, format_integer, in_number
from geo.text_columns import each_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Names under which official and other usual files give the commune code, folded, most precise first.
CODE_COLUMNS: Final = (
    *("code insee", "insee com", "code commune", "commune code", "codgeo", "depcom", "com"),
    *("code insee commune", "code commune insee", "com code", "ref insee", "insee", "codeinsee"),
    *("code com", "com insee", "insee commune", "codecommune", "code insee de la commune", "code"),
)

_VALID: Final = re.compile(r"(?:0[1-9]|[13-8]\d|2[1-9AB]|9[0-57-8])\d{3}", re.ASCII)
#: A code that lost its leading zero, and the decimals that it was given.
_SHORT: Final = re.compile(r"[1-9]\d{3}", re.ASCII)
_DECIMALS: Final = re.compile(r"\.0+$")
_ARRONDISSEMENTS: Final = {"75056": (75101, 75120), "69123": (69381, 69389), "13055": (13201, 13216)}

#: Code of each municipal arrondissement -> code of its city (Paris, Lyon, Marseille).
CITY_OF_ARRONDISSEMENT: Final = {
    str(code): city for city, (first, last) in _ARRONDISSEMENTS.items() for code in range(first, last + 1)
}

_MAX_LISTED: Final = 10


def first_named(columns: Iterable[str], usual: Iterable[str]) -> str | None:
    """Return the first column that has one of the usual names (folded), `None` if none has.

    Examples
    --------
    >>> first_named(["name", "ref:INSEE"], CODE_COLUMNS)
    'ref:INSEE'
    """
    folded = {fold(str(column)): str(column) for column in reversed(list(columns))}
    return next((folded[name] for name in usual if name in folded), None)


def normalise_codes(codes: pd.Series) -> pd.Series:
    """Return commune codes as five characters.

    A spreadsheet that took codes for numbers loses the leading zero (``1001``) or adds decimals
    (``64483.0``); both are undone, and Corsica's letter is put in upper case.

    Returns
    -------
    Dtype "string", same index; <NA> where the value is no commune code.
    """
    return each_text(codes, _normal_code)


def _normal_code(text: str) -> str | None:
    """Return a commune code as five characters, `None` where the text is none."""
    code = _DECIMALS.sub("", text.strip().upper())
    code = f"0{code}" if _SHORT.fullmatch(code) else code
    return code if _VALID.fullmatch(code) else None


def city_of(codes: Iterable[str]) -> pd.Series:
    """Return the city of each code that is a municipal arrondissement, <NA> for the others, indexed by code."""
    index = pd.Index(list(codes), dtype="string")
    return pd.Series(index.map(CITY_OF_ARRONDISSEMENT.get), index=index, dtype="string")


def listed(codes: Iterable[str]) -> str:
    """Return the distinct codes in order as text: ``64009, 64541``; beyond ten the rest is counted."""
    distinct = sorted(set(codes))
    shown = ", ".join(distinct[:_MAX_LISTED])
    hidden = len(distinct) - _MAX_LISTED
    return shown if hidden <= 0 else f"{shown} et {agreed(hidden, 'autre(s)')}"


@dataclass(frozen=True, slots=True)
class CommuneNote:
    """A note about some communes of a file, which may cover more than a study area.

    `template` is a French sentence where ``{count}`` stands for the number of communes, ``{codes}`` for the first of
    their codes and ``{residents}`` for the sum of `residents`; `codes` are distinct; `residents` is in the same
    order, empty where the sentence does not count them.
    """

    template: str
    codes: tuple[str, ...]
    residents: tuple[int, ...] = ()

    @classmethod
    def of(cls, template: str, codes: Iterable[str]) -> CommuneNote:
        """Return the note about these codes, each taken once."""
        return cls(template, tuple(sorted({str(code) for code in codes})))

    @property
    def sentence(self) -> str:
        """The note as a French sentence."""
        template = in_number(len(self.codes), self.template)
        count, residents = format_integer(len(self.codes)), format_integer(sum(self.residents))
        return template.format(count=count, codes=listed(self.codes), residents=residents)

    def about(self, concerns: Callable[[str], bool]) -> CommuneNote:
        """Return the note about those of its communes that `concerns` tells."""
        kept = [i for i, code in enumerate(self.codes) if concerns(code)]
        return CommuneNote(
            self.template,
            tuple(self.codes[i] for i in kept),
            tuple(self.residents[i] for i in kept) if self.residents else (),
        )
