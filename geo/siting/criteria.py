"""The prefecture's criteria as weights: how much the residents of each place count.

Every weight is 1 by default: each resident counts once. A weight of 2 makes the residents who meet a criterion count
twice; weights multiply.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from geo.errors import ParameterError
from geo.french import format_number
from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.siting.problem import SitingProblem
    from geo.territory import Territory

_LARGEST_WEIGHT: Final = 100.0
#: Criterion -> the data that it needs, as a user names it.
_NEEDED: Final = {
    "frr": "la liste des communes FRR (--frr)",
    "qpv": "les contours des quartiers prioritaires (--qpv)",
    "elderly": "un territoire construit avec --cells, dont les carreaux disent l'âge (ind_65_79, ind_80p)",
    "poor": "un territoire construit avec --cells, dont les carreaux disent la pauvreté (men, men_pauv)",
    "carless": "un territoire construit avec --housing (recensement, table « Logement »)",
}


@dataclass(frozen=True, slots=True)
class Weights:
    """What a resident counts for, by criterion.

    `beyond`: beyond the threshold today; `frr`: in a commune classed France Ruralités Revitalisation; `qpv`: in a
    priority urban district (in a commune that holds one, where residents are known by commune only); `elderly`: aged
    65 or more; `poor`: in a household under the poverty line; `carless`: in a household without a car.
    """

    beyond: float = 1.0
    frr: float = 1.0
    qpv: float = 1.0
    elderly: float = 1.0
    poor: float = 1.0
    carless: float = 1.0

    def __post_init__(self) -> None:
        """Raise `ParameterError` for a weight that makes no sense."""
        for name, weight in self.to_dict().items():
            if not (math.isfinite(weight) and 0 <= weight <= _LARGEST_WEIGHT):
                given = format_number(weight)
                msg = f"Poids « {name} » de {given} refusé : un nombre de 0 à {_LARGEST_WEIGHT:g} est attendu."
                raise ParameterError(msg)

    def to_dict(self) -> dict[str, float]:
        """Return the weights by name."""
        return asdict(self)


CRITERIA: Final = tuple(field.name for field in fields(Weights))


@dataclass(frozen=True, eq=False, slots=True)
class Zones:
    """Priority zones, each `None` where not given.

    Attributes
    ----------
    frr
        FRR communes, indexed by code (`geo.sources.zones.read_frr`).
    qpv
        Priority urban districts, polygons in EPSG:4326 (`geo.sources.zones.read_qpv`).
    """

    frr: pd.DataFrame | None = None
    qpv: gpd.GeoDataFrame | None = None


def beyond_threshold(problem: SitingProblem, threshold_min: float) -> NDArray[np.float64]:
    """Return which demand points are beyond the threshold today, 0 or 1, NaN off the network.

    It is the one criterion that depends on times.
    """
    beyond = (problem.today_min > threshold_min + AT_THRESHOLD_MIN).astype(np.float64)
    return np.where(problem.demand["on_network"].to_numpy(bool), beyond, np.nan)


def demand_criteria(
    parts: Sequence[Territory], problem: SitingProblem, threshold_min: float, zones: Zones
) -> pd.DataFrame:
    """Return the share of the residents of each demand point who meet each criterion.

    `parts`: The territories that the problem was made of, in that order.
    `threshold_min`: Minutes.

    Returns
    -------
    Index of `problem.demand`; columns `CRITERIA`, float64, 0 to 1, NaN where the data was not given or does not say.
    """
    n = len(problem.demand)
    unknown = np.full(n, np.nan)
    beyond = beyond_threshold(problem, threshold_min)
    frr = unknown if zones.frr is None else problem.demand["commune_code"].isin(zones.frr.index).to_numpy(np.float64)
    qpv = unknown if zones.qpv is None else np.concatenate([_in_qpv(part, zones.qpv) for part in parts])
    elderly, poor = (
        np.concatenate([_of_cells(part, column) for part in parts]) for column in ("share_65_plus", "share_poor")
    )
    carless = np.concatenate([_carless(part) for part in parts])
    known = {"beyond": beyond, "frr": frr, "qpv": qpv, "elderly": elderly, "poor": poor, "carless": carless}
    return pd.DataFrame(known, index=problem.demand.index)


def factors(criteria: pd.DataFrame, weights: Weights) -> NDArray[np.float64]:
    """Return how many times the residents of each demand point count: the product of ``1 + share (weight - 1)``.

    Raises
    ------
    ParameterError
        A weight other than 1 for a criterion whose data was not given.
    """
    factor = np.ones(len(criteria))
    for name, weight in weights.to_dict().items():
        if weight == 1:
            continue
        share = criteria[name].to_numpy(np.float64)
        if name in _NEEDED and np.isnan(share).all():
            msg = f"Poids « {name} » de {format_number(weight)} sans données : il faut {_NEEDED[name]}."
            raise ParameterError(msg)
        factor *= 1 + np.nan_to_num(share) * (weight - 1)
    return factor


def _in_qpv(part: Territory, qpv: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return whether each demand point lies in a district; a commune's only point counts where it holds one."""
    districts = shapely.STRtree(qpv.geometry.to_numpy())
    demand = part.demand
    inside = np.zeros(len(demand), bool)
    inside[districts.query(demand.geometry.to_numpy(), predicate="intersects")[0]] = True
    held = np.zeros(len(part.communes), bool)
    held[districts.query(part.communes.geometry.to_numpy(), predicate="intersects")[0]] = True
    only_point = ~demand["commune_code"].duplicated(keep=False).to_numpy()
    holds = held[part.communes.index.get_indexer(demand["commune_code"])]
    return np.where(only_point, holds, inside).astype(np.float64)


def _of_cells(part: Territory, column: str) -> NDArray[np.float64]:
    """Return what cells tell of each demand point, NaN where they do not: cells come first in the demand."""
    share = np.full(len(part.demand), np.nan)
    if part.cells is not None and column in part.cells:
        share[: len(part.cells)] = part.cells[column].to_numpy(np.float64)
    return share


def _carless(part: Territory) -> NDArray[np.float64]:
    """Return the share of households without a car in the commune of each demand point, NaN unknown."""
    if part.households is None:
        return np.full(len(part.demand), np.nan)
    share = part.households["share_carless"].reindex(part.demand["commune_code"])
    return share.to_numpy(np.float64, na_value=np.nan)
