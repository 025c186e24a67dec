"""The text of a page of PDF, read without its lines and curves: those of a map are most of it, and hold no letter."""

import re

import pypdf
from pypdf.generic import DecodedStreamObject, NameObject

#: Where a line or a curve begins, goes and ends.
_LINES = re.compile(rb"(?:-?\d[\d.]* )+[mlc](?=\s)")


def page_text(page: pypdf.PageObject) -> str:
    """Return what a page says; its lines and curves are taken out of it."""
    letters = DecodedStreamObject()
    letters.set_data(_LINES.sub(b"", page.get_contents().get_data()))
    page[NameObject("/Contents")] = letters
    _take_lines_out(page, set())
    return page.extract_text()


def _take_lines_out(drawn, seen: set[int]) -> None:
    """Take the lines out of what a page, or a picture on it, is made of."""
    pictures = drawn.get("/Resources", {}).get("/XObject", {})
    for part in (pictures[name].get_object() for name in pictures):
        if part["/Subtype"] == "/Form" and id(part) not in seen:
            seen.add(id(part))
            part.set_data(_LINES.sub(b"", part.get_data()))
            _take_lines_out(part, seen)
