"""Who is served: residents within a threshold, commune by commune, and the communes that are under-served."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.territory.files import SITES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.territory import Territory

#: Thresholds shown by default, minutes: 30 is the State's access target (2019), 20 the finer one that
#: the Cour des comptes used in its report of September 2024.
DEFAULT_THRESHOLD_MIN: Final = 20.0
#: Thresholds (min) outside of this are taken for a mistake.
THRESHOLD_BOUNDS_MIN: Final = (1.0, 240.0)
#: Minutes (60 microseconds) within which a time is at the threshold, whatever the rounding of sums.
AT_THRESHOLD_MIN: Final = 1e-6


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """When a commune is under-served.

    `kind` ``"mean_time"``: its residents' mean time is over the threshold. ``"share"``: less than
    `min_share` (0 to 1) of its residents are within the threshold.
    """

    kind: Literal["mean_time", "share"] = "mean_time"
    min_share: float = 0.5

    def __post_init__(self) -> None:
        """Raise `ParameterError` for a rule that does not exist."""
        if self.kind not in {"mean_time", "share"} or not 0 < self.min_share <= 1:
            msg = (
                f"Règle « {self.kind} » (part {_in_french(self.min_share)}) inconnue. Règles possibles : "
                f"mean-time (temps moyen), ou share (part des habitants) avec une part de 0 à 1."
            )
            raise ParameterError(msg)

    def in_french(self, threshold_min: float) -> str:
        """Return the rule as a sentence."""
        threshold = _in_french(threshold_min)
        if self.kind == "mean_time":
            return f"Une commune est sous-desservie si le temps moyen de ses habitants dépasse {threshold} min."
        return (
            f"Une commune est sous-desservie si moins de {self.min_share * 100:.0f} % de ses habitants "
            f"sont à {threshold} min ou moins."
        )


@dataclass(frozen=True, slots=True)
class CoverageSummary:
    """Totals of a study area.

    `share_covered` is `population_covered` over `population` (`None` where nobody lives there);
    `median_time_min`: half of the residents who can reach a facility by road are nearer than that (`None`: nobody
    can); `communes_unreachable`: communes from which no road of the network leads to any facility, those
    outside of the network included; they are not averaged in. `communes_off_network` and
    `population_off_network` are those outside of it: their times are not known.
    """

    threshold_min: float
    facilities: str
    rule: str
    population: int
    population_covered: int
    share_covered: float | None
    population_unreachable: int
    communes: int
    communes_under_served: int
    population_under_served: int
    communes_unreachable: int
    communes_off_network: int
    population_off_network: int
    median_time_min: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self)


def check_threshold(threshold_min: float) -> None:
    """Raise `ParameterError` for a threshold outside `THRESHOLD_BOUNDS_MIN`."""
    low, high = THRESHOLD_BOUNDS_MIN
    if not low <= threshold_min <= high:
        msg = f"Seuil de {_in_french(threshold_min)} min refusé : un seuil de {low:g} à {high:g} minutes est attendu."
        raise ParameterError(msg)


def coverage(
    territory: Territory,
    threshold_min: float = DEFAULT_THRESHOLD_MIN,
    *,
    facilities: str = SITES,
    rule: CoverageRule | None = None,
    times: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Measure access of each commune to its nearest facilities.

    Parameters
    ----------
    territory
        Study area.
    threshold_min
        Minutes by car; a resident at exactly the threshold is within it.
    facilities
        List of places: ``"sites"``, ``"tax_offices"`` or another list of the territory.
    rule
        When a commune is under-served; by mean time where `None`.
    times
        What `Territory.travel_times` returned, where it is already known.

    Returns
    -------
    Indexed by `commune_code`, in the order of `territory.communes`: `name`; `population` (Int64, <NA> unknown);
    `travel_time_min` and `distance_km` (Float64: means of the residents who can get there, <NA> where none can);
    `facility_id` and `facility_name` of the facility that is nearest for most residents (<NA> likewise);
    `residents_within` (Float64) and `share_within` (Float64, 0 to 1): residents within the threshold, those
    who cannot get there counting as not within; `snap_distance_m` (Float64): mean distance of the residents to the
    street where their way starts, <NA> where the network is too far; `under_served` (boolean): by the
    rule, true where the roads are known and lead to no facility, <NA> where the network does not cover the commune.

    Raises
    ------
    ParameterError
        Threshold outside 1 to 240 minutes, or no such list.
    """
    rule = rule or CoverageRule()
    check_threshold(threshold_min)
    limit_min = threshold_min + AT_THRESHOLD_MIN
    times = territory.travel_times(facilities) if times is None else times
    communes = territory.communes
    row = communes.index.get_indexer(times["commune_code"])
    n = len(communes)

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(row, weights=values, minlength=n).astype(np.float64)

    minutes = times["travel_time_min"].to_numpy(np.float64, na_value=np.inf)
    kilometres = times["distance_km"].to_numpy(np.float64, na_value=np.inf)
    reached = np.isfinite(minutes)
    weight = _weights(times["population"].to_numpy(np.float64), row, n)
    reached_weight = total(np.where(reached, weight, 0.0))
    all_weight = total(weight)
    mean_time = _mean_where(reached, minutes, weight, total)
    mean_distance = _mean_where(reached, kilometres, weight, total)
    with np.errstate(invalid="ignore", divide="ignore"):
        share_within = total(np.where(minutes <= limit_min, weight, 0.0)) / all_weight
    snapped = times["on_network"].to_numpy(bool)
    on_network = total(snapped.astype(np.float64)) > 0
    snap_distance = _mean_where(snapped, times["snap_distance_m"].to_numpy(np.float64), weight, total)
    somebody_gets_there = reached_weight > 0

    if rule.kind == "mean_time":
        poor = ~somebody_gets_there | (np.where(somebody_gets_there, mean_time, np.inf) > limit_min)
    else:
        poor = share_within < rule.min_share
    population = communes["population"]
    frame = pd.DataFrame(
        {
            "name": communes["name"],
            "population": population,
            "travel_time_min": pd.array(np.where(somebody_gets_there, mean_time, np.nan), dtype="Float64"),
            "distance_km": pd.array(np.where(somebody_gets_there, mean_distance, np.nan), dtype="Float64"),
        },
        index=communes.index,
    )
    main = _main_facility(times, row, np.where(reached, weight, 0.0), n)
    for column in ("facility_id", "facility_name"):
        values = times[column].to_numpy(object)
        frame[column] = pd.array([values[i] if i >= 0 else pd.NA for i in main], dtype="string")
    frame["residents_within"] = pd.array(share_within, dtype="Float64") * population.to_numpy(
        np.float64, na_value=np.nan
    )
    frame["share_within"] = pd.array(share_within, dtype="Float64")
    frame["snap_distance_m"] = pd.array(snap_distance, dtype="Float64")
    frame["under_served"] = pd.array(on_network & poor, dtype="boolean")
    frame.loc[~on_network, "under_served"] = pd.NA
    return frame


