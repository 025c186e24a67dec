"""Which communes people already go to: the embedded table, how it is read, and how it is made of official files."""

import pytest

from geo.errors import SchemaError
from geo.sources.centralities import (
    embedded_centralities,
    make_centralities,
    read_arrondissement_seats,
    read_centralities,
)
from tests.unit.sources.france_wheel import wheel

HEADER = "code,prefecture,subprefecture,canton_seat,post_office,former_msap\n"


def test_towns_that_everybody_knows():
    found = embedded_centralities()
    assert found.loc[["64445", "23096", "2A004", "97411"], "prefecture"].all()  # Pau, Guéret, Ajaccio, Saint-Denis
    assert found.loc[["64422", "64430"], "canton_seat"].all()  # Oloron-Sainte-Marie, Orthez
    assert found.loc[["64102", "64422", "05023", "97416"], "subprefecture"].all()  # Bayonne, Briançon, Saint-Pierre
    assert found["prefecture"].sum() == 101
    assert not (found["prefecture"] & found["subprefecture"]).any()
    assert found.any(axis=1).all()
    # A village of the high valley of Aspe has none of them.
    assert "64550" not in found.index  # Urdos


def test_codes_are_those_of_today_and_each_list_counts_what_it_is_for(tmp_path):
    posts, houses = tmp_path / "posts.csv", tmp_path / "houses.csv"
    posts.write_text(
        "Caractéristique_du_site;Code_INSEE\nBureau de Poste;64005\nAgence postale communale;64001\nbureau de poste;64006\n",
        encoding="utf-8",
    )
    houses.write_text("id,insee\na,64001\nb,99999\n", encoding="utf-8")
    seats = tmp_path / "arrondissements.json"
    seats.write_text('[{"chefLieu": "64001"}, {"chefLieu": "64005"}]', encoding="utf-8")
    path = tmp_path / "made.csv"
    make_centralities(wheel(tmp_path), seats, posts, houses, path)
    found = read_centralities(path)
    # 64005 is a delegated commune of 64003; the seat of the second canton is too.
    assert {name: list(found.index[found[name]]) for name in found.columns} == {
        "prefecture": ["64001", "97401"],
        "subprefecture": ["64003"],
        "canton_seat": ["64002", "64003"],
        "post_office": ["64003", "64006"],
        "former_msap": ["64001"],
    }


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("64001,yes,,,,\n64001,,,yes,,\n", "ligne 3 : code INSEE absent, non reconnu ou déjà lu"),
        ("Pau,yes,,,,\n", "ligne 2 : code INSEE absent, non reconnu ou déjà lu"),
        ("64001,oui,,,,\n", "ligne 2 : prefecture : « yes » ou rien attendu"),
    ],
)
def test_a_changed_table_is_refused_with_its_rows(tmp_path, rows, named):
    path = tmp_path / "centralities.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    with pytest.raises(SchemaError, match=named):
        read_centralities(path)


@pytest.mark.parametrize("content", ["{", "[1]", '{"a": 1}', '[{"nom": "Bayonne"}]', '[{"chefLieu": "Pau"}]', "[]"])
def test_a_file_without_seats_is_refused(tmp_path, content):
    path = tmp_path / "arrondissements.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SchemaError, match="decoupage-administratif"):
        read_arrondissement_seats(path)
