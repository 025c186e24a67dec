"""Layers of road lines: each profile on a small layer whose answer is known by hand."""

import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import CrsError, MaillageError, NetworkError, ParameterError, SchemaError, SourceError
from geo.network.layer_files import read_road_layer
from geo.network.noding import node_lines
from geo.network.road_layers import interpret, layer_profile, layer_profiles, recognise_profile
from geo.network.road_lines import read_road_lines
from geo.network.speeds import profile_names, speed_profile

#: A point in the Pays basque, metres in EPSG:2154.
X0, Y0 = 330_000.0, 6_260_000.0
A, B, C, D = (0, 0), (1000, 0), (2000, 0), (1000, 700)


def layer(*rows, crs="EPSG:2154", **constant):
    """A layer from (coordinates, {column: value}) pairs; coordinates from X0, Y0."""
    origin = np.array([X0, Y0])
    shapes = [None if line is None else shapely.LineString(np.array(line) + origin) for line, _ in rows]
    return gpd.GeoDataFrame([constant | values for _, values in rows], geometry=shapes, crs=crs)


def bdtopo_v3(*rows, **constant):
    usual = {
        "nature": "Route à 1 chaussée",
        "importance": "4",
        "sens_de_circulation": "Double sens",
        "vitesse_moyenne_vl": 50,
        "acces_vehicule_leger": "Libre",
        "etat_de_l_objet": "En service",
        "urbain": True,
    }
    return layer(*rows, **(usual | constant))


def bdtopo_v2(*rows, **constant):
    usual = {"NATURE": "Route à 1 chaussée", "IMPORTANCE": "4", "SENS": "Double", "FRANCHISST": "NC", "ETAT": "NC"}
    return layer(*rows, **(usual | constant))


def route500(*rows, **constant):
    usual = {
        "VOCATION": "Liaison locale",
        "NB_CHAUSSE": "1 chaussée",
        "ETAT": "Revêtu",
        "ACCES": "Libre",
        "SENS": "Double sens",
        "CLASS_ADM": "Départementale",
    }
    return layer(*rows, **(usual | constant))


def geofabrik(*rows, **constant):
    return layer(*rows, **({"fclass": "tertiary", "oneway": "B", "maxspeed": 0, "bridge": "F"} | constant))


def sample_2014(*rows, **constant):
    return layer(*rows, **({"nature": "Minor", "lanes_nb": "2"} | constant))


def edges(network):
    """Every directed edge as its two positions from X0, Y0, in metres."""
    x, y = np.round(network.x - X0).astype(int), np.round(network.y - Y0).astype(int)
    return {
        ((int(x[s]), int(y[s])), (int(x[t]), int(y[t])))
        for s, t in zip(network.edge_source, network.edge_target, strict=True)
    }


def notes(network):
    return " ".join(network.source.notes)


# --- direction of travel -------------------------------------------------------------------------

ONE_WAYS = [
    (bdtopo_v3, "sens_de_circulation", "Sens direct", "Sens inverse"),
    (bdtopo_v2, "SENS", "Direct", "Inverse"),
    (route500, "SENS", "Sens unique", "Sens inverse"),
    (geofabrik, "oneway", "F", "T"),
]


@pytest.mark.parametrize(("build", "column", "along", "against"), ONE_WAYS)
def test_one_way_streets_go_the_way_their_line_says(build, column, along, against):
    network = read_road_lines(build(([A, B], {column: along}), ([B, C], {column: against}), ([B, D], {})))
    assert edges(network) == {(A, B), (C, B), (B, D), (D, B)}


def test_a_layer_without_directions_is_two_way_and_says_so():
    network = read_road_lines(sample_2014(([A, B], {}), ([B, C], {}), ([B, D], {})))
    assert edges(network) == {(A, B), (B, A), (B, C), (C, B), (B, D), (D, B)}
    assert "toutes les routes sont prises à double sens" in notes(network)


