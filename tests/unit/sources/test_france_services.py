"""The France services list: the real file against an independent reading, and rows made by hand."""

import csv
import itertools
from collections import Counter

import pandas as pd
import pytest

from geo.errors import SchemaError
from geo.schemas import FACILITY_COLUMNS, check_facilities
from geo.sources.france_services import OTHER_LIST, guess_bearers, is_official_list, read_france_services
from geo.sources.opening_hours import WeeklyHours

DAYS = ("h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi")
SITE = {
    "id_fs": "7",
    "insee_dep": "64",
    "lib_fs": "France services de Saint-Jean-de-Luz",
    "adresse": "34 boulevard Victor Hugo",
    "complement_adresse": "",
    "insee_com": "64483",
    "code_postal": "64500",
    "lib_com": "Saint-Jean-de-Luz",
    "latitude": "43.388",
    "longitude": "-1.6594",
    "mail": "a@b.fr",
    "telephone": "05 59 00 00 00",
    **dict.fromkeys(DAYS, "09:00 - 12:00"),
    "prise_rdv": "Oui",
    "commentaire": "",
    "type_fs": "Principal",
    "format_fs": "Fixe",
    "groupe_fs": "",
    "labellisation_fs": "Espace labellisé 01/07/2022",
}


@pytest.fixture
def read(tmp_path):
    """Read a list made of `SITE` with changes, one dict per row."""

    def read_rows(*changes, drop=(), delimiter=",", encoding="utf-8", name="liste.csv"):
        rows = [{**SITE, "id_fs": str(number), **change} for number, change in enumerate(changes, 1)]
        columns = [column for column in dict.fromkeys(key for row in rows for key in row) if column not in drop]
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as stream:
            writer = csv.DictWriter(stream, columns, delimiter=delimiter, extrasaction="ignore", restval="")
            writer.writeheader()
            writer.writerows(rows)
        return read_france_services(path)

    return read_rows


@pytest.fixture(scope="module")
def official(shared_data):
    path = shared_data / "sites" / "liste-fs-20240801.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return read_france_services(path), rows


def minutes(clock):
    hours, minute = clock.split(":")
    return int(hours) * 60 + int(minute)


def test_official_counts(official):
    result, rows = official
    frame = result.frame
    assert result.provenance.rows_read == result.provenance.rows_kept == len(frame) == len(rows) == 2845
    assert result.provenance.vintage == "2024-08-01"
    assert result.rejected.empty
    assert Counter(frame["kind"]) == {"antenne": 124, "bus": 134 + 29, "main": 2845 - 124 - 163}
    assert frame["facility_id"].tolist() == [row["id_fs"] for row in rows]
    assert frame["name"].tolist() == [row["lib_fs"].strip() for row in rows]
    assert frame.geometry.x.tolist() == [float(row["longitude"]) for row in rows]
    assert frame.geometry.y.tolist() == [float(row["latitude"]) for row in rows]
    assert frame["appointment"].sum() == sum(row["prise_rdv"] == "Oui" for row in rows) == 992
    assert frame["labelled_on"].nunique() == 28
    assert (frame["labelled_on"].min(), frame["labelled_on"].max()) == ("2020-01-01", "2024-05-23")
    assert frame["departement"].nunique() == 102
    assert not frame["comment"].fillna("").str.contains(r"\\x[0-9A-F]{2}", regex=True).any()


def test_official_traits_are_what_the_format_note_says(official):
    _, rows = official
    cells = [row[day] for row in rows for day in DAYS if row[day]]
    slots = [[tuple(map(minutes, slot.split(" - "))) for slot in cell.split(" / ")] for cell in cells]
    opened = [sorted(slot for slot in day if slot != (0, 0)) for day in slots]
    assert sum((0, 0) in day for day in slots) == 67
    assert sum(len(day) > 2 for day in slots) == 71
    assert sum(any(a[1] > b[0] for a, b in itertools.pairwise(day)) for day in opened) == 79


def test_official_hours_are_the_union_minute_by_minute(official):
    result, rows = official
    assert not any("horaires" in note for note in result.notes)
    for text, row in zip(result.frame["opening_hours"], rows, strict=True):
        if not any(row[day] for day in DAYS):
            assert pd.isna(text)
            continue
        week = WeeklyHours.from_osm(text)
        expected = 0
        for day in DAYS:
            slots = [tuple(map(minutes, slot.split(" - "))) for slot in row[day].split(" / ")] if row[day] else []
            expected += len(set().union(*(range(*slot) for slot in slots)))
        assert week.hours_per_week == pytest.approx(expected / 60)
        assert week.days[6] == ()


