"""Where to give the next labels: what a plan brings, how sure it is to be the best, what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.answers.answer import Answer, Figure, estimated_bounds, far_rule
from geo.answers.plan_certainty import (
    doubtful_sentence,
    is_uncertain,
    margin_note,
    other_times_sentence,
    reserve_sentence,
    robustness_sentence,
    uncertain_sentence,
    worst_case_sentence,
)
from geo.answers.plan_cost import budget_sentence, cost_sentence
from geo.answers.plan_proof import (
    longest_trip,
    mean_time_then,
    plan_minutes,
    preference_sentence,
    proof_sentence,
    rule_sentence,
    saved_share,
    weights_sentence,
)
from geo.answers.plan_stops import stops_sentence
from geo.answers.tables import rows_of
from geo.french import (
    SEMICOLON,
    UNIT_SPACE,
    WITHIN,
    capital,
    counted,
    format_decimal,
    format_euros,
    format_integer,
    format_share,
    joined,
    plural,
    within_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.siting.plan import Plan
    from geo.siting.solve import Model

_NAMED: Final = 5
#: Share of the residents within which all of them are: sums of floats miss the last bit.
_ALL: Final = 1 - 1e-9
#: Share of a time below which nothing is saved, likewise.
_SAME: Final = 1e-9

#: What each model aims at, in plain words; `{}` stands for the threshold, as `geo.french.within_text` says it.
AIMS: Final[Mapping[Model, str]] = {
    "coverage": "le plus d'habitants {} d'un site",
    "set-cover": "le moins de labels pour que tous soient {}",
    "median": "le trajet moyen le plus court",
    "center": "que personne ne soit trop loin",
}

#: How each model chooses.
METHODS: Final[Mapping[Model, str]] = {
    "coverage": (
        "Couverture maximale (Church et ReVelle, 1974) : le nombre d'habitants qui passent du dehors au dedans du "
        f"seuil est rendu le plus grand possible. Un habitant déjà {WITHIN} ne compte pas, même si son trajet "
        "raccourcit."
    ),
    "set-cover": (
        "Couverture de tous (Toregas et autres, 1971) : le moins de lieux possible sont choisis pour que chaque "
        f"habitant que l'on peut rapprocher, ou la part demandée des habitants, soit {WITHIN}."
    ),
    "median": (
        "p-médiane (Hakimi, 1964) : la somme des minutes de tous les habitants vers leur site le plus proche est "
        "rendue la plus petite. Le seuil n'entre pas dans ce choix : il sert seulement à compter, ensuite, qui serait "
        f"{WITHIN}. Raccourcir un peu le trajet d'une grande ville y compte autant que beaucoup celui d'un village."
    ),
    "center": (
        "p-centre (Hakimi, 1964) : le trajet de l'habitant le plus éloigné est rendu le plus court possible. Ni le "
        "seuil ni le nombre d'habitants n'entrent dans ce choix : un hameau y pèse autant qu'une ville."
    ),
}
_METHOD: Final = (
    "Tous les lieux candidats sont comparés ensemble, les sites d'aujourd'hui restant en place ; une commune qui a "
    "déjà un site n'est pas candidate (une antenne peut le devenir). Un plan est construit "
    "pas à pas, amélioré par échanges, puis un programme exact (HiGHS) cherche mieux et donne la borne : ce qu'aucun "
    "autre choix ne peut dépasser. L'écart est la distance entre le plan et cette borne ; à zéro, le plan est prouvé "
    "le meilleur parmi les lieux candidats. À un centième de ce gain, le plan qui tient le mieux au pire des variantes "
    "de temps est préféré ; puis, à un centième de ce que chaque label apporte, la commune qui ne prend pas "
    "surtout les visiteurs d'un seul site, puis la plus peuplée. "
    "Les poids multiplient ce que compte un habitant : à 1, chacun compte une fois."
)
_METHOD_ESTIMATED: Final = (
    " Ici les temps sont estimés : les lieux sont choisis pour ce qu'ils apportent en moyenne sur toute la fourchette "
    "des temps et les deux profils de vitesse, et rien n'est prouvé pour de vraies routes. Pour le plus d'habitants "
    f"{WITHIN}, un label qui n'y amène personne de plus, pour les temps estimés eux-mêmes, n'est laissé de côté "
    "que si le plan y perd au plus un vingtième, en moyenne et au pire ; un plan dont aucun label n'y amène quelqu'un "
    "n'est pas proposé."
)


def plan_answer(plan: Plan) -> Answer:
    """Return what a plan brings, how good it is at worst, what it costs, and what is to be minded."""
    details = (
        *(proof_sentence(plan), weights_sentence(plan), preference_sentence(plan), rule_sentence(plan)),
        robustness_sentence(plan) if len(plan.labels) else "",
        "" if is_uncertain(plan) else worst_case_sentence(plan),
        *(_beside(plan), cost_sentence(plan), budget_sentence(plan), stops_sentence(plan)),
    )
    sentence = " ".join(
        filter(
            None,
            [
                *(reserve_sentence(plan), _sentence(plan), other_times_sentence(plan), _fewer(plan)),
                *(uncertain_sentence(plan), doubtful_sentence(plan)),
            ],
        )
    )
    return Answer(sentence, _figures(plan), tuple(filter(None, details)), _notes(plan))


def plan_method(plan: Plan) -> tuple[str, ...]:
    """Return how a plan was chosen, in plain paragraphs."""
    compared = counted(plan.candidates, "lieu candidat comparé", "lieux candidats comparés")
    took = () if plan.time_s is None else (f"{compared} en {format_decimal(plan.time_s)}{UNIT_SPACE}s.",)
    return (METHODS[plan.model], _METHOD + (_METHOD_ESTIMATED if plan.part.estimated else ""), *took)


def _sentence(plan: Plan) -> str:
    before, after, count = plan.before, plan.after, len(plan.labels)
    within, would = within_text(plan.threshold_min), plural(count, "rait", "raient")
    was = format_share(before.share_within)
    if count == 0:
        nothing = "Sans nouveau label"
        if plan.to_give or plan.model == "set-cover":
            nothing = "Aucun nouveau label n'est utile"
        if plan.to_give and plan.model == "coverage":
            nothing = f"Aucun nouveau label n'amènerait quelqu'un de plus {WITHIN}"
        if plan.model == "set-cover" and plan.min_share is not None:
            nothing = f"{nothing} pour que {format_share(plan.min_share)} des habitants soient {WITHIN}"
        elif plan.to_give and _weighed_out(plan):
            nothing = (
                f"Aucun nouveau label n'est choisi, car ceux qui passeraient {WITHIN} comptent 0 fois avec les poids "
                "donnés"
            )
        mean = "" if before.mean_time_min is None else f", {plan_minutes(plan, before.mean_time_min)} en moyenne"
        today = f"{was} des habitants sont {within} d'un site{estimated_bounds(before.interval)}"
        return f"{nothing}{UNIT_SPACE}: {today}{mean}."
    if plan.model == "set-cover":
        share = after.share_within
        whom = "tous les habitants" if (share or 0) >= _ALL else f"{format_share(share)} des habitants"
        needed = "Il faut" if plan.proven else "Ce plan demande"
        labels = counted(count, "nouveau label", "nouveaux labels")
        return f"{needed} {labels} pour que {whom} soient {within} d'un site ({was} aujourd'hui)."
    labels = "Un nouveau label" if count == 1 else f"{format_integer(count)} nouveaux labels"
    where = f"{labels}, à {joined(plan.labels['name'].to_list(), _NAMED, 'autres lieux')},"
    if plan.model == "median" and before.mean_time_min is not None:
        was, will = plan_minutes(plan, before.mean_time_min), plan_minutes(plan, after.mean_time_min)
        share = saved_share(before.mean_time_min, after.mean_time_min)
        return f"{where} {_led(plan, would, 'le trajet moyen', was, will, share)}."
    if plan.model == "center" and before.worst_time_min is not None:
        whom = "le trajet de l'habitant le plus éloigné d'un site"
        share = saved_share(before.worst_time_min, after.worst_time_min)
        return f"{where} {_led(plan, would, whom, longest_trip(plan, before), longest_trip(plan, after), share)}."
    return f"{where} rapproche{would} {counted(plan.residents_brought, 'habitant')}{UNIT_SPACE}: {_shares(plan)}."


def _weighed_out(plan: Plan) -> bool:
    """Return whether some residents count for nothing, and candidates would bring some within the threshold."""
    beyond = plan.part.residents_known - plan.before.residents_within
    return 0 in plan.weights.to_dict().values() and round(beyond - plan.residents_out_of_reach) > 0


def _fewer(plan: Plan) -> str:
    """Return why fewer labels are proposed than were asked for; empty: as many are."""
    given, asked, most = len(plan.labels), plan.asked, plan.to_give
    if asked is None or most is None:
        return ""
    told = []
    if most < asked:
        paid = f"en paie {format_integer(most)}" if most else "n'en paie aucun"
        told.append(f"{counted(asked, 'label demandé', 'labels demandés')}, le budget {paid}.")
    if 0 < given < most:
        told.append(_left_out(plan) or _enough(plan))
    return " ".join(told)


def _left_out(plan: Plan) -> str:
    """Return which labels are left out, and what the mean loses by it; empty: none is."""
    left = [row for row in rows_of(plan.idle) if not row["proposed"]]
    if not left:
        return ""
    names = [f"{row['name']} ({format_share(row['share_of_gain'])} du gain moyen)" for row in left]
    one = len(left) == 1
    out = "Laissé de côté, il n'amènerait" if one else "Laissés de côté, ils n'amèneraient"
    return f"{out} personne de plus pour ces temps estimés : {joined(names, _NAMED, 'autres lieux')}."


def _enough(plan: Plan) -> str:
    """Return that as few labels bring all that could be brought."""
    given = len(plan.labels)
    if given >= plan.candidates:
        return "Il n'y a pas d'autre lieu candidat."
    enough = f"{counted(given, 'label')} {plural(given, 'suffit', 'suffisent')}"
    more = {
        "coverage": f"n'amènerait personne {within_text(plan.threshold_min)}",
        "center": "ne raccourcirait pas ce trajet",
    }.get(plan.model, "n'apporterait rien")
    times = ""
    if plan.model == "coverage" and plan.on_average:
        times = ", ni pour ces temps estimés ni sous une autre variante"
    return f"{enough} : un de plus, parmi ces lieux candidats, {more}{times}."


def _led(plan: Plan, would: str, what: str, was: str, will: str, share: float) -> str:
    """Return how a time changes, in French: `was` and `will` as they are said, `share` of it saved (0 to 1).

    Two estimated times, each to 5 minutes, would differ by more or less than the times do: what is saved is a share.
    """
    if share > _SAME and (was == will or plan.part.estimated):
        return f"raccourci{would} {what} de {format_share(share)} (aujourd'hui{UNIT_SPACE}: {was})"
    if was == will:
        return f"laisse{would} {what} à {was}"
    return f"ramène{would} {what} à {will} au lieu {_from(was)}"


def _from(words: str) -> str:
    """Return words after « de », elided before a vowel."""
    return f"d'{words}" if words.startswith("environ") else f"de {words}"


def _shares(plan: Plan) -> str:
    """Return the share within the threshold with the labels and today, as the end of a sentence."""
    was, will = format_share(plan.before.share_within), format_share(plan.after.share_within)
    within = within_text(plan.threshold_min)
    if was == will:
        stays = f"la part des habitants {within} d'un site reste de {was}{estimated_bounds(plan.after.interval)}"
        some = plan.model != "coverage" and round(plan.residents_brought) > 0  # else told before
        return f"{stays}, avec {counted(plan.residents_brought, 'habitant')} de plus" if some else stays
    return f"{will} des habitants seraient {within} d'un site{estimated_bounds(plan.after.interval)}, au lieu de {was}"


def _beside(plan: Plan) -> str:
    """Return what the sentence leaves out: the mean time, or the share where the sentence is about times."""
    before, after = plan.before.mean_time_min, plan.after.mean_time_min
    if not len(plan.labels):
        return ""
    if plan.model == "median" and before is not None:
        return f"{capital(_shares(plan))}."
    time = ""
    if before is not None and after is not None:
        was, will = plan_minutes(plan, before), plan_minutes(plan, after)
        if was != will and not plan.part.estimated:
            time = f"le temps moyen passerait {_from(was)} à {will}"
        elif before > after:
            # Rounding hides what is gained, or makes it more; as a share it is the same at every bound of the times.
            time = f"le temps moyen baisserait de {format_share(saved_share(before, after))} (aujourd'hui : {was})"
        else:
            time = f"le temps moyen reste {_from(was)}"
    shares = _shares(plan) if plan.model == "center" and plan.before.worst_time_min is not None else ""
    told = SEMICOLON.join(filter(None, [shares, time]))
    return f"{capital(told)}." if told else ""


def _figures(plan: Plan) -> tuple[Figure, ...]:
    before, after, count = plan.before, plan.after, len(plan.labels)
    if plan.model == "median":
        was = f"{plan_minutes(plan, before.mean_time_min)} aujourd'hui"
        first = Figure("Trajet moyen", mean_time_then(plan, after.mean_time_min), was)
    elif plan.model == "center":
        first = Figure("Le plus éloigné", longest_trip(plan, after), f"aujourd'hui : {longest_trip(plan, before)}")
    elif plan.model == "set-cover":
        among = f"parmi {counted(plan.candidates, 'lieu candidat', 'lieux candidats')}"
        first = Figure("Nouveaux labels", format_integer(count), among)
    else:
        too_far = format_integer(plan.part.residents_known - before.residents_within)
        brought = format_integer(plan.residents_brought)
        first = Figure("Habitants rapprochés", brought, f"sur {too_far} trop loin aujourd'hui")
    return (
        first,
        Figure(
            capital(within_text(plan.threshold_min)),
            format_share(after.share_within),
            f"{format_share(before.share_within)} aujourd'hui",
        ),
        Figure("Coût par an", format_euros(plan.cost_eur), _paid(plan)),
    )


def _paid(plan: Plan) -> str:
    """Return what the cost of the labels covers."""
    if not len(plan.labels) and plan.stops is not None and len(plan.stops.stops):
        return "aucun label, sans les arrêts de bus"
    return f"dont {format_euros(plan.aid_eur)} d'aide de l'État"


def _notes(plan: Plan) -> tuple[str, ...]:
    notes = []
    if within_margin := margin_note(plan):
        notes.append(within_margin)
    if plan.interrupted:
        notes.append("Le calcul a été arrêté avant la preuve : c'est le meilleur plan trouvé, avec l'écart restant.")
    if off := plan.candidates_off_network:
        places = counted(off, "lieu candidat est", "lieux candidats sont")
        notes.append(f"{places} hors du réseau routier : aucun label n'y est comparé, leurs trajets sont inconnus.")
    if cut_off := plan.before.residents_unreachable:
        told = {
            "median": plural(
                cut_off, "compte comme le plus éloigné des autres", "comptent comme les plus éloignés des autres"
            ),
            "center": plural(cut_off, "est laissé hors du calcul", "sont laissés hors du calcul"),
        }.get(plan.model, f"{plural(cut_off, 'compte', 'comptent')} parmi ceux qui sont au-delà du seuil")
        mean = f"{SEMICOLON}le temps moyen est celui des autres" if plan.before.mean_time_min is not None else ""
        notes.append(f"{counted(cut_off, 'habitant')} sans aucune route vers un site aujourd'hui {told}{mean}.")
    still = plan.part.residents_known - plan.after.residents_within
    if plan.part.residents_known > 0 and round(still) > 0:
        with_plan = " avec ce plan" if len(plan.labels) else ""
        told = f"{counted(still, 'habitant')} {plural(still, 'reste', 'restent')} au-delà du seuil{with_plan}"
        if round(left := plan.residents_out_of_reach) > 0:
            some = "" if format_integer(left) == format_integer(still) else f"dont {format_integer(left)} "
            told += f", {some}quel que soit le lieu candidat"
        notes.append(f"{told}.")
    return (*notes, far_rule(plan.threshold_min))
