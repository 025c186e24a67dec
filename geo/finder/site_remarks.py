"""What the comment of a site says of closures and appointments beside its published hours.

A comment is cut into clauses. A clause is read only where every word of it is known and its meaning is one: closed, by
appointment or without, on some weekdays, at some hours, in some weeks, on some dates. Whatever else speaks of closing
or of hours is left unread, and the site is then never said to be open without its own words.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

from geo.finder.remark_words import clauses, mentions_hours
from geo.french import UNIT_SPACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.finder.remark_words import Token
    from geo.sources.opening_hours import Interval

Effect = Literal["closed", "open_only", "appointment", "walk_in"]
Part = Literal["day", "morning", "afternoon"]

ALL_DAYS: Final = frozenset(range(7))
#: A morning that began before noon ends by this minute; of a day without a break, at noon.
_MORNING_ENDS: Final = 14 * 60
_NOON: Final = 12 * 60
_DAY_MINUTES: Final = 24 * 60
_LAST: Final = -1
_DAYS_IN_WEEK: Final = 7
#: A comment with more characters is not read.
_LONGEST: Final = 2_000
#: Longest quotation of a comment, in characters.
_QUOTED: Final = 140


@dataclass(frozen=True, slots=True)
class Rule:
    """What one clause says: `effect` on `weekdays` (0 Monday to 6 Sunday), for a part of the day or for `hours`.

    `nth`: which of the month (1 to 5, -1 the last), empty: each; `parity`: 0 in even ISO weeks, 1 in odd ones, `None`:
    each; `first`, `last`: days between which it holds, both included, `None`: no bound.
    """

    effect: Effect
    weekdays: frozenset[int] = ALL_DAYS
    part: Part = "day"
    hours: Interval | None = None
    nth: frozenset[int] = frozenset()
    parity: int | None = None
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def always(self) -> bool:
        """Whether the rule holds at every hour of every day."""
        return self == Rule(self.effect)

    def holds(self, day: dt.date) -> bool:
        """Tell whether the rule speaks of a day."""
        if day.weekday() not in self.weekdays:
            return False
        if (self.first is not None and day < self.first) or (self.last is not None and day > self.last):
            return False
        return self._in_its_weeks(day) != (self.effect == "open_only")

    def spans(self, intervals: Sequence[Interval]) -> Iterator[Interval]:
        """Give the minutes of a day that the rule speaks of, whose published hours are `intervals`."""
        if self.hours is not None:
            yield self.hours
        elif self.part == "day":
            yield (0, _DAY_MINUTES)
        else:
            noon = _noon_of(intervals)
            yield (0, noon) if self.part == "morning" else (noon, _DAY_MINUTES)

    def _in_its_weeks(self, day: dt.date) -> bool:
        if self.parity is not None and day.isocalendar().week % 2 != self.parity:
            return False
        is_last = (day + dt.timedelta(days=_DAYS_IN_WEEK)).month != day.month
        return not self.nth or (day.day - 1) // _DAYS_IN_WEEK + 1 in self.nth or (_LAST in self.nth and is_last)


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a comment says: the rules read, and whether something about closing or hours was not.

    `text`: The comment, shortened, to be quoted.
    """

    rules: tuple[Rule, ...] = ()
    unread: bool = False
    text: str = ""

    @property
    def quoted(self) -> str:
        """The comment between French quotes, on one line, cut where it is long."""
        words = " ".join(self.text.split()).rstrip(" .;")
        if len(words) > _QUOTED:
            words = f"{words[:_QUOTED].rsplit(' ', 1)[0].rstrip(' .;,')}…"
        return f"«{UNIT_SPACE}{words}{UNIT_SPACE}»"

    def closed(self, day: dt.date, intervals: Sequence[Interval]) -> tuple[Interval, ...]:
        """Return the minutes of a day that are said to be closed.

        `intervals`: Published hours of that day.
        """
        rules = (rule for rule in self.rules if rule.effect in {"closed", "open_only"} and rule.holds(day))
        return tuple(span for rule in rules for span in rule.spans(intervals))

    def left_open(self, day: dt.date, intervals: Sequence[Interval]) -> tuple[Interval, ...]:
        """Return the published hours of a day without what is said to be closed."""
        left = list(intervals)
        for start, end in self.closed(day, intervals):
            pieces = ((a, min(b, start)) for a, b in left), ((max(a, end), b) for a, b in left)
            left = sorted((a, b) for piece in pieces for a, b in piece if a < b)
        return tuple(left)

    def appointment(self, day: dt.date, minute: int, intervals: Sequence[Interval]) -> bool | None:
        """Tell whether an appointment is needed at a minute of a day; `None` where nothing is said of it."""
        said = {
            rule.effect
            for rule in self.rules
            if rule.effect in {"appointment", "walk_in"}
            and rule.holds(day)
            and any(start <= minute < end for start, end in rule.spans(intervals))
        }
        return True if "appointment" in said else False if "walk_in" in said else None

    @property
    def at_all_times(self) -> bool | None:
        """Whether an appointment is said to be needed at all times, or at none; `None` where neither is said."""
        always = {rule.effect for rule in self.rules if rule.always}
        if "appointment" in always:
            return True
        return False if "walk_in" in always and not self.sometimes_by_appointment else None

    @property
    def sometimes_by_appointment(self) -> bool:
        """Whether an appointment is said to be needed at some times at least."""
        return any(rule.effect == "appointment" for rule in self.rules)


