"""What real roads change, on *Diagnostic*: for a département of the cache, and for no other territory."""

import pytest

from geo import Territory

TITLE = "Ce que changent les vraies routes"


@pytest.fixture
def kept(small_world, tmp_path):
    """Keep the small world, on its real roads, as a département that was downloaded; return its folder."""
    folder = tmp_path / "cache" / "territories" / "64"
    Territory.build(
        "64",
        communes=small_world.communes,
        sites=small_world.sites,
        population=small_world.population,
        roads=small_world.roads,
    ).save(folder)
    return folder


def part(app):
    """Return the words of the part about roads, `None` where there is none."""
    for block in app.expander:
        if block.label == TITLE:
            return " ".join(each.value for each in block.markdown).replace("\\", "")
    return None


def test_it_is_told_for_a_kept_departement(open_diagnostic, kept):
    told = part(open_diagnostic(territoire="64"))
    assert told.startswith("Par les routes, ")
    assert "selon l'estimation" in told
    assert "desservie" in told or "Aucune commune ne change de côté" in told
    assert part(open_diagnostic(str(kept))) is None  # a folder of one's own: not the one that replaces the estimate


def test_it_is_not_told_of_an_estimate(open_diagnostic):
    assert part(open_diagnostic(territoire="64")) is None
