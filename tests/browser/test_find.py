"""A citizen's whole visit to *Trouver*, in a real browser that reaches nothing but this machine."""

import datetime as dt
import io
import re

import pytest
from PIL import Image

from geo.finder.answer import find_sites
from geo.finder.wishes import Wishes

pytestmark = pytest.mark.browser

SARE = "64504"
#: A Tuesday morning, when sites are open.
TUESDAY = "quand=2026-11-24T10:00"
SIZES = [(1280, 800), (640, 400), (390, 844), (320, 640)]  # the second: 1280 x 800 at a zoom of 200 %


def answer(page) -> str:
    return page.locator(".maillage-answer").inner_text()


def wait_for_answer(page, words: str) -> None:
    page.wait_for_function("words => document.querySelector('.maillage-answer')?.innerText.includes(words)", arg=words)
    page.wait_until_idle()


def wait_for_link(page, words: str) -> None:
    page.wait_for_function("words => decodeURIComponent(location.search).includes(words)", arg=words)
    page.wait_until_idle()


def search(page, words: str) -> None:
    field = page.get_by_label("Où êtes-vous ?")
    field.fill(words)
    field.press("Enter")


def lit_card(page) -> str | None:
    return page.evaluate(
        "[...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')].map(one => "
        "one.shadowRoot?.querySelector('.card.lit')?.dataset.site).find(Boolean) ?? null"
    )


def lit_number(page) -> str:
    return page.locator(".maillage-number.maillage-lit").inner_text()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_whole_visit(find, embedded, width, height):
    page = find(f"?{TUESDAY}", width=width, height=height)
    assert page.evaluate("document.documentElement.lang") == "fr"
    search(page, "sare")
    wait_for_answer(page, "le plus proche ouvert")
    start = embedded.communes.loc[SARE]
    expected = find_sites(
        embedded, start["lon"], start["lat"], Wishes(at=dt.datetime.fromisoformat("2026-11-24T10:00"))
    )
    assert expected.sites[0].name in answer(page)
    assert page.locator(".card h3").all_inner_texts()[: len(expected.sites)] == [
        f"{number}\n{site.name}" for number, site in enumerate(expected.sites, 1)
    ]
    wait_for_link(page, f"lieu={SARE}")
    page.get_by_text("Horaires de la semaine").first.click()
    assert page.locator(".card table").first.is_visible()
    page.get_by_role("button", name=f"Choisir ce site : {expected.sites[1].name}").click()
    wait_for_link(page, f"site={expected.sites[1].facility_id}")
    assert page.locator(".card table").first.is_visible(), "the timetable stays open"
    assert lit_number(page) == "2"
    for element in ("document.documentElement", "document.querySelector('.stMain')"):
        assert page.evaluate(f"{element}.scrollWidth <= {element}.clientWidth")
    assert page.errors == []
    assert set(page.refused) <= {"data.geopf.fr"}


def test_the_road_to_the_chosen_site_is_drawn(find):
    page = find(f"?lieu={SARE}&{TUESDAY}")
    page.wait_for_selector("path.maillage-road", state="attached")
    first = page.locator("path.maillage-road").get_attribute("d")
    assert page.locator("path.maillage-road").get_attribute("stroke-dasharray"), (
        "the embedded network is an approximation"
    )
    page.locator("[data-choose]").nth(1).click()
    wait_for_link(page, "site=")
    page.locator("h1").hover()
    assert page.locator("path.maillage-road").get_attribute("d") != first


def test_list_and_map_light_each_other_and_the_map_moves_without_the_server(find, pan_and_zoom):
    page = find(f"?lieu={SARE}&{TUESDAY}")
    page.wait_for_selector(".maillage-number")
    page.wait_for_timeout(1000)
    page.sent.clear()
    page.locator(".card").nth(2).hover()
    assert lit_number(page) == "3"
    page.locator("[data-choose]").nth(3).focus()
    assert lit_number(page) == "4"
    page.locator(".maillage-number", has_text=re.compile("^2$")).click()
    assert lit_card(page) == page.locator("[data-site]").nth(1).get_attribute("data-site")
    pan_and_zoom(page)
    assert page.sent == []
    assert page.errors == []


