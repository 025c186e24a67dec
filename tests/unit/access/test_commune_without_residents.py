"""A commune of 0 residents, such as the six villages destroyed at Verdun: it has a way and a side, and weighs nothing."""

import pandas as pd
import pytest

from geo import coverage
from geo.access.catchment import catchment
from geo.access.coverage import summarize
from geo.access.known_part import known_part, residents_known
from geo.sources.population_cells import compare_with_legal_population


@pytest.fixture(scope="module")
def territory(small_world, tmp_path_factory):
    path = tmp_path_factory.mktemp("nobody") / "population.csv"
    path.write_text("COM;PMUN\n64001;1000\n64002;0\n64003;300\n64004;200\n64005;100\n", encoding="utf-8")
    return small_world.territory(population=path)


def test_it_is_a_commune_whose_way_is_known(territory):
    assert territory.communes.loc["64002", "population"] == 0
    part = known_part(territory)
    assert (part.residents, part.residents_known, part.communes_known) == (1600, 1500, 4)  # E has no road
    assert part.starts_known == 3, "where somebody lives, on the network"
    known = residents_known(territory)
    assert known.loc["64002"] == 0
    assert known.index[known.isna()].tolist() == ["64005"]


def test_where_the_number_of_residents_is_not_known_none_is_counted(small_world, tmp_path):
    path = tmp_path / "population.csv"
    path.write_text("COM;PMUN\n64001;1000\n64003;300\n64004;200\n64005;100\n", encoding="utf-8")
    unknown = small_world.territory(population=path)
    assert unknown.communes["population"].isna().sum() == 1
    assert residents_known(unknown).loc["64002"] == 0


def test_it_is_on_a_side_of_the_threshold_and_changes_no_share(territory):
    times = territory.travel_times("sites")
    found = coverage(territory, 5, times=times)
    assert found.loc["64002", "travel_time_min"] == pytest.approx(10, abs=0.01)
    assert found.loc["64002", "residents_within"] == 0
    assert found.loc["64002", "facility_id"] == "1"
    assert bool(found.loc["64002", "under_served"])
    assert not bool(coverage(territory, 15, times=times).loc["64002", "under_served"])
    assert summarize(found, times, 5).share_covered == pytest.approx(1200 / 1500)  # A and D


def test_it_has_a_capacity_around_it(territory):
    communes = catchment(territory).communes
    assert communes.loc["64002", "capacity_per_1000"] > 0


def test_no_ratio_is_made_of_its_legal_population(territory):
    cells = pd.DataFrame({"commune_code": ["64002", "64001"], "population": [3.0, 900.0]})
    table = compare_with_legal_population(cells, territory.communes)
    assert pd.isna(table.loc["64002", "ratio"])
    assert (table.loc["64002", "difference"], table.loc["64001", "ratio"]) == (3, 0.9)
