"""On which sites people depend most, and what closing many of them would leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from geo.classes import SECOND_SITE_CLASSES, UNKNOWN_CLASS
from geo.french import format_integer, format_share
from geo.kinds import KINDS
from geo.maps.planning_values import planning_values, residents_line, site_markers
from geo.question import DEFAULT_THRESHOLDS_MIN
from geo.report.planning_sentences import closure_sentences, fragility_sentences
from geo.siting.closure import closure_scenario
from geo.siting.scenario import CloseSite
from geo.ui.components.answer import show_figures, show_sentence
from geo.ui.components.messages import show_notes, show_warnings
from geo.ui.components.planning_tables import csv_button, french_table, show_table
from geo.ui.planning_cache import shared_closure, shared_fragility
from geo.ui.scenario_session import act, take_scenario
from geo.ui.session import bound, change_state

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.siting.closure import Closure
    from geo.siting.fragility import Fragility
    from geo.ui.screens.planner.visit import Visit

_SITES: Final = {
    "name": "Site",
    "commune_name": "Commune",
    "residents_passing": "Passeraient le seuil",
    "residents_nearest": "Servis aujourd'hui",
    "added_min": "Minutes de plus",
    "residents_cut_off": "Sans aucun site",
    "bearer": "Porteur",
    "facility_id": "Numéro",
}
_FORMATS: Final = {
    "Passeraient le seuil": "whole",
    "Servis aujourd'hui": "whole",
    "Minutes de plus": "decimal",
    "Sans aucun site": "whole",
}


def show(visit: Visit) -> None:
    """Draw the view: question, answer, map, table; then closures of many sites."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        visit.show_threshold()
        visit.show_counted()
    found = shared_fragility(visit.territory, visit.identity, visit.threshold_min, kinds=visit.state.counted)
    first, *others = fragility_sentences(found)
    show_sentence(others[0] if others else first)
    show_figures(_figures(found, found.residents - visit.residents_off_network(), visit.threshold))
    show_notes([first])
    _map(visit, found)
    st.subheader("Si un site fermait", anchor=False)
    sites = found.sites[found.sites["residents_nearest"] > 0]
    table = french_table(sites, _SITES)
    show_table(table, _FORMATS, key="fragility_sites", alt="Sites, par nombre d'habitants qui passeraient le seuil")
    show_notes(
        [
            (
                "Chaque site est fermé seul, les autres restant ouverts. « Passeraient le seuil » : habitants"
                f" à {visit.threshold} ou moins d'un site aujourd'hui, et plus loin ensuite. « Minutes de plus"
                " » : en moyenne, pour ceux dont c'est le site le plus proche. Les habitants des départements"
                " voisins ne sont pas comptés."
            )
        ]
    )
    csv_button("Tableau (CSV)", table, _FORMATS, f"{visit.file_stem('fragilite')}.csv")
    _try_one(visit, found)
    _many(visit)
    visit.show_origin()


def _figures(found: Fragility, known: float, threshold: str) -> list[tuple[str, str, str]]:
    hanging = int((found.sites["residents_passing"] > 0).sum())
    passing = found.sites["residents_passing"].sum()
    return [
        (
            "Ont un deuxième site",
            format_share(found.residents_with_second / known if known else None),
            f"à {threshold} ou moins",
        ),
        (
            "Dépendent d'un seul site",
            format_integer(passing),
            f"sur {format_integer(found.residents_within)} habitants à portée",
        ),
        ("Sites sans remplaçant", format_integer(hanging), f"sur {format_integer(len(found.sites))}, voisins compris"),
    ]


