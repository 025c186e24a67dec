"""Whatever the figures, the sentences of a plan are French: no "1 habitants", no "nan", one full stop at the end."""

import re
from functools import cache

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geo.access.known_part import KnownPart
from geo.answers.plan import plan_answer
from geo.siting.access_summary import AccessSummary
from geo.siting.candidates import CandidateRule
from geo.siting.costs import Costs
from geo.siting.criteria import Weights
from geo.siting.other_plans import WidestPlan, WorstCasePlan
from geo.siting.plan import Plan
from geo.siting.robustness import Robustness
from geo.siting.solve import MODELS

WRONG = re.compile(
    r"(?<![\d\u202f,])[01] (habitants|communes|sites|lieux|labels|nouveaux)|(?<![01\d])\b[2-9]\d* (habitant|commune|lieu)\b"
    r"|nan|None|<NA>|inf\b|  |\.\.|habitants (a|serait|est|passe)\b|habitant (ont|seraient|sont|passent)\b"
)

counts = st.sampled_from([0, 1, 2, 11, 999, 1000]) | st.integers(0, 10**7)
minutes = st.none() | st.floats(0, 300)


@cache
def labels(count):
    named = pd.DataFrame({name: [f"{name}{n}" for n in range(count)] for name in ("code", "name")})
    return named.assign(retained=range(count), variants=count + 1)


@given(
    st.sampled_from(MODELS),
    st.integers(0, 30),
    counts,
    counts,
    minutes,
    minutes,
    st.floats(0, 1),
    st.integers(1, 40_000),
)
def test_plans(model, given_labels, before, more, was, will, gap, candidates):
    part = KnownPart(before + more + 2, before + more + 1, 3, 2)
    empty = pd.DataFrame()
    plan = Plan(
        territory="T",
        model=model,
        threshold_min=20.0,
        asked=given_labels + 1,
        min_share=None,
        kinds=frozenset(),
        labels=labels(given_labels),
        served=empty,
        leaving=empty,
        alternatives=empty,
        communes=empty,
        part=part,
        before=AccessSummary(part, before, was, was, more),
        after=AccessSummary(part, before + more, will if was is not None else None, will, 0),
        objective=float(more),
        bound=float(more) * (1 + gap),
        gap=gap,
        optimum=float(more),
        on_average=candidates % 2 == 0,
        preferences=pd.DataFrame(
            {"label_code": ["code0"], "code": ["x"], "name": ["X"], "share_of_gain": [0.995]}
            if given_labels and more % 2
            else {}
        ),
        idle=pd.DataFrame(
            {"code": ["code0", "i"], "name": ["X", "I"], "proposed": [True, False], "share_of_gain": [0.2, 0.02]}
            | {"needed": [more % 6, 1]}
        ).iloc[: more % 3 if given_labels else 0],
        robustness=Robustness(
            pd.DataFrame(
                {
                    "name": ["temps 10 % plus courts", "temps 10 % plus longs", "tels quels"],
                    "codes": [()] * 3,
                    "labels": [0, more % 3, given_labels],
                    "within_reach": [True, gap < 0.5, True],
                }
            ),
            pd.DataFrame({"share_of_runs": [1 - gap] * given_labels}),
        ),
        rule=CandidateRule(more % 2_000, centralities=more % 3 > 0) if candidates % 3 else None,
        rule_lifted=candidates % 5 == 0,
        widest=WidestPlan(
            pd.DataFrame({name: [f"W{n}" for n in range(given_labels)] for name in ("name", "code")}),
            float(more) * (1 + gap),
            0.0,
            AccessSummary(part, before + more, will if was is not None else None, will, 0),
        )
        if candidates % 4
        else None,
        worst_case=WorstCasePlan(
            1 - gap / 2,
            "temps longs",
            pd.DataFrame(
                {"name": [f"V{n}" for n in range(given_labels)], "code": [f"V{n}" for n in range(given_labels)]}
            ),
            1 - gap / 3,
            "temps courts",
            float(more),
            proven=gap < 0.5,
        )
        if candidates % 6
        else None,
        budget_eur=None,
        payer="all",
        time_s=None,
        interrupted=gap > 0.5,
        weights=Weights(),
        costs=Costs(),
        budget_labels=given_labels // 2,
        criteria=empty,
        candidates=candidates,
        candidates_off_network=more % 3,
        residents_out_of_reach=float(more),
    )
    for sentence in plan_answer(plan).lines:
        assert not WRONG.search(sentence), sentence
        assert sentence.endswith(".")
        assert sentence[0].isupper() or sentence[0].isdigit()
