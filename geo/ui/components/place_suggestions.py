"""Places offered under the search box while one types, named by the server: nothing else of the page is made again.

What is typed is looked for among communes and hamlets, is asked of no geocoder, and is not kept.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.finder.place_query import MAX_QUERY
from geo.finder.search import is_begun_abroad
from geo.french import format_integer
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
    more = ""

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
        more = more_suggested(text, gazetteer(), len(offered))
        st.session_state[_OFFERED] = offered
    data = {"box": box, "typed": text, "places": [place.label for place in offered], "more": more}
    _component()(
        key=_KEY,
        data=data | {"said": _said(offered, more)},
        on_typed_change=typed,
        on_chosen_change=chosen,
    )


def suggested_places(text: str, gazetteer: Gazetteer) -> list[FoundPlace]:
    """Return the communes, hamlets and postcodes that a text begins or is like, best first; none of an address.

    Nothing is like a town abroad.

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
    if is_begun_abroad(text):
        return []
    found = gazetteer.search(text, MOST_SUGGESTED)
    return [place for place in found if place.begins or place.score >= _LIKE]


def more_suggested(text: str, gazetteer: Gazetteer, shown: int) -> str:
    """Return how many places beside those `shown` a text begins, and how to see them; empty where there is none.

    Examples
    --------
    >>> from geo import Territory
    >>> from geo.finder.gazetteer import Gazetteer
    >>> gazetteer = Gazetteer.of(Territory.load("64"))
    >>> more_suggested("espel", gazetteer, 1), more_suggested("espelette", gazetteer, 1)
    ('', '')
    """
    named = gazetteer.count(text)
    more = max(gazetteer.count_begun(text), named) - shown
    if shown < MOST_SUGGESTED or more <= 0:
        return ""
    others = "1 autre" if more == 1 else f"{format_integer(more)} autres"
    # Enter finds names that hold the whole words typed: of half a word there are none to be seen.
    return f"et {others} : {'Entrée pour en voir plus' if named > shown else 'continuez à écrire'}"


def _said(offered: Sequence[FoundPlace], more: str) -> str:
    """Return what a screen reader says of the list."""
    if not offered:
        return ""
    places = "1 lieu proposé" if len(offered) == 1 else f"{len(offered)} lieux proposés"
    return f"{places}{more and f' ({more})'} : flèche vers le bas pour choisir."


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
