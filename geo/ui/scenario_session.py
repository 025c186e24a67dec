"""The scenario of this visitor, in its successive versions: never in a cache, never seen by another.

Each change adds a version, so that everything can be undone: an action, a new name, a plan tried, a file opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import streamlit as st

from geo.access.opening import open_shares
from geo.siting.comparison import compare
from geo.siting.scenario import Scenario, apply, scenario_text
from geo.ui.kept_answers import forget_answers, last_answer

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from geo.access.opening import OpeningTable
    from geo.question import Question
    from geo.siting.comparison import ScenarioComparison
    from geo.siting.scenario import Action
    from geo.territory import Territory

_VERSIONS: Final = "scenario_versions"
#: Names of the last answers.
_AFTER: Final = "scenario_territory"
_COMPARED: Final = "scenario_comparison"
_OPENING: Final = "scenario_opening"
_ELSEWHERE: Final = "scenario_elsewhere"
_MOST_VERSIONS: Final = 200
NEW_NAME: Final = "Mon scénario"


def current_scenario(territory: Territory) -> Scenario:
    """Return the scenario; without any action at first, or where the app has opened another territory."""
    versions = _versions()
    if not versions or versions[-1].territory != scenario_text(territory.name):
        return Scenario(scenario_text(territory.name), NEW_NAME)
    return versions[-1]


def territory_after(territory: Territory, scenario: Scenario) -> Territory:
    """Return the territory as a scenario leaves it; the last answer is kept, for several parts of the screen ask.

    Raises
    ------
    ParameterError
        The scenario does not fit the territory.
    """
    if not scenario.actions:
        return territory
    return last_answer(_AFTER, (territory, scenario), lambda: apply(territory, scenario))


def comparison_with_today(
    territory: Territory, scenario: Scenario, question: Question, before: pd.DataFrame | None
) -> ScenarioComparison:
    """Return what a scenario changes; `before`: today's travel times, `None` not measured. The last answer is kept.

    Raises
    ------
    ParameterError
        The scenario does not fit the territory.
    """
    return last_answer(
        _COMPARED,
        (territory, scenario, question),
        lambda: compare(
            territory,
            scenario,
            question.compared_thresholds_min,
            rule=question.rule,
            kinds=question.kinds,
            before=before,
        ),
    )


def opening_after(territory: Territory, scenario: Scenario, question: Question) -> OpeningTable:
    """Return who has an open site through the week as a scenario leaves it; the last answer is kept.

    Raises
    ------
    ParameterError
        The scenario does not fit the territory.
    """
    return last_answer(
        _OPENING,
        (territory, scenario, question),
        lambda: open_shares(territory_after(territory, scenario), question.threshold_min, kinds=question.kinds),
    )


def take_scenario(scenario: Scenario) -> None:
    """Make this the scenario of the visitor."""
    st.session_state[_VERSIONS] = (*_versions(), scenario)[-_MOST_VERSIONS:]


def act(territory: Territory, *actions: Action) -> None:
    """Add actions at the end of the scenario."""
    take_scenario(current_scenario(territory).then(*actions))


def can_undo() -> bool:
    """Return whether there is a version before."""
    return bool(_versions())


def undo() -> None:
    """Go back to the version before."""
    st.session_state[_VERSIONS] = _versions()[:-1]


def exchange_scenario(before: Hashable, now: Hashable) -> bool:
    """Set the scenario of one territory aside and restore that of another; return whether there was one before."""
    elsewhere = st.session_state.setdefault(_ELSEWHERE, {})
    put_aside = elsewhere[before] = _versions()
    st.session_state[_VERSIONS] = elsewhere.pop(now, ())
    forget_answers(_AFTER, _COMPARED, _OPENING)
    return bool(put_aside)


def _versions() -> tuple[Scenario, ...]:
    return cast("tuple[Scenario, ...]", st.session_state.get(_VERSIONS, ()))
