"""Files: same bytes, nothing half-written, words for those who do not see."""

import io
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pypdf
import pytest
from PIL import Image

from geo.errors import ParameterError
from geo.maps.static.files import FORMATS, write_sheet
from tests.pdf_text import page_text

SVG = "{http://www.w3.org/2000/svg}"


def written_alike(draw, tmp_path, ending):
    """Return a sheet and its file, which is the same each time, whatever the configuration."""
    write_sheet(draw("time"), tmp_path / f"one.{ending}")
    with mpl.rc_context({"font.family": "serif", "savefig.bbox": "tight", "svg.hashsalt": None, "lines.linewidth": 9}):
        sheet = draw("time")
        write_sheet(sheet, tmp_path / f"two.{ending}")
        if ending != "png":  # a second one of a sheet takes most of a second
            write_sheet(sheet, tmp_path / f"three.{ending}")
    files = {path.read_bytes() for path in tmp_path.iterdir()}
    assert len(files) == 1
    assert {path.stem for path in tmp_path.iterdir()} in ({"one", "two"}, {"one", "two", "three"})
    return sheet, tmp_path / f"one.{ending}"


def test_a4_at_300_dots_an_inch(draw, tmp_path):
    _, path = written_alike(draw, tmp_path, "png")
    with Image.open(path) as image:
        assert sorted(image.size) == [2480, 3507]
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert image.info["Title"].startswith("Sites France services")
        assert "habitants" in image.info["Description"]


def test_svg_says_its_title_its_language_and_what_it_shows(draw, tmp_path):
    sheet, path = written_alike(draw, tmp_path, "svg")
    root = ET.parse(path).getroot()
    assert root.get("lang") == "fr"
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == sheet.title
    assert root.find(f"{SVG}desc").text == sheet.description
    assert root.get("aria-labelledby") == "title desc"


def test_pdf_is_tagged_and_its_text_can_be_searched(draw, tmp_path):
    sheet, path = written_alike(draw, tmp_path, "pdf")
    document = pypdf.PdfReader(io.BytesIO(path.read_bytes()))
    root = document.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert document.metadata.title == sheet.title
    assert len(document.pages) == 1
    page = document.pages[0]
    millimetres = sorted(float(edge) * 25.4 / 72 for edge in page.mediabox[2:])
    assert millimetres == pytest.approx([210, 297], abs=0.2)
    assert "Les temps de trajet sont approchés" in page_text(page)


def test_every_format_has_its_test_above():
    assert sorted(FORMATS) == ["pdf", "png", "svg"]


def test_another_ending_is_refused_before_anything_is_written(draw, tmp_path):
    with pytest.raises(ParameterError, match=r"\.png, \.svg ou \.pdf"):
        write_sheet(draw("time"), tmp_path / "map.gif")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_former_file(draw, tmp_path, monkeypatch):
    path = tmp_path / "map.png"
    path.write_bytes(b"former")
    sheet = draw("time")
    monkeypatch.setattr(sheet, "savefig", lambda *_, **__: (_ for _ in ()).throw(MemoryError))
    with pytest.raises(MemoryError):
        write_sheet(sheet, path)
    assert path.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [path]
