"""Which site is nearest, as a citizen is told it: the same words on screen, in the terminal and on the sheet."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Final

from geo.answers.list_dates import list_date, old_list_sentence
from geo.answers.site_words import (
    ASKED_NOTE,
    DETAIL_LABELS,
    address_text,
    asked_sentence,
    called,
    detail_texts,
    distance_text,
    kind_words,
    other_modes_sentence,
    site_trip,
    stop_lines,
    trip_sentence,
    trip_words,
)
from geo.crs import metric_crs, metric_crs_at
from geo.finder.opening_times import later, moment_text
from geo.finder.other_names import of_commune
from geo.finder.preference import lets_in, too_late
from geo.finder.search import WHICH_ONE
from geo.finder.sentences import WITHIN_AN_HOUR
from geo.french import (
    DRIVING_ONLY,
    capital,
    estimated_minutes,
    format_integer,
    joined,
    quoted,
    said_time,
)
from geo.kinds import KINDS, SITE_KINDS
from geo.network.modes import CAR, MODES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import pandas as pd

    from geo.finder.answer import Answer, SiteAnswer
    from geo.finder.found_place import FoundPlace
    from geo.finder.route_service import AskedRoutes
    from geo.finder.search import PlaceSearch
    from geo.finder.wishes import Wishes

_MAY_BE_LONGER: Final = "le trajet réel peut être bien plus long"
#: Fewer minutes saved than this are not told where times are estimated.
_TOLD_ESTIMATE_MIN: Final = 5
#: An open site that takes more minutes than this is not named where none is open near by.
_WORTH_TELLING_MIN: Final = 120


def answer_sentence(answer: Answer, wishes: Wishes) -> str:
    """Return the answer in one short sentence, a second one where no site is open: the site to go to, when, how far.

    What goes with it is in `answer_notes`; distances and comments are told site by site.
    """
    when = "" if wishes.at is None else f"{capital(_full_moment(answer.at))}, "
    if answer.nothing_open or not answer.sites:
        return _nothing_found(answer, wishes, when)
    first = answer.sites[0]
    is_open = lets_in(first, answer.at) and (wishes.at_that_moment or _has_nearer(answer))
    title = "le plus proche ouvert" if is_open else "le plus proche"
    title = title if answer.put_first is None else "le mieux placé"
    words = _reopening_words(first) if too_late(first, answer.at) else _site_words(first)
    return capital(f"{when}{title} : {words}.")


def answer_notes(answer: Answer, start: FoundPlace | None = None) -> list[str]:
    """Return what is said right under the answer, a short sentence each.

    Another site where the first is closed, why the first is not the nearest, then what the answer rests on: estimated
    times, a start at the centre of a commune, an old list. `start`: The place that is answered for, where it is known.
    """
    shown = next(iter(answer.sites or answer.none_open), None)
    today = max(answer.at, dt.datetime.now(answer.at.tzinfo)).date()  # the moment asked for may be past
    old = "" if shown is None else old_list_sentence(shown.list_vintage, today)
    said = (nearer_stop(answer), _sooner(answer), answer.put_first, _of_the_times(shown, start), old)
    return [sentence for sentence in said if sentence]


def nearer_stop(answer: Answer) -> str:
    """Return which stop of a bus is of more use than the first site, and when the bus is there; empty where none is.

    The first one in time that is nearer than the sites that are open; else one clearly nearer than the first site.
    """
    times = [(site.travel_time_min, lets_in(site, answer.at)) for site in answer.sites]
    opened = min((minutes for minutes, is_open in times if is_open and minutes is not None), default=math.inf)
    first = next((minutes for minutes, _ in times if minutes is not None), math.inf)
    stop = next((each for each in answer.stops if each.in_time and each.travel_time_min < opened), None)
    if stop is None:
        stop = next((each for each in answer.stops if each.travel_time_min <= first - _TOLD_ESTIMATE_MIN), None)
    if stop is None:
        return ""
    name, trip, *_ = stop_lines(stop)
    said = stop.sentence.removeprefix("Le bus passe ici ")
    how = "passe bientôt" if stop.in_time and not stop.is_there else "est là"
    how = "s'arrête plus près" if stop.travel_time_min <= first - _TOLD_ESTIMATE_MIN else how
    return f"Un bus {how} : {name}, {trip}, {said}."


def list_titles(answer: Answer) -> tuple[str, str]:
    """Return the title of the first site of an answer, and that of the others."""
    if answer.nothing_open:
        return "Le premier à rouvrir", "Les suivants à rouvrir"
    if answer.put_first is not None:
        return "Le mieux placé", "Autres sites proches"
    return ("Le plus proche ouvert" if _has_nearer(answer) else "Le plus proche"), "Autres sites proches"


def _has_nearer(answer: Answer) -> bool:
    """Tell whether another site of an answer is reached sooner than the first."""
    minutes = [site.travel_time_min or 0.0 for site in answer.sites]
    return any(each < minutes[0] for each in minutes)


def stand_in_sentence(place: FoundPlace | None, *, estimated: bool = False) -> str:
    """Return that times are counted from the centre of its commune; empty unless it stands for a hamlet or a resort.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from geo.finder.found_place import FoundPlace
    >>> morzine = FoundPlace("", "commune", "74191", "74", None, 6.71, 46.18, 100.0, centre_of="Morzine")
    >>> stand_in_sentence(replace(morzine, locality="Avoriaz"))
    'Temps compté depuis le centre de Morzine, pas depuis Avoriaz : le trajet réel peut être bien plus long.'
    """
    if place is None or place.locality is None or place.centre_of is None:
        return ""
    how, centre = "estimé" if estimated else "compté", of_commune(place.centre_of)
    return f"Temps {how} depuis le centre {centre}, pas depuis {place.locality} : {_MAY_BE_LONGER}."


def _of_the_times(site: SiteAnswer | None, start: FoundPlace | None) -> str:
    from_centre = start is not None and start.centre_of is not None
    if site is None or site.travel_time_min is None or not (site.estimated or from_centre):
        return ""
    unsure = "outre-mer le relief n'est pas connu" if site.estimated and _is_overseas(site) else ""
    if sentence := stand_in_sentence(start, estimated=site.estimated):
        return f"{sentence} Temps peu sûr : {unsure}." if unsure else sentence
    where = " depuis le centre de la commune" if from_centre else ""
    return f"Temps {'estimé' if site.estimated else 'compté'}{where}{unsure and f', peu sûr : {unsure}'}."


def _is_overseas(site: SiteAnswer) -> bool:
    return metric_crs_at(site.lon, site.lat) not in {None, metric_crs("75")}


def _sooner(answer: Answer) -> str:
    """Return the site that is open, or from which one is back first, where the first one of an answer is closed."""
    first = None if answer.nothing_open else next(iter(answer.sites), None)
    if first is None:
        return ""
    if lets_in(first, answer.at):
        return _nearer_but_closed(answer, first)
    opened = next((site for site in answer.sites if lets_in(site, answer.at)), None)
    if opened is not None:
        return f"Le plus proche ouvert : {_site_words(opened)}."
    soonest = min(answer.sites, key=lambda site: _back_home(site, answer.at))
    sooner = not first.status.is_open and _back_home(soonest, answer.at) < _back_home(first, answer.at)
    return f"Le premier à rouvrir : {_site_words(soonest)}." if sooner else ""


def _nearer_but_closed(answer: Answer, first: SiteAnswer) -> str:
    """Return the closed site that is nearer than the open one put first, unless `put_first` tells of it."""
    minutes = first.travel_time_min or 0.0
    nearer = next((site for site in answer.sites[1:] if (site.travel_time_min or minutes) < minutes), None)
    if nearer is None or lets_in(nearer, answer.at) or nearer.name in (answer.put_first or ""):
        return ""
    words = _reopening_words(nearer) if too_late(nearer, answer.at) else _site_words(nearer)
    return f"Plus proche : {words}."


def _nothing_found(answer: Answer, wishes: Wishes, when: str) -> str:
    """Return that no site is open at the moment, or has all that is asked for, and the one to know of then."""
    criteria = _criteria(wishes)
    # An island without a bridge: sites are open, and none is reached.
    apart = not answer.sites and bool(answer.none_open) and answer.none_open[0].travel_time_min is None
    if apart and answer.none_open[0].mode != CAR:
        words = f"{when}aucun site n'est assez près d'ici {MODES[answer.none_open[0].mode]}."
        return f"{capital(words)} Le plus proche à vol d'oiseau : {_site_words(answer.none_open[0])}."
    if apart:
        words = f"{when}aucune route connue ne mène d'ici à un site."
        return f"{capital(words)} Le plus proche à vol d'oiseau : {_site_words(answer.none_open[0])}."
    if not answer.nothing_open:
        nothing = f"aucun site connu ici n'est {joined(criteria)}" if criteria else "aucun site n'est connu ici"
    elif wishes.operator is not None:
        nothing = f"aucune permanence de {quoted(wishes.operator[:60])} n'est connue à ce moment"
    else:
        now = "" if when else " en ce moment"
        near = "" if answer.open_far is None else f" {WITHIN_AN_HOUR}"
        nothing = f"aucun site {joined(criteria)} n'est ouvert" if criteria else "aucun site n'est ouvert"
        nothing += near + now
    sentence = capital(f"{when}{nothing}.")
    if answer.open_far is not None and (answer.open_far.travel_time_min or 0) <= _WORTH_TELLING_MIN:
        sentence += f" Le plus proche ouvert : {_site_words(answer.open_far)}."
    if answer.sites:
        return f"{sentence} Le premier à rouvrir : {_reopening_words(answer.sites[0])}."
    return f"{sentence} Le plus proche : {_site_words(answer.none_open[0])}." if answer.none_open else sentence


def _criteria(wishes: Wishes) -> list[str]:
    """Return what is asked of a site beside the moment, in words."""
    said = (
        (wishes.saturday, "ouvert le samedi"),
        (wishes.evening, "ouvert en soirée"),
        (wishes.without_appointment, "sans rendez-vous"),
        (wishes.kinds != frozenset(SITE_KINDS), f"de genre {quoted(_kinds(wishes.kinds))}"),
    )
    return [words for wanted, words in said if wanted]


def _kinds(kinds: Collection[str]) -> str:
    return ", ".join(KINDS[kind].label for kind in sorted(kinds))


def _back_home(site: SiteAnswer, at: dt.datetime) -> dt.datetime:
    """Return when somebody is back at the soonest who leaves then or later for a closed site, the visit not counted."""
    if site.status.opens_at is None:
        return dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
    minutes = site.travel_time_min or 0.0
    return later(max(later(at, minutes).astimezone(dt.UTC), site.status.opens_at.astimezone(dt.UTC)), minutes)


def _site_words(site: SiteAnswer) -> str:
    by = "" if site.mode == CAR else f" {MODES[site.mode]}"
    by += " jusqu'à sa base" if site.kind == "bus" else ""
    trip = "" if site.travel_time_min is None else f"{site_trip(site, with_distance=False)}{by}, "
    return f"{called(site)}, {trip}{site.status.in_short[:1].lower()}{site.status.in_short[1:]}"


def _reopening_words(site: SiteAnswer) -> str:
    """Return how far a site is that is closed, or closes before one arrives, and when it opens again."""
    if site.status.is_open:
        return f"{_site_words(site)}, mais fermé à votre arrivée"
    return _site_words(site).replace(", fermé, rouvre", ", rouvre")


def _full_moment(moment: dt.datetime) -> str:
    return moment_text(moment, since=moment - dt.timedelta(days=1))


def saved_sentence(answer: Answer) -> str:
    """Return what the nearest site saves compared with the tax office; empty where that is too little to tell."""
    saved = answer.minutes_saved
    estimated = any(site.estimated for site in answer.sites)
    if saved is None or saved < (_TOLD_ESTIMATE_MIN if estimated else 1):
        return ""
    minutes = estimated_minutes(saved) if estimated else trip_words(saved)
    return f"Le site le plus proche vous fait gagner {minutes} par trajet."


#: What is said where no site is open and near.
NONE_OPEN: Final = (
    "Aucun site de la liste n'est à la fois ouvert et proche. Les plus proches à appeler ou à qui écrire :"
)


def more_words(search: PlaceSearch) -> str:
    """Return how many places more have the name typed or begin with it, and how to narrow; empty where none has."""
    if not search.more:
        return ""
    others = "1 autre" if search.more == 1 else f"{format_integer(search.more)} autres"
    if search.places[0].kind == "postcode":
        return f"et {others} : écrivez le nom de votre commune"
    return f"et {others} : précisez le nom, le département ou le code postal"


def other_places(search: PlaceSearch) -> str:
    """Return which other places may be meant, in one line; empty where the first alone has the very name typed.

    Examples
    --------
    >>> from geo.finder.found_place import FoundPlace
    >>> from geo.finder.search import PlaceSearch
    >>> places = [FoundPlace(f"Pau ({n})", "commune", None, str(n), None, 0, 43, 100.0, begins=True) for n in (1, 2)]
    >>> other_places(PlaceSearch(tuple(places)))
    'Plusieurs lieux portent ce nom ou le contiennent. Autres lieux possibles : Pau (2).'
    """
    if len(search.places) <= 1 or search.is_named:
        return ""
    several = f"{WHICH_ONE}. " if search.homonyms else ""
    others = (search.homonyms or search.places)[1:]
    more = more_words(search)
    return f"{several}Autres lieux possibles : {', '.join(place.label for place in others)}{more and f', {more}'}."


def answer_lines(
    answer: Answer, wishes: Wishes, search: PlaceSearch | None, asked: AskedRoutes | None = None
) -> Iterator[str]:
    """Give the whole answer line by line: from where and when, in one sentence, each site, what to do if none is.

    `search`: How the start was found, `None` where it was given as a position. `asked`: What the route service told,
    `None` where it was not asked.
    """
    start = dt.datetime(1, 1, 1, tzinfo=answer.at.tzinfo)
    others = "" if search is None else other_places(search)
    asks = search is not None and bool(search.homonyms)
    if others and asks:
        yield others
    yield f"{_start_words(search)}, {moment_text(answer.at, since=start)} :"
    yield answer_sentence(answer, wishes)
    if beside := answer_notes(answer, None if search is None else search.places[0]):
        yield " ".join(beside)
    if others and not asks:
        yield others
    for number, site in enumerate(answer.sites, 1):
        yield from _site_lines(site, f"{number}. ", asked)
    for stop in answer.stops:
        name, trip, *said = stop_lines(stop)
        yield f"Arrêt du bus : {name}, {trip}"
        yield from (f"   {line}" for line in said)
    for bus in answer.buses:
        yield from _site_lines(bus, "Bus : ")
    if answer.tax_office is not None:
        yield from _site_lines(answer.tax_office, "Service des impôts : ")
        if saved := saved_sentence(answer):
            yield saved
    if answer.none_open:
        yield NONE_OPEN
        yield from (f"   {called(site)}, {_contact(site)} ({site.status.sentence})" for site in answer.none_open)
        yield from (f"   {sentence}" for sentence in answer.from_home)
    asked_notes = () if asked is None else filter(None, (asked.failure, ASKED_NOTE if asked.routes else None))
    for note in (*(search.notes if search else ()), *answer.notes, *asked_notes):
        yield f"  - {note}"


def list_lines(
    found: pd.DataFrame, places: pd.DataFrame, title: str, search: PlaceSearch | None, notes: Sequence[str]
) -> Iterator[str]:
    """Give the nearest places of a list that has no hours, as `geo.finder.nearest.nearest` found them.

    `places`: The list (`geo.schemas.FACILITY_COLUMNS`). `title`: Its name. `search`: How the start was found, `None`
    where it was given as a position. `notes`: What is to be minded about the network and the list.
    """
    yield f"{_start_words(search)}, {title[0].lower()}{title[1:]} :"
    remarks = places.set_index("facility_id")["comment"].dropna()
    for row in found.to_dict("records"):
        trip = trip_words(row["travel_time_min"], row["distance_km"])
        if row["estimated"]:
            trip = f"{said_time(row, 'travel_time_min')} ({distance_text(row['distance_km'])})"
        yield f"{row['name']} [{row['id']}] : {trip} en voiture"
        if row["id"] in remarks:
            yield f"   {DETAIL_LABELS['comment']} : {remarks[row['id']]}"
    if found.empty:
        yield "Aucun lieu n'est joignable par la route depuis cette position."
    yield from (f"  - {note}" for note in (*notes, DRIVING_ONLY))


def _start_words(search: PlaceSearch | None) -> str:
    return "Position donnée" if search is None else search.places[0].label


def _site_lines(site: SiteAnswer, before: str, asked: AskedRoutes | None = None) -> Iterator[str]:
    yield f"{before}{site.name} [{site.facility_id}] : {trip_sentence(site)}"
    if said := other_modes_sentence(site):
        yield f"   {said}"
    if asked is not None and (told := asked_sentence(site, asked)):
        yield f"   {told}"
    yield f"   {site.status.sentence}"
    yield f"   {' · '.join(kind_words(site))}"
    yield f"   {address_text(site)}"
    yield f"   {_contact(site)}"
    yield f"   {list_date(site.list_vintage)}"
    if any(line.intervals for line in site.week):
        yield f"   {' ; '.join(f'{line.day} {line.text}' for line in site.week if line.intervals != ())}"
    yield from (f"   {line.day} : {visit}" for line in site.week for visit in line.permanences)
    yield from (f"   {label} : {text}" for label, text in detail_texts(site))
    yield from (f"   ! {warning}" for warning in site.warnings)


def _contact(site: SiteAnswer) -> str:
    return ", ".join(part for part in (site.phone, site.email, site.website) if part) or "Contact inconnu"
