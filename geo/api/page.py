"""The page at the root: what may be asked, made from the OpenAPI description; it loads nothing from anywhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2433}"
    "code{background:#eef1f5;padding:.1em .3em}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;border-top:1px solid #c9d0da;padding:.3rem .6rem .3rem 0}"
)


def page(description: Mapping[str, Any]) -> str:
    """Return the page in HTML of an OpenAPI description.

    Examples
    --------
    >>> text = page({"info": {"title": "maillage", "version": "1", "description": "Lecture seule."}, "paths": {}})
    >>> "Lecture seule." in text
    True
    """
    about = description["info"]
    return "\n".join(
        [
            '<!doctype html><html lang="fr"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(about['title'])}</title><style>{_STYLE}</style></head><body><main>",
            f"<h1>{escape(about['title'])} {escape(about['version'])}</h1><p>{escape(about['description'])}</p>",
            '<p>Description complète : <a href="openapi.json">openapi.json</a>.</p>',
            *(line for path, answers in description["paths"].items() for line in _address(path, answers["get"])),
            "</main></body></html>",
        ]
    )


def _address(path: str, asked: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{escape(path)}</code></h2><p>{escape(asked['summary'])}.</p>"
    parameters = asked.get("parameters", ())
    if not parameters:
        return
    yield "<table><thead><tr><th>Paramètre</th><th>Sens</th><th>Par défaut</th></tr></thead><tbody>"
    for each in parameters:
        usual = each["schema"].get("default")
        shown = "" if usual in (None, []) else str(usual).lower() if isinstance(usual, bool) else str(usual)
        yield (
            f"<tr><td><code>{escape(each['name'])}</code></td>"
            f"<td>{escape(each.get('description', ''))}</td><td>{escape(shown)}</td></tr>"
        )
    yield "</tbody></table>"
