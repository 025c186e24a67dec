"""Comments that name days and communes, in the forms that buses' comments have; none is a comment of a real bus."""

import pandas as pd
import pytest

from geo.answers.rounds import proposal_answer
from geo.finder.round_reading import passes_told
from geo.finder.round_remarks import PROPOSAL_COLUMNS, proposed_rounds
from geo.sources.embedded import LONG_COMMENT
from geo.sources.facility_table import facility_frame
from geo.sources.rounds import read_rounds

COMMUNES = {"ain": "64001", "boe": "64002", "saint cyr": "64003", "le dun": "64004", "port": "64005"}


def said(comment):
    return [
        (found.name, found.weekday, found.weeks, found.part, found.hours) for found in passes_told(comment, COMMUNES)[0]
    ]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("Lundi 14h30-17h Ain / Mardi 9h30-12h Boé", [("ain", 0, "", "", ((870, 1020),)), ("boe", 1, "", "", ((570, 720),))]),
        ("mardi matin : Ain // mardi après-midi : St-Cyr", [("ain", 1, "", "matin", ()), ("saint cyr", 1, "", "après-midi", ())]),
        ("Tournée : Ain (lundi matin), Boé/St Cyr (jeudi)", [("ain", 0, "", "matin", ()), ("boe", 3, "", "", ()), ("saint cyr", 3, "", "", ())]),
        ("De 9h à 12h : Ain (lundi), Boé (jeudi)", [("ain", 0, "", "", ((540, 720),)), ("boe", 3, "", "", ((540, 720),))]),
        ("1er lundi Ain, 2e lundi Boé", [("ain", 0, "1", "", ()), ("boe", 0, "2", "", ())]),
        ("Ain les 2e et 4e jeudi de 14h à 16h ; Boé le vendredi", [("ain", 3, "2 et 4", "", ((840, 960),)), ("boe", 4, "", "", ())]),
        ("Lundi : Ain (semaines paires) / Boé (semaines impaires)", [("ain", 0, "paires", "", ()), ("boe", 0, "impaires", "", ())]),
        ("Semaines paires : lundi Ain 9h-12h Boé 14h-16h", [("ain", 0, "paires", "", ((540, 720),)), ("boe", 0, "paires", "", ((840, 960),))]),
        ("Les 2e et 4e semaines : jeudi Ain 9h45/12h15", [("ain", 3, "2 et 4", "", ((585, 735),))]),
        ("PERMANENCE D'AIN : LUNDI 9H-12H ET JEUDI 14H-17H", [("ain", 0, "", "", ((540, 720),)), ("ain", 3, "", "", ((840, 1020),))]),
        ("Jeudi - 9h-12h - Ain + 14h-17h - Boé/Avenue du Bois Foch ou St-Cyr", [("ain", 3, "", "", ((540, 720),)), ("boe", 3, "", "", ((840, 1020),)), ("saint cyr", 3, "", "", ((840, 1020),))]),
        ("Mercredi : Emploi Ain 4 rue Hugo 76960 Boé, mardi SAINT -CYR", [("boe", 2, "", "", ())]),
        ("Vendredi : quartier (1er et 3e) ou Boé", [("boe", 4, "", "", ())]),
        ("vendredi Le Dun 9h/12", [("le dun", 4, "", "", ((540, 720),))]),
        # Places first, with hours between a place and its day.
        ("Ain 9h-12h (mardi), Boé 14h-16h (1er jeudi)", [("ain", 1, "", "", ((540, 720),)), ("boe", 3, "1", "", ((840, 960),))]),
        ("Ain 9h-12h, Boé 14h-16h (mardi)", [("ain", 1, "", "", ((540, 720),)), ("boe", 1, "", "", ((840, 960),))]),
        ("Ain 9h-12h mardi et jeudi, 14h-17h vendredi", [("ain", 1, "", "", ((540, 720),)), ("ain", 3, "", "", ((540, 720),)), ("ain", 4, "", "", ((840, 1020),))]),
        ("Ain 9h-12h (mardi) 14h-17h, Boé jeudi", [("ain", 1, "", "", ((540, 720), (840, 1020))), ("boe", 3, "", "", ())]),
        ("Le lundi de 9h à 12h à Ain, de 14h à 17h à Boé", [("ain", 0, "", "", ((540, 720),)), ("boe", 0, "", "", ((840, 1020),))]),
    ],
)  # fmt: skip
def test_forms_of_comments(comment, expected):
    assert said(comment) == expected


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        # What is said of a place that is no commune goes to no other.
        ("Lundi Ain 9h-12h Hameau 14h-16h", [("ain", 0, "", "", ((540, 720),))]),
        ("Lundi mairie du hameau, mardi Ain", [("ain", 1, "", "", ())]),
        ("Ain : lundi 9h-12h - Hameau : mardi 9h-12h", [("ain", 0, "", "", ((540, 720),))]),
        ("Lundi salle, 7 rue du Port", []),
        ("Bus circulant dans tout le pays d'Ain", []),
        ("Du lundi au vendredi de 9h à 12h, sur rendez-vous", []),
        ("Fermé le lundi à Ain", []),
        ("Lundi Ain, 1 mardi/2 après-midi Boé, un jeudi sur deux Ain", [("ain", 0, "", "", ())]),
        ("", []),
    ],
)
def test_what_is_not_sure_is_not_proposed(comment, expected):
    assert said(comment) == expected


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("Lundi 9h-12h Ain / Vendredi 9h30-12h Saint-Ouen", ["Vendredi 9h30-12h Saint-Ouen"]),
        ("lundi : Ain // mardi matin : Écouché // mercredi : Boé", ["mardi matin : Écouché"]),
        ("lundi Ain 9h30-12h Serviers 14h-16h30 mardi Boé 9h-12h", ["lundi … Serviers 14h-16h30"]),
        ("PERMANENCE D'AIN : LUNDI 9H-12H - PERMANENCE DE CHAMBOIS : MARDI", ["PERMANENCE DE CHAMBOIS : MARDI"]),
        ("Lundi : Ain (semaines paires). Mardi : Laffite (semaines paires) Boé (semaines impaires)", ["Mardi … Laffite (semaines paires)"]),
        ("Ain (lundi), Saint-Jean (mardi), Boé (jeudi)", ["Saint-Jean (mardi)"]),
        ("AIN et SAINT-JEAN-SAINT-PAUL : Mardi BOÉ : jeudi", ["SAINT-JEAN-SAINT-PAUL"]),
        ("Ain 9h-12h, Hameau 14h-16h (mardi), Boé (jeudi)", ["Ain 9h-12h, Hameau 14h-16h (mardi)"]),
        ("1er lundi Ain, 2e lundi Le Bourg, 3e lundi Boé", ["2e lundi Le Bourg"]),
        ("Lundi Ain, 1 mardi/2 après-midi Boé", ["1 mardi/2 après-midi Boé"]),
        ("Itinérance à Ain et Boé. Contact : 05 59 00 00 00", ["Itinérance à Ain et Boé"]),
        ("Sur rendez-vous le jeudi (téléphoner au 05 59 00 00 00)", ["jeudi (téléphoner au 05 59 00 00 00)"]),
        ("Du lundi au vendredi de 9h à 12h", ["lundi au vendredi de 9h à 12h"]),
        ("Lundi Ain 9h-12h, salle des fêtes, mardi Boé", []),
        ("Lundi Ain, 7 rue Saint-Jean", []),
        ("Fermé le lundi à Ain", []),
        ("Horaires sur www.ain-bus.fr, rendez-vous par téléphone", []),
        ("Lundi Œuf " + "en mairie " * 40, ["Lundi Œuf " + ("en mairie " * 40)[:189] + "…"]),
        ("", []),
    ],
)  # fmt: skip
def test_what_names_a_day_or_a_place_and_is_not_read_is_told_in_its_words(comment, expected):
    assert passes_told(comment, COMMUNES)[1] == expected


