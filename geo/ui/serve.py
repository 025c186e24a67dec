"""The app, served once it is ready: ``python -m geo.ui.serve [OPTIONS OF STREAMLIT] [-- FOLDER]``.

Streamlit runs a page at its first visit, which then waits for all that the page needs. Here it is loaded before the
server listens: modules, the territory with its network, names and ground of the map, the compiled searches.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from streamlit.logger import get_logger
from streamlit.web.cli import main as streamlit

from geo.errors import MaillageError
from geo.settings import BESIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_APP: Final = BESIDE / "app.py"
_SCREENS: Final = ("find", "diagnostic", "diagnostic_france", "planner.screen", "report", "data_and_method")
#: Where Streamlit warns of functions that are called while no visitor is there.
_WARNS: Final = ("caching.cache_data_api", "state.session_state_proxy", "scriptrunner_utils.script_run_context")


def get_ready(folder: str | None) -> None:
    """Load what the first visitor would wait for: the territory in `folder`, all of France for `None`.

    What cannot be loaded is left to the page, which says why to each visitor.
    """
    with _without_warnings(), contextlib.suppress(MaillageError):
        for name in _SCREENS:
            import_module(f"geo.ui.screens.{name}")
        from geo.finder.answer import find_sites, route_to  # noqa: PLC0415 - Streamlit warns of what is loaded here
        from geo.finder.wishes import Wishes  # noqa: PLC0415
        from geo.ui import cache  # noqa: PLC0415

        territory = cache.load_territory(folder)
        identity = cache.fingerprint(territory)
        cache.gazetteer(territory, identity)
        cache.ground_json(territory, identity)
        town = territory.communes.iloc[0]
        answer = find_sites(territory, town["lon"], town["lat"], Wishes())
        for site in answer.sites[:1]:
            route_to(territory, answer.lon, answer.lat, site.facility_id)


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    loggers = [get_logger(f"streamlit.runtime.{name}") for name in _WARNS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def main(arguments: Sequence[str]) -> None:
    """Get ready, then serve until stopped; arguments as those of ``streamlit run app.py``."""
    options = list(arguments)
    given = options[options.index("--") + 1 :] if "--" in options else []
    get_ready(given[0] if given else None)
    sys.argv = ["streamlit", "run", str(_APP), *options]
    streamlit()


if __name__ == "__main__":
    main(sys.argv[1:])
