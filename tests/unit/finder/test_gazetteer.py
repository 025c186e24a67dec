"""Communes and postcodes found on the embedded territory from what visitors type."""

import pandas as pd
import pyproj
import pytest
from pandas.testing import assert_frame_equal

from geo import Territory
from geo.finder.gazetteer import Gazetteer
from geo.finder.likeness import _word
from geo.finder.name_table import embedded_names, name_table
from geo.folding import fold
from geo.territory.place_names import former_communes, other_names

#: Typed text -> INSEE code of the commune meant.
QUERIES = {
    # no accents, hyphens or capitals
    "sare": "64504",
    "SAINT JEAN DE LUZ": "64483",
    "saint jean pied de port": "64485",
    "ainhoa": "64014",
    "guethary": "64249",
    "saint etienne de baigorry": "64477",
    "mauleon licharre": "64371",
    "oloron sainte marie": "64422",
    "puyoo": "64461",
    "aire sur l adour": "40001",
    # abbreviations
    "St-Jean-de-Luz": "64483",
    "st jean d luz": "64483",
    "St Pée s/ Nivelle": "64495",
    "st pee sur nivelle": "64495",
    "Oloron Ste Marie": "64422",
    "ste engrace": "64475",
    "St Palais": "64493",
    "st-martin-d'arrossa": "64490",
    "S/ Nivelle St Pee": "64495",
    # misspelt
    "Biaritz": "64122",
    "biarits": "64122",
    "Bayone": "64102",
    "bayonnne": "64102",
    "Hasparen": "64256",
    "Espelete": "64213",
    "ezpelette": "64213",
    "Itsasou": "64279",
    "urugne": "64545",
    "ustarits": "64547",
    "hendaie": "64260",
    "Sibourre": "64189",
    "Camebo les bains": "64160",
    "navarenx": "64416",
    "orthes": "64430",
    "lembaye": "64331",
    "Arudi": "64062",
    "salis de bearn": "64499",
    "sauveter de bearn": "64513",
    "morlas": "64405",
    "Oleron sainte marie": "64422",
    "billere": "64129",
    "jurancon": "64284",
    "saint jean pied d pore": "64485",
    "La Runs": "64320",
    # left out, turned round, half written
    "baigorry": "64477",
    "jean de luz saint": "64483",
    "cambo": "64160",
    "saint jean pied": "64485",
    "bastide clairence": "64289",
    "oloron": "64422",
    "mauléon": "64371",
    "lasseube": "64324",
    # homonyms, départements and postcodes
    "Mazerolles 64": "64374",
    "mazerolles (40)": "40178",
    "65 mazerolles": "65308",
    "Bordes (Hautes-Pyrénées)": "65101",
    "Labatut, Landes": "40132",
    "64510 Bordes": "64138",
    "Ger 64530": "64238",
    "Sare (64310)": "64504",
    "64310 Ascain": "64065",
    "64200 BIARRITZ CEDEX": "64122",
}


@pytest.fixture(scope="module")
def gazetteer(embedded):
    return Gazetteer.of(embedded)


def test_what_visitors_type_finds_their_commune(gazetteer):
    found = {query: next(iter(gazetteer.search(query)), None) for query in QUERIES}
    missed = {query: place for query, place in found.items() if place is None or place.commune_code != QUERIES[query]}
    print(f"{len(QUERIES) - len(missed)} of {len(QUERIES)} first; missed: {list(missed)}")  # noqa: T201 - shown by pytest -rP
    assert len(QUERIES) >= 60
    assert len(QUERIES) - len(missed) >= 0.95 * len(QUERIES), missed


def test_homonyms_are_told_apart_by_their_departement(gazetteer):
    places = gazetteer.search("Mazerolles")
    assert [place.label for place in places[:3]] == ["Mazerolles (64)", "Mazerolles (40)", "Mazerolles (65)"]
    assert [place.score for place in places[:3]] == [100, 100, 100]


def test_a_postcode_gives_its_communes_the_largest_first(gazetteer):
    places = gazetteer.search("64310")
    assert [place.label for place in places] == ["64310 Saint-Pée-sur-Nivelle", "64310 Ascain", "64310 Sare"]
    assert {(place.kind, place.postcode, place.departement) for place in places} == {("postcode", "64310", "64")}
    assert [place.commune_code for place in gazetteer.search("64 122")] == ["64545"]
    assert gazetteer.search("99999") == []
    assert gazetteer.search("64") == []


