"""How much of a site's time there is for each resident: the enhanced two-step floating catchment area (E2SFCA).

Luo W. & Qi Y. (2009), "An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial accessibility
to primary care physicians", Health & Place 15(4). DREES measures access to doctors in France by a method of this
family (*accessibilité potentielle localisée*).

With residents P_k, capacity S_j of site j, travel time t_kj and a weight w(t) that falls with time:

    R_j = S_j / sum over k of w(t_kj) P_k        capacity per (weighted) resident around a site
    A_i = sum over j of w(t_ij) R_j              what a resident of i finds around

So two sites that share the same residents do not count twice, and a site far away counts less than one next door.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.known_part import KnownPart, in_known_part, known_part, places_on_network
from geo.access.residents import residents_by_point, weighted_median
from geo.errors import ParameterError
from geo.french import format_integer, format_number
from geo.kinds import COUNTED_KINDS
from geo.network.travel_times import pairs_within
from geo.question import AT_THRESHOLD_MIN
from geo.sources.opening_hours import WeeklyHours

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.territory import Territory

#: Weight of a site by minutes: 1 up to 10, 0.68 up to 20, 0.22 up to 30 (Luo & Qi 2009; the default of PySAL access).
STEPS: Final[Mapping[float, float]] = {10.0: 1.0, 20.0: 0.68, 30.0: 0.22}
#: Agents present at all times, as the label asks for.
DEFAULT_AGENTS: Final = 2.0
_MAX_AGENTS: Final = 100.0
_PER: Final = 1_000

HOURS_UNIT: Final = "heures d'agent par semaine"
REQUESTS_UNIT: Final = "demandes par mois"


@dataclass(frozen=True, slots=True)
class Catchment:
    """Capacity within reach of each resident.

    Attributes
    ----------
    part
        Whose way is known: the residents counted around sites, and to whom capacity is given.
    unit
        French name of what capacity is counted in.
    agents
        Agents present in a site.
    median_per_1000
        Half of the residents on the network have less, per 1,000 residents; `None` where there are none, or where
        there are sites and the capacity of none is known.
    residents_without
        Residents on the network with no known capacity within 30 minutes.
    sites_unknown, neighbour_sites_unknown
        Sites on the network, of the known part and around it, whose capacity is not known (neither hours nor
        requests): they count for nothing.
    sites_estimated
        Sites, the neighbours' included, without a number of requests, given that of their agent-hours at the rate of
        the sites that have one.
    requests_unmatched
        Sites of the table of requests that are not counted in this territory, or are off its network.
    sites
        Those on the network, index 0..n-1, in the order of the list: `facility_id`, `name`, `commune_name`;
        `hours_per_week` (Float64);
        `capacity` (Float64, in `unit`; <NA> unknown); `capacity_from`: ``"hours"``, ``"requests"``, ``"rate"`` or
        ``"unknown"``; `residents_around` (float64, weighted); `capacity_per_1000` (Float64, of those residents; <NA>
        where nobody is around).
    communes
        Indexed by `commune_code`: `name`, `population`; `capacity_per_1000` (Float64): mean of its residents, 0
        where no site is within 30 minutes, <NA> off the network or where no site's is known;
        `share_outside` (Float64, 0 to 1): part of it at
        sites around the known part, <NA> where there is none at all.
    """

    part: KnownPart
    unit: str
    agents: float
    median_per_1000: float | None
    residents_without: float
    sites_unknown: int
    neighbour_sites_unknown: int
    sites_estimated: int
    requests_unmatched: int
    sites: pd.DataFrame
    communes: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as plain values ready for JSON, without the tables."""
        kept = [each.name for each in fields(self) if each.name not in {"part", "sites", "communes"}]
        return {**self.part.out_of(), **{name: getattr(self, name) for name in kept}}


