"""The answer to a citizen, on the four communes in a row of `small_world`: ten minutes from one to the next."""

import csv
import datetime as dt
import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import Territory, nearest
from geo.errors import NetworkError, ParameterError
from geo.finder.answer import FROM_HOME, MANDATE, find_sites, route_to
from geo.finder.answer import with_sites as answer_about
from geo.finder.preference import lets_in
from geo.finder.wishes import Wishes
from geo.network.travel_times import times_from_point

MAIN, BUS, ANTENNE = "1", "2", "3"
TUESDAY = dt.datetime.fromisoformat("2026-11-24T10:00")


@pytest.fixture(scope="module")
def drawn(small_world):
    """Return the territory as drawn, hours on Monday only."""
    return small_world.territory(tax_offices=small_world.tax_offices)


def with_sites(territory, **columns):
    """Return the territory with columns of its sites (main, bus, antenne) replaced."""
    table = territory.sites.sort_values("facility_id").reset_index(drop=True)
    for name, values in columns.items():
        table[name] = pd.array(values, dtype=table[name].dtype)
    return replace(territory, facilities={**territory.facilities, "sites": table})


@pytest.fixture(scope="module")
def world(drawn):
    """Return the territory with hours by site: the main one closes at noon, the antenne at 18:00."""
    return with_sites(
        drawn,
        opening_hours=[
            "Mo 09:00-12:00; Tu 09:00-12:00; Sa 09:00-12:00",
            "Tu 09:00-17:00",
            "Tu 09:00-18:00; Th 14:00-17:00",
        ],
        appointment=[True, False, False],
        phone=["01", pd.NA, "03"],
        email=[pd.NA, pd.NA, pd.NA],
    )


@pytest.fixture(scope="module")
def home(world):
    """Return the position of commune B, ten minutes from A and C, twenty from D."""
    return world.communes.loc["64002", ["lon", "lat"]].astype(float).tolist()


def ids(sites):
    return [site.facility_id for site in sites]


def open_ids(answer):
    """Return the sites open at the moment asked; the nearest is told though closed."""
    return [] if answer.nothing_open else ids(site for site in answer.sites if lets_in(site, answer.at))


def test_sites_by_road_time_with_their_tax_office(world, home):
    answer = find_sites(world, *home)
    assert ids(answer.sites) == [MAIN, ANTENNE]
    assert [site.travel_time_min for site in answer.sites] == pytest.approx([10, 20], abs=0.01)
    assert [site.distance_km for site in answer.sites] == pytest.approx([10, 20], abs=0.01)
    assert ids(answer.buses) == [BUS]
    assert "base du bus" in answer.buses[0].warnings[0]
    assert answer.tax_office.name == "SIP de C"
    assert answer.tax_office.travel_time_min == pytest.approx(10, abs=0.01)
    assert answer.minutes_saved == pytest.approx(0, abs=0.01)
    assert (answer.lon, answer.lat) == (answer.start_lon, answer.start_lat) == tuple(home)


def test_no_gain_is_told_against_the_embedded_list_of_tax_offices_which_lacks_some(world, home):
    vintages = {**world.manifest.list_vintages, "tax_offices": "octobre 2019"}
    answer = find_sites(replace(world, manifest=replace(world.manifest, list_vintages=vintages)), *home)
    assert answer.tax_office is not None
    assert answer.minutes_saved is None


def test_times_are_those_of_nearest(world, home):
    answer, listed = find_sites(world, *home), nearest(world, *home)
    assert ids(answer.sites) == listed["id"].tolist()
    assert [site.travel_time_min for site in answer.sites] == listed["travel_time_min"].tolist()


