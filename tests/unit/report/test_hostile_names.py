"""Names of a file are text in every document: no tag, formula or command of a page is obeyed."""

import datetime as dt
import io
import zipfile
from xml.etree import ElementTree as ET

import geopandas as gpd
import pypdf
import pytest

from geo.maps.static.files import write_sheet
from geo.question import Question
from geo.report.report_files import DOCUMENT, write_report
from geo.report.report_findings import ReportRequest
from tests.pdf_text import page_text

NAMES = (
    '#image("/etc/passwd")',
    "<b>Commune</b> & <script>alert(1)</script>",
    '=HYPERLINK("http://exemple.fr";"ici")',
    "*gras* _penché_ $x^2$ `code` @ref",
    "Commune \u202egauche\u202c E",
)


@pytest.fixture(scope="module")
def report(small_world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    communes = gpd.read_file(small_world.communes)
    communes["nom"] = NAMES
    communes.to_file(folder / "communes.gpkg", driver="GPKG")
    sites = folder / "sites.csv"
    text = small_world.sites.read_text(encoding="utf-8")
    sites.write_text(text, encoding="utf-8")
    territory = small_world.territory(communes=folder / "communes.gpkg", sites=sites)
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


def test_the_workbook_holds_no_formula_and_no_link(report):
    with zipfile.ZipFile(report / "tables.xlsx") as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert sheets
        for name in sheets:
            tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(book.read(name)).iter()}
            assert not tags & {"f", "hyperlink"}, name
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<script>" not in texts
    assert "'=HYPERLINK" in texts


def test_a_picture_holds_no_tag(report):
    root = ET.fromstring((report / "maps" / "travel_time.svg").read_text(encoding="utf-8"))
    assert not {element.tag.rpartition("}")[2] for element in root.iter()} & {"script", "b"}