def test_a_roundabout_is_one_way_along_its_lines_even_where_the_column_says_both():
    ring = [[(0, 0), (10, 10)], [(10, 10), (0, 20)], [(0, 20), (0, 0)]]
    arms = [[(0, 0), (-50, 0)], [(10, 10), (60, 10)], [(0, 20), (0, 90)]]
    frame = bdtopo_v3(*[(arc, {"nature": "Rond-point"}) for arc in ring], *[(arm, {}) for arm in arms])
    found = edges(read_road_lines(frame))
    assert {tuple(arc) for arc in ring} <= found
    assert not {tuple(arc[::-1]) for arc in ring} & found
    assert len(found) == 3 + 6


def test_an_unknown_direction_is_left_out_and_listed():
    frame = bdtopo_v3(([A, B], {}), ([B, C], {"sens_de_circulation": "<b>Alterné</b>"}))
    network = read_road_lines(frame)
    assert edges(network) == {(A, B), (B, A)}
    assert "1 ligne laissée de côté, de sens inconnu : <b>Alterné</b> (1)." in network.source.notes


# --- speeds --------------------------------------------------------------------------------------


def seconds(network):
    """Time of the only street, without junction delay (none on a single street)."""
    assert set(network.edge_time_s) == {network.edge_time_s[0]}
    return float(network.edge_time_s[0])


def test_the_mean_speed_of_bdtopo_is_driven_as_it_is():
    for name in profile_names():
        network = read_road_lines(bdtopo_v3(([A, B], {"vitesse_moyenne_vl": 36})), speed_profile=name)
        assert seconds(network) == pytest.approx(100)
        assert network.profile == name


def test_a_share_of_the_legal_limit_of_geofabrik_is_driven():
    network = read_road_lines(geofabrik(([A, B], {"maxspeed": 90})), speed_profile="courant")
    assert seconds(network) == pytest.approx(3600 / (90 * speed_profile("courant").limit_factor), rel=1e-5)


@pytest.mark.parametrize(
    ("frame", "road_class"),
    [
        (geofabrik(([A, B], {"fclass": "secondary"})), "secondary"),
        (sample_2014(([A, B], {"nature": "Major"})), "primary"),
        (bdtopo_v2(([A, B], {"IMPORTANCE": "5"})), "unclassified"),
        (route500(([A, B], {"VOCATION": "Liaison régionale"})), "secondary"),
        (route500(([A, B], {"VOCATION": "Liaison principale", "NB_CHAUSSE": "2 chaussées"})), "trunk"),
        (bdtopo_v3(([A, B], {"vitesse_moyenne_vl": None, "importance": 5.0})), "residential"),
    ],
)
def test_without_a_speed_the_class_gives_it(frame, road_class):
    assert seconds(read_road_lines(frame)) == pytest.approx(
        3600 / speed_profile().class_speed_kmh[road_class], rel=1e-5
    )


def test_an_unpaved_road_is_driven_at_ten_kilometres_an_hour():
    assert seconds(read_road_lines(sample_2014(([A, B], {"nature": "Unpaved"})))) == pytest.approx(360)


def test_impossible_speeds_are_left_out_and_named_by_row():
    frame = bdtopo_v3(
        ([A, B], {"vitesse_moyenne_vl": "50"}),
        ([B, C], {"vitesse_moyenne_vl": "-5"}),
        ([B, D], {"vitesse_moyenne_vl": "vite"}),
        ([C, D], {"vitesse_moyenne_vl": "900"}),
    )
    network = read_road_lines(frame)
    assert edges(network) == {(A, B), (B, A)}
    assert "3 lignes laissées de côté : vitesse illisible ou hors de 0 à 150 km/h (objets 1, 2, 3)." in notes(network)