def test_at_most_k_sites(world, home):
    assert ids(find_sites(world, *home, k=1).sites) == [MAIN]
    with pytest.raises(ParameterError, match="Au moins 1"):
        find_sites(world, *home, k=0)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24T10:00", [MAIN, ANTENNE]),
        ("2026-11-24T11:49", [MAIN, ANTENNE]),  # ten minutes to the main site, which closes at noon
        ("2026-11-24T11:50", [ANTENNE]),
        ("2026-11-24T17:39", [ANTENNE]),
        ("2026-11-24T17:41", []),  # twenty minutes to the antenne, which closes at 18:00
        ("2026-11-24T08:55", []),  # open on arrival, not at the moment
        ("2026-11-23T10:00", [MAIN]),
        ("2026-11-26T14:30", [ANTENNE]),
        ("2026-11-25T10:00", []),
    ],
)
def test_with_a_moment_the_nearest_is_the_nearest_open(world, home, moment, expected):
    wishes = Wishes(at=dt.datetime.fromisoformat(moment))
    answer = find_sites(world, *home, wishes)
    assert open_ids(answer) == expected
    assert answer.nothing_open == (not expected)
    if expected:
        # The antenna is ten minutes farther: open, it comes before the main site that is closed.
        assert ids(answer.sites) == [*expected, *(each for each in [MAIN] if each not in expected)]
        assert ids(find_sites(world, *home, replace(wishes, open_then=True)).sites) == expected


def test_the_nearest_is_told_though_closed_where_one_open_is_much_farther(world, home, monkeypatch):
    def hours(main, antenne, **fields):
        territory = with_sites(world, opening_hours=[main, pd.NA, antenne])
        return find_sites(territory, *home, Wishes(at=TUESDAY.replace(hour=12, minute=30), **fields))

    monkeypatch.setattr("geo.finder.preference.WORTH_MIN", 9.0)
    answer = hours("Tu 09:00-12:00,14:00-17:00", "Tu 09:00-18:00")
    assert ids(answer.sites) == [MAIN, ANTENNE]
    assert (answer.sites[0].status.state, answer.sites[0].status.opens_at.hour) == ("closed", 14)
    assert [site["facility_id"] for site in answer.to_dict()["sites"]] == [MAIN, ANTENNE]
    assert answer.none_open == ()
    # One asked for is that open beside it.
    territory = with_sites(world, opening_hours=["Tu 09:00-12:00", pd.NA, "Tu 09:00-18:00"])
    assert ids(find_sites(territory, *home, Wishes(at=answer.at), k=1).sites) == [MAIN, ANTENNE]
    # It must have what is asked for beside the moment.
    assert ids(hours("Tu 09:00-12:00", "Tu,Sa 09:00-18:00", saturday=True).sites) == [ANTENNE]


@pytest.mark.parametrize(
    ("limit", "expected", "calls"),
    [
        (60, ["3", "1"], False),
        (15, ["1"], True),  # the one open is beyond, the closed one within: nothing near is open
        (5, ["3", "1"], True),  # both are beyond
    ],
)
def test_where_none_is_open_within_the_limit_the_next_to_open_come(world, home, monkeypatch, limit, expected, calls):
    monkeypatch.setattr("geo.finder.answer.NEAR_MIN", limit)
    answer = find_sites(world, *home, Wishes(at=dt.datetime.fromisoformat("2026-11-24T11:50")))
    assert ids(answer.sites) == expected
    assert bool(answer.none_open) == calls
    assert (answer.open_far and answer.open_far.facility_id) == ("3" if limit == 15 else None)


def test_a_site_open_beyond_the_limit_is_left_out_where_a_nearer_one_is_open(world, home, monkeypatch):
    monkeypatch.setattr("geo.finder.answer.NEAR_MIN", 15)
    assert ids(find_sites(world, *home, Wishes(at=TUESDAY)).sites) == [MAIN]
    assert ids(find_sites(world, *home).sites) == [MAIN, ANTENNE]
    monkeypatch.setattr("geo.finder.answer.NEAR_MIN", 5)
    assert ids(find_sites(world, *home, Wishes(at=TUESDAY)).sites) == [MAIN, ANTENNE]  # none is nearer


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24T20:00", [ANTENNE, MAIN]),  # Thursday at 14:00, before Saturday at 9:00
        ("2026-11-24T08:55", [MAIN, ANTENNE]),  # both at 9:00: the nearer first
        ("2026-11-24T17:50", [ANTENNE, MAIN]),  # still open, but not on arrival: it opens again on Thursday
    ],
)
def test_where_nothing_is_open_the_cards_stay_the_next_to_open_first(world, home, moment, expected):
    answer = find_sites(world, *home, Wishes(at=dt.datetime.fromisoformat(moment)))
    assert (answer.nothing_open, ids(answer.sites)) == (True, expected)
    assert all(site.week and site.phone for site in answer.sites)
    assert answer.minutes_saved is None
    assert ids(find_sites(world, *home, Wishes(at=answer.at), k=1).sites) == expected[:1]


