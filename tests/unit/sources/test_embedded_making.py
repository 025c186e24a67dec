"""The embedded tables made from official files: a hand-made package of data, sites, tax offices and post offices."""

import csv
import lzma

import pytest
import shapely

from geo.sources.embedded import read_embedded
from geo.sources.embedded_making import make_embedded_tables
from tests.conftest import FRANCE_SERVICES_COLUMNS
from tests.unit.sources.france_wheel import commune, wheel

SITE = {"lib_fs": "France services", "adresse": "1 rue", "code_postal": "64000", "h_lundi": "09:00 - 12:00"}
MAIN = {"type_fs": "Principal", "format_fs": "Fixe"}
ANTENNE = {"type_fs": "Antenne", "format_fs": "Fixe_antenne(s)"}
BUS = {"type_fs": "Principal", "format_fs": "Bus_équivalent"}
OFFICE, AGENCY = "Bureau de Poste", "Agence postale communale"


def hall(lon, lat):
    return {"mairie_localisation": shapely.Point(lon, lat).wkb_hex}


def site(number, code, lon, lat, **more):
    place = {"id_fs": str(number), "insee_com": code, "lib_com": code, "longitude": repr(lon), "latitude": repr(lat)}
    return SITE | MAIN | place | more


def tax(identifier, code, address, kind="sip", name="Service des impôts des particuliers"):
    return {"id": identifier, "type": kind, "insee": code, "name": name, "address": address}


def write(path, rows, columns, delimiter=","):
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns, restval="", delimiter=delimiter)
        table.writeheader()
        table.writerows(rows)
    return path


BOX = (0, 43, 1, 44)
TAX = ["id", "type", "insee", "name", "address"]
POST = ["Caractéristique_du_site", "Code_INSEE", "Longitude", "Latitude"]
FAR_POST = (OFFICE, "64090", "5.6", "46.6")
#: What every list holds besides what a test is about: no official list is empty.
ELSEWHERE = [
    commune(90, "64090", "Ailleurs", (5, 46, 6, 47), epci_id="0", **hall(5.5, 46.5)),
    commune(91, "64091", "Ailleurs-Bas", (5, 46, 6, 47), type="COMD", commune_parent_id="90"),
]


@pytest.fixture
def made(tmp_path):
    """Make the tables of these communes and places, and read them."""

    def make(rows, *, sites=(), offices=(), posts=(), residents=None, **tables):
        every = [*rows, *ELSEWHERE]
        if residents is None:
            residents = {row["code"]: 7 for row in every if row["type"] == "COM"}
        folder = tmp_path / "made"
        folder.mkdir(exist_ok=True)
        make_embedded_tables(
            wheel(tmp_path, every, **tables),
            write(tmp_path / "pop.csv", [{"COM": c, "PMUN": n} for c, n in residents.items()], ["COM", "PMUN"]),
            write(tmp_path / "sites.csv", [*sites, site("else", "64090", 5.5, 46.5, **BUS)], FRANCE_SERVICES_COLUMNS),
            write(tmp_path / "tax.csv", [*offices, tax("sip-9", "64090", "9 rue, 64090, Ailleurs")], TAX),
            write(tmp_path / "post.csv", [dict(zip(POST, row, strict=True)) for row in [*posts, FAR_POST]], POST, ";"),
            folder,
        )
        return read_embedded(folder)

    return make


def placed(tables, code="64001"):
    row = tables.communes.frame.loc[code]
    return row["lon"], row["lat"], row["point_source"]


def test_a_town_hall_is_kept_even_a_little_outside_of_a_contour_that_was_drawn_roughly(made):
    sites = [site(1, "64001", 0.3, 43.3)]
    assert placed(made([commune(0, "64001", "A", BOX, **hall(0.2, 43.2))], sites=sites)) == (0.2, 43.2, "mairie")
    assert placed(made([commune(0, "64001", "A", BOX, **hall(1.002, 43.2))], sites=sites)) == (1.002, 43.2, "mairie")


#: No town hall, that of another town, an empty one.
NO_HALL = [{}, hall(5.0, 47.0), {"mairie_localisation": shapely.Point().wkb_hex}]


