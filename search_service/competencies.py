"""Competencies as people write them. Pure."""

from __future__ import annotations

from indexer.lexical import stem, words


def competence_key(text: str) -> tuple[str, ...]:
    """What two spellings of one competence have in common: its stems; empty when it has no word."""
    return tuple(sorted({stem(word, "it") for word in words(text)}))
