"""How long a visitor waits in a real browser, on the embedded territory: ``make bench``.

``python -m tests.benchmarks.screens [ROUNDS]``. A fresh visitor each time, whose browser knows nothing yet; the first one
warms the app and is not counted. Seconds on the clock from the key or the click to what answers it: other work on the
machine lengthens them.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import time
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.served_app import served_app

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Browser, Page

PLACES = ("sare", "espelette", "pau")
CLICKS = ((0.5, 0.6), (0.42, 0.55), (0.58, 0.7))
IDLE = '.stApp[data-test-script-state="notRunning"]'
ANSWER = "document.querySelector('.maillage-answer').innerText"
ACTIONS = "[...document.querySelectorAll('.maillage-note')].filter(note => /^\\d+\\. /.test(note.innerText)).length"


def first_view(page: Page, address: str) -> list[float]:
    """Open *Trouver* until its first sentence."""
    begin = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(".maillage-answer:not(:empty)")
    return [time.perf_counter() - begin]


def searches(page: Page, address: str) -> list[float]:
    """Ask for places in *Trouver*, until the answer changes."""
    page.goto(address)
    page.wait_for_selector(".maillage-name span")
    page.wait_for_selector(IDLE)
    return [asked(page, place) for place in PLACES]


def asked(page: Page, place: str) -> float:
    """Ask for one place."""
    page.get_by_label("Où êtes-vous ?").fill(place)
    return until_other(page, ANSWER, lambda: page.keyboard.press("Enter"))


def thresholds(page: Page, address: str) -> list[float]:
    """Move the threshold of *Diagnostic* with the keyboard, until the answer changes."""
    page.goto(f"{address}/?ecran=diagnostic&territoire=64")
    page.wait_for_selector("path.maillage-commune")
    page.wait_for_selector(IDLE)
    slider = page.get_by_role("slider", name="Seuil en voiture")
    slider.focus()
    return [until_other(page, ANSWER, lambda: slider.press("ArrowRight")) for _ in range(3)]


def opened_sites(page: Page, address: str) -> list[float]:
    """Open sites of a scenario by clicks on the map, until they are in the list of actions."""
    page.goto(f"{address}/?ecran=planifier&vue=scenario&territoire=64")
    page.wait_for_selector("path.maillage-commune[data-class]")
    page.wait_for_selector(IDLE)
    page.locator(".maillage-canvas").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    box = page.locator(".maillage-canvas").bounding_box()
    places = [(box["x"] + box["width"] * across, box["y"] + box["height"] * down) for across, down in CLICKS]
    return [until_other(page, ACTIONS, lambda place=place: page.mouse.click(*place)) for place in places]


def until_other(page: Page, what: str, act: Callable[[], object]) -> float:
    """Return the seconds from an act until something on the page differs; the app is idle again after."""
    before = page.evaluate(what)
    begin = time.perf_counter()
    act()
    page.wait_for_function(f"before => {what} !== before", arg=before)
    seconds = time.perf_counter() - begin
    page.wait_for_selector(IDLE)
    return seconds


def measure(browser: Browser, address: str, visit: Callable[[Page, str], list[float]]) -> list[float]:
    """Return the seconds of one fresh visitor."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    context.set_default_timeout(120_000)
    seconds = visit(context.new_page(), address)
    context.close()
    return seconds


def main() -> None:
    """Visit each screen, again and again."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium on this machine: install Debian's package chromium")
    visits = {
        "first view of Trouver": first_view,
        "answer to a search": searches,
        "threshold moved": thresholds,
        "site opened by a click": opened_sites,
    }
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        started, cold = zip(*(cold_start(browser) for _ in range(rounds)), strict=True)
        show("from start to listening", started)
        show("first view, cold server", cold)
        with served_app() as address:
            for name, visit in visits.items():
                measure(browser, address, visit)
                show(name, [each for _ in range(rounds) for each in measure(browser, address, visit)])
        browser.close()


def cold_start(browser: Browser) -> tuple[float, float]:
    """Return the seconds until a new server listens, and those until its first visitor has a view."""
    begin = time.perf_counter()
    with served_app() as address:
        listening = time.perf_counter() - begin
        return listening, measure(browser, address, first_view)[0]


def show(name: str, seconds: Sequence[float]) -> None:
    """Print the median and the worst."""
    print(f"{name:24} median {statistics.median(seconds):5.2f} s, worst {max(seconds):5.2f} s", flush=True)


if __name__ == "__main__":
    main()
