"""A plan in words: right for each aim, for none, one and many labels, proven or not, known or not."""

from dataclasses import replace

import pandas as pd
import pytest

from geo import Territory
from geo.access.known_part import KnownPart
from geo.answers.label import (
    RESIDENTS_COUNTED,
    alternatives_sentence,
    label_arguments,
    label_gains,
    label_line,
    labels_with_alternatives,
    plan_lines,
)
from geo.answers.plan import AIMS, METHODS, plan_answer, plan_method
from geo.answers.plan_candidates import rule_cost_text
from geo.answers.plan_certainty import (
    doubtful_sentence,
    idle_sentence,
    replaced_sentence,
    robustness_sentence,
    worst_case_sentence,
)
from geo.answers.plan_cost import budget_sentence
from geo.answers.plan_proof import (
    compared_plans,
    compared_plans_rows,
    proof_sentence,
    rule_sentence,
    weights_sentence,
)
from geo.siting.candidates import EVERY_COMMUNE, CandidateRule
from geo.siting.criteria import Weights
from geo.siting.other_plans import WidestPlan
from geo.siting.plan import plan
from geo.siting.robustness import Robustness
from geo.siting.solve import MODELS


@pytest.fixture(scope="module")
def territory(small_world) -> Territory:
    return small_world.territory(tax_offices=small_world.tax_offices)


@pytest.fixture(scope="module")
def one_label(territory):
    """A label in B or C brings C (300) within 10 minutes of a site; antennes and buses are not counted."""
    return plan(territory, 1, threshold_min=10, kinds={"main"})


