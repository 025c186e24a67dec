"""How far estimated times are from those of real roads, by kind of ground.

Measured in areas that the estimate was not fitted to, between town halls; in Corsica and overseas on 28 trips of known
length.

``python -m tests.benchmarks.estimated_times`` prints those of the estimate in use; ``tests/benchmarks/FIGURES.md`` says
how areas were left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.network.origin import MeasuredError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geo.sources.relief import Relief

#: Kinds of ground: of the mainland, by the standard deviation (m) of heights in about 9 km; Corsica and overseas.
TERRAINS: Final = ("plain", "hill", "mountain", "far")
#: Degrees: what lies farther east and farther south is Corsica.
_CORSICA: Final = (8.4, 43.1)
_TERRAIN_BOUNDS_M: Final = (40.0, 130.0)
#: Of eight trips in ten the real time over the estimated one is between these, by kind of ground.
INTERVALS: Final = ((0.83, 1.23), (0.82, 1.25), (0.75, 1.32), (0.75, 1.6))

#: Error against real roads, by kind of place; each area timed by an estimate fitted to the others.
MEASURED_ERROR: Final = (
    MeasuredError("Villes (25 agglomérations, OpenStreetMap 2021)", 1_052, 0.99, 0.80, 1.25, 1.05, 0.84),
    MeasuredError("Plaine (Isère et Labourd, trajets d'au plus 60 min)", 5_018, 0.96, 0.81, 1.14, None, 0.93),
    MeasuredError("Collines (Isère et Labourd, trajets d'au plus 60 min)", 23_671, 0.97, 0.81, 1.21, None, 0.88),
    MeasuredError("Montagne (Isère, trajets d'au plus 60 min)", 21_184, 1.06, 0.78, 1.34, None, 0.73),
    MeasuredError("Durées connues en Corse et outre-mer (trajets de 25 à 190 min)", 28, 1.01, 0.63, 1.19, None, 0.75),
)


def terrain(lon: ArrayLike, lat: ArrayLike, relief: Relief | None) -> NDArray[np.int64]:
    """Return the kind of ground around points: positions in `TERRAINS`, shape (n,).

    Where no height is known, the ground is that of Corsica and overseas: the interval is then the widest.

    Parameters
    ----------
    lon, lat
        Degrees (EPSG:4326), shape (n,).
    relief
        Heights; `None`: none is known.
    """
    far = len(TERRAINS) - 1
    if relief is None:
        return np.full(np.size(lon), far)
    rough = relief.roughness(lon, lat)
    kind = np.searchsorted(_TERRAIN_BOUNDS_M, rough, side="right")
    corsica = (np.atleast_1d(lon) > _CORSICA[0]) & (np.atleast_1d(lat) < _CORSICA[1])
    return np.where(np.isnan(rough) | corsica, far, kind)


def interval_min(minutes: ArrayLike, terrain: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the bounds between which the real times of eight trips in ten lie.

    Parameters
    ----------
    minutes
        Estimated times, shape (n,); NaN and inf stay what they are.
    terrain
        Positions in `TERRAINS`, shape (n,) or one for all.

    Examples
    --------
    >>> low, high = interval_min([20.0], [0])
    >>> bool(low[0] < 20 < high[0])
    True
    """
    estimated = np.asarray(minutes, np.float64)
    low, high = np.array(INTERVALS).T
    kind = np.asarray(terrain)
    return estimated * low[kind], estimated * high[kind]
