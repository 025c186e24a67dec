"""The document: how long it is, what it says, and names that cannot harm it."""

import io
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pypdf
import pytest
import shapely

from geo import Territory
from geo.french import format_integer, format_share
from geo.question import Question
from geo.report.report_document import PAGES, report_pdf
from geo.siting.plan import plan


def only(territory, codes):
    """The same territory, of these communes alone."""
    return replace(territory, communes=territory.communes.loc[list(codes)])


def readable(number_text):
    return " ".join(number_text.split())


def moved_away(territory):
    """Nobody near: the antenne in D alone, seen from A and B."""
    sites = territory.sites
    return only(territory.with_sites(sites[sites["kind"] == "antenne"], why={}), ["64001", "64002"])


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        (lambda t: t, {}, "est sous-desservie"),
        (lambda t: only(t, ["64001", "64002", "64003", "64004"]), {"question": Question(60)}, "Tous les habitants"),
        (moved_away, {"question": Question(10)}, "Aucun des 1 500 habitants"),
        (lambda t: only(t, ["64001"]), {}, "aucune commune n'est sous-desservie"),
        (lambda t: only(t, ["64005"]), {}, "Aucun trajet n'est connu"),
        (lambda t: t, {"question": Question(facilities="tax_offices")}, "d'un service des impôts"),
        (lambda t: t, {"question": Question(12.5, kinds=frozenset({"main"}))}, "12,5 min"),
    ],
)
def test_pages_and_first_sentence(reported, pages_of, change, options, said):
    pages = pages_of(change(reported), **options)
    assert PAGES[0] <= len(pages) <= PAGES[1]
    assert said in pages[0]
    assert "Sources" in pages[-1]


def test_without_tax_offices_and_without_population(small_world, pages_of):
    territory = small_world.territory(population=None)
    pages = pages_of(territory)
    assert PAGES[0] <= len(pages) <= PAGES[1]
    assert "La population n'est pas connue" in pages[0]
    assert "Aucune liste de services des impôts" in " ".join(pages)


def test_overseas(tmp_path, small_world, pages_of):
    squares = [shapely.box(55.4 + 0.1 * i, -21.1, 55.5 + 0.1 * i, -21.0) for i in range(3)]
    codes = ["97401", "97402", "97403"]
    gpd.GeoDataFrame({"code": codes, "nom": ["Là-Haut", "Là-Bas", "L'Étang"]}, geometry=squares, crs=4326).to_file(
        tmp_path / "communes.gpkg"
    )
    pd.DataFrame({"COM": codes, "PMUN": [10, 1, 0]}).to_csv(tmp_path / "population.csv", sep=";", index=False)
    sites = pd.read_csv(small_world.sites, dtype=str).head(1)
    sites[["insee_dep", "insee_com", "latitude", "longitude"]] = ["974", "97401", "-21.05", "55.45"]
    sites.to_csv(tmp_path / "sites.csv", index=False)
    territory = Territory.build(
        "974",
        communes=tmp_path / "communes.gpkg",
        sites=tmp_path / "sites.csv",
        population=tmp_path / "population.csv",
    )
    pages = pages_of(territory, plan=plan(territory, 1, threshold_min=1))
    assert PAGES[0] <= len(pages) <= PAGES[1]
    assert "La Réunion" in pages[0]
    text = readable(" ".join(pages))
    other = "Ce plan a été calculé pour un seuil de 1 min, avec les antennes, sans les bus : ses chiffres ne se comparent pas"
    assert other in readable(pages[0]), "where 20 min are told beside it"
    assert text.count(other) == 2
    assert "Les temps de trajet sont approchés" in pages[0]


@pytest.fixture(scope="module")
def findings(embedded, findings_of):
    """What is found of the embedded territory, with a plan."""
    return findings_of(embedded, plan=plan(embedded, 5))


@pytest.fixture(scope="module")
def sheets(findings, blank_maps):
    """Empty pages for the maps of these findings: what is on these is read where each fact is one number."""
    return blank_maps(findings)


@pytest.fixture(scope="module")
def document(findings, sheets):
    """The report of these findings."""
    return report_pdf(findings, sheets)


def test_the_figures_of_the_summary_are_in_the_text(embedded, findings, document, pdf_pages):
    pages = pdf_pages(document)
    assert PAGES[0] <= len(pages) <= PAGES[1]
    assert "Ce plan a été calculé pour" not in readable(" ".join(pages)), "it was asked the same"
    summary, fragility = findings.summary, findings.fragility
    for figure in (
        format_share(summary.share_covered),
        f"{format_integer(summary.residents_within)} sur {format_integer(summary.part.residents_known)}",
        f"environ {5 * round(summary.median_time_min / 5)} min",
        f"{format_integer(summary.communes_under_served)} communes sur {len(embedded.communes)} sont sous-desservies",
        f"{format_integer(summary.residents_under_served)} habitants",
        format_share(fragility.share_with_second),
    ):
        assert readable(figure) in pages[0], figure
    # The curve, the plan and the coverage were made apart: their figures agree.
    at_threshold = findings.curve.loc[20, "residents"]
    assert (
        round(at_threshold) == round(summary.residents_within) == round(findings.planned.plan.before.residents_within)
    )
    brought = findings.planned.after["residents_within"].sum() - findings.planned.before["residents_within"].sum()
    assert readable(f"rapprocheraient {format_integer(brought)} habitants") in pages[0]
    assert findings.planned.plan.after.residents_within == pytest.approx(
        findings.planned.after["residents_within"].sum()
    )
    assert readable(format_integer(findings.opening.residents_within)) == readable(
        format_integer(summary.residents_within)
    )


def test_tagged_for_screen_readers(document):
    root = pypdf.PdfReader(io.BytesIO(document)).root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr-FR"
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_names_are_text_and_nothing_else(reported, pages_of, hostile):
    names = pd.array([hostile] * len(reported.communes), dtype="string")
    long = pd.array([f"{hostile}{'W' * 900} {i}" for i in range(len(reported.sites))], dtype="string")
    harmed = replace(
        reported.with_sites(reported.sites.assign(name=long), why={}),
        name=f"{hostile}{'x' * 300}",
        communes=reported.communes.assign(name=names),
    )
    made = plan(harmed, 3, threshold_min=9)
    pages = pages_of(harmed, question=Question(9), plan=made)
    assert PAGES[0] <= len(pages) <= PAGES[1]
    assert '#panic("x")*gras*$x^2$<b>#read("main.typ")' in "".join(pages).replace(" ", "")


def test_many_long_names_stay_within_the_pages(embedded, findings_of, pdf_pages, sheets):
    """The worst of tables: every name is long."""
    long = "Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson-les-Grandes-Eaux"
    named = embedded.communes.assign(name=pd.array([long] * len(embedded.communes), dtype="string"))
    sites = embedded.sites.assign(
        name=pd.array([f"France services {long} {i}" for i in range(len(embedded.sites))], "string")
    )
    worst = replace(embedded.with_sites(sites, why={}), communes=named)
    made = plan(worst, 15)  # fewer where no further one brings anybody nearer
    pages = pdf_pages(report_pdf(findings_of(worst, plan=made), sheets))
    assert len(pages) <= PAGES[1]
    assert f"{len(made.labels)} nouveaux labels" in pages[0]
