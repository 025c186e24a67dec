"""What the columns of tables of results hold, declared once: type and unit, whatever rows a table has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from geo.answers.tables import decimals_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

Type = Literal["string", "boolean", "integer", "number"]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Unit of numbers that have none, such as an index.
NO_UNIT: Final = "sans unité"
_SHARE: Final = "part de 0 à 1"
_RESIDENTS: Final = "habitants"

#: Unit -> the columns of numbers that have it.
_NUMBERS: Final[Mapping[str, str]] = {
    "min": "travel_time_min median_time_min mean_time_min travel_time_low_min travel_time_high_min time_before_min "
    "time_after_min travel_time_before_min travel_time_after_min delta_min time_out_min door_to_door_p25_min "
    "door_to_door_p50_min door_to_door_p75_min saved_min site_time_min other_time_min with_plan_time_min "
    "travel_time_with_plan_min added_min minutes_saved_mean minutes threshold_min",
    "km": "distance_km",
    "m": "moved_m snap_distance_m",
    "€ par an": "cost_eur aid_eur",
    "°": "lon lat",
    _SHARE: "share share_within share_covered share_round_trip share_carless share_outside share_of_runs share_of_best "
    "share_of_gain share_used share_runs_under_served share_within_with_plan share_within_walk share_within_bike "
    "shorter_share longer_share",
    _RESIDENTS: "population residents residents_known residents_within residents_within_low residents_within_high "
    "residents_with_second residents_with_stop mean_residents_with_stop residents_round_trip residents_within_walk "
    "residents_within_bike residents_passing "
    "residents_nearest residents_cut_off residents_served residents_brought residents_gained residents_around "
    "gain_residents gain_mean_residents gain_alone_residents commune_residents within_before within_after load "
    "carless",
    "h × habitants": "resident_hours",
    "h par mois": "hours_a_month",
    "h par semaine": "hours_per_week",
    "h d'agent par semaine, ou demandes par mois": "capacity",
    "capacité pour 1 000 habitants": "capacity_per_1000",
    "rang": "rank",
    "fois": "retained",
    "variantes": "variants",
    "labels": "labels",
    "communes": "communes communes_known communes_under_served communes_unreachable communes_off_network",
    "lignes": "rows_read rows_kept",
    "numéro de ligne": "row",
}
_UNITS: Final[Mapping[str, str]] = {name: unit for unit, names in _NUMBERS.items() for name in names.split()}
_BOOLEANS: Final = _names(
    "under_served under_served_with_plan beside_threshold in_plan best holds_site round_trip on_foot hours_known "
    "in_known_part flips met moved hours_changed renamed kind_changed contacts_changed"
)
#: Columns of texts, which may be figures or all be missing.
_TEXTS: Final = _names(
    "code name departement commune_code commune_name label_code facility_id facility_id_before facility_name postcode "
    "main_site earliest_arrival last_way_back elsewhere instead takes_over centrality bearer kind"
)
#: Names that hold a half-hour (a share of residents), or a threshold.
_HALF_HOUR: Final = re.compile(r"\d\d:\d\d")
_RESIDENTS_AT: Final = re.compile(r"residents_within_[0-9.]+min_(before|after)")
_UNDER_SERVED_AT: Final = re.compile(r"under_served_[0-9.]+min_(before|after)")
_PANDAS: Final[Mapping[Type, str]] = {
    "string": "string",
    "boolean": "boolean",
    "integer": "Int64",
    "number": "Float64",
}


def declared_type(name: str) -> Type | None:
    """Return the type of a column; `None` where none is declared: its file for programs tells it.

    Examples
    --------
    >>> declared_type("gain_residents"), declared_type("saved_min"), declared_type("code"), declared_type("value")
    ('integer', 'number', 'string', None)
    """
    if name in _UNITS or _HALF_HOUR.fullmatch(name) or _RESIDENTS_AT.fullmatch(name):
        return "number" if decimals_of(name) else "integer"
    if name in _BOOLEANS or _UNDER_SERVED_AT.fullmatch(name):
        return "boolean"
    return "string" if name in _TEXTS else None


def unit_of(name: str) -> str:
    """Return the unit of a column of numbers, `NO_UNIT` where none is meant.

    Examples
    --------
    >>> unit_of("travel_time_min"), unit_of("07:30"), unit_of("residents_within_20min_after"), unit_of("value")
    ('min', 'part de 0 à 1', 'habitants', 'sans unité')
    """
    if _HALF_HOUR.fullmatch(name):
        return _SHARE
    return _RESIDENTS if _RESIDENTS_AT.fullmatch(name) else _UNITS.get(name, NO_UNIT)


def typed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns without any value have the type declared for them.

    Examples
    --------
    >>> import pandas as pd
    >>> typed(pd.DataFrame(columns=["code", "commune_residents"])).dtypes.astype(str).tolist()
    ['string', 'Int64']
    """
    bare = [name for name in table.columns if table[name].dtype == object and table[name].isna().all()]
    return table.astype({name: _PANDAS[declared_type(str(name)) or "string"] for name in bare})