# --- what is left out ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "values", "reason"),
    [
        (bdtopo_v3, {"nature": "Sentier"}, "sentiers"),
        (bdtopo_v3, {"nature": "ESCALIER "}, "sentiers"),
        (bdtopo_v3, {"nature": "Bac ou liaison maritime"}, "bacs"),
        (bdtopo_v3, {"etat_de_l_objet": "En construction"}, "pas en service"),
        (bdtopo_v3, {"acces_vehicule_leger": "Physiquement impossible"}, "accès impossible"),
        (bdtopo_v3, {"acces_vehicule_leger": "Restreint aux ayants droit"}, "ayants droit"),
        (bdtopo_v3, {"nature_de_la_restriction": "Piste cyclable"}, "pistes cyclables"),
        (bdtopo_v3, {"vitesse_moyenne_vl": 0}, "vitesse nulle"),
        (bdtopo_v2, {"NATURE": "Bac auto", "SENS": "NC"}, "bacs"),
        (bdtopo_v2, {"ETAT": "En construction"}, "pas en service"),
        (route500, {"ETAT": "Sentier"}, "sentiers"),
        (geofabrik, {"fclass": "track_grade2"}, "chemins agricoles"),
        (geofabrik, {"fclass": "footway"}, "piétonnes"),
        (geofabrik, {"fclass": "ferry"}, "bacs"),
        (sample_2014, {"nature": "Canal"}, "de classe inconnue : Canal (1)"),
        (bdtopo_v3, {"importance": "9"}, "de classe inconnue : Route à 1 chaussée / 9 / True (1)"),
    ],
)
def test_what_a_car_cannot_use_is_left_out_with_its_reason(build, values, reason):
    network = read_road_lines(build(([A, B], {}), ([B, C], values)))
    assert edges(network) == {(A, B), (B, A)}
    assert "1 ligne laissée de côté" in notes(network)
    assert reason in notes(network)


def test_toll_and_fictitious_lines_are_kept():
    frame = bdtopo_v3(([A, B], {"acces_vehicule_leger": "A péage"}), ([B, C], {}), ([B, D], {}), fictif=True)
    assert len(edges(read_road_lines(frame))) == 6


def test_no_trip_begins_on_a_motorway_or_its_ramps():
    frame = bdtopo_v3(([A, B], {"nature": "Type autoroutier"}), ([B, D], {"nature": "Bretelle"}), ([B, C], {}))
    network = read_road_lines(frame)
    assert sorted(network.snappable) == [False, False, True]


def test_a_layer_with_no_road_for_cars_says_why():
    frame = bdtopo_v3(([A, B], {"nature": "Sentier"}))
    with pytest.raises(NetworkError, match=r"aucune route praticable.*1 ligne.*sentiers"):
        read_road_lines(frame)


# --- geometry ------------------------------------------------------------------------------------


def test_streets_meet_within_the_tolerance_asked():
    frame = bdtopo_v3(([A, B], {}), ([(1000.3, 0), C], {}), ([(1000, 0.2), D], {}))
    assert read_road_lines(frame).n_nodes == 6
    network = read_road_lines(frame, tolerance_m=0.5)
    assert network.n_nodes == 4
    assert network.component_nodes[0] == 4
    assert "à 0,5 m près" in notes(network)


def test_geofabrik_ways_meet_at_shared_vertices_and_bridges_do_not():
    street = [(0, 0), (500, 0), (1000, 0)]
    side, bridge = [(500, 0), (500, 400)], [(700, -100), (700, 100)]
    network = read_road_lines(geofabrik((street, {}), (side, {}), (bridge, {"bridge": "T"})))
    assert sorted(network.component_nodes) == [2, 4]
    found = edges(network)
    assert ((0, 0), (500, 0)) in found
    assert ((700, -100), (700, 100)) in found
    assert ((0, 0), (1000, 0)) not in found
    assert network.edge_length_m.sum() == pytest.approx(2 * (1000 + 400 + 200))


def test_bdtopo_lines_are_not_cut_where_they_cross():
    network = read_road_lines(bdtopo_v3(([(0, 0), (500, 0), (1000, 0)], {}), ([(500, -10), (500, 0), (500, 10)], {})))
    assert sorted(network.component_nodes) == [2, 2]


