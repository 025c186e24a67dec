"""What a siting question is made of: residents, their time today, and the trips that a new label would shorten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.access.residents import residents_by_point
from geo.errors import ParameterError
from geo.kinds import COUNTED_KINDS, SITES
from geo.network.snapping import snap
from geo.network.travel_times import pairs_sooner_than
from geo.question import AT_THRESHOLD_MIN
from geo.siting.candidates import EVERY_COMMUNE, candidate_communes, candidate_places, without_excluded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.siting.candidates import CandidateRule
    from geo.territory import Territory


#: A smaller town may get a label where at least this share of those live whom a candidate would bring.
_AT_HOME: Final = 0.9


@dataclass(frozen=True, eq=False)
class SitingProblem:
    """Demand, candidates and the trips that matter, with the sites of today locked.

    A resident goes to the nearest of all sites, so a candidate changes nothing for those whom it does not serve sooner
    than today: only the other pairs are kept. They take 24 bytes each; all communes of mainland France as demand and
    as candidates make 600,000 pairs.

    Attributes
    ----------
    demand
        Index 0..n-1: `commune_code`; `residents` (float64, 0 where unknown); `population_known` (bool: whether that of
        its commune is); `weight` (float64: residents times the factor of the criteria); `today_min` (float64: minutes
        to the nearest site, inf where no road leads to one); `on_network` (bool: false where the network does not cover
        the point, whose time is not known); `facility_id`, `facility_name` (text): that site, <NA> where there is none;
        `geo.territory.study_area.PRECISION_COLUMNS`.
    candidates
        `geo.siting.candidates.CANDIDATE_COLUMNS`, by code; those that the network covers.
    pair_demand, pair_candidate
        int64, shape (n_pairs,): rows of `demand` and of `candidates`; sorted by demand, then candidate.
    pair_min
        float64, shape (n_pairs,): minutes by car, less than `today_min`.
    candidates_off_network
        How many candidates that meet the rule are where the network does not reach: no way to them is known, they are
        not compared.
    """

    demand: pd.DataFrame
    candidates: pd.DataFrame
    pair_demand: NDArray[np.int64]
    pair_candidate: NDArray[np.int64]
    pair_min: NDArray[np.float64]
    candidates_off_network: int = 0

    @classmethod
    def of(
        cls, parts: Sequence[Territory], candidates: Sequence[pd.DataFrame], *, kinds: Collection[str] = COUNTED_KINDS
    ) -> SitingProblem:
        """Time the residents of one or several territories to today's sites and to the candidates.

        `candidates`: `CANDIDATE_COLUMNS`, one table for each part.

        Raises
        ------
        ParameterError
            A part has no site to count, or no candidate is on the network.
        """
        demands, tables, pairs = [], [], []
        first_demand = first_candidate = 0
        off_network = 0
        any_credible = any(places["credible"].any() for places in candidates)

        def asked(places: pd.DataFrame) -> NDArray[np.bool_]:
            return places["credible"].to_numpy(bool) | (not any_credible)

        for part, places in zip(parts, candidates, strict=True):
            times = part.travel_times(SITES, kinds=kinds)
            sites = part.facility_list(SITES, kinds=kinds)
            on_network = snap(part.network, places["lon"], places["lat"])
            reached = np.flatnonzero(on_network.link >= 0)
            off_network += int((on_network.link[asked(places)] < 0).sum())
            from_, to, seconds = pairs_sooner_than(
                part.network,
                part.demand_on_network,
                on_network.take(reached),
                snap(part.network, sites.geometry.x, sites.geometry.y),
            )
            residents = residents_by_point(part.communes, times)
            known = times["commune_code"].map(part.communes["population"].notna())
            demands.append(
                pd.DataFrame(
                    {
                        "commune_code": times["commune_code"].astype("string"),
                        "residents": residents,
                        "population_known": known.to_numpy(bool),
                        "weight": residents,
                        "today_min": times["travel_time_min"].to_numpy(np.float64, na_value=np.inf),
                        "on_network": times["on_network"].to_numpy(bool),
                        "facility_id": times["facility_id"].astype("string"),
                        "facility_name": times["facility_name"].astype("string"),
                    }
                ).join(part.precision, on="commune_code")
            )
            tables.append(places.iloc[reached])
            pairs.append((from_ + first_demand, to + first_candidate, seconds / 60))
            first_demand += len(times)
            first_candidate += len(reached)
        table = pd.concat(tables, ignore_index=True)
        if table.empty:
            msg = "Aucun lieu candidat n'est sur le réseau routier : aucun trajet vers eux n'est connu."
            raise ParameterError(msg)
        order = np.argsort(table["code"].to_numpy(str), kind="stable")
        position = np.empty(len(order), np.int64)
        position[order] = np.arange(len(order))
        pair_demand, pair_candidate, pair_min = (np.concatenate(columns) for columns in zip(*pairs, strict=True))
        pair_candidate = position[pair_candidate]
        by_pair = np.lexsort((pair_candidate, pair_demand))
        return cls(
            demand=pd.concat(demands, ignore_index=True),
            candidates=table.iloc[order].reset_index(drop=True),
            pair_demand=pair_demand[by_pair],
            pair_candidate=pair_candidate[by_pair],
            pair_min=pair_min[by_pair],
            candidates_off_network=off_network,
        )

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes."""
        pairs = self.pair_demand.nbytes + self.pair_candidate.nbytes + self.pair_min.nbytes
        return pairs + sum(int(table.memory_usage(deep=True).sum()) for table in (self.demand, self.candidates))

    @cached_property
    def residents(self) -> NDArray[np.float64]:
        """Residents of each demand point."""
        return self.demand["residents"].to_numpy(np.float64)

    @property
    def residents_known(self) -> float:
        """Residents whose way is known, or known not to exist: all but those off the network."""
        return float(self.residents[self.demand["on_network"].to_numpy(bool)].sum())

    @cached_property
    def commune_residents(self) -> NDArray[np.float64]:
        """Residents of the commune of each candidate, shape (n_candidates,); 0 where unknown."""
        by_commune = pd.Series(self.residents).groupby(self.communes[0]).sum()
        return self._in_its_commune(np.asarray(by_commune, np.float64))

    @cached_property
    def _commune_known(self) -> NDArray[np.bool_]:
        """Whether the residents of the commune of each candidate are known, shape (n_candidates,)."""
        place, codes = self.communes
        known = np.zeros(len(codes))
        known[place[self.demand["population_known"].to_numpy(bool)]] = 1.0
        return self._in_its_commune(known) > 0

    def _in_its_commune(self, by_commune: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a number of each of `communes` for the one of each candidate; 0 where nobody is known to live."""
        at = self.communes[1].get_indexer(pd.Index(self.candidates["commune_code"]))
        return np.where(at >= 0, by_commune[at], 0.0)

    def commune_residents_told(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the residents of the commune of some candidates as tables tell them: NaN where unknown."""
        return np.where(self._commune_known[candidates], self.commune_residents[candidates], np.nan)

    @cached_property
    def communes(self) -> tuple[NDArray[np.int64], pd.Index]:
        """Commune of each demand point, its place among the codes in order, and these: numbers are grouped sooner."""
        place, codes = pd.factorize(self.demand["commune_code"], sort=True)
        return place.astype(np.int64), codes

    @cached_property
    def sites(self) -> tuple[NDArray[np.int64], pd.Index]:
        """Site of today of each demand point, its place among the identifiers in order (-1: none), and these."""
        place, ids = pd.factorize(self.demand["facility_id"], sort=True)
        return place.astype(np.int64), ids

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """What the residents of each demand point count for."""
        return self.demand["weight"].to_numpy(np.float64)

    @cached_property
    def today_min(self) -> NDArray[np.float64]:
        """Minutes from each demand point to its nearest site today, inf where there is no way."""
        return self.demand["today_min"].to_numpy(np.float64)

    def with_factors(self, factor: NDArray[np.float64]) -> SitingProblem:
        """Return the same problem where the residents of each demand point count `factor` times."""
        return self._changed(demand=self.demand.assign(weight=self.residents * factor))

    def with_times_scaled(self, scale: float | NDArray[np.float64]) -> SitingProblem:
        """Return the same problem with every time multiplied, as if all speeds were divided.

        `scale`: One number, or one for each demand point, shape (n_demand,).
        """
        each = np.broadcast_to(np.asarray(scale, np.float64), len(self.demand))
        return self._changed(
            demand=self.demand.assign(today_min=self.today_min * each),
            pair_min=self.pair_min * each[self.pair_demand],
        )

    def only(self, kept: NDArray[np.bool_]) -> SitingProblem:
        """Return the same problem with some of the candidates: `kept`, shape (n_candidates,)."""
        position = np.cumsum(kept) - 1
        rows = np.flatnonzero(kept[self.pair_candidate])
        return self._changed(
            kept,
            candidates=self.candidates[kept].reset_index(drop=True),
            pair_demand=self.pair_demand[rows],
            pair_candidate=position[self.pair_candidate[rows]],
            pair_min=self.pair_min[rows],
        )

    def _changed(self, kept: NDArray[np.bool_] | None = None, **changes: Any) -> SitingProblem:
        """Return this problem with other columns; the residents of communes stay those of the candidates `kept`."""
        changed = replace(self, **changes)
        residents = self.commune_residents
        same = {"communes": self.communes, "sites": self.sites}
        vars(changed).update(same, commune_residents=residents if kept is None else residents[kept])
        return changed

    def with_remote_towns(self, threshold_min: float) -> SitingProblem:
        """Return the same problem where some ``small`` candidates are ``credible`` too: those that others would be for.

        That is where nothing else is near: most residents of their commune whose way is known have no site of today,
        and no candidate that is ``credible`` already, within `threshold_min` minutes by road. And where at least nine
        in ten of those whom such a candidate would bring within it live in their commune.
        """
        small = self.candidates["small"].to_numpy(bool)
        if not small.any():
            return self
        credible, limit = self.candidates["credible"].to_numpy(bool), threshold_min + AT_THRESHOLD_MIN
        near = self.today_min <= limit
        # Whoever is beyond the threshold today has a pair with each candidate within it.
        near[self.pair_demand[credible[self.pair_candidate] & (self.pair_min <= limit)]] = True
        known = self.demand["on_network"].to_numpy(bool)
        commune, codes = self.communes
        beyond = np.bincount(commune, np.where(known & ~near, self.residents, 0.0), len(codes))
        there = np.bincount(commune, np.where(known, self.residents, 0.0), len(codes))
        remote = self.candidates["commune_code"].isin(codes[beyond > there / 2]).to_numpy(bool)
        homes = self.candidates["commune_code"].isin(self._homes(credible, limit)).to_numpy(bool)
        return self._changed(candidates=self.candidates.assign(credible=credible | (small & (remote | homes))))

    def _homes(self, credible: NDArray[np.bool_], limit: float) -> pd.Index:
        """Return the communes where nearly all live whom one of the candidates would bring within a limit."""
        brings = credible[self.pair_candidate] & (self.pair_min <= limit) & (self.today_min[self.pair_demand] > limit)
        demand = self.pair_demand[brings]
        place, codes = self.communes
        pairs, which = np.unique(self.pair_candidate[brings] * len(codes) + place[demand], return_inverse=True)
        people = np.bincount(which, self.residents[demand], len(pairs))
        candidate, commune = pairs // max(len(codes), 1), pairs % max(len(codes), 1)
        at_home = (people > 0) & (people >= _AT_HOME * np.bincount(candidate, people)[candidate])
        return codes[np.unique(commune[at_home])]

    def times_with(self, selected: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the time of each demand point once candidates are open, and which of them serves it.

        Returns
        -------
        Minutes, float64, shape (n_demand,), inf where there is no way; row of `candidates`, int64, -1 where a site of
        today stays the nearest. Of two candidates at the same time, the first by code.
        """
        is_open = np.zeros(len(self.candidates), bool)
        is_open[selected] = True
        kept = np.flatnonzero(is_open[self.pair_candidate])
        order = kept[np.lexsort((self.pair_candidate[kept], self.pair_min[kept], self.pair_demand[kept]))]
        first = order[np.r_[True, np.diff(self.pair_demand[order]) > 0]] if len(order) else order
        minutes = self.today_min.copy()
        server = np.full(len(minutes), -1, np.int64)
        minutes[self.pair_demand[first]] = self.pair_min[first]
        server[self.pair_demand[first]] = self.pair_candidate[first]
        return minutes, server


def narrowed(problems: Sequence[SitingProblem], kept: NDArray[np.bool_]) -> list[SitingProblem]:
    """Return problems that differ by their times alone with some of the candidates, as `SitingProblem.only`."""
    first = problems[0].only(kept)
    rows = np.flatnonzero(kept[problems[0].pair_candidate])
    return [
        first,
        *(
            each._changed(  # noqa: SLF001 - of this module
                kept,
                candidates=first.candidates,
                pair_demand=first.pair_demand,
                pair_candidate=first.pair_candidate,
                pair_min=each.pair_min[rows],
            )
            for each in problems[1:]
        ),
    ]


def siting_problem(
    parts: Collection[Territory],
    candidates: gpd.GeoDataFrame | None,
    exclude: Collection[str],
    *,
    rule: CandidateRule | None = None,
    kinds: Collection[str] = COUNTED_KINDS,
) -> SitingProblem:
    """Put together the candidates and the times of one or several territories; the parameters are those of `plan`.

    The communes that do not meet the rule are there too, marked as such; whether nothing else is near a small one
    depends on a threshold (`SitingProblem.with_remote_towns`).
    """
    tables = [
        candidate_communes(part, rule or EVERY_COMMUNE, kinds=kinds)
        if candidates is None
        else candidate_places(part, candidates, kinds=kinds)
        for part in parts
    ]
    if not any(map(len, tables)):
        why = "toutes les communes ont déjà un site. Donnez une liste de lieux de ces communes."
        if candidates is not None:
            why = "la liste n'en donne aucun dans le territoire. Donnez-en, ou retirez la liste."
        msg = f"Aucun lieu candidat : {why}"
        raise ParameterError(msg)
    kept = without_excluded(tables, exclude, {code for part in parts for code in part.communes.index})
    problem = SitingProblem.of(list(parts), kept, kinds=kinds)
    if problem.residents.sum() <= 0:
        msg = "Population inconnue : un plan a besoin du nombre d'habitants. Donnez leur fichier (--population)."
        raise ParameterError(msg)
    return problem
