"""Fixtures shared by all tests."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of official files for trials; skips where it is not beside the project."""
    if not _SHARED.is_dir():
        pytest.skip("the folder ../shared/data with official files is not beside the project")
    return _SHARED
