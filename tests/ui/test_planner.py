"""The screen Planifier, driven as a planner would, checked against the package called directly."""

import functools
import json
from dataclasses import replace
from html import unescape

import pytest

from geo.access.opening import open_shares
from geo.access.sensitivity import sensitivity
from geo.access.time_saved import time_saved
from geo.answers.certainty import certainty_answer
from geo.answers.fragility import closure_answer, fragility_answer
from geo.answers.hours import hours_answer
from geo.answers.plan import plan_answer
from geo.answers.plan_near import near_sentence, near_with_labels
from geo.answers.scenario import scenario_answer
from geo.answers.tax_offices import tax_offices_answer
from geo.siting.bus_stops import StopsAsked
from geo.siting.candidates import CandidateRule
from geo.siting.closure import close_sites
from geo.siting.comparison import compare
from geo.siting.costs import Costs
from geo.siting.fragility import fragility
from geo.siting.plan import plan
from geo.siting.scenario import AddStop, CloseSite, MoveSite, OpenSite, Place, Scenario
from geo.siting.scenario_json import scenario_to_json
from geo.ui.background import Background
from geo.ui.components.messages import plain

OLORON = "64422"
SAINT_JEAN_DE_LUZ = "2811"
CSV = "nom;latitude;longitude\nPoste d'Oloron;43.194;-0.606\nMairie <b>;43.31;-1.51\n"


@pytest.fixture(scope="module")
def territory(embedded):
    return embedded


@pytest.fixture(scope="module")
def planned(territory):
    """Return the plans of the package called directly, each made once."""
    return functools.cache(functools.partial(plan, territory))


@pytest.fixture
def open_planner(open_part):
    """Open the app on one question of the screen."""

    def run(view: str = "ouvrir", folder: str | None = None, **address: str):
        return open_part("planifier", folder, vue=view, **address)

    return run


def given(app, name: str):
    """Return what one of our components was given."""
    found = [e.proto.json for e in app.get("bidi_component") if e.proto.component_name == f"maillage_{name}"]
    return json.loads(found[0])


def sentence(app) -> str:
    return given(app, "answer_sentence")["sentence"]


def drawn(app) -> dict:
    return given(app, "map_values")["values"]


def texts(app) -> str:
    return unescape("\n".join(element.proto.body for element in app.get("html"))).replace("\xa0:", " :")


def press(app, label: str):
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


def test_the_first_view_is_a_plan(open_planner, territory, planned):
    app = open_planner()
    expected = planned(5)
    assert app.title[0].value == r"Où donner les prochains labels ? Pyrénées\-Atlantiques"
    assert sentence(app) == plan_answer(expected).sentence
    assert " habitants\u00a0: " in sentence(app), "no line begins with a colon"
    said = " ".join(element.value for element in app.markdown).replace("\\", "")
    for detail in plan_answer(expected).details:
        assert " ".join(detail.split()) in " ".join(said.split())
    assert app.dataframe[0].value["Lieu"].tolist() == expected.labels["name"].tolist()
    shown = drawn(app)
    # The labels by their rank; by letters, those of the best plan of all communes that are not among them.
    others = set(expected.widest.labels["code"]) - set(expected.labels["code"])
    signs = [marker["sign"] for marker in shown["markers"] if marker["sign"]]
    assert signs == [*"ABCDE"[: len(others)], *"12345"]
    assert len(shown["classes"]) == len(territory.communes)
    assert "Les temps de trajet sont approchés" in texts(app)
    labels = [button.label for button in app.get("download_button")]
    assert labels == [
        "Tableau (CSV)",
        "Carte pour SIG (GPKG)",
        "Données (JSON)",
        "Argumentaires (HTML)",
        "Dossiers (PDF)",
    ]


def test_who_walks_or_cycles_is_told_too(open_planner, territory, planned):
    app = open_planner(labels="1")
    assert near_sentence(near_with_labels(territory.parts, planned(1))) in texts(app)


