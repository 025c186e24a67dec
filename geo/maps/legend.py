"""The legend, as HTML and SVG: the same text and swatches on the screens and in the exported map.

Nothing here comes from a data file except the title of a facility list, which is escaped.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from geo.classes import ACCENT, INK, TIME_CLASSES, UNKNOWN_CLASS, UNKNOWN_COLOUR
from geo.kinds import KINDS, facility_title
from geo.maps.area_patterns import area_fill

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geo.classes import ColourClass

#: Prefix of the SVG pattern of an under-served commune, followed by its class.
HATCHED: Final = "maillage-hatched-"
#: SVG pattern of a commune that cannot be reached.
UNREACHABLE_PATTERN: Final = f"{HATCHED}{UNKNOWN_CLASS}"

#: Sign of a site that a scenario closes.
CLOSED_SIGN: Final = "×"

_DIAGONAL: Final = "M-2 2L2 -2M0 8L8 0M6 10L10 6"
_OTHER_DIAGONAL: Final = "M-2 6L2 10M0 0L8 8M6 -2L10 2"


def pattern_defs() -> str:
    """Return an invisible SVG element that defines the hatchings, one for each class of time.

    A hatching is a dark line beside a light one, so that it shows on every class.
    """
    hatchings = [_pattern(f"{HATCHED}{position}", cls.colour, _DIAGONAL) for position, cls in enumerate(TIME_CLASSES)]
    hatchings.append(_pattern(UNREACHABLE_PATTERN, UNKNOWN_COLOUR, _DIAGONAL + _OTHER_DIAGONAL))
    return f'<svg width="0" height="0" aria-hidden="true" class="maillage-defs"><defs>{"".join(hatchings)}</defs></svg>'


def legend_html(facilities: str, kinds: Collection[str], excluded: Collection[str] = (), rule: str = "") -> str:
    """Return the legend as HTML.

    `kinds`: Kinds of facility on the map; the legend lists them in the order of `KINDS`. `rule`: What under-served
    means, in French, shown after the words.
    """
    times = [_entry(_swatch(cls.colour), cls.label) for cls in TIME_CLASSES]
    under_served = "Commune sous-desservie" + (f" ({rule})" if rule else "")
    states = [
        _entry(_swatch(f"url(#{HATCHED}3)", outlined=True), under_served),
        _entry(_swatch(f"url(#{UNREACHABLE_PATTERN})", outlined=True), "Aucun trajet possible par la route"),
        _entry(_swatch(UNKNOWN_COLOUR), "Temps inconnu (hors du réseau fourni)"),
    ]
    shapes = [
        _entry(
            facility_svg(kind, counted=kind not in excluded),
            shape.label + (" (affiché, non compté)" if kind in excluded else ""),
        )
        for kind, shape in KINDS.items()
        if kind in kinds
    ]
    return (
        '<div class="maillage-legend">'
        f"{_group('Temps de trajet en voiture', times)}{_group('Communes', states)}"
        f"{_group(facility_title(facilities), shapes)}</div>"
    )


def area_legend_html(
    title: str, classes: Sequence[ColourClass], outlined: str, signs: Sequence[tuple[str, str]]
) -> str:
    """Return the legend of a planning map as HTML.

    Parameters
    ----------
    classes
        Classes in order; hatchings are those of `geo.maps.area_patterns.area_pattern_defs`.
    outlined
        What a dashed outline means, empty where there is none.
    signs
        Sign or kind of facility on the map, and what it means.
    """
    areas = [_entry(_swatch(area_fill(cls)), cls.label) for cls in classes]
    if outlined:
        areas.append(_entry(_swatch("#ffffff", outlined=True), outlined))
    shapes = [_entry(_sign_picture(sign), text) for sign, text in signs]
    return f'<div class="maillage-legend">{_group(title, areas)}{_group("Lieux", shapes)}</div>'


def pin_svg() -> str:
    """Return the sign of where a visitor starts as an SVG element of 26 x 34 pixels, its foot at the place."""
    return (
        '<svg width="26" height="34" viewBox="0 0 26 34" aria-hidden="true">'
        '<path d="M13 33C13 33 25 20 25 13A12 12 0 1 0 1 13C1 20 13 33 13 33z" fill="#d6006e" stroke="#ffffff" '
        'stroke-width="2"/><circle cx="13" cy="13" r="4.5" fill="#ffffff"/></svg>'
    )


def answer_legend_html(kinds: Collection[str], *, estimated: bool) -> str:
    """Return the legend of the map of an answer as HTML.

    `kinds`: Kinds of place of the territory. `estimated`: Whether the ways drawn follow no real road.
    """
    dashes = ' stroke-dasharray="2 8"' if estimated else ""
    way = (
        '<svg width="30" height="10" aria-hidden="true"><path d="M3 5H27" stroke="#1c5d73" stroke-width="5" '
        f'stroke-linecap="round"{dashes}/></svg>'
    )
    answer = [
        _entry(pin_svg(), "Votre départ"),
        _entry('<span class="maillage-number" aria-hidden="true">1</span>', "Sites de la liste, dans son ordre"),
        # The map takes it away where it draws no way.
        _entry(
            way, "Trajet estimé, sans suivre les vraies routes" if estimated else "Trajet par la route", "maillage-way"
        ),
    ]
    others = [_entry(facility_svg(kind, counted=False), KINDS[kind].label) for kind in kinds]
    return f'<div class="maillage-legend">{_group("Votre réponse", answer)}{_group("Autres lieux", others)}</div>'


def _sign_picture(sign: str) -> str:
    if sign in KINDS:
        return facility_svg(sign, counted=True)
    return f'<span class="maillage-sign maillage-sign-{sign_tone(sign)}" aria-hidden="true">{escape(sign)}</span>'


def sign_tone(sign: str) -> str:
    """Return how a sign is drawn: of a stop of a bus, of a label or a place compared, of one closed or new.

    Labels and places compared have the shapes of the maps on paper: stars and diamonds.

    Examples
    --------
    >>> sign_tone("B2"), sign_tone("B"), sign_tone("2"), sign_tone("+")
    ('stop', 'compared', 'label', 'new')
    """
    if sign == CLOSED_SIGN:
        return "closed"
    if sign[:1] == "B" and sign[1:].isdecimal():
        return "stop"
    if sign.isdecimal():
        return "label"
    return "compared" if sign.isalpha() else "new"


def facility_svg(kind: str, *, counted: bool) -> str:
    """Return the marker of a kind of facility as an SVG element of 16 x 16 pixels; hollow where not counted."""
    fill, stroke = (ACCENT, "#ffffff") if counted else ("#ffffff", ACCENT)
    return (
        '<svg width="16" height="16" viewBox="-0.5 -0.5 17 17" aria-hidden="true">'
        f'<path d="{KINDS[kind].path}" fill="{fill}" stroke="{stroke}" stroke-width="1.5"/></svg>'
    )


def _pattern(name: str, colour: str, lines: str) -> str:
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{colour}"/>'
        f'<path d="{lines}" stroke="#ffffff" stroke-width="2.6" stroke-opacity="0.35"/>'
        f'<path d="{lines}" stroke="{INK}" stroke-width="1"/></pattern>'
    )


def _swatch(fill: str, *, outlined: bool = False) -> str:
    stroke = f'stroke="{INK}" stroke-width="2"' if outlined else 'stroke="#8b949a" stroke-width="0.7"'
    return (
        '<svg width="24" height="16" aria-hidden="true">'
        f'<rect x="1" y="1" width="22" height="14" fill="{fill}" {stroke}/></svg>'
    )


def _entry(picture: str, text: str, name: str = "") -> str:
    named = f' class="{name}"' if name else ""
    return f"<li{named}>{picture}<span>{escape(text)}</span></li>"


def _group(title: str, entries: Sequence[str]) -> str:
    return f"<div><p>{escape(title)}</p><ul>{''.join(entries)}</ul></div>" if entries else ""
