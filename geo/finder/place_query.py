"""What a visitor typed, read: the words of a name, and the département or the postcode that tells homonyms apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.finder.arrondissement_names import official_name
from geo.finder.spelling import spelled_out
from geo.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Longest query that is looked at, in characters; the longest name of a commune has 45.
MAX_QUERY: Final = 200
_POSTCODE: Final = re.compile(r"(?<!\d)(\d{2})\s?(\d{3})(?!\d)")
_DEPARTEMENT_FIRST: Final = re.compile(r"^\W*(\d{2,3}|2[ab])\b(?=\W*\w)", re.IGNORECASE)
_DEPARTEMENT_LAST: Final = re.compile(r"(?<=\w)\W+(\d{2,3}|2[ab])\W*$", re.IGNORECASE)
_ASIDE: Final = re.compile(r"[,(]([^,()]+)\)?\s*$")
#: INSEE code of a commune of Corsica, the only ones with a letter.
_CORSICAN: Final = re.compile(r"2[ABab]\d{3}", re.ASCII)
_CEDEX: Final = re.compile(r"\bcedex\b(\s*\d{1,2}\b)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """What a text says: words of a name (spelled out), and what tells homonyms apart.

    `postcode` may also be an INSEE code, alone.
    """

    words: tuple[str, ...]
    postcode: str | None
    departement: str | None


def parse_query(query: str, departements: Mapping[str, str], departement_at: Callable[[str], str | None]) -> PlaceQuery:
    """Read what a visitor typed.

    Parameters
    ----------
    query
        Its first `MAX_QUERY` characters are read.
    departements
        Code of each département that may be meant, by its folded name and by its code in small letters.
    departement_at
        Gives the département of a postcode, `None` where it is unknown.

    Examples
    --------
    >>> parse_query("St Jean de Luz (64)", {"64": "64"}, lambda postcode: None)
    PlaceQuery(words=('saint', 'jean', 'de', 'luz'), postcode=None, departement='64')
    """
    if corsican := _CORSICAN.fullmatch(query.strip()):
        return PlaceQuery((), corsican[0].upper(), corsican[0][:2].upper())
    text = official_name(_CEDEX.sub(" ", query[:MAX_QUERY]))
    postcode = departement = None
    if found := _POSTCODE.search(text):
        postcode = found[1] + found[2]
        text = f"{text[: found.start()]} {text[found.end() :]}".strip()
    if (aside := _ASIDE.search(text)) and (code := departements.get(fold(aside[1]))):
        text, departement = text[: aside.start()], code
    for pattern in (_DEPARTEMENT_LAST, _DEPARTEMENT_FIRST):
        found = pattern.search(text)
        if departement is None and found and (code := departements.get(found[1].lower())):
            text, departement = f"{text[: found.start()]} {text[found.end() :]}", code
    if departement is None and postcode is not None:
        departement = departement_at(postcode)
    return PlaceQuery(spelled_out(text), postcode, departement)
