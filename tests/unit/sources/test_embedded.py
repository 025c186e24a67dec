"""The embedded tables of France, against official files; and tables that were broken."""

import csv
from collections import Counter

import geopandas as gpd
import pytest
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal, assert_series_equal

from geo.crs import departement_of, metric_crs_at
from geo.errors import SchemaError, SourceError
from geo.schemas import check_communes, check_facilities
from geo.sources.departements import departement_codes
from geo.sources.embedded import approximate_contours, position_note, read_embedded
from tests.unit.embedded_slice import FRANCE, NAMES, rows_of, write_slice


@pytest.fixture(scope="module")
def tables():
    return read_embedded(FRANCE)


@pytest.fixture
def few(tmp_path):
    """Copy what the tables say of three communes of the Pyrénées-Atlantiques."""
    return write_slice(tmp_path / "few", lambda row: row["code"] in {"64102", "64122", "64300"})


def test_tables_meet_the_contracts_of_the_official_readers(tables):
    communes = tables.communes.frame
    check_communes(communes, "communes")
    check_facilities(tables.sites.frame, "sites")
    check_facilities(tables.tax_offices.frame, "tax offices")


def test_every_commune_and_every_place_is_there(tables):
    communes = tables.communes.frame
    assert len(communes) == 34_875  # INSEE, COG of 1 January 2026
    assert len(tables.sites.frame) == 2_843
    assert len(tables.tax_offices.frame) == 544
    assert communes["population"].notna().all()
    assert set(communes["departement"]) == set(departement_codes()) - {"975", "977", "978"}
    assert [departement_of(code) for code in communes.index] == list(communes["departement"])
    assert communes["postcodes"].isna().sum() <= 1


def test_tables_that_were_kept_are_those_that_were_read(few, tmp_path):
    read, made, kept = read_embedded(few), read_embedded(few, tmp_path / "kept"), read_embedded(few, tmp_path / "kept")
    assert len(list((tmp_path / "kept").glob("tables-*"))) == 1
    for other in (made, kept):
        for name in ("communes", "sites", "tax_offices"):
            assert_geodataframe_equal(getattr(other, name).frame, getattr(read, name).frame)
            assert getattr(other, name).provenance == getattr(read, name).provenance
            assert getattr(other, name).notes == getattr(read, name).notes
        assert_series_equal(other.intercommunality, read.intercommunality)
        assert_frame_equal(other.intercommunalities, read.intercommunalities)
        assert_frame_equal(other.former, read.former)
    sites = (few / "sites.csv").read_text(encoding="utf-8")
    (few / "sites.csv").write_text("\n".join(sites.splitlines()[:2]) + "\n", encoding="utf-8")
    assert len(read_embedded(few, tmp_path / "kept").sites.frame) == 1


def test_tables_agree_with_each_other(tables):
    communes = tables.communes.frame
    assert set(tables.former["commune_code"]) <= set(communes.index)
    assert set(tables.former["kind"]) == {"COMD", "COMA", "ARM"}
    assert Counter(tables.former["kind"])["ARM"] == 20 + 9 + 16  # Paris, Lyon, Marseille
    assert set(tables.intercommunality.dropna()) == set(tables.intercommunalities.index)
    # Bréhat, Ouessant, Sein, Yeu: by law the only ones without.
    assert list(tables.intercommunality.index[tables.intercommunality.isna()]) == ["22016", "29083", "29155", "85113"]
    for places in (tables.sites.frame, tables.tax_offices.frame):
        assert places["commune_code"].isin(communes.index).all()
        assert (places["commune_name"] == places["commune_code"].map(communes["name"])).all()


def test_former_communes_lead_to_that_of_today(tables):
    assert tables.former.loc["64541", ["name", "commune_code"]].tolist() == ["Urdès", "64300"]
    assert tables.former.loc["75112", ["name", "commune_code"]].tolist() == ["Paris 12e Arrondissement", "75056"]