@pytest.mark.parametrize(("aim", "model"), [("tous", "set-cover"), ("trajet", "median"), ("loin", "center")])
def test_each_aim_is_answered(open_planner, territory, aim, model):
    app = open_planner(but=aim, labels="2")
    expected = plan(territory, None if aim == "tous" else 2, model=model)
    assert sentence(app) == plan_answer(expected).sentence


def test_choices_change_the_plan_and_the_address(open_planner, territory, planned):
    app = open_planner(labels="2")
    app.number_input(key="widget_labels").set_value(1).run()
    assert sentence(app) == plan_answer(planned(1)).sentence
    assert app.query_params["labels"] == "1"
    app.slider(key="widget_threshold_min").set_value(15).run()
    nearer = plan(territory, 1, threshold_min=15)
    assert sentence(app) == plan_answer(nearer).sentence
    first = nearer.labels["code"].iloc[0]
    app.multiselect(key="widget_excluded").set_value([first]).run()
    assert sentence(app) == plan_answer(plan(territory, 1, threshold_min=15, exclude=[first])).sentence
    assert app.query_params["sauf"] == first


def test_a_budget_and_a_least_size(open_planner, territory):
    app = open_planner(limite="budget", budget="400000", payeur="porteur", cout="100000", aide="40000", taille="2000")
    expected = plan(
        territory, costs=Costs(100_000, 40_000), budget_eur=400_000, payer="bearer", rule=CandidateRule(2_000)
    )
    assert len(expected.labels) == 6
    assert sentence(app) == plan_answer(expected).sentence


def test_stops_of_a_bus_stand_beside_the_plan(open_planner, territory):
    app = open_planner(labels="1", arrets="2", passage="mois", cout_passage="350")
    stops, costs = StopsAsked(2, "month"), Costs(pass_eur=350.0)
    expected = plan_answer(plan(territory, 1, stops=stops, costs=costs))
    assert sentence(app) == expected.sentence
    assert any(plain(expected.details[-1]) in text.value for text in app.markdown)
    assert "Arrêts de bus proposés à côté des labels" in [header.value for header in app.header]
    small = open_planner(labels="1", arrets="2", passage="mois", cout_passage="350", petits_arrets="1")
    lifted = plan_answer(plan(territory, 1, stops=StopsAsked(2, "month", 0), costs=costs)).details[-1]
    assert any(plain(lifted) in text.value for text in small.markdown)
    assert "Règle" in expected.details[-1]
    assert "Règle" not in lifted


def test_no_label_is_today(open_planner):
    app = open_planner(labels="0")
    assert sentence(app).startswith("Sans nouveau label")
    assert not [button for button in app.button if button.label == "Essayer ce plan comme scénario"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ({"cout": "10", "aide": "20"}, "Coût de 10"),
        ({"poids_qpv": "2"}, "qpv"),
        ({"limite": "budget", "payeur": "etat", "aide": "0"}, "Budget sans objet"),
    ],
)
def test_a_question_that_makes_no_sense_is_one_sentence(open_planner, address, words):
    app = open_planner(**address)
    assert len(app.error) == 1
    assert words in app.error[0].value.replace("\\", "")
    assert app.button(key="foot_mentions"), "the foot of the page is there"


def test_places_left_out_that_do_not_exist_are_forgotten_and_said(open_planner, planned):
    app = open_planner(sauf="99999,64422", labels="2")
    assert "99999" in " ".join(element.value for element in app.warning)
    assert sentence(app) == plan_answer(planned(2, exclude=(OLORON,))).sentence
    app.run()
    assert app.query_params["sauf"] == OLORON


def test_a_list_of_places_is_read_and_taken_away(open_planner, planned):
    app = open_planner(labels="1")
    uploader = next(field for field in app.file_uploader if "liste de lieux" in field.label)
    uploader.set_value(("../../x.csv", CSV.encode(), "text/csv")).run()
    assert not app.exception
    assert "Poste d'Oloron" in sentence(app)
    assert "2 lieux" in texts(app)
    press(app, "Retirer ce fichier")
    assert sentence(app) == plan_answer(planned(1)).sentence


