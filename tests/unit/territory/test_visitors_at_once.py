"""Two visitors who build territories of their own files at once each get their own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from geo.territory.given import build_territory
from geo.territory.given_files import GivenFile


def files(lon, lat, number):
    """A list of one site, in another place for each visitor, named after them."""
    rows = f"nom,latitude,longitude\nSite du visiteur {number},{lat},{lon + number / 100}\n"
    columns = {"name": "nom", "lat": "latitude", "lon": "longitude"}
    return {"sites": GivenFile(rows.encode(), f"visiteur-{number}.csv", columns)}


def test_each_visitor_gets_their_own(small_world):
    base = small_world.territory()
    lon, lat = base.communes[["lon", "lat"]].iloc[0]

    def build(number):
        return build_territory(base, files(lon, lat, number), None, lambda *_: None, lambda: False)

    alone = [build(number) for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(build, range(4)))
    prints = set()
    for number, (one, other) in enumerate(zip(alone, together, strict=True)):
        assert one.problems == other.problems == ()
        assert list(other.territory.sites["name"]) == [f"Site du visiteur {number}"]
        times = [
            built.territory.travel_times("sites")["travel_time_min"].to_numpy(float, na_value=-1)
            for built in (one, other)
        ]
        assert times[0] == pytest.approx(times[1])
        prints.add(other.territory.fingerprint)
    assert len(prints) == 4
    assert list(base.sites["name"]) == list(small_world.territory().sites["name"])