def test_a_click_on_the_map_starts_from_there(find):
    page = find(f"?{TUESDAY}")
    box = page.locator(".maillage-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.62)
    wait_for_answer(page, "Temps estimé.")  # a site without appointment may come before the nearest
    assert re.search(r"position=-?\d+\.\d{3}%2C-?\d+\.\d{3}(&|$)", page.url), "to a hundred metres"
    assert page.get_by_text("Départ : le point choisi.").is_visible()
    page.go_back()
    wait_for_answer(page, "Dites où vous êtes")


def test_my_position(find):
    position = {"latitude": 43.31234567, "longitude": -1.58007654}
    page = find(f"?{TUESDAY}", permissions=["geolocation"], geolocation=position)
    page.get_by_role("button", name="Ma position").click()
    wait_for_answer(page, "le plus proche ouvert")
    assert "position=43.312%2C-1.580" in page.url


def test_a_refused_position_is_said_in_french(find):
    page = find()
    page.sent.clear()
    page.get_by_role("button", name="Ma position").click()
    page.get_by_text("Écrivez plutôt votre commune").wait_for()
    assert page.sent == []


def test_an_address_is_written_nowhere(find):
    page = find(f"?{TUESDAY}")
    search(page, "12 chemin secret, 64310 Sare")
    wait_for_answer(page, "le plus proche ouvert")
    assert "secret" not in page.url
    assert (
        page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])").count("secret") == 0
    )


def test_by_keyboard_alone(find):
    page = find(f"?{TUESDAY}")

    def focused() -> str:
        return page.evaluate(
            "(() => { let on = document.activeElement; while (on.shadowRoot?.activeElement) on = on.shadowRoot.activeElement;"
            "return on.getAttribute('aria-label') || on.innerText || on.tagName; })()"
        )

    def tab_to(words: str, most: int = 40) -> list[str]:
        passed = []
        for _ in range(most):
            page.keyboard.press("Tab")
            passed.append(focused())
            if passed[-1].startswith(words):
                return passed
        pytest.fail(f"{words} is not reached by the Tab key: {passed}")

    tab_to("Où êtes-vous ?")
    page.keyboard.type("sare")
    page.keyboard.press("Enter")
    wait_for_answer(page, "le plus proche ouvert")
    passed = tab_to("Choisir ce site", 60)
    stops = ("Rechercher", "Ma position", "Quand", "Filtres", "Carte des sites", "Itinéraire", "Choisir")
    assert [
        next((stop for stop in stops if name.startswith(stop)), None) for name in passed if name.startswith(stops)
    ] == [*stops[:-1], "Itinéraire", "Choisir"], "in the order of the page; the first site is chosen already"
    site = focused().rpartition(": ")[2]
    page.keyboard.press("Enter")
    wait_for_link(page, "site=")
    page.wait_for_timeout(500)
    assert focused().startswith("✓ Site choisi")
    assert focused().endswith(site), "the focus stays"
    assert lit_number(page) == "2"


def _boxes_overlap(one: dict, other: dict) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


@pytest.mark.parametrize(
    ("place", "around"),
    [
        ("64483", ("Saint-Jean-de-Luz", "Bidart")),  # on the coast
        ("64104", ("Bedous", "Lescun")),  # in the mountains
        ("23096", ("Guéret", "Sainte-Feyre")),
    ],
)
def test_without_a_base_map_the_ground_is_drawn_of_our_own_tables(find, place, around):
    page = find(f"?lieu={place}&{TUESDAY}", drawn=".maillage-name span")
    names = page.locator(".maillage-name").all_inner_texts()
    assert set(around) <= set(names)
    credit = page.locator(".leaflet-control-attribution")
    assert "Plan IGN" not in credit.inner_text()
    assert "IGN, INSEE" in credit.inner_text()
    page.get_by_text("Fond de carte injoignable").wait_for()
    pin, number = (page.locator(sign).first.bounding_box() for sign in (".maillage-origin svg", ".maillage-number"))
    assert not _boxes_overlap(pin, number)
    assert page.locator(".maillage-place").count() > 0, "the places that are not in the list"
    assert page.locator(".maillage-legend").get_by_text("Votre départ").is_visible()
    assert page.errors == []


