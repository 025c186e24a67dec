"""How each kind of file is read as text, whatever its layout."""

import io
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pandas as pd
import pypdf

from tests.pdf_text import page_text

_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SVG = "{http://www.w3.org/2000/svg}"
#: Marks that no reader sees: zero-width space and joiners, soft hyphen, byte order mark.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\u00ad\ufeff"))
_CODES = ("code", "commune_code", "label_code", "facility_id")
_SAME = str.maketrans({"’": "'", "−": "-", "\u2010": "-", "\u2011": "-"})


def plain(text: str) -> str:
    """Return a text on one line with simple spaces and apostrophes, and without marks that nobody sees."""
    return " ".join(text.translate(_UNSEEN).translate(_SAME).split())


class _Page(HTMLParser):
    """The words of a page, its scripts and styles apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words, self._hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self._hidden += tag in {"script", "style"}
        self.words += [value for name, value in attrs if name in {"aria-label", "alt", "title"} and value]

    def handle_endtag(self, tag):
        self._hidden -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self._hidden:
            self.words.append(data)


def html_text(page: str) -> str:
    """Return what a page of HTML says."""
    reader = _Page()
    reader.feed(page)
    reader.close()
    return plain(" ".join(reader.words))


def html_title(page: str) -> str:
    """Return the main heading of a page, in its own words."""
    return html_text(re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[1])


def markdown_text(text: str) -> str:
    """Return what a text in Markdown says."""
    return plain(re.sub(r"\\(?=[^\w\s])", "", re.sub(r"\*\*", "", text)))


def pdf_pages(document: bytes) -> list[str]:
    """Return the text of each page of a PDF; words cut at the end of a line are whole again."""
    pages = [page_text(page) for page in pypdf.PdfReader(io.BytesIO(document)).pages]
    return [plain(re.sub(r"(?<=\w)[\u00ad\u2010]\n(?=\w)", "", page)) for page in pages]


def svg_text(picture: str) -> tuple[str, str]:
    """Return the title of a picture, and all that it says: description and letters."""
    root = ET.fromstring(picture)
    title = plain(root.findtext(f"{_SVG}title", ""))
    return title, plain(" ".join(root.itertext()))


def csv_table(content: bytes, names: list[str]) -> pd.DataFrame:
    """Return a table of a CSV file under the names of its columns for programs, codes as text; without any column where the file has not even headings."""
    if not content.strip(b"\xef\xbb\xbf\r\n"):
        return pd.DataFrame()
    header = content.decode("utf-8-sig").partition("\n")[0].split(";")
    codes = {heading: str for heading, name in zip(header, names, strict=True) if name in _CODES}
    table = pd.read_csv(
        io.BytesIO(content),
        encoding="utf-8-sig",
        sep=";",
        decimal=",",
        dtype=codes,
        true_values=["oui"],
        false_values=["non"],
    )
    return table.set_axis(names, axis="columns")


def workbook(content: bytes) -> dict[str, pd.DataFrame]:
    """Return the sheets of a workbook: numbers as written, truth values as bool, texts as they are."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        shared = ["".join(item.itertext()) for item in ET.fromstring(parts.read("xl/sharedStrings.xml"))]
        book = ET.fromstring(parts.read("xl/workbook.xml"))
        names = [sheet.get("name") for sheet in book.iter(f"{_SPREADSHEET}sheet")]
        sheets = [
            ET.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml")) for number, _ in enumerate(names, start=1)
        ]
    return {name: _table(sheet, shared) for name, sheet in zip(names, sheets, strict=True)}


def _table(sheet: ET.Element, shared: list[str]) -> pd.DataFrame:
    rows = [
        {re.match("[A-Z]+", cell.get("r"))[0]: _value(cell, shared) for cell in row}
        for row in sheet.iter(f"{_SPREADSHEET}row")
    ]
    heading, *lines = rows or [{}]
    table = [[line.get(column) for column in heading] for line in lines]
    return pd.DataFrame(table, columns=list(heading.values()))


def _value(cell: ET.Element, shared: list[str]):
    value = cell.findtext(f"{_SPREADSHEET}v")
    if value is None:
        return None
    if cell.get("t") == "s":
        return shared[int(value)]
    return bool(int(value)) if cell.get("t") == "b" else float(value)
