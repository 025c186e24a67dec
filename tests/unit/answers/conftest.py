"""Territories whose answers are read."""

import pytest


@pytest.fixture(scope="session")
def plain():
    """Return a text with ordinary spaces."""

    def call(text: str) -> str:
        return text.replace("\u202f", " ").replace("\u00a0", " ").replace("\u2002", " ")

    return call
