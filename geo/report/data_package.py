"""``datapackage.json`` beside every folder of results (Frictionless Data Package): what each file is, column by column.

Tables get their columns by French heading, with type, unit and name in the Parquet file beside; all files their size
and checksum; the whole its sources and their licences. The same files give the same description: it holds no date.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from geo.report.data_columns import declared_type, unit_of
from geo.storage import adding_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geo.territory.manifest import Manifest

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
#: How files are named here that frictionless would else read as something else: it does not find the size of Parquet, a
#: workbook has many tables, JSON with a key `checks` or `layers` is taken for a description of its own. As files their
#: size and checksum are checked.
_FORMATS: Final = {"json": "json-text", "parquet": "apache-parquet", "xlsx": "ooxml-workbook"}
#: How a licence begins -> its identifier and its text (Data Package asks one of both).
_LICENCES: Final = {
    "Licence Ouverte 2.0": ("etalab-2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    "ODbL 1.0": ("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
}


@contextmanager
def result_files(folder: Path, title: str, manifest: Manifest | None = None) -> Iterator[Path]:
    """Do as `geo.storage.adding_files`, and describe the files once they are there.

    `title`: What the results are, in French. `manifest`: Of the territory, for sources and licences. Files of other
    results that `folder` holds stay described.
    """
    with adding_files(folder) as beside:
        yield beside
        describe_files(beside, title, manifest, known=folder / PACKAGE_FILE)


def describe_files(folder: Path, title: str, manifest: Manifest | None = None, *, known: Path | None = None) -> None:
    """Write the description of all files of a folder and of those in it.

    `known`: A former description, whose files are kept where they still stand beside it and are not written again.
    """
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != PACKAGE_FILE)
    resources = {path.relative_to(folder).as_posix(): _resource(path, folder) for path in found}
    for former in _former(known, "resources", "path"):
        if former["path"] not in resources and known is not None and (known.parent / former["path"]).is_file():
            resources[former["path"]] = former
    sources = [] if manifest is None else _sources(manifest)
    if any(name not in {path.relative_to(folder).as_posix() for path in found} for name in resources):
        sources += [former for former in _former(known, "sources", "title") if former not in sources]
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "maillage",
        "title": title,
        **({"sources": sources} if sources else {}),
        **({"licenses": licenses} if (licenses := _licenses(sources)) else {}),
        "resources": [resources[name] for name in sorted(resources)],
    }
    text = json.dumps(package, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / PACKAGE_FILE).write_text(text + "\n", encoding="utf-8")


def _former(known: Path | None, part: str, key: str) -> list[dict[str, Any]]:
    """Return a part of a former description; nothing where it is not one that we wrote. `key`: A text of each."""
    try:
        listed = json.loads(known.read_text(encoding="utf-8"))[part] if known else []
        return [each for each in listed if isinstance(each[key], str) and ".." not in each[key]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _resource(path: Path, folder: Path) -> dict[str, Any]:
    ending = path.suffix.removeprefix(".").lower()
    content = path.read_bytes()
    place = path.relative_to(folder).as_posix()
    resource = {
        "name": place.lower().replace("/", "-").replace(".", "-").replace("_", "-"),
        "path": place,
        "format": _FORMATS.get(ending, ending),
        "mediatype": _MEDIA.get(ending, "application/octet-stream"),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if ending == "parquet":
        columns = [_with_unit({"name": name, "type": exact}, name) for name, exact in _parquet_columns(path).items()]
        return resource | {"columns": columns}
    if ending != "csv" or not path.with_suffix(".parquet").is_file():
        return resource
    return resource | {
        "type": "table",
        "encoding": "utf-8",
        "dialect": {"delimiter": ";", "lineTerminator": "\n"},
        "schema": {"fields": _fields(path), "missingValues": [""]},
    }


def _parquet_columns(path: Path) -> dict[str, str]:
    """Return the columns of a file for programs by name, with their types: those of Table Schema, or shapes."""
    columns = {}
    for column in pq.read_schema(path):
        exact = declared_type(column.name)
        if exact is None and pa.types.is_boolean(column.type):
            exact = "boolean"
        elif exact is None and (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
            exact = "integer" if pa.types.is_integer(column.type) else "number"
        columns[column.name] = exact or {"geometry": "WKB", "bbox": "object"}.get(column.name, "string")
    return columns


def _with_unit(field: dict[str, Any], name: str) -> dict[str, Any]:
    return field | {"unit": unit_of(name)} if field["type"] in {"integer", "number"} else field


def _fields(path: Path) -> list[dict[str, Any]]:
    """Return the columns of a table by their headings, each with its name in the Parquet file beside it."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        headings = next(csv.reader(stream, delimiter=";"), [])
    types = _parquet_columns(path.with_suffix(".parquet"))
    fields = []
    for heading, name in zip(headings, list(types)[: len(headings)], strict=True):
        field: dict[str, Any] = {"name": heading, "type": types[name], "column": name}
        if field["type"] == "boolean":
            field |= {"trueValues": ["oui"], "falseValues": ["non"]}
        if field["type"] == "number":
            field |= {"decimalChar": ","}
        fields.append(_with_unit(field, name))
    return fields


def _sources(manifest: Manifest) -> list[dict[str, str]]:
    """Return the files that results are made of: title, and where they are known version and licence."""
    network = manifest.network
    files = [(each.dataset, each.file, each.vintage, each.licence) for each in manifest.sources]
    files += [(network.source, network.file, network.vintage, network.licence)] if network.file else []
    return [
        {"title": f"{dataset} ({file})"}
        | ({"version": vintage} if vintage else {})
        | ({"licence": licence} if licence else {})
        for dataset, file, vintage, licence in files
    ]


def _licenses(sources: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the licences of sources, each once."""
    licenses = []
    for title in dict.fromkeys(each["licence"] for each in sources if "licence" in each):
        known = next((names for start, names in _LICENCES.items() if title.startswith(start)), None)
        name, path = known or (re.sub(r"[^-a-zA-Z0-9._]+", "-", title).strip("-"), "")
        licenses.append({"name": name, "title": title} | ({"path": path} if path else {}))
    return licenses
