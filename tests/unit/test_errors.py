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


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "geo").rglob("*.py")), ids=lambda path: path.stem)
def test_no_sentence_leaves_its_plural_to_the_reader(path):
    """A plural marked as « (s) » is one of a text that `agreed`, `in_number` or a note of communes makes agree."""
    resolved = {"agreed", "in_number", "of", "CommuneNote", "_note", "repair_code", "sub", "compile"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    made_to_agree = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in resolved
        for part in ast.walk(call)
    }
    docstrings = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    left = [
        part.value
        for part in ast.walk(tree)
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.search(r"\w\((s|x|es|e|nt)\)", part.value)
        and id(part) not in made_to_agree | docstrings
        and not re.search(r"\{(count|codes)\}", part.value)  # of a note of communes
    ]
    assert not left


def test_the_tool_writes_one_apostrophe():
    """The straight one, in all that it says; names and texts of files stay as their authors have them."""
    root = Path(__file__).parents[2] / "geo"
    said = [
        (path.name, part.value)
        for path in sorted(root.rglob("*.py"))
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    kinds = ("*.typ", "*.js", "*.css", "*.html", "*.csv", "*.toml")
    said += [(path.name, path.read_text(encoding="utf-8")) for kind in kinds for path in sorted(root.rglob(kind))]
    assert len(said) > 1_000
    assert [(name, text[:80]) for name, text in said if re.search(r"[^\W\d_]’[^\W\d_]", text)] == []
