"""Text from files or from the address, shown as it is: never read as Markdown or HTML."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.french import THIN_SPACE, UNIT_SPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Spaces at which a line may break, and what ends one.
_SPACES: Final = re.compile(r"[^\S\u00a0\u202f]+")
#: Spaces at which no line of French breaks: before a mark that stands apart, after the mark that opens a quotation.
_BEFORE_MARK: Final = re.compile(r" (?=[:»–](?:[\s,.)]|$))|(?<=«) ")
_BEFORE_THIN: Final = re.compile(r" (?=[;?!](?:\s|$))")
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&])")


def plain(text: str) -> str:
    """Return `text` so that Markdown shows it unchanged, on one line; its no-break spaces stay."""
    return _MARKDOWN.sub(r"\\\1", _SPACES.sub(" ", text).strip())


def unbroken(text: str) -> str:
    r"""Return a text whose lines break neither before a mark nor inside its quotation marks: no-break spaces there.

    Examples
    --------
    >>> ascii(unbroken("Jour : mardi ; « Gan » ?"))
    "'Jour\\xa0: mardi\\u202f; \\xab\\xa0Gan\\xa0\\xbb\\u202f?'"
    """
    return _BEFORE_THIN.sub(THIN_SPACE, _BEFORE_MARK.sub(UNIT_SPACE, text))


def show_failure(error: Exception) -> None:
    """Show what went wrong in one French sentence, with no traceback."""
    st.error(plain(str(error)), icon=":material/error:")


def show_warnings(sentences: Sequence[str]) -> None:
    """Show sentences that the visitor should know before the figures, in one box; nothing where there is none."""
    if sentences:
        st.warning("\n\n".join(map(plain, sentences)), icon=":material/info:")


def show_approximations(sentences: Sequence[str]) -> None:
    """Show what is only approximate, so that nobody takes it for exact."""
    show_notes(sentences, css_class="maillage-approximation")


def show_notes(sentences: Sequence[str], css_class: str = "maillage-note") -> None:
    """Show sentences in small print, one paragraph each; nothing where there is none."""
    if sentences:
        st.html("".join(f'<p class="{css_class}">{escape(unbroken(sentence))}</p>' for sentence in sentences))
