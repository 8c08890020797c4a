"""Decides whether a word that can name a place does so in its context."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.domain import Place, PlaceLevel
from indexer.places.gazetteer import Gazetteer
from indexer.places.name_index import SAINTS
from indexer.places.prepositions import LeftContext
from indexer.places.tokens import Token

# Populations from which a name needs less evidence, set by hand on development questions.
_CITY = 20_000
_TOWN = 5_000
_VILLAGE = 1_000
_ACRONYM = 3  # letters
_TITLE = 4  # longer words, all with a capital

_SENTENCE_END = re.compile(r"[.!?:;•\n]")
PEOPLE_AND_FIRMS = frozenset(
    "coop cooperativa cooperative azienda aziende impresa imprese consorzio consorzi societa "
    "ditta ditte realta soci socie fornitore fornitori partner studio studi agenzia agenzie "
    "associazione associazioni startup sviluppatori professionisti tecnici consulenti gruppo "
    "cooperatives company companies firm firms developers people members suppliers comuni "
    "citta provincia coops ops businesses enterprises organisations organizations associations "
    "agencies studios startups consultants partners designers architects farmers".split()
)
_TO_A_TOWN = frozenset({"a", "ad"})
_TO_A_CITY = _TO_A_TOWN | {"all", "nelle"}  # "all'Aquila", "nelle Marche"
_WITH_ARTICLE = frozenset(
    {"al", "nel", "del", "dal", "sul", "il", "the", "nelle", "delle", "dalle"}
)
# Words that name areas of Italy only after an article; some also need a capital.
_AREAS_WITH_ARTICLE = frozenset(
    {"nord", "sud", "mezzogiorno", "centro nord", "centro sud", "centro", "isole"}
)
_AREAS_WITH_CAPITAL = frozenset({"centro", "isole"})
_COMPLEMENT = frozenset("di del della dell dello dei degli delle d of".split())


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A place name found in a text.

    Attributes:
        key: its key in the gazetteer.
        start: index of its first token.
        end: index after its last token.
        places: the places it can mean, most likely first.
        whole: false if the name is shortened ("San Lazzaro").
        with_code: whether a province code follows ("Castro (BG)").
    """

    key: str
    start: int
    end: int
    places: tuple[Place, ...]
    whole: bool = True
    with_code: bool = False