def _map(visit: Visit, found: Fragility) -> None:
    communes = found.communes
    people = communes["population"].to_numpy(np.float64, na_value=np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        second, one = (
            communes[column].to_numpy(np.float64, na_value=np.nan) / people
            for column in ("residents_with_second", "residents_within")
        )
    half = 0.5
    position = np.select(
        [~(people > 0) | ~_on_network(visit), second >= half, one >= half],
        [UNKNOWN_CLASS, 0, 1],
        default=len(SECOND_SITE_CLASSES) - 1,
    ).astype(np.int64)
    lines = [
        [
            f"{format_share(share)} des habitants ont un site à {visit.threshold} ou moins",
            f"{format_share(twice)} en ont au moins deux",
            residents_line(population),
        ]
        for share, twice, population in zip(one, second, communes["population"], strict=True)
    ]
    kinds = [kind for kind in KINDS if (visit.sites["kind"] == kind).any()]
    values = planning_values(
        SECOND_SITE_CLASSES,
        position,
        lines,
        site_markers(visit.sites),
        title=f"Pour la moitié au moins des habitants, à {visit.threshold} ou moins",
        signs=[(kind, KINDS[kind].label) for kind in kinds],
    )
    visit.show_map(values, "fragility", "Carte des communes qui ont un deuxième site à portée.")


def _on_network(visit: Visit) -> NDArray[np.bool_]:
    """Return which communes the road network covers, at least in part."""
    times = visit.times()
    covered = times["on_network"].groupby(times["commune_code"]).any()
    return covered.reindex(visit.territory.communes.index, fill_value=False).to_numpy(bool)


def _try_one(visit: Visit, found: Fragility) -> None:
    names = dict(zip(found.sites["facility_id"], found.sites["name"], strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        site = st.selectbox(
            "Un site à regarder de près",
            list(names),
            format_func=lambda which: str(names[which]),
            width=420,
            key="fragility_site",
        )
        st.button("Essayer sa fermeture comme scénario", on_click=_close_one, args=(visit, site))


def _close_one(visit: Visit, site: str) -> None:
    act(visit.territory, CloseSite(site))
    change_state(view="scenario")


def _many(visit: Visit) -> None:
    """Show what is left when all sites close, or all of a bearer or kind."""
    st.header("Et si beaucoup de sites fermaient à la fois ?", anchor=False)
    show_notes(
        ["Au printemps 2020, 534 sites ont fermé leurs portes ; 80 % ont continué par téléphone et par courriel."]
    )
    choices = _closures(visit)
    if visit.state.closed is not None and visit.state.closed not in choices:
        show_warnings([f"« {visit.state.closed} » n'est pas une fermeture possible dans ce territoire."])
        change_state(closed=None)
    chosen = st.selectbox(
        "Sites qui ferment",
        list(choices),
        format_func=choices.__getitem__,
        index=None,
        placeholder="Choisissez",
        width=420,
        **bound("closed"),
    )
    if chosen is None:
        return
    bearer, kind = _bearer_and_kind(chosen)
    thresholds = tuple(dict.fromkeys((visit.threshold_min, *DEFAULT_THRESHOLDS_MIN)))
    closure = shared_closure(visit.territory, visit.identity, thresholds, bearer, kind, kinds=visit.state.counted)
    show_figures(_closure_figures(closure, visit.threshold))
    show_notes(closure_sentences(closure))
    st.button("Essayer cette fermeture comme scénario", on_click=_close_many, args=(visit, bearer, kind))


def _closure_figures(closure: Closure, threshold: str) -> list[tuple[str, str, str]]:
    change = closure.comparison.changes[0]
    return [
        (
            "Sites fermés",
            format_integer(closure.sites_closed),
            f"{format_integer(closure.sites_open)} restent ouverts",
        ),
        (
            f"Encore à {threshold} ou moins",
            format_integer(change.residents_within_after),
            f"habitants, contre {format_integer(change.residents_within_before)}",
        ),
        (
            "Joignables à distance",
            format_integer(closure.residents_by_either),
            f"sur {format_integer(closure.residents_concerned)} habitants dont le site ferme",
        ),
    ]


def _closures(visit: Visit) -> dict[str, str]:
    """Return the closures that can be asked for, by their form in the address of the page."""
    sites = visit.territory.sites
    bearers = sorted(sites["bearer"].dropna().unique())
    kinds = [kind for kind in KINDS if (sites["kind"] == kind).any()]
    unknown = int(sites["bearer"].isna().sum())
    told = f" (porteur connu pour {len(sites) - unknown} sites sur {len(sites)})" if unknown else ""
    return {
        "tous": "Tous les sites",
        **{f"type:{kind}": f"Tous les lieux de type : {KINDS[kind].label}" for kind in kinds},
        **{f"porteur:{bearer}": f"Tous ceux de : {bearer}{told}" for bearer in bearers},
    }


def _bearer_and_kind(closed: str) -> tuple[str | None, str | None]:
    what, _, value = closed.partition(":")
    return (value if what == "porteur" else None), (value if what == "type" else None)


def _close_many(visit: Visit, bearer: str | None, kind: str | None) -> None:
    take_scenario(closure_scenario(visit.territory, bearer=bearer, kind=kind))
    change_state(view="scenario")
