"""Scenarios and measures of access as files: tables for spreadsheets, a layer for maps, figures for programs.

Each writes all of its files into a folder, or none where one cannot be written; other files of the folder stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd

from geo.answers.hours import week_table
from geo.answers.tables import rounded
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.report.geopackage import write_layer
from geo.report.tables import by_code, table_files, with_origin, write_results, write_summary, write_table
from geo.siting.scenario_json import scenario_to_json

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geo.access.catchment import Catchment
    from geo.access.opening import OpeningTable
    from geo.access.sensitivity import Sensitivity
    from geo.access.time_saved import TimeSavedSummary
    from geo.report.tables import Written
    from geo.siting.closure import Closure
    from geo.siting.comparison import ScenarioComparison
    from geo.siting.fragility import Fragility
    from geo.territory import Territory

#: Rows of the half-days written: the best of all sites.
_HALF_DAYS_WRITTEN: Final = 500


def write_comparison(territory: Territory, comparison: ScenarioComparison, folder: Path) -> tuple[str, ...]:
    """Write ``comparison.csv``, ``comparison.gpkg``, ``comparison.json`` and ``scenario.json``; return their names.

    Raises
    ------
    SourceError
        The folder cannot be written to.
    """
    table = by_code(comparison.communes)
    with result_files(folder, "Scénario : avant et après", territory.manifest) as beside:
        write_table(table, beside / "comparison.csv")
        _write_layer(territory, table, beside / "comparison.gpkg", "comparison")
        write_summary(with_origin(territory, comparison.to_dict()), beside / "comparison.json")
        (beside / "scenario.json").write_text(scenario_to_json(comparison.scenario), encoding="utf-8")
    return *table_files("comparison"), "comparison.gpkg", "comparison.json", "scenario.json", PACKAGE_FILE


def fragility_content(fragility: Fragility) -> dict[str, Any]:
    """Return what depends on each site as plain values ready for JSON: the totals, and `by_site`."""
    sites = fragility.sites.drop(columns=["kind", "bearer"]).astype(object)
    return fragility.to_dict() | {"by_site": sites.where(sites.notna(), None).to_dict("records")}


def write_fragility(territory: Territory, fragility: Fragility, folder: Path) -> tuple[str, ...]:
    """Write ``fragility.csv`` (sites), ``second_site.csv`` (communes) and ``fragility.json``; return their names."""
    content = with_origin(territory, fragility_content(fragility))
    tables, title = fragility_tables(fragility), "Ce qui dépend de chaque site"
    return write_results(folder, title, tables, ("fragility", content), territory.manifest)


def fragility_tables(fragility: Fragility) -> dict[str, Written]:
    """Return the tables of what depends on each site: ``fragility`` and ``second_site``."""
    return {"fragility": (rounded(fragility.sites), "site"), "second_site": (by_code(fragility.communes), "")}


def write_closure(territory: Territory, closure: Closure, folder: Path) -> tuple[str, ...]:
    """Write what `write_comparison` does, and ``closure.json``; return the names."""
    with result_files(folder, "Fermetures : avant et après", territory.manifest) as beside:
        names = write_comparison(territory, closure.comparison, beside)
        write_summary(with_origin(territory, closure.to_dict()), beside / "closure.json")
    return *names, "closure.json"


def write_opening(territory: Territory, opening: OpeningTable, folder: Path) -> tuple[str, ...]:
    """Write ``hours.csv`` (7 days by 48 half-hours), ``half_days.csv`` and ``hours.json``; return their names."""
    content, tables = with_origin(territory, opening.to_dict()), opening_tables(opening)
    return write_results(folder, "Heures d'ouverture", tables, ("hours", content), territory.manifest)


def opening_tables(opening: OpeningTable) -> dict[str, Written]:
    """Return the tables of when sites are open: ``hours`` and ``half_days``."""
    half_days = rounded(opening.half_day_gains().head(_HALF_DAYS_WRITTEN))
    return {"hours": (week_table(opening), ""), "half_days": (half_days, "site")}


def access_figures(
    territory: Territory,
    sensitivity: Sensitivity,
    catchment: Catchment,
    saved: tuple[pd.DataFrame, TimeSavedSummary] | None,
) -> dict[str, Any]:
    """Return the totals of how sure, how much and how far better access is, ready for JSON."""
    figures = {
        "sensitivity": sensitivity.to_dict(),
        "capacity": catchment.to_dict(),
        "time_saved": None if saved is None else saved[1].to_dict(),
    }
    return with_origin(territory, figures)


def write_access(
    territory: Territory,
    sensitivity: Sensitivity,
    catchment: Catchment,
    saved: tuple[pd.DataFrame, TimeSavedSummary] | None,
    folder: Path,
) -> tuple[str, ...]:
    """Write ``access.csv`` and ``.gpkg`` (communes), ``capacity.csv`` (sites), ``access.json``; return the names."""
    communes = sensitivity.communes.join(catchment.communes[["capacity_per_1000", "share_outside"]])
    if saved is not None:
        communes = communes.join(saved[0][["site_time_min", "other_time_min", "saved_min"]])
    table = by_code(communes)
    with result_files(folder, "Marge d'erreur, capacité et temps gagné", territory.manifest) as beside:
        write_table(table, beside / "access.csv")
        _write_layer(territory, table, beside / "access.gpkg", "access")
        write_table(rounded(catchment.sites), beside / "capacity.csv", of="site")
        write_summary(access_figures(territory, sensitivity, catchment, saved), beside / "access.json")
    return *table_files("access", "capacity"), "access.gpkg", "access.json", PACKAGE_FILE


def _write_layer(territory: Territory, table: pd.DataFrame, path: Path, layer: str) -> None:
    contours = territory.communes.geometry
    write_layer(gpd.GeoDataFrame(table, geometry=contours.to_numpy(), crs=contours.crs), path, layer)
