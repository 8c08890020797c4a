"""Who of several authors a case study shows a competence of. Pure.

Its metadata names what was done, not by whom. What one author did alone is its; of several, it is
of those who the text says did that part, and of those who declare the competence as well: the
search credits them in the same way (``search.proofs``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from indexer.domain import Part, Passage, Statement
from indexer.index.snapshot import Generation
from indexer.text.tokens import words
from search_service.filters.competencies import Competence, authors, spelling_key

SHORT = 3  # letters of a word whose stem may be another's


def who_did_it(competence: Competence, generation: Generation) -> Mapping[str, tuple[str, ...]]:
    """The authors of whom each case study that names a competence shows it, by its id.

    Nobody, where several did the work and neither the text nor a profile says who did this part.
    """
    declared = frozenset(competence.declared)
    found = {}
    for identity in competence.named:
        who = authors(generation.documents[identity])
        if len(who) > 1:
            did = _doing(competence, identity, generation)
            who = tuple(one for one in who if one in declared or one in did)
        found[identity] = who
    return found


def able(competence: Competence, generation: Generation) -> frozenset[str]:
    """Who declares a competence, or did it in a case study that names it: ids."""
    credited = who_did_it(competence, generation).values()
    return frozenset(competence.declared).union(*credited)


def says(competence: Competence, statement: Statement, passage: Passage) -> bool:
    """Whether a statement's own words are those of a competence, in any of its spellings.

    Args:
        competence: The competence.
        statement: The statement.
        passage: The passage that it is of.
    """
    text = passage.text[statement.start : statement.end]
    said, exactly = frozenset(spelling_key(text)), frozenset(words(text))
    for written in competence.variants:
        stems, names = spelling_key(written), words(written)
        # Another word may have the stem of a short one ("SAP", "sapeva").
        if names and (exactly.issuperset(names) if _is_short(names) else said.issuperset(stems)):
            return True
    return False


def _is_short(names: list[str]) -> bool:
    return all(len(name) <= SHORT for name in names)


def _doing(competence: Competence, document: str, generation: Generation) -> frozenset[str]:
    """The organisations of which a document says that they did a competence, or part of it."""
    within = generation.linker.vocabulary.within(competence.concept)
    return frozenset(
        one.organisation
        for passage in _passages(document, generation)
        for one in passage.statements
        if one.part is Part.DOES
        and (not within.isdisjoint(one.concepts) or says(competence, one, passage))
    )


def _passages(document: str, generation: Generation) -> Iterator[Passage]:
    columns = generation.columns
    if document in columns.documents:
        place = columns.documents.index(document)
        for row in np.flatnonzero(columns.document_of == place).tolist():
            yield generation.passages[row]
