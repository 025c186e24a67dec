"""Where figures come from, in French."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from geo.answers.origin import (
    approximation_sentences,
    counting_sentence,
    network_sentence,
    sources_sentence,
)
from geo.network.origin import MeasuredError, NetworkSummary
from geo.sources.provenance import Provenance
from geo.territory.manifest import Manifest


@pytest.fixture
def territory() -> SimpleNamespace:
    network = NetworkSummary(
        source="Réseau estimé",
        file="",
        vintage=None,
        licence=None,
        sha256=None,
        nodes=1346,
        edges=6582,
        nodes_main_part=1346,
        profile="courant",
        approximate=True,
        notes=(),
        error=(MeasuredError("Labourd", 420, 0.81, 0.59, 1.08, 1.0),),
    )
    sources = (
        Provenance("Sites", "sites.csv", "2024-08-01", "Licence Ouverte 2.0", "", 0, 0),
        Provenance("Communes", "communes.csv", None, None, "", 0, 0),
    )
    manifest = Manifest(
        territory="Pays",
        departement="64",
        built_on=dt.date(2026, 11, 22),
        crs="EPSG:2154",
        communes=1,
        population=0,
        population_points="communes",
        contours_approximate=True,
        facilities={},
        sources=sources,
        network=network,
        notes=(),
        notes_communes=(),
        rejected_count=0,
        rejected=(),
    )
    return SimpleNamespace(manifest=manifest, contours_approximate=True)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_sources_say_what_is_not_known(territory):
    assert plain(sources_sentence(territory.manifest)).endswith(" ; Communes (date inconnue, licence non précisée).")


def test_network(territory):
    assert plain(network_sentence(territory.manifest)) == (
        "Réseau routier : Réseau estimé, 1 346 nœuds et 6 582 tronçons, profil de vitesse « courant »."
    )


def test_approximations_come_with_their_measured_error(territory):
    network, contours = approximation_sentences(territory)
    assert "Labourd, 420 trajets : temps trop courts de 19 % en médiane" in plain(network)
    assert "(de −41 % à +8 % pour huit trajets sur dix), distances justes" in plain(network)
    assert "contours" in contours


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
