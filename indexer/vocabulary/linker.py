"""Finding concepts in a text by their names: whole words, inflected, the longest name first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from indexer.text.compounds import Compounds, can_join, runs_of_tokens
from indexer.text.folding import fold
from indexer.text.tokens import (
    QUERY_LANGUAGES,
    Span,
    hyphenated,
    is_content,
    stem,
    token_spans,
    undotted,
    word_spans,
)
from indexer.vocabulary.asked_phrases import AskedPhrase, AskedPhrases
from indexer.vocabulary.concepts import Vocabulary
from indexer.vocabulary.similar_names import SimilarName, SimilarNames

_BESIDE_A_NAME = 1  # words that a heading may have beside the name of what it announces
_DISCURSIVE = re.compile(r"[?:]\s|[?:]$")
_TOKEN = re.compile(r"[^\W_]+(?:[.&/+#-]*[^\W_]+)*[+#]*")


@dataclass(frozen=True, slots=True)
class ConceptMention:
    """Where a text names a concept: character offsets. ``narrower``: by a product or technique."""

    start: int
    end: int
    concept: str
    narrower: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    stems: tuple[str, ...]
    language: str
    concept: str
    narrower: bool


@dataclass(frozen=True, slots=True)
class _ExactName:
    pattern: re.Pattern[str]
    word: str  # of the name, in small letters: a text without it need not be searched
    concept: str
    narrower: bool


class Linker:
    """Finds the concepts of a vocabulary in texts."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        # By language. Names are many: what holds few of them each is a tuple, and sizes are bits.
        self._names: dict[str, dict[tuple[str, ...], tuple[_Name, ...]]] = _by_language()
        self._sizes: dict[str, dict[str, int]] = _by_language()  # of names, by their first stem
        self._acronyms: dict[str, str] = {}
        self._exact: dict[str, _ExactName] = {}
        self._topics: dict[tuple[str, ...], str] = {}
        # Each name is read once: that takes most of the time.
        read = {name: token_spans(name) for name in _all_names(vocabulary)}
        self.compounds = Compounds.of_words(
            (runs_of_tokens(name, tokens), hyphenated(name)) for name, tokens in read.items()
        )
        for concept in vocabulary.concepts.values():
            for language, name in concept.names():
                self._add(name, read[name], (language,), concept.id, narrower=False)
            for name in concept.narrower_terms:
                self._add(name, read[name], QUERY_LANGUAGES, concept.id, narrower=True)
            self._acronyms.update(dict.fromkeys(concept.acronyms, concept.id))
            for word in concept.ask_only:
                for language in QUERY_LANGUAGES:
                    self._topics.setdefault(self._stems(word, language), concept.id)
        # Tags are few, and each is looked up for every page.
        self.named = lru_cache(maxsize=50_000)(self._named)

    @classmethod
    @cache
    def load(cls) -> Linker:
        """The linker of the project's own vocabulary."""
        return cls(Vocabulary.load())

    @cached_property
    def _similar_names(self) -> SimilarNames:
        """Made when the first text is asked that names nothing (0.2 s)."""
        concepts = self.vocabulary.concepts.values()
        # Like a product's name is not like the concept's: "Drupal developers" know no WordPress.
        return SimilarNames(
            (name, concept.id)
            for concept in concepts
            for name in dict.fromkeys(name for _, name in concept.names())
        )

    @cached_property
    def _asked_phrases(self) -> AskedPhrases:
        """Made when the first text is asked that names nothing (0.2 s)."""
        return AskedPhrases(
            (phrase, concept.id)
            for concept in self.vocabulary.concepts.values()
            for phrases in concept.asked_as.values()
            for phrase in phrases
        )

    def asked(self, text: str) -> AskedPhrase | None:
        """The concept that a question asks for in other words, where it names none."""
        return self._asked_phrases.asked(text)

    def similar(self, text: str) -> SimilarName | None:
        """The name that holds other forms of a text's words, where the text names no concept."""
        return self._similar_names.nearest(text)

    def _add(
        self,
        name: str,
        tokens: Sequence[Span],
        languages: Iterable[str],
        concept: str,
        *,
        narrower: bool,
    ) -> None:
        """Make a name of a concept known.

        Args:
            name: The name.
            tokens: Its words.
            languages: Those whose texts may hold it.
            concept: The concept's id.
            narrower: Whether it is that of a product or a technique.
        """
        if _needs_its_stop_words(name, tokens):
            self._exact[name] = _ExactName(_exactly(name), _rarest(name), concept, narrower)
            return
        words = [word for _, _, word in self.compounds.content_of(name, tokens)]
        for language in languages:
            self._add_stems(words, language, concept, narrower=narrower)

    def _add_stems(
        self, words: Sequence[str], language: str, concept: str, *, narrower: bool
    ) -> None:
        spellings = [tuple([stem(word, language) for word in words])]
        if len(words) == 2 and can_join(*words):
            joined = stem("".join(words), language)  # "front end" is also written "frontend"
            if len(joined) > len(words[0]):  # "componenti auto" ends as "pagherete" does
                spellings.append((joined,))
        for stems in filter(None, spellings):
            entry = _Name(stems, language, concept, narrower)
            names, sizes = self._names[language], self._sizes[language]
            names[stems] = (*names.get(stems, ()), entry)
            sizes[stems[0]] = sizes.get(stems[0], 0) | 1 << len(stems)

    def mentions(self, text: str) -> list[ConceptMention]:
        """The concepts that a text names, left to right; of names inside others, the longest."""
        spans = self.compounds.spans(text)
        stemmed = {code: [stem(word, code) for _, _, word in spans] for code in QUERY_LANGUAGES}
        found = [
            ConceptMention(m.start(), m.end(), self._acronyms[written])
            for m in _TOKEN.finditer(text)
            if (written := undotted(m[0])) in self._acronyms
        ]
        lowered = text.lower()
        found += [
            ConceptMention(m.start(), m.end(), name.concept, name.narrower)
            for name in self._exact.values()
            if name.word in lowered
            for m in name.pattern.finditer(text)
        ]
        at = 0
        while at < len(spans):
            names = list(self._longest(stemmed, at))
            end = at + (len(names[0].stems) if names else 1)
            if further := self._narrower_beyond(stemmed, names, at, end):
                names, end = further
            found += [
                ConceptMention(spans[at][0], spans[end - 1][1], name.concept, name.narrower)
                for name in names
            ]
            at = end
        return sorted(_outermost(found), key=lambda m: (m.start, m.end))

    def _longest(self, stemmed: dict[str, list[str]], at: int) -> Iterator[_Name]:
        """The longest names that begin at a word, one for each concept."""
        found: list[_Name] = []
        for language, stems in stemmed.items():
            sizes = self._sizes[language].get(stems[at], 0)
            for size in range(sizes.bit_length() - 1, 0, -1):
                if not sizes >> size & 1:
                    continue
                if names := self._names[language].get(tuple(stems[at : at + size])):
                    found += names
                    break
        most = max((len(name.stems) for name in found), default=0)
        seen: set[str] = set()
        for name in sorted(found, key=lambda n: n.narrower):
            if len(name.stems) == most and name.concept not in seen:
                seen.add(name.concept)
                yield name

    def _narrower_beyond(
        self, stemmed: dict[str, list[str]], names: list[_Name], at: int, end: int
    ) -> tuple[list[_Name], int] | None:
        """The name of a narrower concept that begins in some names and ends after them.

        "Web accessibility audits" are accessibility audits, rather than web accessibility.

        Args:
            stemmed: The stems of the text's words in each language.
            names: Those that begin at a word.
            at: That word.
            end: The word after them.

        Returns:
            The names, and the word after them; ``None`` if there are none.

        """
        within = [self.vocabulary.within(name.concept) - {name.concept} for name in names]
        for inner in range(at + 1, end):
            beyond = [
                name
                for name in self._longest(stemmed, inner)
                if inner + len(name.stems) > end and any(name.concept in w for w in within)
            ]
            if beyond:
                return beyond, inner + len(beyond[0].stems)
        return None

    def topic(self, text: str) -> str | None:
        """The concept that a text means when it is all that somebody asks for, if any."""
        for language in QUERY_LANGUAGES:
            if concept := self._topics.get(self._stems(text, language)):
                return concept
        return None

    def _named(self, text: str) -> str | None:
        """The concept that all of a text names, as a label or a tag does; ``None``: none."""
        words = word_spans(text)
        for m in self.mentions(text):
            whole = bool(words) and m.start <= words[0][0] and words[-1][1] <= m.end
            if not m.narrower and (whole or not words):
                return m.concept
        return self.topic(text)

    def announced(self, heading: str) -> frozenset[str]:
        """The concepts that what stands under a heading is about: it says little else.

        "Servizi di accessibilità web" announces one; "Sicurezza informatica: che cosa sì" does not.
        """
        mentions = self.mentions(heading)
        inside = [m for m in mentions if not m.narrower]
        others = [
            word
            for start, end, word in self.compounds.spans(heading)
            if not any(m.start <= start and end <= m.end for m in mentions)
        ]
        says_more = len(others) > _BESIDE_A_NAME or _DISCURSIVE.search(heading)
        return frozenset() if says_more else frozenset(m.concept for m in inside)

    def knows(self, text: str) -> bool:
        """Whether a text names any concept, in whole or in part."""
        return bool(self.mentions(text)) or self.topic(text) is not None

    def _stems(self, text: str, language: str) -> tuple[str, ...]:
        return tuple(stem(word, language) for _, _, word in self.compounds.spans(text))