def test_multi_part_lines_heights_and_useless_geometry():
    frame = bdtopo_v3(([A, B], {}), (None, {}), ([B, C], {}), ([B, D], {}), ([C, D], {}), ([C, D], {}), ([C, D], {}))
    shapes = list(frame.geometry)
    shapes[0] = shapely.MultiLineString([[(X0, Y0, 12), (X0 + 1000, Y0, 13)], [(X0, Y0 + 9, 1), (X0, Y0, 12)]])
    shapes[4] = shapely.LineString()
    shapes[5] = shapely.LineString([(X0, Y0), (X0, Y0)])
    shapes[6] = shapely.Point(X0, Y0)
    network = read_road_lines(frame.set_geometry(shapes, crs="EPSG:2154"))
    assert edges(network) == {(B, C), (C, B), (B, D), (D, B), ((0, 9), B), (B, (0, 9))}
    assert "2 lignes sans géométrie" in notes(network)
    assert "1 ligne sans longueur" in notes(network)
    assert "1 ligne dont la géométrie n'est pas une ligne" in notes(network)


def test_coordinates_that_are_not_numbers_are_counted():
    frame = bdtopo_v3(([A, B], {}), ([B, (np.inf, 0)], {}), ([B, (0, -np.inf)], {}))
    network = read_road_lines(frame)
    assert edges(network) == {(A, B), (B, A)}
    assert "2 lignes aux coordonnées impossibles" in notes(network)


def test_a_line_given_twice_counts_once():
    once = read_road_lines(bdtopo_v3(([A, B], {}), ([B, C], {})))
    twice = read_road_lines(bdtopo_v3(([A, B], {}), ([B, C], {}), ([B, C], {})))
    assert twice.edge_time_s.sum() == once.edge_time_s.sum()
    assert "1 ligne en double" in notes(twice)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:3943"])
def test_lengths_do_not_depend_on_the_system_of_the_file(crs):
    frame = bdtopo_v3(([A, B], {}), ([B, C], {}), ([B, D], {}))
    network = read_road_lines(frame.to_crs(crs))
    assert network.crs == "EPSG:2154"
    assert edges(network) == edges(read_road_lines(frame))
    np.testing.assert_allclose(np.sort(network.edge_length_m), [700, 700, 1000, 1000, 1000, 1000], rtol=1e-5)


def test_overseas_roads_are_in_the_system_of_their_island():
    line = shapely.LineString([(55.45, -20.90), (55.46, -20.90)])
    frame = bdtopo_v3(([A, B], {})).set_geometry([line], crs="EPSG:4326")
    assert read_road_lines(frame).crs == "EPSG:2975"


def test_only_lines_that_touch_the_area_are_read(tmp_path):
    frame = bdtopo_v3(([A, B], {}), ([B, C], {}), ([(90_000, 0), (91_000, 0)], {}))
    area = gpd.GeoSeries([shapely.Point(X0 + 500, Y0).buffer(300)], crs="EPSG:2154").to_crs("EPSG:4326").iloc[0]
    path = tmp_path / "routes.gpkg"
    frame.to_file(path)
    for source in (frame, path):
        assert edges(read_road_lines(source, area=area)) == {(A, B), (B, A)}
    with pytest.raises(ParameterError, match="longitudes et latitudes"):
        read_road_lines(frame, area=shapely.box(X0, Y0, X0 + 1, Y0 + 1))
    with pytest.raises(ParameterError, match="non vide"):
        read_road_lines(frame, area=shapely.Polygon())
    with pytest.raises(NetworkError, match="aucune route praticable"):
        read_road_lines(path, area=shapely.box(6, 48, 7, 49))


# --- recognising the layer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "key"),
    [
        (bdtopo_v3, "bdtopo_v3"),
        (bdtopo_v2, "bdtopo_v2"),
        (route500, "route500"),
        (geofabrik, "geofabrik"),
        (sample_2014, "bdtopo_2014"),
    ],
)
def test_each_layer_is_recognised_whatever_the_case(build, key):
    frame = build(([A, B], {}))
    names = [name for name in frame.columns if name != "geometry"]
    for rename in (str, str.upper, str.lower, str.title):
        assert recognise_profile([rename(name) for name in names], "test").key == key
    assert read_road_lines(frame).source.name == layer_profile(key).name


