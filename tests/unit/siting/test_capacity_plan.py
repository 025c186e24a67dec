"""Capacities on the four communes in a row: A (1000), B (500), C (300), D (200), ten minutes from one to the next."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from geo.answers.capacity import capacity_plan_answer
from geo.errors import ParameterError
from geo.siting.candidates import EVERY_COMMUNE, CandidateRule
from geo.siting.capacity_plan import capacity_plan
from geo.siting.costs import Costs


@pytest.fixture(scope="module")
def territory(small_world):
    """The site of A is open 20 hours a week, the antenne of D 10: with two agents, 40 and 20 for 2,000 residents."""
    built = small_world.territory()
    hours = {"1": "Mo-Fr 09:00-13:00", "3": "Mo-Fr 09:00-11:00", "2": ""}
    sites = built.sites.assign(opening_hours=built.sites["facility_id"].map(hours).astype("string"))
    return built.with_sites(sites, why={"hours": "known"})


def test_labels_relieve_the_sites_that_are_full(territory):
    found = capacity_plan(territory, 1, threshold_min=12, rule=EVERY_COMMUNE)
    # 60 agent-hours for 2,000: each serves 33.3; A can serve 1,333 of A and B, D 667 of C and D; a label 1,600.
    assert found.residents_per_unit == pytest.approx(2000 / 60)
    assert found.residents_near == 2000
    assert found.served_before == pytest.approx(4000 / 3 + 500)
    assert found.served_after == pytest.approx(2000)
    assert found.gap == 0
    assert found.labels["gain_residents"].tolist() == pytest.approx([2000 - 4000 / 3 - 500])
    small = capacity_plan(territory, 1, capacity=3, threshold_min=12, rule=EVERY_COMMUNE)
    assert small.labels["load"].tolist() == pytest.approx([100])
    assert small.served_after == pytest.approx(found.served_before + 100)
    lines = capacity_plan_answer(small).lines
    assert any("100\u00a0% de sa capacité" in line for line in lines)
    assert any(line.startswith("Choix prouvé") for line in lines)
    assert any(line.startswith("Ce label serait plein") for line in lines)


def test_a_site_off_the_roads_serves_nobody_and_changes_no_rate(territory):
    far = territory.sites["facility_id"] == "2"
    place = territory.communes.geometry["64005"].representative_point()
    sites = territory.sites.assign(
        kind=territory.sites["kind"].mask(far, "main"),
        opening_hours=territory.sites["opening_hours"].mask(far, "Mo-Su 08:00-20:00"),
        geometry=territory.sites.geometry.mask(far, place),
    )
    found = capacity_plan(territory.with_sites(sites, why={"hours": "known"}), 1, threshold_min=12, rule=EVERY_COMMUNE)
    assert found.residents_per_unit == pytest.approx(2000 / 60)
    assert found.sites == 2


def test_its_rule_its_cost_and_what_is_not_calculated_are_told(territory):
    # No commune of the drawing is one that people go to: all are compared, and that is said; a floor alone is a rule.
    found = capacity_plan(territory, 1, capacity=3, threshold_min=12, costs=Costs(90_000.0, 30_000.0))
    details = [line.replace("\u00a0", " ").replace("\u202f", " ") for line in capacity_plan_answer(found).lines]
    assert "Coût : 90 000 € par an, dont 30 000 € d'aide de l'État et 60 000 € à la charge du porteur." in details
    assert any(line.startswith("Aucune commune sans site ne répond à la règle") for line in details)
    assert any(line.startswith("Avec les capacités ne sont pas calculés") for line in details)
    assert (found.rule_lifted, found.rule_cost, found.to_dict()["cost_eur_a_year"]) == (True, None, 90_000.0)
    large = CandidateRule(400, centralities=False)
    ruled = capacity_plan(territory, 2, capacity=3, threshold_min=12, rule=large)
    # B alone has 400 residents, and a label serves 100; two elsewhere would serve the 166.7 who are left.
    assert (ruled.candidates, ruled.rule_lifted, ruled.labels["code"].tolist()) == (1, False, ["64002"])
    assert ruled.rule_cost == pytest.approx(1 - 100 / (2000 - found.served_before))
    said = " ".join(capacity_plan_answer(ruled).lines).replace("\u00a0", " ")
    assert "celles sans site d'au moins 400 habitants" in said
    assert "Sans cette règle, autant de labels serviraient 167 habitants de plus" in said
    assert "la règle coûte 40 % du gain" in said
    every = capacity_plan(territory, 1, capacity=3, threshold_min=12, rule=EVERY_COMMUNE)
    assert "cette règle ne coûte rien" in " ".join(capacity_plan_answer(every).lines)


def test_sites_of_unknown_capacity_are_counted_each(territory):
    for unknown, said in (
        (["3"], "1 site de capacité inconnue, compté comme"),
        (["3", "1"], "2 sites de capacité inconnue, comptés chacun comme"),
    ):
        hours = territory.sites["opening_hours"].mask(territory.sites["facility_id"].isin(unknown[:1]))
        found = capacity_plan(
            territory.with_sites(territory.sites.assign(opening_hours=hours), why={"hours": "some"}), 1
        )
        lines = capacity_plan_answer(replace(found, sites_given=len(unknown))).lines
        assert any(said in line.replace("\u00a0", " ") for line in lines)


def test_requests_are_another_unit(territory):
    requests = pd.Series({"1": 300.0, "3": 100.0}, name="requests_per_month")
    found = capacity_plan(territory, 1, capacity=50, requests=requests, threshold_min=12, rule=EVERY_COMMUNE)
    assert found.unit == "demandes par mois"
    assert found.residents_per_unit == pytest.approx(5)
    assert found.served_before == pytest.approx(1500 + 500)
    assert found.labels.empty
    assert capacity_plan_answer(found).sentence.startswith("Aucun label de plus")
    with pytest.raises(ParameterError, match="Capacité d'un label non donnée"):
        capacity_plan(territory, 1, requests=requests)


def test_requests_of_sites_that_are_not_counted_are_said(territory):
    requests = pd.Series({"1": 3000.0, "3": 1000.0, "nowhere": 7.0}, name="requests_per_month")
    found = capacity_plan(territory, 1, capacity=2, requests=requests, threshold_min=12, rule=EVERY_COMMUNE)
    assert (found.requests_unmatched, found.to_dict()["requests_unmatched"]) == (1, 1)
    lines = capacity_plan_answer(found).lines
    assert "Lignes de la table des demandes qui ne sont d'aucun site compté : 1." in lines
    assumed = next(line for line in lines if line.startswith("Un label"))
    assert "soit 1 habitant au rythme" in assumed
    assert "0,5 habitant par unité" in assumed
    matched = capacity_plan(territory, 1, capacity=2, requests=requests.iloc[:2], threshold_min=12, rule=EVERY_COMMUNE)
    assert not any("aucun site compté" in line for line in capacity_plan_answer(matched).lines)


@pytest.mark.parametrize("capacity", [0, -1, float("nan"), 1e9])
def test_capacities_that_make_no_sense_are_refused(territory, capacity):
    with pytest.raises(ParameterError, match="refusée"):
        capacity_plan(territory, 1, capacity=capacity)


def test_where_no_hours_are_known_it_says_what_to_give(small_world):
    built = small_world.territory()
    unknown = built.sites.assign(opening_hours=pd.array([pd.NA] * 3, dtype="string"))
    with pytest.raises(ParameterError, match="capacité connue"):
        capacity_plan(built.with_sites(unknown, why={"hours": "none"}), 1, rule=EVERY_COMMUNE)


def test_on_the_command_line(run, saved, tmp_path):
    status, said, err = run(
        "plan", saved, "--capacity", "--everywhere", "--least-residents", 0, "--new", 1, "--out", tmp_path / "out"
    )
    assert (status, "Choix prouvé" in said) == (0, True), err
    content = json.loads((tmp_path / "out" / "capacity_plan.json").read_text(encoding="utf-8"))
    _, printed, _ = run("plan", saved, "--capacity", "--everywhere", "--least-residents", 0, "--new", 1, "--json")
    assert json.loads(printed) == content
    status, _, err = run("plan", saved, "--capacity", "--model", "median")
    assert (status, "--model" in err) == (2, True)
    status, _, err = run("plan", saved, "--agents", 3)
    assert (status, "--capacity" in err) == (2, True)
