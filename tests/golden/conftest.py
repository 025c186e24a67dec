"""What is heard of each territory, once for all tests of a process."""

import functools

import pytest

from geo import Territory
from tests.golden.channels import CLOSED, OPENED, USUALLY_CLOSED, USUALLY_OPENED, collect
from tests.golden.checks import Heard
from tests.golden.oracle import Oracle


@pytest.fixture(scope="session")
def heard(tmp_path_factory, packages_looked_at_once):  # noqa: ARG001
    """Return what is said of a territory on every channel, and what is true of it."""
    kept: dict[str, Heard] = {}

    def about(key: str) -> Heard:
        if key not in kept:
            with pytest.MonkeyPatch.context() as patch:
                # Nothing in a saved territory changes here, and each of the commands would read it again.
                patch.setattr(Territory, "load", functools.cache(Territory.load))
                channels = collect(key, tmp_path_factory.mktemp(key))
            oracle = Oracle(channels.territory)
            plan = channels.data.get("file.plan.plan")
            labels = plan["selected"] if plan else []
            if plan:
                oracle.add_plan(plan)
            sites = oracle.sites
            closed = sites["facility_id"] == CLOSED.get(key, USUALLY_CLOSED)
            oracle.add_scenario("scenario", OPENED.get(key, USUALLY_OPENED), closed)
            oracle.add_scenario("closure", None, (sites["bearer"] == "La Poste").fillna(value=False))
            kept[key] = Heard(channels, oracle, {f"label_{label['rank']}": label["name"] for label in labels})
        return kept[key]

    return about
