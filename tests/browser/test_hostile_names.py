"""The whole app on a territory whose every text is hostile, in a real browser: nothing runs, nothing breaks."""

from dataclasses import replace

import pandas as pd
import pytest

from geo import Territory
from geo.territory.manifest import RejectedRow

pytestmark = pytest.mark.browser

HOSTILE = (
    "</script></style></textarea><img src=x onerror='window.ran=1'><script>window.ran=1</script>\"'`{{ 6 * 7 }}"
    "\u2028\u202e[lien](javascript:window.ran=1) $x^2$ :red[x] <!-- \r\n# Titre\x1b[31m" + "W" * 60
)
#: Contacts that try to be more than contacts.
CONTACTS = {
    "phone": "0559000000\"onclick='window.ran=1'",
    "email": "a@b.fr?bcc=c@d.fr&body=%0D%0ABcc:e@f.fr",
    "website": "javascript:window.ran=1//https://exemple.fr",
}
TEXTS = ("name", "address", "postcode", "commune_name", "comment", "bearer", "services", "main_site")


@pytest.fixture(scope="module")
def address(app_address, app_cache):
    territory = Territory.load("64")
    hostile_source = dict.fromkeys(("dataset", "file", "licence"), HOSTILE)
    manifest = replace(
        territory.manifest,
        territory=HOSTILE,
        notes=(HOSTILE,),
        rejected_count=1,
        rejected=(RejectedRow(HOSTILE, 2, "=1+1", HOSTILE),),
        sources=tuple(replace(source, **hostile_source) for source in territory.manifest.sources),
    )
    facilities = {
        name: table.assign(**dict.fromkeys(TEXTS, HOSTILE), **CONTACTS).astype(
            dict.fromkeys((*TEXTS, *CONTACTS), "string")
        )
        for name, table in territory.facilities.items()
    }
    visits = pd.DataFrame(
        {
            "facility_id": facilities["sites"]["facility_id"],
            "operator": HOSTILE,
            "weekday": 1,
            "start_min": 540,
            "end_min": 720,
            "mode": "on_site",
        }
    ).astype({"operator": "string", "mode": "string"})
    communes = territory.communes.assign(name=HOSTILE).astype({"name": "string"})
    hostile = replace(territory, communes=communes, facilities=facilities, manifest=manifest, permanences=visits)
    hostile.save(app_cache / "territories" / "64-64504")
    return f"{app_address}/?territoire=64-64504"


#: Addresses of screens, and what is drawn last. The first, which is itself hostile, is loaded; the page goes on to the others.
SCREENS = {
    "&lieu=%3Cimg%20src%3Dx%20onerror%3Dwindow.ran%3D1%3E&site=%3Cscript%3Ewindow.ran%3D1%3C/script%3E": "h1",
    "&ecran=diagnostic&commune=64504": "path.maillage-commune",
    "&ecran=methode": "h2, h3",
    "&ecran=planifier": "path.maillage-commune",
    "&lieu=64504&quand=2026-11-24T10:00": ".card",
}


def test_no_text_is_run(new_page, address):
    """As wide as a desk's screen, then as narrow as a phone."""
    page = new_page(width=1280, height=900)
    for query, drawn in SCREENS.items():
        if page.url == "about:blank":
            page.goto(f"{address}{query}")
        else:
            page.go_to(f"{address}{query}")
        page.locator(drawn).first.wait_for(state="attached")
        page.wait_until_idle()
        if "%3C" not in query:
            assert "W" * 60 in page.locator("body").inner_text(), "the hostile territory is shown"
        for width, height in ((1280, 900), (360, 740)):
            page.set_viewport_size({"width": width, "height": height})
            check_nothing_ran(page)
        assert page.errors == [], query
    check_what_is_typed_is_not_run(page)
    assert page.errors == []
    assert set(page.refused) <= {"data.geopf.fr"}


#: An image asked for after those of any name has come to nothing: by then theirs have too.
_IMAGE_REFUSED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
  const image = new Image();
  image.onerror = image.onload = done;
  image.src = 'x?' + Math.random();
})))"""


def check_nothing_ran(page) -> None:
    for tip in page.locator("path.maillage-commune, .maillage-site, .maillage-number").all()[:3]:
        tip.dispatch_event("mouseover")
    page.evaluate(_IMAGE_REFUSED)
    links = page.evaluate(
        """() => {
          const roots = [document, ...[...document.querySelectorAll('*')].map(one => one.shadowRoot).filter(Boolean)];
          return roots.flatMap(root => [...root.querySelectorAll('a[href]')].map(link => link.href));
        }"""
    )
    foreign = page.evaluate(
        """() => {
          const roots = [document, ...[...document.querySelectorAll('*')].map(one => one.shadowRoot).filter(Boolean)];
          return roots.flatMap(root => [...root.querySelectorAll('[onerror], [onclick], img[src=x]')].map(one => one.outerHTML));
        }"""
    )
    assert page.evaluate("window.ran") is None
    assert page.dialogs == []
    assert foreign == []
    assert not [link for link in links if not link.startswith(("http://", "https://", "#"))]
    # A frame after the window has another size, the page has too.
    page.wait_for_function("(main => main.scrollWidth <= main.clientWidth)(document.querySelector('.stMain'))")


def check_what_is_typed_is_not_run(page) -> None:
    field = page.get_by_label("Où êtes-vous ?")
    field.fill(HOSTILE[:190].replace("\r\n", " "))
    field.press("Enter")
    page.wait_for_function("document.querySelector('.maillage-spoken')?.textContent")  # that no such place is known
    page.wait_until_idle()
    check_nothing_ran(page)
