"""``maillage rounds`` and ``build --rounds``: proposals count nothing, what is confirmed is counted on each channel."""

import csv
import json

import pytest

from geo.territory import Territory
from geo.territory.given import build_territory
from geo.territory.given_files import GivenFile, look

ROUNDS = "site,commune,jour,semaine,horaires,confirmed\n2,Commune C,mardi,2,9h-12h,oui\n2,Commune D,mardi,,9h-12h,\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "rounds.csv"
    path.write_text(ROUNDS, encoding="utf-8")
    return path


def test_build_with_rounds_says_them_on_each_channel(run, small_world, table, tmp_path):
    files = small_world
    out = tmp_path / "built"
    status, said, err = run(
        *("build", "--departement", "64", "--sites", files.sites, "--communes", files.communes, "--roads", files.roads),
        *("--population", files.population, "--rounds", table, "--out", out),
    )
    assert (status, "Tournées des bus" in said) == (0, True), err
    territory = Territory.load(out)
    assert territory.rounds["commune_name"].tolist() == ["Commune C"]
    assert [(row.dataset, row.row) for row in territory.manifest.rejected] == [("Tournées des bus", 3)]
    _, said, _ = run("diagnose", out, "--threshold", 5, "--no-antennes")
    assert (
        "65\u00a0% des habitants ont un site ou un arrêt à 5\u00a0min ou moins, dont 300 qui n'ont qu'un arrêt, en moyenne"
        in said
    )
    _, content, _ = run("diagnose", out, "--threshold", 5, "--no-antennes", "--json")
    assert json.loads(content)["rounds"]["residents_added"] == 300
    _, said, _ = run("hours", out, "--threshold", 5)
    assert "Avec les passages du bus" in said
    _, said, _ = run("nearest", "Commune C", out)
    assert "Le bus passe ici le 2e mardi du mois" in said


def test_proposals_are_written_and_counted_only_once_confirmed(run, small_world, saved, tmp_path):
    with small_world.sites.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[1]["commentaire"] = "Mardi matin : Commune C / Jeudi : Commune D / Vendredi : Le Bourg"
    sites, out = tmp_path / "sites.csv", tmp_path / "proposed.csv"
    with sites.open("w", encoding="utf-8", newline="") as stream:
        written = csv.DictWriter(stream, list(rows[0]))
        written.writeheader()
        written.writerows(rows)
    status, said, _ = run("rounds", saved, "--sites", sites, "--out", out)
    assert (status, "2 passages lus, 1 non lu, pour 1 site" in said) == (0, True)
    status, _, err = run("rounds", saved, "--confirmed", out, "--out", tmp_path / "territory")
    assert (status, "passage non confirmé" in err) == (2, True)
    text = out.read_text(encoding="utf-8-sig").splitlines()
    assert all(line.count(";;") for line in text[1:])
    with out.open(encoding="utf-8-sig", newline="") as stream:
        proposed = list(csv.DictReader(stream, delimiter=";"))
    assert [(row["commune"], row["jour"], row["horaires"], row["confirmed"]) for row in proposed] == [
        ("64003", "mardi", "", ""),
        ("64004", "jeudi", "", ""),
        ("", "", "", ""),
    ]
    assert proposed[2]["remarque"] == "non lu : « Vendredi : Le Bourg »"
    proposed[0] |= {"horaires": "9h-12h", "confirmed": "oui"}
    with out.open("w", encoding="utf-8", newline="") as stream:
        written = csv.DictWriter(stream, list(proposed[0]))
        written.writeheader()
        written.writerows(proposed)
    status, said, err = run("rounds", saved, "--confirmed", out, "--out", tmp_path / "territory")
    assert (status, "1 bus, 1 arrêt" in said) == (0, True), err
    assert len(Territory.load(tmp_path / "territory").rounds) == 1


def test_without_a_comment_nothing_is_proposed(run, saved):
    status, said, _ = run("rounds", saved)
    assert (status, "aucun commentaire ne dit de jour ni de commune" in said) == (0, True)
    assert ("Demandez la tournée" in said) == ("Aucun bus" not in said)
    assert json.loads(run("rounds", saved, "--json")[1])["rounds"] == []


