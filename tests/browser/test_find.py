"""A citizen's whole visit to *Trouver*, in a real browser that reaches nothing but this machine."""

import datetime as dt
import io
import re
from functools import partial

import pytest
from PIL import Image

from geo.finder.answer import find_sites
from geo.finder.wishes import Wishes
from geo.ui.components.embedded import WIDGET_HEIGHT_PX, widget_html

pytestmark = pytest.mark.browser

SARE = "64504"
#: A Tuesday morning, when sites are open.
TUESDAY = "quand=2026-11-24T10:00"
#: The sizes in which a visit begins and ends: a desk's screen, two phones, and the first at a zoom of 200 %.
SIZES = [(1280, 800), (390, 844), (320, 640), (640, 400)]


#: The words of what has the focus.
_FOCUSED = (
    "(() => { let on = document.activeElement; while (on.shadowRoot?.activeElement) on = on.shadowRoot.activeElement;"
    "return on.getAttribute('aria-label') || on.innerText || on.tagName; })()"
)


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


def test_a_whole_visit(find, embedded):
    page = find(f"?{TUESDAY}", width=SIZES[0][0], height=SIZES[0][1])
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
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.check_nothing_scrolls_sideways()
    page.get_by_text("Horaires de la semaine").first.click()
    page.locator(".card table").first.wait_for()
    page.get_by_role("button", name=f"Choisir ce site : {expected.sites[1].name}").click()
    wait_for_link(page, f"site={expected.sites[1].facility_id}")
    assert lit_number(page) == "2"
    page.locator(".card table").first.wait_for()  # the timetable stays open
    for width, height in SIZES[:0:-1]:
        page.set_viewport_size({"width": width, "height": height})
        page.check_nothing_scrolls_sideways()
    assert page.errors == []
    assert set(page.refused) <= {"data.geopf.fr"}


def check_the_road_is_dashed(page) -> None:
    page.wait_for_selector("path.maillage-road", state="attached")
    assert page.locator("path.maillage-road").get_attribute("stroke-dasharray"), (
        "the embedded network is an approximation"
    )


def check_list_and_map_light_each_other_without_the_server(page, pan_and_zoom) -> None:
    page.wait_until_quiet()
    page.sent.clear()
    page.locator(".card").nth(2).hover()
    assert lit_number(page) == "3"
    page.locator("[data-choose]").nth(3).focus()
    assert lit_number(page) == "4"
    page.locator(".maillage-number", has_text=re.compile("^2$")).click()
    assert lit_card(page) == page.locator("[data-site]").nth(1).get_attribute("data-site")
    pan_and_zoom(page)
    assert page.sent == []


def check_the_sheets_are_made_on_demand(page) -> None:
    for button, start in (("Fiche à imprimer (PDF)", b"%PDF-"), ("Fiche en texte", b"")):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert download.value.path().read_bytes().startswith(start)


def check_the_link_is_shared_or_copied(page) -> None:
    page.evaluate("navigator.canShare = () => true; navigator.share = async (link) => { globalThis.shared = link; }")
    page.get_by_role("button", name="Partager").click()
    page.wait_for_function("globalThis.shared !== undefined")
    shared = page.evaluate("globalThis.shared")
    assert shared["url"] == page.url
    assert shared["title"] in answer(page)
    page.evaluate("navigator.canShare = undefined")
    page.get_by_role("button", name="Partager").click()
    page.get_by_text("Lien copié.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def check_another_site_has_another_road(page) -> None:
    first = page.locator("path.maillage-road").get_attribute("d")
    page.locator("[data-choose]").nth(1).click()
    wait_for_link(page, "site=")
    page.locator("h1").hover()
    assert page.locator("path.maillage-road").get_attribute("d") != first


CLIPBOARD = ["clipboard-read", "clipboard-write"]


def test_one_answer_its_picture_road_list_sheets_and_link(find, pan_and_zoom, take_picture):
    """Also makes the README's picture."""
    page = find(f"?lieu={SARE}&{TUESDAY}", drawn=".maillage-number", width=1280, height=1000, permissions=CLIPBOARD)
    check_the_road_is_dashed(page)
    page.wait_until_still()
    path = take_picture(page, "trouver")
    assert 20_000 < path.stat().st_size < 200_000, "a drawn screen does not compress to less"
    check_another_site_has_another_road(page)
    check_list_and_map_light_each_other_without_the_server(page, pan_and_zoom)
    check_the_sheets_are_made_on_demand(page)
    check_the_link_is_shared_or_copied(page)
    assert page.errors == []


def check_a_click_on_the_map_starts_from_there(page) -> None:
    box = page.locator(".maillage-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.62)
    wait_for_answer(page, "Mardi 24")  # a site without appointment may come before the nearest
    assert re.search(r"position=-?\d+\.\d{3}%2C-?\d+\.\d{3}(&|$)", page.url), "to a hundred metres"
    page.get_by_text("Départ : le point choisi.").wait_for()
    page.go_back()
    wait_for_answer(page, "Dites où vous êtes")


def check_a_refused_position_is_said_in_french(page) -> None:
    page.wait_until_quiet()
    page.sent.clear()
    page.get_by_role("button", name="Ma position").click()
    page.get_by_text("Écrivez plutôt votre commune").wait_for()
    assert page.sent == []


def check_a_position_is_taken(page) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 43.31234567, "longitude": -1.58007654})
    page.get_by_role("button", name="Ma position").click()
    wait_for_answer(page, "le plus proche ouvert")
    assert "position=43.312%2C-1.580" in page.url


