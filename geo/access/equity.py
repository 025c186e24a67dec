"""Who travels longest, by age, standard of living and car: means by group, and the usual measures of inequality.

Residents are ranked from the poorest to the richest by the mean standard of living of their population cell (INSEE,
Filosofi). A travel time is a burden: the definitions of the measures are those of the literature and of the package
*accessibility* (IPEA), told for times.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.residents import residents_by_point
from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geo.territory import Territory

FIFTHS: Final = 5
_POOREST: Final = (0.0, 0.4)
_RICHEST: Final = (0.9, 1.0)

#: What there is to know of residents -> the files that tell it, in the order of the sentences.
CRITERIA: Final = ("living_standard", "poverty", "age", "car")


@dataclass(frozen=True, slots=True)
class GroupAccess:
    """The access of one group of residents.

    `criterion`: one of `CRITERIA`; `group`: ``"fifth-1"`` (the poorest) to ``"fifth-5"``, or ``"in"`` (poor, aged 65 or
    more, without a car) and ``"out"`` (all others); `residents` of the group whose way is known; `mean_time_min`: of
    those whom a road leads to a place, `None`: nobody; `share_within`: within the threshold, 0 to 1, `None`: nobody.
    """

    criterion: str
    group: str
    residents: float
    mean_time_min: float | None
    share_within: float | None


@dataclass(frozen=True, slots=True)
class Equity:
    """Access by group, and how unequal it is.

    Attributes
    ----------
    threshold_min
        Minutes by car.
    estimated
        Whether times are.
    groups
        One for each group of the criteria that are known.
    missing
        Criteria (`CRITERIA`) that no file tells.
    concentration_index
        Of the times, residents ranked from the poorest: below 0 where the poor travel longer. `None`: not known.
    palma_ratio
        Mean time of the richest tenth over that of the poorest four tenths: below 1 where the poor travel longer.
    fgt
        Foster-Greer-Thorbecke measures of the time beyond the threshold, powers 0, 1 and 2, of all residents whom a
        road leads to a place: their share, their mean excess and its square, relative to the threshold. Empty: nobody.
    fgt_residents
        How many residents these are of.
    """

    threshold_min: float
    estimated: bool
    groups: tuple[GroupAccess, ...]
    missing: tuple[str, ...]
    concentration_index: float | None
    palma_ratio: float | None
    fgt: tuple[float, ...]
    fgt_residents: float = 0.0

    def group(self, criterion: str, group: str) -> GroupAccess | None:
        """Return one group, `None` where it is not known."""
        return next((each for each in self.groups if (each.criterion, each.group) == (criterion, group)), None)

    def table(self) -> pd.DataFrame:
        """Return the groups, one row each: the columns of `GroupAccess`, times Float64, <NA> unknown."""
        rows = pd.DataFrame([asdict(each) for each in self.groups], columns=list(GroupAccess.__dataclass_fields__))
        return rows.astype(
            dict.fromkeys(("criterion", "group"), "string")
            | dict.fromkeys(("residents", "mean_time_min", "share_within"), "Float64")
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        told = {key: value for key, value in asdict(self).items() if key not in {"threshold_min", "estimated"}}
        plain = {key: list(value) if isinstance(value, tuple) else value for key, value in told.items()}
        return plain | {"fgt": dict(zip(("0", "1", "2"), self.fgt, strict=False))}


def concentration_index(
    values: NDArray[np.float64], weights: NDArray[np.float64], rank_by: NDArray[np.float64]
) -> float | None:
    """Return the concentration index of values over people ranked by another variable, -1 to 1.

    Twice the covariance of the value and of the fractional rank, over the mean (Kakwani, Wagstaff & van Doorslaer 1997;
    type "CI" of *accessibility*). Ranked by the value itself it is the Gini index. People of equal rank share the
    middle of it, whatever their order.

    `values`, `weights` (people, >= 0), `rank_by`: float64, shape (n,), finite. `None`: nobody, or a mean of 0.

    Examples
    --------
    >>> people = np.ones(2)
    >>> concentration_index(np.array([30.0, 10.0]), people, np.array([9_000.0, 20_000.0]))
    -0.25
    """
    total = weights.sum()
    mean = float((weights * values).sum() / total) if total > 0 else 0.0
    if mean == 0:
        return None
    low, high = _ranks(weights, rank_by)
    rank = (low + high) / 2
    covariance = float((weights * (values - mean) * rank).sum() / total)
    return 2 * covariance / mean


def palma_ratio(
    values: NDArray[np.float64], weights: NDArray[np.float64], rank_by: NDArray[np.float64]
) -> float | None:
    """Return the mean value of the richest tenth of people over that of the poorest four tenths.

    Those at a bound count for the part of them that is inside. *accessibility* takes whole cells on each side of the
    quantiles: the same where a bound lies between two of them.

    Parameters and `None` are as of `concentration_index`.

    Examples
    --------
    >>> palma_ratio(np.array([30.0, 20.0, 10.0]), np.array([4.0, 5.0, 1.0]), np.array([1.0, 2.0, 3.0]))
    0.3333333333333333
    """
    richest, poorest = (mean_between(values, weights, rank_by, *bounds) for bounds in (_RICHEST, _POOREST))
    return None if richest is None or not poorest else richest / poorest


def mean_between(
    values: NDArray[np.float64], weights: NDArray[np.float64], rank_by: NDArray[np.float64], low: float, high: float
) -> float | None:
    """Return the mean value of the people between two fractional ranks (0 to 1), `None` where there is nobody."""
    inside = people_between(weights, rank_by, low, high)
    total = inside.sum()
    return float((inside * values).sum() / total) if total > 0 else None


def people_between(
    weights: NDArray[np.float64], rank_by: NDArray[np.float64], low: float, high: float
) -> NDArray[np.float64]:
    """Return how many of the people of each row are between two fractional ranks; equal ones are split alike.

    Examples
    --------
    >>> people_between(np.array([4.0, 6.0]), np.array([2.0, 1.0]), 0.0, 0.8)
    array([2., 6.])
    """
    first, last = _ranks(weights, rank_by)
    width = last - first
    overlap = np.clip(np.minimum(last, high) - np.maximum(first, low), 0.0, None)
    inside: NDArray[np.float64] = weights * np.divide(overlap, width, out=np.zeros_like(width), where=width > 0)
    return inside


def foster_greer_thorbecke(shortfall: NDArray[np.float64], weights: NDArray[np.float64], power: int) -> float | None:
    """Return the mean of a relative shortfall to a power, over all people (Foster, Greer & Thorbecke 1984).

    `shortfall`: float64, (line - level) / line, 0 or less where there is none; power 0 counts those who have one.

    Examples
    --------
    >>> foster_greer_thorbecke(np.array([0.5, 0.0, -1.0]), np.array([1.0, 2.0, 1.0]), 2)
    0.0625
    """
    total = weights.sum()
    if total <= 0:
        return None
    lacking = shortfall > 0
    raised = np.where(lacking, np.where(lacking, shortfall, 1.0) ** power, 0.0)
    return float((weights * raised).sum() / total)


def equity(territory: Territory, times: pd.DataFrame, threshold_min: float) -> Equity:
    """Measure access by age, standard of living and car, where cells or the housing census tell them.

    `times`: What `Territory.travel_times` gives.

    Examples
    --------
    >>> from geo import Territory
    >>> territory = Territory.load("64")
    >>> equity(territory, territory.travel_times(), 20).missing
    ('living_standard', 'poverty', 'age', 'car')
    """
    return equity_of([(territory, times)], threshold_min)


def equity_of(parts: Sequence[tuple[Territory, pd.DataFrame]], threshold_min: float) -> Equity:
    """Measure access over the parts of a country together, each with its times, as `equity`."""
    points = pd.concat([_points(part, times) for part, times in parts], ignore_index=True)
    points = points[points["residents"] > 0]
    residents, minutes = (points[name].to_numpy(np.float64) for name in ("residents", "minutes"))
    reached = np.isfinite(minutes)
    rank_by = points["living_standard"].to_numpy(np.float64)
    ranked = np.isfinite(rank_by)
    both = ranked & reached
    groups = list(_groups(points, threshold_min))
    known = {each.criterion for each in groups}
    excess = (minutes[reached] - threshold_min - AT_THRESHOLD_MIN) / threshold_min
    fgt = [foster_greer_thorbecke(excess, residents[reached], power) for power in range(3)]
    return Equity(
        threshold_min=float(threshold_min),
        estimated=any(part.estimated for part, _ in parts),
        groups=tuple(groups),
        missing=tuple(name for name in CRITERIA if name not in known),
        concentration_index=concentration_index(minutes[both], residents[both], rank_by[both]),
        palma_ratio=palma_ratio(minutes[both], residents[both], rank_by[both]),
        fgt=tuple(value for value in fgt if value is not None),
        fgt_residents=float(residents[reached].sum()),
    )


def _points(territory: Territory, times: pd.DataFrame) -> pd.DataFrame:
    """Return the demand points on the network: residents, minutes (inf: no road), and what is known of each."""
    n = len(times)
    columns = {
        "residents": residents_by_point(territory.communes, times),
        "minutes": times["travel_time_min"].to_numpy(np.float64, na_value=np.inf),
    }
    cells = territory.cells
    for name, column in (
        ("living_standard", "living_standard_eur"),
        ("poverty", "share_poor"),
        ("age", "share_65_plus"),
    ):
        columns[name] = np.full(n, np.nan)
        if cells is not None and column in cells:  # cells come first in the demand
            columns[name][: len(cells)] = cells[column].to_numpy(np.float64)
    columns["car"] = np.full(n, np.nan)
    if territory.households is not None:
        share = territory.households["share_carless"].reindex(times["commune_code"])
        columns["car"] = share.to_numpy(np.float64, na_value=np.nan)
    return pd.DataFrame(columns)[times["on_network"].to_numpy(bool)]


def _groups(points: pd.DataFrame, threshold_min: float) -> Iterator[GroupAccess]:
    """Give the groups of each criterion that is known of somebody."""
    residents, minutes = (points[name].to_numpy(np.float64) for name in ("residents", "minutes"))
    rank_by = points["living_standard"].to_numpy(np.float64)
    ranked = np.isfinite(rank_by)
    if ranked.any():
        for number in range(FIFTHS):
            inside = np.zeros(len(points))
            bounds = (number / FIFTHS, (number + 1) / FIFTHS)
            inside[ranked] = people_between(residents[ranked], rank_by[ranked], *bounds)
            yield _group("living_standard", f"fifth-{number + 1}", inside, minutes, threshold_min)
    for name in CRITERIA[1:]:
        share = points[name].to_numpy(np.float64)
        told = np.isfinite(share)
        if told.any():
            part = np.where(told, share, 0.0)
            yield _group(name, "in", residents * part, minutes, threshold_min)
            yield _group(name, "out", residents * np.where(told, 1.0 - part, 0.0), minutes, threshold_min)


def _group(
    criterion: str, group: str, people: NDArray[np.float64], minutes: NDArray[np.float64], threshold_min: float
) -> GroupAccess:
    total, reached = float(people.sum()), np.isfinite(minutes)
    going = people[reached]
    within = float(people[minutes <= threshold_min + AT_THRESHOLD_MIN].sum())
    return GroupAccess(
        criterion,
        group,
        total,
        float((going * minutes[reached]).sum() / going.sum()) if going.sum() > 0 else None,
        within / total if total > 0 else None,
    )


def _ranks(
    weights: NDArray[np.float64], rank_by: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the fractional ranks (0 to 1) between which the people of each row are; equal ones have the same."""
    _, number = np.unique(rank_by, return_inverse=True)
    people = np.bincount(number, weights=weights)
    total = people.sum()
    last: NDArray[np.float64] = np.cumsum(people) / (total or 1.0)
    first: NDArray[np.float64] = np.concatenate([[0.0], last[:-1]])
    return first[number], last[number]
