"""Coverage by hour: the share of residents with an open site within the threshold, half-hour by half-hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.access.opening import HALF_HOURS, SLOT_MIN, SLOTS_A_DAY
from geo.answers.answer import known_note, part_title
from geo.answers.hours import cell_text, hours_answer
from geo.answers.origin import approximation_sentences
from geo.classes import INK, SHARE_CLASSES, UNKNOWN_CLASS, UNKNOWN_COLOUR, classify
from geo.french import DAYS, clock, format_hours, within_text
from geo.kinds import COUNTED_KINDS, SITES, facility_title
from geo.maps.static.arrangement import under
from geo.maps.static.key import KeyBlock, KeyRow
from geo.maps.static.sheet import Box, Sheet, drawing, dress, new_sheet
from geo.maps.static.territory_maps import describe, origin_notes, territory_ground

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from numpy.typing import NDArray

    from geo.access.opening import OpeningTable
    from geo.territory import Territory

#: Bounds of the half-hours of a day.
_TIMES: Final = (*HALF_HOURS, "24:00")
#: Half-hours that are always shown: 8 h to 18 h.
_DAYTIME: Final = (16, 36)
_DAY_MM: Final = 22.0
_HOUR_MM: Final = 6.0
_TALLEST_ROW_MM: Final = 16.0
#: From this class on, figures are white on the dark fill.
_DARK: Final = 4


def hours_chart(
    territory: Territory,
    opening: OpeningTable,
    *,
    kinds: Collection[str] = COUNTED_KINDS,
    page: str = "a4",
    today: dt.date | None = None,
) -> Sheet:
    """Draw the week as a table of colours and figures.

    `page`, `today`: As in `geo.maps.static.territory_maps.travel_time_map`; A4 is always landscape.
    """
    table = opening.shares.to_numpy(np.float64)
    ground = territory_ground(territory, [SITES], kinds=kinds)
    classes = classify(pd.Series(table.ravel()), SHARE_CLASSES).reshape(table.shape)
    first, last = _shown(table)
    name = part_title(territory.name, opening.part)
    title = f"{facility_title(SITES)} : part des habitants selon le jour et l'heure, {name}"
    answer = hours_answer(opening)
    sentence = " ".join([answer.sentence, *answer.details[:1]])
    block = _block(classes, f"Habitants avec un site ouvert {within_text(opening.threshold_min)}")
    outside = (
        ""
        if (first, last) == (0, SLOTS_A_DAY)
        else f" Rien n'est ouvert avant {clock(_TIMES[first])} ni après {clock(_TIMES[last])}."
    )
    rule = f"Chaque case est une demi-heure ; les chiffres sont des pourcentages.{outside}"
    notes = origin_notes((territory,), ground, SITES, today, rule=rule)
    whom, warnings = known_note(opening.part), approximation_sentences(territory)
    with drawing():
        sheet = new_sheet(page, 2.0, title, sentence, [*describe([block]), whom, *warnings, *notes])
        room = dress(sheet, title, sentence, warnings, notes, whom)
        place = under(room, [block])
        place.draw_key(sheet)
        _draw_week(sheet, place.frames[0], table[:, first:last], classes[:, first:last], first)
    return sheet


def _shown(table: NDArray[np.float64]) -> tuple[int, int]:
    """Return the first half-hour that is drawn and the one after the last: whole hours, daytime at least."""
    busy = np.flatnonzero((np.nan_to_num(table) > 0).any(axis=0))
    low = min(_DAYTIME[0], *busy[:1].tolist(), _DAYTIME[0])
    high = max(_DAYTIME[1], *(busy[-1:] + 1).tolist(), _DAYTIME[1])
    return low - low % 2, high + high % 2


def _block(classes: NDArray[np.int64], title: str) -> KeyBlock:
    """Return the classes with the hours of the week in each."""

    def hours(position: int) -> str:
        return format_hours(int(np.count_nonzero(classes == position)) * SLOT_MIN / 60)

    rows = [KeyRow(cls.label, (hours(number),), cls.colour) for number, cls in enumerate(SHARE_CLASSES)]
    if (classes == UNKNOWN_CLASS).any():
        rows.append(KeyRow("inconnu", (hours(UNKNOWN_CLASS),), UNKNOWN_COLOUR, "...."))
    return KeyBlock(title, tuple(rows), ("Par semaine",))


def _draw_week(
    sheet: Sheet, box: Box, table: NDArray[np.float64], classes: NDArray[np.int64], first_half_hour: int
) -> None:
    days, half_hours = table.shape
    row = min(_TALLEST_ROW_MM, (box.height - _HOUR_MM - 4) / days)
    cell = (box.width - _DAY_MM - _HOUR_MM / 2) / half_hours
    top = box.top - _HOUR_MM
    for number in range(0, half_hours + 1, 2):
        hour = f"{(first_half_hour + number) // 2}\u00a0h"
        sheet.write(box.x + _DAY_MM + number * cell, top + 1.5, hour, 7.5, ha="center")
    for day, name in enumerate(DAYS):
        y = top - (day + 1) * row
        sheet.write(box.x, y + row / 2 - 1.0, name, 9)
        for number in range(half_hours):
            position = int(classes[day, number])
            known = position != UNKNOWN_CLASS
            place = Box(box.x + _DAY_MM + number * cell, y, cell, row)
            sheet.rectangle(
                place,
                facecolor=SHARE_CLASSES[position].colour if known else UNKNOWN_COLOUR,
                edgecolor="#ffffff" if known else INK,
                linewidth=0.8 if known else 0.2,
                hatch=None if known else "....",
            )
            if known and table[day, number] > 0:
                sheet.write(
                    place.x + cell / 2,
                    y + row / 2 - 0.9,
                    cell_text(table[day, number]),
                    7,
                    ha="center",
                    color="#ffffff" if position >= _DARK else INK,
                )
