"""Residents by minutes of travel, as a curve: where the threshold stands on it, and how much it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.answers.answer import known_note, nobody_known, part_title
from geo.classes import ACCENT, INK, TIME_CLASSES
from geo.french import format_share, minutes_text
from geo.kinds import facility_title
from geo.maps.static.lettering import FONT, wrapped
from geo.maps.static.sheet import Box, Sheet, drawing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geo.access.coverage import CoverageSummary

_WIDTH_MM: Final = 176.0
_HEIGHT_MM: Final = 92.0
_PLOT: Final = Box(13.0, 18.0, 158.0, 58.0)
_SOFT: Final = "#c9d0d4"
#: Curves longer than this (min) have a tick every ten minutes.
_MANY_MIN: Final = 60


def curve_chart(
    name: str,
    curve: pd.DataFrame,
    summary: CoverageSummary,
    *,
    origin: str = "",
) -> Sheet:
    """Draw the share of the residents within each number of minutes, the classes of the maps behind it.

    Parameters
    ----------
    name
        French name of the territory.
    curve
        What `geo.access.population_curve.population_curve` returned.
    summary
        The coverage that the curve goes with: its threshold is marked.
    origin
        What is said under the picture: where its figures come from, French.
    """
    part, threshold_min, share_within = summary.part, summary.threshold_min, summary.share_covered
    title = f"{facility_title(summary.facilities)} : habitants selon le temps de trajet, {part_title(name, part)}"
    minutes = curve["minutes"].to_numpy(np.float64)
    share = curve["share"].to_numpy(np.float64, na_value=np.nan)
    nobody = nobody_known(part)
    told = nobody or f"Part des habitants dont le trajet dure au plus {_shares(share, threshold_min, share_within)}."
    whom = known_note(part)
    with drawing():
        sheet = Sheet(_WIDTH_MM, _HEIGHT_MM, title, " ".join(filter(None, [f"{title}. {told}", whom, origin])))
        sheet.write_lines(0.5, _HEIGHT_MM - 1, wrapped(title, _WIDTH_MM - 1, 9.5, bold=True)[:2], 9.5, weight="bold")
        axes = sheet.add_axes(
            (_PLOT.x / _WIDTH_MM, _PLOT.y / _HEIGHT_MM, _PLOT.width / _WIDTH_MM, _PLOT.height / _HEIGHT_MM)
        )
        _draw_ground(axes, float(minutes[-1]))
        if nobody:
            axes.text(minutes[-1] / 2, 0.5, nobody, ha="center", size=9)
        else:
            axes.plot(minutes, share, color="#ffffff", linewidth=4)
            axes.plot(minutes, share, color=ACCENT, linewidth=2.2)
        if share_within is not None and threshold_min < minutes[-1]:
            _mark(axes, threshold_min, share_within, float(minutes[-1]))
        sheet.write(_PLOT.x + _PLOT.width / 2, _PLOT.y - 7.5, "minutes en voiture", 8, ha="center")
        sheet.write(0.5, _PLOT.top + 2.5, "Part des habitants dont le trajet dure au plus ce temps", 8)
        people, from_where = (wrapped(text, _WIDTH_MM - 1, 5.5) if text else [] for text in (whom, origin))
        end = sheet.write_lines(0.5, 9.0, from_where[: 3 - len(people)], 5.5, color="#55646c")
        if whom:
            with sheet.once(whom):
                sheet.write_lines(0.5, end, people, 5.5, color="#55646c")
    return sheet


def _shares(share: NDArray[np.float64], threshold_min: float, share_within: float | None) -> str:
    """Return the share within each ten minutes, and within the threshold, in words."""
    told = {float(minute): float(share[minute]) for minute in range(10, len(share), 10)}
    if share_within is not None:
        told[threshold_min] = share_within
    return ", ".join(f"{minutes_text(minute)} : {format_share(told[minute])}" for minute in sorted(told))


def _draw_ground(axes: Any, longest: float) -> None:
    """Draw the classes of the maps as bands, and the scales."""
    for cls in TIME_CLASSES:
        axes.axvspan(cls.lower, min(cls.upper, longest), color=cls.colour, alpha=0.6, linewidth=0)
    axes.set(xlim=(0, longest), ylim=(0, 1.0))
    axes.grid(visible=True, color="#ffffff", linewidth=0.7)
    axes.set_axisbelow(True)
    shares, ticks = np.linspace(0, 1, 6), np.arange(0, longest + 1, 5 if longest <= _MANY_MIN else 10)
    axes.set_yticks(shares, [format_share(round(share, 1)) for share in shares], family=FONT)
    axes.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks], family=FONT)
    axes.tick_params(labelsize=7.5, labelcolor=INK, length=2, color=_SOFT)
    axes.spines[:].set_visible(False)


def _mark(axes: Any, threshold_min: float, share: float, longest: float) -> None:
    """Mark the threshold, and write its share where there is room."""
    axes.plot([threshold_min, threshold_min], [0, share], color=INK, linewidth=1, linestyle=(0, (4, 2)))
    axes.plot([threshold_min], [share], "o", color=INK, markersize=5, clip_on=False)
    left = threshold_min > longest / 2
    axes.annotate(
        f"{minutes_text(threshold_min)} : {format_share(share)}",
        (threshold_min, share),
        xytext=(-8 if left else 8, -14),
        textcoords="offset points",
        ha="right" if left else "left",
        size=9,
        weight="bold",
        color=INK,
        bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.5, "alpha": 0.85},
    )
