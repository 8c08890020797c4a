"""Place recognition in questions and documents.

The text is tokenised once. At each word the longest known name is looked up; its context decides
whether it is a place (``disambiguation``), which one, and in which relation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from indexer.domain import Place, PlaceLevel, PlaceMention, PlaceRelation
from indexer.places import false_positives
from indexer.places.disambiguation import NameMatch, PlaceEvidence
from indexer.places.gazetteer import Gazetteer
from indexer.places.mention_merging import LISTING, PlaceCandidate, merge_candidates
from indexer.places.name_index import LINKING_WORDS
from indexer.places.prepositions import LEVEL_OF_HEAD, LeftContext, left_context, right_context
from indexer.places.resolve_name import at_level
from indexer.places.spelling import PlaceSpeller
from indexer.places.tokens import tokenise

_ACRONYM_WORDS = 4  # before a code in brackets, that it may abbreviate
_SMALL = 20_000  # people: in a document a smaller place needs a preposition; set by hand


def recognise_places(
    text: str, gazetteer: Gazetteer, *, names: Iterable[str] = ()
) -> tuple[PlaceMention, ...]:
    """The places named in a question, left to right, without overlaps.

    Args:
        text: the question.
        gazetteer: the known places.
        names: organisations' names; no place is found inside one of them unless the whole name is
            a place's ("Emilia").
    """
    reader = _Reader(text, gazetteer, names, prose=False)
    return merge_candidates(reader.read(), reader.tokens, text, gazetteer)


def places_in_prose(text: str, gazetteer: Gazetteer) -> tuple[PlaceMention, ...]:
    """The places named in a document: exact, capitalised names; no adjectives or corrections."""
    reader = _Reader(text, gazetteer, (), prose=True)
    return merge_candidates(reader.read(), reader.tokens, text, gazetteer)


@cache
def _speller(gazetteer: Gazetteer) -> PlaceSpeller:
    return PlaceSpeller(gazetteer)


_ENGLISH = frozenset("the of who with and near for from which around does based within".split())
_IN_ITS_LAND = frozenset({"nel", "nell", "nello", "dal", "dall", "del", "dell", "sul", "sull"})
_COOKED_LIKE = frozenset({"alla", "all"})
_CODE = re.compile(r"[A-Za-z]{2}")
_BETWEEN_CODES = re.compile(r" *[,/]? *|-")
_PROVINCES = frozenset({"province", "provincie", "provinces"})
# Province codes that, in brackets or after one province, more often abbreviate something else:
# augmented and virtual reality, business intelligence, the public administration.
_OTHER_ACRONYMS = frozenset({"AR", "BI", "FE", "GO", "MT", "PA", "PC", "PO", "TS", "VR"})


class _Reader:
    """Reads one text from left to right."""

    def __init__(
        self, text: str, gazetteer: Gazetteer, names: Iterable[str], *, prose: bool
    ) -> None:
        self.tokens = tokenise(text)
        self._text = text
        self._gazetteer = gazetteer
        self._names = gazetteer.names
        self._speller = None if prose else _speller(gazetteer)
        self._evidence = PlaceEvidence(self.tokens, text, gazetteer)
        self._closed = false_positives.excluded_tokens(self.tokens, names, gazetteer)
        self._english = any(token.word in _ENGLISH for token in self.tokens)
        self._shouted = text.isupper()
        self._floor = 0
        self._listed_from = 0  # behind the last code that "provincia" brought
        self._many_listed = False  # whether "province" brought it

    def read(self) -> list[PlaceCandidate]:
        """All place candidates, in order."""
        found = []
        at = 0
        while at < len(self.tokens):
            item, at = self._read_at(at)
            if item is not None:
                found.append(item)
                self._floor = at
        return found

    def _read_at(self, at: int) -> tuple[PlaceCandidate | None, int]:
        """The candidate that starts at a token, if any, and the index to continue from."""
        if at in self._closed:
            return None, at + 1
        item = self._code_at(at)
        weak = None
        if item is None:
            for name in self._names_at(at):
                before = left_context(self.tokens, at, self._floor)
                if self._is_false_positive(name, before):
                    return None, name.end
                if self._is_place(name, before):
                    item = self._found(name, before)
                    break
                weak = weak or self._weak(name, before)
        if item is None and self._speller is not None:
            item = self._demonym_at(at) or self._misspelt_at(at) or weak
        return (item, item.end) if item else (None, at + 1)

    def _weak(self, name: NameMatch, before: LeftContext) -> PlaceCandidate | None:
        if self._speller is None or not self._evidence.could_be_place(name):
            return None
        ordinary = name.key in self._names.ordinary
        return replace(self._found(name, before), weak=True, ordinary=ordinary)

    # Names

    def _names_at(self, at: int) -> Iterator[NameMatch]:
        """The names that start at a token, longest first."""
        exact = list(self._exact_names_at(at))
        if self._speller is not None:
            written, length = self._speller.phrase(self.tokens, at)
            if length > (exact[0].end - at if exact else 0):
                yield NameMatch(written, at, at + length, self._gazetteer.named(written))
        yield from exact

    def _exact_names_at(self, at: int) -> Iterator[NameMatch]:
        for length in range(self._run(at, self._longest(at)), 0, -1):
            written = " ".join(token.word for token in self.tokens[at : at + length])
            if places := self._gazetteer.named(written):
                whole = written in self._names.full
                narrowed = self._narrowed_by_code(places, at + length)
                name = NameMatch(
                    written, at, at + length, narrowed or places, whole, bool(narrowed)
                )
                yield name

    def _longest(self, at: int) -> int:
        """The number of words in the longest name that starts with this word."""
        return self._names.longest.get(self.tokens[at].word, 0)

    def _run(self, at: int, longest: int) -> int:
        """How many words from a token on, at most ``longest``, can form one name."""
        length = min(1, longest)
        while length < longest and at + length < len(self.tokens):
            if not self.tokens[at + length].joined or at + length in self._closed:
                break
            length += 1
        return length

    def _is_false_positive(self, name: NameMatch, before: LeftContext) -> bool:
        """Whether the name is part of a street, person, product, club or institution."""
        if (
            not before.kind
            and not before.head
            and false_positives.in_street(self.tokens, name.start)
        ):
            return True
        if not name.with_code and (
            false_positives.is_product(self.tokens, before, name.end, adjective=False)
            or false_positives.is_club(self.tokens, before, name, self._gazetteer)
        ):
            return True
        person = not before.locative and false_positives.is_person(
            self.tokens, name.start, name.end, cased=not self._shouted
        )
        return person or (
            not name.with_code and false_positives.is_institution(self.tokens, before, name.end)
        )

    def _is_place(self, name: NameMatch, before: LeftContext) -> bool:
        if _is_pair(name) and not before.head and before.kind in {"to", "among"}:
            return False  # "tra Pesaro e Urbino" names two towns, not their province
        if self._speller is None and not self._fits_prose(name, before):
            return False
        return self._evidence.is_place(name, before)

    def _fits_prose(self, name: NameMatch, before: LeftContext) -> bool:
        """Whether a name is capitalised and complete, as places in documents are."""
        words = self.tokens[name.start : name.end]
        if not all(token.capital or token.word in LINKING_WORDS for token in words):
            return False
        small = self._gazetteer.population(name.places[0]) < _SMALL
        return name.whole and (name.with_code or before.any_preposition or not small)

    def _found(self, name: NameMatch, before: LeftContext) -> PlaceCandidate:
        end = name.end + 1 if name.with_code else name.end
        after = right_context(self.tokens, end, english=self._english)
        head = before.head or after.head
        places = name.places
        level = LEVEL_OF_HEAD.get(head)
        if level is not None:
            places = at_level(places, level, self._gazetteer)
        places = _meant(places)
        relation = after.relation or before.relation
        of_a_town = places[0].level is PlaceLevel.COMUNE
        if head == "zone" and of_a_town and relation is PlaceRelation.IN:
            relation = PlaceRelation.NEAR
        return PlaceCandidate(
            before.start,
            after.end,
            places,
            before.kind,
            relation,
            before.radius_km,
            provinces=before.provinces,
        )

    # Province codes

    def _written(self, at: int) -> str:
        return self._text[self.tokens[at].start : self.tokens[at].end]

    def _in_brackets(self, at: int) -> bool:
        token = self.tokens[at]
        closes = self._text[token.end : token.end + 1] == ")"
        return closes and token.gap.rstrip().endswith("(")

    def _narrowed_by_code(self, places: tuple[Place, ...], at: int) -> tuple[Place, ...]:
        """The comuni of the province whose code follows: "Castro (BG)", "Castro BG"."""
        if at >= len(self.tokens) or not _CODE.fullmatch(self._written(at)):
            return ()
        token = self.tokens[at]
        plain = self._written(at).isupper() and token.gap.strip(" ,-–") == ""
        if not plain and not (self._in_brackets(at) and token.gap.strip() == "("):
            return ()
        code = self._written(at).upper()
        return tuple(p for p in places if p.province == code and p.level is PlaceLevel.COMUNE)

    def _code_at(self, at: int) -> PlaceCandidate | None:
        """A province named by its code: "provincia di RE", or alone in brackets."""
        written = self._written(at)
        if not _CODE.fullmatch(written):
            return None
        province = self._gazetteer.province_with_code(written)
        if province is None:
            return None
        before = left_context(self.tokens, at, self._floor)
        if before.head == "province":
            self._listed_from = at + 1
            heads = self.tokens[before.start : at]
            self._many_listed = any(token.word in _PROVINCES for token in heads)
            return PlaceCandidate(before.start, at + 1, (province,), before.kind, before.relation)
        if written.isupper() and self._is_listed(at):
            self._listed_from = at + 1
            return PlaceCandidate(at, at + 1, (province,))
        if written.isupper() and self._in_brackets(at) and not self._is_acronym(at):
            return PlaceCandidate(at, at + 1, (province,))
        return None

    def _is_listed(self, at: int) -> bool:
        """Whether a code continues a list of them: "prov. BA e BT".

        After one province "PA" means the public administration, after several Palermo.
        """
        if self._written(at) in _OTHER_ACRONYMS and not self._many_listed:
            return False
        between = self.tokens[self._listed_from : at]
        if not self._listed_from or any(token.word not in LISTING for token in between):
            return False
        return len(between) <= 1 and _BETWEEN_CODES.fullmatch(self.tokens[at].gap) is not None

    def _is_acronym(self, at: int) -> bool:
        """Whether a code in brackets abbreviates the words before: "Business Intelligence (BI)"."""
        code = self._written(at)
        words = [token.word for token in self.tokens[max(0, at - _ACRONYM_WORDS) : at]]
        content = [word for word in words if word not in LINKING_WORDS]
        initials = "".join(word[0] for word in content[-2:]).upper()
        return code in _OTHER_ACRONYMS or initials in {code, code[::-1]}

    # Adjectives

    def _demonym_at(self, at: int) -> PlaceCandidate | None:
        for length in range(self._run(at, min(2, self._longest(at))), 0, -1):
            written = " ".join(token.word for token in self.tokens[at : at + length])
            ids = self._names.demonyms.get(written)
            if ids:
                return self._demonym(written, ids, at, at + length)
        return None

    def _demonym(
        self, written: str, ids: tuple[str, ...], at: int, end: int
    ) -> PlaceCandidate | None:
        before = left_context(self.tokens, at, self._floor)
        places = tuple(map(self._gazetteer.get, ids))
        if not self._is_adjective(written, before, at, end):
            return None
        if places[0].level is PlaceLevel.AREA and not self._evidence.follows_people(at):
            return None  # "la California meridionale"
        noun = before.head or before.kind == "outside"
        start = before.start if noun or self._in_its_land(at) else at
        kind = before.kind if start < at else ""
        relation = before.relation if start < at else PlaceRelation.IN
        return PlaceCandidate(start, end, places, kind, relation, before.radius_km, adjective=True)

    def _in_its_land(self, at: int) -> bool:
        """Whether the adjective is used as a noun for its area: "nel modenese"."""
        return at > 0 and self.tokens[at - 1].word in _IN_ITS_LAND

    def _is_adjective(self, written: str, before: LeftContext, at: int, end: int) -> bool:
        behind_noun = at > 0 and self.tokens[at].joined and not before.kind
        if written in self._names.needs_noun_before and not behind_noun:
            return False
        if written in self._names.needs_people_after and not self._evidence.precedes_people(end):
            return False
        if at > 0 and self.tokens[at - 1].word in _COOKED_LIKE:
            return False
        if false_positives.is_person(self.tokens, at, end, cased=not self._shouted):
            return False
        made_so = false_positives.is_product(self.tokens, before, end, adjective=True)
        if made_so or false_positives.in_street(self.tokens, at):
            return False
        if before.head or self._english or self._in_its_land(at):
            return True
        # Italian adjectives are not capitalised; surnames are.
        surname = self._evidence.capital(at) and (not behind_noun or self._evidence.capital(at - 1))
        return not surname

    # Misspellings

    def _misspelt_at(self, at: int) -> PlaceCandidate | None:
        token = self.tokens[at]
        names = self._names
        known = names.find(token.word) or token.word in names.ordinary
        if self._speller is None or known or token.word in names.demonyms:
            return None
        if not self._speller.word(token.word, locative=True):
            return None
        before = left_context(self.tokens, at, self._floor)
        sure = before.locative or (before.any_preposition and self._evidence.capital(at))
        meant = self._speller.word(token.word, locative=sure)
        if not meant:
            return None
        name = NameMatch(meant, at, at + 1, self._gazetteer.named(meant))
        return None if self._is_false_positive(name, before) else self._found(name, before)


def _is_pair(name: NameMatch) -> bool:
    return name.places[0].level is PlaceLevel.PROVINCIA and " e " in name.key


def _meant(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """The places of the most likely level; for areas and regions, the first only."""
    level = places[0].level
    if level in {PlaceLevel.AREA, PlaceLevel.REGIONE}:
        return places[:1]
    return tuple(place for place in places if place.level is level)
