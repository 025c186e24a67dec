"""When the visitor goes, what the site must offer, and what for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.finder.opening_times import moment_text
from geo.finder.procedures import procedures
from geo.finder.wishes import Wishes, proposed_moment
from geo.kinds import KINDS, SITE_KINDS
from geo.ui.components.messages import show_notes
from geo.ui.components.without_car_day import ask_mode, mode_words
from geo.ui.session import bound, change_state
from geo.ui.state import DAYS

if TYPE_CHECKING:
    from geo.finder.procedures import Procedure
    from geo.territory import Territory
    from geo.ui.state import AppState

_FILTERS: Final = ("open_then", "saturday", "evening", "without_appointment", "with_operator")

_WHEN: Final = "widget_when"
_DAY: Final = "widget_day"
_TIME: Final = "widget_time"


def wishes_of(state: AppState) -> Wishes:
    """Return what the choices ask of a site; by public transport, their moment."""
    if state.mode == "transit":
        return Wishes(at=state.at)
    procedure = chosen_procedure(state)
    return Wishes(
        at=state.at,
        open_then=state.open_then,
        saturday=state.saturday,
        evening=state.evening,
        without_appointment=state.without_appointment,
        kinds=frozenset(state.kinds),
        operator=procedure.operator if procedure is not None and state.with_operator else None,
    )


def chosen_procedure(state: AppState) -> Procedure | None:
    """Return the procedure that the visitor comes for, `None` where none is chosen."""
    return next((procedure for procedure in procedures() if procedure.key == state.procedure), None)


def show_way_there(territory: Territory, state: AppState) -> None:
    """Show how one goes there, and the choice behind it."""
    with st.popover(mode_words(state.mode)):
        ask_mode(territory)


def show_wishes(territory: Territory, state: AppState, now: dt.datetime) -> None:
    """Show the fields; `now` is in the civil time of the territory."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _when(state, now, territory.departement)
        if state.mode != "transit":
            _filters(state, has_permanences=territory.permanences is not None)
        labels = {procedure.key: procedure.label for procedure in procedures()}
        st.selectbox(
            "Pour quelle démarche ?",
            list(labels),
            format_func=labels.__getitem__,
            index=None,
            placeholder="Pour quelle démarche ?",
            label_visibility="collapsed",
            width=330,
            **bound("procedure"),
        )


def _when(state: AppState, now: dt.datetime, departement: str | None) -> None:
    with st.popover(f"Quand : {_when_words(state.at, now.replace(tzinfo=None))}"):
        st.session_state[_WHEN] = "now" if state.at is None else "chosen"
        st.radio(
            "Quand voulez-vous y aller ?",
            ["now", "chosen"],
            format_func={"now": "Maintenant", "chosen": "Un autre jour, une autre heure"}.__getitem__,
            key=_WHEN,
            on_change=_take_when,
            args=(now, departement),
        )
        if state.at is not None:
            st.session_state[_DAY], st.session_state[_TIME] = state.at.date(), state.at.time()
            first, last = DAYS
            st.date_input(
                "Jour", min_value=first, max_value=last, format="DD/MM/YYYY", key=_DAY, on_change=_take_moment
            )
            st.time_input("Heure", key=_TIME, step=dt.timedelta(minutes=15), on_change=_take_moment)
            show_notes(["Sont proposés le site le plus proche, même fermé, et ceux encore ouverts à votre arrivée."])


def _when_words(at: dt.datetime | None, now: dt.datetime) -> str:
    if at is None:
        return "maintenant"
    if at.date() == now.date():
        return f"aujourd'hui {moment_text(at, since=now)}"
    return moment_text(at, since=now).partition(" ")[2]  # the button is short; the answer names the weekday


def _filters(state: AppState, *, has_permanences: bool) -> None:
    count = sum(getattr(state, field) for field in _FILTERS) + (state.kinds != SITE_KINDS)
    with st.popover(f"Filtres : {count}" if count else "Filtres"):
        if state.at is None:
            st.checkbox("Ouvert maintenant", **bound("open_then"))
        st.checkbox("Ouvert le samedi", **bound("saturday"))
        st.checkbox("Ouvert après 17 h 30, un jour au moins", **bound("evening"))
        st.checkbox("Sans rendez-vous", **bound("without_appointment"))
        if has_permanences and state.procedure is not None:
            st.checkbox("Où l'organisme de ma démarche vient lui-même", **bound("with_operator"))
        st.pills(
            "Types de lieux",
            list(SITE_KINDS),
            format_func=lambda kind: KINDS[kind].plural,
            selection_mode="multi",
            **bound("kinds"),
        )


def _take_when(now: dt.datetime, departement: str | None) -> None:
    if st.session_state[_WHEN] == "now":
        change_state(at=None)
    else:
        change_state(at=proposed_moment(now, departement), open_then=False)


def _take_moment() -> None:
    change_state(at=dt.datetime.combine(st.session_state[_DAY], st.session_state[_TIME]))
