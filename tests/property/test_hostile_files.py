"""Every reader on files of the right shape with hostile content: a valid table, or a `MaillageError`."""

import csv
import io
import json
import pickle
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.access.coverage import coverage
from geo.errors import MaillageError
from geo.network.reference import read_reference
from geo.network.road_files import read_roads
from geo.schemas import check_cells, check_communes, check_facilities
from geo.siting.scenario_json import scenario_from_json
from geo.sources.communes import read_communes
from geo.sources.embedded import (
    COMMUNES_CSV,
    FORMER_CSV,
    INTERCOMMUNALITIES_CSV,
    SITES_CSV,
    TAX_OFFICES_CSV,
    read_embedded,
)
from geo.sources.permanences import read_permanences
from geo.sources.places import read_places
from geo.sources.population import read_population
from geo.sources.population_cells import read_population_cells
from geo.sources.postcodes import read_postcodes
from geo.sources.site_quality import check_sites
from geo.sources.site_requests import read_site_requests
from geo.sources.zones import read_frr, read_qpv
from geo.territory import Territory

HEADINGS = [f"h_{day}" for day in ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")]
SITE_COLUMNS = [
    *(
        "id_fs",
        "insee_dep",
        "lib_fs",
        "adresse",
        "insee_com",
        "code_postal",
        "lib_com",
        "latitude",
        "longitude",
        "mail",
    ),
    *("telephone", *HEADINGS, "prise_rdv", "commentaire", "type_fs", "format_fs", "labellisation_fs", "site_web"),
]

some = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    st.sampled_from(
        ["<script>", "=1+1", "a\u2028b", "\u202eabc", "\x1b[2J", "'\"", "]]>", "../../x", "${1}", "{0}", "%s"]
    ),
)
cells = st.one_of(
    texts,
    st.sampled_from(
        [
            "0",
            "-1",
            "1e999",
            "nan",
            "inf",
            "64001",
            "2A004",
            "1001.0",
            "43,4",
            "9" * 40,
            "lundi",
            "visio",
            "09:00 - 12:00",
        ]
    ),
    st.sampled_from(
        [
            "1",
            "CRS3035RES200mN2300000E3480000",
            "CRS9999RES200mN1E1",
            "CRS0000RES000mN-1E-1",
            "-9999",
            "64100",
            "Principal",
            "Fixe",
        ]
    ),
)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False),
    cells,
    st.lists(st.integers(), max_size=2),
)
degrees = st.one_of(
    st.floats(-1.6, -1.4), st.floats(43.2, 43.4), st.sampled_from([0, 1e308, -1e308, 1e-320, 90.1, 500000])
)
positions = st.lists(degrees, min_size=2, max_size=3)
rings = st.lists(positions, max_size=6)
shapes = st.one_of(
    st.none(),
    st.fixed_dictionaries({"type": st.just("Point"), "coordinates": st.one_of(positions, st.just([]))}),
    st.fixed_dictionaries({"type": st.just("LineString"), "coordinates": rings}),
    st.fixed_dictionaries({"type": st.just("Polygon"), "coordinates": st.lists(rings, max_size=2)}),
    st.fixed_dictionaries(
        {"type": st.just("MultiPolygon"), "coordinates": st.lists(st.lists(rings, max_size=2), max_size=2)}
    ),
    st.just({"type": "GeometryCollection", "geometries": []}),
    st.just({"type": "Polygon", "coordinates": [[[-1.5, 43.3], [-1.4, 43.3], [-1.4, 43.4], [-1.5, 43.3]]]}),
    st.just(
        {"type": "Polygon", "coordinates": [[[-1.5, 43.3], [-1.4, 43.4], [-1.4, 43.3], [-1.5, 43.4], [-1.5, 43.3]]]}
    ),
)
json_values = st.recursive(
    values,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)


def layer(columns: list[str]) -> st.SearchStrategy:
    """Features with these properties, now and then one less or with a value of another kind, and any system."""
    properties = st.fixed_dictionaries({}, optional=dict.fromkeys(columns, values))
    feature = st.fixed_dictionaries({"type": st.just("Feature"), "properties": properties, "geometry": shapes})
    usual = st.sampled_from([None, "EPSG:2154", "EPSG:3857", "EPSG:999999", "", "EPSG:5714", 7])
    crs = usual.map(lambda name: {} if name is None else {"crs": {"type": "name", "properties": {"name": name}}})
    return st.builds(
        lambda features, more: {"type": "FeatureCollection", "features": features} | more,
        st.lists(feature, max_size=4),
        crs,
    )


