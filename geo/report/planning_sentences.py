"""What opening hours and margins of error come to, in plain French sentences.

Names come from the lists as they are: whoever puts a sentence into a page escapes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import THIN_SPACE, UNIT_SPACE, format_decimal, format_integer, format_minutes, format_share

if TYPE_CHECKING:
    from geo.access.catchment import Catchment
    from geo.access.opening import OpeningTable
    from geo.access.sensitivity import Sensitivity
    from geo.access.time_saved import TimeSavedSummary

_POPULATION_UNKNOWN: Final = "La population n'est pas connue : aucun habitant ne peut être compté."


def opening_sentences(opening: OpeningTable) -> list[str]:
    """Return the best hour of the week, the evenings and Saturdays, and what is not known."""
    sentences = []
    if opening.residents:
        best = opening.spans().iloc[0]
        when = f"{best['day']} de {format_clock(best['start'])} à {format_clock(best['end'])}"
        sentences.append(
            f"Au mieux ({when}), {format_share(best['share'])} des habitants ont un site ouvert à "
            f"{_minutes(opening.threshold_min)} ou moins{THIN_SPACE}; "
            f"{format_share(opening.residents_within / opening.residents)} ont un site, ouvert ou non."
        )
        saturday = format_share(opening.shares.loc["samedi"].max())
        evening = format_share(opening.shares.loc[:"vendredi", "18:00"].max())
        sentences.append(f"Le samedi, au plus {saturday}{THIN_SPACE}; en semaine à 18{UNIT_SPACE}h, au plus {evening}.")
    else:
        sentences.append(_POPULATION_UNKNOWN)
    if opening.sites_hours_unknown or opening.sites_hours_partly_unknown:
        unknown, partly = opening.sites_hours_unknown, opening.sites_hours_partly_unknown
        sentences.append(
            f"Sites sans horaires connus : {format_integer(unknown)} sur {format_integer(opening.sites)}{THIN_SPACE}; "
            f"dont un jour n'est pas connu : {format_integer(partly)}. À ces heures ils comptent comme fermés."
        )
    sentences.append(f"Semaine ordinaire, sans jours fériés{THIN_SPACE}; à l'heure d'arrivée au site.")
    return sentences


def sensitivity_sentences(sensitivity: Sensitivity) -> list[str]:
    """Return a coverage as an interval, and how many communes may be on either side."""
    sentences = [_POPULATION_UNKNOWN]
    if sensitivity.shares_within is not None:
        low, high = (format_share(share) for share in sensitivity.shares_within)
        fewest, most = (format_integer(count) for count in sensitivity.residents_within)
        sentences = [
            (
                f"Entre {low} et {high} des habitants ({fewest} à {most}) ont un site à "
                f"{_minutes(sensitivity.threshold_min)} ou moins."
            )
        ]
    flipping = format_integer(len(sensitivity.communes_flipping))
    sentences.append(f"Communes dont le côté du seuil dépend de l'hypothèse : {flipping}.")
    sentences.append(f"Hypothèses{THIN_SPACE}: {', '.join(run.name for run in sensitivity.runs)}.")
    return sentences


def time_saved_sentences(summary: TimeSavedSummary) -> list[str]:
    """Return the minutes saved compared with the tax office."""
    if summary.mean_saved_min is None:
        return ["Aucun habitant connu n'a de route à la fois vers un site et vers un service des impôts."]
    saved = summary.mean_saved_min
    sentences = [
        (
            f"En moyenne, le trajet vers le site le plus proche est plus {'court' if saved >= 0 else 'long'} de "
            f"{format_minutes(abs(saved))} que vers le service des impôts le plus proche."
        ),
    ]
    sooner, later = format_integer(summary.residents_sooner), format_integer(summary.residents_later)
    sentences.append(
        f"Habitants plus près d'un site : {sooner}{THIN_SPACE}; plus près d'un service des impôts : {later}."
    )
    if summary.residents_not_compared:
        left = format_integer(summary.residents_not_compared)
        sentences.append(f"Habitants non comptés, sans route vers l'un ou vers l'autre : {left}.")
    return sentences


def catchment_sentences(catchment: Catchment) -> list[str]:
    """Return the capacity within reach, and what it leaves out."""
    sentences = [_POPULATION_UNKNOWN]
    if catchment.median_per_1000 is not None:
        amount = f"{format_decimal(catchment.median_per_1000)} {catchment.unit}"
        sentences = [
            (
                f"La moitié des habitants ont au plus {amount} pour "
                f"{format_integer(1000)} habitants autour d'eux{THIN_SPACE}; sans rien à 30{UNIT_SPACE}min ou moins : "
                f"{format_integer(catchment.residents_without)}."
            )
        ]
    if catchment.sites_estimated:
        estimated = format_integer(catchment.sites_estimated)
        sentences.append(f"Sites sans nombre de demandes, estimés d'après leurs heures : {estimated}.")
    if catchment.sites_unknown:
        sentences.append(f"Sites de capacité inconnue, non comptés : {format_integer(catchment.sites_unknown)}.")
    if catchment.requests_unmatched:
        unmatched = format_integer(catchment.requests_unmatched)
        sentences.append(f"Lignes de la table des demandes qui ne sont d'aucun site compté : {unmatched}.")
    sentences.append(
        "Les habitants des territoires voisins ne sont pas comptés : près des limites, la capacité est surestimée."
    )
    return sentences


def format_clock(text: str) -> str:
    """Return ``09:30`` as ``9 h 30``."""
    hours, _, minutes = text.partition(":")
    return f"{int(hours)}{UNIT_SPACE}h" + (f"{UNIT_SPACE}{minutes}" if minutes != "00" else "")


def _minutes(minutes: float) -> str:
    return f"{minutes:g}".replace(".", ",") + f"{UNIT_SPACE}min"
