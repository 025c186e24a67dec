"""The API of one département, and of all of France, as it is served: behind its gate."""

import pytest

from geo import Territory
from geo.api.rate import RateLimiter
from geo.api.serve import application
from geo.api.service import Service


@pytest.fixture(scope="session")
def departement(embedded):
    return application(Service(embedded), RateLimiter(1_000_000))


@pytest.fixture(scope="session")
def france():
    return application(Service(Territory.load()), RateLimiter(1_000_000))
