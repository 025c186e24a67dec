"""The dossier of a label: every figure is one of the plan, and what is not known says how to get it."""

from dataclasses import replace

import pandas as pd
import pytest

from geo.access.diagnosis import diagnose
from geo.answers.dossier import label_dossier, label_dossiers
from geo.question import Question
from geo.siting.costs import Costs
from geo.siting.criteria import Zones
from geo.siting.plan import plan


@pytest.fixture
def made(three_labels):
    return three_labels


def plainly(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def told(dossier, title):
    (section,) = [each for each in dossier.sections if each.title.startswith(title)]
    return plainly(" ".join(section.sentences))


def test_one_dossier_a_label(made, embedded):
    dossiers = label_dossiers(made, embedded.parts)
    assert [each.code for each in dossiers] == made.labels["code"].to_list()
    for dossier, label in zip(dossiers, made.labels.to_dict("records"), strict=True):
        assert dossier.communes["residents"].sum() == pytest.approx(label["residents_served"])
        figures = {figure.label: plainly(figure.value) for figure in dossier.figures}
        assert figures["Habitants rapprochés"] == f"{label['gain_residents']:,.0f}".replace(",", " ")
        assert figures["Sûr ?"] == f"Retenu {label['retained']} fois sur 6"
        assert "Deux agents formés" in told(dossier, "Qui peut le porter")
        assert "110 000 €, dont 35 000 €" in told(dossier, "Coût")
        assert "75 000 € à la charge du porteur" in told(dossier, "Coût")


def test_a_table_that_does_not_add_up_to_the_label_says_so(made, embedded):
    rows = made.served["label_code"] == "64422"
    here = made.served.loc[rows, "residents_brought"].sum()
    assert round(here)
    for gain, differs in ((here, False), (here - 1_290, True)):
        labels = made.labels.assign(
            gain_residents=made.labels["gain_residents"].where(made.labels["code"] != "64422", gain)
        )
        counted = plainly(label_dossier(replace(made, labels=labels), embedded.parts, "64422").counted)
        both = [f"{people:,.0f}".replace(",", " ") for people in (here, gain)]
        assert bool(counted) == differs
        assert not differs or (f"compte {both[0]} habitants" in counted and f"en compte {both[1]}, " in counted)


def test_hosts_bearers_and_neighbours_of_oloron(made, embedded):
    dossier = label_dossier(made, embedded.parts, "64422")
    assert "mairie ; bureau de poste (La Poste, décembre 2020)" in told(dossier, "Lieux d'accueil")
    assert "« maillage build --permanences »" in told(dossier, "Lieux d'accueil")
    assert "Communauté de communes du Haut Béarn" in told(dossier, "Qui peut le porter")
    leaving = made.leaving[made.leaving["label_code"] == "64422"]
    first = leaving.iloc[0]
    assert first["facility_name"] in told(dossier, "Sites voisins")


def test_an_antenne_is_attached_to_a_site_of_its_intercommunality(made, embedded):
    """Navarrenx and Oloron have one each, farther than the site that they take visitors from."""
    for code, site in (
        ("64416", "France services Béarn des Gaves"),
        ("64422", "France services Vallée d'Aspe - Bedous"),
    ):
        others = told(label_dossier(made, embedded.parts, code), "Autres solutions")
        assert f"rattachée à {site} : " in others
        assert made.leaving[made.leaving["label_code"] == code]["facility_name"].iloc[0] != site
    without = embedded.with_sites(embedded.sites[embedded.sites["commune_code"] != "64104"], why={})
    others = told(label_dossier(made, without.parts, "64422"), "Autres solutions")
    assert "rattachée à France services Gan (hors de l'intercommunalité) : " in others


def test_far_is_said_of_those_served_beside_the_commune_of_the_label(made, embedded):
    """Those served are counted from the coverage of today, commune by commune."""
    today = diagnose(embedded, question=Question()).coverage["travel_time_min"]
    for code in made.labels["code"]:
        dossier = label_dossier(made, embedded.parts, code)
        served = dossier.communes
        far = served.loc[served["commune_code"].map(today).to_numpy() > 20, "residents"].sum()
        criterion = dossier.criteria[0]
        people = served["residents"].sum()
        said = f"{far:,.0f} des {people:,.0f} habitants servis sont"
        if f"{far:,.0f}" == f"{people:,.0f}":
            said = f"Les {people:,.0f} habitants servis sont tous"
        said = f"{said} à plus de 20 min".replace(",", " ")
        still = far - served["residents_brought"].sum()
        stay = f", {f'{still:,.0f}'.replace(',', ' ')} le resteraient" if round(still) else ""
        assert plainly(criterion.sentence).startswith(f"{said} aujourd'hui{stay} ; la commune d'accueil elle-même : ")
        assert criterion.met
    beyond = made.served.assign(time_before_min=pd.array([25.0] * len(made.served), "Float64"))
    criterion = label_dossier(replace(made, served=beyond), embedded.parts, "64422").criteria[0]
    people = beyond.loc[beyond["label_code"] == "64422", "residents"].sum()
    everybody = f"Les {people:,.0f} habitants servis sont tous à plus de 20 min".replace(",", " ")
    assert plainly(criterion.sentence).startswith(everybody)
    near = made.served.assign(time_before_min=pd.array([19.0] * len(made.served), "Float64"), residents_brought=0.0)
    host = made.communes.assign(time_before_min=pd.array([19.0] * len(made.communes), "Float64"))
    criterion = label_dossier(replace(made, served=near, communes=host), embedded.parts, "64422").criteria[0]
    assert (criterion.met, "un peu moins de 20 min" in plainly(criterion.sentence)) == (False, True)
    assert criterion.sentence.startswith("Des habitants de la commune au site le plus proche")
    known = replace(made, served=near, communes=host.assign(estimated=False))
    said = plainly(label_dossier(known, embedded.parts, "64422").criteria[0].sentence)
    assert said.startswith("Les habitants de la commune sont à 19,0 min du site")


def test_a_stop_is_told_to_be_compared_only_where_it_is(made, embedded):
    """The criterion sends to the stop in the label's stead; a label that brings nobody nearer has none."""
    nobody = replace(made, labels=made.labels.assign(gain_residents=0.0))
    for each, compared in ((made, True), (nobody, False)):
        dossier = label_dossier(each, embedded.parts, "64422")
        (bus,) = [item.sentence for item in dossier.criteria if item.name == "Solution itinérante"]
        assert ("est chiffré dans les autres solutions" in bus) == compared
        assert ("Un arrêt de bus à " in told(dossier, "Autres solutions")) == compared
        assert ("Arrêt de bus : sans objet" in told(dossier, "Autres solutions")) != compared


def test_residents_who_leave_are_those_served(made):
    leaving = made.leaving.groupby("label_code")["residents_leaving"].sum()
    served = made.labels.set_index("code")["residents_served"]
    pd.testing.assert_series_equal(leaving.sort_index(), served.sort_index(), check_names=False, check_index_type=False)
    assert (made.leaving["residents_leaving"] <= made.leaving["residents_before"] + 1e-6).all()


def test_the_antenne_costs_its_share_of_the_hours_and_a_stop_its_passes(made, embedded):
    dearer = replace(made, costs=Costs(240_000.0, 0.0, 100.0))
    others = told(label_dossier(dearer, embedded.parts, "64422"), "Autres solutions")
    assert "environ 145 000 € par an" in others  # 14.5 of 24 hours
    assert "une demi-journée de 3 h par semaine (13 h par mois, au lieu de 24 h par semaine)" in others
    assert "coût : 5 200 € par an, à 100 € le passage" in others  # 52 passes
    assert "26 000 € par an" in others  # five stops
    unpriced = told(label_dossier(made, embedded.parts, "64422"), "Autres solutions")
    assert "coût non renseigné" in unpriced
    assert "--stop-cost" in unpriced
    assert "donnés pour ce plan" in told(label_dossier(dearer, embedded.parts, "64422"), "Coût")


def test_stops_at_home_are_for_those_whom_the_label_brings(made, embedded):
    rows = made.served[made.served["label_code"] == "64422"].sort_values("residents", ascending=False)
    counted = rows.assign(residents_brought=rows["residents"], residents_gained=0.0)
    counted.iloc[1:3, counted.columns.get_loc("residents_gained")] = [100.0, 50.0]
    one, two = counted.iloc[1], counted.iloc[2]
    labels = made.labels.assign(gain_residents=200.0)
    said = told(
        label_dossier(replace(made, labels=labels, served=counted), embedded.parts, "64422"), "Autres solutions"
    )
    rest = one["residents"] + two["residents"] - 150
    others = f"{rest:,.0f} autres habitants".replace(",", " ")
    where = f"{one['commune_name']} et {two['commune_name']}"
    assert f"{where} : 150 de ces 200 habitants en auraient un chez eux (et {others} de ces communes)" in said
    unknown = replace(made, served=counted.assign(residents_gained=float("nan")))
    assert "chez eux" not in told(label_dossier(unknown, embedded.parts, "64422"), "Autres solutions")


def test_what_is_not_known_says_how_to_get_it(made, embedded):
    criteria = {each.name: each for each in label_dossier(made, embedded.parts, "64422").criteria}
    for name, source in (
        ("Quartier prioritaire de la ville", "--only qpv"),
        ("Commune classée France Ruralités Revitalisation", "--only frr"),
        ("Habitants de 65 ans ou plus", "maillage fetch 64"),
        ("Habitants pauvres", "maillage fetch 64"),
        ("Ménages sans voiture", "recensement"),
    ):
        assert criteria[name].met is None
        assert criteria[name].sentence.startswith("Non renseigné : ")
        assert source in criteria[name].sentence
    frr = pd.DataFrame({"name": ["O"], "frr_class": ["FRR"]}, index=pd.Index(["64422"], name="commune_code"))
    known = plan(embedded, 1, zones=Zones(frr=frr))
    criteria = {each.name: each.met for each in label_dossier(known, embedded.parts, "64422").criteria}
    assert criteria["Commune classée France Ruralités Revitalisation"] is True


def test_visits_of_operators_around_are_named(made, embedded):
    site = made.leaving.loc[made.leaving["label_code"] == "64422", "facility_id"].iloc[0]
    visits = pd.DataFrame(
        {
            "facility_id": pd.array([site], "string"),
            "operator": pd.array(["CAF"], "string"),
            "weekday": [1],
            "start_min": [540],
            "end_min": [720],
            "mode": pd.array(["on_site"], "string"),
        }
    )
    visited = replace(embedded, permanences=visits)
    assert "CAF à " in told(label_dossier(made, (visited,), "64422"), "Lieux d'accueil")
    assert "mardi 9 h" in told(label_dossier(made, (visited,), "64422"), "Lieux d'accueil")
