"""The argument for one label: which criteria it meets, whom it serves, from where, in how much time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.answer import far_criterion, known_note, part_title, times_notes
from geo.answers.plan import plan_answer
from geo.answers.plan_certainty import idle_sentence, replaced_sentence, residents_beyond, retained_text
from geo.answers.plan_stops import known_stops_sentence, stop_lines
from geo.answers.plan_visitors import label_loser, visitors_sentence
from geo.answers.tables import rows_of
from geo.crs import departement_of
from geo.french import (
    POPULATION_UNKNOWN,
    SEMICOLON,
    WITHIN,
    counted,
    format_euros,
    format_integer,
    format_share,
    minutes_text,
    plural,
    population_text,
    quoted,
    said_minutes,
    said_time,
    within_text,
)
from geo.question import AT_THRESHOLD_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.siting.plan import Plan
    from geo.territory import Territory

_FAR: Final = "Éloigné de l'offre existante"
#: What the column of alternatives means.
ELSEWHERE: Final = (
    "Le calcul peut préférer un village entre deux bourgs. « Presque aussi bien » nomme les communes les plus peuplées "
    "qui feraient autant, ou au moins quatre cinquièmes du gain, à sa place : à vous de choisir, ou d'écarter des "
    "lieux ci-dessus."
)

#: What the two columns of residents count.
RESIDENTS_COUNTED: Final = (
    f"Habitants rapprochés : trop loin aujourd'hui, {WITHIN} avec ce label (ceux que les labels de rang meilleur "
    "rapprochent déjà ne sont pas comptés deux fois). Habitants servis : tous ceux dont ce lieu devient le site le "
    "plus proche, qu'ils soient trop loin aujourd'hui ou non. Visiteurs qui cessent d'être trop loin : parmi les "
    "servis, même ceux qu'un label de rang meilleur rapprocherait déjà."
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the prefecture's criteria: `met` (`None`: the data does not say), and a French sentence."""

    name: str
    met: bool | None
    sentence: str


@dataclass(frozen=True, eq=False, slots=True)
class LabelArgument:
    """What can be said for one label.

    `code`, `title`; `summary`: French sentences; `criteria`; `communes`: rows of `Plan.served` of this label;
    `counted`: why they do not add up to the residents that it brings nearer (French, empty where they do).
    """

    code: str
    title: str
    summary: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    communes: pd.DataFrame
    counted: str


def label_arguments(plan: Plan, parts: Sequence[Territory] = ()) -> tuple[LabelArgument, ...]:
    """Return the argument of each label of a plan, in rank order; `parts`: as in `label_argument`."""
    return tuple(label_argument(plan, code, parts) for code in plan.labels["code"])


def label_argument(plan: Plan, code: str, parts: Sequence[Territory] = ()) -> LabelArgument:
    """Return the argument of one label of a plan; `code` is one of its `labels`.

    `parts`: The territories that the plan was made for, which know the stops of buses around the label.
    """
    label = next(row for row in rows_of(plan.labels) if row["code"] == code)
    served = plan.served[plan.served["label_code"] == code]
    criteria = _criteria(plan, label, served, parts)
    summary = _summary(plan, label, len(served))
    return LabelArgument(str(code), _title(label), summary, criteria, served, _counted_apart(label, served))


def label_titles(plan: Plan) -> dict[str, str]:
    """Return how each label of a plan is named, by code, in rank order: ``"1. Mairie, à Moumour"``."""
    return {label["code"]: _title(label) for label in rows_of(plan.labels)}


def label_gains(label: dict[Any, Any], *, estimated: bool) -> str:
    """Return what one label of `Plan.labels` brings, in a few words; `estimated`: whether times are."""
    saved = label["minutes_saved_mean"]
    sooner = f", {said_minutes(saved, estimated=estimated)} gagnées en moyenne" if pd.notna(saved) else ""
    brought = counted(label["gain_residents"], "habitant rapproché", "habitants rapprochés")
    if round(label["gain_mean_residents"]) != round(label["gain_residents"]):
        brought += f" ({format_integer(label['gain_mean_residents'])} en moyenne sur les variantes)"
    served = counted(label["residents_served"], "servi")
    return f"{brought}, {served}{sooner}"


