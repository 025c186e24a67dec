"""The list of sites: what anyone reads without the map, and text that is never run."""

import re
from html.parser import HTMLParser

import pytest

from geo.finder.opening_times import OpeningStatus
from geo.ui.components.distance_help import distance_html
from geo.ui.components.found_sites import contacts_html, sites_html

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


def test_each_site_has_its_heading_its_trip_and_its_state_in_words(make_answer):
    page = read(sites_html(make_answer(), "2"))
    assert len(page.all("h3")) == 2
    assert "12\u00a0min (9,0\u00a0km) en voiture" in page.text
    assert "✓Ouvert jusqu'à 17 h" in page.text, "a sign and words, not only a colour"
    assert "Choisir ce site : France services 1" in page.text
    assert "✓ Site choisi : France services 2" in page.text
    assert len(page.all("tr")) == 14


def test_the_day_asked_about_is_marked_in_the_week(make_answer):
    marked = re.findall(r'aria-current="date"><th scope="row">(\w+)', sites_html(make_answer(), None))
    assert marked == ["mardi", "mardi"]


@pytest.mark.parametrize("state", ["open", "closed", "unknown"])
def test_states_have_three_signs(make_answer, make_site, state):
    site = make_site(status=OpeningStatus(state, "Mots"))
    sign = read(sites_html(make_answer(sites=(site,)), None)).text.split("Mots")[0][-1]
    assert sign == {"open": "✓", "closed": "✕", "unknown": "?"}[state]


def test_text_from_a_list_is_never_markup(make_answer, make_site):
    fields = dict.fromkeys(
        ("name", "address", "postcode", "commune_name", "phone", "email", "website", "comment", "bearer", "main_site"),
        HOSTILE,
    )
    site = make_site(HOSTILE, **fields, warnings=(HOSTILE,), status=OpeningStatus("closed", HOSTILE))
    page = read(sites_html(make_answer(sites=(site,), buses=(site,), tax_office=site), HOSTILE))
    assert page.all("img") == page.all("a") == []
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert HOSTILE in page.text


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
