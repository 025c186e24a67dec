"""Whatever the figures, a report's sentences are French: no "1 habitants", no "nan", one full stop at the end."""

import re

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geo.answers.hours import blank_sentence
from geo.report.report_sentences import cost_sentence, far_sentence, plan_sentence, proof_sentence

WRONG = re.compile(
    r"(?<![\d\u202f,])[01] (habitants|communes|sites|lieux|nouveaux)|(?<![01\d])\b[2-9]\d* (habitant|commune|lieu)\b"
    r"|nan|None|<NA>|inf\b|  |\.\.|habitants (a|serait|est|passe)\b|habitant (ont|seraient|sont|passent)\b"
)

counts = st.sampled_from([0, 1, 2, 11, 999, 1000]) | st.integers(0, 10**7)
minutes = st.none() | st.floats(0, 300)


def check(sentence):
    assert not WRONG.search(sentence), sentence
    assert sentence.endswith(".")
    assert sentence[0].isupper()


@given(
    st.lists(st.tuples(st.none() | counts, minutes, st.none() | st.booleans()), min_size=1, max_size=5),
    counts,
)
def test_who_is_far(rows, known):
    frame = pd.DataFrame(
        {
            "name": [f"C{i}" for i in range(len(rows))],
            "population": pd.array([row[0] for row in rows], dtype="Int64"),
            "travel_time_min": pd.array([row[1] for row in rows], dtype="Float64"),
            "under_served": pd.array([row[2] for row in rows], dtype="boolean"),
        }
    )
    residents = frame["population"].sum()
    check(far_sentence(frame, max(known, residents) if residents else 0))


@given(st.integers(0, 30), counts, counts, minutes, minutes, st.floats(0, 1), st.integers(1, 40_000))
def test_plans(labels, before, more, was, will, gap, candidates):
    total = before + more + 1
    plan = {
        "selected": [{}] * labels,
        "threshold_min": 20.0,
        "before": {"residents_within": before, "share_within": before / total, "mean_time_min": was},
        "after": {"residents_within": before + more, "share_within": (before + more) / total, "mean_time_min": will},
        "candidates": candidates,
        "objective": float(more),
        "objective_unit": "points",
        "bound": float(more) * (1 + gap),
        "gap": gap,
        "cost_eur_a_year": 110_000.0 * labels,
        "aid_eur_a_year": 35_000.0 * labels,
    }
    for sentence in (plan_sentence(plan), proof_sentence(plan), cost_sentence(plan)):
        check(sentence)


@given(st.lists(st.tuples(st.sampled_from(["lundi", "mardi", "samedi"]), st.integers(1, 22)), max_size=8))
def test_blank_hours(spans):
    blank = pd.DataFrame({"day": [day for day, _ in spans], "hours": [half / 2 for _, half in spans]})
    check(blank_sentence(blank))
