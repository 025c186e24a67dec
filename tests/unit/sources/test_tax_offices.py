"""Tax offices from the two official lists: small lists made from the documented field names."""

import csv
import io
import json

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from geo.errors import SchemaError, SourceError
from geo.french import agreed
from geo.sources.tax_offices import read_tax_offices

CENTRE = "Centre des Finances publiques"
SERVICE = {
    "nom_du_service": "SIP BIARRITZ",
    "libelle_du_service": "Service des impôts des particuliers",
    "type_de_service": CENTRE,
    "adresse": "11 avenue Louison Bobet",
    "code_postal": "64200",
    "commune": "Biarritz",
    "code_commune": "64122",
    "public": "particuliers",
    "telephone_1": "05 59 00 00 01",
    "telephone_2": "",
    "courriel": "",
    "horaires_1": "",
    "accueil_sur_rdv": "",
    "lundi": "08:30-12:00 13:30-16:00",
    "mardi": "08:30-12:00",
    "mercredi": "",
    "jeudi": "08:30-12:00",
    "vendredi": "Fermé",
    "geocodage": "43.4712,-1.5421",
}


@pytest.fixture
def read_csv(tmp_path):
    def read_rows(*changes, drop=(), delimiter=";"):
        stream = io.StringIO()
        columns = [column for column in SERVICE if column not in drop]
        writer = csv.DictWriter(stream, columns, delimiter=delimiter, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**SERVICE, **change} for change in changes)
        path = tmp_path / "structures-2026-04-01.csv"
        path.write_text(stream.getvalue(), encoding="utf-8-sig")
        return read_tax_offices(path)

    return read_rows


@pytest.fixture
def read_json(tmp_path):
    def read_content(content):
        path = tmp_path / "annuaire.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return read_tax_offices(path)

    return read_content


def record(code="sip", **changes):
    fields = {
        "id": "b-1",
        "nom": "Service des impôts des particuliers - Biarritz",
        "code_insee_commune": "64122",
        "pivot": [{"type_service_local": code, "code_insee_commune": ["64122"]}],
        "adresse": [
            {"type_adresse": "Adresse postale", "numero_voie": "BP 1", "longitude": "", "latitude": ""},
            {
                "type_adresse": "Adresse",
                "numero_voie": "11 avenue Louison-Bobet",
                "code_postal": "64200",
                "nom_commune": "Biarritz",
                "longitude": "-1.5421",
                "latitude": "43.4712",
            },
        ],
        "telephone": [{"valeur": "05 59 00 00 01", "description": ""}, {"valeur": "0 809 401 401"}],
        "adresse_courriel": ["sip@exemple.fr"],
        "site_internet": [{"libelle": "", "valeur": "https://www.impots.gouv.fr"}],
        "plage_ouverture": [
            {
                "nom_jour_debut": "Lundi",
                "nom_jour_fin": "Mardi",
                "valeur_heure_debut_1": "08:30:00",
                "valeur_heure_fin_1": "12:00:00",
                "valeur_heure_debut_2": "",
                "valeur_heure_fin_2": "",
            }
        ],
    }
    return {**fields, **changes}


def as_api(fields):
    """Write a record as the API does: structured fields are JSON in a text."""
    return {
        key: json.dumps(value)
        if key in {"pivot", "adresse", "telephone", "plage_ouverture", "site_internet"}
        else value
        for key, value in fields.items()
    } | {"adresse_courriel": "sip@exemple.fr"}


def test_only_finance_centres_are_kept_and_the_rest_is_counted(read_csv):
    others = ["Buralistes"] * 3 + ["France Services"] * 2 + ["Permanences finances publiques", "Direction"]
    result = read_csv({}, *({"type_de_service": name} for name in others))
    assert len(result.frame) == 1
    for count, name in ((3, "Buralistes"), (2, "France Services"), (1, "Direction")):
        assert agreed(count, f"ligne(s) « {name} » laissée(s) de côté") in result.notes
    assert result.provenance.rows_read == 8
    assert result.provenance.vintage == "2026-04-01"


@pytest.mark.parametrize(
    "written",
    [
        "Centre de Finances publiques",
        "CENTRE DES FINANCES PUBLIQUES",
        "Centre des finances Publiques ",
        "Centrè dés Finances publiques",
        "Centres des finances publiques",
        "Centre\u00a0de finances\u00a0publiques",
    ],
)
def test_the_writings_of_a_finance_centre(read_csv, written):
    result = read_csv({}, {"type_de_service": written, "geocodage": "43.49,-1.48", "adresse": "6 allées Marines"})
    assert len(result.frame) == 2
    assert result.notes == ()


