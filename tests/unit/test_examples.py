"""The examples in the docstrings are true, and every public name has one."""

import doctest
import functools
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import geo
import geo.network

_ROOT = Path(geo.__file__).parent
#: Values that public functions return or raise: shown in the examples of those.
_VALUES = {"MaillageError", "NearestFacility"}
_WITH_EXAMPLES = sorted(path for path in _ROOT.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))


def _module(path: Path) -> str:
    return ".".join(["geo", *path.relative_to(_ROOT).with_suffix("").parts])


@pytest.fixture(scope="module", autouse=True)
def loaded_once():
    """Load each territory of the examples once: most show what they tell on the same one, and none changes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geo.Territory, "load", functools.cache(geo.Territory.load))
        yield


@pytest.mark.parametrize("name", [_module(path) for path in _WITH_EXAMPLES])
def test_examples_are_true(name, small_world, tmp_path):
    """In an example, `folder` is an existing folder: one with the official files of five communes."""
    for file in (small_world.communes, small_world.sites):
        (tmp_path / file.name).symlink_to(file)
    found = doctest.testmod(import_module(name), extraglobs={"folder": tmp_path})
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("package", "name"), [(p, n) for p in (geo, geo.network) for n in p.__all__ if n not in _VALUES]
)
def test_every_public_name_has_an_example(package, name):
    public = getattr(package, name)
    members = [key for key in (vars(public) if isinstance(public, type) else ()) if not key.startswith("_")]
    parts = {key: getattr(public, key) for key in members}
    methods = {key: part.__doc__ for key, part in parts.items() if inspect.isfunction(part) or inspect.ismethod(part)}
    without = [key for key, text in methods.items() if ">>> " not in text]
    assert not without, f"{without} of {name} have no example"
    text = "".join([public.__doc__, *methods.values()])
    shown = {word for line in text.splitlines() if line.strip().startswith(">>> ") for word in re.findall(r"\w+", line)}
    assert shown, f"{name} has no example"
    properties = {key for key, part in parts.items() if isinstance(part, (property, functools.cached_property))}
    assert not properties - shown, f"no example of {name} shows {properties - shown}"


def test_the_example_of_the_readme_shows_its_whole_answer(capsys):
    text = (_ROOT.parent / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    exec(example, {})
    far, near = capsys.readouterr().out.split("\n0 ")
    assert "..." not in far + near  # pandas leaves out columns so
    assert "travel_time_min" in far
    assert "France services La Poste d'Espelette" in near
    assert max(map(len, text.splitlines())) <= 160, "read in a window of an editor"
