"""The first stage after parsing: which passages a query may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.domain import Document, Organisation
from search_service.domain import PlaceMatch, Proof, Query
from search_service.filters.base import Mask
from search_service.filters.passage_index import PassageIndex
from search_service.filters.registry import FILTERS
from search_service.observability.trace import stage


@dataclass(frozen=True, slots=True)
class EligiblePassages:
    """What may answer a query; ``None`` is no limit, an empty set lets nothing through.

    Attributes:
        rows: The passages that pass every filter, as a mask of shape (passages,).
        speaking: Of these, those that speak for an organisation that may answer. Candidates are
            taken among them, or passages that speak for nobody who is asked about would crowd out
            those that do.
        organisations: Those that pass the filters on what organisations are and have.
        place_matches: Those in the place asked for, and how each is.
        proofs: What a passage must be worth to an organisation.
        conditions: Further conditions on an organisation and a document that speaks for it.
        speakers: Whom each passage (by row) speaks for, in place of whom it documents.

    """

    rows: Mask | None
    speaking: Mask
    organisations: frozenset[str] | None = None
    place_matches: Mapping[str, PlaceMatch] | None = None
    proofs: frozenset[Proof] | None = None
    conditions: Sequence[Callable[[Organisation, Document], bool]] = ()
    speakers: Mapping[int, frozenset[str]] | None = None

    def admits(self, organisation: str) -> bool:
        """Whether an organisation stands in the place asked for, and passes what it must be."""
        return all(
            limit is None or organisation in limit
            for limit in (self.place_matches, self.organisations)
        )

    def counts(self, organisation: Organisation, document: Document, proof: Proof) -> bool:
        """Whether what a document says may count for an organisation that it speaks for.

        Args:
            organisation: The organisation.
            document: The document.
            proof: What it proves of the organisation.

        """
        return (
            self.admits(organisation.id)
            and all(passes(organisation, document) for passes in self.conditions)
            and (self.proofs is None or proof in self.proofs)
        )


@stage("filter")
def eligible_passages(query: Query, index: PassageIndex) -> EligiblePassages:
    """What passes every filter of a query."""
    found = [f.applies(query, index) for f in FILTERS if f.of(query) is not None]
    limits = [one.organisations for one in found if one.organisations is not None]
    organisations = frozenset.intersection(*limits) if limits else None
    place_matches = next((e.place_matches for e in found if e.place_matches is not None), None)
    proofs = next((e.proofs for e in found if e.proofs is not None), None)
    speakers = next((e.speakers for e in found if e.speakers is not None), None)
    masks = [one.rows for one in found if one.rows is not None]
    if organisations is not None and speakers is None:
        masks.append(index.rows_of(organisations))
    rows = np.logical_and.reduce(masks) if masks else None
    able = index.heard
    for limit in (place_matches, organisations):
        able = able if limit is None else able & frozenset(limit)
    if speakers is None:
        unlimited = able is index.heard and proofs is None
        speaking = index.speaking if unlimited else index.rows_of(able, proofs)
    else:
        speaking = np.zeros(len(index.generation.passages), bool)
        speaking[[row for row, who in speakers.items() if not able.isdisjoint(who)]] = True
    return EligiblePassages(
        rows,
        speaking if rows is None else speaking & rows,
        organisations,
        place_matches,
        proofs,
        [one.counts for one in found if one.counts is not None],
        speakers,
    )
