"""The words of a bus's comment that tell its rounds, as tokens: days, hours, weeks, communes, ends of clauses.

A token knows which characters of the comment it is, so that what could not be read can be quoted.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.folding import fold
from geo.sources.opening_hours import WEEKDAYS

if TYPE_CHECKING:
    from geo.sources.opening_hours import Interval

_LONGEST_NAME: Final = 8
_SHORTEST_NAME: Final = 3
#: Names of communes that are words of any comment.
_WORDS: Final = frozenset(
    (
        "bus",
        "rue",
        "place",
        "port",
        "gare",
        "parc",
        "salle",
        "centre",
        "mairie",
        "ville",
        "saint",
        "sainte",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "aout",
        "lieu",
        "lieux",
        "jours",
        "jour",
        "mois",
        "site",
        "sites",
        "car",
        "est",
        "ouest",
        "sud",
        "nord",
        "la",
        "le",
        "les",
        "des",
        "une",
        "bois",
        "pont",
        "eglise",
        "marche",
        "cours",
    )
)

#: Words as communes have them in full.
_IN_FULL: Final = {"st": "saint", "ste": "sainte", "s/": "sur"}
_SAINTS: Final = frozenset(("saint", "sainte"))
#: Words before the name of a street, which may be that of a commune.
_STREETS: Final = frozenset(
    ("rue", "avenue", "av", "bd", "boulevard", "route", "chemin", "impasse", "allee", "place", "square")
)
#: Words that name no place.
_CONNECTORS: Final = frozenset(
    (
        "et",
        "le",
        "la",
        "les",
        "l",
        "de",
        "du",
        "des",
        "d",
        "a",
        "au",
        "aux",
        "en",
        "dans",
        "sur",
        "chaque",
        "tous",
        "toutes",
        "toute",
        "tout",
        "journee",
        "jour",
        "ainsi",
        "que",
        "qu",
        "puis",
        "ou",
        "uniquement",
        "mois",
        "rdv",
        "demi",
    )
)

_POSTCODE: Final = re.compile(r"\d{5}")
_DAY: Final = "|".join(WEEKDAYS)
_SHORT_DAYS: Final = {"lun": 0, "jeu": 3, "ven": 4, "vend": 4}
_SHORT: Final = "|".join(_SHORT_DAYS)
_CLOCK: Final = r"(\d{1,2}) ?(?:heures?|h|:)(?: ?(\d{2})\b)?"
_TO: Final = r"(?:-|–|a|/|et a)"
_RANK: Final = (
    "1ere?|1er|1e|premiere?|2e(?:me)?|2nde?|deuxieme|seconde?|3e(?:me)?|troisieme|4e(?:me)?|quatrieme|derniere?"
)
_TOKENS: Final = re.compile(
    "|".join(
        (
            rf"(?P<range>\b(?:{_DAY})s? au (?:{_DAY})\b)",
            rf"(?P<alternate>\b(?:1|une?) (?:{_DAY}) ?(?:/|sur) ?(?:2|deux)\b)",
            rf"(?P<hours>\b(?:{_CLOCK}|(\d{{1,2}})) ?{_TO} ?{_CLOCK}|\b{_CLOCK} ?{_TO} ?\d{{1,2}}(?= ?[,;)]| ?$))",
            rf"(?P<day>\b(?:(?:{_DAY})s?|{_SHORT})\b)",
            r"(?P<part>\b(?:matin(?:s|ee|ees)?|apres[- ]?midis?|aprem)\b)",
            r"(?P<parity>\b(?:im)?paires?\b)",
            rf"(?P<rank>\b(?:{_RANK})\b)",
            r"(?P<week>\bsem(?:aines?)?\b)",
            r"(?P<closed>\bferme\w*)",
            r"(?P<open>\()",
            r"(?P<close>\))",
            r"(?P<abbreviated>\bste?\b\.?|\bs/)",
            r"(?P<end>[.;|\n]|//|(?<!\bsur)(?<!\bde)(?<!\bles)(?<!\ben) -+ ?)",
            r"(?P<word>[a-z0-9']+)",
        )
    )
)
_RANKS: Final = {"1": 1, "p": 1, "2": 2, "s": 2, "3": 3, "t": 3, "4": 4, "q": 4}


@dataclass(slots=True)
class Stop:
    """A commune that is named, with what is said of it alone; `tokens`: numbers of those that say it."""

    code: str
    name: str
    part: str
    hours: list[Interval] = field(default_factory=list)
    weeks: str = ""
    tokens: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its `kind`, its `value`, and where it begins and ends in the comment (characters).

    "words" are words that name nothing known, `value` how many; "lost" the same with a saint among them: they name a
    place that is no commune of the list.
    """

    kind: str
    value: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