def catchment(
    territory: Territory,
    *,
    agents: float = DEFAULT_AGENTS,
    requests: pd.Series | None = None,
    kinds: Collection[str] = COUNTED_KINDS,
) -> Catchment:
    """Measure the capacity of sites within reach of each commune.

    The residents of the neighbours are not in the study area, so that the sites outside of it, and those near its edge,
    seem to have more capacity for each resident than they have: `share_outside` tells where that weighs.

    `agents`: Agents present in each site: capacity is hours open a week times agents. `requests`: Requests a month by
    `facility_id` (`geo.sources.site_requests`). Where given, capacity is counted in requests; a site without a figure
    is given that of its agent-hours, at the rate of those that have both.

    Raises
    ------
    ParameterError
        A number of agents out of reason; or sites without a figure, and requests of which no rate can be had.
    """
    if not 0 < agents <= _MAX_AGENTS:
        given = format_number(agents)
        msg = f"Nombre d'agents refusé : {given}. Un nombre de plus de 0 à {_MAX_AGENTS:g} est attendu, par exemple 2."
        raise ParameterError(msg)
    sites, on_streets = places_on_network(territory, kinds)
    sites = sites.reset_index(drop=True)
    table = _capacities(sites, agents, requests)
    network, origins = territory.network, territory.demand_on_network
    origin, site, seconds = pairs_within(network, origins, on_streets, (max(STEPS) + AT_THRESHOLD_MIN) * 60)
    residents = residents_by_point(territory.communes, territory.demand)
    capacity = table["capacity"].to_numpy(np.float64, na_value=0.0)
    found, around = enhanced_two_step(origin, site, seconds / 60, residents, capacity)
    table["residents_around"] = around
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(around > 0, capacity / around * _PER, np.nan)
    table["capacity_per_1000"] = pd.array(ratio, dtype="Float64")
    table.loc[table["capacity"].isna(), "capacity_per_1000"] = pd.NA

    outside, unknown = ~in_known_part(territory, sites), (table["capacity_from"] == "unknown").to_numpy(bool)
    from_outside, _ = enhanced_two_step(origin, site, seconds / 60, residents, np.where(outside, capacity, 0.0))

    on_network = origins.link >= 0
    # A trace of weight everywhere: points count alike in a commune where nobody is known to live.
    weight = np.where(on_network, residents + 1e-9, 0.0)
    total = _by_commune(territory, weight)
    with np.errstate(invalid="ignore"):
        mean = _by_commune(territory, weight * found) / total
        share = _by_commune(territory, weight * from_outside) / total / np.where(mean > 0, mean, np.nan)
    communes = pd.DataFrame(territory.communes[["name", "population"]])
    nothing_known = len(sites) > 0 and not table["capacity"].notna().any()
    communes["capacity_per_1000"] = pd.array(np.where(nothing_known, np.nan, mean * _PER), dtype="Float64")
    communes["share_outside"] = pd.array(share, dtype="Float64")
    known = 0 if requests is None else int(requests.index.isin(sites["facility_id"]).sum())
    median = None if nothing_known else weighted_median(np.where(on_network, found, np.nan), residents)
    return Catchment(
        part=known_part(territory),
        unit=HOURS_UNIT if requests is None else REQUESTS_UNIT,
        agents=float(agents),
        median_per_1000=None if median is None else median * _PER,
        residents_without=float(residents[on_network & (found <= 0)].sum()),
        sites_unknown=int((unknown & ~outside).sum()),
        neighbour_sites_unknown=int((unknown & outside).sum()),
        sites_estimated=int((table["capacity_from"] == "rate").sum()),
        requests_unmatched=0 if requests is None else len(requests) - known,
        sites=table,
        communes=communes,
    )


