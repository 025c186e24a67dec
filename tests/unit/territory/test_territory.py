"""Building, saving and loading a territory, and the times it answers: a small world known by hand."""

import csv

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
from geopandas.testing import assert_geodataframe_equal

from geo import Territory
from geo.access.known_part import known_part
from geo.errors import MaillageError, ParameterError, SourceError
from geo.territory import store


@pytest.fixture(scope="module")
def territory(small_world):
    return Territory.build(
        departement="64",
        communes=small_world.communes,
        sites=small_world.sites,
        roads=small_world.roads,
        population=small_world.population,
        tax_offices=small_world.tax_offices,
    )


def minutes(times: pd.DataFrame) -> dict[str, float | None]:
    known = times["travel_time_min"].astype(object).where(times["travel_time_min"].notna(), None)
    return {
        code: None if value is None else round(value, 3)
        for code, value in zip(times["commune_code"], known, strict=True)
    }


def test_times_to_sites_are_those_of_the_drawing(territory):
    times = territory.travel_times("sites")
    assert minutes(times) == pytest.approx({"64001": 0, "64002": 10, "64003": 10, "64004": 0, "64005": None}, abs=0.01)
    assert times["distance_km"].to_numpy(float, na_value=-1) == pytest.approx([0, 10, 10, 0, -1], abs=0.01)
    assert times["facility_id"].to_list()[:4] == ["1", "1", "3", "3"]
    assert pd.isna(times["facility_id"].iloc[4])
    assert times["on_network"].to_list() == [True] * 4 + [False]


def test_kinds_can_be_switched(territory):
    without_antennes = territory.travel_times("sites", kinds={"main"})
    assert minutes(without_antennes) == pytest.approx(
        {"64001": 0, "64002": 10, "64003": 20, "64004": 30, "64005": None}, abs=0.01
    )
    with_buses = territory.travel_times("sites", kinds={"main", "antenne", "bus"})
    assert minutes(with_buses)["64002"] == pytest.approx(0, abs=0.01)


def test_tax_offices_leave_tobacconists_out(territory):
    assert len(territory.facilities["tax_offices"]) == 1
    assert minutes(territory.travel_times("tax_offices"))["64001"] == pytest.approx(20, abs=0.01)


def test_an_unknown_list_is_refused_in_french(territory):
    with pytest.raises(ParameterError, match="n'a pas de liste « mairies »"):
        territory.travel_times("mairies")


def test_a_saved_territory_answers_the_same(territory, tmp_path):
    territory.save(tmp_path / "saved")
    loaded = Territory.load(tmp_path / "saved")
    pd.testing.assert_frame_equal(loaded.travel_times("sites"), territory.travel_times("sites"))
    assert loaded.manifest == territory.manifest
    assert loaded.fingerprint == territory.fingerprint
    assert not list(tmp_path.glob(".saved*"))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2154", None])
def test_layers_are_read_as_geopandas_reads_them(territory, tmp_path, crs):
    communes = territory.communes
    for frame in (communes, territory.sites, communes.iloc[:0], communes.assign(geometry=None)):
        frame.set_crs(crs, allow_override=True).to_parquet(tmp_path / "layer.parquet")
        found, expected = (read(tmp_path / "layer.parquet") for read in (store._read_layer, gpd.read_parquet))
        assert_geodataframe_equal(found, expected)
        assert found.crs == expected.crs == crs


def test_manifest_names_sources_network_and_what_is_not_covered(territory):
    manifest = territory.manifest
    assert [source.file for source in manifest.sources] == [
        "communes.gpkg",
        "population.csv",
        "sites.csv",
        "tax.csv",
    ]
    assert all(len(source.sha256) == 64 for source in manifest.sources)
    assert manifest.network.source.startswith("IGN BD TOPO")
    assert manifest.network.profile == "courant"
    assert any("1 commune (100 habitants" in note for note in manifest.notes)


