"""The answer to one question about a territory, or a country, measured once: times, communes, totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from geo.access.bus_rounds import added_up, rounds_summary
from geo.access.coverage import CoverageSummary, coverage, summarize
from geo.access.equity import Equity, equity_of
from geo.kinds import SITES

if TYPE_CHECKING:
    from geo.question import Question
    from geo.territory import Territory


@dataclass(frozen=True, eq=False, slots=True)
class Diagnosis:
    """Who is served.

    Attributes
    ----------
    question
        What was asked.
    times
        What `Territory.travel_times` gives; minutes and kilometres, <NA> where no road leads to a place.
    coverage
        What `geo.access.coverage.coverage` gives, by commune; `share_within` is <NA> also where residents are unknown.
    summary
        Totals (`geo.access.coverage.summarize`).
    equity
        Access by age, standard of living and car (`geo.access.equity`).
    """

    question: Question
    times: pd.DataFrame
    coverage: pd.DataFrame
    summary: CoverageSummary
    equity: Equity


def diagnose(*parts: Territory, question: Question, times: pd.DataFrame | None = None) -> Diagnosis:
    """Answer a question about a territory, or about a country given as its parts.

    `times`: Those of a single territory, where they are known already.

    Raises
    ------
    ParameterError
        No such list of places in a territory.

    Examples
    --------
    >>> from geo import Territory
    >>> from geo.question import Question
    >>> diagnose(Territory.load("64"), question=Question(30)).summary.threshold_min
    30.0
    """
    asked = question.facilities
    each = [part.travel_times(asked, kinds=question.kinds) for part in parts] if times is None else [times]
    covs = [
        coverage(part, question.threshold_min, facilities=asked, rule=question.rule, times=known)
        for part, known in zip(parts, each, strict=True)
    ]
    every, cov = (each[0], covs[0]) if len(parts) == 1 else (pd.concat(each, ignore_index=True), pd.concat(covs))
    cov = cov.assign(share_within=cov["share_within"].where(cov["population"].notna()))
    summary = summary_of(question, cov, every)
    if asked == SITES and any(part.rounds is not None for part in parts):
        threshold = question.threshold_min
        added = [
            rounds_summary(part, known, summarize(one, known, threshold).part, threshold)
            for part, known, one in zip(parts, each, covs, strict=True)
        ]
        summary = replace(summary, rounds=added_up(added, summary.part))
    equity = equity_of(list(zip(parts, each, strict=True)), question.threshold_min)
    return Diagnosis(question, every, cov, summary, equity)


def summary_of(question: Question, cov: pd.DataFrame, times: pd.DataFrame) -> CoverageSummary:
    """Return the totals of some communes: their rows of a coverage, and the times from them."""
    return summarize(cov, times, question.threshold_min, facilities=question.facilities, rule=question.rule)
