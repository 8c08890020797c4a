"""What organisations are documented to do: the statements of an index, matched to a topic."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.domain import DECLARES, Part, Passage, Statement
from indexer.index.snapshot import Generation
from indexer.text.language_names import names_of_language
from indexer.text.tokens import fold_aligned, query_stems
from indexer.vocabulary import Linker
from search_service.search.held_stems import HeldStems
from search_service.search.topic import Topic

Rows = NDArray[np.int64]
DOING = frozenset({Part.DOES})
DOING_AT_EVENTS = frozenset({Part.DOES, Part.ORGANISES, Part.SPEAKS})
DENYING = frozenset({Part.DENIES, Part.FORMER})
# Below this share of a topic's words a passage is not looked at more closely.
_LEAST_COVERAGE = 0.5
_FOREIGN = 0.3
_ALL = 0.999  # of the words, as shares add up
_LEAST_RARITY = 0.1  # a word that every passage holds still counts a little


@dataclass(frozen=True, slots=True)
class StatementMatch:
    """A statement that speaks of a topic.

    Attributes:
        row: Its passage's place in the index.
        statement: The statement.
        concepts: Those of the topic that it names, by their own name or a narrower one's.
        words: The topic's words that it holds.
        covers: What each word of the topic that it covers counts, by rarity, as a share of all.
        coverage: The share of the topic's words that it covers, from 0 to 1.
        complete: Whether it names all of the topic's concepts, and at least half of its other
            words.
        names_all: Whether it names all of the topic's concepts, and there are any.
        declared: Whether it is a heading or a list of competencies: no word in passing.

    """

    row: int
    statement: Statement
    concepts: tuple[str, ...]
    words: tuple[str, ...]
    covers: tuple[float, ...]
    coverage: float
    complete: bool
    names_all: bool
    declared: bool

    @property
    def shared(self) -> bool:
        """Whether it is said of several authors together."""
        return self.statement.part is Part.SHARED

    @property
    def is_whole(self) -> bool:
        """Whether it says all of the topic: its competencies, or all its words."""
        return self.complete or self.coverage >= _ALL

    @property
    def holds_all_words(self) -> bool:
        """Whether it holds all words of the topic themselves."""
        return len(self.words) == len(self.covers) > 0

    @property
    def is_own(self) -> bool:
        """Whether it says that its organisation does something by itself."""
        return self.statement.part is Part.DOES


@dataclass(frozen=True, slots=True)
class _Asked:
    """A topic, and what is looked up for it.

    Attributes:
        topic: The topic.
        within: Each of its concepts with all that lie under it.
        rarity: What each of its words counts.
        concepts: All of ``within``.
        held: Finds the stems of its words.

    """

    topic: Topic
    within: Mapping[str, frozenset[str]]
    rarity: Sequence[float]
    concepts: frozenset[str]
    held: HeldStems


class _Covered(NamedTuple):
    """What a statement covers of a topic; see ``StatementMatch``."""

    concepts: tuple[str, ...]
    words: tuple[str, ...]
    covers: tuple[float, ...]
    coverage: float
    complete: bool
    names_all: bool


class StatementIndex:
    """The statements of a generation by the concepts that they name."""

    def __init__(self, generation: Generation, linker: Linker) -> None:
        self._generation = generation
        self._linker = linker
        self._folded = lru_cache(maxsize=5_000)(self._fold_passage)
        self._context = lru_cache(maxsize=5_000)(self._fold_context)
        self._names = lru_cache(maxsize=5_000)(self._pattern_of_names)
        self._heading_concepts = lru_cache(maxsize=5_000)(self._read_heading_concepts)

    def matches(self, topic: Topic, parts: frozenset[Part]) -> Iterator[StatementMatch]:
        """The statements of these parts that speak of a topic, in the index's order."""
        asked = self._asked(topic)
        covered = lru_cache(maxsize=None)(partial(_covered, asked))  # many say the same of it
        for row in self._candidates(asked):
            passage = self._generation.passages[row]
            is_foreign = passage.language != topic.language
            for one in passage.statements:
                said = self._said(row, one, asked) if one.part in parts else None
                if said is not None:
                    declared = self._is_declared(row, one)
                    yield StatementMatch(row, one, *covered(*said, is_foreign), declared)

    def told(self, topic: Topic, rows: Rows) -> float:
        """The share of a topic's words that some passages tell together.

        Args:
            topic: Those of its words that name its concepts count as told.
            rows: The passages, shape (rows,).

        """
        asked = self._asked(topic)
        held = [
            bool(names) or bool(np.isin(self._generation.lexical.rows(word.text), rows).any())
            for word, names in zip(topic.words, topic.naming, strict=True)
        ]
        return sum(_shares(asked.rarity, held))

    def works_in(self, languages: Iterable[str], organisation: str, rows: Rows) -> bool:
        """Whether an organisation says of all of some languages that it does something in them.

        Args:
            languages: Their codes (ISO 639-1).
            organisation: Its id.
            rows: The passages that speak for it, shape (rows,).

        """
        return all(self._works_in_one(code, organisation, rows) for code in languages)

    def _works_in_one(self, language: str, organisation: str, rows: Rows) -> bool:
        names = names_of_language(language)
        held = HeldStems.of(stem for name in names for stem in query_stems(name))
        found = {row for name in names for row in self._generation.lexical.rows(name).tolist()}
        return any(
            one.organisation == organisation
            and one.part is Part.DOES
            and held.within(self._own_text(row, one))
            for row in sorted(found.intersection(rows.tolist()))
            for one in self._generation.passages[row].statements
        )

    def declared(
        self, organisations: Collection[str], concepts: Iterable[str]
    ) -> dict[str, list[str]]:
        """Which of some concepts each of some organisations declares, in the concepts' order."""
        found: dict[str, list[str]] = defaultdict(list)
        for concept in concepts:
            for row in sorted(self._generation.concept_rows.get(concept, ())):
                for one in self._generation.passages[row].statements:
                    mine = one.organisation in organisations and one.part is Part.DOES
                    if mine and concept in one.concepts and self._is_declared(row, one):
                        found[one.organisation].append(concept)
        return found

    def _asked(self, topic: Topic) -> _Asked:
        within = {
            c: frozenset({c}) if c in topic.own_names_only else self._linker.vocabulary.within(c)
            for c in topic.concepts
        }
        rarity = [
            max(self._generation.lexical.idf(word.text), _LEAST_RARITY) * word.weight
            for word in topic.words
        ]
        concepts = frozenset[str]().union(*within.values())
        held = HeldStems.of(stem for word in topic.words for stem in word.stems)
        return _Asked(topic, within, rarity, concepts, held)

    def _candidates(self, asked: _Asked) -> list[int]:
        found = self._generation.concept_rows
        rows = {row for one in asked.concepts for row in found.get(one, ())}
        held = np.zeros(len(self._generation.passages))
        for word, weight in zip(asked.topic.words, asked.rarity, strict=True):
            held[self._generation.lexical.rows(word.text)] += weight
        if asked.rarity:
            enough = _LEAST_COVERAGE * sum(asked.rarity)
            rows.update(np.flatnonzero(held >= enough).tolist())
        return sorted(rows)

    def _said(
        self, row: int, one: Statement, asked: _Asked
    ) -> tuple[tuple[bool, ...], frozenset[str]] | None:
        """Which words of a topic a statement holds, and which concepts it names, if any.

        Args:
            row: The statement's passage.
            one: The statement.
            asked: What is looked for.

        """
        own = asked.held.within(self._own_text(row, one))
        # What stands around a statement says what its document is about: that its organisers
        # organise, but others need not have done it.
        says = one.part is Part.ORGANISES or bool(own)
        if not says and asked.concepts.isdisjoint(one.concepts):
            return None
        topic, is_denial = asked.topic, one.part in DENYING
        if is_denial and not self._denies(one, topic):
            return None
        named = {c for c, ids in asked.within.items() if not ids.isdisjoint(one.concepts)}
        named -= {c for c in topic.own_names_only & named if not self._names_itself(row, one, c)}
        if not named and not says:
            return None
        # A denial is judged by its own sentence.
        around = "" if is_denial else self._nameless(self._context(row), one.organisation)
        stems = own | asked.held.within(around)
        held = [not w.stems.isdisjoint(stems) for w in topic.words]
        return tuple(held), frozenset(named)

    def _names_itself(self, row: int, one: Statement, concept: str) -> bool:
        """Whether a statement names a concept by a name of its own: no product or technique.

        Args:
            row: The statement's passage.
            one: The statement.
            concept: A concept that it names somehow.

        """
        passage = self._generation.passages[row]
        text = passage.text[one.start : one.end]
        above = passage.headings[-1] if passage.headings else ""
        items = text.removeprefix(DECLARES).rstrip(".").split(",")
        return any(
            m.concept == concept and not m.narrower
            for m in self._linker.mentions(f"{above}\n{text}")
        ) or (text.startswith(DECLARES) and concept in map(self._linker.named, items))

    def _denies(self, one: Statement, topic: Topic) -> bool:
        """Whether what a statement denies is as wide as the topic, or wider.

        "Niente traduzioni giurate" says nothing of translation.
        """
        if not (one.concepts and topic.concepts):
            return True  # its words tell
        denied = (self._linker.vocabulary.within(concept) for concept in one.concepts)
        return not frozenset().union(*denied).isdisjoint(topic.concepts)

    def _is_declared(self, row: int, one: Statement) -> bool:
        passage = self._generation.passages[row]
        if passage.text.startswith(DECLARES, one.start):
            return True
        # An item of such a line, of which the document says who did it.
        line = passage.text.rfind("\n", 0, one.start) + 1
        if one.part is Part.DOES and passage.text.startswith(DECLARES, line):
            return True
        above = self._heading_concepts(passage.headings[-1]) if passage.headings else frozenset()
        return not above.isdisjoint(one.concepts)

    def _read_heading_concepts(self, heading: str) -> frozenset[str]:
        return self._linker.announced(heading)

    def _own_text(self, row: int, one: Statement) -> str:
        """The text of a statement, folded, without its organisation's names."""
        text, folded = self._generation.passages[row].text, self._folded(row)
        if len(text) == len(folded):
            return self._nameless(folded[one.start : one.end], one.organisation)
        # Accents are characters of their own.
        own = fold_aligned(text[one.start : one.end])[0]
        return self._nameless(own, one.organisation)

    def _nameless(self, folded: str, organisation: str) -> str:
        """A text without an organisation's names: "Marchio Onesto" says nothing of trademarks."""
        return self._names(organisation).sub(" ", folded)

    def _pattern_of_names(self, organisation: str) -> re.Pattern[str]:
        """Finds an organisation's names in a folded text, the longest first."""
        known = self._generation.organisations[organisation]
        names = {fold_aligned(name)[0] for name in (known.name, *known.aliases)}
        longest = sorted(filter(None, names), key=lambda name: (-len(name), name))
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")

    def _fold_passage(self, row: int) -> str:
        return fold_aligned(self._generation.passages[row].text)[0]

    def _fold_context(self, row: int) -> str:
        """What stands around a passage: its headings, the document's title, client and place."""
        passage: Passage = self._generation.passages[row]
        document = self._generation.documents[passage.document]
        place = document.place.name if document.place else ""
        said = (*passage.headings, document.title, document.client, place)
        return fold_aligned(" ".join(said))[0]


