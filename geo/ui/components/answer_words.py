"""The answer of the finder in French sentences: pure functions, text in, text out."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Final

from geo.finder.opening_times import moment_text
from geo.french import UNIT_SPACE, format_decimal

if TYPE_CHECKING:
    from geo.finder.answer import Answer, SiteAnswer, Wishes

_WHOLE_FROM_KM: Final = 10


def trip_words(minutes: float, kilometres: float | None = None) -> str:
    """Return a trip in words: ``"12 min (9,4 km)"``, ``"1 h 05 (71 km)"``."""
    whole = max(1, math.floor(minutes + 0.5))
    hours, rest = divmod(whole, 60)
    words = f"{hours}{UNIT_SPACE}h{UNIT_SPACE}{rest:02d}" if hours else f"{whole}{UNIT_SPACE}min"
    if kilometres is None:
        return words
    return f"{words} ({format_decimal(kilometres, 0 if kilometres >= _WHOLE_FROM_KM else 1)}{UNIT_SPACE}km)"


def answer_sentence(answer: Answer, wishes: Wishes) -> str:
    """Return the answer in one sentence; a second one where the first site is closed or none is found."""
    asked = wishes.at_that_moment
    when = "" if wishes.at is None else f"{_upper(_full_moment(answer.at))}, "
    if not answer.sites:
        nothing = _upper(f"{when}aucun site {'ouvert ' if asked else ''}ne correspond à vos choix.")
        return f"{nothing} Le plus proche : {_site_words(answer.none_open[0])}." if answer.none_open else nothing
    first = answer.sites[0]
    title = "le plus proche ouvert" if asked else "le plus proche"
    sentence = _upper(f"{when}{title} : {_site_words(first)}.")
    if first.status.state != "open":
        opened = next((site for site in answer.sites if site.status.state == "open"), None)
        if opened is not None:
            sentence += f" Le plus proche ouvert : {_site_words(opened)}."
    return sentence


def _site_words(site: SiteAnswer) -> str:
    trip = "" if site.travel_time_min is None else f"{trip_words(site.travel_time_min, site.distance_km)}, "
    return f"{site.name}, {trip}{site.status.sentence[:1].lower()}{site.status.sentence[1:]}"


def _full_moment(moment: dt.datetime) -> str:
    return moment_text(moment, since=moment - dt.timedelta(days=1))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
