"""How many residents are within each number of minutes: the whole curve of which a threshold is one point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.access.residents import residents_by_point
from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from geo.territory import Territory

#: The curve goes at least this far (min), and at most so far: who is further is further.
SHORTEST_MIN: Final = 45
LONGEST_MIN: Final = 120


def population_curve(territory: Territory, times: pd.DataFrame) -> pd.DataFrame:
    """Count the residents within each whole number of minutes.

    Returns
    -------
    Index 0..n-1: `minutes` (int64, from 0); `residents` (float64): residents whose time is known and at most that;
    `share` (Float64, 0 to 1): of the residents known (`geo.access.known_part`), <NA> where there are none. It ends
    where all who have a way are in, at `SHORTEST_MIN` at least and `LONGEST_MIN` at most. Residents off the network are
    not in it: their time is not known.
    """
    residents = residents_by_point(territory.communes, times)
    minutes = times["travel_time_min"].to_numpy(np.float64, na_value=np.inf)
    known = residents[times["on_network"].to_numpy(bool)].sum()
    lived = np.isfinite(minutes) & (residents > 0)
    longest = int(np.ceil(minutes[lived].max(initial=0.0)))
    steps = np.arange(min(max(longest, SHORTEST_MIN), LONGEST_MIN) + 1)
    order = np.argsort(minutes, kind="stable")
    below = np.append(0.0, np.cumsum(residents[order]))
    within = below[np.searchsorted(minutes[order], steps + AT_THRESHOLD_MIN, side="right")]
    share = pd.array(within / known if known else np.full(len(steps), np.nan), dtype="Float64")
    return pd.DataFrame({"minutes": steps, "residents": within, "share": share})
