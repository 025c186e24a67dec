"""What a scenario, a closure and the dependence on each site come to, in plain French sentences.

Names come from the lists as they are: whoever puts a sentence into a page escapes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import THIN_SPACE, UNIT_SPACE, format_decimal, format_integer, format_minutes, format_share
from geo.siting.scenario import CloseSite, MoveSite, OpenSite
from geo.sources.opening_hours import WeeklyHours

if TYPE_CHECKING:
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
