"""On which sites people depend, and what closing many leaves, right at nought, one, all and unknown."""

from dataclasses import replace

import pandas as pd
import pytest

from geo.access.known_part import KnownPart
from geo.answers.fragility import (
    closure_answer,
    fragility_answer,
    second_site_sentence,
    share_lines,
    site_sentences,
)
from geo.siting.closure import close_sites
from geo.siting.fragility import Fragility, fragility


@pytest.fixture(scope="module")
def territory(small_world):
    return small_world.territory()


def fragile(second, within=900, known=1000, passing=(30.0,)):
    sites = pd.DataFrame(
        {
            "name": [f"Site {i}" for i in range(len(passing))],
            "in_known_part": True,
            "residents_passing": passing,
            "residents_nearest": [max(count, 1.0) for count in passing],
        }
    )
    return Fragility(20.0, KnownPart(1000, known, 10, 10 if known else 0), within, second, sites, pd.DataFrame())


def test_the_drawing(territory, plain):
    # Commune E (100 residents) is off the network: shares are of the 2000 others.
    found = fragility(territory)
    answer = fragility_answer(found)
    assert [plain(text) for text in [answer.sentence, *answer.details]] == [
        (
            "Le site dont dépendent le plus d'habitants est « France services A » : s'il fermait, 1 000 habitants "
            "passeraient à plus de 20 min d'un site."
        ),
        "40 % des habitants (800 sur 2 000) ont un deuxième site à 20 min ou moins.",
        "1 200 habitants (60 %) n'ont qu'un seul site à 20 min ou moins : s'il ferme, tous les autres sont plus loin.",
    ]
    assert [plain(" / ".join(figure)) for figure in answer.figures] == [
        "Ont un deuxième site / 40 % / des habitants, à 20 min ou moins",
        "Dépendent d'un seul site / 1 200 / sur 2 000 habitants",
        "Sites sans remplaçant / 2 / sur 2",
    ]
    assert plain(site_sentences(found, 1)[0]) == (
        "France services A : 1 000 habitants passeraient à plus de 20 min ; 23,3 min de plus en moyenne, pour 1 500 "
        "habitants dont c'est le site le plus proche."
    )
    assert plain(fragility_answer(fragile(0)).details[-1]) == (
        "900 habitants (90 %) n'ont qu'un seul site à 20 min ou moins : il n'y en a pas d'autre."
    )
    assert [plain(line) for line in share_lines(found)[1]] == [
        "100 % des habitants ont un site à 20 min ou moins",
        "100 % en ont au moins deux",
        "500 habitants",
    ]
    assert share_lines(found)[4][0].startswith("— des habitants"), "E has no known way"


def test_the_only_site_has_no_other_by_road(territory, plain):
    told = site_sentences(fragility(territory, kinds={"main"}), 10)
    assert [plain(text) for text in told] == [
        (
            "France services A : 1 800 habitants passeraient à plus de 20 min ; aucun autre site par la route, pour 2 000 "
            "habitants dont c'est le site le plus proche."
        )
    ]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (0, "Aucun des 1 000 habitants n'a de deuxième site à 20 min ou moins."),
        (1, "Moins de 1 % des habitants (1 sur 1 000) ont un deuxième site à 20 min ou moins."),
        (1000, "100 % des habitants (1 000 sur 1 000) ont un deuxième site à 20 min ou moins."),
    ],
)
def test_second_site(second, said, plain):
    assert plain(second_site_sentence(fragile(second, 1000))) == said


@pytest.mark.parametrize(
    ("within", "second", "passing", "said"),
    [
        (0, 0, (), ["Aucun site, fermé seul,", "Aucun habitant n'a de site à 20 min ou moins."]),
        (
            900,
            900,
            (0.0,),
            ["Aucun site, fermé seul,", "Tous ceux qui ont un site à 20 min ou moins en ont un deuxième."],
        ),
        (2, 1, (1.0,), ["« Site 0 » : s'il fermait, 1 habitant passerait", "1 habitant (moins de 1 %) n'a qu'un seul"]),
        (900, 500, (30.0,), ["« Site 0 » : s'il fermait, 30 habitants pass", "400 habitants (40 %) n'ont qu'un seul"]),
    ],
)
def test_what_depends_on_a_site(within, second, passing, said, plain):
    answer = fragility_answer(fragile(second, within, passing=passing))
    for part, sentence in zip(said, [answer.sentence, answer.details[-1]], strict=True):
        assert part in plain(sentence)


def test_nobody_known(small_world):
    answer = fragility_answer(fragility(small_world.territory(population=None)))
    assert answer.sentence == "La population n'est pas connue : aucun habitant ne peut être compté."
    assert {figure.value for figure in answer.figures} == {"—"}
    off = fragility_answer(fragile(0, 0, known=0))
    assert off.sentence == "Aucun trajet n'est connu : le réseau routier ne couvre aucun habitant."


@pytest.mark.parametrize(
    ("closed", "around", "said"),
    [(2, 0, "2"), (2, 1, "2 (dont 1 voisin)"), (1, 1, "1 (voisin)"), (2, 2, "2 (tous voisins)")],
)
def test_how_many_of_the_sites_closed_are_around(territory, plain, closed, around, said):
    closure = replace(close_sites(territory), sites_closed=closed, neighbour_sites_closed=around)
    assert plain(closure_answer(closure).sentence).startswith(f"Sites fermés : {said}, dont ")


def test_a_closure_of_all_tells_of_the_telephone(territory, plain):
    answer = closure_answer(close_sites(territory))
    told = [plain(text) for text in answer.lines]
    assert told[0] == (
        "Sites fermés : 2, dont 0 avec téléphone, 0 avec adresse électronique, 2 sans l'un ni l'autre ; ouverts : 0."
    )
    assert told[1] == (
        "Habitants dont le site le plus proche ferme : 2 000 ; qui peuvent encore le joindre : 0, par téléphone (0) ou par "
        "courriel (0)."
    )
    assert told[2].startswith(
        "Avec ce scénario, 2 000 habitants passent à plus de 20 min d'un site : 0 % des habitants"
    )
    assert sum("Le trajet n'existe plus pour 2 000 habitants." in line for line in told) == 1
    assert not any("perdent" in line for line in told), "said once"
    assert [plain(" / ".join(figure)) for figure in answer.figures] == [
        "Sites fermés / 2 / 0 reste ouvert",
        "Encore à 20 min ou moins / 0 / habitants, contre 2 000",
        "Joignables à distance / 0 / sur 2 000 habitants dont le site ferme",
    ]
    bearer = closure_answer(close_sites(territory, (15,), bearer="La Poste"))
    assert "Sites laissés ouverts parce que leur porteur n'est pas connu : 1." in [plain(text) for text in bearer.lines]