def tokens_of(comment: str, communes: dict[str, str]) -> list[Token]:
    """Return the tokens of a comment: days, hours, parts of the day, weeks, communes and ends of clauses."""
    text, places = _plain(comment)
    tokens: list[Token] = []
    words: list[_Word] = []
    for found in _TOKENS.finditer(text):
        kind = str(found.lastgroup)
        start, end = places[found.start()], places[found.end() - 1] + 1
        if kind in {"word", "abbreviated"}:
            said = found[kind].rstrip(".")
            words += [
                _Word(word, start, end) for word in ([_IN_FULL[said]] if said in _IN_FULL else fold(said).split())
            ]
            continue
        tokens += _of_words(words, communes)
        words.clear()
        value = _value(kind, found)
        if value is not None:
            tokens.append(Token(kind, value, start, end))
    return tokens + _of_words(words, communes)


def _of_words(words: list[_Word], communes: dict[str, str]) -> list[Token]:
    """Return the communes among words, and the others; where one has its postcode, no other is meant."""
    found = _named(words, communes)
    coded = [(start, end) for start, end in found if start and _POSTCODE.fullmatch(words[start - 1].text)]
    tokens: list[Token] = []
    told = 0
    for start, end in coded or found:
        if coded or not _STREETS & {word.text for word in words[max(0, start - 3) : start]}:
            tokens += _unknown(words[told:start])
            name = " ".join(word.text for word in words[start:end])
            tokens.append(Token("place", Stop(communes[name], name, ""), words[start].start, words[end - 1].end))
        told = end
    return tokens + _unknown(words[told:])


def _named(words: list[_Word], communes: dict[str, str]) -> list[tuple[int, int]]:
    """Return where the names of communes begin and end among words, the longest first."""
    found = []
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + _LONGEST_NAME), start, -1):
            name = " ".join(word.text for word in words[start:end])
            if name in communes and len(name) >= _SHORTEST_NAME and name not in _WORDS:
                found.append((start, end))
                start = end
                break
        else:
            start += 1
    return found


def _unknown(words: list[_Word]) -> list[Token]:
    """Return one token for words that name nothing known; none where they are but small words and numbers."""
    texts = [word.text for word in words]
    count = sum(not (text in _CONNECTORS or text.isdigit()) for text in texts)
    saints = [place for place, text in enumerate(texts[:-1]) if text in _SAINTS]
    lost = any(not _STREETS & set(texts[max(0, place - 3) : place]) for place in saints)
    return [Token("lost" if lost else "words", count, words[0].start, words[-1].end)] if count else []


def _value(kind: str, found: re.Match[str]) -> Any:
    text = found[kind]
    if kind in {"day", "alternate"}:
        return next((number for number, name in enumerate(WEEKDAYS) if name in text), _SHORT_DAYS.get(text))
    if kind == "part":
        return "matin" if text.startswith("matin") else "après-midi"
    if kind == "parity":
        return "impaires" if text.startswith("im") else "paires"
    if kind == "rank":
        return "dernier" if text.startswith("d") and "r" in text[:5] else str(_RANKS.get(text[0], 2))
    if kind == "hours":
        numbers = [int(part) for part in re.findall(r"\d+", text)]
        pieces = re.findall(r"(\d{1,2}) ?(?:heures?|h|:)? ?(\d{2})?", text)
        (first, first_minutes), (second, second_minutes) = pieces[0], pieces[-1]
        start = int(first) * 60 + int(first_minutes or 0)
        end = int(second) * 60 + int(second_minutes or 0)
        return (start, end) if numbers and 0 <= start < end <= 24 * 60 else None
    return text


def _plain(comment: str) -> tuple[str, list[int]]:
    """Return a comment in lower case, without accents and addresses of pages, and which of its characters each is."""
    shown = re.sub(r"\S*(?:https?://|www\.|@)\S*", lambda found: " " * len(found[0]), comment)
    marks: list[str] = []
    places: list[int] = []
    for place, character in enumerate(shown):
        folded = unicodedata.normalize("NFKD", character.casefold().replace("’", "'").replace("œ", "oe"))
        for mark in folded:
            blank = mark in " \t"
            if not unicodedata.combining(mark) and not (blank and marks[-1:] == [" "]):
                marks.append(" " if blank else mark)
                places.append(place)
    return "".join(marks), places


def spelled(name: str) -> str:
    """Return the name of a commune as comments are searched for it."""
    return re.sub(r"\bst(e?)\b", r"saint\1", fold(name))