def test_a_base_map_that_comes_is_credited_and_covers_the_ground(new_page, app_address):
    page, tile = new_page(), io.BytesIO()
    Image.new("RGB", (256, 256), "#ffffff").save(tile, "PNG")
    page.route(re.compile(r"/wmts[?]"), lambda route: route.fulfill(body=tile.getvalue(), content_type="image/png"))
    page.goto(f"{app_address}/?lieu={SARE}&{TUESDAY}")
    page.wait_for_selector("img.leaflet-tile-loaded", state="attached")
    page.locator(".leaflet-control-attribution").get_by_text("Plan IGN").wait_for()
    assert not page.get_by_text("Fond de carte injoignable").is_visible()
    panes = [
        page.locator(f".leaflet-{name}-pane").evaluate("pane => Number(getComputedStyle(pane).zIndex)")
        for name in ("maillage-names", "tile")
    ]
    assert panes == sorted(panes)
    page.unroute_all()


def test_the_order_on_a_phone(find):
    page = find(f"?lieu={SARE}&{TUESDAY}", width=390, height=844)
    page.wait_for_selector(".card")
    tops = [
        page.locator(selector).first.bounding_box()["y"]
        for selector in ("h1", ".maillage-answer", ".maillage-canvas", ".card")
    ]
    assert tops == sorted(tops)
    assert tops[1] < 600, "the answer is in the first view"


@pytest.mark.parametrize(
    ("device", "scheme"),
    [("Linux; Android 15; Pixel 9", "geo:"), ("iPhone; CPU iPhone OS 18_0", "https://maps.apple.com/")],
)
def test_the_way_opens_in_the_phone_s_own_application(find, device, scheme):
    page = find(f"?lieu={SARE}&{TUESDAY}", width=390, height=844, user_agent=f"Mozilla/5.0 ({device})")
    link = page.get_by_role("link", name="Itinéraire vers").first
    assert link.get_attribute("href").startswith(scheme)
    for element in ("document.documentElement", "document.querySelector('.stMain')"):
        assert page.evaluate(f"{element}.scrollWidth <= {element}.clientWidth")


def test_the_link_is_copied(find):
    page = find(f"?lieu={SARE}&{TUESDAY}&embed=true", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier le lien").click()
    page.get_by_text("Lien copié.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert f"lieu={SARE}" in link
    assert "embed" not in link


def test_the_embedded_view_has_no_menu_and_stays_embedded(find):
    page = find(f"?embed=true&{TUESDAY}", width=500, height=700)
    assert page.get_by_text("Données et méthode").count() == 0
    search(page, "sare")
    wait_for_answer(page, "le plus proche ouvert")
    assert "embed=true" in page.url
    assert f"lieu={SARE}" in page.url


def test_the_sheets_are_made_on_demand(find):
    page = find(f"?lieu={SARE}&{TUESDAY}")
    for button, start in (("Fiche à imprimer (PDF)", b"%PDF-"), ("Fiche en texte", b"")):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert download.value.path().read_bytes().startswith(start)


def test_picture_of_the_finder(find, take_picture):
    """Also makes the README's picture."""
    page = find(f"?lieu={SARE}&{TUESDAY}", width=1280, height=1000)
    page.wait_for_selector("path.maillage-road", state="attached")
    page.wait_for_timeout(300)
    path = take_picture(page, "trouver")
    assert 20_000 < path.stat().st_size < 200_000, "a drawn screen does not compress to less"
