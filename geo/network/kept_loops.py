"""Loops compiled by numba and kept on disk; numba is loaded with this module, which takes a quarter of a second."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

import numba
from numba.core import event
from numba.core.caching import FunctionCache

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


def kept_loop(function: Callable[..., Any]) -> Any:
    """Return what compiles a loop at its first call with some types, or reads it from the disk where it was kept.

    Where it cannot be kept (no room, no right to write), it is compiled by each process, which is said in the log. Each
    loop releases the interpreter lock while it runs.
    """
    _listen()
    loop: Any = numba.njit(nogil=True)(function)
    if loop is not function:  # it is where numba is told not to compile
        try:
            loop._cache = _KeptOnDisk(function)  # type: ignore[no-untyped-call] # noqa: SLF001 - as numba for cache=True
        except RuntimeError:  # no folder that could be written to
            _not_kept()
    return loop


class _KeptOnDisk(FunctionCache):
    """Loops on disk as numba keeps them; those that cannot be written or read are passed over."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except OSError:
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        except OSError:
            _not_kept()


@cache
def _not_kept() -> None:
    _log.warning(
        "Les calculs préparés ne peuvent pas être gardés sur le disque : ils sont refaits à chaque commande. Vérifiez "
        "l'espace disponible, ou donnez avec NUMBA_CACHE_DIR un dossier où écrire."
    )


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