def test_the_short_names_of_bdtopo_v3_shapefiles_are_recognised():
    names = {
        "nature": "NATURE",
        "importance": "IMPORTANCE",
        "sens_de_circulation": "SENS",
        "vitesse_moyenne_vl": "VIT_MOY_VL",
        "acces_vehicule_leger": "ACCES_VL",
        "etat_de_l_objet": "ETAT",
        "urbain": "URBAIN",
    }
    frame = bdtopo_v3(([A, B], {"sens_de_circulation": "Sens inverse"}), ([B, C], {"etat_de_l_objet": "En projet"}))
    network = read_road_lines(frame.rename(columns=names))
    assert network.source.name == "IGN BD TOPO v3"
    assert edges(network) == {(B, A)}


def test_an_unknown_layer_is_refused_with_what_the_nearest_profiles_miss():
    frame = bdtopo_v3(([A, B], {})).drop(columns=["vitesse_moyenne_vl", "acces_vehicule_leger"])
    with pytest.raises(SchemaError) as error:
        read_road_lines(frame)
    message = str(error.value)
    assert "couche de routes non reconnue" in message
    assert "vitesse_moyenne_vl ou vit_moy_vl, acces_vehicule_leger ou acces_vl" in message
    assert "franchisst" in message
    assert "lanes_nb" in message
    assert "Colonnes trouvées : nature, importance" in message


def test_a_profile_asked_for_must_fit_and_exist():
    with pytest.raises(SchemaError, match="colonne absente : fclass ; colonne absente : oneway"):
        read_road_lines(sample_2014(([A, B], {})), profile="geofabrik")
    with pytest.raises(ParameterError, match="bdtopo_v3, bdtopo_v2"):
        read_road_lines(sample_2014(([A, B], {})), profile="michelin")


def test_every_class_of_the_table_has_a_speed_in_every_speed_profile():
    for profile in layer_profiles().values():
        for rule in profile.classes:
            roles = set(rule.when)
            assert roles <= set(profile.columns)
            for name in profile_names():
                assert rule.speed_kmh > 0 or speed_profile(name).class_speed_kmh[rule.road_class] > 0
        assert set(profile.required) <= set(profile.columns)
        assert 0 < profile.tolerance_m < 1


def test_a_layer_without_rows_and_plain_numbers_as_values():
    empty = interpret(bdtopo_v3(([A, B], {})).iloc[:0], layer_profile("bdtopo_v3"), speed_profile(), "vide")
    assert len(empty.kept) == len(empty.forward_kmh) == 0
    with pytest.raises(SchemaError, match="des listes ont été trouvées"):
        read_road_lines(bdtopo_v3(([A, B], {"nature": ["Sentier"]})))


# --- files ---------------------------------------------------------------------------------------


def zipped(folder, into, inside=""):
    with zipfile.ZipFile(into, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"{inside}{path.name}")
    return into


@pytest.fixture
def streets():
    return bdtopo_v2(
        ([A, B], {"SENS": "Direct"}), ([B, C], {"SENS": "Inverse"}), ([B, D], {"NATURE": "Route empierrée"})
    )


@pytest.mark.parametrize("name", ["routes.shp", "routes.gpkg", "routes.geojson", "routes.fgb", "routes.parquet"])
def test_every_format_gives_the_same_network(tmp_path, streets, name):
    path = tmp_path / name
    if path.suffix == ".parquet":
        streets.to_parquet(path)
    else:
        streets.to_file(path)
    network = read_road_lines(path)
    assert edges(network) == edges(read_road_lines(streets)) == {(A, B), (C, B), (B, D), (D, B)}
    assert network.source.file == name
    assert network.source.sha256


@pytest.mark.parametrize(("name", "inside"), [("routes.shp", ""), ("routes.gpkg", "BD TOPO/Données (1)/")])
def test_zipped_or_not_the_network_is_the_same(tmp_path, streets, name, inside):
    folder = tmp_path / "dépôt"
    folder.mkdir()
    streets.to_file(folder / name)
    plain = read_road_lines(str(folder / name))
    packed = read_road_lines(zipped(folder, tmp_path / "livraison {1}.zip", inside))
    np.testing.assert_array_equal(plain.edge_time_s, packed.edge_time_s)
    np.testing.assert_array_equal(plain.x, packed.x)
    assert plain.source.notes == packed.source.notes


