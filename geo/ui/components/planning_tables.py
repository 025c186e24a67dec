"""Tables of the screen *Planifier*: French on screen, the same rows as a file for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from geo.french import UNKNOWN, format_decimal, format_integer, format_share
from geo.report.tables import neutralize

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HEIGHT: Final = 420
_ROW: Final = 35
#: Widths of columns of names, in pixels; numbers take what their heading needs.
_WIDTHS: Final = {"Site": 250, "Commune": 160, "Lieu": 170, "Presque aussi bien": 230}
#: How a column is written on screen, and its decimals in the file.
_FORMATS: Final[Mapping[str, tuple[Callable[[Any], str], int]]] = {
    "whole": (format_integer, 0),
    "decimal": (format_decimal, 1),
    "share": (format_share, 3),
}


def french_table(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return some columns under French headings, index 0..n-1; texts that a spreadsheet would run are made harmless."""
    chosen = table.reset_index()[list(columns)].rename(columns=dict(columns)).reset_index(drop=True)
    for column in chosen.columns:
        if pd.api.types.is_string_dtype(chosen[column]):
            chosen[column] = chosen[column].astype("string").map(neutralize, na_action="ignore")
        elif pd.api.types.is_bool_dtype(chosen[column]):
            chosen[column] = chosen[column].map({True: "oui", False: "non"}).astype("string").fillna("inconnu")
    return chosen


def show_table(table: pd.DataFrame, formats: Mapping[str, str], *, key: str, alt: str) -> None:
    """Show a sortable table.

    Parameters
    ----------
    table
        As `french_table` returns it.
    formats
        Heading -> ``"whole"``, ``"decimal"`` or ``"share"``.
    """
    shown: Any = {heading: _FORMATS[kind][0] for heading, kind in formats.items()}
    st.dataframe(
        table.style.format(shown, na_rep=UNKNOWN),
        hide_index=True,
        height=min(_HEIGHT, _ROW * (len(table) + 1) + 3),
        placeholder=UNKNOWN,
        column_config={
            heading: st.column_config.TextColumn(width=width)
            for heading, width in _WIDTHS.items()
            if heading in table.columns
        },
        key=key,
        alt=alt,
    )


def french_csv(table: pd.DataFrame, formats: Mapping[str, str]) -> bytes:
    """Return the table as a file that a French spreadsheet opens with a double click.

    Semicolons, decimal commas, UTF-8 with a byte-order mark.
    """
    rounded = table.copy()
    for heading, kind in formats.items():
        rounded[heading] = rounded[heading].astype("Float64").round(_FORMATS[kind][1])
        if kind == "whole":
            rounded[heading] = rounded[heading].astype("Int64")
    return rounded.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n").encode("utf-8-sig")


def csv_button(label: str, table: pd.DataFrame, formats: Mapping[str, str], file_name: str) -> None:
    """Show a button that downloads the table; the file is made when asked for."""
    st.download_button(label, lambda: french_csv(table, formats), file_name, "text/csv", on_click="ignore")
