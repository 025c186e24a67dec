"""The dossiers on paper: one tagged page a label, whatever the texts, the same bytes each time."""

import io
import re
from dataclasses import replace

import pypdf
import pytest

from geo.report.label_dossiers import dossiers_pdf, served_rows
from tests.pdf_text import page_text


@pytest.fixture
def made(three_labels):
    return three_labels


def pages(content):
    return [" ".join(page_text(page).split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_one_page_a_label(made, embedded):
    content = dossiers_pdf(made, embedded.parts)
    found = pages(content)
    assert len(found) == len(made.labels)
    for text, name in zip(found, made.labels["name"], strict=True):
        assert name in text
        for part in ("Qui il sert", "Critères", "Lieux d'accueil", "Coût", "Autres solutions", "Sites voisins"):
            assert part in text
        assert "Bureaux de poste, La Poste (décembre 2020, Licence Ouverte 2.0)" in text
        assert "maisons de services au public, DILA (octobre 2019, Licence Ouverte 2.0)" in text
        assert "Finances publiques" not in text
    assert dossiers_pdf(made, embedded.parts) == content
    assert pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_hostile_names_stay_on_their_page(made, embedded):
    """One for each label, which is the name of all that its page tells of."""
    evil = dict(zip(made.labels["code"], ['#panic("x") *gras* $x^2$', "A" * 3000, "mot " * 900], strict=True))
    tables = {
        "labels": ("code", "name"),
        "served": ("label_code", "commune_name"),
        "leaving": ("label_code", "facility_name"),
    }
    harmed = {
        table: (frame := getattr(made, table)).assign(**{name: frame[of].map(evil).astype("string")})
        for table, (of, name) in tables.items()
    }
    assert len(pages(dossiers_pdf(replace(made, **harmed), embedded.parts))) == len(evil)


def test_whom_a_label_brings_nearer_is_seen_on_both_sides_of_the_threshold(made):
    """A row that is brought within 20 min does not read the same before and after."""
    brought = made.served[made.served["residents_brought"] == made.served["residents"]]
    assert len(brought) > 1
    for *_, before, after in served_rows(brought, made.threshold_min):
        was, will = (re.search(r"(un peu \w+ de )?(\d+)\smin|^moins", text) for text in (before, after))
        assert was[1] == "un peu plus de " or int(was[2]) > 20
        assert will[0] == "moins" or will[1] == "un peu moins de " or int(will[2]) < 20
