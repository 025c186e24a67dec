"""Tables of rounds and lists in the national schema, small ones of our own."""

import pandas as pd
import pytest

from geo.errors import ParameterError, SchemaError
from geo.sources.facility_table import facility_frame
from geo.sources.rounds import ROUND_COLUMNS, ROUND_DTYPES, read_rounds, require_unconfirmed

SITES = facility_frame(
    pd.DataFrame(
        {
            "facility_id": ["7", "8", "9", "10", "11"],
            "name": ["Bus des Pictons", "Bus d'en haut", "Bus d'en haut", "Maison", "Maison qui bouge"],
            "kind": ["bus"] * 3 + ["main"] * 2,
            "comment": [pd.NA] * 4 + ["Permanences itinérantes"],
            "departement": ["17", "64", "64", "17", "17"],
        }
    ),
    pd.Series([-1.0, 0.0, 0.0, -1.0, -1.0]),
    pd.Series([46.3, 43.0, 43.0, 46.3, 46.3]),
)
COMMUNES = pd.DataFrame(
    {
        "name": ["Longèves", "Charron", "Saint-Ouen", "Saint-Ouen"],
        "lon": [-0.85, -1.1, 0.1, 0.2],
        "lat": [46.24, 46.3, 43.1, 43.2],
    },
    index=pd.Index(["17208", "17091", "64900", "65900"], dtype="string", name="commune_code"),
)


@pytest.fixture
def read(tmp_path):
    def call(text: str):
        path = tmp_path / "rounds-2026-11-01.csv"
        path.write_text(text, encoding="utf-8")
        return read_rounds(path, SITES, COMMUNES)

    return call


def test_by_commune_or_position_on_some_weeks(read):
    table = read(
        "site;commune;lieu;jour;semaine;horaires;latitude;longitude\n"
        "7;Longèves;;mardi;2;09:00 - 12:00 / 14h-16h;;\n"
        "bus des pictons;17091;Place;Mercredis;paires;14:30 - 17:00;46,31;-1,12\n"
        "7;Longèves;;mardi;2;09:00 - 12:00;;\n"
    )
    frame = table.frame
    assert list(frame.columns) == [*ROUND_COLUMNS, "geometry"]
    assert {name: str(frame[name].dtype) for name in ROUND_COLUMNS} == ROUND_DTYPES
    assert frame[["facility_id", "name", "weekday", "start_min", "end_min", "weeks"]].to_numpy().tolist() == [
        ["7", "Longèves", 1, 540, 720, "2"],
        ["7", "Longèves", 1, 840, 960, "2"],
        ["7", "Place", 2, 870, 1020, "even"],
    ]
    assert frame["stop_id"].nunique() == 2
    assert frame["commune_code"].tolist() == ["17208", "17208", "17091"]
    assert [(point.x, point.y) for point in frame.geometry] == [(-0.85, 46.24), (-0.85, 46.24), (-1.12, 46.31)]
    assert (table.provenance.vintage, table.provenance.rows_kept) == ("2026-11-01", 3)


def test_what_is_not_confirmed_counts_nowhere_whatever_it_holds(read):
    header = "site,commune,jour,horaires,confirmed\n"
    table = read(header + "7,Charron,lundi,9h-12h,Oui\n7,,mardy,,\n7,Longèves,mardi,9h-12h,non\n")
    assert len(table.frame) == 1
    assert table.rejected[["row", "reason"]].to_numpy().tolist() == [
        [3, "passage non confirmé"],
        [4, "passage non confirmé"],
    ]
    with pytest.raises(SchemaError, match="Écrivez « oui »"):
        read(header + "7,Charron,lundi,9h-12h,\n")


def test_every_fault_is_listed_with_its_row(read):
    with pytest.raises(SchemaError) as refused:
        read(
            "site,commune,latitude,longitude,jour,semaine,horaires,confirmed\n"
            "7,Charron,,,mardy,quinzaine,12:00 - 09:00,oui\n"
            "7,,,,lundi,,fermé,oui\n"
            "7,,91,-1,lundi,,9h-12h,peut-être\n"
            ",Charron,,,lundi,,9h-12h,oui\n"
        )
    said = str(refused.value)
    for part in (
        "ligne 2 : « mardy » illisible",
        "ligne 2 : semaine « quinzaine » illisible",
        "ligne 2 : horaires : créneau",
        "ligne 3 : ni commune, ni latitude et longitude",
        "ligne 3 : horaires : « fermé » ne donne aucun créneau",
        "ligne 4 : latitude : « 91 » illisible",
        "ligne 4 : colonne « confirmed »",
        "ligne 5 : colonne « site » : cellule vide",
        "rounds-2026-11-01.csv",
    ):
        assert part in said


def test_unknown_sites_and_communes_are_kept_out_and_said(read):
    table = read(
        "site,commune,jour,horaires\n"
        "8,Saint-Ouen,lundi,9h-12h\n"
        "7,Saint-Ouen,lundi,9h-12h\n"
        "7,Nulle-Part,lundi,9h-12h\n"
        "12,Charron,lundi,9h-12h\n"
        "bus d'en haut,Charron,lundi,9h-12h\n"
    )
    assert table.frame["commune_code"].tolist() == ["64900"]  # that of the département of the site
    assert table.rejected["reason"].tolist() == [
        "nom porté par plusieurs communes : donnez le code INSEE",
        "commune inconnue ici",
        "site absent de la liste des sites",
        "nom porté par plusieurs sites",
    ]