def test_an_insee_code_that_is_no_postcode_gives_its_commune(gazetteer):
    assert [(place.label, place.kind) for place in gazetteer.search("64504")] == [("Sare (64)", "commune")]


def test_a_commune_of_two_postcodes_has_the_one_that_is_typed(gazetteer):
    assert gazetteer.search("Urrugne")[0].postcode is None
    assert gazetteer.search("64700 Urrugne")[0].postcode == "64700"
    assert gazetteer.search("Sare")[0].postcode == "64310"


def test_a_wrong_postcode_or_departement_does_not_hide_a_name(gazetteer):
    assert gazetteer.search("Sare 64000")[0].commune_code == "64504"
    assert gazetteer.search("Sare (65)")[0].commune_code == "64504"
    assert gazetteer.search("75001 Biarritz")[0].commune_code == "64122"
    assert gazetteer.search("40230 saint vincent")[0].commune_code == "40284"  # de Tyrosse
    assert gazetteer.search("saint vincent")[0].commune_code == "64498"


def test_a_position_is_where_the_commune_is_taken_to_be(gazetteer, embedded):
    commune = embedded.communes.loc["64504"]
    place = gazetteer.search("Sare")[0]
    assert (place.lon, place.lat) == (commune["lon"], commune["lat"])


def test_the_margin_is_known_and_comes_after(gazetteer, embedded):
    assert len(gazetteer) > len(embedded.communes)
    assert gazetteer.search("Lourdes")[0].label == "Lourdes (65)"
    assert gazetteer.search("Montgaillard")[0].departement == "65"  # the larger of two neighbours
    assert gazetteer.covers(-1.5, 43.3)
    assert not gazetteer.covers(2.35, 48.85)


@pytest.mark.parametrize(
    "query", ["", "   ", "-", "''", "\x00", "(", ",", "64 ", "xyzzyq", "☃" * 500, "a" * 10_000, "日本"]
)
def test_text_without_a_name_finds_nothing_and_raises_nothing(gazetteer, query):
    assert gazetteer.search(query) == []


def test_a_territory_that_knows_no_postcode_and_no_population(small_world):
    communes = pd.DataFrame(
        {
            "name": ["Village X", "Village Z"],
            "departement": ["64", "64"],
            "postcodes": pd.array([pd.NA, pd.NA], dtype="string"),
            "population": pd.array([pd.NA, 12], dtype="Int64"),
            "lon": [0.0, 0.1],
            "lat": [43.0, 43.0],
        },
        index=["64001", "64002"],
    )
    gazetteer = Gazetteer(name_table(communes), [True, True])
    assert [place.label for place in gazetteer.search("village")] == ["Village Z (64)", "Village X (64)"]
    assert gazetteer.search("64310") == []
    built = Territory.build("64", communes=small_world.communes, sites=small_world.sites)
    assert Gazetteer.of(built).search("64000")[0].kind == "postcode"  # told by the sites


@pytest.fixture(scope="module")
def france():
    return Gazetteer.of(Territory.load())


@pytest.mark.parametrize(
    ("query", "label", "code", "where"),
    [  # where: longitude and latitude of the church or town hall on a map
        ("Urdès", "Urdès, aujourd'hui Lacq (64)", "64541", (-0.567, 43.435)),
        ("urdes 64", "Urdès, aujourd'hui Lacq (64)", "64541", (-0.567, 43.435)),
        ("64541", "Urdès, aujourd'hui Lacq (64)", "64541", (-0.567, 43.435)),
        ("Annecy le vieux", "Annecy-le-Vieux, aujourd'hui Annecy (74)", "74011", (6.142, 45.92)),
        ("Lomme", "Lomme, aujourd'hui Lille (59)", "59355", (2.99, 50.645)),
        ("Andard", "Andard, aujourd'hui Loire-Authion (49)", "49004", (-0.398, 47.456)),
        ("Salin-de-Giraud", "Salin-de-Giraud, hameau d'Arles (13)", "13004", (4.73, 43.413)),
    ],
)
def test_a_former_name_or_code_finds_the_place_in_the_commune_of_today(france, query, label, code, where):
    place = france.search(query)[0]
    assert (place.label, place.commune_code, place.kind) == (label, code, "commune")
    assert pyproj.Geod(ellps="GRS80").inv(place.lon, place.lat, *where)[2] < 2_000