def test_each_position_is_in_the_plane_of_its_departement(tables):
    communes = tables.communes.frame
    assert all(metric_crs_at(lon, lat) for lon, lat in zip(communes["lon"], communes["lat"], strict=True))
    sites = tables.sites.frame
    there = communes.loc[sites["commune_code"]]
    far = abs(sites.geometry.y.to_numpy() - there["lat"].to_numpy())
    assert far.max() < 0.2  # no site is 22 km north or south of its own commune


def test_population_is_the_official_one(tables, shared_data):
    official = {
        row["COM"]: int(row["PMUN"])
        for row in rows_of(shared_data / "communes" / "donnees_communes.csv", delimiter=";")
    }
    population = tables.communes.frame["population"]
    cities = {"75056": ("75101", "75120"), "69123": ("69381", "69389"), "13055": ("13201", "13216")}
    for city, (first, last) in cities.items():
        assert population[city] == sum(number for code, number in official.items() if first <= code <= last)
    ours = population.drop(list(cities))
    mayotte = ours.index.str.startswith("976")
    assert ours[~mayotte].to_dict() == {code: official[code] for code in ours.index[~mayotte]}
    assert ours[mayotte].sum() == 256_518  # INSEE, census of 2017
    assert population.sum() == sum(official.values()) + 256_518


def test_sites_are_those_of_the_official_list(tables, shared_data):
    listed = {row["id_fs"]: row for row in rows_of(shared_data / "sites" / "liste-fs-20240801.csv")}
    sites = tables.sites.frame.set_index("facility_id")
    assert set(sites.index) <= set(listed)
    assert len(set(listed) - set(sites.index)) <= 2
    for identifier, site in sites.iterrows():
        row = listed[identifier]
        assert site.geometry.x == pytest.approx(float(row["longitude"]), abs=1e-5)
        assert site.geometry.y == pytest.approx(float(row["latitude"]), abs=1e-5)
        assert site["name"].split() == row["lib_fs"].split()


def test_tax_offices_are_where_several_finance_offices_were(tables, shared_data):
    # INSEE counted every finance office of 2013, trésoreries included: a commune with a centre had two and more.
    counted = {row["insee"]: int(row["nb_ddfip"]) for row in rows_of(shared_data / "tax" / "bpe2013_dgfip_64.csv")}
    offices = tables.tax_offices.frame
    ours = set(offices.loc[offices["departement"] == "64", "commune_code"])
    assert ours == {code for code, number in counted.items() if number >= 2}


def test_a_tax_office_stands_at_the_town_hall_and_is_to_be_checked(tables):
    offices = tables.tax_offices.frame.set_index("facility_id")
    communes = tables.communes.frame
    biarritz = offices.loc["tax-64122"]
    assert (biarritz.geometry.x, biarritz.geometry.y) == tuple(communes.loc["64122", ["lon", "lat"]])
    assert (biarritz["commune_name"], biarritz["departement"]) == ("Biarritz", "64")
    assert "à vérifier" in biarritz["comment"]
    assert "impots.gouv.fr" in tables.tax_offices.notes[0]


def test_addresses_of_tax_offices_hold_neither_mail_box_nor_postcode(tables):
    addresses = tables.tax_offices.frame["address"]
    assert addresses.notna().all()
    wrong = addresses[addresses.str.contains(r"\b(?:BP|CS|TSA|Cedex)\b|\b\d{5}\b|,|^\W|\s{2}", case=False)]
    assert wrong.empty


def test_where_communes_are_placed_is_told(tables):
    communes = tables.communes.frame
    assert position_note(communes.loc[["64102"]]) == "Position des communes : 1 à leur mairie."
    note = position_note(communes)
    assert (communes["point_source"] == "mairie").mean() > 0.9
    for words in ("à leur mairie", "au site France services", "à leur bureau de poste", "à l'intérieur"):
        assert words in note
    assert "2023" in tables.communes.notes[0]


