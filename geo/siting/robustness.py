"""Would the same labels be chosen if times were a little different? In how many variants each place is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geo.siting.problem import SitingProblem
    from geo.siting.variants import Variant


@dataclass(frozen=True, eq=False)
class Robustness:
    """What the same question chooses under each hypothesis on times.

    Attributes
    ----------
    runs
        One row a variant: `name` (French); `labels` (int64); `codes`: those chosen (tuple of text); `within_reach`
        (bool): whether what is asked can be reached with its times; if not, nothing is chosen.
    places
        Indexed by `code`, those of the plan first by rank, then most often chosen, then by code: `name`; `lon`, `lat`
        (degrees); `commune_residents` (float64, NaN where unknown); `runs` (int64) and `share_of_runs` (float64, 0 to
        1) that choose the place; `in_plan` (bool), whether the plan holds it.
    """

    runs: pd.DataFrame
    places: pd.DataFrame

    def instead_of(self, code: str) -> dict[str, int]:
        """Return which places are chosen where a label of the plan is not: name -> in how many variants, most first.

        In each variant the places that the plan does not hold are set against the labels that it leaves out, each
        against one, so that the sum of their distances is least.
        """
        found = self._replaced.get(code, {})
        return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))

    @cached_property
    def _replaced(self) -> dict[str, dict[str, int]]:
        """What `instead_of` returns for each label, in any order: all are looked up, and are found together."""
        from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - a tenth of what a plan loads; few ask for this

        found: dict[str, dict[str, int]] = {}
        codes, names = self.places.index.to_list(), self.places["name"].to_list()
        row = {each: number for number, each in enumerate(codes)}
        plan = [each for each, is_label in zip(codes, self.places["in_plan"].to_list(), strict=True) if is_label]
        where = self.places[["lon", "lat"]].to_numpy(np.float64)
        for chosen in self.runs["codes"]:
            left, taken = [each for each in plan if each not in chosen], [each for each in chosen if each not in plan]
            if not left or not taken:
                continue
            here, there = (where[[row[each] for each in which]] for which in (left, taken))
            away = (there[None, :, :] - here[:, None, :]) * [np.cos(np.radians(here[:, 1].mean())), 1.0]
            rows, columns = linear_sum_assignment(np.hypot(away[..., 0], away[..., 1]))
            for each, other in zip(rows.tolist(), columns.tolist(), strict=True):
                name, times = str(names[row[taken[other]]]), found.setdefault(left[each], {})
                times[name] = times.get(name, 0) + 1
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON, unknown as `None`."""
        places = self.places.reset_index()
        return {
            "runs": self.runs.assign(codes=self.runs["codes"].map(list)).to_dict("records"),
            "places": places.astype(object).where(places.notna(), None).to_dict("records"),
        }


def robustness(
    variants: Sequence[Variant],
    labels: Sequence[str],
    choose: Callable[[Variant], NDArray[Any] | None],
) -> Robustness:
    """Ask the same question of each variant.

    Parameters
    ----------
    variants
        The problem under each hypothesis, all with the same candidates.
    labels
        Codes of the plan, by rank.
    choose
        Returns the positions of the candidates chosen in a variant, `None` where what is asked is out of reach.
    """
    candidates = variants[0].problem.candidates
    chosen = [choose(variant) for variant in variants]
    runs = pd.DataFrame(
        {
            "name": [variant.name for variant in variants],
            "codes": [() if each is None else tuple(candidates["code"].iloc[each].to_list()) for each in chosen],
            "within_reach": [each is not None for each in chosen],
        }
    )
    runs.insert(1, "labels", runs["codes"].map(len).astype("int64"))
    return Robustness(runs, _chosen_places(runs, labels, variants[0].problem))


def _chosen_places(runs: pd.DataFrame, labels: Sequence[str], problem: SitingProblem) -> pd.DataFrame:
    """Return `Robustness.places`."""
    counts = runs["codes"].explode().dropna().value_counts()
    others = sorted(set(counts.index) - set(labels), key=lambda code: (-counts[code], code))
    codes = pd.Index([*labels, *others], dtype="string", name="code")
    described = pd.DataFrame(
        {
            **{name: problem.candidates[name].array for name in ("name", "lon", "lat")},
            "commune_residents": problem.commune_residents_told(np.arange(len(problem.candidates))),
        },
        index=pd.Index(problem.candidates["code"], dtype="string"),
    ).reindex(codes)
    times = counts.reindex(codes, fill_value=0).to_numpy("int64")
    return described.assign(runs=times, share_of_runs=times / max(len(runs), 1), in_plan=codes.isin(list(labels)))
