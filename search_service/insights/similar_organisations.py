"""Which organisations do the same as one, and which complement it. Pure, over one generation.

``similar`` could take its place: their own documents say the same, and they share competencies.
``complementary`` could work with it: they have worked with it, or can do what it lacks and what is
often needed beside its own competencies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Document, DocumentKind, Organisation, Role
from indexer.index.snapshot import Generation
from indexer.text.tokens import words
from search_service.filters.competencies import (
    Competence,
    CompetenceName,
    Key,
    competence_key,
    competencies_of,
)
from search_service.filters.passage_index import PassageIndex
from search_service.filters.who_did_it import SHORT

MAX_NEIGHBOURS = 5
_OWN = {DocumentKind.PROFILE: Role.SUBJECT, DocumentKind.CASE_STUDY: Role.AUTHOR}
_TOOK_PART = {Role.AUTHOR, Role.ORGANISER, Role.PARTICIPANT}
_COMMON = 0.2  # a competency that more of the organisations mention distinguishes nobody
_FEW = 3  # organisations that may mention it in any case
_NEAR = 0.22  # below it, two organisations share other things than what they do
_OFTEN = 2  # documents that name both competencies


@dataclass(frozen=True, slots=True)
class Reference:
    """A document given as a reason."""

    id: str
    title: str
    kind: DocumentKind


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An organisation near another, with the reasons: competencies, documents or both.

    ``competencies`` are shared (similar), or what it would add (complementary); ``documents``
    show it. ``worked_together``: the documents belong to both. ``declared_by_both`` are those of
    the shared that both declare; the others one of them declares and the other's documents name.
    """

    id: str
    name: str
    fictional: bool
    score: float
    competencies: tuple[CompetenceName, ...]
    documents: tuple[Reference, ...]
    worked_together: bool
    declared_by_both: tuple[CompetenceName, ...]

    @property
    def declared_by_one(self) -> tuple[CompetenceName, ...]:
        """The shared competencies that only one of them declares."""
        return tuple(one for one in self.competencies if one not in self.declared_by_both)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The similar and the complementary organisations, each best first."""

    similar: tuple[Neighbour, ...]
    complementary: tuple[Neighbour, ...]


class NeighbourFinder:
    """The neighbours of all organisations of a generation; slow to make, quick to query."""

    def __init__(self, index: PassageIndex) -> None:
        generation = index.generation
        self._generation = generation
        self._together = _together(generation.documents.values())
        own = {o: _own_rows(o, index) for o in sorted(generation.organisations)}
        self._owners = [o for o, rows in own.items() if rows]
        self._counts = np.array([len(own[o]) for o in self._owners], np.int64)
        self._starts = np.cumsum(self._counts) - self._counts
        rows = [row for o in self._owners for row in own[o]]
        self._vectors = _centred(generation.dense.vectors())[rows]
        declared = {k: c for k, c in competencies_of(generation).items() if c.declared}
        self._names = {key: competence.name for key, competence in declared.items()}
        found = {key: rows_of(competence, generation) for key, competence in declared.items()}
        self._declares = {
            o: frozenset(key for key, competence in declared.items() if o in competence.declared)
            for o in generation.organisations
        }
        self._speaks = _speaks(found, own, self._declares)
        most = max(_FEW, _COMMON * len(generation.organisations))
        self._telling = {
            o: frozenset(key for key in declared if len(self._speaks[key]) <= most)
            for o, declared in self._declares.items()
        }
        self._co_occurring = _co_occurring(found, generation)

    def of(self, organisation: str) -> Neighbours:
        """The neighbours of an organisation, at most five of each kind."""
        similar = self._similar(organisation)
        complementary = self._worked_with(organisation)
        known = {organisation, *(n.id for n in (*similar, *complementary))}
        complementary += self._completing(organisation, known)
        return Neighbours(tuple(similar[:MAX_NEIGHBOURS]), tuple(complementary[:MAX_NEIGHBOURS]))

    def completing(self, organisation: str, known: Collection[str]) -> tuple[Neighbour, ...]:
        """The first five that can do what it lacks, besides those that are known already.

        Args:
            organisation: Its id.
            known: The ids of those that are shown as something else.
        """
        return tuple(self._completing(organisation, {organisation, *known})[:MAX_NEIGHBOURS])

    def _similar(self, organisation: str) -> list[Neighbour]:
        alike = self._alike(organisation)
        found = []
        for other in self._generation.organisations.values():
            shared = self._shared(organisation, other.id) if other.id != organisation else []
            if shared:
                score = alike.get(other.id, 0.0) + self._overlap(organisation, other.id, shared)
                if score >= _NEAR:
                    both = self._declares[organisation] & self._declares[other.id]
                    found.append(self._neighbour(other, score, shared, both=both))
        return sorted(found, key=lambda n: (-n.score, n.id))

    def _alike(self, organisation: str) -> dict[str, float]:
        """How similar its own passages are to another's: the mean of their best cosines."""
        if organisation not in self._owners:
            return {}
        n = self._owners.index(organisation)
        mine = self._vectors[self._starts[n] : self._starts[n] + self._counts[n]]
        cosines = mine @ self._vectors.T
        there = np.maximum.reduceat(cosines, self._starts, axis=1).mean(axis=0)
        back = np.add.reduceat(cosines.max(axis=0), self._starts) / self._counts
        return dict(zip(self._owners, ((there + back) / 2).tolist(), strict=True))

    def _shared(self, first: str, second: str) -> list[Key]:
        """The distinctive competencies that one declares and the other mentions too."""
        return [
            key
            for key in sorted(self._telling[first] | self._telling[second])
            if {first, second} <= self._speaks[key]
        ]

    def _overlap(self, first: str, second: str, shared: Sequence[Key]) -> float:
        """The share of their competencies that both have, weighted by rarity.

        What one declares and the other only mentions counts half.
        """
        both = self._declares[first] & self._declares[second]
        common = sum(self._rarity(key) * (1.0 if key in both else 0.5) for key in shared)
        return common / sum(map(self._rarity, self._telling[first] | self._telling[second]))

    def _rarity(self, key: Key) -> float:
        size = len(self._generation.organisations)
        return float(np.log1p(size / max(1, len(self._speaks[key]))))

    def _worked_with(self, organisation: str) -> list[Neighbour]:
        """Those it worked with, then those it met at events; smaller circles first."""
        documents: dict[str, list[Document]] = defaultdict(list)
        scores: dict[str, float] = defaultdict(float)
        for document, members in self._together:
            if organisation in members:
                job = document.kind is DocumentKind.CASE_STUDY
                for other in members - {organisation}:
                    documents[other].append(document)
                    scores[other] += 1.0 if job else 1.0 / len(members)
        order = sorted(documents, key=lambda other: (-scores[other], other))
        known = self._generation.organisations
        return [
            self._neighbour(known[other], scores[other], (), documents[other], together=True)
            for other in order
        ]

    def _completing(self, organisation: str, known: set[str]) -> list[Neighbour]:
        """Those with competencies that it lacks and that often occur beside its own."""
        beside: dict[Key, set[str]] = defaultdict(set)
        for key in self._telling[organisation]:
            for near, documents in self._co_occurring.get(key, {}).items():
                if organisation not in self._speaks[near]:
                    beside[near] |= documents
        often = {key: found for key, found in beside.items() if len(found) >= _OFTEN}
        completing = []
        for other in self._generation.organisations.values():
            keys = sorted(self._telling[other.id] & set(often)) if other.id not in known else []
            if keys:
                named = sorted(set().union(*(often[key] for key in keys)))
                score = sum(len(often[key]) * self._rarity(key) for key in keys)
                shown = [self._generation.documents[d] for d in named]
                completing.append(self._neighbour(other, score, keys, shown))
        return sorted(completing, key=lambda n: (-n.score, n.id))

    def _neighbour(
        self,
        other: Organisation,
        score: float,
        keys: Sequence[Key],
        documents: Sequence[Document] = (),
        *,
        together: bool = False,
        both: Collection[Key] = (),
    ) -> Neighbour:
        ordered = sorted(keys, key=lambda key: self._names[key].label)
        references = tuple(Reference(d.id, d.title, d.kind) for d in documents)
        return Neighbour(
            id=other.id,
            name=other.name,
            fictional=other.fictional,
            score=round(score, 6),
            competencies=tuple(self._names[key] for key in ordered),
            documents=references,
            worked_together=together,
            declared_by_both=tuple(self._names[key] for key in ordered if key in both),
        )


