"""The legend on paper: classes with their bounds and residents, states of communes, kinds of place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.answers.plan_proof import WITHOUT_RULE
from geo.answers.plan_stops import STOP as STOP_TITLE
from geo.classes import INK
from geo.french import UNKNOWN, counted, format_integer, format_share
from geo.kinds import KINDS
from geo.maps.static.frame import NEIGHBOUR_COLOUR
from geo.maps.static.lettering import line_height_mm, text_width_mm, wrapped
from geo.maps.static.markers import CLOSED, COMPARED, OPENED, STOP, Marker, marker_of
from geo.maps.static.picture import HATCH, MapClass, hatch_lines
from geo.maps.static.sheet import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.maps.static.ground import Ground
    from geo.maps.static.sheet import Sheet

_SIZE: Final = 7.5
_TITLE_SIZE: Final = 8.5
_ROW_MM: Final = 4.7
_SWATCH_MM: Final = 7.0
_LEAST_VALUE_MM: Final = 14.0
_GAP_MM: Final = 2.5
_BORDER: Final = "#8b949a"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One line of the legend: a swatch (fill, hatching, line) or a marker, its text, its values."""

    text: str
    figures: tuple[str, ...] = ()
    fill: str | None = None
    hatch: str | None = None
    edge: str = _BORDER
    dashed: bool = False
    marker: Marker | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class KeyBlock:
    """A part of the legend: title, titles of the values, lines; a note, and one to be drawn as `Sheet.once`."""

    title: str
    rows: tuple[KeyRow, ...]
    value_titles: tuple[str, ...] = ()
    note: str = ""
    note_once: str = ""


@dataclass(frozen=True, slots=True)
class ClassTotals:
    """Residents and communes of each class; the last class is that of the communes off the network.

    Attributes
    ----------
    residents
        Residents known of each class but the last.
    communes
        Communes of each class.
    outside
        Residents whose way is not known: they are in no class.
    unknown
        Communes on the network whose population is not known, which are not in `residents`.
    """

    residents: tuple[float, ...]
    communes: tuple[int, ...]
    outside: float
    unknown: int

    @property
    def total(self) -> float:
        """Residents of all classes: those known."""
        return sum(self.residents)

    @property
    def nobody_known(self) -> bool:
        """Whether the population of every commune on the network is unknown."""
        return self.unknown == sum(self.communes[:-1])


def class_totals(position: pd.Series, communes: pd.DataFrame, classes: int) -> ClassTotals:
    """Add up communes and residents by class.

    `communes`: `population` and `residents_known` of each commune (`geo.access.coverage.coverage`), on the same index.
    `classes`: How many classes there are, that of the communes off the network being the last.
    """
    which = position.to_numpy(np.int64)
    rows = communes.reindex(position.index)
    known, population = (rows[name].to_numpy(np.float64, na_value=0.0) for name in ("residents_known", "population"))
    on_network = which != classes - 1
    return ClassTotals(
        tuple(np.bincount(which[on_network], weights=known[on_network], minlength=classes - 1).tolist()),
        tuple(np.bincount(which, minlength=classes).tolist()),
        outside=float((population - known).sum()),
        unknown=int((rows["population"].isna().to_numpy() & on_network).sum()),
    )


def class_block(
    title: str, classes: Sequence[MapClass], totals: Sequence[ClassTotals], value_titles: Sequence[str]
) -> KeyBlock:
    """Return the classes with the residents of each; with one total, also their share of the residents known.

    `classes`: Classes in order, that of the communes off the network last: it stands under the total, in which it is
    not. One that holds no commune and is no bound of the scale (hatched) is left out.
    """
    alone = len(totals) == 1
    *scale, off = classes
    rows = [
        KeyRow(cls.label, _values([each.residents[i] for each in totals], totals, alone=alone), cls.colour, cls.hatch)
        for i, cls in enumerate(scale)
        if cls.hatch is None or any(each.communes[i] for each in totals)
    ]
    rows.append(KeyRow("ensemble", _values([each.total for each in totals], totals, alone=alone), bold=True))
    if totals[0].communes[-1]:
        outside = [format_integer(each.outside) if each.outside else UNKNOWN for each in totals]
        rows.append(KeyRow(off.label, tuple([*outside, UNKNOWN] if alone else outside), off.colour, off.hatch))
    return KeyBlock(title, tuple(rows), tuple(value_titles), *_population_notes(totals[0]))