def test_of_the_sites_that_open_again_the_same_half_day_the_nearer_comes_first():
    paris_15 = Territory.load("75"), 2.29988, 48.84152
    answer = find_sites(*paris_15, Wishes(at=dt.datetime.fromisoformat("2026-11-28T19:00")))
    assert answer.nothing_open
    order = [
        (site.status.opens_at.date(), site.status.opens_at.hour >= 12, site.travel_time_min) for site in answer.sites
    ]
    assert order == sorted(order)
    assert order[0][2] < 10, "and not a site an hour away that opens half an hour earlier"


def test_where_nothing_is_open_the_other_wishes_still_count(world, home):
    night = dt.datetime.fromisoformat("2026-11-24T20:00")
    assert ids(find_sites(world, *home, Wishes(at=night, saturday=True)).sites) == [MAIN]
    answer = find_sites(world, *home, Wishes(at=night, saturday=True, without_appointment=True))
    assert (answer.nothing_open, answer.sites) == (True, ())


def test_the_comment_of_a_site_closes_it(world, home):
    said = with_sites(world, comment=["Fermeture chaque 4e mardi matin du mois", pd.NA, pd.NA])
    assert ids(find_sites(said, *home, Wishes(at=TUESDAY, open_then=True)).sites) == [ANTENNE]
    week_before = dt.datetime.fromisoformat("2026-11-17T10:00")
    assert ids(find_sites(said, *home, Wishes(at=week_before)).sites) == [MAIN, ANTENNE]
    unread = with_sites(world, comment=["Ouvert un mardi sur deux", pd.NA, pd.NA])
    first = find_sites(unread, *home, Wishes(at=TUESDAY)).sites[0]
    assert (first.facility_id, first.status.state) == (MAIN, "published")
    assert "« Ouvert un mardi sur deux »" in first.status.sentence.replace("\u00a0", " ")
    assert json.loads(json.dumps(find_sites(unread, *home).to_dict()))["sites"][0]["status"]["state"] != "open"


def test_the_comment_of_a_site_says_whether_an_appointment_is_needed(world, home):
    said = with_sites(world, comment=["Accueil sans rendez-vous", pd.NA, "Sur rendez-vous le mardi"])
    main, antenne = find_sites(said, *home, Wishes(at=TUESDAY)).sites
    assert (main.appointment, main.status.appointment, main.some_appointment) == (False, False, False)
    assert (antenne.appointment, antenne.status.appointment, antenne.some_appointment) == (False, True, True)
    walk_in = Wishes(at=TUESDAY, without_appointment=True)
    assert ids(find_sites(said, *home, walk_in).sites) == [MAIN]
    thursday = Wishes(at=dt.datetime.fromisoformat("2026-11-26T15:00"), without_appointment=True)
    assert open_ids(find_sites(said, *home, thursday)) == [ANTENNE]
    always = with_sites(world, comment=[pd.NA, pd.NA, "Uniquement sur rendez-vous"])
    assert find_sites(always, *home, Wishes(without_appointment=True)).sites == ()


def test_nearly_equal_times_put_the_walk_in_first(world, home):
    main = world.sites[world.sites["facility_id"] == MAIN].geometry.iloc[0]
    near = with_sites(world, appointment=[True, False, False])
    table = near.sites.copy()
    table.loc[table["facility_id"] == ANTENNE, "geometry"] = shapely.Point(main.x, main.y)
    answer = find_sites(replace(near, facilities={**near.facilities, "sites": table}), *home, Wishes(at=TUESDAY))
    assert ids(answer.sites) == [ANTENNE, MAIN]
    assert answer.put_first.startswith("Placé avant France services A, à un temps de trajet presque égal : ")


