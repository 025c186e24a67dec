"""``maillage plan --mode-beside``: a plan compared with those not dominated for two publics, by car and otherwise."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from geo.cli.options import chosen_day
from geo.errors import ParameterError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    import geopandas as gpd

    from geo.answers.two_publics import TwoPublics
    from geo.siting.plan import Plan
    from geo.territory import Territory
    from geo.territory.country import Country

_TRANSIT = "transit"


def asked_day(mode: str | None, model: str, new: int | None, day: str | None) -> dt.date | None:
    """Return the day that plans are to be compared on, `None`: a usual one, or nothing is set beside the plan.

    Raises
    ------
    ParameterError
        Before anything is read: another mode, a model that serves no number of residents, no label, or no date.
    """
    if mode is None:
        return None
    from geo.answers.other_public import require_public

    require_public(mode)
    if model != "coverage":
        msg = f"--mode-beside {mode} compare des habitants servis : retirez-le, ou retirez --model."
        raise ParameterError(msg)
    if new == 0:
        msg = f"--mode-beside {mode} compare des plans d'un label au moins : retirez-le, ou demandez un label."
        raise ParameterError(msg)
    if day is not None and mode != _TRANSIT:
        msg = f"--day n'a de sens qu'avec --mode-beside transit : retirez-le, ou retirez --mode-beside {mode}."
        raise ParameterError(msg)
    return None if day is None else chosen_day(day)


def require_beside(area: Territory | Country, mode: str | None, day: dt.date | None, threshold_min: float) -> None:
    """Raise `ParameterError`, before anything is calculated, where plans for two publics cannot be compared.

    The area has no timetables, or none of the day; on foot and by bicycle, it is all of France, or the threshold is too
    long. `mode`: what was asked, `None`: nothing.
    """
    if mode is None:
        return
    if mode != _TRANSIT:
        from geo.access.active_access import require_threshold

        require_threshold(mode, threshold_min)
        if len(area.parts) > 1:
            msg = f"--mode-beside {mode} porte sur un territoire : donnez un code de département, ou retirez-le."
            raise ParameterError(msg)
        return
    require_timetables(area, mode, "--mode-beside transit")
    if day is not None:
        from geo.finder.candidate_trips import require_working_day
        from geo.finder.without_car import RoundTrips

        require_working_day(RoundTrips.of(cast("Territory", area)), day)


def require_timetables(area: Territory | Country, asked: str | None, option: str = "--day") -> None:
    """Raise `ParameterError` where an option asks for timetables that are not there; `asked`: `None`, it was not."""
    if asked is not None and not getattr(area, "has_timetables", False):
        from geo.finder.without_car import no_timetables

        raise ParameterError(no_timetables(area.name, getattr(area, "departement", None), option))


def plans_beside(
    area: Territory | Country,
    plan: Plan,
    mode: str,
    day: dt.date | None,
    *,
    candidates: gpd.GeoDataFrame | None = None,
    exclude: Collection[str] = (),
    time_limit_s: float = 20.0,
) -> TwoPublics:
    """Compare a plan with those not dominated for the two publics.

    `mode`: how the other public comes. `day`: a working day, `None`: a usual day of the timetables. `candidates`,
    `exclude`: as the plan was made. `time_limit_s`: seconds that the choices may last.
    """
    from geo.answers.two_publics import two_publics
    from geo.siting.solve import Control

    told = "Aller-retours sans voiture…" if mode == _TRANSIT else "Plans pour deux publics…"
    logging.getLogger("geo").info(told)
    return two_publics(
        cast("Territory", area),
        plan,
        day,
        mode=mode,
        candidates=candidates,
        exclude=exclude,
        control=Control(time_limit_s),
    )


def beside_lines(compared: TwoPublics) -> list[str]:
    """Return the comparison as lines of text."""
    from geo.answers.two_publics import two_publics_answer

    answer = two_publics_answer(compared)
    return [answer.sentence, *(f"  {each}" for each in answer.details), *(f"  - {each}" for each in answer.notes)]
