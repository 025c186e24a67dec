"""The printed sheet of a site: one tagged page whatever the texts, and the same words in plain text."""

import datetime as dt
import io
import os
import re
from dataclasses import replace

import numpy as np
import pypdf
import pytest

from geo.answers.round_trips import kept_trip_lines
from geo.finder.answer import find_sites, route_to
from geo.finder.gazetteer import Gazetteer
from geo.finder.other_modes import ModeTime
from geo.finder.site_trips import SiteTrip, Step
from geo.finder.wishes import Wishes
from geo.maps.static.lettering import FONT_FOLDER
from geo.report.site_sheet import site_sheet_pdf, site_sheet_text
from tests.pdf_text import page_text

#: What Typst, JSON or HTML would read, in one text: it is all there if none of it was.
_MARKED = (
    '#panic("executed") #read("/etc/passwd") *gras* _it_ `code` $x^2$ <b>x</b> <label> @ref /* c */ \\ " } ] \\" '
    '#sys.inputs " $$ \\frac{1}{ // commentaire $'
)
HOSTILE = [
    _MARKED,
    "ligne 1\nligne 2\r\n\tligne 3\x00\x1b[31m",
    "𝕏 日本語 ☃ \u202eerdro\u202c \ufeff\u200b e\u0301 \ud800",
    "A" * 5000,
    "mot " * 1250,
    "",
]


#: A time to the minute and a length; the figures change with the estimate of roads.
WAY = re.compile(r"environ \d{1,2}.min, de \d{1,2} à \d{1,2} \(\d{1,2}(,\d)?.km\)")


@pytest.fixture(scope="module")
def territory(embedded):
    return embedded


@pytest.fixture(scope="module")
def origin(territory):
    return Gazetteer.of(territory).search("Sare")[0]


@pytest.fixture(scope="module")
def site(territory, origin):
    """Espelette, on a Tuesday before Christmas."""
    at = dt.datetime(2026, 12, 22, 14)  # noqa: DTZ001 - civil time of the territory
    found = find_sites(territory, origin.lon, origin.lat, Wishes(at=at)).sites
    return next(site for site in found if site.facility_id == "950")


@pytest.fixture(scope="module")
def route(territory, origin, site):
    return route_to(territory, origin.lon, origin.lat, site.facility_id)


def opened(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf):
    return " ".join(page_text(opened(pdf).pages[0]).split())


