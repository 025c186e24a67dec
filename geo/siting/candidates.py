"""Places where a label could be given: communes that people already go to, every commune, or a list of places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.french import format_number
from geo.kinds import COUNTED_KINDS, SITES
from geo.network.snapping import street_positions
from geo.question import DEFAULT_LEAST_RESIDENTS
from geo.sources.centralities import SERVICES, embedded_centralities
from geo.sources.commune_codes import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from geo.territory import Territory

#: Residents that a candidate commune has at least where no site, and no larger candidate, is within the threshold, or
#: where nearly all live whom a larger candidate would bring within it.
LEAST_RESIDENTS_REMOTE: Final = 300
#: A commune that holds such a site is never a candidate; one that holds an antenne may be, to become a site.
_HOLDS: Final = "main"

#: Columns of a candidate table (index 0..n-1, by `code`): `code`: commune code, or identifier of a place (text,
#: unique); `name`; `lon`, `lat`: degrees; `commune_code`, `commune_name`: where it lies; `holds_site`: bool, whether
#: a counted site lies in that commune today; `centrality`: text, what draws people to that commune
#: (`geo.sources.centralities.SERVICES`, ", " between), empty where nothing is known to; `credible`: bool, whether the
#: commune meets the rule asked (true for all places of a list); `small`: bool, whether it would where nothing else is
#: near (`geo.siting.problem.SitingProblem.with_remote_towns`).
CANDIDATE_COLUMNS: Final = (
    *("code", "name", "lon", "lat", "commune_code", "commune_name"),
    *("holds_site", "centrality", "credible", "small"),
)


@dataclass(frozen=True, slots=True)
class CandidateRule:
    """Which communes may get a label.

    `least_residents`: Residents that they have at least; where no site and no larger candidate is within the threshold
    of the question, or nine in ten of those whom such a candidate would bring within it live, the smaller of that and
    `LEAST_RESIDENTS_REMOTE`. `centralities`: whether people have to go there
    already, for a prefecture or sub-prefecture, the seat of the canton, a post office or a former house of public
    services.

    Raises
    ------
    ParameterError
        A number of residents below 0.
    """

    least_residents: int = DEFAULT_LEAST_RESIDENTS
    centralities: bool = True

    def __post_init__(self) -> None:
        """Raise `ParameterError` for a number that makes no sense."""
        if self.least_residents < 0:
            least = format_number(self.least_residents)
            msg = f"Au moins {least} habitants : refusé, un nombre de 0 ou plus est attendu."
            raise ParameterError(msg)


#: Every commune without a site.
EVERY_COMMUNE: Final = CandidateRule(0, centralities=False)


def candidate_communes(
    territory: Territory, rule: CandidateRule = EVERY_COMMUNE, *, kinds: Collection[str] = COUNTED_KINDS
) -> pd.DataFrame:
    """Return the communes of a study area that hold no site as candidates, on the street nearest to their town hall.

    Returns
    -------
    `CANDIDATE_COLUMNS`; `credible` tells which communes meet the rule wherever they are, `small` which others do where
    nothing else is near.
    """
    communes = territory.communes
    credible, small = _meeting(territory, rule)
    lon, lat = street_positions(territory.network, communes["lon"], communes["lat"])
    table = pd.DataFrame(
        {
            "code": communes.index.astype("string"),
            "name": communes["name"].array,
            "lon": lon,
            "lat": lat,
            "commune_code": communes.index.astype("string"),
            "commune_name": communes["name"].array,
            "credible": credible,
            "small": small,
        }
    )
    free = ~table["code"].isin(_holding(territory))
    return _finished(table[free], territory, kinds=kinds)


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
            "credible": True,
            "small": False,
        }
    )
    return _finished(table, territory, kinds=kinds)


def centrality_texts(codes: pd.Series) -> NDArray[np.object_]:
    """Return what draws people to communes, by their codes, in French: ``"bureau de poste"``; empty: nothing known.

    Examples
    --------
    >>> centrality_texts(pd.Series(["64422", "64550"])).tolist()
    ['sous-préfecture, bureau centralisateur de canton, bureau de poste', '']
    """
    table = embedded_centralities()
    at = table.index.get_indexer(pd.Index(codes))
    known = table[list(SERVICES)].to_numpy(bool)[at] & (at >= 0)[:, None]
    # Few are the ways to be drawn to a commune: each is put into words once.
    kinds, which = np.unique(known, axis=0, return_inverse=True)
    words = np.array(list(SERVICES.values()), dtype=object)
    return np.array([", ".join(words[has]) for has in kinds], dtype=object)[which]


def _holding(territory: Territory) -> set[str]:
    """Return the communes that hold a site, not only an antenne or the base of a bus."""
    sites = territory.sites
    return set(sites.loc[sites["kind"] == _HOLDS, "commune_code"].dropna())


def _meeting(territory: Territory, rule: CandidateRule) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which communes meet a rule, in their order, and which others do where nothing else is near."""
    communes = territory.communes
    residents = communes["population"].to_numpy(np.float64, na_value=0.0)
    drawn = np.ones(len(communes), bool)
    if rule.centralities:
        drawn = np.asarray(centrality_texts(pd.Series(communes.index)) != "", bool)
    large: NDArray[np.bool_] = drawn & (residents >= rule.least_residents)
    small: NDArray[np.bool_] = drawn & ~large & (residents >= min(rule.least_residents, LEAST_RESIDENTS_REMOTE))
    return large, small


def without_excluded(
    tables: Sequence[pd.DataFrame], exclude: Collection[str], communes: Collection[str] = ()
) -> list[pd.DataFrame]:
    """Leave out candidates by their code or by the code of their commune.

    `communes`: Codes that may be given too, though none of their places is a candidate.

    Raises
    ------
    ParameterError
        A code that no candidate has, or no candidate is left.
    """
    codes = {str(code).strip() for code in exclude}
    known = set(communes) | {code for table in tables for column in ("code", "commune_code") for code in table[column]}
    if unknown := codes - known:
        msg = f"Exclusion refusée : aucun lieu candidat n'a le code {listed(unknown)}. Vérifiez ces codes."
        raise ParameterError(msg)
    kept = [
        table[~(table["code"].isin(codes) | table["commune_code"].isin(codes))].reset_index(drop=True)
        for table in tables
    ]
    if not any(map(len, kept)):
        msg = "Aucun lieu candidat : tous sont exclus. Retirez une exclusion."
        raise ParameterError(msg)
    return kept


def _finished(table: pd.DataFrame, territory: Territory, *, kinds: Collection[str]) -> pd.DataFrame:
    sites = territory.facility_list(SITES, kinds=kinds)
    table = table.assign(
        holds_site=np.asarray(table["commune_code"].isin(sites["commune_code"].dropna()), bool),
        centrality=centrality_texts(table["commune_code"]),
    )
    for column in ("code", "name", "commune_code", "commune_name", "centrality"):
        table[column] = table[column].astype("string")
    return table.sort_values("code", kind="stable")[list(CANDIDATE_COLUMNS)].reset_index(drop=True)
