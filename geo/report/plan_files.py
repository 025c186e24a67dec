"""A plan as files: tables, layers, JSON and the argument of each label."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84
from geo.report.label_argument import arguments_html, label_arguments
from geo.report.tables import write_table
from geo.storage import replacing_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geo.siting.plan import Plan
    from geo.territory import Territory

_DECIMALS = {
    "gain_residents": 0,
    "gain_alone_residents": 0,
    "residents": 0,
    "residents_brought": 0,
    "residents_served": 0,
    "commune_residents": 0,
    "share_of_gain": 3,
    "within_before": 0,
    "within_after": 0,
    "minutes_saved_mean": 2,
    "time_before_min": 2,
    "time_after_min": 2,
}


def plan_content(plan: Plan, parts: Sequence[Territory]) -> dict[str, Any]:
    """Return a plan with its arguments, the networks and the sources that it was made from, ready for JSON."""
    manifests = [part.manifest.to_dict() for part in parts]
    return {
        **plan.to_dict(),
        "arguments": [argument.to_dict() for argument in label_arguments(plan)],
        "networks": [
            {"territory": part.name}
            | {key: manifest["network"][key] for key in ("source", "profile", "approximate", "error")}
            for part, manifest in zip(parts, manifests, strict=True)
        ],
        "sources": manifests[0]["sources"],
        "built_on": manifests[0]["built_on"],
    }


def write_plan(plan: Plan, parts: Sequence[Territory], folder: Path) -> None:
    """Write a plan into a folder.

    ``labels.csv``, ``served.csv`` (label by commune), ``alternatives.csv`` (places that would do nearly as well),
    ``communes.csv`` (before and after), ``plan.gpkg`` (layers ``labels`` and ``communes``), ``plan.json`` and
    ``arguments.html``.

    Parameters
    ----------
    plan
        The plan.
    parts
        The territories that it is about.
    folder
        Where to write.

    Raises
    ------
    SourceError
        The folder cannot be written to.
    """
    labels, served = plan.labels.round(_DECIMALS), plan.served.round(_DECIMALS)
    communes = plan.communes.round(_DECIMALS).rename_axis("code").reset_index().astype({"code": "string"})
    tables = {"labels": labels, "served": served, "alternatives": plan.alternatives.round(_DECIMALS)}
    for name, table in {**tables, "communes": communes}.items():
        write_table(table, folder / f"{name}.csv")
    with replacing_file(folder / "plan.gpkg") as path:
        contours = pd.concat([part.communes.geometry for part in parts])
        gpd.GeoDataFrame(communes, geometry=contours.to_numpy(), crs=WGS84).to_file(
            path, layer="communes", driver="GPKG"
        )
        points = gpd.GeoDataFrame(labels, geometry=gpd.points_from_xy(labels["lon"], labels["lat"]), crs=WGS84)
        points.to_file(path, layer="labels", driver="GPKG", geometry_type="Point")
    with replacing_file(folder / "plan.json") as path:
        content = json.dumps(plan_content(plan, parts), ensure_ascii=False, indent=1, allow_nan=False)
        path.write_text(content + "\n", encoding="utf-8")
    with replacing_file(folder / "arguments.html") as path:
        path.write_text(arguments_html(plan), encoding="utf-8")
