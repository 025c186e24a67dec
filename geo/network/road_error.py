"""How far times on real roads are from those of the public reference: of eight trips in ten, by speed profile.

INSEE's own distances (METRIC, off-peak) over the times of OSRM, on 821 trips of 5 to 60 minutes of the Gironde: first
decile 0.83, median 0.98, last decile 1.13. The profile *courant* is within 2 % of OSRM, so that these are its bounds
(``tests/benchmarks/FIGURES.md``). OSRM's times are 1.21 times those of Valhalla on the same roads (median of 2,000
trips in Caen), and the profile *fluide* is within 1 % of Valhalla: its bounds are as many times larger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.network.speeds import speed_profile

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTERVALS: Final[Mapping[str, tuple[float, float]]] = {"courant": (0.83, 1.13), "fluide": (1.0, 1.37)}


def road_interval(profile: str) -> tuple[float, float]:
    """Return the bounds of the real time over the time on real roads, of eight trips in ten.

    Raises
    ------
    ParameterError
        No such profile.

    Examples
    --------
    >>> road_interval("courant")
    (0.83, 1.13)
    """
    return _INTERVALS[speed_profile(profile).name]
