"""The sentences of a report at nought, one, all and unknown."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access.coverage import CoverageSummary
from geo.access.known_part import KnownPart
from geo.access.sensitivity import Run, Sensitivity
from geo.report.report_findings import ReportFindings, ReportRequest
from geo.report.report_sentences import (
    blank_sentence,
    cost_sentence,
    counted_sentence,
    far_sentence,
    hours_sentences,
    interval_sentence,
    key_figures,
    open_sentence,
    plan_sentence,
    proof_sentence,
    summary_sentences,
    title_of,
)
from geo.siting.fragility import Fragility
from geo.sources.opening_hours import WEEKDAYS

SUMMARY = CoverageSummary(20.0, "sites", "Règle.", 1000, 900, 0.9, 0, 10, 1, 100, 0, 0, 0, 8.3)
CURVE = pd.DataFrame({"minutes": range(46), "residents": 900.0, "share": 0.9})


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


class Week:
    """Hours as `OpeningTable` tells them: the same share throughout, none at weekends."""

    def __init__(self, share, residents=1000, unknown=0, partly=0, saturday=0.0):
        table = np.full((7, 48), share, dtype=float)
        table[5], table[6] = saturday, 0.0
        self.shares = pd.DataFrame(
            table, index=list(WEEKDAYS), columns=[f"{i // 2:02d}:{i % 2 * 30:02d}" for i in range(48)]
        )
        self.residents, self.residents_within, self.threshold_min = residents, round(share * residents), 20.0
        self.sites, self.sites_hours_unknown, self.sites_hours_partly_unknown = 5, unknown, partly

    def spans(self):
        return pd.DataFrame({"day": ["lundi"], "start": ["09:00"], "end": ["12:30"], "share": [self.shares.iloc[0, 0]]})

    def blank_hours(self):
        return pd.DataFrame({"day": [], "hours": []})


def fragile(second, within=900, known=1000):
    sites = pd.DataFrame({"name": ["Site"], "residents_passing": [30.0], "residents_nearest": [60.0]})
    return Fragility(20.0, KnownPart(known, known, 10, 10), within, second, sites, pd.DataFrame())


def unsure(low, high, residents=1000, flips=()):
    runs = tuple(Run(name, n, n / residents if residents else None, 1) for name, n in (("a", low), ("b", high)))
    communes = pd.DataFrame({"flips": pd.array(list(flips) or [False], dtype="boolean")})
    return Sensitivity(20.0, "Règle.", residents, runs, communes)


def cov(rows):
    """Communes as (population, minutes, under-served)."""
    return pd.DataFrame(
        {
            "name": [f"Commune {i}" for i in range(len(rows))],
            "population": pd.array([row[0] for row in rows], dtype="Int64"),
            "travel_time_min": pd.array([row[1] for row in rows], dtype="Float64"),
            "under_served": pd.array([row[2] for row in rows], dtype="boolean"),
        }
    )


def found(**changes):
    values = {
        "territory": None,
        "request": ReportRequest(),
        "times": pd.DataFrame(),
        "coverage": cov([(100, 25.0, True)] + [(100, 5.0, False)] * 9),
        "summary": SUMMARY,
        "curve": CURVE,
        "sensitivity": unsure(850, 950),
        "opening": Week(0.8),
        "fragility": fragile(500),
        "saved": None,
        "planned": None,
    }
    return ReportFindings(**(values | changes))


def content(labels, before=(900, 0.9, 9.8), after=(950, 0.95, 8.5), **changes):
    keys = ("residents_within", "share_within", "mean_time_min")
    return {
        "selected": [{}] * labels,
        "threshold_min": 20.0,
        "before": dict(zip(keys, before, strict=True)),
        "after": dict(zip(keys, after, strict=True)),
        "candidates": 546,
        "objective": 50.0,
        "objective_unit": "habitants rapprochés",
        "bound": 50.0,
        "gap": 0.0,
        "cost_eur_a_year": 110_000.0 * labels,
        "aid_eur_a_year": 35_000.0 * labels,
    } | changes


@pytest.mark.parametrize(
    ("rows", "known", "said"),
    [
        ([(100, 5.0, False)], 100, "La commune la plus éloignée est Commune 0, à 5,0 min."),
        ([(100, None, None)], 0, "Aucun temps de trajet n'est connu."),
        (
            [(100, 25.0, True), (1, 5.0, False)],
            101,
            "La commune sous-desservie est Commune 0 (100 habitants, 25,0 min).",
        ),
        (
            [(1, None, True), (0, 5.0, False)],
            1,
            "La commune sous-desservie est Commune 0 (1 habitant, aucun trajet connu).",
        ),
        ([(None, 25.0, True)], 0, "La commune sous-desservie est Commune 0 (population inconnue, 25,0 min)."),
        (
            [(100, 25.0, True), (300, 30.0, True)],
            400,
            (
                "Les 2 communes sous-desservies comptent 400 habitants, soit 100 % de l'ensemble ; la plus peuplée est Commune 1 "
                "(300 habitants, 30,0 min)."
            ),
        ),
        (
            [(None, 25.0, True), (None, 30.0, True)],
            0,
            (
                "Les 2 communes sous-desservies comptent un nombre inconnu d'habitants ; la plus peuplée est Commune 0 "
                "(population inconnue, 25,0 min)."
            ),
        ),
    ],
)
def test_who_is_far(rows, known, said):
    assert plain(far_sentence(cov(rows), known)) == said


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (
            Week(0.8),
            "Au meilleur moment de la semaine, 80 % des habitants ont un site ouvert à 20 min ou moins, aucun le samedi.",
        ),
        (
            Week(0.8, saturday=0.1),
            "Au meilleur moment de la semaine, 80 % des habitants ont un site ouvert à 20 min ou moins, 10 % le samedi.",
        ),
        (
            Week(0.0),
            (
                "À aucun moment de la semaine un habitant n'a de site ouvert à 20 min ou moins, d'après les horaires "
                "connus."
            ),
        ),
    ],
)
def test_who_has_an_open_site(week, said):
    assert plain(open_sentence(found(opening=week))) == said
    third = summary_sentences(found(fragility=fragile(1), opening=week))[2]
    assert plain(third) == f"Moins de 1 % des habitants (1 sur 1 000) ont un deuxième site à 20 min ou moins. {said}"


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (content(0), "Le plan ne donne aucun label : 90 % des habitants restent à moins de 20 min d'un site."),
        (
            content(1, after=(901, 0.901, 9.8)),
            (
                "Avec un nouveau label, 1 habitant de plus serait à moins de 20 min d'un site : 90 % des habitants au lieu de "
                "90 % ; le temps moyen reste de 9,8 min."
            ),
        ),
        (
            content(5),
            (
                "Avec 5 nouveaux labels, 50 habitants de plus seraient à moins de 20 min d'un site : 95 % des habitants au "
                "lieu de 90 % ; le temps moyen passerait de 9,8 min à 8,5 min."
            ),
        ),
        (
            content(2, after=(900, 0.9, None)),
            "Avec 2 nouveaux labels, la part des habitants à moins de 20 min d'un site reste de 90 %.",
        ),
        (content(1, threshold_min=12.5), "Avec un nouveau label, 50 habitants de plus seraient à moins de 12,5 min"),
    ],
)
def test_what_a_plan_brings(plan, said):
    assert plain(plan_sentence(plan)).startswith(said)


def test_how_good_a_plan_is():
    assert plain(proof_sentence(content(5))) == (
        "Parmi 546 lieux, c'est le meilleur choix possible : 50 habitants rapprochés."
    )
    assert plain(proof_sentence(content(1, candidates=1, gap=0.021, bound=51.0))) == (
        "Parmi 1 lieu, ce choix donne 50 habitants rapprochés, et aucun ne peut donner mieux que 51 : il est à 2,1 % au "
        "plus du meilleur possible."
    )
    assert plain(cost_sentence(content(0))) == "Le plan ne coûte rien."
    assert plain(cost_sentence(content(2))) == "Coût : 220 000 € par an, dont 70 000 € d'aide de l'État."


@pytest.mark.parametrize(
    ("low", "high", "flips", "said"),
    [
        (900, 900, (False,), "sont toujours 900 ; aucune commune ne change de côté du seuil."),
        (850, 950, (True,), "sont entre 850 et 950 (85 % à 95 %) ; 1 commune passe d'un côté à l'autre du seuil."),
        (850, 950, (True, True, None), "2 communes passent d'un côté à l'autre du seuil."),
    ],
)
def test_margin(low, high, flips, said):
    assert plain(interval_sentence(found(sensitivity=unsure(low, high, flips=flips)))).endswith(said)


def test_blank_hours():
    assert "aucune heure n'est creuse" in blank_sentence(pd.DataFrame({"day": [], "hours": []}))
    one = pd.DataFrame({"day": ["lundi"], "hours": [0.5]})
    assert "0,5 h est creuse" in plain(blank_sentence(one))
    some = pd.DataFrame({"day": ["lundi", "lundi", "samedi"], "hours": [1.0, 2.0, 8.0]})
    assert plain(blank_sentence(some)).endswith(
        "11 h sont creuses, où moins d'un habitant sur dix de ceux qui ont un site en trouve un ouvert : lundi (3 h) et samedi (8 h)."
    )


def test_hours_that_are_not_known():
    told = [plain(sentence) for sentence in hours_sentences(found(opening=Week(0.8, unknown=1, partly=2)))]
    assert told[-1] == (
        "1 site sur 5 n'a pas d'horaires connus ; 2 sites ont un jour au moins dont l'horaire n'est pas connu : à ces "
        "heures, ils comptent comme fermés."
    )
    assert told[0] == (
        "Au mieux, le lundi de 9 h à 12 h 30, 80 % des habitants ont un site ouvert à moins de 20 min ; 80 % ont un site, "
        "ouvert ou non."
    )
    assert "aucun moment" in hours_sentences(found(opening=Week(0.0)))[0]


def test_nobody_known():
    nobody = replace(SUMMARY, population=0, population_covered=0, share_covered=None, median_time_min=None)
    findings = found(
        summary=nobody, opening=Week(0.0, residents=0), fragility=fragile(0, 0, 0), sensitivity=unsure(0, 0, 0)
    )
    assert [value for _, value, _ in key_figures(findings)] == ["—", "—", "1", "—", "—"]
    for sentences in (summary_sentences(findings), hours_sentences(findings)):
        assert any("population n'est pas connue" in sentence for sentence in sentences)


def test_five_figures_and_three_sentences_of_any_list():
    offices = found(summary=replace(SUMMARY, facilities="tax_offices"), opening=None, fragility=None)
    assert [value.replace("\u00a0", " ") for _, value, _ in key_figures(offices)] == [
        "90 %",
        "8,3 min",
        "1",
        "100",
        "85 % à 95 %",
    ]
    assert len(summary_sentences(offices)) == len(summary_sentences(found())) == 3
    assert title_of(offices) == "L'accès aux services des impôts"
    assert title_of(found(summary=replace(SUMMARY, facilities="écoles"))) == "L'accès : Liste « écoles »"


def test_shares_are_over_those_whose_way_is_known():
    half = replace(SUMMARY, communes_off_network=1, population_off_network=500, population_covered=450)
    findings = found(summary=half, opening=Week(0.4), fragility=fragile(250, 450, known=500))
    assert [value.replace("\u00a0", " ") for _, value, _ in key_figures(findings)][0::3] == ["90 %", "50 %"]
    assert plain(hours_sentences(findings)[0]).count("80 %") == 2
    assert plain(counted_sentence(findings)).startswith(
        "Le réseau routier fourni ne couvre pas tout le territoire : 1 commune (500 habitants) en est en dehors."
    )
    assert counted_sentence(found()) == ""