def test_a_holiday_closes_all_and_offers_contacts(world, home):
    world = with_sites(world, opening_hours=["We 09:00-12:00"] * 3)
    open_day = find_sites(world, *home, Wishes(at=dt.datetime.fromisoformat("2026-11-18T10:00")))
    assert ids(open_day.sites) == [MAIN, ANTENNE]
    assert (open_day.none_open, open_day.from_home) == ((), ())
    holiday = find_sites(world, *home, Wishes(at=dt.datetime.fromisoformat("2026-11-11T10:00")))
    assert holiday.nothing_open
    assert (ids(holiday.sites), holiday.buses) == ([MAIN, ANTENNE], ())
    assert ids(holiday.none_open) == [MAIN, ANTENNE]  # the bus has neither phone nor e-mail
    assert holiday.none_open[0].status.holiday == "armistice de 1918"
    assert holiday.from_home == (*FROM_HOME, MANDATE)
    assert holiday.minutes_saved is None
    assert any("férié (armistice de 1918)" in note for note in holiday.notes)


def test_without_a_moment_closed_sites_are_listed_and_contacts_given_unless_one_is_open(world, home, monkeypatch):
    now = dt.datetime.fromisoformat("2026-11-24T20:00+01:00")
    monkeypatch.setattr("geo.finder.answer.civil_time", lambda moment, _: moment or now)
    answer = find_sites(world, *home)
    assert ids(answer.sites) == ids(answer.none_open) == [MAIN, ANTENNE]
    assert open_ids(find_sites(world, *home, Wishes(open_then=True))) == []
    now = dt.datetime.fromisoformat("2026-11-24T10:00+01:00")
    monkeypatch.setattr("geo.finder.answer.civil_time", lambda moment, _: moment or now)
    assert find_sites(world, *home).none_open == ()


def test_a_site_that_closes_before_arrival_is_listed_with_a_warning(world, home, monkeypatch):
    now = dt.datetime.fromisoformat("2026-11-24T11:55+01:00")
    monkeypatch.setattr("geo.finder.answer.civil_time", lambda *_: now)
    first, site = find_sites(world, *home).sites
    assert (first.facility_id, site.facility_id) == (ANTENNE, MAIN)
    assert site.warnings[0].replace("\u00a0", " ") == "Ferme à 12 h, avant votre arrivée (vers 12 h 05)."


def test_open_sites_over_an_hour_away_are_not_near(world, home, monkeypatch):
    monkeypatch.setattr("geo.finder.answer.NEAR_MIN", 5.0)
    answer = find_sites(world, *home, Wishes(at=TUESDAY))
    assert ids(answer.sites) == ids(answer.none_open) == [MAIN, ANTENNE]
    assert ids(answer.buses) == [BUS]  # its base is where we are


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        (Wishes(saturday=True), [MAIN]),
        (Wishes(evening=True), [ANTENNE]),
        (Wishes(without_appointment=True), [ANTENNE]),
        (Wishes(kinds=frozenset({"antenne"})), [ANTENNE]),
        (Wishes(kinds=frozenset({"bus"})), [BUS]),
        (Wishes(saturday=True, evening=True), []),
    ],
)
def test_filters(world, home, wishes, expected):
    answer = find_sites(world, *home, wishes)
    assert ids(answer.sites) == expected
    if "bus" not in wishes.kinds or wishes.kinds == {"bus"}:
        assert answer.buses == ()


@pytest.mark.parametrize("kinds", [frozenset(), frozenset({"tax_office"}), frozenset({"main", "vélo"})])
def test_unknown_kinds_are_refused(world, home, kinds):
    with pytest.raises(ParameterError, match="Genre de site refusé"):
        find_sites(world, *home, Wishes(kinds=kinds))


