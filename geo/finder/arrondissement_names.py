"""Municipal arrondissements as people type them: "Paris 15", "Lyon 3ème arr."."""

from __future__ import annotations

import re
from typing import Final

#: Arrondissements and code of the département of each city that has some.
_CITIES: Final = {"paris": (20, 75), "lyon": (9, 69), "marseille": (16, 13)}
_TYPED: Final = re.compile(
    rf"\W*({'|'.join(_CITIES)})\W+(\d{{1,2}})\s?(er|e|eme|ème|ième|ieme)?(?:\W+arr[a-z]*)?\W*", re.IGNORECASE | re.ASCII
)


def official_name(text: str) -> str:
    """Return a text that names an arrondissement as INSEE writes it; any other as it is.

    A number alone that is the city's département is that: "Marseille 13".

    Examples
    --------
    >>> official_name("paris 15"), official_name("Lyon 1er arr."), official_name("Marseille 13")
    ('paris 15e Arrondissement', 'Lyon 1er Arrondissement', 'Marseille 13')
    """
    found = _TYPED.fullmatch(text)
    if found is None:
        return text
    city, number = found[1], int(found[2])
    most, departement = _CITIES[city.lower()]
    if not 1 <= number <= most or (number == departement and found[3] is None):
        return text
    return f"{city} {number}{'er' if number == 1 else 'e'} Arrondissement"
