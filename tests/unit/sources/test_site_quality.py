"""The quality report: each check on a row made for it, and all of them on the official list read apart."""

import csv
import datetime as dt
import itertools
import json
import re
from collections import Counter

import pandas as pd
import pytest

from geo.errors import MaillageError
from geo.sources.site_checks import CHECKS, SEVERITIES
from geo.sources.site_quality import FINDING_COLUMNS, check_sites

DAYS = ["h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi"]
SITE = {
    "id_fs": "",
    "insee_dep": "64",
    "lib_fs": "France services",
    "adresse": "1 rue",
    "complement_adresse": "",
    "insee_com": "64483",
    "code_postal": "64500",
    "lib_com": "Saint-Jean-de-Luz",
    "latitude": "",
    "longitude": "-1.6594",
    "mail": "a.b@exemple.fr",
    "telephone": "05 59 00 00 00",
    **dict.fromkeys(DAYS, "08:00 - 12:00"),
    "prise_rdv": "Oui",
    "commentaire": "",
    "type_fs": "Principal",
    "format_fs": "Fixe",
    "groupe_fs": "",
    "labellisation_fs": "Espace labellisé 01/07/2022",
}
TODAY = dt.date(2026, 11, 20)
BUS = {"format_fs": "Itinérante"}


@pytest.fixture
def check(tmp_path):
    """Check a list made of `SITE` with changes, one dict per row; the positions differ by default."""

    def check_rows(*changes, communes=()):
        path = tmp_path / "liste-2026-11-01.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, [*SITE, "site_web"], restval="")
            writer.writeheader()
            for number, change in enumerate(changes, 1):
                writer.writerow({**SITE, "id_fs": str(number), "latitude": f"43.388{number:02}", **change})
        return check_sites(path, communes=communes, today=TODAY)

    return check_rows


def found(quality):
    """Return the keys of the checks that found something, row by row."""
    return list(zip(quality.findings["check"], quality.findings["row"], strict=True))


def test_a_good_list_has_no_finding(check):
    quality = check(
        {},
        {**BUS, "commentaire": "Lundi à Ascain", **dict.fromkeys(DAYS, "")},
        {**BUS, "site_web": "https://exemple.fr"},
        {"type_fs": "Antenne", "format_fs": "Fixe_antenne(s)", **dict.fromkeys(DAYS[1:], "")},
        {"telephone": "+33 5 59 00 00 00", "mail": "o'b+x@sous.domaine-1.paris"},
        {"telephone": "0559000000 / 05.59.00.00.01", "h_lundi": "09:00 - 12:00 / 12:00 - 17:00"},
        {"insee_com": "2A004", "insee_dep": "2A", "code_postal": "20090", "latitude": "41.9", "longitude": "8.7"},
        {"insee_com": "1001", "insee_dep": "1", "code_postal": "01400", "latitude": "46.1", "longitude": "4.9"},
        {"insee_com": "97801", "insee_dep": "978", "code_postal": "97150", "latitude": "18.07", "longitude": "-63.08"},
    )
    assert found(quality) == []
    assert quality.rows == 9
    assert quality.kinds == {"antenne": 1, "bus": 2, "main": 6}
    assert (quality.vintage, quality.file) == ("2026-11-01", "liste-2026-11-01.csv")
    assert quality.checks["count"].eq(0).all()


