"""Everything that is said of one territory, by channel: screens, terminal, JSON, pages, tables, layers, pictures, PDF."""

import contextlib
import io
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow.parquet as pq
import pytest

from geo import Territory
from geo.cli import main
from geo.maps.static import files, frame
from geo.maps.static.sheet import Sheet
from geo.report import plan_files, report_files
from tests.golden.reading import csv_table, html_text, html_title, pdf_pages, plain, svg_text, workbook
from tests.golden.screens import ADDRESSES, LABELS, MOMENT, checked, said, visitor
from tests.golden.territories import DEPARTEMENT, ONE_COMMUNE, make

DAY = "2026-11-22"
#: The commune where a site opens, by territory (Oloron-Sainte-Marie where there is none), and the site that closes.
OPENED = {"labourd": "64504", "one_commune": ONE_COMMUNE}
USUALLY_OPENED, USUALLY_CLOSED = "64422", "2811"
#: Gan, in the place of Saint-Jean-de-Luz, too far from there.
CLOSED = {"one_commune": "2083"}
#: The bus of Billère, which does not count.
BUS = "2909"
#: The commune from which a site is looked for: its code and name (Sare where there is none).
STARTS = {"one_commune": (ONE_COMMUNE, "Arudy")}
USUAL_START = ("64504", "Sare")


@dataclass
class Channels:
    """What was said of a territory.

    `texts` by channel (``terminal.plan``, ``screen.marge``, ``html.arguments``, ``pdf``…); `titles` of those that have
    one; `data` by channel: plain values of ``--json`` and of JSON files, tables of CSV and XLSX, layers; `maps`: what
    the maps of the screens were given; `refused`: the sentence of each command that could not answer.
    """

    key: str
    territory: Territory
    folder: Path | None
    texts: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    maps: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> list[str]:
        """The folder of the territory, as an argument of a command."""
        return [DEPARTEMENT] if self.folder is None else [str(self.folder)]

    @property
    def start(self) -> tuple[str, str]:
        """Code and name of the commune from which a site is looked for."""
        return STARTS.get(self.key, USUAL_START)


