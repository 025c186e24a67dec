"""A diagnosis as files: table, layer, map and summary, each written beside its place and then renamed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd

from geo.answers.tables import decimals_of, rounded
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.siting.gains import candidate_gains
from geo.storage import replacing_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from geo.access.diagnosis import Diagnosis
    from geo.territory import Territory

#: Columns of ``communes.csv``, in order.
COMMUNE_CSV_COLUMNS: Final = (
    "code",
    "name",
    "population",
    "travel_time_min",
    "distance_km",
    "facility_id",
    "facility_name",
    "share_within",
    "under_served",
    "estimated",
)
#: What a result says of its network.
NETWORK_FACTS: Final = ("source", "nodes", "edges", "profile", "approximate", "error")


#: First characters that a spreadsheet reads as the start of a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutralize(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula: an apostrophe goes before it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def commune_table(cov: pd.DataFrame) -> pd.DataFrame:
    """Return a coverage frame as `COMMUNE_CSV_COLUMNS`: numbers as precise as in all files, texts as they are."""
    return rounded(cov.rename_axis("code").reset_index()[list(COMMUNE_CSV_COLUMNS)])


def diagnosis_summary(territory: Territory, diagnosis: Diagnosis) -> dict[str, Any]:
    """Return the summary of a diagnosis with the network and the sources it was made from, ready for JSON."""
    return with_origin(territory, diagnosis.summary.to_dict() | {"equity": diagnosis.equity.to_dict()})


def with_origin(territory: Territory, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return figures about a territory with the network and the sources that they were made from, ready for JSON."""
    manifest = territory.manifest.to_dict()
    return {
        "territory": territory.name,
        "departement": territory.departement,
        **figures,
        "network": {key: manifest["network"][key] for key in NETWORK_FACTS},
        "contours_approximate": territory.contours_approximate,
        "sources": manifest["sources"],
        "notes": manifest["notes"],
        "rows_kept_out": manifest["rejected_count"],
        "built_on": manifest["built_on"],
    }


def write_summary(figures: Mapping[str, Any], path: Path) -> None:
    """Write plain values as JSON (UTF-8)."""
    with replacing_file(path) as beside:
        content = json.dumps(figures, ensure_ascii=False, indent=1, allow_nan=False)
        beside.write_text(content + "\n", encoding="utf-8")


def write_table(table: pd.DataFrame, path: Path, *, marked: bool = False) -> None:
    """Write a table as CSV (comma, UTF-8) whose texts no spreadsheet runs; booleans as true, false or empty.

    `marked`: Begin with a byte order mark, by which spreadsheets know that accents are in UTF-8.
    """
    safe = table.copy()
    for column in safe.select_dtypes(include=["string", "object"]):
        safe[column] = safe[column].map(lambda cell: neutralize(cell) if isinstance(cell, str) else cell)
    for column in safe.select_dtypes(include=["bool", "boolean"]):
        safe[column] = safe[column].map({True: "true", False: "false"}, na_action="ignore")
    with replacing_file(path) as beside:
        safe.to_csv(beside, index=False, encoding="utf-8-sig" if marked else "utf-8", lineterminator="\n")


def gain_table(gains: pd.DataFrame) -> pd.DataFrame:
    """Return candidate gains as the table of ``gains.csv``: `code`, `name`, `gain_residents`, those that gain any."""
    table = gains[gains["gain_residents"] > 0].rename_axis("code").reset_index()
    return rounded(table.astype({"code": "string"}))


def write_diagnosis(territory: Territory, diagnosis: Diagnosis, folder: Path) -> tuple[str, ...]:
    """Write ``communes.csv``, ``communes.gpkg``, ``gains.csv``, ``map.html`` and ``summary.json``; return the names.

    All of them, or none where one cannot be written; other files of the folder stay.
    """
    from geo.maps.interactive import coverage_map, write_map  # noqa: PLC0415 - screens need neither folium nor GDAL
    from geo.report.geopackage import write_layer  # noqa: PLC0415

    cov = diagnosis.coverage
    gains = candidate_gains(territory, diagnosis.times, diagnosis.question.threshold_min)
    table = commune_table(cov)
    with result_files(folder, "Accès aux sites : diagnostic") as beside:
        write_table(table, beside / "communes.csv")
        write_table(gain_table(gains), beside / "gains.csv")
        layer = gpd.GeoDataFrame(
            table.assign(snap_distance_m=cov["snap_distance_m"].round(decimals_of("snap_distance_m")).to_numpy()),
            geometry=territory.communes.geometry.to_numpy(),
            crs=territory.communes.crs,
        )
        write_layer(layer, beside / "communes.gpkg", "communes")
        write_map(coverage_map(territory, diagnosis), beside / "map.html")
        write_summary(diagnosis_summary(territory, diagnosis), beside / "summary.json")
    return "communes.csv", "communes.gpkg", "gains.csv", "map.html", "summary.json", PACKAGE_FILE
