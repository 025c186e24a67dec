"""Rounds that the comment of a bus seems to tell, proposed to a person who knows: nothing here is counted.

A comment such as "Mardi 9h30-12h Longèves / Mercredi 14h30-17h Charron" or "Muron (mardi matin)" names days and
communes, and at times hours and weeks. What it says is put into the rows of a table of rounds
(`geo.sources.rounds`), each with the words it comes from and an empty column `confirmed`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.crs import departement_of
from geo.french import fold
from geo.sources.opening_hours import WEEKDAYS, Interval, WeeklyHours

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

#: Columns of the proposals: those of a table of rounds, then why.
PROPOSAL_COLUMNS: Final = (
    *("site", "nom", "commune", "lieu", "jour", "semaine", "horaires", "confirmed", "remarque", "texte"),
)

_NOON: Final = 12 * 60
_LONGEST_NAME: Final = 8
_SHORTEST_NAME: Final = 3
_QUOTED: Final = 300
#: A comment speaks of rounds where the site is a bus, or where it says so.
_MOBILE: Final = re.compile(r"itin[eé]ran", re.IGNORECASE)
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
class _Stop:
    """A commune that is named, with what is said of it alone."""

    code: str
    name: str
    part: str
    hours: list[Interval] = field(default_factory=list)
    weeks: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pass that a comment seems to tell: `weeks` as a table of rounds has them, `part` "", "matin", "après-midi"."""

    commune_code: str
    name: str
    weekday: int
    weeks: str
    part: str
    hours: tuple[Interval, ...]