def _covered(
    asked: _Asked, held: Sequence[bool], named: frozenset[str], is_foreign: bool
) -> _Covered:
    """What a statement covers of a topic.

    Args:
        asked: The topic.
        held: Which of its words the statement holds.
        named: Which of its concepts it names.
        is_foreign: Whether it is in another language.

    """
    topic, rarity = asked.topic, asked.rarity
    covered = [h or bool(names & named) for h, names in zip(held, topic.naming, strict=True)]
    if named and is_foreign:
        # Words of another language are seldom found; the competence is known in both.
        rarity = [
            w if names else w * _FOREIGN for w, names in zip(rarity, topic.naming, strict=True)
        ]
    others = [
        (w, c) for w, c, names in zip(rarity, covered, topic.naming, strict=True) if not names
    ]
    covers = _shares(rarity, covered)
    names_all = bool(named) and len(named) == len(asked.within)
    return _Covered(
        concepts=tuple(c for c in topic.concepts if c in named),
        words=tuple(word.text for word, h in zip(topic.words, held, strict=True) if h),
        covers=covers,
        coverage=sum(covers) if any(rarity) else float(bool(named)),
        complete=names_all and _most(others),
        names_all=names_all,
    )


def together(matches: Sequence[StatementMatch]) -> float:
    """The share of the topic's words that several statements cover between them, from 0 to 1."""
    shares = zip(*(m.covers for m in matches), strict=True)
    return min(1.0, float(sum(max(share) for share in shares)))


def _shares(weights: Sequence[float], covered: Sequence[bool]) -> tuple[float, ...]:
    total = sum(weights) or 1.0
    return tuple(w / total if c else 0.0 for w, c in zip(weights, covered, strict=True))


def _most(weighed: Sequence[tuple[float, bool]]) -> bool:
    """Whether at least half is covered, if there is anything to cover."""
    total = sum(weight for weight, _ in weighed)
    return sum(weight for weight, covered in weighed if covered) >= 0.5 * total
