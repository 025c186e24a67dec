"""The examples in the docstrings are true, and every public name has one."""

import doctest
import functools
from importlib import import_module
from pathlib import Path

import pytest

import geo
import geo.network

_ROOT = Path(geo.__file__).parent
#: Values that public functions take, return or raise: shown in the examples of those.
_VALUES = {"CoverageRule", "MaillageError", "NearestFacility"}
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
def test_examples_are_true(name):
    found = doctest.testmod(import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("package", "name"), [(p, n) for p in (geo, geo.network) for n in p.__all__ if n not in _VALUES]
)
def test_every_public_name_has_an_example(package, name):
    public = getattr(package, name)
    texts = [public.__doc__ or ""]
    if isinstance(public, type):
        texts += [getattr(public, key).__doc__ or "" for key in vars(public)]
    assert any(">>> " in text for text in texts), f"{name} has no example"
