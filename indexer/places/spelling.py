"""Misspelt names of well-known places: "in Toscanna", "a Bolonga", "Reggio Emila"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from rapidfuzz.distance import OSA

from indexer.domain import Place, PlaceLevel
from indexer.places import data_files
from indexer.places.gazetteer import Gazetteer
from indexer.places.tokens import Token, place_key

_LARGE_TOWN = 30_000
_CITY = 150_000
_SHORTEST = 6  # letters of a name worth looking for
_FIRST_WORD = 5  # letters: shorter first words ("la", "san") begin too many other things
_TWO_MISTAKES = 10  # letters from which on two mistakes are forgiven
_SURE_ALONE = 8  # letters from which on no preposition is needed, for one mistake
_LEVELS = {PlaceLevel.REGIONE, PlaceLevel.PROVINCIA}


@cache
def _ordinary() -> frozenset[str]:
    return data_files.word_set("look_alikes.txt")


class PlaceSpeller:
    """Finds the well-known name that a misspelt one is meant to be."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._single: defaultdict[str, list[str]] = defaultdict(list)
        self._several: defaultdict[str, defaultdict[str, list[tuple[str, ...]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._capital_names = set()
        for name, ids in gazetteer.names.full.items():
            places = [gazetteer.get(place_id) for place_id in ids]
            if name in gazetteer.names.ordinary or not _well_known(name, places, gazetteer):
                continue
            words = tuple(name.split(" "))
            if len(words) > 1 and len(words[0]) >= _FIRST_WORD:
                self._several[words[0][0]][words[0]].append(words)
            elif len(words) == 1 and len(name) >= _SHORTEST:
                self._single[name[0]].append(name)
            if any(place.level in _LEVELS for place in places):
                self._capital_names.add(name)

    def word(self, word: str, *, locative: bool) -> str:
        """The name meant by one unknown word, or nothing.

        The first letter must be right, a second mistake is forgiven in long words only, and a
        word of the language is never corrected. Without a preposition in front only regions and
        provinces are looked for, and only in long words.
        """
        found, mistakes = self._closest(word)
        if not locative and (len(word) < _SURE_ALONE or mistakes > 1):
            return ""
        return found if locative or found in self._capital_names else ""

    def _closest(self, word: str) -> tuple[str, int]:
        """The nearest single name, with how many mistakes."""
        best, distance = "", (2 if len(word) >= _TWO_MISTAKES else 1) + 1
        if len(word) < _SHORTEST - 1 or word in _ordinary() or not word.isalpha():
            return best, distance
        for name in self._single.get(word[0], ()):
            mistakes = OSA.distance(word, name, score_cutoff=distance - 1)
            if mistakes < distance:
                best, distance = name, mistakes
        return best, distance

    def phrase(self, tokens: Sequence[Token], at: int) -> tuple[str, int]:
        """The name of several words meant at ``at``, and how many they are; or nothing.

        Two mistakes in all, of which one in the first word: a long name is clear enough.
        """
        first = tokens[at].word
        if len(first) < _FIRST_WORD - 1 or at + 1 >= len(tokens):
            return "", 0
        for begin, phrases in self._several.get(first[0], {}).items():
            if _alike(first, begin, 1):
                for words in phrases:
                    if _is_meant(words, tokens[at : at + len(words)]):
                        return " ".join(words), len(words)
        return "", 0


def _is_meant(words: tuple[str, ...], found: Sequence[Token]) -> bool:
    if len(found) < len(words) or not all(token.joined for token in found[1:]):
        return False
    wanted = " ".join(words[1:])
    slips = 0 if found[0].word == words[0] else 1
    return _alike(" ".join(token.word for token in found[1:]), wanted, _forgiven(wanted) - slips)


def _forgiven(word: str) -> int:
    if len(word) < _SHORTEST:
        return 0
    return 2 if len(word) > _SHORTEST else 1


def _alike(written: str, wanted: str, mistakes: int) -> bool:
    if written == wanted:
        return True
    if mistakes <= 0 or abs(len(written) - len(wanted)) > mistakes:
        return False
    return OSA.distance(written, wanted, score_cutoff=mistakes) <= mistakes


def _well_known(name: str, places: Sequence[Place], gazetteer: Gazetteer) -> bool:
    """Regions, provinces and large towns by their own names; the greatest in any language."""
    return any(
        _is_large(place, gazetteer, own_name=name == place_key(place.name))
        for place in places
        if place.level in {*_LEVELS, PlaceLevel.COMUNE}
    )


def _is_large(place: Place, gazetteer: Gazetteer, *, own_name: bool) -> bool:
    if place.level is PlaceLevel.REGIONE:
        return True
    if place.level is PlaceLevel.PROVINCIA:
        return own_name
    return gazetteer.population(place) >= (_LARGE_TOWN if own_name else _CITY)
