"""The nearest facilities of any list from one place, by road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.finder.start import require_near, times_to
from geo.french import format_integer, position_text
from geo.kinds import COUNTED_KINDS, SITES
from geo.network.snapping import snap

if TYPE_CHECKING:
    from collections.abc import Collection

    from geo.territory import Territory


def nearest(
    territory: Territory,
    lon: float,
    lat: float,
    k: int = 5,
    *,
    facilities: str = SITES,
    kinds: Collection[str] = COUNTED_KINDS,
) -> pd.DataFrame:
    """Find the facilities soonest reached by car from a place.

    Parameters
    ----------
    territory
        Study area.
    lon, lat
        Degrees (EPSG:4326).
    k
        How many, at least 1.
    facilities, kinds
        As in `Territory.travel_times`.

    Returns
    -------
    Index 0..m-1, m <= k, soonest first, equal times by id: `id`, `name`, `travel_time_min` and `distance_km`
    (float64), and `geo.territory.study_area.PRECISION_COLUMNS`. Facilities that no road leads to are absent.

    Raises
    ------
    ParameterError
        The position is none, is far from the territory, lies off the network, or `k` is below 1.

    Examples
    --------
    >>> from geo import Territory
    >>> nearest(Territory.load("64"), lon=-1.49, lat=43.31, k=1)["id"].tolist()
    ['950']
    """
    require_near(territory, lon, lat)
    if k < 1:
        msg = f"Nombre de lieux demandé : {k}. Au moins 1 est attendu."
        raise ParameterError(msg)
    table = territory.facility_list(facilities, kinds=kinds)
    here = snap(territory.network, [lon], [lat])
    if here.link[0] < 0:
        msg = (
            f"La position ({position_text(lon, lat)}) est à plus de "
            f"{format_integer(territory.network.snap_limit_m)} m d'une route du réseau de « {territory.name} ». "
            f"Donnez une position dans le territoire."
        )
        raise ParameterError(msg)
    places = snap(territory.network, table.geometry.x, table.geometry.y)
    minutes, km = times_to(territory, here, places)
    found = pd.DataFrame(
        {"id": table["facility_id"], "name": table["name"], "travel_time_min": minutes, "distance_km": km}
    )
    (low,), (high,) = territory.time_bounds(np.array([lon]), np.array([lat]))
    found = found.assign(estimated=territory.estimated, time_low=low, time_high=high)
    found = found[np.isfinite(minutes)].sort_values(["travel_time_min", "id"], kind="stable")
    return found.head(k).reset_index(drop=True)
