"""The answer of a coverage stays right when a figure is 0, 1, all or unknown."""

import pandas as pd
import pytest

from geo.access.coverage import CoverageSummary
from geo.access.known_part import KnownPart
from geo.answers.answer import far_rule, known_note, part_title
from geo.answers.coverage import (
    access_title,
    commune_sentence,
    coverage_answer,
    coverage_figures,
    coverage_sentence,
    under_served_sentence,
)

NEAR = "à 20 min ou moins d'un site France services"


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def totals(residents, covered, communes, under, *, known=None, communes_known=None, **changes):
    part = KnownPart(
        residents,
        residents if known is None else known,
        communes,
        communes if communes_known is None else communes_known,
    )
    values = {
        "threshold_min": 20.0,
        "facilities": "sites",
        "rule": "Règle.",
        "part": part,
        "residents_within": covered,
        "residents_unreachable": 0,
        "communes_under_served": under,
        "residents_under_served": 0,
        "communes_unreachable": 0,
        "median_time_min": 8.3,
    }
    return CoverageSummary(**(values | changes))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (totals(1000, 910, 40, 34), f"91 % des habitants (910 sur 1 000) sont {NEAR} ; 34 communes sont sous-desservies."),
        (totals(1000, 1000, 40, 0), f"Tous les habitants (1 000) sont {NEAR} ; aucune commune n'est sous-desservie."),
        (totals(1000, 999, 40, 1), f"Plus de 99 % des habitants (999 sur 1 000) sont {NEAR} ; 1 commune est sous-desservie."),
        (totals(1000, 0, 40, 40), f"Aucun des 1 000 habitants n'est {NEAR} ; les 40 communes sont toutes sous-desservies."),
        (totals(0, 0, 40, 2), "La population n'est pas connue ; 2 communes sont sous-desservies."),
        (totals(1, 1, 1, 0), f"Le seul habitant est {NEAR} ; aucune commune n'est sous-desservie."),
        (totals(1, 0, 2, 1), f"Le seul habitant n'est pas {NEAR} ; 1 commune est sous-desservie."),
        (totals(0, 0, 1, 1), "La population n'est pas connue ; la seule commune est sous-desservie."),
        # Of the part that the network covers only: the note beside says so.
        (
            totals(1000, 90, 40, 2, known=100, communes_known=10, communes_unreachable=1),
            f"90 % des habitants (90 sur 100) sont {NEAR} ; 2 communes sont sous-desservies, dont 1 sans route vers un lieu.",
        ),
        (totals(1000, 90, 40, 10, known=100, communes_known=10), f"90 % des habitants (90 sur 100) sont {NEAR} ; les 10 communes sont toutes sous-desservies."),
        (totals(9, 0, 1, 0, known=0, communes_known=0), "Aucun trajet n'est connu ; le réseau routier ne couvre aucune commune."),
        # Exact, not rounded: not quite all is not all.
        (totals(1000, 999.7, 40, 0), f"Plus de 99 % des habitants (1 000 sur 1 000) sont {NEAR} ; aucune commune n'est sous-desservie."),
    ],
)  # fmt: skip
def test_sentence(found, expected):
    assert plain(coverage_sentence(found)) == expected


def test_sentence_with_another_list_and_half_a_minute():
    found = totals(10, 5, 3, 2, threshold_min=12.5, facilities="piscines")
    assert "à 12,5 min ou moins d'un lieu de la liste « piscines »" in plain(coverage_sentence(found))


@pytest.mark.parametrize(
    ("under", "unreachable", "expected"),
    [
        (1, 1, "; 1 commune est sous-desservie, sans route vers un lieu."),
        (2, 2, "; 2 communes sont sous-desservies, toutes sans route vers un lieu."),
        (530, 525, "; 530 communes sont sous-desservies, dont 525 sans route vers un lieu."),
        (546, 3, "; les 546 communes sont toutes sous-desservies, dont 3 sans route vers un lieu."),
    ],
)
def test_sentence_says_where_nothing_leads(under, unreachable, expected):
    assert plain(coverage_sentence(totals(10, 5, 546, under, communes_unreachable=unreachable))).endswith(expected)


def frame(poor, population, minutes=None):
    return pd.DataFrame(
        {
            "name": [f"V{i}" for i in range(len(poor))],
            "population": pd.array(population, dtype="Int64"),
            "travel_time_min": pd.array(minutes or [5.0] * len(poor), dtype="Float64"),
            "under_served": pd.array(poor, dtype="boolean"),
        }
    )


