"""What leads to a commune of today beside its own name: former communes, arrondissements, hamlets, resorts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.folding import fold
from geo.sources.localities import LOCALITY_KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Kind of a municipal arrondissement.
ARRONDISSEMENT: Final = "ARM"
#: Kinds of what has an INSEE code of its own: arrondissements, delegated and associated communes.
FORMER_KINDS: Final = (ARRONDISSEMENT, "COMD", "COMA")
_CONTRACTED: Final = ((re.compile(r"^Le\s+"), "du "), (re.compile(r"^Les\s+"), "des "))


def with_other_names(communes: pd.DataFrame, others: pd.DataFrame | None) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Add other names after those of the communes of today; return also which commune (position) each is in.

    Without postcodes, and where the commune of today is, unless they have their own.

    A column `label` is the name as it is shown: with that of the commune of today, unless that is said by it
    (municipal arrondissements).
    """
    own = pd.DataFrame(communes).assign(label=communes["name"].astype(str), kind="")
    if others is None:
        return own, np.arange(len(own))
    today = own.index.get_indexer(pd.Index(others["commune_code"]))
    others, today = others[today >= 0], today[today >= 0]
    now = own["label"].iloc[today].to_numpy(dtype=object)
    labels = np.array(
        [shown_name(*row) for row in zip(others["name"], others["kind"], now, strict=True)],
        dtype=object,
    )
    old = own.iloc[today].set_axis(others.index)
    old = old.assign(name=others["name"].to_numpy(dtype=object), postcodes="", label=labels, kind=others["kind"])
    for column in ("postcodes", "population", "lon", "lat"):
        if column in others:
            old[column] = others[column].astype(old[column].dtype).fillna(old[column])
    return pd.concat([own, old]), np.concatenate([np.arange(len(own)), today])


def of_commune(name: str) -> str:
    """Return the name of a commune after "de", contracted or elided.

    Examples
    --------
    >>> of_commune("Eaux-Bonnes"), of_commune("Les Belleville"), of_commune("La Teste-de-Buch")
    ("d'Eaux-Bonnes", 'des Belleville', 'de La Teste-de-Buch')
    """
    for pattern, words in _CONTRACTED:
        if pattern.match(name):
            return pattern.sub(words, name)
    return f"d'{name}" if fold(name)[:1] in set("aeiou") or name == "Huez" else f"de {name}"


def shown_name(name: str, kind: str, commune: str) -> str:
    """Return another name as it is shown: with that of its commune of today, unless it is said by it.

    `kind`: One of `FORMER_KINDS` or of `geo.sources.localities.LOCALITY_KINDS`.

    Examples
    --------
    >>> shown_name("Gourette", "hameau", "Eaux-Bonnes"), shown_name("Urdès", "COMD", "Lacq")
    ("Gourette, hameau d'Eaux-Bonnes", "Urdès, aujourd'hui Lacq")
    """
    if kind == ARRONDISSEMENT:
        return name
    return f"{name}, {kind} {of_commune(commune)}" if kind in LOCALITY_KINDS else f"{name}, aujourd'hui {commune}"
