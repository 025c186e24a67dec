"""Where a visitor is, from what was typed: the one search of the screen and of the command line.

A commune or a postcode is found here, without any call. Anything else is an address: it is asked of the geocoder, and
where that one fails or is turned off the commune named in the address is given instead, and said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import GeocodingError, UnknownPlaceError
from geo.finder.gazetteer import MAX_QUERY
from geo.finder.geocoding import geocode
from geo.finder.spelling import spelled_out
from geo.finder.start import DIRECTORY

if TYPE_CHECKING:
    from geo.finder.gazetteer import FoundPlace, Gazetteer
    from geo.settings import Settings

#: A name that scores this much is taken for what was meant; no call goes out.
SURE_SCORE: Final = 85.0
_SAME_NAME: Final = 100.0
#: What is asked where several communes have the name typed.
WHICH_ONE: Final = "Plusieurs communes portent ce nom ou commencent ainsi"

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

_ONLY_COMMUNES: Final = "Résultats à l'échelle de la commune."
_ABROAD: Final = f"Ce lieu semble à l'étranger. {DIRECTORY}"
_HAMLETS: Final = "Les hameaux et les lieux-dits ne sont pas connus ici : donnez la commune dont le vôtre fait partie."
_NOTHING: Final = (
    "Aucun lieu de ce territoire ne ressemble à cette recherche. Essayez le nom de la commune ou son code postal. "
    f"{_HAMLETS} {DIRECTORY}"
)
_UNSURE: Final = (
    f"Aucune commune de ce territoire ne porte ce nom : celles proposées y ressemblent. {_HAMLETS} {DIRECTORY}"
)


@dataclass(frozen=True, slots=True)
class PlaceSearch:
    """What a search found: `places`, best first, and `notes`, French sentences on how they were found."""

    places: tuple[FoundPlace, ...]
    notes: tuple[str, ...] = ()

    @property
    def homonyms(self) -> tuple[FoundPlace, ...]:
        """The communes whose name is what was typed, or begins with it, where there are several; else none."""
        begin = tuple(place for place in self.places if place.begins)
        return begin if len(begin) > 1 else ()

    @property
    def is_sure(self) -> bool:
        """Whether the first place can be answered for at once: it is likely enough, and no other has its name."""
        if not self.places:
            return False
        first = self.places[0]
        if self.homonyms:
            return sum(place.score == _SAME_NAME for place in self.homonyms) == 1
        return first.begins or first.score >= SURE_SCORE or (first.kind == "address" and len(self.places) == 1)


def search_place(query: str, gazetteer: Gazetteer, settings: Settings | None, *, limit: int = 6) -> PlaceSearch:
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
    communes = gazetteer.search(text, limit)
    named = bool(communes) and communes[0].score == _SAME_NAME
    address = _is_address(text) and not named
    if not address and not named and _is_abroad(text):
        return PlaceSearch((), (_ABROAD,))
    if not address and communes and (communes[0].score >= SURE_SCORE or communes[0].begins):
        return PlaceSearch(tuple(communes))
    nearby = _commune_of_address(text, gazetteer, limit) if address else communes
    if settings is None or not settings.geocoder_url:
        notes = (f"La recherche d'adresses est désactivée. {_ONLY_COMMUNES}",) if address else ()
        return _found(nearby, notes)
    try:
        addresses = geocode(text, settings, limit=limit, near=gazetteer.centre)
    except GeocodingError as error:
        return _found(nearby, (f"{error} {_ONLY_COMMUNES}",))
    inside = [place for place in addresses if gazetteer.covers(place.lon, place.lat)]
    notes = () if len(inside) == len(addresses) else ("Les adresses trouvées loin de ce territoire sont écartées.",)
    return _found([*inside, *nearby][:limit], notes)


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
        if _ABROAD in search.notes:
            raise UnknownPlaceError(_ABROAD)
        like = ", ".join(place.label for place in search.places)
        hint = f"Lieux qui ressemblent : {like}." if like else "Essayez la commune ou son code postal."
        msg = f"Aucun lieu de « {territory} » ne s'appelle « {query[:80]} ». {hint} {_HAMLETS} {DIRECTORY}"
        raise UnknownPlaceError(msg)
    return PlaceSearch(sure, search.notes)


def _found(places: list[FoundPlace], notes: tuple[str, ...]) -> PlaceSearch:
    if not places:
        notes = (*notes, _NOTHING)
    elif places[0].kind != "address" and places[0].score < SURE_SCORE:
        notes = (*notes, _UNSURE)
    return PlaceSearch(tuple(places), notes)


def _is_abroad(text: str) -> bool:
    """Tell whether a text is a country or a town abroad, or ends with a country."""
    words = spelled_out(text)
    return bool(words) and (words[-1] in _COUNTRIES or " ".join(words) in _TOWNS_ABROAD)


def _is_address(text: str) -> bool:
    """Tell whether a text has a house number or a word that only an address has."""
    return bool(_HOUSE_NUMBER.match(text)) or not _ROAD_WORDS.isdisjoint(spelled_out(text))


def _commune_of_address(text: str, gazetteer: Gazetteer, limit: int) -> list[FoundPlace]:
    """Return the communes that an address may end with.

    What follows its postcode; else of the parts between its commas the last that is the name of a commune; else the
    longest ending that is, or what comes before the street.
    """
    postcode = _POSTCODE.search(text)
    if postcode:
        return gazetteer.search(text[postcode.start() :], limit)
    if "," in text:
        # A part that is only a word of streets is a name (Rue, in the Somme) where no other part is one.
        parts = [part for part in reversed(text.split(",")) if part.strip()]
        found = [gazetteer.search(part, limit) for part in sorted(parts, key=_is_only_a_street)]
        return next((places for places in found if places and places[0].score >= SURE_SCORE), found[0] if found else [])
    words = text.split()
    endings = [" ".join(words[-count:]) for count in range(min(len(words), _MAX_NAME_WORDS), 0, -1)]
    street = next((position for position, word in enumerate(words) if _is_only_a_street(word)), 0)
    pieces = [*endings, " ".join(words[:street])]
    best: list[FoundPlace] = []
    for piece in sorted(filter(None, pieces), key=_is_only_a_street):
        places = gazetteer.search(piece, limit)
        if places and (not best or places[0].score > best[0].score) and not (best and _is_only_a_street(piece)):
            best = places
    return best if best and best[0].score >= SURE_SCORE else []


def _is_only_a_street(text: str) -> bool:
    return set(spelled_out(text)) <= _ROAD_WORDS
