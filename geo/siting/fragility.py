"""What depends on each site: who would be too far if it closed, and who has a second one within reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.known_part import KnownPart, in_known_part, known_part, places_on_network
from geo.access.residents import residents_by_point
from geo.kinds import COUNTED_KINDS
from geo.network.travel_times import nearest_ones_by_road
from geo.question import AT_THRESHOLD_MIN, DEFAULT_THRESHOLD_MIN, check_threshold

if TYPE_CHECKING:
    from collections.abc import Collection

    from geo.territory import Territory

_OF_THE_SITE: Final = ("facility_id", "name", "kind", "commune_code", "commune_name", "departement", "bearer")


@dataclass(frozen=True, slots=True)
class Fragility:
    """What depends on each site of a territory, each closed alone.

    Attributes
    ----------
    threshold_min
        Minutes by car.
    part
        Whose way is known: what shares are of.
    residents_within, residents_with_second
        Residents with a site within the threshold, and those with at least two.
    sites
        Those on the road network, index 0..n-1, most residents passing the threshold first: `facility_id`, `name`,
        `kind`, `commune_code`, `commune_name`, `departement`, `bearer` (text); `in_known_part` (bool), false for a
        site around it (`geo.access.known_part.in_known_part`); `residents_nearest` (float64), for whom it is the
        nearest;
        `residents_passing`, within the threshold today and beyond it, or without any road to another, if it closed;
        `residents_cut_off`, who would have no site by road at all; `added_min` (Float64): mean of the minutes more of
        those for whom it is nearest and who would reach another, <NA> where there are none.
    communes
        Indexed by `commune_code`: `name`; `population` (Int64); `residents_known`, whose way is known,
        `residents_within` and `residents_with_second` (Float64, <NA> where the population is unknown).
    """

    threshold_min: float
    part: KnownPart
    residents_within: float
    residents_with_second: float
    sites: pd.DataFrame
    communes: pd.DataFrame

    @property
    def share_with_second(self) -> float | None:
        """Share of the residents known with a second site within the threshold, `None` where there are none."""
        return self.part.share(self.residents_with_second)

    @property
    def residents_with_one(self) -> float:
        """Residents with one site within the threshold and no other: closed alone, it leaves them beyond."""
        return self.residents_within - self.residents_with_second

    @property
    def sites_needed(self) -> tuple[int, int]:
        """Sites without which somebody would pass the threshold: those of the known part, those around it."""
        needed, inside = self.sites["residents_passing"].round() > 0, self.sites["in_known_part"]
        return int((needed & inside).sum()), int((needed & ~inside).sum())

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as plain values ready for JSON, without the tables; `sites` are of the known part."""
        inside = self.sites["in_known_part"]
        return {
            "threshold_min": self.threshold_min,
            **self.part.to_dict(),
            "residents_within": self.residents_within,
            "share_within": self.part.share(self.residents_within),
            "residents_with_second": self.residents_with_second,
            "share_with_second": self.share_with_second,
            "sites": int(inside.sum()),
            "sites_nobody_depends_on": int((self.sites.loc[inside, "residents_passing"] == 0).sum()),
            "neighbour_sites": int((~inside).sum()),
        }


def fragility(
    territory: Territory, threshold_min: float = DEFAULT_THRESHOLD_MIN, *, kinds: Collection[str] = COUNTED_KINDS
) -> Fragility:
    """Measure what would be lost if each site closed, all others staying.

    When a site closes, those for whom it is the nearest go to their second one; nobody else notices. So the two
    nearest sites of each resident answer for all sites at once: one search.

    Parameters
    ----------
    territory
        Study area; the residents of its neighbours are not in it, so that their sites seem to matter less.
    threshold_min
        Minutes by car.
    kinds
        What is counted, as in `Territory.travel_times`.

    Raises
    ------
    ParameterError
        Threshold out of range.
    """
    check_threshold(threshold_min)
    limit = threshold_min + AT_THRESHOLD_MIN
    sites, on_streets = places_on_network(territory, kinds)
    residents = residents_by_point(territory.communes, territory.demand)
    two = nearest_ones_by_road(territory.network, territory.demand_on_network, on_streets, 2)
    first, second = (two.travel_time_s / 60).T
    nearest = two.facility[:, 0]
    reached, again = nearest >= 0, np.isfinite(second)
    added = np.subtract(second, first, out=np.zeros(len(first)), where=again)

    def total(weight: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.bincount(nearest[reached], weights=weight[reached], minlength=len(sites)).astype(np.float64)

    table = pd.DataFrame(sites[list(_OF_THE_SITE)])
    table["in_known_part"] = in_known_part(territory, sites)
    table["residents_nearest"] = total(residents)
    table["residents_passing"] = total(np.where((first <= limit) & (second > limit), residents, 0.0))
    table["residents_cut_off"] = total(np.where(again, 0.0, residents))
    with np.errstate(invalid="ignore"):
        mean = total(residents * added) / total(np.where(again, residents, 0.0))
    table["added_min"] = pd.array(mean, dtype="Float64")
    table = table.sort_values(
        ["residents_passing", "residents_nearest", "facility_id"], ascending=[False, False, True], ignore_index=True
    )

    row = territory.communes.index.get_indexer(territory.demand["commune_code"])
    communes = pd.DataFrame(territory.communes[["name", "population"]])
    for column, counted in (
        ("residents_known", territory.demand_on_network.link >= 0),
        ("residents_within", first <= limit),
        ("residents_with_second", second <= limit),
    ):
        people = np.bincount(row, weights=np.where(counted, residents, 0.0), minlength=len(communes))
        communes[column] = pd.Series(people, communes.index, dtype="Float64").where(communes["population"].notna())
    return Fragility(
        threshold_min=float(threshold_min),
        part=known_part(territory),
        residents_within=float(residents[first <= limit].sum()),
        residents_with_second=float(residents[second <= limit].sum()),
        sites=table,
        communes=communes,
    )
