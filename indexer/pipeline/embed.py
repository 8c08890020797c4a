"""The embeddings of passages: each made once, and read from the cache a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indexer.domain import Encoder, Passage
from indexer.embedding.cache import EmbeddingCache, PassageEmbedding, embedding_key
from indexer.pipeline.ingest import ProgressReporter

_BATCH = 128  # passages encoded before they are committed to the cache
_READ = 500  # passages in memory at once


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

    def keys(self, passages: Sequence[Passage]) -> list[bytes]:
        """The cache keys of some passages' embeddings."""
        return embedding_keys(passages, self._encoder)

    def embed(self, passages: Sequence[Passage], progress: ProgressReporter) -> None:
        """Encode the passages that the cache lacks; passages of like length share a batch, so that
        little of it is padding.
        """
        keys = self.keys(passages)
        known = self._cache.known(keys)
        missing = {
            key: p.embedded_text for key, p in zip(keys, passages, strict=True) if key not in known
        }
        todo = sorted(missing.items(), key=lambda item: (len(item[1]), item[0]))
        for start in range(0, len(todo), _BATCH):
            self._encode(dict(todo[start : start + _BATCH]))
            progress.step("embed", min(start + _BATCH, len(todo)), len(todo))

    def embeddings(self, passages: Sequence[Passage]) -> Iterator[PassageEmbedding]:
        """The embedding of each passage, in order; one that is damaged in the cache is made anew.

        All of them at once would take 13 KB a passage.
        """
        for start in range(0, len(passages), _READ):
            some = passages[start : start + _READ]
            keys = self.keys(some)
            found = self._cache.get(list(dict.fromkeys(keys)), self.coder.width)
            missing = {
                k: p.embedded_text for k, p in zip(keys, some, strict=True) if k not in found
            }
            if missing:
                found |= self._encode(missing)
            yield from (found[key] for key in keys)

    def _encode(self, texts: Mapping[bytes, str]) -> dict[bytes, PassageEmbedding]:
        encoded = self._encoder.encode_passages(list(texts.values()))
        fresh = {
            key: PassageEmbedding(e.vector, self.coder.encode(e.tokens))
            for key, e in zip(texts, encoded, strict=True)
        }
        self._cache.put(fresh)
        self.encoded += len(fresh)
        return fresh
