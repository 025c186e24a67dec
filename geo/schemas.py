"""The contract of each table that flows through the package.

A reader builds a table, checks it once here, and the rest of the package trusts it. Geometry is
always in WGS84 (EPSG:4326); missing text is `<NA>`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.crs import WGS84
from geo.errors import CrsError, Fault, SchemaError
from geo.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    import pandas as pd

#: Kinds of facility. `main`, `antenne` and `bus` are France services; a `place` is of any other list.

#: Columns of a facility table, in order, besides `geometry` (Point). All text columns are pandas
#: "string"; `appointment` is "boolean"; `labelled_on` is ISO text; `services` is "; "-separated;
#: `main_site` is the name of the main site that an antenne is attached to, <NA> where the list links it to none;
#: `opening_hours` is OSM syntax (``Mo 09:00-12:00,14:00-17:00; Tu 09:00-12:00``), <NA> unknown,
#: empty text = known and never open. The index is 0..n-1.
FACILITY_COLUMNS: Final = (
    "facility_id",
    "name",
    "kind",
    "address",
    "postcode",
    "commune_code",
    "commune_name",
    "departement",
    "phone",
    "email",
    "website",
    "opening_hours",
    "appointment",
    "comment",
    "bearer",
    "labelled_on",
    "services",
    "main_site",
)

#: Those that a citizen is given as they are, each with its label (`geo.answers.site_words`), where it holds a text.
DETAIL_COLUMNS: Final = ("comment", "bearer")

#: Columns of a commune table, indexed by `commune_code` (text), besides `geometry` (Polygon or
#: MultiPolygon, the contour): name, departement: text; postcodes: text, ";"-separated, <NA> unknown;
#: population: Int64, <NA> unknown; lon, lat:
#: float64 degrees, where its residents are taken to be; point_source: "mairie" (town hall given),
#: "site" or "post_office" (what it holds, town hall unknown) or "interior" (a point inside the
#: contour); altitude_m: float64, NaN unknown.
COMMUNE_COLUMNS: Final = ("name", "departement", "postcodes", "population", "lon", "lat", "point_source", "altitude_m")
COMMUNE_CODE: Final = r"(?:\d|2[AB])\d{3,4}"
POINT_SOURCES: Final = ("mairie", "site", "post_office", "interior")

#: Columns of a population-cell table (index 0..n-1), besides `geometry` (Point, centre of the
#: cell): cell_id: text; commune_code: text; population: float64, >= 0; share_65_plus: float64, 0 to 1, residents aged
#: 65 or more; share_poor: float64, 0 to 1, households under the poverty line; living_standard_eur: float64, mean
#: standard of living of a resident, euros a year; these NaN where unknown.
CELL_COLUMNS: Final = (
    *("cell_id", "commune_code", "population"),
    *("share_65_plus", "share_poor", "living_standard_eur"),
)

#: Type of each column of these tables once written to a file and read again.
FACILITY_DTYPES: Final[dict[str, str]] = dict.fromkeys(FACILITY_COLUMNS, "string") | {"appointment": "boolean"}
COMMUNE_DTYPES: Final[dict[str, str]] = (
    dict.fromkeys(("name", "departement", "postcodes", "point_source"), "string")
    | {"population": "Int64"}
    | dict.fromkeys(("lon", "lat", "altitude_m"), "float64")
)
CELL_DTYPES: Final[dict[str, str]] = dict.fromkeys(("cell_id", "commune_code"), "string") | dict.fromkeys(
    ("population", "share_65_plus", "share_poor", "living_standard_eur"), "float64"
)


class _Column(NamedTuple):
    """What a column must be: its type, whether a value may be missing or come twice, and a check with its arguments.

    The checks are those of pandera by their names.
    """

    dtype: str
    nullable: bool = False
    unique: bool = False
    check: str | None = None
    arguments: tuple[Any, ...] = ()


_FACILITY_RULES: Final = {name: _Column(dtype, nullable=True) for name, dtype in FACILITY_DTYPES.items()} | {
    "facility_id": _Column("string", unique=True),
    "name": _Column("string", check="str_length", arguments=(1, None)),
    "kind": _Column("string", check="isin", arguments=(list(KINDS),)),
}
_COMMUNE_RULES: Final = {
    "name": _Column("string"),
    "departement": _Column("string", check="str_matches", arguments=(r"^(\d\d|2A|2B|9[78]\d)$",)),
    "postcodes": _Column("string", nullable=True, check="str_matches", arguments=(r"^\d{5}(;\d{5})*$",)),
    "population": _Column("Int64", nullable=True, check="ge", arguments=(0,)),
    "lon": _Column("float64", check="in_range", arguments=(-180, 180)),
    "lat": _Column("float64", check="in_range", arguments=(-90, 90)),
    "point_source": _Column("string", check="isin", arguments=(POINT_SOURCES,)),
    "altitude_m": _Column("float64", nullable=True),
}
_COMMUNE_INDEX: Final = _Column("string", unique=True, check="str_matches", arguments=(rf"^{COMMUNE_CODE}$",))
_CELL_RULES: Final = {
    "cell_id": _Column("string", unique=True),
    "commune_code": _Column("string"),
    "population": _Column("float64", check="ge", arguments=(0,)),
    "share_65_plus": _Column("float64", nullable=True, check="in_range", arguments=(0, 1)),
    "share_poor": _Column("float64", nullable=True, check="in_range", arguments=(0, 1)),
    "living_standard_eur": _Column("float64", nullable=True),
}


def check_facilities(frame: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    """Return `frame` if it meets the facility contract, else raise `SchemaError` with every fault."""
    return _check(frame, _FACILITY_RULES, source)


def check_communes(frame: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    """Return `frame` if it meets the commune contract, else raise `SchemaError` with every fault."""
    return _check(frame, _COMMUNE_RULES, source, _COMMUNE_INDEX)


def check_cells(frame: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    """Return `frame` if it meets the population-cell contract, else raise `SchemaError`."""
    return _check(frame, _CELL_RULES, source)


def _check(
    frame: gpd.GeoDataFrame, rules: Mapping[str, _Column], source: str, index: _Column | None = None
) -> gpd.GeoDataFrame:
    if frame.crs is None or frame.crs.to_epsg() != int(WGS84.removeprefix("EPSG:")):
        msg = f"{source} : système de coordonnées {frame.crs} trouvé, {WGS84} attendu. Reprojetez la table."
        raise CrsError(msg)
    names = list(frame.columns)
    doubtful = {name: rule for name, rule in rules.items() if names.count(name) != 1 or not _is_met(frame[name], rule)}
    index_is_met = index is None or (frame.index.name == "commune_code" and _is_met(frame.index.to_series(), index))
    if doubtful or not index_is_met:
        _say_faults(frame, doubtful, source, None if index_is_met else index)
    return frame


def _is_met(column: pd.Series, rule: _Column) -> bool:
    """Tell whether a column certainly is as it must be: where nothing is wrong pandera says so in a hundred times this.

    `False`: it may be, pandera knows.
    """
    from pandas.api.types import pandas_dtype  # noqa: PLC0415 - a column was given: it is loaded

    if column.dtype != pandas_dtype(rule.dtype):
        return False
    if rule == _Column(rule.dtype, nullable=True):
        return True
    missing = column.isna().to_numpy()
    if missing.any() and not rule.nullable:
        return False
    values = column[~missing] if missing.any() else column
    if rule.unique and not values.is_unique:
        return False
    return rule.check is None or _MET[rule.check](values, *rule.arguments)


#: Whether all values meet a check of pandera.
_MET: Final[dict[str, Callable[..., bool]]] = {
    "str_length": lambda values, least, _: all(len(text) >= least for text in values.tolist()),
    "str_matches": lambda values, pattern: all(re.match(pattern, text) for text in values.tolist()),
    "isin": lambda values, allowed: set(values.tolist()) <= set(allowed),
    "ge": lambda values, least: bool((values >= least).all()),
    "in_range": lambda values, least, most: bool(values.between(least, most).all()),
}


def _say_faults(frame: gpd.GeoDataFrame, rules: Mapping[str, _Column], source: str, index: _Column | None) -> None:
    """Raise `SchemaError` with every fault of these columns and of the index, if pandera finds any."""
    import pandera.pandas as pa  # noqa: PLC0415 - takes two seconds to import, and nearly every table is as it must be

    def made(kind: Any, rule: _Column, **more: Any) -> Any:
        checks = None if rule.check is None else getattr(pa.Check, rule.check)(*rule.arguments)
        return kind(rule.dtype, checks, nullable=rule.nullable, unique=rule.unique, **more)

    columns = {name: made(pa.Column, rule) for name, rule in rules.items()}
    try:
        pa.DataFrameSchema(
            columns, index=None if index is None else made(pa.Index, index, name="commune_code")
        ).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        faults = [
            Fault(
                f"colonne « {case.column} » : {case.failure_case} ne respecte pas {case.check}",
                None if not isinstance(case.index, int) else case.index + 2,
            )
            for case in error.failure_cases.itertuples()
        ]
        raise SchemaError(source, faults) from error