class PlaceEvidence:
    """Judges the place names of one text.

    Capitals count only within sentences of mixed-case text: in titles and in text written all in
    capitals they prove nothing.
    """

    def __init__(self, tokens: Sequence[Token], text: str, gazetteer: Gazetteer) -> None:
        self._tokens = tokens
        self._text = text
        self._gazetteer = gazetteer
        self._cased = _is_cased(tokens, text)

    def capital(self, at: int) -> bool:
        """Whether a token's capital is evidence of a name."""
        token = self._tokens[at]
        if not (self._cased and token.capital) or at == 0 or self._is_shouted(at):
            return False
        return _SENTENCE_END.search(token.gap) is None or token.joined

    def _is_shouted(self, at: int) -> bool:
        """Whether a word is an acronym, or one of several words in capitals: "DI POTENZA"."""
        if not self._written(at).isupper():
            return False
        around = (self._written(other) for other in (at - 1, at + 1) if other < len(self._tokens))
        return len(self._written(at)) <= _ACRONYM or any(
            len(word) > 1 and word.isupper() for word in around
        )

    def _written(self, at: int) -> str:
        return self._text[self._tokens[at].start : self._tokens[at].end]

    def is_place(self, name: NameMatch, before: LeftContext) -> bool:
        """Whether a name, given the words before it, is a place."""
        level = name.places[0].level
        if level is PlaceLevel.COUNTRY:
            return before.kind in {"in", "whole", "outside"}
        if level is PlaceLevel.AREA:
            return self._is_area(name, before)
        if name.with_code or before.head in {"comune", "province", "region"}:
            return True
        names = self._gazetteer.names
        if name.key in names.notable:
            return self._is_notable(name, before)
        if name.key in names.ordinary:
            return self._is_ordinary(name, before)
        if not name.whole:
            return self._is_short(name, before)
        return self._is_known(name) or self._is_town(name, before)

    def could_be_place(self, name: NameMatch) -> bool:
        """Whether a name that is not a place alone may be one next to another place.

        "Castro in Puglia", "Samone, Trento", "tra Parma e Reggio".
        """
        level = name.places[0].level
        if level is not PlaceLevel.COMUNE:
            return level is PlaceLevel.COUNTRY  # "Bologna, Italia"
        ordinary = name.key in self._gazetteer.names.ordinary
        return not ordinary or self._tokens[name.start].capital

    def _word_before(self, name: NameMatch) -> str:
        return self._tokens[name.start - 1].word if name.start else ""

    def _followed_by(self, name: NameMatch) -> Token | None:
        """The next word, if it may belong to the same expression."""
        if name.end < len(self._tokens) and self._tokens[name.end].joined:
            return self._tokens[name.end]
        return None

    def _describes_people(self, before: LeftContext) -> bool:
        """Whether the name says where people are: "cooperative di Prato", not "cura del prato"."""
        return before.kind == "of" and self.follows_people(before.start)

    def follows_people(self, at: int) -> bool:
        """Whether the word before a token denotes people or firms: "cooperative", "aziende"."""
        return at > 0 and self._tokens[at - 1].word in PEOPLE_AND_FIRMS

    def precedes_people(self, end: int) -> bool:
        """Whether people or firms follow within two words: "Roman social cooperatives"."""
        for token in self._tokens[end : end + 2]:
            if not token.joined:
                return False
            if token.word in PEOPLE_AND_FIRMS:
                return True
        return False

    def _is_area(self, name: NameMatch, before: LeftContext) -> bool:
        following = self._followed_by(name)
        if following and (following.word in _COMPLEMENT or self.capital(name.end)):
            return False
        if name.key not in _AREAS_WITH_ARTICLE or self._is_all(name):
            return True
        if name.key in _AREAS_WITH_CAPITAL and not self.capital(name.start):
            return False
        return bool(before.kind) and self._word_before(name) in _WITH_ARTICLE

    def _is_notable(self, name: NameMatch, before: LeftContext) -> bool:
        following = self._followed_by(name)
        if self.capital(name.start):
            inside_title = (following is not None and self.capital(name.end)) or (
                name.start > 0 and self._tokens[name.start].joined and self.capital(name.start - 1)
            )
            return before.any_preposition or not inside_title
        if self._word_before(name) in _TO_A_CITY or before.kind in {"near", "outside"}:
            return True
        region = name.places[0].level is PlaceLevel.REGIONE
        if (region and before.kind == "in") or self._describes_people(before):
            return True
        return name.start == 0 and following is None

    def _is_all(self, name: NameMatch) -> bool:
        """Whether the name is the whole text."""
        return name.end - name.start == len(self._tokens)

    def _is_ordinary(self, name: NameMatch, before: LeftContext) -> bool:
        if not self.capital(name.start):
            return False
        following = self._followed_by(name)
        if following is not None and self.capital(name.end):
            return False
        to_a_town = self._word_before(name) in _TO_A_TOWN or before.kind == "near"
        return to_a_town or self._describes_people(before)

    def _is_short(self, name: NameMatch, before: LeftContext) -> bool:
        people = self._gazetteer.population(name.places[0])
        capital = self.capital(name.start)
        if self._is_all(name):
            return True
        if before.any_preposition:
            # "la chiesa di San Giorgio" is not a place, "le cooperative di San Giorgio" may be.
            sure = before.locative or self._describes_people(before) or not _is_saint(name)
            return sure and (capital or (before.locative and people >= _TOWN))
        alone = len(name.places) == 1 and (capital or " " in name.key)
        return alone and people >= _CITY

    def _is_known(self, name: NameMatch) -> bool:
        """Regions, provinces and cities need no evidence."""
        return any(
            place.level in {PlaceLevel.REGIONE, PlaceLevel.PROVINCIA}
            or self._gazetteer.population(place) >= _CITY
            for place in name.places
        )

    def _is_town(self, name: NameMatch, before: LeftContext) -> bool:
        """Smaller towns need a capital or a preposition, the smallest both."""
        people = self._gazetteer.population(name.places[0])
        if " " in name.key:
            return True
        if self.capital(name.start):
            return before.any_preposition or people >= _TOWN
        if before.locative:
            return people >= _VILLAGE
        return people >= _TOWN and (before.any_preposition or self._describes_people(before))


def _is_cased(tokens: Sequence[Token], text: str) -> bool:
    if text.isupper():
        return False
    words = [token for token in tokens if token.end - token.start > 3]
    capitals = sum(token.capital for token in words)
    return len(words) < _TITLE or capitals < len(words)


def _is_saint(name: NameMatch) -> bool:
    return name.key.split(" ")[0] in SAINTS
