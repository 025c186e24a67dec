"""The curve of residents on paper: what it says to those who do not see it, and unknown populations."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access.coverage import CoverageSummary
from geo.access.known_part import KnownPart
from geo.maps.static.curve_chart import curve_chart
from geo.maps.static.files import sheet_svg


@pytest.fixture
def curve():
    share = np.minimum(np.arange(61) / 50, 1)
    return pd.DataFrame(
        {"minutes": np.arange(61), "residents": 1000 * share, "share": pd.array(share, dtype="Float64")}
    )


def summary(known):
    """Totals of 1000 residents at 20 min, 400 of them near enough; of some, or all, the way is known."""
    return CoverageSummary(
        threshold_min=20.0,
        facilities="sites",
        rule="Règle.",
        part=KnownPart(1000 if known else 0, known, 10, 10),
        residents_within=0.4 * known,
        residents_unreachable=0,
        communes_under_served=1,
        residents_under_served=0,
        communes_unreachable=0,
        median_time_min=None,
    )


def test_it_says_what_it_shows(curve):
    sheet = curve_chart("Gers <b>", curve, summary(1000), origin="Sources : $x$ #a.")
    assert "10 min : 20 %, 20 min : 40 %" in sheet.description.replace("\u00a0", " ")
    assert "trajet est connu" not in sheet.description
    svg = sheet_svg(sheet, letters="none").replace("\u00a0", " ")
    assert "20 min : 40 %" in svg
    assert "Gers &lt;b&gt;" in svg
    assert "Sources : $x$ #a." in svg
    assert sheet_svg(sheet, letters="path") == sheet_svg(
        curve_chart("Gers <b>", curve, summary(1000), origin="Sources : $x$ #a."), letters="path"
    )


def test_it_says_the_threshold_it_marks(curve):
    sheet = curve_chart("Gers", curve, replace(summary(1000), threshold_min=12.5))
    assert "10 min : 20 %, 12,5 min : 40 %, 20 min : 40 %" in sheet.description.replace("\u00a0", " ")


def test_it_says_whom_its_shares_are_of(curve):
    sheet = curve_chart("Gers", curve, summary(600))
    assert sheet.description.count("sur les 600 habitants dont le trajet est connu") == 1


def test_nobody_known(curve):
    unknown = curve.assign(share=pd.array([pd.NA] * len(curve), dtype="Float64"))
    sheet = curve_chart("Gers", unknown, summary(0))
    assert "La population n'est pas connue" in sheet.description
    assert "—" not in sheet.description
    assert "La population n'est pas connue" in sheet_svg(sheet, letters="none")