def plainly(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def made_up(made, count, *, within=(900, 950), mean=(9.8, 8.5), known=1000, **changes):
    """The plan with so many labels, and other figures."""
    part = KnownPart(known, known, 10, 10)
    before, after = (
        replace(made.before, part=part, residents_within=people, mean_time_min=minutes)
        for people, minutes in zip(within, mean, strict=True)
    )
    labels = made.labels.loc[[0] * count].assign(name=[f"L{n}" for n in range(count)])
    values = {
        "objective": 50.0,
        "optimum": 50.0,
        "bound": 50.0,
        "candidates": 546,
        "asked": count,
        "threshold_min": 20.0,
    } | changes
    return replace(made, part=part, before=before, after=after, labels=labels, **values)


def test_one_label(one_label):
    answer = plan_answer(one_label)
    gain = round(one_label.residents_brought)
    name = one_label.labels["name"].iloc[0]
    # 2,000 residents have a known way: E, off the network, is in no share.
    was, will = (f"{round(100 * each.residents_within / 2000)} %" for each in (one_label.before, one_label.after))
    assert plainly(answer.sentence) == (
        f"Un nouveau label, à {name}, rapprocherait {gain} habitants : {will} des habitants seraient à 10 min ou moins "
        f"d'un site, au lieu de {was}."
    )
    proof, *others, variants, worst, mean, cost = map(plainly, answer.details)
    assert proof == (
        f"C'est prouvé : parmi 3 lieux candidats, aucun autre choix d'un lieu ne peut rapprocher plus de {gain} "
        f"habitants."
    )
    assert [text[:34] for text in others] == ["Aucune commune sans site ne répond"]
    assert variants.startswith("Sur 3 variantes du plan de 1 label, ")
    assert worst.startswith("Au pire des variantes (")
    assert mean.startswith("Le temps moyen passerait de ")
    assert cost == "Coût : 110 000 € par an, dont 35 000 € d'aide de l'État et 75 000 € à la charge du porteur."
    first, share, price = answer.figures
    assert (first.label, plainly(first.value)) == ("Habitants rapprochés", str(gain))
    assert (plainly(share.label), plainly(share.value), plainly(share.detail)) == (
        "À 10 min ou moins",
        will,
        f"{was} aujourd'hui",
    )
    assert plainly(price.value) == "110 000 €"
    assert [plainly(note) for note in answer.notes] == [
        "1 lieu candidat est hors du réseau routier : aucun label n'y est comparé, leurs trajets sont inconnus.",
        "Un habitant est trop loin à plus de 10 min en voiture du lieu le plus proche ; à 10 min juste, il ne l'est pas.",
    ]


@pytest.mark.parametrize(
    ("count", "figures", "said"),
    [
        (
            1,
            {"within": (900, 901), "mean": (9.8, 9.8)},
            "Un nouveau label, à L0, rapprocherait 1 habitant : la part des habitants à 20 min ou moins d'un site reste de 90 %.",
        ),
        (
            5,
            {},
            (
                "5 nouveaux labels, à L0, L1, L2, L3 et L4, rapprocheraient 50 habitants : 95 % des habitants seraient à 20 min ou "
                "moins d'un site, au lieu de 90 %."
            ),
        ),
        (
            2,
            {"within": (900, 1000), "threshold_min": 12.5},
            (
                "2 nouveaux labels, à L0 et L1, rapprocheraient 100 habitants : 100 % des habitants seraient à 12,5 min ou moins "
                "d'un site, au lieu de 90 %."
            ),
        ),
    ],
)
def test_what_a_plan_brings(one_label, count, figures, said):
    assert plainly(plan_answer(made_up(one_label, count, **figures)).sentence) == said


@pytest.mark.parametrize(
    ("mean", "said"),
    [
        ((9.8, 8.5), "Le temps moyen passerait de 9,8 min à 8,5 min."),
        ((9.8, 9.8), "Le temps moyen reste de 9,8 min."),
        # A gain that rounding hides is told as a share.
        ((9.82, 9.78), "Le temps moyen baisserait de moins de 1 % (aujourd'hui : 9,8 min)."),
        ((None, None), None),
    ],
)
def test_the_mean_time(one_label, mean, said):
    details = [plainly(text) for text in plan_answer(made_up(one_label, 2, mean=mean)).details]
    assert len(details) == (5 if said is None else 6)
    assert said is None or details[4] == said


@pytest.mark.parametrize(("mean", "share", "was"), [((8.07, 7.27), 10, 10), ((12.5, 10.0), 20, 15), ((9, 8), 11, 10)])
def test_an_estimated_mean_time_is_told_by_the_share_that_is_saved(one_label, mean, share, was):
    """Two times to 5 minutes would tell a change of 0 or 5 minutes, where it is one or two."""
    made = made_up(one_label, 2, mean=mean)
    estimated = replace(made, part=replace(made.part, estimated=True))
    assert f"Le temps moyen baisserait de {share} % (aujourd'hui : environ {was} min)." in [
        plainly(text) for text in plan_answer(estimated).details
    ]
    shortest = plan_answer(replace(estimated, model="median"))
    assert plainly(shortest.sentence).endswith(
        f"raccourciraient le trajet moyen de {share} % (aujourd'hui : environ {was} min)."
    )
    assert [plainly(text) for text in shortest.figures[0]] == [
        "Trajet moyen",
        f"baisse de {share} %",
        f"environ {was} min aujourd'hui",
    ]


def test_where_all_candidates_are_chosen_no_other_choice_is_compared(one_label):
    """Two labels asked of one candidate: no choice of two places is spoken of."""
    alone = made_up(one_label, 1, asked=2, candidates=1)
    assert proof_sentence(alone) == "Un seul lieu est candidat : il n'y a pas d'autre choix."
    communes = replace(alone, rule=EVERY_COMMUNE, rule_lifted=False)
    assert proof_sentence(communes) == "Une seule commune est candidate : il n'y a pas d'autre choix."
    assert proof_sentence(made_up(one_label, 3, candidates=3)) == "Les 3 lieux candidats sont tous retenus."
    said = plainly(plan_answer(alone).sentence)
    assert said.endswith(" Il n'y a pas d'autre lieu candidat.")
    assert "suffi" not in said
    assert plainly(worst_case_sentence(one_label)).endswith(" ; aucun autre choix ne fait mieux au pire.")
    assert "autre choix" not in worst_case_sentence(replace(one_label, candidates=1))
    asked = made_up(one_label, 2, asked=5, candidates=3)
    assert "parmi 3 lieux candidats, aucun autre choix de 3 lieux" in proof_sentence(asked)


def test_labels_that_bring_nobody_are_told_to_be_left_out(one_label):
    """The best choice on average held more than the plan proposes: which, and what the mean loses, is told."""
    made = made_up(one_label, 2, asked=3, on_average=True, objective=30.0, gap=0.4)
    made = replace(made, part=replace(made.part, estimated=True))
    answer = plan_answer(made)
    assert plainly(answer.sentence).endswith(
        " 2 labels suffisent : un de plus, parmi ces lieux candidats, n'amènerait personne à 20 min ou moins, ni pour "
        "ces temps estimés ni sous une autre variante."
    )
    assert plainly(answer.details[0]) == (
        "Pour ces temps estimés, parmi 546 lieux candidats, aucun autre choix de 3 lieux ne peut rapprocher plus de 50 "
        "habitants en moyenne sur 3 variantes de temps ; ce plan en rapproche 30 en moyenne."
    )
    left = pd.DataFrame([["x", "Templeuve", False, 0.012, 1]], columns=made.idle.columns)
    told = plainly(plan_answer(replace(made, idle=left)).sentence)
    assert "suffisent" not in told
    assert told.endswith(
        " Laissé de côté, il n'amènerait personne de plus pour ces temps estimés : Templeuve (1 % du gain moyen)."
    )


def test_a_label_that_only_other_times_need_says_so(one_label):
    label = one_label.labels.to_dict("records")[0]
    idle = pd.DataFrame([[label["code"], label["name"], True, 0.5, 2]], columns=one_label.idle.columns)
    made = replace(one_label, idle=idle, objective=90.0)
    assert idle_sentence(one_label, label) == ""
    assert plainly(idle_sentence(made, label | {"gain_alone_residents": 0.0})) == (
        "Il n'amène personne pour ces temps estimés, 45 en moyenne sur les variantes : 2 variantes sur 3 en ont besoin."
    )
    assert "personne de plus que les autres" in idle_sentence(made, label | {"gain_alone_residents": 7.0})


def test_a_label_that_no_variant_chooses_is_explained(one_label):
    label = one_label.labels.to_dict("records")[0] | {"retained": 0, "variants": 6}
    told = plainly(replaced_sentence(replace(one_label, on_average=True), label))
    assert told.startswith("Écarté 6 fois sur 6 ")
    assert told.endswith(
        "chaque variante, prise seule, en préfère d'autres ou n'en demande aucun ; il est proposé pour ce qu'il apporte "
        "en moyenne sur toutes."
    )
    assert "tient mieux au pire" in replaced_sentence(one_label, label)


def test_what_the_rule_costs_is_a_fact_only_where_it_is_proven(three_labels):
    found = three_labels
    assert "meilleur choix trouvé" not in rule_sentence(found)
    assert "share_of_best" in compared_plans(found)
    open_ = replace(found, widest=replace(found.widest, gap=0.1))
    told = plainly(rule_sentence(open_))
    assert "Sans cette règle, le meilleur choix trouvé serait" in told
    assert "et apporterait au moins" in told
    assert "la règle coûte au moins 2 % du gain." in told
    assert "share_of_best" not in compared_plans(open_)
    same = plainly(rule_sentence(replace(open_, widest=replace(open_.widest, labels=found.labels))))
    assert same.endswith("aucun meilleur choix n'est trouvé à temps : ce qu'elle coûte n'est pas prouvé.")
    turned = compared_plans(replace(found, widest=replace(found.widest, labels=found.labels[::-1])))
    assert turned.loc[turned["plan"] == "Sans la règle", "places"].item() == turned["places"].iloc[0]
    assert [rule_cost_text(1e-12, proven=proven) for proven in (True, False)] == [
        "cette règle ne coûte rien",
        "ce que coûte cette règle n'est pas prouvé",
    ]


def test_a_budget_that_pays_fewer_than_asked_is_told(one_label):
    paid = made_up(one_label, 2, asked=5, budget_labels=2, budget_eur=240_000.0)
    assert plainly(plan_answer(paid).sentence).endswith(" 5 labels demandés, le budget en paie 2.")
    none = plan_answer(made_up(one_label, 0, asked=1, budget_labels=0, budget_eur=50_000.0))
    assert plainly(none.sentence).startswith("Sans nouveau label : ")
    assert plainly(none.sentence).endswith(" 1 label demandé, le budget n'en paie aucun.")
    assert none.details[0].endswith("le budget ne paie aucun label.")


def test_a_label_that_mainly_takes_the_visitors_of_one_site_says_so(one_label):
    labels = one_label.labels.assign(residents_served=100.0)
    served = one_label.served.head(1).assign(residents_brought=5.0)
    leaving = one_label.leaving.head(1).assign(residents_before=120.0, residents_leaving=90.0, facility_name="Maison")
    taking = replace(one_label, labels=labels, leaving=leaving, served=served)
    said = (
        "Prend surtout les visiteurs d'un site : 90 % des siens viennent de Maison, qui en perdrait 75 % dans ce territoire ; "
        "5 de ses 100 visiteurs cessent d'être trop loin."
    )
    assert f"     {said}" in map(plainly, plan_lines(taking))
    assert said in map(plainly, label_arguments(taking)[0].summary)
    assert labels_with_alternatives(taking)["takes_over"].to_list() == ["Maison (90\u00a0%)"]
    nobody = replace(taking, served=served.assign(residents_brought=0.0))
    assert "aucun de ses 100 visiteurs ne cesse d'être trop loin" in plainly("".join(plan_lines(nobody)))
    everybody = replace(taking, served=served.assign(residents_brought=99.8))
    assert "ses 100 visiteurs cessent tous d'être trop loin" in plainly("".join(plan_lines(everybody)))
    assert plan_lines(everybody).count(f"  - {RESIDENTS_COUNTED}") == 1
    several = replace(taking, labels=labels.assign(residents_served=200.0))
    assert "Prend surtout" not in "".join(plan_lines(several))
    assert labels_with_alternatives(several)["takes_over"].isna().all()


def test_labels_of_use_under_other_times_are_named_where_none_is_proposed(one_label):
    found = one_label.robustness
    runs = found.runs.assign(labels=[0, 1, 0], codes=[(), tuple(one_label.labels["code"]), ()])
    none = made_up(one_label, 0, asked=1, robustness=replace(found, runs=runs))
    name = one_label.labels["name"].iloc[0]
    assert plainly(plan_answer(none).sentence).endswith(
        f" Mais un label serait utile sous 1 variante de temps sur 3 : {name} (temps des routes). Vérifiez ces "
        f"trajets avant de décider."
    )


def test_labels_that_weights_make_count_for_nothing_are_not_told_as_useless(territory):
    nothing = plan(territory, 1, threshold_min=5, weights=Weights(beyond=0))
    said = plainly(plan_answer(nothing).sentence)
    assert said.startswith("Aucun nouveau label n'est choisi, car ceux qui passeraient dans le seuil comptent 0 fois")
    share = plan_answer(plan(territory, model="set-cover", min_share=0.1, threshold_min=10)).sentence
    assert plainly(share).startswith(
        "Aucun nouveau label n'est utile pour que 10 % des habitants soient dans le seuil : "
    )


def test_a_share_that_stays_does_not_hide_who_comes_within(one_label):
    found = made_up(one_label, 1, model="center", within=(90_000, 90_030), known=100_000)
    told = " ".join(map(plainly, plan_answer(found).details))
    assert "d'un site reste de 90 %, avec 30 habitants de plus" in told
    bound = replace(found, part=replace(found.part, estimated=True), bound=3.0)
    assert "sous quelques minutes" in plainly(" ".join(plan_answer(bound).details))
    wide = WidestPlan(
        made_up(one_label, 4).labels.assign(code=list("wxyz")), 4.0, 0.0, replace(found.after, residents_within=99_000)
    )
    cover = replace(found, model="set-cover", widest=wide, rule=CandidateRule(), rule_lifted=False)
    assert "soit 3 labels de plus, pour 99 % des habitants dans le seuil au lieu de 90 %" in plainly(
        rule_sentence(cover)
    )


def test_no_label(territory, one_label):
    none = plan_answer(plan(territory, 0, threshold_min=10))
    assert none.sentence.startswith("Sans nouveau label\u00a0:")
    assert "aujourd'hui" in none.details[0]
    assert none.details[-1] == "Le plan ne coûte rien."
    assert none.figures[2].value.startswith("0")
    useless = plan_answer(made_up(one_label, 0, asked=3, mean=(None, None)))
    assert plainly(useless.sentence) == (
        "Aucun nouveau label n'amènerait quelqu'un de plus dans le seuil : 90 % des habitants sont à 20 min ou moins d'un "
        "site. Mais un label serait utile sous 3 variantes de temps sur 3 : Commune B (trajets plus longs). Vérifiez "
        "ces trajets avant de décider."
    )


def test_an_unproven_plan_says_how_far_it_may_be(one_label):
    unproven = replace(one_label, bound=one_label.objective * 1.25, gap=0.2, interrupted=True)
    proof = plainly(plan_answer(unproven).details[0])
    assert proof.endswith("soit au plus 20,00 % d'écart avec le meilleur plan possible.")
    assert "C'est prouvé" not in proof
    assert any("arrêté avant la preuve" in note for note in plan_answer(unproven).notes)
    # A larger town preferred to the proven best choice: the plan misses the bound, the proof stands.
    preferred = replace(
        one_label, objective=0.99 * one_label.optimum, gap=0.01, preferences=pd.DataFrame({"code": ["x"]})
    )
    assert preferred.proven
    assert not unproven.proven
    proof = plainly(proof_sentence(preferred))
    assert "ne peut rapprocher plus de" in proof
    assert "ce plan en rapproche" in proof
    assert "d'écart" not in proof


def test_weights_are_named(one_label):
    weighted = replace(one_label, weights=Weights(frr=2.0))
    assert "habitants pondérés" in plan_answer(weighted).details[0]


def test_fewest_labels(territory):
    found = plan(territory, model="set-cover", threshold_min=9, kinds={"main"})
    count = len(found.labels)
    assert count == 3
    answer = plan_answer(found)
    assert plainly(answer.sentence).startswith(
        "Il faut 3 nouveaux labels pour que tous les habitants soient à 9 min ou"
    )
    assert plainly(answer.details[0]) == "C'est prouvé : parmi 3 lieux candidats, 2 ne suffiraient pas."
    more = plan_answer(replace(found, gap=0.5, bound=count - 0.5))
    assert more.sentence.startswith("Ce plan demande")
    assert f"au moins {count} : ce plan en demande {count}" in more.details[0]
    budget = plan_answer(replace(found, budget_eur=150_000.0, budget_labels=1, residents_out_of_reach=1.0))
    assert plainly(budget.details[-1]) == (
        "Budget : 150 000 € par an paient le coût entier de 1 label (110 000 €) ; pas ceux des derniers du classement "
        "(2 labels) ; il reste 40 000 €, moins qu'il n'en faut pour un autre label."
    )
    assert "au-delà du seuil" not in " ".join(budget.notes), "all are within it with this plan"


def test_fewer_labels_than_asked(territory):
    found = plan(territory, 4, threshold_min=9)
    assert (
        "2 labels suffisent : un de plus, parmi ces lieux candidats, n'amènerait personne à 9"
        in plan_answer(found).sentence
    )


def test_shortest_and_worst_time(territory):
    median = plan(territory, 1, model="median", kinds={"main"})
    answer = plan_answer(median)
    assert "ramènerait le trajet moyen à" in answer.sentence
    saved = (median.before.mean_time_min - median.after.mean_time_min) * 2000  # E has no road
    assert median.objective == pytest.approx(saved, rel=1e-6)
    assert "faire gagner plus de" in answer.details[0]
    assert answer.figures[0].label == "Trajet moyen"
    assert any("des habitants" in text for text in answer.details[1:])
    center = plan_answer(plan(territory, 1, model="center", kinds={"main"}))
    assert "ramènerait le trajet de l'habitant le plus éloigné d'un site à" in center.sentence
    assert center.figures[0].label == "Le plus éloigné"


def test_the_longest_trip_is_said_with_its_bounds_where_times_are_estimated(one_label):
    part = replace(one_label.part, estimated=True)
    before, after = (
        replace(one_label.before, part=part, worst_time_min=worst, worst_time_low_min=low, worst_time_high_min=high)
        for worst, low, high in ((74.0, 56.2, 98.4), (53.0, 42.9, 65.7))
    )
    estimated = replace(one_label, model="center", part=part, before=before, after=after, bound=40.0, gap=0.2)

    answer = plan_answer(estimated)

    was, will = "environ 1 h 15, de 55 min à 1 h 40", "environ 55 min, de 45 min à 1 h 05"
    assert plainly(answer.sentence).endswith(
        f"raccourcirait le trajet de l'habitant le plus éloigné d'un site de 28 % (aujourd'hui : {was})."
    )
    assert f"ce plan le ramène à {will}, soit" in plainly(answer.details[0])
    assert [plainly(text) for text in answer.figures[0]] == ["Le plus éloigné", will, f"aujourd'hui : {was}"]
    less = replace(estimated, after=replace(before, worst_time_min=73.0))
    assert f"raccourcirait le trajet de l'habitant le plus éloigné d'un site de 1 % (aujourd'hui : {was})" in (
        plainly(plan_answer(less).sentence)
    )


def test_many_places_are_counted(one_label):
    assert "L0, L1, L2, L3, L4 et 4 autres lieux" in plan_answer(made_up(one_label, 9)).sentence


def test_no_road_to_a_site_is_said(one_label):
    cut_off = replace(one_label.before, residents_unreachable=1.0)
    for model, said in (
        (
            "coverage",
            "1 habitant sans aucune route vers un site aujourd'hui compte parmi ceux qui sont au-delà du seuil ; ",
        ),
        ("median", "1 habitant sans aucune route vers un site aujourd'hui compte comme le plus éloigné des autres ; "),
        ("center", "1 habitant sans aucune route vers un site aujourd'hui est laissé hors du calcul ; "),
    ):
        notes = plan_answer(replace(one_label, model=model, before=cut_off)).notes
        assert f"{said}le temps moyen est celui des autres." in map(plainly, notes)
    nobody = replace(cut_off, mean_time_min=None)
    assert not any("temps moyen" in note for note in plan_answer(replace(one_label, before=nobody)).notes)


def test_each_model_has_its_words_and_its_method(one_label):
    assert set(AIMS) == set(METHODS) == set(MODELS)
    assert len(plan_method(one_label)) == 3
    assert len(plan_method(replace(one_label, time_s=None))) == 2


def test_a_label_in_short(one_label):
    label = one_label.labels.to_dict("records")[0] | {
        "gain_residents": 1.0,
        "gain_mean_residents": 1.0,
        "residents_served": 1.0,
    }
    assert plainly(label_gains(label | {"minutes_saved_mean": 2.0}, estimated=False)) == (
        "1 habitant rapproché, 1 servi, 2,0 min gagnées en moyenne"
    )
    assert plainly(label_gains(label | {"minutes_saved_mean": 12.0}, estimated=True)).endswith(
        "environ 10 min gagnées en moyenne"
    )
    assert label_gains(label | {"minutes_saved_mean": float("nan")}, estimated=False).endswith("1 servi")
    assert f"[{label['code']}, a déjà une antenne ou un site]" in label_line(
        label | {"holds_site": True}, estimated=False
    )


def test_the_argument_of_a_label(one_label):
    (argument,) = label_arguments(one_label)
    assert "à 10\u00a0min ou moins d'un site grâce à ce label" in argument.summary[1]
    assert plainly(argument.summary[0]).endswith("Ce lieu est retenu 2 fois sur 3, selon les temps.")
    code = argument.code
    others = pd.DataFrame(
        [{"label_code": code, "code": "x", "name": "X", "commune_residents": 1.0, "share_of_gain": 0.9}]
    )
    said = plainly(alternatives_sentence(replace(one_label, alternatives=others), code))
    assert said == "Presque aussi bien ailleurs : X (90 % de ce gain, 1 habitant sur place)."
    said = plainly(alternatives_sentence(replace(one_label, alternatives=others.assign(share_of_gain=1.013)), code))
    assert said == "Aussi bien ou presque ailleurs : X (au moins autant de gain, 1 habitant sur place)."


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([0.5], "aucun lieu n'est choisi à chaque fois"),
        ([1.0, 0.5], "1 lieu est choisi à chaque fois"),
        ([1.0, 1.0], "2 lieux sont choisis à chaque fois"),
    ],
)
def test_how_many_places_stay(one_label, shares, said):
    found = Robustness(
        pd.DataFrame({"codes": [(), ()], "within_reach": [True, True]}), pd.DataFrame({"share_of_runs": shares})
    )
    for labels, of in (
        (one_label.labels, "du plan de 1 label"),
        (one_label.labels[:0], "de ce plan sans nouveau label"),
    ):
        told = plainly(robustness_sentence(replace(one_label, robustness=found, labels=labels)))
        assert told == f"Sur 2 variantes {of}, {said} ; au moins une fois : {len(shares)}."


