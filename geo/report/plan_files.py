"""A plan as files: tables, layers, JSON and the argument of each label."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo.answers.label import labels_with_alternatives
from geo.answers.plan_stops import stops_table
from geo.answers.tables import rounded
from geo.answers.two_publics import publics_table
from geo.answers.two_publics_json import WITH_AND_WITHOUT, plan_document
from geo.crs import WGS84
from geo.report.arguments_html import arguments_html
from geo.report.data_package import PACKAGE_FILE, result_files
from geo.report.extras import can_write
from geo.report.geopackage import write_layer
from geo.report.label_dossiers import dossiers_pdf
from geo.report.tables import table_files, write_summary, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.answers.two_publics import TwoPublics
    from geo.siting.plan import Plan
    from geo.territory import Territory


#: What a row of a table is where it is not a place.
ROWS_OF: Final = {"communes": "", "served": "", WITH_AND_WITHOUT: "two"}


def plan_tables(plan: Plan, beside: TwoPublics | None = None) -> dict[str, pd.DataFrame]:
    """Return the tables of a plan by name, as files hold them.

    ``labels``; ``served``: label by commune; ``alternatives``: places that would do nearly as well; ``communes``:
    before and after; ``stops`` of a bus, where some are proposed; ``with_and_without_car`` where it was compared.
    """
    labels = labels_with_alternatives(plan)
    tables = {"labels": labels, "served": plan.served, "alternatives": plan.alternatives, "communes": _communes(plan)}
    if (stops := stops_table(plan)) is not None:
        tables["stops"] = stops
    if beside is not None:
        tables[WITH_AND_WITHOUT] = publics_table(beside)
    return {name: rounded(table) for name, table in tables.items()}


def _communes(plan: Plan) -> pd.DataFrame:
    return plan.communes.rename_axis("code").reset_index().astype({"code": "string"})


def labels_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Return the labels of a plan as points in EPSG:4326."""
    labels = rounded(labels_with_alternatives(plan))
    return gpd.GeoDataFrame(labels, geometry=gpd.points_from_xy(labels["lon"], labels["lat"]), crs=WGS84)


def stops_layer(plan: Plan) -> gpd.GeoDataFrame | None:
    """Return the stops of a bus that are proposed as points in EPSG:4326; `None` where there is none."""
    stops = stops_table(plan)
    if stops is None:
        return None
    stops = rounded(stops)
    return gpd.GeoDataFrame(stops, geometry=gpd.points_from_xy(stops["lon"], stops["lat"]), crs=WGS84)


def compared_layer(plan: Plan) -> gpd.GeoDataFrame | None:
    """Return the labels of the best plan among all communes that are not in the plan, as points in EPSG:4326.

    `None` where no other plan is compared, or it has the same labels.
    """
    if plan.widest is None:
        return None
    others = plan.widest.labels[~plan.widest.labels["code"].isin(plan.labels["code"])].reset_index(drop=True)
    if others.empty or plan.labels.empty:
        return None
    return gpd.GeoDataFrame(others, geometry=gpd.points_from_xy(others["lon"], others["lat"]), crs=WGS84)


def write_plan(
    plan: Plan, parts: Sequence[Territory], folder: Path, beside: TwoPublics | None = None
) -> tuple[str, ...]:
    """Write a plan into a folder: tables (CSV), ``plan.gpkg``, ``plan.json``, ``arguments.html``, ``dossiers.pdf``.

    `beside`: the plans with and without a car that it was compared with: they are a table of their own
    (``with_and_without_car.csv``), and stand in ``plan.json`` and ``arguments.html``.

    All of them, or none where one cannot be written; without the extra that makes it the PDF is left out, which is
    said. Other files of the folder stay. Returns the names.
    """
    tables = plan_tables(plan, beside)
    printed = len(plan.labels) > 0 and can_write("dossiers.pdf", "typst", "matplotlib")
    with result_files(folder, "Plan : où donner les prochains labels", parts[0].manifest) as made:
        for name, table in tables.items():
            write_table(table, made / f"{name}.csv", of=ROWS_OF.get(name, "place"))
        _write_layers(plan, parts, made / "plan.gpkg")
        write_summary(plan_document(plan, parts, beside), made / "plan.json")
        (made / "arguments.html").write_text(arguments_html(plan, parts, beside), encoding="utf-8")
        if printed:
            (made / "dossiers.pdf").write_bytes(dossiers_pdf(plan, parts))
    files = (*table_files(*tables), "plan.gpkg", "plan.json", "arguments.html", PACKAGE_FILE)
    return (*files, "dossiers.pdf") if printed else files


def plan_layers(plan: Plan, parts: Sequence[Territory]) -> bytes:
    """Return the bytes of ``plan.gpkg``: the labels, and the communes before and after."""
    with tempfile.TemporaryDirectory(prefix="maillage-") as folder:
        path = Path(folder) / "plan.gpkg"
        _write_layers(plan, parts, path)
        return path.read_bytes()


def _write_layers(plan: Plan, parts: Sequence[Territory], path: Path) -> None:
    contours = pd.concat([part.communes.geometry for part in parts])
    communes = gpd.GeoDataFrame(rounded(_communes(plan)), geometry=contours.to_numpy(), crs=WGS84)
    write_layer(communes, path, "communes")
    write_layer(labels_layer(plan), path, "labels", geometry_type="Point")
    if (stops := stops_layer(plan)) is not None:
        write_layer(stops, path, "stops", geometry_type="Point")
    if (compared := compared_layer(plan)) is not None:
        write_layer(compared, path, "labels_without_rule", geometry_type="Point")
