"""What the tab of the browser is called."""

import datetime as dt
from typing import get_args

import pytest

from geo.ui.page_title import page_title
from geo.ui.state import AppState, Screen, View

NOW = dt.datetime.fromisoformat("2026-11-24T09:00")


def test_the_first_view_has_no_place_yet():
    assert page_title(AppState(), None, NOW) == "Trouver un France services"


def test_the_place_and_the_moment_come_first():
    assert page_title(AppState(), "Sare (64)", NOW) == "Sare (64), maintenant : le France services le plus proche"
    later = AppState(at=NOW + dt.timedelta(hours=1))
    assert page_title(later, "Sare (64)", NOW).startswith("Sare (64), à 10\u00a0h")


def test_the_title_begins_with_a_capital():
    assert page_title(AppState(), "la position du lien", NOW).startswith("La position du lien, maintenant")


@pytest.mark.parametrize("screen", get_args(Screen))
def test_no_two_screens_are_called_the_same(screen):
    others = set(get_args(Screen)) - {screen}
    title = page_title(AppState(screen), "Nièvre", NOW)
    assert title not in {page_title(AppState(other), "Nièvre", NOW) for other in others}


def test_no_two_questions_of_planifier_are_called_the_same():
    titles = {page_title(AppState("planifier", view=view), "Nièvre", NOW) for view in get_args(View)}
    assert len(titles) == len(get_args(View))