def test_a_variant_that_cannot_be_answered_is_told(one_label):
    runs = pd.DataFrame({"codes": [("a",), ()], "within_reach": [True, False]})
    found = Robustness(runs, pd.DataFrame({"share_of_runs": [0.5]}))
    assert plainly(robustness_sentence(replace(one_label, robustness=found))).endswith(
        "Dans 1 variante, ce qui est demandé est hors d'atteinte : rien n'y est choisi."
    )


def test_labels_that_are_seldom_chosen_are_in_the_headline(one_label):
    labels = one_label.labels.loc[[0, 0]].assign(name=["A", "B"], retained=[1, 3], variants=6)
    doubtful = replace(one_label, labels=labels)
    assert doubtful_sentence(doubtful) == "Peu sûr selon les temps : A (retenu 1 fois sur 6)."
    assert plan_answer(doubtful).sentence.endswith(doubtful_sentence(doubtful))
    assert doubtful_sentence(replace(one_label, labels=labels.assign(retained=2))) == ""


def test_a_plan_that_brings_nothing_in_its_worst_case_is_not_certain(one_label):
    worst = one_label.worst_case
    runs = one_label.robustness.runs.assign(labels=1)
    sure = replace(one_label, robustness=replace(one_label.robustness, runs=runs))
    assert "pas certain" not in plan_answer(sure).sentence
    other = worst.labels.assign(code="x", name="X")
    steadier = replace(worst, share=0.0, best_share=0.85, labels=other, objective=one_label.objective, variant="V")
    name = one_label.labels["name"].iloc[0]
    doubtful = replace(sure, worst_case=steadier)
    answer = plan_answer(doubtful)
    said = (
        f"Ce plan n'est pas certain. Au pire des variantes (V), ce plan apporte 0 % du meilleur gain qu'on y trouve ; "
        f"le plan le meilleur au pire en garderait 85 %, avec X au lieu de {name}."
    )
    assert plainly(answer.sentence).endswith(said)
    assert not any("Au pire des variantes" in detail for detail in answer.details)
    assert compared_plans(doubtful)["plan"].to_list() == ["Plan proposé", "Le meilleur au pire"]
    assert compared_plans_rows(doubtful)[1][2].startswith("X (")
    weighed = replace(doubtful, weights=Weights(qpv=3, elderly=1.5), on_average=True)
    headings = [row[0] for row in compared_plans_rows(weighed)]
    assert "Habitants pondérés rapprochés, en moyenne" in headings
    assert "Habitants rapprochés, en moyenne" not in headings
    told = "Dans ce choix, les habitants d'un quartier prioritaire (QPV) comptent 3 fois et les habitants de 65 ans ou plus"
    assert f"{told} comptent 1,5 fois." in plan_answer(weighed).details
    assert not any(detail.startswith("Dans ce choix") for detail in answer.details)
    # The longest trip and the fewest labels for all do not depend on how much a resident counts.
    assert [weights_sentence(replace(weighed, model=model)) for model in ("center", "set-cover")] == ["", ""]
    assert weights_sentence(replace(weighed, model="set-cover", min_share=0.9)) == f"{told} comptent 1,5 fois."
    assert "comptent 0 fois" in weights_sentence(replace(weighed, model="center", weights=Weights(beyond=0)))
    # A plan written before its worst case was measured whole has no column of its own.
    assert compared_plans(replace(sure, worst_case=replace(steadier, after=None))) is None
    runs = runs.assign(labels=[1, 0, 1])
    nobody = replace(one_label, robustness=replace(one_label.robustness, runs=runs))
    assert plainly(plan_answer(nobody).sentence).endswith(
        "Ce plan n'est pas certain. Sous 1 variante de temps sur 3 (temps des routes), aucun label ne rapprocherait "
        "personne."
    )