NO_REMARKS: Final = Remarks()


@lru_cache(maxsize=4096)
def read_remarks(comment: str | None) -> Remarks:
    """Read the comment of a site.

    Never raises: what cannot be read and speaks of closing or hours makes it `unread`.

    Examples
    --------
    >>> read_remarks("Fermeture chaque 1er mardi matin du mois").rules
    (Rule(effect='closed', weekdays=frozenset({1}), part='morning', hours=None, nth=frozenset({1}), parity=None, \
first=None, last=None),)
    >>> read_remarks("Ouverture un samedi sur deux").unread, read_remarks("Prise de rendez-vous conseillée").unread
    (True, False)
    """
    if not comment or not comment.strip():
        return NO_REMARKS
    if len(comment) > _LONGEST:
        return Remarks(unread=True, text=comment)
    rules: list[Rule] = []
    # Words about another place or about some procedures only: what follows may be about them too.
    elsewhere = unread = other = False
    for clause in clauses(comment):
        found = _read_clause(clause.tokens)
        clear = not any(rule.effect == "appointment" and rule.always for rule in found) or not (
            other or rules or unread
        )
        if found and clear and not elsewhere:
            rules += found
        elif found or mentions_hours(clause.text):
            unread = True
            elsewhere |= clause.tokens is None
        elif not clause.is_contact:
            other = True
            elsewhere |= clause.is_elsewhere
    # What is said of all hours may be less once the rest is known.
    kept = (rule for rule in rules if not (unread and rule.always))
    return Remarks(tuple(dict.fromkeys(kept)), unread, comment)


def _read_clause(tokens: Sequence[Token] | None) -> list[Rule]:
    """Return what a clause says; empty where a word of it is not known, or it may mean several things.

    `tokens`: `None` where a word is not known.
    """
    if tokens is None:
        return []
    effects = [value for kind, value in tokens if kind == "effect"]
    if "open_only" in effects and len(effects) > 1:
        if "closed" in effects:
            return []
        tokens = [token for token in tokens if token != ("effect", "open_only")]
    rules = [_read_segment(segment) for segment in _segments(tokens)]
    return [] if not all(rules) else [rule for segment in rules for rule in segment]


