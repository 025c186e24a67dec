"""When the geocoder is asked, and what is said when it is not or fails."""

from dataclasses import replace

import pytest

from geo import Territory
from geo.answers.nearest import more_words
from geo.errors import GeocodingError, ParameterError
from geo.finder import geocoding
from geo.finder.found_place import FoundPlace
from geo.finder.gazetteer import Gazetteer
from geo.finder.search import MOST_OFFERED, SURE_SCORE, find_place, search_place
from geo.folding import fold
from geo.settings import Settings
from geo.territory.place_names import other_names

DIRECTORY = "https://lannuaire.service-public.fr/navigation/france-services"
ONLINE = Settings.from_environment()
ADDRESS = FoundPlace("12 Rue Gambetta 64500 Saint-Jean-de-Luz", "address", "64483", "64", "64500", -1.66, 43.39, 90.0)
PARIS = FoundPlace("10 Rue de Rivoli 75004 Paris", "address", "75104", "75", "75004", 2.36, 48.85, 95.0)


@pytest.fixture(scope="module")
def gazetteer(embedded):
    return Gazetteer.of(embedded)


@pytest.fixture(scope="module")
def france():
    return Gazetteer.of(Territory.load())


@pytest.fixture
def geocoder(monkeypatch):
    """Stand for the geocoder: what it answers, and what it was asked."""
    asked = []
    answers = {"places": [ADDRESS]}

    def geocode(query, _settings, *, limit, near):
        asked.append((query, limit, near))
        if "error" in answers:
            raise GeocodingError(answers["error"])
        return answers["places"]

    monkeypatch.setattr(geocoding, "geocode", geocode)
    return asked, answers


@pytest.mark.parametrize(
    "query", ["Sare", "st jean de luz", "64310", "64310 Sare", "Sare (64)", "biaritz", "64504", "navarrenx", "st jean pied", ""]
)  # fmt: skip
def test_a_commune_or_a_postcode_is_never_sent_out(gazetteer, geocoder, query):
    found = search_place(query, gazetteer, ONLINE)
    assert geocoder[0] == []
    assert found.notes == ()


@pytest.mark.parametrize(
    "query", ["12 rue Gambetta 64500 Saint-Jean-de-Luz", "rue gambetta, st jean de luz", "place du foirail pau", "gare de bayonne", "zzzz", "99999"]
)  # fmt: skip
def test_anything_else_is(gazetteer, geocoder, query):
    places = search_place(query, gazetteer, ONLINE).places
    assert geocoder[0] == [(query, 6, gazetteer.centre)]
    assert places[0] == ADDRESS


def test_the_commune_stands_in_for_the_address_when_the_geocoder_fails(gazetteer, geocoder):
    geocoder[1]["error"] = "Le service d'adresses est injoignable."
    found = search_place("12 rue Gambetta 64500 Saint-Jean-de-Luz", gazetteer, ONLINE)
    assert found.places[0].label == "Saint-Jean-de-Luz (64)"
    assert found.notes == ("Le service d'adresses est injoignable. Résultats à l'échelle de la commune.",)


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("12 rue Gambetta 64500 Saint-Jean-de-Luz", "Saint-Jean-de-Luz (64)"),
        ("3 bis av de la gare, Hendaye", "Hendaye (64)"),
        ("rue du bourg st jean pied de port", "Saint-Jean-Pied-de-Port (64)"),
        ("place du foirail pau", "Pau (64)"),
        ("5 chemin des écoles 64310", "64310 Saint-Pée-sur-Nivelle"),
    ],
)
@pytest.mark.parametrize("settings", [None, Settings(ONLINE.data_dir, ONLINE.leaflet_dir, geocoder_url="")])
def test_the_commune_stands_in_for_the_address_without_geocoder(gazetteer, geocoder, query, label, settings):
    found = search_place(query, gazetteer, settings)
    assert found.places[0].label == label
    assert "désactivée" in found.notes[0]
    assert geocoder[0] == []


def test_addresses_far_from_the_territory_are_left_out_and_said(gazetteer, geocoder):
    geocoder[1]["places"] = [PARIS, ADDRESS]
    found = search_place("10 rue de Rivoli", gazetteer, ONLINE)
    assert PARIS not in found.places
    assert found.places[0] == ADDRESS
    assert "loin de ce territoire" in found.notes[0]


