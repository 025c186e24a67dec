"""What is said of the minutes saved, at nought, one, all and unknown."""

from dataclasses import replace

import pandas as pd
import pytest

from geo.access.known_part import KnownPart
from geo.access.time_saved import TimeSavedSummary, time_saved
from geo.answers.tax_offices import saved_lines, tax_offices_answer


def saved(*minutes):
    return pd.DataFrame({"saved_min": pd.array(minutes, dtype="Float64")})


def summary(mean=1.0, sooner=100, later=300, out=0, known=400):
    part = KnownPart(known, known, 3, 3)
    return TimeSavedSummary(part, known - out if mean is not None else 0, out, mean, mean, sooner, later)


@pytest.mark.parametrize(
    ("mean", "said"),
    [
        (1.04, "En moyenne, un habitant gagne 1,0 min en allant au site France services le plus proche plutôt qu'au service des impôts."),
        (-2.0, "En moyenne, un habitant perd 2,0 min en allant"),
        (-0.04, "En moyenne, un habitant ne gagne ni ne perd de temps en allant"),
    ],
)  # fmt: skip
def test_the_mean(plain, mean, said):
    assert plain(tax_offices_answer(saved(1.0), summary(mean)).sentence).startswith(said)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        ((10.0, -2.0, pd.NA), "1 commune n'y gagne rien."),
        ((10.0, -2.0, 0.0), "2 communes n'y gagnent rien."),
        ((-2.0,), "Aucune commune n'y gagne."),
        ((10.0, pd.NA), "Toutes les communes y gagnent."),
    ],
)
def test_communes(minutes, said):
    assert tax_offices_answer(saved(*minutes), summary()).details[-1] == said


def test_who_is_nearer_to_what(plain):
    answer = tax_offices_answer(saved(1.0), summary(sooner=1, later=300, out=99))
    assert plain(answer.details[0]) == (
        "Le site est plus proche d'une minute au moins pour 1 habitant, plus loin pour 300 habitants."
    )
    assert "Habitants non comptés, sans route vers l'un ou vers l'autre : 99." in map(plain, answer.notes)
    assert [tuple(map(plain, figure[1:])) for figure in answer.figures] == [
        ("1,0 min", "autant ou plus, pour la moitié des habitants comparés"),
        ("1", "sur 301 habitants"),
        ("300", "habitants"),
    ]
    everybody = summary()
    assert tax_offices_answer(saved(1.0), everybody).figures[0].detail == "autant ou plus, pour la moitié des habitants"
    together = replace(everybody, part=replace(everybody.part, starts_known=1))
    assert tax_offices_answer(saved(1.0), together).figures[0].detail == "pour tous les habitants"


@pytest.mark.parametrize(
    ("median", "estimated", "label", "value"),
    [
        (1.5, False, "Gain médian", "1,5 min"),
        (-1.5, False, "Perte médiane", "1,5 min"),
        (-1.5, True, "Perte médiane", "moins de 5 min"),
        (-5.9, True, "Perte médiane", "environ 5 min"),
    ],
)
def test_a_median_loss_is_not_called_a_gain(plain, median, estimated, label, value):
    """As in Corse-du-Sud, where the mean is a gain: 97,272 residents of 168,306 are nearer to a tax office."""
    of_part = KnownPart(400, 400, 3, 3, estimated=estimated)
    answer = tax_offices_answer(saved(1.0), replace(summary(5.0), part=of_part, median_saved_min=median))
    first = answer.figures[0]
    assert (first.label, plain(first.value)) == (label, value)
    line = saved_lines(
        pd.DataFrame(
            [
                {
                    "saved_min": median,
                    "estimated": estimated,
                    "site_time_min": 9.0,
                    "other_time_min": 9.0,
                    "population": 3,
                    "time_low": 1.0,
                    "time_high": 1.0,
                }
            ]
        )
    )[0][0]
    assert plain(line) == f"Temps {'perdu' if median < 0 else 'gagné'} : {value}"


def test_nobody_can_reach_both():
    answer = tax_offices_answer(saved(pd.NA), summary(None, 0, 0, 400))
    assert answer.sentence == "Aucun habitant n'a de route à la fois vers un site et vers un service des impôts."
    assert answer.details == ()
    assert [figure.value for figure in answer.figures] == ["—", "—", "—"]
    assert {figure.detail for figure in answer.figures} == {"aucun habitant comparé"}


def test_where_nobody_is_known_to_live():
    answer = tax_offices_answer(saved(4.0, -1.0), summary(None, 0, 0, known=0))
    assert answer.sentence == "La population n'est pas connue : aucun habitant ne peut être compté."
    assert answer.details == ("1 commune n'y gagne rien.",)
    assert [figure.value for figure in answer.figures] == ["—", "—", "—"]


def test_a_territory_partly_off_the_network(small_world, plain):
    """Commune E, 100 of the 2,100 residents, is off the network: it is not among those who are not compared."""
    communes, totals = time_saved(small_world.territory(tax_offices=small_world.tax_offices))
    answer = tax_offices_answer(communes, totals)
    assert plain(answer.sentence) == (
        "En moyenne, un habitant gagne 9,5 min en allant au site France services le plus proche plutôt qu'au service des "
        "impôts."
    )
    assert [plain(detail) for detail in answer.details] == [
        "Le site est plus proche d'une minute au moins pour 1 200 habitants, plus loin pour 300 habitants.",
        "1 commune n'y gagne rien.",
    ]
    assert not any("non comptés" in note for note in answer.notes)
    lines = [[plain(line) for line in each] for each in saved_lines(communes)]
    assert lines[2] == ["Temps perdu : 10,0 min", "France services : 10,0 min", "Impôts : 0,0 min", "300 habitants"]
    assert lines[4] == ["Temps gagné : —", "France services : —", "Impôts : —", "100 habitants"]