def _population_notes(totals: ClassTotals) -> tuple[str, str]:
    """Return whom the residents of a class are, and of how many communes nobody is counted."""
    if not sum(totals.communes[:-1]):
        return "", ""
    if totals.nobody_known:
        return "", "La population des communes n'est pas connue."
    missing = ""
    if totals.unknown:
        missing = f"Il manque {counted(totals.unknown, 'commune')}, dont la population n'est pas connue."
    return "Les habitants d'une classe sont tous ceux de ses communes.", missing


def _values(residents: Sequence[float], totals: Sequence[ClassTotals], *, alone: bool) -> tuple[str, ...]:
    if totals[0].nobody_known:
        return (UNKNOWN,) * max(2, len(totals))
    numbers = [format_integer(number) for number in residents]
    if alone:
        numbers.append(format_share(residents[0] / totals[0].total) if totals[0].total else UNKNOWN)
    return tuple(numbers)


def place_block(
    title: str,
    *grounds: Ground,
    opened: int = 0,
    closed: int = 0,
    compared: int = 0,
    stops: int = 0,
    numbered: bool = False,
) -> KeyBlock:
    """Return the kinds of place that are drawn: how many in the communes that are shown, and how many around them.

    `numbered`: The places opened carry their rank. `compared`: Places of another plan. `stops`: Stops of a bus that
    are proposed.
    """
    inside = pd.concat([ground.inside()["kind"] for ground in grounds])
    everywhere = pd.concat([ground.facilities["kind"] for ground in grounds])
    drawn = {kind for ground in grounds for kind in ground.kinds}
    excluded = {kind for ground in grounds for kind in ground.excluded}
    around = len(everywhere) > len(inside)

    def values(count: int, elsewhere: int | None = None) -> tuple[str, ...]:
        beyond = "" if elsewhere is None else format_integer(elsewhere)
        return (format_integer(count), beyond) if around else (format_integer(count),)

    rows = [
        KeyRow(
            shape.label + (" (non compté)" if kind in excluded else ""),
            values(int((inside == kind).sum()), int((everywhere == kind).sum() - (inside == kind).sum())),
            marker=marker_of(kind, counted=kind not in excluded),
        )
        for kind, shape in KINDS.items()
        if kind in drawn
    ]
    if opened:
        rows.append(KeyRow("Site ouvert par le projet" + ", à son rang" * numbered, values(opened), marker=OPENED))
    if stops:
        rows.append(KeyRow(f"{STOP_TITLE}, n'est pas un site", values(stops), marker=STOP))
    if compared:
        rows.append(KeyRow(WITHOUT_RULE, values(compared), marker=COMPARED))
    if closed:
        rows.append(KeyRow("Site fermé par le projet", values(closed), marker=CLOSED))
    if any(len(ground.neighbours) for ground in grounds):
        rows.append(KeyRow("Département voisin (contour connu)", fill=NEIGHBOUR_COLOUR))
    titles = ("Dedans", "Autour") if around else ("Nombre",)
    note = "Autour : lieux des environs, dessinés s'ils sont dans le cadre." if around else ""
    return KeyBlock(title, tuple(rows), titles if rows else (), note)


def hatch_row(text: str, values: tuple[str, ...], fill: str) -> KeyRow:
    """Return the line that explains the hatching of under-served communes."""
    return KeyRow(text, values, fill, HATCH, edge=INK)


def key_height(blocks: Sequence[KeyBlock], width: float) -> float:
    """Return the height (mm) of blocks under each other in a column of this width (mm)."""
    return sum(_block_height(block, width) for block in blocks)


def draw_key(sheet: Sheet, blocks: Sequence[KeyBlock], x: float, top: float, width: float) -> float:
    """Draw blocks under each other from `top`; return the lower edge."""
    for block in blocks:
        top = _draw_block(sheet, block, x, top, width)
    return top


def key_columns(blocks: Sequence[KeyBlock], columns: int, width: float) -> list[list[KeyBlock]]:
    """Return blocks shared out in order over columns, so that the tallest column is as low as can be."""
    best: tuple[float, list[list[KeyBlock]]] | None = None
    for cuts in _cuts(len(blocks), columns):
        shared = [list(blocks[start:end]) for start, end in zip((0, *cuts), (*cuts, len(blocks)), strict=True)]
        height = max(key_height(column, width) for column in shared)
        if best is None or height < best[0]:
            best = height, shared
    return best[1] if best else []


