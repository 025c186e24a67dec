"""Measures of the screen *Planifier* that all visitors share, keyed by the territory's fingerprint and the options.

What comes of a visitor's own file or territory is kept for them alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.access.catchment import catchment
from geo.access.opening import open_shares
from geo.access.sensitivity import sensitivity
from geo.access.time_saved import time_saved
from geo.siting.closure import close_sites
from geo.siting.fragility import fragility
from geo.territory.study_area import counted_places
from geo.ui.kept_answers import kept, last_answer

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geo.access.catchment import Catchment
    from geo.access.opening import OpeningTable
    from geo.access.sensitivity import Sensitivity
    from geo.access.time_saved import TimeSavedSummary
    from geo.question import Question
    from geo.siting.closure import Closure
    from geo.siting.fragility import Fragility
    from geo.territory import Territory
    from geo.ui.components.uploads import Upload

_WORKING = "Calcul en cours…"


@kept(st.cache_resource, show_spinner=False, max_entries=16)
def shared_sites(_territory: Territory, identity: str, kinds: frozenset[str]) -> gpd.GeoDataFrame:
    """Return the sites that count, never to be changed; `identity` is the territory's fingerprint, here and below."""
    del identity  # only part of the key of the cache
    return counted_places(_territory.sites, kinds=kinds)


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_fragility(_territory: Territory, identity: str, question: Question) -> Fragility:
    """Return what depends on each site."""
    del identity
    return fragility(_territory, question.threshold_min, kinds=question.kinds)


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_closure(
    _territory: Territory,
    identity: str,
    question: Question,
    bearer: str | None,
    kind: str | None,
) -> Closure:
    """Return what closing many sites leaves."""
    del identity
    return close_sites(
        _territory,
        question.compared_thresholds_min,
        bearer=bearer,
        kind=kind,
        rule=question.rule,
        kinds=question.kinds,
    )


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_opening(_territory: Territory, identity: str, question: Question) -> OpeningTable:
    """Return who has an open site through the week."""
    del identity
    return open_shares(_territory, question.threshold_min, kinds=question.kinds)


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=8)
def shared_time_saved(
    _territory: Territory, identity: str, kinds: frozenset[str]
) -> tuple[pd.DataFrame, TimeSavedSummary]:
    """Return the minutes saved compared with the tax offices."""
    del identity
    return time_saved(_territory, kinds=kinds)


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_sensitivity(_territory: Territory, identity: str, question: Question) -> Sensitivity:
    """Return coverage as an interval."""
    del identity
    times = _territory.travel_times(question.facilities, kinds=question.kinds)
    return sensitivity(
        _territory, question.threshold_min, facilities=question.facilities, rule=question.rule, times=times
    )


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_catchment(_territory: Territory, identity: str, agents: float, kinds: frozenset[str]) -> Catchment:
    """Return the capacity within reach, by hours and agents."""
    del identity
    return catchment(_territory, agents=agents, kinds=kinds)


def own_catchment(
    territory: Territory, identity: str, agents: float, kinds: frozenset[str], requests: Upload
) -> Catchment:
    """Return the capacity within reach by the requests that this visitor gave; kept for them alone."""
    given = requests.table["requests_per_month"]
    return last_answer(
        "own_catchment",
        (identity, agents, kinds, requests.digest),
        lambda: catchment(territory, agents=agents, requests=given, kinds=kinds),
    )
