"""The words of a bus's comment that tell its rounds, as tokens: days, hours, weeks, communes, ends of clauses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.french import fold
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

_DAY: Final = "|".join(WEEKDAYS)
_SHORT_DAYS: Final = {"lun": 0, "jeu": 3, "ven": 4, "vend": 4}
_SHORT: Final = "|".join(_SHORT_DAYS)
_CLOCK: Final = r"(\d{1,2}) ?(?:heures?|h|:)(?: ?(\d{2})\b)?"
_RANK: Final = (
    "1ere?|1er|1e|premiere?|2e(?:me)?|2nde?|deuxieme|seconde?|3e(?:me)?|troisieme|4e(?:me)?|quatrieme|derniere?"
)
_TOKENS: Final = re.compile(
    "|".join(
        (
            rf"(?P<range>\b(?:{_DAY})s? au (?:{_DAY})\b)",
            rf"(?P<hours>\b(?:{_CLOCK}|(\d{{1,2}})) ?(?:-|–|a|/|et a) ?{_CLOCK})",
            rf"(?P<day>\b(?:(?:{_DAY})s?|{_SHORT})\b)",
            r"(?P<part>\b(?:matin(?:s|ee|ees)?|apres[- ]?midis?|aprem)\b)",
            r"(?P<parity>\b(?:im)?paires?\b)",
            rf"(?P<rank>\b(?:{_RANK})\b)",
            r"(?P<week>\bsem(?:aines?)?\b)",
            r"(?P<closed>\bferme\w*)",
            r"(?P<open>\()",
            r"(?P<close>\))",
            r"(?P<end>[.;|\n]|//| -+ ?)",
            r"(?P<word>[a-z0-9']+)",
        )
    )
)
_RANKS: Final = {"1": 1, "p": 1, "2": 2, "s": 2, "3": 3, "t": 3, "4": 4, "q": 4}


@dataclass(slots=True)
class Stop:
    """A commune that is named, with what is said of it alone."""

    code: str
    name: str
    part: str
    hours: list[Interval] = field(default_factory=list)
    weeks: str = ""


def tokens_of(comment: str, communes: dict[str, str]) -> list[tuple[str, Any]]:
    """Return the tokens of a comment: days, hours, parts of the day, weeks, communes and ends of clauses."""
    text = _plain(comment)
    tokens: list[tuple[str, Any]] = []
    words: list[str] = []

    def add_words(some: list[str]) -> None:
        if unknown := sum(not (word in _CONNECTORS or word.isdigit()) for word in some):
            tokens.append(("words", unknown))

    def places() -> None:
        """Add the communes among the words since the last token, the longest names first."""
        start = told = 0
        while start < len(words):
            for end in range(min(len(words), start + _LONGEST_NAME), start, -1):
                name = " ".join(words[start:end])
                if name in communes and len(name) >= _SHORTEST_NAME and name not in _WORDS:
                    if not _STREETS & set(words[max(0, start - 3) : start]):
                        add_words(words[told:start])
                        tokens.append(("place", Stop(communes[name], name, "")))
                    start = told = end
                    break
            else:
                start += 1
        add_words(words[told:])
        words.clear()

    for found in _TOKENS.finditer(text):
        kind = str(found.lastgroup)
        if kind == "word":
            words += fold(found["word"]).split()
            continue
        places()
        value = _value(kind, found)
        if value is not None:
            tokens.append((kind, value))
    places()
    return tokens


def _value(kind: str, found: re.Match[str]) -> Any:
    text = found[kind]
    if kind == "day":
        return _SHORT_DAYS[text] if text in _SHORT_DAYS else WEEKDAYS.index(text.removesuffix("s"))
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


def _plain(comment: str) -> str:
    """Return a comment in lower case, without accents, with saints spelled out and addresses of pages left out."""
    folded = unicodedata.normalize("NFKD", comment.casefold().replace("’", "'").replace("œ", "oe"))
    text = "".join(mark for mark in folded if not unicodedata.combining(mark))
    text = re.sub(r"\S*(?:https?://|www\.|@)\S*", " ", text)
    text = re.sub(r"\bst(e?)\b[.]?", r"saint\1", text)
    return re.sub(r"[ \t\u00a0]+", " ", text)


def spelled(name: str) -> str:
    """Return the name of a commune as comments are searched for it."""
    return re.sub(r"\bst(e?)\b", r"saint\1", fold(name))
