"""What a scenario does and changes, in words that are right at nought, one, all and unknown."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access.opening import open_shares
from geo.answers.answer import residents_line
from geo.answers.scenario import (
    action_sentences,
    change_lines,
    communes_changing,
    hours_change_sentence,
    new_site_name,
    scenario_answer,
)
from geo.siting.comparison import compare
from geo.siting.scenario import ChangeHours, CloseSite, MoveSite, OpenSite, Place, Scenario, apply


@pytest.fixture(scope="module")
def territory(small_world):
    return small_world.territory()


def closing(territory, *which):
    return Scenario(territory.name).then(*map(CloseSite, which))


def test_the_actions_read_as_plain_french(territory, plain):
    scenario = Scenario(territory.name).then(
        OpenSite("n", "Site de C", Place("64003")),
        CloseSite("3"),
        MoveSite("1", Place(lon=-0.5, lat=43.25)),
        ChangeHours("2", "Mo 09:00-12:30"),
    )
    assert [plain(text) for text in action_sentences(scenario, territory.sites, territory.communes)] == [
        "Ouvrir « Site de C » dans la commune Commune C.",
        "Fermer « France services La Poste D ».",
        "Déplacer « France services A » à la latitude 43,25000 et la longitude -0,50000.",
        "Changer les horaires de « Bus France services B » : 3 h 30 par semaine.",
    ]
    assert new_site_name(Place("64003"), territory.communes) == "Nouveau site, Commune C"
    assert new_site_name(Place(lon=-0.5, lat=43.25), territory.communes) == "Nouveau site, 43,250 N, -0,500 E"


def test_what_closing_a_site_changes(territory, plain):
    answer = scenario_answer(compare(territory, closing(territory, "3"), (15, 35)))
    # Commune E (100 residents) is off the network: shares are of the 2000 others.
    assert [plain(text) for text in answer.lines] == [
        (
            "Avec ce scénario, 500 habitants passent à plus de 15 min d'un site : 75 % des habitants sont à 15 min ou "
            "moins, contre 100 % aujourd'hui ; 2 communes deviennent sous-desservies."
        ),
        (
            "Personne ne passe le seuil de 35 min : 100 % des habitants restent à 35 min ou moins d'un site ; aucune "
            "commune ne change de côté du seuil."
        ),
        "Le trajet s'allonge pour 500 habitants.",
        "Temps moyen : 4,0 min avant, 8,5 min après, pour les habitants qui ont une route vers un site avant et après.",
        "Une commune est sous-desservie si le temps moyen de ses habitants dépasse 15 min.",
    ]
    assert [plain(" / ".join(figure)) for figure in answer.figures] == [
        "À 15 min ou moins / +0 −500 / habitants gagnés et perdus",
        "À 35 min ou moins / +0 −0 / habitants gagnés et perdus",
        "Trajet moyen / 8,5 min / 4,0 min aujourd'hui",
    ]


def test_who_gains_and_who_loses(territory, plain):
    scenario = closing(territory, "1").then(OpenSite("n", "N", Place("64002")))
    answer = scenario_answer(compare(territory, scenario, (9,)))
    assert plain(answer.sentence) == (
        "Avec ce scénario, 500 habitants passent à 9 min ou moins d'un site et 1 000 passent au-delà : 35 % des habitants "
        "sont à 9 min ou moins, contre 60 % aujourd'hui ; 1 commune n'est plus sous-desservie et 1 commune devient "
        "sous-desservie."
    )


def test_a_change_that_passes_no_threshold(territory, plain):
    answer = scenario_answer(compare(territory, closing(territory, "3"), (40,)))
    assert plain(answer.sentence) == (
        "Avec ce scénario, personne ne passe le seuil de 40 min : 100 % des habitants restent à 40 min ou moins d'un site ; "
        "aucune commune ne change de côté du seuil ; le trajet s'allonge pour 500 habitants."
    )


def test_nothing_changes(territory, plain):
    untouched = scenario_answer(compare(territory, Scenario(territory.name), (9,)))
    assert plain(untouched.sentence) == (
        "Rien n'est encore changé : 60 % des habitants sont à 9 min ou moins d'un site."
    )
    hours = Scenario(territory.name).then(ChangeHours("1", ""))
    assert plain(scenario_answer(compare(territory, hours, (9,))).sentence) == (
        "Aucun trajet ne change avec ce scénario : 60 % des habitants restent à 9 min ou moins d'un site."
    )


def test_ways_that_change_for_no_resident_are_told_of_their_communes(small_world, tmp_path, plain):
    figures = tmp_path / "population.csv"
    figures.write_text("COM;PMUN\n64001;1000\n64002;0\n64003;0\n64004;0\n64005;0\n", encoding="utf-8")
    world = small_world.territory(population=figures)
    closed = scenario_answer(compare(world, Scenario(world.name).then(CloseSite("3")), (9,)))
    # Without the site in D, its own time and that of C grow; only A has residents.
    assert plain(closed.sentence) == (
        "Avec ce scénario, le trajet ne change que dans 2 communes où aucun habitant n'est compté : 100 % des habitants "
        "restent à 9 min ou moins d'un site ; 1 commune devient sous-desservie."
    )


def test_nobody_reaches_a_site_any_more(territory, plain):
    told = [plain(text) for text in scenario_answer(compare(territory, closing(territory, "1", "2", "3"))).details]
    assert "Temps moyen : aucun habitant n'a de route vers un site à la fois avant et après." in told
    assert "Le trajet n'existe plus pour 2 000 habitants." in told
    assert (
        "Habitants sans route vers un site : 0 avant, 2 000 après ; ils comptent dans les parts, dans aucune moyenne de "
        "temps."
    ) in told
    emptied = apply(territory, closing(territory, "1", "3"))
    scenario = Scenario(territory.name).then(OpenSite("n", "N", Place("64001")))
    compared = compare(emptied, scenario, (9,))
    told = [plain(text) for text in scenario_answer(compared).details]
    assert "Le trajet devient possible pour 2 000 habitants." in told
    few = scenario_answer(replace(compared, residents_connected=300.0)).details
    assert "Le trajet raccourcit pour 2 000 habitants (300 n'en avaient aucun)." in [plain(text) for text in few]


def test_an_unknown_population_is_said_and_communes_are_still_counted(small_world, plain):
    territory = small_world.territory(population=None)
    answer = scenario_answer(compare(territory, closing(territory, "3"), (15,)))
    assert answer.sentence == "La population n'est pas connue : aucun habitant ne peut être compté."
    assert [plain(text) for text in answer.details] == ["À 15 min, 2 communes deviennent sous-desservies."]
    assert {figure.value for figure in answer.figures} == {"—"}


def test_hours(small_world, territory, plain):
    after = apply(territory, Scenario(territory.name).then(ChangeHours("1", "Mo 09:00-10:00")))
    assert plain(hours_change_sentence(open_shares(territory, 15), open_shares(after, 15))).startswith(
        "Horaires : un habitant a en moyenne un site ouvert à 15 min ou moins pendant "
    )
    nobody = open_shares(small_world.territory(population=None), 15)
    assert hours_change_sentence(nobody, nobody) == ""


def test_communes_of_the_table_and_of_the_map(territory, plain):
    comparison = compare(territory, closing(territory, "3"), (15,))
    assert communes_changing(comparison).index.to_list() == ["64004", "64003"]
    lines = change_lines(comparison.communes, "travel_time_before_min", "travel_time_after_min", "population")
    assert [plain(line) for line in lines[3]] == ["0,0 min aujourd'hui, 30,0 min ensuite", "200 habitants"]
    assert lines[4][0] == "aucune route aujourd'hui, aucune route ensuite"


def test_estimated_times_tell_what_changes_from_the_exact_times(territory, plain):
    # 8.0 and 7.4 minutes would both be "environ 10", 7.6 and 7.4 "environ 10" and "environ 5".
    comparison = compare(territory, closing(territory, "3"), (15,))
    part = replace(comparison.part, estimated=True)

    def told(before, after):
        found = replace(comparison, part=part, mean_time_before_min=before, mean_time_after_min=after)
        answer = scenario_answer(found)
        details = [plain(line) for line in answer.details if line.startswith("Temps moyen")]
        return plain(" / ".join(answer.figures[-1])), details[0].partition(", pour")[0]

    assert told(8.0, 7.3) == (
        "Trajet moyen / baisse de 9 % / environ 10 min aujourd'hui",
        "Temps moyen : baisse de 9 % (avant : environ 10 min)",
    )
    assert told(7.6, 7.4)[1] == "Temps moyen : baisse de 3 % (avant : environ 10 min)"
    assert told(7.4, 7.6)[1] == "Temps moyen : augmente de 3 % (avant : environ 5 min)"
    assert told(7.6, 7.6)[1] == "Temps moyen : ne change pas (avant : environ 10 min)"
    nobody = scenario_answer(replace(comparison, part=part, mean_time_before_min=None, mean_time_after_min=None))
    assert nobody.figures[-1].value == "—"
    rows = {"before": [22.6, 22.0, 22.0, np.nan], "after": [22.4, 12.0, 22.0, 12.0], "people": [1.0] * 4}
    communes = pd.DataFrame(rows).assign(estimated=True, time_low=1.0, time_high=1.0)
    assert [[plain(line) for line in lines[:2]] for lines in change_lines(communes, "before", "after", "people")] == [
        ["Aujourd'hui : environ 25 min", "Ensuite : environ 20 min (moins de 5 min gagnées)"],
        ["Aujourd'hui : environ 20 min", "Ensuite : environ 10 min (environ 10 min gagnées)"],
        ["Aujourd'hui : environ 20 min", "Ensuite : environ 20 min"],
        ["Aujourd'hui : aucune route", "Ensuite : environ 10 min"],
    ]


def test_residents():
    assert residents_line(pd.NA) == "Population inconnue"
    assert residents_line(1234) == "1\u202f234 habitants"
    assert residents_line(1) == "1 habitant"
