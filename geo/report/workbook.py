"""Tables as one workbook (XLSX): a sheet each, texts that no spreadsheet runs, the same bytes for the same tables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import xlsxwriter

from geo.report.tables import neutralize
from geo.storage import replacing_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LONGEST_TEXT: Final = 32_000
_WIDEST: Final = 48
_ROWS_MEASURED: Final = 200


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path, made_on: dt.date) -> None:
    """Write tables as the sheets of a workbook, in order.

    `tables`: Name of the sheet (at most 31 letters) -> table; its columns are the first row.
    """
    with replacing_file(path) as beside:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(beside, options)
        book.set_properties({"created": dt.datetime.combine(made_on, dt.time())})
        heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#eef3f5"})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, title in enumerate(table.columns):
                values = [_cell(value) for value in table[title].tolist()]
                sheet.write_string(0, column, str(title), heading)
                sheet.write_column(1, column, values)
                widest = max(map(len, map(str, [title, *values[:_ROWS_MEASURED]])))
                sheet.set_column(column, column, min(widest + 2, _WIDEST))
            if len(table) and len(table.columns):
                sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
        book.close()


def _cell(value: Any) -> Any:
    """Return what a cell holds: a number, a truth value, a text that is not run, `None` where unknown."""
    if pd.isna(value):
        return None
    if isinstance(value, bool | int | float):
        return value
    return neutralize(str(value))[:_LONGEST_TEXT]
