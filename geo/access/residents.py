"""Where the residents of a commune are, point by point, and how many of them the road network covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray


def residents_by_point(communes: pd.DataFrame, times: pd.DataFrame) -> NDArray[np.float64]:
    """Return the residents of each demand point, so that those of a commune add up to its legal population.

    Population cells only say how residents spread within their commune: they count fiscal households. Points count
    alike in a commune where the cells know nobody.

    `communes`: Indexed by `commune_code`, column `population` (<NA> unknown). `times`: What `Territory.travel_times`
    returned: `commune_code` and `population` of each point.

    Returns
    -------
    float64, shape (n_points,); 0 where the population of the commune is unknown.
    """
    row = communes.index.get_indexer(pd.Index(times["commune_code"]))
    n = len(communes)
    weight = point_weights(times["population"].to_numpy(np.float64), row, n)
    legal = communes["population"].to_numpy(np.float64, na_value=0.0)
    residents: NDArray[np.float64] = legal[row] * weight / np.bincount(row, weights=weight, minlength=n)[row]
    return residents


def point_weights(population: NDArray[np.float64], row: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """Return the residents of each point; points count alike in a commune where nobody is known to live."""
    weight = np.nan_to_num(population)
    empty = np.bincount(row, weights=weight, minlength=n) <= 0
    return np.where(empty[row], 1.0, weight)


def shares_on_network(
    communes: pd.DataFrame, points: pd.DataFrame, on_network: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the share (0 to 1) of each commune's residents who start from a street of the network.

    `points`: `commune_code` and `population` of each demand point. `on_network`: Whether each point is on the network.
    `communes`: Indexed by `commune_code`.
    """
    row = communes.index.get_indexer(pd.Index(points["commune_code"]))
    n = len(communes)
    weight = point_weights(points["population"].to_numpy(np.float64), row, n)
    share: NDArray[np.float64] = np.bincount(row, weights=np.where(on_network, weight, 0.0), minlength=n) / np.bincount(
        row, weights=weight, minlength=n
    )
    return share


def weighted_median(minutes: NDArray[np.float64], residents: NDArray[np.float64]) -> float | None:
    """Return the value that half of the residents are at or below; those of unknown value are left out, `None`: all."""
    known = np.isfinite(minutes) & (np.nan_to_num(residents) > 0)
    if not known.any():
        return None
    order = np.argsort(minutes[known], kind="stable")
    below = np.cumsum(residents[known][order])
    return float(minutes[known][order][np.searchsorted(below, below[-1] / 2)])
