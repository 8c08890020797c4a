"""What an organisation does, in a sentence or two of its own profile. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from indexer.domain import (
    CARD,
    DECLARES,
    Organisation,
    OrganisationLink,
    Part,
    Passage,
    Role,
)
from indexer.index.snapshot import Generation
from indexer.text.sentences import split_sentences
from indexer.vocabulary import Linker
from search_service.filters.passage_index import PassageIndex
from search_service.insights.organisation_profile import newest_first

_LOOKED_AT = 24  # sentences from a profile's beginning: what follows tells details
_SHORTEST = 4  # words: less is a heading or a slogan
_LONGEST = 240  # characters; a longer sentence is cut between its parts
_BULLET = re.compile(r"(?:^|(?<=[.;:!?])\s)[-–—•*·]\s+")
_ABOUT_ITSELF = re.compile(
    r"\b(?:(?:19|20)\d\d|anni|anno|nat[aoie]|fondat[aoie]|costituit[aoie]|nasce|nasciamo"
    r"|novanta|soci|socie|years?|founded|born|established|members)\b",
    re.IGNORECASE,
)
_QUOTES = (("«", "»"), ("“", "”"))
_PART = re.compile(r"[;:,]\s|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class Introduction:
    """One or two sentences of a profile, the most telling first.

    ``passage`` is where the first one stands, and gives their language; ``paragraph`` has them in
    the order in which they are written.
    """

    sentences: tuple[str, ...]
    passage: Passage
    paragraph: str

    @property
    def sentence(self) -> str:
        """The one sentence for where there is room for one."""
        return self.sentences[0]


class IntroductionFinder:
    """The introductions of the organisations of an index, each made when it is first wanted."""

    def __init__(self, index: PassageIndex) -> None:
        self._index = index
        self.of = lru_cache(maxsize=5_000)(self._of)

    def _of(self, identity: str) -> Introduction | None:
        """The introduction of an organisation, by its id."""
        generation = self._index.generation
        profiles: dict[str, list[Passage]] = {}
        for row in self._index.rows_of_organisation(identity):
            passage = generation.passages[row]
            if OrganisationLink(identity, Role.SUBJECT) in _links(generation, passage):
                profiles.setdefault(passage.document, []).append(passage)
        newest = newest_first(generation.documents[name] for name in profiles)
        passages = [passage for document in newest for passage in profiles[document.id]]
        return introduction(generation.organisations[identity], passages, generation.linker)


def _links(generation: Generation, passage: Passage) -> tuple[OrganisationLink, ...]:
    return generation.documents[passage.document].organisations


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    concepts: frozenset[str]
    passage: Passage

    @property
    def is_sentence(self) -> bool:
        return self.text[-1] in ".!?…»”"

    @property
    def about_itself(self) -> bool:
        """Whether it tells when the organisation was founded, or by whom."""
        return _ABOUT_ITSELF.search(self.text) is not None

    def adds_to(self, other: _Candidate) -> bool:
        """Whether it is a sentence that names competencies besides those of another."""
        more = self.concepts - other.concepts
        return self.is_sentence and not self.about_itself and bool(more)


def introduction(
    organisation: Organisation, passages: Iterable[Passage], linker: Linker
) -> Introduction | None:
    """What an organisation says that it does; ``None`` if its profile has no such sentence.

    A sentence that names a competence of its list comes before one that names any, and that before
    the others; when it was founded, and by whom, comes last.

    Args:
        organisation: Whom to introduce.
        passages: Those of its profile, in reading order.
        linker: Knows what the competencies of its list are called.
    """
    within = linker.vocabulary.within
    declared = (linker.named(written) for written in organisation.competencies)
    own = frozenset[str]().union(*(within(concept) for concept in declared if concept))
    found = list(_candidates(organisation.id, passages))[:_LOOKED_AT]
    if not found:
        return None

    def tells(one: _Candidate) -> tuple[bool, bool, bool, bool]:
        named = bool(one.concepts & own)
        return not one.about_itself, named, one.is_sentence, bool(one.concepts)

    best, *others = sorted(found, key=tells, reverse=True)  # stable: else in reading order
    more = [one for one in others if one.adds_to(best)][:1]
    told = (best, *more)
    return Introduction(
        tuple(shortened(one.text) for one in told),
        best.passage,
        " ".join(shortened(one.text) for one in sorted(told, key=found.index)),
    )


def shortened(sentence: str, longest: int = _LONGEST) -> str:
    """The sentence, cut where a part of it ends if it is too long."""
    if len(sentence) <= longest:
        return sentence
    ends = [match.start() for match in _PART.finditer(sentence, longest // 2, longest)]
    end = ends[-1] if ends else sentence.rfind(" ", 0, longest)
    return f"{sentence[: end if end > 0 else longest].rstrip()}…"


def _candidates(organisation: str, passages: Iterable[Passage]) -> Iterator[_Candidate]:
    """The sentences that only tell what the organisation does."""
    for passage in passages:
        if passage.headings == (CARD,):
            continue
        for start, end in _sentence_spans(passage.text):
            text = passage.text[start:end]
            said = [
                one
                for one in passage.statements
                if one.start < end and start < one.end and one.organisation == organisation
            ]
            does = said and all(one.part is Part.DOES for one in said)
            if does and _is_whole(text):
                concepts = frozenset(concept for one in said for concept in one.concepts)
                yield _Candidate(text, concepts, passage)


def _sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence, or item of a list, begins and ends."""
    end = 0
    for sentence in split_sentences(text):
        start = text.find(sentence, end)
        if start < 0:
            continue
        for item in filter(None, map(str.strip, _BULLET.split(sentence))):
            start = text.find(item, start)
            end = start + len(item)
            yield start, end
            start = end


def _is_whole(text: str) -> bool:
    """Whether a text reads well alone: no heading, no list of names, no half of a quotation."""
    quoted = all(text.count(opening) == text.count(closing) for opening, closing in _QUOTES)
    return quoted and len(text.split()) >= _SHORTEST and not text.startswith(DECLARES)
