"""Monthly requests by site."""

import pytest

from geo.errors import SchemaError
from geo.sources.site_requests import read_site_requests


def read(tmp_path, text):
    path = tmp_path / "demandes.csv"
    path.write_text(text, encoding="utf-8")
    return read_site_requests(path)


def test_a_table_as_a_prefecture_keeps_it(tmp_path):
    found = read(tmp_path, "Id_FS;Nom;Demandes par mois\n2811;Saint-Jean-de-Luz;400\n12;Nay;1 250,5\n13;Pau;\n")
    assert found.frame["requests_per_month"].to_dict() == {"2811": 400, "12": 1250.5}
    assert found.frame.index.name == "facility_id"
    assert found.notes == ("1 site sans nombre de demandes, laissé de côté",)
    assert (found.provenance.rows_read, found.provenance.rows_kept) == (3, 2)


def test_all_faults_are_told_with_their_rows(tmp_path):
    with pytest.raises(SchemaError) as refusal:
        read(tmp_path, "id_fs,demandes_par_mois\n1,-3\n2,beaucoup\n,4\n3,5\n3,6\n4,1e300\n")
    text = str(refusal.value)
    for part in (
        "ligne 2 : « -3 »",
        "ligne 3 : « beaucoup »",
        "ligne 4 : identifiant",
        "ligne 6 : site « 3 »",
        "ligne 7",
    ):
        assert part in text
    assert "demandes.csv" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site,visites\n1,2\n", "« id_fs » absente ; colonne « demandes_par_mois » absente"),
        ("id_fs,demandes_par_mois\n1,\n2,\n", "aucune demande indiquée"),
    ],
)
def test_tables_without_requests_are_refused(tmp_path, text, said):
    with pytest.raises(SchemaError) as refusal:
        read(tmp_path, text)
    assert said in str(refusal.value)
