"""When a bus passes: a weekday, some weeks or ranks in the month, and hours; in words, and from OpenStreetMap hours.

A pass does not come every week of the year, as opening hours do, so that it is no `geo.sources.opening_hours`.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined] # not in its stub

from geo.errors import ParameterError
from geo.folding import fold
from geo.french import clock, joined
from geo.sources.opening_hours import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Weeks of a pass: each, those of an even or odd ISO number, or ranks in the month such as ``"2"``, ``"1,3"``, ``"-1"``
#: (the last).
EACH: Final = "each"
EVEN: Final = "even"
ODD: Final = "odd"
LAST: Final = -1

_DAYS_IN_WEEK: Final = 7
_MINUTES: Final = 24 * 60
_MONTHS: Final = 12
_WEEKS_A_YEAR: Final = 52
#: A month has a fifth of a weekday four years in twelve.
_FIFTHS_A_MONTH: Final = 1 / 3
_RANKS: Final = (1, 2, 3, 4, 5)
_LONGEST: Final = 500
#: Three years, by which a text is known: months begin on each weekday in them, and a year has 53 weeks.
_FIRST_DAY: Final = dt.datetime(2026, 1, 5)  # noqa: DTZ001 - civil time
_LOOKED_AT: Final = 156

_EVERY_WEEK: Final = frozenset({"", "toutes", "toutes les semaines", "chaque", "chaque semaine", "hebdomadaire"})
_PARITIES: Final = {"paire": EVEN, "paires": EVEN, "impaire": ODD, "impaires": ODD}
_RANK: Final = re.compile(r"(?:([1-5])(?:er|ere|re|e|eme|nd|nde)?|(derniere?s?))(?: (?:semaines?|du mois))*")
_BETWEEN_RANKS: Final = re.compile(r"\s*(?:[,;/&+]|\bet\b)\s*")


@dataclass(frozen=True, order=True, slots=True)
class Pass:
    """One pass: `weekday` 0 (Monday) to 6; `weeks` as `EACH`, `EVEN`, `ODD` or ranks; minutes after midnight."""

    weekday: int
    start_min: int
    end_min: int
    weeks: str = EACH

    def on(self, day: dt.date) -> bool:
        """Tell whether the bus passes on a day, holidays apart.

        Examples
        --------
        >>> Pass(1, 540, 720, "2").on(dt.date(2026, 12, 8)), Pass(1, 540, 720, "2").on(dt.date(2026, 12, 1))
        (True, False)
        """
        return day.weekday() == self.weekday and in_weeks(self.weeks, day)

    @property
    def times_a_month(self) -> float:
        """How often it comes in a month on average: 52 weeks make 12 months, a fifth weekday comes every third."""
        if self.weeks in {EACH, EVEN, ODD}:
            return _WEEKS_A_YEAR / _MONTHS / (1 if self.weeks == EACH else 2)
        return sum(_FIFTHS_A_MONTH if rank == _RANKS[-1] else 1.0 for rank in ranks_of(self.weeks))

    @property
    def hours_a_month(self) -> float:
        """Hours of a month on average."""
        return self.times_a_month * (self.end_min - self.start_min) / 60

    @property
    def days(self) -> str:
        """The days in French: ``"le mardi"``, ``"le 2e mardi du mois"``, ``"le mardi des semaines paires"``."""
        name = WEEKDAYS[self.weekday]
        if self.weeks == EACH:
            return f"le {name}"
        if self.weeks in {EVEN, ODD}:
            return f"le {name} des semaines {'paires' if self.weeks == EVEN else 'impaires'}"
        named = ["dernier" if rank == LAST else "1er" if rank == 1 else f"{rank}e" for rank in ranks_of(self.weeks)]
        plural = len(named) > 1
        return f"{'les' if plural else 'le'} {joined(named)} {name}{'s' if plural else ''} du mois"


def ranks_of(weeks: str) -> tuple[int, ...]:
    """Return the ranks in the month of weeks that are some, the last as `LAST`."""
    return tuple(int(rank) for rank in weeks.split(","))


def in_weeks(weeks: str, day: dt.date) -> bool:
    """Tell whether a day is in such weeks, or of such a rank in its month."""
    if weeks == EACH:
        return True
    if weeks in {EVEN, ODD}:
        return (day.isocalendar().week % 2 == 0) == (weeks == EVEN)
    is_last = (day + dt.timedelta(days=_DAYS_IN_WEEK)).month != day.month
    ranks = ranks_of(weeks)
    return (day.day - 1) // _DAYS_IN_WEEK + 1 in ranks or (is_last and LAST in ranks)


def passes_text(passes: Iterable[Pass]) -> str:
    """Return passes in French, those of the same days together.

    Examples
    --------
    >>> passes_text([Pass(1, 540, 720, "2"), Pass(1, 840, 960, "2")]).replace(chr(160), " ").replace(chr(8239), " ")
    'le 2e mardi du mois, 9 h – 12 h et 14 h – 16 h'
    """
    by_days: dict[str, list[str]] = {}
    for each in sorted(passes):
        by_days.setdefault(each.days, []).append(f"{clock(each.start_min)} – {clock(each.end_min)}")
    return " ; ".join(f"{days}, {joined(hours)}" for days, hours in by_days.items())


def read_weeks(cell: str) -> str:
    """Return the weeks of a cell such as "toutes", "paires", "2e", "1 et 3" or "dernier".

    Raises
    ------
    ParameterError
        It is none of these.

    Examples
    --------
    >>> [read_weeks(cell) for cell in ("", "semaines impaires", "2e", "1er et 3e", "dernière semaine")]
    ['each', 'odd', '2', '1,3', '-1']
    """
    text = fold(cell)
    if text in _EVERY_WEEK:
        return EACH
    bare = text.removeprefix("semaines ").removeprefix("semaine ")
    if bare in _PARITIES:
        return _PARITIES[bare]
    ranks: set[int] = set()
    for piece in _BETWEEN_RANKS.split(" ".join(cell.replace("è", "e").replace("é", "e").lower().split())):
        found = _RANK.fullmatch(fold(piece))
        if found is None:
            msg = (
                f"semaine « {cell[:40]} » illisible, « toutes », « paires », « impaires », « 2 », « 1 et 3 » ou "
                f"« dernier » attendu"
            )
            raise ParameterError(msg)
        ranks.add(LAST if found[2] else int(found[1]))
    return ",".join(str(rank) for rank in sorted(ranks, key=lambda rank: rank if rank > 0 else len(_RANKS) + 1))


@lru_cache(maxsize=1024)
def passes_of_osm(text: str) -> tuple[Pass, ...]:
    """Return the passes that hours in the syntax of OpenStreetMap stand for, in order.

    The calendar that opening-hours-py makes of the text is looked at over three years: what comes each week, every
    other week or at ranks in the month is a pass.

    Raises
    ------
    ParameterError
        The text is not of this syntax, or has hours that come in no such way.

    Examples
    --------
    >>> passes_of_osm("Tu[2] 09:00-12:00")
    (Pass(weekday=1, start_min=540, end_min=720, weeks='2'),)
    """
    calendar = None
    with suppress(ParserError, SyntaxError, ValueError, OverflowError):
        calendar = OpeningHours(text[: _LONGEST + 1])
    if calendar is None or len(text) > _LONGEST:
        msg = f"horaires « {text[:80]} » illisibles, la syntaxe d'OpenStreetMap (« Tu[2] 09:00-12:00 ») est attendue"
        raise ParameterError(msg)
    end = _FIRST_DAY + dt.timedelta(weeks=_LOOKED_AT)
    found: dict[tuple[int, int, int], set[dt.date]] = {}
    for start, until, state, _ in calendar.intervals(_FIRST_DAY, end):
        if state != State.OPEN:
            continue
        first = start.hour * 60 + start.minute
        last = first + round(((until or end) - start) / dt.timedelta(minutes=1))
        if last > _MINUTES:
            msg = (
                f"horaires « {text[:80]} » refusés : un passage dure jusqu'au lendemain, des heures d'un jour attendues"
            )
            raise ParameterError(msg)
        found.setdefault((start.weekday(), first, last), set()).add(start.date())
    passes = [Pass(*when, weeks) for when, days in found.items() if (weeks := _weeks_of(days)) is not None]
    if not found or len(passes) < len(found):
        msg = (
            f"horaires « {text[:80]} » refusés : des passages chaque semaine, une sur deux ou par rang du mois attendus"
        )
        raise ParameterError(msg)
    return tuple(sorted(passes))


def _weeks_of(days: set[dt.date]) -> str | None:
    """Return the weeks that these days of one weekday, out of three years, come in; `None`: others."""
    weekday = next(iter(days)).weekday()
    first = _FIRST_DAY.date() + dt.timedelta(days=weekday)
    every = [first + dt.timedelta(weeks=number) for number in range(_LOOKED_AT)]
    whole = [str(rank) for rank in (*_RANKS, LAST) if {day for day in every if in_weeks(str(rank), day)} <= days]
    # The last of a month is a fourth or a fifth: a fifth is named only where it is another.
    without_last, fifth = [rank for rank in whole if rank != str(LAST)], str(_RANKS[-1])
    some = (",".join(without_last), ",".join(rank for rank in whole if rank != fifth), ",".join(whole))
    for weeks in (EACH, EVEN, ODD, *filter(None, some)):
        if {day for day in every if in_weeks(weeks, day)} == days:
            return weeks
    return None
