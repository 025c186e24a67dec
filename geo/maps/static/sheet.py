"""A sheet of paper or a slide, measured in millimetres: title and answer on top, origin at the bottom."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from geo.classes import INK
from geo.errors import ParameterError
from geo.maps.static.lettering import FONT, POINT_MM, line_height_mm, printable, shortened, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Formats of page that a map can be asked in.
PAGES: Final = ("a4", "16:9")
MARGIN_MM: Final = 10.0

_INCH_MM: Final = 25.4
_TITLE_SIZE: Final = 15.0
_SENTENCE_SIZE: Final = 10.0
_SENTENCE_LINES: Final = 3
_NOTE_SIZE: Final = 6.5
_WARNING_COLOUR: Final = "#f8f4ea"
#: Wider than this (width over height), a territory fills a landscape page better than a portrait one.
_LANDSCAPE_ASPECT: Final = 1.1

_DRAWING = threading.RLock()


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a page, in millimetres from its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def top(self) -> float:
        """Upper edge."""
        return self.y + self.height


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with matplotlib's own defaults and one font, whatever the user's configuration.

    Those settings belong to the whole process: one page is drawn at a time.
    """
    with _DRAWING, mpl.rc_context():
        mpl.rcParams.update(mpl.rcParamsDefault)
        mpl.rcParams.update(
            {
                "font.family": FONT,
                "text.parse_math": False,
                # As wide in a picture as in a vector file, and as measured.
                "text.hinting": "none",
                "svg.hashsalt": "maillage",
            }
        )
        yield


class Sheet(Figure):
    """A figure with a title and a description in words, for those who do not see it."""

    def __init__(self, width_mm: float, height_mm: float, title: str, description: str) -> None:
        """Make an empty page.

        `title`, `description`: What the page is called, and what it says, in French.
        """
        super().__init__(figsize=(width_mm / _INCH_MM, height_mm / _INCH_MM))
        self.width_mm, self.height_mm = width_mm, height_mm
        self.title, self.description = printable(title), printable(description)
        self._said_once: list[tuple[str, list[Any]]] = []
        self.millimetres = Affine2D().scale(1 / width_mm, 1 / height_mm) + self.transFigure

    @contextmanager
    def once(self, text: str) -> Iterator[None]:
        """Draw what is said of the territory, not of this sheet: a document that holds several says it once itself."""
        there = set(self.get_children())
        yield
        self._said_once.append((text, [artist for artist in self.get_children() if artist not in there]))

    @contextmanager
    def in_document(self) -> Iterator[None]:
        """Leave out meanwhile, also of the description, what a document that holds the sheet says once itself."""
        description = self.description
        artists = [artist for _, drawn in self._said_once for artist in drawn]
        for text, _ in self._said_once:
            self.description = self.description.replace(f" {printable(text)}", "")
        for artist in artists:
            artist.set_visible(False)
        try:
            yield
        finally:
            self.description = description
            for artist in artists:
                artist.set_visible(True)

    def write(self, x: float, y: float, text: str, size: float, **style: Any) -> Any:
        """Write one line; (x, y) in millimetres is the left end of its base line unless `style` says otherwise."""
        style = {"color": INK, "ha": "left", "va": "baseline", "family": FONT} | style
        return self.text(x / self.width_mm, y / self.height_mm, text, fontsize=size, parse_math=False, **style)

    def write_lines(self, x: float, top: float, lines: Sequence[str], size: float, **style: Any) -> float:
        """Write lines under each other from `top`; return the lower edge of the last one."""
        for number, line in enumerate(lines):
            self.write(x, top - size * POINT_MM - number * line_height_mm(size), line, size, **style)
        return top - len(lines) * line_height_mm(size)

    def rectangle(self, box: Box, **style: Any) -> None:
        """Draw a rectangle."""
        self.add_artist(Rectangle((box.x, box.y), box.width, box.height, transform=self.millimetres, **style))

    def line(self, x: Sequence[float], y: Sequence[float], **style: Any) -> None:
        """Draw a line through points, or a marker at each."""
        self.add_artist(Line2D(x, y, transform=self.millimetres, **style))

    def map_axes(self, box: Box) -> Any:
        """Return axes that fill a box, without ticks or frame."""
        axes = self.add_axes(
            (box.x / self.width_mm, box.y / self.height_mm, box.width / self.width_mm, box.height / self.height_mm)
        )
        axes.set_axis_off()
        return axes


