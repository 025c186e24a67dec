"""Positions in one column or two, in every form that lists give them."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import Point

from geo.errors import CrsError, SchemaError
from geo.sources.numbers import parse_coordinates, parse_degrees
from geo.sources.places import read_places
from geo.sources.positions import in_degrees, parse_positions

LON, LAT = -1.581, 43.312
TO_LAMBERT = Transformer.from_crs("EPSG:4326", "EPSG:2154", always_xy=True)
X, Y = TO_LAMBERT.transform(LON, LAT)


@pytest.mark.parametrize(
    "cell",
    [
        *("43.312,-1.581", "43.312, -1.581", "43.312 ; -1.581", "43.312/-1.581", "43.312|-1.581", "43.312 -1.581"),
        *(
            "43,312 ; -1,581",
            "43,312;-1,581",
            "43,312, -1,581",
            "43,312 -1,581",
            "43,312,-1,581",
            "43,312\u00a0;\u00a0-1,581",
        ),
        *(
            "(43.312, -1.581)",
            "[43.312,-1.581]",
            "{43.312;-1.581}",
            "(43,312 ; -1,581)",
            "<43.312 -1.581>",
            "43.312,\u22121.581",
        ),
        *("[-1.581,43.312]", "[-1.581 , 43.312]", '["-1.581", "43.312"]', "-1,581;43,312", "(-1.581 43.312)"),
        *(
            "POINT (-1.581 43.312)",
            "point(-1.581 43.312)",
            "POINT Z (-1.581 43.312 12)",
            "MULTIPOINT ((-1.581 43.312))",
        ),
        *("SRID=4326;POINT(-1.581 43.312)", f"SRID=2154;POINT({X} {Y})"),
        *('{"lon": -1.581, "lat": 43.312}', '{"lat":"43,312","lon":"-1,581"}', "{'lon': -1.581, 'lat': 43.312}"),
        *('{"longitude": -1.581, "latitude": 43.312}', '{"lng": -1.581, "lat": 43.312}', '{"x": -1.581, "y": 43.312}'),
        *('{"type": "Point", "coordinates": [-1.581, 43.312]}', '{"geometry": {"coordinates": [-1.581, 43.312, 5]}}'),
        shapely.to_wkb(Point(LON, LAT), hex=True),
        shapely.to_wkb(shapely.set_srid(Point(LON, LAT), 4326), hex=True, include_srid=True),
    ],
)
def test_every_form_of_a_position(cell):
    found = parse_positions(pd.Series([cell, None], name="position", dtype="string"))
    assert found.loc[0].tolist() == pytest.approx([LAT, LON], abs=1e-6)
    assert found.loc[1].isna().all()


@pytest.mark.parametrize(
    "cell",
    [
        *("", "Sare", "43.312", "43.312, ", "1, 2, 3", "POINT EMPTY", "POINT (a b)", "SRID=2154;", '{"lat": 43.312}'),
        *("{", '{"coordinates": []}', "[[[", "0101", "9" * 400 + ",1", "nan,nan", '{"lon": null, "lat": null}'),
        "SRID=999999;POINT(1 2)",
    ],
)
def test_what_is_no_position(cell):
    assert parse_positions(pd.Series([cell], dtype="string")).isna().any(axis=None)


def test_a_column_has_one_order_and_a_row_in_the_other_is_seen_to_be_wrong():
    found = parse_positions(pd.Series(["[-1.5,43.3]", "[2.35,48.85]", "[45.76,4.84]"], dtype="string"))
    assert found["lat"].tolist() == [43.3, 48.85, 4.84]
    # Nowhere in France: the name decides, else the latitude comes first.
    for name, lat in (("coordonneesXY", 2.0), ("lon_lat", 2.0), ("geo_point", 1.0)):
        assert parse_positions(pd.Series(["1,2"], name=name, dtype="string"))["lat"].tolist() == [lat]


def test_overseas_positions_have_their_order_too():
    cells = pd.Series(["[55.45,-20.88]", "[-61.5,16.2]", "[-52.3,4.9]", "[45.2,-12.8]"], dtype="string")
    assert parse_positions(cells)["lat"].tolist() == [-20.88, 16.2, 4.9, -12.8]


def test_numbers_with_any_minus_and_comma():
    assert parse_degrees(pd.Series(["43,3", "\u22121.5", " 2 ", "x", None], dtype="string")).tolist()[:3] == [
        43.3,
        -1.5,
        2,
    ]


def position(*pairs):
    return pd.DataFrame(pairs, columns=["lon", "lat"], dtype="float64")


def test_lambert_93_is_brought_to_degrees_and_told():
    notes = []
    found = in_degrees(
        position((X, Y), (Y, X), (LON, LAT), (float("nan"), LAT)), "colonnes « x » et « y »", "Liste", notes
    )
    assert found.loc[:2].to_numpy() == pytest.approx(position((LON, LAT), (LON, LAT), (LON, LAT)).to_numpy(), abs=1e-6)
    assert found.loc[3, "lat"] == LAT
    (note,) = notes
    assert note.startswith("2 positions en mètres (colonnes « x » et « y »)")
    assert "EPSG:2154" in note


def test_other_metres_are_refused():
    with pytest.raises(CrsError, match="ni en Lambert-93"):
        in_degrees(position((-176_000, 5_357_000)), "colonne « xy »", "Liste", [])


@pytest.mark.parametrize(
    "header",
    ["nom;x;y", "nom;X_L93;Y_L93", "NOM;Coord_X;Coord_Y", "nom;lambert93_x;lambert93_y", "nom;x_lambert;y_lambert"],
)
def test_columns_of_metres(tmp_path, header):
    (tmp_path / "p.csv").write_text(f"{header}\nSare;{X:.1f};{Y:.1f}\n".replace(".", ","), encoding="utf-8")
    frame = read_places(tmp_path / "p.csv").frame
    assert frame.geometry.iloc[0].distance(Point(LON, LAT)) < 1e-5


@pytest.mark.parametrize(
    ("x", "y"),
    [
        *[(f"328{space}000", f"6{space}255{space}000,5") for space in " \u00a0\u202f"],
        *[
            ("328.000,00", "6.255.000,50"),
            ("328.000", "6.255.000,5"),
            ("328 000,0", "6255000.5"),
            ("328000", "6 255 000.5"),
        ],
    ],
)
def test_metres_with_separators_between_thousands(tmp_path, x, y):
    (tmp_path / "p.csv").write_text(f"nom;x;y\nSare;{x};{y}\nUrt;330000;6256000\n", encoding="utf-8")
    frame = read_places(tmp_path / "p.csv").frame
    lon, lat = TO_LAMBERT.transform(328_000, 6_255_000.5, direction="INVERSE")
    assert (frame.geometry.x.iloc[0], frame.geometry.y.iloc[0]) == pytest.approx((lon, lat), abs=1e-7)


def test_degrees_of_three_decimals_are_no_thousands():
    cells = pd.DataFrame({"lon": ["-1.581", "2.350"], "lat": ["43.312", "48.857"]}, dtype="string")
    assert parse_coordinates(cells).to_numpy().tolist() == [[-1.581, 43.312], [2.35, 48.857]]
    spaced = pd.DataFrame({"lon": ["43 31", "1 2 3", None], "lat": ["x", "4 3120", " "]}, dtype="string")
    assert parse_coordinates(spaced).isna().all(axis=None)


@pytest.mark.parametrize(
    "header",
    [
        *(
            "nom;Longitude_WGS84;Latitude_WGS84",
            "nom;consolidated_longitude;consolidated_latitude",
            "nom;coord_lon;coord_lat",
        ),
        *("nom;@lon;@lat", "nom;LONG;LAT", "nom;lng;latitude"),
    ],
)
def test_columns_of_degrees(tmp_path, header):
    (tmp_path / "p.csv").write_text(f"{header}\nSare;{LON};{LAT}\n", encoding="utf-8")
    assert read_places(tmp_path / "p.csv").frame.geometry.iloc[0] == Point(LON, LAT)


@pytest.mark.parametrize(
    "column", ["coordonneesXY", "wkt", "WKT_GEOM", "geo_point_2d", "geom", "the_geom", "latlong", "position"]
)
def test_a_column_of_positions_by_its_usual_names(tmp_path, column):
    (tmp_path / "p.csv").write_text(f"nom;{column}\nSare;POINT ({LON} {LAT})\n", encoding="utf-8")
    assert read_places(tmp_path / "p.csv").frame.geometry.iloc[0] == Point(LON, LAT)


def test_of_two_columns_the_one_that_holds_positions(tmp_path):
    (tmp_path / "p.csv").write_text(f"nom;coordonnees;geom\nSare;au bourg;POINT ({LON} {LAT})\n", encoding="utf-8")
    assert read_places(tmp_path / "p.csv").frame.geometry.iloc[0] == Point(LON, LAT)


def test_a_position_in_one_column_stands_in_for_missing_degrees(tmp_path):
    text = f"nom;lat;lon;geo_point_2d\nA;43;-1;x\nB;;;{LAT},{LON}\nC;43.1;-1.1;44,-1\nD;;;\n"
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    read = read_places(tmp_path / "p.csv")
    assert read.frame.geometry.tolist() == [Point(-1, 43), Point(LON, LAT), Point(-1.1, 43.1)]
    assert read.rejected["row"].tolist() == [5]


def test_any_column_can_be_named(tmp_path):
    (tmp_path / "p.csv").write_text(f"titre;quelque part;tel\nSare;[{LON},{LAT}];05\n", encoding="utf-8")
    read = read_places(tmp_path / "p.csv", named={"name": "Titre", "position": "quelque_part"}).frame.iloc[0]
    assert (read["name"], read["phone"], read.geometry) == ("Sare", "05", Point(LON, LAT))
    gpd.GeoDataFrame({"titre": ["Sare"]}, geometry=[Point(LON, LAT)], crs="EPSG:4326").to_file(tmp_path / "p.gpkg")
    assert read_places(tmp_path / "p.gpkg", named={"name": "titre"}).frame["name"].tolist() == ["Sare"]


@pytest.mark.parametrize(
    ("cell", "lon", "lat"),
    [
        ("43°28'N 1°30'W", -1.5, 43 + 28 / 60),
        ("43°28'30\"N, 1°30'36\"W", -1.51, 43.475),
        ("43° 28' 30'' Nord ; 1° 30' 36'' Ouest", -1.51, 43.475),
        ("1°30'O 43°28'30\"N", -1.5, 43.475),
        ("N43°28.5' W1°30'", -1.5, 43.475),
        ("43,475 N 1,5 O", -1.5, 43.475),
        ("48°51′36″ N 2°21′36″ E", 2.36, 48.86),
        ("S21°06' E55°30'", 55.5, -21.1),
        ("43°30' -1°30'", -1.5, 43.5),
        ("geo:43.4,-1.5", -1.5, 43.4),
        ("geo:43.4,-1.5,120;u=35", -1.5, 43.4),
        ("GEO:43.4,-1.5?z=12", -1.5, 43.4),
        ("43.4,-1.5,120", -1.5, 43.4),
        ("43.4 -1.5 12.5 m", -1.5, 43.4),
        ("[-1.5, 43.4, 0]", -1.5, 43.4),
    ],
)
def test_angles_with_letters_addresses_and_heights(cell, lon, lat):
    found = parse_positions(pd.Series([cell], name="position", dtype="string"))
    assert found.loc[0, ["lon", "lat"]].tolist() == pytest.approx([lon, lat])


@pytest.mark.parametrize(
    "cell", ["43°28'N", "43°61'N 1°30'W", "43°N 1°N", "-43°N 1°W", "43°28'N 1°30'", "rue de l'Est", "43,4,12 Nord"]
)
def test_angles_that_are_no_position(cell):
    assert parse_positions(pd.Series([cell], name="position", dtype="string")).isna().all(axis=None)


@pytest.mark.parametrize(
    "text",
    [
        "nom;latitude;longitude\nSare;43°28'30''N;1°30'O\n",
        "nom;coordxet;coordyet\nSare;{};{}\n".format(*TO_LAMBERT.transform(-1.5, 43.475)),
        "nom;LAMBERT_X;LAMBERT_Y\nSare;{};{}\n".format(*TO_LAMBERT.transform(-1.5, 43.475)),
    ],
)
def test_columns_of_angles_and_those_of_finess_and_bpe(tmp_path, text):
    (tmp_path / "liste.csv").write_text(text, encoding="utf-8")
    point = read_places(tmp_path / "liste.csv").frame.geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx((-1.5, 43.475), abs=1e-6)


@pytest.mark.parametrize("code", ["ezxb2m8", "8CMW8F2X+22", "30TXP2078495"])
def test_codes_of_places_are_refused_with_what_is_read(tmp_path, code):
    file = tmp_path / "codes.csv"
    file.write_text(f"nom,position\nA,{code}\nB,{code}\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"lignes 2 à 3 : position absente ou illisible.*WKT.*ni geohash"):
        read_places(file)