def test_a_place_tells_which_centre_stands_for_it(france):
    for query, locality, centre_of, key in (
        ("Val Thorens", "Val Thorens", "Les Belleville", "73257-val-thorens"),
        ("Salin-de-Giraud", "Salin-de-Giraud", None, "13004-salin-de-giraud"),
        ("Sare", None, "Sare", "64504"),
        ("Urdès", None, "Urdès", "64541"),
        ("Lyon 3e", None, "Lyon 3e Arrondissement", "69383"),
        ("64310 Sare", None, "Sare", "64504"),
    ):
        place = france.search(query)[0]
        assert (place.locality, place.centre_of, place.key) == (locality, centre_of, key), query


def test_a_place_without_a_position_of_its_own_is_where_its_commune_is(france):
    today = Territory.load().communes
    for query, code in (("Gourette", "64204"), ("Cherbourg-Octeville", "50129")):
        place = france.search(query)[0]
        assert (place.commune_code, place.lon, place.lat) == (code, *today.loc[code, ["lon", "lat"]])


@pytest.mark.parametrize(
    ("query", "label", "code"),
    [
        ("Paris 12e Arrondissement", "Paris 12e Arrondissement (75)", "75112"),
        ("paris 12e", "Paris 12e Arrondissement (75)", "75112"),
        ("Lyon 3", "Lyon 3e Arrondissement (69)", "69383"),
        ("75112", "Paris 12e Arrondissement (75)", "75112"),
        ("13201", "Marseille 1er Arrondissement (13)", "13201"),
        ("75015", "75015 Paris 15e Arrondissement", "75115"),
        ("Paris 75015", "75015 Paris 15e Arrondissement", "75115"),
        ("69003 Lyon", "69003 Lyon 3e Arrondissement", "69383"),
        ("marseille 9ème", "Marseille 9e Arrondissement (13)", "13209"),
        ("paris 12", "Paris 12e Arrondissement (75)", "75112"),
    ],
)
def test_an_arrondissement_is_found_where_it_is(france, query, label, code):
    place = france.search(query)[0]
    own = former_communes().loc[code]
    assert (place.label, place.commune_code) == (label, code)
    assert (place.lon, place.lat) == (own["lon"], own["lat"])
    assert place.postcode in own["postcodes"].split(";")


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("Paris", "Paris (75)"),
        ("marseille 13", "Marseille (13)"),  # the département
        ("Pardies", "Pardies (64)"),
        ("01015", "Arboys en Bugey (01)"),  # a delegated commune has that code too
        ("Lacq", "Lacq (64)"),
        ("Saint-Martin 32", "Saint-Martin (32)"),
    ],
)
def test_what_is_a_commune_today_comes_first(france, query, label):
    assert france.search(query)[0].label == label


def test_a_commune_is_shown_once_whatever_its_names(france):
    for query in ("Paris", "Annecy", "Marseille 1er", "Bagé", "Aurseulles", "Lille"):
        codes = [place.commune_code for place in france.search(query)]
        assert len(codes) == len(set(codes)) > 1


def test_former_communes_are_those_of_the_territory_and_of_its_margin(gazetteer, embedded):
    assert len(gazetteer) == len(embedded.communes) + len(embedded.neighbours)
    assert gazetteer.search("Urdès")[0].commune_code == "64541"
    assert all(place.commune_code != "59350" for place in gazetteer.search("Lomme"))
    assert all("Paris" not in place.label for place in gazetteer.search("Paris"))


def test_files_of_the_visitor_have_no_former_communes(small_world):
    assert Gazetteer.of(small_world.territory()).search("64541") == []


def test_a_saved_territory_finds_the_same(gazetteer, embedded_folder):
    again = Gazetteer.of(Territory.load(embedded_folder))
    for query in ("Lourdes", "64310", "st jean", "Urdès"):
        assert again.search(query) == gazetteer.search(query)


