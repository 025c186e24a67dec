"""OpenStreetMap tags of a way: whether cars may use it, which way, and its limits.

Tags are read as the OpenStreetMap wiki defines them. Ways of the same kind share one row of a small
table, so that a way costs one number however many tags it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.network.speeds import link_speed_kmh, parse_limit_kmh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.network.speeds import SpeedProfile

#: Values of access tags that keep the public's cars out.
_CLOSED: Final = frozenset(
    {"no", "private", "emergency", "agricultural", "forestry", "bus", "psv", "permit", "restricted", "delivery"}
)
#: Most specific first: a car follows the first of these tags that is present.
_ACCESS_KEYS: Final = ("motorcar", "motor_vehicle", "vehicle", "access")
#: Tags that state a limit, most direct first.
_LIMIT_KEYS: Final = ("maxspeed", "zone:maxspeed", "source:maxspeed", "maxspeed:type")
#: Tags that state the limit of one direction: along the way, against it.
_DIRECTION_LIMIT_KEYS: Final = ("maxspeed:forward", "maxspeed:backward")
_ONE_WAY: Final = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0}
_ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})
#: No trip begins or ends on these.
_CLOSED_TO_TRIP_ENDS: Final = ("motorway", "motorway_link", "trunk_link")

#: Every tag that is looked at.
USED_KEYS: Final = ("highway", "area", "oneway", "junction", *_ACCESS_KEYS, *_LIMIT_KEYS, *_DIRECTION_LIMIT_KEYS)
#: Number of a way that cars may not use.
NOT_FOR_CARS: Final = -1


class WayKinds:
    """The kinds of ways met so far: ways with the same class, direction and limits are of one kind."""

    def __init__(self, profile: SpeedProfile) -> None:
        self.profile = profile
        self._numbers: dict[tuple[str, int, float, float], int] = {}

    def number(self, tags: Mapping[str, Any]) -> int:
        """Return the number of the kind of a way, `NOT_FOR_CARS` where cars may not use it."""
        road_class = str(tags.get("highway"))
        if road_class not in self.profile.class_speed_kmh or tags.get("area") == "yes" or _is_closed(tags):
            return NOT_FOR_CARS
        direction = _direction(tags, road_class)
        if direction is None:
            return NOT_FOR_CARS
        either_way = self._first_limit(tags, _LIMIT_KEYS)
        along, against = (self._first_limit(tags, (key,)) or either_way for key in _DIRECTION_LIMIT_KEYS)
        return self._numbers.setdefault((road_class, direction, along, against), len(self._numbers))

    def _first_limit(self, tags: Mapping[str, Any], keys: tuple[str, ...]) -> float:
        """Return the first limit in km/h that these tags state, 0 where they state none."""
        limits = (parse_limit_kmh(tags[key], self.profile) for key in keys if key in tags)
        return next((limit for limit in limits if limit > 0), 0.0)

    @property
    def road_class(self) -> NDArray[np.object_]:
        """Class of each kind: text, shape (n_kinds,)."""
        return np.array([kind[0] for kind in self._numbers], dtype=object)

    @property
    def direction(self) -> NDArray[np.int64]:
        """Direction of each kind, shape (n_kinds,): 1 along the way, -1 against it, 0 both."""
        return np.array([kind[1] for kind in self._numbers], np.int64)

    @property
    def speed_kmh(self) -> NDArray[np.float64]:
        """Speed of each kind along the way and against it, shape (n_kinds, 2); NaN: not allowed."""
        limit = np.array([kind[2:] for kind in self._numbers], np.float64).reshape(-1, 2)
        along, against = (link_speed_kmh(self.road_class, limit[:, side], self.profile) for side in (0, 1))
        return np.column_stack(
            [np.where(self.direction >= 0, along, np.nan), np.where(self.direction <= 0, against, np.nan)]
        )

    @property
    def snappable(self) -> NDArray[np.bool_]:
        """Whether a trip may begin or end on a way of each kind, shape (n_kinds,)."""
        return ~np.isin(self.road_class.astype(str), _CLOSED_TO_TRIP_ENDS)

    @property
    def minor(self) -> NDArray[np.bool_]:
        """Which kinds make no crossing (driveways and the like), shape (n_kinds,)."""
        return np.asarray(self.road_class == "service", bool)


def _is_closed(tags: Mapping[str, Any]) -> bool:
    for key in _ACCESS_KEYS:
        value = tags.get(key)
        if value is not None:
            return value in _CLOSED
    return False


def _direction(tags: Mapping[str, Any], road_class: str) -> int | None:
    """Return 1 along the way, -1 against it, 0 both, `None` where the direction changes with time."""
    stated = tags.get("oneway")
    if stated in {"reversible", "alternating"}:
        return None
    if stated in _ONE_WAY:
        return _ONE_WAY[stated]
    return int(tags.get("junction") in _ROUNDABOUTS or road_class == "motorway")
