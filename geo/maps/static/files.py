"""Maps as files: PNG at 300 dots an inch, SVG, tagged PDF; the same bytes for the same map."""

from __future__ import annotations

import io
import json
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal

import matplotlib as mpl
import typst

from geo.errors import ParameterError
from geo.maps.static.lettering import FONT_FOLDER
from geo.maps.static.sheet import drawing
from geo.storage import replacing_file, shown_path

if TYPE_CHECKING:
    from pathlib import Path

    from geo.maps.static.sheet import Sheet

FORMATS: Final = ("png", "svg", "pdf")
_DPI: Final = 300
#: How hard dots are packed: in three fifths of the time of the usual 6, for files a twentieth larger.
_PNG_LEVEL: Final = 3
#: A page that holds one picture and says what it shows.
_PAGE: Final = """
#let page-of = json("page.json")
#set document(title: page-of.title, description: page-of.description, date: none)
#set text(lang: "fr")
#set page(width: page-of.width * 1mm, height: page-of.height * 1mm, margin: 0mm)
#image("map.svg", width: 100%, alt: page-of.description)
"""


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Write a map beside `path`, then rename it; the ending of its name says the format.

    Raises
    ------
    ParameterError
        The name ends with none of `FORMATS`.
    """
    kind = require_format(path)
    with replacing_file(path) as beside:
        if kind == "png":
            with drawing():
                metadata = {"Title": sheet.title, "Description": sheet.description, "Software": None}
                packed = {"compress_level": _PNG_LEVEL}
                sheet.savefig(beside, format="png", dpi=_DPI, metadata=metadata, pil_kwargs=packed)
        elif kind == "svg":
            beside.write_text(_described(sheet_svg(sheet, letters="path"), sheet), encoding="utf-8")
        else:
            beside.write_bytes(_pdf(sheet))


def require_format(path: Path) -> str:
    """Return the format that the ending of a name says; raise `ParameterError` where it is none of `FORMATS`."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        msg = f"« {shown_path(path)} » : format de carte inconnu. Terminez le nom par .png, .svg ou .pdf."
        raise ParameterError(msg)
    return kind


def sheet_svg(sheet: Sheet, *, letters: Literal["path", "none"]) -> str:
    """Return a map as SVG, its letters as shapes (``"path"``) or as text in the font of the maps (``"none"``)."""
    drawn = io.StringIO()
    with drawing():
        mpl.rcParams["svg.fonttype"] = letters
        sheet.savefig(drawn, format="svg", metadata={"Title": sheet.title, "Creator": "maillage", "Date": None})
    return drawn.getvalue()


def _pdf(sheet: Sheet) -> bytes:
    """Return a map as PDF whose text can be searched, tagged for screen readers (PDF/UA-1)."""
    page = {"title": sheet.title, "description": sheet.description, "width": sheet.width_mm, "height": sheet.height_mm}
    files: Any = {  # the stubs of typst do not know that it takes several files
        "main.typ": _PAGE.encode(),
        "page.json": json.dumps(page).encode(),
        "map.svg": sheet_svg(sheet, letters="none").encode(),
    }
    return bytes(typst.compile(files, format="pdf", font_paths=map_fonts(), pdf_standards=["ua-1"]))


@cache
def map_fonts() -> typst.Fonts:
    """Return the font of the maps alone: a page does not depend on those of the machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)])


def _described(svg: str, sheet: Sheet) -> str:
    """Return an SVG that says its language, its title and what it shows, to those who do not see it."""
    title = f"<title>{escape(sheet.title, quote=False)}</title>"
    named = f'<title id="title">{escape(sheet.title)}</title>\n <desc id="desc">{escape(sheet.description)}</desc>'
    return svg.replace("<svg ", '<svg lang="fr" xml:lang="fr" role="img" aria-labelledby="title desc" ', 1).replace(
        title, named, 1
    )
