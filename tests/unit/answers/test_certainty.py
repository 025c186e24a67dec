"""What is said of the margin of error and of capacity, at nought, one, all and unknown."""

from dataclasses import replace

import pandas as pd
import pytest

from geo.access.catchment import catchment
from geo.access.known_part import KnownPart
from geo.access.sensitivity import Run, Sensitivity, sensitivity
from geo.answers.certainty import capacity_answer, certainty_answer, interval_figure, interval_lines, run_rows


def unsure(low, high, known=1000, flips=(), facilities="sites"):
    runs = tuple(
        Run(name, known, n, n / known if known else None, 1)
        for name, n in (("vitesses du profil", high), ("vitesses réduites", low))
    )
    flipping = list(flips) or [False]
    communes = pd.DataFrame(
        {
            "flips": pd.array(flipping, dtype="boolean"),
            "residents_known": pd.array([10.0] * len(flipping), dtype="Float64"),
        }
    )
    return Sensitivity(20.0, facilities, "Règle.", KnownPart(known, known, 10, 10), runs, communes)


@pytest.mark.parametrize(
    ("low", "high", "flips", "said"),
    [
        (
            900,
            900,
            (False,),
            (
                "Quelle que soit l'hypothèse, 90 % des habitants (900) ont un site France services à 20 min ou moins ; aucune "
                "commune ne change de côté du seuil."
            ),
        ),
        (
            850,
            950,
            (True,),
            (
                "Entre 85 % et 95 % des habitants (850 à 950) ont un site France services à 20 min ou moins ; 1 commune passe "
                "d'un côté à l'autre du seuil."
            ),
        ),
        (
            0,
            1000,
            (True, True, None),
            (
                "Entre 0 % et 100 % des habitants (0 à 1 000) ont un site France services à 20 min ou moins ; 2 communes "
                "passent d'un côté à l'autre du seuil."
            ),
        ),
    ],
)
def test_margin(plain, low, high, flips, said):
    answer = certainty_answer(unsure(low, high, flips=flips))
    assert plain(answer.sentence) == said
    assert answer.details == ("Hypothèses : vitesses du profil, vitesses réduites.",)


def test_figures_name_the_run_that_gives_each_end(plain):
    answer = certainty_answer(unsure(1, 950, flips=(True, True)))
    assert [tuple(map(plain, figure)) for figure in answer.figures] == [
        ("Au moins", "moins de 1 %", "vitesses réduites : 1 habitant"),
        ("Au plus", "95 %", "vitesses du profil : 950 habitants"),
        ("Communes près du seuil", "2", "20 habitants"),
    ]
    assert plain(interval_figure(unsure(850, 950)).value) == "85 % à 95 %"
    assert plain(interval_figure(unsure(949, 950)).value) == "95 %"
    assert [list(map(plain, row)) for row in run_rows(unsure(850, 950))] == [
        ["Vitesses du profil", "950", "95 %", "1"],
        ["Vitesses réduites", "850", "85 %", "1"],
    ]


def test_another_list_of_places(plain):
    assert "ont un service des impôts à 20 min ou moins" in plain(
        certainty_answer(unsure(850, 950, facilities="tax_offices")).sentence
    )


def test_where_nobody_is_known_to_live(plain):
    found = unsure(0, 0, known=0, flips=(True,))
    answer = certainty_answer(found)
    assert plain(answer.sentence) == (
        "La population n'est pas connue : aucun habitant ne peut être compté ; 1 commune passe d'un côté à l'autre du "
        "seuil."
    )
    assert [figure.value for figure in answer.figures] == ["—", "—", "1"]
    assert all("0" not in figure.detail for figure in answer.figures)
    assert interval_figure(found).value == "—"
    assert run_rows(found)[0][1:3] == ["—", "—"]


def test_a_territory_partly_off_the_network(small_world, plain):
    """Commune E, 100 of the 2,100 residents, is off the network."""
    found = sensitivity(small_world.territory(), 10.5)
    assert plain(certainty_answer(found).sentence) == (
        "Entre 60 % et 100 % des habitants (1 200 à 2 000) ont un site France services à 10,5 min ou moins ; 2 communes "
        "passent d'un côté à l'autre du seuil."
    )
    assert plain(certainty_answer(found).details[0]) == (
        "Hypothèses : temps des routes, trajets tous plus longs, trajets tous plus courts."
    )
    lines = [[plain(line) for line in each] for each in interval_lines(found)]
    assert lines[1] == ["De 8,3 min à 11,3 min", "500 habitants"]
    assert lines[4] == ["Aucun temps connu", "100 habitants"]


def test_capacity(small_world, plain):
    territory = small_world.territory()
    answer = capacity_answer(catchment(territory))
    assert plain(answer.sentence) == (
        "La moitié des habitants ont au plus 9,4 heures d'agent par semaine pour 1 000 habitants autour d'eux ; sans rien "
        "à 30 min ou moins : 0 habitant."
    )
    assert len(answer.notes) == 2
    found = catchment(territory)
    for people, said in ((1500, "Tous les habitants ont 9,4 "), (1, "Le seul habitant a 9,4 ")):
        together = replace(found, part=replace(found.part, residents_known=people, starts_known=1))
        assert plain(capacity_answer(together).sentence).startswith(said)
    sites = territory.sites.assign(opening_hours=pd.array([None, None, "Mo unknown"], dtype="string"))
    blind = territory.with_sites(sites, why={})
    given = capacity_answer(catchment(blind, requests=pd.Series({"1": 400.0, "404": 1.0})))
    assert "demandes par mois pour 1 000 habitants" in plain(given.sentence)
    assert given.notes[:2] == (
        "Sites de capacité inconnue, non comptés : 1.",
        "Lignes de la table des demandes qui ne sont d'aucun site compté : 1.",
    )
    assert capacity_answer(catchment(blind)).sentence.startswith("Aucun site n'a de capacité connue")
    some = blind.with_sites(territory.sites.assign(opening_hours=pd.array(["Mo 09:00-11:00", None, None])), why={})
    assert plain(capacity_answer(catchment(some)).sentence).endswith(
        "sans capacité connue à 30 min ou moins : 0 habitant."
    )
    nobody = capacity_answer(catchment(small_world.territory(population=None)))
    assert nobody.sentence == "La population n'est pas connue : aucun habitant ne peut être compté."
