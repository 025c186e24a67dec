"""The sentences of a report at nought, one, all and unknown."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access.coverage import CoverageSummary
from geo.access.diagnosis import Diagnosis
from geo.access.equity import CRITERIA, Equity
from geo.access.known_part import KnownPart
from geo.access.opening import HALF_HOURS, OpeningTable
from geo.access.sensitivity import Run, Sensitivity
from geo.question import Question
from geo.report.report_findings import ReportFindings, ReportRequest
from geo.report.report_sentences import (
    key_figures,
    summary_sentences,
)
from geo.siting.fragility import Fragility
from geo.sources.opening_hours import WEEKDAYS

SUMMARY = CoverageSummary(
    threshold_min=20.0,
    facilities="sites",
    rule="Règle.",
    part=KnownPart(1000, 1000, 10, 10),
    residents_within=900,
    residents_unreachable=0,
    communes_under_served=1,
    residents_under_served=100,
    communes_unreachable=0,
    median_time_min=8.3,
)
CURVE = pd.DataFrame({"minutes": range(46), "residents": 900.0, "share": 0.9})


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def opened(share, residents=1000, saturday=0.0):
    """Hours of the same share from Monday to Friday, and of another on Saturday."""
    table = np.zeros((7, 48))
    table[:5], table[5] = share, saturday
    shares = pd.DataFrame(table, index=list(WEEKDAYS), columns=list(HALF_HOURS))
    part = KnownPart(residents, residents, 10, 10)
    return OpeningTable(20.0, part, share * residents, shares if residents else shares * np.nan, 5, 0, 0, 0, 0, None)


def fragile(second, within=900, known=1000):
    sites = pd.DataFrame(
        {"name": ["Site"], "in_known_part": [True], "residents_passing": [30.0], "residents_nearest": [60.0]}
    )
    return Fragility(20.0, KnownPart(known, known, 10, 10), within, second, sites, pd.DataFrame())


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


NOTHING_KNOWN = Equity(
    20.0, estimated=False, groups=(), missing=CRITERIA, concentration_index=None, palma_ratio=None, fgt=()
)


def diagnosis(summary=SUMMARY):
    rows = [(100, 25.0, True)] + [(100, 5.0, False)] * 9
    return Diagnosis(Question(facilities=summary.facilities), pd.DataFrame(), cov(rows), summary, NOTHING_KNOWN)


def found(**changes):
    values = {
        "territory": None,
        "request": ReportRequest(),
        "diagnosis": diagnosis(),
        "curve": CURVE,
        "sensitivity": unsure(850, 950),
        "opening": opened(0.8),
        "fragility": fragile(500),
        "saved": None,
        "planned": None,
    }
    return ReportFindings(**(values | changes))


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (opened(0.8), "Au mieux, le lundi de 0 h à minuit, 80 % des habitants ont un site ouvert à 20 min ou moins"),
        (opened(0.0), "Aucun habitant n'a de site à 20 min ou moins, ouvert ou non."),
    ],
)
def test_the_third_sentence_tells_of_a_second_site_and_of_an_open_one(week, said):
    third = plain(summary_sentences(found(fragility=fragile(1), opening=week))[2])
    assert third.startswith("Moins de 1 % des habitants (1 sur 1 000) ont un deuxième site à 20 min ou moins. ")
    assert said in third


def test_nobody_known():
    nobody = replace(SUMMARY, part=KnownPart(0, 0, 10, 10), residents_within=0, median_time_min=None)
    findings = found(
        diagnosis=diagnosis(nobody),
        opening=opened(0.0, residents=0),
        fragility=fragile(0, 0, 0),
        sensitivity=unsure(0, 0, 0),
    )
    assert [value for _, value, _ in key_figures(findings)] == ["—", "—", "1", "—", "—"]
    assert any("population n'est pas connue" in sentence for sentence in summary_sentences(findings))


def test_five_figures_and_three_sentences_of_any_list():
    offices = found(diagnosis=diagnosis(replace(SUMMARY, facilities="tax_offices")), opening=None, fragility=None)
    assert [value.replace("\u00a0", " ") for _, value, _ in key_figures(offices)] == [
        "90 %",
        "8,3 min",
        "1",
        "100",
        "85 % à 95 %",
    ]
    assert len(summary_sentences(offices)) == len(summary_sentences(found())) == 3


def test_shares_are_over_those_whose_way_is_known():
    half = replace(SUMMARY, part=KnownPart(1000, 500, 10, 9), residents_within=450)
    findings = found(
        diagnosis=diagnosis(half), opening=opened(0.8, saturday=0.2), fragility=fragile(250, 450, known=500)
    )
    assert [value.replace("\u00a0", " ") for _, value, _ in key_figures(findings)][0::3] == ["90 %", "50 %"]