def test_of_several_layers_the_roads_are_read(tmp_path, streets):
    path = tmp_path / "tout.gpkg"
    gpd.GeoDataFrame({"NATURE": ["Mairie"]}, geometry=[shapely.Point(X0, Y0)], crs="EPSG:2154").to_file(
        path, layer="pai"
    )
    streets[["NATURE", "geometry"]].to_file(path, layer="riviere")
    streets.to_file(path, layer="route")
    assert len(edges(read_road_lines(path))) == 4
    sample_2014(([A, B], {})).to_file(path, layer="extrait")
    with pytest.raises(NetworkError, match=r"plusieurs sortes.*« route » \(bdtopo_v2\), « extrait » \(bdtopo_2014\)"):
        read_road_lines(path)
    assert len(edges(read_road_lines(path, profile="bdtopo_2014"))) == 2


def test_roads_spread_over_two_files_of_one_archive_are_put_together(tmp_path):
    folder = tmp_path / "shp"
    folder.mkdir()
    geofabrik(([A, B], {}), ([B, D], {})).to_file(folder / "gis_osm_roads_free_1.shp")
    geofabrik(([B, C], {})).to_file(folder / "gis_osm_roads_free_2.shp")
    network = read_road_lines(zipped(folder, tmp_path / "aquitaine.zip"))
    assert network.component_nodes[0] == 4
    assert "3 lignes lues." in network.source.notes


def test_a_layer_without_system_is_refused(tmp_path, streets):
    with pytest.raises(CrsError, match="système de coordonnées"):
        read_road_lines(streets.set_crs(None, allow_override=True))
    path = tmp_path / "routes.shp"
    streets.to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(CrsError, match="système de coordonnées"):
        read_road_lines(path)


def test_a_layer_that_lies_about_its_system_is_refused(streets):
    with pytest.raises(CrsError, match="hors de France"):
        read_road_lines(streets.set_crs("EPSG:4326", allow_override=True))
    with pytest.raises(CrsError, match="hors de France"):
        read_road_lines(streets.set_crs("EPSG:27700", allow_override=True))


