"""Calculations in a thread: progress, end, stop, errors."""

import threading

import pytest

from geo.errors import ParameterError
from geo.ui.background import Background


def test_it_ends_with_its_result_and_its_progress():
    def work(progress, cancel):
        progress(0.4, "À mi-chemin…")
        return cancel()

    run = Background(work)
    assert run.wait(10)
    assert run.result() is False
    assert (run.share, run.sentence) == (0.4, "À mi-chemin…")
    run.cancel()
    assert not run.cancelled, "it had ended"


def test_it_is_stopped():
    asked = threading.Event()

    def work(progress, cancel):
        progress(7.0, "trop")
        asked.set()
        while not cancel():
            pass
        return "le meilleur trouvé"

    run = Background(work)
    assert asked.wait(10)
    assert not run.wait(0.01)
    run.cancel()
    assert run.wait(10)
    assert run.cancelled
    assert run.result() == "le meilleur trouvé"
    assert run.share == 1.0


def test_an_error_is_raised_where_the_result_is_asked_for():
    def work(progress, cancel):
        del progress, cancel
        message = "Budget refusé."
        raise ParameterError(message)

    run = Background(work)
    assert run.wait(10)
    with pytest.raises(ParameterError, match="Budget refusé"):
        run.result()
