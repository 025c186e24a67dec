"""The quality report of the official list of France services sites, made for those who keep it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.sources.communes import read_communes
from geo.sources.facility_table import vintage_from_name
from geo.sources.france_services import read_site_rows
from geo.sources.provenance import checksum, naming_files
from geo.sources.site_checks import CHECKS
from geo.sources.site_rows import SiteRows
from geo.text_columns import text_array, text_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: Columns of the findings, in order.
FINDING_COLUMNS: Final = ("check", "title", "severity", "row", "facility_id", "name", "value", "expected")


@dataclass(frozen=True, eq=False)
class SiteQuality:
    """What is wrong in a list of sites.

    Attributes
    ----------
    file, sha256, vintage
        Name and checksum of the file, and the date in its name (`None`: none).
    rows
        Rows of the list.
    kinds
        Rows by kind: ``main``, ``antenne``, ``bus``.
    checks
        One row a check that was run, indexed by `check`: `title`, `severity`, `count` (int64; cells for opening
        hours, rows for the rest), `expected`.
    findings
        One row a fault, `FINDING_COLUMNS`: `row` (int64) as a spreadsheet shows it, the others text, empty where
        the file is.
    not_run
        Titles of the checks that need contours, where none are given.
    """

    file: str
    sha256: str
    vintage: str | None
    rows: int
    kinds: Mapping[str, int]
    checks: pd.DataFrame
    findings: pd.DataFrame
    not_run: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON, the findings under their check."""
        own = ["row", "facility_id", "name", "value"]
        by_check = {key: part[own].to_dict("records") for key, part in self.findings.groupby("check")}
        checks = self.checks.rename_axis("key").reset_index().to_dict("records")
        return {
            "file": self.file,
            "sha256": self.sha256,
            "vintage": self.vintage,
            "rows": self.rows,
            "kinds": dict(self.kinds),
            "checks": [{**check, "findings": by_check.get(check["key"], [])} for check in checks],
            "not_run": list(self.not_run),
        }


def check_sites(path: Path, *, communes: Sequence[Path] = (), today: dt.date | None = None) -> SiteQuality:
    """Look for everything that can be told wrong from the list itself, or from the contours of communes.

    `path`: The official list, any edition that `read_france_services` reads. `communes`: Layers of contours, all of
    France or some départements of it: only sites of these départements are compared with them. Without any, two checks
    are not run.

    `today`: Day after which a label is in the future; by default the current one.

    Raises
    ------
    SourceError, SchemaError
        The file is not a list of France services, or contours cannot be read.
    """
    with naming_files(path):
        table = read_site_rows(path)
    contours = read_communes(list(communes)).frame if communes else None
    rows = SiteRows(table, contours, today or dt.datetime.now(tz=dt.UTC).date())
    run = [check for check in CHECKS if contours is not None or not check.needs_communes]
    identifiers, names = (
        dict(zip(table.index, text_list(table[column]), strict=True)) for column in ("id_fs", "lib_fs")
    )
    findings = [
        (check.key, check.title, check.severity, row, identifiers[row] or "", names[row] or "", value, check.expected)
        for check in run
        for values in [check.find(rows)]
        for row, value in zip(values.index, text_list(values), strict=True)
    ]
    columns = dict(zip(FINDING_COLUMNS, zip(*findings, strict=True) if findings else repeat(()), strict=False))
    found = pd.DataFrame(
        {name: np.array(cells, "int64") if name == "row" else text_array(cells) for name, cells in columns.items()}
    )
    described = pd.DataFrame(
        [(check.key, check.title, check.severity, check.expected) for check in run],
        columns=["check", "title", "severity", "expected"],
    ).set_index("check")
    described.insert(2, "count", found["check"].value_counts().reindex(described.index, fill_value=0).astype("int64"))
    return SiteQuality(
        file=path.name,
        sha256=checksum(path),
        vintage=vintage_from_name(path),
        rows=len(table),
        kinds={str(kind): int(count) for kind, count in rows.kind.value_counts().sort_index().items()},
        checks=described,
        findings=found,
        not_run=tuple(check.title for check in CHECKS if check not in run),
    )
