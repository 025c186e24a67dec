"""Who is served: residents within a threshold, commune by commune, and the communes that are under-served."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.access.known_part import KnownPart
from geo.access.residents import point_weights, residents_by_point, shares_on_network, weighted_median
from geo.kinds import SITES
from geo.question import AT_THRESHOLD_MIN, DEFAULT_THRESHOLD_MIN, CoverageRule, check_threshold
from geo.territory.study_area import PRECISION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.access.bus_rounds import RoundsSummary
    from geo.territory import Territory


@dataclass(frozen=True, slots=True)
class CoverageSummary:
    """Totals of a study area; residents are exact, not rounded.

    Attributes
    ----------
    threshold_min, facilities
        Minutes by car, and the list of places.
    rule
        When a commune is under-served, as a French sentence.
    part
        The residents and communes whose ways are known: all that follows is of them.
    residents_within
        Residents within the threshold.
    residents_unreachable, communes_unreachable
        Residents from whose start no road leads to any place, and communes where that is so of everybody; they are not
        averaged in.
    communes_under_served, residents_under_served
        Communes that the rule calls under-served, and their residents.
    median_time_min
        Half of the residents who can reach a place by road are as near or nearer (`None`: nobody can).
    residents_within_low, residents_within_high
        Residents within the threshold were all times at the upper, or at the lower bound of their precision; `None`
        where times are measured.
    rounds
        What the rounds of the buses add, apart from all the rest (`geo.access.bus_rounds`); `None` where none is known.
    """

    threshold_min: float
    facilities: str
    rule: str
    part: KnownPart
    residents_within: float
    residents_unreachable: float
    communes_under_served: int
    residents_under_served: float
    communes_unreachable: int
    median_time_min: float | None
    residents_within_low: float | None = None
    residents_within_high: float | None = None
    rounds: RoundsSummary | None = None

    @property
    def covered_interval(self) -> tuple[float | None, float | None]:
        """The bounds of `share_covered`; `None` where times are measured, or nobody's way is known."""
        return self.part.bounds(self.residents_within_low, self.residents_within_high)

    @property
    def share_covered(self) -> float | None:
        """Residents within the threshold as a share of the residents known, `None` where there are none."""
        return self.part.share(self.residents_within)

    @property
    def share_under_served(self) -> float | None:
        """Residents of under-served communes as a share of the residents known."""
        return self.part.share(self.residents_under_served)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON; shares are of `residents_known`, residents `None` where none is known."""
        part = self.part
        said: dict[str, Any] = {
            "population": part.residents,
            "residents_known": part.residents_known,
            "residents_off_network": part.residents_off_network,
            "communes": part.communes,
            "communes_known": part.communes_known,
            "communes_off_network": part.communes - part.communes_known,
            "communes_population_unknown": part.communes_population_unknown,
            "share_covered": self.share_covered,
            "share_covered_low": self.covered_interval[0],
            "share_covered_high": self.covered_interval[1],
            "estimated": part.estimated,
            "share_under_served": self.share_under_served,
        }
        if self.rounds is not None:
            said["rounds"] = self.rounds.to_dict()
        own = (each.name for each in fields(self) if each.name not in {"part", "rounds"})
        said = {name: getattr(self, name) for name in own} | said
        nobody = () if part.residents > 0 else [name for name in said if name.startswith(("residents", "population"))]
        return said | dict.fromkeys(nobody)


def coverage(
    territory: Territory,
    threshold_min: float = DEFAULT_THRESHOLD_MIN,
    *,
    facilities: str = SITES,
    rule: CoverageRule | None = None,
    times: pd.DataFrame | None = None,
    precision: pd.DataFrame | None = None,
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
    precision
        How sure these times are, in the order of `territory.communes`; `None`: as `territory.precision`.

    Returns
    -------
    Indexed by `commune_code`, in the order of `territory.communes`: `name`; `population` (Int64, <NA> unknown);
    `travel_time_min` and `distance_km` (Float64: means of the residents who can get there, <NA> where none can);
    `facility_id` and `facility_name` of the facility that is nearest for most residents (<NA> likewise);
    `residents_known` (Float64): residents who start from a street of the network; of these, `residents_within`
    (Float64) are within the threshold, and `share_within` (Float64, 0 to 1) is their share, <NA> off the network: those
    who cannot get there count as not within, those whose way is not known do not count; `snap_distance_m` (Float64):
    mean distance of the residents to the street where their way starts, <NA> where the network is too far;
    `under_served` (boolean): by the rule, true where the roads are known and lead to no facility, <NA> where the
    network does not cover the commune; `residents_within_low`, `residents_within_high` (Float64): `residents_within`
    were all times at the upper, or at the lower bound of their precision; `geo.territory.study_area.PRECISION_COLUMNS`.

    Raises
    ------
    ParameterError
        Threshold outside 1 to 240 minutes, or no such list.

    Examples
    --------
    >>> from geo import Territory
    >>> found = coverage(Territory.load("64"), threshold_min=20)
    >>> found.loc["64504", "name"], float(found.loc["64504", "share_within"])
    ('Sare', 1.0)
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
    weight = point_weights(times["population"].to_numpy(np.float64), row, n)
    reached_weight = total(np.where(reached, weight, 0.0))
    snapped = times["on_network"].to_numpy(bool)
    known = shares_on_network(communes, times, snapped)
    mean_time = _mean_where(reached, minutes, weight, total)
    mean_distance = _mean_where(reached, kilometres, weight, total)
    within = total(np.where(minutes <= limit_min, weight, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        share_within = within / total(np.where(snapped, weight, 0.0))
    snap_distance = _mean_where(snapped, times["snap_distance_m"].to_numpy(np.float64), weight, total)
    somebody_gets_there = reached_weight > 0

    if rule.kind == "mean_time":
        poor = ~somebody_gets_there | (np.where(somebody_gets_there, mean_time, np.inf) > limit_min)
    else:
        poor = share_within < rule.min_share
    main = _main_facility(times, row, np.where(reached, weight, 0.0), n)
    residents = communes["population"].to_numpy(np.float64, na_value=np.nan)
    precision = territory.precision if precision is None else precision

    def within_at(factor: str) -> NDArray[np.float64]:
        near = total(np.where(minutes * precision[factor].to_numpy()[row] <= limit_min, weight, 0.0))
        found: NDArray[np.float64] = residents * (near / total(weight))
        return found

    columns = {
        "name": communes["name"].array,
        "population": communes["population"].array,
        "travel_time_min": _float64(np.where(somebody_gets_there, mean_time, np.nan)),
        "distance_km": _float64(np.where(somebody_gets_there, mean_distance, np.nan)),
        **{name: times[name].array.take(main, allow_fill=True) for name in ("facility_id", "facility_name")},
        "residents_known": _float64(residents * known),
        "residents_within": _float64(residents * (within / total(weight))),
        "residents_within_low": _float64(within_at("time_high")),
        "residents_within_high": _float64(within_at("time_low")),
        "share_within": _float64(share_within),
        "snap_distance_m": _float64(snap_distance),
        "under_served": pd.arrays.BooleanArray(poor, known == 0),
        **{name: precision[name].array for name in PRECISION_COLUMNS},
    }
    return pd.DataFrame(columns, index=communes.index)


def _float64(values: NDArray[np.float64]) -> pd.arrays.FloatingArray:
    """Return values of dtype Float64, NaN as <NA>."""
    missing = np.isnan(values)
    return pd.arrays.FloatingArray(np.where(missing, 1.0, values), missing)


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

    Examples
    --------
    >>> from geo import Territory
    >>> territory = Territory.load("64")
    >>> times = territory.travel_times()
    >>> summarize(coverage(territory, times=times), times).part.communes
    545
    """
    residents = residents_by_point(cov, times)
    minutes = times["travel_time_min"].to_numpy(np.float64, na_value=np.nan)
    no_way = times["on_network"].to_numpy(bool) & np.isnan(minutes)
    off_network = cov["under_served"].isna()
    under_served = cov["under_served"].fillna(value=False)
    estimated = bool(cov["estimated"].any())
    low, high = (float(cov[f"residents_within_{bound}"].sum()) if estimated else None for bound in ("low", "high"))
    return CoverageSummary(
        threshold_min=float(threshold_min),
        facilities=facilities,
        rule=(rule or CoverageRule()).in_french(threshold_min),
        part=KnownPart(
            residents=float(cov["population"].sum()),
            residents_known=float(cov["residents_known"].sum()),
            communes=len(cov),
            communes_known=int((~off_network).sum()),
            estimated=estimated,
            communes_population_unknown=int(cov["population"].isna().sum()),
            starts_known=int((times["on_network"].to_numpy(bool) & (residents > 0)).sum()),
        ),
        residents_within=float(cov["residents_within"].sum()),
        residents_unreachable=float(residents[no_way].sum()),
        communes_under_served=int(under_served.sum()),
        residents_under_served=float(cov.loc[under_served, "residents_known"].sum()),
        communes_unreachable=int((cov["travel_time_min"].isna() & ~off_network).sum()),
        median_time_min=weighted_median(minutes, residents),
        residents_within_low=low,
        residents_within_high=high,
    )


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