def town_text(label: dict[Any, Any]) -> str:
    """Return what the commune of a label is: its residents, and what draws people there."""
    drawn = f" : {label['centrality']}" if label["centrality"] else ""
    people = label["commune_residents"]
    size = f"de {population_text(people)}" if pd.notna(people) else "dont la population n'est pas connue"
    return f"Commune {size}{drawn}."


def label_line(label: dict[Any, Any], *, estimated: bool) -> str:
    """Return one label of `Plan.labels` on one line: its rank, name and code, and what it brings."""
    already = ", a déjà une antenne ou un site" if label["holds_site"] else ""
    gains = label_gains(label, estimated=estimated)
    return f"{label['rank']:>3}. {label['name']} [{label['code']}{already}] : {gains}, {retained_text(label)}."


def plan_lines(plan: Plan) -> list[str]:
    """Return a plan as lines of text: what it brings, its labels, what is to be minded."""
    answer = plan_answer(plan)
    lines = [f"{part_title(plan.territory, plan.part)} :", answer.sentence]
    for label in rows_of(plan.labels):
        others = (
            *(idle_sentence(plan, label), visitors_sentence(plan, label), replaced_sentence(plan, label)),
            alternatives_sentence(plan, label["code"]),
        )
        lines += [label_line(label, estimated=plan.part.estimated), *(f"     {told}" for told in others if told)]
    lines += [*stop_lines(plan), *answer.details]
    lines += [f"  - {RESIDENTS_COUNTED}"] if len(plan.labels) else []
    lines += [f"  - {note}" for note in (known_note(plan.part), *answer.notes) if note]
    return [*lines, *times_notes(plan.part)]


def alternatives_sentence(plan: Plan, label_code: str) -> str:
    """Return the places that would do nearly as well as a label in one French sentence; empty where none would."""
    rows = [row for row in rows_of(plan.alternatives) if row["label_code"] == label_code]
    told = SEMICOLON.join(
        f"{row['name']} ({_of_this_gain(row['share_of_gain'])}, {_living_there(row['commune_residents'])})"
        for row in rows
    )
    how = "Presque aussi bien" if all(row["share_of_gain"] < 1 for row in rows) else "Aussi bien ou presque"
    return f"{how} ailleurs : {told}." if told else ""


def _living_there(people: float) -> str:
    return f"{population_text(people)} sur place" if pd.notna(people) else POPULATION_UNKNOWN


def _of_this_gain(share: float) -> str:
    """Return a part of a gain; a place may bring a little more in a label's stead, where no plan is proven best."""
    return "au moins autant de gain" if share >= 1 else f"{format_share(share)} de ce gain"


def labels_with_alternatives(plan: Plan) -> pd.DataFrame:
    """Return the labels with what else could stand in their stead, as text, <NA> none.

    `elsewhere`: the places that would do nearly as well; `instead`: those chosen where a label is not, as times change;
    `takes_over`: the site that at least half of its visitors come from, with their share.
    """
    names = plan.alternatives.groupby("label_code", sort=False)["name"].agg(", ".join)
    instead = [
        ", ".join(f"{name} ({times})" for name, times in plan.robustness.instead_of(code).items()) or pd.NA
        for code in plan.labels["code"]
    ]
    losers = [label_loser(plan, label) for label in rows_of(plan.labels)]
    taken = [pd.NA if one is None else f"{one.facility_name} ({format_share(one.share_of_visitors)})" for one in losers]
    return plan.labels.assign(
        elsewhere=names.reindex(plan.labels["code"]).astype("string").array,
        instead=pd.array(instead, dtype="string"),
        takes_over=pd.array(taken, dtype="string"),
    )


def _title(label: dict[Any, Any]) -> str:
    where = "" if label["code"] == label["commune_code"] else f", à {label['commune_name']}"
    return f"{label['rank']}. {label['name']}{where}"