def test_a_hostile_list_is_one_sentence_and_changes_nothing(open_planner, planned):
    app = open_planner(labels="1")
    uploader = next(field for field in app.file_uploader if "liste de lieux" in field.label)
    uploader.set_value(("x.csv", b"<script>;b\n1;2\n", "text/csv")).run()
    assert not app.exception
    assert any("Lieux candidats" in element.value for element in app.error)
    assert sentence(app) == plan_answer(planned(1)).sentence


def test_a_plan_is_tried_as_a_scenario(open_planner, territory, planned):
    app = press(open_planner(), "Essayer ce plan comme scénario")
    assert app.query_params["vue"] == "scenario"
    expected = planned(5)
    actions = [
        OpenSite(f"nouveau-{n}", f"Nouveau label : {name}", Place(code))
        for n, (code, name) in enumerate(zip(expected.labels["code"], expected.labels["name"], strict=True), 1)
    ]
    found = compare(territory, Scenario(territory.name).then(*actions))
    gained = f"{found.changes[0].residents_gained:,.0f}".replace(",", "\u202f")
    assert f"{gained} habitants passent à 20\u00a0min ou moins" in sentence(app)
    assert round(expected.after.residents_within - expected.before.residents_within) == round(
        found.changes[0].residents_gained
    )


def test_sites_open_close_and_come_back(open_planner, territory):
    app = open_planner("scenario")
    untouched = sentence(app)
    app.selectbox(key="scenario_commune").set_value(OLORON).run()
    press(app, "Ouvrir ici")
    opened = sentence(app)
    assert "passent à 20" in opened
    app.button_group(key="scenario_action").set_value("fermer").run()
    app.selectbox(key="scenario_site").set_value(SAINT_JEAN_DE_LUZ).run()
    press(app, "Fermer ce site")
    both = compare(
        territory,
        Scenario(territory.name).then(OpenSite("nouveau-1", "Nouveau", Place(OLORON)), CloseSite(SAINT_JEAN_DE_LUZ)),
    ).changes[0]
    for residents in (both.residents_gained, both.residents_lost):
        assert f"{residents:,.0f}".replace(",", "\u202f") in sentence(app)
    signs = [marker["sign"] for marker in drawn(app)["markers"]]
    assert sorted(filter(None, signs)) == ["+", "×"]
    assert drawn(app)["clicks"] == "site"
    press(app, "Annuler")
    assert sentence(app) == opened
    press(app, "Annuler")
    assert sentence(app) == untouched


def test_a_first_site_opens_where_none_counts(open_planner, small_world, tmp_path):
    built = small_world.territory()
    buses = built.with_sites(built.sites[built.sites["kind"] == "bus"].reset_index(drop=True), why={})
    buses = replace(buses, manifest=replace(buses.manifest, scenario=None))
    buses.save(tmp_path / "territory")
    actions = [CloseSite("2"), OpenSite("nouveau-1", "Nouveau site, B", Place("64002"))]
    steps = [compare(buses, Scenario(buses.name, actions=tuple(actions[:count]))) for count in range(3)]
    assert [step.changes[0].residents_within_after for step in steps] == [0, 0, 2000]
    told = [scenario_answer(step).sentence for step in steps]
    assert "Bus France services" in told[1]
    app = open_planner("scenario", str(tmp_path / "territory"))
    assert sentence(app) == told[0]
    app.button_group(key="scenario_action").set_value("fermer").run()
    app.selectbox(key="scenario_site").set_value("2").run()
    press(app, "Fermer ce site")
    assert sentence(app) == told[1]
    app.button_group(key="scenario_action").set_value("ouvrir").run()
    app.selectbox(key="scenario_commune").set_value("64002").run()
    press(app, "Ouvrir ici")
    assert sentence(app) == told[2]
    app.button_group(key="scenario_action").set_value("horaires").run()
    app.selectbox(key="scenario_site").set_value("nouveau-1").run()
    app.button_group(key="scenario_half_days_nouveau-1_2").set_value(["samedi matin"]).run()
    press(app, "Donner ces horaires")
    assert "pendant 3,0\u00a0h par semaine, contre 0,0\u00a0h aujourd'hui" in texts(app)


