"""The page of a report about those without a car: there where timetables are, its figures those of the day."""

import datetime as dt
import json
from dataclasses import replace

import pandas as pd
import pytest

from geo.answers.answer import known_note
from geo.answers.origin import CAR_ONLY
from geo.answers.two_publics import two_publics, two_publics_answer, two_publics_rows
from geo.answers.without_car import residents_sentence
from geo.errors import ParameterError
from geo.finder.day_without_car import day_without_car
from geo.question import Question
from geo.report import report_files
from geo.report.plan_reading import read_beside
from geo.report.report_document import PAGES, report_pdf
from geo.report.report_files import write_report
from geo.report.report_findings import ReportRequest
from geo.report.report_without_car import without_car_content
from geo.siting.plan import plan
from tests.written_tables import rows_of_table

SITE = "949"
LONG = "Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson-les-Grandes-Eaux"


@pytest.fixture(scope="module")
def findings(valley, findings_of):
    return findings_of(valley)


@pytest.fixture(scope="module")
def sheets(findings, blank_maps):
    """No page of this module is about the maps."""
    return blank_maps(findings)


@pytest.fixture(scope="module")
def pages(findings, sheets, pdf_pages):
    """The text of the document, without a plan."""
    return pdf_pages(report_pdf(findings, sheets))


def readable(text):
    return " ".join(text.split())


def test_one_page_whose_figures_are_those_of_the_day(valley, pages):
    assert PAGES[0] <= len(pages) <= PAGES[1]
    (number,) = (n for n in range(len(pages)) if pages[n].startswith("Sans voiture"))
    assert pages[number + 1].startswith("Méthode et limites"), "one page"
    assert "Carte : qui peut y aller sans voiture" in pages[number - 1]
    page = pages[number]
    found = day_without_car(valley, today=dt.date(2026, 11, 22))
    assert found.day.date == dt.date(2025, 1, 7), "a usual Tuesday of the timetable"
    assert readable(residents_sentence(found.share)) in page
    largest = found.communes_without.sort_values("residents")["name"].iloc[-1]
    assert f"Communes sans aller-retour possible ce jour-là {largest}" in page
    whole = " ".join(pages)
    assert CAR_ONLY not in whole
    assert "sauf à la page « Sans voiture »" in readable(whole)


def test_the_page_says_of_whom_the_share_is_and_which_timetables_do_not_count(partly, sheets, findings_of, pdf_pages):
    found = findings_of(partly, day=dt.date(2025, 2, 11))
    pages = pdf_pages(report_pdf(found, sheets))
    (number,) = (n for n in range(len(pages)) if pages[n].startswith("Sans voiture"))
    page, day = readable(pages[number]), found.without_car
    assert 0 < day.part.residents_known < day.part.residents
    assert page.count(readable(known_note(day.part))) == 1
    assert readable(residents_sentence(day.share)) in page
    assert "Horaires qui ne couvrent pas ce jour, donc non comptés : ended.zip." in page


def test_the_page_is_about_the_day_asked(valley, findings_of):
    found = findings_of(valley, day=dt.date(2025, 2, 11))
    assert found.without_car.day.date == dt.date(2025, 2, 11)
    command = report_files.report_command(found.request, None, None)
    assert "--day 2025-02-11" in command
    with pytest.raises(ParameterError, match="n'a pas d'horaires de transports en commun, que --day demande"):
        findings_of(replace(valley, schedule=None), day=dt.date(2025, 2, 11))
    with pytest.raises(ParameterError, match=r"ils ne disent rien du 11\sfévrier 2031"):
        findings_of(valley, day=dt.date(2031, 2, 11))
    with pytest.raises(ParameterError, match="retirez --day, ou --facilities"):
        findings_of(valley, question=Question(facilities="tax_offices"), day=dt.date(2025, 2, 11))


def test_nothing_without_timetables_nor_about_other_places(valley, findings_of):
    for found in (
        findings_of(replace(valley, schedule=None)),
        findings_of(valley, question=Question(facilities="tax_offices")),
    ):
        assert (found.without_car, found.without_car_missing) == (None, "")


def test_why_nothing_is_said_where_no_usual_day_has_a_trip(valley, sheets, findings_of, pdf_pages):
    feeds = valley.schedule.feeds.assign(start=20250105, end=20250105)  # a Sunday
    sunday = replace(valley, schedule=replace(valley.schedule, feeds=feeds))
    found = findings_of(sunday)
    assert found.without_car is None
    pages = pdf_pages(report_pdf(found, sheets))
    assert "n'ont de trajet ni un mardi ni un samedi" in " ".join(pages)
    assert CAR_ONLY in readable(" ".join(pages))


