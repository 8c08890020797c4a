"""Whose part each declared competence of a shared case study is, where its text tells. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from indexer.domain import DECLARES, Part
from indexer.entities.attribution import Attribution
from indexer.text.tokens import query_stems, word_spans
from indexer.vocabulary import Linker

_ITEM = re.compile(r"[^,;\s][^,;]*")


def declared_parts(
    line: str, said: Sequence[Attribution], did: Mapping[str, Sequence[str]], linker: Linker
) -> tuple[Attribution, ...]:
    """What a line of declared competencies says of several authors.

    Args:
        line: The line: "Competenze: restauro, webgis."
        said: What it says of them together.
        did: What the text says that each of them did, a stretch each.
        linker: Finds competencies.

    Returns:
        Of each competence that somebody's stretch names, that they do it; the others are shared.
        ``said`` where no stretch names any.

    """
    authors = [one.organisation for one in said if one.part is Part.SHARED]
    told = [
        (start, end, _doers(line[start:end], authors, did, linker)) for start, end in _items(line)
    ]
    if not any(doers for _, _, doers in told):
        return tuple(said)
    return tuple(
        Attribution(start, end, author, Part.DOES if doers else Part.SHARED)
        for start, end, doers in told
        for author in (doers or authors)
    )


def _items(line: str) -> Iterator[tuple[int, int]]:
    stop = len(line.rstrip(". "))
    for match in _ITEM.finditer(line, line.index(DECLARES) + len(DECLARES), stop):
        yield match.start(), match.start() + len(match[0].rstrip())


def _doers(
    item: str, authors: Sequence[str], did: Mapping[str, Sequence[str]], linker: Linker
) -> list[str]:
    """The authors of whom a stretch says that they did what an item names."""
    literal = [a for a in authors if any(_says(item, text) for text in did.get(a, ()))]
    if literal:
        return literal
    # Whoever did something narrower did it, too: Moodle is e-learning.
    concepts = frozenset[str]().union(
        *(linker.vocabulary.within(m.concept) for m in linker.mentions(item))
    )
    return [
        author
        for author in authors
        if any(
            not concepts.isdisjoint(m.concept for m in linker.mentions(text))
            for text in did.get(author, ())
        )
    ]


def _says(item: str, text: str) -> bool:
    """Whether a text holds all words of an item."""
    words, held = _stems(item), frozenset[str]().union(*_stems(text))
    return bool(words) and all(not word.isdisjoint(held) for word in words)


def _stems(text: str) -> list[frozenset[str]]:
    """The stems of each content word."""
    return [query_stems(word) for _, _, word in word_spans(text)]