def collect(key: str, folder: Path) -> Channels:
    """Ask everything about one of the territories, once, by every channel; of those asked in words, by commands alone."""
    channels = Channels(key, *make(key, folder / "territoire"))
    scenario = folder / "scenario.json"
    scenario.write_text(json.dumps(_scenario(key)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILLAGE_GEOCODER_URL", "")
        draw_what_is_read(patch)
        for asked, options in _commands(scenario).items():
            if key not in ASKED_IN_WORDS or asked not in {"walk", "bike"}:
                _ask(channels, asked, options, folder / asked)
        if key not in ASKED_IN_WORDS:
            _look_for_a_site(channels)
            _draw(channels, folder)
            _report(channels, folder)
    for out in (*_commands(scenario), "rapport"):
        _read_files(channels, folder / out)
    if key not in ASKED_IN_WORDS:
        _look(channels, folder, scenario)
    return channels


def _scenario(key: str) -> dict[str, Any]:
    opened = {"action": "open", "id": "nouveau-1", "name": "Nouveau site", "commune": OPENED.get(key, USUALLY_OPENED)}
    return {
        "format": 1,
        "name": "Un site ouvert, un site fermé",
        "territory": "Pyrénées-Atlantiques",
        "actions": [opened, *({"action": "close", "id": which} for which in (CLOSED.get(key, USUALLY_CLOSED), BUS))],
    }


def draw_what_is_read(patch: pytest.MonkeyPatch) -> None:
    """Leave out what no check reads: the colours of maps, maps whose letters are shapes, and the pages of a label."""
    patch.setattr(frame, "_draw_land", lambda *_land: None)
    for module in (plan_files, report_files):
        patch.setattr(module, "dossiers_pdf", lambda *_plan: b"")
    patch.setattr(report_files, "write_sheet", _written_if_read(report_files.write_sheet))
    patch.setattr(files, "sheet_svg", _drawn_if_read(files.sheet_svg))


def _written_if_read(write: Callable[..., None]) -> Callable[..., None]:
    """Leave out the pictures made of dots: no letter is read in them, and they are most of what a report takes."""
    return lambda sheet, path: None if path.suffix == ".png" else write(sheet, path)


def _drawn_if_read(draw: Callable[..., str]) -> Callable[..., str]:
    """Draw a map where its letters are text, as in a PDF; where they are shapes, only its title and what it shows are read."""

    def drawn(sheet: Sheet, *, letters: str) -> str:
        if letters == "none":
            return draw(sheet, letters=letters)
        return f'<svg xmlns="http://www.w3.org/2000/svg"><title>{escape(sheet.title, quote=False)}</title></svg>'

    return drawn


def _commands(scenario: Path) -> dict[str, list[str]]:
    """Return the commands that write files, by the name of what is asked, with their options."""
    return {
        "diagnose": [],
        "scenario": ["--file", str(scenario)],
        "fragility": [],
        "closure": ["--close", "bearer=La Poste"],
        "hours": [],
        "access": [],
        "plan": ["--new", str(LABELS)],
        "walk": ["--mode", "walk"],
        "bike": ["--mode", "bike"],
    }


#: The territory that is asked only what it alone can tell: figures of a part whose times are estimated, with a plan and
#: tax offices. Other channels lay out the same sentences, as the other part and the whole show.
ASKED_IN_WORDS = {"three_off"}
#: Commands that are asked under other names.
_CALLED = {"closure": "fragility", "walk": "diagnose", "bike": "diagnose"}


def _ask(channels: Channels, asked: str, options: list[str], out: Path) -> None:
    """Ask in words, with the files, and again as JSON but of a territory asked in words: its files hold the same values."""
    command = [_CALLED.get(asked, asked), *channels.place, *options]
    status, words, error = run(*command, "--out", str(out))
    if status:
        channels.refused[asked] = channels.texts[f"terminal.{asked}"] = plain(error.splitlines()[-1])
        return
    channels.texts[f"terminal.{asked}"] = plain(words)
    channels.titles[f"terminal.{asked}"] = plain(words.splitlines()[0])
    if channels.key not in ASKED_IN_WORDS or asked == "hours":  # whose file holds less
        channels.data[f"json.{asked}"] = answered(*command, "--json")


def _look_for_a_site(channels: Channels) -> None:
    command = ["nearest", channels.start[1], *channels.place, "--at", MOMENT]
    channels.texts["terminal.nearest"] = plain(run(*command)[1])
    channels.data["json.nearest"] = answered(*command, "--json")


def _draw(channels: Channels, folder: Path) -> None:
    out = ["--out", str(folder / "map.svg"), "--date", DAY]
    drawn = answered("map", *channels.place, "--kind", "under-served", *out, "--json")
    channels.titles["json.map"] = plain(drawn["title"])
    channels.texts["json.map"] = plain(f"{drawn['title']}. {drawn['description']}")


def _report(channels: Channels, folder: Path) -> None:
    plan = [] if "plan" in channels.refused else ["--plan", str(folder / "plan" / "plan.json")]
    status, words, error = run("report", *channels.place, *plan, "--date", DAY, "--out", str(folder / "rapport"))
    assert status == 0, error
    channels.texts["terminal.report"] = plain(words)
    channels.titles["terminal.report"] = plain(words.splitlines()[0])


def answered(*arguments: str) -> dict[str, Any]:
    """Return what a command answers as JSON."""
    status, words, error = run(*arguments)
    assert status == 0, error
    return json.loads(words)


def run(*arguments: str) -> tuple[int, str, str]:
    """Run the command in this process; return (status, standard output, standard error)."""
    out, err = io.StringIO(), io.StringIO()
    handlers = logging.getLogger("geo").handlers
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as stop:
            main(list(arguments))
    finally:
        logging.getLogger("geo").handlers = handlers
    return int(stop.value.code or 0), out.getvalue(), err.getvalue()


def _names(path: Path) -> list[str]:
    """Return what the columns of a table are called in the file for programs beside it."""
    header = path.read_text(encoding="utf-8-sig").partition("\n")[0]
    return pq.read_schema(path.with_suffix(".parquet")).names[: header.count(";") + 1 if header else 0]


def _read_files(channels: Channels, out: Path) -> None:
    """Read every file that a command wrote."""
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        name = f"{out.name}.{path.stem}"
        if path.suffix == ".json":
            channels.data[f"file.{name}"] = json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".csv":
            channels.data[f"csv.{name}"] = csv_table(path.read_bytes(), _names(path))
        elif path.suffix == ".gpkg":
            for layer in gpd.list_layers(path)["name"]:
                channels.data[f"gpkg.{out.name}.{layer}"] = gpd.read_file(path, layer=layer)
        elif path.suffix == ".xlsx":
            for sheet, table in workbook(path.read_bytes()).items():
                names = _names(out / "tables" / f"{sheet}.csv")
                channels.data[f"xlsx.{sheet}"] = table.set_axis(names[: len(table.columns)], axis="columns")
        elif path.suffix == ".html":
            page = path.read_text(encoding="utf-8")
            channels.texts[f"html.{path.stem}"], channels.titles[f"html.{path.stem}"] = (
                html_text(page),
                html_title(page),
            )
        elif path.suffix == ".svg":
            title, words = svg_text(path.read_text(encoding="utf-8"))
            channels.titles[f"svg.{path.stem}"], channels.texts[f"svg.{path.stem}"] = title, words
        elif path.name == report_files.DOCUMENT:
            pages = pdf_pages(path.read_bytes())
            channels.texts["pdf"], channels.titles["pdf"] = " ".join(pages), pages[0]


def _look(channels: Channels, folder: Path, scenario: Path) -> None:
    """Look at every screen."""
    with visitor(channels.folder, folder / "cache") as opened:
        for screen, address in ADDRESSES.items():
            app = opened(**address, **({"lieu": channels.start[0]} if screen == "trouver" else {}))
            if screen == "scenario":
                app.file_uploader[0].set_value(("scenario.json", scenario.read_bytes(), "application/json"))
                checked(app.run())
            seen = said(app)
            channels.texts[f"screen.{screen}"], channels.titles[f"screen.{screen}"] = seen.text, seen.title
            channels.maps[f"screen.{screen}"] = seen.map
