"""Maps as files: PNG at 300 dots an inch, SVG and PDF, the same bytes for the same map."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from geo.errors import ParameterError
from geo.maps.static.sheet import drawing
from geo.storage import replacing_file

if TYPE_CHECKING:
    from pathlib import Path

    from geo.maps.static.sheet import Sheet

FORMATS: Final = ("png", "svg", "pdf")
_DPI: Final = 300
_MAKER: Final = "maillage"


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Write a map beside `path`, then rename it; the ending of its name says the format.

    Raises
    ------
    ParameterError
        The name ends with none of `FORMATS`.
    SourceError
        The file cannot be written.
    """
    kind = require_format(path)
    metadata: dict[str, dict[str, str | None]] = {
        "png": {"Title": sheet.title, "Description": sheet.description, "Software": None},
        "svg": {"Title": sheet.title, "Creator": _MAKER, "Date": None, "Language": "fr"},
        "pdf": {
            "Title": sheet.title,
            "Subject": sheet.description,
            "Creator": _MAKER,
            "Producer": None,
            "CreationDate": None,
        },
    }
    with replacing_file(path) as beside:
        with drawing():
            sheet.savefig(beside, format=kind, dpi=_DPI, metadata=metadata[kind])
        if kind == "svg":
            beside.write_text(_described(beside.read_text(encoding="utf-8"), sheet), encoding="utf-8")


def require_format(path: Path) -> str:
    """Return the format that the ending of a name says; raise `ParameterError` where it is none of `FORMATS`."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        msg = f"« {path.name} » : format de carte inconnu. Terminez le nom par .png, .svg ou .pdf."
        raise ParameterError(msg)
    return kind


def _described(svg: str, sheet: Sheet) -> str:
    """Return an SVG that says its language, its title and what it shows, to those who do not see it."""
    title = f"<title>{escape(sheet.title, quote=False)}</title>"
    named = f'<title id="title">{escape(sheet.title)}</title>\n <desc id="desc">{escape(sheet.description)}</desc>'
    return svg.replace("<svg ", '<svg lang="fr" xml:lang="fr" role="img" aria-labelledby="title desc" ', 1).replace(
        title, named, 1
    )