@pytest.mark.parametrize("written", ["Centre de gestion", "Permanence du centre des finances publiques", ""])
def test_what_only_resembles_a_finance_centre(read_csv, written):
    result = read_csv({}, {"type_de_service": written, "geocodage": "43.49,-1.48", "adresse": "6 allées Marines"})
    assert len(result.frame) == 1


def test_services_of_one_place_are_one_office(read_csv):
    result = read_csv(
        {"nom_du_service": "SIE BIARRITZ", "public": "professionnels", "mercredi": "09:00 - 11:00", "telephone_1": "x"},
        {},
        {"nom_du_service": "TRESORERIE", "geocodage": "43.4712004,-1.5420996", "mardi": "11:00-17:00"},
        {"nom_du_service": "ANTENNE", "geocodage": "", "adresse": "11, Avenue Louison-Bobet"},
        {
            "nom_du_service": "SIP BAYONNE",
            "commune": "Bayonne",
            "geocodage": "43.4900,-1.4800",
            "adresse": "6 allées Marines",
        },
    )
    assert result.frame["name"].tolist() == ["SIP BIARRITZ", "SIP BAYONNE"]
    office = result.frame.iloc[0]
    assert office["facility_id"] == "43.47120_-1.54210"
    assert office["services"] == "SIE BIARRITZ; SIP BIARRITZ; TRESORERIE; ANTENNE"
    assert office["opening_hours"] == ("Mo 08:30-12:00,13:30-16:00; Tu 08:30-17:00; We 09:00-11:00; Th 08:30-12:00")
    assert (office["kind"], office["departement"], office["phone"]) == ("tax_office", "64", "05 59 00 00 01")
    assert (office.geometry.x, office.geometry.y) == (-1.5421, 43.4712)
    assert result.rejected.empty
    assert any("professionnels" in note and "ligne 2" in note for note in result.notes)


def test_services_linked_one_through_another_are_one_office(read_csv):
    """In 200 towns of six services each, drawn among six positions and six addresses; networkx says which are linked."""
    drawn = np.random.default_rng(1).integers(6, size=(600, 6, 2))
    linked, rows = nx.Graph(), []
    for town, services in enumerate(drawn):
        for number, (street, position) in enumerate(services):
            name = f"SERVICE {town}-{number}"
            linked.add_edges_from([(name, ("at", town, position)), (name, ("street", town, street))])
            place = {
                "commune": f"Ville {town}",
                "adresse": f"{street} rue",
                "geocodage": f"{43 + town / 200},-1.{position}",
            }
            rows.append({**place, "nom_du_service": name})
    offices = read_csv(*rows).frame
    expected = {frozenset(node for node in part if isinstance(node, str)) for part in nx.connected_components(linked)}
    assert {frozenset(names.split("; ")) for names in offices["services"]} == expected
    assert len(offices) == len(expected)


def test_both_sides_of_the_meridian_are_one_position(read_csv):
    """A millionth of a degree is eight centimetres there."""
    result = read_csv(*({"adresse": "", "geocodage": f"43.0,{lon}"} for lon in ("-0.000001", "0.000001", "-0")))
    assert result.frame["facility_id"].tolist() == ["43.00000_0.00000"]


def test_neighbours_and_namesakes_are_not_merged(read_csv):
    result = read_csv(
        {"adresse": "1 place de la Mairie", "commune": "Pau", "code_postal": "64000", "geocodage": "43.3,-0.37"},
        {"adresse": "1 place de la Mairie", "commune": "Orthez", "code_postal": "64300", "geocodage": "43.48,-0.77"},
        {"adresse": "3 place de la Mairie", "commune": "Pau", "code_postal": "64000", "geocodage": "43.3001,-0.37"},
        {"adresse": "", "commune": "Lons", "code_postal": "64140", "geocodage": "43.31,-0.4"},
        {"adresse": "", "commune": "Lons", "code_postal": "64140", "geocodage": "43.32,-0.4"},
    )
    assert len(result.frame) == 5
    assert result.frame["facility_id"].is_unique


