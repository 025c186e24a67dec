"""The communes as a table on screen and as a file for a spreadsheet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from geo.french import UNKNOWN
from geo.report.tables import neutralize

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

#: Column of a coverage -> French heading.
HEADINGS: Final = {
    "name": "Commune",
    "travel_time_min": "Temps (min)",
    "under_served": "Sous-desservie",
    "facility_name": "Le plus proche",
    "distance_km": "Distance (km)",
    "population": "Habitants",
    "share_within": "Part sous le seuil",
    "commune_code": "Code INSEE",
}


def communes_table(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return the table shown to people: French headings, one row a commune.

    Communes from which no road leads to a facility come first, then the farthest; those whose time is
    not known come last.
    """
    table = coverage.reset_index()[list(HEADINGS)]
    minutes = table["travel_time_min"].fillna(np.inf).where(table["under_served"].notna(), -np.inf)
    order = minutes.sort_values(ascending=False, kind="stable").index
    return table.loc[order].rename(columns=HEADINGS).reset_index(drop=True)


def neutralized(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with no text that a spreadsheet would run as a formula."""
    texts = {
        column: table[column].astype("string").map(neutralize, na_action="ignore")
        for column in ("Commune", "Le plus proche", "Code INSEE")
    }
    return table.assign(**texts)


def communes_csv(coverage: pd.DataFrame) -> bytes:
    """Return the table as a file that a French spreadsheet opens with a double click.

    Semicolons, decimal commas, UTF-8 with a byte-order mark. Texts that a spreadsheet would run as a
    formula are preceded by an apostrophe.
    """
    table = neutralized(communes_table(coverage))
    table["Sous-desservie"] = table["Sous-desservie"].map({True: "oui", False: "non"}).fillna("inconnu")
    for column, digits in (("Temps (min)", 1), ("Distance (km)", 1), ("Part sous le seuil", 3)):
        table[column] = table[column].astype("Float64").round(digits)
    return table.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n").encode("utf-8-sig")


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its numbers as precise as they are shown.

    Tenths of minutes and of kilometres, hundredths of a share; a share that is almost but not quite 0 or 1 is shown as
    0.01 or 0.99.
    """
    share = table["Part sous le seuil"].astype("Float64")
    between = share.round(2).clip(0.01, 0.99)
    return table.assign(
        **{heading: table[heading].astype("Float64").round(1) for heading in ("Temps (min)", "Distance (km)")},
        **{"Part sous le seuil": between.where(share.between(0, 1, inclusive="neither"), share)},
    )


def show_communes(coverage: pd.DataFrame, on_select: Callable[[str], None]) -> None:
    """Show the sortable table; `on_select` is called with the code of a row that is chosen.

    Its texts are those of the file: people may also save the table from its own menu. The numbers are written by the
    browser, in its language: done here, cell by cell, it took half of the time of an answer.
    """
    table = neutralized(rounded(communes_table(coverage)))
    key = "communes_table"

    def selected() -> None:
        rows = st.session_state[key].selection.rows
        if rows:
            on_select(str(table["Code INSEE"].iloc[rows[0]]))

    number = partial(st.column_config.NumberColumn, format="localized")
    st.dataframe(
        table,
        hide_index=True,
        height=420,
        placeholder=UNKNOWN,
        key=key,
        on_select=selected,
        selection_mode="single-row",
        column_config={
            "Commune": st.column_config.TextColumn(width=150),
            "Temps (min)": number(help="Temps moyen en voiture. Tiret : inconnu.", width=95),
            "Sous-desservie": st.column_config.CheckboxColumn(width=135),
            "Le plus proche": st.column_config.TextColumn(width=250),
            "Distance (km)": number(width=105),
            "Habitants": number(width=85),
            "Part sous le seuil": st.column_config.NumberColumn(
                format="percent", help="Part des habitants sous le seuil choisi.", width=125
            ),
            "Code INSEE": st.column_config.TextColumn(width=90),
        },
    )
