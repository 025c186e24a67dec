"""The app, driven as a visitor would: what each screen says, and in which words it begins."""

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geo.ui import cache
from geo.ui.screens import diagnostic
from tests.golden.reading import html_text, markdown_text, plain
from tests.golden.territories import DEPARTEMENT

APP = Path(__file__).resolve().parents[2] / "app.py"
#: Labels that the plan of the golden test gives.
LABELS = 3
#: When a site is looked for: a Tuesday morning.
MOMENT = "2026-11-24T10:00"
#: Screen of the test -> its address.
ADDRESSES = {
    "trouver": {"quand": MOMENT},
    "diagnostic": {"ecran": "diagnostic"},
    "walk": {"ecran": "diagnostic", "mode": "walk"},
    "bike": {"ecran": "diagnostic", "mode": "bike"},
    "ouvrir": {"ecran": "planifier", "vue": "ouvrir", "labels": str(LABELS)},
    "scenario": {"ecran": "planifier", "vue": "scenario"},
    "fragilite": {"ecran": "planifier", "vue": "fragilite", "fermer": "porteur:La Poste"},
    "horaires": {"ecran": "planifier", "vue": "horaires"},
    "impots": {"ecran": "planifier", "vue": "impots"},
    "marge": {"ecran": "planifier", "vue": "marge", "labels": str(LABELS)},
    "rapport": {"ecran": "rapport", "avec_plan": "1", "labels": str(LABELS)},
    "methode": {"ecran": "methode"},
}


@contextmanager
def visitor(folder: Path | None, kept: Path):
    """Yield what opens the app on a folder, or on the embedded territory; nothing leaves the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(APP.parent)
        patch.setenv("MAILLAGE_CACHE_DIR", str(kept))
        patch.delenv("MAILLAGE_ALLOW_FETCH", raising=False)
        patch.setenv("MAILLAGE_GEOCODER_URL", "")
        patch.setattr(sys, "argv", ["app.py", *([str(folder)] if folder else [])])
        patch.setattr(diagnostic, "plan_ahead", lambda *_: None)  # each plan is asked for here where it is read
        for shapes in ("packed_map_base", "packed_ground"):
            patch.setattr(cache, shapes, lambda *_: "")  # nobody reads the shapes of a map
        st.cache_data.clear()

        def run(**address: str) -> AppTest:
            app = AppTest.from_file(str(APP), default_timeout=120)
            of_france = {} if folder else {"territoire": DEPARTEMENT}
            for name, value in {**of_france, **address}.items():
                app.query_params[name] = value
            return checked(app.run())

        yield run


def checked(app: AppTest) -> AppTest:
    assert not app.exception, [element.value for element in app.exception]
    return app


def said(app: AppTest) -> SimpleNamespace:
    """Return what a screen says: `title`, `text` (all of it), and `map` (the values that its map was given)."""
    parts, drawn = [], None
    for element in _walk(app.main):
        parts.append(_words(element))
        if element.type == "bidi_component":
            name, given = element.proto.component_name, json.loads(element.proto.json or "null")
            if name.endswith("answer_sentence"):
                parts.append(plain(given["sentence"]))
            elif isinstance(given, dict) and isinstance(given.get("html"), str):
                parts.append(html_text(given["html"]))
            elif isinstance(given, dict) and isinstance(given.get("values"), dict):
                drawn = given["values"]
                parts.append(html_text(str(drawn.get("legend", ""))))
    return SimpleNamespace(title=markdown_text(app.title[0].value), text=plain("\n".join(parts)), map=drawn)


def _walk(block):
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from _walk(child)
        else:
            yield child


def _words(element) -> str:
    """Return what an element of Streamlit says; of a table, its headings."""
    if element.type == "html":
        return html_text(element.proto.body)
    if element.type == "arrow_data_frame":
        return plain(" ".join(map(str, element.value.columns)))
    if element.type in {"title", "header", "subheader", "markdown", "warning", "info", "error", "success", "caption"}:
        return markdown_text(element.value)
    return markdown_text(" ".join(getattr(element, name, None) or "" for name in ("label", "help")))
