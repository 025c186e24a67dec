"""The option ``--columns``: which column of a file is what, where its name does not say so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

import typer

from geo.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Files other than lists of places -> what a column of theirs may be.
_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "communes": ("code", "name", "population"),
    "population": ("code", "population"),
}
#: A comma may be part of a column's name: it only ends it before another role.
_NEXT_ROLE: Final = re.compile(r",(?=\s*[a-z_]+\s*=)")
_LIST: Final = re.compile(r"\s*([^=:]+?)\s*:(?=.*=)")

Columns = Annotated[
    list[str] | None,
    typer.Option(
        help="Colonnes des lieux candidats, si leurs noms ne sont pas reconnus : name=COL,position=COL (ou lon=COL,"
        "lat=COL), id=COL ; répétable.",
        metavar="ROLE=COLONNE",
    ),
]
FileColumns = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        "--places-columns",
        help="Colonnes d'un fichier, si leurs noms ne sont pas reconnus. LISTE : sites (par défaut), communes, "
        "population, ou le nom donné à --places. ROLE : name, id, lon, lat, position (les deux en une colonne), "
        "address, postcode, commune_code, commune_name, phone, email, website, opening_hours, comment, kind ; code, "
        "name et population pour les communes. Répétable.",
        metavar="[LISTE:]ROLE=COLONNE,…",
    ),
]


def columns_by_list(texts: Sequence[str], default: str) -> dict[str, dict[str, str]]:
    """Return the columns given as ``LIST:ROLE=COLUMN,ROLE=COLUMN``: column by role, by list.

    `default`: The list that is meant where none is named.

    Raises
    ------
    ParameterError
        Another form, or a role that does not exist.

    Examples
    --------
    >>> columns_by_list(["communes:code=ref:INSEE", "position=coordonnées (lat, lon)"], "sites")
    {'communes': {'code': 'ref:INSEE'}, 'sites': {'position': 'coordonnées (lat, lon)'}}
    """
    from geo.sources.place_columns import ROLES

    chosen: dict[str, dict[str, str]] = {}
    for text in texts:
        found = _LIST.match(text)
        name, pairs = (found[1], text[found.end() :]) if found else (default, text)
        roles = _ROLES.get(name, ROLES)
        for pair in _NEXT_ROLE.split(pairs):
            role, _, column = (part.strip() for part in pair.partition("="))
            role = "facility_id" if role == "id" and name not in _ROLES else role
            if role not in roles or not column:
                shown = ", ".join("id" if each == "facility_id" else each for each in roles)
                msg = f"--columns « {text[:80]} » refusé. Attendu : [LISTE:]ROLE=COLONNE, le rôle étant {shown}."
                raise ParameterError(msg)
            chosen.setdefault(name, {})[role] = column
    return chosen
