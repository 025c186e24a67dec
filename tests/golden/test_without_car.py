"""Without a car, on population cells: the residents of a commune are its legal population on every channel, as by car.

The cells of a census of households count fewer than live there; here they count twice as many, or a tenth.
"""

import datetime as dt
import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo import coverage
from geo.access.known_part import known_part
from geo.answers.two_publics import two_publics
from geo.cli import main
from geo.finder.day_without_car import day_without_car
from geo.french import format_integer, format_share
from geo.siting.plan import plan
from tests.golden.territories import AT_SEA
from tests.written_tables import rows_of_table

TUESDAY = dt.date(2025, 2, 4)
#: Of the residents of Urdos a quarter lives by the stop of the bus, by the cells; the others at the town hall of Sainte-Engrâce.
URDOS, ELSEWHERE, SHARE_AT_THE_STOP = "64542", "64475", 0.25
#: Of those of Anglet two fifths live where no way is known.
ANGLET, SHARE_UNKNOWN = "64024", 0.4


@pytest.fixture(scope="module")
def spread(valley):
    """The territory of one bus line, with cells in three communes."""
    at = valley.communes[["lon", "lat"]]
    rows = [
        ("64542", 4.0, *at.loc[URDOS]),
        ("64542", 12.0, *at.loc[ELSEWHERE]),
        (ANGLET, 60_000.0, *at.loc[ANGLET]),
        (ANGLET, 40_000.0, *AT_SEA),
        ("64445", 9_000.0, *at.loc["64445"]),
    ]
    table = pd.DataFrame(rows, columns=["commune_code", "population", "lon", "lat"])
    cells = table.assign(cell_id=[f"c{n}" for n in range(len(rows))])
    cells = cells.assign(share_65_plus=np.nan, share_poor=np.nan, living_standard_eur=np.nan)
    cells = cells.astype({"cell_id": "string", "commune_code": "string"})
    places = gpd.points_from_xy(cells.pop("lon"), cells.pop("lat"))
    return replace(valley, cells=gpd.GeoDataFrame(cells, geometry=places, crs="EPSG:4326"))


@pytest.fixture(scope="module")
def folder(spread, save_apart):
    return save_apart(spread)


@pytest.fixture(scope="module")
def measured(spread):
    return day_without_car(spread, TUESDAY)


@pytest.fixture(scope="module")
def true(spread, measured):
    """Who is counted and who has a round trip, from the legal populations and the shares written above."""
    legal = spread.communes["population"].astype(float)
    known = legal.sum() - SHARE_UNKNOWN * legal[ANGLET]
    found = measured.found.assign(served=measured.found["time_out_min"].notna())
    one = found.groupby("commune_code")["served"].agg("all") & ~legal.index.isin([URDOS, ANGLET])
    served = legal[one.reindex(legal.index)].sum()
    at_the_stop, anglet = found[found["commune_code"] == URDOS], found[found["commune_code"] == ANGLET]
    assert at_the_stop["served"].tolist() == [True, False]
    assert anglet["way_known"].tolist() == [True, False]
    served += SHARE_AT_THE_STOP * legal[URDOS] + (1 - SHARE_UNKNOWN) * legal[ANGLET] * anglet["served"].iloc[0]
    return known, served


def test_the_cells_do_not_count_as_many_as_live_there(spread):
    counted = spread.cells.groupby("commune_code")["population"].sum()
    assert (counted != spread.communes["population"].reindex(counted.index).astype(float)).all()


def test_those_of_a_way_by_car_are_those_of_a_way_without_one(spread, measured, true):
    part, by_car = known_part(spread), coverage(spread)
    assert measured.share.residents == pytest.approx(true[0])
    assert part.residents_known == pytest.approx(true[0]) == by_car["residents_known"].sum()
    assert measured.share.residents_served == pytest.approx(true[1])
    assert (measured.part.residents, measured.part.residents_known) == pytest.approx(
        (part.residents, part.residents_known)
    )
    for column in ("residents", "residents_known", "residents_served"):
        assert (measured.communes[column] <= spread.communes["population"].astype(float) + 1e-6).all()
    known = measured.communes["residents_known"]
    assert known.sum() == pytest.approx(true[0])
    assert np.allclose(known, by_car["residents_known"].astype(float))
    urdos = measured.communes.loc[URDOS]
    assert urdos["residents"] == spread.communes.loc[URDOS, "population"]
    assert urdos["share_round_trip"] == pytest.approx(SHARE_AT_THE_STOP)


def test_a_plan_for_both_publics_shares_over_the_same(spread, true):
    made = plan(spread, 1)
    table = two_publics(spread, made, TUESDAY).table
    assert np.allclose(table["residents_round_trip"] / table["share_round_trip"], true[0])
    assert np.allclose(table["residents_within"] / table["share_within"], true[0])
    assert table["residents_round_trip"].iloc[0] == pytest.approx(true[1])


def test_the_terminal_and_the_files_say_it(folder, spread, tmp_path, capsys, true):
    asked = ["diagnose", str(folder), "--mode", "transit", "--day", TUESDAY.isoformat()]
    with pytest.raises(SystemExit, match="0"):
        main([*asked, "--out", str(tmp_path / "out")])
    said = capsys.readouterr().out
    assert f"{format_share(true[1] / true[0])} des habitants" in said
    assert f"({format_integer(true[1])} sur {format_integer(true[0])})" in said
    walkers = (
        true[1] - SHARE_AT_THE_STOP * spread.communes.loc[URDOS, "population"]
    )  # from Urdos by bus, from elsewhere on foot
    assert " Parmi eux, la moitié sont hors de chez eux " in said
    assert f" et {format_share(walkers / true[1])} peuvent faire tout le trajet à pied." in said
    assert f"Parts et temps calculés sur les {format_integer(true[0])} habitants" in said
    with pytest.raises(SystemExit, match="0"):
        main([*asked, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["residents"], told["residents_served"]) == pytest.approx(true)
    assert told["share"] == pytest.approx(true[1] / true[0])
    assert told["residents_on_foot"] == pytest.approx(walkers)
    assert told["part"]["residents_known"] == pytest.approx(true[0])
    served = sum(row["residents_served"] or 0 for row in told["by_commune"])
    assert served == pytest.approx(true[1], rel=1e-9), "JSON is not rounded"
    rows = rows_of_table(tmp_path / "out" / "round_trips.csv")
    assert sum(float(row["residents_known"] or 0) for row in rows) == pytest.approx(true[0], abs=len(rows))
    with pytest.raises(SystemExit, match="0"):
        main(["diagnose", str(folder), "--json"])
    assert json.loads(capsys.readouterr().out)["residents_known"] == pytest.approx(true[0])
