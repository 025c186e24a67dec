"""Where figures come from, in French."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from geo import Territory
from geo.answers.origin import (
    approximation_sentences,
    counting_sentence,
    network_sentence,
    offer_sentence,
    one_point_sentences,
    sources_sentence,
)
from geo.kinds import KINDS
from geo.network.origin import MeasuredError
from geo.question import Question
from geo.sources.provenance import Provenance


@pytest.fixture
def territory(make_manifest) -> SimpleNamespace:
    sources = (
        Provenance("Sites", "sites.csv", "2024-08-01", "Licence Ouverte 2.0", "", 0, 0),
        Provenance("Communes", "communes.csv", None, None, "", 0, 0),
    )
    return SimpleNamespace(manifest=make_manifest(sources=sources), contours_approximate=True)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_sources_say_what_is_not_known(territory):
    assert plain(sources_sentence(territory.manifest)).endswith(" ; Communes (date inconnue, licence non précisée).")


def test_network(territory):
    assert plain(network_sentence(territory.manifest)) == (
        "Réseau routier estimé, 1 346 nœuds et 6 582 tronçons, profil de vitesse « courant »."
    )


def test_approximations_come_with_their_measured_error(territory):
    network, contours = approximation_sentences(territory)
    assert "Labourd, 420 trajets : de −41 % à +8 % pour huit sur dix." in plain(network)
    error = MeasuredError("Plaine (Isère, trajets courts)", 2200, 1.02, 0.86, 1.22, None, 0.9)
    network_told = replace(territory.manifest.network, error=(error,))
    territory.manifest = replace(territory.manifest, network=network_told)
    assert "Plaine, 2 200 trajets : 90 % à moins de 25 % près." in plain(approximation_sentences(territory)[0])
    assert "contours" in contours


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("974", ["Outre-mer", "Réunion"]),
        ("973", ["Outre-mer"]),
        ("2A", ["Corse"]),
        ("64", []),
        (None, ["Outre-mer", "Réunion", "Corse"]),
    ],
)
def test_where_estimates_are_less_sure_is_said_with_them(view, words):
    told = approximation_sentences(Territory.load(view, drawn=False))
    assert [
        word
        for word in ("Outre-mer", "Réunion", "Corse")
        if any(word in text and ("peu sûrs" in text or "trop courts" in text) for text in told)
    ] == words


def test_approximation_that_was_not_measured_says_so(territory):
    territory.manifest = replace(territory.manifest, network=replace(territory.manifest.network, error=None))
    assert approximation_sentences(territory)[0].endswith("L'erreur n'a pas été mesurée.")


def test_nothing_is_called_approximate_on_real_roads_and_contours(territory):
    territory.manifest = replace(territory.manifest, network=replace(territory.manifest.network, approximate=False))
    territory.contours_approximate = False
    assert approximation_sentences(territory) == []


@pytest.mark.parametrize(
    ("kinds", "excluded", "expected"),
    [
        (["main"], [], "Offre comptée : Sites France services."),
        (
            ["main", "antenne", "bus"],
            ["bus"],
            "Offre comptée : Sites France services ; antennes comptées, bus non comptés (leur tournée n'est pas connue).",
        ),
        (["antenne"], ["antenne"], "Offre comptée : Sites France services ; antennes non comptées."),
    ],
)
def test_what_is_counted(kinds, excluded, expected):
    assert counting_sentence("sites", kinds, excluded) == expected


def test_the_offer_is_that_of_the_question(small_world):
    world = small_world.territory()
    fixed = world.sites[world.sites["kind"] != "bus"].reset_index(drop=True)
    without = replace(world, facilities={**world.facilities, "sites": fixed})
    assert "bus" not in offer_sentence(Question(), (without,))
    assert "bus non comptés" in offer_sentence(Question(), (without, world))
    assert "bus comptés" in offer_sentence(Question(kinds=frozenset(KINDS)), (world,))


def test_a_large_city_that_stands_at_one_point_is_named_and_one_of_cells_is_not(small_world):
    world = small_world.territory()
    people = world.communes["population"].mask(world.communes.index == "64002", 100_001)
    large = replace(world, communes=world.communes.assign(population=people))
    assert one_point_sentences((world,)) == []
    (said,) = one_point_sentences((world, large))
    assert said.startswith("Commune B (64002) est représentée par un seul point :")
    rows = large.demand[large.demand["commune_code"] == "64002"]
    spread = replace(large, cells=rows.assign(cell_id=["1"]).reset_index(drop=True))
    assert one_point_sentences((spread,)) == []
