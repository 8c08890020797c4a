"""Competencies as people write them. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from indexer.domain import Document, DocumentKind, Role
from indexer.index.snapshot import Generation
from indexer.text.tokens import fold, stem, words

_WORD = re.compile(r"[^\W_]+")


def competence_key(text: str) -> tuple[str, ...]:
    """What two spellings of one competence have in common: its stems; empty when it has no word."""
    return tuple(sorted({stem(word, "it") for word in words(text)}))


_key = lru_cache(maxsize=100_000)(competence_key)  # each page goes through all that are written


def slug(text: str) -> str:
    """A competence as part of an address: folded words joined by hyphens ("data-engineering").

    Signs that tell a name from another stay, in letters: "C++" is "cpp", "C#" is "csharp".
    """
    return "-".join(_WORD.findall(fold(text).replace("+", "p").replace("#", "sharp")))


@dataclass(frozen=True, slots=True)
class Competence:
    """A competence of a generation, in all its spellings.

    ``label`` is how the first organisation writes it, ``slug`` its address, ``variants`` all
    spellings in the order found. ``declared`` are the organisations whose profile lists it,
    ``named`` the case studies whose metadata does: ids, in order.
    """

    key: tuple[str, ...]
    slug: str
    label: str
    variants: tuple[str, ...]
    declared: tuple[str, ...]
    named: tuple[str, ...]

    def able(self, generation: Generation) -> frozenset[str]:
        """Who declares it or did a case study that names it: ids."""
        return frozenset(self.declared).union(
            *(authors(generation.documents[document]) for document in self.named)
        )


def competencies_of(generation: Generation) -> Mapping[tuple[str, ...], Competence]:
    """The competencies that organisations declare or case studies name, by key."""
    variants: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    declared: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    named: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for written, organisation, document in _mentions(generation):
        if key := _key(written):
            variants[key][written] = None
            if organisation:
                declared[key][organisation] = None
            else:
                named[key][document] = None
    slugs: set[str] = set()
    found = {}
    for key, spellings in variants.items():
        label, *_ = spellings
        address = _free(slug(label), slugs)
        slugs.add(address)
        who, where = tuple(declared[key]), tuple(named[key])
        found[key] = Competence(key, address, label, tuple(spellings), who, where)
    return found


def authors(document: Document) -> tuple[str, ...]:
    """The ids of the organisations that did the work of a document."""
    return tuple(link.organisation for link in document.organisations if link.role is Role.AUTHOR)


def _mentions(generation: Generation) -> Iterator[tuple[str, str, str]]:
    """Each competence as written, with the organisation or the case study that writes it."""
    for o in sorted(generation.organisations.values(), key=lambda o: o.id):
        yield from ((written, o.id, "") for written in o.competencies)
    for d in sorted(generation.documents.values(), key=lambda d: d.id):
        if d.kind is DocumentKind.CASE_STUDY:
            yield from ((written, "", d.id) for written in d.competencies)


def _free(address: str, taken: set[str]) -> str:
    """The address, numbered where another competence has it ("e-commerce", "e commerce")."""
    number = 2
    free = address
    while free in taken:
        free = f"{address}-{number}"
        number += 1
    return free
