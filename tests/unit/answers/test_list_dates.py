"""Of which day a list is, and whether it is too old to rely on."""

import datetime as dt

import pytest

from geo.answers.list_dates import is_old, list_date, list_sentence, old_list_sentence
from geo.sources.vintages import last_day
from tests.golden.reading import plain

TODAY = dt.date(2026, 11, 27)


@pytest.mark.parametrize(
    ("vintage", "said", "last"),
    [
        ("2024-08-01", "Liste du 1er août 2024", dt.date(2024, 8, 1)),
        ("1er janvier 2026", "Liste du 1er janvier 2026", dt.date(2026, 1, 1)),
        ("octobre 2019", "Liste d'octobre 2019", dt.date(2019, 10, 31)),
        ("décembre 2024", "Liste de décembre 2024", dt.date(2024, 12, 31)),
        ("2024", "Liste de 2024", dt.date(2024, 12, 31)),
        ("2024-02-31", "Liste de 2024-02-31", None),
        ("0000-00-00", "Liste de 0000-00-00", None),
        ("9999", "Liste de 9999", None),
        ("un jour", "Liste de un jour", None),
        ("", "Liste de date inconnue", None),
        (None, "Liste de date inconnue", None),
    ],
)
def test_the_date_of_a_list(vintage, said, last):
    assert plain(list_date(vintage)) == said
    assert last_day(vintage) == last


def test_a_list_is_old_after_a_year_and_never_where_its_date_is_not_known():
    assert is_old("2024-08-01", TODAY)
    assert not is_old("2025-11-27", TODAY)
    assert not is_old("2025", TODAY), "it may be of the last day of the year"
    assert not is_old(None, TODAY)
    assert plain(old_list_sentence("2024-08-01", TODAY)) == (
        "Liste des sites du 1er août 2024 : plus d'un an, à vérifier par téléphone avant de vous déplacer."
    )
    assert old_list_sentence("2026-08-01", TODAY) == ""


def test_figures_say_the_list_that_they_stand_on(make_manifest):
    manifest = make_manifest(list_vintages={"sites": "2024-08-01", "tax_offices": "octobre 2019"})
    assert plain(list_sentence(manifest, "sites", TODAY)) == (
        "Liste des sites du 1er août 2024 : plus d'un an, des lieux ont pu ouvrir ou fermer depuis."
    )
    assert plain(list_sentence(manifest, "sites", dt.date(2024, 9, 1))) == "Liste des sites du 1er août 2024."
    assert plain(list_sentence(manifest, "tax_offices", TODAY)).startswith(
        "Liste des services des impôts d'octobre 2019 :"
    )
    assert plain(list_sentence(manifest, "écoles", TODAY)) == "Liste « écoles » de date inconnue."
