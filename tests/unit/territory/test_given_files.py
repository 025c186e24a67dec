"""Files of which a visitor makes a territory: what is recognised in them, and what is refused."""

import json
import zipfile
from dataclasses import replace

import geopandas as gpd
import pytest

from geo.errors import MaillageError, ParameterError, SourceError
from geo.territory import given_files
from geo.territory.given_files import KINDS, look, missing_roles, offered_roles, shown_name

PLACES = "Intitulé du lieu;Y;X;Genre;code_insee\n<b>Mairie</b>;43,31;-1,50;Antenne;64001\nPoste;43.3;-1.4;;64002\n"


@pytest.fixture
def shapefile(small_world, tmp_path) -> bytes:
    gpd.read_file(small_world.communes).to_file(tmp_path / "communes.shp", engine="pyogrio")
    with zipfile.ZipFile(tmp_path / "communes.zip", "w") as archive:
        for part in sorted(tmp_path.glob("communes.*")):
            if part.suffix != ".zip":
                archive.write(part, f"dossier/{part.name}")
    return (tmp_path / "communes.zip").read_bytes()


def test_the_official_list_needs_no_match(small_world):
    found = look("sites", small_world.sites.read_bytes())
    assert found.form == "Liste officielle France services"
    assert found.rows == 3
    assert offered_roles("sites", found) == {}


def test_a_list_of_places_is_matched_by_the_names_of_its_columns():
    found = look("sites", PLACES.encode("cp1252"))
    assert found.recognised == {"lat": "Y", "lon": "X", "commune_code": "code_insee"}
    assert missing_roles("sites", found, found.recognised) == ["Nom"]
    assert missing_roles("sites", found, {"name": "Intitulé du lieu", "lat": "Y"}) == ["Longitude"]
    assert missing_roles("sites", found, {"name": "Intitulé du lieu", "position": "Y"}) == []
    assert found.head["Intitulé du lieu"].tolist() == ["<b>Mairie</b>", "Poste"]
    assert found.head["Genre"].tolist() == ["Antenne", ""]
    assert found.head.index.tolist() == [2, 3]


def test_a_layer_carries_its_positions():
    point = {"type": "Point", "coordinates": [-1.5, 43.3]}
    layer = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"nom": "A"}, "geometry": point}],
    }
    found = look("sites", json.dumps(layer).encode())
    assert not {"lat", "lon", "position"} & offered_roles("sites", found).keys()
    assert missing_roles("sites", found, {"name": "nom"}) == []


def test_one_layer_of_several_is_chosen(tmp_path):
    points = gpd.GeoDataFrame({"nom": ["A"]}, geometry=gpd.points_from_xy([-1.5], [43.3]), crs="EPSG:4326")
    points.to_file(tmp_path / "lieux.gpkg", layer="mairies")
    points.rename(columns={"nom": "titre"}).to_file(tmp_path / "lieux.gpkg", layer="postes")
    content = (tmp_path / "lieux.gpkg").read_bytes()
    assert (look("sites", content).layers, look("sites", content).layer) == (("mairies", "postes"), "mairies")
    assert look("sites", content, "postes").columns == ("titre",)
    assert look("sites", content, "../../etc/passwd").layer == "mairies"


def test_communes_in_a_zipped_shapefile(shapefile):
    found = look("communes", shapefile)
    assert found.recognised == {"code": "code", "name": "nom"}
    assert (found.rows, found.departement) == (5, "64")


def test_roads_are_recognised_by_their_columns(small_world, shared_data):
    found = look("roads", small_world.roads.read_bytes())
    assert found.form == "Format reconnu : IGN BD TOPO v3"
    assert found.rows == 8
    assert look("roads", (shared_data / "osm" / "caen.osm.pbf").read_bytes()).form.startswith("Extrait OpenStreetMap")


def test_population_takes_the_latest_year():
    found = look("population", b"CODGEO,P19_POP,P21_POP\n64001,10,12\n")
    assert found.recognised == {"code": "codgeo", "population": "p21_pop"}


