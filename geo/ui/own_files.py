"""« Vos fichiers »: a visitor gives files, sees what was recognised in them, and builds a territory of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from geo.errors import MaillageError
from geo.french import agreed, format_integer
from geo.sources.departements import departement_codes, departement_title
from geo.territory.given import build_territory, taken_from
from geo.territory.given_files import KINDS, GivenFile, look, missing_roles, offered_roles, shown_name
from geo.ui.background import ended_run, forget
from geo.ui.components.list_quality import show_list_quality
from geo.ui.components.messages import plain, show_notes, show_warnings
from geo.ui.components.uploads import accepted
from geo.ui.own_territory import (
    base_territory,
    forget_own_territory,
    is_missed,
    keep_own_territory,
    own_territory,
    stop_missing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.territory import Territory
    from geo.territory.given_files import Preview
    from geo.ui.background import Work

_BUILDING: Final = "own_files_building"
_PROBLEMS: Final = "own_files_problems"
_TURN: Final = "own_files_turn"
_QUALITY: Final = "own_seen_quality"
#: Beginnings of the names of what was found in files, or chosen about them.
_OF_FILES: Final = ("own_seen_", "own_column_", "own_layer_", "own_departement_")

_EXPLAINED: Final = """
Voyez l'application sur vos propres données : votre liste de sites ou de lieux suffit. Donnez aussi les communes pour
un autre département. Le territoire construit n'est montré qu'à vous, n'est écrit nulle part et s'efface à votre départ.
"""
_MISSED: Final = (
    "Ces choix portaient sur un territoire fait de fichiers, que l'adresse de la page ne contient pas : le territoire "
    "officiel est montré. Redonnez les fichiers dans « Données et méthode » pour retrouver l'autre."
)
_OFFICIAL: Final = (
    "Colonnes reconnues : id_fs (identifiant), lib_fs (nom), latitude, longitude, insee_com (code de la commune), "
    "adresse, code_postal, h_lundi à h_samedi (horaires), type_fs et format_fs (type)."
)
#: Roles shown at once; the others are behind a button.
_MAIN_ROLES: Final = ("name", "lat", "lon", "position", "facility_id", "kind", "code", "population")


def show_own_notice() -> None:
    """Say above every screen that the territory is made of the visitor's files, with the way back; or that it was."""
    territory = own_territory()
    if territory is None:
        if is_missed():
            with st.container(border=True, horizontal=True, vertical_alignment="center", key="own_notice"):
                st.markdown(_MISSED, width="content")
                st.button("J'ai compris", on_click=stop_missing)
        return
    base = base_territory(territory)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="own_notice"):
        st.markdown(
            plain("Territoire fait de vos fichiers") + f" : **{plain(territory.name)}**. Vous seul le voyez.",
            width="content",
        )
        st.button(plain(f"Revenir au territoire {base.name}"), icon=":material/undo:", on_click=forget_own_territory)


def show_own_files(territory: Territory) -> None:
    """Show the fields, what was recognised, and the button that builds."""
    base = base_territory(territory)
    st.header("Vos fichiers", anchor=False)
    st.markdown(_EXPLAINED)
    turn = st.session_state.setdefault(_TURN, 0)
    given: dict[str, GivenFile] = {}
    departement, ready = None, True
    for key in KINDS:
        file = _field(key, turn)
        if file is None:
            st.session_state.pop(f"own_seen_{key}", None)
            if key == "sites":
                st.session_state.pop(_QUALITY, None)
            continue
        preview = _looked_at(key, file)
        if preview is None:
            ready = False
            continue
        columns, layer, complete = _matched(key, file.file_id, preview)
        ready = ready and complete
        given[key] = GivenFile(file.getvalue(), shown_name(file.name), columns, layer)
        if key == "sites" and preview.columns is None:
            show_list_quality(given[key].content, KINDS[key].most_megabytes, file.file_id, _QUALITY)
        if key == "communes":
            departement = _departement(file.file_id, preview)
            ready = ready and departement is not None
    if given:
        _show_taken(base, given, departement)
    elif territory is not base:
        st.success("Le territoire de vos fichiers est construit : tous les écrans le montrent, à vous seul.")
    building: Work | None = st.session_state.get(_BUILDING)
    # Not by a callback: its arguments would be those of the run before, without a choice made just before the press.
    pressed = st.button(
        "Construire le territoire",
        type="primary",
        icon=":material/construction:",
        disabled=not given or not ready or building is not None,
    )
    if pressed and given and ready and building is None:
        _start(base, given, departement)
        st.rerun()
    if building is not None:
        _build(building, base)
    for problem in st.session_state.get(_PROBLEMS, ()):
        st.error(plain(problem), icon=":material/error:")


def _field(key: str, turn: int) -> Any:
    kind = KINDS[key]
    return st.file_uploader(
        kind.title + ("" if key == "sites" else " (facultatif)"),
        type=accepted(kind.types),
        key=f"own_file_{key}_{turn}",
        on_change=_forget_problems,
        help=kind.help_text,
        max_upload_size=kind.most_megabytes,
    )


