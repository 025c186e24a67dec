"""The contract of each table that flows through the package.

A reader builds a table, checks it once here, and the rest of the package trusts it. Geometry is
always in WGS84 (EPSG:4326); missing text is `<NA>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.crs import WGS84
from geo.errors import CrsError, Fault, SchemaError
from geo.kinds import KINDS

if TYPE_CHECKING:
    import geopandas as gpd

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


def check_facilities(frame: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    """Return `frame` if it meets the facility contract, else raise `SchemaError` with every fault."""
    import pandera.pandas as pa  # noqa: PLC0415 - takes two seconds to import

    text = pa.Column("string", nullable=True)
    columns: dict[str, Any] = dict.fromkeys(FACILITY_COLUMNS, text)
    columns["facility_id"] = pa.Column("string", unique=True)
    columns["name"] = pa.Column("string", pa.Check.str_length(min_value=1))
    columns["kind"] = pa.Column("string", pa.Check.isin(list(KINDS)))
    columns["appointment"] = pa.Column("boolean", nullable=True)
    return _check(frame, columns, source)


def check_communes(frame: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    """Return `frame` if it meets the commune contract, else raise `SchemaError` with every fault."""
    import pandera.pandas as pa  # noqa: PLC0415

    columns: dict[str, Any] = {
        "name": pa.Column("string"),
        "departement": pa.Column("string", pa.Check.str_matches(r"^(\d\d|2A|2B|9[78]\d)$")),
        "postcodes": pa.Column("string", pa.Check.str_matches(r"^\d{5}(;\d{5})*$"), nullable=True),
        "population": pa.Column("Int64", pa.Check.ge(0), nullable=True),
        "lon": pa.Column("float64", pa.Check.in_range(-180, 180)),
        "lat": pa.Column("float64", pa.Check.in_range(-90, 90)),
        "point_source": pa.Column("string", pa.Check.isin(POINT_SOURCES)),
        "altitude_m": pa.Column("float64", nullable=True),
    }
    index = pa.Index("string", pa.Check.str_matches(rf"^{COMMUNE_CODE}$"), unique=True, name="commune_code")
    return _check(frame, columns, source, index)


def check_cells(frame: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    """Return `frame` if it meets the population-cell contract, else raise `SchemaError`."""
    import pandera.pandas as pa  # noqa: PLC0415

    columns: dict[str, Any] = {
        "cell_id": pa.Column("string", unique=True),
        "commune_code": pa.Column("string"),
        "population": pa.Column("float64", pa.Check.ge(0)),
        "share_65_plus": pa.Column("float64", pa.Check.in_range(0, 1), nullable=True),
        "share_poor": pa.Column("float64", pa.Check.in_range(0, 1), nullable=True),
        "living_standard_eur": pa.Column("float64", nullable=True),
    }
    return _check(frame, columns, source)


def _check(frame: gpd.GeoDataFrame, columns: dict[str, Any], source: str, index: Any = None) -> gpd.GeoDataFrame:
    import pandera.pandas as pa  # noqa: PLC0415

    if frame.crs is None or frame.crs.to_epsg() != int(WGS84.removeprefix("EPSG:")):
        msg = f"{source} : système de coordonnées {frame.crs} trouvé, {WGS84} attendu. Reprojetez la table."
        raise CrsError(msg)
    try:
        doubtful = {name: column for name, column in columns.items() if not _is_met(frame, name, column)}
        pa.DataFrameSchema(doubtful, index=index).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        faults = [
            Fault(
                f"colonne « {case.column} » : {case.failure_case} ne respecte pas {case.check}",
                None if not isinstance(case.index, int) else case.index + 2,
            )
            for case in error.failure_cases.itertuples()
        ]
        raise SchemaError(source, faults) from error
    return frame


def _is_met(frame: gpd.GeoDataFrame, name: str, column: Any) -> bool:
    """Tell whether a column is of its type, and nothing else is asked of it: pandera says so in 20 times as long."""
    from pandera.engines.pandas_engine import Engine  # noqa: PLC0415

    asks_more = column.checks or column.unique or not column.nullable
    if asks_more or list(frame.columns).count(name) != 1:
        return False
    return bool(column.dtype.check(Engine.dtype(frame[name].dtype)))