def test_finding_nothing_is_said(gazetteer, geocoder):
    geocoder[1]["places"] = []
    found = search_place("zzzz", gazetteer, ONLINE)
    assert found.places == ()
    assert "Aucun lieu" in found.notes[-1]
    assert DIRECTORY in found.notes[-1]
    assert search_place("   ", gazetteer, ONLINE).places == ()


@pytest.mark.parametrize(
    "query",
    ["Bruxelles", "Londres", "Genève", "Barcelone", "Saint-Sébastien Espagne", "Saint-Sébastien (Espagne)", "Monaco"],
)
def test_a_place_abroad_is_told_so_and_never_taken_for_a_commune_that_is_like_it(france, geocoder, query):
    found = search_place(query, france, ONLINE)
    assert found.places == ()
    assert "étranger" in found.notes[0]
    assert DIRECTORY in found.notes[0]
    assert geocoder[0] == []
    with pytest.raises(ParameterError, match=DIRECTORY):
        find_place(query, france, ONLINE, "France")


@pytest.mark.parametrize(
    ("query", "label"),
    [("Bouy Luxembourg", "Bouy-Luxembourg (10)"), ("Saint-Sébastien", "Saint-Sébastien (23)"), ("Paris", "Paris (75)")],
)
def test_a_commune_of_france_that_has_the_name_of_a_place_abroad_is_found(france, query, label):
    found = search_place(query, france, None)
    assert found.places[0].label == label
    assert found.notes == ()


@pytest.mark.parametrize("query", ["Castillon", "castillon 64", "Castillon (64)"])
def test_the_two_castillon_of_the_64_are_always_offered(gazetteer, france, query):
    both = {"Castillon (Canton d'Arthez-de-Béarn) (64)", "Castillon (Canton de Lembeye) (64)"}
    for places in (gazetteer, france):
        found = search_place(query, places, None)
        assert both <= {place.label for place in found.homonyms}
        assert not found.is_sure
    assert {place.label for place in search_place("castillon 64", france, None).homonyms} == both


@pytest.mark.parametrize(
    ("query", "first", "sure"),
    [
        ("Castillon 06", "Castillon (06)", True),
        ("Saint-Pée", "Saint-Pée-sur-Nivelle (64)", True),
        ("Saint-Jean", "Saint-Jean (31)", True),  # one has just this name: the others are offered beside its answer
        ("Villeneuve", "Villeneuve (04)", False),
        ("Château-Chinon", "Château-Chinon (Ville) (58)", False),
        ("Paris", "Paris (75)", True),
        ("Pau", "Pau (64)", True),
        ("biaritz", "Biarritz (64)", True),
        ("Arbignieu", "Arbignieu, aujourd'hui Arboys en Bugey (01)", True),
    ],
)
def test_a_name_that_begins_several_communes_asks(france, query, first, sure):
    found = search_place(query, france, None)
    assert (found.places[0].label, found.is_sure) == (first, sure)


@pytest.mark.parametrize(("query", "words"), [("Castillon", "castillon"), ("Saint-Denis", "saint denis")])
def test_places_beyond_those_offered_are_counted(france, query, words):
    """Against the names of the tables of communes, former communes and localities, one a commune of today."""
    communes, others = Territory.load().communes, other_names()
    names = [*communes["name"].items(), *others[["commune_code", "name"]].itertuples(index=False)]
    expected = {code for code, name in names if f"{fold(name)} ".startswith(f"{words} ")}
    found = search_place(query, france, None)
    assert len(found.homonyms) == MOST_OFFERED
    assert found.more == len(expected) - MOST_OFFERED > 0


@pytest.mark.parametrize("query", ["Castillon 64", "Les Arcs", "Pau", "Biaritz", "64310", "zzzz"])
def test_no_more_places_than_those_offered_are_counted(france, query):
    assert search_place(query, france, None).more == 0


def test_a_departement_beside_a_short_name_offers_those_of_it(france):
    found = search_place("Saint 64", france, None)
    assert len(found.homonyms) == MOST_OFFERED
    assert {place.departement for place in found.homonyms} == {"64"}
    names = Territory.load("64").communes["name"]
    assert found.more == int(names.str.startswith(("Saint-", "Saint ")).sum()) - MOST_OFFERED