def flat(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def page(territory, origin, site, route):
    return site_sheet_pdf(territory, site, origin=origin, route=route)


def test_one_a4_page_says_all_that_a_visitor_needs(page):
    document = opened(page)
    assert len(document.pages) == 1
    assert [float(side) for side in document.pages[0].mediabox[2:]] == pytest.approx([595.28, 841.89], abs=0.1)
    said = words(page)
    for told in (
        "France services La Poste d'Espelette", "Place du marché, Bureau de Poste", "64250 Espelette", "05 59 58 84 05",
        "espelette@france-services.gouv.fr", "Depuis Sare (64)", "environ 20 min, de 15 à 25 (18 km)", "hors stationnement", "Mardi 9 h – 12 h, 14 h – 17 h", "fermé le 25 décembre : Noël",
        "Horaires du 22 au 28 décembre 2026", ".gouv.fr", "août 2024", "ordres de grandeur", "La Poste",
    ):  # fmt: skip
        assert told in said, told
    assert WAY.search(said)


def test_the_text_says_the_same(territory, origin, site, route):
    text = site_sheet_text(territory, site, origin=origin, route=route)
    assert max(map(len, text.splitlines())) <= 76
    for told in (
        "La Poste d'Espelette", "05 59 58 84 05", "espelette@france-services.gouv.fr", "Depuis Sare (64)", "environ 20 min, de 15 à 25 (18 km)", "hors stationnement",
        "Mardi", "14 h – 17 h", "Noël", ".gouv.fr", "août 2024", "ordres de grandeur",
    ):  # fmt: skip
        assert told in flat(text), told
    assert WAY.search(flat(text))


def test_a_hamlet_that_a_centre_stands_for_is_told_on_the_page(territory, site, route):
    gourette, sare = (Gazetteer.of(territory).search(name)[0] for name in ("Gourette", "Sare"))
    told = "Temps estimé depuis le centre d'Eaux-Bonnes, pas depuis Gourette : le trajet réel peut être bien plus long."
    pdf = site_sheet_pdf(territory, site, origin=gourette, route=route)
    assert len(opened(pdf).pages) == 1
    assert told in words(pdf)
    assert told in flat(site_sheet_text(territory, site, origin=gourette, route=route))
    assert "pas depuis" not in flat(site_sheet_text(territory, site, origin=sare, route=route))


def test_the_page_is_tagged_for_screen_readers(site, page):
    document = opened(page)
    catalogue = document.trailer["/Root"]
    assert catalogue["/Lang"].startswith("fr")
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata.title == site.name
    assert b"pdfuaid:part" in document.xmp_metadata.stream.get_data()

    def elements(node):
        yield node
        children = node.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            found = child.get_object()
            if isinstance(found, dict):
                yield from elements(found)

    found = list(elements(catalogue["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/Table", "/TH", "/Link", "/Figure"} <= {element.get("/S") for element in found}
    described = [element["/Alt"] for element in found if element.get("/S") == "/Figure"]
    assert all("Carte du trajet de Sare (64)" in alt and "vers l'est" in alt for alt in described)
    assert len(described) == 1


def test_phone_mail_and_site_can_be_followed(territory, site):
    document = opened(site_sheet_pdf(territory, replace(site, website="https://example.org/a?b=1")))
    links = [each.get_object()["/A"]["/URI"] for each in document.pages[0]["/Annots"]]
    way = f"https://www.openstreetmap.org/directions?to={site.lat:.5f},{site.lon:.5f}"
    assert links == ["tel:0559588405", "mailto:espelette@france-services.gouv.fr", "https://example.org/a?b=1", way]
    assert way.removeprefix("https://www.") in site_sheet_text(territory, site)
    odd = replace(site, phone="javascript:1", email="a@b?bcc=c@d.fr", website="javascript:alert(1)")
    (only,) = opened(site_sheet_pdf(territory, odd)).pages[0]["/Annots"]
    assert only.get_object()["/A"]["/URI"] == way


def test_an_address_or_a_position_is_not_written(territory, origin, site, route):
    for kind in ("address", "position"):
        secret = replace(origin, kind=kind, label="17 rue Zorrozpe")
        text = site_sheet_text(territory, site, origin=secret, route=route)
        pdf = site_sheet_pdf(territory, site, origin=secret, route=route)
        assert "Depuis votre point de départ" in text
        assert "Depuis votre point de départ" in words(pdf)
        assert "Zorrozpe" not in text + words(pdf) + str(opened(pdf).trailer["/Root"])
    assert words(site_sheet_pdf(territory, site, route=route)).count("votre point de départ") == 1


@pytest.mark.parametrize("bad", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_of_a_file_is_executed_or_fills_a_second_page(territory, origin, route, site, bad):
    name = bad or "Site"
    week = tuple(replace(day, text=bad, permanences=(bad,) * 9) for day in site.week)
    told = replace(
        site, name=name, address=bad, postcode=bad, commune_name=bad, phone=bad, email=bad, website=bad, details={"comment": bad, "bearer": bad},
        main_site=bad, warnings=(bad,) * 6, week=week,
    )  # fmt: skip
    ways = (bad * 3,) * 3
    pdf = site_sheet_pdf(territory, told, origin=replace(origin, label=bad), route=route, without_car=ways)
    assert len(opened(pdf).pages) == 1
    text = site_sheet_text(territory, told, origin=replace(origin, label=bad), route=route, without_car=ways)
    assert max(map(len, text.splitlines())) <= 76
    assert len(text) < 12_000
    if bad == _MARKED:
        assert bad in words(pdf).replace("\u200b", "")
        assert bad in flat(text)
    assert "root:x:" not in words(pdf)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_site_of_which_little_is_known_still_has_its_page(territory, site):
    bare = replace(
        site, address=None, postcode=None, commune_name=None, phone=None, email=None, details={}, appointment=None,
        travel_time_min=None, distance_km=None, week=(), warnings=(),
    )  # fmt: skip
    pdf = site_sheet_pdf(territory, bare)
    assert len(opened(pdf).pages) == 1
    for told in ("non connue", "non connus", "à demander par téléphone", "Le temps de trajet n'est pas connu"):
        assert told in words(pdf)
        assert told in flat(site_sheet_text(territory, bare))


@pytest.mark.parametrize("kind", ["main", "antenne", "bus", "tax_office", "place"])
def test_every_kind_has_its_page(territory, site, route, kind):
    told = replace(site, kind=kind, main_site="France services de Bayonne" if kind == "antenne" else None)
    pdf = site_sheet_pdf(territory, told, route=route)
    assert len(opened(pdf).pages) == 1
    assert ("Rattachée à : France services de Bayonne" in words(pdf)) == (kind == "antenne")
    assert ("jusqu'à la base du bus" in words(pdf)) == (kind == "bus")


def test_a_way_of_one_point_or_due_north_is_drawn(territory, site, route):
    for coordinates in ([[-1.5, 43.3], [-1.5, 43.3]], [[-1.5, 43.3], [-1.5, 43.5]], [[-1.5, 43.3]]):
        pdf = site_sheet_pdf(territory, site, route=replace(route, coordinates=np.array(coordinates)))
        assert len(opened(pdf).pages) == 1


def test_real_streets_and_contours_are_drawn(small_world):
    built = small_world.territory(population=None)
    home = built.communes.loc["64004"]
    site = find_sites(built, home["lon"], home["lat"]).sites[-1]
    route = route_to(built, home["lon"], home["lat"], site.facility_id)
    pdf = site_sheet_pdf(built, site, route=route)
    assert len(opened(pdf).pages) == 1
    assert "tirets" not in words(pdf)
    assert "ordres de grandeur" not in words(pdf)


def test_the_same_inputs_give_the_same_bytes_and_no_file(territory, origin, site, route, page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert site_sheet_pdf(territory, site, origin=origin, route=route) == page
    assert list(tmp_path.iterdir()) == []
    document = opened(page)
    built_on = territory.manifest.built_on
    assert document.metadata.creation_date.date() == built_on
    inside = page + b"".join(
        each.get_object().get_data() for each in (document.get_object(i) for i in range(1, len(document.xref[0]))) if hasattr(each, "get_data")
    )  # fmt: skip
    for path in (str(FONT_FOLDER), os.getcwd(), os.path.expanduser("~") + "/"):  # noqa: PTH109, PTH111
        assert path.encode() not in inside


def test_ways_without_a_car_are_kept_on_the_sheet(territory, origin, site, route):
    def at(hour, minute):
        return dt.datetime(2025, 1, 7, hour, minute, tzinfo=dt.UTC)

    tuesday = dt.date(2025, 1, 7)
    there = Step(at(8, 0), at(8, 30), "Urdos", "Espelette", "12", "Gare", 3)
    back = Step(at(17, 45), at(18, 15), "Espelette", "Urdos", "12", "Village", 3)
    moments = {"leaves_home": at(7, 50), "arrives": at(8, 35), "leaves_site": at(17, 40), "home": at(18, 20)}
    trip = SiteTrip("1", "Maison", tuesday, ((540, 1080),), (there,), (back,), **moments, time_out_min=630.0)
    lines = kept_trip_lines(trip, tuesday)
    walked = replace(site, other_modes=(ModeTime("walk", 34.0, 2.5, estimated=False),))
    both = (
        words(site_sheet_pdf(territory, walked, origin=origin, route=route, without_car=lines)),
        flat(site_sheet_text(territory, walked, origin=origin, route=route, without_car=lines)),
    )
    for told in both:
        for said in (
            "Sans voiture, mardi 7 janvier 2025 :",
            "Aller :",
            "car 12",
            "18 h 15",
            "Retour :",
            "À pied 34 min (2,5 km).",
        ):
            assert said in told.replace("\u200b", ""), said
