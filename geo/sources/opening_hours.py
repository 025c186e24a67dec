"""Weekly opening hours, whatever the publisher writes them in.

ANCT writes ``09:00 - 12:00 / 14:00 - 17:00`` in one column per weekday, DGFiP one column per weekday
in freer wording, DILA a list of records (``plage_ouverture``). All become `WeeklyHours`, stored as text
in a subset of the OpenStreetMap syntax; other lists come in all of it (`geo.sources.osm_hours`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.errors import Fault, ParameterError
from geo.folding import fold
from geo.sources.osm_hours import ordinary_week

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Opening and closing time in minutes after midnight, 0 <= start < end <= 1440.
Interval = tuple[int, int]

#: Intervals of one day, in order, none touching the next; empty: closed; `None`: not known.
DayHours = tuple[Interval, ...] | None

WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_WEEKDAYS_ENGLISH: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS_OSM: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_UNKNOWN: Final = "unknown"
_DAY_MINUTES: Final = 24 * 60

_TIME = r"([0-9]{1,2})\s*[:hH](?:\s*([0-9]{2})(?!\s*[hH]))?(?::[0-9]{2})?"
_SLOT = re.compile(rf"{_TIME}\s*(?:[-–—]|à)\s*{_TIME}")
_BETWEEN_SLOTS = re.compile(r"[\s/,;.|&]|\b(?:et|de|puis)\b", re.IGNORECASE)
_OSM_SLOT = "[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}"
_OSM_TIMES = re.compile(rf"{_UNKNOWN}|{_OSM_SLOT}(,{_OSM_SLOT})*")
_CLOSED: Final = frozenset({"", "ferme", "fermee", "ferme au public"})


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Opening hours of an ordinary week (public holidays are not in the sources).

    `days` holds seven `DayHours`, Monday first. Build it with `from_intervals`, which merges
    intervals that overlap or touch.
    """

    days: tuple[DayHours, ...]

    @classmethod
    def from_intervals(cls, days: Sequence[Iterable[Interval] | None]) -> WeeklyHours:
        """Build a week from any intervals of up to seven days, Monday first; absent days are closed.

        Raises
        ------
        ParameterError
            There are more than seven days, or an interval is reversed, empty or outside the day.
        """
        if len(days) > len(WEEKDAYS):
            msg = f"{len(days)} jours trouvés, au plus {len(WEEKDAYS)} attendus."
            raise ParameterError(msg)
        merged = [None if day is None else _union(day) for day in days]
        return cls((*merged, *[()] * (len(WEEKDAYS) - len(merged))))

    @classmethod
    def from_osm(cls, text: str) -> WeeklyHours:
        """Read the syntax of OpenStreetMap, of which `to_osm` writes a part.

        Raises
        ------
        ParameterError
            It cannot be read (`geo.sources.osm_hours.ordinary_week`, which also tells whether hours change in the
            year).

        Examples
        --------
        >>> WeeklyHours.from_osm("Mo,Sa 9:00-12:00; PH off").to_osm()
        'Mo 09:00-12:00; Sa 09:00-12:00'
        """
        days: dict[str, DayHours] = dict.fromkeys(_WEEKDAYS_OSM, ())
        for rule in filter(None, text.split("; ")):
            name, _, times = rule.partition(" ")
            if days.get(name) != () or not _OSM_TIMES.fullmatch(times) or not (known := _own_times(times)):
                return cls.from_intervals(ordinary_week(text)[0])
            days[name] = known[0]
        return cls(tuple(days.values()))

    def to_osm(self) -> str:
        """Return the week as text: ``Mo 09:00-12:00,14:00-17:00; Tu unknown``; a closed day is absent."""
        rules = [
            f"{name} {_UNKNOWN if day is None else ','.join(f'{_clock(start)}-{_clock(end)}' for start, end in day)}"
            for name, day in zip(_WEEKDAYS_OSM, self.days, strict=True)
            if day != ()
        ]
        return "; ".join(rules)

    @property
    def hours_per_week(self) -> float:
        """Hours open in a week; a day that is not known counts for nothing."""
        return sum(end - start for day in self.days if day for start, end in day) / 60

    def is_open(self, weekday: int, minute: int) -> bool:
        """Tell whether the place is known to be open.

        `weekday`: 0 (Monday) to 6 (Sunday). `minute`: Minutes after midnight, 0 to 1439. The opening minute is open,
        the closing one is not.

        Raises
        ------
        ParameterError
            `weekday` or `minute` is outside its range.
        """
        if not (0 <= weekday < len(WEEKDAYS) and 0 <= minute < _DAY_MINUTES):
            msg = f"Jour {weekday} ou minute {minute} hors limites : 0 à 6 et 0 à {_DAY_MINUTES - 1} sont attendus."
            raise ParameterError(msg)
        return any(start <= minute < end for start, end in self.days[weekday] or ())

    def union(self, other: WeeklyHours) -> WeeklyHours:
        """Return when at least one of two services of a place is open; known hours win over unknown ones."""
        days = [
            (mine or ()) + (yours or ()) or (None if None in {mine, yours} else ())
            for mine, yours in zip(self.days, other.days, strict=True)
        ]
        return WeeklyHours.from_intervals(days)


@lru_cache(maxsize=4096)
def parse_day(text: str) -> tuple[Interval, ...]:
    """Return the union of the slots written in one cell.

    Read are ``09:00 - 12:00 / 14:00 - 17:00``, ``9h-12h et 13h30-16h`` and the like, any number of
    slots, in any order. ``00:00 - 00:00`` means no opening, as do an empty cell and ``Fermé``.
    """
    return _union(slot for slot in written_slots(text) if slot != (0, 0))