def _cuts(blocks: int, columns: int) -> list[tuple[int, ...]]:
    if columns == 1:
        return [()]
    return [
        (*before, cut)
        for cut in range(1, blocks + 1)
        for before in _cuts(cut, columns - 1)
        if max(before, default=0) <= cut
    ]


def _value_widths(block: KeyBlock) -> list[float]:
    """Return the width of each column of values (mm), from the right."""
    widths = [max(_LEAST_VALUE_MM, text_width_mm(title, _SIZE - 1) + 2) for title in reversed(block.value_titles)]
    for row in block.rows:
        for number, value in enumerate(reversed(row.figures)):
            widths[number] = max(widths[number], text_width_mm(value, _SIZE, bold=row.bold) + 2)
    return widths


def _text_lines(row: KeyRow, width: float) -> list[str]:
    return wrapped(row.text, width, _SIZE, bold=row.bold)


def _row_height(row: KeyRow, width: float) -> float:
    return max(_ROW_MM, len(_text_lines(row, width)) * line_height_mm(_SIZE) + 1.2)


def _row_text_width(block: KeyBlock, row: KeyRow, width: float) -> float:
    return width - _SWATCH_MM - 2 - sum(_value_widths(block)[: len(row.figures)])


def _title_lines(block: KeyBlock, width: float) -> list[str]:
    return wrapped(block.title, width - sum(_value_widths(block)) - 1, _TITLE_SIZE, bold=True)


def _block_height(block: KeyBlock, width: float) -> float:
    title = len(_title_lines(block, width)) * line_height_mm(_TITLE_SIZE) + 1.5
    note = sum(len(lines) for lines in _note_lines(block, width)) * line_height_mm(_SIZE - 1)
    rows = sum(_row_height(row, _row_text_width(block, row, width)) for row in block.rows)
    return title + rows + note + _GAP_MM


def _draw_block(sheet: Sheet, block: KeyBlock, x: float, top: float, width: float) -> float:
    end = top - _block_height(block, width)
    lines = _title_lines(block, width)
    top = sheet.write_lines(x, top, lines, _TITLE_SIZE, weight="bold")
    widths = _value_widths(block)
    rights = [x + width - sum(widths[:number]) for number in range(len(widths))]
    for right, title in zip(rights, reversed(block.value_titles), strict=True):
        sheet.write(right, top + 1.0, title, _SIZE - 1, ha="right")
    top -= 0.6
    sheet.line([x, x + width], [top, top], color=_BORDER, linewidth=0.5)
    top -= 0.9
    for row in block.rows:
        text_width = _row_text_width(block, row, width)
        height = _row_height(row, text_width)
        _draw_row(sheet, row, Box(x, top - height, width, height), text_width, rights)
        top -= height
    note, once = _note_lines(block, width)
    top = sheet.write_lines(x, top, note, _SIZE - 1)
    if once:
        with sheet.once(block.note_once):
            sheet.write_lines(x, top, once, _SIZE - 1)
    return end


def _note_lines(block: KeyBlock, width: float) -> list[list[str]]:
    return [wrapped(note, width, _SIZE - 1) if note else [] for note in (block.note, block.note_once)]


def _draw_row(sheet: Sheet, row: KeyRow, box: Box, text_width: float, rights: Sequence[float]) -> None:
    middle = box.y + box.height / 2
    if row.marker:
        sheet.line([box.x + _SWATCH_MM / 2], [middle], **row.marker.style())
    elif row.fill is not None:
        swatch = Box(box.x, middle - 1.8, _SWATCH_MM, 3.6)
        dashes = (0, (3, 1.5)) if row.dashed else "solid"
        edge_width = 1.3 if row.edge == INK and not row.hatch else 0.6
        sheet.rectangle(swatch, facecolor=row.fill, edgecolor=row.edge, linewidth=edge_width, linestyle=dashes)
        if row.hatch:
            for colour, line_width in hatch_lines(row.hatch):
                sheet.rectangle(
                    swatch, facecolor="none", edgecolor=colour, hatch=row.hatch, hatch_linewidth=line_width, linewidth=0
                )
    weight = "bold" if row.bold else "normal"
    lines = _text_lines(row, text_width)
    first = middle + (len(lines) * line_height_mm(_SIZE)) / 2
    sheet.write_lines(box.x + _SWATCH_MM + 2, first + 0.2, lines, _SIZE, weight=weight)
    for right, value in zip(rights, reversed(row.figures), strict=False):
        sheet.write(right, middle - 0.95, value, _SIZE, ha="right", weight=weight)
