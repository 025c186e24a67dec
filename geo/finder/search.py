"""Where a visitor is, from what was typed: the one search of the screen and of the command line.

A commune or a postcode is found here, without any call. Anything else is an address: it is asked of the geocoder, and
where that one fails or is turned off the commune named in the address is given instead, and said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import GeocodingError, UnknownPlaceError
from geo.finder.gazetteer import SAME_NAME
from geo.finder.place_query import MAX_QUERY
from geo.finder.spelling import spelled_out, telling
from geo.finder.start import ALL_SITES
from geo.sources.departements import departement_codes, departement_name, region_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.finder.found_place import FoundPlace
    from geo.finder.gazetteer import Gazetteer
    from geo.settings import Settings

#: A name that scores this much is taken for what was meant; no call goes out.
SURE_SCORE: Final = 85.0
#: A name that scores this much is the one typed, or differs from it by an article alone ("Port", "Le Port").
_SAME_BUT_ARTICLE: Final = 99.0
#: How many places of one name, or whose name begins as typed, are offered at most.
MOST_OFFERED: Final = 12
#: Places listed where only some of their name was given.
_LISTED: Final = 6
#: What is asked where several places have the name typed.
WHICH_ONE: Final = "Plusieurs lieux portent ce nom ou le contiennent"

#: Words that hardly a name of commune has.
_ROAD_WORDS: Final = frozenset(
    {
        "allee",
        "allees",
        "av",
        "avenue",
        "bd",
        "bld",
        "blvd",
        "boulevard",
        "che",
        "chemin",
        "esplanade",
        "faubourg",
        "fbg",
        "imp",
        "immeuble",
        "impasse",
        "lotissement",
        "passage",
        "pl",
        "place",
        "quai",
        "quartier",
        "residence",
        "route",
        "rte",
        "rue",
        "ruelle",
        "sentier",
        "square",
        "zac",
    }
)
_HOUSE_NUMBER: Final = re.compile(r"^\s*\d{1,4}\s*(bis|ter|quater|[a-d])?\b[\s,]+(?=.*[^\W\d_])", re.IGNORECASE)
_POSTCODE: Final = re.compile(r"(?<!\d)\d{2}\s?\d{3}(?!\d)")
_MAX_NAME_WORDS: Final = 7
#: Countries and towns around France, and the farther ones most asked for, folded: some are like a commune of France.
_COUNTRIES: Final = frozenset(
    {"allemagne", "andorre", "belgique", "espagne", "italie", "luxembourg", "monaco", "suisse"}
)
_TOWNS_ABROAD: Final = frozenset(
    {
        *("alger", "amsterdam", "anvers", "bale", "barcelone", "berlin", "bilbao", "bruxelles", "casablanca"),
        *("charleroi", "cologne", "donostia", "francfort", "gand", "genes", "geneve", "gerone", "irun", "lausanne"),
        *("liege", "lisbonne", "londres", "madrid", "milan", "montreal", "namur", "neuchatel", "pampelune", "rabat"),
        *("rome", "saarbrucken", "san sebastian", "sarrebruck", "saragosse", "tournai", "tunis", "turin", "vintimille"),
    }
)

#: Codes in the list of départements whose names are those of towns or islands that are none.
_NO_DEPARTEMENT: Final = frozenset({"75", "977", "978"})
#: Territories of which the project has no table, by the words that name them.
_NO_TABLE: Final = {
    "saint pierre et miquelon": "Saint-Pierre-et-Miquelon",
    "wallis": "Wallis-et-Futuna",
    "futuna": "Wallis-et-Futuna",
    "wallis et futuna": "Wallis-et-Futuna",
    "polynesie": "La Polynésie française",
    "polynesie francaise": "La Polynésie française",
    "nouvelle caledonie": "La Nouvelle-Calédonie",
}
_ONLY_COMMUNES: Final = "Résultats à l'échelle de la commune."
_ABROAD: Final = f"Ce lieu semble à l'étranger. Les lieux à l'étranger ne sont pas connus. {ALL_SITES}"
_WHICH_COMMUNE: Final = "donnez le nom ou le code postal de votre commune."
_KNOWN: Final = (
    "Sont connus ici les communes, les anciennes communes et les hameaux ou stations les plus demandés : "
    f"{_WHICH_COMMUNE}"
)
_NOTHING: Final = f"Aucun lieu de ce territoire ne ressemble à cette recherche. {_KNOWN} {ALL_SITES}"
_UNSURE: Final = f"Aucun lieu de ce territoire ne porte ce nom : ceux proposés y ressemblent. {_KNOWN} {ALL_SITES}"


@dataclass(frozen=True, slots=True)
class PlaceSearch:
    """What a search found: `places`, best first, and `notes`, French sentences on how they were found.

    `wider`: whether the text is the name of a département or of a region, of which no one place can be meant. `more`:
    how many places beside these have the postcode or the name typed, or begin with it (hold it, where none begins).
    """

    places: tuple[FoundPlace, ...]
    notes: tuple[str, ...] = ()
    wider: bool = False
    more: int = 0

    @property
    def homonyms(self) -> tuple[FoundPlace, ...]:
        """The places whose name is what was typed, begins with it or holds it, where there are several; else none."""
        begin = tuple(place for place in self.places if place.begins)
        return begin if len(begin) > 1 else ()

    @property
    def is_named(self) -> bool:
        """Whether the first place has the very name typed, and no other has it but for an article."""
        first, others = self.places[:1], self.places[1:]
        same = [place for place in first if place.begins and place.score == SAME_NAME]
        return bool(same) and not any(place.begins and place.score >= _SAME_BUT_ARTICLE for place in others)

    @property
    def is_sure(self) -> bool:
        """Whether the first place can be answered for at once: it is likely enough, and no other is as likely."""
        if not self.places or self.wider:
            return False
        first = self.places[0]
        if self.homonyms:
            return sum(place.score == SAME_NAME for place in self.homonyms) == 1
        if first.kind == "address":
            return len(self.places) == 1 or first.score >= SURE_SCORE
        alone = sum(place.score == first.score for place in self.places) == 1 or first.kind == "postcode"
        return first.begins or (first.score >= SURE_SCORE and alone)


def search_place(query: str, gazetteer: Gazetteer, settings: Settings | None) -> PlaceSearch:
    """Find where a visitor is.

    `query`: A commune, a postcode or an address; what is beyond 200 characters is not read. `settings`: Says which
    geocoder to ask; `None` or an empty `geocoder_url`: none.

    Returns
    -------
    Never raises on account of the geocoder: its failure is a note, and the communes are the places.
    """
    text = query[:MAX_QUERY].strip()
    if not text:
        return PlaceSearch(())
    communes = gazetteer.search(text, MOST_OFFERED)
    communes = [place for rank, place in enumerate(communes) if _is_asked_for(place) or rank < _LISTED]
    named = bool(communes) and communes[0].score == SAME_NAME
    address = _is_address(text) and not named
    if not address and not named and _is_abroad(text):
        return PlaceSearch((), (_ABROAD,))
    wider = _wider(text, communes)
    if wider:
        communes = [place for place in communes if place.score == SAME_NAME]
    if wider or (not address and communes and (communes[0].score >= SURE_SCORE or communes[0].begins)):
        listed = sum(map(_is_asked_for, communes))
        more = max(0, gazetteer.count(text) - listed) if listed > 1 and not wider else 0
        return PlaceSearch(tuple(communes), (wider,) if wider else (), wider=bool(wider), more=more)
    nearby = _commune_of_address(text, gazetteer) if address else communes
    if settings is None or not settings.geocoder_url:
        notes = (f"La recherche d'adresses est désactivée. {_ONLY_COMMUNES}",) if address else ()
        return _found(nearby, notes)
    from geo.finder.geocoding import geocode  # noqa: PLC0415 - most searches are of a commune

    try:
        addresses = geocode(text, settings, limit=_LISTED, near=gazetteer.centre)
    except GeocodingError as error:
        return _found(nearby, (f"{error} {_ONLY_COMMUNES}",))
    inside = [place for place in addresses if gazetteer.covers(place.lon, place.lat)]
    notes = () if len(inside) == len(addresses) else ("Les adresses trouvées loin de ce territoire sont écartées.",)
    return _found([*inside, *nearby][:_LISTED], notes)


def find_place(query: str, gazetteer: Gazetteer, settings: Settings | None, territory: str) -> PlaceSearch:
    """Return only the places that a query surely means.

    `settings`: As for `search_place`. `territory`: Its name, for the message.

    Raises
    ------
    UnknownPlaceError
        There is none; names those that are like it.
    """
    search = search_place(query, gazetteer, settings)
    sure = tuple(
        place for place in search.places if place.kind == "address" or place.begins or place.score >= SURE_SCORE
    )
    if not sure:
        if search.wider or _ABROAD in search.notes:
            raise UnknownPlaceError(search.notes[0])
        like = ", ".join(place.label for place in search.places)
        hint = f"Lieux qui ressemblent : {like}." if like else ""
        refusal = f"Aucun lieu de « {territory} » ne s'appelle « {query[:80]} »."
        raise UnknownPlaceError(" ".join(filter(None, (refusal, hint, _KNOWN, ALL_SITES))))
    return PlaceSearch(sure, search.notes, search.wider, search.more)


def _is_asked_for(place: FoundPlace) -> bool:
    """Tell whether a place has the name or the postcode typed, and is not only like it."""
    return place.begins or place.kind == "postcode"


def _found(places: list[FoundPlace], notes: tuple[str, ...]) -> PlaceSearch:
    if not places:
        notes = (*notes, _NOTHING)
    elif places[0].kind != "address" and places[0].score < SURE_SCORE:
        notes = (*notes, _UNSURE)
    return PlaceSearch(tuple(places), notes)


def _wider(text: str, communes: Sequence[FoundPlace]) -> str:
    """Say that a text is the name of a département, of a region or of a territory without tables.

    Empty where it is none, or is that of its town.
    """
    if (without := _NO_TABLE.get(" ".join(spelled_out(text)))) is not None:
        return f"{without} n'est pas dans les tables du projet. {ALL_SITES}"
    words = telling(spelled_out(text))
    codes = [code for code in departement_codes() if code not in _NO_DEPARTEMENT]
    code = next((code for code in codes if telling(spelled_out(departement_name(code))) == words), None)
    if code is not None:
        if any(place.score == SAME_NAME and place.departement == code for place in communes):
            return ""
        return f"« {departement_name(code)} » est un département ({code}) : {_WHICH_COMMUNE}"
    regions = sorted({region_name(code) for code in codes})
    region = next((name for name in regions if telling(spelled_out(name)) == words), None)
    return "" if region is None else f"« {region} » est une région : {_WHICH_COMMUNE}"


def is_begun_abroad(text: str) -> bool:
    """Tell whether a text is a country or a town abroad, or the beginning of its name.

    Examples
    --------
    >>> is_begun_abroad("bruxell"), is_begun_abroad("Genève, Suisse"), is_begun_abroad("Brutelles")
    (True, True, False)
    """
    words = " ".join(spelled_out(text))
    begun = (name.startswith(words) for name in (*_COUNTRIES, *_TOWNS_ABROAD))
    return bool(words) and (_is_abroad(text) or any(begun))


def _is_abroad(text: str) -> bool:
    """Tell whether a text is a country or a town abroad, or ends with a country."""
    words = spelled_out(text)
    return bool(words) and (words[-1] in _COUNTRIES or " ".join(words) in _TOWNS_ABROAD)


def _is_address(text: str) -> bool:
    """Tell whether a text has a house number or a word that only an address has."""
    return bool(_HOUSE_NUMBER.match(text)) or not _ROAD_WORDS.isdisjoint(spelled_out(text))


def _commune_of_address(text: str, gazetteer: Gazetteer) -> list[FoundPlace]:
    """Return the communes that an address may end with.

    What follows its postcode; else of the parts between its commas the last that is the name of a commune; else the
    longest ending that is, or what comes before the street.
    """
    postcode = _POSTCODE.search(text)
    if postcode:
        return gazetteer.search(text[postcode.start() :], _LISTED)
    if "," in text:
        # A part that is only a word of streets is a name (Rue, in the Somme) where no other part is one.
        parts = [part for part in reversed(text.split(",")) if part.strip()]
        found = [gazetteer.search(part, _LISTED) for part in sorted(parts, key=_is_only_a_street)]
        return next((places for places in found if places and places[0].score >= SURE_SCORE), found[0] if found else [])
    words = text.split()
    endings = [" ".join(words[-count:]) for count in range(min(len(words), _MAX_NAME_WORDS), 0, -1)]
    street = next((position for position, word in enumerate(words) if _is_only_a_street(word)), 0)
    pieces = [*endings, " ".join(words[:street])]
    best: list[FoundPlace] = []
    for piece in sorted(filter(None, pieces), key=_is_only_a_street):
        places = gazetteer.search(piece, _LISTED)
        if places and (not best or places[0].score > best[0].score) and not (best and _is_only_a_street(piece)):
            best = places
    return best if best and best[0].score >= SURE_SCORE else []


def _is_only_a_street(text: str) -> bool:
    return set(spelled_out(text)) <= _ROAD_WORDS