def proposed_rounds(sites: gpd.GeoDataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the rounds that the comments of the buses seem to tell, as rows of a table of rounds to confirm.

    Where a comment gives no hours, those published of the site for that part of the day are proposed, and that is said.

    `sites`: List of sites (`geo.schemas.FACILITY_COLUMNS`). `communes`: `name` by commune code, those around included.

    Returns
    -------
    `PROPOSAL_COLUMNS`, "string", <NA> where nothing is known; sites in their order. Empty where nothing can be read.
    """
    by_departement: dict[str, dict[str, str]] = {}
    for code, name in zip(communes.index, communes["name"], strict=True):
        by_departement.setdefault(departement_of(code), {}).setdefault(_spelled(name), code)
    rows = []
    columns = ("facility_id", "name", "kind", "comment", "departement", "opening_hours")
    for site in sites[list(columns)].astype(object).where(sites[list(columns)].notna(), None).itertuples(index=False):
        if site.comment is None or not (site.kind == "bus" or _MOBILE.search(site.comment)):
            continue
        names = by_departement.get(site.departement or "", {})
        week = None if site.opening_hours is None else WeeklyHours.from_osm(site.opening_hours)
        rows += [_row(site, found, week) for found in read_rounds_in(site.comment, names)]
    return pd.DataFrame(rows, columns=list(PROPOSAL_COLUMNS), dtype="string")


def read_rounds_in(comment: str, communes: dict[str, str]) -> list[Proposed]:
    """Return the passes that a comment seems to tell, in its order, each once.

    `communes`: Commune code by name, folded.

    Examples
    --------
    >>> (found,) = read_rounds_in("Mardi 9h30-12h Longèves", {"longeves": "17208"})
    >>> found.commune_code, found.weekday, found.hours
    ('17208', 1, ((570, 720),))
    """
    tokens = _tokens(comment, communes)
    if not {"day", "place"} <= {kind for kind, _ in tokens}:
        return []
    read = _PlaceFirst() if _names_places_first(tokens) else _DayFirst()
    for number, (kind, value) in enumerate(tokens):
        read.take(kind, value, tokens[number + 1][0] if number + 1 < len(tokens) else "end")
    read.flush()
    return list(dict.fromkeys(read.found))


def _names_places_first(tokens: list[tuple[str, Any]]) -> bool:
    """Tell whether most clauses of a comment name a place, then its days; days in brackets before it do not count."""
    votes: list[int] = []
    seen, inside, decided = "", False, False
    for kind, _ in [*tokens, ("end", "")]:
        if kind in {"open", "close"}:
            inside = kind == "open"
        elif kind == "end" and not inside:
            seen, decided = "", False
        elif kind in {"day", "place"} and not decided:
            if seen and seen != kind:
                votes.append(1 if seen == "place" else -1)
                decided = True
            elif kind == "place" or not inside:
                seen = kind
    return sum(votes) > 0 or (sum(votes) == 0 and votes[:1] == [1])


class _Reading:
    """What is gathered on the way through the tokens of a comment.

    `unknown` counts the words since the last token that name nothing known: a place that is no commune, often. What
    is said of such a place must not go to another.
    """

    def __init__(self) -> None:
        self.found: list[Proposed] = []
        self.days: list[int] = []
        self.stops: list[_Stop] = []
        self.default: list[Interval] = []
        self.standing = ""
        self.ranks: list[str] = []
        self.unknown = 0
        self.last = ""
        self.inside = False
        self.after_range = False
        self.is_closed = False

    def take(self, kind: str, value: Any, following: str) -> None:
        """Take the next token; `following`: the kind of the one after it."""
        if kind == "words":
            self.unknown += 0 if self.inside else value
            return
        if kind == "hours" and self.after_range:
            return
        self.after_range = kind == "range"
        if kind in {"open", "close"}:
            self.inside = kind == "open"
            return
        if kind in {"rank", "week", "parity"}:
            self._take_weeks(kind, value, following)
        elif kind == "closed":
            self.is_closed = True
        elif kind == "end":
            self.on_end()
        elif kind != "range":
            taken: dict[str, Callable[[Any], None]] = {
                "day": self.on_day,
                "place": self.on_place,
                "hours": self.on_hours,
                "part": self.on_part,
            }
            taken[kind](value)
        self.last, self.unknown = kind, 0

    def _take_weeks(self, kind: str, value: str, following: str) -> None:
        if kind == "parity":
            self.say_weeks(value)
        elif kind == "week":
            self.standing = self.taken_ranks() or self.standing
        else:
            self.ranks.append(value)
            if following not in {"rank", "day", "week"} and self.inside:
                self.say_weeks(self.taken_ranks())

    def taken_ranks(self) -> str:
        """Return the ranks that wait for what they are of, as a cell of a table of rounds."""
        ranks, self.ranks = " et ".join(dict.fromkeys(self.ranks)), []
        return ranks

    def on_day(self, weekday: int) -> None:
        """Take a weekday."""
        raise NotImplementedError

    def on_place(self, stop: _Stop) -> None:
        """Take a commune."""
        raise NotImplementedError

    def on_hours(self, hours: Interval) -> None:
        """Take hours."""
        raise NotImplementedError

    def on_part(self, part: str) -> None:
        """Take a part of the day."""
        raise NotImplementedError

    def on_end(self) -> None:
        """Take the end of a clause."""

    def say_weeks(self, weeks: str) -> None:
        """Take weeks."""
        raise NotImplementedError

    def flush(self) -> None:
        """Propose what was gathered, and begin anew."""
        raise NotImplementedError


class _DayFirst(_Reading):
    """Days, then the communes of that day: "Mardi 9h30-12h Longèves"."""

    def __init__(self) -> None:
        super().__init__()
        self.part = self.weeks = ""
        self.waiting: list[Interval] = []
        self.shared: list[Interval] = []

    def on_day(self, weekday: int) -> None:
        if self.stops or self.unknown or self.last == "hours":
            self.flush()
        if not self.days:
            self.part, self.weeks = "", self.taken_ranks() or self.standing
        self.days.append(weekday)

    def on_place(self, stop: _Stop) -> None:
        if self.ranks:  # of what, is not known
            self.flush()
            self.ranks = []
        stop.part, stop.hours, self.waiting = self.part, self.waiting, []
        self.stops.append(stop)

    def on_hours(self, hours: Interval) -> None:
        if not self.days:
            self.default.append(hours)
        elif self.shared or not self.stops:  # hours come before their commune
            if self.unknown and self.last in {"day", "part"}:
                return
            if self.unknown and self.last == "hours":
                self.waiting, self.shared = [], []
            self.waiting.append(hours)
            if not self.stops:
                self.shared = list(self.waiting)
        elif not (self.unknown and self.last == "hours"):
            self.stops[-1].hours.append(hours)

    def on_part(self, part: str) -> None:
        if self.inside and self.stops:
            self.stops[-1].part = part
        else:
            self.part = part

    def say_weeks(self, weeks: str) -> None:
        if self.inside and self.stops:
            self.stops[-1].weeks = weeks
        elif self.days and not self.stops:
            self.weeks = weeks
        else:
            self.standing = weeks

    def flush(self) -> None:
        for weekday in [] if self.is_closed else self.days:
            for stop in self.stops:
                hours = tuple(stop.hours or self.shared or self.default)
                weeks = stop.weeks or self.weeks
                self.found.append(Proposed(stop.code, stop.name, weekday, weeks, stop.part, hours))
        self.days, self.stops, self.waiting, self.shared, self.is_closed = [], [], [], [], False


class _PlaceFirst(_Reading):
    """Communes, then their days: "Muron (mardi matin)"."""

    def __init__(self) -> None:
        super().__init__()
        self.passes: list[_Stop] = []

    def on_place(self, stop: _Stop) -> None:
        if self.days:
            self.flush()
        self.stops.append(stop)

    def on_day(self, weekday: int) -> None:
        if self.unknown and self.last != "place":  # the days of another place
            self.flush()
        self.days.append(weekday)
        self.passes.append(_Stop("", "", "", [], self.taken_ranks() or self.standing))

    def on_hours(self, hours: Interval) -> None:
        if self.passes:
            self.passes[-1].hours.append(hours)
        elif not self.stops:
            self.default.append(hours)

    def on_part(self, part: str) -> None:
        for each in reversed(self.passes):
            if each.part:
                break
            each.part = part

    def on_end(self) -> None:
        if not self.inside:
            self.flush()

    def say_weeks(self, weeks: str) -> None:
        if self.passes:
            self.passes[-1].weeks = weeks
        else:
            self.standing = weeks

    def flush(self) -> None:
        for stop in [] if self.is_closed else self.stops:
            for weekday, said in zip(self.days, self.passes, strict=True):
                hours = tuple(said.hours or self.default)
                self.found.append(Proposed(stop.code, stop.name, weekday, said.weeks, said.part, hours))
        self.days, self.stops, self.passes, self.is_closed = [], [], [], False


def _tokens(comment: str, communes: dict[str, str]) -> list[tuple[str, Any]]:
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
                        tokens.append(("place", _Stop(communes[name], name, "")))
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


def _spelled(name: str) -> str:
    return re.sub(r"\bst(e?)\b", r"saint\1", fold(name))


def _row(site: Any, found: Proposed, week: WeeklyHours | None) -> dict[str, Any]:
    hours, remark = found.hours, ""
    if not hours:
        published = () if week is None else week.days[found.weekday] or ()
        hours = tuple(slot for slot in published if found.part in {"", _part_of(slot)})
        remark = "heures publiées du site, à vérifier" if hours else "heures à compléter"
    texts = [f"{start // 60:02d}:{start % 60:02d} - {end // 60:02d}:{end % 60:02d}" for start, end in hours]
    row = {
        "site": site.facility_id,
        "nom": site.name,
        "commune": found.commune_code,
        "jour": WEEKDAYS[found.weekday],
        "semaine": found.weeks,
        "horaires": " / ".join(texts),
        "remarque": remark,
        "texte": " ".join(site.comment.split())[:_QUOTED],
    }
    return {name: value or None for name, value in row.items()}


def _part_of(slot: Interval) -> str:
    return "matin" if slot[0] < _NOON else "après-midi"
