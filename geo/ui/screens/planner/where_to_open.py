"""Where to give the next labels: what to aim at, what the plan brings, why each place."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import streamlit as st

from geo.answers.scenario import change_lines
from geo.classes import change_class, change_classes
from geo.french import format_decimal, format_integer
from geo.maps.planning_values import Marker, planning_values, site_markers
from geo.question import AT_THRESHOLD_MIN
from geo.report.label_argument import arguments_html, label_argument, label_titles
from geo.report.plan_files import plan_content, write_plan
from geo.siting.costs import Costs
from geo.siting.criteria import Weights, Zones
from geo.siting.plan import plan as choose
from geo.ui.background import calculated, resume
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.messages import plain, show_notes, show_warnings
from geo.ui.components.plan_words import METHOD, METHODS, gap_sentence, plan_answer, plan_figures
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.components.uploads import kept_upload
from geo.ui.scenario_session import scenario_of_plan, take_scenario
from geo.ui.screens.planner.plan_options import CANDIDATES, FRR_FILE, QPV_FILE, excluded_places, show_plan_options
from geo.ui.session import change_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from geo.report.label_argument import LabelArgument
    from geo.siting.costs import Payer as CostsPayer
    from geo.siting.plan import Plan
    from geo.siting.solve import Model
    from geo.ui.screens.planner.visit import Visit
    from geo.ui.state import Aim, Payer

#: Name of the calculation on the screen.
PLAN: Final = "plan"
_MODELS: Final[Mapping[Aim, Model]] = {
    "habitants": "coverage",
    "tous": "set-cover",
    "trajet": "median",
    "loin": "center",
}
_PAYERS: Final[Mapping[Payer, CostsPayer]] = {"tout": "all", "etat": "state", "porteur": "bearer"}

_LABELS: Final = {
    "rank": "Rang",
    "name": "Lieu",
    "gain_residents": "Habitants rapprochés",
    "gain_alone_residents": "S'il était seul",
    "residents_served": "Habitants servis",
    "minutes_saved_mean": "Minutes gagnées",
    "elsewhere": "Presque aussi bien",
    "cost_eur": "Coût (€ par an)",
    "holds_site": "A déjà un site",
    "code": "Code",
}
_LABEL_FORMATS: Final = {
    "Habitants rapprochés": "whole",
    "S'il était seul": "whole",
    "Habitants servis": "whole",
    "Minutes gagnées": "decimal",
    "Coût (€ par an)": "whole",
}
_ELSEWHERE: Final = (
    "Le calcul peut préférer un village entre deux bourgs. « Presque aussi bien » nomme les communes les plus peuplées "
    "qui feraient au moins quatre cinquièmes du gain à sa place : à vous de choisir, ou d'écarter des lieux ci-dessus."
)
_SERVED: Final = {
    "commune_name": "Commune",
    "residents": "Habitants",
    "residents_brought": "dont rapprochés",
    "time_before_min": "Aujourd'hui (min)",
    "time_after_min": "Avec le label (min)",
}
_SERVED_FORMATS: Final = {
    "Habitants": "whole",
    "dont rapprochés": "whole",
    "Aujourd'hui (min)": "decimal",
    "Avec le label (min)": "decimal",
}


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """All that a plan depends on, as values that can be compared; files by the digest of their bytes."""

    identity: str
    model: Model
    labels: int | None
    threshold_min: float
    min_share: float | None
    weights: Weights
    costs: Costs
    budget_eur: float | None
    payer: CostsPayer
    exclude: tuple[str, ...]
    least_residents: int
    kinds: frozenset[str]
    files: tuple[str | None, ...]


def show(visit: Visit) -> None:
    """Draw the view: question, answer, map, tables."""
    show_plan_options(visit)
    plan, stopped = chosen_plan(visit)
    show_sentence(plan_answer(plan))
    show_figures(plan_figures(plan))
    st.markdown(plain(gap_sentence(plan)))
    if stopped:
        show_warnings(["Calcul arrêté avant la fin : voici le meilleur plan trouvé jusque-là."])
        st.button("Reprendre le calcul", on_click=resume, args=(PLAN,))
    elif plan.interrupted:
        show_warnings(["La durée prévue est passée : voici le meilleur plan trouvé, avec l'écart restant."])
    show_notes(plan.notes)
    if len(plan.labels):
        st.button(
            "Essayer ce plan comme scénario",
            type="primary",
            on_click=_try_plan,
            args=(plan,),
            help="Ouvre ces lieux dans « Et si… ? », où vous pouvez en retirer, en déplacer, en ajouter.",
        )
    _map(visit, plan)
    if len(plan.labels):
        _tables(visit, plan)
    with st.expander("Comment ce plan est-il calculé ?"):
        st.markdown(METHODS[visit.state.aim])
        st.markdown(METHOD)
        show_notes(
            [
                (
                    f"{format_integer(plan.candidates)} lieux candidats comparés en {format_decimal(plan.time_s)} s. "
                    "La vue « Marge d'erreur » dit quels lieux restent choisis quand les vitesses changent."
                )
            ]
        )
    visit.show_origin()


def plan_question(visit: Visit) -> PlanQuestion:
    """Return the question that the visitor's choices ask.

    Raises
    ------
    ParameterError
        The costs or a weight make no sense.
    """
    state = visit.state
    all_of_them = state.aim == "tous"
    by_budget = state.limit == "budget" and not all_of_them
    files = [kept_upload(name) for name in (CANDIDATES, FRR_FILE, QPV_FILE)]
    return PlanQuestion(
        identity=visit.identity,
        model=_MODELS[state.aim],
        labels=None if all_of_them or by_budget else state.labels,
        threshold_min=visit.threshold_min,
        min_share=state.cover_percent / 100 if all_of_them and state.cover_percent < 100 else None,  # noqa: PLR2004
        weights=Weights(state.weight_beyond, state.weight_frr, state.weight_qpv, state.weight_elderly),
        costs=Costs(state.cost_eur, state.aid_eur),
        budget_eur=float(state.budget_eur) if by_budget else None,
        payer=_PAYERS[state.payer],
        exclude=excluded_places(visit),
        least_residents=0 if files[0] is not None else state.least_residents,
        kinds=state.counted,
        files=tuple(None if file is None else file.digest for file in files),
    )


def plan_inputs(visit: Visit, question: PlanQuestion) -> dict[str, Any]:
    """Return the candidates, exclusions and zones of a question, as `geo.siting.plan.plan` takes them."""
    candidates, frr, qpv = (kept_upload(name) for name in (CANDIDATES, FRR_FILE, QPV_FILE))
    communes = visit.territory.communes
    small = communes["population"].fillna(0) < question.least_residents
    return {
        "candidates": None if candidates is None else candidates.table,
        "exclude": (*question.exclude, *communes.index[small.to_numpy(bool)]),
        "zones": Zones(None if frr is None else frr.table, None if qpv is None else qpv.table),
    }


def chosen_plan(visit: Visit) -> tuple[Plan, bool]:
    """Return the plan for the visitor's choices, and whether its search was stopped."""
    question = plan_question(visit)
    inputs = plan_inputs(visit, question)
    territory = visit.territory

    def work(progress: Callable[[float, str], None], cancel: Callable[[], bool]) -> Plan:
        return choose(
            territory,
            question.labels,
            model=question.model,
            threshold_min=question.threshold_min,
            weights=question.weights,
            costs=question.costs,
            budget_eur=question.budget_eur,
            payer=question.payer,
            min_share=question.min_share,
            kinds=question.kinds,
            progress=progress,
            cancel=cancel,
            **inputs,
        )

    return calculated(PLAN, question, work)


