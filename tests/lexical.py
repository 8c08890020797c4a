"""The files of a BM25 index in memory."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.index.bm25 import TermCounts, build_parts


def lexical_parts(runs: Iterable[TermCounts]) -> dict[str, bytes]:
    """The content of each file that ``build_parts`` describes, by name."""
    return {name: _content(part) for name, part in build_parts(runs).items()}


def _content(part: object) -> bytes:
    if isinstance(part, bytes):
        return part
    assert callable(part)
    pieces: list[bytes] = []
    part(pieces.append)
    return b"".join(pieces)
