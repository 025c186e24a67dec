"""Names that lead to a commune of the embedded France (former communes, hamlets, resorts), and its intercommunality."""

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


def intercommunality_name(commune_code: str) -> str | None:
    """Return the name of the intercommunality of a commune; `None` where it has none, or is none of today.

    Examples
    --------
    >>> intercommunality_name("64422")
    'Communauté de communes du Haut Béarn'
    """
    siren = intercommunality_siren(commune_code)
    tables = read_tables(Settings.from_environment().data_dir / FRANCE_FOLDER)
    return None if siren is None else str(tables.intercommunalities.loc[siren, "name"])


def intercommunality_siren(commune_code: str) -> str | None:
    """Return the SIREN of the intercommunality of a commune; `None` where it has none, or is none of today.

    Examples
    --------
    >>> intercommunality_siren("64422")
    '200067262'
    """
    siren = read_tables(Settings.from_environment().data_dir / FRANCE_FOLDER).intercommunality.get(commune_code)
    return None if pd.isna(siren) else str(siren)


def intercommunality_sirens(commune_codes: pd.Series) -> pd.Series:
    """Return `intercommunality_siren` of many communes, on the same index; <NA> where it would be `None`.

    Examples
    --------
    >>> intercommunality_sirens(pd.Series(["64422", "00000"])).isna().to_list()
    [False, True]
    """
    known = read_tables(Settings.from_environment().data_dir / FRANCE_FOLDER).intercommunality
    return known.reindex(commune_codes).set_axis(commune_codes.index)


@cache
def _other_names(data_dir: Path) -> pd.DataFrame:
    localities = read_localities(data_dir / LOCALITIES_FILE)
    return pd.concat([_former_communes(data_dir), localities.set_index("commune_code", drop=False)])


@cache
def _former_communes(data_dir: Path) -> pd.DataFrame:
    former, own = read_tables(data_dir / FRANCE_FOLDER).former, read_arrondissements(data_dir / ARRONDISSEMENTS_FILE)
    placed = {name: former[name].fillna(own[name].reindex(former.index)) for name in ("lon", "lat")}
    return former.assign(**placed).join(own[["postcodes", "population"]])
