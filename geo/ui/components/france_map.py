"""The map of all of France: every commune by its travel time, drawn by MapLibre from tiles that this server holds.

Contours come as tiles and names as one file, both static; the times are one small array in the order of the tiles'
positions, sent once. The threshold moves in the browser: neither a pan nor the slider runs the page again, unless the
screen asks to be told of the threshold.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from geo.classes import INK, TIME_CLASSES, UNKNOWN_COLOUR
from geo.maps.france_files import COMMUNES_FILE, COMMUNES_LAYER, DEPARTEMENTS_LAYER, read_france_files
from geo.maps.legend import legend_html, pattern_defs
from geo.maps.payload import drawing_style
from geo.maps.vector_tiles import TOLERANCES_DEG
from geo.question import AT_THRESHOLD_MIN
from geo.ui.components.leaflet_map import component_text, map_style, send_values, served_address
from geo.ui.components.messages import plain
from geo.ui.components.territory_map import KEYS
from geo.ui.state import STEP, THRESHOLDS_MIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.question import Question
    from geo.settings import Settings

#: Times are whole hundredths of a minute, rounded up: on the side of any threshold in whole minutes that they are on.
_UNITS_PER_MIN: Final = 100
_UNKNOWN: Final = 65_534
_UNREACHABLE: Final = 65_535
_LONGEST: Final = 65_533
_NO_TEXT: Final = 65_535

_FRAME: Final = (
    '<div class="maillage-map maillage-france"><div class="maillage-patterns"></div>'
    '<div class="maillage-areas" role="group" aria-label="Aller à"></div>'
    '<label class="maillage-threshold"><span></span><input type="range"></label>'
    '<div class="maillage-frame"></div><p class="maillage-here" aria-live="polite"></p>'
    '<div class="maillage-key"></div></div>'
)
_LABEL: Final = f"Carte de France des temps de trajet par commune. {KEYS}"
_WITHOUT: Final = (
    "La carte de France ne peut pas s'afficher, car cette installation n'a pas {lacking} (« make setup » l'ajoute)."
    " Le tableau donne les mêmes résultats."
)


def france_map(
    minutes: pd.Series,
    trips: pd.Series,
    *,
    threshold_min: float,
    settings: Settings,
    under: pd.Series | None = None,
    rule: str = "",
    address: Mapping[str, str] | None = None,
    on_threshold: Callable[[float], None] | None = None,
) -> bool:
    """Show the map; return whether it can be: where MapLibre or the tiles are missing, one sentence says so.

    `address`: Choices of the page that the answer to a click leads to, besides its territory. `minutes`: Mean minutes
    by car, float64, by commune code; NaN: no road leads to a site; a commune that is not in it has no known time.
    `on_threshold`: Called with the minutes that a visitor leaves the slider at; without it the slider stays in the
    browser. `threshold_min`: Minutes beyond which a commune is under-served: hatched and outlined. `trips`: What is
    said of the trip from each commune, by its code (`geo.answers.coverage.trip_texts`); missing: nothing. `under`: By
    commune code, true for those that are under-served by another rule than the threshold; the map then has no slider.
    Missing means false. `rule`: What under-served means, for the legend.
    """
    addresses = _addresses(settings)
    files = read_france_files(settings.france_dir) if all(addresses.values()) else None
    if files is None:
        lacking = " et ".join(what for what, address in addresses.items() if address is None)
        st.info(plain(_WITHOUT.format(lacking=lacking)))
        return False
    times = packed_minutes(minutes, files.codes)
    texts, which = packed_texts(trips, files.codes)
    flags = None if under is None else packed_flags(under, files.codes)
    name = "france_map"

    def moved() -> None:
        chosen = st.session_state[name].threshold
        if on_threshold is not None and isinstance(chosen, int | float):
            on_threshold(float(min(max(chosen, THRESHOLDS_MIN[0]), THRESHOLDS_MIN[1])))

    with st.container(gap=None):
        _component()(
            key=name,
            data={
                "name": name,
                "maplibre": addresses["MapLibre"],
                "files": addresses["contours des communes"],
                "communes": COMMUNES_LAYER,
                "departements": DEPARTEMENTS_LAYER,
                "list": COMMUNES_FILE,
                "zooms": [min(TOLERANCES_DEG), max(TOLERANCES_DEG)],
                "colours": [cls.colour for cls in TIME_CLASSES],
                "bounds": [cls.upper * _UNITS_PER_MIN for cls in TIME_CLASSES[:-1]],
                "unknown": UNKNOWN_COLOUR,
                "ink": INK,
                "units": _UNITS_PER_MIN,
                "range": [*THRESHOLDS_MIN, STEP],
                "tell": on_threshold is not None,
                "address": dict(address or {}),
                "label": _LABEL,
                "minutes": times,
                "trips": texts,
                "trip": which,
                "under": flags,
                "fingerprint": hashlib.sha256(f"{times}{texts}{which}{flags}".encode()).hexdigest(),
                "defs": pattern_defs(),
                "legend": legend_html("sites", (), rule=rule),
            },
            on_threshold_change=moved,
        )
        send_values(name, {"threshold": threshold_min})
    return True


def has_slider(settings: Settings, question: Question) -> bool:
    """Tell whether the map can be shown, and moves the threshold itself: it tells by mean times who is beyond it."""
    return question.rule.kind == "mean_time" and all(_addresses(settings).values())


def _addresses(settings: Settings) -> dict[str, str | None]:
    return {
        "MapLibre": served_address(settings.maplibre_dir, "maplibre-gl.js"),
        "contours des communes": served_address(settings.france_dir, COMMUNES_FILE),
    }


def packed_minutes(minutes: pd.Series, codes: Sequence[str]) -> str:
    """Return the times of communes as base64 of uint16, little-endian, in the order of `codes`.

    Hundredths of a minute rounded up, `AT_THRESHOLD_MIN` forgiven, at most 65,533; 65,535: missing, no road leads to a
    site; 65,534: not in `minutes`.
    """
    place = minutes.index.get_indexer(pd.Index(codes))
    known = place >= 0
    times = np.append(minutes.to_numpy(np.float64, na_value=np.nan), np.nan)[place]  # -1: the last
    reached = np.isfinite(times)
    units = np.ceil((np.where(reached, times, 0.0) - AT_THRESHOLD_MIN) * _UNITS_PER_MIN)
    packed = np.where(known, np.where(reached, np.clip(units, 0, _LONGEST), _UNREACHABLE), _UNKNOWN)
    return base64.b64encode(packed.astype("<u2").tobytes()).decode("ascii")


def packed_texts(texts: pd.Series, codes: Sequence[str]) -> tuple[list[str], str]:
    """Return each text once, and which one is that of each commune: base64 of uint16, in the order of `codes`.

    65,535: none.
    """
    which, distinct = pd.factorize(texts.reindex(list(codes)))
    packed = np.where(which < 0, _NO_TEXT, which).astype("<u2")
    return distinct.tolist(), base64.b64encode(packed.tobytes()).decode("ascii")


def packed_flags(flags: pd.Series, codes: Sequence[str]) -> str:
    """Return flags of communes as base64 of bits, first bit first, in the order of `codes`; missing: false."""
    true = flags.reindex(list(codes)).astype("boolean").fillna(value=False).to_numpy(dtype=bool)
    return base64.b64encode(np.packbits(true, bitorder="little").tobytes()).decode("ascii")


@cache
def _component() -> Callable[..., Any]:
    """Register the component, once for the process."""
    return st.components.v2.component(
        "maillage_france_map",
        html=_FRAME,
        css=drawing_style() + map_style() + component_text("france_map.css"),
        js=component_text("france_tiles.js") + component_text("france_map.js"),
    )
