"""``maillage map`` as a user meets it."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("loaded_once")


@pytest.mark.parametrize("kind", ["time", "under-served", "saved", "hours"])
def test_each_kind_is_written_the_same_twice(run, saved, tmp_path, kind):
    files = [tmp_path / f"{turn}.svg" for turn in (1, 2)]
    for file in files:
        status, out, _ = run("map", saved, "--kind", kind, "--date", "2026-11-22", "--out", file)
        assert (status, str(file) in out) == (0, True)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert "22/11/2026" in files[0].read_text(encoding="utf-8")


def test_json_alone_with_what_the_map_says(run, saved, tmp_path):
    status, out, _ = run("map", saved, "--page", "16:9", "--out", tmp_path / "map.pdf", "--json")
    assert status == 0
    said = json.loads(out)
    assert said["title"] == "Sites France services : temps de trajet en voiture, Pyrénées-Atlantiques, 4 communes"
    assert "E" not in said["description"].split("habitants")[0]
    assert (tmp_path / "map.pdf").read_bytes().startswith(b"%PDF")


def test_before_and_after_a_scenario(run, saved, tmp_path):
    scenario = tmp_path / "plan.json"
    scenario.write_text(
        json.dumps(
            {
                "format": 1,
                "name": "Un site en C",
                "territory": "Pyrénées-Atlantiques",
                "actions": [{"action": "open", "id": "nouveau", "name": "Site C", "commune": "64003"}],
            }
        ),
        encoding="utf-8",
    )
    status, out, err = run(
        "map",
        saved,
        "--kind",
        "change",
        "--scenario",
        scenario,
        "--threshold",
        5,
        "--out",
        tmp_path / "a.svg",
        "--json",
    )
    assert status == 0, err
    # Of 2,100 residents, those of A (1,000) and D (200) live at a site; the plan adds the 300 of C.
    content = json.loads(out)
    assert "300 habitants passent à 5\u00a0min ou moins d'un site" in content["description"]
    assert "75\u00a0% des habitants sont à 5\u00a0min ou moins, contre 60\u00a0% aujourd'hui" in content["description"]
    # E has no road: the map names the part that it is about.
    assert content["title"] == "Un site en C, Pyrénées-Atlantiques, 4 communes"
    assert "sur les 2\u202f000 habitants dont le trajet est connu" in content["description"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--out", "map.gif"), "format de carte inconnu"),
        (
            ("--out", "map.png", "--kind", "x"),
            "Cartes possibles : time, under-served, saved, hours, without-car, change.",
        ),
        (("--out", "map.png", "--page", "a3"), "Formats possibles : a4, 16:9."),
        (("--out", "map.png", "--date", "22/11/2026"), "AAAA-MM-JJ"),
        (("--out", "map.png", "--kind", "change"), "--scenario"),
        (("--out", "map.png", "--scenario", "x.json"), "--kind change"),
    ],
)
def test_bad_input_is_one_french_line(run, saved, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    status, out, err = run("map", saved, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err
    assert list(tmp_path.iterdir()) == []