def _try_plan(plan: Plan) -> None:
    take_scenario(scenario_of_plan(plan))
    change_state(view="scenario")


def _map(visit: Visit, plan: Plan) -> None:
    communes = plan.communes
    after = communes["time_after_min"]
    beyond = after.to_numpy(np.float64, na_value=np.inf) > plan.threshold_min + AT_THRESHOLD_MIN
    position = change_class(communes["time_before_min"], after, plan.threshold_min)
    labels = [
        Marker(
            str(label["code"]),
            str(label["name"]),
            float(label["lon"]),
            float(label["lat"]),
            "main",
            str(label["rank"]),
            f"Nouveau label : {format_integer(label['gain_residents'])} habitants rapprochés",
        )
        for label in plan.labels.to_dict("records")
    ]
    signs = [("main", "Site d'aujourd'hui")]
    if labels:
        signs.append(("1", "Nouveau label, dans l'ordre du classement"))
    values = planning_values(
        change_classes(plan.threshold_min),
        position,
        change_lines(communes, "time_before_min", "time_after_min", "residents"),
        [*site_markers(visit.sites), *labels],
        title="Ce que le plan change, par commune",
        outlined=beyond & (position >= 0),
        outline=f"Reste à plus de {visit.threshold} en moyenne",
        signs=signs,
        only_present=True,
    )
    visit.show_map(values, "plan", "Carte de ce que le plan change par commune, avec les nouveaux labels numérotés.")


