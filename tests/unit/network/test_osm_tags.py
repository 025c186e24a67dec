"""Access, direction and barriers as the OpenStreetMap wiki defines them, on the tags of one street or one node."""

from itertools import permutations

import pytest

from geo.network.osm_tags import DIRECTIONS, NOT_FOR_CARS, WayKinds, merged_tags
from geo.network.osm_tags import stops_cars as stops_cars_of
from geo.network.speeds import speed_profile

BOTH, ALONG, AGAINST, CLOSED = "both ways", "along", "against", "closed"
KEYS = ["motorcar", "motor_vehicle", "vehicle", "access"]


def driven(**tags):
    """How a street with these tags may be driven; ``__`` stands for the colon of a key."""
    kinds = WayKinds(speed_profile())
    tags = {key.replace("__", ":"): value for key, value in tags.items()}
    if kinds.number({"highway": "residential"} | tags) == NOT_FOR_CARS:
        return CLOSED
    return {0: BOTH, 1: ALONG, -1: AGAINST}[int(kinds.direction[0])]


@pytest.mark.parametrize(
    "value",
    [
        *["no", "private", "permit", "delivery", "agricultural", "forestry", "emergency", "military", "official"],
        *["residents", "members"],
        *["restricted", "bus", "psv", "taxi", "hgv", "bicycle"],
        # Lists are closed where every value is; spaces, capitals and the other separators change nothing.
        *[
            "agricultural;forestry",
            "private;no",
            "bus;taxi",
            "bus;psv;emergency",
            "agricultural; forestry",
            "no,private",
        ],
        *["No", "PRIVATE", "Agricultural;Forestry", " private "],
    ],
)
@pytest.mark.parametrize("key", KEYS)
def test_values_that_close_to_cars(key, value):
    assert driven(**{key: value}) == CLOSED


@pytest.mark.parametrize(
    "value",
    [
        *["yes", "designated", "permissive", "destination", "customers", "discouraged", "Yes"],
        *["private;destination", "no;yes", "agricultural;destination", "delivery; customers", "bus;destination"],
        # What tells nothing closes nothing.
        *["", ";", "unknown"],
    ],
)
@pytest.mark.parametrize("key", KEYS)
def test_values_that_open_to_cars(key, value):
    assert driven(**{key: value}) == BOTH


@pytest.mark.parametrize(("specific", "general"), [(a, b) for i, a in enumerate(KEYS) for b in KEYS[i + 1 :]])
def test_the_most_specific_key_wins(specific, general):
    assert driven(**{specific: "yes", general: "no"}) == BOTH
    assert driven(**{specific: "no", general: "yes"}) == CLOSED
    assert driven(**{specific: "unknown", general: "no"}) == CLOSED
    # Also where the general key speaks of one direction.
    assert driven(**{specific: "yes", f"{general}:forward": "no"}) == BOTH


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_speaks_of_one_direction(key):
    assert driven(**{f"{key}:forward": "no"}) == AGAINST
    assert driven(**{f"{key}:backward": "Private;no"}) == ALONG
    assert driven(**{f"{key}:forward": "no", f"{key}:backward": "no"}) == CLOSED
    assert driven(**{key: "no", f"{key}:forward": "yes"}) == ALONG
    assert driven(**{key: "yes", f"{key}:forward": "no"}) == AGAINST
    assert driven(**{f"{key}:backward": "no", "oneway": "-1"}) == CLOSED
    assert driven(**{f"{key}:backward": "no", "oneway": "yes"}) == ALONG


def test_delivery_is_closed_unless_something_opens():
    assert driven(motor_vehicle="delivery") == CLOSED
    assert driven(motor_vehicle="delivery;destination") == BOTH
    assert driven(motorcar="yes", motor_vehicle="delivery") == BOTH
    assert driven(motor_vehicle__backward="delivery") == ALONG


def test_fire_lanes_are_closed_unless_an_access_tag_opens_them():
    lane = {"highway": "service", "service": "emergency_access"}
    assert driven(**lane) == CLOSED
    assert driven(**lane | {"service": "Emergency_Access"}) == CLOSED
    assert driven(**lane | {"highway": "residential"}) == CLOSED
    assert driven(**lane | {"access": "yes"}) == BOTH
    assert driven(**lane | {"motor_vehicle": "destination"}) == BOTH
    assert driven(**lane | {"motor_vehicle:forward": "yes"}) == ALONG
    assert driven(**lane | {"access": "no"}) == CLOSED
    assert driven(**lane | {"service": "driveway"}) == BOTH


