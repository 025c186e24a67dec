"""Names of a file are text in every document: no tag, formula or command of a page is obeyed."""

import csv
import datetime as dt
import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import pandas as pd
import pypdf
import pytest

from geo.maps.static.files import write_sheet
from geo.question import Question
from geo.report.report_files import DOCUMENT, write_report
from geo.report.report_findings import ReportRequest
from tests.pdf_text import page_text
from tests.written_tables import rows_of_table

NAMES = (
    '#image("/etc/passwd")',
    "<b>Commune</b> & <script>alert(1)</script>",
    '=HYPERLINK("http://exemple.fr";"ici")',
    "*gras* _penché_ $x^2$ `code` @ref",
    "Commune \u202egauche\u202c E",
)


@pytest.fixture(scope="module")
def report(reported, hostile, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    sites = reported.sites.assign(name=pd.array([f"{hostile} été {i}" for i in range(len(reported.sites))], "string"))
    communes = reported.communes.assign(name=pd.array(NAMES, dtype="string"))
    territory = replace(reported.with_sites(sites, why={}), communes=communes)
    with pytest.MonkeyPatch.context() as patch:
        # Pictures of maps take seconds to write: one is.
        patch.setattr(
            "geo.report.report_files.write_sheet",
            lambda sheet, path: write_sheet(sheet, path) if path.name == "travel_time.svg" else None,
        )
        write_report(territory, ReportRequest(Question(10), None, dt.date(2026, 11, 22)), folder / "report")
    return folder / "report"


def test_the_pdf_shows_names_as_they_are_written(report):
    reader = pypdf.PdfReader(io.BytesIO((report / DOCUMENT).read_bytes()))
    text = " ".join(page_text(page) for page in reader.pages).replace("\n", " ")
    assert "root:" not in text
    shown = [name for name in NAMES[:4] if "".join(name.split()) in "".join(text.split())]
    assert shown, text[:2000]
    links = [
        str(note.get_object().get("/A", {}).get("/URI", ""))
        for page in reader.pages
        for note in page.get("/Annots", [])
    ]
    assert not any("exemple.fr" in link for link in links)


def test_tables_open_in_a_spreadsheet(report):
    for path in (report / "tables").glob("*.csv"):
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf"), "a mark by which spreadsheets know UTF-8"
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "+"))]
    first = rows_of_table(report / "tables" / "communes.csv")[0]
    assert first["facility_name"].startswith("'=1+1")
    assert "été" in first["facility_name"]


def test_the_workbook_holds_no_formula_and_no_link(report):
    with zipfile.ZipFile(report / "tables.xlsx") as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert len(sheets) == len(list((report / "tables").glob("*.csv")))
        for name in sheets:
            tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(book.read(name)).iter()}
            assert not tags & {"f", "hyperlink"}, name
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<script>" not in texts
    assert "'=HYPERLINK" in texts
    assert "été" in texts
    assert "<t>main</t>" not in texts, "kinds of site are told in words"


def test_a_picture_holds_no_tag(report):
    root = ET.fromstring((report / "maps" / "travel_time.svg").read_text(encoding="utf-8"))
    assert not {element.tag.rpartition("}")[2] for element in root.iter()} & {"script", "b"}