def _segments(tokens: Sequence[Token]) -> list[list[Token]]:
    """Cut a clause of several effects where each begins, or after each if it ends with one; empty where unclear."""
    places = [position for position, (kind, _) in enumerate(tokens) if kind == "effect"]
    if not places:
        return []
    if len(places) == 1:
        return [list(tokens)]
    if places[0] == 0:
        bounds = [*places, len(tokens)]
    elif places[-1] == len(tokens) - 1:
        bounds = [0, *(place + 1 for place in places)]
    else:
        return []
    return [list(tokens[start:end]) for start, end in pairwise(bounds)]


@dataclass(slots=True)
class _Times:
    """Days, parts of the day, hours and weeks being gathered from one segment into rules.

    `rule` holds what the next rule takes; `days` wait for their part of the day; `named` were said before those of some
    weeks ("le samedi, ouverture le 1er samedi du mois"); `lead` is a part said before its days.
    """

    rule: Rule
    groups: list[Rule]
    days: frozenset[int] = frozenset()
    named: frozenset[int] = frozenset()
    lead: Part | None = None
    clear: bool = True

    def take(self, kind: str, value: Any) -> None:
        """Take the next token."""
        if kind == "days":
            self.days |= set(value)
            self.clear &= not self.named or self.days <= self.named
        elif kind == "every_part":
            self.groups.append(replace(self.rule, part=value))
        elif kind == "part":
            self._part(value)
        elif kind == "hours":
            self._hours(value)
        elif kind == "nth":
            self.named, self.days = self.days or self.named, frozenset()
            self.rule = replace(self.rule, nth=self.rule.nth | {value})
        elif kind == "monthly":
            self.clear &= bool(self.rule.nth)
            self._flush()
            self.rule = replace(self.rule, nth=frozenset())

    def rules(self) -> list[Rule]:
        """Return the rules, once all tokens are taken; empty where they may mean several things."""
        self.clear &= not self.rule.nth
        if self.days:
            self._flush(part=self.lead or "day")
        elif self.lead is not None:
            self.groups.append(replace(self.rule, part=self.lead))
        found = self.groups or [self.rule]
        return found if self.clear and not any(rule.nth and rule.weekdays == ALL_DAYS for rule in found) else []

    def _flush(self, **when: Any) -> None:
        if self.days:
            self.groups.append(replace(self.rule, weekdays=self.days, **when))
            self.days = frozenset()

    def _part(self, part: Part) -> None:
        if self.days:
            self._flush(part=part)
        elif self.groups and self.lead is None:
            last = self.groups[-1]
            self.groups[-1] = replace(last, part=part if last.part in {"day", part} else "day")
        else:
            self.lead = part

    def _hours(self, hours: Interval) -> None:
        if self.days:
            self._flush(hours=hours)
        elif self.groups and self.groups[-1].hours is None:
            self.groups[-1] = replace(self.groups[-1], hours=hours)
        else:
            self.groups.append(replace(self.groups[-1] if self.groups else self.rule, hours=hours))
        self.lead = None


def _read_segment(tokens: Sequence[Token]) -> list[Rule]:
    """Return the rules of a segment with one effect; empty where it may mean several things."""
    rule = Rule("closed")
    for kind, value in tokens:
        if kind in {"effect", "parity"}:
            rule = replace(rule, **{kind: value})
        elif kind == "dates":
            first, last = value
            rule = replace(rule, first=first, last=last)
    times = _Times(rule, [])
    for kind, value in tokens:
        times.take(kind, value)
    found = times.rules()
    if rule.effect == "open_only":  # in the other weeks the whole of that day is closed
        in_some_weeks = [each for each in found if (each.nth or each.parity is not None) and each.weekdays != ALL_DAYS]
        return [replace(each, hours=None) for each in in_some_weeks if len(found) == 1 and each.first is None]
    return [] if rule.effect == "closed" and any(each.always for each in found) else found


def _noon_of(intervals: Sequence[Interval]) -> int:
    """Return the minute that parts the morning of a day from its afternoon."""
    ends = [end for start, end in intervals if start < _NOON]
    return ends[-1] if ends and _NOON <= ends[-1] <= _MORNING_ENDS else _NOON
