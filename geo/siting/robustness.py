"""Would the same labels be chosen if roads were a little faster or slower? The share of runs that choose each place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.french import format_decimal
from geo.siting.criteria import Zones, demand_criteria, factors
from geo.siting.plan import siting_problem
from geo.siting.solve import Control, solve
from geo.territory.country import Country

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.siting.plan import Plan
    from geo.siting.problem import SitingProblem
    from geo.territory import Territory

#: Speeds tried, as multiples of those of the network: engines differ by about as much on the same roads.
SPEED_FACTORS: Final = (0.9, 1.0, 1.1)
#: What is tried on an estimated network: all times at a bound of their precision, and the estimate itself.
_ESTIMATED_BOUNDS: Final = ("time_high", "", "time_low")


@dataclass(frozen=True, eq=False, slots=True)
class Robustness:
    """What several runs of the same question chose.

    Attributes
    ----------
    runs
        One row a run: `profile`; `speed_factor` (on an estimated network the mean over the demand points); `labels`
        (int64); `objective` and `gap` as in `geo.siting.solve.Solution`; `codes`: those chosen (tuple of text).
    places
        Indexed by `code`, most often chosen first, then by code: `name`; `runs` (int64) and `share_of_runs` (float64, 0
        to 1) that choose the place; `in_plan` (bool), whether the plan holds it.
    """

    runs: pd.DataFrame
    places: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {
            "runs": self.runs.assign(codes=self.runs["codes"].map(list)).to_dict("records"),
            "places": self.places.reset_index().to_dict("records"),
        }


def robustness(  # noqa: PLR0913 - the options of one question
    plan: Plan,
    areas: Sequence[Territory | Country],
    *,
    candidates: gpd.GeoDataFrame | None = None,
    exclude: Collection[str] = (),
    zones: Zones | None = None,
    speed_factors: Sequence[float] = SPEED_FACTORS,
    time_limit_s: float = 10.0,
    progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Robustness:
    """Ask the question of a plan again with other speeds.

    Parameters
    ----------
    plan
        The plan; its model, number of labels, threshold, weights and counted sites are taken.
    areas
        The area of the plan, then the same built with other speed profiles (`Territory.embedded` gives the embedded
        territory in any; roads that were read from a file are to be built again).
    candidates, exclude, zones
        As given to `geo.siting.plan.plan`.
    speed_factors
        Multiples of each network's speeds; all its times are divided by them. ``median`` and ``center`` choose the same
        whatever the factor, so they run once an area. On an estimated network, times at the bounds of their precision
        are tried in place of them.
    time_limit_s
        Seconds for each run.
    progress
        Told the share done (0 to 1) and a French sentence.
    cancel
        Asked often; true leaves out the runs to come, one run being always made.
    """
    zones = zones or Zones()
    tell, cancelled = progress or Control().progress, cancel or Control().cancel
    rows: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    for area in areas:
        parts = area.parts if isinstance(area, Country) else (area,)
        problem = siting_problem(parts, candidates, exclude, kinds=plan.kinds)
        names |= dict(zip(problem.candidates["code"], problem.candidates["name"], strict=True))
        profile = parts[0].network.profile
        scales = _scales(problem, speed_factors, estimated=plan.part.estimated)
        if plan.model not in {"coverage", "set-cover"}:
            scales = [np.ones(len(problem.demand))]
        for scale in scales:
            if rows and cancelled():
                break
            speed = float(1 / scale.mean())
            said = format_decimal(speed, 2)
            tell(len(rows) / (len(areas) * len(scales)), f"Profil {profile}, vitesses × {said}…")
            scaled = problem.with_times_scaled(scale)
            criteria = demand_criteria(parts, scaled, plan.threshold_min, zones)
            found = solve(
                scaled.with_factors(factors(criteria, plan.weights)),
                plan.model,
                plan.asked or 0,
                threshold_min=plan.threshold_min,
                min_share=plan.min_share,
                control=Control(time_limit_s, cancelled),
            )
            codes = tuple(problem.candidates["code"].iloc[found.selected].to_list())
            rows.append(
                {
                    "profile": profile,
                    "speed_factor": round(speed, 9),
                    "labels": len(codes),
                    "objective": found.objective,
                    "gap": found.gap,
                    "codes": codes,
                }
            )
    tell(1.0, "Variantes calculées.")
    runs = pd.DataFrame(rows)
    counts = runs["codes"].explode().dropna().value_counts()
    chosen = sorted(set(plan.labels["code"]) | set(counts.index), key=lambda code: (-counts.get(code, 0), code))
    times = counts.reindex(chosen, fill_value=0).to_numpy("int64")
    places = pd.DataFrame(
        {
            "name": [names[code] for code in chosen],
            "runs": times,
            "share_of_runs": times / len(runs),
            "in_plan": pd.Index(chosen).isin(plan.labels["code"]),
        },
        index=pd.Index(chosen, dtype="string", name="code"),
    )
    return Robustness(runs, places)


def _scales(problem: SitingProblem, speed_factors: Sequence[float], *, estimated: bool) -> list[NDArray[np.float64]]:
    """Return what the times of each demand point are multiplied by in each run."""
    demand = problem.demand
    if estimated:
        return [demand[bound].to_numpy() if bound else np.ones(len(demand)) for bound in _ESTIMATED_BOUNDS]
    return [np.full(len(demand), 1 / speed) for speed in speed_factors]