def table(columns: list[str]) -> st.SearchStrategy:
    """Rows of text under these headings."""
    return st.tuples(
        st.just(columns),
        st.lists(st.lists(cells, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=5),
    )


def written(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    if name.endswith("json"):
        path.write_text(json.dumps(content), encoding="utf-8")
    else:
        columns, rows = content
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=";").writerows([columns, *rows])
        path.write_bytes(stream.getvalue().encode())
    return path


def refused_or(read, check) -> None:
    try:
        result = read()
    except MaillageError as error:
        assert str(error)  # noqa: PT017 - whatever the reader, it says something
        return
    check(result)


@some
@given(content=layer(["code", "nom", "population", "codesPostaux", "mairie", "altitude"]))
def test_communes(tmp_path, content):
    path = written(tmp_path, "communes.geojson", content)

    def check(read):
        frame = check_communes(read.frame, "communes")
        assert frame.geometry.is_valid.all()
        assert not frame["name"].str.contains("[\x00-\x1f\u2028\u202e]", regex=True).any()

    refused_or(lambda: read_communes(path), check)


@settings(some, max_examples=6)
@given(content=layer(["nom", "code", "insee"]))
def test_town_halls(tmp_path, content):
    square = [[[-1.5, 43.3], [-1.4, 43.3], [-1.4, 43.4], [-1.5, 43.3]]]
    commune = {"properties": {"code": "64102", "nom": "A"}, "geometry": {"type": "Polygon", "coordinates": square}}
    communes = written(
        tmp_path, "communes.geojson", {"type": "FeatureCollection", "features": [commune | {"type": "Feature"}]}
    )
    halls = written(tmp_path, "mairies.geojson", content)
    refused_or(lambda: read_communes(communes, town_halls=halls), lambda read: check_communes(read.frame, "communes"))


@some
@given(content=layer(["nom", "id", "adresse", "code_insee", "cp", "horaires", "tel"]))
def test_places(tmp_path, content):
    path = written(tmp_path, "lieux.geojson", content)
    refused_or(lambda: read_places(path), lambda read: check_facilities(read.frame, "lieux"))


@some
@given(content=layer(["code_qp", "lib_qp", "insee_dep"]))
def test_districts(tmp_path, content):
    path = written(tmp_path, "qpv.geojson", content)
    refused_or(
        lambda: read_qpv(path), lambda read: read.frame["code_qp"].is_unique and read.frame.geometry.is_valid.all()
    )


@some
@given(
    content=layer(
        [
            "nature",
            "importance",
            "sens_de_circulation",
            "vitesse_moyenne_vl",
            "acces_vehicule_leger",
            "etat_de_l_objet",
            "fictif",
        ]
    )
)
def test_roads(tmp_path, content):
    path = written(tmp_path, "routes.geojson", content)

    def check(network):
        assert np.isfinite(network.x).all()
        assert (network.edges["time_s"] >= 0).all()

    refused_or(lambda: read_roads(path), check)


@some
@given(content=table(["COM", "PMUN21"]))
def test_population(tmp_path, content):
    path = written(tmp_path, "population.csv", content)
    refused_or(lambda: read_population(path), lambda read: (read.frame["population"] >= 0).all())


@some
@given(content=table(["Code_commune_INSEE", "Code_postal"]))
def test_postcodes(tmp_path, content):
    path = written(tmp_path, "codes.csv", content)
    refused_or(
        lambda: read_postcodes(path), lambda read: read.frame["postcodes"].str.fullmatch(r"\d{5}(;\d{5})*").all()
    )


@some
@given(content=table(["codgeo", "libgeo", "codefrr"]))
def test_frr(tmp_path, content):
    path = written(tmp_path, "frr.csv", content)
    refused_or(lambda: read_frr(path), lambda read: read.frame.index.is_unique)


@some
@given(content=table(["id_fs", "demandes_par_mois"]))
def test_requests(tmp_path, content):
    path = written(tmp_path, "demandes.csv", content)
    refused_or(lambda: read_site_requests(path), lambda read: (read.frame["requests_per_month"] >= 0).all())


@some
@given(content=table(["site", "operateur", "jour", "horaires", "mode"]))
def test_permanences(tmp_path, content):
    path = written(tmp_path, "permanences.csv", content)
    sites = gpd.GeoDataFrame(
        {"facility_id": ["1"], "name": ["<script>"]}, geometry=gpd.points_from_xy([-1.5], [43.3]), crs=4326
    ).astype("object")
    sites = gpd.GeoDataFrame(sites.astype({"facility_id": "string", "name": "string"}), geometry="geometry", crs=4326)
    refused_or(
        lambda: read_permanences(path, sites), lambda read: (read.frame["start_min"] < read.frame["end_min"]).all()
    )


def check_reading_of_cells(path):
    communes = gpd.GeoDataFrame(
        {"departement": "64", "population": pd.array([7], "Int64")},
        index=pd.Index(["64001"], name="commune_code"),
        geometry=[shapely.box(-2, 43, -1, 44)],
        crs=4326,
    )
    refused_or(lambda: read_population_cells(path, communes), lambda read: check_cells(read.frame, "carreaux"))


@some
@given(content=table(["idcar_200m", "ind", "ind_65_79", "ind_80p", "lcog_geo"]))
def test_cells(tmp_path, content):
    path = written(tmp_path, "carreaux.csv", content)
    check_reading_of_cells(path)


@settings(some, max_examples=5)
@given(content=layer(["idcar_200m", "ind", "ind_65_79", "ind_80p", "lcog_geo"]))
def test_cells_of_a_layer(tmp_path, content):
    path = written(tmp_path, "carreaux.geojson", content)
    check_reading_of_cells(path)


EMBEDDED = {
    "communes": [
        "64102,Bayonne,64,200067106,64100,52000,-1.47,43.49,mairie",
        "64122,Biarritz,64,200067106,64200;64210,25000,-1.56,43.48,site",
        "64024,Anglet,64,,,39000,-1.51,43.48,interior",
    ],
    "intercommunalities": ["200067106,CA du Pays Basque,CA"],
    "former_communes": ["64103,Ancienne,COMD,64102,-1.45,43.48,mairie"],
    "sites": ["1,France services,main,,,64102,Bayonne,64,,,,Mo 09:00-12:00,yes,,,,,,-1.47,43.49"],
    "tax_offices": ["tax-64102,Centre,64102,1 rue,SIP,DILA"],
}
EMBEDDED_COLUMNS = {
    "communes": COMMUNES_CSV,
    "intercommunalities": INTERCOMMUNALITIES_CSV,
    "former_communes": FORMER_CSV,
    "sites": SITES_CSV,
    "tax_offices": TAX_OFFICES_CSV,
}


@settings(some, max_examples=6)
@given(choice=st.data())
def test_embedded_tables(tmp_path, choice):
    """A cell or two of the tables are replaced."""
    rows = {name: [row.split(",") for row in content] for name, content in EMBEDDED.items()}
    for _ in range(choice.draw(st.integers(0, 2))):
        row = choice.draw(st.sampled_from(rows[choice.draw(st.sampled_from(sorted(rows)))]))
        row[choice.draw(st.integers(0, len(row) - 1))] = choice.draw(cells)
    for name, content in rows.items():
        written(tmp_path, f"{name}.csv", (EMBEDDED_COLUMNS[name], content))

    def check(read):
        check_communes(read.communes.frame, "communes")
        check_facilities(read.sites.frame, "sites")
        check_facilities(read.tax_offices.frame, "centres")

    refused_or(lambda: read_embedded(tmp_path), check)


@some
@given(content=table(SITE_COLUMNS))
def test_quality_of_any_list(tmp_path, content):
    path = written(tmp_path, "liste.csv", content)
    refused_or(lambda: check_sites(path), lambda quality: json.dumps(quality.to_dict(), allow_nan=False))


@some
@given(content=st.fixed_dictionaries({}, optional=dict.fromkeys(["src", "dst", "time_s", "dist_km"], json_values)))
def test_reference(tmp_path, content):
    path = written(tmp_path, "reference.json", content)
    refused_or(lambda: read_reference(path), lambda read: (read.time_s >= 0).all())


@some
@given(
    content=st.one_of(
        json_values,
        st.fixed_dictionaries(
            {},
            optional={
                "format": st.just(1),
                "name": values,
                "territory": values,
                "actions": st.lists(
                    st.dictionaries(
                        st.sampled_from(["action", "id", "name", "commune", "lon", "lat", "hours"]),
                        st.one_of(values, st.sampled_from(["open", "close", "move", "hours"])),
                    ),
                    max_size=3,
                ),
            },
        ),
    )
)
def test_scenario(content):
    refused_or(lambda: scenario_from_json(json.dumps(content)), lambda _: None)


# ---- a saved territory -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(small_world, save_apart) -> Path:
    return save_apart(small_world.territory(tax_offices=small_world.tax_offices))


def used(folder: Path) -> None:
    territory = Territory.load(folder)
    for name in territory.facilities:
        assert not (territory.travel_times(name)["travel_time_min"] < 0).any()
    coverage(territory, 20)


@pytest.mark.parametrize("file", ["communes.parquet", "facilities-0.parquet", "neighbours.parquet"])
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.data())
def test_a_table_of_a_saved_territory_that_was_changed(saved, tmp_path, file, choice):
    folder = tmp_path / "territory"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(saved, folder)
    read = pd.read_parquet if file.startswith("neighbours") else gpd.read_parquet
    frame = read(folder / file)
    column = choice.draw(st.sampled_from([name for name in frame.columns if name != "geometry"]))
    damage = choice.draw(st.sampled_from(["drop", "empty", "object", "number", "missing", "double", "index", "plain"]))
    if damage == "drop":
        frame = frame.drop(columns=column)
    elif damage == "empty":
        frame = frame.iloc[:0]
    elif damage == "object":
        frame[column] = [f"<{n}>" for n in range(len(frame))]
    elif damage == "number":
        frame[column] = np.arange(len(frame)) - 1e300
    elif damage == "missing":
        frame[column] = pd.Series(
            pd.NA, index=frame.index, dtype=frame[column].dtype if frame[column].dtype != "float64" else "Float64"
        )
    elif damage == "double":
        frame = pd.concat([frame, frame])
    elif damage == "index":
        frame = frame.set_axis(range(1, len(frame) + 1))
    else:
        frame = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    frame.to_parquet(folder / file)
    refused_or(lambda: used(folder), lambda _: None)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.data())
