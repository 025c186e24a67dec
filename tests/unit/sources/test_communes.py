"""Communes: what is read is compared with the same files read by the json and csv modules."""

import csv
import gzip
import json
import re
import zipfile

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box, mapping

from geo.errors import CrsError, MaillageError, SchemaError, SourceError
from geo.sources.communes import read_communes

PAU = box(-0.42, 43.28, -0.32, 43.34)
ORTHEZ = box(-0.82, 43.45, -0.72, 43.52)


def feature(geometry, **properties):
    return {"type": "Feature", "geometry": geometry and mapping(geometry), "properties": properties}


def write(path, *features, **members):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), encoding="utf-8")
    return path


def point_of(frame, code):
    return Point(frame.loc[code, "lon"], frame.loc[code, "lat"])


def joined(table):
    return " ".join([*table.notes, *(note.sentence for note in table.commune_notes)])


@pytest.fixture
def two_communes():
    return gpd.GeoDataFrame(
        {"INSEE_COM": ["64445", "64430"], "NOM": ["Pau", "Orthez"], "POPULATION": [75000, 10500], "Z_MOYEN": [180, 90]},
        geometry=[PAU, ORTHEZ],
        crs=4326,
    )


def test_whole_departement_matches_the_file_read_with_json_and_csv(shared_data):
    path, figures = shared_data / "communes" / "communes-64.geojson", shared_data / "communes" / "donnees_communes.csv"
    table = read_communes(path, population=figures)
    properties = [feature["properties"] for feature in json.loads(path.read_text(encoding="utf-8"))["features"]]
    with figures.open(encoding="utf-8-sig", newline="") as stream:
        population = {row["COM"]: int(row["PMUN"]) for row in csv.DictReader(stream, delimiter=";")}

    frame = table.frame
    assert dict(frame["name"]) == {p["code"]: p["nom"] for p in properties}
    assert frame["population"].dropna().to_dict() == {
        p["code"]: population[p["code"]] for p in properties if p["code"] in population
    }
    assert frame["population"].sum() == sum(figure for code, figure in population.items() if code.startswith("64"))
    assert set(frame["departement"]) == {"64"}
    assert list(frame.index[frame["population"].isna()]) == ["64541"]
    assert "64541" in joined(table)
    assert frame.is_valid.all()
    assert shapely.contains_xy(frame.geometry.array, frame["lon"], frame["lat"]).all()


def test_several_files_make_one_area(shared_data):
    folder = shared_data / "communes"
    table = read_communes([folder / "communes-64.geojson", folder / "communes-65.geojson"])
    assert table.frame["departement"].value_counts().to_dict() == {"64": 546, "65": 470}
    assert table.frame.index.is_monotonic_increasing
    assert table.provenance.rows_read == table.provenance.rows_kept == 1016


@pytest.mark.parametrize("name", ["c.geojson", "c.geojson.gz", "c.gpkg", "c.shp", "c.zip", "c.parquet"])
def test_every_format_gives_the_same_communes(tmp_path, two_communes, name):
    path, projected = tmp_path / name, two_communes.to_crs(2154)
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(two_communes.to_json().encode()))
    elif name == "c.geojson":
        two_communes.to_file(path)
    elif name == "c.parquet":
        projected.to_parquet(path)
    elif name == "c.zip":
        projected.to_file(tmp_path / "COMMUNE.shp")
        projected.to_file(tmp_path / "CANTON.shp")
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("C*.*"):
                archive.write(part, f"ADMIN EXPRESS/{part.name}")
    else:
        projected.to_file(path)
    frame = read_communes(path).frame
    assert list(frame.index) == ["64430", "64445"]
    assert frame.loc["64445", ["name", "population", "altitude_m"]].tolist() == ["Pau", 75000, 180.0]
    assert frame.crs.to_epsg() == 4326
    assert frame.loc["64445", "geometry"].symmetric_difference(PAU).area < 1e-6