def new_sheet(page: str, aspect: float, title: str, sentence: str, details: Sequence[str]) -> Sheet:
    """Return an empty page that suits a territory.

    Parameters
    ----------
    page
        ``"a4"`` (landscape or portrait as fits) or ``"16:9"``.
    aspect
        Width over height of what is to be drawn.
    title, sentence, details
        Title, answer in one sentence, and what else the description should say.
    """
    sizes = {"a4": (297.0, 210.0) if aspect > _LANDSCAPE_ASPECT else (210.0, 297.0), "16:9": (338.667, 190.5)}
    if page not in sizes:
        msg = f"Format de page « {page} » inconnu. Formats possibles : {', '.join(PAGES)}."
        raise ParameterError(msg)
    return Sheet(*sizes[page], title, " ".join(filter(None, [sentence, *details])))


def dress(sheet: Sheet, title: str, sentence: str, warnings: Sequence[str], notes: Sequence[str], whom: str) -> Box:
    """Write the title and the answer on top, warnings and origin at the bottom; return the room between.

    `whom`: Whom the shares are of, drawn as `Sheet.once`; empty where that is everybody.
    """
    width = sheet.width_mm - 2 * MARGIN_MM
    top = sheet.height_mm - MARGIN_MM
    top = sheet.write_lines(
        MARGIN_MM, top, wrapped(title, width, _TITLE_SIZE, bold=True)[:2], _TITLE_SIZE, weight="bold"
    )
    top = sheet.write_lines(MARGIN_MM, top - 1, _answer_lines(sentence, width), _SENTENCE_SIZE) - 2

    note_lines = [line for note in notes for line in wrapped(note, width, _NOTE_SIZE)]
    bottom = MARGIN_MM - 3 + len(note_lines) * line_height_mm(_NOTE_SIZE)
    sheet.write_lines(MARGIN_MM, bottom, note_lines, _NOTE_SIZE)
    if warnings:
        bottom = _write_band(sheet, bottom + 1.5, warnings)
    if whom:
        with sheet.once(whom):
            bottom = _write_band(sheet, bottom + (0 if warnings else 1.5), [whom])
    bottom += 3
    return Box(MARGIN_MM, bottom, width, top - bottom)


def _write_band(sheet: Sheet, bottom: float, warnings: Sequence[str]) -> float:
    """Write warnings on a coloured band over `bottom`; return its upper edge."""
    width = sheet.width_mm - 2 * MARGIN_MM
    lines = [line for warning in warnings for line in wrapped(warning, width - 5, _NOTE_SIZE)]
    height = len(lines) * line_height_mm(_NOTE_SIZE) + 2
    band = Box(MARGIN_MM, bottom, width, height)
    sheet.rectangle(band, facecolor=_WARNING_COLOUR, edgecolor="none")
    sheet.rectangle(Box(band.x, band.y, 1, height), facecolor=INK, edgecolor="none")
    sheet.write_lines(MARGIN_MM + 3, band.top - 1, lines, _NOTE_SIZE, weight="normal")
    return band.top


def _answer_lines(text: str, width: float) -> list[str]:
    """Return the lines of an answer: whole sentences, as many as there is room for; a longer one is cut visibly."""
    sentences = text.split(". ")
    for kept in range(len(sentences), 0, -1):
        told = ". ".join(sentences[:kept])
        lines = wrapped(told if kept == len(sentences) else f"{told}.", width, _SENTENCE_SIZE)
        if len(lines) <= _SENTENCE_LINES:
            return lines
    return [*lines[: _SENTENCE_LINES - 1], shortened(" ".join(lines[_SENTENCE_LINES - 1 :]), width, _SENTENCE_SIZE)]