#: A change of a good row, the one check that finds something in it, and the value that it tells where that is not left out.
FAULTS = [
    ({"id_fs": ""}, "missing_identifier", ""),
    ({"lib_fs": " "}, "missing_name", ""),
    ({"type_fs": "Autre"}, "unknown_kind", None),
    ({"format_fs": "Fusée"}, "unknown_kind", None),
    ({"type_fs": "Antenne", "format_fs": "Fusée"}, "unknown_format", "Fusée"),
    ({"latitude": "", "longitude": ""}, "missing_position", ", "),
    ({"latitude": "0", "longitude": "0"}, "missing_position", "0, 0"),
    ({"latitude": "quarante"}, "missing_position", "quarante, -1.6594"),
    ({"latitude": "43.4", "longitude": "0"}, "missing_position", "43.4, 0"),
    ({"latitude": "40.41", "longitude": "-3.70"}, "outside_france", "40.41, -3.70"),
    ({"latitude": "-1.6594", "longitude": "43.388"}, "outside_france", "-1.6594, 43.388"),
    ({"latitude": "-21.1", "longitude": "55.5"}, "outside_territory", "-21.1, 55.5 (commune 64483)"),
    ({"insee_com": "644831"}, "unreadable_commune_code", "644831"),
    ({"insee_com": "99999"}, "unreadable_commune_code", "99999"),
    ({"insee_dep": "20"}, "unknown_departement", "20"),
    ({"insee_dep": "40"}, "other_departement", "40 (commune 64483)"),
    ({"code_postal": "645OO"}, "malformed_postcode", "645OO"),
    ({"code_postal": "06450"}, "other_postcode", "06450 (commune 64483)"),
    (dict.fromkeys(DAYS, ""), "no_hours", ""),
    ({"h_mardi": "sur rendez-vous"}, "malformed_hours", "mardi sur rendez-vous"),
    ({"h_mardi": "17:00 - 09:00"}, "malformed_hours", "mardi 17:00 - 09:00"),
    ({"h_mardi": "09:00 - 25:00"}, "malformed_hours", "mardi 09:00 - 25:00"),
    ({"h_samedi": "00:00 - 00:00 / 08:00 - 12:00"}, "midnight_slot", "samedi 00:00 - 00:00 / 08:00 - 12:00"),
    ({"h_lundi": "14:00 - 17:00 / 09:00 - 14:30"}, "overlapping_slots", "lundi 14:00 - 17:00 / 09:00 - 14:30"),
    ({"h_lundi": "08:00 - 9:00 / 10:00 - 11:00 / 12:00 - 14:00"}, "many_slots", None),
    ({"h_lundi": "08:00 - 11:30"}, "few_hours", "23,5 h par semaine"),
    (BUS, "bus_without_rounds", "Itinérante"),
    ({"telephone": ""}, "no_phone", ""),
    ({"telephone": "05 59 00 00"}, "malformed_phone", "05 59 00 00"),
    ({"telephone": "05 59 00 00 00 poste 12"}, "malformed_phone", None),
    ({"mail": ""}, "no_mail", ""),
    ({"mail": "a@b"}, "malformed_mail", "a@b"),
    ({"mail": "a@b.fr - c@d.fr"}, "malformed_mail", "a@b.fr - c@d.fr"),
    ({"prise_rdv": "Parfois"}, "unknown_appointment", "Parfois"),
    ({"labellisation_fs": ""}, "unreadable_label", ""),
    ({"labellisation_fs": "Espace labellisé 31/02/2022"}, "unreadable_label", "Espace labellisé 31/02/2022"),
    ({"labellisation_fs": "Espace labellisé 21/11/2026"}, "future_label", "Espace labellisé 21/11/2026"),
    ({"commentaire": r"Le\x20lundi"}, "escaped_text", r"Le\x20lundi"),
]


def test_each_fault_is_found_alone(check):
    """All in one list: none changes what is found in the row of another."""
    quality = check({}, *(change for change, _, _ in FAULTS))
    counts, expected = quality.checks["count"], Counter(key for _, key, _ in FAULTS)
    also = "other_departement"  # found as well where a code of a commune or a département is wrong
    assert counts[counts > 0].drop(also).to_dict() == {key: n for key, n in expected.items() if key != also}
    assert set(quality.findings["row"]) == set(range(3, 3 + len(FAULTS)))
    for row, (_, key, value) in enumerate(FAULTS, 3):
        found_here = quality.findings[quality.findings["row"] == row]
        keys = [each for each in found_here["check"] if each != also or key == each]
        assert keys == [key], row
        finding = found_here[found_here["check"] == key].iloc[0]
        assert value is None or finding["value"] == value
        assert finding["severity"] in SEVERITIES
        assert finding["expected"]


def test_what_is_repeated_says_where(check):
    same = {"latitude": "43.4", "longitude": "-1.5"}
    quality = check({}, same, {**same, "id_fs": "2"}, {**same, "latitude": "43.40"})
    assert found(quality) == [("repeated_identifier", 3), ("repeated_identifier", 4)] + [
        ("repeated_position", row) for row in (3, 4, 5)
    ]
    assert quality.findings["value"].tolist()[:2] == ["2 (2 lignes, dès la ligne 3)"] * 2
    assert quality.findings["value"].iloc[-1].endswith("(3 lignes, dès la ligne 3)")


def test_several_wrong_days_of_one_row_are_several_findings(check):
    quality = check(dict.fromkeys(DAYS[:3], "00:00 - 00:00") | {DAYS[3]: "08:00 - 20:00"})
    midnight = quality.findings[quality.findings["check"] == "midnight_slot"]
    assert midnight["row"].tolist() == [2, 2, 2]
    assert midnight["value"].str.split(" ").str[0].tolist() == ["lundi", "mardi", "mercredi"]


def test_positions_are_compared_with_the_contours(check, small_world):
    inside = {"insee_com": "64001", "latitude": "43.33", "longitude": "-1.63"}
    assert "outside_commune" not in check(inside).checks.index
    assert len(check(inside).not_run) == 2
    quality = check(
        {"insee_com": "64001", "latitude": "43.00", "longitude": "-1.10"},
        {"insee_com": "64777"},
        {"insee_com": "75101", "insee_dep": "75", "code_postal": "75001", "latitude": "48.86", "longitude": "2.33"},
        communes=[small_world.communes],
    )
    assert quality.not_run == ()
    assert found(quality) == [("outside_commune", 2), ("unknown_commune_code", 3), ("unknown_commune_code", 4)]
    assert re.search(r"à \d+ m de la commune 64001", quality.findings["value"].iloc[0])


