"""How long a visitor waits in a real browser, on the embedded territory, beside what is aimed at: ``make bench``.

``python -m tests.benchmarks.screens [ROUNDS]``. A fresh visitor each time, whose browser knows nothing yet; of what is
measured warm the first one warms the app and is not counted. Seconds on the clock from the key or the click to what
answers it, and in brackets the processor time that the server took meanwhile: other work on the machine lengthens the
first far more than the second. Exits with 1 where a median is over what is aimed at.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from playwright.sync_api import sync_playwright

from tests.served_app import NO_CHROMIUM, WINDOWED, WINDOWLESS, find_chromium, served_app

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Browser, Page

    from tests.served_app import Served

PLACES = ("sare", "espelette", "pau")
CLICKS = ((0.5, 0.6), (0.42, 0.55), (0.58, 0.7))
IDLE = '.stApp[data-test-script-state="notRunning"]'
ANSWER = "document.querySelector('.maillage-answer').innerText"
TITLE = "document.querySelector('h1')?.innerText"
ACTIONS = "[...document.querySelectorAll('.maillage-note')].filter(note => /^\\d+\\. /.test(note.innerText)).length"
#: Screens in the order in which they are gone through: the first time each is opened by anybody, then again.
SWITCHES = ("Diagnostic", "Planifier", "Rapport", "Données et méthode", "Trouver")
#: What is aimed at, in seconds, on a quiet machine.
AIMS: Final = {
    "first view, first visitor": None,
    "first search after start": 1.0,
    "first view, warm": 2.5,
    "answer to a search": 0.3,
    "threshold moved": 0.4,
    "site opened by a click": None,
    **dict.fromkeys((f"switch to {name}" for name in SWITCHES), 1.0),
    **dict.fromkeys((f"first switch to {name}" for name in SWITCHES), 1.0),
}


class Wait(NamedTuple):
    """Seconds on the clock, and of the server's processor meanwhile."""

    clock: float
    processor: float


class Visitor:
    """A page of a fresh visitor, and how long it waits."""

    def __init__(self, page: Page, served: Served) -> None:
        self.page, self.served = page, served

    def open(self, query: str, *drawn: str) -> None:
        """Open the app until these are drawn and it is idle."""
        self.page.goto(f"{self.served}/{query}")
        for selector in (*drawn, IDLE):
            self.page.wait_for_selector(selector)

    def timed(self, act: Callable[[], object], until: Callable[[], object]) -> Wait:
        """Return how long something takes to come after an act."""
        clock, processor = time.perf_counter(), processor_s(self.served)
        act()
        until()
        return Wait(time.perf_counter() - clock, processor_s(self.served) - processor)

    def until_other(self, what: str, act: Callable[[], object], *, idle: bool = False) -> Wait:
        """Return how long something on the page takes to differ after an act; with `idle`, until all is drawn."""
        before = self.page.evaluate(what)

        def differs() -> None:
            self.page.wait_for_function(f"before => {what} !== before", arg=before)
            if idle:
                self.page.wait_for_selector(IDLE)

        wait = self.timed(act, differs)
        self.page.wait_for_selector(IDLE)
        return wait


Waits = dict[str, list[Wait]]


def first_view(visitor: Visitor) -> Waits:
    """Open *Trouver* until its first sentence."""
    page = visitor.page
    wait = visitor.timed(
        lambda: page.goto(visitor.served), lambda: page.wait_for_selector(".maillage-answer:not(:empty)")
    )
    return {"first view, warm": [wait]}


def first_search(visitor: Visitor) -> Waits:
    """Be the first of all: open *Trouver*, then ask for a place."""
    (view,) = first_view(visitor)["first view, warm"]
    visitor.page.wait_for_selector(IDLE)
    return {"first view, first visitor": [view], "first search after start": [asked(visitor, PLACES[0])]}


def searches(visitor: Visitor) -> Waits:
    """Ask for places in *Trouver*, until the answer changes."""
    visitor.open("", ".maillage-name span")
    return {"answer to a search": [asked(visitor, place) for place in PLACES]}


def asked(visitor: Visitor, place: str) -> Wait:
    """Ask for one place."""
    visitor.page.get_by_label("Où êtes-vous ?").fill(place)
    return visitor.until_other(ANSWER, lambda: visitor.page.keyboard.press("Enter"))


