"""The dossiers on paper: one tagged page a label, whatever the texts, the same bytes each time."""

import io
from dataclasses import replace

import pandas as pd
import pypdf
import pytest

from geo.report.label_dossiers import dossiers_pdf
from geo.siting.plan import plan


@pytest.fixture(scope="module")
def made(embedded):
    return plan(embedded, 3)


def pages(content):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_one_page_a_label(made, embedded):
    content = dossiers_pdf(made, embedded.parts)
    found = pages(content)
    assert len(found) == len(made.labels)
    for text, name in zip(found, made.labels["name"], strict=True):
        assert name in text
        for part in ("Qui il sert", "Critères", "Lieux d'accueil", "Coût", "Autres solutions", "Sites voisins"):
            assert part in text
    assert dossiers_pdf(made, embedded.parts) == content
    assert pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("evil", ['#panic("x") *gras* $x^2$', "A" * 3000, "mot " * 900])
def test_hostile_names_stay_on_their_page(made, embedded, evil):
    labels = made.labels.assign(name=pd.Series([evil] * len(made.labels), dtype="string"))
    served = made.served.assign(commune_name=pd.Series([evil] * len(made.served), dtype="string"))
    leaving = made.leaving.assign(facility_name=pd.Series([evil] * len(made.leaving), dtype="string"))
    harmed = replace(made, labels=labels, served=served, leaving=leaving)
    assert len(pages(dossiers_pdf(harmed, embedded.parts))) == len(labels)