def test_options_that_do_not_go_together(run, saved, table):
    status, _, err = run("rounds", saved, "--confirmed", table)
    assert (status, "--out" in err) == (2, True)


def test_what_is_read_or_confirmed_is_not_written_over(run, small_world, saved, table, tmp_path):
    before = table.read_bytes()
    status, _, err = run("rounds", saved, "--out", table)
    assert (status, "existe déjà et contient des lignes confirmées" in err) == (2, True), err
    sites = tmp_path / "sites.csv"
    sites.write_bytes(small_world.sites.read_bytes())
    for place in (sites, saved / "manifest.json"):
        kept = place.read_bytes()
        status, _, err = run("rounds", saved, "--sites", sites, "--out", place)
        assert (status, "donnez un autre nom à --out" in err, place.read_bytes()) == (2, True, kept), err
    status, _, err = run("rounds", saved, "--confirmed", table, "--out", table.parent)
    assert (status, "donnez un autre nom à --out" in err, table.read_bytes()) == (2, True, before), err


PLACED = """site,latitude,longitude,jour,horaires,confirmed
2,{lat},{lon},mardi,9h-12h,oui
2,{lon},{lat},mardi,9h-12h,oui
2,48.85,2.35,jeudi,9h-12h,oui
"""


def test_stops_out_of_the_territory_are_named_with_the_reason(run, small_world, saved, tmp_path):
    commune = Territory.load(saved).communes.iloc[0]
    path = tmp_path / "rounds.csv"
    path.write_text(PLACED.format(lat=commune["lat"], lon=commune["lon"]), encoding="utf-8")
    status, said, err = run("rounds", saved, "--confirmed", path, "--out", tmp_path / "confirmed")
    assert status == 0, err
    assert "1 ligne non retenue (ligne 3) : arrêt hors du territoire, latitude et longitude semblent inversées" in said
    assert "1 ligne non retenue (ligne 4) : arrêt à plus de 55 km du territoire" in said
    files = small_world
    status, said, err = run(
        *("build", "--departement", "64", "--sites", files.sites, "--communes", files.communes, "--roads", files.roads),
        *("--population", files.population, "--rounds", path, "--out", tmp_path / "built"),
    )
    assert status == 0, err
    assert "tournées des bus, ligne 3 : arrêt hors du territoire, latitude et longitude semblent inversées" in said
    assert "tournées des bus, ligne 4 : arrêt à plus de 55 km du territoire" in said
    for made in ("confirmed", "built"):
        territory = Territory.load(tmp_path / made)
        assert len(territory.rounds) == 1
        assert [row.row for row in territory.manifest.rejected if row.dataset == "Tournées des bus"] == [3, 4]
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:2]), encoding="utf-8")
    run("rounds", tmp_path / "built", "--confirmed", path, "--out", tmp_path / "again")
    assert not [note for note in Territory.load(tmp_path / "again").manifest.notes if "tournées des bus, " in note]
    path.write_text("\n".join([lines[0], lines[2]]), encoding="utf-8")
    status, _, err = run("rounds", saved, "--confirmed", path, "--out", tmp_path / "none")
    assert (status, "ligne 2 : arrêt hors du territoire" in err, "Échangez latitude et longitude." in err) == (
        2,
        True,
        True,
    )
    assert not (tmp_path / "none").exists()


def test_a_visitor_gives_rounds(small_world, table):
    base = small_world.territory()
    content = table.read_bytes()
    preview = look("rounds", content)
    assert (preview.form, preview.rows, preview.columns) == ("Tournées des bus", 2, None)
    made = build_territory(
        base, {"rounds": GivenFile(content, "mes tournées.csv")}, None, lambda *_: None, lambda: False
    )
    assert made.problems == ()
    assert made.territory.rounds["commune_name"].tolist() == ["Commune C"]
    assert made.territory.manifest.notes[0] == (
        "Territoire fait de vos fichiers : tournées des bus « mes tournées.csv »."
    )
    assert "mes tournées.csv" in [source.file for source in made.territory.manifest.sources]
    wrong = build_territory(
        base, {"rounds": GivenFile(b"site;jour\n1;2\n", "x.csv")}, None, lambda *_: None, lambda: False
    )
    assert "colonne « horaires » absente" in wrong.problems[0]
