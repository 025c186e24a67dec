"""Positions that are degrees, and those that are not."""

import pytest

from geo.errors import ParameterError
from geo.finder.start import require_position


@pytest.mark.parametrize(("lon", "lat"), [(180, 90), (-180, -90), (0, 0), (55.5, -21.1)])
def test_degrees(lon, lat):
    require_position(lon, lat)


@pytest.mark.parametrize(
    ("lon", "lat"), [(180.1, 0), (-180.1, 0), (0, 90.1), (0, -90.1), (float("nan"), 0), (0, float("inf"))]
)
def test_what_is_no_degrees_is_refused(lon, lat):
    with pytest.raises(ParameterError, match=r"Position refusée : longitude .* Des degrés sont attendus"):
        require_position(lon, lat)