@pytest.mark.parametrize(
    ("properties", "population"),
    [
        ({"insee": "64445", "nom": "Pau", "wikipedia": "fr:Pau"}, None),
        ({"code_insee": "64445", "nom_standard": "Pau", "population": 75000}, 75000),
        ({"@id": "relation/1", "ref:INSEE": "64445", "name": "Pau", "population": "75 000"}, 75000),
        ({"com_code": ["64445"], "com_name": ["Pau"], "year": "2024"}, None),
        ({"com_code": "['64445']", "com_name": "['Pau']"}, None),
        ({"INSEE_COM": "64445", "NOM_COMM": "Pau", "POPULATION": 75.1}, None),  # in thousands: not taken
        ({"CODGEO": "64445", "LIBGEO": "Pau", "P21_POP": "75000,0"}, 75000),
        ({"codeInsee": "64445", "Nom de la commune": "Pau", "Habitants": 0}, 0),
    ],
)
def test_columns_as_publishers_name_them(tmp_path, properties, population):
    read = read_communes(write(tmp_path / "communes.geojson", feature(PAU, **properties))).frame
    assert read["name"].to_dict() == {"64445": "Pau"}
    assert read["population"].fillna(-1).tolist() == [-1 if population is None else population]


def test_columns_can_be_named_and_a_refusal_says_how(tmp_path):
    path = write(tmp_path / "communes.geojson", feature(PAU, clef="64445", nom="Autre", titre="Pau", gens="75 000"))
    with pytest.raises(SchemaError, match=r"Colonnes trouvées : clef, nom, titre, gens\. .*--columns communes:code="):
        read_communes(path)
    read = read_communes(path, named={"code": "Clef", "name": "titre", "population": "gens"}).frame.loc["64445"]
    assert (read["name"], read["population"]) == ("Pau", 75000)
    with pytest.raises(SchemaError, match="« absente » absente"):
        read_communes(path, named={"code": "absente"})


def test_a_commune_without_residents_is_a_commune(tmp_path):
    features = [
        feature(PAU, code="64445", nom="Pau", population=75000),
        feature(ORTHEZ, code="64430", nom="Orthez", population=0),
    ]
    table = read_communes(write(tmp_path / "communes.geojson", *features))
    assert table.frame["population"].to_dict() == {"64430": 0, "64445": 75000}
    assert table.rejected.empty
    assert not any("sans population" in note.sentence for note in table.commune_notes)


def test_admin_express_4_picks_the_layer_of_communes(tmp_path, two_communes):
    path = tmp_path / "admin.gpkg"
    v4 = two_communes.rename(columns={"INSEE_COM": "code_insee", "NOM": "nom_officiel"})
    for layer in ("arrondissement", "commune_associee_ou_deleguee", "commune"):
        rows = v4 if layer == "commune" else v4.iloc[:1]
        rows.to_file(path, layer=layer)
    assert len(read_communes(path).frame) == 2


def test_town_hall_is_the_mairie_property_as_object_or_text(tmp_path):
    hall = {"type": "Point", "coordinates": [-0.41, 43.29]}
    for value in (hall, json.dumps(hall)):
        path = write(
            tmp_path / "c.geojson",
            feature(PAU, code="64445", nom="Pau", mairie=value, population=75000),
            feature(ORTHEZ, code="64430", nom="Orthez", mairie=None, population=10500),
        )
        frame = read_communes(path).frame
        assert frame["point_source"].to_dict() == {"64445": "mairie", "64430": "interior"}
        assert point_of(frame, "64445").equals(Point(-0.41, 43.29))


