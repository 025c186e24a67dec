"""The commands about scenarios, fragility, hours and access."""

import json
from dataclasses import replace

import pytest

pytestmark = pytest.mark.usefixtures("loaded_once")

SCENARIO = {
    "format": 1,
    "name": "Déménagement",
    "territory": "Pyrénées-Atlantiques",
    "actions": [
        {"action": "move", "id": "2811", "lon": -1.63, "lat": 43.375},
        {"action": "open", "id": "nouveau-1", "name": "France services d'Oloron", "commune": "64422"},
    ],
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(SCENARIO), encoding="utf-8")
    return path


def test_scenario(run, embedded_folder, file, tmp_path):
    status, out, _ = run(
        "scenario", embedded_folder, "--file", file, "--threshold", "20", "--out", tmp_path / "out", "--json"
    )
    assert status == 0
    content = json.loads(out)
    assert content == json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    assert [change["threshold_min"] for change in content["changes"]] == [20]
    assert "64422" in content["changes"][0]["communes_gained"]  # Oloron has its site
    assert content["network"]["approximate"] is True
    status, out, _ = run("scenario", embedded_folder, "--file", file)
    assert status == 0
    assert "Ouvrir «\u00a0France services d'Oloron\u00a0» dans la commune Oloron-Sainte-Marie." in out
    assert "à 20\u00a0min ou moins" in out
    assert "à 30\u00a0min ou moins" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 9}, "(format trouvé : 9)"),
        ({"actions": [{"action": "close", "id": "0"}]}, "le site « 0 » n'est pas de ce territoire"),
        ({"actions": "x"}, "n'est pas une liste"),
    ],
)
def test_a_scenario_that_does_not_fit_is_one_line(run, embedded_folder, file, change, said):
    file.write_text(json.dumps(SCENARIO | change), encoding="utf-8")
    status, out, err = run("scenario", embedded_folder, "--file", file, "--json")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert "Traceback" not in err


def test_a_missing_scenario_is_one_line(run, tmp_path):
    status, _, err = run("scenario", "--file", tmp_path / "none.json")
    assert status == 2
    assert "« none.json » est illisible ou absent" in err


def test_fragility(run, embedded_folder, tmp_path):
    status, out, _ = run("fragility", embedded_folder, "--json", "--out", tmp_path)
    content = json.loads(out)
    assert status == 0
    assert content["by_site"][0]["facility_id"] == "2811"  # Saint-Jean-de-Luz
    assert 0 < content["share_with_second"] < 1
    assert (tmp_path / "fragility.csv").is_file()
    status, out, _ = run("fragility", embedded_folder)
    assert (status, "ont un deuxième site" in out) == (0, True)


def test_closures(run, embedded, embedded_folder):
    status, out, _ = run("fragility", embedded_folder, "--close", "bearer=La Poste", "--json")
    content = json.loads(out)
    assert status == 0
    sites = embedded.facility_list()
    assert content["sites_with_phone"] == content["sites_closed"] == (sites["bearer"] == "La Poste").sum() > 0
    assert content["sites_bearer_unknown"] > 0
    assert [change["threshold_min"] for change in content["comparison"]["changes"]] == [20, 30]  # as on screen
    for wrong in ("some", "bearer=", "kind=cirque"):
        status, out, err = run("fragility", embedded_folder, "--close", wrong)
        assert (status, out, err.count("\n")) == (2, "", 1)


def test_hours(run, embedded_folder, tmp_path):
    status, out, _ = run("hours", embedded_folder, "--json", "--out", tmp_path)
    content = json.loads(out)
    assert status == 0
    assert [len(row) for row in content["shares"].values()] == [48] * 7
    assert content["half_day_gains"][0]["half_day"] == "samedi matin"
    assert (tmp_path / "half_days.csv").is_file()
    status, out, _ = run("hours", embedded_folder)
    assert (status, "un site ouvert à" in out) == (0, True)


def test_access(run, embedded_folder, tmp_path):
    requests = tmp_path / "requests.csv"
    requests.write_text("id_fs;demandes_par_mois\n2811;400\n", encoding="utf-8")
    status, out, _ = run("access", embedded_folder, "--json", "--out", tmp_path / "out", "--requests", requests)
    content = json.loads(out)
    assert status == 0
    assert len(content["sensitivity"]["runs"]) == 3
    assert content["capacity"]["unit"] == "demandes par mois"
    assert content["time_saved"]["residents_compared"] == content["sensitivity"]["residents_known"]
    assert (tmp_path / "out" / "access.gpkg").is_file()
    status, out, _ = run("access", embedded_folder)
    assert status == 0
    assert "Entre" in out
    saved = 5 * round(content["time_saved"]["mean_saved_min"] / 5)
    assert f"un habitant gagne environ {saved}\u00a0min" in out


def test_access_with_one_more_hypothesis(run, tmp_path):
    status, out, _ = run("access", "90", "--other", "fluide", "--json")
    assert status == 0
    runs = json.loads(out)["sensitivity"]["runs"]
    assert [run["name"] for run in runs][-1] == "profil fluide"
    assert runs[-1]["residents_within"] > runs[0]["residents_within"]
    status, out, err = run("access", "90", "--other", tmp_path / "none")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_words_and_data_of_a_territory_partly_off_the_network(run, small_world, tmp_path, capsys):
    """The hours, the interval and the minutes saved are of the 2,000 residents of 2,100 whose way is known.

    Where no site is to count, what is asked of the sites is refused.
    """
    folder, empty = tmp_path / "territory", tmp_path / "empty"
    made = small_world.territory(tax_offices=small_world.tax_offices)
    made.save(folder)
    replace(made, facilities={**made.facilities, "sites": made.sites.iloc[:0]}).save(empty)
    capsys.readouterr()  # where a command was run before, what is read here was told too
    for asked in (("diagnose",), ("hours",), ("fragility",), ("fragility", "--close", "all")):
        status, out, err = run(*asked, empty)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert err.startswith("Aucun lieu de la liste « sites » n'est à compter dans « Pyrénées-Atlantiques »")
    known = "sur les 2\u202f000 habitants dont le trajet est connu"
    for command in ("hours", "access"):
        _, out, _ = run(command, folder, "--threshold", "10,5")
        assert out.startswith("Pyrénées-Atlantiques, 4 communes :\n")
        assert out.count(known) == 1
    assert "Entre 60\u00a0% et 100\u00a0% des habitants" in out
    content = json.loads(run("access", folder, "--threshold", "10.5", "--json")[1])
    shares = [one["share_within"] for one in content["sensitivity"]["runs"]]
    assert shares == pytest.approx([1, 0.6, 1])
    assert content["time_saved"]["mean_saved_min"] == pytest.approx(9.5, abs=0.01)
    assert {content[name]["residents_known"] for name in ("sensitivity", "capacity", "time_saved")} == {2000}
