"""The pieces of a bus's comment that name a day or a place and could not be read, in their own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.finder.round_words import Token

_DAYS: Final = frozenset({"day", "alternate", "range"})
_NAMED: Final = frozenset({"place", "lost"})
_OF_DAYS: Final = frozenset({"rank", "week", "parity", "open"})
_LONGEST: Final = 200
_WEEKS: Final = frozenset({"hours", "rank", "parity"})
_EDGES: Final = " \t\n,:;/|-–+&.("
_BEFORE: Final = re.compile(r"^(?:[\s,:;/|)–+&.-]|et\b|ou\b|puis\b)+")
_AFTER: Final = re.compile(r"\s(?:et|ou|puis)$")


def unread_pieces(comment: str, tokens: list[Token], used: set[int], *, places_first: bool) -> list[str]:
    """Return the pieces of a comment that name a day or a place and are not understood, each once, in its order.

    Hours of a place that is not known are one too; what they are the hours of is then told after their day.

    `used`: Numbers of the tokens that were understood. `places_first`: The comment names places before their days.

    Examples
    --------
    >>> from geo.finder.round_words import tokens_of
    >>> comment = "Lundi Ain 9h-12h, Hameau 14h-16h / Mardi Le Bourg"
    >>> unread_pieces(comment, tokens_of(comment, {"ain": "01004"}), {0, 1, 2}, places_first=False)
    ['Lundi … Hameau 14h-16h', 'Mardi Le Bourg']
    """
    told = []
    for piece in filter(None, _pieces(comment, tokens, used, places_first=places_first)):
        kinds = {tokens[number].kind for number in piece}
        day = "" if kinds & _DAYS or places_first else _day_before(comment, tokens, piece[0])
        if kinds & (_DAYS | _NAMED) or (day and "words" in kinds and kinds & _WEEKS):
            said = " ".join(comment[tokens[piece[0]].start : tokens[piece[-1]].end].split())
            words = _AFTER.sub("", _BEFORE.sub("", said).strip(_EDGES))
            words = words + ")" * (words.count("(") - words.count(")"))
            told.append(day + (words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"))
    return list(dict.fromkeys(told))


def _pieces(comment: str, tokens: list[Token], used: set[int], *, places_first: bool) -> Iterator[list[int]]:
    """Give the numbers of the tokens of each piece that was not used: one day or one place, with what is said of it."""
    piece: list[int] = []
    for number, token in enumerate(tokens):
        kinds = [tokens[each].kind for each in piece]
        if number in used or token.kind == "end":
            yield piece
            piece = []
        elif places_first:
            told = ":" in comment[tokens[number - 1].end : token.start]  # "Mardi : Ain"
            if token.kind in {"words", *_NAMED} and _DAYS & set(kinds) and not told:
                yield piece
                piece = []
            piece.append(number)
        else:
            if token.kind in _DAYS and kinds:
                begins = len(kinds)
                while begins and kinds[begins - 1] in _OF_DAYS:
                    begins -= 1
                before = set(kinds[:begins])
                if before & (_NAMED | {"words", "hours"}):
                    yield piece[:begins]
                    piece = piece[begins:]
            piece.append(number)
    yield piece


def _day_before(comment: str, tokens: list[Token], number: int) -> str:
    """Return the day, as the comment has it, that was read before a token in the same clause; empty where none was."""
    for token in reversed(tokens[:number]):
        if token.kind == "end":
            break
        if token.kind in _DAYS:
            return f"{comment[token.start : token.end]} … "
    return ""
