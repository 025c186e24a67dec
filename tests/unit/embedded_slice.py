"""Some communes of the embedded tables, with all that the tables say of them."""

import csv
import functools
import shutil
from pathlib import Path

FRANCE = Path(__file__).resolve().parents[2] / "data" / "france"
NAMES = ("communes", "intercommunalities", "former_communes", "sites", "tax_offices")


def rows_of(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


@functools.cache
def _france(name):
    """Return the rows of an embedded table, read once: tests take slices of it and change nothing in it."""
    return rows_of(FRANCE / f"{name}.csv")


def write_slice(folder, wanted):
    """Write to a folder what the tables say of the communes whose row `wanted` tells."""
    folder.mkdir(parents=True, exist_ok=True)
    communes = [row for row in _france("communes") if wanted(row)]
    codes, groups = ({row[name] for row in communes} for name in ("code", "intercommunality"))
    for name in (*NAMES, "localities"):
        column = {"communes": "code", "intercommunalities": "code"}.get(name, "commune_code")
        kept = groups if name == "intercommunalities" else codes
        rows = _france(name)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            table = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(row for row in rows if row[column] in kept)
    for name in ("relief.npz", "no_road.csv", "arrondissements.csv"):
        shutil.copyfile(FRANCE / name, folder / name)
    return folder
