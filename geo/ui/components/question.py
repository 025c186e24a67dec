"""The choices that several screens ask for: which places, which threshold, which sites count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.kinds import facility_title
from geo.ui.session import bound
from geo.ui.state import STEP, THRESHOLDS_MIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.territory import Territory


def ask_facilities(territory: Territory) -> None:
    """Show the choice of the list of places."""
    st.selectbox(
        "Lieux à atteindre", list(territory.facilities), format_func=facility_title, width=260, **bound("facilities")
    )


def ask_threshold(label: str = "Seuil en voiture", *, width: int = 320) -> None:
    """Show the slider of the threshold."""
    low, high = THRESHOLDS_MIN
    st.slider(label, low, high, step=STEP, format="%d min", width=width, **bound("threshold_min"))


def ask_commune(titles: Mapping[str, str], placeholder: str = "Choisissez une commune") -> str | None:
    """Show the choice of the commune that is looked at; return its code, `None`: none. `titles`: by code."""
    return st.selectbox(
        "Regarder une commune",
        list(titles),
        format_func=titles.__getitem__,
        index=None,
        placeholder=placeholder,
        **bound("commune"),
    )


def ask_counted() -> None:
    """Show which kinds of site count."""
    st.toggle("Compter les antennes", help="Antennes : moins d'heures d'ouverture qu'un site.", **bound("antennes"))
    st.toggle(
        "Compter les bus",
        help="La liste officielle ne donne qu'un point par bus, souvent son garage, et non sa tournée.",
        **bound("buses"),
    )
