"""Where a result comes from, in French sentences: sources, network, approximations.

Every screen, map and report names them; the words are the same everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.french import UNIT_SPACE, format_integer, format_share, minutes_text
from geo.kinds import facility_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.network.origin import MeasuredError
    from geo.territory import Territory
    from geo.territory.manifest import Manifest


def source_sentences(manifest: Manifest) -> list[str]:
    """Return one sentence for each source: dataset, date, licence."""
    return [
        f"{source.dataset} ({_date(source.vintage)}, {source.licence or 'licence non précisée'})"
        for source in manifest.sources
    ]


def network_sentence(manifest: Manifest) -> str:
    """Return the road network in one sentence: source, size, speed profile."""
    network = manifest.network
    return (
        f"Réseau routier : {network.source}, {format_integer(network.nodes)} nœuds et "
        f"{format_integer(network.edges)} tronçons, profil de vitesse « {network.profile} »."
    )


def approximation_sentences(territory: Territory) -> list[str]:
    """Return what is approximate in a territory, in plain words; empty where nothing is."""
    sentences = []
    network = territory.manifest.network
    if network.approximate:
        sentences.append(
            "Les temps de trajet sont approchés : aucun fichier de routes n'a été fourni, les routes sont estimées "
            f"à partir des positions des communes. {_measured(network.error)}"
        )
    if territory.contours_approximate:
        sentences.append(
            "Les contours des communes sont approchés : chaque commune est dessinée par la zone la plus proche de "
            "sa position. Les contours officiels ne sont pas fournis."
        )
    return sentences


def counting_sentence(facilities: str, kinds: Sequence[str], excluded: Sequence[str]) -> str:
    """Return what is counted as an offer and what is only drawn."""
    title = facility_title(facilities)
    notes = []
    if "antenne" in kinds:
        notes.append("antennes " + ("non comptées" if "antenne" in excluded else "comptées"))
    if "bus" in kinds:
        notes.append("bus " + ("non comptés (leur tournée n'est pas connue)" if "bus" in excluded else "comptés"))
    return f"Offre comptée : {title}" + (f" ; {', '.join(notes)}." if notes else ".")


def rule_text(threshold_min: float, min_share: float | None) -> str:
    """Return what makes a commune under-served: mean time, or least share of residents."""
    threshold = minutes_text(threshold_min)
    if min_share is None:
        return f"temps moyen de plus de {threshold}"
    return f"moins de {format_share(min_share)} des habitants à {threshold}"


def _measured(errors: Sequence[MeasuredError] | None) -> str:
    if not errors:
        return "L'erreur n'a pas été mesurée."
    return f"Erreur mesurée face à de vraies routes : {' ; '.join(map(_error_sentence, errors))}."


def _error_sentence(error: MeasuredError) -> str:
    """Return the error of one trial area: ratios of estimated over real, said as percentages."""
    time = _gap(error.time_ratio_median, "long", "court")
    distance = _gap(error.distance_ratio_median, "longue", "courte")
    return (
        f"{error.area}, {format_integer(error.pairs)} trajets : temps {time} en médiane "
        f"(de {_signed(error.time_ratio_p10)} à {_signed(error.time_ratio_p90)} pour huit trajets sur dix), "
        f"distances {distance}"
    )


def _gap(ratio: float, more: str, less: str) -> str:
    percent = round(100 * (ratio - 1))
    if percent == 0:
        return "justes"
    return f"trop {more if percent > 0 else less}s de {abs(percent)}{UNIT_SPACE}%"


def _signed(ratio: float) -> str:
    return f"{round(100 * (ratio - 1)):+d}{UNIT_SPACE}%".replace("-", "\u2212")


def _date(vintage: str | None) -> str:
    return vintage or "date inconnue"
