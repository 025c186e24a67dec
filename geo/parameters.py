"""What the parameters mean that the command line and the API share: written once, in French, for both.

An option is named with its two hyphens; the API, whose parameters have none, takes them away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.kinds import SITE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Name of a parameter -> what it is; that of one command alone comes after the name of the command.
MEANING: Final[Mapping[str, str]] = {
    "lon": "Longitude en degrés.",
    "lat": "Latitude en degrés.",
    "k": "Nombre de lieux.",
    "facilities": "sites, tax-offices, ou le nom d'une autre liste de lieux.",
    "at": "Jour et heure du départ, « 2026-11-24 17:30 » : les sites ouverts à l'arrivée, et le plus proche même "
    "fermé.",
    "open": "Seulement les sites ouverts maintenant.",
    "saturday": "Seulement les sites ouverts le samedi.",
    "evening": "Seulement les sites ouverts un jour après 17 h 30.",
    "no-appointment": "Seulement sans rendez-vous.",
    "kind": f"Type de site : {', '.join(SITE_KINDS)} (main : site principal) ; répétable ; tous par défaut.",
    "operator": "Seulement les sites que cet opérateur visite : Cnav…",
    "walk-min": "transit : minutes à pied au plus, jusqu'à un arrêt ou depuis un arrêt.",
    "way-min": "transit : minutes au plus par trajet.",
    "visit-min": "transit : minutes au moins sur place.",
    "direct-walk-min": "transit : minutes à pied au plus de chez soi jusqu'au site, sans véhicule.",
    "rule": "mean-time (temps moyen) ou share (part des habitants).",
    "min-share": "Part minimale des habitants, pour la règle share.",
    "bus": "Compter les bus à leur point d'attache.",
    "antennes": "Compter les antennes.",
    "nearest mode": "car, walk, bike, ou transit : aller-retour en transports en commun, départ à partir de --at.",
    "diagnose mode": "car ; walk, bike : qui est à --threshold minutes ou moins, à pied ou à vélo ; transit : qui peut "
    "aller dans un site et en revenir le jour de --day sans voiture.",
    "day": "transit : jour, AAAA-MM-JJ ; sinon un mardi hors vacances scolaires, choisi.",
    "window": "transit : de quand à quand on part de chez soi, pour le temps de porte à porte.",
}