def test_the_communes_of_a_postcode_beyond_those_offered_are_counted(gazetteer, embedded):
    there = embedded.communes["postcodes"].str.split(";").map(lambda codes: "64350" in codes)
    found = search_place("64350", gazetteer, None)
    assert len(found.places) == MOST_OFFERED
    assert found.more == int(there.sum()) - MOST_OFFERED > 0
    assert more_words(found) == f"et {found.more} autres : écrivez le nom de votre commune"


@pytest.mark.parametrize(
    ("query", "named"),
    [
        *[(name, True) for name in ("Pau", "Saint-Jean", "Castillon 06", "Sare 64")],
        *[(name, False) for name in ("Port", "Saint-Denis", "Saint-Pée", "64310", "Castillon")],
    ],
)
def test_a_full_name_is_that_of_one_commune_or_not(france, query, named):
    assert search_place(query, france, None).is_named == named


def test_a_word_that_is_left_out_of_names_is_held_by_none(france):
    assert not search_place("sur", france, None).is_sure


def test_an_unknown_hamlet_is_not_taken_for_a_commune_that_is_like_it(france):
    found = search_place("Lescorrette", france, None)
    assert not found.is_sure
    assert found.homonyms == ()
    assert "les communes, les anciennes communes et les hameaux ou stations les plus demandés" in found.notes[-1]
    assert "donnez le nom ou le code postal de votre commune" in found.notes[-1]
    assert DIRECTORY in found.notes[-1]
    offline = Settings(ONLINE.data_dir, ONLINE.leaflet_dir, geocoder_url="")
    with pytest.raises(ParameterError, match=f"code postal de votre commune.* {DIRECTORY}"):
        find_place("Lescorrette", france, offline, "France")


@pytest.mark.parametrize(
    ("query", "label", "code"),
    [
        ("Gourette", "Gourette, hameau d'Eaux-Bonnes (64)", "64204"),
        ("la mongie", "La Mongie, station de Bagnères-de-Bigorre (65)", "65059"),
        ("Avoriaz 74", "Avoriaz, station de Morzine (74)", "74191"),
        ("menuires", "Les Menuires, station des Belleville (73)", "73257"),
        ("alpe d'huez", "L'Alpe d'Huez, station d'Huez (38)", "38191"),
        ("Val-d'Isère", "Val-d'Isère (73)", "73304"),
    ],
)
def test_a_well_known_hamlet_is_found_with_its_commune(france, query, label, code):
    found = search_place(query, france, None)
    assert found.is_sure
    assert (found.places[0].label, found.places[0].commune_code) == (label, code)


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("La Nouvelle", ["Port-la-Nouvelle (11)", "Morcenx-la-Nouvelle (40)", "Oucques La Nouvelle (41)"]),
        ("Rochelle", ["La Rochelle (17)", "La Rochelle (70)"]),
        ("Les Arcs", ["Les Arcs (83)", "Les Arcs, station de Bourg-Saint-Maurice (73)"]),
        ("La Défense", ["La Défense, quartier de Courbevoie (92)", "La Défense, quartier de Puteaux (92)"]),
    ],
)
def test_a_name_that_several_places_have_or_hold_asks(france, query, offered):
    found = search_place(query, france, None)
    assert not found.is_sure
    assert [place.label for place in found.homonyms] == offered


def test_a_misspelt_name_that_several_places_are_as_like_asks(france):
    found = search_place("Castilon", france, None)
    assert not found.is_sure
    assert {place.label for place in found.places[:3]} == {"Castillon (06)", "Castillon (14)", "Castillon (65)"}


def test_the_name_without_its_article_is_that_name_too(france):
    assert search_place("Mans", france, None).places[0].label == "Le Mans (72)"
    found = search_place("Port", france, None)
    assert found.places[0].label == "Port (01)"
    assert {"Le Port (974)", "Le Port (09)"} <= {place.label for place in found.homonyms}


