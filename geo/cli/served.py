"""A server in a program of its own, which ends with the command that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Two arenas of memory are enough for the threads of visitors: more of them only hold what is freed.
_ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "2"}


def run_server(module: Sequence[str]) -> None:
    """Run a module of ours with its arguments until it ends; told to stop (SIGTERM), have it stop.

    Raises
    ------
    typer.Exit
        It failed; the exit status is its own.
    """
    sys.stdout.flush()
    served = subprocess.Popen([sys.executable, "-m", *module], env=_ENVIRONMENT | os.environ)  # noqa: S603 - our own module
    former = signal.signal(signal.SIGTERM, lambda *_: served.terminate())
    try:
        status = served.wait()
    except KeyboardInterrupt:  # it was told as well
        status = served.wait()
    finally:
        signal.signal(signal.SIGTERM, former)
    if status:
        raise typer.Exit(status if status > 0 else 128 - status)
