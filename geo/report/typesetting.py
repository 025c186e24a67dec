"""A document as tagged PDF: a Typst template, what it says as plain values, and its pictures."""

from __future__ import annotations

import datetime as dt
import json
import re
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import typst

from geo.maps.static.files import map_fonts
from geo.maps.static.lettering import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A longer run of characters without a space may break there.
_MAX_RUN: Final = 34


def typeset(template: str, content: Mapping[str, Any], pictures: Mapping[str, bytes], made_on: dt.date) -> bytes:
    """Make a PDF, tagged for screen readers (PDF/UA-1).

    `template`: Name of a file of `geo/report/templates`, without its ending. It reads ``content.json`` as text: nothing
    of it is taken for Typst. `content`: Plain values. Texts are put on one line, with a mark in the place of what the
    typeface lacks; those under a key ``link`` stay as they are.

    Returns
    -------
    The same bytes for the same inputs. Nothing is written to a disk.
    """
    files: Any = {  # the stubs of typst do not know that it takes several files
        "main.typ": resources.files("geo.report").joinpath(f"templates/{template}.typ").read_bytes(),
        "content.json": json.dumps(_readable(content)).encode(),
        **pictures,
    }
    document = typst.compile(
        files,
        format="pdf",
        font_paths=map_fonts(),
        pdf_standards=["ua-1"],
        timestamp=dt.datetime.combine(made_on, dt.time(), dt.UTC),
    )
    return bytes(document)


def _readable(value: Any) -> Any:
    """Return plain values whose texts have only letters of the typeface, and may break where they have no space."""
    if isinstance(value, dict):
        return {key: item if key == "link" else _readable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_readable(item) for item in value]
    if not isinstance(value, str):
        return value
    return re.sub(rf"(\S{{{_MAX_RUN}}})(?=\S)", "\\1\N{ZERO WIDTH SPACE}", printable(value))