def _summary(plan: Plan, label: dict[Any, Any], communes: int) -> tuple[str, ...]:
    brought, saved = label["gain_residents"], label["minutes_saved_mean"]
    minutes = said_minutes(saved, estimated=plan.part.estimated)
    served = label["residents_served"]
    gain = f", qui {plural(served, 'gagne', 'gagnent')} {minutes} en moyenne" if pd.notna(saved) else ""
    where = "d'une commune" if communes == 1 else f"de {counted(communes, 'commune')}"
    mean = label["gain_mean_residents"]
    summary = [
        f"{town_text(label)} Ce lieu est {retained_text(label)}, selon les temps.",
        (
            f"{_pass(brought)} {within_text(plan.threshold_min)} "
            f"d'un site grâce à ce label{_beside_others(label, mean if plan.on_average else None)}."
        ),
        (f"Il devient le site le plus proche de {counted(served, 'habitant')} {where}{gain}."),
        *filter(None, [idle_sentence(plan, label), visitors_sentence(plan, label)]),
        f"Coût : {format_euros(label['cost_eur'])} par an, dont {format_euros(label['aid_eur'])} d'aide de l'État.",
    ]
    summary += filter(None, [replaced_sentence(plan, label), alternatives_sentence(plan, label["code"])])
    if label["holds_site"]:
        summary.append("La commune a déjà une antenne ou un site : ce label en ferait un site, ou s'y ajouterait.")
    return tuple(summary)


def _pass(brought: float) -> str:
    if not round(brought):
        return "Aucun habitant ne passe"
    return f"{counted(brought, 'habitant')} {plural(brought, 'passe', 'passent')}"


def _beside_others(label: dict[Any, Any], mean: float | None) -> str:
    """Return what a label would bring alone where others come before it, and on average over the times (`mean`)."""
    alone = f"{format_integer(label['gain_alone_residents'])} s'il était seul" if label["rank"] > 1 else ""
    average = "" if mean is None else f"{format_integer(mean)} en moyenne sur la fourchette des temps"
    told = ", ".join(filter(None, [alone, average]))
    return f"{', après ceux classés avant lui' if alone else ''}{f' ({told})' if told else ''}"


def _counted_apart(label: dict[Any, Any], served: pd.DataFrame) -> str:
    """Return how the residents brought nearer of the table and of the label differ; empty where they do not."""
    here, gain = format_integer(served["residents_brought"].sum()), format_integer(label["gain_residents"])
    if here == gain:
        return ""
    whom = "que les labels classés avant lui ne rapprochent pas déjà"
    if label["rank"] == 1:
        whom = "même ceux qui iront à un autre label, plus proche"
    return (
        f"Ce tableau, toutes communes comprises, compte {here} habitants rapprochés, dont ce lieu devient le site le "
        f"plus proche{SEMICOLON}le label en compte {gain}, {whom}."
    )


def _criteria(
    plan: Plan, label: dict[Any, Any], served: pd.DataFrame, parts: Sequence[Territory]
) -> tuple[Criterion, ...]:
    """Return the criteria of the prefecture, and the zones and ages that weigh in the choice."""
    commune = str(label["commune_code"])
    shares = plan.criteria.loc[commune] if commune in plan.criteria.index else pd.Series(dtype="float64")
    qpv, frr = (shares.get(name, float("nan")) for name in ("qpv", "frr"))
    cells, census = (
        f"{_fetched(commune)} télécharge {what} et construit un territoire qui {has}{SEMICOLON}refaites-y le plan"
        for what, has in (("les carreaux de l'INSEE", "les a"), ("le recensement", "l'a"))
    )
    listed = label["code"] != label["commune_code"]
    overseas = commune.startswith(("97", "98"))
    return (
        _far(plan, commune, served),
        Criterion(
            "Quartier prioritaire de la ville",
            None if pd.isna(qpv) else bool(qpv > 0),
            f"Non renseigné : contours à télécharger, {_fetched(commune, 'qpv')}."
            if pd.isna(qpv)
            else (
                "La commune a un quartier prioritaire." if qpv > 0 else "La commune n'a pas de quartier prioritaire."
            ),
        ),
        Criterion(
            "Commune classée France Ruralités Revitalisation",
            None if pd.isna(frr) else bool(frr > 0),
            f"Non renseigné : liste à télécharger, {_fetched(commune, 'frr')}."
            if pd.isna(frr)
            else ("La commune est classée." if frr > 0 else "La commune n'est pas classée."),
        ),
        *(
            Criterion(
                name,
                None,
                f"Non renseigné : {missing}." if pd.isna(share) else f"{format_share(share)} {told}.",
            )
            for name, share, told, missing in (
                (
                    "Habitants de 65 ans ou plus",
                    shares.get("elderly", float("nan")),
                    "des habitants de la commune ont 65 ans ou plus",
                    cells,
                ),
                (
                    "Habitants pauvres",
                    shares.get("poor", float("nan")),
                    "des habitants de la commune vivent dans un ménage pauvre",
                    cells,
                ),
                (
                    "Ménages sans voiture",
                    shares.get("carless", float("nan")),
                    "des ménages de la commune n'ont pas de voiture",
                    census,
                ),
            )
        ),
        Criterion(
            "Lieu déjà fréquenté",
            True if listed or label["centrality"] else None,
            f"Le lieu vient d'une liste de lieux existants : {label['name']}."
            if listed
            else f"{town_text(label)} Le lieu exact (mairie, école, poste, tiers-lieu) reste à choisir.",
        ),
        Criterion(
            "Solution itinérante",
            None,
            _itinerant(plan, label, parts),
        ),
        Criterion("Outre-mer", overseas, "Commune d'outre-mer." if overseas else "Commune de l'Hexagone ou de Corse."),
    )


