"""How a planner acts on sites: open, close, move, other hours."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

import streamlit as st

from geo.access.opening import AFTERNOON, HALF_DAYS, MORNING
from geo.answers.scenario import new_site_name
from geo.errors import MaillageError
from geo.siting.half_days import open_half_days, week_with
from geo.siting.scenario import MAX_NAME, AddStop, ChangeHours, CloseSite, MoveSite, OpenSite, Place
from geo.sources.opening_hours import WEEKDAYS, WeeklyHours
from geo.ui import cache
from geo.ui.components.messages import show_notes
from geo.ui.scenario_session import act, current_scenario, territory_after
from geo.ui.screens.planner.scenario_saving import refuse, show_refusal

if TYPE_CHECKING:
    from geo.siting.scenario import Action, Scenario
    from geo.territory import Territory
    from geo.ui.screens.planner.visit import Visit

ActionKind = Literal["ouvrir", "fermer", "deplacer", "horaires", "passage"]

_KINDS: Final[dict[ActionKind, str]] = {
    "ouvrir": "Ouvrir un site",
    "fermer": "Fermer",
    "deplacer": "Déplacer",
    "horaires": "Changer les horaires",
    "passage": "Faire passer un bus",
}
#: What a click on the map does.
_CLICKS: Final[dict[ActionKind, str]] = {
    "ouvrir": "Choisissez une commune, ou cliquez sur la carte : le site s'ouvre à cet endroit.",
    "fermer": "Choisissez un site, ou cliquez sur son signe sur la carte.",
    "deplacer": "Choisissez le site, puis sa nouvelle commune, ou cliquez sur la carte là où il doit aller.",
    "horaires": "Cochez les demi-journées d'ouverture du site, puis validez. Celles déjà ouvertes gardent leurs "
    "heures ; les nouvelles prennent celles indiquées.",
    "passage": "Dites quand, puis choisissez une commune, ou cliquez sur la carte : le bus s'arrête à cet endroit. Un "
    "arrêt n'est pas un site : ce qu'il apporte est compté à part.",
}
_KIND: Final = "scenario_action"
_COMMUNE: Final = "scenario_commune"
_SITE: Final = "scenario_site"
_STOP_DAY: Final = "scenario_stop_day"
_STOP_WEEK: Final = "scenario_stop_week"
_STOP_HOURS: Final = ("scenario_stop_from", "scenario_stop_to")
_OSM_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr")
#: Weeks of a pass in the syntax of OpenStreetMap, with the day in its place -> what they are called.
_STOP_WEEKS: Final = {
    "{}": "Chaque semaine",
    "week 02-52/2 {}": "Semaines paires",
    "week 01-53/2 {}": "Semaines impaires",
    "{}[1]": "1er du mois",
    "{}[2]": "2e du mois",
    "{}[3]": "3e du mois",
    "{}[4]": "4e du mois",
    "{}[1,3]": "1er et 3e du mois",
    "{}[2,4]": "2e et 4e du mois",
}
_HOURS: Final = ("scenario_morning_from", "scenario_morning_to", "scenario_afternoon_from", "scenario_afternoon_to")
_POSITION: Final = re.compile(r"\s*(-?\d{1,2}(?:[.,]\d{1,8})?)\s*[;\s]\s*(-?\d{1,3}(?:[.,]\d{1,8})?)\s*", re.ASCII)


def show_actions(visit: Visit, scenario: Scenario) -> None:
    """Show what can be tried, and why the last try failed."""
    st.session_state.setdefault(_KIND, "ouvrir")
    st.segmented_control(
        "Ce que vous essayez", list(get_args(ActionKind)), format_func=_KINDS.__getitem__, required=True, key=_KIND
    )
    kind = _chosen_kind()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        site = None if kind in {"ouvrir", "passage"} else _site_field(visit, scenario)
        if kind == "passage":
            _pass_fields()
        if kind in {"ouvrir", "deplacer", "passage"}:
            _place_fields(visit, kind, site)
        elif kind == "fermer":
            st.button("Fermer ce site", type="primary", disabled=site is None, on_click=_close, args=(visit,))
        visit.show_threshold()
        visit.show_counted()
    if kind == "horaires":
        _hours_fields(visit, scenario, site)
    show_notes([_CLICKS[kind]])
    show_refusal()


def _chosen_kind() -> ActionKind:
    return cast("ActionKind", st.session_state.get(_KIND, "ouvrir"))


def clicks_wanted() -> str:
    """Return what a click on the map asks, for `geo.maps.planning_values`."""
    kind = _chosen_kind()
    return {"ouvrir": "position", "deplacer": "position", "passage": "position", "fermer": "site"}.get(kind, "")


def place_clicked(visit: Visit, lon: float, lat: float) -> None:
    """Open or move a site where the map was clicked."""
    kind = _chosen_kind()
    if kind in {"ouvrir", "deplacer", "passage"}:
        _put(visit.territory, kind, Place(lon=round(lon, 5), lat=round(lat, 5)))


def site_clicked(visit: Visit, site: str) -> None:
    """Close the site that was clicked."""
    if _chosen_kind() == "fermer":
        _try(visit.territory, CloseSite(site))


def _site_field(visit: Visit, scenario: Scenario) -> str | None:
    """Show the list of the sites as the scenario leaves them."""
    sites = _sites_now(visit.territory, scenario)
    if st.session_state.get(_SITE) not in sites:
        st.session_state[_SITE] = None
    chosen: str | None = st.selectbox(
        "Site",
        list(sites),
        format_func=sites.__getitem__,
        index=None,
        placeholder="Choisissez un site",
        width=360,
        key=_SITE,
    )
    return chosen


def _sites_now(territory: Territory, scenario: Scenario) -> dict[str, str]:
    try:
        sites = territory_after(territory, scenario).sites
    except MaillageError:  # said where the scenario is compared
        sites = territory.sites
    rows = sorted(
        zip(sites["commune_name"].fillna(""), sites["name"], sites["facility_id"], strict=True), key=lambda row: row[:2]
    )
    return {str(which): f"{name}, {commune}" if commune else str(name) for commune, name, which in rows}


def _place_fields(visit: Visit, kind: ActionKind, site: str | None) -> None:
    titles = cache.commune_titles(visit.territory, visit.identity)
    commune = st.selectbox(
        "Commune",
        list(titles),
        format_func=titles.__getitem__,
        index=None,
        placeholder="Choisissez une commune",
        width=260,
        key=_COMMUNE,
    )
    verb = {"ouvrir": "Ouvrir", "passage": "Faire passer le bus"}.get(kind, "Déplacer")
    ready = commune is not None and (kind != "deplacer" or site is not None)
    # The press carries what its button says; what is chosen is read then, for it may have changed since this run.
    st.button(f"{verb} ici", type="primary", disabled=not ready, on_click=_place, args=(visit, kind))
    with st.popover("Par position"):
        st.text_input("Latitude et longitude", placeholder="43.388 ; -1.660", max_chars=60, key="scenario_position")
        st.button(f"{verb} à cette position", on_click=_place_at_position, args=(visit, kind))


def _place(visit: Visit, kind: ActionKind) -> None:
    commune = st.session_state.get(_COMMUNE)
    if commune is None:
        refuse("Choisissez d'abord une commune.")
        return
    if _put(visit.territory, kind, Place(commune)):
        st.session_state[_COMMUNE] = None


def _place_at_position(visit: Visit, kind: ActionKind) -> None:
    found = _POSITION.fullmatch(st.session_state["scenario_position"])
    lat, lon = (float(part.replace(",", ".")) for part in found.groups()) if found else (91.0, 0.0)
    if abs(lat) > 90 or abs(lon) > 180:  # noqa: PLR2004 - degrees
        refuse("Position non comprise : donnez la latitude puis la longitude en degrés, comme 43.388 ; -1.660.")
        return
    _put(visit.territory, kind, Place(lon=round(lon, 5), lat=round(lat, 5)))


def _put(territory: Territory, kind: ActionKind, place: Place) -> bool:
    """Open a site at a place, or move the chosen one there; return whether there was one to move."""
    if kind == "ouvrir":
        _open(territory, place)
        return True
    if kind == "passage":
        return _add_stop(territory, place)
    site = st.session_state.get(_SITE)
    if site is None:
        refuse("Choisissez d'abord le site à déplacer, puis l'endroit où il doit aller.")
        return False
    _try(territory, MoveSite(site, place))
    return True


def _open(territory: Territory, place: Place) -> None:
    scenario = current_scenario(territory)
    name = new_site_name(place, territory.communes)[:MAX_NAME]
    _try(territory, OpenSite(scenario.new_id(), name, place))


def _pass_fields() -> None:
    """Show the day, the weeks and the hours of a pass."""
    st.selectbox("Jour", range(5), format_func=WEEKDAYS.__getitem__, width=130, key=_STOP_DAY)
    st.selectbox("Semaines", list(_STOP_WEEKS), format_func=_STOP_WEEKS.__getitem__, width=190, key=_STOP_WEEK)
    for key, label, minute in zip(_STOP_HOURS, ("De", "à"), MORNING, strict=True):
        st.session_state.setdefault(key, dt.time(minute // 60, minute % 60))
        st.time_input(label, key=key, step=dt.timedelta(minutes=30), width=110)


def _add_stop(territory: Territory, place: Place) -> bool:
    """Let a bus stop at a place when the fields say; return whether they make sense."""
    start, end = (st.session_state[key] for key in _STOP_HOURS)
    if start >= end:
        refuse("Les heures du passage sont dans le mauvais ordre : la fin doit venir après le début.")
        return False
    day, weeks = _OSM_DAYS[st.session_state[_STOP_DAY]], st.session_state[_STOP_WEEK]
    name = new_site_name(place, territory.communes).replace("Nouveau site", "Arrêt du bus")[:MAX_NAME]
    passes = f"{weeks.format(day)} {start:%H:%M}-{end:%H:%M}"
    _try(territory, AddStop(current_scenario(territory).new_id(), name, place, passes))
    return True


def _close(visit: Visit) -> None:
    site = st.session_state.get(_SITE)
    if site is None:
        refuse("Choisissez d'abord le site à fermer.")
    else:
        _try(visit.territory, CloseSite(site))


def _try(territory: Territory, action: Action) -> None:
    """Add an action, unless the territory refuses it: then say why."""
    try:
        territory_after(territory, current_scenario(territory).then(action))
    except MaillageError as error:
        refuse(str(error))
        return
    act(territory, action)


def _hours_fields(visit: Visit, scenario: Scenario, site: str | None) -> None:
    """Show the half-days of a site, those of today ticked, and the hours of a half-day."""
    if site is None:
        return
    week = _week_of(visit.territory, scenario, site)
    st.pills(
        "Demi-journées d'ouverture",
        [name for name, *_ in HALF_DAYS],
        selection_mode="multi",
        default=open_half_days(week),
        key=f"scenario_half_days_{site}_{len(scenario.actions)}",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for key, label, minute in zip(
            _HOURS, ("Nouveau matin, de", "à", "Nouvel après-midi, de", "à\u00a0"), (*MORNING, *AFTERNOON), strict=True
        ):
            st.session_state.setdefault(key, dt.time(minute // 60, minute % 60))
            st.time_input(label, key=key, step=dt.timedelta(minutes=30), width=150)
        st.button(
            "Donner ces horaires",
            type="primary",
            on_click=_change_hours,
            args=(visit, site, f"scenario_half_days_{site}_{len(scenario.actions)}"),
        )


def _week_of(territory: Territory, scenario: Scenario, site: str) -> WeeklyHours | None:
    sites = territory_after(territory, scenario).sites.set_index("facility_id")
    text = sites["opening_hours"].get(site)
    return WeeklyHours.from_osm(text) if isinstance(text, str) else None


def _change_hours(visit: Visit, site: str, key: str) -> None:
    if st.session_state.get(_SITE) != site:  # the half-days pressed were those of another site
        refuse("Le site choisi vient de changer : vérifiez ses demi-journées, puis validez.")
        return
    morning_from, morning_to, afternoon_from, afternoon_to = (
        st.session_state[name].hour * 60 + st.session_state[name].minute for name in _HOURS
    )
    week = _week_of(visit.territory, current_scenario(visit.territory), site)
    chosen = set(st.session_state[key])
    try:
        hours = week_with(week, chosen, (morning_from, morning_to), (afternoon_from, afternoon_to))
    except MaillageError as error:
        refuse(str(error))
        return
    _try(visit.territory, ChangeHours(site, hours.to_osm()))
