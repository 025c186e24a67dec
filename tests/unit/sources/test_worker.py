"""A reader in a process of its own: the same answers, the same refusals, and an end to all others."""

import os
import pickle
import time
from functools import partial

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import ParameterError, SchemaError, SourceError
from geo.sources.communes import read_communes
from geo.sources.worker import SMALL_BYTES, apart, in_worker
from geo.territory import given_files


@pytest.fixture(scope="module")
def communes(tmp_path_factory):
    """Twenty square communes whose outlines have so many points that the file is large."""
    codes = [f"64{n:03}" for n in range(1, 21)]
    shapes = [shapely.box(n / 100 - 1.5, 43.3, n / 100 - 1.49, 43.31).segmentize(2e-5) for n in range(20)]
    path = tmp_path_factory.mktemp("large") / "communes.geojson"
    path.write_text(gpd.GeoDataFrame({"code": codes, "nom": codes}, geometry=shapes, crs=4326).to_json(drop_id=True))
    return path


def test_a_large_file_is_read_as_at_once(communes):
    assert communes.stat().st_size > SMALL_BYTES
    found, expected = apart(communes, "Communes", partial(read_communes, columns=None)), read_communes(communes)
    assert found.provenance == expected.provenance
    assert found.commune_notes == expected.commune_notes
    assert shapely.equals_exact(found.frame.geometry.to_numpy(), expected.frame.geometry.to_numpy()).all()


def test_a_large_file_of_a_visitor_is_looked_into_apart(communes, monkeypatch):
    """What another process is asked, and what it answers, can be told to it and back."""
    told = []

    def asked(path, source, reader):
        told.append(source)
        return pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(reader))(path)))

    monkeypatch.setattr(given_files, "apart", asked)
    preview = given_files.look("communes", communes.read_bytes())
    assert told == ["Communes"]
    assert (preview.rows, preview.departement, preview.recognised) == (20, "64", {"code": "code", "name": "nom"})


def test_a_refusal_is_that_of_the_reader(communes, tmp_path):
    """Each kind of refusal is the same in another process (`test_errors`): one is told through it."""
    with pytest.raises(SchemaError, match="colonne du nom absente") as refusal:
        apart(communes, "Communes", partial(read_communes, columns={"code": "code"}))
    assert refusal.value.faults
    broken = tmp_path / "communes.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [' + " " * SMALL_BYTES)
    with pytest.raises(SourceError, match="abîmé") as refusal:
        read_communes(broken)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("function", "arguments", "limits", "said"),
    [
        (time.sleep, (60,), {"seconds": 0.5}, "arrêtée après 0 secondes|arrêtée après 1 secondes"),
        (bytearray, (2_000_000_000,), {}, "demandé trop de mémoire"),
        (np.ones, (300_000_000,), {}, "demandé trop de mémoire"),
        (os.abort, (), {}, "demandé trop de mémoire, ou il est abîmé"),
        (os._exit, (3,), {}, "demandé trop de mémoire, ou il est abîmé"),
    ],
)
def test_what_takes_too_much_or_breaks_is_one_sentence(function, arguments, limits, said):
    with pytest.raises(ParameterError, match=said) as refusal:
        in_worker(function, *arguments, source="Communes", **limits)
    assert str(refusal.value).startswith("Communes : la lecture du fichier")


def test_what_a_library_prints_is_no_part_of_the_answer():
    assert in_worker(print, "bonjour", source="Liste") is None


def test_text_and_small_files_are_read_at_once(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * (SMALL_BYTES + 1))
    assert apart(path, "Liste", lambda found: found.name) == "a.csv"  # which no other process could be told
    (tmp_path / "a.geojson").write_bytes(b"{}")
    assert apart(tmp_path / "a.geojson", "Liste", lambda found: found.name) == "a.geojson"
