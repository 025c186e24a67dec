"""The sentences of a report at nought, one, all and unknown."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access.coverage import CoverageSummary
from geo.access.known_part import KnownPart
from geo.access.opening import HALF_HOURS, OpeningTable
from geo.access.sensitivity import Run, Sensitivity
from geo.report.report_findings import ReportFindings, ReportRequest
from geo.report.report_sentences import (
    cost_sentence,
    counted_sentence,
    far_sentence,
    fragility_report_sentences,
    key_figures,
    plan_sentence,
    proof_sentence,
    second_site_sentence,
    summary_sentences,
    title_of,
)
from geo.siting.fragility import Fragility
from geo.sources.opening_hours import WEEKDAYS

SUMMARY = CoverageSummary(20.0, "sites", "Règle.", 1000, 900, 0.9, 0, 10, 1, 100, 0, 0, 0, 8.3)
CURVE = pd.DataFrame({"minutes": range(46), "residents": 900.0, "share": 0.9})


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def opened(share, residents=1000, saturday=0.0):
    """Hours of the same share from Monday to Friday, and of another on Saturday."""
    table = np.zeros((7, 48))
    table[:5], table[5] = share, saturday
    shares = pd.DataFrame(table, index=list(WEEKDAYS), columns=list(HALF_HOURS))
    part = KnownPart(residents, residents, 10, 10)
    return OpeningTable(20.0, part, share * residents, shares if residents else shares * np.nan, 5, 0, 0, None)


def fragile(second, within=900, residents=1000, passing=(30.0,)):
    sites = pd.DataFrame({"name": [f"Site {i}" for i in range(len(passing))], "residents_passing": passing})
    return Fragility(20.0, residents, within, second, sites, pd.DataFrame())


def unsure(low, high, residents=1000):
    runs = tuple(
        Run(name, residents, n, n / residents if residents else None, 1) for name, n in (("a", low), ("b", high))
    )
    communes = pd.DataFrame({"flips": pd.array([False], dtype="boolean"), "residents_known": [1.0]})
    return Sensitivity(20.0, "sites", "Règle.", KnownPart(residents, residents, 10, 10), runs, communes)


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
        "opening": opened(0.8),
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
    ("second", "week", "said"),
    [
        (
            0,
            opened(0.8),
            "Aucun habitant n'a de deuxième site à 20 min ou moins. Au mieux, le lundi de 0 h à 24 h, 80 % des habitants",
        ),
        (
            1000,
            opened(0.8, saturday=0.1),
            "Tous les habitants ont un deuxième site à 20 min ou moins. Au mieux, le lundi",
        ),
        (
            1,
            opened(0.0),
            "Moins de 1 % des habitants ont un deuxième site à 20 min ou moins. D'après les horaires connus, aucun site",
        ),
    ],
)
def test_second_site(second, week, said):
    assert plain(second_site_sentence(found(fragility=fragile(second), opening=week))).startswith(said)


@pytest.mark.parametrize(
    ("within", "second", "passing", "said"),
    [
        (0, 0, (), ["Aucun habitant n'a de site à moins de 20 min.", "Aucun site, fermé seul,"]),
        (
            900,
            900,
            (0.0,),
            ["Tous ceux qui ont un site à moins de 20 min en ont un deuxième.", "Aucun site, fermé seul,"],
        ),
        (2, 1, (1.0,), ["1 habitant (moins de 1 %) n'a qu'un seul site", "« Site 0 » : 1 habitant passerait"]),
        (900, 500, (30.0,), ["400 habitants (40 %) n'ont qu'un seul site", "« Site 0 » : 30 habitants passeraient"]),
    ],
)
def test_what_hangs_on_a_site(within, second, passing, said):
    told = fragility_report_sentences(found(fragility=fragile(second, within, passing=passing)))
    assert all(part in plain(sentence) for part, sentence in zip(said, told, strict=True))


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


def test_nobody_known():
    nobody = replace(SUMMARY, population=0, population_covered=0, share_covered=None, median_time_min=None)
    findings = found(
        summary=nobody, opening=opened(0.0, residents=0), fragility=fragile(0, 0, 0), sensitivity=unsure(0, 0, 0)
    )
    assert [value for _, value, _ in key_figures(findings)] == ["—", "—", "1", "—", "—"]
    for sentences in (summary_sentences(findings), fragility_report_sentences(findings)):
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
    findings = found(summary=half, opening=opened(0.8, saturday=0.2), fragility=fragile(250, 450))
    assert [value.replace("\u00a0", " ") for _, value, _ in key_figures(findings)][0::3] == ["90 %", "50 %"]
    assert plain(counted_sentence(findings)).startswith(
        "Le réseau routier fourni ne couvre pas tout le territoire : 1 commune (500 habitants) en est en dehors."
    )
    assert counted_sentence(found()) == ""