def test_services_without_position_are_reported_by_row(read_csv):
    lost = {"geocodage": "0,0", "adresse": "2 rue B", "commune": "Nay"}
    result = read_csv(
        {}, {"geocodage": "", "adresse": "1 rue A"}, lost, lost, {"geocodage": "51.5,-0.1", "adresse": "C"}
    )
    assert len(result.frame) == 1
    assert result.rejected["row"].tolist() == [3, 4, 5, 6]


def test_malformed_hours_are_noted(read_csv):
    result = read_csv({"mardi": "sur rendez-vous"})
    assert "Tu unknown" in result.frame["opening_hours"][0]
    assert any(note.startswith("ligne 2 : horaires du mardi") for note in result.notes)


def test_csv_without_its_columns_or_its_centres(read_csv):
    with pytest.raises(SchemaError) as caught:
        read_csv({}, drop=["geocodage", "type_de_service"])
    assert len(caught.value.faults) == 2
    with pytest.raises(SchemaError, match="Centre des Finances publiques"):
        read_csv({"type_de_service": "Buralistes"})


@pytest.mark.parametrize("wrap", [lambda r: {"service": r}, lambda r: {"total_count": 9, "results": r}, lambda r: r])
@pytest.mark.parametrize("write", [lambda fields: fields, as_api])
def test_directory_in_its_three_shapes_and_two_writings(read_json, wrap, write):
    records = [record("mairie", id="m"), record(), record("msap", id="f")]
    result = read_json(wrap([write(each) for each in records]))
    assert len(result.frame) == 1
    office = result.frame.iloc[0]
    expected = {
        "facility_id": "b-1",
        "kind": "tax_office",
        "address": "11 avenue Louison-Bobet",
        "postcode": "64200",
        "commune_code": "64122",
        "commune_name": "Biarritz",
        "departement": "64",
        "phone": "05 59 00 00 01; 0 809 401 401",
        "email": "sip@exemple.fr",
        "website": "https://www.impots.gouv.fr",
        "opening_hours": "Mo 08:30-12:00; Tu 08:30-12:00",
    }
    assert office[list(expected)].to_dict() == expected
    assert (office.geometry.x, office.geometry.y) == (-1.5421, 43.4712)
    assert result.provenance.rows_read == 3
    assert "2 enregistrements d'autres services laissés de côté" in result.notes


def test_directory_services_share_a_place(read_json):
    away = record("sie", id="s-2", nom="SIE - Pau")["adresse"]
    away = [{**away[1], "numero_voie": "5 rue X", "nom_commune": "Pau", "longitude": "-0.37", "latitude": "43.3"}]
    result = read_json(
        [
            record("sie", id="s-1", nom="SIE - Biarritz", plage_ouverture=[]),
            record("tresorerie", id="t-1", nom="Trésorerie", plage_ouverture="n'importe quoi"),
            record(),
            record("sie", id="s-2", nom="SIE - Pau", adresse=away),
        ]
    )
    assert result.frame["facility_id"].tolist() == ["b-1"]
    assert result.frame["services"][0] == "SIE - Biarritz; Trésorerie; Service des impôts des particuliers - Biarritz"
    assert any("1 service sans accueil des particuliers" in note for note in result.notes)
    assert any(note.startswith("ligne 2 : ") for note in result.notes)


def test_directory_record_without_position_is_reported(read_json):
    result = read_json([record(), record(id="b-2", adresse=[{"nom_commune": "Pau"}]), record(id="b-3", adresse="?")])
    assert result.rejected[["row", "identifier"]].to_numpy().tolist() == [[2, "b-2"], [3, "b-3"]]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("{", SourceError),
        ("[" * 100_000, SourceError),
        ("{}", SchemaError),
        ('{"service": 3}', SchemaError),
        ("[1, 2]", SchemaError),
        ("[]", SchemaError),
        ('[{"pivot": "x"}]', SchemaError),
        ([record("mairie")], SchemaError),
        ([record(adresse=None)], SchemaError),
    ],
)
def test_hostile_json(read_json, content, kind):
    with pytest.raises(kind):
        read_json(content)


def test_odd_values_do_not_break_the_reader(read_json):
    result = read_json(
        [record(telephone="0559", adresse_courriel=None, nom="<b>SIP</b> \ud800", site_internet=[3, None], id=12)]
    )
    office = result.frame.iloc[0]
    assert (office["name"], office["phone"], office["website"]) == ("<b>SIP</b> ?", "0559", "3")
    assert office["facility_id"] == "12"
    assert pd.isna(office["email"])
