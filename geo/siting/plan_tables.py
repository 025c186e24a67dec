"""The tables of a plan: what each label brings, whom it serves, which other places would do nearly as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.question import AT_THRESHOLD_MIN
from geo.siting.benefits import coverage_benefits, mean_benefits
from geo.siting.solve import brought
from geo.siting.useful import Usefulness
from geo.territory.study_area import PRECISION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.siting.choice import Choice, IdleLabel
    from geo.siting.costs import Costs
    from geo.siting.preference import Preference
    from geo.siting.problem import SitingProblem
    from geo.siting.solve import Model

#: A place is an alternative to a label where it brings at least this share of what the label brings, and at most
#: so many are given for each.
NEARLY_AS_MUCH: Final = 0.8
_MOST_ALTERNATIVES: Final = 3
#: ... and at least this share of it to the same residents.
_SAME: Final = 0.5
#: Times that trips to a label may be longer, above which those who take them are said to live at its door.
_AT_THE_DOOR: Final = 10.0


def labels_table(
    choice: Choice, threshold_min: float, minutes: NDArray[np.float64], server: NDArray[np.int64], costs: Costs
) -> pd.DataFrame:
    """Return `geo.siting.plan.Plan.labels`; `minutes` and `server` are what `SitingProblem.times_with` gave."""
    problem, order, robustness = choice.problem, choice.order, choice.robustness
    benefits = coverage_benefits(problem, threshold_min, problem.residents)
    on_average = mean_benefits([coverage_benefits(each, threshold_min, each.residents) for each in choice.problems])
    n = len(problem.candidates)
    served = server >= 0
    had_way = served & np.isfinite(problem.today_min)
    sooner = problem.residents[had_way] * (problem.today_min[had_way] - minutes[had_way])
    saved = np.bincount(server[had_way], weights=sooner, minlength=n)
    had = np.bincount(server[had_way], weights=problem.residents[had_way], minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_saved = saved / had
    table = problem.candidates.iloc[order].reset_index(drop=True)
    table = table.drop(columns=["credible", "small"])
    table.insert(0, "rank", np.arange(1, len(order) + 1))
    return table.assign(
        gain_residents=benefits.in_turn(order),
        gain_mean_residents=on_average.in_turn(order),
        gain_alone_residents=benefits.added_to(np.zeros(benefits.n_demand))[order],
        residents_served=np.bincount(server[served], weights=problem.residents[served], minlength=n)[order],
        minutes_saved_mean=mean_saved[order],
        commune_residents=problem.commune_residents_told(order),
        retained=robustness.places["runs"].reindex(table["code"]).to_numpy(np.int64),
        variants=len(robustness.runs),
        **_changes_that_matter(problem, threshold_min, order),
        estimated=bool(problem.demand["estimated"].any()),
        cost_eur=costs.cost_eur,
        aid_eur=costs.aid_eur,
    )


def _changes_that_matter(
    problem: SitingProblem, threshold_min: float, order: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """Return how much shorter or longer trips have to be for each label to be of no use to half of those it brings.

    Shorter: they are within the threshold without it, 1: no road leads them to another site. Longer: it does not bring
    them within it. NaN: it brings nobody, or they live at its door.
    """
    limit = threshold_min + AT_THRESHOLD_MIN
    benefits = coverage_benefits(problem, threshold_min, problem.residents)
    minutes = problem.today_min.copy()
    shorter, longer = np.full(len(order), np.nan), np.full(len(order), np.nan)
    for rank, candidate in enumerate(order.tolist()):
        pairs = problem.pair_candidate == candidate
        demand, there = problem.pair_demand[pairs], problem.pair_min[pairs]
        brought = (minutes[demand] > limit) & (there <= limit) & (benefits.received([candidate])[demand] > 0)
        people = problem.residents[demand[brought]]
        if len(people):
            shorter[rank] = 1 - _median(limit / minutes[demand[brought]], people)
            longer[rank] = _median(limit / np.maximum(there[brought], AT_THRESHOLD_MIN), people) - 1
        minutes[demand] = np.minimum(minutes[demand], there)
    return {"shorter_share": shorter, "longer_share": np.where(longer <= _AT_THE_DOOR, longer, np.nan)}


def _median(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Return the value that half of the weight reaches at least."""
    order = np.argsort(-values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2)]])


