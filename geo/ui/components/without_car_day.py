"""The way there, which other public a plan serves, the day of a round trip where the territory has timetables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.timetable_days import day_words
from geo.finder.named_days import NamedDay, day_named, named_days
from geo.ui.kept_answers import kept
from geo.ui.session import bound, change_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.territory import Territory
    from geo.ui.state import Mode

_MODES: Final[dict[Mode, str]] = {
    "car": "En voiture",
    "walk": "À pied",
    "bike": "À vélo",
    "transit": "Sans voiture : aller-retour en transports en commun",
}
_DAY: Final = "widget_named_day"
_PUBLIC: Final = "widget_public"


def mode_words(mode: Mode) -> str:
    """Return a way there in two or three words."""
    return _MODES[mode].partition(" : ")[0]


def ask_mode(territory: Territory) -> None:
    """Show the choice of the way there; public transport where the territory has timetables."""
    modes = [mode for mode in _MODES if mode != "transit" or territory.has_timetables]
    st.radio("Comment s'y rendre", modes, format_func=_MODES.__getitem__, horizontal=True, **bound("mode"))


def ask_public(modes: Sequence[Mode], mode: Mode) -> None:
    """Show the choice of the public that is served beside those who come by car; ``"car"``: none.

    `modes`: those that may be chosen. `mode`: the one that is.
    """
    st.session_state[_PUBLIC] = mode
    st.radio(
        "Comparer les plans aussi pour qui vient",
        modes,
        format_func=lambda each: "En voiture seulement" if each == "car" else _MODES[each],
        horizontal=True,
        key=_PUBLIC,
        on_change=lambda: change_state(mode=st.session_state[_PUBLIC]),
    )


def ask_day(territory: Territory, identity: str, day: dt.date | None) -> dt.date | None:
    """Show the choice of the day, a usual one first; return it, `None` where no day is usual and none was chosen.

    `day`: that of the visitor's choices. `identity`: the territory's fingerprint.
    """
    usual = usual_days(territory, identity, dt.datetime.now().astimezone().date())
    named = {each.date: each for each in usual}
    if day is not None and day not in named:
        named[day] = day_named(territory, day)
    chosen = day or next(iter(named), None)
    st.session_state[_DAY] = chosen
    st.selectbox(
        "Jour",
        list(named),
        format_func=lambda date: day_words(named[date]),
        width=560,
        key=_DAY,
        on_change=lambda: change_state(day=st.session_state[_DAY]),
    )
    feeds = territory.schedule.feeds if territory.schedule is not None else None
    ends = [] if feeds is None else [int(feeds["start"].min()), int(feeds["end"].max())]
    days = [dt.date.fromisoformat(str(each)) for each in ends] + [each for each in (day,) if each is not None]
    with st.popover("Un autre jour"):
        st.date_input(
            "Jour des horaires", min_value=min(days), max_value=max(days), format="DD/MM/YYYY", **bound("day")
        )
    return chosen


@kept(st.cache_data, show_spinner="Lecture des calendriers…", max_entries=12)
def usual_days(_territory: Territory, identity: str, today: dt.date) -> tuple[NamedDay, ...]:
    """Return the usual days of the timetables; `identity` is the territory's fingerprint."""
    del identity  # only part of the key of the cache
    return named_days(_territory, today)
