"""What is loaded before the server listens, and what Streamlit is then told."""

import gc
import logging
import sys

import pyarrow as pa
import pytest
import streamlit as st
from streamlit.web import bootstrap

from geo.errors import ParameterError
from geo.ui import cache, serve


@pytest.fixture(autouse=True)
def _collected_as_before():
    """Let the collector see all before, and after no more than elsewhere in the tests (`tests.conftest`)."""
    gc.unfreeze()
    yield
    gc.freeze()


@pytest.fixture
def served(monkeypatch):
    """Stand for Streamlit: note the arguments that it is given. No garbage is looked for, as much as the tests have made."""
    told = []
    monkeypatch.setattr(gc, "collect", lambda: None)
    monkeypatch.setattr(sys, "argv", ["before"])
    monkeypatch.setattr(serve, "streamlit", lambda: told.append(sys.argv))
    monkeypatch.setenv("MAILLAGE_PLANS_APART", "0")
    return told


def test_the_first_visitor_finds_territory_names_and_ground_loaded(served, embedded_folder, monkeypatch):
    st.cache_resource.clear()
    st.cache_data.clear()

    planned = []
    monkeypatch.setattr("geo.siting.plan.plan", lambda territory, labels: planned.append((territory.name, labels)))
    serve.main(["--server.port", "1", "--", str(embedded_folder)])

    assert gc.get_freeze_count() > 100_000, "the collector goes through what is loaded"
    assert served[0][:2] == ["streamlit", "run"]
    assert served[0][3:] == ["--server.port", "1", "--", str(embedded_folder)]
    monkeypatch.setattr("geo.ui.cache.Territory", None)  # nothing is loaded again
    monkeypatch.setattr("geo.ui.cache.Gazetteer", None)
    monkeypatch.setattr("geo.ui.cache.ground_base", None)
    territory = cache.load_territory(str(embedded_folder))
    identity = cache.fingerprint(territory)
    assert cache.gazetteer(territory, identity).search("sare")
    assert cache.packed_ground(territory, identity)
    assert planned == [(territory.name, 1)], "what plans need is compiled"


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(("setting", "expected"), [("1", ["start", "serve", "end"]), ("0", ["serve", "end"])])
def test_plans_are_made_apart_as_long_as_the_app_is_served(tmp_path, monkeypatch, setting, expected):
    done, absent = [], str(tmp_path / "absent")
    monkeypatch.setattr(serve, "start_plans_apart", lambda folder: done.append({absent: "start"}[folder]))
    monkeypatch.setattr(serve, "end_plans_apart", lambda: done.append("end"))
    monkeypatch.setattr(serve, "streamlit", lambda: done.append("serve"))
    monkeypatch.setenv("MAILLAGE_PLANS_APART", setting)
    serve.main(["--", absent])
    assert done == expected


def test_a_territory_that_cannot_be_loaded_is_left_to_the_page_and_a_broken_loop_is_done_without(
    served, tmp_path, monkeypatch, capsys
):
    (tmp_path / "uvloop.py").write_text("raise ImportError('libuv.so.1:\\nnot found')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "uvloop", raising=False)
    serve.main(["--", str(tmp_path / "absent")])
    assert len(served) == 1
    assert bootstrap._get_uvloop_loop_factory() is None, "Streamlit takes the loop of Python"
    said = capsys.readouterr().err
    assert said.startswith("uvloop est installé mais ne se charge pas (libuv.so.1: not found) : ")
    assert said.count("\n") == 1
    monkeypatch.delitem(sys.modules, "uvloop")
    with pytest.raises(ParameterError):
        cache.load_territory(str(tmp_path / "absent"))


def test_what_is_freed_is_given_back_where_the_library_can(monkeypatch):
    serve.spare_memory()
    assert pa.default_memory_pool().backend_name == "system"
    monkeypatch.setattr("ctypes.CDLL", lambda _name: object())  # a C library without these functions
    serve.spare_memory()
    serve._give_back()


def test_warnings_are_heard_again_after():
    logger = serve.get_logger("streamlit.runtime.caching.cache_data_api")
    before = logger.level
    with serve._without_warnings():
        assert logger.level == logging.ERROR
    assert logger.level == before
