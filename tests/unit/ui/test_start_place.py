"""Where a link says that the visitor starts from, against the tables read apart."""

import pytest

from geo import Territory
from geo.finder.found_place import FoundPlace
from geo.ui.start_place import start_at_key
from geo.ui.state import AppState, format_state, parse_state
from tests.unit.embedded_slice import FRANCE, rows_of


@pytest.fixture(scope="module")
def france():
    return Territory.load()


def test_every_hamlet_of_the_table_is_found_by_what_its_link_holds(france):
    centres = {
        row["code"]: (row["name"], float(row["lon"]), float(row["lat"])) for row in rows_of(FRANCE / "communes.csv")
    }
    for row in rows_of(FRANCE / "localities.csv"):
        name, code = row["name"], row["commune_code"]
        key = FoundPlace("", "commune", code, None, None, 0, 0, 100.0, locality=name).key
        state, problems = parse_state({"lieu": key}, ["sites"])
        assert (state, problems, format_state(state, ["sites"])) == (AppState(place=key), [], {"lieu": key})
        place = start_at_key(state.place, france)
        assert (place.locality, place.commune_code, place.key) == (name, code, key)
        assert place.label.startswith(f"{name}, {row['kind']} d")
        commune, *centre = centres[code]
        placed = bool(row["lon"])
        assert (place.lon, place.lat) == pytest.approx((float(row["lon"]), float(row["lat"])) if placed else centre)
        assert place.centre_of == (None if placed else commune)


@pytest.mark.parametrize(
    "key", [None, "", "99999", "64204-", "64204-nulle-part", "64204-eaux-bonnes", "64504-gourette"]
)
def test_what_is_no_place_is_none(france, key):
    assert start_at_key(key, france) is None


def test_a_place_of_another_part_of_france_is_none(embedded):
    assert start_at_key("64204-gourette", embedded).label == "Gourette, hameau d'Eaux-Bonnes (64)"
    assert start_at_key("73257-val-thorens", embedded) is None
    assert start_at_key("69383", embedded) is None, "an arrondissement of Lyon"
    assert start_at_key("64541", embedded).label == "Urdès, aujourd'hui Lacq (64)"
