"""The option ``--columns``, and the dates that commands take."""

import json

import pytest

from geo.cli.columns import columns_by_list
from geo.errors import ParameterError
from geo.sources.communes import read_communes

PLACES = 'clef;titre;ici\nP1;Mairie de Bessoncourt;"[6.933,47.646]"\nP2;Mairie de Roppe;"[6.919,47.669]"\n'


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        (["position=coord"], {"sites": {"position": "coord"}}),
        (["sites:name=a,id=b"], {"sites": {"name": "a", "facility_id": "b"}}),
        (["communes:code=ref:INSEE, name=nom"], {"communes": {"code": "ref:INSEE", "name": "nom"}}),
        (["postes d'ici:lon=x", "postes d'ici:lat=y"], {"postes d'ici": {"lon": "x", "lat": "y"}}),
        (["position=Lieu (lat, lon),name=Nom"], {"sites": {"position": "Lieu (lat, lon)", "name": "Nom"}}),
        (["population:population=PTOT"], {"population": {"population": "PTOT"}}),
        ([], {}),
    ],
)
def test_columns_by_list(texts, chosen):
    assert columns_by_list(texts, "sites") == chosen


@pytest.mark.parametrize("text", ["", "name", "name=", "=a", "couleur=a", "communes:position=a", "postes:", ":name="])
def test_other_words_are_refused(text):
    with pytest.raises(ParameterError, match=r"--columns « .* » refusé"):
        columns_by_list([text], "sites")


def test_build_reads_the_columns_named_of_each_file(run, small_world, tmp_path):
    sites = tmp_path / "s.csv"
    sites.write_text("titre;ici;clef\nMairie;(43.3 -1.5);S1\n", encoding="utf-8")
    read = read_communes(small_world.communes).frame.reset_index()
    renamed = read[["commune_code", "name", "geometry"]].rename(columns={"commune_code": "clef", "name": "titre"})
    renamed.to_file(communes := tmp_path / "c.gpkg")
    asked = ["build", "--departement", "64", "--sites", sites, "--communes", communes, "--out", tmp_path / "t"]
    columns = ["--columns", "name=titre,position=ici,id=clef", "--columns", "communes:code=clef,name=titre"]
    status, _, err = run(*asked, *columns)
    assert status == 0, err
    status, _, err = run(*asked[:-1], tmp_path / "u", *columns[:2])
    assert status == 2
    assert "--columns communes:code=COLONNE,name=COLONNE" in err
    status, _, err = run(*asked[:-1], tmp_path / "u", *columns, "--columns", "postes:name=x")
    assert status == 2
    assert "liste inconnue : postes" in err


def test_candidates_keep_their_own_code(run, belfort_folder, tmp_path):
    path = tmp_path / "candidats.csv"
    path.write_text(PLACES.replace("clef;titre", "code;nom").replace("ici", "coordonneesXY"), encoding="utf-8")
    asked = ("--new", "1", "--threshold", "10", "--exclude", "P2", "--json")
    status, out, err = run("plan", belfort_folder, "--candidates", path, *asked)
    assert status == 0, err
    assert [label["code"] for label in json.loads(out)["selected"]] == ["P1"]


def test_candidates_left_out_are_told_with_the_reason(run, belfort_folder, tmp_path):
    path = tmp_path / "candidats.csv"
    table = PLACES.replace("clef;titre", "id;nom").replace("ici", "coordonneesXY")
    path.write_text(f"{table}{table.splitlines()[1]}\n", encoding="utf-8")
    status, _, err = run("plan", belfort_folder, "--candidates", path, "--new", "1", "--json")
    assert status == 0, err
    assert "1 ligne écartée (ligne 4 : identifiant déjà utilisé ligne 2)" in err


def test_columns_of_candidates_can_be_named(run, belfort_folder, tmp_path):
    path = tmp_path / "candidats.csv"
    path.write_text(PLACES, encoding="utf-8")
    asked = ["plan", belfort_folder, "--new", "1", "--threshold", "10", "--json"]
    status, out, err = run(*asked, "--candidates", path, "--columns", "name=titre,position=ici,id=clef")
    assert status == 0, err
    assert json.loads(out)["selected"][0]["code"] in {"P1", "P2"}
    status, _, err = run(*asked, "--candidates", path)
    assert status == 2
    assert "Colonnes trouvées : clef, titre, ici. " in err
    assert "--columns" in err
    status, _, err = run(*asked, "--columns", "name=titre")
    assert status == 2
    assert "--candidates" in err


@pytest.mark.parametrize(
    "date", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31", "2026-02-30", "demain", "x" * 90]
)
def test_dates_of_documents_are_bounded(run, embedded_folder, date, tmp_path):
    status, _, err = run("report", embedded_folder, "--date", date, "--out", tmp_path / "r")
    assert (status, err.count("\n")) == (2, 1)
    assert "de 2000 à 2100" in err


def test_a_time_that_the_clocks_skip_has_an_answer(run, embedded_folder):
    status, out, err = run("nearest", "Sare", embedded_folder, "--at", "2026-03-29 02:30", "-k", "1")
    assert (status, "Traceback" in err) == (0, False)
    assert "saute" in out


def test_a_file_of_two_encodings_is_told_with_its_rows(run, small_world, tmp_path):
    rows = small_world.sites.read_text(encoding="utf-8").replace("rue", "allée").splitlines(keepends=True)
    path = tmp_path / "sites.csv"
    path.write_bytes(b"".join(row.encode("cp1252" if n == 2 else "utf-8") for n, row in enumerate(rows)))
    files = ["--sites", path, "--communes", small_world.communes, "--roads", small_world.roads]
    status, out, _ = run("build", "--departement", "64", *files, "--out", tmp_path / "64")
    assert status == 0
    assert "plusieurs encodages (UTF-8, CP1252)" in out
    assert "(lignes du fichier 3)" in out