def thresholds(visitor: Visitor) -> Waits:
    """Move the threshold of *Diagnostic* with the keyboard, until the answer changes."""
    visitor.open("?ecran=diagnostic&territoire=64", "path.maillage-commune")
    slider = visitor.page.get_by_role("slider", name="Seuil en voiture")
    slider.focus()
    return {"threshold moved": [visitor.until_other(ANSWER, lambda: slider.press("ArrowRight")) for _ in range(3)]}


def opened_sites(visitor: Visitor) -> Waits:
    """Open sites of a scenario by clicks on the map, until they are in the list of actions."""
    page = visitor.page
    visitor.open("?ecran=planifier&vue=scenario&territoire=64", "path.maillage-commune[data-class]")
    page.locator(".maillage-canvas").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    waits = []
    for across, down in CLICKS:
        canvas = page.locator(".maillage-canvas")
        canvas.scroll_into_view_if_needed()  # what is said above it of the last click has moved it
        box = canvas.bounding_box()
        place = (box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        waits.append(visitor.until_other(ACTIONS, lambda place=place: page.mouse.click(*place)))
    return {"site opened by a click": waits}


def switches(visitor: Visitor) -> Waits:
    """Go through the screens by the menu, each until all of it is there."""
    visitor.open("?territoire=64&lieu=64504&quand=2026-11-24T10:00", ".card")
    waits = {}
    for name in SWITCHES:
        tab = visitor.page.get_by_role("radio", name=name, exact=True)
        waits[f"switch to {name}"] = [visitor.until_other(TITLE, tab.click, idle=True)]
        visitor.page.wait_for_timeout(500)
    return waits


def processor_s(served: Served) -> float:
    """Return the processor time that the server has taken; NaN where the machine has no /proc."""
    try:
        fields = Path(f"/proc/{served.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(browser: Browser, served: Served, visit: Callable[[Visitor], Waits]) -> Waits:
    """Return what one fresh visitor waits."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    context.set_default_timeout(120_000)
    waits = visit(Visitor(context.new_page(), served))
    context.close()
    return waits


def cold_starts(browser: Browser, rounds: int) -> bool:
    """Start servers, and be their first visitor; tell whether all was as fast as aimed at."""
    started, first = [], []
    for _ in range(rounds):
        begin = time.perf_counter()
        with served_app() as served:
            started.append(Wait(time.perf_counter() - begin, processor_s(served)))
            waits = measure(browser, served, first_search)
            again = measure(browser, served, switches)
        first.append(waits | {f"first {name}": each for name, each in again.items()})
    show("from start to listening", started)
    return show_all(first)


def main() -> None:
    """Visit each screen, again and again."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    chromium = find_chromium(*WINDOWED, WINDOWLESS)  # what visitors have, where it is installed
    if chromium is None:
        sys.exit(NO_CHROMIUM)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        kept = [cold_starts(browser, rounds)]
        with served_app() as served:
            for visit in (first_view, searches, thresholds, opened_sites, switches):
                measure(browser, served, visit)
                kept.append(show_all([measure(browser, served, visit) for _ in range(rounds)]))
        browser.close()
    sys.exit(0 if all(kept) else 1)


def show_all(waits: Sequence[Waits]) -> bool:
    """Print what several visitors waited; tell whether the medians are as aimed at."""
    kept = [show(name, [each for one in waits for each in one[name]]) for name in waits[0]]
    return all(kept)


def show(name: str, waits: Sequence[Wait]) -> bool:
    """Print the median, the worst and the median of the server's processor; tell whether the median is as aimed at."""
    median, worst = statistics.median(wait.clock for wait in waits), max(wait.clock for wait in waits)
    processor, aim = statistics.median(wait.processor for wait in waits), AIMS.get(name)
    told = "" if aim is None else f", aim {aim:.1f} s: {'kept' if median <= aim else 'MISSED'}"
    print(f"{name:34} median {median:5.2f} s, worst {worst:5.2f} s (server {processor:.2f} s){told}", flush=True)
    return aim is None or median <= aim


if __name__ == "__main__":
    main()