def test_the_report_as_plain_values(check):
    quality = check({}, {"telephone": ""})
    value = json.loads(json.dumps(quality.to_dict()))
    assert [each["key"] for each in value["checks"]] == list(quality.checks.index)
    phone = next(each for each in value["checks"] if each["key"] == "no_phone")
    assert (phone["count"], phone["severity"]) == (1, "à corriger")
    assert phone["findings"] == [{"row": 3, "facility_id": "2", "name": "France services", "value": ""}]
    assert list(quality.findings.columns) == list(FINDING_COLUMNS)


def test_the_old_schema_is_checked_too(tmp_path):
    path = tmp_path / "liste.csv"
    columns = [name for name in SITE if name != "type_fs"] + ["itinerance"]
    rows = [
        {**SITE, "id_fs": "1", "latitude": "43.1", "format_fs": "Site principal", "itinerance": "Non"},
        {**SITE, "id_fs": "2", "latitude": "43.2", "format_fs": "Site principal", "itinerance": "Oui"},
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    quality = check_sites(path, today=TODAY)
    assert quality.kinds == {"bus": 1, "main": 1}
    assert found(quality) == [("bus_without_rounds", 3)]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"<!doctype html><p>erreur", b"\x00\xff\x00"])
def test_what_is_no_list_is_refused(tmp_path, content):
    path = tmp_path / "liste.csv"
    path.write_bytes(content)
    with pytest.raises(MaillageError, match=r"liste\.csv"):
        check_sites(path)


def test_keys_and_titles_are_unique():
    assert len({check.key for check in CHECKS}) == len({check.title for check in CHECKS}) == len(CHECKS)


@pytest.fixture(scope="module")
def official(shared_data):
    path = shared_data / "sites" / "liste-fs-20240801.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return check_sites(path, today=dt.date(2024, 8, 1)), rows


def minutes(clock):
    hours, minute = clock.split(":")
    return int(hours) * 60 + int(minute)


def test_the_official_list_read_apart(official):
    """Every count that is not zero, counted again with the csv module and plain loops."""
    quality, rows = official
    cells = [row[day] for row in rows for day in DAYS if row[day]]
    slots = [[tuple(map(minutes, slot.split(" - "))) for slot in cell.split(" / ")] for cell in cells]
    opened = [sorted(slot for slot in day if slot != (0, 0)) for day in slots]
    is_bus = [row["type_fs"] == "Principal" and row["format_fs"] in {"Bus_équivalent", "Itinérante"} for row in rows]
    is_main = [row["type_fs"] == "Principal" and not bus for row, bus in zip(rows, is_bus, strict=True)]
    positions = Counter((row["latitude"], row["longitude"]) for row in rows)

    def weekly_minutes(row):
        days = [[tuple(map(minutes, s.split(" - "))) for s in row[day].split(" / ")] for day in DAYS if row[day]]
        return sum(len(set().union(*(range(*slot) for slot in day))) for day in days)

    hours = [(weekly_minutes(row), any(row[day] for day in DAYS)) for row in rows]
    prefix = [(row["insee_com"][:2], row["code_postal"][:2]) for row in rows]
    expected = {
        "midnight_slot": sum((0, 0) in day for day in slots),
        "overlapping_slots": sum(any(a[1] > b[0] for a, b in itertools.pairwise(day)) for day in opened),
        "many_slots": sum(len(day) > 2 for day in slots),
        "no_hours": sum(not known and not bus for (_, known), bus in zip(hours, is_bus, strict=True)),
        "few_hours": sum(
            main and known and worked < 24 * 60 for (worked, known), main in zip(hours, is_main, strict=True)
        ),
        "bus_without_rounds": sum(
            bus and not row["commentaire"].strip() for row, bus in zip(rows, is_bus, strict=True)
        ),
        "repeated_position": sum(n for n in positions.values() if n > 1),
        "no_phone": sum(not row["telephone"] for row in rows),
        "no_mail": sum(not row["mail"] for row in rows),
        "malformed_mail": sum(row["mail"].count("@") > 1 for row in rows),
        "other_departement": sum(not row["insee_com"].startswith(row["insee_dep"]) for row in rows),
        "other_postcode": sum(code != post and code not in {"2A", "2B"} for code, post in prefix),
        "escaped_text": sum(bool(re.search(r"\\x[0-9A-F]{2}", row["commentaire"])) for row in rows),
    }
    counts = quality.checks["count"]
    assert counts[counts > 0].to_dict() == expected
    assert len(quality.findings) == sum(expected.values())
    assert (len(rows), expected["midnight_slot"], expected["overlapping_slots"], sum(is_bus)) == (
        2845,
        67,
        79,
        134 + 29,
    )
    assert quality.rows == len(rows)
    assert quality.kinds == {"antenne": 124, "bus": 134 + 29, "main": sum(is_main)}
    names = pd.Series([row["lib_fs"].strip() for row in rows], index=range(2, len(rows) + 2))
    assert quality.findings["name"].tolist() == names[quality.findings["row"]].tolist()


def test_many_rows_at_one_place(check):
    quality = check(*[{"latitude": "43.4", "id_fs": "1"}] * 2000)
    assert quality.checks.loc[["repeated_identifier", "repeated_position"], "count"].tolist() == [2000, 2000]
