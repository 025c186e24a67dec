"""The text of a page of PDF, read without its lines and curves: those of a map are most of it, and hold no letter.

What a page is made of is split by one pattern: pypdf, which then puts the text together, takes each character by itself.
"""

import re
from unittest import mock

import pypdf
from pypdf.generic import ArrayObject, ContentStream, DecodedStreamObject, NameObject

#: Where a line or a curve begins, goes and ends; the colour of what follows.
_LINES = re.compile(rb"(?:-?\d[\d.]* )+[mlc](?=\s)|/\w+ (?:cs|CS)\s(?:\d[\d.]* )+(?:scn|SCN)(?=\s)")
_STRING = rb"(?:[^()\\]|\\.|\(%s\))*"  # parentheses within, if they are pairs, stand as they are
_TEXT = rb"\(" + _STRING % (_STRING % (_STRING % rb"[^()]*")) + rb"\)"
_PART = re.compile(
    rb"\s*(?:(?P<number>[-+]?(?:\d+\.?\d*|\.\d+))|(?P<operator>[A-Za-z'\"][A-Za-z01]*\*?)|/(?P<name>[^\s/<>\[\]()]+)"
    rb"|(?P<string>" + _TEXT + rb")|<(?P<hex>[0-9A-Fa-f\s]*)>|(?P<array>\[)|(?P<end>\])"
    rb"|(?P<dictionary><<(?:[^<>()]|<[^<>]*>|" + _TEXT + rb")*>>)|\Z)",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {f"{number:0{width}o}".encode(): bytes([number]) for width in (1, 2, 3) for number in range(256)}
_ESCAPED |= {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}


def page_text(page: pypdf.PageObject) -> str:
    """Return what a page says; its lines and curves are taken out of it."""
    letters = DecodedStreamObject()
    letters.set_data(_LINES.sub(b"", page.get_contents().get_data()))
    page[NameObject("/Contents")] = letters
    _take_lines_out(page, set())
    with mock.patch.object(ContentStream, "_parse_content_stream", _split):
        return page.extract_text()


def _take_lines_out(drawn, seen: set[int]) -> None:
    """Take the lines out of what a page, or a picture on it, is made of."""
    pictures = drawn.get("/Resources", {}).get("/XObject", {})
    for part in (pictures[name].get_object() for name in pictures):
        if part["/Subtype"] == "/Form" and id(part) not in seen:
            seen.add(id(part))
            part.set_data(_LINES.sub(b"", part.get_data()))
            _take_lines_out(part, seen)


def _split(content: ContentStream, stream) -> None:
    """Split what a page is made of into its operations; what is no part of any is an error."""
    data, at, given = stream.getvalue(), 0, []
    outside = None  # what was given before the array that is being read
    while at < len(data):
        part = _PART.match(data, at)
        assert part, f"neither a number nor a text nor an operation: {data[at : at + 40]}"
        at, kind = part.end(), part.lastgroup
        if kind == "operator":
            content._operations.append((given, part[kind]))
            given = []
        elif kind == "number":
            given.append(float(part[kind]))
        elif kind == "string":
            given.append(_ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), part[kind][1:-1]))
        elif kind == "name":
            given.append(NameObject("/" + part[kind].decode()))
        elif kind == "hex":
            given.append(bytes.fromhex(part[kind].decode()))
        elif kind == "array":
            outside, given = given, []
        elif kind == "end":
            given = [*outside, ArrayObject(given)]