def test_town_halls_come_from_their_own_file_and_far_ones_are_refused(tmp_path, two_communes):
    communes = tmp_path / "c.gpkg"
    two_communes.to_file(communes)
    halls = gpd.GeoDataFrame(
        {"commune": ["64445", "64430", "64001"]},
        geometry=[Point(-0.37, 43.30), Point(-0.2, 43.5), Point(-0.5, 43.4)],
        crs=4326,
    ).to_crs(2154)
    halls.to_file(tmp_path / "mairies.gpkg")
    table = read_communes(communes, town_halls=tmp_path / "mairies.gpkg")
    assert point_of(table.frame, "64445").distance(Point(-0.37, 43.30)) < 1e-9
    assert table.frame.loc["64430", "point_source"] == "interior"
    assert ORTHEZ.contains(point_of(table.frame, "64430"))
    assert "plus de 2 km" in joined(table)
    assert "64001" in joined(table)


def test_a_commune_without_a_town_hall_is_at_the_position_that_is_known_where_it_fits(tmp_path, two_communes):
    """Pau's is known and in its contour, the one given counts more; Orthez's lies far from the contour drawn here."""
    communes, known = tmp_path / "c.gpkg", tmp_path / "communes.csv"
    two_communes.to_file(communes)
    rows = ["code,name,lon,lat,position", "64445,Pau,-0.36,43.295,post_office", "64430,Orthez,-0.2,43.5,mairie"]
    known.write_text("\n".join(rows), encoding="utf-8")
    table = read_communes(communes, known_positions=known)
    assert (table.frame.loc["64445", ["lon", "lat", "point_source"]] == [-0.36, 43.295, "post_office"]).all()
    assert table.frame.loc["64430", "point_source"] == "interior"
    assert ORTHEZ.contains(point_of(table.frame, "64430"))
    told = joined(table)
    assert "1 commune dont la mairie n'est pas donnée : position que l'outil connaît" in told
    assert "1 commune sans mairie connue" in told
    gpd.GeoDataFrame({"commune": ["64445"]}, geometry=[Point(-0.37, 43.30)], crs=4326).to_file(tmp_path / "halls.gpkg")
    given = read_communes(communes, town_halls=tmp_path / "halls.gpkg", known_positions=known)
    assert point_of(given.frame, "64445").distance(Point(-0.37, 43.30)) < 1e-9
    assert given.frame.loc["64445", "point_source"] == "mairie"


def test_interior_point_lies_in_the_largest_part(tmp_path):
    small = box(-0.9, 43.0, -0.88, 43.01)
    frame = read_communes(
        write(tmp_path / "c.geojson", feature(MultiPolygon([small, PAU]), code="64445", nom="Pau"))
    ).frame
    assert PAU.contains(point_of(frame, "64445"))


def test_interior_point_of_a_crescent_is_not_its_centroid(tmp_path):
    crescent = Point(-0.5, 43.3).buffer(0.1) - Point(-0.46, 43.3).buffer(0.09)
    frame = read_communes(write(tmp_path / "c.geojson", feature(crescent, code="64445", nom="Pau"))).frame
    assert not crescent.contains(crescent.centroid)
    assert crescent.contains(point_of(frame, "64445"))


def test_invalid_contour_is_repaired_and_noted(tmp_path):
    bow_tie = Polygon([(-0.5, 43.2), (-0.4, 43.3), (-0.4, 43.2), (-0.5, 43.3)])
    table = read_communes(write(tmp_path / "c.geojson", feature(bow_tie, code="64445", nom="Pau")))
    assert table.frame.is_valid.all()
    assert table.frame.geometry.iloc[0].area == pytest.approx(0.1 * 0.1 / 2)
    assert "64445" in table.commune_notes[0].sentence


def test_pieces_of_a_commune_are_joined_and_another_name_is_reported(tmp_path):
    west, east = box(-0.42, 43.28, -0.37, 43.34), box(-0.37, 43.28, -0.32, 43.34)
    path = write(
        tmp_path / "c.geojson",
        feature(west, code="64445", nom="Pau"),
        feature(east, code="64445", nom="PAU"),
        feature(ORTHEZ, code="64445", nom="Orthez"),
    )
    table = read_communes(path)
    assert table.frame.loc["64445", "geometry"].equals(PAU)
    assert table.rejected["row"].tolist() == [4]
    assert "autre nom" in table.rejected["reason"].iloc[0]


