"""*Planifier* with and without a car: the plan beside those that none beats, where the territory has timetables."""

import datetime as dt

from geo import Territory
from geo.answers.two_publics import TITLE, two_publics, two_publics_answer
from geo.siting.plan import plan


def plain(text: str) -> str:
    return " ".join(text.replace("\\", "").split())


def test_the_plan_is_beside_those_that_none_beats(open_part, valley):
    app = open_part("planifier", valley, labels="1", mode="transit", jour="2025-02-04")
    territory = Territory.load(valley)
    found = two_publics(territory, plan(territory, 1), dt.date(2025, 2, 4))
    assert plain(two_publics_answer(found).sentence) in [plain(each.value) for each in app.markdown]
    table = next(each.value for each in app.dataframe if "Sans voiture, aller-retour" in each.value)
    assert table["Plan"].tolist() == found.table["plan"].tolist()
    assert table["Sans voiture, aller-retour"].tolist() == found.table["residents_round_trip"].tolist()
    assert TITLE in [each.value for each in app.header]


def test_a_saturday_is_told_and_nothing_is_compared_without_timetables(open_part, valley):
    app = open_part("planifier", valley, labels="1", mode="transit", jour="2025-02-08")
    assert "n'est pas un jour ouvré" in plain(app.error[0].value)
    assert TITLE not in [each.value for each in open_part("planifier", labels="1").header]
