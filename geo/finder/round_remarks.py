"""Rounds that the comment of a bus seems to tell, proposed to a person who knows: nothing here is counted.

A comment such as "Mardi 9h30-12h Longèves / Mercredi 14h30-17h Charron" or "Muron (mardi matin)" names days and
communes, and at times hours and weeks. What it says is put into the rows of a table of rounds
(`geo.sources.rounds`), each with the words it comes from and an empty column `confirmed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.crs import departement_of
from geo.finder.round_words import Stop, spelled, tokens_of
from geo.sources.opening_hours import WEEKDAYS, Interval, WeeklyHours
from geo.sources.rounds import runs_bus

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

#: Columns of the proposals: those of a table of rounds, then why.
PROPOSAL_COLUMNS: Final = (
    *("site", "nom_du_bus", "commune", "lieu", "jour", "semaine", "horaires", "confirmed", "remarque", "texte"),
)

_NOON: Final = 12 * 60
_QUOTED: Final = 300


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
        by_departement.setdefault(departement_of(code), {}).setdefault(spelled(name), code)
    called = communes["name"].to_dict()
    rows = []
    columns = ("facility_id", "name", "kind", "comment", "departement", "opening_hours")
    told = sites.loc[runs_bus(sites) & sites["comment"].notna(), list(columns)].astype(object)
    for site in told.where(told.notna(), None).itertuples(index=False):
        names = by_departement.get(site.departement or "", {})
        week = None if site.opening_hours is None else WeeklyHours.from_osm(site.opening_hours)
        rows += [_row(site, found, called[found.commune_code], week) for found in passes_told(site.comment, names)]
    return pd.DataFrame(rows, columns=list(PROPOSAL_COLUMNS), dtype="string")


def passes_told(comment: str, communes: dict[str, str]) -> list[Proposed]:
    """Return the passes that a comment seems to tell, in its order, each once.

    `communes`: Commune code by name, folded.

    Examples
    --------
    >>> (found,) = passes_told("Mardi 9h30-12h Longèves", {"longeves": "17208"})
    >>> found.commune_code, found.weekday, found.hours
    ('17208', 1, ((570, 720),))
    """
    tokens = tokens_of(comment, communes)
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
        self.stops: list[Stop] = []
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

    def on_place(self, stop: Stop) -> None:
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
        self.passes: list[Stop] = []

    def on_place(self, stop: Stop) -> None:
        if self.days:
            self.flush()
        self.stops.append(stop)

    def on_day(self, weekday: int) -> None:
        if self.unknown and self.last != "place":  # the days of another place
            self.flush()
        self.days.append(weekday)
        self.passes.append(Stop("", "", "", [], self.taken_ranks() or self.standing))

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


def _row(site: Any, found: Proposed, commune_name: str, week: WeeklyHours | None) -> dict[str, Any]:
    hours, remark = found.hours, ""
    if not hours:
        published = () if week is None else week.days[found.weekday] or ()
        hours = tuple(slot for slot in published if found.part in {"", _part_of(slot)})
        remark = "heures publiées du site, à vérifier" if hours else "heures à compléter"
    texts = [f"{start // 60:02d}:{start % 60:02d} - {end // 60:02d}:{end % 60:02d}" for start, end in hours]
    row = {
        "site": site.facility_id,
        "nom_du_bus": site.name,
        "commune": found.commune_code,
        "lieu": commune_name,
        "jour": WEEKDAYS[found.weekday],
        "semaine": found.weeks,
        "horaires": " / ".join(texts),
        "remarque": remark,
        "texte": " ".join(site.comment.split())[:_QUOTED],
    }
    return {name: value or None for name, value in row.items()}


def _part_of(slot: Interval) -> str:
    return "matin" if slot[0] < _NOON else "après-midi"
