"""A diagnosis and all that *Diagnostic du territoire* shows of it, made once for all who ask the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.access.diagnosis import diagnose
from geo.answers.coverage import coverage_answer
from geo.answers.equity import equity_answer, equity_table
from geo.maps.legend import legend_html
from geo.maps.payload import map_values, shown_kinds
from geo.ui import cache
from geo.ui.components.communes_table import ShownCommunes
from geo.ui.components.planning_tables import french_table
from geo.ui.kept_answers import kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from geo.access.diagnosis import Diagnosis
    from geo.answers.answer import Answer
    from geo.question import Question
    from geo.territory import Territory


@dataclass(frozen=True, eq=False, slots=True)
class Diagnosed:
    """A diagnosis as it is shown; shared, never to be changed.

    `on_map`: `geo.maps.payload.map_values` with the legend; `equity_table`: French, `None` without groups.
    """

    diagnosis: Diagnosis
    answer: Answer
    on_map: Mapping[str, Any]
    communes: ShownCommunes
    equity: Answer
    equity_table: pd.DataFrame | None


@kept(st.cache_resource, show_spinner=False, max_entries=96)
def diagnosed(_territory: Territory, identity: str, question: Question) -> Diagnosed:
    """Return the diagnosis for a question; `identity` is the territory's fingerprint.

    Raises
    ------
    ParameterError
        The territory has no such list of places, or nothing of it counts.
    """
    times = cache.travel_times(_territory, identity, question.facilities, kinds=question.kinds)
    diagnosis = diagnose(_territory, question=question, times=times)
    result, equity = diagnosis.coverage, diagnosis.equity
    facilities = _territory.facilities[question.facilities]
    kinds, excluded = shown_kinds(facilities, question.kinds)
    values = map_values(result, _territory.communes, question.facilities, facilities, excluded, question.threshold_min)
    names = ("equity.group", "residents", "mean_time_min", "share_within")
    return Diagnosed(
        diagnosis,
        coverage_answer(diagnosis.summary, result),
        values | {"legend": legend_html(question.facilities, kinds, excluded, question.rule_in_short)},
        ShownCommunes.of(result, question.threshold_min),
        equity_answer(equity),
        french_table(equity_table(equity), *names) if equity.groups else None,
    )
