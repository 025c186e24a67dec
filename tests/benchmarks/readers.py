"""How long lists of sites take to be read and checked: ``make bench``.

The official list of 2024 where it is beside the project; lists made to be slow: many rows at one place, which were once
compared with each other, and cells on which a pattern once tried a run of spaces from each of its characters on. Seconds
of the processor, which other work on the machine lengthens less than those of the clock.
"""

from __future__ import annotations

import csv
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from geo.sources.france_services import read_france_services
from geo.sources.positions import parse_positions
from geo.sources.site_quality import check_sites

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "sites" / "liste-fs-20240801.csv"
SITE = {
    "id_fs": "1",
    "insee_dep": "64",
    "lib_fs": "France services",
    "adresse": "1 rue",
    "insee_com": "64483",
    "code_postal": "64500",
    "lib_com": "Saint-Jean-de-Luz",
    "latitude": "43.388",
    "longitude": "-1.6594",
    "telephone": "05 59 00 00 00",
    **dict.fromkeys(("h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi"), "08:00 - 12:00"),
    "type_fs": "Principal",
    "format_fs": "Fixe",
}
SPACES = " " * 100_000


def main() -> None:
    """Time each list."""
    if OFFICIAL.is_file():
        show("reading the official list (2,845 rows)", lambda: read_france_services(OFFICIAL))
        show("checking the official list", lambda: check_sites(OFFICIAL))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "liste.csv"
        write(path, [SITE] * 20_000)
        show("checking 20,000 rows at one place", lambda: check_sites(path))
        write(path, [SITE | {"telephone": f"05{SPACES}x"}])
        show("checking a telephone of 100,000 spaces", lambda: check_sites(path))
    cells = pd.Series([f"1,1{SPACES}x", SPACES], dtype="string")
    show("positions of 100,000 spaces", lambda: parse_positions(cells))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write a list of sites."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(SITE))
        table.writeheader()
        table.writerows(rows)


def show(name: str, call: Callable[[], object]) -> None:
    """Print the best of three."""
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        call()
        seconds.append(time.process_time() - begin)
    print(f"{name:48}{min(seconds):8.2f} s")


if __name__ == "__main__":
    main()
