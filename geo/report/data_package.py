"""``datapackage.json`` beside every folder of results (Frictionless Data Package): what each file is, column by column.

Tables get their columns by French heading, with type, unit and name in the Parquet file beside; all files their size
and checksum. The same files give the same description: it holds no date.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geo.answers.tables import COLUMNS
from geo.storage import adding_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Name of the description in its folder.
PACKAGE_FILE: Final = "datapackage.json"

_MEDIA: Final = {
    "atom": "application/atom+xml",
    "csv": "text/csv",
    "gpkg": "application/geopackage+sqlite3",
    "html": "text/html",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: What the name of a column ends with, or begins with -> the unit of its numbers.
_UNITS_AFTER: Final = {
    "_min": "min",
    "_km": "km",
    "_m": "m",
    "_eur": "€",
    "lon": "°",
    "lat": "°",
    "_share": "part de 0 à 1",
    "_residents": "habitants",
}
_UNITS_BEFORE: Final = {
    "share": "part de 0 à 1",
    **dict.fromkeys(("residents", "population", "within_", "mean_residents"), "habitants"),
    "minutes": "min",
    "hours_a_month": "h par mois",
    "resident_hours": "h × habitants",
    "rank": "rang",
    "retained": "fois",
    "variants": "variantes",
    "communes": "communes",
    "rows_": "lignes",
}
#: Columns of half-hours hold shares.
_HALF_HOUR: Final = re.compile(r"\d\d:\d\d")
#: Columns of texts: names of figures, times of day that may all be missing.
_TEXTS: Final = frozenset(
    (
        "code",
        "departement",
        "facility_id",
        "facility_id_before",
        "postcode",
        "main_site",
        "earliest_arrival",
        "last_way_back",
    )
)


@contextmanager
def result_files(folder: Path, title: str) -> Iterator[Path]:
    """Do as `geo.storage.adding_files`, and describe the files once they are there.

    `title`: What the results are, in French. Files of other results that `folder` holds stay described.
    """
    with adding_files(folder) as beside:
        yield beside
        describe_files(beside, title, known=folder / PACKAGE_FILE)


def describe_files(folder: Path, title: str, *, known: Path | None = None) -> None:
    """Write the description of all files of a folder and of those in it.

    `known`: A former description, whose files are kept where they still stand beside it and are not written again.
    """
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != PACKAGE_FILE)
    resources = {path.relative_to(folder).as_posix(): _resource(path, folder) for path in found}
    for former in _former(known):
        if former["path"] not in resources and known is not None and (known.parent / former["path"]).is_file():
            resources[former["path"]] = former
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "maillage",
        "title": title,
        "resources": [resources[name] for name in sorted(resources)],
    }
    text = json.dumps(package, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / PACKAGE_FILE).write_text(text + "\n", encoding="utf-8")


def _former(known: Path | None) -> list[dict[str, Any]]:
    """Return the resources of a former description; none where it is not one that we wrote."""
    try:
        resources = json.loads(known.read_text(encoding="utf-8"))["resources"] if known else []
        return [each for each in resources if isinstance(each["path"], str) and ".." not in each["path"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _resource(path: Path, folder: Path) -> dict[str, Any]:
    ending = path.suffix.removeprefix(".").lower()
    content = path.read_bytes()
    place = path.relative_to(folder).as_posix()
    resource = {
        "name": place.lower().replace("/", "-").replace(".", "-").replace("_", "-"),
        "path": place,
        "format": ending,
        "mediatype": _MEDIA.get(ending, "application/octet-stream"),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if ending != "csv":
        return resource
    return resource | {
        "type": "table",
        "encoding": "utf-8",
        "dialect": {"delimiter": ";", "lineTerminator": "\n"},
        "schema": {"fields": _fields(path), "missingValues": [""]},
    }


def _fields(path: Path) -> list[dict[str, Any]]:
    """Return the columns of a table by their headings, each with its name in the Parquet file beside it."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        headings = next(csv.reader(stream, delimiter=";"), [])
    parquet = path.with_suffix(".parquet")
    columns = list(pq.read_schema(parquet))[: len(headings)] if parquet.is_file() else []
    names = [column.name for column in columns] or headings
    written = {column.name for column in columns if pa.types.is_string(column.type) or column.type == pa.large_string()}
    texts = {
        heading: "string"
        for heading, name in zip(headings, names, strict=True)
        if name in written | _TEXTS or name.endswith("_code")
    }
    frame = pd.read_csv(
        path,
        dtype=texts,
        sep=";",
        decimal=",",
        true_values=["oui"],
        false_values=["non"],
        encoding="utf-8-sig",
        keep_default_na=False,
        na_values=[""],
    )
    return [_field(heading, name, frame[heading]) for heading, name in zip(headings, names, strict=True)]


def _field(heading: str, name: str, values: pd.Series) -> dict[str, Any]:
    field: dict[str, Any] = {"name": heading, "type": _type(values), "column": name}
    if field["type"] == "boolean":
        field |= {"trueValues": ["oui"], "falseValues": ["non"]}
    if field["type"] == "number":
        field["decimalChar"] = ","
    column = COLUMNS.get(name)
    unit = _unit(name, "" if column is None or column.share else column.unit)
    if unit and field["type"] in {"integer", "number"}:
        field["unit"] = unit
    return field


def _type(values: pd.Series) -> str:
    """Return the type of a column as pandas reads it; booleans with gaps are objects."""
    if pd.api.types.is_bool_dtype(values) or (values.dtype == object and set(values.dropna()) <= {True, False}):
        return "boolean" if values.notna().any() else "string"
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    return "number" if pd.api.types.is_float_dtype(values) else "string"


def _unit(name: str, known: str) -> str:
    if known:
        return known
    if _HALF_HOUR.fullmatch(name):
        return _UNITS_BEFORE["share"]
    before = next((unit for start, unit in _UNITS_BEFORE.items() if name.startswith(start)), "")
    return before or next((unit for end, unit in _UNITS_AFTER.items() if name.endswith(end)), "")
