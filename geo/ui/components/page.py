"""The frame of every screen: title, menu and foot, and the little styling that the theme cannot say."""

from __future__ import annotations

from typing import Final

import streamlit as st

from geo.ui.components.leaflet_map import component_text
from geo.ui.session import bound, change_state
from geo.ui.state import FOOT, SCREENS

_STYLE: Final = """<style>
.stAppHeader { display: none; }
.stMainBlockContainer { padding-top: 1.5rem; padding-bottom: 3rem; max-width: 76rem; }
.maillage-answer { font-size: 1.35rem; line-height: 1.4; font-weight: 600; margin: 0; overflow-wrap: anywhere;
  text-wrap: pretty; }
.stHtml .maillage-figures { display: grid; gap: 1rem; grid-template-columns: repeat(3, 1fr); margin: 0; padding: 0; }
.maillage-figures div { border: 1px solid #c9d0d4; border-radius: 6px; display: flex; flex-direction: column;
  justify-content: space-between; padding: .7rem 1rem; }
.maillage-figures dt { font-size: .88rem; line-height: 1.25; margin: 0; }
.maillage-figures dd { font-size: 1.8rem; line-height: 1.3; margin: 0; }
.maillage-figures small { color: #55646c; display: block; font-size: .85rem; }
.maillage-note { font-size: .85rem; line-height: 1.45; margin: 0 0 .3rem; overflow-wrap: anywhere; }
.maillage-approximation {
  background: #f8f4ea; border-left: 4px solid #a95320; font-size: .9rem; line-height: 1.45; margin: 0 0 .4rem;
  overflow-wrap: anywhere; padding: .5rem .8rem;
}
.maillage-text { line-height: 1.5; overflow-wrap: anywhere; }
.stHtml .maillage-text h2 { font-size: 1.25rem; margin: 0 0 .5rem; padding: 0; }
.stHtml .maillage-text h3 { font-size: 1.05rem; margin: .8rem 0 .3rem; padding: 0; }
.maillage-box { border: 1px solid #c9d0d4; border-radius: 6px; padding: .9rem 1.1rem .5rem; }
.maillage-text a { color: #1c5d73; }
.stHeading h2 { font-size: 1.25rem; }
.maillage-text ul { padding-left: 1.2rem; }
.maillage-text p, .maillage-text ul { margin: 0 0 .6rem; }
.maillage-text li { margin: .2rem 0; }
.maillage-hours { overflow-x: auto; }
.maillage-hours:focus-visible { outline: 3px solid #1c5d73; outline-offset: 1px; }
.maillage-hours table { border-collapse: separate; border-spacing: 2px; font-size: .85rem; min-width: 34rem;
  width: 100%; }
.maillage-hours caption { font-size: .88rem; padding: 0 0 .4rem; text-align: left; }
.maillage-hours th { font-weight: 600; padding: .15rem .4rem; text-align: left; white-space: nowrap; }
.maillage-hours td { border: 1px solid #c9d0d4; padding: .15rem .4rem; text-align: right; }
.stHtml .maillage-hours-key { display: flex; flex-wrap: wrap; font-size: .85rem; gap: .2rem 1.2rem; list-style: none;
  margin: 0 0 .5rem; padding: 0; }
.maillage-hours-key li { align-items: center; display: flex; gap: .4rem; margin: 0; }
.maillage-hours-key span { border: 1px solid #8b949a; height: 14px; width: 22px; }
[data-testid="InputInstructions"] { display: none; }
.stApp :is(a, button, input, textarea, summary, [role="slider"], [role="spinbutton"], [tabindex="0"]):focus-visible,
[data-st-overlay-root] :is(a, button, input, [role="slider"], [role="spinbutton"], [tabindex="0"]):focus-visible,
:is(.stSelectbox, .stTextInput, .stNumberInput, .stMultiSelect, .stDateInput, .stTimeInput)
  :has(> input:focus-visible, > div > input:focus-visible),
:is(.stCheckbox, .stRadio, .stFileUploader) label:has(input:focus-visible) {
  outline: 3px solid #1c5d73 !important; outline-offset: 1px; }
.maillage-answer:focus, .stHeading h1:focus { outline: none; }
.maillage-answer:focus-visible { outline: 3px solid #1c5d73; outline-offset: 3px; }
.maillage-answer-beside { background: #eef3f5; border-left: 4px solid #1c5d73; line-height: 1.45; margin: 0;
  overflow-wrap: anywhere; padding: .6rem .9rem; }
.maillage-answer-beside:empty { border: 0; padding: 0; }
.maillage-answer-beside:focus { outline: 3px solid #1c5d73; outline-offset: 2px; }
.maillage-spoken span, .maillage-answer-also, .maillage-text .hidden {
  clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute;
  white-space: nowrap; width: 1px; }
.stHtml .maillage-foot { margin: 0; }
[data-testid="stFileChip"][aria-invalid="true"] { height: auto; max-width: 100%; width: auto; }
[data-testid="stFileChip"] [role="alert"] { clip: auto; clip-path: none; font-size: .85rem; height: auto;
  margin: 0 .5rem; overflow: visible; position: static; white-space: normal; width: auto; }
[data-testid="stFileUploader"] div:has(> [data-testid="stTooltipErrorHoverTarget"]) { max-width: 100%; width: auto; }
.st-key-own_notice { background: #eef3f5; border-color: #1c5d73; }
.st-key-own_notice button p { white-space: normal; }
@media (min-width: 641px) { [data-testid="stLayoutWrapper"]:has(> .st-key-screens_narrow) { display: none; } }
@media (max-width: 640px) {
  [data-testid="stLayoutWrapper"]:has(> .st-key-screens_wide) { display: none; }
  .st-key-screens_narrow button, [role="menuitem"] { align-items: center; display: flex; min-height: 2.75rem; }
  .stMainBlockContainer { padding: .8rem 1rem 2rem; }
  .maillage-answer { font-size: 1.15rem; }
  .stButtonGroup button { padding: .3rem .55rem; }
  .stButtonGroup button p { font-size: .78rem; }
  .stHeading h1 { font-size: 1.45rem; padding: .2rem 0; }
  .stHorizontalBlock { row-gap: .3rem; }
  .stHtml .maillage-figures { gap: .4rem; }
  .maillage-figures div { padding: .4rem .5rem; }
  .maillage-figures dt { font-size: .74rem; }
  .maillage-figures dd { font-size: 1.15rem; }
  .maillage-figures dd small { font-size: .72rem; line-height: 1.25; }
}
</style>"""