@pytest.mark.parametrize("key", ["oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle"])
def test_the_one_way_tag_of_a_mode_overrides_both_ways(key):
    assert driven(**{key: "yes"}) == ALONG
    assert driven(**{key: "-1"}) == AGAINST
    assert driven(**{key: "no", "oneway": "yes"}) == BOTH
    assert driven(**{key: "yes", "oneway": "no"}) == ALONG
    assert driven(**{key: "no", "junction": "roundabout"}) == BOTH
    assert driven(**{key: "no", "oneway": "reversible"}) == BOTH
    assert driven(**{key: "perhaps", "oneway": "yes"}) == ALONG


def test_the_most_specific_one_way_tag_wins():
    assert driven(oneway__motorcar="no", oneway__motor_vehicle="yes", oneway__vehicle="-1") == BOTH
    assert driven(oneway__motor_vehicle="yes", oneway__vehicle="-1", oneway="no") == ALONG
    assert driven(oneway__bicycle="no", oneway__bus="no", oneway="yes") == ALONG


def test_traffic_that_alternates_goes_both_ways_and_reversible_traffic_neither():
    assert driven(oneway="alternating") == BOTH
    assert driven(oneway="Alternating", highway="primary", bridge="yes") == BOTH
    assert driven(oneway="alternating", junction="roundabout") == BOTH
    assert driven(oneway="reversible") == CLOSED
    assert driven(oneway="YES") == ALONG


@pytest.mark.parametrize(
    ("way", "tags", "expected"),
    [
        ("pedestrian", {"motor_vehicle": "yes"}, BOTH),
        ("pedestrian", {"motorcar": "destination", "access": "no"}, BOTH),
        ("pedestrian", {"vehicle": "destination"}, BOTH),
        ("pedestrian", {"motor_vehicle": "yes", "motorcar": "no"}, CLOSED),
        ("pedestrian", {"motor_vehicle": "yes", "oneway": "yes"}, ALONG),
        ("pedestrian", {"motor_vehicle:backward": "yes"}, AGAINST),
        ("pedestrian", {"motor_vehicle": "delivery"}, CLOSED),
        ("pedestrian", {"motor_vehicle": "delivery;destination"}, BOTH),
        # Everybody, on foot.
        ("pedestrian", {"access": "yes"}, CLOSED),
        ("pedestrian", {}, CLOSED),
        ("track", {}, CLOSED),
        ("track", {"motor_vehicle": "agricultural;forestry"}, CLOSED),
        ("track", {"motor_vehicle": "agricultural;destination"}, BOTH),
        ("service", {"motor_vehicle": "agricultural;forestry"}, CLOSED),
        ("service", {"motor_vehicle": "private;customers"}, BOTH),
        ("cycleway", {"motor_vehicle": "yes"}, BOTH),
        ("busway", {"motor_vehicle": "no"}, CLOSED),
        ("steps", {"motor_vehicle": "yes"}, CLOSED),
    ],
    ids=str,
)
def test_a_way_made_for_others_is_open_where_a_key_of_vehicles_says_so(way, tags, expected):
    assert driven(highway=way, **tags) == expected


# --- nodes ---------------------------------------------------------------------------------------


def stops_cars(tags):
    """Whether a node stops them, in both directions alike."""
    along, against = (stops_cars_of(tags, direction) for direction in DIRECTIONS)
    assert along == against
    return along


@pytest.mark.parametrize(
    "barrier",
    [
        *[
            "bollard",
            "block",
            "jersey_barrier",
            "cycle_barrier",
            "motorcycle_barrier",
            "chain",
            "kissing_gate",
            "stile",
        ],
        *["turnstile", "debris", "log", "bus_trap", "sump_buster", "fence", "wall", "Bollard", "block;bollard"],
        # The wiki gives no default for these: they stop everyone.
        *["yes", "rock", "planter"],
        # What is passed is no way around what is not.
        *["kerb;bollard", "cattle_grid; block", "height_restrictor;chain"],
    ],
)
def test_barriers_that_stop_cars(barrier):
    assert stops_cars({"barrier": barrier})
    assert stops_cars({"barrier": barrier, "bicycle": "yes", "foot": "yes"})
    assert not stops_cars({"barrier": barrier, "motor_vehicle": "yes"})
    assert not stops_cars({"barrier": barrier, "access": "destination"})