def _by_commune(territory: Territory, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up values of the demand points, shape (n_communes,)."""
    row = territory.communes.index.get_indexer(pd.Index(territory.demand["commune_code"]))
    return np.bincount(row, weights=values, minlength=len(territory.communes)).astype(np.float64)


def enhanced_two_step(
    origin: NDArray[np.int64],
    site: NDArray[np.int64],
    minutes: NDArray[np.float64],
    residents: NDArray[np.float64],
    capacity: NDArray[np.float64],
    steps: Mapping[float, float] = STEPS,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Run E2SFCA over a list of trips.

    `origin`, `site`, `minutes`: Shape (n_trips,): row of `residents`, row of `capacity`, minutes; one trip a pair.
    `steps`: Weight up to and including each number of minutes; beyond the last a site does not count.
    `capacity`: float64, shape (n_sites,).

    Returns
    -------
    float64 (n_origins,): capacity per resident within reach; float64 (n_sites,): weighted residents around. A
    site around which nobody lives gives nothing.

    Examples
    --------
    One site of 10 hours, 5 minutes from 100 residents:

    >>> import numpy as np
    >>> one = np.array([0])
    >>> found, around = enhanced_two_step(one, one, np.array([5.0]), np.array([100.0]), np.array([10.0]))
    >>> found.tolist(), around.tolist()
    ([0.1], [100.0])
    """
    limits, weights = np.array(sorted(steps.items())).T
    weight = np.append(weights, 0.0)[np.searchsorted(limits + AT_THRESHOLD_MIN, minutes)]
    around = np.bincount(site, weights=weight * residents[origin], minlength=len(capacity)).astype(np.float64)
    ratio = np.divide(capacity, around, out=np.zeros(len(capacity)), where=around > 0)
    found = np.bincount(origin, weights=weight * ratio[site], minlength=len(residents)).astype(np.float64)
    return found, around


def _capacities(sites: gpd.GeoDataFrame, agents: float, requests: pd.Series | None) -> pd.DataFrame:
    """Return the sites with `hours_per_week`, `capacity` and `capacity_from`."""
    table = pd.DataFrame(sites[["facility_id", "name", "commune_name"]])
    hours = sites["opening_hours"].map(_hours_per_week, na_action="ignore").astype("Float64")
    table["hours_per_week"] = hours
    by_hours = hours * agents
    if requests is None:
        table["capacity"] = by_hours
        table["capacity_from"] = pd.Series("hours", table.index).where(hours.notna(), "unknown").astype("string")
        return table
    given = sites["facility_id"].map(requests).astype("Float64")
    if len(sites) and given.isna().all():
        example = str(sites["facility_id"].iloc[0])
        found = f"« {str(requests.index[0])[:40]} »" if len(requests) else "aucun identifiant"
        msg = (
            f"Demandes refusées : aucun identifiant de la table n'est celui d'un site compté ici (trouvé : {found}). "
            f"Des numéros comme « {example} » sont attendus."
        )
        raise ParameterError(msg)
    both = given.notna() & (by_hours > 0).fillna(value=False)
    total, without = float(given[both].sum()), int((given.isna() & (by_hours > 0)).sum())
    if without and total <= 0:
        msg = (
            f"Demandes refusées : sites de la table comptés ici avec leurs heures : {both.sum()}, pour un total de "
            f"{format_integer(total)} demande. Aucun taux par heure ne peut en être tiré pour les "
            f"{format_integer(without)} autres. Donnez un nombre de demandes à plus de sites, ou retirez la table "
            f"pour compter en heures."
        )
        raise ParameterError(msg)
    estimated = by_hours * (total / by_hours[both].sum() if total > 0 else pd.NA)
    table["capacity"] = given.fillna(estimated).astype("Float64")
    source = pd.Series("rate", table.index).mask(given.notna(), "requests")
    table["capacity_from"] = source.mask(table["capacity"].isna(), "unknown").astype("string")
    return table


def _hours_per_week(text: str) -> float | None:
    """Return the known hours a week of an OSM text, `None` where none is known and some day is not."""
    week = WeeklyHours.from_osm(text)
    return None if None in week.days and not week.hours_per_week else week.hours_per_week
