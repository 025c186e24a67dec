"""How the loops over nodes and edges are compiled: at their first call on a machine, which is said in the log."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

import numba
from numba.core import event

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a loop at its first call, keep it on disk, and release the interpreter lock while it runs."""
    _listen()
    return numba.njit(cache=True, nogil=True)(function)


@cache
def _listen() -> None:
    """Have numba tell when it compiles, which it does only for want of a loop kept on disk."""
    event.register("numba:compile", _Compilation())  # type: ignore[no-untyped-call]


class _Compilation(event.Listener):
    """Says once that loops of this package are being compiled, all of which takes about fifteen seconds."""

    said = False

    def on_start(self, event: Any) -> None:
        ours = event.data["dispatcher"].py_func.__module__.startswith("geo.")
        if ours and not self.said:
            self.said = True
            _log.info("Première utilisation de ce calcul : préparation, jusqu'à une quinzaine de secondes…")

    def on_end(self, event: Any) -> None:
        """Leave the end untold: the next step says what it does."""
