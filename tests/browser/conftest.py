"""The real app, served on this machine, in a real Chromium that reaches nothing else."""

import io
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

_PROJECT = Path(__file__).resolve().parents[2]
#: The app when no run is under way.
_IDLE = '.stApp[data-test-script-state="notRunning"]'
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine: install Debian's package chromium")


@pytest.fixture(scope="module")
def browser(chromium_path):
    """A browser; closed at the end of the module, for its event loop would be in the way of other tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium_path, args=_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def app_address(chromium_path):
    """Serve the app on the embedded territory; its address."""
    del chromium_path  # without a browser the app is not started
    with _served_app() as address:
        yield address


@pytest.fixture(scope="session")
def serve(chromium_path):
    """Serve the app on the territory of a folder: a context whose value is the address."""
    del chromium_path
    return _served_app


@contextmanager
def _served_app(folder: Path | None = None, **settings: str):
    """Run ``streamlit run app.py [-- FOLDER]`` on a free port; give its address, end it after.

    `settings` are of its environment; it knows no downloaded territory unless they say where these are.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    process = subprocess.Popen(
        [
            *command,
            "--server.address",
            "127.0.0.1",
            "--server.port",
            str(port),
            *([] if folder is None else ["--", str(folder)]),
        ],
        cwd=_PROJECT,
        # Nobody answers there; nothing is kept there.
        env={
            **os.environ,
            "MAILLAGE_GEOCODER_URL": "http://127.0.0.1:9/",
            "MAILLAGE_CACHE_DIR": os.devnull,
            **settings,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/_stcore/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def new_page(browser):
    """Open pages of a fresh visitor; requests to anywhere but this machine are refused and noted.

    `page.wait_until_idle()` waits until no run of the app is under way.
    """
    contexts = []

    def open_page(width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR", **options)
        contexts.append(context)
        page = context.new_page()
        page.refused, page.errors = [], []
        page.wait_until_idle = partial(page.wait_for_selector, _IDLE)

        def decide(route):
            url = urlsplit(route.request.url)
            if url.hostname == "127.0.0.1" or url.scheme in ("file", "blob", "data"):
                route.continue_()
            else:
                page.refused.append(url.hostname)
                route.abort()

        page.route("**/*", decide)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def diagnostic(new_page, app_address):
    """Open the screen Diagnostic with its map drawn."""
    return lambda query="?ecran=diagnostic", **size: _open(
        new_page(**size), app_address + "/" + query, "path.maillage-commune"
    )


@pytest.fixture
def find(new_page, app_address):
    """Open the screen Trouver with its map drawn."""
    return lambda query="", drawn=".maillage-place", **options: _open(
        new_page(**options), app_address + "/" + query, drawn
    )


@pytest.fixture
def pan_and_zoom():
    """Move the map of a page and zoom in, as a visitor does; the map follows."""

    def move(page):
        page.locator(".maillage-canvas").scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        box = page.locator(".maillage-canvas").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        before = page.locator(".leaflet-map-pane").get_attribute("style")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 150, y - 60, steps=8)
        page.mouse.up()
        page.get_by_role("button", name="Agrandir").click()
        page.wait_for_timeout(1500)
        assert page.locator(".leaflet-map-pane").get_attribute("style") != before

    return move


@pytest.fixture
def take_picture(tmp_path):
    """Take the picture of a page, in few colours for a small file; `make screenshot` says where it goes."""

    def take(page, name: str) -> Path:
        path = Path(os.environ.get("MAILLAGE_SCREENSHOTS") or tmp_path) / f"{name}.png"
        shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        shown.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
        return path

    return take


def _open(page, address: str, drawn: str):
    """Open an address and wait until the map is drawn; every message to and from the server is weighed."""
    page.sent, page.received = [], []

    def watch(socket):
        socket.on("framesent", lambda frame: page.sent.append(len(frame)))
        socket.on("framereceived", lambda frame: page.received.append(len(frame)))

    page.on("websocket", watch)
    page.goto(address)
    page.wait_for_selector(drawn, timeout=60_000)
    page.wait_until_idle()
    return page


def _wait(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the app stopped while starting"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail("the app did not answer within a minute")
