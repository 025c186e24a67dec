"""What a plan is asked: its aim, how many labels or which budget, which places, what each criterion weighs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.answers.plan import AIMS
from geo.answers.plan_proof import WEIGHED
from geo.french import WITHIN, counted, format_euros, within_text
from geo.question import DEFAULT_AID_EUR, DEFAULT_COST_EUR
from geo.siting.bus_stops import LEAST_RESIDENTS as LEAST_BUS
from geo.siting.candidates import LEAST_RESIDENTS_REMOTE
from geo.siting.criteria import CRITERIA
from geo.sources.places import read_places
from geo.sources.zones import read_frr, read_qpv
from geo.ui.chosen_plan import MODELS, candidate_names, excluded_places
from geo.ui.components.messages import show_notes, show_warnings
from geo.ui.components.uploads import CANDIDATES, FRR_FILE, QPV_FILE, kept_upload, uploaded
from geo.ui.session import bound, change_state
from geo.ui.state import COVER_PERCENT, EUROS, LABELS, LEAST_RESIDENTS, MOST_EXCLUDED, PASS_EUROS, STEP, STOPS, WEIGHTS

if TYPE_CHECKING:
    from geo.ui.screens.planner.visit import Visit
    from geo.ui.state import AppState


_LIMITS: Final = {"labels": "Nombre de labels", "budget": "Budget annuel"}
_PAYERS: Final = {"tout": "le coût entier", "etat": "l'aide de l'État", "porteur": "le reste, payé par le porteur"}
_PASSAGES: Final = {"semaine": "une demi-journée par semaine", "mois": "une demi-journée par mois"}


def show_plan_options(visit: Visit) -> None:
    """Show the fields."""
    state = visit.state
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Ce que vous visez",
            list(MODELS),
            format_func=lambda aim: AIMS[MODELS[aim]].format(within_text(visit.question.threshold_min)),
            width=390,
            **bound("aim"),
        )
        if state.aim == "tous":
            low, high = COVER_PERCENT
            st.slider("Part des habitants", low, high, step=STEP, format="%d %%", width=200, **bound("cover_percent"))
        else:
            _limit(state)
        visit.show_threshold()
    with st.container(horizontal=True, gap="small"):
        _costs(state)
        _places(visit)
        _criteria(state)
        _stops(state)
        visit.show_counted()


def _limit(state: AppState) -> None:
    st.selectbox("Vous fixez", list(_LIMITS), format_func=_LIMITS.__getitem__, width=185, **bound("limit"))
    if state.limit == "labels":
        low, high = LABELS
        st.number_input("Nouveaux labels", low, high, step=1, width=140, **bound("labels"))
    else:
        low, high = EUROS
        st.number_input("Budget (€ par an)", low, high, step=10_000, width=180, **bound("budget_eur"))


def _costs(state: AppState) -> None:
    with st.popover("Coûts et aides"):
        low, high = EUROS
        st.number_input(
            "Coût d'un site (€ par an)",
            low,
            high,
            step=5_000,
            help=f"Moyenne de 2020 : {format_euros(DEFAULT_COST_EUR)} ; {format_euros(94_000)} en milieu rural, "
            f"{format_euros(200_000)} en quartier prioritaire.",
            **bound("cost_eur"),
        )
        st.number_input(
            "Aide de l'État par site (€ par an)",
            low,
            high,
            step=5_000,
            help=f"Forfait cité en 2023 : {format_euros(DEFAULT_AID_EUR)}.",
            **bound("aid_eur"),
        )
        if state.limit == "budget":
            st.selectbox("Le budget paie", list(_PAYERS), format_func=_PAYERS.__getitem__, **bound("payer"))


def _places(visit: Visit) -> None:
    names = candidate_names(visit.territory)
    given = kept_upload(CANDIDATES) is not None
    left_out = len(visit.state.excluded)
    told = ["votre liste"] * given + [counted(left_out, "écarté")] * bool(left_out)
    with st.popover(f"Lieux candidats : {', '.join(told)}" if told else "Lieux candidats"):
        uploaded(
            CANDIDATES,
            "Une liste de lieux (anciennes MSAP, postes, mairies)",
            partial(read_places, dataset="Lieux candidats"),
            types=("csv", "geojson", "json", "gpkg", "zip"),
            unit="lieux",
            help_text="CSV avec un nom et une position (latitude et longitude, x et y, ou une seule colonne), ou "
            "couche GeoJSON, GPKG ou shapefile zippé ; si possible un identifiant (id, code…). Au plus 10 Mo. Sans "
            "liste, les communes candidates sont celles où l'on va déjà.",
        )
        if not given:
            low, high = LEAST_RESIDENTS
            st.number_input(
                "Seulement les communes d'au moins… habitants",
                low,
                high,
                step=500,
                help=f"0 : toutes. Un label se donne plutôt dans un bourg où l'on va déjà. {LEAST_RESIDENTS_REMOTE} "
                f"suffisent là où ni site ni bourg plus grand n'est {WITHIN}, par la route.",
                **bound("least_residents"),
            )
            st.checkbox(
                "Aussi celles où l'on ne va pas déjà",
                help="Sans préfecture ni sous-préfecture, bureau centralisateur de canton, bureau de poste ni "
                "ancienne MSAP.",
                **bound("everywhere"),
            )
        kept = excluded_places(visit.territory, visit.state)
        if kept != visit.state.excluded:
            unknown = ", ".join(code for code in visit.state.excluded if code not in kept)
            show_warnings([f"Lieux écartés qui ne sont pas candidats, oubliés : {unknown}."])
            change_state(excluded=kept)
        st.multiselect(
            "Lieux à écarter",
            list(names),
            format_func=names.__getitem__,
            max_selections=MOST_EXCLUDED,
            placeholder="Aucun",
            **bound("excluded"),
        )


def _stops(state: AppState) -> None:
    with st.popover(f"Bus : {counted(state.stops, 'arrêt')}" if state.stops else "Bus"):
        low, high = STOPS
        st.number_input(
            "Arrêts à proposer à côté des labels",
            low,
            high,
            step=1,
            help="Pour les habitants qui restent au-delà du seuil d'un site et de tout arrêt connu. 0 : aucun, ou 5 "
            "quand les tournées des bus sont connues. Un arrêt n'est pas un site : il est compté à part. "
            "Un budget paie les labels d'abord, puis des arrêts si leur coût est donné.",
            **bound("stops"),
        )
        st.selectbox(
            "Passage du bus à un arrêt",
            list(_PASSAGES),
            format_func=_PASSAGES.__getitem__,
            **bound("stop_every"),
        )
        st.checkbox(
            "Aussi de petits arrêts",
            help=f"Sans cette case, un arrêt est dans une commune d'au moins {LEAST_BUS['week']} habitants "
            f"({LEAST_BUS['month']} pour un passage par mois) et en apporte un à autant d'habitants au moins.",
            **bound("stops_for_few"),
        )
        low, high = PASS_EUROS
        st.number_input(
            "Coût d'un passage (€)",
            low,
            high,
            step=50,
            help="Une demi-journée à un arrêt, véhicule et trajet compris. 0 : non renseigné, aucun coût n'est publié.",
            **bound("pass_eur"),
        )


#: What the criteria of residents are known by.
_KNOWN_WITH: Final = (
    "L'âge et la pauvreté ne sont connus que si le territoire a été construit avec les carreaux de population de "
    "l'INSEE, la voiture avec la table « Logement » du recensement."
)


def _criteria(state: AppState) -> None:
    changed = sum(getattr(state, f"weight_{name}") != 1 for name in CRITERIA)
    with st.popover(f"Poids des critères : {counted(changed, 'changé')}" if changed else "Poids des critères"):
        show_notes(["1 : un habitant compte une fois, quel qu'il soit. 2 : ceux du critère comptent double."])
        low, high = (float(bound_) for bound_ in WEIGHTS)
        for name, whom in WEIGHED.items():
            st.number_input(whom, low, high, step=0.5, format="%.1f", **bound(f"weight_{name}"))
        uploaded(
            FRR_FILE,
            "Communes FRR (CSV de l'ANCT)",
            read_frr,
            types=("csv",),
            unit="communes classées",
            help_text="Colonnes codgeo, libgeo, codefrr. Nécessaire si son poids n'est pas 1.",
        )
        uploaded(
            QPV_FILE,
            "Quartiers prioritaires 2024 (contours)",
            read_qpv,
            types=("geojson", "json", "gpkg", "zip"),
            unit="quartiers",
            help_text="Couche GeoJSON, GPKG ou shapefile zippé de l'ANCT. Nécessaire si son poids n'est pas 1.",
        )
        show_notes([_KNOWN_WITH])