def test_a_description_of_a_saved_territory_that_was_changed(saved, tmp_path, choice):
    folder = tmp_path / "territory"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(saved, folder)
    path = folder / choice.draw(st.sampled_from(["manifest.json", "network/network.json"]))
    content = json.loads(path.read_text(encoding="utf-8"))
    content[choice.draw(st.sampled_from(sorted(content)))] = choice.draw(json_values)
    path.write_text(json.dumps(content), encoding="utf-8")
    refused_or(lambda: used(folder), lambda _: None)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.data())
def test_an_array_of_a_saved_network_that_was_changed(saved, tmp_path, choice):
    folder = tmp_path / "territory"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(saved, folder)
    path = choice.draw(st.sampled_from(sorted((folder / "network").glob("*.npy"))))
    array = np.load(path)
    raw = bytearray(array.tobytes())
    for _ in range(choice.draw(st.integers(1, 4))):
        at = choice.draw(st.integers(0, max(0, len(raw) - 8))) // 4 * 4
        raw[at : at + 4] = choice.draw(
            st.sampled_from([b"\xff" * 4, b"\x00" * 4, b"\x00\x00\xc0\x7f", b"\x00\x00\x80\xff", b"\xff\xff\xff\x7f"])
        )
    raw = raw[: array.nbytes]
    if array.dtype == bool:
        raw = bytearray(byte & 1 for byte in raw)
    np.save(path, np.frombuffer(bytes(raw), array.dtype).reshape(array.shape))
    refused_or(lambda: used(folder), lambda _: None)


