"""How the wheel and the source archive are built: setuptools, and what stands beside the package goes into it.

In the repository the data, the files served to browsers and the app are at the top level; in a wheel they are in
``geo/shipped`` (`geo.settings.BESIDE`). What ``make setup`` brings (libraries of the maps, contours) goes with them;
without it the build says what is lacking, and the wheel works as a repository that was not set up.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from setuptools import build_meta
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT: Final = Path(__file__).resolve().parents[1]
_SHIPPED: Final = ("app.py", ".streamlit", "data", "static/leaflet", "static/maplibre", "static/france")
#: What a source archive needs beside, to build the same wheel and run the checks.
_SOURCES: Final = (".ci", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Makefile", "requirements.txt")
_LEFT_OUT: Final = ("__pycache__", ".done")
#: For those who look for errors in a library, not for its visitors.
_FOR_DEBUGGING: Final = ("leaflet-src*", "*.map")


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    """Give the files under these names, relative to the repository."""
    for name in names:
        path = _ROOT / name
        if not path.exists():
            logging.getLogger(__name__).warning("%s is not there: run 'make setup' before building.", name)
            continue
        every = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (
            each.relative_to(_ROOT)
            for each in every
            if each.is_file() and not set(each.parts) & set(_LEFT_OUT) and not any(map(each.match, _FOR_DEBUGGING))
        )


def _ship(run: Any) -> Any:
    def shipping(command: build_py) -> None:
        run(command)
        if command.editable_mode:
            return
        target = Path(command.build_lib) / "geo" / "shipped"
        shutil.rmtree(target, ignore_errors=True)
        for file in _files(_SHIPPED):
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_ROOT / file, target / file)

    return shipping


def _archive(add_defaults: Any) -> Any:
    def adding(command: sdist) -> None:
        add_defaults(command)
        command.filelist.extend([str(file) for file in _files(_SHIPPED + _SOURCES)])

    return adding


build_py.run = _ship(build_py.run)
sdist.add_defaults = _archive(sdist.add_defaults)

build_editable = build_meta.build_editable
build_sdist = build_meta.build_sdist
build_wheel = build_meta.build_wheel
get_requires_for_build_editable = build_meta.get_requires_for_build_editable
get_requires_for_build_sdist = build_meta.get_requires_for_build_sdist
get_requires_for_build_wheel = build_meta.get_requires_for_build_wheel
prepare_metadata_for_build_editable = build_meta.prepare_metadata_for_build_editable
prepare_metadata_for_build_wheel = build_meta.prepare_metadata_for_build_wheel
