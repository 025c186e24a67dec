"""The rows of the official list of sites, and what the checks of its quality need to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84, departement_of, metric_crs_at
from geo.errors import ParameterError
from geo.sources.commune_codes import city_of, normalise_codes
from geo.sources.france_services import HOUR_COLUMNS, site_kinds
from geo.sources.numbers import parse_degrees
from geo.sources.opening_hours import Interval, written_slots

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable


@dataclass(frozen=True, eq=False)
class SiteRows:
    """The rows of the list, and what several checks need of them.

    `table` is that of `read_site_rows`; `communes` the contours to compare with, indexed by code (`None`: not
    given); `today` the day of the check.
    """

    table: pd.DataFrame
    communes: gpd.GeoDataFrame | None
    today: dt.date

    @cached_property
    def commune_code(self) -> pd.Series:
        """Commune code of each row, <NA> where none can be read."""
        return normalise_codes(self.table["insee_com"])

    @cached_property
    def departement(self) -> pd.Series:
        """Département of each row's commune, <NA> where its code cannot be read."""
        return self.commune_code.map(departement_of, na_action="ignore").astype("string")

    @cached_property
    def lon(self) -> pd.Series:
        """Longitude in degrees (float64), NaN where there is no number."""
        return parse_degrees(self.table["longitude"])

    @cached_property
    def lat(self) -> pd.Series:
        """Latitude in degrees (float64), NaN where there is no number."""
        return parse_degrees(self.table["latitude"])

    @cached_property
    def position(self) -> pd.Series:
        """Latitude and longitude as written, ``43.388, -1.6594``; an empty cell stays empty."""
        return self.table["latitude"].fillna("") + ", " + self.table["longitude"].fillna("")

    @cached_property
    def has_position(self) -> pd.Series:
        """Whether both coordinates are numbers other than 0, which stands for unknown."""
        return self.lon.notna() & self.lat.notna() & (self.lon != 0) & (self.lat != 0)

    @cached_property
    def in_france(self) -> pd.Series:
        """Whether the position is in the extent of mainland France or of an overseas territory."""
        inside = [metric_crs_at(lon, lat) is not None for lon, lat in zip(self.lon, self.lat, strict=True)]
        return pd.Series(inside, index=self.table.index) & self.has_position

    @cached_property
    def contours(self) -> gpd.GeoSeries:
        """Contour of each row's commune, or of its city where contours know no arrondissements; null elsewhere."""
        communes = self.communes.geometry if self.communes is not None else gpd.GeoSeries(crs=WGS84)
        cities = city_of(self.commune_code.fillna("")).set_axis(self.table.index)
        codes = self.commune_code.where(self.commune_code.isin(communes.index), cities)
        return gpd.GeoSeries(communes.reindex(codes).to_numpy(), self.table.index, crs=WGS84)

    @cached_property
    def kind_and_fault(self) -> tuple[pd.Series, pd.Series]:
        """What `site_kinds` says of the rows."""
        return site_kinds(self.table, [])

    @cached_property
    def kind(self) -> pd.Series:
        """``main``, ``antenne`` or ``bus``; <NA> where it cannot be told."""
        kinds, faults = self.kind_and_fault
        return kinds.mask(faults.notna())

    @cached_property
    def hour_cells(self) -> pd.Series:
        """The filled cells of opening hours as ``lundi 09:00 - 12:00``, indexed by row, one entry a cell."""
        days = [
            day + " " + cells.dropna()
            for name in HOUR_COLUMNS
            for day, cells in [(name.removeprefix("h_"), self.table[name])]
        ]
        return pd.concat(days).astype("string").sort_index(kind="stable")

    def hours_where(self, wrong: Callable[[tuple[Interval, ...]], bool]) -> pd.Series:
        """Return the cells of opening hours whose slots, as written, are `wrong`."""
        texts = self.hour_cells.str.replace(r"^\S+ ", "", regex=True)
        verdicts = {text: slots is not None and wrong(slots) for text in texts.unique() for slots in [slots_of(text)]}
        return self.hour_cells[texts.map(verdicts).to_numpy(dtype=bool)]


def slots_of(text: str) -> tuple[Interval, ...] | None:
    """Return the slots of a cell as written, `None` where it cannot be read."""
    try:
        return written_slots(text)
    except ParameterError:
        return None
