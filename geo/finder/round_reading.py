"""Reading the tokens of a bus's comment: which days it is where, and in which weeks and hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.finder.round_pieces import unread_pieces
from geo.finder.round_words import Stop, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.finder.round_words import Token
    from geo.sources.opening_hours import Interval


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pass that a comment seems to tell: `weeks` as a table of rounds has them, `part` "", "matin", "après-midi"."""

    commune_code: str
    name: str
    weekday: int
    weeks: str
    part: str
    hours: tuple[Interval, ...]


def passes_told(comment: str, communes: dict[str, str]) -> tuple[list[Proposed], list[str]]:
    """Return the passes that a comment seems to tell, each once, and the pieces of it that could not be read.

    Both in the order of the comment. `communes`: Commune code by name, folded.

    Examples
    --------
    >>> (found,), unread = passes_told("Mardi 9h30-12h Longèves / Jeudi matin Le Bourg", {"longeves": "17208"})
    >>> found.commune_code, found.weekday, found.hours, unread
    ('17208', 1, ((570, 720),), ['Jeudi matin Le Bourg'])
    """
    tokens = tokens_of(comment, communes)
    places_first = _names_places_first(tokens)
    read = _PlaceFirst() if places_first else _DayFirst()
    if {"day", "place"} <= {token.kind for token in tokens}:
        for number, token in enumerate(tokens):
            read.take(number, token, tokens[number + 1].kind if number + 1 < len(tokens) else "end")
        read.flush()
    return list(dict.fromkeys(read.found)), unread_pieces(comment, tokens, read.used, places_first=places_first)