@pytest.mark.parametrize(
    ("poor", "population", "minutes", "said"),
    [
        ([False, False], [5, 5], [5.0, 18.0], "Aucune commune n'est sous-desservie ; la plus éloignée est V1, à 18,0 min."),
        ([False, None], [5, 5], [5.0, None], "Aucune commune n'est sous-desservie ; V0 est à 5,0 min."),
        ([None, None], [5, 5], [None, None], "Aucun trajet n'est connu : le réseau routier ne couvre aucune commune."),
        ([True], [7], None, "La seule commune est sous-desservie (7 habitants, soit 100 % des habitants) : V0."),
        ([True, False], [1, 3], None, "1 commune sur 2 est sous-desservie (1 habitant, soit 25 % des habitants) : V0."),
        ([True, True], [1, 3], None, "Toutes les communes sont sous-desservies (4 habitants, soit 100 % des habitants) : V1 et V0."),
        ([True] * 4 + [False], [1, 4, 2, None, 3], None, "4 communes sur 5 sont sous-desservies (7 habitants, soit 70 % des habitants) ; les plus peuplées : V1, V2 et V0."),
        ([True, False], [None, None], None, "1 commune sur 2 est sous-desservie (population inconnue) : V0."),
        ([True, False], [0, 0], None, "1 commune sur 2 est sous-desservie (population inconnue) : V0."),
        ([True] * 4, [None] * 4, [30.0, 40.0, None, 35.0], "Toutes les communes sont sous-desservies (population inconnue) ; les plus éloignées : V2, V1 et V3."),
        ([True] * 4, [5, 0, 0, 0], [30.0, 40.0, None, 35.0], "Toutes les communes sont sous-desservies (5 habitants, soit 100 % des habitants) ; les plus éloignées : V2, V1 et V3."),
        # A commune off the network is in no count and in no share.
        ([True, False, None], [10, 30, 960], [25.0, 5.0, None], "1 commune sur 2 est sous-desservie (10 habitants, soit 25 % des habitants) : V0."),
    ],
)  # fmt: skip
def test_under_served(poor, population, minutes, said):
    cov = frame(poor, population, minutes)
    on, far = cov["under_served"].notna(), cov["under_served"].fillna(value=False)
    found = totals(
        int(cov["population"].sum()), 0, len(cov), int(far.sum()),
        known=int(cov.loc[on, "population"].sum()), communes_known=int(on.sum()),
        residents_under_served=int(cov.loc[far, "population"].sum()),
    )  # fmt: skip
    assert plain(under_served_sentence(found, cov)) == said


def test_figures_are_of_the_part_that_is_known():
    found = totals(1000, 90, 40, 2, known=100, communes_known=10, residents_under_served=5.4)
    assert [tuple(map(plain, figure)) for figure in coverage_figures(found)] == [
        ("Habitants à 20 min ou moins", "90 %", "90 sur 100"),
        ("Temps médian", "8,3 min", "ou moins, pour la moitié des habitants"),
        ("Communes sous-desservies", "2", "sur 10 ; 5 habitants"),
    ]
    # No place has a road to it, and none of the residents is on the network.
    cut_off = coverage_figures(totals(10, 0, 4, 4, median_time_min=None))
    assert [figure.detail for figure in cut_off][:2] == ["0 sur 10", "aucune route ne mène à un lieu"]
    off = coverage_figures(totals(10, 0, 4, 0, known=0, communes_known=0, median_time_min=None))
    assert [plain(figure.detail).rpartition(" ; ")[2] for figure in off] == ["aucun trajet connu"] * 3
    nobody = coverage_figures(totals(0, 0, 40, 2, median_time_min=None))
    assert [(value, plain(detail)) for _, value, detail in nobody] == [
        ("—", "population inconnue"),
        ("—", "population inconnue"),
        ("2", "sur 40 ; population inconnue"),
    ]


def test_lines_are_read_in_order():
    cov = frame([True, False], [1, 3])
    found = totals(4, 3, 2, 1, residents_under_served=1)
    answer = coverage_answer(found, cov)
    assert answer.lines == [
        *(coverage_sentence(found), under_served_sentence(found, cov)),
        *(far_rule(found.threshold_min), "Règle."),
    ]


@pytest.mark.parametrize(
    ("part", "title", "note"),
    [
        (KnownPart(10, 10, 5, 5), "Pays", ""),
        (
            KnownPart(1000, 100, 40, 10),
            "Pays, 10 communes",
            "Parts et temps calculés sur les 100 habitants dont le trajet est connu, sur 1 000 dans le territoire ; 30 communes hors du réseau routier.",
        ),
        (KnownPart(1000, 990, 40, 40), "Pays", "Parts et temps calculés sur les 990 habitants dont le trajet est connu, sur 1 000 dans le territoire."),
        (KnownPart(0, 0, 40, 10), "Pays, 10 communes", "Le réseau routier couvre 10 communes sur 40 ; ailleurs, les trajets ne sont pas connus."),
        (KnownPart(0, 0, 40, 40), "Pays", ""),
    ],
)  # fmt: skip
def test_part(part, title, note):
    assert part_title("Pays", part) == title
    assert plain(known_note(part)) == note


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((1234, 12.34, False, "Site"), "V (1 234 habitants) : 12,3 min en voiture, le plus proche est « Site »."),
        ((1, 32.0, True, "Site"), "V (1 habitant) : 32,0 min en voiture, le plus proche est « Site » ; commune sous-desservie."),
        ((None, None, True, None), "V (population inconnue) : aucune route vers un lieu ; commune sous-desservie."),
        ((0, None, None, None), "V (0 habitant) : hors du réseau routier, trajet inconnu."),
    ],
)  # fmt: skip
def test_one_commune(row, said):
    keys = ("population", "travel_time_min", "under_served", "facility_name")
    assert plain(commune_sentence({"name": "V"} | dict(zip(keys, row, strict=True)))) == said


def test_title_of_a_report():
    assert access_title("tax_offices") == "L'accès aux services des impôts"
    assert access_title("écoles") == "L'accès : Liste « écoles »"
