"""What one new site would bring, for every place where it could open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.access.residents import residents_by_point
from geo.network.snapping import snap, street_positions
from geo.network.travel_times import pairs_within
from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from geo.territory import Territory


def candidate_gains(territory: Territory, times: pd.DataFrame, threshold_min: float) -> pd.DataFrame:
    """Return the residents that one new site would bring within the threshold, for each commune as its place.

    Each commune is tried alone, with a site on the street nearest to its town hall.

    Parameters
    ----------
    territory
        Study area.
    times
        What `Territory.travel_times` returned for the facilities of today.
    threshold_min
        Minutes by car.

    Returns
    -------
    Indexed by `commune_code`, most residents first, then by code: `name`; `gain_residents` (float64), the
    residents beyond the threshold today, or without any road to a facility, who would be within it. Communes
    off the network gain nothing.
    """
    communes, network = territory.communes, territory.network
    origin, place, _ = pairs_within(
        network,
        territory.demand_on_network,
        snap(network, *street_positions(network, communes["lon"], communes["lat"])),
        (threshold_min + AT_THRESHOLD_MIN) * 60,
    )
    today = times["travel_time_min"].to_numpy(np.float64, na_value=np.inf)
    residents = residents_by_point(communes, times)
    beyond = np.where(today > threshold_min + AT_THRESHOLD_MIN, residents, 0.0)
    gain = np.bincount(place, weights=beyond[origin], minlength=len(communes))
    table = pd.DataFrame({"name": communes["name"], "gain_residents": gain}, index=communes.index)
    return table.iloc[np.lexsort((communes.index.to_numpy(str), -gain))]
