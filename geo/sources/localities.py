"""Hamlets, resorts and quarters known by a name of their own, and the commune that each belongs to.

The project's own table `data/france/localities.csv`: official tables of communes do not name them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.sources.commune_codes import normalise_codes
from geo.sources.delimited import read_delimited, require_columns, require_rows
from geo.sources.provenance import names_its_file

if TYPE_CHECKING:
    from pathlib import Path

#: Where the table lies in the data folder.
LOCALITIES_FILE: Final = "france/localities.csv"
LOCALITIES_CSV: Final = ("name", "kind", "commune_code", "lon", "lat")
#: What `kind` may be: the word that is said between the name and its commune ("Gourette, hameau d'Eaux-Bonnes").
LOCALITY_KINDS: Final = ("hameau", "quartier", "station", "île sans pont")
_DATASET: Final = "Hameaux, stations et quartiers"
_ADVICE: Final = "Rétablissez la table du projet (data/france/localities.csv)."


@names_its_file
def read_localities(path: Path) -> pd.DataFrame:
    """Read the table of hamlets, resorts and quarters.

    Returns
    -------
    `name`, `kind` (one of `LOCALITY_KINDS`), `commune_code` (INSEE), all text; `lon`, `lat` (float64, EPSG:4326; NaN
    where not known). A name that several communes share has a row for each of them.

    Raises
    ------
    SourceError
        The file is absent or cannot be read.
    SchemaError
        A row breaks the contract; lists every fault.
    """
    table = read_delimited(path, _DATASET)
    require_columns(table, LOCALITIES_CSV, _DATASET)
    degrees = table[["lon", "lat"]].apply(pd.to_numeric, errors="coerce").astype("float64")
    placed = (degrees["lon"].abs() <= 180) & (degrees["lat"].abs() <= 90)  # noqa: PLR2004 - degrees
    rules = {
        "nom absent": table["name"].notna(),
        f"nature : {', '.join(LOCALITY_KINDS)} attendu": table["kind"].isin(LOCALITY_KINDS),
        "code INSEE absent ou non reconnu": table["commune_code"] == normalise_codes(table["commune_code"]),
        "lieu déjà lu dans cette commune": ~table.duplicated(["name", "commune_code"]),
        "position : lon et lat attendues, ou rien": placed | table[["lon", "lat"]].isna().all(axis="columns"),
    }
    require_rows(_DATASET, rules, _ADVICE)
    return table[["name", "kind", "commune_code"]].join(degrees)
