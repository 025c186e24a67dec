"""Errors name the file they are about, once; rows kept out keep their order."""

import pandas as pd
import pytest

from geo.errors import CrsError, Fault, MaillageError, NetworkError, ParameterError, SchemaError, SourceError
from geo.sources.communes import read_communes
from geo.sources.embedded import read_embedded
from geo.sources.france_services import read_france_services
from geo.sources.places import read_places
from geo.sources.population import read_population
from geo.sources.provenance import names_its_file, rejected_rows, rejection_faults
from geo.sources.tax_offices import read_tax_offices


def refused(path, error):
    @names_its_file
    def read(_):
        raise error

    with pytest.raises(type(error)) as caught:
        read(path)
    assert type(caught.value) is type(error)
    return caught.value


def test_a_schema_error_keeps_its_faults_and_advice(tmp_path):
    error = refused(tmp_path / "tax.csv", SchemaError("Liste", [Fault("vide", 3), Fault("absent")], "Corrigez."))
    assert str(error) == "Liste (tax.csv) : ligne 3 : vide ; absent. Corrigez."
    assert error.faults == (Fault("vide", 3), Fault("absent"))
    assert error.advice == "Corrigez."


@pytest.mark.parametrize("kind", [SourceError, CrsError, NetworkError])
def test_other_errors_keep_their_kind(tmp_path, kind):
    assert str(refused(tmp_path / "a.shp", kind("Liste : abîmée : voyez."))) == "Liste (a.shp) : abîmée : voyez."
    assert str(refused(tmp_path / "a.shp", kind("Liste abîmée."))) == "« a.shp » : Liste abîmée."


def test_a_file_already_named_is_not_named_twice_and_options_are_not_files(tmp_path):
    for error in (SourceError("« a.csv » est vide."), ParameterError("Seuil : 0 trouvé.")):
        assert refused(tmp_path / "a.csv", error) is error


@pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"{", b"{}", b"\x00\xff", b"<html>", b'{"type": "Feature"}'])
@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (read_france_services, "fs.csv"),
        (read_tax_offices, "tax.csv"),
        (read_places, "places.csv"),
        (read_places, "places.geojson"),
        (read_population, "pop.csv"),
        (read_communes, "com.geojson"),
    ],
)
def test_every_reader_names_its_file_once(tmp_path, reader, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(MaillageError) as caught:
        reader(path)
    assert str(caught.value).count(name) == 1


CONTOURS = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "64001", "nom": "%s"}, '
    '"geometry": {"type": "Polygon", "coordinates": [[[-1, 43], [-0.9, 43], [-0.9, 43.1], [-1, 43]]]}}]}'
)


def test_of_several_files_the_one_at_fault_is_named(tmp_path):
    good, bad, figures = tmp_path / "good.geojson", tmp_path / "bad.geojson", tmp_path / "pop.csv"
    good.write_text(CONTOURS % "A", encoding="utf-8")
    bad.write_text("{", encoding="utf-8")
    figures.write_text("a;b\n1;2\n", encoding="utf-8")
    for arguments, options, name in (
        (([good, bad],), {}, "bad.geojson"),
        ((good,), {"population": figures}, "pop.csv"),
        ((good,), {"town_halls": bad}, "bad.geojson"),
    ):
        with pytest.raises(MaillageError) as caught:
            read_communes(*arguments, **options)
        assert name in str(caught.value)
        assert "good.geojson" not in str(caught.value)


def test_where_no_file_is_usable_all_are_named(tmp_path):
    paths = [tmp_path / "one.geojson", tmp_path / "two.geojson"]
    for path in paths:
        path.write_text(CONTOURS % "", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"one\.geojson.*commune sans nom.*two\.geojson.*commune sans nom"):
        read_communes(paths)


def test_the_embedded_tables_are_named(tmp_path):
    (tmp_path / "communes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "intercommunalities.csv").write_text("code,name,kind\n200067106,Pays Basque,CA\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"communes\.csv"):
        read_embedded(tmp_path)


def test_rows_kept_out_are_those_with_a_reason():
    reasons = pd.Series(["vide", pd.NA, "double"], dtype="string", index=[5, 6, 9])
    rejected = rejected_rows(reasons.index, pd.Series(["a", "b", pd.NA], dtype="string", index=reasons.index), reasons)
    assert rejected.to_dict("list") == {"row": [5, 9], "identifier": ["a", ""], "reason": ["vide", "double"]}
    assert rejection_faults(rejected) == [Fault("vide", 5), Fault("double", 9)]


def test_equal_reasons_are_one_fault():
    rows = [*range(2, 36), 40, 41]
    rejected = pd.DataFrame({"row": rows, "identifier": "", "reason": ["vide"] * 35 + ["double"]})
    assert rejection_faults(rejected) == [Fault("lignes 2 à 35, 40 : vide"), Fault("double", 41)]
    odd = pd.DataFrame({"row": range(3, 43, 2), "identifier": "", "reason": "vide"})
    assert rejection_faults(odd) == [Fault("lignes 3, 5, 7, 9, 11, 13, 15, 17, 19, 21 et 10 autres : vide")]
