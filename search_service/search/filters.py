"""Which passages a query may use: sets of rows prepared once for a generation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Document, Organisation, Role
from indexer.index.snapshot import Generation
from indexer.text.tokens import words
from search_service.domain import PlaceFilter, PlaceMatch, Proof, Query, proof
from search_service.vocabulary.certifications import certification_key, holds, names_any
from search_service.vocabulary.competencies import competencies_of
from search_service.vocabulary.legal_forms import legal_form_keys
from search_service.vocabulary.sectors import in_sector

Mask = NDArray[np.bool_]
_NO_ROWS = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class EligiblePassages:
    """What may answer.

    ``rows`` is a mask (``None``: all of them); ``standings`` says how each organisation stands to
    the place (``None``: no place was asked for); ``organisations`` are those that pass the other
    filters on them (``None``: all). A document counts for an organisation when it, or the
    organisation, is in one of the ``sectors``, and is any of the ``proofs`` of it.
    """

    rows: Mask | None
    standings: dict[str, PlaceMatch] | None
    organisations: frozenset[str] | None = None
    sectors: tuple[str, ...] = ()
    proofs: frozenset[Proof] | None = None

    def counts(self, organisation: Organisation, document: Document) -> bool:
        """Whether what a document says may count for an organisation that it speaks for."""
        return (
            (self.standings is None or organisation.id in self.standings)
            and (self.organisations is None or organisation.id in self.organisations)
            and (
                not self.sectors
                or _in_any(organisation.sectors, self.sectors)
                or _in_any(document.sectors, self.sectors)
            )
            and (self.proofs is None or proof(document, organisation) in self.proofs)
        )


class PassageFilters:
    """The rows of each document, organisation and kind of a generation."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._size = len(generation.passages)
        by_organisation: dict[str, list[int]] = defaultdict(list)
        by_proof: dict[tuple[str, Proof], list[int]] = defaultdict(list)
        by_document: dict[str, list[int]] = defaultdict(list)
        for row, passage in enumerate(generation.passages):
            by_document[passage.document].append(row)
            for organisation in passage.organisations:
                by_organisation[organisation].append(row)
                document = generation.documents[passage.document]
                proven = proof(document, generation.organisations[organisation])
                by_proof[organisation, proven].append(row)
        self._by_organisation = {o: np.array(rows) for o, rows in by_organisation.items()}
        self.denials = _denials(generation)
        self._by_proof = {key: np.array(rows) for key, rows in by_proof.items()}
        self._by_document = {d: np.array(rows) for d, rows in by_document.items()}
        self._certifications = {
            o.id: frozenset(map(certification_key, o.certifications))
            for o in generation.organisations.values()
        }
        self._legal_forms = {
            o.id: legal_form_keys(o.legal_form) for o in generation.organisations.values()
        }
        self._able = {
            key: competence.able(generation)
            for key, competence in competencies_of(generation).items()
        }

    def able(self, competence: tuple[str, ...]) -> frozenset[str]:
        """Who declares a competence, by its key, or did a case study that names it."""
        return self._able.get(competence, frozenset())

    def rows_of_eligible(self, allowed: EligiblePassages) -> Mask:
        """Of the rows allowed, those that speak for an organisation that may answer.

        Candidates are taken among these alone, or passages that speak for nobody who is asked
        about would crowd out those that do.
        """
        able = set(self._by_organisation)
        if allowed.standings is not None:
            able &= allowed.standings.keys()
        if allowed.organisations is not None:
            able &= allowed.organisations
        mask = self._rows_of(able, allowed.proofs)
        return mask if allowed.rows is None else mask & allowed.rows

    def rows_naming_certification(self, query: Query) -> frozenset[int]:
        """The rows that name a certification asked for: the best evidence of those who hold it."""
        asked = frozenset().union(*query.certifications)
        rows = {
            row for key in asked for row in self._generation.lexical.rows(_number(key)).tolist()
        }
        texts = self._generation.passages
        return frozenset(row for row in rows if names_any(texts[row].text, asked))

    def rows_of_organisation(self, organisation: str) -> NDArray[np.int64]:
        """The rows of the passages that speak for an organisation."""
        return self._by_organisation.get(organisation, _NO_ROWS)

    def rows_of_document(self, document: str) -> NDArray[np.int64]:
        """The rows of a document's passages, in reading order."""
        return self._by_document.get(document, _NO_ROWS)

    def allowed(self, query: Query) -> EligiblePassages:
        """The rows that pass every filter of the query."""
        organisations = self._organisations(query)
        standings = None if query.documents_there else self._standings(query)
        masks = [self._documents(query), self._sectors(query), self._without_terms(query)]
        if organisations is not None:
            masks.append(self._rows_of(organisations))
        if query.proofs is not None:
            masks.append(self._rows_of(self._by_organisation, query.proofs))
        if standings is not None:
            masks.append(self._places(query, standings))
        elif query.places or query.excluded_places:
            masks.append(self._documents_there(query))
        asked = [mask for mask in masks if mask is not None]
        rows = np.logical_and.reduce(asked) if asked else None
        return EligiblePassages(rows, standings, organisations, query.sectors, query.proofs)

    def _rows_of(
        self, organisations: Iterable[str], proofs: frozenset[Proof] | None = None
    ) -> Mask:
        """The rows that speak for any of them, as one of these proofs (``None``: any)."""
        mask = np.zeros(self._size, bool)
        for organisation in organisations:
            if proofs is None:
                mask[self.rows_of_organisation(organisation)] = True
                continue
            for proven in proofs:
                mask[self._by_proof.get((organisation, proven), _NO_ROWS)] = True
        return mask

    def _places(self, query: Query, standings: Iterable[str]) -> Mask:
        """Rows of those that stand in the places, and of the documents that do."""
        mask = self._rows_of(standings)
        for document in self._generation.documents.values():
            if document.place is not None and _passes(document.place.id, query):
                mask[self.rows_of_document(document.id)] = True
        return mask

    def _documents_there(self, query: Query) -> Mask:
        """Rows of the documents in the places; one that has no place is where its people are."""
        standings = self._standings(query) or {}
        mask = np.zeros(self._size, bool)
        for document in self._generation.documents.values():
            if document.place is not None:
                there = _passes(document.place.id, query)
            else:
                there = any(
                    standings.get(link.organisation) is PlaceMatch.SEATED
                    for link in document.organisations
                )
            if there:
                mask[self.rows_of_document(document.id)] = True
        return mask

    def _organisations(self, query: Query) -> frozenset[str] | None:
        """Who passes the filters on what organisations are and have; ``None``: no filter."""
        everybody = self._generation.organisations
        found = query.organisations
        for competence in query.competencies:
            able_to = self.able(competence)
            found = able_to if found is None else found & able_to
        if query.certifications:
            able = (o for o, held in self._certifications.items() if _holds_all(held, query))
            found = frozenset(able) & (everybody.keys() if found is None else found)
        if query.legal_forms:
            able = (o for o, forms in self._legal_forms.items() if forms & {*query.legal_forms})
            found = frozenset(able) & (everybody.keys() if found is None else found)
        if query.excluded_certifications:
            out = query.excluded_certifications
            able = (o for o, held in self._certifications.items() if not _holds_any(held, out))
            found = frozenset(able) & (everybody.keys() if found is None else found)
        if query.excluded_organisations:
            left = everybody.keys() if found is None else found
            found = frozenset(left) - frozenset(query.excluded_organisations)
        return found

    def _sectors(self, query: Query) -> Mask | None:
        """Rows of the organisations, and of the documents, in any of the sectors."""
        if not query.sectors:
            return None
        organisations = self._generation.organisations.values()
        mask = self._rows_of(o.id for o in organisations if _in_any(o.sectors, query.sectors))
        for document in self._generation.documents.values():
            if _in_any(document.sectors, query.sectors):
                mask[self.rows_of_document(document.id)] = True
        return mask

    def _without_terms(self, query: Query) -> Mask | None:
        """Rows of the passages that do not hold all the words of an excluded name."""
        if not query.excluded_terms:
            return None
        mask = np.ones(self._size, bool)
        for name in query.excluded_terms:
            held = [self._generation.lexical.rows(word) for word in words(name)]
            if held:
                mask[reduce(np.intersect1d, held)] = False
        return mask

    def _documents(self, query: Query) -> Mask | None:
        """Rows of the documents of the right kind and time; ``None`` when neither was asked."""
        if query.kinds is None and query.period is None:
            return None
        mask = np.zeros(self._size, bool)
        for document in self._generation.documents.values():
            if query.kinds is not None and document.kind not in query.kinds:
                continue
            if query.period is not None and not (
                document.period is not None and document.period.answers(query.period)
            ):
                continue
            mask[self.rows_of_document(document.id)] = True
        return mask

    def _standings(self, query: Query) -> dict[str, PlaceMatch] | None:
        if not query.places and not query.excluded_places:
            return None
        found: dict[str, PlaceMatch] = {}
        for organisation in self._generation.organisations.values():
            standing = _standing(organisation, query)
            if standing is not None:
                found[organisation.id] = standing
        return found


