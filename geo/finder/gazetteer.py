"""Communes and postcodes found by what a visitor types: misspelt, abbreviated, without accents, half written.

Nothing leaves the machine. Names are compared folded (no accent, case, hyphen or apostrophe) and with their
abbreviations spelled out; a département or a postcode in the query tells homonyms apart. A commune is also found by the
names and codes of those that merged into it, and by the names of its best known hamlets, resorts and quarters.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from geo.errors import ParameterError
from geo.finder.found_place import FoundPlace
from geo.finder.likeness import MIN_PREFIX, beginning, name_among, word_by_word
from geo.finder.name_table import embedded_names, name_table
from geo.finder.other_names import ARRONDISSEMENT, FORMER_KINDS
from geo.finder.place_query import PlaceQuery, parse_query
from geo.finder.spelling import SMALL_WORDS, telling
from geo.folding import fold
from geo.sources.departements import departement_name
from geo.sources.localities import LOCALITY_KINDS
from geo.territory.place_names import other_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.territory import Territory

#: Score of the very name that was typed.
SAME_NAME: Final = 100.0
#: A name that scores less is not what was meant.
MIN_SCORE: Final = 60.0

#: Names that score this much less than the best are not shown beside it.
_FAR_BEHIND: Final = 25.0

#: How many names are looked at closely, after a quick look at all.
_SHORTLIST: Final = 200
#: What adds to the rank of a name beside its score: to be the very name typed, of the département or the postcode
#: typed, in the study area; and the logarithm of its residents, for a larger town is more often meant. A name that
#: is not that of a commune of today comes after one that is, whatever the residents.
_SAME_NAME: Final = 10.0
_IN_DEPARTEMENT: Final = 8.0
_AT_POSTCODE: Final = 15.0
_IN_AREA: Final = 1.0
_OTHER_NAME: Final = -7.0
#: To begin with the very words typed counts more than to be like them.
_BEGINS: Final = 8.0
#: Score in the rank of a name that holds the words typed, where none begins with them: before those like them.
_HOLDS: Final = 90.0
#: A name whose first letter is another than that typed is less often meant: its score is so much of what it would be.
_OTHER_LETTER: Final = 0.95
#: After every letter of a name in the order of the alphabet.
_LAST: Final = "\uffff"
#: The names that a longer text may hold are looked for in its first words.
_MAX_WORDS: Final = 20


class Gazetteer:
    """The communes and postcodes of a study area and of what lies around it; other names lead to those of today.

    ``Gazetteer.of(territory).search("st jean d luz")`` finds Saint-Jean-de-Luz (64).
    """

    def __init__(self, names: pd.DataFrame, area: Sequence[bool] | NDArray[np.bool_]) -> None:
        """Index the names.

        `names`: As `geo.finder.name_table.name_table` gives them. `area`: Which of the communes are the study area;
        they come before their neighbours of equal score.
        """
        self._table = names
        self._today = names["today"].to_numpy()
        self._count = int((names["kind"] == "").sum())
        self._area = np.asarray(area, dtype=bool)[self._today]
        self._is_arrondissement = (names["kind"] == ARRONDISSEMENT).to_numpy(bool)
        self._other_name = np.where((names["label"] == names["name"]).to_numpy(bool), 0.0, _OTHER_NAME)
        # Only what each query is compared with leaves the table; of texts that are the same one is kept.
        compared = [names["joined"].to_numpy(object)]
        for column in ("in_order", "bare", "words"):
            own = names[column].to_numpy(object)
            compared.append(np.where(compared[-1] == own, compared[-1], own))
        self._joined, self._in_order, self._bare, self._words = (texts.tolist() for texts in compared)
        self._joined_array = compared[0].astype(str)
        self._by_words, self._by_bare = names["by_words"].to_numpy(), names["by_bare"].to_numpy()
        self._lon, self._lat = names["lon"].to_numpy(), names["lat"].to_numpy()
        self._placed = self._lon != self._lon[self._today]
        self._own_code = names["kind"].isin(FORMER_KINDS).to_numpy(bool) & self._placed
        self._size, self._rank_of_size = names["size"].to_numpy(), names["size_rank"].to_numpy()
        codes: list[str] = names["departement"].unique().tolist()
        self._known_departements = dict(zip([fold(_name_of(code)) for code in codes], codes, strict=True))
        self._known_departements |= {code.lower(): code for code in codes}

    @classmethod
    def of(cls, territory: Territory) -> Gazetteer:
        """Index the communes of a territory and of its margin; other names too for a view of the embedded France."""
        view, area = territory.manifest.view, len(territory.communes)
        if view == "":
            return cls(embedded_names(territory.communes), np.ones(area, bool))
        columns = list(territory.neighbours.columns)
        both = pd.concat([pd.DataFrame(territory.communes)[columns], territory.neighbours])
        return cls(name_table(both, None if view is None else other_names()), np.arange(len(both)) < area)

    @cached_property
    def _at_postcode(self) -> dict[str, list[int]]:
        """Positions of the communes of each postcode."""
        found: dict[str, list[int]] = {}
        for position, postcodes in enumerate(self._table["postcodes"].tolist()):
            for postcode in filter(None, postcodes.split(";")):
                # The postcode of an arrondissement, which comes after all communes, is its own, not that of the city.
                if self._is_arrondissement[position]:
                    found[postcode] = [position]
                else:
                    found.setdefault(postcode, []).append(position)
        return found

    def _there(self, postcode: str | None) -> list[int]:
        """Return the positions of the communes of a postcode; empty where there is none."""
        return [] if postcode is None else self._at_postcode.get(postcode, [])

    def _named(self, bare: str) -> NDArray[np.int64]:
        """Return the positions of the names that are these words, small ones left out."""
        first, last = (find(self._by_bare, bare, key=self._bare.__getitem__) for find in (bisect_left, bisect_right))
        return self._by_bare[first:last]

    @cached_property
    def _position_of(self) -> dict[str, int]:
        """Position of each code; one that is still in use is that of the commune of today."""
        return {code: position for position, code in reversed(list(enumerate(self._table["code"].tolist())))}

    def _text(self, column: str, position: int) -> str:
        """Return one text of the table of names."""
        return str(self._table[column].array[position])

    def _texts(self, column: str, positions: NDArray[np.intp]) -> list[str]:
        """Return some texts of the table of names."""
        return [str(text) for text in self._table[column].array.take(positions)]

    def __len__(self) -> int:
        """Return how many communes of today are known."""
        return self._count

    def covers(self, lon: float, lat: float, margin: float = 0.3) -> bool:
        """Tell whether a position (degrees) is in the box of the communes, with `margin` degrees around."""
        return bool(
            self._lon.min() - margin <= lon <= self._lon.max() + margin
            and self._lat.min() - margin <= lat <= self._lat.max() + margin
        )

    @property
    def centre(self) -> tuple[float, float]:
        """Longitude and latitude in the middle of the study area."""
        area = np.flatnonzero(self._area[: self._count])
        return float(np.median(self._lon[area])), float(np.median(self._lat[area]))

    def search(self, query: str, limit: int = 6) -> list[FoundPlace]:
        """Find the communes and postcodes that a text may mean.

        `query`: What the visitor typed: a name or the beginning of one, a postcode, an INSEE code, a name with its
        département or postcode ("Sare 64", "64310 Sare", "Sare (Pyrénées-Atlantiques)").

        Returns
        -------
        Best first: the likeness of the name counts most, then the département or postcode typed, the study area
        before its neighbours, the larger town. A name that is exactly the one typed comes before any other, unless
        a postcode is typed that is not its own. Empty where nothing is like the text.
        """
        asked = parse_query(query, self._known_departements, self._departement_at)
        if not asked.words or self._is_city_at(asked):
            return self._by_number(asked.postcode, limit)
        named, held = self._so_named(asked)
        shortlist = self._shortlist(asked, named)
        scores = self._scores(asked.words, shortlist)
        kept = scores >= max(MIN_SCORE, scores.max(initial=0.0) - _FAR_BEHIND)
        shortlist, scores = shortlist[kept], scores[kept]
        begins = self._begins(asked, shortlist, scores, named)
        ranks = np.where(begins & held, _HOLDS, scores) + self._size[shortlist] + self._hints(asked, shortlist)
        ranks += np.where(scores == SAME_NAME, _SAME_NAME, np.where(begins, _BEGINS, 0.0))
        order = np.lexsort((self._rank_of_size[shortlist], -ranks))
        # Of several names of one commune, the likeliest.
        first = np.sort(np.unique(self._today[shortlist[order]], return_index=True)[1])[:limit]
        return [
            self._place(int(shortlist[i]), asked.postcode, float(scores[i]), begins=bool(begins[i]))
            for i in order[first]
        ]

    def begun(self, text: str, limit: int) -> list[FoundPlace]:
        """Find the communes that a visitor has begun to type, none where nothing begins so.

        Returns
        -------
        First the communes of today whose name is what was typed, what tells homonyms apart left out; then the study
        area before its neighbours, names of communes of today before other names, the very name typed, the larger town.
        A département or a postcode in the text counts, as for `search`.
        """
        asked = parse_query(text, self._known_departements, self._departement_at)
        found = self._begun(asked)
        called = np.array([each == "".join(asked.words) for each in self._texts("called", found)], bool)
        today = self._other_name[found] == 0.0
        order = np.lexsort((self._rank_of_size[found], ~called, ~today, ~self._area[found], ~(called & today)))
        first = np.sort(np.unique(self._today[found[order]], return_index=True)[1])[:limit]
        return [self._place(int(found[i]), asked.postcode, SAME_NAME, begins=True) for i in order[first]]

    def count_begun(self, text: str) -> int:
        """Return how many communes a visitor has begun to type; `begun` may return fewer of them."""
        asked = parse_query(text, self._known_departements, self._departement_at)
        return len(np.unique(self._today[self._begun(asked)]))

    def _begun(self, asked: PlaceQuery) -> NDArray[np.int64]:
        """Return the positions of the names that begin with the words typed, in the département typed if any is."""
        words, bare = " ".join(asked.words), " ".join(telling(asked.words))
        found = _beginning(self._by_words, self._words, words) if words else np.zeros(0, np.int64)
        if not len(found) and bare:  # "rochelle", without its article
            found = _beginning(self._by_bare, self._bare, bare)
        if asked.departement is not None:
            found = found[self._is_in(asked.departement, found)]
        return found

    def count(self, query: str) -> int:
        """Return how many communes have the name typed, begin with its words or, where none does, hold them.

        `query`: As for `search`, which may return fewer of them: a département or a postcode in it counts. Of a
        postcode alone: how many communes have it.
        """
        asked = parse_query(query, self._known_departements, self._departement_at)
        if not asked.words or self._is_city_at(asked):
            return len(self._there(asked.postcode))
        return len(np.unique(self._today[self._so_named(asked)[0]]))

    def _is_city_at(self, asked: PlaceQuery) -> bool:
        """Tell whether a query is the name of a city and the postcode of one of its arrondissements ("Paris 75015")."""
        here = [one for one in self._there(asked.postcode) if one >= self._count]
        return any(self._words[self._today[one]] == " ".join(asked.words) for one in here)

    def _departement_at(self, postcode: str) -> str | None:
        """Return the département of a postcode: that of its communes where known, else its first digits."""
        if here := self._there(postcode):
            return self._text("departement", here[0])
        return self._known_departements.get(postcode[:3]) or self._known_departements.get(postcode[:2])

    def _by_number(self, number: str | None, limit: int) -> list[FoundPlace]:
        """Return the communes of a postcode, most populated first, else the commune of this INSEE code."""
        if number is None:
            return []
        positions = sorted(self._there(number), key=lambda position: self._rank_of_size[position])
        if positions:
            return [self._place(position, number, 100.0, alone=True) for position in positions[:limit]]
        position = self._position_of.get(number)
        return [] if position is None else [self._place(position, None, 100.0)]

    def _shortlist(self, asked: PlaceQuery, named: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the positions of the names worth a close look, first those of `_so_named`."""
        bare = telling(asked.words)
        compact = "".join(bare)
        quick = np.maximum(
            process.cdist([compact], self._joined, scorer=fuzz.ratio, dtype=np.float32)[0],
            process.cdist([" ".join(sorted(bare))], self._in_order, scorer=fuzz.ratio, dtype=np.float32)[0],
        )
        longest = max(bare, key=len)
        quick[np.strings.find(self._joined_array, longest) >= 0] += 100.0
        quick[np.strings.startswith(self._joined_array, compact)] += 100.0
        for first, last in itertools.combinations(range(min(len(bare), _MAX_WORDS) + 1), 2):
            quick[self._named(" ".join(bare[first:last]))] += 200.0
        quick[self._there(asked.postcode)] += 200.0
        quick[named] += 400.0
        quick += self._size  # a short word is in many names
        if len(quick) <= _SHORTLIST:
            return np.arange(len(quick))
        return np.argpartition(-quick, _SHORTLIST)[:_SHORTLIST]

    def _scores(self, words: tuple[str, ...], shortlist: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return how like the words each name of a shortlist is, 0 to 100; 100 for the same name only."""
        compact, bare = "".join(words), telling(words)
        bare_compact, in_order = "".join(bare), " ".join(sorted(bare))
        spelled = (self._texts(column, shortlist) for column in ("compact", "called"))
        return np.array(
            [
                SAME_NAME
                if compact in {its_compact, its_called}
                else 0.99
                * (1.0 if bare_compact[:1] == self._joined[one][:1] else _OTHER_LETTER)
                * max(
                    fuzz.ratio(compact, its_compact),
                    100.0 * OSA.normalized_similarity(bare_compact, self._joined[one]),
                    0.98 * fuzz.ratio(bare_compact, self._joined[one]),
                    0.98 * fuzz.ratio(in_order, self._in_order[one]),
                    beginning(bare_compact, self._joined[one]),
                    word_by_word(bare, self._bare[one].split()),
                    name_among(bare, self._bare[one].split()),
                )
                for one, its_compact, its_called in zip(shortlist, *spelled, strict=True)
            ]
        )

    def _so_named(self, asked: PlaceQuery) -> tuple[NDArray[np.intp], bool]:
        """Return the positions of all names that are the words typed (but for an article) or begin with them.

        Where none does, of those that hold them, one after the other ("la nouvelle": Port-la-Nouvelle); told by the
        second. Where the query has a département or a postcode, only those that are there, if any is.
        """
        words, bare = asked.words, telling(asked.words)
        typed = " ".join(words)
        if len("".join(words)) < MIN_PREFIX:
            return np.empty(0, np.intp), False
        # "!" is what follows the space in the order of the letters.
        first, last = (bisect_left(self._by_words, end, key=self._words.__getitem__) for end in (typed, f"{typed}!"))
        begin = {*self._by_words[first:last].tolist(), *self._named(" ".join(bare)).tolist()}
        found = np.array(sorted(begin), np.intp)
        held = not begin and not SMALL_WORDS.issuperset(words)
        if held:
            near = np.flatnonzero(np.strings.find(self._joined_array, max(bare, key=len)) >= 0)
            found = np.array([one for one in near if f" {typed} " in f" {self._words[one]} "], np.intp)
        here = found[self._is_here(asked, found)]
        return (here if len(here) else found), held

    def _begins(
        self, asked: PlaceQuery, shortlist: NDArray[np.intp], scores: NDArray[np.float64], named: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Tell which names of a shortlist are the very one typed, or among those of `_so_named`, as there."""
        begins = (scores == SAME_NAME) | np.isin(shortlist, named)
        here: NDArray[np.bool_] = begins & self._is_here(asked, shortlist)
        return here if here.any() else begins

    def _is_here(self, asked: PlaceQuery, positions: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which names are at the postcode typed, else in the département typed; all of them where none is."""
        if at_postcode := self._there(asked.postcode):
            return np.isin(positions, at_postcode)
        if asked.departement is not None:
            return self._is_in(asked.departement, positions)
        return np.ones(len(positions), dtype=bool)

    def _is_in(self, departement: str, positions: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which names are in a département."""
        return np.array([each == departement for each in self._texts("departement", positions)], bool)

    def _hints(self, asked: PlaceQuery, shortlist: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return what département, postcode and study area add to the rank of each name of a shortlist."""
        added = np.where(self._area[shortlist], _IN_AREA, 0.0) + self._other_name[shortlist]
        if asked.departement is not None:
            added += np.where(self._is_in(asked.departement, shortlist), _IN_DEPARTEMENT, 0.0)
        if at_postcode := self._there(asked.postcode):
            added += np.where(np.isin(shortlist, at_postcode), _AT_POSTCODE, 0.0)
        return added

    def _place(
        self, position: int, postcode: str | None, score: float, *, alone: bool = False, begins: bool = False
    ) -> FoundPlace:
        departement, today = self._text("departement", position), int(self._today[position])
        itself = position if self._is_arrondissement[position] else today
        own = self._text("postcodes", itself).split(";")
        name, label, kind = (self._text(column, position) for column in ("name", "label", "kind"))
        is_locality = kind in LOCALITY_KINDS
        centre = position if self._own_code[position] else today
        return FoundPlace(
            label=f"{postcode} {name}" if alone else f"{label} ({departement})",
            kind="postcode" if alone else "commune",
            commune_code=self._text("code", centre),
            departement=departement,
            postcode=postcode if postcode in own else own[0] or None if len(own) == 1 else None,
            lon=float(self._lon[position]),
            lat=float(self._lat[position]),
            score=score,
            begins=begins,
            locality=name if is_locality else None,
            centre_of=None if is_locality and self._placed[position] else self._text("name", centre),
        )


def _beginning(order: NDArray[np.int64], names: list[str], text: str) -> NDArray[np.int64]:
    """Return the positions of the names that begin with a text, `order` being that of their alphabet."""
    first = bisect_left(order, text, key=names.__getitem__)
    return order[first : bisect_left(order, f"{text}{_LAST}", key=names.__getitem__)]


def _name_of(departement: str) -> str:
    try:
        return departement_name(departement)
    except ParameterError:  # a territory beyond the official list has no name to be typed
        return departement
