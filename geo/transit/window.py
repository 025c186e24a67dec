"""How long the way to a place takes, door to door, for who leaves at each minute of a window.

Waiting counts: who leaves at any minute takes the next journey. As in R5 (Conway, Byrd, van der Linden 2017), the
times of all minutes are sorted, and a percentile says how the way is when one comes at a good or at a bad moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import ParameterError
from geo.transit.kernels import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.transit.journeys import Journeys

#: Percentiles that are told, in percent.
PERCENTILES: Final = (25, 50, 75)
_WINDOW: Final = re.compile(r"(\d{1,2})[:h](\d\d)-(\d{1,2})[:h](\d\d)")
_DAY_MIN: Final = 24 * 60
_MOST_MIN: Final = 6 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes after midnight at which people leave: from `start_min` on, `end_min` excluded."""

    start_min: int
    end_min: int

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read a window such as ``07:00-09:00``.

        Raises
        ------
        ParameterError
            It is not that, or longer than six hours.

        Examples
        --------
        >>> Window.parse("07:00-09:00")
        Window(start_min=420, end_min=540)
        """
        found = _WINDOW.fullmatch(text.strip())
        hours = [int(part) for part in found.groups()] if found else [0, 0, 0, 0]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if not (start < end <= min(_DAY_MIN, start + _MOST_MIN)) or max(hours[1], hours[3]) >= 60:  # noqa: PLR2004
            msg = (
                f"--window « {text[:20]} » refusé : un début et une fin sont attendus, six heures au plus, par exemple "
                f"07:00-09:00."
            )
            raise ParameterError(msg)
        return cls(start, end)


#: When people leave where nobody asked for other hours.
USUAL_WINDOW: Final = Window(7 * 60, 9 * 60)


def times_from_minutes(
    out: Journeys, leave_s: NDArray[np.int64], way_s: float, walk_s: int | None
) -> NDArray[np.int64]:
    """Return the seconds from leaving to arriving, for each moment of leaving; `NEVER`: more than `way_s`, or no way.

    Parameters
    ----------
    out
        Journeys to the place, by departure.
    leave_s
        int64 (n,), seconds of the day.
    way_s
        Longest way that counts, waiting included.
    walk_s
        Seconds on foot all the way, `None`: too far.
    """
    took = np.full(len(leave_s), NEVER, np.int64)
    if len(out):
        following = np.searchsorted(out.departure_s, leave_s)
        catches = following < len(out)
        took[catches] = out.arrival_s[following[catches]] - leave_s[catches]
    if walk_s is not None:
        took = np.minimum(took, walk_s)
    return np.where(took <= way_s, took, NEVER)


def percentile_minutes(times_s: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Return the `PERCENTILES` of times in minutes, inf where so many moments have no way.

    The p-th is the shortest time that p per cent of the moments do not exceed (nearest rank: no value between two).

    `times_s`: shape (..., n), seconds, `NEVER` where there is no way. Returned: shape (..., 3).

    Examples
    --------
    >>> percentile_minutes(np.array([600, 660, 720, NEVER])).tolist()
    [10.0, 11.0, 12.0]
    >>> percentile_minutes(np.array([600, NEVER, NEVER, NEVER])).tolist()
    [10.0, inf, inf]
    """
    ordered = np.sort(times_s, axis=-1)
    count = ordered.shape[-1]
    ranks = [-(-percent * count // 100) - 1 for percent in PERCENTILES]
    chosen = ordered[..., ranks].astype(np.float64)
    return np.where(chosen < NEVER, chosen / 60, np.inf)