def test_saving_twice_replaces_and_never_replaces_a_stranger(territory, tmp_path):
    territory.save(tmp_path / "saved")
    territory.save(tmp_path / "saved")
    stranger = tmp_path / "letters"
    stranger.mkdir()
    (stranger / "letter.txt").write_text("keep me")
    with pytest.raises(SourceError, match="n'a pas été écrit par maillage"):
        territory.save(stranger)
    assert (stranger / "letter.txt").read_text() == "keep me"


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "manifest.json").write_text("{"),
        lambda folder: (folder / "manifest.json").write_text('{"format": 99}'),
        lambda folder: (folder / "communes.parquet").write_bytes(b"PAR1 not really"),
        lambda folder: (folder / "facilities-0.parquet").unlink(),
        lambda folder: (folder / "network" / "x.npy").write_bytes(b""),
        lambda folder: (folder / "network" / "network.json").unlink(),
    ],
)
def test_a_damaged_folder_is_one_french_sentence(territory, tmp_path, damage):
    territory.save(tmp_path / "saved")
    damage(tmp_path / "saved")
    with pytest.raises(SourceError, match="Reconstruisez"):
        Territory.load(tmp_path / "saved")


def test_a_folder_that_is_no_territory(tmp_path):
    with pytest.raises(SourceError, match="n'est pas un territoire"):
        Territory.load(tmp_path)


def test_the_wrong_departement_is_said(small_world):
    with pytest.raises(MaillageError, match="aucune commune du département 65"):
        Territory.build("65", communes=small_world.communes, sites=small_world.sites)
    with pytest.raises(MaillageError, match="Le département « 99 » n'existe pas"):
        Territory.build("99", communes=small_world.communes, sites=small_world.sites)


def test_without_roads_the_network_is_approximated_and_says_so(small_world):
    territory = Territory.build(
        "64", communes=small_world.communes, sites=small_world.sites, population=small_world.population
    )
    assert territory.manifest.network.approximate
    assert territory.manifest.network.error
    assert territory.manifest.network.notes
    # No road is guessed over the 20 km without a commune that lie before the fifth one.
    assert territory.travel_times("sites")["travel_time_min"].notna().to_list() == [True] * 4 + [False]


def test_roads_of_several_extracts_are_one_network(small_world, tmp_path):
    # The road through communes A to D in two extracts: A to B and C to D, with the street between them in both.
    lon, lat = pyproj.Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True).transform(
        [405_000, 415_000, 425_000, 435_000], [6_255_000] * 4
    )
    files = []
    for name, ways in (("ouest.osm", (1, 2)), ("est.osm", (2, 3))):
        numbers = sorted({number for way in ways for number in (way, way + 1)})
        nodes = "".join(f'<node id="{n}" version="1" lon="{lon[n - 1]:.7f}" lat="{lat[n - 1]:.7f}"/>' for n in numbers)
        streets = "".join(
            f'<way id="{way}" version="1"><nd ref="{way}"/><nd ref="{way + 1}"/><tag k="highway" v="secondary"/></way>'
            for way in ways
        )
        files.append(tmp_path / name)
        files[-1].write_text(f'<osm version="0.6">{nodes}{streets}</osm>', encoding="utf-8")
    territory = Territory.build("64", communes=small_world.communes, sites=small_world.sites, roads=files)
    assert territory.manifest.network.file == "ouest.osm, est.osm"
    # One street from A to D, the part that both hold counted once; at 55 km/h, C is 10.9 minutes from D.
    assert territory.network.edge_length_m.tolist() == pytest.approx([30_000, 30_000], rel=0.002)
    assert minutes(territory.travel_times("sites"))["64003"] == pytest.approx(10 / 55 * 60, rel=0.005)
    with pytest.raises(ParameterError, match=r"« roads\.geojson »"):
        Territory.build(
            "64", communes=small_world.communes, sites=small_world.sites, roads=[files[0], small_world.roads]
        )


def test_embedded_territory_is_whole_and_plausible():
    territory = Territory.load("64")
    assert territory.name == "Pyrénées-Atlantiques"
    assert len(territory.communes) == 545
    assert territory.manifest.network.approximate
    assert territory.communes["population"].sum() == 706_564  # INSEE, 2023
    times = territory.travel_times("sites").set_index("commune_code")["travel_time_min"]
    assert times.notna().all()
    assert times["64483"] < 10  # Saint-Jean-de-Luz has its own site
    assert times["64422"] > 15  # Oloron-Sainte-Marie has none in the list of August 2024
    assert {"31", "32", "40", "47", "64", "65"} >= set(territory.sites["departement"])
    assert (territory.sites["departement"] != "64").any()


def test_demand_without_cells_is_one_point_a_commune():
    territory = Territory.load("64")
    demand = territory.demand
    assert demand["commune_code"].is_unique
    expected = territory.communes["population"].to_numpy(float, na_value=np.nan)
    assert np.array_equal(demand["population"], expected, equal_nan=True)