def served_table(
    problem: SitingProblem,
    threshold_min: float,
    order: NDArray[np.int64],
    minutes: NDArray[np.float64],
    server: NDArray[np.int64],
    names: pd.Series,
) -> pd.DataFrame:
    """Return `geo.siting.plan.Plan.served`; `names` of the communes by code."""
    rank = np.full(len(problem.candidates), -1, np.int64)
    rank[order] = np.arange(len(order))
    rows = np.flatnonzero((server >= 0) & (problem.residents > 0))
    residents, before = problem.residents[rows], problem.today_min[rows]
    limit = threshold_min + AT_THRESHOLD_MIN
    had_way, new = np.isfinite(before), (before > limit) & (minutes[rows] <= limit)
    first = _first_within(problem, rank, limit)
    ranks, places, sums = _sums_by_rank(
        rank[server[rows]],
        problem.communes[0][rows],
        {
            "residents": residents,
            "residents_brought": np.where(new, residents, 0.0),
            "residents_gained": np.where(new & (first[rows] == rank[server[rows]]), residents, 0.0),
            "with_way": np.where(had_way, residents, 0.0),
            "before": residents * np.where(had_way, before, 0.0),
            "after": residents * minutes[rows],
        },
    )
    communes = problem.communes[1][places]
    return pd.DataFrame(
        {
            "label_code": problem.candidates["code"].array[order[ranks]],
            "commune_code": communes.array,
            "commune_name": names.reindex(communes).array,
            "residents": sums["residents"],
            "residents_brought": sums["residents_brought"],
            "residents_gained": sums["residents_gained"],
            "time_before_min": _mean(sums["before"], sums["with_way"]),
            "time_after_min": sums["after"] / sums["residents"],
            **_precision(problem, communes),
        }
    )


