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
    hours_sentences,
    interval_sentence,
    key_figures,
    open_sentence,
    summary_sentences,
)
from geo.siting.fragility import Fragility
from geo.sources.opening_hours import WEEKDAYS

SUMMARY = CoverageSummary(
    threshold_min=20.0,
    facilities="sites",
    rule="Règle.",
    part=KnownPart(1000, 1000, 10, 10),
    population_covered=900,
    population_unreachable=0,
    communes_under_served=1,
    population_under_served=100,
    communes_unreachable=0,
    median_time_min=8.3,
)
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
    nobody = replace(SUMMARY, part=KnownPart(0, 0, 10, 10), population_covered=0, median_time_min=None)
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


def test_shares_are_over_those_whose_way_is_known():
    half = replace(SUMMARY, part=KnownPart(1000, 500, 10, 9), population_covered=450)
    findings = found(summary=half, opening=Week(0.4), fragility=fragile(250, 450, known=500))
    assert [value.replace("\u00a0", " ") for _, value, _ in key_figures(findings)][0::3] == ["90 %", "50 %"]
    assert plain(hours_sentences(findings)[0]).count("80 %") == 2
