"""Measures of the screen *Planifier* that all visitors share, keyed by the territory's fingerprint and the options.

Nothing of a visitor's own (scenario, uploaded file) is kept here; measures of a territory of their own are kept for
them alone.
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
from geo.territory.files import SITES
from geo.ui.kept_answers import kept

if TYPE_CHECKING:
    import pandas as pd

    from geo.access.catchment import Catchment
    from geo.access.opening import OpeningTable
    from geo.access.sensitivity import Sensitivity
    from geo.access.time_saved import TimeSavedSummary
    from geo.siting.closure import Closure
    from geo.siting.fragility import Fragility
    from geo.territory import Territory

_WORKING = "Calcul en cours…"


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_fragility(
    _territory: Territory, identity: str, threshold_min: float, *, buses: bool, antennes: bool
) -> Fragility:
    """Return what hangs on each site; `identity` is the territory's fingerprint, here and below."""
    del identity  # only part of the key of the cache
    return fragility(_territory, threshold_min, buses=buses, antennes=antennes)


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_closure(
    _territory: Territory,
    identity: str,
    thresholds_min: tuple[float, ...],
    bearer: str | None,
    kind: str | None,
    *,
    buses: bool,
    antennes: bool,
) -> Closure:
    """Return what closing many sites leaves."""
    del identity
    return close_sites(_territory, thresholds_min, bearer=bearer, kind=kind, buses=buses, antennes=antennes)


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_opening(
    _territory: Territory, identity: str, threshold_min: float, *, buses: bool, antennes: bool
) -> OpeningTable:
    """Return who has an open site through the week."""
    del identity
    return open_shares(_territory, threshold_min, buses=buses, antennes=antennes)


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=8)
def shared_time_saved(
    _territory: Territory, identity: str, *, buses: bool, antennes: bool
) -> tuple[pd.DataFrame, TimeSavedSummary]:
    """Return the minutes saved compared with the tax offices."""
    del identity
    return time_saved(_territory, buses=buses, antennes=antennes)


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_sensitivity(
    _territory: Territory, identity: str, threshold_min: float, *, buses: bool, antennes: bool
) -> Sensitivity:
    """Return coverage as an interval."""
    del identity
    times = _territory.travel_times(SITES, buses=buses, antennes=antennes)
    return sensitivity(_territory, threshold_min, times=times)


@kept(st.cache_resource, show_spinner=_WORKING, max_entries=16)
def shared_catchment(_territory: Territory, identity: str, agents: float, *, buses: bool, antennes: bool) -> Catchment:
    """Return the capacity within reach, by hours and agents."""
    del identity
    return catchment(_territory, agents=agents, buses=buses, antennes=antennes)