def test_faulty_rows_are_rejected_by_row_and_the_rest_is_kept(tmp_path):
    path = write(
        tmp_path / "c.geojson",
        feature(PAU, code="64445", nom="Pau"),
        feature(None, code="64001", nom="Sans contour"),
        feature(Point(-0.4, 43.3), code="64002", nom="Point"),
        feature(box(0, 0, 1, 1), code="64003", nom="Golfe de Guinée"),
        feature(ORTHEZ, code="ABC", nom="Code"),
        feature(ORTHEZ, code="20001", nom="Corse d'avant 1976"),
        feature(ORTHEZ, code="64004", nom=" "),
    )
    table = read_communes(path)
    assert list(table.frame.index) == ["64445"]
    assert table.rejected["row"].tolist() == [3, 4, 5, 6, 7, 8]
    assert table.rejected["identifier"].tolist() == ["64001", "64002", "64003", "ABC", "20001", "64004"]


def test_lost_leading_zero_is_repaired_and_noted(tmp_path):
    path = write(tmp_path / "c.geojson", feature(box(5.2, 46.1, 5.3, 46.2), code=1053, nom="Bourg-en-Bresse"))
    table = read_communes(path)
    assert list(table.frame.index) == ["01053"]
    assert "01053" in joined(table)


@pytest.mark.parametrize(
    ("code", "x", "y", "departement"),
    [
        ("2A004", 8.7, 41.9, "2A"),
        ("2b033", 9.4, 42.7, "2B"),
        ("97411", 55.4, -20.9, "974"),
        ("97608", 45.2, -12.8, "976"),
        ("97302", -52.3, 4.9, "973"),
        ("97105", -61.7, 16.0, "971"),
    ],
)
def test_corsica_and_overseas(tmp_path, code, x, y, departement):
    contour = box(x, y, x + 0.05, y + 0.05)
    frame = read_communes(write(tmp_path / "c.geojson", feature(contour, code=code, nom="Ville"))).frame
    assert frame["departement"].to_dict() == {code.upper(): departement}
    assert contour.contains(point_of(frame, code.upper()))


def test_city_is_kept_and_its_arrondissements_set_apart(tmp_path):
    first, second = box(2.3, 48.8, 2.35, 48.9), box(2.35, 48.8, 2.4, 48.9)
    districts = [feature(first, code="75101", nom="Paris 1er"), feature(second, code="75102", nom="Paris 2e")]
    assert list(read_communes(write(tmp_path / "a.geojson", *districts)).frame.index) == ["75101", "75102"]

    both = read_communes(write(tmp_path / "b.geojson", feature(first | second, code="75056", nom="Paris"), *districts))
    assert list(both.frame.index) == ["75056"]
    assert both.rejected["identifier"].tolist() == ["75101", "75102"]
    assert "75101, 75102" in joined(both)


def test_city_gets_the_population_of_its_arrondissements(tmp_path):
    figures = tmp_path / "p.csv"
    figures.write_text(
        "COM;PMUN\n" + "".join(f"{code};{code - 69380}\n" for code in range(69381, 69390)), encoding="utf-8"
    )
    table = read_communes(
        write(tmp_path / "c.geojson", feature(box(4.8, 45.7, 4.9, 45.8), code="69123", nom="Lyon")), population=figures
    )
    assert table.frame["population"].tolist() == [45]
    assert "sans contour" not in joined(table)