def test_the_plan_that_holds_up_best_is_told_apart(one_label):
    worst = one_label.worst_case
    assert "aucun autre choix ne fait mieux au pire" in worst_case_sentence(one_label)
    other = worst.labels.assign(code="x", name="X")
    steadier = replace(worst, share=0.5, best_share=0.75, labels=other, objective=0.9 * one_label.objective)
    name = one_label.labels["name"].iloc[0]
    assert plainly(worst_case_sentence(replace(one_label, worst_case=steadier))).endswith(
        f"ce plan apporte 50 % du meilleur gain qu'on y trouve ; le plan le meilleur au pire en garderait 75 %, avec X "
        f"au lieu de {name}, pour 10 % de gain en moins."
    )
    vowel = replace(one_label, labels=one_label.labels.assign(name="Urrugne"), worst_case=steadier)
    assert "avec X au lieu d'Urrugne, pour" in plainly(worst_case_sentence(vowel))


@pytest.mark.parametrize(
    ("budget", "payer", "said"),
    [
        (50_000.0, "all", "ne suffisent pas à un label : le coût entier en est de 110 000 € par an."),
        (
            100_000.0,
            "state",
            (
                "paient l'aide de l'État de 1 label (35 000 €) ; il reste 65 000 €, sans emploi dans ce plan ; le porteur "
                "paie le reste, 75 000 € par an."
            ),
        ),
        (
            80_000.0,
            "bearer",
            (
                "paient la part du porteur de 1 label (75 000 €) ; il reste 5 000 €, moins qu'il n'en faut pour un autre label ; "
                "l'État verse son aide en plus, 35 000 € par an."
            ),
        ),
    ],
)
def test_a_budget_in_words(one_label, budget, payer, said):
    labels = one_label.costs.labels_for(budget, payer)
    told = replace(one_label, budget_eur=budget, payer=payer, budget_labels=labels)
    assert plainly(budget_sentence(told)).endswith(said)
    assert budget_sentence(one_label) == ""
