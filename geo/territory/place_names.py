"""Names that lead to a commune of today in the embedded France: former communes, arrondissements, hamlets, resorts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from geo.settings import Settings
from geo.sources.arrondissements import ARRONDISSEMENTS_FILE, read_arrondissements
from geo.sources.localities import LOCALITIES_FILE, read_localities
from geo.territory.embedded import FRANCE_FOLDER, read_tables

if TYPE_CHECKING:
    from pathlib import Path


def former_communes() -> pd.DataFrame:
    """Return the former communes of the embedded France: `EmbeddedTables.former`.

    Municipal arrondissements have `postcodes`, `population`, `lon` and `lat` of their own, the others at most the two
    last ones.
    """
    return _former_communes(Settings.from_environment().data_dir)


def other_names() -> pd.DataFrame:
    """Return what else leads to a commune of today: `former_communes`, then hamlets, resorts and quarters.

    `name`, `kind`, `commune_code`, `lon` and `lat` (NaN: none of its own) and, of municipal arrondissements,
    `postcodes` and `population`.
    """
    return _other_names(Settings.from_environment().data_dir)


@cache
def _other_names(data_dir: Path) -> pd.DataFrame:
    localities = read_localities(data_dir / LOCALITIES_FILE)
    return pd.concat([_former_communes(data_dir), localities.set_index("commune_code", drop=False)])


@cache
def _former_communes(data_dir: Path) -> pd.DataFrame:
    former, own = read_tables(data_dir / FRANCE_FOLDER).former, read_arrondissements(data_dir / ARRONDISSEMENTS_FILE)
    placed = {name: former[name].fillna(own[name].reindex(former.index)) for name in ("lon", "lat")}
    return former.assign(**placed).join(own[["postcodes", "population"]])