def test_limits(monkeypatch, small_world, shapefile):
    def limited(key, **limits):
        monkeypatch.setattr(given_files, "KINDS", {**KINDS, key: replace(KINDS[key], **limits)})

    limited("sites", most_rows=1)
    with pytest.raises(ParameterError, match="Sites : 2 lignes trouvées, au plus 1"):
        look("sites", PLACES.encode())
    limited("communes", most_vertices=24)
    with pytest.raises(ParameterError, match="25 sommets trouvés, au plus 24"):
        look("communes", shapefile)
    limited("roads", most_rows=7)
    with pytest.raises(ParameterError, match="8 lignes"):
        look("roads", small_world.roads.read_bytes())
    with pytest.raises(ParameterError, match="au plus 10 Mo"):
        look("sites", b"x" * 10_000_001)


@pytest.mark.parametrize("key", KINDS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 3000,
        b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93.",
        b"SQLite format 3\x00" + b"\xff" * 500,
        b'{"type": "FeatureCollection", "features": []}',
        b"PK\x05\x06" + b"\x00" * 18,
        b"PK\x03\x04",
        b"<VRTDataset><SourceFilename>/etc/passwd</SourceFilename></VRTDataset>",
        b"\x00\x00\x27\x0a" + b"\x00" * 200,
        "a;b\n1;2\n".encode("utf-16"),
        b"nom;nom\nA;B\n",
    ],
    ids=range(11),
)
def test_a_hostile_file_is_a_sentence_or_a_table_without_match(key, content):
    try:
        found = look(key, content)
    except MaillageError as error:
        said = str(error)
        assert "/tmp" not in said
        assert "Traceback" not in said
    else:
        assert missing_roles(key, found, found.recognised)


def test_a_layer_that_does_not_say_its_system_is_refused(shapefile, tmp_path):
    (tmp_path / "communes.zip").write_bytes(shapefile)
    bare = tmp_path / "bare.zip"
    with zipfile.ZipFile(tmp_path / "communes.zip") as whole, zipfile.ZipFile(bare, "w") as archive:
        for name in whole.namelist():
            if not name.endswith(".prj"):
                archive.writestr(name, whole.read(name))
    with pytest.raises(MaillageError, match="système"):
        look("communes", bare.read_bytes())


def test_a_shapefile_alone_is_told_what_it_lacks():
    with pytest.raises(ParameterError, match=r"un \.shp seul ne suffit pas"):
        look("communes", b"\x00\x00\x27\x0a" + b"\x00" * 200)


def test_an_archive_that_climbs_is_refused_before_it_is_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("../../../etc/communes.geojson", "{}")
    with pytest.raises(MaillageError, match="sort de l'archive"):
        look("communes", (tmp_path / "x.zip").read_bytes())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\sites.csv", "sites.csv"),
        ("a\u202e\nb.csv", "a b.csv"),
        ("", "fichier sans nom"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_name_is_only_shown(name, shown):
    assert shown_name(name) == shown


def test_damage_is_told_with_the_name_of_the_field():
    with pytest.raises(SourceError, match="Routes : l'archive est abîmée"):
        look("roads", b"PK\x03\x04cut")


def test_columns_of_other_publishers_are_recognised():
    sites = look("sites", b'nom_station,coordonneesXY\nA,"[-1.581,43.312]"\n')
    assert sites.recognised == {"name": "nom_station", "position": "coordonneesXY"}
    assert missing_roles("sites", sites, sites.recognised) == []
    shape = {"type": "Polygon", "coordinates": [[[-1.6, 43.2], [-1.5, 43.2], [-1.5, 43.3], [-1.6, 43.2]]]}
    feature = {"type": "Feature", "properties": {"com_code": ["64504"], "com_name": ["Sare"]}, "geometry": shape}
    communes = look("communes", json.dumps({"type": "FeatureCollection", "features": [feature]}).encode())
    assert communes.recognised == {"code": "com_code", "name": "com_name"}
    assert communes.departement == "64"