def test_an_unknown_need_of_appointment_is_not_none(world, home):
    world = with_sites(world, appointment=[pd.NA, False, pd.NA])
    answer = find_sites(world, *home, Wishes(without_appointment=True))
    assert (ids(answer.sites), ids(answer.buses)) == ([], [BUS])
    assert find_sites(world, *home).sites[0].appointment is None


def test_unknown_hours_are_not_open_and_are_named(world, home):
    world = with_sites(world, opening_hours=[pd.NA, "Tu 09:00-17:00", "Tu 09:00-18:00"])
    answer = find_sites(world, *home, Wishes(at=TUESDAY))
    assert open_ids(answer) == [ANTENNE]
    assert "Horaires inconnus, non comptés comme ouverts : France services A." in answer.notes
    listed = find_sites(world, *home).sites[0]
    assert (listed.status.state, listed.warnings) == (
        "unknown",
        ("Horaires inconnus : appelez avant de vous déplacer.",),
    )


VISITS = pd.DataFrame(
    {
        "facility_id": [ANTENNE, ANTENNE, MAIN],
        "operator": ["Cnav", "CAF", "Caf"],
        "weekday": [1, 3, 2],
        "start_min": [540, 540, 540],
        "end_min": [720, 960, 720],
        "mode": ["on_site", "video", "on_site"],
    }
)


def test_without_a_table_of_visits_the_operator_is_said_to_be_unknown(world, home):
    plain, asked = find_sites(world, *home), find_sites(world, *home, Wishes(operator="Cnav"))
    assert ids(plain.sites) == ids(asked.sites)
    assert any("demandez-les par téléphone" in note for note in asked.notes)


def test_visits_are_in_the_week_and_searched_by_any_name_of_the_operator(world, home):
    def found(operator, moment=None):
        at = None if moment is None else dt.datetime.fromisoformat(moment)
        answer = find_sites(world, *home, Wishes(at=at, operator=operator), permanences=VISITS)
        return [] if answer.nothing_open else ids(answer.sites)

    assert found("assurance retraite") == found("cnav") == found("CNAV") == [ANTENNE]
    assert found("allocations familiales") == [MAIN, ANTENNE]
    # On the day, and not over on arrival: twenty minutes away.
    assert found("cnav", "2026-11-24T08:00") == [ANTENNE]
    assert found("cnav", "2026-11-24T11:39") == [ANTENNE]
    assert found("cnav", "2026-11-24T11:41") == []
    assert found("cnav", "2026-11-25T08:00") == []
    assert found("caf", "2026-11-25T09:00") == [MAIN]
    assert found("caf", "2026-11-11T09:00") == []  # a Wednesday, and a holiday
    week = find_sites(world, *home, permanences=VISITS).sites[1].week
    assert week[1].permanences == ("Cnav : 9\u00a0h – 12\u00a0h, sur place",)
    assert week[3].permanences == ("CAF : 9\u00a0h – 16\u00a0h, par visio",)
    none = find_sites(world, *home, Wishes(operator="Urssaf"), permanences=VISITS)
    assert none.sites == ()
    assert any("Aucune permanence de « Urssaf »" in note for note in none.notes)
    assert ids(none.none_open) == [MAIN, ANTENNE]
    # The territory's own table is used as the one given.
    own = find_sites(replace(world, permanences=VISITS), *home, Wishes(operator="cnav"))
    assert ids(own.sites) == [ANTENNE]


def test_off_the_roads_the_answer_starts_from_the_nearest_commune(world):
    lon, lat = world.communes.loc["64003", ["lon", "lat"]].astype(float)
    answer = find_sites(world, lon, lat + 0.05)  # 5.6 km north, roads end at 1.6 km
    assert answer.notes[0].startswith("Aucune route connue à moins de 1\u202f600 m de votre position")
    assert "à 6 km à vol d'oiseau" in answer.notes[0]
    assert (answer.start_lon, answer.start_lat) == pytest.approx((lon, lat))
    assert ids(answer.sites) == ids(find_sites(world, lon, lat).sites)


@pytest.mark.parametrize(("lon", "lat"), [(2.35, 48.85), (np.nan, 43.0), (200.0, 43.0), (0.0, np.inf)])
def test_a_position_elsewhere_is_refused(world, lon, lat):
    with pytest.raises(ParameterError, match=r"[Pp]osition"):
        find_sites(world, lon, lat)