def _together(documents: Iterable[Document]) -> list[tuple[Document, frozenset[str]]]:
    """Case studies, then events, of several organisations, each with who took part."""
    found = []
    for document in documents:
        members = frozenset(x.organisation for x in document.organisations if x.role in _TOOK_PART)
        if document.kind is not DocumentKind.PROFILE and len(members) > 1:
            found.append((document, members))
    return sorted(found, key=lambda pair: (pair[0].kind is DocumentKind.EVENT, pair[0].id))


def _own_rows(organisation: str, index: PassageIndex) -> list[int]:
    """The rows of its profile and of the case studies that are its alone.

    A joint job is no sign that two organisations do the same.
    """
    rows, generation = [], index.generation
    for row in index.rows_of_organisation(organisation).tolist():
        document = generation.documents[generation.passages[row].document]
        role = _OWN.get(document.kind)
        if role and [x.organisation for x in document.organisations if x.role is role] == [
            organisation
        ]:
            rows.append(row)
    return rows


def _centred(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors minus their mean, of unit length, so that cosines spread out."""
    if not len(vectors):
        return vectors
    apart = vectors - vectors.mean(axis=0)
    result: NDArray[np.float32] = apart / (np.linalg.norm(apart, axis=1, keepdims=True) + 1e-9)
    return result


def rows_with(competency: str, generation: Generation) -> frozenset[int]:
    """The rows of the passages that contain all words of a competency.

    None for short words only: another word may have the same stem ("SAP", "sapeva").
    """
    names = words(competency)
    if all(len(word) <= SHORT for word in names):
        return frozenset()
    rows = [frozenset(generation.lexical.rows(word).tolist()) for word in names]
    return reduce(frozenset.intersection, rows)


def rows_of(competence: Competence, generation: Generation) -> frozenset[int]:
    """The rows of the passages that contain the words of a competence, in any of its spellings, or
    that say something of its concept.
    """
    written = (rows_with(spelling, generation) for spelling in competence.variants)
    return frozenset(generation.concept_rows.get(competence.concept, ())).union(*written)


def _speaks(
    found: dict[Key, frozenset[int]],
    own: dict[str, list[int]],
    declares: dict[str, frozenset[Key]],
) -> dict[Key, frozenset[str]]:
    """The organisations that declare each competency, or mention it in a passage of their own."""
    owner = {row: organisation for organisation, rows in own.items() for row in rows}
    speaks = {key: {owner[row] for row in rows if row in owner} for key, rows in found.items()}
    for organisation, keys in declares.items():
        for key in keys:
            speaks[key].add(organisation)
    return {key: frozenset(who) for key, who in speaks.items()}


def _co_occurring(
    found: dict[Key, frozenset[int]], generation: Generation
) -> dict[Key, dict[Key, set[str]]]:
    """For each pair of competencies, the case studies and events that name both.

    A case study is about one job, so both may be anywhere in it; an event is about many things, so
    both must be in one passage.
    """
    units: dict[tuple[str, int], set[Key]] = defaultdict(set)
    for key, rows in found.items():
        for row in rows:
            document = generation.documents[generation.passages[row].document]
            if document.kind is not DocumentKind.PROFILE:
                place = row if document.kind is DocumentKind.EVENT else -1
                units[document.id, place].add(key)
    for document in generation.documents.values():
        if document.kind is DocumentKind.CASE_STUDY:
            keys = {competence_key(c, generation.linker) for c in document.competencies}
            units[document.id, -1] |= keys & set(found)
    beside: dict[Key, dict[Key, set[str]]] = {}
    for (name, _), keys in units.items():
        for key in keys:
            for other in keys - {key}:
                beside.setdefault(key, {}).setdefault(other, set()).add(name)
    return beside
