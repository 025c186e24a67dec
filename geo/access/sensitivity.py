"""How sure a coverage is: an interval instead of a figure, and the communes whose side of the threshold is a coin toss.

Car times by engine differ by some 20 % on the same roads (`geo.network.validation`). Speeds a tenth slower and a tenth
faster than the profile are the least that an honest figure allows for; the same territory timed with another speed
profile may be added.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.coverage import DEFAULT_THRESHOLD_MIN, CoverageRule, coverage
from geo.errors import ParameterError
from geo.territory.files import SITES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.territory import Territory

#: Factors of all speeds, by French name; the profile itself comes first.
SPEED_FACTORS: Final[Mapping[str, float]] = {
    "vitesses du profil": 1.0,
    "vitesses réduites de 10 %": 0.9,
    "vitesses augmentées de 10 %": 1.1,
}


@dataclass(frozen=True, slots=True)
class Run:
    """Coverage under one assumption; `share_within` (0 to 1) is `None` where nobody is known to live."""

    name: str
    residents_within: int
    share_within: float | None
    communes_under_served: int


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A coverage under several assumptions.

    Attributes
    ----------
    threshold_min
        Minutes by car.
    rule
        When a commune is under-served, as a French sentence.
    residents
        Residents of the study area.
    runs
        The profile itself first.
    communes
        Indexed by `commune_code`: `name`; `population` (Int64); `travel_time_min`, `travel_time_low_min` and
        `travel_time_high_min` (Float64): by the profile, and the extremes of the runs that reach a site;
        `residents_within_low` and `residents_within_high` (Float64); `under_served` (boolean, by the profile);
        `share_runs_under_served` (Float64, 0 to 1); `flips` (boolean): under-served in some runs and not in others.
        <NA> off the network.
    """

    threshold_min: float
    rule: str
    residents: int
    runs: tuple[Run, ...]
    communes: pd.DataFrame

    @property
    def residents_within(self) -> tuple[int, int]:
        """Least and most residents within the threshold, over the runs."""
        counts = [run.residents_within for run in self.runs]
        return min(counts), max(counts)

    @property
    def shares_within(self) -> tuple[float, float] | None:
        """Least and greatest share of residents within the threshold, `None` where nobody is known to live."""
        shares = [run.share_within for run in self.runs if run.share_within is not None]
        return (min(shares), max(shares)) if shares else None

    @property
    def communes_flipping(self) -> tuple[str, ...]:
        """Codes of the communes whose side depends on the run, in the order of the territory."""
        return tuple(self.communes.index[self.communes["flips"].fillna(value=False)])

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as plain values ready for JSON, without the table."""
        low, high = self.residents_within
        flipping = self.communes["flips"].fillna(value=False)
        return {
            "threshold_min": self.threshold_min,
            "rule": self.rule,
            "residents": self.residents,
            "residents_within_low": low,
            "residents_within_high": high,
            "residents_of_flipping_communes": int(self.communes.loc[flipping, "population"].sum()),
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
    """Measure coverage with all speeds a tenth slower and faster, and with other times of the same residents.

    Scaling every speed leaves the fastest roads and the nearest site as they are, so that times are divided and no
    search is run again. The seconds lost at crossings scale with them.

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
    """
    times = territory.travel_times(facilities) if times is None else times
    cases = {
        name: times.assign(travel_time_min=times["travel_time_min"] / factor) for name, factor in SPEED_FACTORS.items()
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
    residents = int(first["population"].sum())
    runs = tuple(
        Run(name, within, within / residents if residents else None, int(table["under_served"].sum()))
        for name, table in tables.items()
        for within in [round(float(table["residents_within"].sum()))]
    )
    minutes = pd.DataFrame({name: table["travel_time_min"] for name, table in tables.items()})
    within = pd.DataFrame({name: table["residents_within"] for name, table in tables.items()})
    under = np.stack([table["under_served"].to_numpy(np.float64, na_value=np.nan) for table in tables.values()])
    share = pd.Series(pd.array(under.mean(axis=0), dtype="Float64"), first.index)
    communes = pd.DataFrame(
        {
            "name": first["name"],
            "population": first["population"],
            "travel_time_min": first["travel_time_min"],
            "travel_time_low_min": minutes.min(axis=1),
            "travel_time_high_min": minutes.max(axis=1),
            "residents_within_low": within.min(axis=1),
            "residents_within_high": within.max(axis=1),
            "under_served": first["under_served"],
            "share_runs_under_served": share,
            "flips": (share > 0) & (share < 1),
        }
    )
    return Sensitivity(
        threshold_min=float(threshold_min),
        rule=(rule or CoverageRule()).in_french(threshold_min),
        residents=residents,
        runs=runs,
        communes=communes,
    )