def check_an_address_is_written_nowhere(page) -> None:
    search(page, "12 chemin secret, 64310 Sare")
    wait_for_link(page, f"lieu={SARE}")
    wait_for_answer(page, "le plus proche ouvert")
    assert "secret" not in page.url
    assert (
        page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])").count("secret") == 0
    )


def test_where_one_is_is_told_by_the_map_a_position_or_an_address(find):
    page = find(f"?{TUESDAY}")
    check_a_click_on_the_map_starts_from_there(page)
    check_a_refused_position_is_said_in_french(page)
    check_a_position_is_taken(page)
    check_an_address_is_written_nowhere(page)


def test_by_keyboard_alone(find):
    page = find(f"?{TUESDAY}")

    focused = partial(page.evaluate, _FOCUSED)

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
    stops = ("Rechercher", "Ma position", "Quand", "Filtres", "Appeler", "Partager", "✓ Site choisi", "Carte des sites")
    assert [
        next((stop for stop in stops if name.startswith(stop)), None) for name in passed if name.startswith(stops)
    ] == [*stops], "in the order of the page; the first site is chosen already"
    site = focused().rpartition(": ")[2]
    page.keyboard.press("Enter")
    wait_for_link(page, "site=")
    page.wait_for_function(f"{_FOCUSED}.startsWith('✓ Site choisi')")
    assert focused().endswith(site), "the focus stays"
    assert lit_number(page) == "2"


def _boxes_overlap(one: dict, other: dict) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_without_a_base_map_the_ground_is_drawn_of_our_own_tables(find):
    page = find(f"?lieu=23096&{TUESDAY}", drawn=".maillage-name span")
    for place, around in (
        ("Guéret", ("Guéret", "Sainte-Feyre")),
        ("Saint-Jean-de-Luz", ("Saint-Jean-de-Luz", "Bidart")),  # on the coast
        ("Bedous", ("Bedous", "Lescun")),  # in the mountains
    ):
        if place != "Guéret":
            search(page, place)
        page.wait_for_function("place => document.title.startsWith(place)", arg=place)
        page.locator(".maillage-name", has_text=re.compile(f"^{around[1]}$")).first.wait_for(state="attached")
        page.wait_until_idle()
        page.wait_until_still()
        names = page.locator(".maillage-name").all_inner_texts()
        assert set(around) <= set(names), place
        credit = page.locator(".leaflet-control-attribution")
        assert "Plan IGN" not in credit.inner_text()
        assert "IGN, INSEE" in credit.inner_text()
        page.get_by_text("Fond de carte injoignable").wait_for()
        pin, number = (page.locator(sign).first.bounding_box() for sign in (".maillage-origin svg", ".maillage-number"))
        assert not _boxes_overlap(pin, number), place
        assert not _boxes_overlap(pin, page.locator(".maillage-no-tiles").bounding_box()), place
        assert page.locator(".maillage-place").count() > 0, f"{place}: the places that are not in the list"
        page.locator(".maillage-legend").get_by_text("Votre départ").wait_for()
    assert page.errors == []


