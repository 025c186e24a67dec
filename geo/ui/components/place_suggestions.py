"""Places offered under the search box while one types, named by the server: nothing else of the page is made again.

What is typed is looked for among communes and hamlets, is asked of no geocoder, and is not kept.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.finder.place_query import MAX_QUERY
from geo.ui.components.leaflet_map import component_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.finder.found_place import FoundPlace
    from geo.finder.gazetteer import Gazetteer

#: How many places are offered at most: more do not fit between the box and the keyboard of a phone.
MOST_SUGGESTED: Final = 5
#: Score of a name that begins as typed, or is little else than it.
_LIKE: Final = 79.0
_KEY: Final = "place_suggestions"
_TYPED: Final = "place_typed"
_OFFERED: Final = "places_suggested"
_TAKEN: Final = "suggestion_taken"


@st.fragment
def place_suggestions(box: str, gazetteer: Callable[[], Gazetteer], on_choose: Callable[[FoundPlace], None]) -> None:
    """Offer places under the text input whose label is `box`.

    `gazetteer`: Gives the names; asked for once something is typed. `on_choose`: Called with the place that is chosen,
    before the page is drawn again.
    """
    if st.session_state.pop(_TAKEN, False):
        st.rerun()
    offered: list[FoundPlace] = []

    def typed() -> None:
        text = st.session_state[_KEY].typed
        st.session_state[_TYPED] = text[:MAX_QUERY] if isinstance(text, str) else ""

    def chosen() -> None:
        label, places = st.session_state[_KEY].chosen, st.session_state.get(_OFFERED, ())
        place = next((place for place in places if place.label == label), None)
        if place is not None:
            on_choose(place)
            st.session_state[_TAKEN] = True

    text = st.session_state.pop(_TYPED, "")
    if text:
        offered = suggested_places(text, gazetteer())
        st.session_state[_OFFERED] = offered
    _component()(
        key=_KEY,
        data={"box": box, "typed": text, "places": [place.label for place in offered], "said": _said(offered)},
        on_typed_change=typed,
        on_chosen_change=chosen,
    )


def suggested_places(text: str, gazetteer: Gazetteer) -> list[FoundPlace]:
    """Return the communes, hamlets and postcodes that a text begins or is like, best first; none of an address.

    Examples
    --------
    >>> from geo import Territory
    >>> from geo.finder.gazetteer import Gazetteer
    >>> [place.label for place in suggested_places("espel", Gazetteer.of(Territory.load("64")))]
    ['Espelette (64)']
    """
    number = text.replace(" ", "")
    if number[:1].isdigit() and not number.isdigit():
        return []
    if begun := gazetteer.begun(text, MOST_SUGGESTED):
        return begun
    found = gazetteer.search(text, MOST_SUGGESTED)
    return [place for place in found if place.begins or place.score >= _LIKE]


def _said(offered: Sequence[FoundPlace]) -> str:
    """Return what a screen reader says of the list."""
    if not offered:
        return ""
    places = "1 lieu proposé" if len(offered) == 1 else f"{len(offered)} lieux proposés"
    return f"{places} : flèche vers le bas pour choisir."


@cache
def _component() -> Callable[..., Any]:
    """Register the component, once for the process; the box and its list must be in one document to know each other."""
    return st.components.v2.component(
        "maillage_place_suggestions",
        html='<ul class="maillage-places" id="maillage-places" role="listbox" aria-label="Lieux proposés" hidden></ul>'
        '<p class="maillage-places-said" role="status"></p>',
        css=component_text("place_suggestions.css"),
        js=component_text("place_suggestions.js"),
        isolate_styles=False,
    )