def test_one_site_column_by_column(read):
    result = read(
        {"complement_adresse": "2e étage", "site_web": "https://exemple.fr", "commentaire": r"Le\x20lundi \u2019"}
    )
    site = result.frame.iloc[0]
    assert list(result.frame.columns) == [*FACILITY_COLUMNS, "geometry"]
    assert check_facilities(result.frame, "liste") is result.frame
    assert (site["kind"], site["address"], site["comment"]) == (
        "main",
        "34 boulevard Victor Hugo, 2e étage",
        "Le lundi ’",
    )
    assert (site["website"], site["labelled_on"], site["appointment"]) == ("https://exemple.fr", "2022-07-01", True)
    assert site["opening_hours"].startswith("Mo 09:00-12:00; Tu 09:00-12:00")
    assert (site.geometry.x, site.geometry.y) == (-1.6594, 43.388)
    assert pd.isna(site["services"])
    assert result.notes == ()
    assert result.provenance.licence == "Licence Ouverte 2.0"
    assert result.provenance.vintage is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_delimiters_and_decimal_commas(read, encoding, delimiter):
    changes = {"latitude": "43,388", "longitude": "-1,6594", "lib_fs": "France services Hélène"}
    result = read(changes, delimiter=delimiter, encoding=encoding)
    assert result.frame["name"].tolist() == ["France services Hélène"]
    assert result.frame.geometry.iloc[0].coords[0] == (-1.6594, 43.388)


def test_kind_today(read):
    kinds = {
        ("Principal", "Fixe"): "main",
        ("Principal", "Multisites"): "main",
        ("Principal", "Fixe_antenne(s)"): "main",
        ("PRINCIPAL", "fixe antennes"): "main",
        ("Principal", "Bus_équivalent"): "bus",
        ("principal", "BUS EQUIVALENT"): "bus",
        ("Principal", "Itinérante"): "bus",
        ("Principal", "Mobile"): "bus",
        ("Antenne", "Fixe_antenne(s)"): "antenne",
        ("Antenne", "Multisites"): "antenne",
        ("Antenne", "Itinérante"): "antenne",
    }
    frame = read(*({"type_fs": type_fs, "format_fs": format_fs} for type_fs, format_fs in kinds)).frame
    assert dict(zip(kinds, frame["kind"], strict=True)) == kinds


def test_kind_in_the_older_schema(read):
    kinds = {
        ("Site principal", "Non"): "main",
        ("Site principal", ""): "main",
        ("Site principal", "Oui"): "bus",
        ("Espace labellisé", ""): "main",
        ("Espace labellisé", "Oui"): "bus",
        ("Antenne", "non"): "antenne",
        ("Antenne", ""): "antenne",
        ("Antenne", "Oui"): "bus",
    }
    rows = [{"format_fs": format_fs, "itinerance": itinerance} for format_fs, itinerance in kinds]
    assert dict(zip(kinds, read(*rows, drop=["type_fs"]).frame["kind"], strict=True)) == kinds


def test_a_kind_never_seen_is_not_guessed(read):
    result = read(
        {},
        {"format_fs": "Péniche"},
        {"type_fs": "Satellite"},
        {"type_fs": "", "format_fs": ""},
        {"type_fs": "Antenne", "format_fs": "Péniche"},
        {"type_fs": "Antenne", "format_fs": "Mobile"},
    )
    assert result.frame["facility_id"].tolist() == ["1", "5", "6"]
    assert result.rejected["row"].tolist() == [3, 4, 5]
    assert "Péniche" in result.rejected["reason"][0]
    assert "Satellite" in result.rejected["reason"][1]
    assert any("format inconnu" in note and "ligne 6" in note for note in result.notes)
    assert any("itinérant" in note and "ligne 7" in note for note in result.notes)


def test_unusable_positions_are_kept_out_by_row(read):
    result = read(
        {},
        {"latitude": ""},
        {"latitude": "0", "longitude": "0"},
        {"longitude": "abc"},
        {"latitude": "40.4", "longitude": "-3.7"},
        {"latitude": "-1.6594", "longitude": "43.388"},
        {"latitude": "inf"},
        {"lib_fs": " "},
        {"id_fs": ""},
        {"latitude": "-21.1", "longitude": "55.5"},
    )
    assert result.frame["facility_id"].tolist() == ["1", "10"]
    assert result.rejected["row"].tolist() == [3, 4, 5, 6, 7, 8, 9, 10]
    reasons = result.rejected["reason"].tolist()
    for part, reason in zip(
        (
            "absente",
            "0, 0",
            "illisible",
            "hors de France",
            "inversées",
            "hors de France",
            "nom absent",
            "identifiant absent",
        ),
        reasons,
        strict=True,
    ):
        assert part in reason
    assert result.rejected["identifier"].tolist()[0] == "2"
    assert (result.provenance.rows_read, result.provenance.rows_kept) == (10, 2)


