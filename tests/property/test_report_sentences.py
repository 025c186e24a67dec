"""Whatever the figures, a report's sentences are French: no "1 habitants", no "nan", one full stop at the end."""

import re

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geo.access.coverage import summarize
from geo.answers.answer import known_note
from geo.answers.coverage import commune_sentence, coverage_answer
from geo.answers.hours import blank_sentence

WRONG = re.compile(
    r"(?<![\d\u202f,])[01] (habitants|communes|sites|lieux|nouveaux)|(?<![01\d])\b[2-9]\d* (habitant|commune|lieu)\b"
    r"|nan|None|<NA>|inf\b|  |\.\.|habitants (a|serait|est|passe)\b|habitant (ont|seraient|sont|passent)\b"
)

counts = st.sampled_from([0, 1, 2, 11, 999, 1000]) | st.integers(0, 10**7)
minutes = st.none() | st.floats(0, 300)


def check(sentence):
    assert not WRONG.search(sentence), sentence
    assert sentence.endswith(".")
    assert sentence[0].isupper() or sentence[0].isdigit()


@given(
    st.lists(st.tuples(st.none() | counts, minutes, st.none() | st.booleans(), st.floats(0, 1)), min_size=1, max_size=5)
)
def test_who_is_near_and_who_is_far(rows):
    population = pd.array([row[0] for row in rows], dtype="Int64")
    on_network = [row[2] is not None for row in rows]
    known = population.astype("Float64") * np.array(on_network, float)
    frame = pd.DataFrame(
        {
            "name": [f"C{i}" for i in range(len(rows))],
            "population": population,
            "residents_known": known,
            "residents_within": known * [row[3] for row in rows],
            "travel_time_min": pd.array([row[1] for row in rows], dtype="Float64"),
            "under_served": pd.array([row[2] for row in rows], dtype="boolean"),
            "estimated": False,
        },
        index=pd.Index([f"{i}" for i in range(len(rows))], dtype="string"),
    )
    points = frame[["travel_time_min"]].assign(
        commune_code=frame.index, population=population.to_numpy(float, na_value=np.nan), on_network=on_network
    )
    summary = summarize(frame, points, 20)
    answer = coverage_answer(summary, frame)
    for line in filter(None, [*answer.lines, known_note(summary.part)]):
        check(line)
    for _, row in frame.assign(facility_name="X").iterrows():
        check(commune_sentence(row))


@given(st.lists(st.tuples(st.sampled_from(["lundi", "mardi", "samedi"]), st.integers(1, 22)), max_size=8))
def test_blank_hours(spans):
    blank = pd.DataFrame({"day": [day for day, _ in spans], "hours": [half / 2 for _, half in spans]})
    check(blank_sentence(blank))