def written_slots(text: str) -> tuple[Interval, ...]:
    """Return the slots of one cell as they are written: in their order, reversed, empty or overlapping ones too.

    Raises
    ------
    ParameterError
        Something else than slots is written.
    """
    if fold(text) in _CLOSED:
        return ()
    slots = tuple((_minutes(*found[:2]), _minutes(*found[2:])) for found in _SLOT.findall(text))
    if not slots or _BETWEEN_SLOTS.sub("", _SLOT.sub(" ", text)):
        msg = f"« {text[:80]} » illisible, « HH:MM - HH:MM / HH:MM - HH:MM » attendu"
        raise ParameterError(msg)
    return slots


def parse_week(cells: Sequence[str | None]) -> tuple[WeeklyHours | None, tuple[str, ...]]:
    """Read one cell per weekday, Monday first.

    `cells`: Up to seven cells; `None` or <NA> is a closed day, unless all are: then nothing is known.

    Returns
    -------
    The week, `None` when every cell is missing, and one French sentence per malformed cell (the
    hours of that day are then not known).
    """
    days: list[DayHours] = []
    faults: list[str] = []
    for name, cell in zip(WEEKDAYS, cells, strict=False):
        try:
            days.append(() if pd.isna(cell) else parse_day(str(cell)))
        except ParameterError as error:
            days.append(None)
            faults.append(f"horaires du {name} : {error}")
    if all(pd.isna(cell) for cell in cells):
        return None, ()
    return WeeklyHours.from_intervals(days), tuple(faults)


def parse_weeks(cells: pd.DataFrame) -> tuple[pd.Series, list[Fault]]:
    """Read the weekday columns of a table.

    `cells`: One column per weekday, Monday first, of dtype "string"; indexed by spreadsheet row.

    Returns
    -------
    The weeks as OpenStreetMap text ("string" on the same index, <NA> where every cell is
    missing), and one fault per malformed cell.
    """
    read = [parse_week(row) for row in cells.itertuples(index=False, name=None)]
    faults = [Fault(text, int(row)) for row, (_, texts) in zip(cells.index, read, strict=True) for text in texts]
    weeks = [pd.NA if week is None else week.to_osm() for week, _ in read]
    return pd.Series(weeks, index=cells.index, dtype="string"), faults


def parse_plage_ouverture(value: object) -> tuple[WeeklyHours | None, tuple[str, ...]]:
    """Read the DILA field `plage_ouverture`.

    `value`: A list of records, or its JSON text. Each record spans `nom_jour_debut` to `nom_jour_fin` (in French or in
    English) and gives up to two slots, `valeur_heure_debut_1` to `valeur_heure_fin_1` and the same with `_2`.

    Returns
    -------
    As in `parse_week`: the week or `None`, and French sentences about malformed records.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else None
        except (ValueError, RecursionError):
            return None, ("plage_ouverture n'est pas du JSON",)
    if not value:
        return None, ()
    if not isinstance(value, list) or not all(isinstance(record, dict) for record in value):
        return None, ("plage_ouverture n'est pas une liste de plages",)
    days: list[DayHours] = [()] * len(WEEKDAYS)
    faults: list[str] = []
    known = False
    for record in value:
        try:
            spanned = _spanned_days(record)
        except ParameterError as error:
            faults.append(f"plage_ouverture : {error}")
            continue
        known = True
        try:
            slots = _record_slots(record)
        except ParameterError as error:
            faults.append(f"plage_ouverture du {WEEKDAYS[spanned[0]]} : {error}")
            slots = None
        for weekday in spanned:
            before = days[weekday]
            days[weekday] = None if slots is None or before is None else _union(before + slots)
    return (WeeklyHours(tuple(days)) if known else None), tuple(faults)


def _own_times(times: str) -> tuple[DayHours] | None:
    """Return the hours of a rule that `WeeklyHours.to_osm` may have written, `None` for others."""
    try:
        return (None if times == _UNKNOWN else parse_day(times),)
    except ParameterError:  # through midnight
        return None


def _spanned_days(record: dict[str, Any]) -> list[int]:
    """Return the weekdays from `nom_jour_debut` to `nom_jour_fin`, going round the week."""
    first = _weekday(record.get("nom_jour_debut"))
    last = _weekday(record.get("nom_jour_fin") or record.get("nom_jour_debut"))
    return [day % len(WEEKDAYS) for day in range(first, last + 1 if last >= first else last + len(WEEKDAYS) + 1)]


def _weekday(name: object) -> int:
    folded = fold(str(name or ""))
    for names in (WEEKDAYS, _WEEKDAYS_ENGLISH):
        if folded in names:
            return names.index(folded)
    msg = f"jour « {str(name)[:40]} » inconnu"
    raise ParameterError(msg)


def _record_slots(record: dict[str, Any]) -> tuple[Interval, ...]:
    pairs = [(record.get(f"valeur_heure_debut_{n}"), record.get(f"valeur_heure_fin_{n}")) for n in (1, 2)]
    return _union(slot for start, end in pairs if start or end for slot in parse_day(f"{start} - {end}"))


def _minutes(hours: str, minutes: str) -> int:
    if int(minutes or 0) >= 60:  # noqa: PLR2004 - minutes in an hour
        msg = f"heure « {hours}:{minutes} » impossible"
        raise ParameterError(msg)
    return int(hours) * 60 + int(minutes or 0)


def _union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the union of intervals, in order; touching ones become one."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if not 0 <= start < end <= _DAY_MINUTES:
            msg = f"créneau « {_clock(start)} - {_clock(end)} » inversé, vide ou hors de la journée"
            raise ParameterError(msg)
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
