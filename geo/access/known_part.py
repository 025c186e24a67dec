"""The part of a territory whose ways are known, measured or estimated: the one denominator of shares of residents."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.access.residents import residents_by_point, shares_on_network
from geo.kinds import COUNTED_KINDS
from geo.network.snapping import snap
from geo.territory.study_area import counted_places

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network.snapping import SnappedPoints
    from geo.territory import Territory


@dataclass(frozen=True, slots=True)
class KnownPart:
    """How much of a territory the road network covers.

    Attributes
    ----------
    residents
        Residents of the study area, 0 where unknown.
    residents_known
        Of those, residents who start from a street of the network: their way is known, or known not to exist.
    communes, communes_known
        Communes of the study area, and those with at least one resident's start on the network.
    estimated
        Whether times are estimated: no road file was given.
    communes_population_unknown
        Communes of the study area whose number of residents is not known: they count as communes, with no resident.
    starts_known
        Places where those whose way is known start: one where they all have the same time.
    """

    residents: float
    residents_known: float
    communes: int
    communes_known: int
    estimated: bool = False
    communes_population_unknown: int = 0
    starts_known: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether the network covers every start."""
        return self.communes_known == self.communes and not self.residents_off_network

    @property
    def residents_off_network(self) -> float:
        """Residents whose way is not known."""
        return self.residents - self.residents_known

    def share(self, residents: float) -> float | None:
        """Return residents as a share, 0 to 1, of those whose way is known; `None` where there are none."""
        return residents / self.residents_known if self.residents_known > 0 else None

    def bounds(self, low: float | None, high: float | None) -> tuple[float | None, float | None]:
        """Return two counts of residents as shares; `None` where times are measured, or nobody's way is known."""
        return (None, None) if low is None or high is None else (self.share(low), self.share(high))

    def out_of(self) -> dict[str, Any]:
        """Return what shares are of, and how many communes count with no resident, as plain values ready for JSON."""
        return {
            "residents_known": self.residents_known,
            "communes_population_unknown": self.communes_population_unknown,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self)


def known_part(territory: Territory) -> KnownPart:
    """Measure how much of a territory its road network covers.

    Examples
    --------
    >>> from geo import Territory
    >>> known_part(Territory.load("64")).is_whole
    True
    """
    population = territory.communes["population"].to_numpy(np.float64, na_value=0.0)
    share = _shares_on_network(territory)
    starts = _on_network(territory) & (residents_by_point(territory.communes, territory.demand) > 0)
    return KnownPart(
        residents=float(population.sum()),
        residents_known=float((population * share).sum()),
        communes=len(population),
        communes_known=int((share > 0).sum()),
        estimated=territory.estimated,
        communes_population_unknown=int(territory.communes["population"].isna().sum()),
        starts_known=int(starts.sum()),
    )


def residents_known(territory: Territory) -> pd.Series:
    """Return the residents of each commune whose way is known (Float64); <NA> where the network does not cover it."""
    share = pd.Series(_shares_on_network(territory), territory.communes.index).astype("Float64")
    known: pd.Series = territory.communes["population"].astype("Float64").fillna(0.0) * share.mask(share == 0)
    return known


def places_on_network(
    territory: Territory, kinds: Collection[str] = COUNTED_KINDS
) -> tuple[gpd.GeoDataFrame, SnappedPoints]:
    """Return the sites counted that stand on the road network, those of the neighbours included, and where on it.

    Where the network covers a part of the study area only, the sites off it are those of the part that is not known.
    """
    sites = counted_places(territory.sites, kinds=kinds)
    on_streets = snap(territory.network, sites.geometry.x, sites.geometry.y)
    kept = np.flatnonzero(on_streets.link >= 0)
    return sites.iloc[kept], on_streets.take(kept)


def in_known_part(territory: Territory, places: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which places are in the communes that the network covers, as `StudyArea.holds`: those of the part.

    The others are around it. Of a part of the study area, so are the places of the rest: they may stand on a road and
    serve residents of the part.
    """
    covered = territory.communes.index[_shares_on_network(territory) > 0]
    return territory.holds(places, covered)


def _shares_on_network(territory: Territory) -> NDArray[np.float64]:
    return shares_on_network(territory.communes, territory.demand, _on_network(territory))


def _on_network(territory: Territory) -> NDArray[np.bool_]:
    return np.asarray(territory.demand_on_network.link >= 0)


def added_up(parts: Iterable[KnownPart]) -> KnownPart:
    """Return several parts as one, such as those of a country."""
    each = list(parts)
    return KnownPart(
        residents=sum(part.residents for part in each),
        residents_known=sum(part.residents_known for part in each),
        communes=sum(part.communes for part in each),
        communes_known=sum(part.communes_known for part in each),
        estimated=any(part.estimated for part in each),
        communes_population_unknown=sum(part.communes_population_unknown for part in each),
        starts_known=sum(part.starts_known for part in each),
    )
