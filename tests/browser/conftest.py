"""The real app, served on this machine, in a real Chromium that reaches nothing else: one of each for all these tests."""

import io
import os
from collections import defaultdict
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.served_app import NO_CHROMIUM, WINDOWED, WINDOWLESS, AppServer, find_chromium

#: The app when no run is under way.
_IDLE = '.stApp[data-test-script-state="notRunning"]'
_HERE = "127.0.0.1"
_FOLDER = Path(__file__).parent
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL, drawn in software
    # Each process and thread that draws beside the page takes time from the app and the other tests, on two cores.
    "--in-process-gpu",
    "--num-raster-threads=1",
    "--disable-lcd-text",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A page lives for some seconds: to compile its scripts for speed costs more than that gains, but for the quickest way.
    # Short-lived memory of 32 MB from the start is not swept again and again while it grows.
    "--js-flags=--no-maglev --no-turbofan --always-sparkplug --max-lazy --min-semi-space-size=32",
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {_HERE}",
]
#: Two frames are drawn, and no animation is under way that ends within half a second.
_STILL = """async () => {
  for (let drawn = 0; drawn < 2; drawn++) await new Promise(requestAnimationFrame);
  const moving = document.getAnimations().map(each => each.finished.catch(() => null));
  await Promise.race([Promise.all(moving), new Promise(done => setTimeout(done, 500))]);
}"""
#: A map of Leaflet that neither slides nor grows.
_MAP_AT_REST = ".leaflet-map-pane:not(.leaflet-pan-anim):not(.leaflet-zoom-anim)"
#: How long (ms) anything is waited for: what never comes fails, a busy machine does not.
_PATIENCE_MS = 120_000
#: What has longer (ms) to come is looked for every half second by Playwright, what has no longer every tenth.
_LOOKED_FOR_OFTEN_MS = 2_400
_SIZE = (1280, 900)


def pytest_collection_modifyitems(items):
    """Test last what ends the server: the others need not wait until it is back."""
    items.sort(key=lambda item: (item.path.parent != _FOLDER, item.path.name == "test_restart.py"))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    return find_chromium(WINDOWLESS, *WINDOWED) or pytest.skip(NO_CHROMIUM)


def _looking_often(wait, not_come):
    """Have a method of Playwright that waits look every tenth of a second, as long as our patience lasts."""

    def wait_looking_often(*args, **options):
        for _ in range(_PATIENCE_MS // _LOOKED_FOR_OFTEN_MS):
            with suppress(not_come):
                return wait(*args, **options, timeout=_LOOKED_FOR_OFTEN_MS)
        return wait(*args, **options, timeout=_LOOKED_FOR_OFTEN_MS)

    return wait_looking_often


@pytest.fixture(scope="package")
def browser(chromium_path):
    """A browser; closed after the last of these tests, for its event loop would be in the way of others."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as started:
        for kind, name in ((playwright.Page, "wait_for_selector"), (playwright.Locator, "wait_for")):
            patch.setattr(kind, name, _looking_often(getattr(kind, name), playwright.TimeoutError))
        opened = started.chromium.launch(executable_path=chromium_path, args=_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def web(lasting_web):
    """The server from which the app downloads."""
    return lasting_web


@pytest.fixture(scope="package")
def app_cache(tmp_path_factory) -> Path:
    """Where the app keeps what it downloads."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="package")
def app_server(chromium_path, web, official_addresses, app_cache):
    """Serve the app on all of France, downloads allowed."""
    del chromium_path  # without a browser the app is not started
    addresses = {f"MAILLAGE_URL_{base.upper()}": url for base, url in official_addresses(web).items()}
    server = AppServer(MAILLAGE_ALLOW_FETCH="1", MAILLAGE_CACHE_DIR=str(app_cache), **addresses)
    try:
        server.start()
        yield server
    finally:
        server.end()


@pytest.fixture(scope="package")
def app_address(app_server):
    """The address of the app."""
    return app_server.address


@pytest.fixture(scope="package")
def kept_pages():
    """Pages that tests begin with, by the options of their context: what each has compiled once serves all."""
    return defaultdict(list)


@pytest.fixture
def new_page(browser, kept_pages):
    """Open pages of fresh visitors, each known to nobody: what they ask of anywhere but this machine fails and is noted.

    `permissions`, `geolocation`: What the browser allows, and where it is. `user_agent`: What it says it is. A page has
    these for its test alone; other options have a context of their own, which reads all scripts again.
    `page.wait_until_idle()` waits until no run of the app is under way, `page.wait_until_quiet()` until nothing has gone to
    it for a third of a second, `page.wait_until_still()` until what moves has come to rest, the map too.
    `page.go_to(address)` goes from a screen to another address of the app as the back button does, without loading the
    page again, until its title has changed and it is drawn.
    `page.check_nothing_scrolls_sideways()` does so when all is loaded.
    """
    opened = []

    def open_page(width=_SIZE[0], height=_SIZE[1], permissions=(), geolocation=None, user_agent=None, **options):
        # What turns while the app works would be drawn sixty times a second.
        context_options = {"locale": "fr-FR", "reduced_motion": "reduce", **options}
        free = kept_pages[repr(sorted(context_options.items()))]
        page = free.pop() if free else _watched_page(browser.new_context(**context_options))
        opened.append((page, free))
        page.set_viewport_size({"width": width, "height": height})
        page.context.grant_permissions([*permissions])
        page.context.set_geolocation(geolocation)
        if user_agent:
            page.disguise = page.context.new_cdp_session(page)
            page.disguise.send("Emulation.setUserAgentOverride", {"userAgent": user_agent})
        return page

    yield open_page
    for page, free in reversed(opened):  # the first, who has been everywhere, is taken first again
        _forget(page)
        free.append(page)


def _watched_page(context):
    """Open a page that notes what it asks elsewhere, its errors and its dialogs, and weighs what goes to the app and comes."""
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    page.refused, page.errors, page.dialogs, page.sent, page.received = [], [], [], [], []
    page.disguise = None
    page.wait_for_function = partial(page.wait_for_function, polling=50)  # ms: not once a frame, each drawn for it
    page.wait_until_idle = partial(page.wait_for_selector, _IDLE)
    page.wait_until_quiet = partial(_wait_until_quiet, page)
    page.wait_until_still = partial(_wait_until_still, page)
    page.go_to = partial(_go_to, page)
    page.check_nothing_scrolls_sideways = partial(_check_nothing_scrolls_sideways, page)

    def note(url: str) -> None:
        address = urlsplit(url)
        if address.hostname != _HERE and address.scheme not in ("file", "blob", "data"):
            page.refused.append(address.hostname)

    def watch(socket) -> None:
        note(socket.url)
        socket.on("framesent", lambda frame: page.sent.append(len(frame)))
        socket.on("framereceived", lambda frame: page.received.append(len(frame)))

    page.on("request", lambda request: note(request.url))
    page.on("websocket", watch)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.dismiss()))
    return page