def test_text_in_another_encoding_than_announced_is_told(tmp_path, streets):
    path = tmp_path / "routes.shp"
    streets.to_file(path, encoding="ISO-8859-1")
    assert len(edges(read_road_lines(path))) == 4
    path.with_suffix(".cpg").write_text("UTF-8")
    with pytest.raises(MaillageError, match=r"encodage|classe inconnue"):
        read_road_lines(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.shp", b""),
        ("vide.gpkg", b""),
        ("vide.geojson", b""),
        ("vide.zip", b""),
        ("vide.parquet", b""),
        ("bruit.shp", bytes(range(256)) * 40),
        ("bruit.gpkg", b"SQLite format 3\0" + bytes(range(256)) * 40),
        ("bruit.geojson", bytes(range(256))),
        ("bruit.parquet", b"PAR1" + bytes(range(256)) + b"PAR1"),
        ("bruit.zip", b"PK\x03\x04" + bytes(range(256))),
        ("page.geojson", b"<!doctype html><html><script>alert(1)</script></html>"),
        ("tronque.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geom'),
        ("sans_objet.geojson", b'{"type": "FeatureCollection", "features": []}'),
        ("autre.geojson", b"<OGRVRTDataSource><OGRVRTLayer name='a'></OGRVRTLayer></OGRVRTDataSource>"),
        ("routes.7z", b"7z"),
        ("routes.csv", b"nature;importance"),
    ],
)
def test_damaged_or_foreign_files_are_told_in_one_sentence(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises((SourceError, SchemaError), match=name.replace(".", r"\.")):
        read_road_lines(path)


def test_a_shapefile_cut_short_is_refused(tmp_path):
    path = tmp_path / "routes.shp"
    bdtopo_v2(*[([(x, 0), (x + 9, 0)], {}) for x in range(0, 1000, 10)]).to_file(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(SourceError, match=r"routes\.shp » est abîmé, incomplet"):
        read_road_lines(path)


def test_a_layer_that_lost_many_shapes_is_refused():
    lost = [(None, {}) for _ in range(11)]
    with pytest.raises(NetworkError, match=r"11 lignes sans géométrie sur 12"):
        read_road_lines(bdtopo_v2(([A, B], {}), *lost))


def test_an_archive_without_layer_a_folder_and_a_missing_file_are_told(tmp_path):
    with zipfile.ZipFile(tmp_path / "notes.zip", "w") as archive:
        archive.writestr("lisez-moi.txt", "bonjour")
    with pytest.raises(SourceError, match="aucune couche"):
        read_road_lines(tmp_path / "notes.zip")
    with pytest.raises(SourceError, match="est un dossier"):
        read_road_lines(tmp_path)
    with pytest.raises(SourceError, match="absent"):
        read_road_lines(tmp_path / "rien.shp")
    with pytest.raises(ParameterError, match="list"):
        read_road_lines([1, 2])
    for tolerance in (-1, np.nan, 1e9):
        with pytest.raises(ParameterError, match="Tolérance"):
            read_road_lines(tmp_path / "rien.shp", tolerance_m=tolerance)


def test_a_layer_of_points_and_frames_that_are_no_layer_are_refused(tmp_path, streets):
    points = tmp_path / "points.gpkg"
    streets.set_geometry(streets.representative_point()).to_file(points)
    with pytest.raises(SchemaError, match="une couche de lignes est attendue, trouvé : Point"):
        read_road_lines(points)
    with pytest.raises(SchemaError, match="aucune colonne de géométrie"):
        read_road_lines(gpd.GeoDataFrame(pd.DataFrame(streets.drop(columns="geometry"))))
    doubled = pd.concat([streets, streets[["NATURE"]]], axis="columns")
    with pytest.raises(SchemaError, match="plusieurs fois : NATURE"):
        read_road_lines(doubled)


# --- real layers ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def labourd(shared_data):
    return read_road_lines(shared_data / "roads" / "labourd-bdtopo-2014.zip")


def test_labourd_has_the_crossings_counted_by_hand(shared_data):
    read = read_road_layer(shared_data / "roads" / "labourd-bdtopo-2014.zip")
    noded = node_lines(np.asarray(read.frame.geometry.array, object), "endpoints", read.profile.tolerance_m)
    assert (len(noded.point_x), len(noded.source)) == (11_464, 12_937)
    assert noded.length_m.sum() / 1000 == pytest.approx(1462.1, abs=0.1)


def test_labourd_is_one_network_with_few_islands(labourd):
    lengths = labourd.edge_length_m.sum() / 2000
    assert lengths == pytest.approx(1462.1, abs=0.2)
    assert labourd.component_nodes[0] / labourd.n_nodes > 0.97
    assert labourd.source.name == "IGN BD TOPO (extrait 2014)"


def test_rosny_follows_its_published_speeds_and_one_ways(shared_data):
    path = shared_data / "roads" / "bdtopo-v3-rosny93.geojson"
    raw = gpd.read_file(path)
    open_to_cars = raw[(raw["acces_vehicule_leger"] == "Libre") & (raw["vitesse_moyenne_vl"] > 0)]
    network = read_road_lines(path)
    one_way = open_to_cars["sens_de_circulation"].isin(["Sens direct", "Sens inverse"])
    metres = open_to_cars.length * np.where(one_way, 1, 2)
    assert network.edge_length_m.sum() == pytest.approx(metres.sum(), rel=1e-5)
    free_flow = (metres / open_to_cars["vitesse_moyenne_vl"] * 3.6).sum()
    assert free_flow <= network.edge_time_s.sum() <= free_flow + 2 * len(open_to_cars) * speed_profile().junction_s
    assert "83 lignes laissées de côté : accès restreint aux ayants droit." in network.source.notes


def test_a_layer_of_no_known_format_shows_its_first_ten_columns():
    with pytest.raises(SchemaError) as refusal:
        recognise_profile([f"colonne_{number:02}" for number in range(1, 13)], "routes")
    shown = ", ".join(f"colonne_{number:02}" for number in range(1, 11))
    assert f"Colonnes trouvées : {shown}. " in str(refusal.value)