def _tables(visit: Visit, plan: Plan) -> None:
    st.subheader("Les labels, du plus utile au moins utile", anchor=False)
    table = french_table(_with_alternatives(plan), _LABELS)
    show_table(table, _LABEL_FORMATS, key="plan_labels", alt="Labels du plan, par rang")
    show_notes([_ELSEWHERE])
    stem = visit.file_stem(f"plan-{visit.state.threshold_min}min")
    with st.container(horizontal=True):
        csv_button("Tableau (CSV)", table, _LABEL_FORMATS, f"{stem}.csv")
        st.download_button(
            "Carte pour SIG (GPKG)",
            lambda: _gpkg(visit, plan),
            f"{stem}.gpkg",
            "application/geopackage+sqlite3",
            on_click="ignore",
            help="Deux couches : les labels et les communes avant et après.",
        )
        st.download_button(
            "Données (JSON)",
            lambda: json.dumps(plan_content(plan, (visit.territory,)), ensure_ascii=False, indent=1),
            f"{stem}.json",
            "application/json",
            on_click="ignore",
        )
        st.download_button(
            "Argumentaires (HTML)",
            lambda: arguments_html(plan),
            f"{stem}-argumentaires.html",
            "text/html",
            on_click="ignore",
            help="Une page par label, à imprimer : critères remplis, habitants servis, temps avant et après.",
        )
    _argument(plan)


def _with_alternatives(plan: Plan) -> pd.DataFrame:
    """Return the labels with the places that would do nearly as well: `elsewhere` (text, <NA> none)."""
    names = plan.alternatives.groupby("label_code", sort=False)["name"].agg(", ".join)
    return plan.labels.assign(elsewhere=names.reindex(plan.labels["code"]).astype("string").array)


def _argument(plan: Plan) -> None:
    """Show why one label: its criteria, and whom it serves."""
    titles = label_titles(plan)
    st.subheader("Pourquoi ce lieu ?", anchor=False)
    code = st.selectbox("Label à regarder", list(titles), format_func=titles.__getitem__, key="plan_argument")
    argument = label_argument(plan, code)
    st.markdown("  \n".join(plain(sentence) for sentence in argument.summary))
    st.markdown("Critères de la préfecture :")
    st.markdown(_criteria(argument))
    table = french_table(argument.communes, _SERVED)
    show_table(table, _SERVED_FORMATS, key="plan_served", alt=f"Habitants servis par le label {argument.title}")


def _criteria(argument: LabelArgument) -> str:
    """Return the criteria of the prefecture as a list in Markdown."""
    met = {True: " : oui.", False: " : non.", None: "."}
    return "\n".join(f"- **{plain(item.name + met[item.met])}** {plain(item.sentence)}" for item in argument.criteria)


def _gpkg(visit: Visit, plan: Plan) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write_plan(plan, (visit.territory,), Path(folder))
        return (Path(folder) / "plan.gpkg").read_bytes()
