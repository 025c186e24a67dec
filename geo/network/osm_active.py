"""OpenStreetMap tags of a way on foot and by bicycle: whether it may be used, which way, and how fast.

As for cars the most specific key counts: ``foot`` before ``access``; ``bicycle`` before ``vehicle`` before ``access``;
and for each what is said of one direction before what is said of both. A one-way street binds bicycles unless
``oneway:bicycle`` or a contraflow lane (``cycleway=opposite``, ``cycleway:left:oneway=no``...) opens it; it binds feet
only where ``oneway:foot`` says so. Where cyclists must dismount, they walk.

Source: OpenStreetMap wiki, Key:foot, Key:bicycle, Key:cycleway, OSM tags for routing/Access restrictions (France).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from geo.network.modes import BIKE, WALK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.network.speeds import SpeedProfile

#: Values of access tags that keep people out; others (yes, designated, permissive, destination, customers...) do not.
_CLOSED: Final = frozenset(
    {
        *("no", "none", "private", "permit", "restricted", "employees", "staff", "military", "official", "emergency"),
        *("delivery", "agricultural", "forestry", "use_sidepath", "unknown_private"),
        *("motor_vehicle", "hgv", "bus", "psv", "taxi"),
    }
)
_PUSHED: Final = "dismount"
#: Most specific first.
_KEYS: Final = {WALK: ("foot", "access"), BIKE: ("bicycle", "vehicle", "access")}
#: Classes of way closed to a mode unless a tag of its own opens them.
_CLOSED_CLASSES: Final = {
    WALK: frozenset({"motorway", "motorway_link", "trunk", "trunk_link", "cycleway"}),
    BIKE: frozenset(
        {
            *("motorway", "motorway_link", "trunk", "trunk_link", "footway", "steps", "bridleway", "platform"),
            "corridor",
        }
    ),
}
#: Classes that only people on foot or on a bicycle use: they are read beside those of cars.
ACTIVE_CLASSES: Final = (
    *("footway", "path", "pedestrian", "steps", "cycleway", "track", "bridleway", "platform", "corridor"),
)
_ONE_WAY: Final = {
    **dict.fromkeys(("yes", "true", "1"), (True, False)),
    **dict.fromkeys(("-1", "reverse"), (False, True)),
    **dict.fromkeys(("no", "false", "0"), (True, True)),
}
_ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})
_LANES: Final = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
#: Ways whose outline is walked along: squares.
_SQUARES: Final = frozenset({"pedestrian", "footway", "platform"})
#: Barriers on a node that stop a mode, unless a tag of its own opens them.
_STOPPED: Final = {
    WALK: frozenset({"wall", "fence", "hedge", "retaining_wall", "city_wall", "guard_rail", "jersey_barrier"}),
    BIKE: frozenset(
        {
            *("wall", "fence", "hedge", "retaining_wall", "city_wall", "guard_rail", "jersey_barrier"),
            *("stile", "kissing_gate", "turnstile", "full-height_turnstile", "ladder", "log", "debris"),
        }
    ),
}

#: Every tag that is looked at, beside those of cars.
ACTIVE_KEYS: Final = (
    *(key + suffix for key in ("foot", "bicycle") for suffix in ("", ":forward", ":backward")),
    *("oneway:bicycle", "oneway:foot", "motorroad"),
    *_LANES,
    *(f"{lane}:oneway" for lane in _LANES[1:]),
)
#: All that `active_speeds` looks at.
READ_KEYS: Final = frozenset(
    {
        *ACTIVE_KEYS,
        *("highway", "area", "junction", "oneway"),
        *(key + suffix for key in ("access", "vehicle") for suffix in ("", ":forward", ":backward")),
    }
)
#: Along the way and against it on foot, along it and against it by bicycle, km/h; 0: not allowed.
ActiveSpeeds = tuple[float, float, float, float]
CLOSED: Final[ActiveSpeeds] = (0.0, 0.0, 0.0, 0.0)


def active_speeds(tags: Mapping[str, Any], profile: SpeedProfile) -> ActiveSpeeds:
    """Return how fast a way with these tags is used on foot and by bicycle, each along it and against it.

    Examples
    --------
    >>> from geo.network.speeds import speed_profile
    >>> active_speeds({"highway": "footway"}, speed_profile())
    (4.8, 4.8, 0.0, 0.0)
    >>> active_speeds({"highway": "residential", "oneway": "yes", "cycleway": "opposite"}, speed_profile())
    (4.8, 4.8, 15.0, 15.0)
    """
    road_class = str(tags.get("highway"))
    if road_class not in profile.class_speed_kmh and road_class not in ACTIVE_CLASSES:
        return CLOSED
    if _word(tags.get("area")) == "yes" and road_class not in _SQUARES:
        return CLOSED
    walk = _both_ways(WALK, tags, road_class, profile)
    bike = _both_ways(BIKE, tags, road_class, profile)
    return (*walk, *bike)


def stops(mode: str, tags: Mapping[str, Any], direction: str) -> bool:
    """Return whether a node with these tags lets nobody pass by an active mode; without a barrier it lets all pass.

    `direction`: Of the way that the node is on, ``":forward"`` or ``":backward"``.

    Examples
    --------
    >>> [stops("walk", {"barrier": "bollard"}, ":forward"), stops("bike", {"barrier": "stile"}, ":forward")]
    [False, True]
    """
    barrier = _word(tags.get("barrier"))
    if not barrier:
        return False
    keys = (key + suffix for key in _KEYS[mode] for suffix in (direction, ""))
    said = next(filter(None, (_word(tags.get(key)) for key in keys)), "")
    if said:
        return said in _CLOSED
    return barrier in _STOPPED[mode] or _word(tags.get("locked")) == "yes"


@lru_cache(maxsize=4096)
def _word(value: str | None) -> str:
    """Return the first value of a tag that allows access, else the first, in lower case; empty: it tells nothing."""
    words = [word.strip().lower() for word in str(value or "").replace("|", ";").split(";")]
    told = [word for word in words if word not in {"", "unknown"}]
    return next((word for word in told if word not in _CLOSED), told[0] if told else "")


def _both_ways(mode: str, tags: Mapping[str, Any], road_class: str, profile: SpeedProfile) -> tuple[float, float]:
    """Return the speeds of a mode along a way and against it, 0 where it may not be used."""
    one_way = _bicycle_directions(tags, road_class) if mode == BIKE else _foot_directions(tags)
    along, against = (
        _speed(mode, tags, road_class, suffix, profile, with_traffic=open_)
        for suffix, open_ in zip((":forward", ":backward"), one_way, strict=True)
    )
    return along, against


def _speed(
    mode: str, tags: Mapping[str, Any], road_class: str, suffix: str, profile: SpeedProfile, *, with_traffic: bool
) -> float:
    """Return the speed of one direction; who dismounts walks, and may do so against the traffic."""
    kmh = profile.active_kmh
    walking = kmh[WALK].get(road_class, kmh[WALK]["street"])
    own = next(filter(None, (_word(tags.get(_KEYS[mode][0] + end)) for end in (suffix, ""))), "")
    if mode == BIKE and own == _PUSHED:
        return walking if _speed(WALK, tags, road_class, suffix, profile, with_traffic=True) else 0.0
    if not with_traffic:
        return 0.0
    if own:
        open_ = own not in _CLOSED
    else:
        keys = (key + end for key in _KEYS[mode][1:] for end in (suffix, ""))
        general = next(filter(None, (_word(tags.get(key)) for key in keys)), "")
        closed_here = road_class in _CLOSED_CLASSES[mode] or _word(tags.get("motorroad")) == "yes"
        open_ = general not in {*_CLOSED, _PUSHED} and not closed_here
    if not open_:
        return 0.0
    return walking if mode == WALK else kmh[BIKE].get(road_class, kmh[BIKE]["street"])


def _foot_directions(tags: Mapping[str, Any]) -> tuple[bool, bool]:
    return _ONE_WAY.get(_word(tags.get("oneway:foot")), (True, True))


def _bicycle_directions(tags: Mapping[str, Any], road_class: str) -> tuple[bool, bool]:
    """Return whether bicycles may go along the way, and against it."""
    said = _ONE_WAY.get(_word(tags.get("oneway:bicycle")))
    if said is not None:
        return said
    by_traffic = _ONE_WAY.get(_word(tags.get("oneway")))
    if by_traffic is None:
        ring = _word(tags.get("junction")) in _ROUNDABOUTS or road_class == "motorway"
        by_traffic = (True, not ring)
    if by_traffic == (True, True) or not _contraflow(tags):
        return by_traffic
    return (True, True)


def _contraflow(tags: Mapping[str, Any]) -> bool:
    """Return whether a lane for bicycles runs against a one-way street."""
    if any(_word(tags.get(lane)).startswith("opposite") for lane in _LANES):
        return True
    return any(_word(tags.get(f"{lane}:oneway")) in {"no", "-1"} for lane in _LANES[1:])
