"""What a scenario, a closure, opening hours and margins of error come to, in plain French sentences.

Names come from the lists as they are: whoever puts a sentence into a page escapes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import THIN_SPACE, UNIT_SPACE, format_decimal, format_integer, format_minutes, format_share
from geo.siting.scenario import CloseSite, MoveSite, OpenSite
from geo.sources.opening_hours import WeeklyHours

if TYPE_CHECKING:
    from geo.access.catchment import Catchment
    from geo.access.opening import OpeningTable
    from geo.access.sensitivity import Sensitivity
    from geo.access.time_saved import TimeSavedSummary
    from geo.siting.closure import Closure
    from geo.siting.comparison import ScenarioComparison, ThresholdChange
    from geo.siting.fragility import Fragility
    from geo.siting.scenario import Place, Scenario
    from geo.territory import Territory

_POPULATION_UNKNOWN: Final = "La population n'est pas connue : aucun habitant ne peut être compté."


def action_sentences(territory: Territory, scenario: Scenario) -> list[str]:
    """Return one sentence for each action of a scenario, in order."""
    names = dict(zip(territory.sites["facility_id"], territory.sites["name"], strict=True))
    names |= {action.facility_id: action.name for action in scenario.actions if isinstance(action, OpenSite)}
    sentences = []
    for action in scenario.actions:
        site = f"«{UNIT_SPACE}{names.get(action.facility_id, action.facility_id)}{UNIT_SPACE}»"
        if isinstance(action, OpenSite):
            sentences.append(f"Ouvrir {site} {_where(territory, action.place)}.")
        elif isinstance(action, CloseSite):
            sentences.append(f"Fermer {site}.")
        elif isinstance(action, MoveSite):
            sentences.append(f"Déplacer {site} {_where(territory, action.place)}.")
        else:
            hours = format_decimal(WeeklyHours.from_osm(action.opening_hours).hours_per_week)
            sentences.append(f"Changer les horaires de {site}{THIN_SPACE}: {hours}{UNIT_SPACE}h par semaine.")
    return sentences


def comparison_sentences(comparison: ScenarioComparison) -> list[str]:
    """Return what a scenario changes: the residents and communes at each threshold, then the times."""
    if not comparison.residents:
        return [_POPULATION_UNKNOWN, *(_communes_changing(change) for change in comparison.changes)]
    sentences = [_residents_changing(change, comparison.residents) for change in comparison.changes]
    sentences += [_communes_changing(change) for change in comparison.changes]
    if comparison.mean_time_before_min is None:
        sentences.append("Temps moyen : aucun habitant n'a de route vers un site à la fois avant et après.")
    else:
        sentences.append(
            f"Temps moyen : {format_minutes(comparison.mean_time_before_min)} avant, "
            f"{format_minutes(comparison.mean_time_after_min)} après, "
            "pour les habitants qui ont une route vers un site avant et après."
        )
    shorter, longer = (format_integer(count) for count in (comparison.residents_sooner, comparison.residents_later))
    sentences.append(f"Habitants dont le trajet raccourcit : {shorter}{THIN_SPACE}; s'allonge : {longer}.")
    if comparison.residents_cut_off or comparison.residents_connected:
        lost, found = (
            format_integer(count) for count in (comparison.residents_cut_off, comparison.residents_connected)
        )
        sentences.append(
            f"Habitants qui perdent toute route vers un site : {lost}{THIN_SPACE}; en gagnent une : {found}."
        )
    if comparison.residents_without_time_after or comparison.residents_without_time_before:
        before, after = (
            format_integer(count)
            for count in (comparison.residents_without_time_before, comparison.residents_without_time_after)
        )
        sentences.append(
            f"Habitants sans temps connu, sans route vers un site ou hors du réseau : {before} avant, {after} après"
            f"{THIN_SPACE}; ils n'entrent dans aucune moyenne."
        )
    return sentences


def closure_sentences(closure: Closure) -> list[str]:
    """Return what a closure of many sites leaves, the telephone and e-mail first."""
    phone, email = format_integer(closure.sites_with_phone), format_integer(closure.sites_with_email)
    sentences = [
        (
            f"Sites fermés : {format_integer(closure.sites_closed)}, dont {phone} avec téléphone, {email} avec adresse "
            f"électronique, {format_integer(closure.sites_with_neither)} sans l'un ni l'autre{THIN_SPACE}; "
            f"ouverts : {format_integer(closure.sites_open)}."
        )
    ]
    by_phone, by_email = format_integer(closure.residents_by_phone), format_integer(closure.residents_by_email)
    sentences.append(
        f"Habitants dont le site le plus proche ferme : {format_integer(closure.residents_concerned)}{THIN_SPACE}; "
        f"qui peuvent encore le joindre : {format_integer(closure.residents_by_either)}, "
        f"par téléphone ({by_phone}) ou par courriel ({by_email})."
    )
    if closure.sites_bearer_unknown:
        unknown = format_integer(closure.sites_bearer_unknown)
        sentences.append(f"Sites laissés ouverts parce que leur porteur n'est pas connu : {unknown}.")
    return sentences + comparison_sentences(closure.comparison)


def fragility_sentences(fragility: Fragility) -> list[str]:
    """Return who has a second site, and how much hangs on the first one."""
    share = fragility.share_with_second
    if share is None:
        return [_POPULATION_UNKNOWN]
    threshold = _minutes(fragility.threshold_min)
    sentences = [
        (
            f"{_capital(format_share(share))} des habitants ({format_integer(fragility.residents_with_second)} sur "
            f"{format_integer(fragility.residents)}) ont un deuxième site à {threshold} ou moins{THIN_SPACE}; "
            f"au moins un : {format_integer(fragility.residents_within)}."
        )
    ]
    leading = fragility.sites[fragility.sites["residents_passing"] > 0]
    if len(leading):
        first = leading.iloc[0]
        sentences.append(
            f"Le site dont dépendent le plus d'habitants est «{UNIT_SPACE}{first['name']}{UNIT_SPACE}»{THIN_SPACE}: "
            f"s'il fermait, {format_integer(first['residents_passing'])} seraient à plus de {threshold}."
        )
    return sentences


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


def _residents_changing(change: ThresholdChange, residents: int) -> str:
    gained, lost = format_integer(change.residents_gained), format_integer(change.residents_lost)
    before = format_share(change.residents_within_before / residents)
    after = format_share(change.residents_within_after / residents)
    return (
        f"À {_minutes(change.threshold_min)} d'un site, habitants gagnés : {gained}{THIN_SPACE}; perdus : {lost} "
        f"({before} des habitants avant, {after} après)."
    )


def _communes_changing(change: ThresholdChange) -> str:
    gained, lost = format_integer(len(change.communes_gained)), format_integer(len(change.communes_lost))
    return (
        f"À {_minutes(change.threshold_min)}, communes qui ne sont plus sous-desservies : {gained}{THIN_SPACE}; "
        f"qui le deviennent : {lost}."
    )


def _where(territory: Territory, place: Place) -> str:
    code = place.commune_code
    if code is not None:
        name = territory.communes.loc[code, "name"] if code in territory.communes.index else code
        return f"dans la commune {name}"
    return f"à la latitude {format_decimal(place.lat, 5)} et la longitude {format_decimal(place.lon, 5)}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _minutes(minutes: float) -> str:
    return f"{minutes:g}".replace(".", ",") + f"{UNIT_SPACE}min"