def test_a_base_map_that_comes_is_credited_and_covers_the_ground(new_page, app_address):
    page, tile = new_page(), io.BytesIO()
    Image.new("RGB", (256, 256), "#ffffff").save(tile, "PNG")
    page.route(re.compile(r"/wmts[?]"), lambda route: route.fulfill(body=tile.getvalue(), content_type="image/png"))
    page.goto(f"{app_address}/?lieu={SARE}&{TUESDAY}")
    page.wait_for_selector("img.leaflet-tile-loaded", state="attached")
    page.locator(".leaflet-control-attribution").get_by_text("Plan IGN").wait_for()
    page.get_by_text("Fond de carte injoignable").wait_for(state="hidden")
    panes = [
        page.locator(f".leaflet-{name}-pane").evaluate("pane => Number(getComputedStyle(pane).zIndex)")
        for name in ("maillage-names", "tile")
    ]
    assert panes == sorted(panes)
    page.unroute_all()


#: A place whose site has a long remark, one where another than the nearest comes first, one by night.
BEDOUS, PAU = "64104", "64445"
PHONE = {"width": 390, "height": 844, "user_agent": "Mozilla/5.0 (Linux; Android 15; Pixel 9)"}


def top(page, selector: str) -> float:
    return page.locator(selector).first.bounding_box()["y"]


def check_the_pin_is_not_under_the_notice_of_missing_tiles(page) -> None:
    page.locator(".maillage-canvas").scroll_into_view_if_needed()
    page.wait_until_still()
    notice = page.locator(".maillage-no-tiles")
    notice.get_by_text("Fond de carte injoignable").wait_for()
    pin = page.locator(".maillage-origin svg").bounding_box()
    assert not _boxes_overlap(pin, notice.bounding_box())


def check_the_order_and_the_way_on_a_phone(page) -> None:
    page.evaluate("document.querySelector('.stMain').scrollTo(0, 0)")
    buttons = ".buttons"
    tops = [top(page, selector) for selector in ("h1", ".maillage-answer", buttons, ".card", ".maillage-canvas")]
    assert tops == sorted(tops)
    assert top(page, ".maillage-canvas") < page.locator(".card").nth(1).bounding_box()["y"], "then the other sites"
    phone = page.locator(".buttons a[href^='tel:']").bounding_box()
    assert phone["y"] + phone["height"] < PHONE["height"], "the first number is in the first screen"
    headline = page.locator(".maillage-answer")
    lines = headline.evaluate("line => line.clientHeight / parseFloat(getComputedStyle(line).lineHeight)")
    assert round(lines) <= 5, headline.inner_text()
    for link in page.get_by_role("link", name="Itinéraire vers").all()[:2]:  # under the answer, and on the first card
        assert link.get_attribute("href").startswith("geo:"), "the phone's own application"
    page.check_nothing_scrolls_sideways()


def search_from(page, place: str) -> None:
    search(page, place)
    page.wait_for_function("place => document.title.startsWith(place)", arg=place)
    page.wait_until_idle()


def test_the_order_the_way_and_the_menu_on_a_phone(find):
    page = find(f"?lieu={BEDOUS}&{TUESDAY}", drawn=".maillage-number", **PHONE)
    check_the_order_and_the_way_on_a_phone(page)
    for place in ("Pau", "Sare"):
        search_from(page, place)
        check_the_order_and_the_way_on_a_phone(page)
    check_one_menu(page)
    search_from(page, "Arricau-Bordes")
    check_the_pin_is_not_under_the_notice_of_missing_tiles(page)
    page.go_to(f"?lieu={BEDOUS}&quand=2026-11-24T22:00")
    check_the_order_and_the_way_on_a_phone(page)
    page.go_to(f"?lieu={PAU}&{TUESDAY}&demarche=impots")
    check_a_procedure_changes_what_is_in_view(page)
    check_whatever_is_pressed_is_large_enough_for_a_finger(page)


def check_one_menu(page) -> None:
    page.get_by_text("Planifier").first.wait_for(state="hidden")
    menu = page.get_by_role("button", name="Menu")
    assert menu.bounding_box()["height"] < 60
    menu.click()
    entries = page.get_by_role("menuitem").all_inner_texts()
    assert entries == ["Trouver", "Diagnostic", "Planifier", "Rapport", "Données et méthode"]
    page.get_by_role("menuitem", name="Données et méthode").click()
    page.locator("h1", has_text="Données et méthode").wait_for()
    assert "ecran=methode" in page.url
    assert page.get_by_role("menuitem").count() == 0, "the menu is closed again"
    page.go_back()
    page.locator("h1", has_text="Trouver").wait_for()