def _names_places_first(tokens: list[Token]) -> bool:
    """Tell whether most clauses of a comment name a place, then its days; days in brackets before it do not count."""
    votes: list[int] = []
    seen, inside, decided = "", False, False
    for kind in [*(token.kind for token in tokens), "end"]:
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
    is said of such a place must not go to another. `used` are the numbers of the tokens that were understood.
    """

    def __init__(self) -> None:
        self.found: list[Proposed] = []
        self.used: set[int] = set()
        self.number = 0
        self.days: list[int] = []
        self.day_tokens: list[int] = []
        self.stops: list[Stop] = []
        self.default: list[Interval] = []
        self.standing = ""
        self.ranks: list[str] = []
        self.rank_tokens: list[int] = []
        self.unknown = 0
        self.last = ""
        self.inside = self.of_unknown = False
        self.after_range = False
        self.is_closed = False
        self.in_unknown_weeks = False

    def take(self, number: int, token: Token, following: str) -> None:
        """Take the next token; `following`: the kind of the one after it."""
        self.number, kind, value = number, token.kind, token.value
        if kind in {"words", "lost"}:
            self.unknown += 0 if self.inside else value
            return
        if kind == "hours" and self.after_range:
            return
        self.after_range = kind == "range"
        if kind in {"open", "close"}:
            self.inside = kind == "open"
            self.of_unknown = self.inside and self.unknown > 0 and self.last != "place"
            return
        if kind in {"rank", "week", "parity"}:
            self._take_weeks(kind, value, following)
            self.last = kind
            return
        if kind == "closed":
            self.is_closed = True
        elif kind == "end":
            self.on_end()
        elif kind != "range":
            taken: dict[str, Callable[[Any], None]] = {
                "alternate": self.on_alternate,
                "day": self.on_day,
                "place": self.on_place,
                "hours": self.on_hours,
                "part": self.on_part,
            }
            taken[kind](value)
        self.last, self.unknown = kind, 0

    def _take_weeks(self, kind: str, value: str, following: str) -> None:
        if kind == "parity":
            self._say(value)
        elif kind == "week":
            self.standing = self.taken_ranks() or self.standing
        else:
            self.ranks.append(value)
            self.rank_tokens.append(self.number)
            if following not in {"rank", "day", "week"} and self.inside:
                self._say(self.taken_ranks())

    def _say(self, weeks: str) -> None:
        if not self.of_unknown:
            self.used.add(self.number)
            self.say_weeks(weeks)

    def taken_ranks(self) -> str:
        """Return the ranks that wait for what they are of, as a cell of a table of rounds."""
        ranks, self.ranks, self.rank_tokens = " et ".join(dict.fromkeys(self.ranks)), [], []
        return ranks

    def keep_day(self, weekday: int) -> None:
        """Add a weekday, with the ranks before it."""
        self.days.append(weekday)
        self.day_tokens += [*self.rank_tokens, self.number]

    def on_alternate(self, weekday: int) -> None:
        """Take a weekday of every other week, which are not told: nothing can be proposed of it."""
        self.on_day(weekday)
        self.in_unknown_weeks = True

    def on_day(self, weekday: int) -> None:
        """Take a weekday."""
        raise NotImplementedError

    def on_place(self, stop: Stop) -> None:
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
        if self.days and self.stops and not self.in_unknown_weeks:
            self.used.update(self.day_tokens, *(stop.tokens for stop in self.stops))
            if not self.is_closed:
                self.propose()
        self.days, self.day_tokens, self.stops = [], [], []
        self.is_closed = self.in_unknown_weeks = False

    def propose(self) -> None:
        """Add the passes of the days at the stops."""
        raise NotImplementedError


class _DayFirst(_Reading):
    """Days, then the communes of that day: "Mardi 9h30-12h Longèves"."""

    def __init__(self) -> None:
        super().__init__()
        self.part = self.weeks = ""
        self.waiting: list[Interval] = []
        self.waiting_tokens: list[int] = []
        self.shared: list[Interval] = []

    def on_day(self, weekday: int) -> None:
        if self.stops or self.unknown or self.last == "hours" or self.in_unknown_weeks:
            self.flush()
        self.keep_day(weekday)
        if len(self.days) == 1:
            self.part, self.weeks = "", self.taken_ranks() or self.standing

    def on_place(self, stop: Stop) -> None:
        if self.ranks:  # of what, is not known
            self.flush()
            self.taken_ranks()
        stop.part, stop.hours, stop.tokens = self.part, self.waiting, [self.number, *self.waiting_tokens]
        if not stop.hours and self.shared and self.stops:
            stop.hours = list(self.stops[-1].hours)
        self.waiting, self.waiting_tokens = [], []
        self.stops.append(stop)

    def on_hours(self, hours: Interval) -> None:
        if not self.days:
            self.default.append(hours)
            self.used.add(self.number)
        elif self.shared or not self.stops:  # hours come before their commune
            if self.unknown and self.last in {"day", "part"}:
                return
            if self.unknown and self.last == "hours":
                self.waiting, self.waiting_tokens, self.shared = [], [], []
            self.waiting.append(hours)
            self.waiting_tokens.append(self.number)
            if not self.stops:
                self.shared = list(self.waiting)
        elif not (self.unknown and self.last == "hours"):
            self.stops[-1].hours.append(hours)
            self.stops[-1].tokens.append(self.number)

    def on_end(self) -> None:
        if self.unknown and not self.stops:  # days of a place that is not known
            self.flush()

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

    def propose(self) -> None:
        for weekday in self.days:
            for stop in self.stops:
                hours = tuple(stop.hours or self.shared or self.default)
                weeks = stop.weeks or self.weeks
                self.found.append(Proposed(stop.code, stop.name, weekday, weeks, stop.part, hours))

    def flush(self) -> None:
        super().flush()
        self.waiting, self.waiting_tokens, self.shared = [], [], []


class _PlaceFirst(_Reading):
    """Communes, then their days: "Muron (mardi matin)"; hours before a day are its own: "Muron 9h-12h (mardi)"."""

    def __init__(self) -> None:
        super().__init__()
        self.passes: list[Stop] = []
        self.waiting: list[Interval] = []
        self.waiting_tokens: list[int] = []
        self.hours_first = False

    def on_place(self, stop: Stop) -> None:
        if self.days:
            self.flush()
        if self.waiting:  # of the place before, which has hours of its own
            self.stops[-1].hours, self.waiting = self.waiting, []
        stop.tokens = [self.number]
        self.stops.append(stop)

    def on_day(self, weekday: int) -> None:
        if (self.unknown and self.last != "place") or self.in_unknown_weeks:  # the days of another place
            self.flush()
        self.keep_day(weekday)
        shared = self.passes[-1].hours if self.hours_first and self.passes and self.last == "day" else []
        hours, self.waiting = self.waiting or list(shared), []
        self.passes.append(Stop("", "", "", hours, self.taken_ranks() or self.standing))

    def on_hours(self, hours: Interval) -> None:
        if self.stops and (self.hours_first or not self.passes):
            if self.unknown and self.last != "place":  # the hours of another place
                self.flush()
                return
            self.hours_first = True
            self.waiting.append(hours)
            self.waiting_tokens.append(self.number)
        elif self.passes:
            self.passes[-1].hours.append(hours)
            self.day_tokens.append(self.number)
        elif not self.stops:
            self.default.append(hours)
            self.used.add(self.number)

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

    def propose(self) -> None:
        for stop in self.stops:
            for weekday, said in zip(self.days, self.passes, strict=True):
                hours = tuple(stop.hours or said.hours or self.default)
                self.found.append(Proposed(stop.code, stop.name, weekday, said.weeks, said.part, hours))

    def flush(self) -> None:
        if self.passes:
            self.passes[-1].hours += self.waiting
            self.day_tokens += self.waiting_tokens
        super().flush()
        self.passes, self.waiting, self.waiting_tokens, self.hours_first = [], [], [], False