_TITLE: Final = "page_title"
#: What the page is called before its first answer.
_FIRST_TITLE: Final = "Maillage : l'accès aux France services"
_MENU: Final = "screen_menu"


def open_page() -> None:
    """Set the title and the layout of the page; first call of a run."""
    # The former title stays while a run is under way: a title that flickers is said twice.
    st.set_page_config(page_title=st.session_state.get(_TITLE, _FIRST_TITLE), layout="wide")
    scripts = "".join(f"<script>{component_text(name)}</script>" for name in ("french_words.js", "page_focus.js"))
    st.html(_STYLE + scripts, unsafe_allow_javascript=True)


def name_page(title: str) -> None:
    """Give the page its title, in the tab of the browser: what it is about, and the name of the application."""
    words = f"{' '.join(title.split())} – Maillage"
    if words != st.session_state.get(_TITLE):
        st.session_state[_TITLE] = words
        st.set_page_config(page_title=words)


def choose_screen() -> None:
    """Show the menu of screens, one button on a phone; not where the page is embedded in another one."""
    if st.context.is_embedded:
        return
    with st.container(key="screens_wide"):
        st.segmented_control(
            "Écran",
            list(SCREENS),
            format_func=SCREENS.__getitem__,
            required=True,
            label_visibility="collapsed",
            **bound("screen"),
        )
    with st.container(key="screens_narrow"):
        st.menu_button(
            "Menu",
            list(SCREENS),
            format_func=SCREENS.__getitem__,
            icon=":material/menu:",
            key=_MENU,
            on_click=_take_screen,
        )


def _take_screen() -> None:
    screen = st.session_state[_MENU]
    if screen is not None:
        change_state(screen=screen)


def show_foot() -> None:
    """Show the ways to the statement of accessibility and the legal notice, not where the page is embedded.

    Buttons: links would load the page again and drop what a visitor gave.
    """
    if st.context.is_embedded:
        return
    with st.container(key="page_foot", horizontal=True, gap="small"):
        for screen, title in FOOT.items():
            st.button(title, key=f"foot_{screen}", type="tertiary", on_click=change_state, kwargs={"screen": screen})
