"""OpenStreetMap tags of a way: whether cars may use it, which way, and its limits; and where a node stops them.

What they say to feet and bicycles is in `geo.network.osm_active`; a kind of way holds both.

Tags are read as the OpenStreetMap wiki defines them (Key:access, Key:oneway, Key:barrier). Ways of the same kind share
one row of a small table, so that a way costs one number however many tags it has.

Access: of the keys of a car, ``motorcar``, ``motor_vehicle``, ``vehicle`` and ``access``, the most specific counts, and
for each what is said of one direction (``:forward``, ``:backward``) before what is said of both. A list of values is
closed where every one of them is. A way made for others (``pedestrian``, ``track``, ``cycleway``...) is open where a
key of vehicles says so. Rules that depend on the hour or the load (``:conditional``) are not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.network.modes import ACTIVE_MODES, CAR
from geo.network.osm_active import ACTIVE_KEYS, CLOSED, READ_KEYS, active_speeds
from geo.network.speeds import link_speed_kmh, parse_limit_kmh

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from geo.network.osm_active import ActiveSpeeds
    from geo.network.speeds import SpeedProfile

#: Values of access tags that keep the public's cars out.
_CLOSED: Final = frozenset(
    {
        *("no", "none", "private", "permit", "restricted", "employees", "staff", "military", "official", "emergency"),
        *("residents", "resident", "members", "delivery", "agricultural", "forestry", "use_sidepath", "dismount"),
        # Other ways to travel.
        *("bus", "tourist_bus", "coach", "minibus", "psv", "taxi", "share_taxi", "tram", "hov", "carpool"),
        *("car_sharing", "disabled", "hgv", "goods", "foot", "bicycle", "moped", "mofa", "motorcycle", "horse"),
    }
)
#: Values that tell nothing: what is less specific counts.
_UNKNOWN: Final = frozenset({"", "unknown"})
#: Most specific first.
_ACCESS_KEYS: Final = ("motorcar", "motor_vehicle", "vehicle", "access")
_ONE_WAY_KEYS: Final = (*(f"oneway:{key}" for key in _ACCESS_KEYS[:-1]), "oneway")
#: What a key adds for travel along the way, and against it.
DIRECTIONS: Final = (":forward", ":backward")
#: Ways made for others, which a key of vehicles opens to cars -> the class that they are driven as.
OPENED_CLASSES: Final = {
    **dict.fromkeys(("pedestrian", "footway", "cycleway", "path", "bridleway"), "living_street"),
    **dict.fromkeys(("track", "busway"), "service"),
}
#: Tags that state a limit, most direct first.
_LIMIT_KEYS: Final = ("maxspeed", "zone:maxspeed", "source:maxspeed", "maxspeed:type")
#: Tags that state the limit of one direction: along the way, against it.
_DIRECTION_LIMIT_KEYS: Final = ("maxspeed:forward", "maxspeed:backward")
#: Directions that a one-way tag leaves open: along the way, against it. Traffic that alternates goes both ways in turn;
#: which way ``reversible`` is open at an hour cannot be known.
_ONE_WAY: Final = {
    **dict.fromkeys(("yes", "true", "1"), (True, False)),
    **dict.fromkeys(("-1", "reverse"), (False, True)),
    **dict.fromkeys(("no", "false", "0", "alternating"), (True, True)),
    "reversible": (False, False),
}
_ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})
#: No trip begins or ends on these.
_CLOSED_TO_TRIP_ENDS: Final = ("motorway", "motorway_link", "trunk_link")
#: Barriers on a node that let all pass, whatever other tags the node has.
_OPENINGS: Final = frozenset(
    {
        *("gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "hampshire_gate", "bump_gate"),
        *("entrance", "no", "sally_port"),
    }
)
#: Others that cars pass, unless another barrier stands there too. All others stop them: bollard, block, chain,
#: cycle_barrier, and whatever the wiki gives no default.
_PASSED: Final = frozenset(
    {
        *("cattle_grid", "toll_booth", "border_control", "checkpoint"),
        *("height_restrictor", "width_restrictor", "arch", "kerb", "coupure"),
    }
)
#: Keys that a node may have beside access tags and still be nothing but a restriction of the way that it is on.
_BESIDE_ACCESS: Final = re.compile(
    r"(foot|bicycle|horse|moped|mofa|motorcycle|hgv|goods|bus|psv|taxi|emergency|note|fixme|source|survey:date)(:.*)?"
    r"|(crossing|crossing_ref|traffic_calming|traffic_signals|tactile_paving|kerb|button_operated|supervised|lit)(:.*)?"
    r"|direction|surface|segregated|check_date(:.*)?"
)
#: Values of `highway` that say how the way is there, not that something else is beside it.
_ON_THE_WAY: Final = frozenset(
    (
        *("crossing", "traffic_signals", "stop", "give_way", "mini_roundabout", "turning_circle", "turning_loop"),
        *("passing_place", "motorway_junction"),
    )
)
_SEPARATORS: Final = re.compile(r"[;,|]")

#: Access tags of cars, with those of one direction.
_NODE_ACCESS: Final = frozenset(key + direction for key in _ACCESS_KEYS for direction in ("", *DIRECTIONS))
#: Every tag that is looked at for cars.
USED_KEYS: Final = (
    *("highway", "area", "service", "junction"),
    *_ONE_WAY_KEYS,
    *(key + direction for key in _ACCESS_KEYS for direction in ("", *DIRECTIONS)),
    *_LIMIT_KEYS,
    *_DIRECTION_LIMIT_KEYS,
)
#: Those for all modes.
ALL_KEYS: Final = (*USED_KEYS, *ACTIVE_KEYS)
#: Number of a way that none of the modes that are read may use.
NOT_FOR_CARS: Final = -1
_CAR_KEYS: Final = frozenset(USED_KEYS)
_CarKind = tuple[str, int, float, float]
#: Class, direction and limits of ways that cars may not use.
_NO_CARS: Final[_CarKind] = ("", 0, 0.0, 0.0)


class WayKinds:
    """The kinds of ways met so far: ways with the same class, direction, limits and speeds are of one kind.

    `active`: whether ways are told apart by what feet and bicycles may do as well.
    """

    def __init__(self, profile: SpeedProfile, *, active: bool = False) -> None:
        self.profile = profile
        self.active = active
        self._numbers: dict[tuple[_CarKind, ActiveSpeeds], int] = {}
        self._cars: dict[tuple[tuple[str, Any], ...], _CarKind] = {}
        self._actives: dict[tuple[tuple[str, Any], ...], ActiveSpeeds] = {}

    def number(self, tags: Mapping[str, Any]) -> int:
        """Return the number of the kind of a way, `NOT_FOR_CARS` where no mode that is read may use it."""
        if not self.active:
            return self._numbered(self._for_cars(tags), CLOSED)
        # Of the many sets of tags, few differ in what one of the two looks at.
        of_cars = tuple(pair for pair in tags.items() if pair[0] in _CAR_KEYS)
        of_active = tuple(pair for pair in tags.items() if pair[0] in READ_KEYS)
        if of_cars not in self._cars:
            self._cars[of_cars] = self._for_cars(tags)
        if of_active not in self._actives:
            self._actives[of_active] = active_speeds(tags, self.profile)
        return self._numbered(self._cars[of_cars], self._actives[of_active])

    def _numbered(self, car: _CarKind, active: ActiveSpeeds) -> int:
        if car == _NO_CARS and active == CLOSED:
            return NOT_FOR_CARS
        return self._numbers.setdefault((car, active), len(self._numbers))

    def _for_cars(self, tags: Mapping[str, Any]) -> _CarKind:
        road_class = str(tags.get("highway"))
        made_for_others = road_class in OPENED_CLASSES
        road_class = OPENED_CLASSES.get(road_class, road_class)
        if road_class not in self.profile.class_speed_kmh or "yes" in _values(tags.get("area")):
            return _NO_CARS
        along_open, against_open = _open_directions(tags, road_class, made_for_others=made_for_others)
        if not (along_open or against_open):
            return _NO_CARS
        direction = int(along_open) - int(against_open)
        either_way = self._first_limit(tags, _LIMIT_KEYS)
        along, against = (self._first_limit(tags, (key,)) or either_way for key in _DIRECTION_LIMIT_KEYS)
        return road_class, direction, along, against

    def _first_limit(self, tags: Mapping[str, Any], keys: tuple[str, ...]) -> float:
        """Return the first limit in km/h that these tags state, 0 where they state none."""
        limits = (parse_limit_kmh(tags[key], self.profile) for key in keys if key in tags)
        return next((limit for limit in limits if limit > 0), 0.0)

    @property
    def road_class(self) -> NDArray[np.object_]:
        """Class of each kind: text, shape (n_kinds,), empty where cars may not use it."""
        return np.array([car[0] for car, _ in self._numbers], dtype=object)

    @property
    def direction(self) -> NDArray[np.int64]:
        """Direction of each kind, shape (n_kinds,): 1 along the way, -1 against it, 0 both."""
        return np.array([car[1] for car, _ in self._numbers], np.int64)

    @property
    def speed_kmh(self) -> NDArray[np.float64]:
        """Speed of each kind along the way and against it, shape (n_kinds, 2); NaN: not allowed."""
        limit = np.array([car[2:] for car, _ in self._numbers], np.float64).reshape(-1, 2)
        along, against = (link_speed_kmh(self.road_class, limit[:, side], self.profile) for side in (0, 1))
        return np.column_stack(
            [np.where(self.direction >= 0, along, np.nan), np.where(self.direction <= 0, against, np.nan)]
        )

    def mode_kmh(self, mode: str) -> NDArray[np.float64]:
        """Speed of each kind by a mode, along the way and against it, shape (n_kinds, 2); NaN or 0: not allowed."""
        if mode == CAR:
            return self.speed_kmh
        first = 2 * ACTIVE_MODES.index(mode)
        return np.array([active[first : first + 2] for _, active in self._numbers], np.float64).reshape(-1, 2)

    def open_to(self, mode: str) -> NDArray[np.bool_]:
        """Whether a mode may use a way of each kind, in one direction at least: shape (n_kinds,)."""
        return np.asarray((np.nan_to_num(self.mode_kmh(mode)) > 0).any(axis=1), bool)

    @property
    def snappable(self) -> NDArray[np.bool_]:
        """Whether a trip may begin or end on a way of each kind, shape (n_kinds,)."""
        return ~np.isin(self.road_class.astype(str), _CLOSED_TO_TRIP_ENDS)

    @property
    def minor(self) -> NDArray[np.bool_]:
        """Which kinds make no crossing (driveways and the like), shape (n_kinds,)."""
        return np.asarray(self.road_class == "service", bool)


def stops_cars(tags: Mapping[str, Any], direction: str) -> bool:
    """Return whether a node with these tags lets no car pass.

    Its access tags decide, else whether it is locked, else the kind of barrier: of several, a gate is a way through.
    On a node that is another thing, say a car park, an access tag speaks of that thing; a crossing or a stop line is
    none.

    `direction`: Of the way that the node is on, ``":forward"`` or ``":backward"``.

    Examples
    --------
    >>> [stops_cars({"barrier": "bollard"}, ":forward"), stops_cars({"barrier": "gate"}, ":forward")]
    [True, False]
    >>> one_way = {"barrier": "gate", "motor_vehicle:backward": "no"}
    >>> [stops_cars(one_way, ":forward"), stops_cars(one_way, ":backward")]
    [False, True]
    """
    barrier = _values(tags.get("barrier"))
    if not barrier and not all(_restricts(key, value) for key, value in tags.items()):
        return False
    stated = _stated_access(tags, [key + suffix for key in _ACCESS_KEYS for suffix in (direction, "")])
    if stated is not None:
        return not stated
    passed = barrier <= _PASSED or barrier & _OPENINGS
    return bool(barrier) and ("yes" in _values(tags.get("locked")) or not passed)


def _restricts(key: str, value: Any) -> bool:
    """Return whether a tag may be that of a node that is nothing but a part of the way."""
    if key == "highway":
        return _values(value) <= _ON_THE_WAY
    return key in _NODE_ACCESS or _BESIDE_ACCESS.fullmatch(key) is not None


def merged_tags(values: Mapping[str, Collection[str]], profile: SpeedProfile) -> dict[str, str]:
    """Return the tags of a street made of several ways one after the other, whatever the order of their values.

    It is as slow as the slowest of them, and closed where one of them is.

    `values`: for each key, the values of those ways that have it.

    Examples
    --------
    >>> from geo.network.speeds import speed_profile
    >>> merged_tags({"highway": ["tertiary", "residential"], "access": ["yes", "private"]}, speed_profile())
    {'highway': 'residential', 'access': 'no'}
    """

    def worst(key: str, each: list[str]) -> str:
        if key == "highway":
            return min(each, key=lambda name: profile.class_speed_kmh.get(name, 0.0))
        if key in _LIMIT_KEYS or key in _DIRECTION_LIMIT_KEYS:
            return ";".join(each)
        if key == "area":
            return "yes" if any(_values(value) & {"yes"} for value in each) else "no"
        if key == "service":
            return next((value for value in each if _emergency_only(value)), each[0])
        if key.partition(":")[0] in _ACCESS_KEYS:
            return "no" if any(_values(value) <= _CLOSED and _values(value) for value in each) else ";".join(each)
        return each[0]

    return {key: worst(key, sorted(set(each))) for key, each in values.items() if each}


def _values(value: Any) -> frozenset[str]:
    """Return the values of a tag that tell something, in lower case."""
    if value is None:
        return frozenset()
    return frozenset(word.strip().lower() for word in _SEPARATORS.split(str(value))) - _UNKNOWN


def _stated_access(tags: Mapping[str, Any], keys: Collection[str]) -> bool | None:
    """Return whether the first of these keys that tells something opens to cars, `None` where none does."""
    stated = next(filter(None, (_values(tags.get(key)) for key in keys)), None)
    return None if stated is None else not stated <= _CLOSED


def _emergency_only(service: Any) -> bool:
    return _values(service) == {"emergency_access"}


def _open_directions(tags: Mapping[str, Any], road_class: str, *, made_for_others: bool) -> tuple[bool, bool]:
    """Return whether cars may go along the way, and against it.

    What `access` says of a way made for others, it says of those others.
    """
    keys = _ACCESS_KEYS[:-1] if made_for_others else _ACCESS_KEYS
    implied = (True, not (_values(tags.get("junction")) & _ROUNDABOUTS or road_class == "motorway"))
    stated = (_ONE_WAY.get(str(tags.get(key, "")).strip().lower()) for key in _ONE_WAY_KEYS)
    by_one_way = next((each for each in stated if each is not None), implied)
    by_access = (
        _stated_access(tags, [key + suffix for key in keys for suffix in (direction, "")]) for direction in DIRECTIONS
    )
    by_default = not (made_for_others or _emergency_only(tags.get("service")))
    along, against = (by_default if each is None else each for each in by_access)
    return by_one_way[0] and along, by_one_way[1] and against