def _far(plan: Plan, commune: str, served: pd.DataFrame) -> Criterion:
    """Return whether those whom a label serves are far from any site today, or its own commune is."""
    here = plan.communes["time_before_min"].get(commune, pd.NA)
    far = True if pd.isna(here) else bool(here > plan.threshold_min + AT_THRESHOLD_MIN)
    people = residents_beyond(served, plan.threshold_min)
    row = {} if pd.isna(here) else rows_of(plan.communes.loc[[commune]])[0]
    if not round(people):
        told = "Aucun site n'est joignable par la route aujourd'hui." if pd.isna(here) else _today(plan, row)
        return Criterion(_FAR, far, f"{told} {far_criterion(plan.threshold_min)}")
    all_served = float(served["residents"].sum())
    verb = plural(people, "est", "sont")
    who = f"{format_integer(people)} des {format_integer(all_served)} habitants servis {verb}"
    if format_integer(people) == format_integer(all_served):
        who = plural(people, "Le seul habitant servi est", f"Les {format_integer(people)} habitants servis sont tous")
    still = people - float(served["residents_brought"].sum())
    stay = f", {format_integer(still)} le {plural(still, 'resterait', 'resteraient')}" if round(still) > 0 else ""
    own = "aucune route vers un site" if pd.isna(here) else said_time(row, "time_before_min", plan.threshold_min)
    return Criterion(
        name=_FAR,
        met=True,
        sentence=f"{who} à plus de {minutes_text(plan.threshold_min)} aujourd'hui{stay}{SEMICOLON}"
        f"la commune d'accueil elle-même : {own}. {far_criterion(plan.threshold_min)}",
    )


def _itinerant(plan: Plan, label: dict[Any, Any], parts: Sequence[Territory]) -> str:
    """Return which stops those served have, what is known of buses, and where a stop is compared, if it is."""
    people = 0.0 if plan.stops is None else plan.stops.residents_known_stop
    if people:
        has = plural(people, "a", "ont")
        known = f"Dans tout le territoire, {counted(people, 'habitant')} au-delà du seuil {has} déjà un arrêt connu"
    else:
        known = "Personne au-delà du seuil n'a d'arrêt connu (tournées : « maillage rounds »)"
    stops = known_stops_sentence(plan, parts, label)
    known = f"{stops} {known}" if stops else known
    if not round(label["gain_residents"]):
        return f"{known}."
    return f"{known}. L'arrêt de bus à la place de ce label est chiffré dans les autres solutions."


def _fetched(commune: str, source: str = "") -> str:
    """Return the command that brings a file, or all and builds the territory, between quotes."""
    return quoted(f"maillage fetch {departement_of(commune)}{f' --only {source}' if source else ''}")


def _today(plan: Plan, commune: dict[Any, Any]) -> str:
    """Return how far the residents of a commune are from a site today, in one sentence."""
    minutes = said_time(commune, "time_before_min", plan.threshold_min)
    if commune["estimated"]:
        return f"Des habitants de la commune au site le plus proche aujourd'hui : {minutes}."
    return f"Les habitants de la commune sont à {minutes} du site le plus proche aujourd'hui."