@pytest.fixture
def proposed():
    sites = facility_frame(
        pd.DataFrame(
            {
                "facility_id": ["1", "2", "3", "4", "5"],
                "name": ["Bus", "Site", "Autre", "Fixe", "Long"],
                "kind": ["bus", "main", "main", "main", "bus"],
                "departement": ["64"] * 5,
                "opening_hours": ["Mo 09:00-12:00,14:00-16:00", *[pd.NA] * 4],
                "comment": [
                    "Lundi matin : Ain / Vendredi : Le Bourg",
                    *("Itinérance : mardi Boé", "Mardi Boé", "Structure non itinérante, mardi Boé", LONG_COMMENT),
                ],
            }
        ),
        pd.Series([0.0] * 5),
        pd.Series([43.0] * 5),
    )
    communes = pd.DataFrame({"name": ["Ain", "Boé"], "lon": 0.0, "lat": 43.0}, index=["64001", "64002"])
    return sites, communes.rename_axis("commune_code"), proposed_rounds(sites, communes)


def test_proposals_are_a_table_of_rounds_that_counts_nothing_until_confirmed(proposed, tmp_path):
    sites, communes, table = proposed
    assert list(table.columns) == list(PROPOSAL_COLUMNS)
    assert table["confirmed"].isna().all()
    assert table[["site", "commune", "jour", "horaires", "remarque"]].fillna("").to_numpy().tolist() == [
        ["1", "64001", "lundi", "09:00 - 12:00", "heures publiées du site, à vérifier"],
        ["1", "", "", "", "non lu : « Vendredi : Le Bourg »"],
        ["2", "64002", "mardi", "", "heures à compléter"],
    ]
    path = tmp_path / "rounds.csv"
    table.assign(confirmed=["oui", "", ""]).to_csv(path, index=False)
    read = read_rounds(path, sites, communes)
    assert read.frame[["facility_id", "name", "weekday", "start_min", "end_min"]].to_numpy().tolist() == [
        ["1", "Ain", 0, 540, 720]
    ]
    assert read.rejected["reason"].tolist() == ["passage non confirmé"] * 2


def test_what_is_read_and_what_is_not_are_counted(proposed):
    sites, _, table = proposed
    answer = proposal_answer(table, sites)
    assert answer.sentence == (
        "2 bus dans la liste, 1 avec un commentaire, et 1 autre site dont le commentaire annonce une itinérance : "
        "2 passages lus, 1 non lu, pour 2 sites."
    )
    assert answer.details == (
        *("Bus : 1 passage lu, 1 non lu", "non lu : « Vendredi : Le Bourg »", "Site : 1 passage lu"),
    )
    assert any(note.startswith("1 bus a un commentaire long") for note in answer.notes)