def _looked_at(key: str, file: Any) -> Preview | None:
    """Return what was found in a file, looked at once; `None`, and why is shown, where nothing can be read."""
    place = f"own_seen_{key}"
    layer = st.session_state.get(f"own_layer_{key}_{file.file_id}")
    asked = (file.file_id, layer)
    if st.session_state.get(place, (None, None))[0] != asked:
        with st.spinner("Lecture du fichier…"):
            try:
                found: Preview | str = look(key, file.getvalue(), layer)
            except MaillageError as error:
                found = str(error)
        st.session_state[place] = (asked, found)
    found = st.session_state[place][1]
    if isinstance(found, str):
        st.error(plain(found), icon=":material/error:")
        return None
    return found


def _matched(key: str, file_id: str, preview: Preview) -> tuple[Mapping[str, str] | None, str | None, bool]:
    """Show what was recognised; return the columns and the layer wanted, and whether no column is missing."""
    with st.container(border=True):
        rows = "" if preview.rows is None else f" : {format_integer(preview.rows)} lignes"
        st.markdown(f"**{plain(preview.form)}**{rows}")
        show_notes([f"{note[:1].upper()}{note[1:]}." for note in preview.notes])
        layer = preview.layer
        if len(preview.layers) > 1:
            st.selectbox("Couche", preview.layers, key=f"own_layer_{key}_{file_id}")
        columns, missing = None, []
        if preview.columns is not None:
            columns = _columns(key, f"{file_id}_{layer}", preview, preview.columns)
            missing = missing_roles(key, preview, columns)
            if missing:
                show_warnings([f"Colonnes à choisir : {', '.join(missing)}."])
        elif key == "sites":
            show_notes([_OFFICIAL])
        if preview.head is not None:
            show_notes(["Premières lignes du fichier :"])
            st.dataframe(preview.head.rename_axis("ligne"), hide_index=False)
    return columns, layer, not missing


def _columns(key: str, name: str, preview: Preview, columns: Sequence[str]) -> dict[str, str]:
    roles = offered_roles(key, preview)
    if "position" in roles and "position" not in preview.recognised and {"lat", "lon"} & preview.recognised.keys():
        roles.pop("position")
    main = [role for role in roles if role in _MAIN_ROLES]
    chosen = _select_boxes(f"{key}_{name}", columns, preview.recognised, {role: roles[role] for role in main})
    others = {role: label for role, label in roles.items() if role not in main}
    if others:
        found = sum(role in preview.recognised for role in others)
        with st.expander(f"Autres colonnes : {agreed(found, 'reconnue(s)')}"):
            chosen |= _select_boxes(f"{key}_{name}", columns, preview.recognised, others)
    return chosen


def _select_boxes(
    name: str, columns: Sequence[str], recognised: Mapping[str, str], roles: Mapping[str, str]
) -> dict[str, str]:
    """Show one box for each role; return the columns chosen."""
    chosen = {}
    with st.container(horizontal=True, gap="small"):
        for role, label in roles.items():
            column = st.selectbox(
                label,
                columns,
                index=columns.index(recognised[role]) if role in recognised else None,
                placeholder="Aucune",
                key=f"own_column_{name}_{role}",
                on_change=_forget_problems,
                width=220,
            )
            if column is not None:
                chosen[role] = column
    return chosen


def _departement(file_id: str, preview: Preview) -> str | None:
    codes = departement_codes()
    return st.selectbox(
        "Département à étudier",
        codes,
        format_func=departement_title,
        index=codes.index(preview.departement) if preview.departement in codes else None,
        placeholder="À choisir",
        key=f"own_departement_{file_id}",
        on_change=_forget_problems,
        width=320,
    )


def _show_taken(base: Territory, given: Mapping[str, GivenFile], departement: str | None) -> None:
    notes = []
    if taken := taken_from(base, given, departement):
        notes.append(f"Pris du territoire « {base.name} » : {', '.join(taken)}.")
    if "communes" in given and "roads" not in given and "réseau routier" not in taken:
        notes.append("Sans fichier de routes, le réseau routier est estimé à partir des communes.")
    show_notes(notes)


def _start(base: Territory, given: Mapping[str, GivenFile], departement: str | None) -> None:
    _forget_problems()
    st.session_state[_BUILDING] = lambda progress, stopped: build_territory(base, given, departement, progress, stopped)


def _build(building: Work, base: Territory) -> None:
    """Wait for the territory; then show it, or why there is none."""
    run = ended_run(_BUILDING, building, building)
    forget(_BUILDING)
    del st.session_state[_BUILDING]
    if run.cancelled:
        st.session_state[_PROBLEMS] = ("Construction arrêtée : rien n'a changé.",)
    elif (built := run.result()).territory is None:
        st.session_state[_PROBLEMS] = built.problems
    else:
        keep_own_territory(built.territory, base)
        _forget_files()
    st.rerun()


def _forget_problems() -> None:
    st.session_state.pop(_PROBLEMS, None)


def _forget_files() -> None:
    """Empty the fields: what was made of the files is kept, not the files."""
    visitor = get_script_run_ctx()
    if visitor is not None and isinstance(visitor.uploaded_file_mgr, MemoryUploadedFileManager):
        given = [st.session_state.get(f"own_file_{key}_{st.session_state[_TURN]}") for key in KINDS]
        for file in filter(None, given):  # Streamlit would keep it until the visitor leaves
            visitor.uploaded_file_mgr.remove_file(visitor.session_id, file.file_id)
    st.session_state[_TURN] += 1
    for key in [str(key) for key in st.session_state if str(key).startswith(_OF_FILES)]:
        del st.session_state[key]
