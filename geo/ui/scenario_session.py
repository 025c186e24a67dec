"""The scenario of this visitor, in its successive versions: never in a cache, never seen by another.

Each change adds a version, so that everything can be undone: an action, a new name, a plan tried, a file opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import streamlit as st

from geo.siting.scenario import Scenario, apply

if TYPE_CHECKING:
    from collections.abc import Hashable

    from geo.siting.scenario import Action
    from geo.territory import Territory

_VERSIONS: Final = "scenario_versions"
_AFTER: Final = "scenario_territory"
_ELSEWHERE: Final = "scenario_elsewhere"
_MOST_VERSIONS: Final = 200
NEW_NAME: Final = "Mon scénario"


def current_scenario(territory: Territory) -> Scenario:
    """Return the scenario; without any action at first, or where the app has opened another territory."""
    versions = _versions()
    if not versions or versions[-1].territory != territory.name:
        return Scenario(territory.name, NEW_NAME)
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
    kept = st.session_state.get(_AFTER)
    if kept is None or kept[0] is not territory or kept[1] != scenario:
        kept = st.session_state[_AFTER] = (territory, scenario, apply(territory, scenario))
    return cast("Territory", kept[2])


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
    """Put the scenario of one territory aside and take up that of another; return whether there was one before."""
    elsewhere = st.session_state.setdefault(_ELSEWHERE, {})
    put_aside = elsewhere[before] = _versions()
    st.session_state[_VERSIONS] = elsewhere.pop(now, ())
    st.session_state.pop(_AFTER, None)
    return bool(put_aside)


def _versions() -> tuple[Scenario, ...]:
    return cast("tuple[Scenario, ...]", st.session_state.get(_VERSIONS, ()))
