"""Procedures and operators: the tables, and the words people use."""

import datetime as dt
from urllib.parse import urlsplit

import pytest

from geo.finder.procedures import (
    FROM_HOME,
    LOOK_ALIKES,
    MANDATE,
    find_operator,
    operators,
    procedures,
)

#: Official sites known to the project; anything else is a mistake or a look-alike.
OFFICIAL = {
    *("www.impots.gouv.fr", "www.lassuranceretraite.fr", "www.caf.fr", "www.francetravail.fr", "www.ameli.fr"),
    *("ants.gouv.fr", "www.justice.fr", "chequeenergie.gouv.fr", "france-renov.gouv.fr", "www.agirc-arrco.fr"),
    *("www.urssaf.fr", "www.msa.fr", "www.laposte.fr"),
}
TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(("year", "count"), [(2018, 0), (2019, 9), (2023, 9), (2024, 11), (2025, 13), (2026, 13)])
def test_operators_by_year(year, count):
    assert len(operators(dt.date(year, 6, 1))) == count


def test_who_joined_when():
    def joined(year):
        keys = {operator.key for operator in operators(dt.date(year, 1, 1))}
        return keys - {operator.key for operator in operators(dt.date(year - 1, 12, 31))}

    assert joined(2024) == {"cheque_energie", "anah"}
    assert joined(2025) == {"agirc_arrco", "urssaf"}


def test_the_tables_hold_together():
    known = {operator.key: operator for operator in operators(TODAY)}
    assert len({procedure.key for procedure in procedures()}) == len(procedures())
    for procedure in procedures():
        assert procedure.website == known[procedure.operator].website
        assert procedure.noted_on
        assert all(procedure.examples)
        assert procedure.online
        assert procedure.where_handled
    assert {procedure.operator for procedure in procedures()} == set(known)
    for operator in known.values():
        address = urlsplit(operator.website)
        assert (address.scheme, address.path, address.query) == ("https", "", "")
        assert address.netloc in OFFICIAL


def test_no_name_means_two_operators():
    names = [name.casefold() for operator in operators(TODAY) for name in (operator.key, *operator.aliases)]
    meant = [find_operator(name, TODAY) for name in names]
    owners = [operator for operator in operators(TODAY) for _ in (operator.key, *operator.aliases)]
    assert meant == owners


def test_an_operator_is_only_found_once_it_joined():
    assert find_operator("urssaf", dt.date(2024, 6, 1)) is None
    assert find_operator("Pôle Emploi", TODAY).key == "france_travail"
    assert find_operator("quelqu'un", TODAY) is None


def test_texts_name_no_number_and_warn():
    texts = " ".join((LOOK_ALIKES, MANDATE, *FROM_HOME))
    assert not any(mark.isdigit() for mark in texts)
    assert "gratuites" in LOOK_ALIKES
    assert "écrit" in MANDATE
