"""How many residents each demand point stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.territory import Territory


def residents_at(territory: Territory) -> NDArray[np.float64]:
    """Return the residents of each demand point: float64, shape (n_demand,), 0 where the population is unknown.

    The legal population of a commune is shared out between its points like their own counts (population cells
    leave out care homes and halls of residence), evenly where they count nobody: residents added up here are those of
    `geo.access.coverage.coverage`.
    """
    row = territory.communes.index.get_indexer(territory.demand["commune_code"])
    legal = territory.communes["population"].to_numpy(np.float64, na_value=0.0)
    counted = np.nan_to_num(territory.demand["population"].to_numpy(np.float64))
    n = len(legal)
    counted = np.where(np.bincount(row, weights=counted, minlength=n)[row] > 0, counted, 1.0)
    residents: NDArray[np.float64] = legal[row] * counted / np.bincount(row, weights=counted, minlength=n)[row]
    return residents
