"""The names that lead to a commune, in the spellings by which they are searched; those of all of France are kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo import french
from geo.finder import other_names as naming
from geo.finder import spelling
from geo.finder.other_names import with_other_names
from geo.finder.spelling import spelled_out, spelled_out_each, telling
from geo.settings import Settings, kept_roads
from geo.sources.kept_frames import content_key, kept_frames
from geo.territory.place_names import other_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

#: What tells homonyms apart in the official name: "Castillon (Canton de Lembeye)" is called Castillon.
_TOLD_APART: Final = re.compile(r"\s*\([^()]*\)\s*$")
#: Name of the one table in its folder.
_NAMES: Final = "names"
#: Files of the project, in its folder of data, that tell the names.
_FILES: Final = tuple(f"france/{name}.csv" for name in ("communes", "former_communes", "arrondissements", "localities"))


def name_table(communes: pd.DataFrame, others: pd.DataFrame | None = None) -> pd.DataFrame:
    """Spell out the names of communes, and what else leads to them.

    Parameters
    ----------
    communes
        Indexed by commune code, columns `name`, `departement`, `postcodes`, `population`, `lon`, `lat` of a commune
        table.
    others
        What else leads to them (`geo.territory.place_names.other_names`); those of other communes are left out.

    Returns
    -------
    Index 0..n-1, communes of today first. `code`, `name`, `label` (as shown), `kind` (empty: a commune of today),
    `departement`, `postcodes` (empty: unknown); `lon`, `lat`; `today`: position of the commune of today; `size`:
    logarithm of its residents; `size_rank`: 0 the most populated. Spellings: `words`; `compact`, without spaces;
    `called`, compact, without what tells homonyms apart; `bare`, without small words; `in_order`, the same, sorted;
    `joined`, bare without spaces. `by_words`, `by_bare`: positions in the order of these.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"name": "St-Pée-sur-Nivelle", "departement": "64", "postcodes": "64310", "population": 6_869}
    >>> table = name_table(pd.DataFrame([row | {"lon": -1.55, "lat": 43.35}], index=["64495"]))
    >>> table.loc[0, ["words", "bare", "in_order"]].tolist()
    ['saint pee sur nivelle', 'saint pee nivelle', 'nivelle pee saint']
    """
    communes, today = with_other_names(communes, others)
    names = communes["name"].astype(str).to_list()
    spelled = spelled_out_each(names)
    compact = ["".join(words) for words in spelled]
    bare = [" ".join(telling(words)) for words in spelled]
    population = communes["population"].to_numpy(np.float64, na_value=0.0)
    texts: dict[str, Sequence[str]] = {
        "code": communes.index.astype(str).to_list(),
        "name": names,
        "label": communes["label"].astype(str).to_list(),
        "kind": communes["kind"].astype(str).to_list(),
        "departement": communes["departement"].astype(str).to_list(),
        "postcodes": communes["postcodes"].fillna("").astype(str).to_list(),
        "words": [" ".join(words) for words in spelled],
        "compact": compact,
        "called": [
            "".join(spelled_out(_TOLD_APART.sub("", name))) if "(" in name else same
            for name, same in zip(names, compact, strict=True)
        ],
        "bare": bare,
        "in_order": [" ".join(sorted(name.split())) for name in bare],
        "joined": [name.replace(" ", "") for name in bare],
    }
    numbers = {
        "lon": communes["lon"].to_numpy(np.float64),
        "lat": communes["lat"].to_numpy(np.float64),
        "today": today.astype(np.int64),
        "size": np.log10(1.0 + population),
        "size_rank": np.argsort(np.argsort(-population, kind="stable"), kind="stable"),
        "by_words": _alphabet(texts["words"]),
        "by_bare": _alphabet(texts["bare"]),
    }
    return pd.DataFrame({name: pd.array(text, dtype="string") for name, text in texts.items()} | numbers)


def names_place(settings: Settings) -> Path:
    """Return the folder of `embedded_names`; raise as `content_key`."""
    code = (__file__, *(str(module.__file__) for module in (naming, spelling, french)))
    key = content_key([settings.data_dir / file for file in _FILES], code)
    return kept_roads(settings.france_dir) / f"names-{key}"


def embedded_names(communes: pd.DataFrame) -> pd.DataFrame:
    """Return `name_table` of all communes of the embedded France and of all other names, kept beside its roads."""
    place = names_place(Settings.from_environment())
    made = kept_frames(
        place, [_NAMES], lambda: {_NAMES: name_table(communes, other_names())}, what="des noms de communes"
    )
    return made[_NAMES]


def _alphabet(texts: Sequence[str]) -> NDArray[np.int64]:
    return np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
