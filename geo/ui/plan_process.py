"""Plans calculated in a process beside the app, which answers its visitors meanwhile: one interpreter runs one thread.

Where there is no such process, or it is busy, starting or broken, the caller makes the plan itself: it is the same.
"""

from __future__ import annotations

import itertools
import logging
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.errors import MaillageError
    from geo.ui.plan_question import PlanAsked, PlanMade

_log = logging.getLogger(__name__)

#: Plans that the process makes at once: one that is searched for seconds, outside the interpreter, lets another one by.
AT_ONCE: Final = 2
#: Seconds that a plan waits for one before it to end; then another thread of the app makes it.
_PATIENCE_S: Final = 5.0
_POLL_S: Final = 0.25
#: How often a process that broke is started again while the app lives.
_MOST_STARTS: Final = 5
#: One thread for libraries; memory that is no longer used is given back, as `geo.ui.serve.spare_memory` has it.
_ENVIRONMENT: Final = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}


class PlanProcess:
    """A process that makes plans, `AT_ONCE` at a time (`geo.ui.plan_worker`)."""

    def __init__(self, folder: str | None) -> None:
        """Start it; `folder`: the territory that the app was opened on."""
        here = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(  # noqa: S603 - this package's own program
            [sys.executable, "-m", "geo.ui.plan_worker", *([] if folder is None else [folder])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=1_000_000,  # a plan is read in few pieces: each is a wait for the interpreter
            env=os.environ | _ENVIRONMENT | {"PYTHONPATH": path},
        )
        self._turns = threading.Semaphore(AT_ONCE)
        #: What is said of each plan under way, by its number.
        self._heard: dict[int, queue.SimpleQueue[tuple[Any, ...]]] = {}
        self._numbers, self._sent = itertools.count(1), threading.Lock()
        self._ready, self._gone = threading.Event(), threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def gone(self) -> bool:
        """Whether it has ended."""
        return self._gone.is_set()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def plan(
        self, asked: PlanAsked, progress: Callable[[float, str], None], cancel: Callable[[], bool]
    ) -> PlanMade | None:
        """Return a plan; `None` where it was not made here: the process starts, is busy, broke, or has other files.

        `progress`, `cancel`: As in `geo.siting.plan.plan`.

        Raises
        ------
        MaillageError
            As `geo.siting.plan.plan`.
        """
        if self.gone or not self._ready.is_set() or not self._take_turn(cancel):
            return None
        try:
            return self._answer(asked, progress, cancel)
        finally:
            self._turns.release()

    def end(self) -> None:
        """End the process, a plan under way too."""
        with suppress(OSError):
            self._stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _take_turn(self, cancel: Callable[[], bool]) -> bool:
        until = time.monotonic() + _PATIENCE_S
        while not self._turns.acquire(timeout=_POLL_S):
            if cancel() or time.monotonic() > until:
                return False
        return True

    def _answer(
        self, asked: PlanAsked, progress: Callable[[float, str], None], cancel: Callable[[], bool]
    ) -> PlanMade | None:
        number = next(self._numbers)
        heard = self._heard[number] = queue.SimpleQueue()
        try:
            self._send(number, asked)
            return self._ending(number, heard, progress, cancel)
        finally:
            del self._heard[number]

    def _ending(
        self,
        number: int,
        heard: queue.SimpleQueue[tuple[Any, ...]],
        progress: Callable[[float, str], None],
        cancel: Callable[[], bool],
    ) -> PlanMade | None:
        """Return what the process has made in the end, progress told meanwhile."""
        is_told = False
        while True:
            if not is_told and cancel():
                is_told = True
                self._send(number, None)
            try:
                kind, *rest = heard.get(timeout=_POLL_S)
            except queue.Empty:
                if self.gone:
                    return None
                continue
            if kind == "told":
                progress(*rest)
            elif kind == "refused":
                refusal: MaillageError = rest[0]
                raise refusal
            elif kind == "found":
                progress(1.0, "Plan terminé.")
                made: PlanMade = rest[0]
                return made
            else:
                if kind == "other":
                    _log.warning("Un territoire a d'autres fichiers qu'à son chargement : son plan est calculé ici.")
                return None

    def _send(self, number: int, asked: PlanAsked | None) -> None:
        with self._sent, suppress(OSError, ValueError):  # it is gone, which `_listen` tells
            self._stdin.write(pickle.dumps((number, asked)))
            self._stdin.flush()

    @property
    def _stdin(self) -> Any:
        return self._process.stdin

    def _listen(self) -> None:
        """Hand on what the process says, until it ends."""
        said = self._process.stdout
        with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
            while said is not None:
                number, *message = pickle.load(said)  # noqa: S301 - written by our own process
                if message == ["ready"]:
                    self._ready.set()
                elif number in self._heard:
                    self._heard[number].put(tuple(message))
        if said is not None:
            said.close()
        self._gone.set()
        for heard in list(self._heard.values()):
            heard.put(("gone",))


class _Running:
    """The process of this app, if any, and how often it was started."""

    process: PlanProcess | None = None
    folder: str | None = None
    starts = 0
    lock = threading.Lock()


def start_plans_apart(folder: str | None) -> None:
    """Start the process of this app; plans are made in the app until it is ready."""
    with _Running.lock:
        _Running.folder, _Running.starts = folder, 1
        _Running.process = PlanProcess(folder)


def end_plans_apart() -> None:
    """End the process of this app, if there is one."""
    with _Running.lock:
        former, _Running.process = _Running.process, None
    if former is not None:
        former.end()


def plan_apart(asked: PlanAsked, progress: Callable[[float, str], None], cancel: Callable[[], bool]) -> PlanMade | None:
    """Return a plan made by the process of this app; `None` where there is none that can, as `PlanProcess.plan`.

    Raises
    ------
    MaillageError
        As `geo.siting.plan.plan`.
    """
    process = _Running.process
    if process is None:
        return None
    found = process.plan(asked, progress, cancel)
    if process.gone:
        _replace(process)
    return found


def _replace(process: PlanProcess) -> None:
    """Start a new process in the place of one that broke; say so."""
    with _Running.lock:
        if _Running.process is not process:  # done, or the app ends
            return
        process.end()
        again = _Running.starts < _MOST_STARTS
        _log.warning(
            "Le processus qui calcule les plans s'est arrêté : l'application calcule celui-ci elle-même%s.",
            " et en démarre un autre" if again else ", et les suivants",
        )
        _Running.starts += 1
        _Running.process = PlanProcess(_Running.folder) if again else None
