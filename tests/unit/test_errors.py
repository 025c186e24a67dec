"""Errors as values: what they say, and that they cross from one process to another unchanged."""

import ast
import pickle
import re
from pathlib import Path

import pytest

from geo.errors import (
    BatchError,
    CrsError,
    Fault,
    GeocodingError,
    NetworkError,
    ParameterError,
    SchemaError,
    SourceError,
)


@pytest.mark.parametrize(
    "error",
    [
        SchemaError("Communes (c.geojson)", [Fault("colonne « code » absente"), Fault("code vide", 7)], "Corrigez."),
        *[
            kind("Une phrase.")
            for kind in (BatchError, CrsError, GeocodingError, NetworkError, ParameterError, SourceError)
        ],
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_in_another_process(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


GEO = Path(__file__).parents[2] / "geo"


def test_sentences_leave_no_plural_to_the_reader_and_have_one_apostrophe():
    """A plural marked as « (s) » is one of a text that `agreed`, `in_number` or a note of communes makes agree."""
    read = {path.relative_to(GEO): _faults(path) for path in sorted(GEO.rglob("*.py"))}
    assert len(read) > 400
    assert {path: faults for path, faults in read.items() if faults} == {}


def _faults(path: Path) -> list[str]:
    """Return the texts of a module with another apostrophe, or with a plural that nothing makes agree."""
    resolved = {"agreed", "in_number", "of", "CommuneNote", "_note", "repair_code", "sub", "compile"}
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    said = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    if not said and path.stat().st_size:
        return ["no text was found"]
    faults = [node.value[:80] for node in said if other_apostrophe(node.value)]
    marked = [node for node in said if re.search(r"\w\((s|x|es|e|nt)\)", node.value)]
    if not marked:
        return faults
    made_to_agree = {
        id(part)
        for call in nodes
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in resolved
        for part in ast.walk(call)
    }
    docstrings = {id(each.value) for each in nodes if isinstance(each, ast.Expr)}
    return faults + [
        part.value
        for part in marked
        if id(part) not in made_to_agree | docstrings
        and not re.search(r"\{(count|codes)\}", part.value)  # of a note of communes
    ]


def other_apostrophe(text: str) -> bool:
    """Tell whether a text has another apostrophe than the straight one, which is that of all that the tool says."""
    return "’" in text and re.search(r"[^\W\d_]’[^\W\d_]", text) is not None


def test_files_beside_the_code_have_one_apostrophe():
    """Names and texts of files stay as their authors have them."""
    kinds = ("*.typ", "*.js", "*.css", "*.html", "*.csv", "*.toml")
    files = [path for kind in kinds for path in sorted(GEO.rglob(kind))]
    assert len(files) > 40
    assert [path.name for path in files if other_apostrophe(path.read_text(encoding="utf-8"))] == []