def test_sites_without_a_road_can_still_be_called(world, home):
    table = world.sites.sort_values("facility_id").reset_index(drop=True)
    north = table.geometry.translate(yoff=0.3)
    unreachable = replace(world, facilities={"sites": table.set_geometry(north)})
    answer = find_sites(unreachable, *home)
    assert answer.sites == answer.buses == ()
    assert answer.tax_office is None
    assert ids(answer.none_open) == [MAIN, ANTENNE]  # by the straight line
    assert (answer.none_open[0].travel_time_min, answer.none_open[0].distance_km) == (None, None)
    no_road = "Aucune route connue n'y mène."
    assert no_road in answer.none_open[0].warnings
    by_train = answer_about(unreachable, answer, [MAIN])
    assert set(by_train.sites[0].warnings) == set(answer.none_open[0].warnings) - {no_road}, "roads do not matter then"


def test_a_territory_without_sites_says_so(world, home):
    empty = replace(world, facilities={**world.facilities, "sites": world.sites.iloc[:0]})
    with pytest.raises(ParameterError, match="Aucun lieu de la liste « sites »"):
        find_sites(empty, *home)


def test_an_antenne_names_its_main_site(world, home):
    named = with_sites(world, main_site=[pd.NA, pd.NA, "France services A"])
    assert [site.main_site for site in find_sites(named, *home).sites] == [None, "France services A"]


def test_the_answer_as_json_is_plain_and_the_same_twice(world, home):
    hostile = with_sites(world, name=["<b>A</b>\n=1+1", "B", "C"], comment=["<script>", pd.NA, '"'])
    wishes = Wishes(at=TUESDAY)
    once = json.dumps(find_sites(hostile, *home, wishes).to_dict(), allow_nan=False)
    assert once == json.dumps(find_sites(hostile, *home, wishes).to_dict(), allow_nan=False)
    plain = json.loads(once)
    assert plain["at"] == "2026-11-24T10:00:00+01:00"
    assert plain["sites"][0]["status"]["closes_at"] == "2026-11-24T12:00:00+01:00"
    assert plain["sites"][0]["week"][0]["intervals"] == [[540, 720]]
    assert plain["sites"][0]["name"] == "<b>A</b>\n=1+1"


def test_order_does_not_depend_on_the_order_of_the_list(world, home):
    turned = replace(world, facilities={**world.facilities, "sites": world.sites.iloc[::-1].reset_index(drop=True)})
    assert ids(find_sites(turned, *home).sites) == ids(find_sites(world, *home).sites)


def test_route_follows_the_road_from_door_to_door(world, home):
    site = find_sites(world, *home).sites[1]
    route = route_to(world, *home, ANTENNE)
    assert (route.travel_time_min, route.distance_km) == pytest.approx((site.travel_time_min, site.distance_km))
    assert route.coordinates[0] == pytest.approx(home, abs=1e-5)
    assert route.coordinates[-1] == pytest.approx([site.lon, site.lat], abs=1e-5)
    drawn = gpd.GeoSeries([shapely.LineString(route.coordinates)], crs="EPSG:4326").to_crs(world.network.crs)
    assert drawn.length.iloc[0] == pytest.approx(1000 * route.distance_km, rel=0.002)


def test_when_nothing_is_open_the_three_nearest_can_be_called(embedded):
    lon, lat = embedded.communes.loc["64504", ["lon", "lat"]].astype(float)
    sunday = Wishes(at=dt.datetime.fromisoformat("2026-11-29T10:00"))
    nearest = find_sites(embedded, lon, lat, k=10).sites
    called = [site.facility_id for site in nearest if site.phone or site.email]
    assert [site.facility_id for site in find_sites(embedded, lon, lat, sunday).none_open] == called[:3]


