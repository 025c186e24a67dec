"""What is heard of each territory, once for all tests of a process."""

import functools

import pytest

from geo import Territory
from tests.golden.channels import CLOSED, OPENED, USUALLY_CLOSED, USUALLY_OPENED, collect
from tests.golden.checks import Heard
from tests.golden.oracle import Oracle


@pytest.fixture(scope="session")
def folders_read_once():
    """Read each saved territory once: nothing in it changes, and every command would read it again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Territory, "load", functools.cache(Territory.load))
        yield


@pytest.fixture(scope="session")
def heard(tmp_path_factory, packages_looked_at_once, folders_read_once):  # noqa: ARG001
    """Return what is said of a territory on every channel, and what is true of it."""
    kept: dict[str, Heard] = {}

    def about(key: str) -> Heard:
        if key not in kept:
            channels = collect(key, tmp_path_factory.mktemp(key))
            oracle = Oracle(channels.territory)
            labels = channels.data["json.plan"]["selected"] if "json.plan" in channels.data else []
            if "plan" not in channels.refused:
                oracle.add_plan(labels)
            sites = oracle.sites
            closed = sites["facility_id"] == CLOSED.get(key, USUALLY_CLOSED)
            oracle.add_scenario("scenario", OPENED.get(key, USUALLY_OPENED), closed)
            oracle.add_scenario("closure", None, (sites["bearer"] == "La Poste").fillna(value=False))
            kept[key] = Heard(channels, oracle, {f"label_{label['rank']}": label["name"] for label in labels})
        return kept[key]

    return about