def test_notes_are_said_once_and_tell_of_a_list_with_no_place_nearby(small_world, territory, tmp_path):
    assert len(set(territory.manifest.notes)) == len(territory.manifest.notes)
    far = tmp_path / "far.csv"
    text = small_world.sites.read_text(encoding="utf-8")
    with small_world.sites.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            text = text.replace(row["latitude"], "48.85").replace(row["longitude"], "2.35")
    far.write_text(text, encoding="utf-8")
    empty = Territory.build(departement="64", communes=small_world.communes, sites=far, roads=small_world.roads)
    assert empty.manifest.facilities == {"sites": 0}
    assert any("Aucun lieu de la liste « sites »" in note for note in empty.manifest.notes)
    assert not any("Aucun lieu" in note for note in territory.manifest.notes)


def test_cells_stand_in_for_an_unknown_legal_population(small_world, tmp_path):
    to_grid = pyproj.Transformer.from_crs("EPSG:2154", "EPSG:3035", always_xy=True)
    east, north = (int(value // 1000 * 1000) for value in to_grid.transform(415_000, 6_255_000))
    cells = tmp_path / "cells.csv"
    cells.write_text(f"idcar_1km,ind\nCRS3035RES1000mN{north}E{east},70.4\nCRS3035RES1000mN{north}E{east + 1000},10\n")
    built = Territory.build(
        departement="64", communes=small_world.communes, sites=small_world.sites, roads=small_world.roads, cells=cells
    )
    assert built.communes.loc["64002", "population"] == 80
    assert built.communes["population"].isna().sum() == 4
    assert built.manifest.population == 80


def test_those_off_the_roads_are_of_the_legal_population_whatever_the_cells_count(small_world, tmp_path):
    """64002 has 500 residents; of the 40 that cells count a quarter lives 4 km from the road, as all 100 of 64005 do."""
    to_grid = pyproj.Transformer.from_crs("EPSG:2154", "EPSG:3035", always_xy=True)
    rows = ["idcar_200m,ind"]
    for x, y, people in ((415_000, 6_255_000, 30), (415_000, 6_259_000, 10)):
        east, north = (int(value // 200 * 200) for value in to_grid.transform(x, y))
        rows.append(f"CRS3035RES200mN{north}E{east},{people}")
    cells = tmp_path / "cells.csv"
    cells.write_text("\n".join(rows) + "\n", encoding="utf-8")
    built = Territory.build(
        departement="64",
        communes=small_world.communes,
        population=small_world.population,
        sites=small_world.sites,
        roads=small_world.roads,
        cells=cells,
    )
    (note,) = (each for each in built.manifest.notes if "ne couvre pas tout le territoire" in each)
    assert "2 points de population, dans 2 communes (225 habitants)" in note
    part = known_part(built)
    assert part.residents_off_network == pytest.approx(225)


def test_a_departement_is_known_in_lower_case_and_without_its_zero(small_world):
    with pytest.raises(SourceError, match="aucune commune du département 2A"):
        Territory.build(departement=" 2a", communes=small_world.communes, sites=small_world.sites)
    with pytest.raises(SourceError, match="aucune commune du département 01"):
        Territory.build(departement="1", communes=small_world.communes, sites=small_world.sites)


def test_permanences_are_kept_for_the_sites_of_the_territory(small_world, tmp_path):
    table = tmp_path / "permanences.csv"
    table.write_text(
        "site,operateur,jour,horaires,mode\n1,Cnav,mardi,09:00 - 12:00,sur place\n99,Caf,lundi,09:00 - 12:00,visio\n",
        encoding="utf-8",
    )
    built = Territory.build(
        "64", communes=small_world.communes, sites=small_world.sites, roads=small_world.roads, permanences=table
    )
    assert built.permanences.to_numpy().tolist() == [["1", "Cnav", 1, 540, 720, "on_site"]]
    assert built.manifest.sources[-1].file == "permanences.csv"
    assert built.manifest.rejected[-1].identifier == "99"
    built.save(tmp_path / "saved")
    assert Territory.load(tmp_path / "saved").permanences.equals(built.permanences)


def test_without_permanences_there_are_none(territory, tmp_path):
    territory.save(tmp_path / "saved")
    assert territory.permanences is None
    assert Territory.load(tmp_path / "saved").permanences is None