def test_a_bus_stops_in_a_commune(open_planner, territory):
    app = open_planner("scenario")
    app.button_group(key="scenario_action").set_value("passage").run()
    app.selectbox(key="scenario_stop_day").set_value(1)
    app.selectbox(key="scenario_stop_week").set_value("{}[2]")
    app.selectbox(key="scenario_commune").set_value("64475").run()
    press(app, "Faire passer le bus ici")
    place = Place("64475")
    stop = AddStop("nouveau-1", "Arrêt du bus, Sainte-Engrâce", place, "Tu[2] 09:00-12:00")
    comparison = compare(territory, Scenario(territory.name).then(stop), (20.0, 30.0))
    assert sentence(app) == scenario_answer(comparison).sentence
    assert "1 arrêt de bus de plus" in sentence(app)


def test_a_site_moves_and_changes_its_hours(open_planner):
    app = open_planner("scenario")
    app.button_group(key="scenario_action").set_value("deplacer").run()
    app.selectbox(key="scenario_site").set_value(SAINT_JEAN_DE_LUZ).run()
    app.text_input(key="scenario_position").set_value("43,36 ; -1,63").run()
    press(app, "Déplacer à cette position")
    assert "Déplacer «" in texts(app)
    app.button_group(key="scenario_action").set_value("horaires").run()
    app.selectbox(key="scenario_site").set_value(SAINT_JEAN_DE_LUZ).run()
    app.button_group(key=f"scenario_half_days_{SAINT_JEAN_DE_LUZ}_1").set_value(["samedi matin"]).run()
    press(app, "Donner ces horaires")
    assert "3\u00a0h par semaine" in texts(app)
    assert "Horaires : un habitant a en moyenne un site ouvert" in texts(app)
    app.text_input(key="scenario_name").set_value("<b>Déménagement</b>").run()
    assert app.session_state["scenario_versions"][-1].name == "<b>Déménagement</b>"


def test_a_position_that_is_none_is_refused_in_one_sentence(open_planner):
    app = open_planner("scenario")
    untouched = sentence(app)
    for words in ("ici", "95 ; 0", "43.3", "nan nan", "0 ; 0"):
        app.text_input(key="scenario_position").set_value(words).run()
        assert not app.error, "what was said of the former one is gone"
        press(app, "Ouvrir à cette position")
        assert len(app.error) == 1, words
        assert sentence(app) == untouched, words


def test_a_saved_scenario_is_opened_and_a_bad_one_refused(open_planner, territory):
    app = open_planner("scenario")
    saved = scenario_to_json(Scenario(territory.name, "Essai").then(CloseSite(SAINT_JEAN_DE_LUZ)))
    app.file_uploader[0].set_value(("a.json", saved.encode(), "application/json")).run()
    assert not app.exception
    assert app.text_input(key="scenario_name").value == "Essai"
    closed = sentence(app)
    assert (
        closed
        == scenario_answer(compare(territory, Scenario(territory.name).then(CloseSite(SAINT_JEAN_DE_LUZ)))).sentence
    )
    for content, said in (
        (b"\xff\xfe", ""),
        (b"[]", ""),
        (saved.replace(SAINT_JEAN_DE_LUZ, "zz").encode(), "zz"),
        (saved.replace("close", "rm").encode(), "Scénario"),
    ):
        app.file_uploader[0].set_value(("<img src=x>.json", content, "application/json")).run()
        assert not app.exception
        assert len(app.error) == 1
        assert said in app.error[0].value.replace("\\", "")
        assert sentence(app) == closed


def test_another_visitor_has_another_scenario(open_planner):
    first = press(open_planner("fragilite"), "Essayer sa fermeture comme scénario")
    assert "passent à plus de 20\u00a0min d'un site" in sentence(first)
    second = open_planner("scenario")
    assert sentence(second).startswith("Rien n'est encore changé")
    assert sentence(first) != sentence(second)


