"""Answers that are kept: for all visitors, or for one alone where they are about something of their own."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

import streamlit as st

from geo.ui.own_territory import own_territory

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_Question = ParamSpec("_Question")
_Answer = TypeVar("_Answer")


def kept(cache: Any, **options: Any) -> Callable[[Callable[_Question, _Answer]], Callable[_Question, _Answer]]:
    """Keep the answers of a function: those about a visitor's own territory are freed when they leave.

    `cache`: `streamlit.cache_data` or `streamlit.cache_resource`.
    """

    def keep(function: Callable[_Question, _Answer]) -> Callable[_Question, _Answer]:
        for_all = cache(**options)(function)
        for_one = cache(**options, scope="session")(function)

        @functools.wraps(function)
        def answer(*args: _Question.args, **kwargs: _Question.kwargs) -> _Answer:
            found: _Answer = (for_all if own_territory() is None else for_one)(*args, **kwargs)
            return found

        return answer

    return keep


_MADE: Final[WeakKeyDictionary[Any, dict[Hashable, Any]]] = WeakKeyDictionary()


def once(of: object, name: Hashable, make: Callable[[], _Answer]) -> _Answer:
    """Return what is made of an object that never changes, a plan for instance: made once, kept as long as the object.

    `name`: What tells it from what else is made of the object.
    """
    made = _MADE.setdefault(of, {})
    if name not in made:
        made[name] = make()
    return cast("_Answer", made[name])


def last_answer(name: str, question: Hashable, make: Callable[[], _Answer]) -> _Answer:
    """Return an answer about what is this visitor's own; the last one of each name is kept for them, no other.

    `question`: All that the answer depends on. `make`: Finds it; what it raises is not kept.
    """
    key = f"last_{name}"
    asked, found = st.session_state.get(key, (None, None))
    if found is None or asked != question:
        found = make()
        st.session_state[key] = question, found
    return cast("_Answer", found)


def forget_answers(*names: str) -> None:
    """Forget the last answers of these names."""
    for name in names:
        st.session_state.pop(f"last_{name}", None)
