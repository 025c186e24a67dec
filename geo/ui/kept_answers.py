"""Answers that are kept: for all visitors, or for one alone where they are about a territory of their own."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from geo.ui.own_territory import own_territory

if TYPE_CHECKING:
    from collections.abc import Callable

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
