"""The app run without a browser."""

import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.ui.screens import diagnostic

_APP = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture
def open_app(packages_looked_at_once, monkeypatch, tmp_path):  # noqa: ARG001
    """Open the app with parameters of its address and a folder; each test has its own visitor and cache.

    No plan is begun while *Diagnostic* is looked at: nobody here asks for it next.
    """
    monkeypatch.setattr(diagnostic, "plan_ahead", lambda *_: None)
    monkeypatch.chdir(_APP.parent)
    monkeypatch.setenv("MAILLAGE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("MAILLAGE_ALLOW_FETCH", raising=False)
    monkeypatch.setenv("MAILLAGE_GEOCODER_URL", "http://127.0.0.1:9/")  # nobody answers there
    monkeypatch.setenv("MAILLAGE_ROUTE_SERVICE_URL", "http://127.0.0.1:9/")

    def run(folder: str | Path | None = None, **address: str) -> AppTest:
        monkeypatch.setattr(sys, "argv", ["app.py", *([str(folder)] if folder else [])])
        app = AppTest.from_file(str(_APP), default_timeout=600)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return run


@pytest.fixture
def open_part(open_app):
    """Open the app on a screen about a folder, or about the Pyrénées-Atlantiques."""

    def run(screen: str, folder: str | Path | None = None, **address: str) -> AppTest:
        return open_app(folder, ecran=screen, **({} if folder else {"territoire": "64"}) | address)

    return run


@pytest.fixture
def open_diagnostic(open_part):
    """Open the app on its screen Diagnostic, about a part of France."""

    def run(folder: str | Path | None = None, **address: str) -> AppTest:
        return open_part("diagnostic", folder, **address)

    return run
