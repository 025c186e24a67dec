"""Where to give the next labels: what to aim at, what the plan brings, why each place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.dossier import label_dossier
from geo.answers.label import (
    ELSEWHERE,
    RESIDENTS_COUNTED,
    alternatives_sentence,
    label_titles,
    labels_with_alternatives,
)
from geo.answers.other_public import PUBLICS
from geo.answers.plan import plan_answer, plan_method
from geo.answers.plan_certainty import idle_sentence, replaced_sentence
from geo.answers.plan_proof import COMPARED_PLANS, compared_plans, mean_time_then
from geo.answers.plan_stops import never_retained_note, stops_table
from geo.answers.plan_visitors import visitors_sentence
from geo.answers.tables import COLUMNS, rows_of
from geo.answers.two_publics import two_publics_answer
from geo.answers.two_publics_json import plan_document
from geo.errors import MaillageError
from geo.french import UNIT_SPACE, capital, counted, format_share
from geo.maps.planning_maps import plan_values
from geo.report.arguments_html import arguments_html
from geo.report.label_dossiers import dossiers_pdf
from geo.report.plan_files import plan_layers
from geo.ui.background import forget
from geo.ui.chosen_plan import PLAN, chosen_plan, mode_beside, modes_beside, near_said, plans_beside
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.messages import plain, show_failure, show_notes, show_warnings, unbroken
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.components.without_car_day import ask_day, ask_public
from geo.ui.kept_answers import once
from geo.ui.scenario_session import take_scenario
from geo.ui.screens.planner.plan_options import show_plan_options
from geo.ui.session import change_state

if TYPE_CHECKING:
    import pandas as pd

    from geo.answers.dossier import LabelDossier
    from geo.answers.two_publics import TwoPublics
    from geo.siting.plan import Plan
    from geo.ui.screens.planner.visit import Visit

#: Columns of the table of labels: those that a screen has room for, then those of its menu and of its file.
_LABELS: Final = (
    *("rank", "place.name", "gain_residents", "gain_mean_residents", "retained", "residents_served"),
    "minutes_saved_mean",
)
_LABELS_MORE: Final = (
    *(
        "instead",
        "elsewhere",
        "takes_over",
        "commune_residents",
        "centrality",
        "variants",
        "gain_alone_residents",
        "cost_eur",
        "holds_site",
    ),
    "code",
)
_MORE: Final = "Autres colonnes (habitants, ce qu'on y trouve, coût, code…) : dans le menu du tableau et son fichier."
_STOPS: Final = (
    *("rank", "place.name", "commune_residents", "residents_with_stop", "mean_residents_with_stop", "hours_a_month"),
    *("cost_eur", "retained", "variants", "code"),
)
_SERVED: Final = ("commune_name", "residents", "residents_brought", "time_before_min", "time_after_min")


def show(visit: Visit) -> None:
    """Draw the view: question, answer, map, tables."""
    show_plan_options(visit)
    plan, stopped = chosen_plan(visit.territory, visit.state)
    answer = once(plan, "answer", lambda: plan_answer(plan))
    show_sentence(answer.sentence)
    show_figures([(figure.label, figure.value, figure.detail) for figure in answer.figures], visit.dated)
    st.markdown("\n".join(f"- {plain(detail)}" for detail in answer.details))
    if stopped:
        show_warnings(["Calcul arrêté avant la fin."])
        st.button("Reprendre le calcul", on_click=forget, args=(PLAN,))
    show_notes([*answer.notes, *filter(None, [near_said(visit.territory, plan)])])
    # Not by a callback: it would open the plan of the run before, without a choice made just before the press.
    if len(plan.labels) and st.button(
        "Essayer ce plan comme scénario",
        type="primary",
        help="Ouvre ces lieux dans « Et si… ? », où vous pouvez en retirer, en déplacer, en ajouter.",
    ):
        take_scenario(plan.scenario())
        change_state(view="scenario")
        st.rerun()
    _map(visit, plan)
    if len(plan.labels):
        _tables(visit, plan, stopped=stopped)
    _stops(visit, plan)
    with st.expander("Comment ce plan est-il calculé ?"):
        for paragraph in plan_method(plan):
            st.markdown(plain(paragraph))
        show_notes(["La vue « Marge d'erreur » dit quels lieux sont choisis selon les temps."])
    visit.show_origin(of_plan=True)


def _map(visit: Visit, plan: Plan) -> None:
    values = once(plan, "map", lambda: plan_values(plan, visit.sites))
    visit.show_map(values, "plan", "Carte de ce que le plan change par commune, avec les nouveaux labels numérotés.")


def _tables(visit: Visit, plan: Plan, *, stopped: bool) -> None:
    st.header("Les labels, du plus utile au moins utile en moyenne sur les variantes de temps", anchor=False)
    table = once(plan, "labels", lambda: french_table(labels_with_alternatives(plan), *_LABELS, *_LABELS_MORE))
    show_table(
        table,
        key="plan_labels",
        alt="Labels du plan, par rang",
        estimated=visit.territory.estimated,
        first=[COLUMNS[name].title for name in _LABELS],
        headings={COLUMNS["retained"].title: f"Retenu, sur {plan.labels['variants'].iloc[0]}"},
    )
    st.markdown(once(plan, "in_its_stead", lambda: _in_its_stead(plan)))
    show_notes([RESIDENTS_COUNTED, ELSEWHERE, _MORE])
    compared: list[TwoPublics] = []  # filled further down, before anyone can press a button
    stem = visit.file_stem(f"plan-{visit.state.threshold_min}min")
    with st.container(horizontal=True):
        csv_button("Tableau (CSV)", table, f"{stem}.csv", estimated=visit.territory.estimated)
        st.download_button(
            "Carte pour SIG (GPKG)",
            lambda: plan_layers(plan, visit.territory.parts),
            f"{stem}.gpkg",
            "application/geopackage+sqlite3",
            on_click="ignore",
            help="Deux couches : les labels et les communes avant et après.",
        )
        st.download_button(
            "Données (JSON)",
            lambda: json.dumps(plan_document(plan, visit.territory.parts, *compared), ensure_ascii=False, indent=1),
            f"{stem}.json",
            "application/json",
            on_click="ignore",
        )
        st.download_button(
            "Argumentaires (HTML)",
            lambda: arguments_html(plan, visit.territory.parts, *compared),
            f"{stem}-argumentaires.html",
            "text/html",
            on_click="ignore",
            help="Le plan et ses dossiers sur une page web : critères, habitants servis, temps avant et après.",
        )
        st.download_button(
            "Dossiers (PDF)",
            lambda: dossiers_pdf(plan, visit.territory.parts),
            f"{stem}-dossiers.pdf",
            "application/pdf",
            on_click="ignore",
            help="Une page par label, prête à envoyer : qui il sert, critères, lieux d'accueil, porteurs, coût, "
            "autres solutions, sites voisins.",
        )
    _side_by_side(plan)
    if not stopped:
        compared += _for_two_publics(visit, plan)
    _argument(visit, plan)


def _in_its_stead(plan: Plan) -> str:
    """Return as a list whose visitors each label takes, which towns would do as well, or are chosen as times change."""
    told = []
    for label in rows_of(plan.labels):
        each = (
            idle_sentence(plan, label),
            visitors_sentence(plan, label),
            replaced_sentence(plan, label),
            alternatives_sentence(plan, label["code"]),
        )
        said = " ".join(filter(None, each))
        if said:
            told.append(f"- **{plain(label['name'])}**{UNIT_SPACE}: {plain(said[:1].lower() + said[1:])}")
    return "\n".join(told)


def _stops(visit: Visit, plan: Plan) -> None:
    """Show the stops of a bus proposed beside the labels."""
    stops = stops_table(plan)
    if stops is None:
        return
    st.header("Arrêts de bus proposés à côté des labels", anchor=False)
    table = french_table(stops, *_STOPS)
    show_table(table, key="plan_stops", alt="Arrêts de bus proposés, du plus utile au moins utile")
    show_notes([note for note in [never_retained_note(plan)] if note])
    csv_button("Arrêts (CSV)", table, f"{visit.file_stem('arrets')}.csv")


def _for_two_publics(visit: Visit, plan: Plan) -> list[TwoPublics]:
    """Show the plan compared with those not dominated for the two publics; return them, if any."""
    modes = modes_beside(visit.territory, plan)
    if not modes:
        return []
    mode = mode_beside(visit.territory, visit.state, plan)
    st.header(PUBLICS[mode].title if mode else "Pour qui vient sans voiture", anchor=False)
    ask_public(modes if "transit" in modes else ("car", *modes), mode or "car")
    if mode is None:
        return []
    if mode == "transit":
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            ask_day(visit.territory, visit.identity, visit.state.day)
    try:
        compared = plans_beside(visit.territory, visit.state, plan, mode)
    except MaillageError as error:  # a day that is none of work, or it was stopped
        show_failure(error)
        return []
    answer, words = two_publics_answer(compared), compared.words
    st.markdown(plain(unbroken(answer.sentence)))
    table = french_table(compared.table, *compared.columns)
    shown = compared.shown
    # Both shares first, for which a phone has room; places are under the table, where a cell would cut them.
    first = [name for name in ("share_within", words.share, *compared.columns) if name != "two.places"]
    show_table(
        table.loc[shown.index, list(dict.fromkeys(COLUMNS[name].title for name in first))],
        key="two_publics",
        alt=f"Plans en voiture et {words.way}, le meilleur en voiture d'abord",
        headings={COLUMNS["share_within"].title: "En voiture", COLUMNS[words.share].title: capital(words.way)},
    )
    # Shares tell plans of one name apart.
    named = zip(*(shown[name] for name in ("plan", "places", "share_within", words.share)), strict=True)
    places = [
        f"- **{plain(name)}** ({format_share(by_car)} en voiture, {format_share(other)} {words.way})"
        f"{UNIT_SPACE}: {plain(towns)}"
        for name, towns, by_car, other in named
        if towns
    ]
    if left := len(table) - len(shown):
        places.append(f"- Et {counted(left, 'autre plan', 'autres plans')}, dans le tableau (CSV).")
    st.markdown("\n".join(places))
    stem = {"transit": "avec-et-sans-voiture", "walk": "voiture-et-pied", "bike": "voiture-et-velo"}[mode]
    csv_button(f"{words.title} (CSV)", table, f"{visit.file_stem(stem)}.csv")
    show_notes(answer.notes)
    return [compared]


def _side_by_side(plan: Plan) -> None:
    """Show the plan beside those that it is compared with."""
    table = once(plan, "two_plans", lambda: compared_plans(plan))
    if table is None:
        return
    st.header(COMPARED_PLANS, anchor=False)
    # The places above the table: they are read without being compared, and a cell would cut them.
    named = zip(table["plan"], table["places"], strict=True)
    st.markdown("\n".join(f"- **{name}**{UNIT_SPACE}: {plain(places)}" for name, places in named))
    show_table(
        once(plan, "two_plans_shown", lambda: _compared(plan, table)),
        key="two_plans",
        alt="Le plan proposé, et ceux auxquels il est comparé",
        estimated=plan.part.estimated,
    )


def _compared(plan: Plan, table: pd.DataFrame) -> pd.DataFrame:
    """Return `compared_plans` as it is shown."""
    shown = french_table(table, *(f"two.{name}" for name in table.columns.drop("places")))
    if not plan.part.estimated:
        return shown
    mean = COLUMNS["two.mean_time_min"]
    said = [mean_time_then(plan, minutes) for minutes in table["mean_time_min"]]
    return shown.assign(**{mean.title: said}).rename(columns={mean.title: mean.heading})


def _argument(visit: Visit, plan: Plan) -> None:
    """Show the dossier of one label."""
    titles = label_titles(plan)
    st.header("Pourquoi ce lieu ?", anchor=False)
    code = st.selectbox("Label à regarder", list(titles), format_func=titles.__getitem__, key="plan_argument")
    dossier = once(plan, ("dossier", code), lambda: label_dossier(plan, visit.territory.parts, code))
    st.markdown("  \n".join(plain(sentence) for sentence in dossier.summary))
    st.markdown("Critères de la préfecture :")
    st.markdown(_criteria(dossier))
    table = once(plan, ("served", code), lambda: french_table(dossier.communes, *_SERVED))
    show_table(
        table,
        key="plan_served",
        alt=f"Habitants servis par le label {dossier.title}",
        estimated=plan.part.estimated,
        threshold_min=plan.threshold_min,
    )
    if dossier.counted:
        show_notes([dossier.counted])
    for section in dossier.sections:
        st.markdown(f"**{plain(section.title)}**  \n" + "  \n".join(plain(text) for text in section.sentences))


def _criteria(dossier: LabelDossier) -> str:
    """Return the criteria of the prefecture as a list in Markdown."""
    met = {True: " : oui.", False: " : non.", None: "."}
    return "\n".join(f"- **{plain(item.name + met[item.met])}** {plain(item.sentence)}" for item in dossier.criteria)