def test_each_cell_holds_its_own_commune_and_no_other(tables):
    communes = tables.communes.frame
    chosen = communes[communes["departement"].isin(["64", "40", "65"])]
    positions = gpd.GeoSeries.from_xy(chosen["lon"], chosen["lat"], index=chosen.index, crs=4326)
    cells = approximate_contours(positions, "EPSG:2154")
    cell, point = cells.sindex.query(positions, predicate="within")
    assert (cell == point).all()
    assert len(cell) == len(chosen)
    assert cells.is_valid.all()
    # INSEE: 7,645 km2, 9,243 km2, 4,464 km2. The cells' edge cuts across bays and spurs.
    assert cells.to_crs(2154).area.sum() / 1e6 == pytest.approx(7645 + 9243 + 4464, rel=0.05)


def test_what_an_office_does_may_be_unknown(few):
    path = few / "tax_offices.csv"
    rows = rows_of(path)
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]))
        table.writeheader()
        table.writerows(row | {"services": ""} for row in rows)
    offices = read_embedded(few).tax_offices.frame
    assert len(offices) == len(rows) > 0
    assert not offices["comment"].str.contains("entreprises").any()


def test_a_few_communes_are_read_alone(few):
    tables = read_embedded(few)
    assert list(tables.communes.frame.index) == ["64102", "64122", "64300"]
    assert "64541" in tables.former.index


@pytest.mark.parametrize(
    ("name", "found", "instead", "fault"),
    [
        ("communes", "64102,", "99999,", "ligne 2 : code INSEE absent"),
        ("communes", "64102,", "64122,", "ligne 3 : code INSEE déjà lu"),
        ("communes", ",Bayonne,", ",,", "ligne 2 : nom absent"),
        ("communes", ",64,", ",00,", "ligne 2 : nom absent ou département inconnu"),
        ("communes", ",64100,", ",64 100,", "ligne 2 : codes postaux"),
        ("communes", "200067106,64100,", "123456789,64100,", "ligne 2 : intercommunalité"),
        ("communes", ",43.", ",n", "ligne 2 : position absente"),
        ("communes", ",43.", ",143.", "ligne 2 : position absente"),
        ("communes", "mairie\n", "church\n", "ligne 2 : nature de la position"),
        ("sites", ",main,", ",boat,", "ligne 2 : nature de site"),
        ("sites", ",64102,", ",99102,", ": commune absente"),
        ("tax_offices", ",64122,", ",75056,", "ligne 3 : commune absente"),
        ("tax_offices", "tax-64122,", "tax-64102,", "ligne 3 : identifiant"),
        ("former_communes", "Urdès", "", "« name » absent"),
        ("former_communes", ",64300", ",75056", "commune absente"),
        ("intercommunalities", ",CA", ",", "« kind » absent"),
    ],
)
def test_a_broken_table_is_refused_with_its_row(few, name, found, instead, fault):
    path = few / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert found in text
    path.write_text(text.replace(found, instead, 1), encoding="utf-8")
    with pytest.raises(SchemaError, match=fault) as caught:
        read_embedded(few)
    assert f"{name}.csv" in str(caught.value)


@pytest.mark.parametrize("residents", ["-3", "1.5", "1E20"])
def test_residents_that_are_no_number_are_refused(few, residents):
    path = few / "communes.csv"
    rows = rows_of(path)
    rows[1]["population"] = residents
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    with pytest.raises(SchemaError, match="ligne 3 : population"):
        read_embedded(few)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_column_or_file_is_refused(few, name):
    path = few / f"{name}.csv"
    header, _, rest = path.read_text(encoding="utf-8").partition("\n")
    first = header.split(",")[0]
    path.write_text(header.replace(first, "number", 1) + "\n" + rest, encoding="utf-8")
    with pytest.raises(SchemaError, match=first):
        read_embedded(few)
    path.unlink()
    with pytest.raises(SourceError, match=rf"{name}\.csv"):
        read_embedded(few)
