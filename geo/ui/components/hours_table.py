"""The week as a table of coloured figures: share of residents with an open site, by weekday and half-hour."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from geo.access.opening import SLOTS_A_DAY
from geo.answers.hours import cell_text
from geo.classes import INK, SHARE_CLASSES, UNKNOWN_COLOUR, classify
from geo.french import UNIT_SPACE, clock

if TYPE_CHECKING:
    import pandas as pd

#: Half-hours always shown (8:00 to 18:30); others are where someone has an open site.
_USUAL: Final = (16, 37)
#: Classes on which white figures are read better than dark ones.
_DARK_FROM: Final = 4


def show_hours_table(shares: pd.DataFrame, caption: str) -> None:
    """Show the table; on a narrow screen it scrolls within its frame, which the keyboard can reach."""
    st.html(hours_html(shares, caption))


def hours_html(shares: pd.DataFrame, caption: str) -> str:
    """Return the table as HTML: half-hours down, weekdays across, each cell with its figure in percent.

    `shares`: 7 rows (weekdays) by 48 columns (half-hours), 0 to 1, NaN unknown (`geo.access.opening.OpeningTable`).
    `caption`: What the figures are.
    """
    some = np.flatnonzero(shares.to_numpy().max(axis=0) > 0)
    first = min(_USUAL[0], *some.tolist()) if len(some) else _USUAL[0]
    last = max(_USUAL[1], *some.tolist()) if len(some) else _USUAL[1]
    head = "".join(f'<th scope="col">{escape(day)}</th>' for day in shares.index)
    rows = "".join(_row(shares, slot) for slot in range(first, min(last, SLOTS_A_DAY - 1) + 1))
    key = "".join(
        f'<li><span style="background:{cls.colour}" aria-hidden="true"></span>{escape(cls.label)}</li>'
        for cls in SHARE_CLASSES
    )
    return (
        f'<ul class="maillage-hours-key">{key}</ul>'
        f'<div class="maillage-hours" role="region" aria-label="{escape(caption)}" tabindex="0"><table>'
        f"<caption>{escape(caption)}</caption>"
        f'<thead><tr><th scope="col">Heure</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(shares: pd.DataFrame, slot: int) -> str:
    column = shares.iloc[:, slot]
    classes = classify(column, SHARE_CLASSES)
    cells = "".join(_cell(share, cls) for share, cls in zip(column, classes.tolist(), strict=True))
    return f'<tr><th scope="row">{escape(clock(str(shares.columns[slot])))}</th>{cells}</tr>'


def _cell(share: float, cls: int) -> str:
    if cls < 0:
        return f'<td style="background:{UNKNOWN_COLOUR};color:{INK}">?</td>'
    colour = "#ffffff" if cls >= _DARK_FROM else INK
    text = f"{cell_text(share)}{UNIT_SPACE}%"
    return f'<td style="background:{SHARE_CLASSES[cls].colour};color:{colour}">{escape(text)}</td>'
