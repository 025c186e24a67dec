"""Commune codes: known right and wrong ones."""

import pandas as pd
import pytest

from geo.sources.commune_codes import CITY_OF_ARRONDISSEMENT, city_of, listed, normalise_codes


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("64483", "64483"),
        (1001, "01001"),
        ("1001", "01001"),
        (64483.0, "64483"),
        (" 2a004 ", "2A004"),
        ("97411", "97411"),
        ("97801", "97801"),
        ("98735", "98735"),
        ("20004", pd.NA),
        ("00001", pd.NA),
        ("96001", pd.NA),
        ("99138", pd.NA),
        ("6448", "06448"),
        ("644", pd.NA),
        ("644835", pd.NA),
        ("2C001", pd.NA),
        ("<b>64</b>", pd.NA),
        ("", pd.NA),
        (None, pd.NA),
    ],
)
def test_normalise(given, expected):
    (found,) = normalise_codes(pd.Series([given]))
    assert found is expected or found == expected


def test_forty_five_arrondissements_in_three_cities():
    assert pd.Series(CITY_OF_ARRONDISSEMENT).value_counts().to_dict() == {"75056": 20, "69123": 9, "13055": 16}
    cities = city_of(["75101", "75120", "75121", "69389", "13216", "64445"])
    assert cities.tolist() == ["75056", "75056", pd.NA, "69123", "13055", pd.NA]


def test_listed_counts_what_it_hides():
    assert listed(["64002", "64001"]) == "64001, 64002"
    assert listed([f"{n:05d}" for n in range(130)]).endswith("00009 et 120 autres")
