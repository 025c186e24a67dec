"""Small territories that a report is made of, and the text of its pages."""

import datetime as dt
import io
from collections.abc import Sequence

import pypdf
import pytest

from geo import Territory
from geo.maps.static.sheet import Sheet
from geo.report.report_document import report_pdf
from geo.report.report_findings import ReportRequest, find
from geo.report.report_maps import report_maps
from tests.pdf_text import page_text

DAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="session")
def reported(small_world) -> Territory:
    """The small world with its population and its tax office."""
    return small_world.territory(tax_offices=small_world.tax_offices)


@pytest.fixture(scope="session")
def findings_of():
    """Measure a territory for a report."""
    return lambda territory, **options: find(territory, ReportRequest(made_on=DAY, **options))


class Pages(Sequence):
    """The text of each page of a PDF, no-break spaces as spaces; read once, when it is asked for: that of a map takes long."""

    def __init__(self, document: bytes) -> None:
        self.pages = pypdf.PdfReader(io.BytesIO(document)).pages
        self._texts: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.pages)

    def __getitem__(self, number: int) -> str:
        if number not in self._texts:
            self._texts[number] = " ".join(page_text(self.pages[number]).replace("\u200b", "").split())
        return self._texts[number]


@pytest.fixture(scope="session")
def pdf_pages():
    """Return the text of each page of a PDF."""
    return Pages


@pytest.fixture(scope="session")
def blank_maps():
    """Name the maps and charts of a report, each an empty page: for documents of which something else is looked at.

    Charts are drawn, then left out; maps, which take much longer, are not: `maps/static` draws them of any territory.
    """

    def blank(findings) -> dict[str, Sheet]:
        a4 = Sheet(297, 210, "Carte", "Une page sans carte.")
        with pytest.MonkeyPatch.context() as patch:
            for name in ("travel_time_map", "under_served_map", "saved_minutes_map", "round_trip_map", "change_map"):
                patch.setattr(f"geo.report.report_maps.{name}", lambda *_, **__: a4)
            sheets = report_maps(findings).items()
        return {name: Sheet(sheet.width_mm, sheet.height_mm, sheet.title, sheet.description) for name, sheet in sheets}

    return blank


@pytest.fixture(scope="session")
def pages_of(findings_of, pdf_pages, blank_maps):
    """Make the document of a territory, with empty pages as large as its maps, and return the text of each page."""

    def read(territory, **options) -> Pages:
        findings = findings_of(territory, **options)
        return pdf_pages(report_pdf(findings, blank_maps(findings)))

    return read


@pytest.fixture(scope="session")
def hostile():
    """A name that would do harm if it were read as Typst, HTML or a formula."""
    return '=1+1 #panic("x") *gras* $x^2$ <b>#read("main.typ")</b> @a \\ `a` // '
