"""The answer of each map in one French sentence, right when a figure is 0, 1, all or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.french import (
    DAYS,
    THIN_SPACE,
    UNIT_SPACE,
    counted,
    format_minutes,
    format_share,
    minutes_text,
)
from geo.kinds import facility_phrase

if TYPE_CHECKING:
    import pandas as pd


_SATURDAY: Final = 5
_JOIN: Final = f"{THIN_SPACE}; "


def saved_sentence(saved_min: pd.Series, population: pd.Series) -> str:
    """Return the minutes saved by the nearest site compared with the nearest tax office.

    Parameters
    ----------
    saved_min
        Minutes by commune, <NA> where one of both times is not known.
    population
        Residents by commune, <NA> unknown, on the same index.
    """
    known = saved_min.notna().to_numpy()
    if not known.any():
        return "Les minutes gagnées ne sont pas connues."
    minutes = saved_min[known].astype("float64").to_numpy()
    residents = population[known].to_numpy(np.float64, na_value=0.0)
    nothing = minutes <= 0
    if residents.sum() > 0:
        mean = float(np.average(minutes, weights=residents))
        start = f"En moyenne, un habitant {_gain(mean)}"
        people = f" ({counted(residents[nothing].sum(), 'habitant')})"
    else:
        start = f"En moyenne des communes, un trajet {_gain(float(minutes.mean()))}"
        people = ""
    start += " en allant au site France services le plus proche plutôt qu'au service des impôts"
    if nothing.all():
        return f"{start}{_JOIN}aucune commune n'y gagne."
    if not nothing.any():
        return f"{start}{_JOIN}toutes les communes y gagnent."
    verb = "n'y gagne rien" if nothing.sum() == 1 else "n'y gagnent rien"
    return f"{start}{_JOIN}{counted(nothing.sum(), 'commune')}{people} {verb}."


def hours_sentence(share: pd.DataFrame, threshold_min: float, facilities: str) -> str:
    """Return when most residents have an open place within the threshold, and what the weekend offers.

    Parameters
    ----------
    share
        Share of residents (0 to 1, NaN unknown), shape (7, 48): days from Monday, half-hours from midnight.
    threshold_min, facilities
        Threshold in minutes and name of the list of places.
    """
    table = share.to_numpy(np.float64, na_value=np.nan)
    known = np.nan_to_num(table)
    where = f"à moins de {minutes_text(threshold_min)} {facility_phrase(facilities)} ouvert"
    if not np.isfinite(table).any():
        return "Les horaires ne sont pas connus."
    if known.max() == 0:
        return f"À aucun moment de la semaine un habitant n'est {where}."
    day, half_hour = np.unravel_index(int(known.argmax()), known.shape)
    best = format_share(known.max())
    parts = [
        f"Au mieux, {best} des habitants sont {where} ({DAYS[int(day)]} à {clock(int(half_hour))})",
        *(f"le {DAYS[day]}, {_at_most(known[day].max())}" for day in (_SATURDAY, _SATURDAY + 1)),
    ]
    return f"{_JOIN.join(parts)}."


def clock(half_hour: int) -> str:
    """Return the start of a half-hour of the day: 19 is ``"9 h 30"``."""
    hour, half = divmod(half_hour, 2)
    return f"{hour}{UNIT_SPACE}h" + (f"{UNIT_SPACE}30" if half else "")


def _at_most(share: float) -> str:
    return f"{format_share(share)} au plus" if share > 0 else "aucun"


def _gain(minutes: float) -> str:
    if round(minutes, 1) == 0:
        return "ne gagne ni ne perd de temps"
    return f"{'gagne' if minutes > 0 else 'perd'} {format_minutes(abs(minutes))}"
