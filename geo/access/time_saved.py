"""Minutes saved by the nearest France services site compared with the nearest tax office."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.access.known_part import KnownPart, known_part
from geo.access.residents import residents_by_point, weighted_median
from geo.kinds import COUNTED_KINDS, SITES, TAX_OFFICES
from geo.territory.study_area import PRECISION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from geo.territory import Territory

#: Minutes under which two times are the same.
SAME_TIME_MIN = 1.0


@dataclass(frozen=True, slots=True)
class TimeSavedSummary:
    """Totals of a comparison with the tax offices.

    `part`: whose way is known; of these, `residents_compared` can reach both by road, the others are in no figure but
    `residents_not_compared`; `mean_saved_min` and `median_saved_min` are over those compared (`None`: nobody);
    `residents_sooner` reach a site at least `SAME_TIME_MIN` sooner than a tax office; `residents_later` the other way
    round.
    """

    part: KnownPart
    residents_compared: float
    residents_not_compared: float
    mean_saved_min: float | None
    median_saved_min: float | None
    residents_sooner: float
    residents_later: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        figures = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "part"}
        return {**self.part.out_of(), "estimated": self.part.estimated, **figures}


def time_saved(
    territory: Territory, *, kinds: Collection[str] = COUNTED_KINDS
) -> tuple[pd.DataFrame, TimeSavedSummary]:
    """Compare the time to the nearest site with the time to the nearest tax office.

    Returns
    -------
    Indexed by `commune_code`: `name`; `population` (Int64); `site_time_min`, `other_time_min` and `saved_min`
    (Float64; positive where the site is nearer): means over the residents who can reach both, <NA> where none can;
    `geo.territory.study_area.PRECISION_COLUMNS`. And the totals.

    Raises
    ------
    ParameterError
        The territory has no such list; says which it has.

    Examples
    --------
    >>> from geo import Territory
    >>> table, summary = time_saved(Territory.load("64"))
    >>> summary.mean_saved_min > 0
    True
    """
    to_sites = territory.travel_times(SITES, kinds=kinds)
    to_others = territory.travel_times(TAX_OFFICES)
    site, other = (times["travel_time_min"].to_numpy(np.float64, na_value=np.nan) for times in (to_sites, to_others))
    both = np.isfinite(site) & np.isfinite(other)
    residents = residents_by_point(territory.communes, territory.demand)
    saved = other - site

    row = territory.communes.index.get_indexer(pd.Index(territory.demand["commune_code"]))
    n = len(territory.communes)
    # A trace of weight everywhere: points count alike in a commune where nobody is known to live.
    weight = np.where(both, residents + 1e-9, 0.0)
    total = np.bincount(row, weights=weight, minlength=n)
    table = pd.DataFrame(territory.communes[["name", "population"]])
    for column, minutes in (("site_time_min", site), ("other_time_min", other), ("saved_min", saved)):
        with np.errstate(invalid="ignore"):
            mean = np.bincount(row, weights=weight * np.where(both, minutes, 0.0), minlength=n) / total
        table[column] = pd.array(mean, dtype="Float64")
    table[list(PRECISION_COLUMNS)] = territory.precision

    known = to_sites["on_network"].to_numpy(bool)

    def people(chosen: NDArray[np.bool_]) -> float:
        return float(residents[chosen].sum())

    compared = people(both)
    return table, TimeSavedSummary(
        part=known_part(territory),
        residents_compared=compared,
        residents_not_compared=people(known & ~both),
        mean_saved_min=float((saved[both] * residents[both]).sum()) / compared if compared > 0 else None,
        median_saved_min=weighted_median(saved, residents),
        residents_sooner=people(both & (saved >= SAME_TIME_MIN)),
        residents_later=people(both & (saved <= -SAME_TIME_MIN)),
    )