def test_routes_of_the_embedded_territory_take_the_time_of_the_answer(embedded):
    for code in ("64504", "64213", "64483"):
        lon, lat = embedded.communes.loc[code, ["lon", "lat"]].astype(float)
        for site in find_sites(embedded, lon, lat, k=3).sites:
            route = route_to(embedded, lon, lat, site.facility_id)
            assert route.travel_time_min == pytest.approx(site.travel_time_min, rel=1e-6)
            assert route.distance_km == pytest.approx(site.distance_km, rel=1e-6)


def test_routes_to_nowhere(world, home):
    with pytest.raises(ParameterError, match="« 999 » n'est dans aucune liste"):
        route_to(world, *home, "999")
    table = world.sites.set_geometry(world.sites.geometry.translate(yoff=0.3))
    with pytest.raises(NetworkError, match="Aucune route"):
        route_to(replace(world, facilities={"sites": table}), *home, MAIN)


def test_one_search_serves_sites_and_tax_office(world, home, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "geo.finder.start.times_from_point",
        lambda *args, **options: calls.append(1) or times_from_point(*args, **options),
    )
    find_sites(world, *home, Wishes(at=TUESDAY))
    assert len(calls) == 1


def test_a_time_that_the_clocks_skip_is_answered_and_told(world, home):
    answer = find_sites(world, *home, Wishes(at=dt.datetime.fromisoformat("2026-03-29T02:30")))
    assert answer.at.isoformat() == "2026-03-29T03:30:00+02:00"
    assert any("saute 2" in note and "vaut pour 3" in note for note in answer.notes)
    ordinary = find_sites(world, *home, Wishes(at=dt.datetime.fromisoformat("2026-03-29T03:30")))
    assert not any("saute" in note for note in ordinary.notes)


@pytest.mark.parametrize(
    ("codes", "at", "told"),
    [
        (["64", "974"] * 2 + ["64"], "2026-03-29T02:30:00+0400", False),
        (["64", "972"] * 2 + ["64"], "2026-03-29T02:30:00-0400", False),
        (["974", "64"] * 2 + ["974"], "2026-03-29T03:30:00+0200", True),
        (["64", "975"] * 2 + ["64"], "2026-03-29T02:30:00-0200", False),
    ],
)
def test_civil_time_is_that_of_where_one_starts_not_of_the_first_commune(world, home, codes, at, told):
    """A territory of several départements, such as all of France: the clocks of Paris are not those of Réunion."""
    communes = world.communes.assign(departement=pd.array(codes, dtype=world.communes["departement"].dtype))
    area = replace(world, communes=communes, departement=None)
    answer = find_sites(area, *home, Wishes(at=dt.datetime.fromisoformat("2026-03-29T02:30")))
    assert answer.at.strftime("%Y-%m-%dT%H:%M:%S%z") == at
    assert any("saute" in note for note in answer.notes) is told


def test_a_holiday_is_told_where_it_is_one(world, home):
    """The end of slavery is kept on 20 December in Réunion only."""
    moment = Wishes(at=dt.datetime.fromisoformat("2027-12-20T10:00"))
    for codes, told in ((["64", "974"] * 2 + ["64"], True), (["974", "64"] * 2 + ["974"], False)):
        communes = world.communes.assign(departement=pd.array(codes, dtype=world.communes["departement"].dtype))
        answer = find_sites(replace(world, communes=communes, departement=None), *home, moment)
        assert any("férié" in note for note in answer.notes) is told


def test_holidays_and_civil_time_follow_the_departement_of_the_row_s_commune(world, home):
    """Good Friday is a holiday in Alsace; in Réunion it is afternoon when it is noon in Paris."""
    good_friday = dt.datetime.fromisoformat("2027-03-26T10:00")
    hours = ["Fr 09:00-12:00"] * 3
    at_home, alsace = (with_sites(world, opening_hours=hours, departement=[code] * 3) for code in ("64", "67"))
    assert not find_sites(at_home, *home, Wishes(at=good_friday)).nothing_open
    assert find_sites(alsace, *home, Wishes(at=good_friday)).nothing_open
    reunion = with_sites(world, opening_hours=["Tu 09:00-12:00"] * 3, departement=["974"] * 3)
    assert find_sites(reunion, *home, Wishes(at=TUESDAY)).nothing_open  # 13:00 there
    assert not find_sites(reunion, *home, Wishes(at=TUESDAY.replace(hour=7))).nothing_open


