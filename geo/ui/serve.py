"""The app, served once it is ready: ``python -m geo.ui.serve [OPTIONS OF STREAMLIT] [-- FOLDER]``.

Streamlit runs a page at its first visit, which then waits for all that the page needs. Here it is loaded before the
server listens: modules, the territory with its network, names and ground of the map, the compiled searches. What is
compiled is kept on the disk; on a new installation the first plan alone would wait seconds for it, and so is made here.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from streamlit.logger import get_logger
from streamlit.web.cli import main as streamlit

from geo.errors import MaillageError
from geo.french import visible
from geo.settings import BESIDE, Settings
from geo.ui.plan_process import end_plans_apart, start_plans_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.territory import Territory

_APP: Final = BESIDE / "app.py"
_SCREENS: Final = ("find", "diagnostic", "diagnostic_france", "planner.screen", "report", "data_and_method")
#: What pandas reads when a first table is styled.
_STYLES: Final = "pandas.io.formats.style"
#: Where Streamlit warns of functions that are called while no visitor is there.
_WARNS: Final = ("caching.cache_data_api", "state.session_state_proxy", "scriptrunner_utils.script_run_context")


#: Options of the C library's allocator (`mallopt` of glibc), and their value in bytes. Left alone it raises the first
#: with the largest array that it has seen freed, and then keeps the memory of all arrays up to there: 100 MB more.
_ALLOCATOR: Final = {"M_MMAP_THRESHOLD": -3, "M_TRIM_THRESHOLD": -1}
_GIVEN_BACK_FROM: Final = 128 * 1024


def spare_memory() -> None:
    """Have the memory of what is no longer used given back to the system; nothing where the C library is not glibc."""
    pa.set_memory_pool(pa.system_memory_pool())  # the default one keeps what reading took
    with contextlib.suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        for option in _ALLOCATOR.values():
            library.mallopt(option, _GIVEN_BACK_FROM)


def _give_back() -> None:
    gc.collect()
    gc.freeze()  # what is loaded stays: no later collection goes through it, which takes 0.1 s or more
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def get_ready(folder: str | None) -> None:
    """Load what the first visitor would wait for: the territory in `folder`, all of France for `None`.

    What cannot be loaded is left to the page, which says why to each visitor.
    """
    with _without_warnings(), contextlib.suppress(MaillageError):
        for name in _SCREENS:
            import_module(f"geo.ui.screens.{name}")
        import_module(_STYLES)
        from geo.finder.answer import find_sites, route_to  # noqa: PLC0415 - Streamlit warns of what is loaded here
        from geo.finder.wishes import Wishes  # noqa: PLC0415
        from geo.ui import cache  # noqa: PLC0415

        territory = cache.load_territory(folder)
        identity = cache.fingerprint(territory)
        cache.gazetteer(territory, identity)
        cache.packed_ground(territory, identity)
        town = territory.communes.iloc[0]
        # Twice: the first search of a process does without the compiled loops, those of visitors have them.
        answer = [find_sites(territory, town["lon"], town["lat"], Wishes()) for _ in range(2)][1]
        for site in answer.sites[:1]:
            route_to(territory, answer.lon, answer.lat, site.facility_id)
        _plan_once(territory if folder is not None else cache.load_territory(str(town["departement"])))


def _plan_once(territory: Territory) -> None:
    """Make a plan and measure what depends on each site, so that no visitor waits for them to be compiled."""
    from geo.siting.fragility import fragility  # noqa: PLC0415 - as above
    from geo.siting.plan import plan  # noqa: PLC0415

    plan(territory, 1)
    fragility(territory)


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


def go_without_broken_loop() -> None:
    """Say where uvloop is installed and cannot be loaded, and hide it from Streamlit, which would end on it."""
    try:
        import_module("uvloop")
    except ModuleNotFoundError:
        return
    except (ImportError, OSError) as error:
        sys.stderr.write(
            f"uvloop est installé mais ne se charge pas ({' '.join(visible(str(error)).split())[:200]}) : "
            f"l'application s'en passe, un peu plus lente. Réinstallez-le ou retirez-le.\n"
        )
        sys.modules["uvloop"] = None  # type: ignore[assignment] # so Python marks what is not to be imported


def main(arguments: Sequence[str]) -> None:
    """Get ready, then serve until stopped; arguments as those of ``streamlit run app.py``."""
    options = list(arguments)
    spare_memory()
    given = options[options.index("--") + 1 :] if "--" in options else []
    get_ready(given[0] if given else None)
    _give_back()
    go_without_broken_loop()
    sys.argv = ["streamlit", "run", str(_APP), *options]
    if Settings.from_environment().plans_apart:
        start_plans_apart(given[0] if given else None)
    try:
        streamlit()
    finally:
        end_plans_apart()


if __name__ == "__main__":
    main(sys.argv[1:])
