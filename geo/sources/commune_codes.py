"""INSEE commune codes: repairing them, and the three cities that also have a code per arrondissement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Column names under which official files give the commune code, in lower case, most precise first.
CODE_COLUMNS: Final = ("code_insee", "insee_com", "code_commune", "commune_code", "codgeo", "depcom", "com", "code")

_VALID: Final = r"(?:0[1-9]|[13-8]\d|2[1-9AB]|9[0-57-8])\d{3}"
_ARRONDISSEMENTS: Final = {"75056": (75101, 75120), "69123": (69381, 69389), "13055": (13201, 13216)}

#: Code of each municipal arrondissement -> code of its city (Paris, Lyon, Marseille).
CITY_OF_ARRONDISSEMENT: Final = {
    str(code): city for city, (first, last) in _ARRONDISSEMENTS.items() for code in range(first, last + 1)
}

_MAX_LISTED: Final = 100


def normalise_codes(codes: pd.Series) -> pd.Series:
    """Return commune codes as five characters.

    A spreadsheet that took codes for numbers loses the leading zero (``1001``) or adds decimals
    (``64483.0``); both are undone, and Corsica's letter is put in upper case.

    Parameters
    ----------
    codes
        Codes of any dtype.

    Returns
    -------
    pandas.Series
        Dtype "string", same index; <NA> where the value is no commune code.
    """
    text = codes.astype("string").str.strip().str.upper().str.replace(r"\.0+$", "", regex=True)
    text = text.where(~text.str.fullmatch(r"[1-9]\d{3}").fillna(value=False), "0" + text)
    return text.where(text.str.fullmatch(_VALID).fillna(value=False))


def city_of(codes: Iterable[str]) -> pd.Series:
    """Return the city of each code that is a municipal arrondissement, <NA> for the others, indexed by code."""
    index = pd.Index(list(codes), dtype="string")
    return pd.Series(index.map(CITY_OF_ARRONDISSEMENT.get), index=index, dtype="string")


def listed(codes: Iterable[str]) -> str:
    """Return the distinct codes in order as text: ``64009, 64541``; beyond a hundred the rest is counted."""
    distinct = sorted(set(codes))
    shown = ", ".join(distinct[:_MAX_LISTED])
    hidden = len(distinct) - _MAX_LISTED
    return shown if hidden <= 0 else f"{shown} et {hidden} autre(s)"
