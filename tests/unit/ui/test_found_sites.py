"""The list of sites: what anyone reads without the map, and text that is never run."""

import datetime as dt
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from geo.finder.answer import Route
from geo.finder.opening_times import OpeningStatus
from geo.finder.route_service import AskedRoutes
from geo.sources.embedded import ONLY_BUSINESSES
from geo.ui.components.answer_buttons import buttons_html
from geo.ui.components.distance_help import distance_html
from geo.ui.components.found_sites import Shown, contacts_html, directions_html, first_html, others_html

HOSTILE = "<img src=x onerror=alert(1)>\"'&"


class _Reader(HTMLParser):
    """Gathers elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def read(html: str) -> _Reader:
    return _Reader(html)


def sites_html(answer, chosen=None, **options) -> str:
    shown = Shown(answer.at.date(), chosen, **options)
    return first_html(answer, shown) + others_html(answer, shown)


def test_each_site_has_its_heading_its_trip_and_its_state_in_words(make_answer):
    page = read(sites_html(make_answer(), "2"))
    assert len(page.all("h3")) == 2
    assert "12\u00a0min (9,0\u00a0km) en voiture" in page.text
    assert "✓Ouvert jusqu'à 17 h" in page.text, "a sign and words, not only a colour"
    assert "Choisir ce site : France services 1" in page.text
    assert "✓ Site choisi : France services 2" in page.text
    assert len(page.all("tr")) == 14


def test_the_first_site_comes_alone(make_answer):
    answer = make_answer()
    shown = Shown(answer.at.date())
    assert [len(read(html).all("h3")) for html in (first_html(answer, shown), others_html(answer, shown))] == [1, 1]
    assert "Le plus proche" in first_html(answer, shown)


def test_a_comment_is_quoted_once_and_not_in_bold(make_answer, make_site):
    remark = "« Ouverture un samedi sur deux »"
    status = OpeningStatus("published", f"Ouvert ; le site précise : {remark}", remark=remark)
    text = sites_html(
        make_answer(sites=(make_site(status=status, details={"comment": "Ouverture un samedi\nsur deux."}),))
    )
    assert text.count("samedi sur deux") == 1
    assert f'<p class="remark">Le site précise : {remark}</p>' in text
    assert "À savoir" not in text


def test_for_taxes_the_tax_office_is_the_second_choice(make_answer, make_site):
    answer = make_answer(tax_office=make_site("tax", kind="tax_office", name="Service des impôts"))
    shown = Shown(answer.at.date(), for_taxes=True)
    assert "Ou, au choix : le service des impôts" in first_html(answer, shown)
    assert len(read(first_html(answer, shown)).all("h3")) == 2
    assert "impôts" not in others_html(answer, shown)
    firms = make_site("tax", kind="tax_office", name="Impôts", details={"comment": f"Vieux. {ONLY_BUSINESSES}"})
    assert "Ou, à vérifier : le service des impôts" in first_html(make_answer(tax_office=firms), shown)


def test_a_compact_card_says_where_when_and_how_to_reach_it(make_answer, make_site):
    office = make_site("tax", kind="tax_office", name="Service des impôts")
    page = read(sites_html(make_answer(tax_office=office), compact=True))
    assert len(page.all("h3")) == 2, "no comparison"
    assert page.all("button") == page.all("details") == []
    assert [link["href"].partition(":")[0] for link in page.all("a")] == ["tel", "https"] * 2


def test_the_buttons_under_the_answer(make_site):
    page = read(buttons_html(make_site(name=HOSTILE, phone="05 59 58 84 05"), "Android"))
    assert [link["href"].partition(":")[0] for link in page.all("a")] == ["tel", "geo"]
    assert {tag for tag, _ in page.elements} == {"a", "button", "small", "span"}
    assert page.text.startswith(f"Appeler {HOSTILE}, 05 59 58 84 05Itinéraire vers {HOSTILE}")
    written = read(buttons_html(make_site(phone="voir la mairie", email="a@b.fr")))
    assert next(link["href"] for link in written.all("a")) == "mailto:a@b.fr"
    neither = read(buttons_html(make_site(phone=None, email=None)))
    assert len(neither.all("a")) == len(neither.all("button")) == 1


def test_the_day_asked_about_is_marked_in_the_week(make_answer):
    marked = re.findall(r'aria-current="date"><th scope="row">(\w+)', sites_html(make_answer(), None))
    assert marked == ["mardi", "mardi"]


@pytest.mark.parametrize("state", ["open", "published", "closed", "unknown"])
def test_each_state_has_its_sign(make_answer, make_site, state):
    site = make_site(status=OpeningStatus(state, "Mots"))
    sign = read(sites_html(make_answer(sites=(site,)), None)).text.split("Mots")[0][-1]
    assert sign == {"open": "✓", "published": "!", "closed": "✕", "unknown": "?"}[state]


def test_text_from_a_list_is_never_markup(make_answer, make_site):
    fields = dict.fromkeys(
        ("name", "address", "postcode", "commune_name", "phone", "email", "website", "main_site"),
        HOSTILE,
    ) | {"details": {"comment": HOSTILE, "bearer": HOSTILE}}
    site = make_site(HOSTILE, **fields, warnings=(HOSTILE,), status=OpeningStatus("closed", HOSTILE))
    page = read(sites_html(make_answer(sites=(site,), buses=(site,), tax_office=site), HOSTILE))
    assert page.all("img") == []
    assert all(link["href"].startswith("https://www.openstreetmap.org/directions?to=") for link in page.all("a"))
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert HOSTILE in page.text


@pytest.mark.parametrize(
    ("user_agent", "first"),
    [
        (
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130",
            "geo:43.34001,-1.44000?q=43.34001,-1.44000(A%20%28b%29%20%C3%A9)",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)",
            "https://maps.apple.com/?daddr=43.34001,-1.44000&dirflg=d",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "https://maps.apple.com/?daddr=43.34001,-1.44000&dirflg=d"),
        ("Mozilla/5.0 (X11; Linux x86_64)", None),
        ("", None),
    ],
)
def test_the_way_opens_in_the_application_of_the_device(make_site, user_agent, first):
    site = make_site(lon=-1.44, lat=43.340006, name="A (b) é")
    page = read(directions_html(site, user_agent))
    everywhere = "https://www.openstreetmap.org/directions?to=43.34001,-1.44000"
    assert [link["href"] for link in page.all("a")] == [first, everywhere] if first else [everywhere]
    assert page.text.startswith("Itinéraire vers A (b) é dans ")
    assert "openstreetmap.org" in page.text
    for link in page.all("a"):
        assert ("target" in link) == link["href"].startswith("https:"), "another scheme leaves no empty page behind"


@pytest.mark.parametrize("user_agent", ["Android", "iPhone", ""])
def test_a_hostile_name_stays_inside_the_link(make_site, user_agent):
    page = read(directions_html(make_site(name=HOSTILE + "\udcff)#&"), user_agent))
    assert {tag for tag, _ in page.elements} == {"p", "a", "span"}
    for link in page.all("a"):
        assert not set(link["href"]) & set("<>\"' ")


def test_a_time_that_was_asked_for_stands_beside_the_estimate(make_answer):
    answer = make_answer()
    first, second = answer.sites
    way = Route(np.array([[-1.58, 43.31], [-1.44, 43.34]]), 14.4, 9.84)
    asked = AskedRoutes(dt.date(2026, 11, 27), {first.facility_id: way}, (second.facility_id,))
    text = read(sites_html(answer, asked=asked)).text
    assert "en voitureTemps IGN : 14\u00a0min (9,8\u00a0km), demandé le 27/11/2026" in text
    assert "Temps IGN : aucun trajet donné (réponse 404), demandé le 27/11/2026" in text
    assert "IGN" not in read(sites_html(answer, None)).text


def test_contacts_are_links(make_site):
    site = make_site(phone="+33 5 59 58.84-05", email="a@b.fr", website="https://www.exemple.fr/page?x=1&y=2")
    links = [link["href"] for link in read(contacts_html(site)).all("a")]
    assert links == ["tel:+33559588405", "mailto:a@b.fr", "https://www.exemple.fr/page?x=1&y=2"]


@pytest.mark.parametrize(
    "fields",
    [
        {"phone": "voir la mairie"},
        {"email": "pas d'adresse"},
        {"website": "javascript:alert(1)"},
        {"website": "http://[oups"},
        {"website": "exemple.fr"},
    ],
)
def test_what_is_not_a_contact_is_only_text(make_site, fields):
    site = make_site(**({"phone": None, "email": None} | fields))
    page = read(contacts_html(site))
    assert page.all("a") == []
    assert page.text == next(iter(fields.values()))


def test_the_tax_office_is_compared(make_answer, make_site):
    office = make_site("tax", kind="tax_office", name="Service des impôts de Biarritz", travel_time_min=25.4)
    text = read(sites_html(make_answer(tax_office=office, minutes_saved=13.0), None)).text
    assert "Service des impôts de Biarritz" in text
    assert "gagner 13\u00a0min" in text
    assert "gagner" not in read(sites_html(make_answer(tax_office=office, minutes_saved=-4.0), None)).text


def test_unknown_hours_have_no_table(make_answer, make_site):
    week = tuple(line.__class__(line.day, line.date, "horaires inconnus", None, None) for line in make_site().week)
    assert read(sites_html(make_answer(sites=(make_site(week=week),)), None)).all("table") == []


def test_help_at_a_distance_names_whom_to_call(make_answer, make_site):
    answer = make_answer(none_open=(make_site(name=HOSTILE),), from_home=("Un proche peut agir.",))
    page = read(distance_html(answer))
    assert HOSTILE in page.text
    assert {"tel:0559588405", "mailto:site@exemple.fr"} == {link["href"] for link in page.all("a")}
    assert "Un proche peut agir." in page.text


def test_help_at_a_distance_says_which_is_a_bus(make_answer, make_site):
    buses = (make_site("1", kind="bus"), make_site("2", kind="bus", name="Le bus des services"))
    text = read(distance_html(make_answer(none_open=(*buses, make_site("3"))))).text
    assert "Bus France services 1 (sa base : 12\u00a0min)" in text
    assert "Le bus des services (sa base : 12\u00a0min)" in text
    assert "Bus France services 3" not in text