@pytest.fixture(scope="module")
def compared(valley):
    """A plan of two labels, and the plans with and without a car beside it."""
    planned = plan(valley, 2)
    return planned, two_publics(valley, planned, dt.date(2025, 1, 7))


@pytest.fixture(scope="module")
def written(valley, compared, blank_maps, tmp_path_factory):
    """What is found for a report with that plan, and the folder that it is written to."""
    planned, beside = compared
    request = ReportRequest(plan=planned, made_on=dt.date(2026, 11, 22), beside=beside)
    folder = tmp_path_factory.mktemp("report") / "rapport"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_files, "report_maps", blank_maps)
        patch.setattr(report_files, "write_sheet", lambda _sheet, _path: None)
        return write_report(valley, request, folder), folder


def test_the_table_of_the_communes_is_beside_it(valley, written):
    findings, folder = written
    rows = rows_of_table(folder / "tables" / "round_trips.csv")
    assert len(rows) == len(valley.communes)
    with_trip = [row for row in rows if float(row["share_round_trip"]) > 0]
    assert len(with_trip) == findings.without_car.share.communes_served
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "tables/round_trips.csv" in {entry["file"] for entry in manifest["files"]}


def test_long_names_stay_on_one_page(valley, sheets, findings_of, pdf_pages):
    named = valley.communes.assign(name=pd.array([LONG] * len(valley.communes), dtype="string"))
    sites = valley.sites.assign(name=pd.array([f"{LONG} {i}" for i in range(len(valley.sites))], "string"))
    worst = replace(valley.with_sites(sites, why={}), communes=named)
    pages = pdf_pages(report_pdf(findings_of(worst), sheets))
    assert len(pages) <= PAGES[1]
    (number,) = (n for n in range(len(pages)) if pages[n].startswith("Sans voiture"))
    assert pages[number + 1].startswith("Méthode et limites")


def test_a_plan_stands_beside_those_that_none_beats(compared, written, pages, pdf_pages):
    (_, beside), (_, folder) = compared, written
    document = pdf_pages((folder / "rapport.pdf").read_bytes())
    whole = "".join("".join(document).split())  # a cell goes on in the next line
    assert "".join(two_publics_answer(beside).sentence.split()) in whole
    for row in two_publics_rows(beside):
        assert all("".join(cell.split()) in whole for cell in row), row
    read = read_beside(folder / "plan" / "plan.json")
    assert two_publics_answer(read) == two_publics_answer(beside)
    rows = rows_of_table(folder / "tables" / "with_and_without_car.csv")
    assert [row["plan"] for row in rows] == beside.table["plan"].tolist()
    assert beside.words.title in " ".join(document)
    assert beside.words.title not in " ".join(pages)


def test_a_long_comparison_is_cut_and_counted(compared, written, blank_maps, pdf_pages):
    (_, beside), (findings, _) = compared, written
    long = pd.concat([beside.table] * 30, ignore_index=True).head(60).assign(places=", ".join([LONG] * 6))
    best = [i for i, row in enumerate(long.to_dict("records")) if row["best"] and row["labels"] == long["labels"].max()]
    long.loc[best[-1], "plan"] = "Le meilleur de tous"  # far down, and named by the sentence
    found = replace(findings, request=replace(findings.request, beside=replace(beside, table=long)))
    pages = pdf_pages(report_pdf(found, blank_maps(found)))
    assert len(pages) <= PAGES[1]
    said = readable(" ".join(pages))
    assert best[-1] > 14
    assert "Le meilleur de tous" in said
    assert "Et 46 autres plans dans le fichier with_and_without_car.csv." in said


def test_a_day_when_no_site_is_open_names_no_commune_without(valley, findings):
    closed = replace(findings, without_car=day_without_car(valley, dt.date(2025, 1, 1)))
    content = without_car_content(closed)
    assert readable(content["lead"][0]).startswith("Aucun site n'est ouvert ce jour-là (mercredi 1er janvier 2025)")
    assert (content["rows"], content["without"]) == ([], "")
    assert not [text for text in content["lead"] if "Porte à porte" in text]


def test_for_whom_it_is_possible_is_a_column_where_that_is_not_everybody(findings):
    measured = findings.without_car
    every = without_car_content(findings)
    communes = measured.communes.assign(share_round_trip=measured.communes["share_round_trip"] * 0.4)
    some = without_car_content(replace(findings, without_car=replace(measured, communes=communes)))
    assert [head for head in some["heads"] if head not in every["heads"]] == ["Aller-retour possible"]
    assert [[row[0], *row[1:2], *row[3:]] for row in some["rows"]] == every["rows"]
    assert {row[2] for row in some["rows"]} == {"40\u00a0%"}
