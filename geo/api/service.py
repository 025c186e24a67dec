"""What is served: a territory that is loaded once, the names of its places, a plan that was made before.

Nothing is written, downloaded or planned for a visitor, and no address is sent to a geocoder.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from geo.access.active_access import active_access
from geo.access.diagnosis import diagnose
from geo.answers.near import TRANSIT, NearQuestion, answer_near
from geo.answers.nearest import more_words
from geo.errors import ParameterError
from geo.finder.day_without_car import day_without_car
from geo.finder.gazetteer import Gazetteer
from geo.finder.search import find_place
from geo.network.modes import CAR
from geo.report.active_files import near_content
from geo.report.plan_reading import plan_text
from geo.report.round_trip_files import round_trip_content
from geo.report.tables import diagnosis_summary
from geo.territory import Territory

if TYPE_CHECKING:
    from pathlib import Path

    from geo.api.queries import CoverageAsked, CoverageQuery, NearQuery
    from geo.finder.search import PlaceSearch

#: Views of France, and coverages, that are kept: those asked for most recently; those of every commune are larger.
_VIEWS: Final = 8
_COVERAGES: Final = 64
_WITHOUT_CAR: Final = 4
_PLAN_FILE: Final = "plan.json"


class HomonymsError(ParameterError):
    """Several communes have the name asked for; `search` has them."""

    def __init__(self, search: PlaceSearch) -> None:
        """Keep the places that have the name."""
        self.search = search
        names = ", ".join(filter(None, (*(place.label for place in search.homonyms), more_words(search))))
        super().__init__(
            f"Plusieurs communes portent ce nom ou commencent ainsi : {names}. Donnez le code INSEE de la vôtre."
        )


class Service:
    """One territory and what is answered about it; any thread may ask.

    Parameters
    ----------
    territory
        Study area; all of France lets its départements and intercommunalities be asked for too.
    plan
        A plan of this territory as ``maillage plan --json`` prints it, UTF-8; `None`: none is served.

    Examples
    --------
    >>> from geo.api.queries import NearQuery
    >>> service = Service(Territory.load("64"))
    >>> service.near(NearQuery(commune="Sare"))["search"]["places"][0]["commune_code"]
    '64504'
    """

    def __init__(self, territory: Territory, plan: bytes | None = None) -> None:
        """Index the names of the territory."""
        self.territory = territory
        self.plan = plan
        self._gazetteer = Gazetteer.of(territory)
        self._one_view = Lock()
        self._view = lru_cache(maxsize=_VIEWS)(Territory.embedded)
        self._coverage = lru_cache(maxsize=_COVERAGES)(self._by_car)
        self._other = lru_cache(maxsize=_WITHOUT_CAR)(self._without_car)

    @classmethod
    def load(cls, folder: str | None, plan: Path | None = None) -> Service:
        """Load a territory (as `Territory.load`) and a plan: its folder, or its file.

        Raises
        ------
        MaillageError
            There is no such territory or plan, or the plan is about another territory.
        """
        territory = Territory.load(folder)
        if plan is None:
            return cls(territory)
        path = plan / _PLAN_FILE if plan.is_dir() else plan
        return cls(territory, plan_text(path, territory).encode())

    @property
    def is_france(self) -> bool:
        """Whether all of the embedded France is served."""
        return self.territory.manifest.view == ""

    def warm_up(self) -> None:
        """Answer twice, so that no visitor waits for compilation: a first search does without the loops."""
        town = self.territory.communes.iloc[0]
        for _ in range(2):
            answer_near(self.territory, (float(town["lon"]), float(town["lat"])), NearQuestion(k=1))

    def near(self, query: NearQuery) -> Any:
        """Return what ``maillage nearest --json`` prints.

        Raises
        ------
        UnknownPlaceError
            No commune has the name asked for.
        HomonymsError
            Several have.
        ParameterError
            What is asked makes no sense, or lies outside the territory.
        """
        asked = query.question()
        given = query.lon is not None and query.lat is not None
        if given == (query.commune is not None) or (query.lon is None) != (query.lat is None):
            msg = "Donnez commune (nom, code INSEE ou code postal), ou une position avec lon et lat : l'un ou l'autre."
            raise ParameterError(msg)
        if query.commune is None:
            return answer_near(self.territory, (query.lon or 0.0, query.lat or 0.0), asked).content
        search = find_place(query.commune, self._gazetteer, None, self.territory.name)
        if search.homonyms and not search.is_sure:
            raise HomonymsError(search)
        start = search.places[0]
        return answer_near(self.territory, (start.lon, start.lat), asked, search=search).content

    def coverage(self, query: CoverageQuery) -> dict[str, Any]:
        """Return what ``maillage diagnose --json`` prints.

        Raises
        ------
        ParameterError
            What is asked makes no sense, or there is no such département or intercommunality.
        """
        asked = query.asked()
        if asked.mode == CAR:
            return self._coverage(query.territory, asked)
        return self._other(query.territory, asked, dt.datetime.now().astimezone().date())

    def _by_car(self, wanted: str | None, asked: CoverageAsked) -> dict[str, Any]:
        territory = self._view_of(wanted)
        return diagnosis_summary(territory, diagnose(territory, question=asked.question))

    def _without_car(self, wanted: str | None, asked: CoverageAsked, today: dt.date) -> dict[str, Any]:
        territory = self._view_of(wanted)
        if asked.mode == TRANSIT:
            measured = day_without_car(territory, asked.day, asked.rules, asked.window, today=today)
            return round_trip_content(territory, measured)
        return near_content(territory, active_access(territory, asked.question, asked.mode))

    def _view_of(self, wanted: str | None) -> Territory:
        if wanted is None:
            return self.territory
        if not self.is_france:
            msg = f"Seul le territoire « {self.territory.name} » est servi ici : retirez territory."
            raise ParameterError(msg)
        with self._one_view:  # two visitors do not make the same view at once
            return self._view(wanted.strip())