def test_a_position_is_covered_where_both_its_degrees_are(embedded):
    gazetteer = Gazetteer.of(embedded)
    lon, lat = gazetteer.centre
    assert gazetteer.covers(lon, lat)
    for away in ((lon, lat + 5), (lon, lat - 5), (lon + 5, lat), (lon - 5, lat)):
        assert not gazetteer.covers(*away)
    around = pd.concat([embedded.communes[["lon", "lat"]], embedded.neighbours[["lon", "lat"]]]).astype(float)
    assert gazetteer.covers(lon, around["lat"].max() + 0.3)
    assert not gazetteer.covers(lon, around["lat"].max() + 0.31)


@pytest.mark.parametrize(("neighbour", "first"), [(899, "64001"), (1_099, "40001")])
def test_a_homonym_of_the_study_area_comes_before_one_up_to_ten_times_as_large(neighbour, first):
    communes = pd.DataFrame(
        {
            "name": "Aubin",
            "departement": ["40", "64"],
            "postcodes": ["40100", "64100"],
            "population": [neighbour, 99],
            "lon": 0.0,
            "lat": 43.0,
        },
        index=pd.Index(["40001", "64001"], name="commune_code"),
    )
    found = Gazetteer(name_table(communes), [False, True]).search("aubin")
    assert len(found) == 2
    assert found[0].commune_code == first


@pytest.mark.parametrize(
    ("typed", "word", "score"), [("sare", "sare", 100), ("sa", "sare", 92.5), ("sara", "sare", 75)]
)
def test_likeness_of_a_word(typed, word, score):
    assert _word(typed, word) == score


def test_codes_of_corsica_hold_a_letter():
    corsica = Gazetteer.of(Territory.load("2A"))
    assert [place.commune_code for place in corsica.search("2A004")] == ["2A004"]
    assert [place.commune_code for place in corsica.search(" 2a004 ")] == ["2A004"]


def test_the_names_of_all_of_france_are_kept_as_they_are_made():
    whole = Territory.load(drawn=False)
    assert_frame_equal(embedded_names(whole.communes), name_table(whole.communes, other_names()))
    found = Gazetteer.of(whole).search("st jean de luz", 1)[0]
    assert (found.label, found.score) == ("Saint-Jean-de-Luz (64)", 100.0)


@pytest.mark.parametrize(
    ("typed", "first"),
    [  # the towns of this name with most residents, told by INSEE's populations
        ("saint-j", ["Saint-Joseph (974)", "Saint-Jean-de-Braye (45)"]),
        ("bay", ["Bay (70)", "Bayonne (64)"]),  # Bay in the Ardennes is no commune of today
        (
            "castillon",
            [
                *("Castillon (06)", "Castillon (14)", "Castillon (Canton d'Arthez-de-Béarn) (64)"),
                *("Castillon (Canton de Lembeye) (64)", "Castillon (65)"),
            ],
        ),
        ("mont de", ["Mont-de-Marsan (40)"]),
        ("Louv", ["Louviers (27)", "Louvres (95)"]),
        ("rochelle", ["La Rochelle (17)"]),
        ("st j 64", ["Saint-Jean-de-Luz (64)", "Saint-Jean-Pied-de-Port (64)"]),
        ("gourett", ["Gourette, hameau d'Eaux-Bonnes (64)"]),
        ("", []),
        ("xyz", []),
    ],
)
def test_the_largest_town_that_is_begun_is_offered_first(france, typed, first):
    begun = [place.label for place in france.begun(typed, 5)]
    assert begun[: len(first)] == first
    assert bool(begun) == bool(first)


def test_those_begun_are_counted_once_each(france):
    own, others = Territory.load(drawn=False).communes["name"], other_names()
    begun = {*own.index[own.map(fold).str.startswith("castillon")]}
    begun |= {*others["commune_code"][others["name"].map(fold).str.startswith("castillon")]}
    assert france.count_begun("castillon") == len(begun)
    assert france.count_begun("Castillon 64") == 2
    assert france.count_begun("xyz") == france.count_begun("") == 0


def test_the_study_area_is_offered_before_its_neighbours(gazetteer):
    assert [place.departement for place in gazetteer.begun("saint-jean", 5)] == ["64", "64", "64", "64", "40"]
