"""Ways to travel on streets: by car, on foot, by bicycle; and their times where no street network tells them.

Speeds on streets are rows of ``speed_profiles.csv``: ``walk_*`` and ``bike_*``, by class of way. Neither lights nor
crossings cost time. Slopes count where heights are known (`geo.network.slopes`), else `RELIEF_NOTE` tells.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import ParameterError
from geo.network.speeds import SpeedProfile, speed_profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

CAR: Final = "car"
WALK: Final = "walk"
BIKE: Final = "bike"
#: Every way to travel on streets, and its name in French.
MODES: Final = {CAR: "en voiture", WALK: "à pied", BIKE: "à vélo"}
#: Those that have a network of their own beside that of cars.
ACTIVE_MODES: Final = (WALK, BIKE)

#: Metres of way for a metre of straight line, where streets are not known. Measured on the streets of 28 cities of
#: France (OpenStreetMap), 50,000 pairs: walking, 0.3 to 5 km apart, median 1.29 (deciles 1.12 and 1.83); cycling, 1 to
#: 10 km apart, 1.32 (1.16 and 1.79).
DETOUR: Final = 1.3
ESTIMATED_NOTE: Final = (
    "À pied et à vélo, temps estimés depuis la ligne droite (détour de 1,3 : médiane de 50 000 trajets dans les rues "
    "de 28 villes, de 1,1 à 1,8 huit fois sur dix)."
)
#: Beyond this many km of straight line, no time is estimated without streets: nobody walks, few cycle.
FARTHEST_KM: Final = {WALK: 5.0, BIKE: 15.0}
#: An estimated time times these are the bounds of eight trips in ten: the deciles above.
ESTIMATED_BOUNDS: Final = (0.87, 1.4)
RELIEF_NOTE: Final = "Le relief n'est pas compté : en montée, comptez davantage."
#: Metres of a crest above the higher end of a straight line, from which the way is at least as long as that by road.
#: Lines over one, 15 km at most: the cycle ways of Andorra are 1.29 times the estimate from the line alone (deciles
#: 0.93 and 1.49; 6,250 pairs) and 0.91 times the larger of it and the road, real roads of the Labourd 1.32 times (1.12
#: and 1.61; 326) and 0.95 times the larger of it and the estimated road. Elsewhere the line alone is nearer.
CREST_M: Final = 100.0
#: Said of times without streets, and of those with them.
RELIEF_ALONG: Final = (
    "Pentes comptées le long de la ligne droite là où le relief est connu ; ailleurs c'est plat. Si elle passe une "
    f"crête de plus de {CREST_M:g} m, le chemin n'est pas compté plus court que la route."
)
RELIEF_COUNTED: Final = (
    "Pentes comptées là où le relief est connu, d'après une hauteur tous les 1,9 km au plus : les côtes courtes "
    "échappent, et ailleurs c'est plat."
)


def require_mode(mode: str, *others: str) -> str:
    """Return the name of a mode; raise `ParameterError` for one that does not exist.

    `others`: What is told besides where it does not.
    """
    if mode not in MODES:
        msg = f"Mode de déplacement « {mode[:20]} » inconnu. Modes possibles : {', '.join((*MODES, *others))}."
        raise ParameterError(msg)
    return mode


def usual_kmh(mode: str) -> float:
    """Return the speed (km/h) of an active mode on an ordinary street.

    Examples
    --------
    >>> usual_kmh("walk"), usual_kmh("bike")
    (4.8, 15.0)
    """
    return speed_profile().active_kmh[mode]["street"]


def profile_of(mode: str, profile: SpeedProfile) -> SpeedProfile:
    """Return a speed profile with the delays and the speed off the network of a mode; that of cars as it is."""
    if mode == CAR:
        return profile
    return replace(profile, junction_s=0.0, signal_s=0.0, access_kmh=profile.active_kmh[WALK]["street"])


def estimated_times(
    mode: str, straight_m: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Estimate trips where no street is known, from straight lines.

    Parameters
    ----------
    mode
        ``"walk"`` or ``"bike"``.
    straight_m
        Metres, any shape.

    Returns
    -------
    Minutes and kilometres along the way, float64, same shape; inf beyond `FARTHEST_KM`.

    Examples
    --------
    >>> minutes, km = estimated_times("walk", np.array([900.0, 6000.0]))
    >>> minutes.round(1).tolist(), km.round(2).tolist()
    ([14.6, inf], [1.17, inf])
    """
    km = np.asarray(straight_m, np.float64) / 1000
    km = np.where(km <= FARTHEST_KM[mode], km * DETOUR, np.inf)
    return km / usual_kmh(mode) * 60, km
