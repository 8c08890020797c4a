"""Competencies as people write them. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from indexer.domain import Document, DocumentKind, Organisation, Part, Role
from indexer.index.passages import grouped
from indexer.index.snapshot import Generation
from indexer.text.folding import fold
from indexer.text.tokens import stem, words
from indexer.vocabulary import Linker

_WORD = re.compile(r"[^\W_]+")
Key = tuple[str, ...]


def competence_key(text: str, linker: Linker) -> Key:
    """What two ways to write one competence have in common; empty when there is no word.

    It is their concept or, where the vocabulary has none, their stems.
    """
    concept = linker.named(text)
    return (f"concept:{concept}",) if concept else spelling_key(text)


@lru_cache(maxsize=100_000)  # each page goes through all that are written
def spelling_key(text: str) -> Key:
    """What two spellings of a name have in common: its stems."""
    return tuple(sorted({stem(word, "it") for word in words(text)}))


@dataclass(frozen=True, slots=True)
class CompetenceName:
    """What a competence is called: ``label`` in Italian, or as it is written; ``english``."""

    label: str
    english: str

    def __str__(self) -> str:
        """The name as data is kept."""
        return self.label


def competence_name(text: str, linker: Linker) -> CompetenceName:
    """What a competence is called that somebody has written."""
    concept = linker.named(text)
    if concept is None:
        return CompetenceName(text, text)
    known = linker.vocabulary.concepts[concept]
    return CompetenceName(known.it, known.en)


def names_of(organisation: Organisation, linker: Linker) -> tuple[CompetenceName, ...]:
    """The names of what an organisation declares, each once, in its order."""
    names: dict[Key, CompetenceName] = {}
    for written in organisation.competencies:
        key = competence_key(written, linker) or (written,)  # one without a word is itself
        names.setdefault(key, competence_name(written, linker))
    return tuple(names.values())


def slug(text: str) -> str:
    """A competence as part of an address: folded words joined by hyphens ("data-engineering").

    Signs that tell a name from another stay, in letters: "C++" is "cpp", "C#" is "csharp".
    """
    return "-".join(_WORD.findall(fold(text).replace("+", "p").replace("#", "sharp")))


@dataclass(frozen=True, slots=True)
class Competence:
    """A competence of a generation, in all ways in which it is written.

    Attributes:
        key: What they have in common.
        name: What it is called: as the vocabulary does or, where it has none, as first written.
        slug: Its address: the concept's id or, where there is none, made of its name.
        value: What a filter takes for it: the concept's id or, where there is none, its name.
        variants: All that is written for it, in the order found.
        declared: The organisations whose profile lists it: ids, in order.
        named: The case studies whose metadata does: ids, in order.
        concept: The concept's id; empty where the vocabulary has none.

    """

    key: Key
    name: CompetenceName
    slug: str
    value: str
    variants: tuple[str, ...]
    declared: tuple[str, ...]
    named: tuple[str, ...]
    concept: str = ""


def competencies_of(generation: Generation) -> Mapping[Key, Competence]:
    """The competencies that organisations declare or case studies name, by key."""
    variants: dict[Key, dict[str, None]] = defaultdict(dict)
    declared: dict[Key, dict[str, None]] = defaultdict(dict)
    named: dict[Key, dict[str, None]] = defaultdict(dict)
    for written, organisation, document in _mentions(generation):
        if key := competence_key(written, generation.linker):
            variants[key][written] = None
            if organisation:
                declared[key][organisation] = None
            else:
                named[key][document] = None
    concepts = {key: generation.linker.named(next(iter(variants[key]))) for key in variants}
    slugs = {concept for concept in concepts.values() if concept}  # no other may take them
    found = {}
    for key, spellings in variants.items():
        concept = concepts[key]
        name = competence_name(next(iter(spellings)), generation.linker)
        address = concept or _free(slug(name.label), slugs)
        slugs.add(address)
        found[key] = Competence(
            key=key,
            name=name,
            slug=address,
            value=concept or name.label,
            variants=tuple(spellings),
            declared=tuple(declared[key]),
            named=tuple(named[key]),
            concept=concept or "",
        )
    return found


def doers_of(generation: Generation) -> Mapping[str, frozenset[str]]:
    """By concept, the ids of the organisations of which a document says that they do it."""
    columns = generation.columns
    does = columns.saying(Part.DOES)[columns.concept_statements]
    who = columns.said_organisations[columns.concept_statements[does]]
    return {
        columns.concepts[concept]: frozenset(columns.organisations[n] for n in set(found.tolist()))
        for concept, found in grouped(columns.concept_ids[does], who)
    }


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