def _go_to(page, address: str) -> None:
    before = page.title()
    page.evaluate(
        "to => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate', {state: {}})); }", address
    )
    page.wait_for_function("before => document.title !== before", arg=before)
    page.wait_until_idle()


def _wait_until_quiet(page) -> None:
    sent = None
    while sent != len(page.sent):
        sent = len(page.sent)
        page.wait_for_timeout(333)


def _wait_until_still(page) -> None:
    page.evaluate(_STILL)
    for each in page.locator(".leaflet-map-pane").all():
        each.and_(page.locator(_MAP_AT_REST)).wait_for(state="attached")


def _check_nothing_scrolls_sideways(page) -> None:
    page.locator("[data-testid=stSkeleton]").first.wait_for(state="detached")  # what is loaded last
    page.wait_until_still()
    for element in ("document.documentElement", "document.querySelector('.stMain')"):
        assert page.evaluate(f"{element}.scrollWidth <= {element}.clientWidth"), page.viewport_size


def _forget(page) -> None:
    """Leave nothing of the visitor for the next one."""
    page.mouse.move(0, 0)
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.unroute_all()
    page.context.unroute_all()
    page.goto("about:blank")
    page.context.clear_cookies()
    page.context.clear_permissions()
    if page.disguise is not None:
        page.disguise.detach()
        page.disguise = None
    for noted in (page.refused, page.errors, page.dialogs, page.sent, page.received):
        noted.clear()


@pytest.fixture
def diagnostic(new_page, app_address):
    """Open the screen Diagnostic with its map drawn."""
    return lambda query="?territoire=64&ecran=diagnostic", **size: _open(
        new_page(**size), app_address + "/" + query, "path.maillage-commune"
    )


@pytest.fixture
def find(new_page, app_address):
    """Open the screen Trouver with its map drawn."""
    return lambda query="", drawn=".maillage-map path", **options: _open(
        new_page(**options), app_address + "/" + query, drawn
    )


@pytest.fixture
def pan_and_zoom():
    """Move the map of a page and zoom in, as a visitor does; the map follows."""

    def move(page):
        page.locator(".maillage-canvas").scroll_into_view_if_needed()
        page.wait_until_still()
        box = page.locator(".maillage-canvas").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        before = page.locator(".leaflet-map-pane").get_attribute("style")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 150, y - 60, steps=8)
        page.mouse.up()
        page.get_by_role("button", name="Agrandir").click()
        page.wait_until_still()
        page.wait_until_quiet()  # what it would say to the app after the map has come to rest has gone
        assert page.locator(".leaflet-map-pane").get_attribute("style") != before

    return move


@pytest.fixture(scope="session")
def columns_in_view():
    """Check that the first table of a page that is as wide as a desk's screen shows all its columns."""

    def check(page) -> None:
        page.locator(".dvn-scroller").first.wait_for()
        page.wait_for_function("document.querySelector('.dvn-scroller').scrollHeight > 100")
        wide, shown = page.locator(".dvn-scroller").first.evaluate("table => [table.scrollWidth, table.clientWidth]")
        assert wide <= shown

    return check


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
    """Open an address and wait until the map is drawn."""
    page.goto(address)
    page.wait_for_selector(drawn)
    page.wait_until_idle()
    return page
