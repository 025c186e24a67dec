"""``maillage plan --stops``: stops of a bus beside the labels."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("loaded_once")


def test_stops_their_file_and_their_cost(run, belfort_folder, tmp_path):
    asked = ("plan", belfort_folder, "--threshold", "10", "--new", "1", "--stops", "2", "--stop-every", "month")
    status, out, _ = run(*asked, "--stop-cost", "350", "--out", tmp_path)
    assert status == 0
    assert "B2. " in out
    assert "350\u00a0€ le passage" in out
    written = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["stops"]
    assert (len(written["stops"]), written["hours_a_month"], written["cost_eur_a_year"]) == (2, 6.0, 8400.0)
    assert len((tmp_path / "stops.csv").read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--stops", "-1"), "un nombre de 0 à 200 est attendu"),
        (("--stop-every", "day"), "week (une demi-journée par semaine) ou month"),
        (("--stop-cost", "-5"), "un montant positif"),
        (("--capacity", "--stops", "2"), "ne s'applique pas avec --capacity"),
    ],
)
def test_refusals_are_one_line(run, belfort_folder, options, said):
    status, out, err = run("plan", belfort_folder, *options)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err