def _sums_by_rank(
    rank: NDArray[np.int64], place: NDArray[np.int64], columns: Mapping[str, NDArray[np.float64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """Return ranks, places and the sums of some columns for each pair that there is: by rank, then most residents."""
    n_places = int(place.max(initial=0)) + 1
    pairs, which = np.unique(rank * n_places + place, return_inverse=True)
    sums = {name: _sums(which, values, len(pairs)) for name, values in columns.items()}
    ranks, places = pairs // n_places, pairs % n_places
    order = np.lexsort((places, -sums["residents"], ranks))
    return ranks[order], places[order], {name: values[order] for name, values in sums.items()}


def _first_within(problem: SitingProblem, rank: NDArray[np.int64], limit: float) -> NDArray[np.int64]:
    """Return the best rank of the labels within a limit of each demand point, the number of candidates: none."""
    ranks = rank[problem.pair_candidate]
    near = (ranks >= 0) & (problem.pair_min <= limit)
    first = np.full(len(problem.demand), len(problem.candidates), np.int64)
    np.minimum.at(first, problem.pair_demand[near], ranks[near])
    return first


def leaving_table(problem: SitingProblem, order: NDArray[np.int64], server: NDArray[np.int64]) -> pd.DataFrame:
    """Return `geo.siting.plan.Plan.leaving`; `server` is what `SitingProblem.times_with` gave."""
    site, ids = problem.sites
    rank = np.full(len(problem.candidates), -1, np.int64)
    rank[order] = np.arange(len(order))
    known = np.flatnonzero(site >= 0)
    rows = known[(server[known] >= 0) & (problem.residents[known] > 0)]
    ranks, which, sums = _sums_by_rank(rank[server[rows]], site[rows], {"residents": problem.residents[rows]})
    names = problem.demand["facility_name"].iloc[known[np.unique(site[known], return_index=True)[1]]].array
    return pd.DataFrame(
        {
            "label_code": problem.candidates["code"].array[order[ranks]],
            "facility_id": ids[which].astype("string").array,
            "facility_name": pd.array(names[which], dtype="string"),
            "residents_before": np.bincount(site[known], problem.residents[known])[which],
            "residents_leaving": sums["residents"],
        }
    )


def communes_table(
    problem: SitingProblem, threshold_min: float, minutes: NDArray[np.float64], names: pd.Series
) -> pd.DataFrame:
    """Return `geo.siting.plan.Plan.communes`; `minutes` of each demand point with the labels, `names` by code."""
    residents, limit = problem.residents, threshold_min + AT_THRESHOLD_MIN
    commune, codes = problem.communes
    # Points count alike in a commune where nobody is known to live.
    empty = _sums(commune, residents, len(codes)) <= 0
    share = np.where(empty[commune], 1.0, residents)
    columns = {"residents": residents}
    for when, times in (("before", problem.today_min), ("after", minutes)):
        reached = np.isfinite(times)
        columns[f"way_{when}"] = np.where(reached, share, 0.0)
        columns[f"sum_{when}"] = share * np.where(reached, times, 0.0)
        columns[f"within_{when}"] = np.where(times <= limit, residents, 0.0)
    sums = {name: _sums(commune, values, len(codes)) for name, values in columns.items()}
    total = pd.DataFrame(sums, index=codes).reindex(names.index)
    tied = commune[problem.demand["on_network"].to_numpy(bool)]
    on_network = pd.Series(np.bincount(tied, minlength=len(codes)) > 0, index=codes).reindex(names.index)
    return pd.DataFrame(
        {
            "name": names,
            "residents": total["residents"],
            "time_before_min": _mean(total["sum_before"].to_numpy(), total["way_before"].to_numpy()),
            "time_after_min": _mean(total["sum_after"].to_numpy(), total["way_after"].to_numpy()),
            "within_before": total["within_before"].where(on_network),
            "within_after": total["within_after"].where(on_network),
            **_precision(problem, names.index),
        },
        index=names.index,
    )


def criteria_table(problem: SitingProblem, criteria: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the residents of each commune who meet each criterion (NaN unknown)."""
    commune, codes = problem.communes
    shares = {}
    for name, column in criteria.dropna(axis="columns", how="all").items():  # most are not known of anybody
        met = column.to_numpy(np.float64)
        people = np.where(np.isnan(met), 0.0, problem.residents)
        total = _sums(commune, people * np.nan_to_num(met), len(codes))
        shares[name] = _share(total, _sums(commune, people, len(codes)))
    return pd.DataFrame(shares, index=codes).reindex(columns=criteria.columns)


def alternatives_table(choice: Choice, model: Model, threshold_min: float) -> pd.DataFrame:
    """Return the places that would do nearly as well as each label, the other labels staying.

    Models choose the very best point, often a village between two towns; a label is better placed where people
    already go. So of the places that bring at least `NEARLY_AS_MUCH` of what the label brings, half of it or more to
    the same residents (they would not add it beside the label), those in the communes with most residents are given;
    under ``coverage`` only those that bring somebody (`geo.siting.useful`). Under ``center`` no sum tells places apart:
    the table is empty.

    Gains are those that the choice was made for: on average over the hypotheses on times where it was.

    Returns
    -------
    One row for each label and place: `label_code`; `code`, `name`; `commune_residents` (float64, NaN where unknown);
    `share_of_gain` (float64): what it brings in the label's stead, as a share of what the label brings; by rank, then
    most residents.
    """
    problem, order = choice.problem, choice.order
    candidates = problem.candidates
    people = problem.commune_residents
    benefits = brought(choice.problems, model, threshold_min)
    usefulness = Usefulness.of(problem, choice.problems, threshold_min)
    beside = benefits.added_to(benefits.received(order))
    found: list[tuple[int, NDArray[np.int64], NDArray[np.float64]]] = []
    for label in order.tolist() if model != "center" else []:
        others = order[order != label]
        added = benefits.added_to(benefits.received(others))
        same = added - beside
        near = np.flatnonzero(
            (added >= NEARLY_AS_MUCH * added[label]) & (same >= _SAME * added[label]) & (added[label] > 0)
        )
        if model == "coverage":
            near = near[usefulness.beside(others)[near]]
        near = near[~np.isin(near, order)]
        near = near[np.lexsort((near, -people[near]))][:_MOST_ALTERNATIVES]
        found.append((label, near, added[near] / added[label]))
    labels = np.repeat([label for label, _, _ in found], [len(near) for _, near, _ in found]).astype(np.int64)
    places = np.concatenate([np.zeros(0, np.int64), *(near for _, near, _ in found)])
    return pd.DataFrame(
        {
            "label_code": candidates["code"].array[labels],
            "code": candidates["code"].array[places],
            "name": candidates["name"].array[places],
            "commune_residents": problem.commune_residents_told(places),
            "share_of_gain": np.concatenate([np.zeros(0), *(share for _, _, share in found)]),
        }
    )


def preferences_table(problem: SitingProblem, preferences: Sequence[Preference]) -> pd.DataFrame:
    """Return `geo.siting.plan.Plan.preferences`."""
    candidates = problem.candidates
    left = candidates.iloc[[each.left for each in preferences]][["code", "name"]].reset_index(drop=True)
    left.insert(0, "label_code", candidates["code"].iloc[[each.taken for each in preferences]].array)
    return left.assign(share_of_gain=np.array([each.share_of_gain for each in preferences], np.float64))


def idle_table(problem: SitingProblem, idle: Sequence[IdleLabel]) -> pd.DataFrame:
    """Return `geo.siting.plan.Plan.idle`."""
    table = problem.candidates.iloc[[each.position for each in idle]][["code", "name"]].reset_index(drop=True)
    return table.assign(
        proposed=np.array([each.proposed for each in idle], bool),
        share_of_gain=np.array([each.share_of_gain for each in idle], np.float64),
        needed=np.array([each.needed for each in idle], np.int64),
    )


def towns_table(problem: SitingProblem, selected: NDArray[np.int64]) -> pd.DataFrame:
    """Return `geo.siting.plan.WidestPlan.labels`, the largest town first."""
    residents = problem.commune_residents[selected]
    table = problem.candidates.iloc[selected][["code", "name", "lon", "lat", "credible"]].reset_index(drop=True)
    table.insert(4, "commune_residents", problem.commune_residents_told(selected))
    return table.iloc[np.lexsort((table["code"].to_numpy(str), -residents))].reset_index(drop=True)


def _mean(total: NDArray[np.float64], weight: NDArray[np.float64]) -> pd.arrays.FloatingArray:
    return pd.array(_share(total, weight), dtype="Float64")


def _sums(place: NDArray[np.int64], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the sum of some values at each of `count` places."""
    return np.bincount(place, values, count).astype(np.float64)  # of nothing it gives whole numbers


def _share(total: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return totals by what they are of, NaN where that is nought."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight > 0, total / weight, np.nan)


def _precision(problem: SitingProblem, codes: pd.Index) -> dict[str, Any]:
    """Return `PRECISION_COLUMNS` of communes by their code, in the order asked."""
    place, known = problem.communes
    demand = problem.demand[list(PRECISION_COLUMNS)].iloc[np.unique(place, return_index=True)[1]].set_axis(known)
    return {name: demand[name].reindex(codes).array for name in PRECISION_COLUMNS}
