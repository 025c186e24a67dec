"""What a visitor leaves behind where the app opens another territory: nothing found in one is shown in another."""

from __future__ import annotations

from typing import Final

import streamlit as st

from geo.ui.background import Background
from geo.ui.scenario_session import exchange_scenario

_IDENTITY: Final = "territory_identity"
#: Beginnings of the names of what was found in one territory: files given, calculations, reports, places searched.
_FOUND_THERE: Final = ("upload_", "background_", "report_ready", "found_places")


def enter_territory(identity: str) -> None:
    """Forget what was found in another territory, and take up the scenario of this one again.

    Parameters
    ----------
    identity
        Fingerprint of the territory that is shown now.
    """
    before = st.session_state.get(_IDENTITY, identity)
    st.session_state[_IDENTITY] = identity
    if before == identity:
        return
    exchange_scenario(before, identity)
    for key in [str(key) for key in st.session_state if str(key).startswith(_FOUND_THERE)]:
        found = st.session_state.pop(key)
        if isinstance(found, tuple) and isinstance(found[-1], Background):
            found[-1].cancel()
