"""Reads the parameters of the address of a page one by one: text from anyone, of which what cannot be used is told."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from typing import TYPE_CHECKING, Final, TypeVar

from geo.ui.link_problems import A_CHOICE, KINDS_EXPECTED, LOCALITY_EXPECTED, problem_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COMMUNE_CODE: Final = re.compile(r"(\d{2}|2[AB])\d{3}", re.ASCII)
#: As `geo.finder.found_place.FoundPlace.key`.
_START_KEY: Final = re.compile(rf"{_COMMUNE_CODE.pattern}(?:-[a-z0-9]+)*", re.ASCII)
_LONGEST_KEY: Final = 60
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
_POSITION: Final = re.compile(r"(-?\d{1,2}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)", re.ASCII)
_LONGEST_CODE: Final = 40
_PLACE_CODE: Final = re.compile(rf"[^\x00-\x1f\x7f,]{{1,{_LONGEST_CODE}}}")
_WEIGHT: Final = re.compile(r"\d{1,2}(?:\.\d)?", re.ASCII)

_Fallback = TypeVar("_Fallback")


class AddressReader:
    """Reads parameters; each falls back where it is absent or not understood.

    `choices`: What the screens call each. `problems` gathers what is wrong with each one not understood
    (`geo.ui.link_problems.problem_text`).
    """

    def __init__(self, params: Mapping[str, str], choices: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self._params, self._choices = params, choices

    def choice(
        self, name: str, allowed: Sequence[str], fallback: _Fallback, expected: str | None = None
    ) -> str | _Fallback:
        """Return one of the words allowed."""
        value = self._params.get(name)
        if value is None or value in allowed or value == fallback:
            return fallback if value is None else value
        return self._ignored(name, expected or A_CHOICE, fallback)

    def steps(self, name: str, bounds: tuple[int, int], step: int, fallback: int) -> int:
        """Return a whole number in steps."""
        value = self._params.get(name, str(fallback))
        low, high = bounds
        if re.fullmatch(r"[0-9]{1,3}", value) and low <= int(value) <= high and int(value) % step == 0:
            return int(value)
        return self._ignored(name, f"de {low} à {high}, de {step} en {step}", fallback)

    def whole(self, name: str, bounds: tuple[int, int], fallback: int) -> int:
        """Return a whole number."""
        value = self._params.get(name, str(fallback))
        low, high = bounds
        if re.fullmatch(r"[0-9]{1,9}", value) and low <= int(value) <= high:
            return int(value)
        return self._ignored(name, f"un nombre entier de {low} à {high}", fallback)

    def weight(self, name: str, bounds: tuple[int, int], fallback: float) -> float:
        """Return a number with at most one decimal."""
        value = self._params.get(name)
        if value is None:
            return fallback
        low, high = bounds
        if _WEIGHT.fullmatch(value) and low <= float(value) <= high:
            return float(value)
        return self._ignored(name, f"un nombre de {low} à {high}, comme 1.5", fallback)

    def codes(self, name: str, most: int) -> tuple[str, ...]:
        """Return codes, none twice."""
        value = self._params.get(name)
        if value is None:
            return ()
        codes = value.split(",") if len(value) <= most * (_LONGEST_CODE + 1) else []
        if 0 < len(set(codes)) == len(codes) <= most and all(map(_PLACE_CODE.fullmatch, codes)):
            return tuple(codes)
        return self._ignored(name, f"au plus {most} codes séparés par des virgules", ())

    def switch(self, name: str, *, fallback: bool) -> bool:
        """Return yes or no."""
        return self.choice(name, ("0", "1"), str(int(fallback)), "1 pour oui, 0 pour non") == "1"

    def text(self, name: str, pattern: re.Pattern[str], expected: str) -> str | None:
        """Return a text of a pattern."""
        value = self._params.get(name)
        if value is None or pattern.fullmatch(value):
            return value
        return self._ignored(name, expected, None)

    def code(self, name: str) -> str | None:
        """Return the INSEE code of a commune."""
        return self.text(name, _COMMUNE_CODE, "un code INSEE de cinq caractères")

    def place(self, name: str) -> str | None:
        """Return the INSEE code of a commune, or that and the name of a hamlet: the code alone where it is no name."""
        value = self._params.get(name, "")
        if len(value) <= _LONGEST_KEY and _START_KEY.fullmatch(value):
            return value
        code, dash, _ = value.partition("-")
        if dash and _COMMUNE_CODE.fullmatch(code):
            return self._ignored(name, LOCALITY_EXPECTED, code)
        return self.code(name)

    def several(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Return some of the words allowed, in their order."""
        value = self._params.get(name)
        chosen = set(allowed if value is None else value.split(","))
        if chosen <= set(allowed):
            return tuple(one for one in allowed if one in chosen)
        return self._ignored(name, f"un ou plusieurs de : {KINDS_EXPECTED}", allowed)

    def moment(self, name: str, days: tuple[dt.date, dt.date]) -> dt.datetime | None:
        """Return a moment, civil time."""
        value = self._params.get(name)
        if value is None:
            return None
        first, last = days
        with contextlib.suppress(ValueError):
            moment = dt.datetime.fromisoformat(value) if _MOMENT.fullmatch(value) else None
            if moment is not None and first <= moment.date() <= last:
                return moment
        return self._ignored(name, f"un jour et une heure comme {first.year + 6}-11-24T17:30", None)

    def day(self, name: str, days: tuple[dt.date, dt.date]) -> dt.date | None:
        """Return a day."""
        value = self._params.get(name)
        if value is None:
            return None
        first, last = days
        with contextlib.suppress(ValueError):
            day = dt.date.fromisoformat(value) if _DAY.fullmatch(value) else None
            if day is not None and first <= day <= last:
                return day
        return self._ignored(name, f"un jour comme {first.year + 6}-11-24", None)

    def position(self, name: str) -> tuple[float, float] | None:
        """Return a position: longitude, latitude."""
        if (value := self._params.get(name)) is None:
            return None
        found = _POSITION.fullmatch(value)
        if found and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180:  # noqa: PLR2004 - degrees
            return float(found[2]), float(found[1])
        return self._ignored(name, "une latitude et une longitude comme 43.310,-1.490", None)

    def _ignored(self, name: str, expected: str, fallback: _Fallback) -> _Fallback:
        self.problems.append(problem_text(self._choices[name], self._params[name], expected))
        return fallback
