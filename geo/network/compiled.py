"""How the loops over nodes and edges are compiled: at their first call on a machine, which is said in the log.

numba itself is loaded at the first call of a loop: what calls none starts without it.
"""

from __future__ import annotations

import functools
import sys
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: Held while loops are made: several threads may call their first one at once.
_LOCK: Final = RLock()


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a loop at its first call, keep it on disk, and release the interpreter lock while it runs.

    Where it cannot be kept (no room, no right to write), it is compiled by each process, which is said in the log.

    Examples
    --------
    >>> @compiled
    ... def doubled(numbers):
    ...     return numbers * 2
    >>> doubled.__name__
    'doubled'
    """
    return _Loop(function)


def loops_are_loaded() -> bool:
    """Tell whether this process has called a loop: numba is loaded then."""
    return "geo.network.kept_loops" in sys.modules


class _Loop:
    """Stands for a loop until the first call, then passes calls on.

    A loop calls others by their names in its module, where numba wants loops of its own: there they are put in the
    place of those that stand for them.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._ready: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        return (self._ready or self._make_ready())(*arguments)

    @functools.cached_property
    def _loop(self) -> Any:
        from geo.network.kept_loops import kept_loop  # noqa: PLC0415 - numba is loaded with it

        return kept_loop(self._function)

    def _make_ready(self) -> Callable[..., Any]:
        """Replace this function, and all that it may call in turn, by their compiled loops; return its own."""
        with _LOCK:
            modules = [self._function.__globals__]
            while modules:
                names = modules.pop()
                for name, value in list(names.items()):
                    if isinstance(value, _Loop):
                        names[name] = value._loop  # noqa: SLF001 - another of this class
                        modules.append(value._function.__globals__)  # noqa: SLF001
            ready: Callable[..., Any] = self._loop
            self._ready = ready
        return ready