def test_a_bus_whose_base_is_not_near_is_not_listed(world, monkeypatch):
    monkeypatch.setattr("geo.finder.answer.NEAR_MIN", 15.0)
    # The base is in B: 10 minutes from C, 20 from D.
    for code, buses in (("64002", [BUS]), ("64003", [BUS]), ("64004", [])):
        lon, lat = world.communes.loc[code, ["lon", "lat"]].astype(float)
        answer = find_sites(world, lon, lat)
        assert ids(answer.buses) == buses
        assert set(ids(answer.sites)) == {MAIN, ANTENNE}  # however far


def test_only_near_sites_of_unknown_hours_are_named(world, home, monkeypatch):
    monkeypatch.setattr("geo.finder.answer.NEAR_MIN", 15.0)
    blind = with_sites(world, opening_hours=[pd.NA, "Tu 09:00-17:00", pd.NA])
    notes = find_sites(blind, *home, Wishes(at=TUESDAY)).notes
    assert "Horaires inconnus, non comptés comme ouverts : France services A." in notes  # D is 20 minutes away


def test_a_site_that_can_only_be_written_to_is_one_to_contact(world, home):
    written = with_sites(world, phone=[pd.NA, pd.NA, "03"], email=["a@exemple.fr", pd.NA, pd.NA])
    answer = find_sites(written, *home, Wishes(at=dt.datetime.fromisoformat("2026-11-25T10:00")))
    assert [(site.facility_id, site.phone, site.email) for site in answer.none_open] == [
        (MAIN, None, "a@exemple.fr"),
        (ANTENNE, "03", None),
    ]


@pytest.mark.parametrize(("closes", "expected"), [("17:29", []), ("17:30", []), ("17:31", [ANTENNE])])
def test_a_site_that_closes_at_half_past_five_is_not_open_after_it(world, home, closes, expected):
    evening = with_sites(world, opening_hours=["Mo 09:00-12:00", "Mo 09:00-12:00", f"Tu 14:00-{closes}"])
    assert ids(find_sites(evening, *home, Wishes(evening=True)).sites) == expected


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("67", "2027-03-26T10:00"),  # Good Friday is a holiday in Alsace, not where the commune is
        ("974", "2026-11-27T16:30"),  # half past seven in the evening in La Réunion
    ],
)
def test_holidays_and_clock_of_a_site_are_those_of_its_commune(small_world, tmp_path, written, moment):
    with small_world.sites.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    hours = {"insee_dep": written, "h_vendredi": "09:00 - 17:00"}
    sites = tmp_path / "sites.csv"
    with sites.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, rows[0])
        table.writeheader()
        table.writerows(row | hours for row in rows)
    territory = Territory.build("64", communes=small_world.communes, sites=sites, roads=small_world.roads)
    lon, lat = territory.communes.loc["64001", ["lon", "lat"]].astype(float)
    answer = find_sites(territory, lon, lat, Wishes(at=dt.datetime.fromisoformat(moment)))
    assert ids(answer.sites)[:1] == [MAIN]
    assert answer.sites[0].status.closes_at.isoformat() == f"{moment[:10]}T17:00:00+01:00"


def test_the_date_of_the_list_is_that_of_the_list_a_place_is_from(world, home):
    dated = replace(
        world, manifest=replace(world.manifest, list_vintages={"sites": "2026-10", "tax_offices": "2025-07"})
    )
    answer = find_sites(dated, *home)
    assert [site.list_vintage for site in (*answer.sites, *answer.buses)] == ["2026-10"] * 3
    assert answer.tax_office.list_vintage == "2025-07"


def test_five_places_unless_said_otherwise(embedded):
    lon, lat = embedded.communes.loc["64102", ["lon", "lat"]].astype(float)
    assert len(nearest(embedded, lon, lat)) == len(find_sites(embedded, lon, lat).sites) == 5