def test_a_repeated_identifier_keeps_the_first_usable_row(read):
    same = {"id_fs": "9"}
    result = read({**same, "latitude": ""}, {**same, "lib_fs": "Premier"}, same, {}, same)
    assert result.frame["name"].tolist() == ["Premier", SITE["lib_fs"]]
    repeated = result.rejected[result.rejected["row"].isin([4, 6])]
    assert repeated["reason"].tolist() == ["identifiant déjà utilisé ligne 3"] * 2


def test_malformed_hours_lose_the_day_and_not_the_site(read):
    result = read({}, {"h_mardi": "matin", "h_samedi": "17:00 - 09:00"}, dict.fromkeys(DAYS, ""))
    assert len(result.frame) == 3
    assert "Tu unknown; We 09:00-12:00" in result.frame["opening_hours"][1]
    assert result.frame["opening_hours"][1].endswith("Sa unknown")
    assert pd.isna(result.frame["opening_hours"][2])
    faults = [note for note in result.notes if note.startswith("ligne 3 : horaires du ")]
    assert len(faults) == 2


def test_codes_that_lost_their_zero_are_repaired_and_noted(read):
    result = read(
        {}, {"insee_dep": "1", "insee_com": "1033", "code_postal": "1200", "latitude": "46.1", "longitude": "5.8"}
    )
    assert result.frame.loc[1, ["departement", "commune_code", "postcode"]].tolist() == ["01", "01033", "01200"]
    assert sum("ligne 3" in note for note in result.notes) == 3


@pytest.mark.parametrize("written", ["straße", "64500ﬁ", "bp 64"])
def test_what_is_no_postcode_stays_as_written(read, written):
    result = read({"code_postal": written}, {"code_postal": "2a004.0"})
    assert result.frame["postcode"].tolist() == [written, "2A004"]
    assert [note for note in result.notes if "posta" in note] == [
        "1 code postal remis en forme, zéro initial compris (ligne 3)"
    ]


def test_unreadable_details_are_noted_and_left_unknown(read):
    result = read({"insee_com": "Pau", "prise_rdv": "peut-être", "labellisation_fs": "Espace labellisé 31/02/2022"})
    site = result.frame.iloc[0]
    assert site[["commune_code", "appointment", "labelled_on"]].isna().all()
    assert site["departement"] == "64"
    assert len(result.notes) == 3


def test_missing_columns_are_listed_together(read):
    with pytest.raises(SchemaError) as caught:
        read({}, drop=["latitude", "h_jeudi", "format_fs"])
    assert {fault.message for fault in caught.value.faults} == {
        f"colonne « {name} » absente" for name in ("latitude", "h_jeudi", "format_fs")
    }
    with pytest.raises(SchemaError, match="itinerance"):
        read({}, drop=["type_fs"])


def test_a_list_without_any_usable_row_is_an_error(read):
    with pytest.raises(SchemaError, match="ligne 2 : position absente"):
        read({"latitude": ""})
    with pytest.raises(SchemaError, match=r"type_fs « Satellite ».* utilisable : corrigez ces cellules\."):
        read({"type_fs": "Satellite"})


def test_text_from_outside_is_kept_as_it_is(read):
    name = '<script>alert("x")</script> œ ’'
    assert read({"lib_fs": name}).frame["name"].tolist() == [name]


@pytest.mark.parametrize(
    ("name", "vintage"), [("fs-2023-05-31.csv", "2023-05-31"), ("fs-20231301.csv", None), ("1202405011.csv", None)]
)
def test_vintage_comes_from_the_file_name(read, name, vintage):
    assert read({}, name=name).provenance.vintage == vintage


