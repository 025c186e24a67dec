"""A diagnosis as files: table, layer, map and summary, each written beside its place and then renamed."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import geopandas as gpd

from geo.answers.tables import decimals_of, file_headings, rounded, words_of
from geo.report.data_columns import typed
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.report.extras import can_write
from geo.siting.gains import candidate_gains
from geo.storage import replacing_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from geo.access.diagnosis import Diagnosis
    from geo.territory import Territory
    from geo.territory.manifest import Manifest

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

#: Columns of codes, which a table for people says in French.
_CODED: Final = ("kind", "capacity_from", "status")
#: Rows that a reader of shapes fetches at once: those of two or three départements.
_ROWS_TOGETHER: Final = 1_000
#: First characters that a spreadsheet reads as the start of a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


#: A table that is written, and what its rows are (`geo.answers.tables.file_headings`).
Written: TypeAlias = "tuple[pd.DataFrame, str]"


def neutralize(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula: an apostrophe goes before it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def commune_table(cov: pd.DataFrame) -> pd.DataFrame:
    """Return a coverage frame as `COMMUNE_CSV_COLUMNS`: numbers as precise as in all files, texts as they are."""
    return rounded(cov.rename_axis("code").reset_index()[list(COMMUNE_CSV_COLUMNS)])


def by_code(communes: pd.DataFrame) -> pd.DataFrame:
    """Return rows indexed by commune with its code as the first column, as precise as in all files."""
    return rounded(communes.rename_axis("code").reset_index().astype({"code": "string"}))


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


def write_table(table: pd.DataFrame, path: Path, *, of: str = "", contours: gpd.GeoSeries | None = None) -> None:
    """Write a table for people (CSV) and, under the same name, for programs (Parquet: machine names, exact types).

    The CSV is what a French spreadsheet opens with a double click: French headings, semicolons, decimal commas, "oui"
    and "non", UTF-8 with a byte-order mark; it runs none of the texts. `of`: As for `geo.answers.tables.file_headings`.
    `contours`: Shapes of the rows, in their order, which the file for programs has too (`write_shapes`).
    """
    table = typed(table)
    programs = path.with_suffix(".parquet")
    if contours is None:
        with replacing_file(programs) as beside:
            table.to_parquet(beside, index=False)
    else:
        write_shapes(gpd.GeoDataFrame(table, geometry=contours.to_numpy(), crs=contours.crs), programs)
    write_csv(for_people(table, of), path)


def write_shapes(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write rows with shapes as GeoParquet 1.1, with the box of each: a reader of some area fetches only that.

    Rows in the order of their codes lie near each other: each `_ROWS_TOGETHER` of them are read, or not, together.
    """
    with replacing_file(path) as beside:
        frame.to_parquet(
            beside, index=False, write_covering_bbox=True, schema_version="1.1.0", row_group_size=_ROWS_TOGETHER
        )


def for_people(table: pd.DataFrame, of: str = "") -> pd.DataFrame:
    """Return a table under French headings, its codes in words; `of`: As for `geo.answers.tables.file_headings`."""
    words = {name: table[name].map(partial(words_of, name), na_action="ignore") for name in _CODED if name in table}
    return table.assign(**words).set_axis(file_headings(list(map(str, table.columns)), of), axis="columns")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as a CSV for people, its headings as they are."""
    safe = table.copy()
    for column in safe.select_dtypes(include=["string", "object"]):
        safe[column] = safe[column].map(lambda cell: neutralize(cell) if isinstance(cell, str) else cell)
    for column in safe.select_dtypes(include=["bool", "boolean"]):
        safe[column] = safe[column].map({True: "oui", False: "non"}, na_action="ignore")
    with replacing_file(path) as beside:
        safe.to_csv(beside, index=False, sep=";", decimal=",", encoding="utf-8-sig", lineterminator="\n")


def table_files(*names: str) -> tuple[str, ...]:
    """Return the files that `write_table` writes for tables of these names.

    Examples
    --------
    >>> table_files("labels")
    ('labels.csv', 'labels.parquet')
    """
    return tuple(f"{name}.{ending}" for name in names for ending in ("csv", "parquet"))


def write_results(
    folder: Path,
    title: str,
    tables: Mapping[str, Written],
    summary: tuple[str, Mapping[str, Any]],
    manifest: Manifest | None = None,
) -> tuple[str, ...]:
    """Write tables and the figures beside them into a folder, all or none; return their names.

    `title`, `manifest`: As for `result_files`. `tables`: Each with what its rows are (`write_table`), by name.
    `summary`: Name of the JSON file without its ending, and its content.

    Raises
    ------
    SourceError
        The folder cannot be written to.
    """
    name, content = summary
    with result_files(folder, title, manifest) as beside:
        for table, (rows, of) in tables.items():
            write_table(rows, beside / f"{table}.csv", of=of)
        write_summary(content, beside / f"{name}.json")
    return *table_files(*tables), f"{name}.json", PACKAGE_FILE


def gain_table(gains: pd.DataFrame) -> pd.DataFrame:
    """Return candidate gains as the table of ``gains.csv``: `code`, `name`, `gain_residents`, those that gain any."""
    return by_code(gains[gains["gain_residents"] > 0])


def write_diagnosis(
    territory: Territory, diagnosis: Diagnosis, folder: Path, *, with_map: bool = True
) -> tuple[str, ...]:
    """Write ``communes.csv``, ``communes.gpkg``, ``gains.csv``, ``map.html`` and ``summary.json``; return the names.

    ``communes.parquet`` has the contours too, or the cells that stand in for them. All of the files, or none where one
    cannot be written; without the extra that draws it the map is left out, which is said. Other files of the folder
    stay. `with_map`: False where it is known, and said, that none can be drawn.
    """
    from geo.report.geopackage import write_layer  # noqa: PLC0415 - screens need no GDAL

    cov = diagnosis.coverage
    gains = candidate_gains(territory, diagnosis.times, diagnosis.question.threshold_min)
    table = commune_table(cov)
    contours = territory.communes.geometry
    drawn = ("map.html",) if with_map and can_write("map.html", "folium") else ()
    with result_files(folder, "Accès aux sites : diagnostic", territory.manifest) as beside:
        write_table(table, beside / "communes.csv", contours=contours)
        write_table(gain_table(gains), beside / "gains.csv")
        layer = gpd.GeoDataFrame(
            table.assign(snap_distance_m=cov["snap_distance_m"].round(decimals_of("snap_distance_m")).to_numpy()),
            geometry=contours.to_numpy(),
            crs=contours.crs,
        )
        write_layer(layer, beside / "communes.gpkg", "communes")
        if drawn:
            from geo.maps.interactive import coverage_map, write_map  # noqa: PLC0415 - folium is of an extra

            write_map(coverage_map(territory, diagnosis), beside / "map.html")
        write_summary(diagnosis_summary(territory, diagnosis), beside / "summary.json")
    return *table_files("communes", "gains"), "communes.gpkg", *drawn, "summary.json", PACKAGE_FILE
