"""The second stage: a query's text to scored passages. Two retrievers find candidates, a third
scores them all. Passages in another language are also compared with the names that the competencies
asked for have there: the model finds a word of its own language more surely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Encoded, Vectors
from indexer.index.late_interaction import TokenIndex
from indexer.index.snapshot import Generation
from indexer.text.tokens import words
from search_service.domain import Components, Hit, Query
from search_service.filters.base import Mask
from search_service.filters.certification import rows_naming_certification
from search_service.observability.trace import stage
from search_service.search.fusion import fused, ranked, token_weights, with_translated
from search_service.search.topic import translated_names
from search_service.search.weights import Weights

Rows = NDArray[np.int64]
_REMEMBERED = 32  # texts; a question's own is searched several times, with other filters


@dataclass(frozen=True, slots=True)
class ScoredPassages:
    """The candidates, best first."""

    hits: tuple[Hit, ...]

    @property
    def baseline(self) -> float:
        """Their mean score: a passage above it is a vote for its organisations."""
        return sum(hit.score for hit in self.hits) / max(1, len(self.hits))


class EncodedText:
    """A text to match, and how near its tokens come to passages; each passage is compared once."""

    def __init__(self, text: str, encoded: Encoded, tokens: TokenIndex) -> None:
        """Compare nothing yet.

        Args:
            text: The text.
            encoded: What the embedding model makes of it.
            tokens: The passages' tokens.

        """
        self.text = text
        self.encoded = encoded
        self._tokens = tokens
        self._known: dict[int, Vectors] = {}

    def similarities(self, rows: Sequence[int]) -> Vectors:
        """The best cosine of each token in each of some passages: shape (rows, tokens)."""
        new = [row for row in rows if row not in self._known]
        found = self._tokens.max_similarities(self.encoded.tokens, new)
        self._known.update(zip(new, found, strict=True))
        known = [self._known[row] for row in rows]
        return np.array(known, np.float32).reshape(len(known), len(self.encoded.tokens))


class Retriever:
    """Scores the passages of a generation; a text is encoded, and scored among the same, once."""

    def __init__(
        self, generation: Generation, encode: Callable[[str], Encoded], weights: Weights
    ) -> None:
        """Make a retriever.

        Args:
            generation: Whose passages are searched.
            encode: What the embedding model makes of a text.
            weights: What each component of a score counts.

        """
        self.generation = generation
        self.weights = weights
        self._encode = encode
        self.encoded = lru_cache(maxsize=_REMEMBERED)(self.encoded_alone)
        self._translated = lru_cache(maxsize=_REMEMBERED)(self._encode_translated)
        self._among = lru_cache(maxsize=_REMEMBERED)(self._hits)

    def retrieve(self, query: Query, mask: Mask | None) -> ScoredPassages:
        """The passages for a query, best first.

        Args:
            query: Without a text all that pass are found, those that speak of its filters first.
            mask: Which passages may be found, shape (passages,); ``None`` is all.

        """
        if query.text:
            return ScoredPassages(self.hits(query.text, mask))
        size = len(self.generation.passages)
        everything = range(size) if mask is None else mask.nonzero()[0].tolist()
        naming = rows_naming_certification(query, self.generation)
        return ScoredPassages(
            ranked((row, float(row in naming), Components()) for row in everything)
        )

    def hits(self, text: str, mask: Mask | None) -> tuple[Hit, ...]:
        """The passages nearest to a text among those of a mask (``None``: all), best first."""
        return self._among(text, None if mask is None else np.packbits(mask).tobytes())

    def _hits(self, text: str, packed: bytes | None) -> tuple[Hit, ...]:
        rows = None
        if packed is not None:
            rows = np.unpackbits(np.frombuffer(packed, np.uint8)).nonzero()[0]
        return retrieve(
            self.encoded(text), rows, self.generation, self.weights, self._translated(text)
        )

    def _encode_translated(self, text: str) -> Translated | None:
        """The names of what a text asks for, encoded for this text alone.

        How near a passage is differs in the last digits by what it is compared beside: another
        question of the same names must not change an answer.
        """
        names = translated_names(text, self.generation.linker)
        inside = None if names is None else self._in_language.get(names.language)
        if names is None or inside is None:
            return None
        return Translated(self.encoded_alone(names.text), inside, names.share)

    @cached_property
    def _in_language(self) -> Mapping[str, Mask]:
        """Which passages are in each language: that of their documents."""
        columns, documents = self.generation.columns, self.generation.documents
        codes = [documents[name].language for name in columns.documents]
        return {
            code: np.array([code == other for other in codes])[columns.document_of]
            for code in set(codes)
        }

    def encoded_alone(self, text: str) -> EncodedText:
        """A text, encoded for the caller alone; ``encoded`` shares it among all that ask."""
        return EncodedText(text, self._encode(text), self.generation.tokens)


@dataclass(frozen=True, slots=True)
class Translated:
    """What is asked in another language.

    Attributes:
        names: The names of its competencies there.
        inside: Which passages are in that language, shape (passages,).
        share: How much of what is asked the names say, from 0 to 1.

    """

    names: EncodedText
    inside: Mask
    share: float


@stage("retrieve")
def retrieve(
    asked: EncodedText,
    rows: Rows | None,
    generation: Generation,
    weights: Weights,
    translated: Translated | None = None,
) -> tuple[Hit, ...]:
    """The passages nearest to a text, best first.

    The dense index and BM25 each find candidates inside the filter; late interaction over the
    tokens' vectors scores them all.

    Args:
        asked: The text to match.
        rows: Among which passages, shape (rows,); ``None`` is all.
        generation: Whose passages.
        weights: What each component of a score counts.
        translated: What is asked in another language; of rows that are in none of it, nothing.

    """
    found = _candidates(asked, rows, generation, weights)
    if translated is None:
        return _scored(asked, found, generation, weights)
    inside = translated.inside
    there = np.flatnonzero(inside) if rows is None else rows[inside[rows]]
    if not len(there):
        return _scored(asked, found, generation, weights)
    named = _candidates(translated.names, there, generation, weights)
    every = _Candidates(sorted({*found.rows, *named.rows}), found.lexical)
    named = _Candidates([row for row in every.rows if inside[row]], named.lexical)
    by_name = _scored(translated.names, named, generation, weights)
    return with_translated(
        _scored(asked, every, generation, weights),
        {hit.row: hit.score for hit in by_name},
        translated.share,
        weights,
    )


class _Candidates(NamedTuple):
    """The rows found, and by row the share of the highest BM25 score possible, where any."""

    rows: Sequence[int]
    lexical: Mapping[int, float]


def _candidates(
    asked: EncodedText, rows: Rows | None, generation: Generation, weights: Weights
) -> _Candidates:
    terms = words(asked.text)
    near = generation.dense.search(asked.encoded.vector, weights.dense_candidates, rows)
    found = generation.lexical.search(terms, weights.lexical_candidates, rows)
    highest = generation.lexical.bound(terms) or 1.0
    lexical = {row: score / highest for row, score in found}
    return _Candidates(sorted({*(row for row, _ in near), *lexical}), lexical)


def _scored(
    asked: EncodedText, found: _Candidates, generation: Generation, weights: Weights
) -> tuple[Hit, ...]:
    encoded = asked.encoded
    share = token_weights(asked.text, encoded.spans, generation.lexical, weights.rarity)
    late = (asked.similarities(found.rows) @ share).tolist()
    cosines = generation.dense.cosines(encoded.vector, found.rows).tolist()
    dense = dict(zip(found.rows, cosines, strict=True))
    return fused(found.rows, late, dense, found.lexical, weights)
