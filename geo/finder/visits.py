"""The operators' visits to the sites, as the finder uses them: by site, in words, on a given day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import pandas as pd

from geo.finder.opening_times import hours_text
from geo.finder.procedures import find_operator
from geo.folding import fold
from geo.sources.permanences import PERMANENCE_COLUMNS

if TYPE_CHECKING:
    import datetime as dt

_MODES: Final = {"on_site": "sur place", "video": "par visio"}


@dataclass(frozen=True, eq=False, slots=True)
class Visits:
    """A table of permanences; `known` is false where none was given."""

    table: pd.DataFrame
    known: bool

    @classmethod
    def of(cls, table: pd.DataFrame | None) -> Visits:
        """Wrap `geo.sources.permanences.PERMANENCE_COLUMNS`; `None` where no table was given."""
        return cls(pd.DataFrame(columns=list(PERMANENCE_COLUMNS)) if table is None else table, table is not None)

    def lines(self, facility_id: str) -> list[tuple[int, str]]:
        """Return weekday and words of each visit to a site: ``(1, "Cnav : 9 h – 12 h, sur place")``."""
        mine = self.table[self.table["facility_id"] == facility_id]
        lines: list[tuple[int, str]] = []
        if mine.empty:
            return lines
        for key, visits in mine.groupby(["weekday", "operator", "mode"], sort=True):
            weekday, operator, mode = cast("tuple[int, str, str]", key)
            lines.append((int(weekday), f"{operator} : {hours_text(_slots(visits))}, {_MODES[mode]}"))
        return lines

    def any_of(self, operator: str, at: dt.datetime) -> bool:
        """Tell whether an operator visits any site."""
        return bool(self._of(operator, at).any())

    def has(self, facility_id: str, operator: str, at: dt.datetime, arrival: dt.datetime, *, that_day: bool) -> bool:
        """Tell whether an operator visits a site; with `that_day`, on the day of `at` and still on arrival."""
        visits = self.table[(self.table["facility_id"] == facility_id) & self._of(operator, at)]
        if not that_day:
            return not visits.empty
        if arrival.date() != at.date():
            return False
        ends = visits.loc[visits["weekday"] == at.weekday(), "end_min"]
        return bool((ends > arrival.hour * 60 + arrival.minute).any())

    def _of(self, operator: str, at: dt.datetime) -> pd.Series:
        """Tell which visits are of an operator, by any of its names."""
        meant = find_operator(operator, at.date())
        names: pd.Series = self.table["operator"].map(
            lambda name: fold(name) == fold(operator) or (meant is not None and meant.is_called(name))
        )
        return names.astype(bool)


def _slots(visits: pd.DataFrame) -> list[tuple[int, int]]:
    return list(zip(visits["start_min"].tolist(), visits["end_min"].tolist(), strict=True))
