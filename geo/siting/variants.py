"""The band of times that a choice has to stand: what they may be, as problems that differ in their times only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.network.road_error import road_interval
from geo.network.speeds import profile_names, speed_profile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geo.siting.problem import SitingProblem

#: What is tried on an estimated network, for each profile: all times at a bound of their precision, and the estimate.
_ESTIMATED: Final = {"temps longs": "time_high", "temps estimés": "", "temps courts": "time_low"}
#: Estimated times of two profiles differ by the ratio of this speed (`geo.network.estimated`).
_ESTIMATED_CLASS: Final = "secondary"


@dataclass(frozen=True, eq=False, slots=True)
class Variant:
    """One hypothesis on times.

    `name`: French, in a few words. `is_central`: whether it is the problem itself, as it was timed. `problem`: with the
    times of the hypothesis. `scale`: what times were multiplied by, for each demand point, float64.
    """

    name: str
    is_central: bool
    problem: SitingProblem
    scale: NDArray[np.float64]


def time_variants(problem: SitingProblem, profile: str) -> tuple[Variant, ...]:
    """Return a problem under each hypothesis on its times, itself among them.

    On an estimated network: both speed profiles, each with all times estimated, at their lower bound and at their upper
    bound. On real roads: the times, and all of them at the bounds measured for the profile (`geo.network.road_error`).

    `profile`: Name of the speed profile that the problem was timed with.
    """
    demand = problem.demand
    if not bool(demand["estimated"].any()):
        low, high = road_interval(profile)
        return (
            _scaled("trajets plus longs", problem, high),
            _scaled("temps des routes", problem),
            _scaled("trajets plus courts", problem, low),
        )
    own = speed_profile(profile).class_speed_kmh[_ESTIMATED_CLASS]
    found = []
    for name in dict.fromkeys((profile, *profile_names())):
        ratio = own / speed_profile(name).class_speed_kmh[_ESTIMATED_CLASS]
        for words, bound in _ESTIMATED.items():
            is_central = name == profile and not bound
            scale = demand[bound].to_numpy(np.float64) * ratio if bound else ratio
            found.append(_scaled(f"{words}, profil {name}", problem, None if is_central else scale))
    return tuple(found)


def _scaled(name: str, problem: SitingProblem, scale: ArrayLike | None = None) -> Variant:
    """Return a problem with its times multiplied; `None`: as it was timed."""
    each = np.broadcast_to(np.asarray(1.0 if scale is None else scale, np.float64), len(problem.demand))
    return Variant(name, scale is None, problem if scale is None else problem.with_times_scaled(each), each)
