"""Spelling correction for well-known places: "in Toscanna", "a Bolonga", "Reggio Emila"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from rapidfuzz.distance import OSA

from indexer.domain import Place, PlaceLevel
from indexer.places import data_files
from indexer.places.gazetteer import Gazetteer
from indexer.places.tokens import Token, place_key

# Populations and lengths set by hand on misspelt development questions.
_LARGE_TOWN = 30_000  # people
_CITY = 150_000  # people
_SHORTEST = 6  # letters of a name worth correcting to
_FIRST_WORD = 5  # letters: shorter first words ("la", "san") begin too many other things
_TWO_MISTAKES = 10  # letters from which two edits are allowed
_SURE_ALONE = 8  # letters from which one edit needs no preposition
_LEVELS = {PlaceLevel.REGIONE, PlaceLevel.PROVINCIA}


@cache
def _ordinary() -> frozenset[str]:
    return data_files.word_set("look_alikes.txt")


class PlaceSpeller:
    """Corrects misspelt names of well-known places."""

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
        """The name meant by one unknown word, or "".

        The first letter must match, long words may have two edits, and dictionary words are never
        corrected. Without a preposition (``locative``) only long names of regions and provinces
        are considered.
        """
        found, mistakes = self._closest(word)
        if not locative and (len(word) < _SURE_ALONE or mistakes > 1):
            return ""
        return found if locative or found in self._capital_names else ""

    def _closest(self, word: str) -> tuple[str, int]:
        """The closest one-word name and its edit distance."""
        best, distance = "", (2 if len(word) >= _TWO_MISTAKES else 1) + 1
        if len(word) < _SHORTEST - 1 or word in _ordinary() or not word.isalpha():
            return best, distance
        for name in self._single.get(word[0], ()):
            mistakes = OSA.distance(word, name, score_cutoff=distance - 1)
            if mistakes < distance:
                best, distance = name, mistakes
        return best, distance

    def phrase(self, tokens: Sequence[Token], at: int) -> tuple[str, int]:
        """The multi-word name meant at ``at`` and its number of words, or ("", 0).

        At most two edits, of which one in the first word.
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
    """Whether a name is a region's, a province's, a large town's or, if foreign, a city's."""
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
