"""Places of a project that are near each other, drawn apart."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.maps.static.lettering import POINT_MM
from geo.maps.static.markers import COMPARED, OPENED, STOP
from geo.maps.static.picture import Picture
from geo.maps.static.project_places import apart

METRES_PER_MM = 1000.0
CRS = "EPSG:2154"


def places(*points):
    return gpd.GeoDataFrame(geometry=[shapely.Point(1000 * x, 1000 * y) for x, y in points], crs=CRS)


def picture(**frames):
    return Picture(pd.Series(dtype="int64"), (), **frames)


def test_nothing_moves_where_there_is_room_or_nothing_to_draw():
    empty = picture()
    assert apart(empty, METRES_PER_MM) is empty
    far = apart(picture(opened=places((0, 0), (50, 0)), compared=places((0, 50))), METRES_PER_MM)
    assert far.opened.geometry.geom_equals(far.opened["place"]).all()
    assert far.compared.geometry.geom_equals(far.compared["place"]).all()


@pytest.mark.parametrize("aside", [(0, 0), (0.5, 0), (-0.3, 0.4)])
def test_the_less_important_place_is_drawn_aside(aside):
    found = apart(picture(compared=places(aside), stops=places((0, 0)), opened=places((0, 0))), METRES_PER_MM)
    assert found.opened.geometry.iloc[0].equals(shapely.Point(0, 0)), "the label stays"
    middles = [frame.geometry.iloc[0] for frame in (found.opened, found.stops, found.compared)]
    reach = [marker.size / 2 * POINT_MM * METRES_PER_MM for marker in (OPENED, STOP, COMPARED)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert middles[one].distance(middles[other]) >= 0.98 * (reach[one] + reach[other])
    assert found.compared["place"].iloc[0].equals(shapely.Point(1000 * aside[0], 1000 * aside[1]))
    assert found.compared.crs == CRS


def test_a_crowd_ends():
    rng = np.random.default_rng(0)
    crowd = places(*rng.normal(0, 1, (60, 2)))
    found = apart(picture(opened=crowd), METRES_PER_MM)
    assert np.isfinite(shapely.get_coordinates(found.opened.geometry)).all()