@pytest.mark.parametrize(
    "barrier",
    [
        *[
            "gate",
            "lift_gate",
            "swing_gate",
            "sliding_gate",
            "hampshire_gate",
            "bump_gate",
            "cattle_grid",
            "toll_booth",
        ],
        *["border_control", "sally_port", "entrance", "height_restrictor", "kerb", "no", "Gate"],
        *["bollard;gate", "Lift_Gate; chain", "fence;entrance", "cattle_grid;height_restrictor", "gate;stile"],
    ],
)
def test_barriers_that_cars_pass(barrier):
    assert not stops_cars({"barrier": barrier})
    assert not stops_cars({"barrier": barrier, "bicycle": "no"})
    assert stops_cars({"barrier": barrier, "access": "private"})
    assert stops_cars({"barrier": barrier, "motor_vehicle": "agricultural;forestry"})
    assert not stops_cars({"barrier": barrier, "access": "no", "motorcar": "yes"})


@pytest.mark.parametrize("barrier", [{"barrier": "gate"}, {"barrier": "bollard"}, {}], ids=str)
@pytest.mark.parametrize("key", KEYS)
def test_an_access_tag_of_one_direction_stops_or_opens_that_one(barrier, key):
    stopped = stops_cars_of(barrier, ":forward")
    no, yes = {**barrier, f"{key}:forward": "no"}, {**barrier, f"{key}:forward": "yes"}
    assert (stops_cars_of(no, ":forward"), stops_cars_of(no, ":backward")) == (True, stopped)
    assert (stops_cars_of(yes, ":forward"), stops_cars_of(yes, ":backward")) == (False, stopped)
    assert stops_cars({**no, f"{key}:backward": "agricultural;forestry"})
    assert not stops_cars({**barrier, "motorcar": "yes", "access:forward": "no"})


def test_a_locked_gate_stops_cars_unless_an_access_tag_opens_it():
    assert stops_cars({"barrier": "gate", "locked": "yes"})
    assert not stops_cars({"barrier": "gate", "locked": "no"})
    assert not stops_cars({"barrier": "gate", "locked": "yes", "access": "permissive"})


def test_an_access_tag_alone_stops_cars_and_that_of_another_thing_does_not():
    assert stops_cars({"motor_vehicle": "no"})
    assert stops_cars({"access": "no", "foot": "yes", "source": "survey"})
    assert not stops_cars({"access": "yes"})
    # A car park or an advertisement drawn on the street.
    assert not stops_cars({"amenity": "parking_entrance", "access": "private"})
    assert not stops_cars({"advertising": "poster_box", "access": "private"})
    assert not stops_cars({"highway": "bus_stop", "access": "no"})
    assert not stops_cars({})
    # A crossing, a stop line or lights are the way itself.
    for there in ("crossing", "stop", "traffic_signals"):
        assert stops_cars({"highway": there, "access": "no", "crossing": "marked", "tactile_paving": "yes"})
        assert not stops_cars({"highway": there, "access": "yes"})
        assert not stops_cars({"highway": there, "bicycle": "no", "crossing": "marked"})


# --- several ways in one edge --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"highway": ["residential", "track"]}, CLOSED),
        ({"highway": ["residential", "unclassified", "service"]}, BOTH),
        ({"access": ["yes", "private"]}, CLOSED),
        ({"access": ["yes", "destination"]}, BOTH),
        ({"access": ["private", "yes"], "motor_vehicle": ["yes"]}, BOTH),
        ({"motor_vehicle:forward": ["no", "yes"]}, AGAINST),
        ({"service": ["alley", "emergency_access"]}, CLOSED),
        ({"area": ["no", "yes"]}, CLOSED),
        ({"junction": ["roundabout", "jughandle"], "oneway": ["no"]}, BOTH),
    ],
    ids=str,
)
def test_a_street_of_several_ways_is_closed_where_one_is_in_any_order(values, expected):
    (key, several), *others = values.items()
    for order in permutations(several):
        tags = merged_tags({"highway": ["residential"], key: order, **dict(others)}, speed_profile())
        assert driven(**tags) == expected


def test_a_street_of_several_ways_is_as_slow_as_the_slowest():
    profile = speed_profile()
    for limits in permutations(["80", "50", "FR:zone30"]):
        kinds = WayKinds(profile)
        kinds.number(merged_tags({"highway": ["secondary"], "maxspeed": limits}, profile))
        assert kinds.speed_kmh[0].tolist() == [25.5, 25.5]
    for classes in permutations(["primary", "living_street", "tertiary"]):
        assert merged_tags({"highway": classes}, profile) == {"highway": "living_street"}
