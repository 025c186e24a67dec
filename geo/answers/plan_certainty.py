"""How sure a plan is: what stays chosen whatever the times, its worst case, whether its gain is beyond the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.answers.tables import rows_of
from geo.finder.other_names import of_commune
from geo.french import (
    SEMICOLON,
    counted,
    format_decimal,
    format_integer,
    format_share,
    joined,
    plural,
    within_text,
)
from geo.network.road_error import road_interval
from geo.question import AT_THRESHOLD_MIN
from geo.territory.embedded import CORSICA_NOTE, OVERSEAS_NOTE, REUNION_NOTE

if TYPE_CHECKING:
    from geo.siting.plan import Plan

#: A label chosen under at most this share of the hypotheses on times is named as not sure.
_SELDOM: Final = 0.25
#: A plan that brings at most this share of the best gain under one hypothesis on times is not certain.
_LITTLE: Final = 0.25
#: Where estimated times are less sure: how codes of communes begin, and what is said.
_LESS_SURE: Final = (
    (("974",), f"{OVERSEAS_NOTE} {REUNION_NOTE}"),
    (("97", "98"), OVERSEAS_NOTE),
    (("2A", "2B"), CORSICA_NOTE),
)
_NAMED: Final = 5
#: Places named in the stead of a label, in a table.
_INSTEAD: Final = 2
#: Why a label is of no use to those whom it brings, with trips shorter or longer by a share.
_SHORTER: Final = "{{within}} sans lui si les trajets étaient {} plus courts"
_LONGER: Final = "hors de sa portée si les trajets étaient {} plus longs"
#: A change of the times above this is larger than any that is tried.
_MOST_CHANGED: Final = 0.5
_ROBUSTNESS: Final = (
    "La même question est posée avec {}. Un lieu choisi à chaque fois {} ; un lieu choisi une fois sur deux peut être "
    "remplacé par un voisin."
)


def retained_text(label: dict[Any, Any]) -> str:
    """Return under how many hypotheses on times a label is chosen: ``"retenu 5 fois sur 6"``."""
    return f"retenu {format_integer(label['retained'])} fois sur {format_integer(label['variants'])}"


def retained_or_replaced(plan: Plan, label: dict[Any, Any]) -> str:
    """Return as `retained_text`, and which places are chosen in its stead: ``"retenu 5 fois sur 6, sinon Arette"``."""
    instead = joined(list(plan.robustness.instead_of(label["code"])), _INSTEAD, "autres lieux")
    return f"{retained_text(label)}{f', sinon {instead}' if instead else ''}"


def reserve_sentence(plan: Plan) -> str:
    """Return that estimated times are less sure there than elsewhere; empty: they are not, or only in some parts."""
    if not plan.part.estimated:
        return ""
    codes = plan.communes.index.astype(str)
    return next((note for start, note in _LESS_SURE if len(codes) and codes.str.startswith(start).all()), "")


def doubtful_sentence(plan: Plan) -> str:
    """Return which labels are seldom chosen when times change; empty: none."""
    seldom = [
        f"{label['name']} ({retained_text(label)})"
        for label in rows_of(plan.labels)
        if label["variants"] > 1 and label["retained"] <= _SELDOM * label["variants"]
    ]
    return f"Peu sûr selon les temps : {joined(seldom, _NAMED, 'autres lieux')}." if seldom else ""


def replaced_sentence(plan: Plan, label: dict[Any, Any]) -> str:
    """Return why a label is not chosen whatever the times, and which towns take its place; empty: it always is."""
    others = label["variants"] - label["retained"]
    if others <= 0:
        return ""
    why = [
        told.format(format_share(share))
        for told, share in ((_SHORTER, label["shorter_share"]), (_LONGER, label["longer_share"]))
        if pd.notna(share) and share < _MOST_CHANGED
    ]
    within = within_text(plan.threshold_min)
    half = f"la moitié de ceux qu'il rapproche seraient {', ou '.join(why).format(within=within)}" if why else ""
    instead = plan.robustness.instead_of(label["code"])
    told = [f"{name} {format_integer(times)} fois" for name, times in instead.items()]
    alone = others - sum(instead.values())
    if told and alone:
        told.append(f"aucun autre lieu {format_integer(alone)} fois")
    place = ", aucun lieu à sa place"
    if told:
        place = f"{SEMICOLON[:-1]} le plan choisit alors, parfois pour d'autres habitants : {', '.join(told)}"
    missing = f"Écarté {format_integer(others)} fois sur {format_integer(label['variants'])}"
    never = f"{SEMICOLON}{never_retained(mean=plan.on_average)}" if not label["retained"] else ""
    return f"{missing}{place}{f'{SEMICOLON}{half}' if half else ''}{never}."


def never_retained(*, mean: bool) -> str:
    """Return why a place is proposed that no variant alone chooses; `mean`: whether places are chosen on average."""
    why = "ce qu'il apporte en moyenne sur toutes" if mean else "un gain presque égal, qui tient mieux au pire"
    return (
        f"chaque variante, prise seule, en préfère d'autres ou n'en demande aucun{SEMICOLON}il est proposé pour {why}"
    )


def idle_sentence(plan: Plan, label: dict[Any, Any]) -> str:
    """Return that a label brings nobody more for the times shown, and why it is proposed; empty: it brings some."""
    rows = [row for row in rows_of(plan.idle) if row["code"] == label["code"] and row["proposed"]]
    if not rows:
        return ""
    nobody = (
        "n'amène personne" if not round(label["gain_alone_residents"]) else "n'amène personne de plus que les autres"
    )
    needed, mean = rows[0]["needed"], rows[0]["share_of_gain"] * plan.objective
    need = plural(needed, "variante", "variantes")
    return (
        f"Il {nobody} pour ces temps estimés, {format_integer(mean)} en moyenne sur les variantes : "
        f"{format_integer(needed)} {need} sur {format_integer(label['variants'])} {plural(needed, 'en a', 'en ont')} "
        "besoin."
    )


def residents_beyond(served: pd.DataFrame, threshold_min: float) -> float:
    """Return how many residents of rows of `geo.siting.plan.Plan.served` are beyond the threshold today.

    Communes count as a whole, those without any way to a site too; of the others, those brought within it.
    """
    today = served["time_before_min"].to_numpy(np.float64, na_value=np.inf)
    beyond = today > threshold_min + AT_THRESHOLD_MIN
    return float(np.where(beyond, served["residents"], served["residents_brought"]).sum())


def robustness_method(*, estimated: bool, profile: str) -> str:
    """Return what is asked of a plan by `robustness_sentence`; `profile`: the speeds of measured roads."""
    if estimated:
        return _ROBUSTNESS.format(
            "tous les temps estimés, à leur borne basse et à leur borne haute, pour chaque profil de vitesse",
            "résiste à l'erreur",
        )
    low, high = (format_decimal(bound, 2) for bound in road_interval(profile))
    return _ROBUSTNESS.format(f"tous les temps multipliés par {low} et par {high}, l'erreur mesurée", "est sûr")


def robustness_sentence(plan: Plan) -> str:
    """Return how many places stay chosen whatever the times, beside how many labels the plan has."""
    found, given = plan.robustness, len(plan.labels)
    sure = int((found.places["share_of_runs"] >= 1).sum())
    always = "aucun lieu n'est choisi à chaque fois"
    if sure:
        verb = plural(sure, "est choisi", "sont choisis")
        always = f"{counted(sure, 'lieu', 'lieux')} {verb} à chaque fois"
    ever = format_integer(len(found.places))
    lost = int((~found.runs["within_reach"]).sum())
    without = ""
    if lost:
        without = f" Dans {counted(lost, 'variante')}, ce qui est demandé est hors d'atteinte : rien n'y est choisi."
    of = f"du plan de {counted(given, 'label')}" if given else "de ce plan sans nouveau label"
    return f"Sur {counted(len(found.runs), 'variante')} {of}, {always}{SEMICOLON}au moins une fois : {ever}.{without}"


def other_times_sentence(plan: Plan) -> str:
    """Return that labels would be of use under other times, where none is proposed; empty: there is none."""
    runs = plan.robustness.runs
    if len(plan.labels) or not plan.to_give or not (some := int((runs["labels"] > 0).sum())):
        return ""
    most = runs.iloc[int(runs["labels"].to_numpy().argmax())]
    names = joined(plan.robustness.places["name"].reindex(list(most["codes"])).to_list(), _NAMED, "autres lieux")
    useful = plural(int(most["labels"]), "un label serait utile", "des labels seraient utiles")
    return (
        f"Mais {useful} sous {counted(some, 'variante')} de temps sur {format_integer(len(runs))} : "
        f"{names} ({most['name']}). Vérifiez ces trajets{' avec un fichier de routes' if plan.part.estimated else ''} "
        "avant de décider."
    )


def is_uncertain(plan: Plan) -> bool:
    """Tell whether a plan brings little or nothing of what could be brought under one hypothesis on times."""
    return bool(len(plan.labels)) and plan.worst_case is not None and plan.worst_case.share <= _LITTLE


def uncertain_sentence(plan: Plan) -> str:
    """Return that a plan is not certain, with its worst case and the plan that does best there; empty: it is."""
    runs = plan.robustness.runs
    none = runs.loc[(runs["labels"] == 0) & runs["within_reach"], "name"].to_list()
    told = [worst_case_sentence(plan)] if is_uncertain(plan) else []
    if len(plan.labels) and none and plan.model == "coverage":
        told.append(
            f"Sous {counted(len(none), 'variante')} de temps sur {format_integer(len(runs))} "
            f"({joined(none, _NAMED, 'autres')}), aucun label ne rapprocherait personne."
        )
    return " ".join(["Ce plan n'est pas certain.", *told]) if told else ""


def worst_case_sentence(plan: Plan) -> str:
    """Return the worst case of a plan, and how the plan whose worst case is best differs; empty: not compared."""
    worst = plan.worst_case
    if worst is None or not len(plan.labels):
        return ""
    share = format_share(worst.share)
    start = f"Au pire des variantes ({worst.variant}), ce plan apporte {share} du meilleur gain qu'on y trouve"
    here, there = set(plan.labels["code"]), set(worst.labels["code"])
    if here == there or worst.best_share <= worst.share:
        none = (
            "aucun autre choix ne fait mieux au pire" if worst.proven else "aucun meilleur choix au pire n'est trouvé"
        )
        return f"{start}." if len(here) >= plan.candidates else f"{start}{SEMICOLON}{none}."
    other = worst.labels.loc[~worst.labels["code"].isin(here), "name"].to_list()
    left = [of_commune(name) for name in plan.labels.loc[~plan.labels["code"].isin(there), "name"]]
    taken = f"avec {joined(other, _NAMED)}" if other else "avec moins de labels"
    instead = f" au lieu {joined(left, _NAMED)}" if left else (" en plus" if other else "")
    lost = max(0.0, 1 - worst.objective / plan.objective) if plan.objective > 0 else 0.0
    price = f", pour {format_share(lost)} de gain en moins{' en moyenne' if plan.on_average else ''}" if lost else ""
    kept = format_share(worst.best_share)
    return f"{start}{SEMICOLON}le plan le meilleur au pire en garderait {kept}, {taken}{instead}{price}."


def margin_note(plan: Plan) -> str:
    """Return that a gain is within the margin of error of estimated times; empty: it is not, or none is known."""
    low, high = plan.before.residents_within_low or 0.0, plan.before.residents_within_high or 0.0
    if not len(plan.labels) or plan.model != "coverage" or plan.residents_brought >= high - low:
        return ""
    today = f"de {format_integer(low)} à {format_integer(high)} habitants"
    return (
        f"Le gain de ce plan est plus petit que la marge d'erreur des temps estimés : aujourd'hui, {today} sont "
        f"{within_text(plan.threshold_min)} d'un site."
    )
