"""The process that calculates plans beside the app: ``python -m geo.ui.plan_worker [FOLDER]``, which the app starts.

It reads questions from standard input and writes what it has to say to standard output, as pickles. It ends when its
standard input does, in the middle of a plan too: however the app ended, it does not stay behind.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from cachetools import LRUCache

from geo.answers.plan_near import times_today
from geo.errors import MaillageError
from geo.network.modes import ACTIVE_MODES
from geo.siting.criteria import Zones
from geo.siting.plan import plan
from geo.sources.zones import read_frr, read_qpv
from geo.territory import Territory
from geo.territory.embedded import view_names
from geo.ui.plan_process import AT_ONCE
from geo.ui.plan_question import (
    PlanAsked,
    PlanMade,
    fetched_frame,
    near_of,
    plan_of,
    remembered,
    room_for_problems,
)

if TYPE_CHECKING:
    from geo.siting.plan import Plan

#: Territories that stay loaded, as in the app: with twelve départements of the embedded France this process has 230 MB
#: of its own, 200 MB with one.
_KEPT: Final = 12
#: Visitors are answered before a plan goes on (`os.nice`).
_NICENESS: Final = 1
#: Seconds between two messages about progress: each takes a turn from the process that answers visitors.
_TOLD_EVERY_S: Final = 0.2


class PlanMaker:
    """Makes the plans that are asked for, several at once, with the territories and the problems of the last ones."""

    def __init__(self, answer: BinaryIO) -> None:
        """Write what there is to say to `answer`."""
        self._answer, self._said = answer, threading.Lock()
        self._territories: LRUCache[str, Territory] = LRUCache(_KEPT)
        self._times_today = lru_cache(len(ACTIVE_MODES) * _KEPT)(times_today)
        self._problems, self._lock, self._loaded = room_for_problems(), threading.Lock(), threading.Lock()
        #: Numbers of the plans under way that were stopped, and of those that had just ended.
        self.stopped: set[int] = set()

    def say(self, number: int, *message: Any) -> None:
        """Write a message: the number of the plan, 0 for none, what the message is, then what belongs to it."""
        content = pickle.dumps((number, *message))
        with self._said:
            self._answer.write(content)
            self._answer.flush()

    def answer(self, number: int, asked: PlanAsked) -> None:
        """Make a plan; write ``"found", PlanMade``, ``"refused", error`` or, of another territory, ``"other"``."""
        with self._loaded:
            territory = self._territory(asked)
        if territory is None:
            self.say(number, "other")
            return
        try:
            found = self._plan(territory, number, asked)
        except MaillageError as error:
            self.say(number, "refused", error)
        else:
            self.say(number, "found", PlanMade(found, near_of(territory, found, self._times_today)))
        self.stopped.discard(number)

    def _territory(self, asked: PlanAsked) -> Territory | None:
        """Return the territory that is meant, loaded again where its files changed; `None` where they are others."""
        found = self._territories.get(asked.source)
        if found is None or found.fingerprint != asked.fingerprint:
            try:
                found = Territory.load(asked.source)
            except MaillageError:  # the app has it in memory still
                return None
            self._territories[asked.source] = found
        return found if found.fingerprint == asked.fingerprint else None

    def _plan(self, territory: Territory, number: int, asked: PlanAsked) -> Plan:
        question, last = asked.question, time.monotonic()

        def progress(share: float, sentence: str) -> None:
            nonlocal last
            if time.monotonic() - last >= _TOLD_EVERY_S:
                last = time.monotonic()
                self.say(number, "told", share, sentence)

        return plan_of(
            territory,
            question,
            {
                "candidates": None,
                "rule": question.rule,
                "exclude": question.exclude,
                "zones": Zones(frr=fetched_frame("frr", read_frr), qpv=fetched_frame("qpv", read_qpv)),
            },
            remembered(question, self._problems, self._lock),
            progress=progress,
            cancel=lambda: number in self.stopped,
        )


def _listen(questions: queue.SimpleQueue[tuple[int, PlanAsked]], maker: PlanMaker) -> None:
    """Read ``(number, question)``, and ``(number, None)`` to stop that plan, until the app ends; then end too."""
    try:
        while True:
            number, asked = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the app
            if asked is None:
                maker.stopped.add(number)
            else:
                questions.put((number, asked))
    finally:
        os._exit(0)


def _make(questions: queue.SimpleQueue[tuple[int, PlanAsked]], maker: PlanMaker) -> None:
    """Answer one question after the other; where that breaks the whole process ends, which the app sees."""
    try:
        while True:
            maker.answer(*questions.get())
    except BaseException:  # noqa: BLE001 - written down, and the end
        traceback.print_exc()
        os._exit(1)


def main() -> None:
    """Load what plans need, say ``"ready"``, and answer questions, `AT_ONCE` at a time."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of the answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the app is told too, and ends this process in its turn
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICENESS)
    maker, questions = PlanMaker(answer), queue.SimpleQueue[tuple[int, PlanAsked]]()
    threading.Thread(target=_listen, args=(questions, maker), daemon=True).start()
    with suppress(MaillageError):  # of a territory about which no plan can be made: told to each who asks for one
        plan(Territory.load(sys.argv[1] if len(sys.argv) > 1 else next(iter(view_names()))), 1)
    maker.say(0, "ready")
    for _ in range(AT_ONCE - 1):
        threading.Thread(target=_make, args=(questions, maker), daemon=True).start()
    _make(questions, maker)


if __name__ == "__main__":
    main()