@pytest.mark.parametrize(
    ("query", "said", "offered"),
    [
        ("La Réunion", "« La Réunion » est un département (974)", ["La Réunion (47)"]),
        ("martinique", "« Martinique » est un département (972)", []),
        ("Bretagne", "« Bretagne » est une région", ["Bretagne (90)", "Bretagne (36)"]),
    ],
)
def test_the_name_of_a_departement_or_of_a_region_asks_for_a_commune(france, geocoder, query, said, offered):
    found = search_place(query, france, ONLINE)
    assert not found.is_sure
    assert [place.label for place in found.places] == offered
    assert found.notes == (f"{said} : donnez le nom ou le code postal de votre commune.",)
    assert geocoder[0] == []
    if not offered:
        with pytest.raises(ParameterError, match="est un département"):
            find_place(query, france, ONLINE, "France")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Saint-Pierre-et-Miquelon", "Saint-Pierre-et-Miquelon"),
        ("wallis", "Wallis-et-Futuna"),
        ("Polynésie française", "La Polynésie française"),
        ("Nouvelle-Calédonie", "La Nouvelle-Calédonie"),
    ],
)
def test_a_territory_without_tables_is_said_and_no_commune_is_asked_for(france, query, name):
    with pytest.raises(ParameterError, match=f"^{name} n'est pas dans les tables du projet") as refused:
        find_place(query, france, None, "France")
    assert "lannuaire.service-public" in str(refused.value)
    assert "Lieux qui ressemblent" not in str(refused.value)


@pytest.mark.parametrize("name", ["Porquerolles", "Port-Cros"])
def test_an_island_of_a_commune_is_named_as_one_without_a_bridge(france, name):
    (found,) = search_place(name, france, None).places[:1]
    assert found.label == f"{name}, île sans pont de Hyères (83)"


@pytest.mark.parametrize("query", ["Paris", "Mayenne", "Saint-Martin 32"])
def test_a_town_that_has_the_name_of_its_departement_is_that_town(france, query):
    assert search_place(query, france, None).is_sure


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("Pau, rue", "Pau (64)"),
        ("Pau rue", "Pau (64)"),
        ("rue, Pau", "Pau (64)"),
        ("Pau, rue Carnot", "Pau (64)"),
        ("Pau rue Carnot", "Pau (64)"),
        ("Bayonne, allées Paulmy", "Bayonne (64)"),
        ("12 rue Gambetta, Rue", "Rue (80)"),
        ("Rue", "Rue (80)"),
    ],
)
def test_a_word_of_streets_is_not_the_commune_where_another_is_named(france, query, label):
    assert search_place(query, france, None).places[0].label == label


def test_a_street_that_bears_the_name_of_a_country_is_an_address(france, geocoder):
    search_place("12 rue d'Espagne", france, ONLINE)
    assert len(geocoder[0]) == 1


def test_communes_that_are_only_like_the_search_are_said_to_be_so(gazetteer):
    found = search_place("Paris", gazetteer, None)
    assert found.places[0].score < SURE_SCORE  # Pardies is proposed, never taken
    assert "ne porte ce nom" in found.notes[-1]
    assert DIRECTORY in found.notes[-1]
    with pytest.raises(ParameterError, match="ne s'appelle « Paris »"):
        find_place("Paris", gazetteer, Settings(ONLINE.data_dir, ONLINE.leaflet_dir, geocoder_url=""), "64")


def test_a_place_is_surely_meant_where_its_name_is_close_enough_or_it_is_an_address(gazetteer, geocoder):
    (sare,) = find_place("Sare", gazetteer, ONLINE, "64").places
    assert (sare.kind, sare.commune_code) == ("commune", "64504")
    low = replace(ADDRESS, score=SURE_SCORE - 1)
    geocoder[1]["places"] = [low]
    assert find_place("12 rue Gambetta 64500 Saint-Jean-de-Luz", gazetteer, ONLINE, "64").places[0] == low


def test_what_is_beyond_two_hundred_characters_is_not_read(gazetteer, geocoder):
    assert search_place(" " * 196 + "Sare", gazetteer, ONLINE).places[0].score == 100
    assert search_place(" " * 196 + "Sare" + "x" * 9, gazetteer, ONLINE).places[0].score == 100
    assert search_place(" " * 200 + "Sare", gazetteer, ONLINE).places == ()
    assert geocoder[0] == []


@pytest.mark.parametrize("words", ["Bruxelles", "Saint-Sébastien Espagne"])
def test_a_place_abroad_is_said_in_the_same_words_by_both_searches(gazetteer, words):
    settings = replace(ONLINE, geocoder_url="")
    (note,) = search_place(words, gazetteer, settings).notes
    with pytest.raises(ParameterError) as refused:
        find_place(words, gazetteer, settings, "France")
    assert str(refused.value) == note
