"""Pages of text: a title, then sections of paragraphs and lists; every text escaped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.french import is_email
from geo.sources.http_client import host_of

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What is said of a setting that the operator did not fill.
NOT_GIVEN: Final = "non renseigné par l'exploitant"
_ADDRESS: Final = re.compile(r"https://[^\s<>\"']+|[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+\.[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: heading, paragraphs, then the items of a list."""

    heading: str
    paragraphs: Sequence[str] = ()
    items: Sequence[str] = ()


def given(value: str) -> str:
    """Return a setting, or that it was not filled.

    >>> given("")
    "non renseigné par l'exploitant"
    """
    return value or NOT_GIVEN


def show_sections(title: str, sections: Sequence[Section]) -> None:
    """Show a page of text."""
    st.title(title, anchor=False)
    st.html(f'<div class="maillage-text">{"".join(map(section_html, sections))}</div>')


def section_html(section: Section) -> str:
    """Return a section as HTML: heading of level 2; e-mail and https addresses in its texts are links.

    >>> section_html(Section("A & B", ["Écrire à a@exemple.fr."]))
    '<h2>A &amp; B</h2><p>Écrire à <a href="mailto:a@exemple.fr">a@exemple.fr</a>.</p>'
    """
    paragraphs = "".join(f"<p>{_linked(text)}</p>" for text in section.paragraphs)
    items = "".join(f"<li>{_linked(text)}</li>" for text in section.items)
    return f"<h2>{escape(section.heading)}</h2>{paragraphs}{f'<ul>{items}</ul>' if items else ''}"


def _linked(text: str) -> str:
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(".")
        link = f"mailto:{address}" if is_email(address) else address if host_of(address) else None
        if link is None:
            continue
        parts += [escape(text[end : found.start()]), f'<a href="{escape(link)}">{escape(address)}</a>']
        end = found.start() + len(address)
    return "".join([*parts, escape(text[end:])])
