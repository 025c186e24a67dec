"""Modules are short enough to be read at once, and each is worth a file; what may import what: import-linter, in ``make check``."""

from pathlib import Path

import geo

_ROOT = Path(geo.__file__).parent
#: Lines of a module at least and at most; those of packages, ``__init__`` and ``__main__``, may be shorter.
_LEAST, _MOST = 30, 400


def test_no_module_is_too_long_or_too_short():
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _ROOT.rglob("*.py")}
    assert len(lines) > 100
    wrong = {
        str(path.relative_to(_ROOT)): count
        for path, count in lines.items()
        if count > _MOST or (count < _LEAST and not path.stem.startswith("__"))
    }
    assert not wrong, f"not of {_LEAST} to {_MOST} lines"
