"""What ``plan.json`` holds, by the types and bounds of each value: other values are refused when it is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field

from geo.siting.bus_stops import Every  # noqa: TC001 - pydantic reads it while running
from geo.siting.costs import Payer  # noqa: TC001 - pydantic reads it while running
from geo.siting.solve import Model  # noqa: TC001 - pydantic reads it while running

_Number = Annotated[float, Field(ge=-1e15, le=1e15)]
Amount = Annotated[float, Field(ge=0, le=1e15)]
Share = Annotated[float, Field(ge=0, le=1)]
Whole = Annotated[int, Field(ge=0, le=10**9)]


class Values(BaseModel):
    """Values of exactly the type that is written; other keys of the file are ignored."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class PartValues(Values):
    """The part of the study area whose ways are known."""

    residents: Amount
    residents_known: Amount
    communes: Whole
    communes_known: Whole
    estimated: bool
    communes_population_unknown: Whole = 0  # as in files written before it was counted
    starts_known: Whole = 0  # likewise


class AccessValues(Values):
    """How that part is served."""

    residents_within: Amount
    mean_time_min: Amount | None
    worst_time_min: Amount | None
    residents_unreachable: Amount
    residents_within_low: Amount | None
    residents_within_high: Amount | None
    worst_time_low_min: Amount | None
    worst_time_high_min: Amount | None


class ServedValues(Values):
    """One commune that a label serves."""

    commune_code: str
    commune_name: str
    residents: Amount
    residents_brought: Amount
    residents_gained: Amount | None = None
    time_before_min: Amount | None
    time_after_min: Amount
    estimated: bool
    time_low: Amount
    time_high: Amount


class LeavingValues(Values):
    """One site of today that a label takes visitors from."""

    facility_id: str
    facility_name: str
    residents_before: Amount
    residents_leaving: Amount


class AlternativeValues(Values):
    """One place that would do nearly as well as a label."""

    code: str
    name: str
    commune_residents: Amount | None
    share_of_gain: Amount


class LabelValues(Values):
    """One label."""

    rank: Whole
    code: str
    name: str
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    commune_code: str
    commune_name: str
    holds_site: bool
    centrality: str
    gain_residents: Amount
    gain_mean_residents: Amount
    gain_alone_residents: Amount
    residents_served: Amount
    minutes_saved_mean: _Number | None
    commune_residents: Amount | None
    retained: Whole
    variants: Whole
    shorter_share: Share | None
    longer_share: Amount | None
    estimated: bool
    cost_eur: Amount
    aid_eur: Amount
    communes: Annotated[list[ServedValues], FailFast()]
    leaving: Annotated[list[LeavingValues], FailFast()]
    alternatives: Annotated[list[AlternativeValues], FailFast()]


class CriteriaValues(Values):
    """Shares of the residents of a commune who meet each criterion."""

    beyond: Amount | None
    frr: Amount | None
    qpv: Amount | None
    elderly: Amount | None
    poor: Amount | None = None
    carless: Amount | None = None


class CommuneValues(Values):
    """One commune, before and after."""

    commune_code: str
    name: str
    residents: Amount
    time_before_min: Amount | None
    time_after_min: Amount | None
    within_before: Amount | None
    within_after: Amount | None
    estimated: bool
    time_low: Amount
    time_high: Amount
    criteria: CriteriaValues


class WeightsValues(Values):
    """What a resident counts for."""

    beyond: Amount
    frr: Amount
    qpv: Amount
    elderly: Amount
    poor: Amount = 1.0
    carless: Amount = 1.0


class CostsValues(Values):
    """Cost and aid of a label."""

    cost_eur: Amount
    aid_eur: Amount
    pass_eur: Amount | None = None


class PreferenceValues(Values):
    """One larger town taken in the place of another."""

    label_code: str
    code: str
    name: str
    share_of_gain: Amount


class RunValues(Values):
    """What one hypothesis on times chooses."""

    name: str
    labels: Whole
    codes: list[str]
    within_reach: bool


class PlaceValues(Values):
    """In how many hypotheses a place is chosen."""

    code: str
    name: str
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    commune_residents: Amount | None
    runs: Whole
    share_of_runs: Share
    in_plan: bool


class RobustnessValues(Values):
    """What all hypotheses choose."""

    runs: Annotated[list[RunValues], FailFast()]
    places: Annotated[list[PlaceValues], FailFast()]


class RuleValues(Values):
    """Which communes could be chosen."""

    least_residents: Whole
    centralities: bool


class TownValues(Values):
    """One label of another plan that a plan is compared with."""

    code: str
    name: str
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    commune_residents: Amount | None
    credible: bool


class WidestValues(Values):
    """The best plan among all communes."""

    labels: Annotated[list[TownValues], FailFast()]
    objective: _Number
    gap: _Number
    after: AccessValues


class WorstCaseValues(Values):
    """The worst case of a plan over the hypotheses on times, beside the best one."""

    share: Share
    variant: str
    labels: Annotated[list[TownValues], FailFast()]
    best_share: Share
    best_variant: str
    objective: _Number
    proven: bool
    after: AccessValues | None = None
    steady_share: Share = 1.0


class IdleValues(Values):
    """A label that brings nobody for the times shown, proposed or left out."""

    code: str
    name: str
    proposed: bool
    share_of_gain: Amount
    needed: Whole


class StopsAskedValues(Values):
    """How many stops of a bus were asked for."""

    count: Whole
    every: Every
    least_residents: Whole | None


class StopValues(Values):
    """One stop of a bus that is proposed."""

    rank: Whole
    code: str
    name: str
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    commune_code: str
    commune_name: str
    commune_residents: Amount | None
    residents_with_stop: Amount
    mean_residents_with_stop: Amount
    retained: Whole
    variants: Whole


class StopsValues(Values):
    """The stops proposed beside the labels."""

    asked: StopsAskedValues
    stops: Annotated[list[StopValues], FailFast()]
    residents_beyond: Amount
    residents_known_stop: Amount
    unruled_stops: Whole
    unruled_residents: Amount
    paid: Whole | None
    proven: bool


class PlanValues(Values):
    """A whole plan."""

    territory: str
    model: Model
    threshold_min: _Number
    asked: Whole | None
    min_share: Share | None
    kinds: list[str]
    candidates: Whole
    candidates_off_network: Whole
    part: PartValues
    before: AccessValues
    after: AccessValues
    residents_out_of_reach: Amount
    objective: _Number
    optimum: _Number
    bound: _Number
    gap: _Number
    on_average: bool
    preferences: Annotated[list[PreferenceValues], FailFast()]
    idle: Annotated[list[IdleValues], FailFast()] = []
    robustness: RobustnessValues
    worst_case: WorstCaseValues | None
    rule: RuleValues | None
    rule_lifted: bool
    widest: WidestValues | None
    interrupted: bool
    weights: WeightsValues
    costs: CostsValues
    budget_eur: Amount | None
    payer: Payer
    budget_labels: Whole | None
    selected: list[LabelValues]
    communes: Annotated[list[CommuneValues], FailFast()]
    stops: StopsValues | None = None
