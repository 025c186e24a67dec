"""Places and the stops near them: how soon each can be anywhere that a profile leads to, in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.finder.without_car import NearStops, RoundTrips
    from geo.network.snapping import Points
    from geo.transit.day import Profile


@dataclass(frozen=True, eq=False, slots=True)
class StopsNear:
    """The stops within a walk of each of some places, one row a pair, by place.

    `first`: int64 (n_places + 1,), rows of a place. `place`, `stop`: int64 (n_pairs,). `to_stop_s`, `from_stop_s`:
    int64 (n_pairs,), seconds on foot from the place to the stop and back.
    """

    first: NDArray[np.int64]
    place: NDArray[np.int64]
    stop: NDArray[np.int64]
    to_stop_s: NDArray[np.int64]
    from_stop_s: NDArray[np.int64]

    @classmethod
    def around(cls, trips: RoundTrips, points: Points) -> StopsNear:
        """Return the stops near each point (degrees)."""
        place, *near = trips.walks_to_stops(points)
        order = np.argsort(place, kind="stable")
        place = place[order]
        return cls(np.searchsorted(place, np.arange(len(points[0]) + 1)), place, *(each[order] for each in near))

    def of(self, place: int) -> NearStops:
        """Return the stops near one place and the seconds on foot to each and back."""
        rows = slice(self.first[place], self.first[place + 1])
        return self.stop[rows], self.to_stop_s[rows], self.from_stop_s[rows]

    def shortest_s(self, profile: Profile) -> NDArray[np.float64]:
        """Return the seconds that the shortest way of the day takes, door to door, between each place and a profile's.

        A profile of ways back (`geo.transit.day.Day.reversed`) gives those back. Shape (n_places,); inf: none.
        """
        walk_s = self.from_stop_s if profile.day.backwards else self.to_stop_s
        shortest = np.full(len(self.first) - 1, np.inf)
        np.minimum.at(shortest, self.place, walk_s + profile.shortest_s[self.stop])
        return shortest


def walks_of_pairs(trips: RoundTrips, points: Points, places: Points) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the seconds on foot from points to places and back, by point and place; those too far are absent."""
    walks = zip(*(each.tolist() for each in trips.walks_all_the_way(points, places)), strict=True)
    return {(point, place): (there_s, back_s) for point, place, there_s, back_s in walks}