def summarize(
    cov: pd.DataFrame,
    times: pd.DataFrame,
    threshold_min: float = DEFAULT_THRESHOLD_MIN,
    *,
    facilities: str = SITES,
    rule: CoverageRule | None = None,
) -> CoverageSummary:
    """Add up a coverage table over its study area.

    Parameters
    ----------
    cov
        What `coverage` returned.
    times
        The travel times it was made from: the median is over residents, not over communes.
    threshold_min, facilities, rule
        As given to `coverage`; named in the result.
    """
    population = int(cov["population"].sum())
    covered = round(float(cov["residents_within"].sum()))
    unreachable = cov["travel_time_min"].isna()
    off_network = cov["under_served"].isna()
    under_served = cov["under_served"].fillna(value=False)
    return CoverageSummary(
        threshold_min=float(threshold_min),
        facilities=facilities,
        rule=(rule or CoverageRule()).in_french(threshold_min),
        population=population,
        population_covered=covered,
        share_covered=covered / population if population else None,
        population_unreachable=int(cov.loc[unreachable, "population"].sum()),
        communes=len(cov),
        communes_under_served=int(under_served.sum()),
        population_under_served=int(cov.loc[under_served, "population"].sum()),
        communes_unreachable=int(unreachable.sum()),
        communes_off_network=int(off_network.sum()),
        population_off_network=int(cov.loc[off_network, "population"].sum()),
        median_time_min=weighted_median(
            times["travel_time_min"].to_numpy(np.float64, na_value=np.nan), times["population"].to_numpy(np.float64)
        ),
    )


