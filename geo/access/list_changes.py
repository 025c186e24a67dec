"""What changed between two lists of sites: opened, closed, moved, renamed, other hours or contacts; and for whom.

Each row of both lists is accounted for once: a site of today is either `opened` or the continuation of one of before,
and one of before is either continued or `closed`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import FRANCE, WGS84, departement_of, to_metres
from geo.french import dialled
from geo.question import AT_THRESHOLD_MIN
from geo.territory.margin import near_places
from geo.text_columns import fold_all

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from geo.access.diagnosis import Diagnosis
    from geo.territory import Territory

#: A site has moved if it is farther (m) than this from where it was: lists place one building up to so far apart.
MOVED_M: Final = 200.0
#: One number given to a place of another name, in another commune, farther (m) than this, is a number used again.
_USED_AGAIN_M: Final = 2_000.0
#: Without a common number nor name, the nearest place of the same commune within this (m) is the same site.
_SAME_PLACE_M: Final = 100.0

#: The words of the label before a name (folded): the lists of 2020 leave them out, those of today begin with them.
_LABEL: Final = r"^(?:(?:espaces?|maisons?) )?france services?(?: (?:de|des|du|d)\b)? (?=.)"

#: What may have changed of a site that continues, in the order in which it is told.
CHANGES: Final = ("moved", "renamed", "hours_changed", "contacts_changed", "kind_changed")
OPENED: Final = "opened"
CLOSED: Final = "closed"
CONTINUED: Final = "continued"


@dataclass(frozen=True, eq=False, slots=True)
class ListChanges:
    """What changed between two lists.

    Attributes
    ----------
    sites
        One row a site, opened ones first, then closed, then continued; index 0..n-1. `status` (`OPENED`, `CLOSED`,
        `CONTINUED`); `facility_id`, `name`, `kind`, `commune_code`, `commune_name`, `lon`, `lat` (degrees): of the new
        list, of the old one where it closed; `facility_id_before`, `name_before`: <NA> where it opened; `moved_m`
        (Float64, metres, <NA> unless it continues); booleans `CHANGES`, false unless it continues. A name with the
        words "France services" before it or not has not changed.
    rows_before, rows_after
        Rows of both lists.
    untold
        What is not compared, as `opening_hours` or `website`: one list tells it of no site, the other of some.
    neighbours_opened, neighbours_closed
        Sites around the territory that only one list has, once the changes are those within one.
    """

    sites: pd.DataFrame
    rows_before: int
    rows_after: int
    untold: tuple[str, ...] = ()
    neighbours_opened: int = 0
    neighbours_closed: int = 0

    def of(self, status: str) -> pd.DataFrame:
        """Return the sites of one status."""
        return self.sites[self.sites["status"] == status]

    def within(self, territory: Territory, lacking: Collection[str] = ()) -> ListChanges:
        """Return the changes of the sites in a territory; its neighbours' are counted apart.

        As `geo.territory.study_area.StudyArea.holds` tells. A site that moved across the border counts where it is now.
        `lacking`: Communes of `neighbours_lacking`, whose sites have not changed.
        """
        places = gpd.GeoDataFrame(
            self.sites[["commune_code"]], geometry=gpd.points_from_xy(self.sites["lon"], self.sites["lat"]), crs=WGS84
        )
        held = territory.holds(places)
        inside = self.sites[held].reset_index(drop=True)
        opened, closed = ((inside["status"] == status).sum() for status in (OPENED, CLOSED))
        apart = ~held & ~places["commune_code"].isin(lacking).to_numpy(bool)
        around = near_places(places.assign(status=self.sites["status"])[apart], territory.communes)["status"]
        return ListChanges(
            inside,
            int(len(inside) - opened),
            int(len(inside) - closed),
            self.untold,
            int((around == OPENED).sum()),
            int((around == CLOSED).sum()),
        )


@dataclass(frozen=True, eq=False, slots=True)
class Effect:
    """Whom the changes concern, at one threshold.

    `residents_gained` are within it now and were not, `residents_lost` the other way round (`None`: the two territories
    place residents otherwise). `communes`: those that change side, by `commune_code`, most residents first: `name`,
    `population` (<NA>: unknown), `travel_time_before_min`, `travel_time_after_min` (Float64, <NA>: no road leads to a
    site) and `under_served` (boolean: whether it is now).
    """

    before: Diagnosis
    after: Diagnosis
    residents_gained: float | None
    residents_lost: float | None
    communes: pd.DataFrame


def list_changes(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> ListChanges:
    """Compare two lists of sites.

    `before`, `after`: Facility tables (`geo.schemas.FACILITY_COLUMNS`), points in EPSG:4326, each number once.

    A site is found again by its number; else by its name in the same commune, if one place only has it in each list;
    else as the nearest place of the same commune within 100 m, each place once.

    Examples
    --------
    >>> from geo import Territory
    >>> sites = Territory.load("64").sites
    >>> changes = list_changes(sites.iloc[1:], sites.iloc[:-1])
    >>> len(changes.of("opened")), len(changes.of("closed"))
    (1, 1)
    """
    # The older schema does not tell antennes: beside it, an antenne is a site that stays like the others.
    told = all((frame["kind"] == "antenne").any() for frame in (before, after))
    old, new = (_comparable(frame, antennes=told) for frame in (before, after))
    pairs = _by_number(old, new)
    for find in (_by_name, _by_place):
        left = [side[~np.isin(np.arange(len(side)), pairs[:, n])] for n, side in enumerate((old, new))]
        pairs = np.concatenate([pairs, find(*left)])
    pairs = pairs[np.argsort(pairs[:, 1], kind="stable")]
    opened = np.setdiff1d(np.arange(len(new)), pairs[:, 1])
    closed = np.setdiff1d(np.arange(len(old)), pairs[:, 0])
    untold = tuple(name for name in _COMPARED if old[name].notna().any() != new[name].notna().any())
    rows = [_one_side(new, opened, OPENED), _one_side(old, closed, CLOSED), _continued(old, new, pairs, untold)]
    return ListChanges(pd.concat(rows, ignore_index=True), len(old), len(new), untold)


def neighbours_lacking(mine: gpd.GeoDataFrame, other: gpd.GeoDataFrame, territory: Territory) -> gpd.GeoDataFrame:
    """Return the sites of the neighbours that a list leaves out and another has: no change, a list of fewer places.

    Those of `other` within the margin, in départements that are none of the territory's and where `mine` has no site;
    index 0..n-1.
    """
    told = {departement_of(code) for code in mine["commune_code"].dropna()} | set(territory.communes["departement"])
    lacking = [isinstance(code, str) and departement_of(code) not in told for code in other["commune_code"]]
    return near_places(other[np.array(lacking, bool)], territory.communes)


def effect(before: Diagnosis, after: Diagnosis) -> Effect:
    """Return whom a change concerns: what was measured of one territory, or of two with the same communes.

    Communes whose way is not known on both sides are left out.
    """
    gained = lost = None
    old, new = before.times, after.times
    if old["commune_code"].equals(new["commune_code"]) and np.array_equal(
        old["population"].to_numpy(np.float64), new["population"].to_numpy(np.float64), equal_nan=True
    ):
        people = new["population"].to_numpy(np.float64, na_value=0.0)
        was, now = (
            each.times["travel_time_min"].to_numpy(np.float64, na_value=np.inf)
            <= each.question.threshold_min + AT_THRESHOLD_MIN
            for each in (before, after)
        )
        gained, lost = float(np.nansum(people[now & ~was])), float(np.nansum(people[was & ~now]))
    sides = [each.coverage["under_served"].astype("boolean").dropna() for each in (before, after)]
    shared = sides[0].index.intersection(sides[1].index)
    changed = shared[(sides[0].loc[shared] != sides[1].loc[shared]).to_numpy(dtype=bool)]
    one, other = before.coverage.loc[changed], after.coverage.loc[changed]
    communes = pd.DataFrame(
        {
            "name": other["name"],
            "population": other["population"],
            "travel_time_before_min": one["travel_time_min"].astype("Float64"),
            "travel_time_after_min": other["travel_time_min"].astype("Float64"),
            "under_served": other["under_served"].astype("boolean"),
        },
        index=changed.rename("commune_code"),
    )
    order = communes.sort_values("population", ascending=False, kind="stable", na_position="last")
    return Effect(before, after, gained, lost, order)


def _comparable(frame: gpd.GeoDataFrame, *, antennes: bool) -> pd.DataFrame:
    """Return a list with what its rows are compared by: place in metres, folded name, plain contacts; index 0..n-1."""
    table = pd.DataFrame(frame.drop(columns="geometry")).reset_index(drop=True)
    lon, lat = frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy()
    x, y = to_metres(FRANCE).transform(lon, lat)
    return table.assign(
        position=np.arange(len(table)),
        lon=lon,
        lat=lat,
        x=x,
        y=y,
        folded=fold_all(table["name"]).str.replace(_LABEL, "", regex=True),
        told_kind=table["kind"] if antennes else table["kind"].replace("antenne", "main"),
        phone=_plain(table["phone"], lambda text: dialled(text) or text),
        email=_plain(table["email"], str.casefold),
        website=_plain(table["website"], _address),
    )


def _plain(texts: pd.Series, made: Callable[[str], str]) -> pd.Series:
    return texts.map(lambda text: made(text.strip()), na_action="ignore").astype("string")


def _address(text: str) -> str:
    """Return the address of a page without what changes nothing of it."""
    return re.sub(r"^https?://(www\.)?", "", text.casefold()).rstrip("/")


def _distance_m(old: pd.DataFrame, new: pd.DataFrame) -> NDArray[np.float64]:
    dx, dy = (old[axis].to_numpy(np.float64) - new[axis].to_numpy(np.float64) for axis in ("x", "y"))
    metres: NDArray[np.float64] = np.hypot(dx, dy)
    return metres


def _pairs(old: pd.DataFrame, new: pd.DataFrame) -> NDArray[np.int64]:
    return np.column_stack([old["position"].to_numpy(np.int64), new["position"].to_numpy(np.int64)])


def _by_number(old: pd.DataFrame, new: pd.DataFrame) -> NDArray[np.int64]:
    """Return the pairs of one number: positions in both lists, int64, shape (n, 2)."""
    at = pd.Index(old["facility_id"]).get_indexer(pd.Index(new["facility_id"]))
    one, other = old.iloc[at[at >= 0]].reset_index(drop=True), new[at >= 0].reset_index(drop=True)
    elsewhere = (one["commune_code"] != other["commune_code"]).fillna(value=False) & (one["folded"] != other["folded"])
    same = ~(elsewhere.to_numpy(bool) & (_distance_m(one, other) > _USED_AGAIN_M))
    return _pairs(one[same], other[same])


def _by_name(old: pd.DataFrame, new: pd.DataFrame) -> NDArray[np.int64]:
    """Return the pairs of one name in one commune, where either list has it once."""
    key = ["folded", "commune_code"]
    named = [side.dropna(subset=key).drop_duplicates(key, keep=False)[[*key, "position"]] for side in (old, new)]
    met = named[0].merge(named[1], on=key, suffixes=("_old", "_new"))
    return met[["position_old", "position_new"]].to_numpy(np.int64)


def _by_place(old: pd.DataFrame, new: pd.DataFrame) -> NDArray[np.int64]:
    """Return the pairs of one commune that are near each other, the nearest first, each place once."""
    tree = shapely.STRtree(np.asarray(shapely.points(new[["x", "y"]].to_numpy(np.float64))))
    points = np.asarray(shapely.points(old[["x", "y"]].to_numpy(np.float64)))
    which, found = tree.query(points, predicate="dwithin", distance=_SAME_PLACE_M)
    one, other = old.iloc[which].reset_index(drop=True), new.iloc[found].reset_index(drop=True)
    near = (one["commune_code"] == other["commune_code"]).fillna(value=False).to_numpy(bool)
    order = np.lexsort((other["facility_id"].to_numpy(str), one["facility_id"].to_numpy(str), _distance_m(one, other)))
    pairs = _pairs(one, other)
    taken: tuple[set[int], set[int]] = (set(), set())
    kept = []
    for n in order[near[order]]:
        before, after = (int(position) for position in pairs[n])
        if before not in taken[0] and after not in taken[1]:
            taken[0].add(before)
            taken[1].add(after)
            kept.append((before, after))
    return np.array(kept, np.int64).reshape(-1, 2)


#: What a list may tell of a site beside its name, place and kind.
_COMPARED: Final = ("opening_hours", "phone", "email", "website")
_KEPT: Final = ("facility_id", "name", "kind", "commune_code", "commune_name", "lon", "lat")


def _one_side(side: pd.DataFrame, rows: NDArray[np.int64], status: str) -> pd.DataFrame:
    table = side.iloc[rows].reset_index(drop=True)
    nothing = pd.Series(pd.NA, index=table.index, dtype="string")
    return table[list(_KEPT)].assign(
        status=status,
        facility_id_before=table["facility_id"] if status == CLOSED else nothing,
        name_before=table["name"] if status == CLOSED else nothing,
        moved_m=pd.Series(pd.NA, index=table.index, dtype="Float64"),
        **dict.fromkeys(CHANGES, False),
    )


def _continued(old: pd.DataFrame, new: pd.DataFrame, pairs: NDArray[np.int64], untold: tuple[str, ...]) -> pd.DataFrame:
    """Return the sites of both lists, with what changed: also what only one tells, unless `untold`."""
    one, other = old.iloc[pairs[:, 0]].reset_index(drop=True), new.iloc[pairs[:, 1]].reset_index(drop=True)

    def differs(*columns: str) -> NDArray[np.bool_]:
        told = [name for name in columns if name not in untold]
        each = [(one[name].fillna("") != other[name].fillna("")).to_numpy(bool) for name in told]
        differing: NDArray[np.bool_] = np.logical_or.reduce([np.zeros(len(pairs), bool), *each])
        return differing

    metres = _distance_m(one, other)
    return other[list(_KEPT)].assign(
        status=CONTINUED,
        facility_id_before=one["facility_id"],
        name_before=one["name"],
        moved_m=pd.array(metres, dtype="Float64"),
        moved=metres > MOVED_M,
        renamed=differs("folded"),
        hours_changed=differs("opening_hours"),
        contacts_changed=differs("phone", "email", "website"),
        kind_changed=differs("told_kind"),
    )