@pytest.mark.parametrize(
    ("name", "bearer"),
    [
        ("France services La Poste d'Étretat", "La Poste"),
        ("France services CCAS de Migennes", "CCAS"),
        ("Bus France services CIAS de la Communauté de communes Carnelle", "CIAS"),
        ("France services MSA - Parentis-en-Born", "MSA"),
        ("France services de la sous-préfecture d'Etampes", "État"),
        ("France services Mairie de Loos", "Commune"),
        ("France services CC Sud Sarthe", "Intercommunalité"),
        ("Bus France services Communaute des communes des Loges", "Intercommunalité"),
        ("France services Poher communauté", "Intercommunalité"),
        ("France services Maison du département de Nice centre", "Département"),
        ("France services Association Ségala Limargue", "Association"),
        ("France services de Valserhône", None),
        ("France services de Lamsaque", None),
        ("France services des Composteurs", None),
        ("France services de la sous-prefecture de Montbard et itinerance MSA", None),
        ("Bus France services Pimms Médiation Rennes - Communauté de communes Roche aux Fées", None),
        ("France services Relais des gens du voyage de l'agglomération rouennaise", None),
    ],
)
def test_bearer_only_where_the_name_says_it(name, bearer):
    guessed = guess_bearers(pd.Series([name], dtype="string"))[0]
    assert pd.isna(guessed) if bearer is None else guessed == bearer


def test_an_antenne_has_the_one_main_site_that_shares_its_email_or_group(read):
    antenne = {"type_fs": "Antenne", "format_fs": "Fixe_antenne(s)"}
    table = read(
        {"lib_fs": "Main A", "mail": "a@b.fr", "groupe_fs": "Vallée"},
        {"lib_fs": "Main B", "mail": "b@b.fr", "groupe_fs": "Plaine"},
        {"lib_fs": "Main C", "mail": "c@b.fr", "groupe_fs": "Plaine"},
        {"lib_fs": "By e-mail", "mail": "B@b.fr", "groupe_fs": "Vallée", **antenne},
        {"lib_fs": "By group", "mail": "d@b.fr", "groupe_fs": "vallee", **antenne},
        {"lib_fs": "Two in the group", "mail": "d@b.fr", "groupe_fs": "Plaine", **antenne},
        {"lib_fs": "Elsewhere", "mail": "a@b.fr", "insee_com": "40001", "insee_dep": "40", **antenne},
        {"lib_fs": "Nothing shared", "mail": "", "groupe_fs": "", **antenne},
    )
    found = table.frame["main_site"].astype(object).where(table.frame["main_site"].notna(), None).tolist()
    assert found == [None, None, None, "Main B", "Main A", None, None, None]


def test_main_sites_of_the_official_list(official):
    frame = official[0].frame.set_index("name")
    assert frame["main_site"].notna().sum() == 86
    assert (frame.loc[frame["main_site"].notna(), "kind"] == "antenne").all()
    garlin = "France services Serres-Castet - Antenne de Garlin"
    assert frame.loc[garlin, "main_site"] == "France services Serres-Castet - Centre Alexis Peyret"


def test_the_departement_is_that_of_the_commune_whatever_the_row_says(read):
    found = read(
        {"insee_dep": "67"},  # Alsace has holidays of its own
        {"insee_dep": "64", "insee_com": "97411", "latitude": "-20.88", "longitude": "55.45"},
        {"insee_dep": "2A", "insee_com": ""},
        {"insee_dep": "64"},
    )
    assert found.frame["departement"].tolist() == ["64", "974", "2A", "64"]
    (note,) = [note for note in found.notes if "département écrit" in note]
    assert note.startswith("2 sites")
    assert "lignes 2, 3" in note


OLDER = {"id_fs": "MATRICULE", "lib_fs": "lib_france_services", "complement_adresse": "COMPLEMENT.D.ADRESSE"}


@pytest.mark.parametrize("kinds", [("type_fs", "format_fs"), ("itinerance", "format_fs"), ("itinerance",)])
def test_older_exports_of_anct_are_the_same_list(read, tmp_path, kinds):
    written = SITE | {"itinerance": "Non", "format_fs": "Fixe" if "type_fs" in kinds else "Site principal"}
    kept = {
        OLDER.get(name, name.upper()): cell
        for name, cell in written.items()
        if name not in {"type_fs", "format_fs", "itinerance"} - set(kinds)
    }
    path = tmp_path / "ancienne.csv"
    path.write_text(";".join(kept) + "\n" + ";".join(kept.values()) + "\n", encoding="utf-8")
    found, today = read_france_services(path), read({"id_fs": "7"})
    pd.testing.assert_frame_equal(found.frame, today.frame)
    assert is_official_list(list(kept))
    assert any("ne dit pas les antennes" in note for note in found.notes) == (kinds == ("itinerance",))


def test_another_list_is_refused_with_the_option_that_names_its_columns(tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("titre;lat;lon\na;43;-1\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"Colonnes trouvées : titre, lat, lon\. .*--columns sites:name="):
        read_france_services(path, other_list=OTHER_LIST)
