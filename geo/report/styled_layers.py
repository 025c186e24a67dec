"""Layers as one GeoPackage with the styles that QGIS opens them in, and communes as GeoParquet.

QGIS reads the table ``layer_styles`` of a GeoPackage: a style is a QML document, and the default one of a layer is used
when it is opened.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.classes import ACCENT, INK, TIME_CLASSES, UNKNOWN_COLOUR
from geo.kinds import KINDS, facility_title
from geo.report.geopackage import write_layer
from geo.report.tables import commune_table, write_shapes
from geo.storage import replacing_file

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from geo.report.report_findings import ReportFindings

#: Kind of facility -> marker of QGIS, as on the maps.
_PLACE_COLUMNS: Final = (
    "facility_id", "name", "kind", "address", "postcode", "commune_code", "commune_name", "opening_hours"
)  # fmt: skip
_GEOMETRY: Final = "geom"
_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def communes_layer(findings: ReportFindings) -> gpd.GeoDataFrame:
    """Return the communes with what was measured: the columns of ``communes.csv``, contours in EPSG:4326."""
    table = commune_table(findings.coverage)
    if findings.planned is not None:
        after = findings.planned.after
        table["travel_time_with_plan_min"] = after["travel_time_min"].round(2).array
        table["under_served_with_plan"] = after["under_served"].array
    contours = findings.territory.communes.geometry
    return gpd.GeoDataFrame(table, geometry=contours.to_numpy(), crs=contours.crs)


def write_communes(findings: ReportFindings, path: Path) -> None:
    """Write `communes_layer` as GeoParquet."""
    write_shapes(communes_layer(findings), path)


def write_layers(findings: ReportFindings, path: Path) -> None:
    """Write the layers ``communes``, one for each list of places, and ``labels`` with a plan; and their styles."""
    layers = {"communes": communes_layer(findings)}
    styles = {"communes": _qml(_commune_rules())}
    for name, places in findings.territory.facilities.items():
        layer = f"places_{len(layers)}" if name not in {"sites", "tax_offices"} else name
        layers[layer] = gpd.GeoDataFrame(places[[*_PLACE_COLUMNS, "geometry"]], crs=places.crs)
        styles[layer] = _qml(_place_rules(sorted(set(places["kind"]))))
    if findings.planned is not None:
        layers["labels"] = findings.planned.labels
        styles["labels"] = _qml([("Nouveau label", "", _marker("star", "#a95320", 5.5))])
    made_on = findings.request.made_on
    with replacing_file(path) as beside:
        written = beside.with_name("written.gpkg")
        for name, layer in layers.items():
            kind = "Point" if name != "communes" else None
            write_layer(layer, written, name, geometry_type=kind)
        write_layer(_style_table(styles, made_on), written, "layer_styles")
        _copy_dated(written, beside, made_on)


def _copy_dated(written: Path, path: Path, made_on: dt.date) -> None:
    """Copy a GeoPackage with every layer last changed on that day: the same content gives the same bytes.

    GDAL writes the moment, and SQLite counts in the file how often it was saved, which varies from one run to the next.
    """
    with closing(sqlite3.connect(written)) as base:
        with base:
            base.execute("UPDATE gpkg_contents SET last_change = ?", (f"{made_on.isoformat()}T00:00:00.000Z",))
        base.execute("VACUUM INTO ?", (str(path),))


def _style_table(styles: dict[str, str], made_on: dt.date) -> pd.DataFrame:
    """Return the styles as QGIS keeps them, one row a layer."""
    names = list(styles)
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": names,
            "f_geometry_column": _GEOMETRY,
            "styleName": [f"maillage {name}" for name in names],
            "styleQML": list(styles.values()),
            "styleSLD": "",
            "useAsDefault": np.ones(len(names), bool),
            "description": [facility_title(name) if name != "communes" else "Temps de trajet" for name in names],
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(made_on),
        }
    )


def _commune_rules() -> list[tuple[str, str, ET.Element]]:
    """Return (label, filter, symbol) of each class of time, of unknown times, and of under-served communes."""
    rules = []
    for cls in TIME_CLASSES:
        upper = "" if np.isinf(cls.upper) else f' AND "travel_time_min" <= {cls.upper:g}'
        lower = ">=" if cls.lower == 0 else ">"
        rules.append((cls.label, f'"travel_time_min" {lower} {cls.lower:g}{upper}', _fill(cls.colour, "solid")))
    rules.append(("temps inconnu", '"travel_time_min" IS NULL', _fill(UNKNOWN_COLOUR, "solid")))
    rules.append(("commune sous-desservie", '"under_served"', _fill(INK, "f_diagonal")))
    return rules


def _place_rules(kinds: Sequence[str]) -> list[tuple[str, str, ET.Element]]:
    return [
        (KINDS[kind].label, f"\"kind\" = '{kind}'", _marker(KINDS[kind].layer_shape, ACCENT, 3.0)) for kind in kinds
    ]


def _qml(rules: Sequence[tuple[str, str, ET.Element]]) -> str:
    """Return a style of rules as a QML document; a feature is drawn by every rule whose filter it meets."""
    root = ET.Element("qgis", {"version": "3.28.0", "styleCategories": "Symbology"})
    attributes = {"type": "RuleRenderer", "symbollevels": "0", "enableorderby": "0", "forceraster": "0"}
    renderer = ET.SubElement(root, "renderer-v2", attributes)
    listed = ET.SubElement(renderer, "rules", {"key": "rules"})
    symbols = ET.SubElement(renderer, "symbols")
    for number, (label, chosen, symbol) in enumerate(rules):
        rule = {"key": f"rule-{number}", "symbol": str(number), "label": label}
        ET.SubElement(listed, "rule", rule | ({"filter": chosen} if chosen else {}))
        symbol.set("name", str(number))
        symbols.append(symbol)
    return _DOCTYPE + ET.tostring(root, encoding="unicode")


def _fill(colour: str, style: str) -> ET.Element:
    outline = {"outline_color": _rgba("#8b949a"), "outline_style": "solid", "outline_width": "0.1"}
    settings = {"color": _rgba(colour), "style": style, **outline, "outline_width_unit": "MM"}
    return _symbol("fill", "SimpleFill", settings)


def _marker(shape: str, colour: str, size_mm: float) -> ET.Element:
    outline = {"outline_color": _rgba("#ffffff"), "outline_style": "solid", "outline_width": "0.2"}
    settings = {"color": _rgba(colour), "name": shape, "size": f"{size_mm:g}", "size_unit": "MM", **outline}
    return _symbol("marker", "SimpleMarker", settings)


def _symbol(kind: str, layer_class: str, settings: dict[str, Any]) -> ET.Element:
    symbol = ET.Element("symbol", {"type": kind, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"})
    layer = ET.SubElement(symbol, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(layer, "Option", {"type": "Map"})
    for name, value in settings.items():
        ET.SubElement(options, "Option", {"name": name, "type": "QString", "value": value})
    return symbol


def _rgba(colour: str) -> str:
    """Return ``#1c5d73`` as ``28,93,115,255``."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"{red},{green},{blue},255"