def check_a_procedure_changes_what_is_in_view(page) -> None:
    box = page.locator(".maillage-procedure p").first.bounding_box()
    assert top(page, ".maillage-answer") < box["y"] < box["y"] + box["height"] < PHONE["height"]
    names = page.locator(".card h3").all_inner_texts()
    sign, office = names[1].split("\n")
    assert sign == "€"
    assert office.startswith("Centre des Finances publiques"), "beside the first site"
    page.locator(".maillage-canvas .maillage-number", has_text="€").wait_for()
    assert office in page.locator(".maillage-procedure p").first.inner_text()
    assert page.locator(".card").nth(1).bounding_box()["y"] < top(page, ".maillage-canvas")
    assert page.get_by_text("Pour comparer").count() == 0
    phone = page.locator(".buttons a[href^='tel:']").bounding_box()
    assert phone["y"] + phone["height"] < PHONE["height"], "the first number is in the first screen"


#: All that can be pressed and is shown: its words and its box, in the page and in the roots of our components.
_TARGETS = """() => {
  const all = [];
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.shadowRoot) look(one.shadowRoot);
      const pressed = one.matches("a[href], button, summary, input:not([type=radio], [type=checkbox]), label:has(input)");
      const box = one.getBoundingClientRect();
      if (!pressed || box.height < 2 || one.matches(":disabled, [tabindex='-1']") || !one.checkVisibility()) continue;
      let height = box.height; // what is cut off by a frame cannot be pressed
      for (let frame = one.parentElement; frame; frame = frame.parentElement) {
        if (getComputedStyle(frame).overflowY === "hidden") height = Math.min(height, frame.clientHeight);
      }
      all.push([(one.ariaLabel || one.innerText || one.outerHTML).slice(0, 60), box.width, height]);
    }
  };
  look(document);
  return all;
}"""


def targets(page) -> dict[str, tuple[float, float]]:
    """The size of whatever can be pressed, by its words."""
    return {words: (width, height) for words, width, height in page.evaluate(_TARGETS)}


def small_targets(page) -> dict[str, tuple[float, float]]:
    return {words: size for words, size in targets(page).items() if min(size) < 43.5}


def check_whatever_is_pressed_is_large_enough_for_a_finger(page) -> None:
    assert len(targets(page)) > 25
    assert small_targets(page) == {}
    for button in ("Quand", "Filtres"):
        page.get_by_role("button", name=button).click()
        page.wait_for_selector("[data-testid=stPopoverBody]")
        page.wait_until_still()
        assert small_targets(page) == {}, button
        page.keyboard.press("Escape")


def check_the_embedded_view_has_no_menu_and_stays_embedded_but_for_the_link_copied(page) -> None:
    assert page.get_by_text("Données et méthode").count() == 0
    assert page.get_by_role("button", name="Menu").count() == 0
    search(page, "sare")
    wait_for_answer(page, "le plus proche ouvert")
    assert "embed=true" in page.url
    assert f"lieu={SARE}" in page.url
    page.get_by_role("button", name="Partager").click()
    page.get_by_text("Lien copié.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert f"lieu={SARE}" in link
    assert "embed" not in link


def check_the_widget_is_short(page, cards: int) -> None:
    assert page.locator(".card").count() == cards
    assert page.locator(".maillage-canvas").count() == 0
    assert page.locator(".stMainBlockContainer").bounding_box()["height"] < WIDGET_HEIGHT_PX == 1400
    assert small_targets(page) == {}


def test_the_embedded_view_is_short_on_a_phone(find):
    """For taxes it has the first site and their office."""
    page = find(f"?embed=true&{TUESDAY}", drawn=".maillage-whole", width=500, height=700, permissions=CLIPBOARD)
    check_the_embedded_view_has_no_menu_and_stays_embedded_but_for_the_link_copied(page)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    for place in ("Bedous", "Pau"):
        search_from(page, place)
        check_the_widget_is_short(page, 3)
    page.go_to(f"?embed=true&lieu={BEDOUS}&{TUESDAY}&demarche=impots")
    check_the_widget_is_short(page, 2)
    whole = page.get_by_role("link", name="la page entière").get_attribute("href")
    assert "embed" not in whole
    page.goto(whole)
    wait_for_answer(page, "Mardi 24")
    assert page.locator(".maillage-canvas").count() == 1


def test_the_code_of_the_widget_shows_it_in_another_page(new_page, app_address):
    page = new_page(width=600, height=1500, color_scheme="light")  # whom no other visitor was
    page.set_content(f"<h1>Mairie</h1>{widget_html(app_address)}")
    frame = page.frame_locator("iframe")
    frame.get_by_label("Où êtes-vous ?").fill("sare")
    frame.get_by_label("Où êtes-vous ?").press("Enter")
    frame.locator(".card").nth(2).wait_for()
