"""Everything that is said of one territory, by channel: screens, terminal, JSON, pages, tables, layers, pictures, PDF."""

import contextlib
import io
import json
import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from tests.golden.reading import csv_table, html_text, html_title, pdf_pages, plain, svg_text, workbook
from tests.golden.screens import ADDRESSES, LABELS, checked, said, visitor
from tests.golden.territories import Asked, asked

from geo.cli import main

DAY = "2026-11-22"
#: A site to open and one to close, by territory; the closed one is far from the opened one.
OPENED = {"labourd": "64504", "one_commune": "64260"}
USUALLY_OPENED, CLOSED = "64422", "2811"


@dataclass
class Channels:
    """What was said of a territory.

    `texts` by channel (``terminal.plan``, ``screen.marge``, ``html.arguments``, ``pdf``…); `titles` of those that have
    one; `data` by channel: plain values of ``--json`` and of JSON files, tables of CSV and XLSX, layers; `refused`: the
    sentence of each command that could not answer.
    """

    asked: Asked
    texts: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    maps: dict[str, Any] = field(default_factory=dict)


def collect(key: str, folder: Path) -> Channels:
    """Ask everything about one of the territories, once, by every channel."""
    channels = Channels(asked(key, folder))
    scenario = folder / "scenario.json"
    scenario.write_text(json.dumps(_scenario(key)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILLAGE_GEOCODER_URL", "")
        for command, options in _commands(folder, scenario).items():
            _ask(channels, command, options, folder / command)
        _report(channels, folder)
    for out in sorted(folder.glob("*/")):
        if out.name in {*_commands(folder, scenario), "rapport"}:
            _read_files(channels, out)
    _look(channels, folder, scenario)
    return channels


def _scenario(key: str) -> dict[str, Any]:
    opened = {"action": "open", "id": "nouveau-1", "name": "Nouveau site", "commune": OPENED.get(key, USUALLY_OPENED)}
    return {
        "format": 1,
        "name": "Un site ouvert, un site fermé",
        "territory": "Pyrénées-Atlantiques",
        "actions": [opened, {"action": "close", "id": CLOSED}],
    }


def _commands(folder: Path, scenario: Path) -> dict[str, list[str]]:
    """Return the commands to ask by name, with their options."""
    return {
        "diagnose": [],
        "scenario": ["--file", str(scenario)],
        "fragility": [],
        "hours": [],
        "access": [],
        "plan": ["--new", str(LABELS)],
        "closure": ["--close", "bearer=La Poste"],
        "map-time": ["--kind", "time", "--out", str(folder / "time.svg"), "--date", DAY],
    }


def _ask(channels: Channels, command: str, options: list[str], out: Path) -> None:
    """Ask a command in words, with its files, and again as JSON."""
    name = {"closure": "fragility"}.get(command, command.partition("-")[0])
    place = [] if channels.asked.folder is None else [str(channels.asked.folder)]
    written = [] if name == "map" else ["--out", str(out)]
    status, words, error = run(name, *place, *options, *written)
    if status:
        shutil.rmtree(out, ignore_errors=True)
        channels.refused[command] = channels.texts[f"terminal.{command}"] = plain(error.splitlines()[-1])
        return
    channels.texts[f"terminal.{command}"] = plain(words)
    channels.titles[f"terminal.{command}"] = plain(words.splitlines()[0])
    status, words, _ = run(name, *place, *options, "--json")
    assert status == 0
    channels.data[f"json.{command}"] = json.loads(words)


def _report(channels: Channels, folder: Path) -> None:
    plan = [] if "plan" in channels.refused else ["--plan", str(folder / "plan" / "plan.json")]
    place = [] if channels.asked.folder is None else [str(channels.asked.folder)]
    status, words, error = run("report", *place, *plan, "--date", DAY, "--out", str(folder / "rapport"))
    assert status == 0, error
    channels.texts["terminal.report"] = plain(words)
    channels.titles["terminal.report"] = plain(words.splitlines()[0])


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


def _read_files(channels: Channels, out: Path) -> None:
    """Read every file that a command wrote."""
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        name = f"{out.name}.{path.stem}"
        if path.suffix == ".json":
            channels.data[f"file.{name}"] = json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".csv":
            channels.data[f"csv.{name}"] = csv_table(path.read_bytes())
        elif path.suffix == ".gpkg":
            for layer in gpd.list_layers(path)["name"]:
                channels.data[f"gpkg.{out.name}.{layer}"] = gpd.read_file(path, layer=layer)
        elif path.suffix == ".xlsx":
            for sheet, table in workbook(path.read_bytes()).items():
                channels.data[f"xlsx.{sheet}"] = table
        elif path.suffix == ".html":
            page = path.read_text(encoding="utf-8")
            channels.texts[f"html.{path.stem}"], channels.titles[f"html.{path.stem}"] = html_text(page), html_title(page)
        elif path.suffix == ".svg":
            title, words = svg_text(path.read_text(encoding="utf-8"))
            channels.titles[f"svg.{path.stem}"], channels.texts[f"svg.{path.stem}"] = title, words
        elif path.suffix == ".pdf":
            pages = pdf_pages(path.read_bytes())
            channels.texts["pdf"], channels.titles["pdf"] = " ".join(pages), pages[0]


def _look(channels: Channels, folder: Path, scenario: Path) -> None:
    """Look at every screen."""
    with visitor(channels.asked.folder, folder / "cache") as opened:
        for screen, address in ADDRESSES.items():
            app = opened(**address)
            if screen == "scenario":
                app.file_uploader[0].set_value(("scenario.json", scenario.read_bytes(), "application/json"))
                checked(app.run())
            seen = said(app)
            channels.texts[f"screen.{screen}"], channels.titles[f"screen.{screen}"] = seen.text, seen.title
            channels.maps[f"screen.{screen}"] = seen.map
