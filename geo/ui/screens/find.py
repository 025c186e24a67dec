"""First screen, *Trouver*: which site is near by road, open when, for what, and what to do if none is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.list_dates import old_list_sentence
from geo.answers.nearest import answer_notes, answer_sentence
from geo.answers.origin import approximation_sentences
from geo.answers.procedure import is_for_taxes, procedure_sentence
from geo.answers.round_trips import round_trip_in_short
from geo.errors import ParameterError
from geo.finder.opening_times import civil_time
from geo.network.modes import CAR
from geo.ui import cache
from geo.ui.components.answer import show_sentence
from geo.ui.components.answer_buttons import answer_buttons
from geo.ui.components.day_lists import show_lists
from geo.ui.components.distance_help import distance_help
from geo.ui.components.embedded import show_embedded
from geo.ui.components.find_map import find_map, map_answer
from geo.ui.components.found_sites import Shown, first_html, found_sites, others_html
from geo.ui.components.keep_and_share import keep_and_share
from geo.ui.components.leaflet_map import component_text, privacy_sentence
from geo.ui.components.messages import show_approximations, show_notes
from geo.ui.components.place_search import place_search, start_from_position, start_place
from geo.ui.components.procedure_help import procedure_help
from geo.ui.components.route_service import route_service, told_routes
from geo.ui.components.wishes import chosen_procedure, show_way_there, show_wishes, wishes_of
from geo.ui.components.without_car import round_trips, without_car
from geo.ui.found import found_from, with_round_trips

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from geo.finder.answer import Answer, SiteAnswer
    from geo.finder.found_place import FoundPlace
    from geo.finder.site_trips import SiteTrip
    from geo.settings import Settings
    from geo.territory import Territory
    from geo.ui.found import Found
    from geo.ui.state import AppState

#: Name by which the map and the list of sites find each other.
_NAME: Final = "find"
#: How many sites are shown, and how many within another page.
MOST_SITES: Final = 5
MOST_EMBEDDED: Final = 3
#: By public transport a card has more to say.
MOST_EMBEDDED_TRIPS: Final = 2

_BEFORE: Final = """<div class="maillage-text">
<h2>Une aide gratuite près de chez vous</h2>
<p>Dans un France services, deux conseillers vous accueillent et vous aident, gratuitement, pour vos démarches de tous
les jours : impôts, retraite, santé, famille, emploi, papiers d'identité, justice, logement, énergie.</p>
<p>Écrivez votre commune, votre code postal ou votre adresse, ou touchez la carte. Vous verrez les sites les plus
proches par la route, leurs horaires, et comment les joindre.</p></div>"""


def show(territory: Territory, state: AppState, settings: Settings) -> None:
    """Draw the screen: question, answer, first site, map, other sites, what next; the least of it in another page."""
    embedded = bool(st.context.is_embedded)
    identity = cache.fingerprint(territory)
    st.html(f"<style>{component_text('find_page.css')}</style>")
    st.title("Trouver un France services", anchor=False)
    place_search(
        lambda: cache.gazetteer(territory, identity),
        territory,
        state,
        settings,
        beside=None if embedded else lambda: show_way_there(territory, state),
    )
    now = civil_time(None, territory.departement)
    if not embedded:
        show_wishes(territory, state, now)
    procedure = chosen_procedure(state)
    # Within another page the card of a tax office, which has more to say, takes the place of two.
    few = MOST_EMBEDDED_TRIPS if state.mode == "transit" else MOST_EMBEDDED
    most = MOST_SITES if not embedded else 1 if is_for_taxes(procedure) else few
    found, sentence = _found(territory, state, most, drawn=not embedded)
    trips: list[SiteTrip] = []
    if found is not None and state.mode == "transit":
        found, sentence, trips = _by_public_transport(territory, found, most)
    answer = None if found is None else found.answer
    handled = "" if procedure is None else procedure_sentence(procedure, answer, now.date())
    show_sentence(sentence, also=handled)
    if procedure is not None:
        procedure_help(handled, procedure, now.date(), compact=embedded)
    chosen = _chosen(answer, state)
    with st.container():
        if answer is not None:
            _under_the_answer(territory, state, answer, chosen, by_road=not trips)
    asked = told_routes(answer)
    shown = Shown(
        today=now.date() if answer is None else answer.at.date(),
        chosen=None if chosen is None else chosen.facility_id,
        user_agent=st.context.headers.get("User-Agent", ""),
        asked=asked,
        for_taxes=is_for_taxes(procedure),
        compact=embedded,
        trips=trips,
    )
    if embedded:
        show_embedded(answer, shown, name=_NAME)
        return
    under_the_first = _map_and_list(territory, state, settings, found, shown)
    if answer is not None:
        with under_the_first:  # after the map and the cards, which wait for no timetable
            kept = without_car(territory, answer, in_short=state.mode != "transit")
        route_service(answer, asked, settings)
    if answer is not None and answer.sites:
        distance_help(answer)
    if answer is not None:
        route = None if chosen is None or found is None else found.routes.get(chosen.facility_id)
        ways = [] if chosen is None else kept.get(chosen.facility_id, [])
        keep_and_share(territory, chosen, start_place(state, territory), route, ways)
    _origin_of_the_answer(territory, settings, answer)


def _found(territory: Territory, state: AppState, most: int, *, drawn: bool) -> tuple[Found | None, str]:
    """Return what was found, `None` where there is no place to start from yet, and the answer in one sentence."""
    sentence = "Dites où vous êtes : les sites les plus proches par la route s'affichent ici."
    found = None
    start = start_place(state, territory)
    if start is not None:
        wishes = wishes_of(state)
        try:
            found = found_from(
                territory,
                cache.fingerprint(territory),
                state.position or (start.lon, start.lat),
                wishes,
                most,
                commune=state.place,
                drawn=drawn,
                mode=CAR if state.mode == "transit" else state.mode,
            )
            sentence = answer_sentence(found.answer, wishes)
        except ParameterError as error:
            sentence = str(error)
    return found, sentence


def _by_public_transport(territory: Territory, found: Found, most: int) -> tuple[Found, str, list[SiteTrip]]:
    """Return the sites (at most `most`) in the order of their round trips, these in one sentence, and the trips.

    Without any, what was found by car, and why.
    """
    try:
        every = round_trips(territory, found.answer)
    except ParameterError as error:
        return found, f"{error} Les sites sont ceux que l'on joint en voiture.", []
    trips = every[:most]
    return with_round_trips(territory, found, trips), round_trip_in_short(every, found.answer.at.date()), trips


def _under_the_answer(
    territory: Territory, state: AppState, answer: Answer, chosen: SiteAnswer | None, *, by_road: bool
) -> None:
    """Say where the times are counted from and what the answer rests on; then what can be done with it."""
    start = start_place(state, territory)
    notes = [f"Départ : {_words(start)}.", *(answer_notes(answer, start) if by_road else _list_notes(answer))]
    if (answer.start_lon, answer.start_lat) != (answer.lon, answer.lat):
        notes += answer.notes[:1]
    if chosen is not None and state.site not in {None, chosen.facility_id}:
        notes.append("Le site que vous aviez choisi ne fait pas partie de cette réponse : le plus proche est montré.")
    show_notes([" ".join(notes)])
    named = next(iter(answer.sites or answer.none_open), None)
    if named is not None:
        answer_buttons(named)


def _list_notes(answer: Answer) -> list[str]:
    """Return that the list of the sites is old, where it is."""
    said = old_list_sentence(answer.sites[0].list_vintage, dt.datetime.now().astimezone().date())
    return [said] if said else []


def _words(start: FoundPlace | None) -> str:
    return "" if start is None else start.label


def _chosen(answer: Answer | None, state: AppState) -> SiteAnswer | None:
    """Return the site that the road leads to: the one chosen, else the first."""
    sites = () if answer is None else answer.sites
    return next((site for site in sites if site.facility_id == state.site), sites[0] if sites else None)


def _map_and_list(
    territory: Territory,
    state: AppState,
    settings: Settings,
    found: Found | None,
    shown: Shown,
) -> DeltaGenerator:
    """Show the first site, the map, the other sites: in this order on a phone, the map beside them on a wide screen.

    Return the place under the first site.
    """
    answer, routes, ground = (None, {}, None) if found is None else (found.answer, found.routes, found.ground)
    told = {} if shown.asked is None else shown.asked.routes
    guessed = routes.keys() - told.keys() if territory.network.source.approximate else ()
    identity = cache.fingerprint(territory)
    with st.container(key="find_parts"):
        with st.container(key="find_first"):
            if answer is None:
                st.html(_BEFORE)
            elif not answer.sites:
                distance_help(answer)
            found_sites(
                "" if answer is None else first_html(answer, shown),
                "first",
                name=_NAME,
                answer=map_answer(
                    answer,
                    _words(start_place(state, territory)),
                    shown.chosen,
                    {**routes, **told},
                    guessed,
                    ground,
                    for_taxes=shown.for_taxes,
                ),
            )
            under_the_first = st.container()
        with st.container(key="find_map_place"):
            find_map(
                cache.packed_ground(territory, identity),
                fingerprint=identity,
                name=_NAME,
                settings=settings,
                on_position=start_from_position,
            )
        with st.container(key="find_others"):
            html = "" if answer is None else others_html(answer, shown)
            found_sites(html, "others", name=_NAME)
    return under_the_first


def _origin_of_the_answer(territory: Territory, settings: Settings, answer: Answer | None) -> None:
    """Say what leaves the machine, what was assumed, where the answer comes from."""
    show_notes([f"Vie privée. {privacy_sentence(settings)}"])
    if answer is not None:
        show_notes(answer.notes)
        show_approximations(approximation_sentences(territory))
        show_lists(territory, settings)