def test_codes_that_do_not_match_are_listed_both_ways(tmp_path, two_communes):
    two_communes.to_file(tmp_path / "c.gpkg")
    figures = tmp_path / "p.csv"
    figures.write_text("COM;PMUN\n64445;75000\n64483;14857\n33063;260000\n", encoding="utf-8")
    table = read_communes(tmp_path / "c.gpkg", population=figures)
    assert table.frame["population"].isna().to_dict() == {"64430": True, "64445": False}
    without_population, without_contour = (
        note.sentence for note in table.commune_notes if re.search(": (64430|64483)", note.sentence)
    )
    assert "64430" in without_population
    assert "14\u202f857 habitants" in without_contour
    assert "33063" not in joined(table)  # not a département of the study area


@pytest.mark.parametrize("population", [75.2, -1, 1e20])
def test_population_in_thousands_below_nought_or_past_all_is_not_taken_for_residents(tmp_path, population):
    path = write(tmp_path / "c.geojson", feature(PAU, code="64445", nom="Pau", population=population))
    table = read_communes(path)
    assert table.frame["population"].isna().all()
    assert "non retenue" in joined(table)


def test_layer_without_crs_is_refused(tmp_path, two_communes):
    two_communes.to_crs(2154).to_file(tmp_path / "c.shp")
    (tmp_path / "c.prj").unlink()
    with pytest.raises(CrsError, match=r"\.prj"):
        read_communes(tmp_path / "c.shp")


@pytest.mark.parametrize(
    "turn",
    [
        lambda frame: frame.to_crs(2154),
        lambda frame: frame.set_geometry(frame.geometry.map(lambda g: shapely.transform(g, lambda xy: xy[:, ::-1]))),
    ],
)
def test_geojson_in_metres_or_with_swapped_axes_is_refused(tmp_path, two_communes, turn):
    features = [feature(geometry, code="64445", nom="Pau") for geometry in turn(two_communes).geometry]
    with pytest.raises(CrsError, match="hors de la France"):
        read_communes(write(tmp_path / "c.geojson", *features))


def test_latin1_shapefile_keeps_its_accents(tmp_path, two_communes):
    two_communes.assign(NOM=["Aïnhoa", "Orthez"]).to_file(tmp_path / "c.shp", encoding="ISO-8859-1")
    (tmp_path / "c.cpg").unlink()
    assert read_communes(tmp_path / "c.shp").frame.loc["64445", "name"] == "Aïnhoa"


def test_missing_columns_are_all_named(tmp_path):
    with pytest.raises(SchemaError) as caught:
        read_communes(write(tmp_path / "c.geojson", feature(PAU, ville="Pau")))
    assert len(caught.value.faults) == 2
    assert "ville" in str(caught.value)


HOSTILE = {
    "empty.geojson": b"",
    "half.geojson": b'{"type": "FeatureCollection", "features": [{"type"',
    "other.geojson": b'{"answer": 42}',
    "list.json": b"[1, 2]",
    "none.geojson": b'{"type": "FeatureCollection", "features": []}',
    "latin.geojson": '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"code":"64001","nom":"Aïnhoa"}}]}'.encode(
        "latin-1"
    ),
    "nan.geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,NaN],[0,0]]]},"properties":{"code":"64001","nom":"A"}}]}',
    "vrt.geojson": b"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    "page.gpkg": b"<!doctype html><title>404</title>",
    "cut.gpkg": b"SQLite format 3\x00" + bytes(200),
    "binary.shp": bytes(range(256)),
    "cut.shp": b"\x00\x00\x27\x0a" + bytes(50),
    "binary.parquet": b"PAR1" + bytes(40),
    "binary.zip": b"PK\x03\x04" + bytes(30),
    "cut.geojson.gz": gzip.compress(b'{"type": "FeatureCollection"}' * 50)[:30],
    "sheet.xlsx": b"PK\x03\x04",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_gives_one_french_error(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])
    with pytest.raises(MaillageError, match="Communes"):
        read_communes(path)


def test_absent_file(tmp_path):
    with pytest.raises(SourceError, match="absent"):
        read_communes(tmp_path / "absent.gpkg")


def test_no_file_at_all():
    with pytest.raises(SchemaError, match="aucun fichier"):
        read_communes([])
