"""What the map of all of France is given, and what is said where it cannot be shown."""

import base64
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.classes import TIME_CLASSES, classify
from geo.maps.france_files import write_france
from geo.ui.components.france_map import packed_flags, packed_minutes, packed_texts
from tests.unit.sources.france_wheel import wheel

_CODES = ("64001", "64002", "64003", "97401")


def _units(text):
    return np.frombuffer(base64.b64decode(text), "<u2")


def test_times_come_in_the_order_of_the_tiles_and_tell_out_of_reach_from_unknown():
    minutes = pd.Series({"97401": 12.5, "64001": np.nan, "99999": 3.0, "64002": 5000.0})

    assert _units(packed_minutes(minutes, _CODES)).tolist() == [65_535, 65_533, 65_534, 1250]
    assert _units(packed_minutes(minutes.astype("Float64"), _CODES)).tolist() == [65_535, 65_533, 65_534, 1250]


def test_every_time_is_in_the_class_and_on_the_side_of_the_threshold_that_it_is_in_elsewhere():
    near = [
        bound + step for bound in (5, 10, 15, 20, 30, 45, 60) for step in (-0.01, -1e-9, 0, 1e-9, 0.0001, 0.004, 0.01)
    ]
    minutes = pd.Series(near, index=[str(code) for code in range(len(near))])
    forgiven = minutes.where((minutes - minutes.round()).abs() > 1e-6, minutes.round())

    units = _units(packed_minutes(minutes, tuple(minutes.index))).astype(float)

    for threshold in (5, 10, 15, 20, 30, 45, 60):
        assert ((units > threshold * 100) == (forgiven > threshold).to_numpy()).all()
    steps = [bound * 100 + 1 for bound in (10, 15, 20, 30, 45)]  # as the style of the map has them
    assert np.searchsorted(steps, units, side="right").tolist() == classify(forgiven, TIME_CLASSES).tolist()


def test_flags_are_bits_in_the_order_of_the_tiles():
    flags = pd.Series([True, None, True], index=["97401", "64001", "64002"], dtype="boolean")

    assert base64.b64decode(packed_flags(flags, _CODES)) == bytes([0b1010])


def test_each_text_comes_once_and_every_commune_has_its_own():
    texts = pd.Series({"97401": "loin", "64001": "près", "99999": "ailleurs", "64002": "loin"})

    distinct, which = packed_texts(texts, _CODES)

    assert [distinct[i] if i < 65_535 else None for i in _units(which)] == ["près", "loin", None, "loin"]
    assert distinct == ["près", "loin"]


@pytest.fixture
def served(tmp_path, monkeypatch, packages_looked_at_once):  # noqa: ARG001
    """A folder that the server serves, with all that the map needs."""
    monkeypatch.setattr("geo.ui.components.leaflet_map.STATIC_DIR", tmp_path)
    (tmp_path / "maplibre").mkdir()
    (tmp_path / "maplibre" / "maplibre-gl.js").touch()
    write_france(wheel(tmp_path), tmp_path / "france")
    monkeypatch.setenv("MAILLAGE_MAPLIBRE_DIR", str(tmp_path / "maplibre"))
    monkeypatch.setenv("MAILLAGE_FRANCE_DIR", str(tmp_path / "france"))
    return tmp_path


def _page():
    import pandas as pd  # noqa: PLC0415
    import streamlit as st  # noqa: PLC0415

    from geo.settings import Settings  # noqa: PLC0415
    from geo.ui.components.france_map import france_map  # noqa: PLC0415

    minutes = pd.Series({"64001": 10.0, "64002": 25.0})
    trips = pd.Series({"64001": "environ 10 min", "64002": "environ 25 min"})
    threshold = st.slider("Seuil", 5, 60, 20)
    st.write(france_map(minutes, trips, threshold_min=threshold, settings=Settings.from_environment()))


def _given(app, name):
    found = [e.proto.json for e in app.get("bidi_component") if e.proto.component_name == f"maillage_{name}"]
    return json.loads(found[0]) if found else None


def test_the_map_asks_this_server_and_a_move_of_the_threshold_does_not_change_what_is_sent_once(served):
    del served
    app = AppTest.from_function(_page, default_timeout=60).run()
    first = _given(app, "france_map")

    assert not app.exception
    assert first["files"] == "/app/static/france"
    assert first["trips"] == ["environ 10 min", "environ 25 min"]
    assert first["maplibre"] == "/app/static/maplibre"
    assert _given(app, "map_values")["values"] == {"threshold": 20}

    app.slider[0].set_value(30).run()
    assert _given(app, "france_map") == first
    assert _given(app, "map_values")["values"] == {"threshold": 30}


@pytest.mark.parametrize("lacking", ["maplibre/maplibre-gl.js", "france/communes.json.gz"])
def test_an_installation_that_lacks_a_part_says_so_in_one_sentence(served, lacking):
    Path(served / lacking).unlink()

    app = AppTest.from_function(_page, default_timeout=60).run()

    assert not app.exception
    assert _given(app, "france_map") is None
    assert len(app.info) == 1
    assert "make setup" in app.info[0].value
    assert ("MapLibre" in app.info[0].value) == lacking.startswith("maplibre")
