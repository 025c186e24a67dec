"""Any list of places: column matching, positions, layers."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from geo.errors import CrsError, ParameterError, SchemaError, SourceError
from geo.sources.places import read_places

PAU = (-0.3707, 43.2951)


def write(tmp_path, text, name="postes.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def layer(**columns):
    columns = columns or {"nom": ["Poste de Pau", "Poste de Lons"]}
    points = [Point(*PAU), Point(-0.41, 43.31)][: len(next(iter(columns.values())))]
    return gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")


@pytest.mark.parametrize(
    "text",
    [
        "nom,longitude,latitude\nPau,-0.3707,43.2951\n",
        "Libellé;Lat;Lon\nPau;43,2951;-0,3707\n",
        "NAME\tlng\tlat\nPau\t-0.3707\t43.2951\n",
        "nom,x,y\nPau,-0.3707,43.2951\n",
        "nom,x,y,lon,lat\nPau,430000,6252000,-0.3707,43.2951\n",
        'nom,geocodage\nPau,"43.2951,-0.3707"\n',
        "nom;coordonnées\nPau;[43.2951, -0.3707]\n",
    ],
)
def test_usual_columns(tmp_path, text):
    result = read_places(write(tmp_path, text))
    assert result.frame["name"].tolist() == ["Pau"]
    assert result.frame["kind"].tolist() == ["place"]
    assert result.frame.geometry.iloc[0].coords[0] == PAU
    assert result.frame["facility_id"].tolist() == ["43.29510_-0.37070"]
    assert (result.provenance.dataset, result.provenance.licence) == ("postes", None)


def test_columns_named_by_the_caller(tmp_path):
    path = write(tmp_path, "nom,libelle,lon_wgs,lat_wgs,lon,lat,code\na,Pau,-0.3707,43.2951,9,9,P1\n")
    result = read_places(path, name="Libelle", lon="lon_wgs", lat="lat_wgs", facility_id="code", dataset="Bureaux")
    assert result.frame[["facility_id", "name"]].to_numpy().tolist() == [["P1", "Pau"]]
    assert result.frame.geometry.iloc[0].coords[0] == PAU
    assert result.provenance.dataset == "Bureaux"


@pytest.mark.parametrize(
    ("header", "options", "message"),
    [
        ("nom,libelle,lon,lat", {}, "plusieurs colonnes possibles pour le nom : nom, libelle"),
        ("nom,lon,longitude,lat", {}, "plusieurs colonnes possibles pour la longitude : lon, longitude"),
        ("titre,lon,lat", {}, "colonne du nom absente"),
        ("nom,a,b", {}, "longitude absente ; colonne de la latitude absente"),
        ("nom,lon,b", {}, "colonne de la latitude absente"),
        ("nom,lon,lat", {"name": "titre"}, "« titre » absente"),
        ("nom,lon,lat", {"facility_id": "clef"}, "« clef » absente"),
    ],
)
def test_missing_and_ambiguous_columns(tmp_path, header, options, message):
    cells = ",".join(map(str, range(1, header.count(",") + 2)))
    with pytest.raises(SchemaError, match=message):
        read_places(write(tmp_path, f"{header}\n{cells}\n"), **options)


def test_options_that_contradict(tmp_path):
    path = write(tmp_path, "nom,lon,lat\na,1,1\n")
    with pytest.raises(ParameterError):
        read_places(path, lon="lon")
    with pytest.raises(ParameterError):
        read_places(path, layer="x")
    layer().to_file(tmp_path / "p.geojson")
    with pytest.raises(ParameterError):
        read_places(tmp_path / "p.geojson", lon="a", lat="b")


def test_metres_in_a_csv_are_refused(tmp_path):
    with pytest.raises(CrsError, match="degrés"):
        read_places(write(tmp_path, "nom,x,y\na,-41000,5355000\nb,-42000,5355000\n"))


def test_rows_kept_out_and_optional_columns(tmp_path):
    text = (
        "id,nom,lon,lat,adresse,Code postal,commune,téléphone,mail,site_web,horaires\n"
        "1,Pau,-0.3707,43.2951,1 rue A,64000,Pau,05,a@b.fr,https://a.fr,Mo 09:00-12:00\n"
        "1,Lons,-0.41,43.31,,,,,,,\n"
        "2,Nulle part,,,,,,,,,\n"
        "3,Londres,-0.1,51.5,,,,,,,\n"
        ",Bourg,5.2,46.2,,1000,,,,,lundi matin\n"
    )
    result = read_places(write(tmp_path, text))
    assert result.frame["name"].tolist() == ["Pau", "Bourg"]
    assert result.rejected["row"].tolist() == [3, 4, 5]
    first = result.frame.iloc[0]
    columns = ["address", "postcode", "commune_name", "phone", "email", "website", "opening_hours"]
    assert first[columns].tolist() == ["1 rue A", "64000", "Pau", "05", "a@b.fr", "https://a.fr", "Mo 09:00-12:00"]
    assert result.frame["postcode"][1] == "01000"
    assert result.frame["facility_id"][1] == "46.20000_5.20000"
    assert pd.isna(result.frame["opening_hours"][1])
    assert sum("ligne 6" in note for note in result.notes) == 2


def test_identifier_of_a_position_survives_a_new_order(tmp_path):
    rows = ["a,-0.3707,43.2951", "b,-0.41,43.31", "c,-0.41,43.31"]
    first = read_places(write(tmp_path, "nom,lon,lat\n" + "\n".join(rows))).frame
    second = read_places(write(tmp_path, "nom,lon,lat\n" + "\n".join(rows[1:] + rows[:1]))).frame
    assert dict(zip(first["name"], first["facility_id"], strict=True)) == dict(
        zip(second["name"], second["facility_id"], strict=True)
    )
    assert first["facility_id"].is_unique


@pytest.mark.parametrize("name", ["p.geojson", "p.gpkg", "p.shp"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2154"])
def test_layers_are_brought_to_wgs84(tmp_path, name, crs):
    layer().to_crs(crs).to_file(tmp_path / name)
    frame = read_places(tmp_path / name).frame
    assert frame["name"].tolist() == ["Poste de Pau", "Poste de Lons"]
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.iloc[0].distance(Point(*PAU)) < 1e-6


def test_zipped_shapefile(tmp_path):
    layer(nom=["Poste de Pau"], id=["P1"]).to_file(tmp_path / "p.shz", driver="ESRI Shapefile")
    (tmp_path / "p.shz").rename(tmp_path / "p.zip")
    frame = read_places(tmp_path / "p.zip").frame
    assert frame[["facility_id", "name"]].to_numpy().tolist() == [["P1", "Poste de Pau"]]


def test_contours_give_a_point_inside_and_missing_shapes_are_reported(tmp_path):
    shapes = [box(-0.4, 43.2, -0.3, 43.4), Point(*PAU), None]
    gpd.GeoDataFrame({"nom": ["A", "B", "C"]}, geometry=shapes, crs="EPSG:4326").to_file(tmp_path / "p.geojson")
    result = read_places(tmp_path / "p.geojson")
    assert result.frame["name"].tolist() == ["A", "B"]
    assert shapes[0].contains(result.frame.geometry.iloc[0])
    assert result.rejected["row"].tolist() == [4]
    assert any("ligne 2" in note for note in result.notes)


def test_several_layers_must_be_named(tmp_path):
    for name in ("a", "b"):
        layer(nom=[name]).to_file(tmp_path / "p.gpkg", layer=name)
    with pytest.raises(SchemaError, match="parmi a, b"):
        read_places(tmp_path / "p.gpkg")
    with pytest.raises(SchemaError, match="absente"):
        read_places(tmp_path / "p.gpkg", layer="c")
    assert read_places(tmp_path / "p.gpkg", layer="b").frame["name"].tolist() == ["b"]


def test_layer_without_crs(tmp_path):
    layer().to_file(tmp_path / "p.shp")
    (tmp_path / "p.prj").unlink()
    with pytest.raises(CrsError):
        read_places(tmp_path / "p.shp")


@pytest.mark.parametrize("name", ["p.geojson", "p.gpkg", "p.zip", "p.shp", "p.parquet", "p.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"\x00\x01garbage", b'{"type": "FeatureCollection", "features": []}'])
def test_damaged_layers(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises((SourceError, SchemaError)):
        read_places(tmp_path / name)


def test_only_the_columns_given_are_read(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("nom;titre;y;x;adresse;telephone\nA;B;43.3;-1.5;ici;1\n", encoding="utf-8")
    read = read_places(path, columns={"name": "titre", "lat": "y", "lon": "x", "address": "telephone"}).frame.iloc[0]
    assert (read["name"], read["address"]) == ("B", "1")
    assert pd.isna(read["phone"])
    with pytest.raises(SchemaError, match="colonne « rien » absente"):
        read_places(path, columns={"name": "rien", "lat": "y", "lon": "x"})
    with pytest.raises(SchemaError, match="latitude absente"):
        read_places(path, columns={"name": "nom", "lon": "x"})


def test_places_taken_as_sites(tmp_path):
    path = tmp_path / "p.csv"
    rows = ["Mairie;43.3;-1.5;Principal;64504", "La Poste;43.3;-1.4;ANTENNE;64483", "Tour;43.3;-1.3;Bus_équivalent;"]
    path.write_text("\n".join(["nom;lat;lon;type;code_insee", *rows]), encoding="utf-8")
    read = read_places(path, as_sites=True)
    assert read.frame["kind"].tolist() == ["main", "antenne", "bus"]
    assert read.frame["bearer"].tolist()[:2] == ["Commune", "La Poste"]
    assert read.frame["departement"].tolist()[:2] == ["64", "64"]
    assert "Sites : 1 principal, 1 antenne, 1 bus." in read.notes
    assert read_places(path).frame["kind"].unique().tolist() == ["place"]


def test_hours_are_those_of_openstreetmap_and_others_are_quoted(tmp_path):
    rows = ["A;Mo-Fr 09:00-12:00", 'B;"Mo 09:00-12:00; Aug off"', "C;lundi matin", "D;", "E;24/7"]
    text = "nom;horaires;lat;lon\n" + "".join(f"{row};43.{n};-0.5\n" for n, row in enumerate(rows, 1))
    result = read_places(write(tmp_path, text))
    hours = result.frame["opening_hours"]
    assert hours[0].startswith("Mo 09:00-12:00; Tu 09:00-12:00;")
    assert hours[1] == "Mo 09:00-12:00"
    assert hours[2:4].isna().all()
    assert hours[4].count("00:00-24:00") == 7
    unread, changing = (note for note in result.notes if "horaires" in note)
    assert "ligne 4 : « lundi matin »" in unread
    assert "changent dans l'année" in changing
    assert "ligne 3 : « Mo 09:00-12:00; Aug off »" in changing


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "#Identifiant_du_site;Libellé_du_site;Latitude;Longitude;latlong;Code_INSEE",
            "1A;Pau;43.2951;-0.3707;x;64445",
            "1A",
        ),
        ("id_station_itinerance;nom_station;coordonneesXY;nom_operateur", 'S1;Pau;"[-0.3707,43.2951]";Op', "S1"),
        ("numero_uai;appellation_officielle;latitude;longitude", "064X;Pau;43.2951;-0.3707", "064X"),
        ("MATRICULE;lib_france_services;LATITUDE;LONGITUDE", "M1;Pau;43.2951;-0.3707", "M1"),
        ("code;nom;lat;lon", "P1;Pau;43.2951;-0.3707", "P1"),
        ("name;nom;id;@id;@lat;@lon", "Pau;Pau;node/1;node/1;43.2951;-0.3707", "node/1"),
        ("name;nom;id;@id;@lat;@lon", ";Pau;;node/1;43.2951;-0.3707", "node/1"),
        ("nom;code_postal;com_name;lat;lon", 'Pau;64000;"[""Pau""]";43.2951;-0.3707', "43.29510_-0.37070"),
    ],
)
def test_columns_as_publishers_name_them(tmp_path, header, row, expected):
    frame = read_places(write(tmp_path, f"{header}\n{row}\n")).frame
    assert frame[["facility_id", "name"]].to_numpy().tolist() == [[expected, "Pau"]]
    assert frame.geometry.iloc[0].coords[0] == PAU


def test_values_in_lists_are_the_values(tmp_path):
    text = 'nom;com_code;com_name;lat;lon\nA;["64445"];["Pau"];43.1;-0.3\n'
    read = read_places(write(tmp_path, text)).frame.iloc[0]
    assert (read["commune_code"], read["commune_name"]) == ("64445", "Pau")


def test_a_code_that_is_repeated_is_no_identifier(tmp_path):
    frame = read_places(write(tmp_path, "code;nom;lat;lon\n64445;a;43.1;-0.3\n64445;b;43.2;-0.3\n")).frame
    assert frame["facility_id"].tolist() == ["43.10000_-0.30000", "43.20000_-0.30000"]


def test_layers_of_overpass_turbo(tmp_path):
    layer(id=["node/1", "node/2"], **{"@id": ["node/1", "node/2"]}, name=["a", "b"]).to_file(tmp_path / "p.geojson")
    frame = read_places(tmp_path / "p.geojson").frame
    assert frame[["facility_id", "name"]].to_numpy().tolist() == [["node/1", "a"], ["node/2", "b"]]


def test_a_refusal_lists_the_columns_and_the_option_that_names_them(tmp_path):
    with pytest.raises(
        SchemaError, match=r"Colonnes trouvées : titre, ici\. .*--columns name=COLONNE,position=COLONNE"
    ):
        read_places(write(tmp_path, "titre;ici\na;b\n"))
    with pytest.raises(SchemaError, match="--columns name=nom"):
        read_places(write(tmp_path, "nom;libelle;lat;lon\na;b;43.1;-0.3\n"))


def test_a_comment_in_quotes_of_opening_hours_reaches_the_user(tmp_path):
    rows = (
        'Pau;43.3;-0.4;"Mo 09:00-12:00 ""sur rendez-vous""; Tu 09:00-12:00";',
        'Lons;43.3;-0.3;"Mo 09:00-12:00 open ""sonner""";accès par la cour',
        "Gan;43.2;-0.4;Mo 09:00-12:00;rien",
    )
    result = read_places(write(tmp_path, "nom;latitude;longitude;opening_hours;commentaire\n" + "\n".join(rows) + "\n"))
    assert result.frame["comment"].tolist() == [
        "Horaires : sur rendez-vous",
        "accès par la cour ; Horaires : sonner",
        "rien",
    ]
    assert len(result.notes) == 1
    assert result.notes[0].startswith("2 lieux dont les horaires ont une remarque entre guillemets")
    assert "ligne 2 : « sur rendez-vous » ; ligne 3 : « sonner »" in result.notes[0]