def test_rounds_of_a_site_that_is_no_bus_nor_travels_are_kept_out(read):
    table = read("site,commune,jour,horaires\n10,Charron,lundi,9h-12h\nMaison qui bouge,Charron,lundi,9h-12h\n")
    assert table.frame["facility_id"].tolist() == ["11"]
    assert table.rejected[["row", "reason"]].to_numpy().tolist() == [[2, "ce site n'est pas un bus"]]


def test_a_list_that_tells_no_kind_is_believed_and_said(tmp_path):
    path = tmp_path / "rounds.csv"
    path.write_text("site,commune,jour,horaires\n10,Charron,lundi,9h-12h\n7,Charron,mardi,9h-12h\n", encoding="utf-8")
    table = read_rounds(path, SITES.assign(kind="main"), COMMUNES)
    assert sorted(table.frame["facility_id"]) == ["10", "7"]
    assert table.rejected.empty
    (note,) = table.notes
    assert "ceux que les tournées nomment (2) sont crus, mais comptent aussi comme sites" in note


@pytest.mark.parametrize(
    ("row", "advice"),
    [
        ("10,Charron,lundi,9h-12h,oui", "Donnez l'identifiant du bus"),
        ("99,Charron,lundi,9h-12h,oui", "Donnez l'identifiant d'un site de la liste"),
        ("bus d'en haut,Charron,lundi,9h-12h,oui", "Donnez l'identifiant du site au lieu"),
        ("7,Nulle-Part,lundi,9h-12h,oui", "Donnez le code INSEE"),
    ],
)
def test_advice_is_about_what_is_wrong(read, row, advice):
    with pytest.raises(SchemaError) as refused:
        read(f"site,commune,jour,horaires,confirmed\n{row}\n")
    assert advice in str(refused.value)
    assert "Écrivez" not in str(refused.value)


@pytest.mark.parametrize("content", ["", "site,confirmed\n", "site,confirmed\n7,\n8,non\n", "a,b\nx,oui\n"])
def test_a_file_without_a_confirmed_row_may_be_replaced(tmp_path, content):
    path = tmp_path / "rounds.csv"
    require_unconfirmed(path)
    path.write_text(content, encoding="utf-8")
    require_unconfirmed(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("site;Confirmé\n7;\n8;OUI\n", "contient des lignes confirmées ; donnez un autre nom"),
        ('site,confirmed\n"7,oui\n', "n'est pas une table lisible ; donnez un autre nom"),
    ],
)
def test_a_file_with_confirmed_rows_or_that_cannot_be_read_is_not_replaced(tmp_path, content, said):
    path = tmp_path / "rounds.csv"
    path.write_text(content, encoding="utf-8-sig")
    with pytest.raises(ParameterError) as refused:
        require_unconfirmed(path)
    assert said in str(refused.value).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    "header", ["site,jour,horaires", "commune,jour,horaires", "site,identifiant,commune,jour,horaires"]
)
def test_missing_columns_are_named(read, header):
    with pytest.raises(SchemaError, match="colonne"):
        read(f"{header}\n{','.join('a' * len(header.split(',')))}\n")


NATIONAL = "id,nom,commune,code_insee,latitude,longitude,horaires,itinerance,structure_parente,dispositif_programmes_nationaux\n"


def test_the_national_schema_gives_its_mobile_france_services_places(read):
    table = read(
        NATIONAL
        + 'a,Bus à Charron,Charron,17091,46.3,-1.1,"Tu[2] 09:00-12:00",Itinérant,Bus des Pictons,France Services\n'
        + 'b,Bus ailleurs,Longèves,17208,46.2,-0.8,"We 09:00-12:00,14:00-16:00",Itinérant,Autre bus,France Services\n'
        + 'c,Mairie,Longèves,17208,46.2,-0.8,"We 09:00-12:00",Fixe,,France Services\n'
        + 'd,Camion,Longèves,17208,46.2,-0.8,"We 09:00-12:00",Itinérant,,Conseillers numériques\n'
        + "e,Bus sans heures,Longèves,17208,46.2,-0.8,,Itinérant,,France Services\n"
    )
    frame = table.frame
    assert frame[["name", "weekday", "weeks"]].to_numpy().tolist() == [
        ["Charron", 1, "2"],
        ["Longèves", 2, "each"],
        ["Longèves", 2, "each"],
    ]
    assert frame["facility_id"].fillna("").tolist() == ["7", "", ""]
    assert table.rejected["reason"].tolist() == [
        "lieu fixe, pas un passage",
        "lieu qui n'est pas France services",
        "horaires absents",
    ]


def test_hours_of_the_national_schema_that_cannot_be_read_are_all_listed(read):
    with pytest.raises(SchemaError) as refused:
        read(
            NATIONAL
            + "a,A,Charron,17091,46.3,-1.1,demain,Itinérant,,France Services\n"
            + "b,B,Charron,17091,46.3,-1.1,24/7,Itinérant,,France Services\n"
        )
    assert "ligne 2 : horaires « demain » illisibles" in str(refused.value)
    assert "ligne 3 : horaires « 24/7 » refusés" in str(refused.value)
