"""How sure a coverage is: an interval instead of a figure, and the communes whose side of the threshold is not sure.

The bounds are those that times were measured to have: all times at the lower bound, and all at the upper one. On real
roads they are those of the speed profile against INSEE's distances (`geo.network.road_error`), on an estimated network
those of its terrain (`geo.network.estimated_error`). The same territory timed with another speed profile may be added.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.coverage import coverage
from geo.access.known_part import KnownPart, known_part
from geo.access.residents import residents_by_point
from geo.errors import ParameterError
from geo.kinds import SITES
from geo.network.road_error import road_interval
from geo.question import AT_THRESHOLD_MIN, DEFAULT_THRESHOLD_MIN, CoverageRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.territory import Territory

#: What is tried beside the times themselves, by French name: their bounds
#: (`geo.territory.study_area.PRECISION_COLUMNS` where they are estimated).
_BOUNDS: Final[Mapping[str, str]] = {"trajets tous plus longs": "time_high", "trajets tous plus courts": "time_low"}
#: What the times themselves are called.
_ON_ROADS: Final = "temps des routes"
_ESTIMATED: Final = "temps estimés"


@dataclass(frozen=True, slots=True)
class Run:
    """Coverage under one hypothesis, of the residents whose way is known by the profile and under it.

    `name`: of the hypothesis, in French; `share_within` (0 to 1): `residents_within` over `residents_known`, `None`
    where there are none.
    """

    name: str
    residents_known: float
    residents_within: float
    share_within: float | None
    communes_under_served: int


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A coverage under several hypotheses.

    Attributes
    ----------
    threshold_min, facilities
        Minutes by car, and the list of places.
    rule
        When a commune is under-served, as a French sentence.
    part
        Whose way is known by the profile: what its shares are of.
    runs
        The profile itself first.
    communes
        Indexed by `commune_code`: `name`; `population` (Int64); `residents_known` (Float64); `travel_time_min`,
        `travel_time_low_min` and `travel_time_high_min` (Float64): by the profile, and the extremes of the runs that
        reach a site; `residents_within_low` and `residents_within_high` (Float64); `under_served` (boolean, by the
        profile); `share_runs_under_served` (Float64, 0 to 1); `flips` (boolean): under-served in some runs and not in
        others; `geo.territory.study_area.PRECISION_COLUMNS`.
        <NA> off the network.
    """

    threshold_min: float
    facilities: str
    rule: str
    part: KnownPart
    runs: tuple[Run, ...]
    communes: pd.DataFrame

    @property
    def lowest(self) -> Run:
        """The run in which the smallest share of the residents is within the threshold."""
        return min(self.runs, key=lambda run: run.share_within or 0.0)

    @property
    def highest(self) -> Run:
        """The run in which the greatest share of the residents is within the threshold."""
        return max(self.runs, key=lambda run: run.share_within or 0.0)

    @property
    def communes_flipping(self) -> tuple[str, ...]:
        """Codes of the communes whose side depends on the run, in the order of the territory."""
        return tuple(self.flipping.index)

    @property
    def flipping(self) -> pd.DataFrame:
        """Rows of those communes."""
        return self.communes[self.communes["flips"].fillna(value=False).to_numpy(bool)]

    @property
    def residents_flipping(self) -> float:
        """Residents known of those communes."""
        return float(self.flipping["residents_known"].sum())

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as plain values ready for JSON, without the table."""
        low, high = self.lowest, self.highest
        return {
            "threshold_min": self.threshold_min,
            "facilities": self.facilities,
            "rule": self.rule,
            **self.part.out_of(),
            "estimated": self.part.estimated,
            "residents_within_low": low.residents_within,
            "residents_within_high": high.residents_within,
            "share_within_low": low.share_within,
            "share_within_high": high.share_within,
            "residents_of_flipping_communes": self.residents_flipping,
            "communes_flipping": list(self.communes_flipping),
            "runs": [asdict(run) for run in self.runs],
        }


def sensitivity(
    territory: Territory,
    threshold_min: float = DEFAULT_THRESHOLD_MIN,
    *,
    facilities: str = SITES,
    rule: CoverageRule | None = None,
    times: pd.DataFrame | None = None,
    others: Mapping[str, pd.DataFrame] | None = None,
) -> Sensitivity:
    """Measure coverage with all times at their measured bounds, and with other times of the same residents.

    Scaling every time leaves the nearest site as it is, so that no search is run again.

    Parameters
    ----------
    territory
        Study area.
    threshold_min, facilities, rule
        As in `geo.access.coverage.coverage`.
    times
        What `Territory.travel_times` returned, where it is already known.
    others
        Times of the same demand points on another network, such as the other speed profile, by French name.

    Raises
    ------
    ParameterError
        Threshold out of range, no such list, or other times that are not those of the same demand points.

    Examples
    --------
    >>> from geo import Territory
    >>> found = sensitivity(Territory.load("64"), 20)
    >>> found.lowest.share_within < found.runs[0].share_within < found.highest.share_within
    True
    """
    times = territory.travel_times(facilities) if times is None else times
    cases = {
        name: times.assign(travel_time_min=times["travel_time_min"] * scale)
        for name, scale in _scales(territory, times)
    }
    for name, other in (others or {}).items():
        if not other["commune_code"].equals(times["commune_code"]):
            msg = (
                f"Comparaison impossible avec « {name} » : ses points de population ne sont pas ceux de "
                f"« {territory.name} ». Reconstruisez le même territoire avec les mêmes fichiers."
            )
            raise ParameterError(msg)
        cases[name] = other
    tables = {
        name: coverage(territory, threshold_min, facilities=facilities, rule=rule, times=case)
        for name, case in cases.items()
    }
    first = next(iter(tables.values()))
    residents = residents_by_point(territory.communes, times)
    on_network = times["on_network"].to_numpy(bool)
    part = known_part(territory)

    def run(name: str, case: pd.DataFrame) -> Run:
        lost = on_network & ~case["on_network"].to_numpy(bool)
        limit = threshold_min + AT_THRESHOLD_MIN
        near = on_network & (case["travel_time_min"].to_numpy(np.float64, na_value=np.inf) <= limit)
        known, within = part.residents_known - float(residents[lost].sum()), float(residents[near].sum())
        under_served = int(tables[name]["under_served"].sum())
        return Run(name, known, within, within / known if known > 0 else None, under_served)

    runs = tuple(run(name, case) for name, case in cases.items())
    known = pd.Series(np.where(on_network, residents, 0.0)).groupby(times["commune_code"].to_numpy()).sum()
    minutes = pd.DataFrame({name: table["travel_time_min"] for name, table in tables.items()})
    within = pd.DataFrame({name: table["residents_within"] for name, table in tables.items()})
    under = np.stack([table["under_served"].to_numpy(np.float64, na_value=np.nan) for table in tables.values()])
    share = pd.Series(pd.array(under.mean(axis=0), dtype="Float64"), first.index)
    communes = pd.DataFrame(
        {
            "name": first["name"],
            "population": first["population"],
            "residents_known": known.reindex(first.index).astype("Float64").mask(first["population"].isna()),
            "travel_time_min": first["travel_time_min"],
            "travel_time_low_min": minutes.min(axis=1),
            "travel_time_high_min": minutes.max(axis=1),
            "residents_within_low": within.min(axis=1),
            "residents_within_high": within.max(axis=1),
            "under_served": first["under_served"],
            "share_runs_under_served": share,
            "flips": (share > 0) & (share < 1),
            **territory.precision,
        }
    )
    return Sensitivity(
        threshold_min=float(threshold_min),
        facilities=facilities,
        rule=(rule or CoverageRule()).in_french(threshold_min),
        part=part,
        runs=runs,
        communes=communes,
    )


def _scales(territory: Territory, times: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """Give each hypothesis by its French name, and what times are multiplied by under it: one number, or one a row."""
    yield _ESTIMATED if territory.estimated else _ON_ROADS, 1.0
    if territory.estimated:
        bounds = territory.precision.reindex(times["commune_code"])
        yield from ((name, bounds[bound].to_numpy()) for name, bound in _BOUNDS.items())
    else:
        low, high = road_interval(territory.network.profile)
        yield from zip(_BOUNDS, (high, low), strict=True)
