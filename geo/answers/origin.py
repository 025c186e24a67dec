"""Where a result comes from and how it is made, in French: sources, network, approximations, method, limits.

Every screen, map and report names them; the words are the same everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.access.bus_rounds import rounds_totals
from geo.answers.rounds import rounds_text
from geo.french import (
    DRIVING_ONLY,
    POPULATION_UNKNOWN,
    SEMICOLON,
    UNIT_SPACE,
    WITHIN,
    agreed,
    format_integer,
    format_share,
    minutes_text,
)
from geo.kinds import KINDS, facility_title
from geo.network.modes import ESTIMATED_NOTE, RELIEF_ALONG, WALK
from geo.network.slopes import relief_note
from geo.siting.plan_sources import plan_sources
from geo.sources.vintages import dated
from geo.territory.description import cities_at_one_point
from geo.territory.embedded import CORSICA_NOTE, OVERSEAS_NOTE, REUNION_NOTE
from geo.transit.day import CHANGE_S
from geo.transit.walks import CHANGE_WALK_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.network.origin import MeasuredError
    from geo.question import Question
    from geo.sources.provenance import Provenance
    from geo.territory import Territory
    from geo.territory.manifest import Manifest


_METHOD: Final = (
    (
        "Le temps de trajet va du domicile vers le lieu, en voiture, par la route la plus rapide ; les sens uniques "
        "sont respectés dans ce sens. Le trajet entre le domicile et la rue la plus proche est ajouté."
    ),
    (
        "Les habitants sont placés dans leurs carreaux de population quand ils sont fournis, sinon tous à la "
        "mairie ou au centre de la commune. Le temps d'une commune est la moyenne de celui de ses habitants."
    ),
    (
        "Un habitant dont aucune route ne mène à un lieu n'entre dans aucune moyenne ; il compte parmi ceux qui sont "
        "au-delà du seuil. Un habitant trop loin de toute route est hors du réseau : son trajet est inconnu, et il "
        "n'entre ni dans les moyennes ni dans les parts."
    ),
    (
        "Une commune est sous-desservie si son temps moyen dépasse le seuil ou, au choix, si trop peu de ses habitants "
        f"sont {WITHIN} (un trajet de {{at}} juste est dans un seuil de {{at}}). La règle choisie est "
        "écrite avec chaque résultat."
    ),
    (
        "Les antennes comptent, au choix. Les bus ne comptent pas par défaut : la liste officielle ne donne qu'un "
        "point par bus, pas sa tournée. Les tournées données et vérifiées comptent à part, par leurs passages."
    ),
    "Les lieux et les routes des territoires voisins comptent, jusqu'à 55 km, s'ils sont dans les fichiers fournis.",
)
#: How figures are made that depend on single sites.
SITES_METHOD: Final = (
    "Un site « ouvert » l'est au début de la demi-heure, une semaine ordinaire, sans jours fériés.",
    "La fermeture d'un site est mesurée seule, tous les autres restant ouverts.",
)
#: The same for the ways without a car.
TRANSIT_METHOD: Final = (
    (
        f"Un changement prend {CHANGE_S // 60} min au moins, ou le temps que disent les horaires, et "
        f"{CHANGE_WALK_S // 60} min à pied au plus d'un arrêt à l'autre ; aucun retard n'est compté."
    ),
    "De deux trajets aux mêmes heures, celui qui a le moins de véhicules est dit, puis le moins de marche.",
)
#: What they say of those without a car, where no page is about them.
CAR_ONLY: Final = (
    "Seule la voiture est comptée, sauf où « à pied » ou « à vélo » est écrit : les personnes sans voiture ne sont pas "
    "décrites autrement."
)
#: What is said in the place of `CAR_ONLY` where they have a page of their own.
WITHOUT_CAR_APART: Final = (
    "Seule la voiture est comptée, sauf à la page « Sans voiture » et où « à pied » ou « à vélo » est écrit."
)
#: What the figures cannot say.
LIMITS: Final = (
    (
        f"{DRIVING_ONLY} Circulation ordinaire : ni bouchons, ni neige. Deux moteurs d'itinéraires reconnus "
        "diffèrent de 20 % environ sur les mêmes routes : une commune à quelques minutes du seuil peut être d'un côté "
        "ou de l'autre."
    ),
    CAR_ONLY,
    "Être proche ne dit rien des horaires, de l'attente ni des démarches traitées.",
    "Les communes fusionnent : des fichiers d'années différentes peuvent ne pas se correspondre tout à fait.",
)
_REJECTED_SHOWN: Final = 10
#: How a report is made again.
AGAIN: Final = (
    "Les mêmes fichiers donnent le même rapport. La commande, les versions et l'empreinte de chaque fichier lu et "
    "écrit sont dans manifest.json."
)


def method(threshold_min: float) -> tuple[str, ...]:
    """Return how the figures are made, in plain paragraphs; their example is a trip of just the threshold.

    Examples
    --------
    >>> method(15.0)[3].partition(" (")[2].partition(".")[0].replace(UNIT_SPACE, " ")
    'un trajet de 15 min juste est dans un seuil de 15 min)'
    """
    at = minutes_text(threshold_min)
    return tuple(paragraph.format(at=at) for paragraph in _METHOD)


def sources_sentence(manifest: Manifest) -> str:
    """Return the sources in one sentence: dataset, date and licence of each."""
    return _sources_sentence(manifest.sources)


def plan_sources_sentence(manifest: Manifest) -> str:
    """Return the sources of a plan in one sentence: without tax offices, with what tells where people already go."""
    return _sources_sentence(plan_sources(manifest.sources))


def _sources_sentence(sources: Sequence[Provenance]) -> str:
    each = [
        f"{source.dataset} ({dated(source.vintage)}, {source.licence or 'licence non précisée'})" for source in sources
    ]
    return f"Sources : {SEMICOLON.join(each)}."


def network_sentence(manifest: Manifest) -> str:
    """Return the road network in one sentence: source, size, speed profile."""
    network = manifest.network
    # A source that is itself called a network is not called one twice.
    estimated = network.source.removeprefix("Réseau ")
    source = f" {estimated}" if estimated != network.source else f" : {network.source}"
    return (
        f"Réseau routier{source}, {format_integer(network.nodes)} nœuds et "
        f"{format_integer(network.edges)} tronçons, profil de vitesse « {network.profile} »."
    )


def manifest_lines(name: str, manifest: Manifest) -> list[str]:
    """Return what a territory is made of: residents, places, network, rows kept out, what the network is worth."""
    network = manifest.network
    residents = f"{format_integer(manifest.population)} habitants" if manifest.population > 0 else POPULATION_UNKNOWN
    size = f"{format_integer(network.nodes)} nœuds, {format_integer(network.edges)} tronçons"
    lists = [f"{facility_title(each)} ({format_integer(count)})" for each, count in manifest.facilities.items()]
    lines = [
        f"{name} : {agreed(manifest.communes, 'commune(s)')}, {residents}.",
        f"Lieux du territoire et à moins de 55 km : {', '.join(lists)}.",
        f"Réseau : {network.source}, {size}, profil {network.profile}.",
    ]
    if manifest.rejected_count:
        lines.append(f"Lignes écartées : {manifest.rejected_count}.")
    for row in manifest.rejected[:_REJECTED_SHOWN]:
        identifier = f" ({row.identifier})" if row.identifier else ""
        lines.append(f"  - {row.dataset}, ligne {row.row}{identifier} : {row.reason}")
    return lines + [f"  - {note}" for note in network.notes]


def approximation_sentences(territory: Territory) -> list[str]:
    """Return what is approximate in a territory, in plain words; empty where nothing is."""
    sentences = []
    network = territory.manifest.network
    if network.approximate:
        sentences.append(
            "Les temps de trajet sont approchés : aucun fichier de routes n'a été fourni, ils sont estimés d'après les "
            "communes et le relief, dits à 5 min près avec l'intervalle où tombent huit trajets sur dix. "
            f"{_measured(network.error)}"
        )
        sentences += [note for note in network.notes if note in {OVERSEAS_NOTE, REUNION_NOTE, CORSICA_NOTE}]
    return [*sentences, *contour_sentences(territory)]


def contour_sentences(territory: Territory) -> list[str]:
    """Return that contours are approximate, where they are."""
    if not territory.contours_approximate:
        return []
    said = (
        "Les contours des communes sont approchés : chaque commune est dessinée par la zone la plus proche de sa "
        "position. Les contours officiels ne sont pas fournis."
    )
    return [said]


def walking_note(territory: Territory) -> str:
    """Return how ways on foot are known, slopes included."""
    streets = territory.active.get(WALK)
    return f"{ESTIMATED_NOTE} {RELIEF_ALONG}" if streets is None else relief_note(streets)


def one_point_sentences(parts: Sequence[Territory]) -> list[str]:
    """Return which large cities of territories stand at one point, in one sentence; empty where none does.

    Examples
    --------
    >>> from geo import Territory
    >>> one_point_sentences([Territory.load("14")])[0].partition(" : ")[0]
    'Caen (14118) est représentée par un seul point'
    """
    note = cities_at_one_point(parts)
    return [note.sentence] if note.codes else []


def offer_sentence(question: Question, parts: Sequence[Territory]) -> str:
    """Return what a question counts as an offer, as `counting_sentence`, from the places of its list in `parts`."""
    there = {kind for part in parts for kind in part.facilities[question.facilities]["kind"].unique()}
    present = [kind for kind in KINDS if kind in there]
    return counting_sentence(
        question.facilities, present, [kind for kind in present if kind not in question.kinds], parts
    )


def counted_sentences(question: Question, territory: Territory) -> list[str]:
    """Return what times by car are, what they lead to, which cities stand at one point, and the network."""
    what = (DRIVING_ONLY, offer_sentence(question, (territory,)))
    return [*what, *one_point_sentences((territory,)), network_sentence(territory.manifest)]


def counting_sentence(
    facilities: str, kinds: Sequence[str], excluded: Sequence[str], parts: Sequence[Territory] = ()
) -> str:
    """Return what is counted as an offer, what is only drawn, and which rounds of buses of `parts` count apart."""
    title = facility_title(facilities)
    notes = []
    if "antenne" in kinds:
        notes.append("antennes " + ("non comptées" if "antenne" in excluded else "comptées"))
    if "bus" in kinds:
        notes.append("bus " + (_buses_not_counted(parts) if "bus" in excluded else "comptés"))
    return f"Offre comptée : {title}" + (f" ; {', '.join(notes)}." if notes else ".")


def _buses_not_counted(parts: Sequence[Territory]) -> str:
    """Return that buses are no sites, and what of their rounds counts beside these."""
    known = [rounds_totals(part.rounds) for part in parts if part.rounds is not None and not part.rounds.empty]
    if not known:
        return "non comptés (leur tournée n'est pas connue)"
    buses, stops, hours = (sum(column) for column in zip(*known, strict=True))
    return f"non comptés comme sites, leurs passages connus comptés à part ({rounds_text(buses, stops, hours)})"


def _measured(errors: Sequence[MeasuredError] | None) -> str:
    """Return how far from real roads an estimate is, in one sentence: shares within 25 %, deciles where not counted."""
    if not errors:
        return "L'erreur n'a pas été mesurée."
    return f"Erreur mesurée face à de vraies routes, par trajet : {SEMICOLON.join(map(_error_words, errors))}."


def _error_words(error: MeasuredError) -> str:
    """Return the error of one trial area, of which the notes in brackets are left out."""
    where = f"{error.area.partition(' (')[0]}, {format_integer(error.pairs)} trajets : "
    if error.share_within_25pct is not None:
        return f"{where}{format_share(error.share_within_25pct)} à moins de 25{UNIT_SPACE}% près"
    return f"{where}de {_signed(error.time_ratio_p10)} à {_signed(error.time_ratio_p90)} pour huit sur dix"


def _signed(ratio: float) -> str:
    return f"{round(100 * (ratio - 1)):+d}{UNIT_SPACE}%".replace("-", "\u2212")
