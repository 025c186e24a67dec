"""Columns of tables: what each is called in French, its unit, and how precise it is in files and on screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Decimals in files (CSV, XLSX, GPKG, Parquet) by what the name of a column ends with: its unit.
_UNIT_DECIMALS: Final[Mapping[str, int]] = {"_min": 2, "_km": 2, "_m": 0, "_eur": 0, "lon": 7, "lat": 7}
#: Decimals in files of shares (0 to 1), and of residents and all other numbers.
_SHARE_DECIMALS: Final = 4
_OTHER_DECIMALS: Final = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: French heading, unit, and decimals on screen (`None`: a text or a truth value)."""

    heading: str
    unit: str = ""
    decimals: int | None = None

    @property
    def title(self) -> str:
        """The heading with its unit: ``"Temps (min)"``."""
        return f"{self.heading} ({self.unit})" if self.unit else self.heading


#: Machine name of a column -> what people are shown.
COLUMNS: Final[Mapping[str, Column]] = {
    # Coverage of communes.
    "name": Column("Commune"),
    "travel_time_min": Column("Temps", "min", 1),
    "under_served": Column("Sous-desservie"),
    "facility_name": Column("Le plus proche"),
    "distance_km": Column("Distance", "km", 1),
    "population": Column("Habitants", decimals=0),
    "share_within": Column("Part sous le seuil", decimals=2),
    "commune_code": Column("Code INSEE"),
}


def decimals_of(name: str) -> int:
    """Return how many decimals a column of numbers has in files.

    Examples
    --------
    >>> decimals_of("travel_time_min"), decimals_of("share_within"), decimals_of("gain_residents")
    (2, 4, 2)
    """
    if name.startswith("share") or "_share" in name:
        return _SHARE_DECIMALS
    return next((digits for unit, digits in _UNIT_DECIMALS.items() if name.endswith(unit)), _OTHER_DECIMALS)


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is written to a file, each column of numbers rounded once to its decimals."""
    numbers = [name for name in table.columns if pd.api.types.is_float_dtype(table[name])]
    return table.round({name: decimals_of(str(name)) for name in numbers})


def headed(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return some columns of `COLUMNS` under their French headings, index 0..n-1."""
    titles = {name: COLUMNS[name].title for name in names}
    return table[list(names)].rename(columns=titles).reset_index(drop=True)
