"""What a visitor has chosen, as a typed value, and its form in the address of the page.

Pure functions: text from the address never reaches a screen unchecked, and a value that cannot be
used falls back to its default and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Screen = Literal["diagnostic", "methode"]
Rule = Literal["temps", "part"]

#: Screens in the order of the menu, with their French titles.
SCREENS: Final[dict[Screen, str]] = {"diagnostic": "Diagnostic du territoire", "methode": "Données et méthode"}

#: Bounds and step of the threshold, in minutes, and of the least share of residents, in percent.
THRESHOLDS_MIN: Final = (5, 60)
SHARES_PERCENT: Final = (5, 100)
STEP: Final = 5

_COMMUNE_CODE: Final = re.compile(r"(\d{2}|2[AB])\d{3}", re.ASCII)
_LONGEST_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class AppState:
    """The choices of one visitor.

    `facilities` is the name of a facility list; `rule` calls a commune under-served by its mean time
    (``temps``) or by the share of its residents within the threshold (``part``), at least
    `min_share_percent`; `commune` is the INSEE code of the commune looked at, `None` for none.
    """

    screen: Screen = "diagnostic"
    facilities: str = "sites"
    threshold_min: int = 20
    buses: bool = False
    antennes: bool = True
    rule: Rule = "temps"
    min_share_percent: int = 50
    commune: str | None = None


def parse_state(params: Mapping[str, str], facility_lists: Sequence[str]) -> tuple[AppState, list[str]]:
    """Read the choices in the address of the page.

    Parameters
    ----------
    params
        Parameters of the address, all text, from anyone.
    facility_lists
        Names of the lists that the territory has; the first is the default.

    Returns
    -------
    tuple
        The choices, and one French sentence for each value that was not understood.
    """
    default = replace(AppState(), facilities=facility_lists[0]) if facility_lists else AppState()
    problems: list[str] = []

    def choice(name: str, allowed: Sequence[str], fallback: str) -> str:
        value = params.get(name, fallback)
        if value in allowed or value == fallback:
            return value
        problems.append(_ignored(name, value, f"l'un de : {', '.join(allowed)}", fallback))
        return fallback

    def steps(name: str, bounds: tuple[int, int], fallback: int) -> int:
        value = params.get(name, str(fallback))
        low, high = bounds
        if re.fullmatch(r"[0-9]{1,3}", value) and low <= int(value) <= high and int(value) % STEP == 0:
            return int(value)
        problems.append(_ignored(name, value, f"un multiple de {STEP} entre {low} et {high}", str(fallback)))
        return fallback

    def switch(name: str, *, fallback: bool) -> bool:
        return choice(name, ("0", "1"), str(int(fallback))) == "1"

    commune = params.get("commune")
    if commune is not None and not _COMMUNE_CODE.fullmatch(commune):
        problems.append(_ignored("commune", commune, "un code INSEE de cinq caractères", "aucune"))
        commune = None
    state = AppState(
        screen=choice("ecran", get_args(Screen), default.screen),  # type: ignore[arg-type]
        facilities=choice("lieux", facility_lists, default.facilities),
        threshold_min=steps("seuil", THRESHOLDS_MIN, default.threshold_min),
        buses=switch("bus", fallback=default.buses),
        antennes=switch("antennes", fallback=default.antennes),
        rule=choice("regle", get_args(Rule), default.rule),  # type: ignore[arg-type]
        min_share_percent=steps("part", SHARES_PERCENT, default.min_share_percent),
        commune=commune,
    )
    if state.rule != "part":
        state = replace(state, min_share_percent=default.min_share_percent)  # it only goes with its rule
    return state, problems


def format_state(state: AppState) -> dict[str, str]:
    """Return the parameters of the address for `state`; `parse_state` reads them back unchanged."""
    params = {
        "ecran": state.screen,
        "lieux": state.facilities,
        "seuil": str(state.threshold_min),
        "bus": str(int(state.buses)),
        "antennes": str(int(state.antennes)),
        "regle": state.rule,
    }
    if state.rule == "part":
        params["part"] = str(state.min_share_percent)
    if state.commune is not None:
        params["commune"] = state.commune
    return params


def _ignored(name: str, value: str, expected: str, used: str) -> str:
    shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
    return f"Adresse de la page : « {name} » vaut « {shown} », il était attendu {expected}. Valeur utilisée : {used}."