def test_a_town_hall_of_another_town_an_empty_one_or_none_gives_way_to_site_then_post_office(made):
    """Three communes for each of the places that may be there: the first of these counts."""
    expected = ["main", "antenne", "post", "agency", "nothing"]
    rows, sites, posts = [], [], []
    for number, there in enumerate(NO_HALL * len(expected)):
        code, first, lon = f"64{number + 1:03d}", number // len(NO_HALL), number / 10
        rows.append(commune(number, code, code, (lon, 43, lon + 0.1, 44), **there))
        lists = {
            "main": [site(f"main-{number}", code, lon + 0.03, 43.3)],
            "antenne": [site(f"antenne-{number}", code, lon + 0.04, 43.4, **ANTENNE)],
            "post": [(OFFICE, code, str(lon + 0.07), "43.7")],
            "agency": [(AGENCY, code, str(lon + 0.08), "43.8")],
        }
        there_as_well = expected[first:4][::-1]
        sites += [each for name in there_as_well if name in ("main", "antenne") for each in lists[name]]
        posts += [each for name in there_as_well if name in ("post", "agency") for each in lists[name]]
        if expected[first] == "post":
            sites.append(site(f"bus-{number}", code, lon + 0.06, 43.6, **BUS))
    tables = made(rows, sites=sites, posts=posts)
    places = {"main": (0.03, 43.3, "site"), "antenne": (0.04, 43.4, "site")}
    places |= {"post": (0.07, 43.7, "post_office"), "agency": (0.08, 43.8, "post_office")}
    for number, row in enumerate(rows):
        first = expected[number // len(NO_HALL)]
        lon, lat, source = placed(tables, row["code"])
        if first == "nothing":
            assert (0 < lon - number / 10 < 0.1, 43 < lat < 44, source) == (True, True, "interior"), row["code"]
        else:
            assert (round(lon - number / 10, 6), lat, source) == places[first], (row["code"], first)


def test_a_place_stands_for_the_town_only_inside_its_contour_and_under_its_code(made):
    rows = [commune(0, "64001", "A", BOX), commune(1, "64002", "B", (1, 43, 2, 44), **hall(1.5, 43.5))]
    outside = site(1, "64001", 3.0, 43.3)
    other = site(2, "64002", 0.3, 43.3)  # the site of B, in A
    post = (OFFICE, "64001", "", "")
    assert placed(made(rows, sites=[outside, other], posts=[post]))[2] == "interior"


def test_two_communes_never_stand_at_one_point(made):
    rows = [
        commune(0, "64001", "A", BOX, **hall(1.0, 43.5)),
        commune(1, "64002", "B", (1, 43, 2, 44), **hall(1.0, 43.5)),
    ]
    tables = made(rows)
    assert placed(tables) == (1.0, 43.5, "mairie")
    lon, _, source = placed(tables, "64002")
    assert 1 < lon < 2
    assert source == "interior"


def test_a_merged_commune_is_placed_at_the_town_hall_of_the_delegated_commune_of_its_code(made):
    delegated = {"type": "COMD", "commune_parent_id": "0"}
    rows = [
        commune(0, "64001", "Nouvelle", BOX),
        commune(1, "64002", "Autre", (0, 43.5, 1, 44), **hall(0.9, 43.9), **delegated),
        commune(2, "64001", "Siège", (0, 43, 1, 43.5), **hall(0.2, 43.2), **delegated),
    ]
    assert placed(made(rows)) == (0.2, 43.2, "mairie")


def test_codes_of_merged_communes_become_those_of_today(made):
    rows = [
        commune(0, "64001", "Nouvelle", BOX, **hall(0.2, 43.2)),
        commune(1, "64002", "Ancienne", BOX, type="COMD", commune_parent_id="0"),
        commune(2, "64001", "Nouvelle", BOX, type="COMD", commune_parent_id="0"),
    ]
    tables = made(
        rows,
        sites=[site(1, "64002", 0.3, 43.3), site(2, "64009", 0.3, 43.3)],
        offices=[tax("sip-1", "64002", "2 place, 64000, Ancienne"), tax("sip-2", "64009", "3 place, 64000, Inconnue")],
        codes_postaux=lzma.compress(b"id,code\n0,64000\n1,64010\n"),
        codes_postaux_communes=lzma.compress(b"codepostal_id,commune_id\n0,0\n1,1\n1,0\n"),
    )
    assert tables.former.drop("64091").to_dict("index") == {
        "64002": {"name": "Ancienne", "kind": "COMD", "commune_code": "64001", "lon": 0.3, "lat": 43.3}
    }  # at the site inside of its contour; no town hall is known
    assert tables.communes.frame.loc["64001", "postcodes"] == "64000;64010"
    found = tables.sites.frame.set_index("facility_id")[["commune_code", "commune_name"]]
    assert found.loc["1"].tolist() == ["64001", "Nouvelle"]
    assert "2" not in found.index  # its code is of no commune
    assert list(tables.tax_offices.frame["commune_code"]) == ["64001", "64090"]


def test_residents_are_those_of_insee_the_2017_ones_of_mayotte(made):
    rows = [
        commune(0, "75056", "Paris", (2.2, 48.8, 2.5, 48.95), population_municipale="1"),
        commune(1, "97608", "Dzaoudzi", (45.2, -12.9, 45.4, -12.7), departement_id="1", **hall(45.28, -12.78)),
    ]
    paris = {str(code): 10 for code in range(75101, 75121)}
    tables = made(
        rows, residents=paris | {"64090": 7}, departements=lzma.compress(b"id,code,chef_lieu_id\n0,75,\n1,976,\n")
    )
    population = tables.communes.frame["population"].drop("64090")
    assert population.to_dict() == {"75056": 200, "97608": 17_831}
    assert placed(tables, "75056") == (2.3522, 48.8566, "mairie")


STREETS = {
    "11 rue Vauban - BP 168, 64109, Bayonne Cedex": "11 rue Vauban",
    "11, rue Vauban - BP 11,64109,Bayonne Cedex": "11 rue Vauban",
    "BP 11 - 11 rue Vauban,64109,Bayonne Cedex 9": "11 rue Vauban",
    "1 rue Jacques-Loeb - BP1,64109,Bayonne": "1 rue Jacques-Loeb",
    "100 rue Colbert - CS n° 90529, 01500, Ambérieu": "100 rue Colbert",
    "2 avenue du 8-Mai-01945, 12024, Rodez": "2 avenue du 8-Mai-1945",
    "01259 route du Rosay, 74700, Sallanches": "1259 route du Rosay",
}


def test_the_street_of_a_tax_office_holds_neither_mail_box_nor_town(made):
    codes = {f"6400{number}": address for number, address in enumerate(STREETS, 1)}
    rows = [commune(number, code, code, (number, 43, number + 1, 44)) for number, code in enumerate(codes)]
    tables = made(rows, offices=[tax(f"sip-{code}", code, address) for code, address in codes.items()])
    found = tables.tax_offices.frame.set_index("commune_code")["address"].to_dict()
    assert found == {code: STREETS[address] for code, address in codes.items()} | {"64090": "9 rue"}


def test_one_centre_holds_several_services_and_a_town_may_have_two_centres(made):
    entreprises = "Service des impôts des entreprises du centre des finances publiques de Pau"
    offices = [
        tax("sie-1", "64001", "6, rue d'Orléans - BP 3, 64027, Pau Cedex", "sie", entreprises),
        tax("sip-1", "64001", "6 RUE D'ORLÉANS, 64027, Pau", name="SIP du centre des finances publiques de Pau Est"),
        tax("sie-2", "64001", "29 rue de Monpezat, 64016, Pau", "sie", "Service des entreprises"),
        tax("tresorerie-1", "64001", "4 rue Henri IV, 64000, Pau", "tresorerie"),
        tax("sip-3", "64002", "1 place, 64000, B"),
    ]
    rows = [commune(0, "64001", "Pau", BOX, **hall(0.2, 43.2)), commune(1, "64002", "B", (1, 43, 2, 44))]
    tables = made(rows, offices=offices)
    found = tables.tax_offices.frame.set_index("facility_id")
    assert list(found.index) == ["tax-64001-1", "tax-64001-2", "tax-64002", "tax-64090"]
    assert found.loc["tax-64001-1", "name"] == "Centre des Finances publiques (Pau)"
    assert found.loc["tax-64001-2", "name"] == "Centre des Finances publiques de Pau Est"
    both = "Service des impôts des particuliers; Service des impôts des entreprises"
    assert found.loc["tax-64001-2", "services"] == both
    assert (found.geometry["tax-64001-2"].x, found.geometry["tax-64001-2"].y) == (0.2, 43.2)


def test_names_of_intercommunalities_that_hold_a_commune_are_kept(made):
    rows = [commune(0, "64001", "A", BOX, epci_id="0"), commune(1, "64002", "B", (1, 43, 2, 44))]
    tables = made(rows, epci=lzma.compress(b"id,code,nom,type\n0,200000172,CC A,CC\n1,200000173,CC B,CC\n"))
    assert tables.intercommunalities.to_dict("index") == {"200000172": {"name": "CC A", "kind": "CC"}}
    assert tables.intercommunality["64001"] == "200000172"
    assert tables.intercommunality.isna()["64002"]


def test_made_tables_are_the_same_bytes_each_time(made, tmp_path):
    rows = [commune(1, "64002", "B", (1, 43, 2, 44)), commune(0, "64001", "A", BOX, **hall(0.2, 43.2))]
    made(rows)
    first = {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()}
    made(rows[::-1])
    assert {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()} == first