def test_fragility_and_closures(open_planner, territory):
    app = open_planner("fragilite", fermer="porteur:La Poste")
    found = fragility(territory)
    assert sentence(app) == fragility_answer(found).sentence
    top = found.sites[found.sites["residents_nearest"] > 0]
    assert app.dataframe[0].value["Site"].tolist() == top["name"].tolist()
    assert all(line in texts(app) for line in closure_answer(close_sites(territory, bearer="La Poste")).lines)
    assert "par téléphone" in texts(app)
    press(app, "Essayer cette fermeture comme scénario")
    assert len(app.session_state["scenario_versions"][-1].actions) == (territory.sites["bearer"] == "La Poste").sum()


def test_a_closure_that_does_not_exist_is_said(open_planner):
    app = open_planner("fragilite", fermer="porteur:<b>")
    assert "La fermeture que demande le lien n'existe pas" in app.warning[0].value.replace("\\", "")
    app.run()
    assert "fermer" not in app.query_params


def test_hours_through_the_week(open_planner, territory):
    app = open_planner("horaires")
    found = open_shares(territory)
    assert sentence(app) == hours_answer(found).sentence
    assert f">{round(100 * found.shares.loc['mardi', '10:00'])}\u00a0%</td>" in texts(app)
    gains = found.half_day_gains()
    assert app.dataframe[0].value["Site"].iloc[0] == gains["name"].iloc[0]


def test_hours_with_the_scenario(open_planner, territory):
    app = open_planner("horaires")
    assert not [toggle for toggle in app.toggle if toggle.key == "hours_with_scenario"]
    app.session_state["scenario_versions"] = (
        Scenario(territory.name, "Tous").then(*map(CloseSite, territory.sites["facility_id"])),
    )
    app.run()
    app.toggle(key="hours_with_scenario").set_value(True).run()
    assert not app.exception
    assert sentence(app).startswith("Aucun habitant n'a de site")


def test_tax_offices(open_planner, territory):
    app = open_planner("impots")
    table, summary = time_saved(territory)
    assert sentence(app) == tax_offices_answer(table, summary).sentence
    assert "adresse de 2019, à vérifier" in app.warning[0].value
    assert app.dataframe[0].value["Minutes gagnées"].iloc[0] == pytest.approx(table["saved_min"].max())


def test_a_territory_without_tax_offices_says_so(open_planner, small_world, tmp_path):
    built = small_world.territory()
    built.save(tmp_path / "territory")
    app = open_planner("impots", str(tmp_path / "territory"))
    assert "n'a pas de liste des services des impôts" in sentence(app)


@pytest.fixture(scope="module")
def unknown_residents(small_world, save_apart):
    """Return the folder of the small world, of which nobody knows who lives there."""
    return str(save_apart(small_world.territory(population=None, tax_offices=small_world.tax_offices)))


@pytest.mark.parametrize("view", ["ouvrir", "scenario", "fragilite", "horaires", "impots", "marge"])
def test_a_territory_whose_residents_are_unknown(open_planner, unknown_residents, view):
    app = open_planner(view, unknown_residents)
    assert not app.exception
    assert app.error or sentence(app)


def test_margin_variants_and_capacity(open_planner, territory, planned):
    app = open_planner("marge", labels="2")
    found = sensitivity(territory)
    assert sentence(app) == certainty_answer(found).sentence
    for one in (found.lowest, found.highest):
        assert f"{one.residents_within:,.0f}".replace(",", "\u202f") in sentence(app)
    assert "pour 1\u202f000 habitants" in texts(app)
    shown = next(frame.value for frame in app.dataframe if "Choisi dans" in frame.value)
    assert set(planned(2).labels["name"]) <= set(shown["Lieu"])
    assert any("Sur 6 variantes du plan de 2 labels, " in element.value for element in app.markdown)


def test_capacity_is_told_where_no_plan_can_be_made(open_planner):
    """As in Paris, where every commune has a site."""
    app = open_planner("marge", poids_frr="2")
    assert not app.exception
    assert len(app.error) == 1
    assert "FRR" in app.error[0].value
    assert "pour 1\u202f000 habitants" in texts(app)
    assert "Temps de conduite, hors stationnement." in texts(app)


