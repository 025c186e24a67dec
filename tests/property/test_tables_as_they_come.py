"""Whatever a cell or a file holds, it is read or refused, and a position survives being written in any form."""

import math

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.errors import ParameterError
from geo.sources.encodings import decode
from geo.sources.osm_hours import ordinary_week
from geo.sources.positions import parse_positions

LETTERS = st.text("0123456789.,;:-+ []{}()\"'/|NSEOlatlon POINT", max_size=60)
MAINLAND = st.tuples(st.floats(42.5, 51.0), st.floats(-4.5, 8.0))


@given(st.lists(st.one_of(LETTERS, st.text(max_size=40)), min_size=1, max_size=5))
@example(["1,1" + " " * 50_000 + "x"])
@example(["[" * 20_000])
@example(["SRID=4326;POINT(1e400 2)"])
def test_any_cell_is_a_position_or_none(cells):
    found = parse_positions(pd.Series(cells, dtype="string"))
    assert found.columns.tolist() == ["lat", "lon"]
    assert not found.isin([math.inf, -math.inf]).any(axis=None)


@given(MAINLAND)
@pytest.mark.parametrize(
    "form", ["{0},{1}", "[{1}, {0}]", "POINT({1} {0})", '{{"lat": {0}, "lon": {1}}}', "({0} ; {1})", "comma"]
)
def test_a_position_is_read_back(form, position):
    lat, lon = (round(degrees, 6) for degrees in position)
    text = f"{lat:f} ; {lon:f}".replace(".", ",") if form == "comma" else form.format(f"{lat:f}", f"{lon:f}")
    found = parse_positions(pd.Series([text], name="ici", dtype="string")).loc[0]
    assert found.tolist() == pytest.approx([lat, lon], abs=1e-6)


@given(st.one_of(st.text(max_size=60), st.text('MoTuWeThFrSaSu 0123456789:-,;/"PHoff|[]+', max_size=60)))
def test_any_text_is_a_week_or_refused(text):
    try:
        days, _ = ordinary_week(text)
    except ParameterError:
        return
    assert len(days) == 7
    assert all(day is None or all(0 <= start < end <= 1440 for start, end in day) for day in days)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_refused(content):
    try:
        text, _ = decode(content)
    except ValueError:
        return
    assert "\x00" not in text


@given(st.text("abcé èàçôîûÉÈ'-\n", max_size=80), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_text_of_one_encoding_is_read_back(text, encoding):
    assert decode(text.encode(encoding)) == (text, [])
