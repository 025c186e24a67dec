"""The nearest facilities from one place, by road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.network.snapping import snap
from geo.network.travel_times import times_from_point
from geo.sources.official_tables import SITES

if TYPE_CHECKING:
    from geo.territory import Territory


def nearest(
    territory: Territory,
    lon: float,
    lat: float,
    k: int = 5,
    *,
    facilities: str = SITES,
    buses: bool = False,
    antennes: bool = True,
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
    facilities, buses, antennes
        As in `Territory.travel_times`.

    Returns
    -------
    Index 0..m-1, m <= k, soonest first, equal times by id: `id`, `name`, `travel_time_min` and `distance_km`
    (float64). Facilities that no road leads to are absent.

    Raises
    ------
    ParameterError
        The position is not a position, lies off the network, or `k` is below 1.
    """
    if not (np.isfinite(lon) and np.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - degrees
        msg = (
            f"Position refusée : longitude {lon:g}, latitude {lat:g}. "
            f"Des degrés sont attendus, par exemple -1.56 et 43.48."
        )
        raise ParameterError(msg)
    if k < 1:
        msg = f"Nombre de lieux demandé : {k}. Au moins 1 est attendu."
        raise ParameterError(msg)
    table = territory.facility_list(facilities, buses=buses, antennes=antennes)
    here = snap(territory.network, [lon], [lat])
    if here.link[0] < 0:
        msg = (
            f"La position (longitude {lon:g}, latitude {lat:g}) est à plus de "
            f"{territory.network.snap_limit_m:.0f} m d'une route du réseau de « {territory.name} ». "
            f"Donnez une position dans le territoire."
        )
        raise ParameterError(msg)
    seconds, metres = times_from_point(
        territory.network, here, 0, snap(territory.network, table.geometry.x, table.geometry.y)
    )
    found = pd.DataFrame(
        {
            "id": table["facility_id"],
            "name": table["name"],
            "travel_time_min": seconds / 60,
            "distance_km": metres / 1000,
        }
    )
    found = found[np.isfinite(seconds)].sort_values(["travel_time_min", "id"], kind="stable")
    return found.head(k).reset_index(drop=True)