def _by_language() -> dict[str, dict[Any, Any]]:
    return {language: {} for language in QUERY_LANGUAGES}


def _outermost(mentions: list[ConceptMention]) -> list[ConceptMention]:
    """Those that stand in no longer one: "AI Act" does not name artificial intelligence."""
    return [
        m
        for m in mentions
        if not any(
            o.start <= m.start and m.end <= o.end and m.end - m.start < o.end - o.start
            for o in mentions
        )
    ]


def _needs_its_stop_words(name: str, tokens: Sequence[Span]) -> bool:
    """Whether a name without its stop words would be another: "app IO", "voice over"."""
    content = sum(is_content(word) for _, _, word in tokens)
    if content == 1 < len(tokens):
        return True
    if name.islower():
        return False
    capitals = (m[0] for m in _TOKEN.finditer(name) if m[0].isupper() and len(m[0]) > 1)
    return not all(is_content(fold(word)) for word in capitals)


def _rarest(name: str) -> str:
    return max(name.lower().split(), key=len)


def _exactly(name: str) -> re.Pattern[str]:
    """A pattern of a name whose words in capitals are matched with their capitals."""
    words = (re.escape(w) if w.isupper() else f"(?i:{re.escape(w)})" for w in name.split())
    return re.compile(r"\b" + r"\s+".join(words) + r"\b")


def _all_names(vocabulary: Vocabulary) -> Iterator[str]:
    for concept in vocabulary.concepts.values():
        yield from (name for _, name in concept.names())
        yield from concept.narrower_terms
