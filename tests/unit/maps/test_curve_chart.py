"""The curve of residents on paper: what it says to those who do not see it, and unknown populations."""

import numpy as np
import pandas as pd
import pytest

from geo.maps.static.curve_chart import curve_chart
from geo.maps.static.files import sheet_svg


@pytest.fixture
def curve():
    share = np.minimum(np.arange(61) / 50, 1)
    return pd.DataFrame(
        {"minutes": np.arange(61), "residents": 1000 * share, "share": pd.array(share, dtype="Float64")}
    )


def test_it_says_what_it_shows(curve):
    sheet = curve_chart("Gers <b>", curve, 20, 0.4, origin="Sources : $x$ #a.")
    assert "10 min : 20 %, 20 min : 40 %" in sheet.description.replace("\u00a0", " ")
    svg = sheet_svg(sheet, letters="none").replace("\u00a0", " ")
    assert "20 min : 40 %" in svg
    assert "Gers &lt;b&gt;" in svg
    assert "Sources : $x$ #a." in svg
    assert sheet_svg(sheet, letters="path") == sheet_svg(
        curve_chart("Gers <b>", curve, 20, 0.4, origin="Sources : $x$ #a."), letters="path"
    )


def test_nobody_known(curve):
    unknown = curve.assign(share=pd.array([pd.NA] * len(curve), dtype="Float64"))
    svg = sheet_svg(curve_chart("Gers", unknown, 20, None), letters="none")
    assert "population ou trajets inconnus" in svg
