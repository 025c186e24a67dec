"""What is no regular file, and what is small enough to be read but heavy: one sentence, in bounded time."""

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import MaillageError, SchemaError, SourceError
from geo.network.road_files import read_roads
from geo.network.road_network import RoadNetwork
from geo.sources.archives import require_regular
from geo.sources.communes import read_communes
from geo.sources.delimited import MAX_CELLS, read_delimited
from geo.sources.facility_table import MAX_PLACES
from geo.sources.france_services import read_france_services
from geo.sources.places import read_places
from geo.sources.population import read_population
from geo.sources.tax_offices import read_tax_offices
from geo.sources.zones import read_frr, read_qpv

READERS = (
    read_places, read_france_services, read_population, read_tax_offices, read_frr, read_qpv, read_communes, read_roads,
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["/dev/zero", "/dev/urandom", "pipe"])
def test_a_device_or_a_pipe_is_one_sentence(tmp_path, reader, kind):
    path = Path(kind)
    if kind == "pipe":
        path = tmp_path / "communes.geojson"
        os.mkfifo(path)
    with pytest.raises(SourceError, match=f"« {path.name} » n'est pas un fichier ordinaire"):
        reader(path)


@pytest.mark.parametrize("name", ["roads.osm.pbf", "roads.gpkg", "roads.geojson", "sites.csv", "sites.zip"])
def test_a_pipe_of_any_name_is_never_opened(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(SourceError, match="n'est pas un fichier ordinaire"):
        read_roads(tmp_path / name)
    with pytest.raises(SourceError, match="n'est pas un fichier ordinaire"):
        read_places(tmp_path / name)


@pytest.mark.parametrize("command", [["scenario", "--file"], ["report", "--out", "r", "--plan"], ["check-sites"]])
def test_a_device_given_to_a_command_is_one_line(run, command):
    status, out, err = run(*command, "/dev/zero")
    assert (status, out) == (2, "")
    assert "n'est pas un fichier ordinaire" in err.splitlines()[-1]


def test_what_is_regular_absent_or_a_folder_is_for_the_reader_to_say(tmp_path):
    (tmp_path / "a.csv").write_text("a")
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    for path in (tmp_path, tmp_path / "a.csv", tmp_path / "link.csv", tmp_path / "absent"):
        require_regular(path, "Liste")
    with pytest.raises(SourceError, match=r"« \. »"):
        read_delimited(Path(), "Liste")
    with pytest.raises(SourceError, match="« / » est un dossier"):
        read_communes(Path("/"))


def test_too_many_places_are_refused_before_they_are_checked(tmp_path):
    path = tmp_path / "places.csv"
    row = "Mairie;43.3;-1.5\n"
    path.write_text("nom;lat;lon\n" + row * (MAX_PLACES + 1), encoding="utf-8")
    with pytest.raises(SchemaError, match="100\u202f001 lignes de 3 colonnes trouvées, au plus 100\u202f000 lieux"):
        read_places(path)


def test_too_many_cells_are_refused_before_there_is_a_table(tmp_path):
    path = tmp_path / "wide.csv"
    columns = [f"c{n}" for n in range(990)]
    rows = MAX_CELLS // len(columns) + 1
    path.write_text("\n".join([",".join(columns), *["1" + "," * 989] * rows]), encoding="utf-8")
    with pytest.raises(SchemaError, match="lignes de 990 colonnes, au plus 5\u202f000\u202f000 cellules"):
        read_delimited(path, "Liste")


def test_a_layer_of_too_many_places_is_refused(tmp_path):
    path = tmp_path / "places.gpkg"
    count = MAX_PLACES + 1
    shapes = shapely.points(np.full((count, 2), 43.0))
    gpd.GeoDataFrame({"nom": ["a"] * count}, geometry=shapes, crs="EPSG:4326").to_file(path, layer="places")
    with pytest.raises(SchemaError, match="au plus 100\u202f000 lieux"):
        read_places(path)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"travel_time_s": [60 + 1j, 60]}, "autre chose que des nombres"),
        ({"travel_time_s": np.array([60 + 0j, 60])}, "autre chose que des nombres"),
        ({"length_m": np.array([500 + 0j, 500], dtype=object)}, "autre chose que des nombres"),
        ({"source": np.array([0j, 1])}, "autre chose que des nombres"),
        ({"x": [0, 1e9]}, r"1 nœud à plus de 100000 km de l'origine"),
        ({"y": [-1e300, 1e12]}, r"2 nœuds à plus de"),
        ({"x": [0, np.nan]}, "coordonnées de nœuds manquantes"),
    ],
)
def test_edges_of_no_place_or_time_are_refused(changed, said):
    usual = {"source": [0, 1], "target": [1, 0], "travel_time_s": [60, 60], "length_m": [500, 500], "x": [0, 500]}
    edges = usual | {"y": [0, 0], "crs": "EPSG:2154"} | changed
    with pytest.raises(MaillageError, match=said):
        RoadNetwork.from_edges(**edges)