class _Trap:
    """Leaves a file where it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self):
        return Path.touch, (self.place,)


def test_nothing_is_unpickled(saved, tmp_path):
    folder, sprung = tmp_path / "territory", tmp_path / "sprung"
    shutil.copytree(saved, folder)
    pickle.loads(pickle.dumps(_Trap(sprung)))
    assert sprung.exists()  # the trap works
    sprung.unlink()

    np.save(folder / "network" / "x.npy", np.array([_Trap(sprung)], dtype=object), allow_pickle=True)
    with pytest.raises(MaillageError):
        Territory.load(folder)
    shutil.rmtree(folder)
    shutil.copytree(saved, folder)
    (folder / "network" / "x.npy").write_bytes(pickle.dumps(_Trap(sprung)))
    with pytest.raises(MaillageError):
        Territory.load(folder)

    shutil.rmtree(folder)
    shutil.copytree(saved, folder)
    plain = pq.read_table(folder / "neighbours.parquet")
    marked = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": pickle.dumps(_Trap(sprung)),
    }
    field = pa.field("trap", pa.string(), metadata=marked)
    column = pa.array(["x"] * len(plain), pa.string())
    table = pa.Table.from_arrays([*plain.columns, column], schema=plain.schema.append(field))
    pq.write_table(table, folder / "neighbours.parquet")
    refused_or(lambda: Territory.load(folder), lambda _: None)
    assert not sprung.exists()
