"""The passages of a generation by whom they speak for, prepared once: what filters select from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Document
from indexer.index.passages import PARTS, grouped
from indexer.index.snapshot import Generation
from search_service.domain import Proof
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.proving import proof_of

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
_NO_ROWS = np.zeros(0, np.int64)


class PassageIndex:
    """The rows of each document and organisation of a generation, and what it knows.

    Attributes:
        generation: The index on disk.
        vocabulary: What its questions may speak of.

    """

    def __init__(self, generation: Generation, vocabulary: IndexVocabulary) -> None:
        self.generation = generation
        self.vocabulary = vocabulary
        columns = generation.columns
        every = np.arange(len(columns.document_of))
        self._by_document = {
            columns.documents[n]: rows for n, rows in grouped(columns.document_of, every)
        }
        self._by_organisation = {
            columns.organisations[n]: rows
            for n, rows in grouped(columns.spoken_organisations, columns.spoken_rows)
        }
        self._by_proof = _by_proof(generation)

    @cached_property
    def heard(self) -> frozenset[str]:
        """The organisations that some passage speaks for."""
        return frozenset(self._by_organisation)

    @cached_property
    def speaking(self) -> Mask:
        """The rows that speak for any organisation."""
        return self.rows_of(self.heard)

    def rows_of_organisation(self, organisation: str) -> Rows:
        """The rows of the passages that speak for an organisation."""
        return self._by_organisation.get(organisation, _NO_ROWS)

    def rows_of_document(self, document: str) -> Rows:
        """The rows of a document's passages, in reading order."""
        return self._by_document.get(document, _NO_ROWS)

    def rows_of(self, organisations: Iterable[str], proofs: frozenset[Proof] | None = None) -> Mask:
        """The rows that speak for any of them, as one of these proofs (``None``: any)."""
        if proofs is None:
            return self._mask(map(self.rows_of_organisation, organisations))
        pairs = product(organisations, proofs)
        return self._mask(self._by_proof.get(pair, _NO_ROWS) for pair in pairs)

    def rows_of_documents(self, passes: Callable[[Document], bool]) -> Mask:
        """The rows of the documents that pass."""
        documents = self.generation.documents.values()
        return self._mask(self.rows_of_document(d.id) for d in documents if passes(d))

    def _mask(self, rows: Iterable[Rows]) -> Mask:
        """A mask of all rows of some arrays: one assignment takes a tenth of many."""
        mask = np.zeros(len(self.generation.passages), bool)
        mask[np.concatenate([_NO_ROWS, *rows])] = True
        return mask


def _by_proof(generation: Generation) -> Mapping[tuple[str, Proof], Rows]:
    """The rows that speak for each organisation, by what their document proves of it."""
    columns, proofs = generation.columns, tuple(Proof)

    @cache  # the passages of a document mostly prove the same
    def proof(document: int, organisation: int, part: int) -> int:
        of, name = columns.documents[document], columns.organisations[organisation]
        proven = proof_of(generation.documents[of], generation.organisations[name], PARTS[part])
        return proofs.index(proven)

    documents = columns.document_of[columns.spoken_rows].tolist()
    organisations = columns.spoken_organisations.tolist()
    parts = columns.strongest_parts().tolist()
    ranks = np.array(list(map(proof, documents, organisations, parts)), np.int64)
    keys = columns.spoken_organisations * len(proofs) + ranks
    found = {}
    for key, rows in grouped(keys, columns.spoken_rows):
        organisation, rank = divmod(key, len(proofs))
        found[columns.organisations[organisation], proofs[rank]] = rows
    return found
