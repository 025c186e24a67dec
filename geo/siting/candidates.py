"""Places where a label could be given: every commune, or a list of places such as former MSAP or post offices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.kinds import COUNTED_KINDS, SITES
from geo.sources.commune_codes import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geo.territory import Territory

#: Columns of a candidate table (index 0..n-1, by `code`): `code`: commune code, or identifier of a place (text,
#: unique); `name`; `lon`, `lat`: degrees; `commune_code`, `commune_name`: where it lies; `holds_site`: bool, whether
#: a counted site lies in that commune today.
CANDIDATE_COLUMNS: Final = ("code", "name", "lon", "lat", "commune_code", "commune_name", "holds_site")


def candidate_communes(territory: Territory, *, kinds: Collection[str] = COUNTED_KINDS) -> pd.DataFrame:
    """Return every commune of a study area as a candidate, at the point where its residents are.

    Returns
    -------
    `CANDIDATE_COLUMNS`.
    """
    communes = territory.communes
    table = pd.DataFrame(
        {
            "code": communes.index.astype("string"),
            "name": communes["name"].array,
            "lon": communes["lon"].array,
            "lat": communes["lat"].array,
            "commune_code": communes.index.astype("string"),
            "commune_name": communes["name"].array,
        }
    )
    return _finished(table, territory, kinds=kinds)


def candidate_places(
    territory: Territory, places: gpd.GeoDataFrame, *, kinds: Collection[str] = COUNTED_KINDS
) -> pd.DataFrame:
    """Return the places of a list that lie in a study area as candidates.

    `places`: As `geo.sources.places.read_places` reads them (`geo.schemas.FACILITY_COLUMNS`), EPSG:4326.

    Returns
    -------
    `CANDIDATE_COLUMNS`. The commune is the one whose contour holds the place; a place that no contour of the study
    area holds is left out.
    """
    communes = territory.communes
    found = gpd.sjoin(places[["facility_id", "name", "geometry"]], communes[["geometry"]], predicate="intersects")
    # On a shared border: the first commune.
    found = found[~found.index.duplicated()]
    commune = found[found.columns[-1]].astype("string")
    table = pd.DataFrame(
        {
            "code": found["facility_id"].array,
            "name": found["name"].array,
            "lon": found.geometry.x.array,
            "lat": found.geometry.y.array,
            "commune_code": commune.array,
            "commune_name": communes["name"].reindex(commune).array,
        }
    )
    return _finished(table, territory, kinds=kinds)


def without_excluded(tables: Sequence[pd.DataFrame], exclude: Collection[str]) -> list[pd.DataFrame]:
    """Leave out candidates by their code or by the code of their commune.

    Raises
    ------
    ParameterError
        A code that no candidate has, or no candidate is left.
    """
    codes = {str(code).strip() for code in exclude}
    known = {code for table in tables for column in ("code", "commune_code") for code in table[column]}
    if unknown := codes - known:
        msg = f"Exclusion refusée : aucun lieu candidat n'a le code {listed(unknown)}. Vérifiez ces codes."
        raise ParameterError(msg)
    kept = [
        table[~(table["code"].isin(codes) | table["commune_code"].isin(codes))].reset_index(drop=True)
        for table in tables
    ]
    if not any(map(len, kept)):
        msg = "Aucun lieu candidat : la liste est vide, hors du territoire, ou entièrement exclue."
        raise ParameterError(msg)
    return kept


def _finished(table: pd.DataFrame, territory: Territory, *, kinds: Collection[str]) -> pd.DataFrame:
    sites = territory.facility_list(SITES, kinds=kinds)
    table["holds_site"] = np.asarray(table["commune_code"].isin(sites["commune_code"].dropna()), bool)
    for column in ("code", "name", "commune_code", "commune_name"):
        table[column] = table[column].astype("string")
    return table.sort_values("code", kind="stable")[list(CANDIDATE_COLUMNS)].reset_index(drop=True)