def _number(key: str) -> str:
    """The word of a certification's key that every spelling holds: "27001" of "iso27001"."""
    digits = re.search(r"\d+", key)
    return digits[0] if digits else key


def _denials(generation: Generation) -> Mapping[int, str]:
    """The rows in which an organisation says what it does not do: of its profile, for nobody."""
    found: dict[int, str] = {}
    for row, passage in enumerate(generation.passages):
        if not passage.organisations:
            for link in generation.documents[passage.document].organisations:
                if link.role is Role.SUBJECT:
                    found[row] = link.organisation
    return found


def _holds_all(held: frozenset[str], query: Query) -> bool:
    return all(any(holds(held, one) for one in asked) for asked in query.certifications)


def _holds_any(held: Collection[str], asked: Iterable[str]) -> bool:
    return any(holds(held, one) for one in asked)


def _in_any(sectors: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    return any(in_sector(sectors, sector) for sector in asked)


def _standing(organisation: Organisation, query: Query) -> PlaceMatch | None:
    """How an organisation stands to the places of a query; ``None`` when it is elsewhere."""
    seat = organisation.seat.id if organisation.seat is not None else None
    if seat is not None and any(seat in f.inside for f in query.excluded_places):
        return None
    if not query.places:
        return PlaceMatch.SEATED if seat is not None else None
    if seat is not None and any(seat in f.inside for f in query.places):
        return PlaceMatch.SEATED
    if any(_serves(organisation, f) for f in query.places):
        return PlaceMatch.SERVES
    return PlaceMatch.REMOTE if organisation.remote else None


def _serves(organisation: Organisation, place: PlaceFilter) -> bool:
    return any(area.id in place.inside or area.id in place.around for area in organisation.works_in)


def _passes(place: str, query: Query) -> bool:
    if any(place in f.inside for f in query.excluded_places):
        return False
    return not query.places or any(place in f.inside for f in query.places)
