"""A scenario kept: its name, undo, save as a file, open a file; and why the last try failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.errors import MaillageError
from geo.siting.scenario import MAX_NAME, Scenario, scenario_text
from geo.siting.scenario_json import MAX_CHARACTERS, scenario_from_json, scenario_to_json
from geo.ui.components.messages import plain
from geo.ui.scenario_session import NEW_NAME, can_undo, current_scenario, take_scenario, territory_after, undo

if TYPE_CHECKING:
    from geo.territory import Territory

_FAILED: Final = "scenario_failed"


def refuse(sentence: str) -> None:
    """Keep why a try failed, for the next run of the screen."""
    st.session_state[_FAILED] = sentence


def show_refusal() -> None:
    """Show why the last try failed, once."""
    if failed := st.session_state.pop(_FAILED, None):
        st.error(plain(failed), icon=":material/error:")


def show_saving(territory: Territory, scenario: Scenario) -> None:
    """Show the name, undo, save and open."""
    with st.container(horizontal=True, gap="small"):
        st.button("Annuler", disabled=not can_undo(), on_click=undo, help="Revient un pas en arrière.")
        st.download_button(
            "Enregistrer",
            lambda: scenario_to_json(scenario),
            f"{_file_name(scenario.name)}.json",
            "application/json",
            on_click="ignore",
            help="Un petit fichier à garder ou à transmettre : il rouvre ce scénario.",
        )
        if scenario.actions:
            st.button("Tout effacer", on_click=_clear, args=(territory,), help="« Annuler » le fait revenir.")
    st.session_state["scenario_name"] = scenario.name
    st.text_input("Nom du scénario", max_chars=MAX_NAME, key="scenario_name", on_change=_rename, args=(territory,))
    turn = st.session_state.setdefault("scenario_turn", 0)
    key = f"scenario_file_{turn}"
    st.file_uploader(
        "Ouvrir un scénario enregistré", type="json", key=key, on_change=_load, args=(territory, key), max_upload_size=1
    )


def _rename(territory: Territory) -> None:
    name = " ".join(st.session_state["scenario_name"].split()) or NEW_NAME
    try:
        take_scenario(current_scenario(territory).renamed(name))
    except MaillageError as error:
        refuse(f"Nom refusé : {error}")


def _clear(territory: Territory) -> None:
    take_scenario(Scenario(scenario_text(territory.name), NEW_NAME))


def _load(territory: Territory, key: str) -> None:
    given: Any = st.session_state[key]
    if given is None:
        return
    st.session_state["scenario_turn"] += 1
    try:
        content = given.getvalue()
        if len(content) > MAX_CHARACTERS:
            refuse("Scénario : au plus 1 Mo est attendu.")
            return
        scenario = scenario_from_json(content.decode("utf-8-sig"))
        territory_after(territory, scenario)
        here = scenario_text(territory.name)
        if scenario.territory != here:
            scenario = Scenario(here, scenario.name, scenario.actions)
        take_scenario(scenario)
    except UnicodeDecodeError:
        refuse("Scénario : le fichier n'est pas du texte UTF-8. Donnez un fichier enregistré par cet écran.")
    except MaillageError as error:
        refuse(str(error))


def _file_name(name: str) -> str:
    return re.sub(r"[^0-9A-Za-z]+", "-", name).strip("-").lower() or "scenario"
