"""Errors as values: what they say, and that they cross from one process to another unchanged."""

import pickle

import pytest

from geo.errors import (
    BatchError,
    CrsError,
    Fault,
    GeocodingError,
    NetworkError,
    ParameterError,
    SchemaError,
    SourceError,
)


@pytest.mark.parametrize(
    "error",
    [
        SchemaError("Communes (c.geojson)", [Fault("colonne « code » absente"), Fault("code vide", 7)], "Corrigez."),
        *[
            kind("Une phrase.")
            for kind in (BatchError, CrsError, GeocodingError, NetworkError, ParameterError, SourceError)
        ],
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_in_another_process(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
