"""The embeddings of passages: each made once, and read from the cache a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from indexer.domain import Encoder, Passage, Vectors
from indexer.embedding.cache import EmbeddingCache, PassageEmbedding, embedding_key
from indexer.index.late_interaction import Codes
from indexer.index.serialisation import load_passage_lines
from indexer.pipeline.cut_passages import CutPassages
from indexer.pipeline.ingest import ProgressReporter
from indexer.storage.cache_file import Keys, contained

_BATCH = 128  # passages encoded before they are committed to the cache
_READ = 500  # passages in memory at once
_SORTED = 64 * _BATCH  # passages among which those of like length are found


def embedding_keys(passages: Sequence[Passage], encoder: Encoder) -> list[bytes]:
    """The cache keys of some passages' embeddings."""
    return [embedding_key(encoder.fingerprint, p.embedded_text) for p in passages]


class Embedder:
    """Embeds passages; ``encoded`` counts those that the model read."""

    def __init__(self, encoder: Encoder, cache: EmbeddingCache) -> None:
        self._encoder = encoder
        self._cache = cache
        self.coder = cache.coder(encoder)
        self.encoded = 0

    def embed(self, passages: CutPassages, progress: ProgressReporter) -> None:
        """Encode the passages that the cache lacks; passages of like length share a batch, so that
        little of it is padding.
        """
        size, before = len(passages), self._cache.keys()
        for start in range(0, size, _SORTED):
            end = min(start + _SORTED, size)
            missing = self._missing(passages, start, end, before)
            todo = sorted(missing.items(), key=lambda item: (len(item[1]), item[0]))
            for first in range(0, len(todo), _BATCH):
                self._encode(dict(todo[first : first + _BATCH]))
                progress.step("embed", start + min(first + _BATCH, len(todo)), size)
            progress.step("embed", end, size)

    def _missing(
        self, passages: CutPassages, start: int, end: int, before: Keys
    ) -> dict[bytes, str]:
        """The texts from one row to another of which the cache has no embedding, by their keys.

        Args:
            passages: All passages.
            start: The first row.
            end: The row behind the last.
            before: What the cache had when the first was looked for.
        """
        keys = passages.keys(start, end)
        new = np.flatnonzero(~contained(keys, before)).tolist()
        if not new:
            return {}
        wanted = {keys[n] for n in new}
        wanted -= self._cache.known(list(wanted))
        first, last = new[0], new[-1] + 1
        lines = zip(keys[first:last], passages.lines(start + first, start + last), strict=True)
        return {
            key: passage.embedded_text
            for key, line in lines
            if key in wanted
            for passage in load_passage_lines(line)
        }

    def embeddings(
        self, passages: CutPassages, start: int, end: int
    ) -> Iterator[tuple[Vectors, Codes]]:
        """The embedding of each passage from one row to another, in order; one that is damaged in
        the cache is made anew. All of them at once would take 13 KB a passage.

        Args:
            passages: All passages.
            start: The first row.
            end: The row behind the last.
        """
        for first in range(start, end, _READ):
            last = min(first + _READ, end)
            keys = passages.keys(first, last)
            found = self._cache.get(list(dict.fromkeys(keys)), self.coder.width)
            if len(found) < len(set(keys)):
                texts = zip(keys, passages.passages(first, last), strict=True)
                found |= self._encode({k: p.embedded_text for k, p in texts if k not in found})
            yield from ((found[key].vector, found[key].codes) for key in keys)

    def _encode(self, texts: Mapping[bytes, str]) -> dict[bytes, PassageEmbedding]:
        encoded = self._encoder.encode_passages(list(texts.values()))
        fresh = {
            key: PassageEmbedding(e.vector, self.coder.encode(e.tokens))
            for key, e in zip(texts, encoded, strict=True)
        }
        self._cache.put(fresh)
        self.encoded += len(fresh)
        return fresh