def test_a_calculation_that_is_stopped_says_so_and_is_not_kept_for_others(open_planner, small_world, tmp_path):
    small_world.territory().save(tmp_path / "territory")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Background, "cancelled", property(lambda _: True))
        app = open_planner(folder=str(tmp_path / "territory"), labels="1")
    told = "Calcul arrêté"
    assert [warning for warning in app.warning if told in warning.value]
    press(app, "Reprendre le calcul")
    assert not [warning for warning in app.warning if told in warning.value]


ANOTHER_COMMUNE = "64256"


def last_action(app):
    return app.session_state["scenario_versions"][-1].actions[-1]


def test_a_site_or_a_place_chosen_just_before_the_press_counts(open_planner, territory):
    other = next(which for which in territory.sites["facility_id"] if which != SAINT_JEAN_DE_LUZ)
    app = open_planner("scenario")
    app.selectbox(key="scenario_commune").set_value(OLORON).run()
    app.selectbox(key="scenario_commune").set_value(ANOTHER_COMMUNE)
    press(app, "Ouvrir ici")
    assert last_action(app).place == Place(ANOTHER_COMMUNE)
    app.button_group(key="scenario_action").set_value("fermer").run()
    app.selectbox(key="scenario_site").set_value(SAINT_JEAN_DE_LUZ).run()
    app.selectbox(key="scenario_site").set_value(other)
    press(app, "Fermer ce site")
    assert last_action(app) == CloseSite(other)
    app.button_group(key="scenario_action").set_value("deplacer").run()
    app.selectbox(key="scenario_site").set_value(SAINT_JEAN_DE_LUZ).run()
    app.selectbox(key="scenario_commune").set_value(ANOTHER_COMMUNE).run()
    third = next(which for which in territory.sites["facility_id"] if which not in {SAINT_JEAN_DE_LUZ, other})
    app.selectbox(key="scenario_site").set_value(third)
    app.selectbox(key="scenario_commune").set_value(OLORON)
    press(app, "Déplacer ici")
    assert last_action(app) == MoveSite(third, Place(OLORON))


def test_half_days_of_one_site_are_never_given_to_another(open_planner, territory):
    other = next(which for which in territory.sites["facility_id"] if which != SAINT_JEAN_DE_LUZ)
    app = open_planner("scenario")
    app.button_group(key="scenario_action").set_value("horaires").run()
    app.selectbox(key="scenario_site").set_value(SAINT_JEAN_DE_LUZ).run()
    app.selectbox(key="scenario_site").set_value(other)
    press(app, "Donner ces horaires")
    assert "vient de changer" in app.error[0].value
    assert "scenario_versions" not in app.session_state


def test_a_closure_chosen_just_before_the_press_counts(open_planner, territory):
    other = fragility(territory).sites["facility_id"].iloc[-1]
    app = open_planner("fragilite")
    app.selectbox(key="fragility_site").set_value(other)
    press(app, "Essayer sa fermeture comme scénario")
    assert last_action(app) == CloseSite(other)
    app = open_planner("fragilite", fermer="tous")
    app.selectbox(key="widget_closed").set_value("porteur:La Poste")
    press(app, "Essayer cette fermeture comme scénario")
    assert len(app.session_state["scenario_versions"][-1].actions) == (territory.sites["bearer"] == "La Poste").sum()


def test_a_number_of_labels_chosen_just_before_the_press_counts(open_planner):
    app = open_planner(labels="2")
    app.number_input(key="widget_labels").set_value(1)
    press(app, "Essayer ce plan comme scénario")
    assert len(app.session_state["scenario_versions"][-1].actions) == 1


def test_requests_that_add_up_to_nothing_are_refused_in_one_sentence(open_planner, territory):
    app = open_planner("marge")
    uploader = next(field for field in app.file_uploader if "Demandes" in field.label)
    site = territory.sites["facility_id"].iloc[0]
    uploader.set_value(("d.csv", f"id_fs;demandes_par_mois\n{site};0\n".encode(), "text/csv")).run()
    assert not app.exception
    assert any("Aucun taux par heure" in element.value for element in app.error)
