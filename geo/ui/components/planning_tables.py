"""Tables of screens, *Planifier* and others: French on screen, the same rows as a file for a spreadsheet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from geo.answers.scenario import estimated_change
from geo.answers.tables import COLUMNS, column_titled, headed, short_headings
from geo.french import UNKNOWN, estimated_minutes, format_decimal, format_integer, format_share
from geo.report.tables import neutralize

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.answers.tables import Column

#: Heading of the minutes that a scenario changes.
_CHANGE: Final = COLUMNS["delta_min"].title
_HEIGHT: Final = 420
_ROW: Final = 35
#: Widths of columns of names, in pixels; numbers take what their heading needs.
_WIDTHS: Final = {
    "Site": 250,
    "Commune": 160,
    "Lieu": 200,
    "Plan": 190,
    "Presque aussi bien": 140,
    "Sinon, le plan choisit (fois)": 203,
    "Rang": 55,
    "Lieux": 215,
    # Beside a map, under short headings.
    "Aller-retour": 70,
    "Hors de chez soi (min)": 70,
    "Dernier retour": 100,
}
#: Headings of the screen that are shorter than those of files, which then are what the heading says when asked.
_SHORT: Final = short_headings(
    *("gain_residents", "gain_mean_residents", "gain_alone_residents", "mean_residents_with_stop"),
    *("residents_served", "residents_nearest", "commune_residents", "minutes_saved_mean"),
)


class _Written(pd.DataFrame):
    """A table that is sorted by its values and read by its texts.

    Streamlit asks a styled table for its texts, then writes over each cell that has a style or an identifier of its
    own: 12 ms for five rows. Here no cell has, and all texts are given when they are asked for.
    """

    _metadata = ("texts",)
    texts: pd.DataFrame

    @classmethod
    def of(cls, table: pd.DataFrame, written: Mapping[str, Callable[[Any], str]]) -> _Written:
        """Return the table; `written`: how the values of some columns are, the others as they are."""
        made = cls(table)
        made.texts = pd.DataFrame(
            {
                heading: [
                    UNKNOWN if pd.isna(value) else written.get(str(heading), str)(value) for value in column.tolist()
                ]
                for heading, column in table.items()
            },
            index=table.index,
            dtype=object,
        )
        return made

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[misc]  # final in stubs alone
        """Return the texts for `str`, else what pandas does."""
        return self.texts if dtype is str else super().astype(dtype, *args, **kwargs)


def french_table(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return columns of `COLUMNS` as `headed`; texts that a spreadsheet would run are made harmless."""
    chosen = headed(table.reset_index(), names)
    return pd.DataFrame({heading: _shown(column) for heading, column in chosen.items()}, index=chosen.index)


def _shown(column: pd.Series) -> pd.Series:
    """Return a column as it is shown."""
    if pd.api.types.is_string_dtype(column):
        return column.astype("string").map(neutralize, na_action="ignore")
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "oui", False: "non"}).astype("string").fillna("inconnu")
    return column


def show_table(
    table: pd.DataFrame,
    *,
    key: str,
    alt: str,
    estimated: bool = False,
    threshold_min: float | None = None,
    first: Sequence[str] | None = None,
    headings: Mapping[str, str] | None = None,
    texts: Mapping[str, Callable[[float], str]] | None = None,
) -> None:
    """Show what `french_table` returned as a sortable table.

    `estimated`: whether its times are; `threshold_min`: what these are compared with (`geo.french.estimated_minutes`);
    `first`: the columns that are shown, in order, the others once the visitor asks for them in its menu; `None`: all.
    `headings`: what some columns are headed with instead. `texts`: how some columns of numbers are written instead.
    """
    said = partial(estimated_minutes, threshold_min=threshold_min)
    shown: Any = {
        heading: said if estimated and column.is_time else _written(column)
        for heading, column in _numbers(table).items()
    }
    if estimated and _CHANGE in shown:
        shown[_CHANGE] = estimated_change
    shown |= texts or {}
    short = {**_SHORT, **(headings or {})}
    st.dataframe(
        Styler(_Written.of(table, shown), cell_ids=False),
        hide_index=True,
        height=min(_HEIGHT, _ROW * (len(table) + 1) + 3),
        placeholder=UNKNOWN,
        column_order=first,
        column_config={
            heading: st.column_config.Column(
                short.get(heading), width=_WIDTHS.get(heading), help=heading if heading in short else None
            )
            for heading in table.columns
            if heading in _WIDTHS or heading in short
        },
        key=key,
        alt=alt,
    )


def french_csv(table: pd.DataFrame, *, estimated: bool | None = None) -> bytes:
    """Return the table as a file that a French spreadsheet opens with a double click.

    Semicolons, decimal commas, UTF-8 with a byte-order mark. `estimated`: Whether its times are, said in a column;
    `None` for a table without times.
    """
    rounded = table.copy()
    if estimated is not None:
        rounded[COLUMNS["estimated"].title] = "oui" if estimated else "non"
    for heading, column in _numbers(table).items():
        rounded[heading] = rounded[heading].astype("Float64").round(column.decimals or 0)
        if column.decimals == 0:
            rounded[heading] = rounded[heading].astype("Int64")
    return rounded.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n").encode("utf-8-sig")


def csv_button(label: str, table: pd.DataFrame, file_name: str, *, estimated: bool | None = None) -> None:
    """Show a button that downloads the table; the file is made when asked for."""
    st.download_button(label, lambda: french_csv(table, estimated=estimated), file_name, "text/csv", on_click="ignore")


def _numbers(table: pd.DataFrame) -> dict[str, Column]:
    """Return the columns that are written with a number of decimals, by heading."""
    found = {heading: column_titled(heading) for heading in table.columns}
    return {heading: column for heading, column in found.items() if column and column.decimals is not None}


def _written(column: Column) -> Callable[[Any], str]:
    if column.share:
        return format_share
    return format_integer if column.decimals == 0 else format_decimal
