"""Many sites closed at once, as in the spring of 2020: who is left with one, and whom a telephone still serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.access.known_part import in_known_part, places_on_network
from geo.access.residents import residents_by_point
from geo.errors import ParameterError
from geo.kinds import COUNTED_KINDS, KINDS
from geo.question import DEFAULT_THRESHOLDS_MIN
from geo.siting.comparison import ScenarioComparison, compare
from geo.siting.scenario import CloseSite, Scenario, scenario_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd

    from geo.question import CoverageRule
    from geo.territory import Territory


@dataclass(frozen=True, slots=True)
class Closure:
    """What a closure of many sites leaves.

    Attributes
    ----------
    comparison
        Access on the spot before and after.
    sites_closed, sites_open
        Sites counted on the roads, those of the neighbours included.
    neighbour_sites_closed
        Of those closed, the ones around the known part.
    sites_bearer_unknown
        Sites left open because the list does not tell who runs them, where a bearer was asked for.
    sites_with_phone, sites_with_email, sites_with_neither
        Of those closed.
    residents_concerned
        Residents whose nearest site of today is closed.
    residents_by_phone, residents_by_email, residents_by_either
        Of those, the ones whose nearest site, though closed, has a telephone number, an e-mail address, or one of both.
    """

    comparison: ScenarioComparison
    sites_closed: int
    sites_open: int
    neighbour_sites_closed: int
    sites_bearer_unknown: int
    sites_with_phone: int
    sites_with_email: int
    sites_with_neither: int
    residents_concerned: float
    residents_by_phone: float
    residents_by_email: float
    residents_by_either: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON, without the tables."""
        figures = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "comparison"}
        return figures | {"comparison": self.comparison.to_dict()}


def closure_scenario(
    territory: Territory,
    *,
    bearer: str | None = None,
    kind: str | None = None,
    kinds: Collection[str] = COUNTED_KINDS,
) -> Scenario:
    """Return the scenario that closes all sites counted on the roads, or all of one bearer, of one kind, or both.

    `kinds`: What is counted, as in `Territory.travel_times`: a site that does not count today stays as it is.

    Raises
    ------
    ParameterError
        No site is such; says which bearers and kinds there are.
    """
    sites, _ = places_on_network(territory, kinds)
    chosen = sites["facility_id"].notna()
    if bearer is not None:
        chosen &= (sites["bearer"] == bearer).fillna(value=False)
    if kind is not None:
        chosen &= sites["kind"] == kind
    if not chosen.any():
        bearers = ", ".join(sorted(sites["bearer"].dropna().unique())) or "aucun n'est connu"
        present = ", ".join(name for name in KINDS if (sites["kind"] == name).any()) or "aucun"
        msg = (
            f"Aucun site compté à fermer dans « {territory.name} » pour ce choix (porteur : {bearer or 'tous'}, "
            f"type : {kind or 'tous'}). Porteurs connus : {bearers} ; types comptés : {present}."
        )
        raise ParameterError(msg)
    what = " ".join(filter(None, [kind, bearer])) or "tous les sites"
    scenario = Scenario(scenario_text(territory.name), scenario_text(f"Fermeture : {what}"))
    return scenario.then(*map(CloseSite, sites.loc[chosen, "facility_id"]))


def close_sites(
    territory: Territory,
    thresholds_min: Sequence[float] = DEFAULT_THRESHOLDS_MIN,
    *,
    bearer: str | None = None,
    kind: str | None = None,
    rule: CoverageRule | None = None,
    kinds: Collection[str] = COUNTED_KINDS,
) -> Closure:
    """Measure what is left when all sites close, or all of a bearer or kind.

    In the lockdown of 2020, 534 sites closed their doors and 80 % went on by telephone and e-mail.

    `bearer`, `kind`: As in `closure_scenario`. A site whose bearer is unknown is of no bearer.
    """
    scenario = closure_scenario(territory, bearer=bearer, kind=kind, kinds=kinds)
    counted, _ = places_on_network(territory, kinds)
    before = territory.times_to(counted.reset_index(drop=True))
    comparison = compare(territory, scenario, thresholds_min, rule=rule, kinds=kinds, before=before)
    sites = counted.set_index("facility_id")
    closed = sites.index.isin([action.facility_id for action in scenario.actions])
    phone, email = (_given(sites[column]) for column in ("phone", "email"))
    unknown = sites["bearer"].isna() & ~closed & (kind is None or sites["kind"] == kind)

    residents = residents_by_point(territory.communes, territory.demand)
    nearest = before["facility_id"]

    def served(by: pd.Series) -> float:
        return float(residents[nearest.isin(sites.index[closed & by]).to_numpy()].sum())

    return Closure(
        comparison=comparison,
        sites_closed=int(closed.sum()),
        sites_open=int((~closed).sum()),
        neighbour_sites_closed=int((closed & ~in_known_part(territory, counted)).sum()),
        sites_bearer_unknown=0 if bearer is None else int(unknown.sum()),
        sites_with_phone=int((closed & phone).sum()),
        sites_with_email=int((closed & email).sum()),
        sites_with_neither=int((closed & ~phone & ~email).sum()),
        residents_concerned=served(phone | ~phone),
        residents_by_phone=served(phone),
        residents_by_email=served(email),
        residents_by_either=served(phone | email),
    )


def _given(cells: pd.Series) -> pd.Series:
    """Return whether a text is given."""
    given: pd.Series = cells.fillna("").str.strip() != ""
    return given.astype(bool)
