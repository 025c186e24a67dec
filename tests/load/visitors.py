"""Thirty visitors at once on the running app, in a real browser.

    python tests/load/visitors.py [SECONDS] [--visitors N] [--think SECONDS]

The app is started on two processors (the first two that this process may use) and visited by one Chromium with a
context a visitor: own session, own websocket, own state. A protocol client would weigh less but would have to speak
the private messages of Streamlit; a browser proves what people get. It takes processor time of its own, on the
machine that it measures: with only two processors the times are those of the app and of thirty screens being drawn.

Each visitor, again and again: searches a commune, reads, goes to the diagnostic, moves the threshold, comes back. An
interaction is timed from the key to the new words on the screen. Base maps are refused: nothing leaves the machine.
"""

import argparse
import asyncio
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[2]
_COMMUNES = {
    "Sare": "64504",
    "Espelette": "64213",
    "Pau": "64445",
    "Biarritz": "64122",
    "Arudy": "64062",
    "Orthez": "64430",
    "Laruns": "64320",
}
_LONGEST_MS = 60_000


class Figures:
    """What was seen: seconds of each interaction by kind, sentences of each error."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {"open": [], "search": [], "threshold": []}
        self.errors: list[str] = []


async def visit(browser, address: str, number: int, end: float, think_s: float, figures: Figures) -> None:
    """Do as one visitor does, until the time is over."""
    chance = random.Random(number)
    context = await browser.new_context(
        viewport={"width": 1000, "height": 700}, locale="fr-FR", reduced_motion="reduce"
    )
    page = await context.new_page()
    page.set_default_timeout(_LONGEST_MS)
    page.on("pageerror", lambda error: figures.errors.append(f"page: {error}"))
    await page.route(lambda url: not url.startswith(address), lambda route: route.abort())
    try:
        begin = time.monotonic()
        await page.goto(address)
        await page.get_by_label("Où êtes-vous ?").wait_for()
        figures.seconds["open"].append(time.monotonic() - begin)
        commune = ""
        while time.monotonic() < end:
            commune = chance.choice(sorted(_COMMUNES.keys() - {commune}))
            await _search(page, commune, figures)
            await asyncio.sleep(chance.uniform(0.5, 1.5) * think_s)
            await page.get_by_text("Diagnostic", exact=True).first.click()
            await page.locator("path.maillage-commune").first.wait_for(state="attached")
            for key in ("ArrowRight", "ArrowLeft", "ArrowRight", "ArrowLeft"):
                await asyncio.sleep(chance.uniform(0.5, 1.5) * think_s)
                await _move_threshold(page, key, figures)
            await asyncio.sleep(chance.uniform(0.5, 1.5) * think_s)
            await page.get_by_text("Trouver", exact=True).first.click()
            await page.get_by_label("Où êtes-vous ?").wait_for()
            if await page.locator(".stException, .stAlertContainer [data-testid=stAlertContentError]").count():
                figures.errors.append("an error is shown")
    except Exception as error:  # noqa: BLE001 - counted, whatever it is
        figures.errors.append(f"visitor {number}: {str(error).splitlines()[0]}")
    finally:
        await context.close()


async def _search(page, commune: str, figures: Figures) -> None:
    field = page.get_by_label("Où êtes-vous ?")
    await field.fill(commune)
    begin = time.monotonic()
    await field.press("Enter")
    await page.wait_for_function(
        "place => location.search.includes(place) "
        "&& document.querySelector('.stApp').dataset.testScriptState === 'notRunning'",
        arg=f"lieu={_COMMUNES[commune]}",
    )
    figures.seconds["search"].append(time.monotonic() - begin)


async def _move_threshold(page, key: str, figures: Figures) -> None:
    slider = page.get_by_role("slider").first
    before = await page.locator(".maillage-answer").inner_text()
    begin = time.monotonic()
    await slider.press(key)
    await page.wait_for_function(
        "before => document.querySelector('.maillage-answer')?.innerText !== before", arg=before
    )
    figures.seconds["threshold"].append(time.monotonic() - begin)


async def run(address: str, process: int, options: argparse.Namespace) -> Figures:
    """Send the visitors; print the memory of the app before, after warm-up, and at the end."""
    from playwright.async_api import async_playwright

    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        sys.exit("no Chromium on this machine: install Debian's package chromium")
    figures = Figures()
    print(f"memory at the start: {memory_mb(process):.0f} MB")
    async with async_playwright() as started:
        browser = await started.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        warm_up = Figures()
        await visit(browser, address, 0, time.monotonic() + 1, 0.1, warm_up)
        if warm_up.errors:
            sys.exit(f"one visitor alone fails: {warm_up.errors}")
        print(f"memory after one visitor: {memory_mb(process):.0f} MB")
        end = time.monotonic() + options.seconds
        visits = [
            visit(browser, address, number, end, options.think, figures) for number in range(1, options.visitors + 1)
        ]
        gathered = asyncio.gather(*visits)
        for quarter in range(1, 4):
            await asyncio.sleep(options.seconds / 4)
            print(f"memory after {quarter}/4 of the time: {memory_mb(process):.0f} MB")
        await gathered
        await browser.close()
    print(f"memory at the end: {memory_mb(process):.0f} MB")
    return figures


def memory_mb(process: int) -> float:
    """Return the resident memory of a process."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    return float("nan")


def main() -> int:
    """Start the app, send the visitors, print the figures; return 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", nargs="?", type=float, default=300.0)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--think", type=float, default=4.0, help="mean seconds between two interactions of a visitor")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless",
        "true",
        "--server.port",
        str(port),
    ]
    environment = os.environ | {"MAILLAGE_GEOCODER_URL": ""}
    app = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1"], cwd=_PROJECT, env=environment, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/_stcore/health")
        figures = asyncio.run(run(address, app.pid, options))
    finally:
        app.terminate()
        app.wait(timeout=20)
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(
        f"{options.visitors} visitors, {options.seconds:.0f} s, {len(os.sched_getaffinity(0))} processors, load {load}"
    )
    for kind, seconds in figures.seconds.items():
        if len(seconds) > 1:
            p95 = statistics.quantiles(seconds, n=20)[-1]
            print(
                f"{kind:10} {len(seconds):5} times, median {statistics.median(seconds):.2f} s, 95th percentile {p95:.2f} s"
            )
    print(f"{len(figures.errors)} error(s)")
    for error in figures.errors[:10]:
        print(f"  {error}")
    return int(bool(figures.errors))


def wait_for(url: str) -> None:
    """Wait until the app answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the app did not answer within a minute")


if __name__ == "__main__":
    sys.exit(main())
