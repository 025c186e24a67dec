"""Compiling every loop at set-up, so that no visitor waits for it: ``python -m geo.prepared``.

What is compiled is kept on disk beside the modules, or in the user's cache where these cannot be written (numba).
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from geo.network.prepared import prepare_searches
from geo.siting.benefits import Benefits
from geo.siting.bounds import upper_bound
from geo.transit.day import day_of, profile_to
from geo.transit.gtfs import read_gtfs
from geo.transit.walks import Walks

#: One bus on one day.
_FEED: Final = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\nA,A,http://example.org,Europe/Paris\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon\nU,U,43.30,-1.57\nV,V,43.40,-1.57\n",
    "routes": "route_id,route_short_name,route_type\nB,B,3\n",
    "trips": "route_id,service_id,trip_id\nB,D,T\n",
    "stop_times": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT,08:00:00,08:00:00,U,1\nT,08:30:00,08:30:00,V,2\n"
    ),
    "calendar_dates": "service_id,date,exception_type\nD,20250204,1\n",
}


def prepare() -> None:
    """Run every compiled loop once: the searches on streets, the days of a timetable, the bounds of plans."""
    prepare_searches()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table, text in _FEED.items():
            (folder / f"{table}.txt").write_text(text, encoding="utf-8")
        schedule = read_gtfs(folder)
    walks = Walks.between_stops(schedule, None, "EPSG:2154")
    day = day_of(schedule, dt.date(2025, 2, 4), walks, "Europe/Paris")
    profile_to(day, np.array([0, 0]))
    # Three candidates, each of which serves two of three homes.
    homes, candidates = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 2, 0, 1, 1, 2])
    upper_bound(Benefits(homes, candidates, np.ones(6), 3, 3), 1, np.array([0]))


if __name__ == "__main__":
    prepare()
    sys.exit(0)
