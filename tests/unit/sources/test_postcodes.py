"""Postcodes: the layouts of the official file, what a layer carries, and what the sites complete."""

from dataclasses import replace

import pandas as pd
import pytest

from geo.errors import SchemaError, SourceError
from geo.sources.communes import read_communes
from geo.sources.france_services import read_france_services
from geo.sources.postcodes import complete_postcodes, joined_postcodes, read_postcodes

LAYOUTS = {
    "2023": (
        (
            "Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5\n"
            "64545;URRUGNE;64122;URRUGNE;\n64545;URRUGNE;64700;URRUGNE;BEHOBIE\n01001;L ABERGEMENT;01400;L ABERGEMENT;\n"
        ),
        "utf-8",
    ),
    "2024": (
        (
            "#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5\n"
            "64545;URRUGNE;64700;URRUGNE;BEHOBIE\n64545;URRUGNE;64122;URRUGNE;\n01001;L ABERGEMENT;01400;L ABERGEMENT;\n"
        ),
        "cp1252",
    ),
    "data.gouv": (
        (
            "code_commune_insee,nom_de_la_commune,code_postal,libelle_d_acheminement,ligne_5,_geopoint\n"
            '64545,URRUGNE,64122,URRUGNE,,"43.3,-1.7"\n64545,URRUGNE,64700,URRUGNE,BEHOBIE,"43.3,-1.7"\n'
            '01001,L ABERGEMENT,01400,L ABERGEMENT,,"46.1,4.9"\n'
        ),
        "utf-8-sig",
    ),
    "through a spreadsheet": (
        "Code commune INSEE\tNom commune\tCode postal\n64545\tURRUGNE\t64122\n64545\tURRUGNE\t64700\n1001\tL'A\t1400\n",
        "utf-16",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_table(tmp_path, layout):
    text, encoding = LAYOUTS[layout]
    path = tmp_path / "postcodes.csv"
    path.write_text(text, encoding=encoding)
    assert read_postcodes(path).frame["postcodes"].to_dict() == {"64545": "64122;64700", "01001": "01400"}


def test_rows_that_cannot_be_used_are_listed(tmp_path):
    path = tmp_path / "postcodes.csv"
    path.write_text("code_insee;code_postal\n64545;64122\n98799;x\nMonaco;98000\n64001;\n", encoding="utf-8")
    table = read_postcodes(path)
    assert table.frame["postcodes"].to_dict() == {"64545": "64122"}
    assert list(table.rejected["row"]) == [3, 4, 5]


def test_a_file_without_its_columns_is_refused_by_name(tmp_path):
    path = tmp_path / "villes.csv"
    path.write_text("ville;cp\nPau;64000\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"villes\.csv.*code de commune absente.*code postal absente"):
        read_postcodes(path)
    with pytest.raises(SourceError, match=r"absent\.csv"):
        read_postcodes(tmp_path / "absent.csv")


def test_a_layer_may_carry_lists_text_or_numbers():
    values = pd.Series([["64700", "64122"], '[ "64310" ]', 1400, "1400,01500", None, "aucun"], index=list("abcdef"))
    joined = joined_postcodes(values)
    assert joined.dropna().to_dict() == {"a": "64122;64700", "b": "64310", "c": "01400", "d": "01400;01500"}
    assert list(joined.index) == list("abcdef")


def test_official_postcodes_come_before_those_of_the_sites(small_world, tmp_path):
    communes, sites = read_communes(small_world.communes), read_france_services(small_world.sites)
    path = tmp_path / "postcodes.csv"
    path.write_text("Code_commune_INSEE;Code_postal\n64001;64310\n64003;64500\n", encoding="utf-8")
    completed = complete_postcodes(communes, sites, read_postcodes(path))
    # The sites of the small world, in 64001, 64002 and 64004, all say 64000.
    known = completed.frame["postcodes"]
    assert known.dropna().to_dict() == {"64001": "64310", "64002": "64000", "64003": "64500", "64004": "64000"}
    by_site, unknown = completed.commune_notes[-2:]
    assert "64002, 64004" in by_site.sentence
    assert "64005" in unknown.sentence
    own = replace(communes, frame=communes.frame.assign(postcodes=known))
    assert complete_postcodes(own, sites).frame["postcodes"].equals(known)
