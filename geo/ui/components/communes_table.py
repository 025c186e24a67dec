"""The communes as a table on screen and as a file for a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from geo.answers.tables import COLUMNS, headed, rounded
from geo.french import UNKNOWN, WITHIN, minutes_text, side_of_threshold, to_five
from geo.report.tables import neutralize

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Columns of a coverage that are shown, in order.
SHOWN: Final = (
    "name",
    "travel_time_min",
    "under_served",
    "facility_name",
    "distance_km",
    "population",
    "share_within",
    "commune_code",
)
#: Minutes that rounding may move a time by, at most.
_STEP_MIN: Final = 5
#: In pixels: all of them are read on a wide screen, the first three on a phone.
_WIDTHS: Final = {
    "name": 132,
    "travel_time_min": 100,
    "estimated": 80,
    "under_served": 90,
    "beside_threshold": 114,
    "facility_name": 300,
    "distance_km": 58,
    "population": 84,
    "share_within": 62,
    "commune_code": 66,
}
_HELP: Final = {
    "travel_time_min": "Temps moyen en voiture, arrondi à 5 min s'il est estimé. Tiret : inconnu.",
    "under_served": "Commune sous-desservie, selon la règle choisie.",
    "estimated": "Si le temps est estimé.",
    "beside_threshold": "De quel côté du seuil est un temps que l'arrondi à 5 min y met, ou met de l'autre côté.",
    "distance_km": "Distance par la route, en kilomètres.",
    "share_within": f"Part des habitants {WITHIN} choisi.",
    "commune_code": "Code INSEE de la commune.",
}


def communes_table(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return the columns shown to people, one row a commune, index 0..n-1; texts that a spreadsheet runs are harmless.

    Communes from which no road leads to a facility come first, then the farthest; those whose time is
    not known come last.
    """
    minutes = coverage["travel_time_min"].to_numpy(np.float64, na_value=np.inf)
    farthest = np.where(coverage["under_served"].isna(), np.inf, -minutes).argsort(kind="stable")
    table = coverage.reset_index()[[*SHOWN, "estimated"]].take(farthest).reset_index(drop=True)
    for name in ("name", "facility_name", "commune_code"):
        texts = table[name].tolist()
        safe = [neutralize(text) if isinstance(text, str) else text for text in texts]
        if any(one is not other for one, other in zip(safe, texts, strict=True)):
            table[name] = pd.array(safe, "string")
    return table


def communes_csv(coverage: pd.DataFrame) -> bytes:
    """Return the table as a file that a French spreadsheet opens with a double click.

    Semicolons, decimal commas, UTF-8 with a byte-order mark. Texts that a spreadsheet would run as a
    formula are preceded by an apostrophe.
    """
    table = rounded(communes_table(coverage))
    for name in ("under_served", "estimated"):
        table[name] = table[name].map({True: "oui", False: "non"}).fillna("inconnu")
    return (
        headed(table, (*SHOWN, "estimated"))
        .to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
        .encode("utf-8-sig")
    )


def as_shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its numbers as precise as they are shown.

    A share that is almost but not quite 0 or 1 is shown as 0.01 or 0.99; estimated times are rounded to 5 minutes.
    """
    decimals = {name: COLUMNS[name].decimals or 0 for name in ("travel_time_min", "distance_km", "share_within")}
    minutes, share = table["travel_time_min"], table["share_within"].to_numpy(np.float64, na_value=np.nan)
    if table["estimated"].any():
        minutes = minutes.map(to_five, na_action="ignore")
    between = share.round(decimals["share_within"]).clip(0.01, 0.99)
    return table.assign(
        travel_time_min=minutes.round(decimals["travel_time_min"]),
        distance_km=table["distance_km"].round(decimals["distance_km"]),
        share_within=np.where((share > 0) & (share < 1), between, share),
    )


def beside_threshold(table: pd.DataFrame, threshold_min: float) -> pd.Series:
    """Return on which side of the threshold each estimated time is that rounding puts there or across; else <NA>.

    In a few words, under a heading that names the threshold.
    """
    minutes = table["travel_time_min"].to_numpy(np.float64, na_value=np.nan)
    near = table["estimated"].to_numpy(bool) & (np.abs(minutes - threshold_min) < _STEP_MIN)
    said = [
        (side_of_threshold(value, threshold_min).removesuffix(f" de {minutes_text(threshold_min)}") or pd.NA)
        if close
        else pd.NA
        for value, close in zip(minutes.tolist(), near.tolist(), strict=True)
    ]
    return pd.Series(said, index=table.index, dtype="string")


@dataclass(frozen=True, eq=False, slots=True)
class ShownCommunes:
    """The table on screen: its rows under their headings as they are sent, their codes, how each column is written."""

    rows: pa.Table
    codes: tuple[str, ...]
    columns: Mapping[str, Any]

    @classmethod
    def of(cls, coverage: pd.DataFrame, threshold_min: float) -> ShownCommunes:
        """Make the table.

        A time that is estimated is said to be so, and on which side of the threshold it is where rounding hides that.
        """
        exact = communes_table(coverage)
        table = as_shown(exact).assign(beside_threshold=beside_threshold(exact, threshold_min))
        names = list(SHOWN)
        estimated = table["estimated"].astype(bool)
        minutes: dict[str, Any] = {"format": "localized"}
        if estimated.all():
            minutes = {"format": "environ %d", "label": "Estimé (min)"}
        elif estimated.any():
            names.insert(names.index("travel_time_min") + 1, "estimated")
        if table["beside_threshold"].notna().any():
            names.insert(names.index("under_served") + 1, "beside_threshold")
        kinds: dict[str, Any] = {
            **dict.fromkeys(("under_served", "estimated"), st.column_config.CheckboxColumn),
            "share_within": partial(st.column_config.NumberColumn, format="percent"),
            **dict.fromkeys(("distance_km", "population"), partial(st.column_config.NumberColumn, format="localized")),
            "travel_time_min": partial(st.column_config.NumberColumn, **minutes),
            "beside_threshold": partial(st.column_config.TextColumn, f"Près de {minutes_text(threshold_min)}"),
        }
        columns = {
            COLUMNS[name].title: kinds.get(name, st.column_config.TextColumn)(
                **({"label": short} if (short := COLUMNS[name].short) else {}),
                width=_WIDTHS[name],
                help=_HELP.get(name),
            )
            for name in names
        }
        return cls(
            pa.Table.from_pandas(headed(table, names)),
            tuple(map(str, table["commune_code"])),
            columns,
        )


def show_communes(shown: ShownCommunes, on_select: Callable[[str], None]) -> None:
    """Show the sortable table; `on_select` is called with the code of a row that is chosen.

    The texts are those of the file: people may also save the table from its own menu. The numbers are written by the
    browser, in its language: done here, cell by cell, it took half of the time of an answer.
    """
    key = "communes_table"

    def selected() -> None:
        rows = st.session_state[key].selection.rows
        if rows:
            on_select(shown.codes[rows[0]])

    st.dataframe(
        shown.rows,
        hide_index=True,
        height=420,
        placeholder=UNKNOWN,
        key=key,
        alt="Communes, les plus lointaines d'abord ; choisir une ligne répond au-dessus",
        on_select=selected,
        selection_mode="single-row",
        column_config=dict(shown.columns),
    )
