"""What a citizen asks of a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.errors import ParameterError
from geo.kinds import SITE_KINDS

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a citizen asks of a site.

    `at`: the moment, in the civil time of the territory where it has no time zone; `None`: now. `open_then`: only
    sites open at that moment (always so where `at` is given). `saturday`: open on Saturdays. `evening`: open after
    17:30 on some day. `without_appointment`: only sites known to need none. `kinds`: of `SITE_KINDS`. `operator`:
    only sites that this operator visits, by its key or any of its names.
    """

    at: dt.datetime | None = None
    open_then: bool = False
    saturday: bool = False
    evening: bool = False
    without_appointment: bool = False
    kinds: frozenset[str] = frozenset(SITE_KINDS)
    operator: str | None = None

    @property
    def at_that_moment(self) -> bool:
        """Whether only what is open at the moment counts."""
        return self.open_then or self.at is not None

    def __post_init__(self) -> None:
        """Raise `ParameterError` where no kind is asked for, or one that does not exist."""
        if not self.kinds or not self.kinds <= set(SITE_KINDS):
            asked, known = ", ".join(sorted(self.kinds)), ", ".join(sorted(SITE_KINDS))
            msg = f"Genre de site refusé : « {asked} ». Attendu : un ou plusieurs de {known}."
            raise ParameterError(msg)