def residents_by_point(communes: pd.DataFrame, times: pd.DataFrame) -> NDArray[np.float64]:
    """Return the residents of each demand point, so that those of a commune add up to its legal population.

    Population cells only say how residents spread within their commune: they count fiscal households. Points count
    alike in a commune where the cells know nobody.

    Parameters
    ----------
    communes
        Indexed by `commune_code`, column `population` (<NA> unknown).
    times
        What `Territory.travel_times` returned: `commune_code` and `population` of each point.

    Returns
    -------
    float64, shape (n_points,); 0 where the population of the commune is unknown.
    """
    row = communes.index.get_indexer(pd.Index(times["commune_code"]))
    n = len(communes)
    weight = _weights(times["population"].to_numpy(np.float64), row, n)
    legal = communes["population"].to_numpy(np.float64, na_value=0.0)
    residents: NDArray[np.float64] = legal[row] * weight / np.bincount(row, weights=weight, minlength=n)[row]
    return residents


def _in_french(number: float) -> str:
    """Return a number as French people write it: ``1 000 000``, ``12,5``."""
    if not math.isfinite(number):
        return "(pas un nombre)" if math.isnan(number) else "(infini)"
    return f"{number:,.12g}".replace(",", "\u202f").replace(".", ",")


def _weights(population: NDArray[np.float64], row: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """Return the residents of each point; points count alike in a commune where nobody is known to live."""
    weight = np.nan_to_num(population)
    empty = np.bincount(row, weights=weight, minlength=n) <= 0
    return np.where(empty[row], 1.0, weight)


def _mean_where(
    counted: NDArray[np.bool_],
    values: NDArray[np.float64],
    weight: NDArray[np.float64],
    total: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return the weighted mean of each commune over its counted points (NaN: none); `total` adds up by commune."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: NDArray[np.float64] = total(np.where(counted, weight * np.where(counted, values, 0.0), 0.0)) / total(
            np.where(counted, weight, 0.0)
        )
    return mean


def _main_facility(
    times: pd.DataFrame, row: NDArray[np.int64], weight: NDArray[np.float64], n: int
) -> NDArray[np.int64]:
    """Return, per commune, a row of `times` whose facility is nearest for most residents, -1 where there is none."""
    facility, _ = pd.factorize(times["facility_id"])
    usable = np.flatnonzero((facility >= 0) & (weight > 0))
    main = np.full(n, -1, np.int64)
    if not len(usable):
        return main
    pair = row[usable] * (int(facility.max()) + 1) + facility[usable]
    pairs, first, number = np.unique(pair, return_index=True, return_inverse=True)
    served = np.bincount(number, weights=weight[usable])
    # Least first, so that the facility of most residents is written last; of equals, the first of the list.
    order = np.lexsort((-pairs, served))
    main[row[usable[first[order]]]] = usable[first[order]]
    return main


def weighted_median(minutes: NDArray[np.float64], population: NDArray[np.float64]) -> float | None:
    """Return the value that half of the residents are at or below; those of unknown value are left out, `None`: all."""
    known = np.isfinite(minutes) & (np.nan_to_num(population) > 0)
    if not known.any():
        return None
    order = np.argsort(minutes[known], kind="stable")
    below = np.cumsum(population[known][order])
    return float(minutes[known][order][np.searchsorted(below, below[-1] / 2)])
